//! Postings, applications and their rules.

use careerd::{
    jobs,
    platform::{
        error::Error,
        fields::{Fields, Mode},
        id::Id,
    },
};
use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{Member, TestApp, titles, with};

fn rust_job() -> Value {
    json!({
        "title": "Rust developer", "description": "Builds reliable services.", "company_name": "Ferris & Co",
        "location": "Kyiv, Ukraine", "job_type": "full_time", "experience_level": "mid-level",
        "required_skill_ids": ["rust", "SQL"], "nice_to_have_skill_ids": ["Docker"],
        "salary_min": 3000, "salary_max": 5000, "salary_currency": "eur",
    })
}

pub fn post(recruiter: &Member<'_>, fields: Value) -> String {
    let job = recruiter.post("/api/jobs/", with(rust_job(), fields)).created();
    format!("/api/jobs/{}/", job["id"])
}

pub fn demand(t: &TestApp, name: &str) -> i64 {
    t.query(&format!("SELECT job_demand FROM skills WHERE name = '{name}'"))
}

#[test]
fn only_recruiters_post_and_everybody_reads() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.post("/api/jobs/", rust_job()).status(403);
    t.visitor().post("/api/jobs/", rust_job()).status(401);
    let reply = rita.post("/api/jobs/", rust_job());
    let job = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("/api/jobs/{}/", job["id"]).as_str()));
    assert_eq!(job["posted_by"]["username"], "rita");
    assert_eq!((&job["job_type"], &job["experience_level"]), (&json!("full-time"), &json!("mid")));
    assert_eq!(job["required_skills"][0]["name"], "Rust");
    assert_eq!(job["required_skills"][1]["name"], "SQL");
    assert_eq!(job["nice_to_have_skills"][0]["name"], "Docker");
    assert_eq!(
        (&job["salary_currency"], &job["is_open"], &job["status"]),
        (&json!("EUR"), &json!(true), &json!("active"))
    );
    let shown = t.visitor().get(&format!("/api/jobs/{}/", job["id"])).ok();
    assert_eq!(shown, job);
    assert_eq!(t.visitor().get("/api/jobs/").ok()["results"][0], job);
    assert!(ann.get("/api/jobs/").ok()["results"][0]["match_percentage"].is_i64());
}

#[test]
fn every_wrong_field_is_told_at_once() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    let bad = json!({
        "title": "", "job_type": "slavery", "salary_min": 9, "salary_max": 3, "deadline": "2001-01-01",
        "required_skill_ids": ["Rust", "Juggling flames", 999_999], "salary_currency": "XYZ", "application_url": "ftp://x",
        "experience_level": "lead",
    });
    let faults = rita.post("/api/jobs/", bad).faults();
    assert_eq!(
        faults,
        [
            "application_url",
            "company_name",
            "deadline",
            "description",
            "experience_level",
            "job_type",
            "location",
            "required_skill_ids",
            "salary_currency",
            "salary_min",
            "title"
        ]
    );
    let many: Vec<i64> = (1..=31).collect();
    assert_eq!(
        rita.post("/api/jobs/", with(rust_job(), json!({"required_skill_ids": many}))).faults(),
        ["required_skill_ids"]
    );
}

#[test]
fn patch_touches_what_it_carries_and_put_resets_the_rest() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    let job = post(&rita, json!({"is_remote": true}));
    let patched = rita.patch(&job, json!({"title": "Rust engineer", "salary_max": null})).ok();
    assert_eq!(
        (&patched["title"], &patched["salary_max"], &patched["is_remote"]),
        (&json!("Rust engineer"), &json!(null), &json!(true))
    );
    assert_eq!(patched["required_skills"].as_array().unwrap().len(), 2);
    rita.patch(&job, json!({"salary_max": 1})).status(400);
    let mut whole = rust_job();
    whole.as_object_mut().unwrap().remove("nice_to_have_skill_ids");
    let put = rita.put(&job, whole).ok();
    assert_eq!((&put["nice_to_have_skills"], &put["is_remote"]), (&json!([]), &json!(false)));
    assert_eq!(rita.put(&job, json!({})).faults().len(), 5);
    let (ann, admin) = (t.recruiter("ann"), t.admin("root1"));
    ann.patch(&job, json!({"title": "x"})).status(403);
    admin.patch(&job, json!({"title": "Rust engineer"})).ok();
    assert_eq!(
        rita.call(Method::Patch, &job, Some(json!({"title": "y"})), &[("If-Match", "\"1-a\"")]).status.code,
        412
    );
}

#[test]
fn lists_show_open_jobs_and_closed_ones_stay_readable() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let open = post(&rita, json!({"title": "Open"}));
    let closed = post(&rita, json!({"title": "Closed"}));
    let soon = post(&rita, json!({"title": "Soon", "deadline": t.app.clock.now().plus(Duration::days(1)).to_string()}));
    rita.post(&format!("{closed}close/"), json!({})).ok();
    assert_eq!(titles(&ann.get("/api/jobs/").ok()), ["Soon", "Open"]);
    t.pass(Duration::days(2));
    let (rita, ann) = (again(&t, "rita"), again(&t, "ann"));
    assert_eq!(titles(&ann.get("/api/jobs/").ok()), ["Open"]);
    assert_eq!(titles(&ann.get("/api/jobs/?status=closed").ok()), ["Soon", "Closed"]);
    assert_eq!(ann.get("/api/jobs/?status=closed&status=active").ok()["count"], 3);
    assert_eq!(ann.get(&closed).ok()["is_open"], false);
    assert_eq!(ann.get(&soon).ok()["is_open"], false);
    assert_eq!(rita.get("/api/jobs/?mine=true").ok()["count"], 3);
    assert_eq!(ann.get("/api/jobs/?mine=true").ok()["count"], 0);
    t.visitor().get("/api/jobs/?mine=true").status(401);
    ann.post(&format!("{open}apply/"), json!({})).created();
    ann.post(&format!("{soon}apply/"), json!({})).status(409);
    ann.post(&format!("{closed}apply/"), json!({})).status(409);
    rita.post(&format!("{soon}reopen/"), json!({})).status(409);
    rita.patch(&soon, json!({"description": "Its deadline has passed, its words may change."})).ok();
    rita.post(&format!("{closed}reopen/"), json!({})).ok();
    ann.post(&format!("{closed}apply/"), json!({})).created();
}

/// The same person with a fresh token, after time has passed.
fn again<'t>(t: &'t TestApp, name: &str) -> Member<'t> {
    let answer = t.visitor().post("/api/token/", json!({"username": name, "password": crate::app::PASSWORD})).ok();
    let mut member = t.visitor();
    member.token = answer["access"].as_str().map(str::to_owned);
    name.clone_into(&mut member.name);
    member
}

#[test]
fn filters_leave_what_they_say() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    let none = json!({"salary_min": null, "salary_max": null});
    post(&rita, with(none.clone(), json!({"title": "None", "location": "Poznań, Poland"})));
    post(&rita, with(none.clone(), json!({"title": "Least", "salary_min": 4000, "company_name": "Acme"})));
    post(&rita, with(none, json!({"title": "Most", "salary_max": 2000, "job_type": "contract"})));
    post(
        &rita,
        json!({"title": "Both", "required_skill_ids": ["Python"], "nice_to_have_skill_ids": [], "experience_level": null}),
    );
    let python: i64 = t.query("SELECT id FROM skills WHERE name = 'Python'");
    let id_filter = format!("skill={python}");
    for (filter, wanted) in [
        ("salary_min=4500", vec!["Both"]),
        ("salary_min=2000", vec!["Both", "Most", "Least"]),
        ("salary_max=3500", vec!["Both"]),
        ("salary_max=4000", vec!["Both", "Least"]),
        ("location=POZNAN", vec!["None"]),
        ("location=pozna%C5%84", vec!["None"]),
        ("location=ukr", vec!["Both", "Most", "Least"]),
        ("company=cme", vec!["Least"]),
        ("job_type=contract", vec!["Most"]),
        ("job_type=contract&job_type=full_time", vec!["Both", "Most", "Least", "None"]),
        ("experience_level=mid", vec!["Most", "Least", "None"]),
        ("skill=pyTHON", vec!["Both"]),
        (&id_filter, vec!["Both"]),
        ("search=ferris", vec!["Both", "Most", "None"]),
        ("search=rust", vec![]),
        ("search=reli%20acm", vec!["Least"]),
        ("search=eliable", vec![]),
        ("posted_after=2100-01-01", vec![]),
        ("ordering=salary_min", vec!["Both", "Least", "None", "Most"]),
        ("ordering=-salary_max", vec!["Both", "Most", "Least", "None"]),
    ] {
        let page = t.visitor().get(&format!("/api/jobs/?{filter}")).ok();
        let found = titles(&page);
        if filter.starts_with("ordering") {
            assert_eq!(found[..2], wanted[..2], "{filter}");
        } else {
            assert_eq!(found, wanted, "{filter}");
        }
    }
    for (bad, field) in [
        ("skill=Juggling", "skill"),
        ("job_type=x", "job_type"),
        ("salary_min=x", "salary_min"),
        ("mine=perhaps", "mine"),
        ("ordering=colour", "ordering"),
        ("ordering=match", "ordering"),
        ("cursor=zzz", "cursor"),
    ] {
        assert_eq!(t.visitor().get(&format!("/api/jobs/?{bad}")).faults(), [field], "{bad}");
    }
}

#[test]
fn a_cursor_goes_through_all_of_them_once() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    for nth in 0..7 {
        post(&rita, json!({"title": format!("Job {nth}")}));
    }
    for ordering in ["", "&ordering=salary_min", "&ordering=deadline,-posted_at"] {
        let (mut next, mut seen) = (Some(format!("/api/jobs/?page_size=3&cursor={ordering}")), vec![]);
        while let Some(address) = next {
            let page = t.visitor().get(&address).ok();
            seen.extend(titles(&page).into_iter().map(str::to_owned));
            next = page["next"].as_str().map(|it| it[it.find("/api").unwrap()..].to_owned());
        }
        seen.sort();
        assert_eq!(seen, (0..7).map(|nth| format!("Job {nth}")).collect::<Vec<_>>(), "{ordering}");
    }
}

#[test]
fn each_caller_is_told_their_own_match_in_a_page_that_is_kept_for_all() {
    let t = TestApp::stocked();
    let (rita, ann, ben) = (t.recruiter("rita"), t.user("ann"), t.user("ben"));
    ann.post("/api/user-skills/", json!({"skill_name": "Rust"})).created();
    ben.post("/api/user-skills/", json!({"skill_name": "Python", "proficiency_level": "expert"})).created();
    // What is written like the mark between the pieces is text like any other.
    let sly = r#"Work","match_percentage":0,"a":"#;
    post(&rita, json!({"title": sly, "description": sly, "required_skill_ids": ["Rust", "Python"]}));
    post(&rita, json!({"title": "Other", "required_skill_ids": ["Python"]}));
    let agrees = |who: &Member<'_>| {
        let reply = who.get("/api/jobs/");
        let page = reply.ok();
        assert_eq!(titles(&page), ["Other", sly]);
        let matches: Vec<_> =
            page["results"].as_array().unwrap().iter().map(|it| it["match_percentage"].clone()).collect();
        for job in page["results"].as_array().unwrap() {
            let mut one = who.get(&format!("/api/jobs/{}/", job["id"])).ok();
            one.as_object_mut().unwrap().remove("my_application");
            assert_eq!(*job, one);
        }
        (matches, reply.header("ETag").unwrap().to_owned())
    };
    let (of_ann, of_ben) = (agrees(&ann), agrees(&ben));
    assert_eq!(agrees(&ann), of_ann);
    assert_ne!(of_ann.0, of_ben.0);
    assert_ne!(of_ann.1, of_ben.1);
    let visitors = t.visitor().get("/api/jobs/").ok();
    assert!(visitors["results"].as_array().unwrap().iter().all(|it| it.get("match_percentage").is_none()));
    ann.post("/api/user-skills/", json!({"skill_name": "Python", "proficiency_level": "expert"})).created();
    assert!(agrees(&ann).0[0].as_i64() > of_ann.0[0].as_i64());
}

#[test]
fn the_best_match_comes_first() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.patch(
        "/api/users/me/",
        json!({"location": "Kyiv, Ukraine", "experience_level": "mid", "open_to_remote": false}),
    )
    .ok();
    ann.post("/api/user-skills/", json!({"skill_name": "Rust", "proficiency_level": "expert"})).created();
    ann.post("/api/user-skills/", json!({"skill_name": "SQL", "proficiency_level": "expert"})).created();
    post(&rita, json!({"title": "Good"}));
    post(
        &rita,
        json!({"title": "Poor", "required_skill_ids": ["Python"], "experience_level": "entry", "location": "Oslo"}),
    );
    post(&rita, json!({"title": "Best", "nice_to_have_skill_ids": []}));
    post(&rita, json!({"title": "Other", "required_skill_ids": ["Python"]}));
    let page = ann.get("/api/jobs/?ordering=-match").ok();
    assert_eq!(titles(&page), ["Best", "Good", "Other", "Poor"]);
    assert_eq!(page["results"][0]["match_percentage"], 100);
    let plain = ann.get("/api/jobs/").ok();
    for job in page["results"].as_array().unwrap() {
        let same = plain["results"].as_array().unwrap().iter().find(|it| it["id"] == job["id"]).unwrap();
        assert_eq!(same["match_percentage"], job["match_percentage"]);
    }
    assert_eq!(titles(&ann.get("/api/jobs/?ordering=-match&page=2&page_size=3").ok()), ["Poor"]);
    assert_eq!(titles(&ann.get("/api/jobs/?ordering=match&skill=python").ok()), ["Other", "Poor"]);
    assert_eq!(ann.get("/api/jobs/?ordering=match&cursor=").faults(), ["cursor"]);
    let closed = page["results"][0]["id"].clone();
    rita.post(&format!("/api/jobs/{closed}/close/"), json!({})).ok();
    assert_eq!(titles(&ann.get("/api/jobs/?ordering=match&status=closed").ok()), ["Best"]);
    assert_eq!(rita.get("/api/jobs/?ordering=match&mine=true").ok()["count"], 4);
}

#[test]
fn demand_counts_open_jobs_through_every_change() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    let job = post(&rita, json!({}));
    let late = post(&rita, json!({"deadline": t.app.clock.now().plus(Duration::days(1)).to_string()}));
    assert_eq!((demand(&t, "Rust"), demand(&t, "Docker"), demand(&t, "Python")), (2, 2, 0));
    rita.patch(&job, json!({"required_skill_ids": ["Python", "SQL"]})).ok();
    assert_eq!((demand(&t, "Rust"), demand(&t, "SQL"), demand(&t, "Python")), (1, 2, 1));
    rita.post(&format!("{job}close/"), json!({})).ok();
    rita.post(&format!("{job}close/"), json!({})).status(409);
    assert_eq!((demand(&t, "SQL"), demand(&t, "Python")), (1, 0));
    rita.post(&format!("{job}reopen/"), json!({})).ok();
    rita.post(&format!("{job}reopen/"), json!({})).status(409);
    assert_eq!((demand(&t, "SQL"), demand(&t, "Python")), (2, 1));
    rita.delete(&job).empty();
    assert_eq!((demand(&t, "SQL"), demand(&t, "Python")), (1, 0));
    assert_eq!(rita.post(&format!("{job}restore/"), json!({})).ok(), json!({"status": "restored"}));
    assert_eq!((demand(&t, "SQL"), demand(&t, "Python")), (2, 1));
    rita.patch(&job, json!({"status": "closed"})).ok();
    assert_eq!(demand(&t, "SQL"), 1);
    assert_eq!(t.write(jobs::service::close_expired), 0);
    t.pass(Duration::days(2));
    assert_eq!(t.write(jobs::service::close_expired), 1);
    assert_eq!(demand(&t, "SQL"), 0);
    assert_eq!(t.visitor().get(&late).ok()["status"], "closed");
    assert_eq!(t.write(jobs::service::recount), 0);
}

#[test]
fn a_deleted_job_is_gone_until_it_is_restored() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, json!({}));
    let application = ann.post(&format!("{job}apply/"), json!({})).created();
    ann.post(&format!("{job}soft_delete/"), json!({})).status(403);
    assert_eq!(rita.post(&format!("{job}soft_delete/"), json!({})).ok(), json!({"status": "deleted"}));
    rita.post(&format!("{job}soft_delete/"), json!({})).ok();
    for who in [&rita, &ann] {
        who.get(&job).status(404);
        assert_eq!(who.get("/api/jobs/").ok()["count"], 0);
    }
    ann.post(&format!("{job}restore/"), json!({})).status(404);
    ann.get(&format!("/api/job-applications/{}/", application["id"])).ok();
    t.pass(Duration::days(31));
    let rita = again(&t, "rita");
    rita.post(&format!("{job}restore/"), json!({})).status(409);
    t.admin("root1").post(&format!("{job}restore/"), json!({})).ok();
    t.visitor().get(&job).ok();
}

#[test]
fn looks_are_added_in_batches() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    let job = post(&rita, json!({}));
    for _ in 0..3 {
        t.visitor().get(&job).ok();
        rita.get(&job).ok();
    }
    t.block_on(careerd::upkeep::flush(&t.app)).unwrap();
    assert_eq!(t.visitor().get(&job).ok()["views_count"], 2);
}

#[test]
fn what_was_read_can_be_sent_back() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    let address = post(&rita, json!({}));
    let job = rita.get(&address).ok();
    let mut sent = job.clone();
    sent["title"] = json!("Rust engineer");
    let put = rita.put(&address, sent).ok();
    assert_eq!(put["title"], "Rust engineer");
    for same in ["required_skills", "nice_to_have_skills", "salary_max", "experience_level", "posted_by"] {
        assert_eq!(put[same], job[same], "{same}");
    }
}

#[test]
fn jobs_are_brought_in_with_their_day_and_poster() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    let record = with(
        rust_job(),
        json!({"posted_at": "2024-03-01", "posted_by_id": rita.id, "deadline": "2024-06-01", "required_skills": ["Rust"]}),
    );
    let read = |record: &Value| Fields::of_body(record.as_object().unwrap().clone(), Mode::Whole);
    let mut good = read(&record);
    let id = t.write(move |tx| jobs::service::import(tx, &mut good));
    let job = t.visitor().get(&format!("/api/jobs/{id}/")).ok();
    assert_eq!((&job["posted_at"], &job["is_open"]), (&json!("2024-03-01T00:00:00.000000Z"), &json!(false)));
    assert_eq!(job["posted_by"]["username"], "rita");
    let mut bad = read(&with(record, json!({"posted_by_id": 999, "posted_at": "once"})));
    let refused = t.block_on(t.app.db.write(move |tx| jobs::service::import(tx, &mut bad)));
    let Err(Error::Invalid(faults)) = refused else { panic!("an unknown poster must be refused") };
    assert_eq!(faults.keys().collect::<Vec<_>>(), ["posted_at", "posted_by_id"]);
}

#[test]
fn a_page_reads_its_skills_in_one_query() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    for nth in 0..20 {
        post(&rita, json!({"title": format!("Job {nth}")}));
    }
    let ids: Vec<Id<jobs::Job>> = (1..=20).map(Id::new).collect();
    let asked = t.block_on(t.app.db.read(move |conn| jobs::store::asked(conn, &ids))).unwrap();
    assert_eq!(asked.len(), 20);
    assert!(asked.values().all(|it| it.len() == 3));
}

#[test]
fn demand_and_roles_speak_of_open_jobs() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    post(&rita, json!({"title": "Senior Data Engineer (f/m/d)", "salary_min": 1000, "salary_max": 3000}));
    let closed = post(&rita, json!({"title": "Data engineer", "required_skill_ids": ["Python"]}));
    post(&rita, json!({"title": "Metadata engineering", "salary_min": null, "salary_max": 4000}));
    rita.post(&format!("{closed}close/"), json!({})).ok();
    let demand = t.visitor().get("/api/skills/demand/?limit=3").ok();
    let rust = demand.as_array().unwrap().iter().find(|it| it["name"] == "Rust").unwrap();
    assert_eq!((&rust["job_demand"], &rust["median_salary"]), (&json!(2), &json!(3000)));
    assert_eq!(demand.as_array().unwrap().len(), 3);
    let roles = t.visitor().get("/api/skills/roles/").ok();
    assert!(roles.as_array().unwrap().len() >= 30);
    let role = roles.as_array().unwrap().iter().find(|it| it["name"] == "Data engineer").unwrap();
    assert_eq!(role["open_jobs"], 1);
}

#[test]
fn skills_are_suggested_from_the_words_of_a_posting() {
    let t = TestApp::stocked();
    let words = json!({
        "title": "Rust developer",
        "description": "You build services in Rust and PostgreSQL.\n\nNice to have:\n- Docker\n- Rust\n\nWe offer:\n- tea",
    });
    t.user("ann").post("/api/jobs/suggest-skills/", words.clone()).status(403);
    let suggested = t.recruiter("rita").post("/api/jobs/suggest-skills/", words).ok();
    assert!(suggested["required"]["Rust"].as_f64().unwrap() > 0.3, "{suggested}");
    assert!(suggested["required"]["PostgreSQL"].is_number(), "{suggested}");
    assert_eq!(suggested["nice_to_have"].as_object().unwrap().keys().collect::<Vec<_>>(), ["Docker"]);
}
