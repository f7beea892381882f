//! The catalogue of skills, who holds which, and who vouches for it.

use careerd::{
    platform::{config::Span, id::Id},
    skills::{Category, SkillDraft, service, store},
    users,
};
use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{Member, TestApp};

/// Puts a skill into the catalogue; its id.
pub fn skill(t: &TestApp, name: &str, synonyms: &[&str]) -> i64 {
    let synonyms = synonyms.iter().map(|it| (*it).to_owned()).collect();
    let draft = SkillDraft { name: name.into(), category: Category::Backend, synonyms, ..SkillDraft::default() };
    t.write(move |tx| store::insert(tx, &draft, false)).raw()
}

fn names(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

fn held(page: &Value) -> Vec<(&str, &str)> {
    page["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["skill"]["name"].as_str().unwrap(), it["proficiency_level"].as_str().unwrap()))
        .collect()
}

fn take_up(member: &Member<'_>, skill: i64) -> i64 {
    member.post("/api/user-skills/", json!({"skill_id": skill})).created()["id"].as_i64().unwrap()
}

fn points(member: &Member<'_>) -> i64 {
    member.get("/api/users/me/points/").ok()["points"].as_i64().unwrap()
}

#[test]
fn only_admins_write_the_catalogue() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("root1"), t.user("ann"));
    let body = json!({"name": " Rust ", "category": "Backend", "synonyms": ["Rust Lang"], "users": 9});
    assert_eq!(t.visitor().post("/api/skills/", body.clone()).status.code, 401);
    ann.post("/api/skills/", body.clone()).status(403);
    let reply = root.post("/api/skills/", body);
    let rust = reply.created();
    let path = format!("/api/skills/{}/", rust["id"]);
    assert_eq!(reply.header("Location"), Some(path.as_str()));
    assert_eq!((&rust["name"], &rust["category"], &rust["users"]), (&json!("Rust"), &json!("backend"), &json!(0)));
    assert_eq!(t.visitor().get(&path).ok(), rust);

    let patched = root.patch(&path, json!({"description": "A language."})).ok();
    assert_eq!((&patched["description"], &patched["synonyms"]), (&json!("A language."), &json!(["Rust Lang"])));
    let put = root.put(&path, json!({"name": "Rust"})).ok();
    assert_eq!((&put["category"], &put["description"], &put["synonyms"]), (&json!("other"), &json!(""), &json!([])));
    ann.delete(&path).status(403);
    root.delete(&path).empty();
    t.visitor().get(&path).status(404);
}

#[test]
fn every_name_and_synonym_is_unique_in_any_case() {
    let t = TestApp::new();
    let root = t.admin("root1");
    skill(&t, "JavaScript", &["JS", "Ecma Script"]);
    for (body, field) in [
        (json!({"name": "javascript"}), "name"),
        (json!({"name": "js"}), "name"),
        (json!({"name": "ecma  SCRIPT"}), "name"),
        (json!({"name": "Java", "synonyms": ["Js"]}), "synonyms"),
        (json!({"name": "Java", "synonyms": ["JAVA"]}), "synonyms"),
        (json!({"name": "Java", "synonyms": ["J", "j"]}), "synonyms"),
        (json!({"name": "Java", "synonyms": "J"}), "synonyms"),
        (json!({"name": "Java", "category": "cooking"}), "category"),
        (json!({"name": "!!"}), "name"),
        (json!({}), "name"),
    ] {
        assert_eq!(root.post("/api/skills/", body.clone()).faults(), [field], "{body}");
    }
    let many: Vec<String> = (0..21).map(|n| format!("Java {n}")).collect();
    assert_eq!(root.post("/api/skills/", json!({"name": "Java", "synonyms": many})).faults(), ["synonyms"]);
    let java = root.post("/api/skills/", json!({"name": "Java", "synonyms": &many[..20]})).created();
    root.patch(&format!("/api/skills/{}/", java["id"]), json!({"name": "JAVA"})).ok();
    let taken = json!({"name": "JavaScript", "synonyms": ["Java 3"]});
    assert_eq!(root.patch(&format!("/api/skills/{}/", java["id"]), taken).faults(), ["name"]);
}

#[test]
fn a_changed_skill_is_not_overwritten_by_an_old_version() {
    let t = TestApp::new();
    let root = t.admin("root1");
    let path = format!("/api/skills/{}/", skill(&t, "Rust", &[]));
    let tag = root.get(&path).header("ETag").unwrap().to_owned();
    root.patch(&path, json!({"description": "A language."})).ok();
    let old = [("If-Match", tag.as_str())];
    root.call(Method::Patch, &path, Some(json!({"description": "x"})), &old).status(412);
    root.call(Method::Delete, &path, None, &old).status(412);
}

#[test]
fn the_catalogue_is_searched_by_name_and_synonym() {
    let t = TestApp::new();
    for (name, synonyms) in
        [("C", &[][..]), ("C++", &["CPP"]), ("C#", &["C Sharp"]), ("Node.js", &["Node"]), ("Résumé writing", &[])]
    {
        skill(&t, name, synonyms);
    }
    let found = |search: &str| {
        let encoded = search.replace('+', "%2B").replace('#', "%23").replace(' ', "+");
        let page = t.visitor().get(&format!("/api/skills/?search={encoded}")).ok();
        names(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(found("c++"), ["C++"]);
    assert_eq!(found("C#"), ["C#"]);
    assert_eq!(found("c"), ["C", "C#", "C++"]);
    assert_eq!(found("cpp"), ["C++"]);
    assert_eq!(found("sharp c"), ["C#"]);
    assert_eq!(found("js"), ["Node.js"]);
    assert_eq!(found("RESUME"), ["Résumé writing"]);
    assert_eq!(found("esume"), Vec::<String>::new());
    let root = t.admin("root1");
    let node = t.visitor().get("/api/skills/?search=node").ok()["results"][0]["id"].clone();
    root.patch(&format!("/api/skills/{node}/"), json!({"name": "Deno", "synonyms": []})).ok();
    assert_eq!((found("node").len(), found("deno").len()), (0, 1));
}

#[test]
fn the_catalogue_is_filtered_and_ordered() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("root1"), t.user("ann"));
    let beta = skill(&t, "beta", &[]);
    skill(&t, "Alpha", &[]);
    root.post("/api/skills/", json!({"name": "Gamma", "category": "design"})).created();
    take_up(&ann, beta);
    assert_eq!(names(&ann.get("/api/skills/").ok()), ["Alpha", "beta", "Gamma"]);
    assert_eq!(names(&ann.get("/api/skills/?ordering=-users,name").ok()), ["beta", "Alpha", "Gamma"]);
    assert_eq!(names(&ann.get("/api/skills/?category=design&category=MOBILE").ok()), ["Gamma"]);
    assert_eq!(ann.get("/api/skills/?category=cooking").faults(), ["category"]);
    assert_eq!(ann.get("/api/skills/?ordering=synonyms").faults(), ["ordering"]);
    let categories = ann.get("/api/skills/categories/").ok();
    let of =
        |word: &str| categories.as_array().unwrap().iter().find(|it| it["category"] == word).unwrap()["skills"].clone();
    assert_eq!((of("backend"), of("design"), of("mobile")), (json!(2), json!(1), json!(0)));
}

#[test]
fn a_skill_in_use_is_not_removed() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("root1"), t.user("ann"));
    let rust = skill(&t, "Rust", &[]);
    let row = take_up(&ann, rust);
    root.delete(&format!("/api/skills/{rust}/")).status(409);
    ann.delete(&format!("/api/user-skills/{row}/")).empty();
    root.delete(&format!("/api/skills/{rust}/")).empty();
}

#[test]
fn a_skill_is_taken_up_by_id_or_by_any_name_and_updated_when_held() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let go = skill(&t, "Go", &["Golang"]);
    let body = json!({"skill_name": "GOLANG", "proficiency_level": "Expert", "years_of_experience": 2.5});
    let reply = ann.post("/api/user-skills/", body);
    let row = reply.created();
    let path = format!("/api/user-skills/{}/", row["id"]);
    assert_eq!(reply.header("Location"), Some(path.as_str()));
    assert_eq!(row["skill"], json!({"id": go, "name": "Go", "category": "backend"}));
    assert_eq!((&row["user"]["username"], &row["source"]), (&json!("ann"), &json!("manual")));
    assert_eq!((&row["proficiency_level"], &row["years_of_experience"]), (&json!("expert"), &json!(2.5)));
    assert_eq!(t.user("ben").get(&path).ok(), row);

    let again = ann.post("/api/user-skills/", json!({"skill": go, "years_of_experience": 3})).ok();
    assert_eq!((&again["id"], &again["years_of_experience"]), (&row["id"], &json!(3.0)));
    assert_eq!(again["proficiency_level"], "expert", "what is left out stays");
    assert_eq!(ann.get("/api/user-skills/").ok()["count"], 1);
    assert_eq!(t.visitor().get(&format!("/api/skills/{go}/")).ok()["users"], 1);

    for (body, fields) in [
        (json!({}), vec!["skill_id"]),
        (json!({"skill_id": null}), vec!["skill_id"]),
        (json!({"skill_id": 99}), vec!["skill_id"]),
        (json!({"skill_id": "Cobol"}), vec!["skill_id"]),
        (json!({"skill_name": "Cobol"}), vec!["skill_name"]),
        (json!({"skill_id": go, "years_of_experience": 61}), vec!["years_of_experience"]),
        (json!({"skill_id": go, "years_of_experience": 0.3}), vec!["years_of_experience"]),
        (
            json!({"skill_id": 99, "proficiency_level": "guru", "years_of_experience": -1}),
            vec!["proficiency_level", "skill_id", "years_of_experience"],
        ),
    ] {
        assert_eq!(ann.post("/api/user-skills/", body.clone()).faults(), fields, "{body}");
    }
}

#[test]
fn only_the_holder_changes_a_held_skill() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let path = format!("/api/user-skills/{}/", take_up(&ann, skill(&t, "Go", &[])));
    ben.patch(&path, json!({"proficiency_level": "expert"})).status(403);
    ben.delete(&path).status(403);
    t.visitor().get(&path).status(401);
    let tag = ann.get(&path).header("ETag").unwrap().to_owned();
    let row = ann.patch(&path, json!({"proficiency_level": "advanced", "years_of_experience": 4})).ok();
    assert_eq!((&row["proficiency_level"], &row["last_updated"]), (&json!("advanced"), &row["updated_at"]));
    ann.call(Method::Delete, &path, None, &[("If-Match", &tag)]).status(412);
    let row = ann.put(&path, json!({"years_of_experience": 1})).ok();
    assert_eq!((&row["proficiency_level"], &row["years_of_experience"]), (&json!("beginner"), &json!(1.0)));
    assert_eq!(ann.patch(&path, json!({"proficiency_level": "guru"})).faults(), ["proficiency_level"]);
    ann.delete(&path).empty();
    ann.get(&path).status(404);
    ann.get("/api/user-skills/0/").status(404);
}

#[test]
fn the_skills_of_an_account_out_of_use_are_not_there() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let row = format!("/api/user-skills/{}", take_up(&ann, skill(&t, "Go", &[])));
    let id = Id::new(ann.id);
    t.write(move |tx| users::service::set_active(tx, careerd::users::audit::By::HOUSE, id, false, ""));
    ben.get(&format!("{row}/")).status(404);
    ben.post(&format!("{row}/endorse/"), json!({})).status(404);
    ben.get(&format!("/api/users/{}/skills/", ann.id)).status(404);
}

#[test]
fn a_batch_is_taken_up_whole_or_not_at_all() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let (go, rust) = (skill(&t, "Go", &[]), skill(&t, "Rust", &[]));
    let batch = |skills: Value| ann.post("/api/user-skills/batch/", json!({"skills": skills}));
    let bad =
        batch(json!([{"skill_id": go}, {"skill_name": "Cobol"}, {}, {"skill_id": rust, "proficiency_level": "x"}]));
    let faults = bad.status(400)["field_errors"]["skills"].clone();
    let starts: Vec<&str> = faults.as_array().unwrap().iter().map(|it| &it.as_str().unwrap()[..7]).collect();
    assert_eq!(starts, ["Entry 2", "Entry 3", "Entry 4"]);
    assert_eq!(ann.get("/api/user-skills/").ok()["count"], 0);
    for bad in [json!([]), json!("Go"), json!(null), json!([1]), json!(vec![json!({"skill_id": go}); 51])] {
        assert_eq!(batch(bad.clone()).faults(), ["skills"], "{bad}");
    }
    assert_eq!(ann.post("/api/user-skills/batch/", json!({})).faults(), ["skills"]);
    let rows = batch(json!([
        {"skill_id": rust, "proficiency_level": "expert"}, {"skill_name": "go"}, {"skill_id": rust, "years_of_experience": 2}
    ]))
    .created();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!((&rows[0]["proficiency_level"], &rows[0]["years_of_experience"]), (&json!("expert"), &json!(2.0)));
    assert_eq!(rows[1]["skill"]["name"], "Go");
}

#[test]
fn a_person_holds_at_most_200_skills() {
    let t = TestApp::new();
    let ann = t.user("ann");
    t.write(|tx| {
        for n in 0..201 {
            store::insert(tx, &SkillDraft { name: format!("Skill {n}"), ..SkillDraft::default() }, false)?;
        }
        Ok(())
    });
    for part in 0..4 {
        let skills: Vec<Value> = (0..50).map(|n| json!({"skill_name": format!("Skill {}", part * 50 + n)})).collect();
        ann.post("/api/user-skills/batch/", json!({"skills": skills})).created();
    }
    ann.post("/api/user-skills/", json!({"skill_name": "Skill 200"})).status(400);
    ann.post("/api/user-skills/", json!({"skill_name": "Skill 7", "proficiency_level": "expert"})).ok();
}

#[test]
fn own_skills_are_filtered_searched_and_ordered() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let root = t.admin("root1");
    root.post("/api/skills/", json!({"name": "Figma", "category": "design"})).created();
    skill(&t, "Go", &[]);
    skill(&t, "Rust", &[]);
    for (name, level, years) in [("Go", "beginner", 9), ("Rust", "expert", 1), ("Figma", "advanced", 5)] {
        let body = json!({"skill_name": name, "proficiency_level": level, "years_of_experience": years});
        ann.post("/api/user-skills/", body).created();
    }
    ben.post("/api/user-skills/", json!({"skill_name": "Go"})).created();
    let list = |query: &str| ann.get(&format!("/api/user-skills/?{query}")).ok();
    let by_level = [("Rust", "expert"), ("Figma", "advanced"), ("Go", "beginner")];
    assert_eq!(held(&list("")), by_level);
    assert_eq!(held(&list("ordering=skill"))[0].0, "Figma");
    assert_eq!(held(&list("ordering=-years_of_experience"))[0].0, "Go");
    assert_eq!(held(&list("proficiency_level=beginner&proficiency_level=expert")).len(), 2);
    assert_eq!(held(&list("category=design")), [("Figma", "advanced")]);
    assert_eq!(held(&list("search=RU")), [("Rust", "expert")]);
    assert_eq!(ann.get("/api/user-skills/?proficiency_level=guru").faults(), ["proficiency_level"]);

    let public = t.visitor().get(&format!("/api/users/{}/skills/", ann.id)).ok();
    assert_eq!(held(&public), by_level);
    assert_eq!(held(&ann.get("/api/users/me/skills/").ok()), by_level);
    t.visitor().get("/api/users/me/skills/").status(401);
    t.visitor().get("/api/users/99/skills/").status(404);
}

#[test]
fn many_are_given_up_at_once_and_only_own_ones() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let (go, rust) = (skill(&t, "Go", &[]), skill(&t, "Rust", &[]));
    let ids = [take_up(&ann, go), take_up(&ann, rust), take_up(&ben, go), 99];
    let answer = ann.post("/api/user-skills/bulk_delete/", json!({"ids": ids})).ok();
    assert_eq!(answer, json!({"status": "deleted", "deleted_count": 2}));
    assert_eq!(ben.get("/api/user-skills/").ok()["count"], 1);
    for bad in [json!({}), json!({"ids": null}), json!({"ids": 1}), json!({"ids": ["x"]}), json!({"ids": vec![1; 501]})]
    {
        assert_eq!(ann.post("/api/user-skills/bulk_delete/", bad).faults(), ["ids"]);
    }
}

#[test]
fn an_endorsement_counts_once_and_brings_points_while_it_stands() {
    let t = TestApp::new();
    let (ann, ben, cy) = (t.user("ann"), t.user("ben"), t.user("cy1"));
    let row = format!("/api/user-skills/{}", take_up(&ann, skill(&t, "Go", &[])));
    ann.post(&format!("{row}/endorse/"), json!({})).status(403);
    for _ in 0..2 {
        let answer = ben.post(&format!("{row}/endorse/"), json!({})).ok();
        assert_eq!((&answer["success"], &answer["endorsements_count"]), (&json!(true), &json!(1)));
        assert_eq!(points(&ann), 5);
    }
    cy.post(&format!("{row}/endorse"), json!({})).ok();
    assert_eq!(points(&ann), 10);
    let who = ben.get(&format!("{row}/endorsements/")).ok();
    assert_eq!((&who["count"], &who["results"][1]["user"]["username"]), (&json!(2), &json!("ben")));
    assert!(who["results"][0]["created_at"].is_string());

    for _ in 0..2 {
        let answer = ben.post(&format!("{row}/unendorse/"), json!({})).ok();
        assert_eq!((&answer["success"], &answer["endorsements_count"]), (&json!(true), &json!(1)));
        assert_eq!(points(&ann), 5);
    }
    ben.post(&format!("{row}/endorse/"), json!({})).ok();
    assert_eq!(points(&ann), 10, "an endorsement given once more is booked once more");
    ben.delete(&format!("{row}/endorse/")).ok();
    assert_eq!(points(&ann), 5);
    ann.delete(&format!("{row}/")).empty();
    assert_eq!(points(&ann), 0, "a skill that is given up takes its endorsements along");
    ben.post(&format!("{row}/endorse/"), json!({})).status(404);
}

#[test]
fn a_repeated_call_with_a_key_has_one_effect() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let go = skill(&t, "Go", &[]);
    let key = [("Idempotency-Key", "k1")];
    let body = json!({"skill_id": go});
    let first = ann.call(Method::Post, "/api/user-skills/", Some(body.clone()), &key).created();
    let again = ann.call(Method::Post, "/api/user-skills/", Some(body), &key);
    assert_eq!((again.created(), again.header("Idempotent-Replay")), (first, Some("true")));
}

#[test]
fn an_answer_under_a_key_is_repeated_for_as_long_as_the_setting_says() {
    for (setting, kept, gone) in [(Span::hours(48), 47, 49), (Span::hours(2), 1, 3)] {
        let t = TestApp::with(|config| config.retention.idempotency = setting);
        let ann = t.user("ann");
        let send = |who: &Member<'_>| {
            let body = Some(json!({"name": "Falconry"}));
            who.call(Method::Post, "/api/skills/suggestions/", body, &[("Idempotency-Key", "one")])
        };
        assert_eq!(send(&ann).header("Idempotent-Replay"), None);
        t.pass(Duration::hours(kept));
        assert_eq!(send(&t.sign_in_again(&ann)).header("Idempotent-Replay"), Some("true"));
        t.pass(Duration::hours(gone - kept));
        assert_eq!(send(&t.sign_in_again(&ann)).header("Idempotent-Replay"), None);
    }
}

#[test]
fn trends_and_figures_follow_the_rows() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let (go, rust) = (skill(&t, "Go", &[]), skill(&t, "Rust", &[]));
    skill(&t, "Cobol", &[]);
    take_up(&ann, go);
    take_up(&ben, go);
    t.pass(Duration::days(31));
    let dan = t.user("dan");
    let row = dan.post("/api/user-skills/", json!({"skill_id": rust, "proficiency_level": "expert"})).created();
    t.user("eve").post(&format!("/api/user-skills/{}/endorse/", row["id"]), json!({})).ok();
    t.write(move |tx| store::move_demand(tx, &[Id::new(rust)], 3));
    let trends = t.visitor().get("/api/skills/trending/").ok();
    let figures = |nth: usize| {
        let it = &trends[nth];
        (it["skill"]["name"].clone(), it["users"].clone(), it["new_users_30_days"].clone(), it["trend"].clone())
    };
    assert_eq!(figures(0), (json!("Rust"), json!(1), json!(1), json!(4)));
    assert_eq!(figures(1), (json!("Go"), json!(2), json!(0), json!(2)));
    assert_eq!((trends.as_array().unwrap().len(), &trends[0]["avg_endorsements"]), (2, &json!(1.0)));
    assert_eq!(t.visitor().get("/api/skills/trending/?limit=1").ok().as_array().unwrap().len(), 1);
    assert_eq!(t.visitor().get("/api/skills/trending/?limit=21").faults(), ["limit"]);
    assert_eq!(
        t.visitor().get(&format!("/api/skills/{rust}/statistics/")).ok(),
        json!({"total_users": 1, "avg_endorsements": 1.0, "job_demand": 3,
            "proficiency_distribution": {"beginner": 0, "intermediate": 0, "advanced": 0, "expert": 1}})
    );
    t.visitor().get("/api/skills/99/statistics/").status(404);
}

#[test]
fn a_missing_skill_is_suggested_once() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let go = skill(&t, "Go", &["Golang"]);
    let known = ann.post("/api/skills/suggestions/", json!({"name": "golang"})).ok();
    assert_eq!(known["id"], go);
    let body = json!({"name": "Zig", "category": "backend", "why": "It is asked for.", "status": "accepted"});
    let new = ann.post("/api/skills/suggestions/", body).created();
    assert_eq!(
        (&new["status"], &new["skill"], &new["user"]["username"]),
        (&json!("pending"), &json!(null), &json!("ann"))
    );
    assert_eq!(ann.post("/api/skills/suggestions/", json!({"name": "ZIG"})).ok()["id"], new["id"]);
    assert_eq!(ann.get("/api/skills/suggestions/").ok()["results"], json!([new]));
    assert_eq!(ben.get("/api/skills/suggestions/").ok()["count"], 0);
    t.visitor().get("/api/skills/suggestions/").status(401);
    assert_eq!(
        ann.post("/api/skills/suggestions/", json!({"name": "?", "category": "x"})).faults(),
        ["category", "name"]
    );
}

#[test]
fn the_delivered_catalogue_fills_an_empty_one_only() {
    let t = TestApp::new();
    let filled = t.write(service::fill_catalogue);
    assert!(filled > 1000);
    assert_eq!(t.write(service::fill_catalogue), 0);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM skills"), i64::try_from(filled).unwrap());
    let go: i64 = t.query("SELECT skill_id FROM skill_names WHERE key = 'golang'");
    assert_eq!(t.visitor().get(&format!("/api/skills/{go}/")).ok()["name"], "Go");
    assert!(t.query::<bool>(&format!("SELECT context FROM skills WHERE id = {go}")));
    let all = t.write(|tx| store::all(tx));
    assert_eq!(all.len(), filled);
}
