//! The profile as a résumé, out and in.

use std::io::{Cursor, Read as _};

use serde_json::{Value, json};

use crate::app::{Member, TestApp};

const RESUME: &str = "/api/users/me/json-resume/";

/// Somebody with a whole profile, a completed course and a completed project.
fn accomplished<'t>(t: &'t TestApp) -> Member<'t> {
    let (ann, ina) = (t.user("ann"), t.instructor("ina"));
    ann.patch(
        "/api/users/me/",
        json!({"first_name": "Ann", "last_name": "Lee & Sons", "title": "Backend <developer>", "location": "Lviv, Ukraine",
            "bio": "I build quiet services.\nAnd keep hawks.", "website": "https://ann.example.org/?a=1&b=2",
            "github_url": "https://github.com/ann"}),
    )
    .ok();
    ina.patch("/api/users/me/", json!({"first_name": "Ina", "last_name": "Koval"})).ok();
    for (skill, level) in [("Docker", "beginner"), ("Rust", "expert"), ("SQL", "advanced")] {
        ann.post("/api/user-skills/", json!({"skill_name": skill, "proficiency_level": level})).created();
    }
    let course = json!({"title": "SQL in practice", "description": "Tables.", "difficulty": "beginner", "category": "data",
        "duration_hours": 3});
    let course = ina.post("/api/courses/", course).created()["id"].clone();
    let module = json!({"title": "Joins", "content_type": "text", "duration_minutes": 30});
    let module = ina.post(&format!("/api/courses/{course}/modules/"), module).created()["id"].clone();
    let progress = ann.post(&format!("/api/courses/{course}/enroll/"), json!({})).created()["id"].clone();
    ann.post(&format!("/api/course-progress/{progress}/mark_module_complete/"), json!({"module_id": module})).ok();
    let project = json!({"title": "A shop", "description": "Sell things. ".repeat(60), "difficulty": "beginner",
        "category": "web", "required_skill_ids": ["Rust"]});
    let project = ina.post("/api/projects/", project).created()["id"].clone();
    let work = ann.post(&format!("/api/projects/{project}/start/"), json!({})).created()["id"].clone();
    let url = json!({"submission_url": "https://git.example.org/shop"});
    ann.post(&format!("/api/project-progress/{work}/submit/"), url).ok();
    let review = json!({"rating": 5, "feedback": "Well done."});
    ina.post(&format!("/api/project-progress/{work}/review/"), review).ok();
    ann
}

#[test]
fn a_profile_is_a_json_resume() {
    let t = TestApp::stocked();
    let ann = accomplished(&t);
    let resume = ann.get(RESUME).ok();
    assert_eq!(
        resume["basics"],
        json!({"name": "Ann Lee & Sons", "label": "Backend <developer>", "email": "ann@example.org",
            "url": "https://ann.example.org/?a=1&b=2", "summary": "I build quiet services.\nAnd keep hawks.",
            "location": {"city": "Lviv", "region": "Ukraine"},
            "profiles": [{"network": "GitHub", "username": "ann", "url": "https://github.com/ann"}]})
    );
    assert_eq!(
        resume["skills"],
        json!([{"name": "Rust", "level": "expert"}, {"name": "SQL", "level": "advanced"}, {"name": "Docker", "level": "beginner"}])
    );
    let today = t.app.clock.now().date().to_string();
    let course = &resume["certificates"][0];
    assert_eq!(
        (&course["name"], &course["issuer"], &course["date"]),
        (&json!("SQL in practice"), &json!("Ina Koval"), &json!(today))
    );
    let project = &resume["projects"][0];
    assert_eq!(
        (&project["name"], &project["keywords"], &project["endDate"]),
        (&json!("A shop"), &json!(["Rust"]), &json!(today))
    );
    assert_eq!(project["url"], "https://git.example.org/shop");
    assert_eq!(project["description"].as_str().unwrap().chars().count(), 500);
    assert_eq!(resume["meta"]["version"], "v1.0.0");
    let enveloped = ann.get(&format!("{RESUME}?envelope=true")).ok();
    assert_eq!(enveloped, resume, "its form is the standard's");
    t.visitor().get(RESUME).status(401);
    let bare = t.user("ben").get(RESUME).ok();
    assert_eq!(bare["basics"], json!({"name": "ben", "email": "ben@example.org"}));
    assert!(bare.get("skills").is_none() && bare.get("projects").is_none());
}

#[test]
fn a_document_fills_what_is_empty_and_skills_only_rise() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    ann.patch("/api/users/me/", json!({"title": "Falconer"})).ok();
    ann.post("/api/user-skills/", json!({"skill_name": "Rust", "proficiency_level": "advanced"})).created();
    ann.post("/api/user-skills/", json!({"skill_name": "SQL", "proficiency_level": "beginner"})).created();
    let document = json!({
        "basics": {"name": "Ann Mary Lee", "label": "Developer", "email": "other@example.org", "phone": null, "summary": "short",
            "url": "ftp://ann.example.org", "location": {"city": "Lviv", "region": null, "countryCode": "UA"},
            "profiles": [{"network": "github", "url": "https://github.com/ann"}, {"network": "Mastodon", "url": "https://m.example"}]},
        "skills": [{"name": "Backend", "level": "Master", "keywords": ["rust", "SQL"]}, {"name": "Docker"},
            {"name": "Git", "level": "Intermediate"}, {"name": "Hawk whispering", "level": "Expert"}],
        "work": [{"name": "Sky Ltd"}, {"name": "Nest"}],
    });
    let mut dry = document.clone();
    dry["dry_run"] = json!(true);
    let planned = ann.post(RESUME, dry.clone()).ok();
    assert_eq!(planned["dry_run"], true);
    assert_eq!(ann.get("/api/users/me/").ok()["first_name"], "");
    let done = ann.post(RESUME, document.clone()).ok();
    assert_eq!(
        (&done["changes"], &done["skills_added"], &done["skipped"]),
        (&planned["changes"], &planned["skills_added"], &planned["skipped"]),
        "what was told is what is done"
    );
    assert_eq!(
        done["changes"],
        json!({"first_name": {"from": "", "to": "Ann Mary"}, "last_name": {"from": "", "to": "Lee"},
            "location": {"from": "", "to": "Lviv, UA"}, "github_url": {"from": "", "to": "https://github.com/ann"},
            "skills.Rust": {"from": "advanced", "to": "expert"}, "skills.SQL": {"from": "beginner", "to": "expert"}})
    );
    assert_eq!(done["skills_added"], json!(["Docker", "Git"]));
    let skipped: Vec<&str> =
        done["skipped"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    for field in
        ["basics.label", "basics.email", "basics.summary", "basics.url", "basics.profiles[1]", "skills", "work"]
    {
        assert!(skipped.contains(&field), "{field}: {skipped:?}");
    }
    let me = ann.get("/api/users/me/").ok();
    assert_eq!((&me["title"], &me["email"], &me["bio"]), (&json!("Falconer"), &json!("ann@example.org"), &json!("")));
    let held = ann.get("/api/user-skills/?ordering=skill").ok();
    let levels: Vec<_> =
        held["results"].as_array().unwrap().iter().map(|it| (&it["skill"]["name"], &it["proficiency_level"])).collect();
    assert_eq!(
        json!(levels),
        json!([["Docker", "beginner"], ["Git", "intermediate"], ["Rust", "expert"], ["SQL", "expert"]])
    );
    let again = ann.post(RESUME, document).ok();
    assert_eq!((&again["changes"], &again["skills_added"]), (&json!({}), &json!([])));
    let over = ann.post(&format!("{RESUME}?overwrite=true"), json!({"basics": {"label": "Developer"}})).ok();
    assert_eq!(over["changes"], json!({"title": {"from": "Falconer", "to": "Developer"}}));
    let lower = ann.post(RESUME, json!({"skills": [{"name": "Rust", "level": "beginner"}], "overwrite": true})).ok();
    assert_eq!(lower["changes"], json!({}));
}

#[test]
fn what_comes_out_goes_in_again() {
    let t = TestApp::stocked();
    let ann = accomplished(&t);
    let resume = ann.get(RESUME).ok();
    let none = ann.post(RESUME, resume.clone()).ok();
    assert_eq!((&none["changes"], &none["skills_added"]), (&json!({}), &json!([])));
    let ben = t.user("ben");
    ben.post(RESUME, resume.clone()).ok();
    let (mut his, mut hers) = (ben.get(RESUME).ok(), resume);
    for it in [&mut his, &mut hers] {
        it["basics"]["email"] = Value::Null;
        it["basics"]["name"] = Value::Null;
    }
    assert_eq!((&his["basics"], &his["skills"]), (&hers["basics"], &hers["skills"]));
}

#[test]
fn another_shape_is_refused_and_says_where() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    for (document, field) in [
        (json!({}), "non_field_errors"),
        (json!({"basics": "Ann"}), "non_field_errors"),
        (json!({"skills": {"name": "Rust"}}), "non_field_errors"),
        (json!({"basics": {"name": 7}}), "basics"),
        (json!({"basics": {"location": {"city": ["x"]}}}), "basics.location"),
        (json!({"basics": {"profiles": ["x"]}}), "basics.profiles[0]"),
        (json!({"skills": ["Rust"]}), "skills[0]"),
        (json!({"skills": [{"name": "Rust"}, {"name": "SQL", "keywords": [1]}]}), "skills[1].keywords"),
        (json!({"skills": vec![json!({"name": "Rust"}); 501]}), "skills"),
        (json!({"skills": [], "dry_run": "perhaps"}), "dry_run"),
    ] {
        assert_eq!(ann.post(RESUME, document.clone()).faults(), [field], "{document}");
    }
    assert_eq!(ann.post(&format!("{RESUME}?dry_run=x"), json!({"skills": []})).faults(), ["dry_run"]);
    t.visitor().post(RESUME, json!({"skills": []})).status(401);
}

#[test]
fn the_same_content_is_a_document_for_a_word_processor() {
    let t = TestApp::stocked();
    let ann = accomplished(&t);
    let reply = ann.get("/api/users/me/resume.docx");
    assert_eq!(reply.status.code, 200);
    assert_eq!(
        reply.header("Content-Disposition"),
        Some("attachment; filename=\"ann-resume.docx\"; filename*=UTF-8''ann-resume.docx")
    );
    let mut archive = zip::ZipArchive::new(Cursor::new(&reply.bytes)).unwrap();
    let mut text = String::new();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut text).unwrap();
    for part in [
        "Ann Lee &amp; Sons",
        "Backend &lt;developer&gt;",
        "Rust",
        "SQL in practice",
        "Ina Koval",
        "A shop",
        "And keep hawks.",
    ] {
        assert!(text.contains(part), "{part}");
    }
    if let Some(to) = std::env::var_os("KEEP_DOCX") {
        std::fs::write(to, &reply.bytes).unwrap();
    }
    // What it is read with here finds the same in it.
    let again = ann.upload("/api/resumes/", "again.docx", &reply.bytes, &[]).created();
    t.drain();
    let found = ann.get(&format!("/api/resumes/{}/", again["id"])).ok()["extracted_skills"].clone();
    assert!(found["Rust"].is_number() && found["SQL"].is_number(), "{found}");
    t.visitor().get("/api/users/me/resume.docx").status(401);
    assert_eq!(t.user("ben").get("/api/users/me/resume.docx").status.code, 200);
}
