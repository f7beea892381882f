//! The end of an account: out of use at once, restorable for a time, then erased.

use careerd::{admin::EraseAccounts, platform::task::Task as _};
use chrono::Duration;
use serde_json::json;

use crate::{
    accounts::{count, secret},
    app::{PASSWORD, TestApp},
};

fn erase(t: &TestApp) {
    t.block_on(EraseAccounts {}.run(t.app.clone())).unwrap();
}

#[test]
fn leaving_stops_the_account_and_a_mailed_link_restores_it() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    ben.delete(&format!("/api/users/{}/", ann.id)).status(403);
    t.visitor().delete("/api/users/me/").status(401);
    ann.delete("/api/users/999/").status(404);
    ann.delete("/api/users/me/").empty();
    ann.get("/api/users/me/").status(401);
    ben.get(&format!("/api/users/{}/", ann.id)).status(404);
    t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).status(401);
    let token = secret(&t, "ann@example.org", "/restore/");
    t.pass(Duration::days(13));
    erase(&t);
    let restore = |token: &str| t.visitor().post("/api/auth/account/restore/", json!({"token": token}));
    restore(&token).empty();
    assert_eq!(restore(&token).faults(), ["token"]);
    assert_eq!(restore("nonsense").faults(), ["token"]);
    assert_eq!(t.visitor().post("/api/auth/account/restore/", json!({})).faults(), ["token"]);
    let ann = t.sign_in_again(&ann);
    let me = ann.get("/api/users/me/").ok();
    assert_eq!((&me["deleted_at"], &me["erase_at"]), (&json!(null), &json!(null)));
    t.pass(Duration::days(2));
    erase(&t);
    t.sign_in_again(&ann).get("/api/users/me/").ok();
}

#[test]
fn the_last_admin_stays() {
    let t = TestApp::new();
    let root = t.admin("boss");
    root.delete("/api/users/me/").status(409);
    t.admin("second");
    root.delete("/api/users/me/").empty();
}

#[test]
fn after_the_grace_everything_that_tells_who_it_was_is_gone() {
    let t = TestApp::new();
    let (ann, ben, rita) = (t.user("ann"), t.user("ben"), t.recruiter("rita"));
    let root = t.admin("boss");
    root.post("/api/skills/", json!({"name": "Falconry"})).created();
    let mine = ann.post("/api/user-skills/", json!({"skill": "Falconry"})).created();
    let his = ben.post("/api/user-skills/", json!({"skill": "Falconry"})).created();
    ben.post(&format!("/api/user-skills/{}/endorse/", mine["id"]), json!({}));
    ann.post(&format!("/api/user-skills/{}/endorse/", his["id"]), json!({}));
    let posting = json!({"title": "Falconer", "description": "Birds.", "company_name": "Sky", "location": "Lviv",
        "job_type": "full-time", "required_skill_ids": ["Falconry"]});
    let job = rita.post("/api/jobs/", posting.clone()).created();
    ann.post(&format!("/api/jobs/{}/apply/", job["id"]), json!({"cover_letter": "hi"})).created();
    let resume =
        ann.upload("/api/resumes/", "ann.txt", b"Ann\nFalconry since 2019 at Sky Ltd, with many hawks.\n", &[]);
    resume.created();
    ann.patch("/api/users/me/", json!({"first_name": "Ann", "bio": "I keep hawks and falcons."})).ok();
    // What others did to what is theirs, and what was tried in their name.
    let mentor = ann.post("/api/mentors/", json!({"bio": "Flies hawks with you.", "specializations": ["Falconry"]}));
    let mentor = format!("/api/mentors/{}/", mentor.created()["id"]);
    root.patch(&mentor, json!({"bio": "Flies hawks and falcons with you."})).ok();
    t.visitor().post("/api/token/", json!({"username": "ann", "password": "not this one"})).status(401);
    let tokens = t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).ok();
    let renew = || t.visitor().post("/api/token/refresh/", json!({"refresh": tokens["refresh"]}));
    renew().ok();
    t.pass(Duration::minutes(1));
    renew().status(401);
    let ann = t.sign_in_again(&ann);
    t.drain();
    assert!(ben.get("/api/users/me/").ok()["points"].as_i64().unwrap() >= 5);
    ann.delete("/api/users/me/").empty();
    t.drain();
    t.pass(Duration::days(14));
    t.write(|tx| {
        Ok(tx.execute("INSERT INTO sign_in_waits SELECT 'both:' || id || ':127.0.0.1', 1, 9e18 FROM users", [])?)
    });
    let waits: i64 = t.query("SELECT count(*) FROM sign_in_waits");
    erase(&t);
    t.drain();
    let user: String =
        t.query(&format!("SELECT username || email || first_name || bio FROM users WHERE id = {}", ann.id));
    assert_eq!(user, format!("deleted user {0}deleted-{0}@invalid", ann.id));
    for table in [
        "user_skills",
        "resumes",
        "job_applications",
        "notifications",
        "user_achievements",
        "points_entries",
        "sign_ins",
        "sign_in_places",
        "mail_tokens",
        "api_tokens",
    ] {
        let left: i64 = t.query(&format!("SELECT count(*) FROM {table} WHERE user_id = {}", ann.id));
        assert_eq!(left, 0, "{table}");
    }
    let said: i64 = t.query("SELECT count(*) FROM events WHERE data LIKE '%hawks%' OR data LIKE '%\"ann%'");
    assert_eq!(said, 0);
    let audited = "FROM audit_entries WHERE (target_type = 'mentor' OR action = 'users.token_reused')";
    assert_eq!(t.query::<i64>(&format!("SELECT count(*) {audited}")), 2);
    let said: i64 = t.query(&format!(
        "SELECT count(*) {audited} AND (changes LIKE '%hawks%' OR actor_id IS NULL AND ip IS NOT NULL)"
    ));
    assert_eq!(said, 0, "the audit keeps that it happened, and the number");
    assert_eq!(t.query::<i64>("SELECT count(*) FROM sign_in_waits"), waits - 1);
    assert_eq!(t.query::<i64>("SELECT users FROM skills WHERE name = 'Falconry'"), 1);
    assert_eq!(
        t.query::<i64>(&format!("SELECT points FROM users WHERE id = {}", ben.id)),
        0,
        "the endorsement is gone"
    );
    let shown = t.visitor().get(&format!("/api/jobs/{}/", job["id"])).ok();
    assert_eq!(shown["total_applications"], 0);
    t.visitor().get(&format!("/api/users/{}/", ann.id)).status(404);
    assert_eq!(count(&t, "ann@example.org", "Your account was erased"), 1);
    let files = std::fs::read_dir(t.folder().join("files/resumes")).map(Iterator::count).unwrap_or(0);
    assert_eq!(files, 0);
    t.user("ann");
    erase(&t);
}

#[test]
fn the_postings_of_an_erased_recruiter_close() {
    let t = TestApp::new();
    let rita = t.recruiter("rita");
    let posting = json!({"title": "Falconer", "description": "Birds.", "company_name": "Sky", "location": "Lviv",
        "job_type": "full-time"});
    let job = rita.post("/api/jobs/", posting).created();
    rita.delete("/api/users/me/").empty();
    t.drain();
    t.pass(Duration::days(15));
    erase(&t);
    assert_eq!(t.visitor().get(&format!("/api/jobs/{}/", job["id"])).ok()["status"], "closed");
}
