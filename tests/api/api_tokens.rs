//! Personal API tokens.

use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Member, PASSWORD, TestApp};

fn make(who: &Member<'_>, scope: &str) -> Value {
    who.post("/api/auth/tokens/", json!({"name": "script", "scope": scope})).created()
}

#[test]
fn the_secret_is_shown_once_and_kept_as_a_digest() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let made = make(&ann, "read");
    let secret = made["token"].as_str().unwrap();
    assert_eq!(made["prefix"].as_str().unwrap(), &secret[..8]);
    assert_eq!((&made["scope"], &made["last_used_at"]), (&json!("read"), &Value::Null));
    let listed = ann.get("/api/auth/tokens/").ok();
    assert_eq!((&listed["count"], &listed["results"][0]["id"]), (&json!(1), &made["id"]));
    assert!(!listed.to_string().contains(secret));
    let kept: i64 = t.query(&format!("SELECT count(*) FROM api_tokens WHERE hash = '{secret}'"));
    assert_eq!(kept, 0);
    let life: i64 = t.query("SELECT (expires_at - created_at) / 86400000000 FROM api_tokens");
    assert_eq!(life, 90);
}

#[test]
fn a_reading_token_reads_and_a_writing_one_writes() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let (reader, writer) = (ann.holding(&make(&ann, "read"), "token"), ann.holding(&make(&ann, "write"), "token"));
    assert_eq!(reader.get("/api/users/me/").ok()["email"], "ann@example.org");
    reader.patch("/api/users/me/", json!({"title": "Reader"})).status(403);
    reader.post("/api/notifications/read-all/", json!({})).status(403);
    assert_eq!(writer.patch("/api/users/me/", json!({"title": "Writer"})).ok()["title"], "Writer");
}

#[test]
fn no_token_changes_how_its_owner_signs_in_or_ends_the_account() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let token = make(&ann, "write");
    let writer = ann.holding(&token, "token");
    let new = "a short swim in June";
    for (path, body) in [
        ("/api/auth/tokens/", json!({"name": "more", "scope": "write"})),
        ("/api/auth/logout/", json!({})),
        ("/api/auth/logout-all/", json!({})),
        ("/api/auth/password/change/", json!({"current_password": PASSWORD, "new_password": new})),
        ("/api/auth/email/change/", json!({"email": "new@example.org", "password": PASSWORD})),
        ("/api/auth/email/verify/send/", json!({})),
        ("/api/auth/totp/", json!({"password": PASSWORD})),
        ("/api/auth/totp/confirm/", json!({"otp": "123456"})),
        ("/api/auth/totp/recovery-codes/", json!({"password": PASSWORD, "otp": "123456"})),
    ] {
        assert_eq!(writer.post(path, body).status(403)["error"], "Permission Denied", "{path}");
    }
    writer.delete(&format!("/api/auth/tokens/{}/", token["id"])).status(403);
    writer.delete("/api/users/me/").status(403);
    writer.get("/api/users/me/").ok();
}

#[test]
fn nobody_has_a_role_through_a_token() {
    let t = TestApp::new();
    let (root, rita) = (t.admin("boss"), t.recruiter("rita"));
    let admin = root.holding(&make(&root, "write"), "token");
    admin.post("/api/skills/", json!({"name": "Falconry"})).status(403);
    root.post("/api/skills/", json!({"name": "Falconry"})).created();
    let recruiter = rita.holding(&make(&rita, "write"), "token");
    recruiter.post("/api/jobs/", json!({})).status(403);
    rita.post("/api/jobs/", json!({})).status(400);
    let ben = t.user("ben");
    assert!(admin.get(&format!("/api/users/{}/", ben.id)).ok().get("email").is_none());
}

#[test]
fn a_token_ends_when_it_is_deleted_expires_or_its_owner_is_gone() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let first = make(&ann, "read");
    let path = format!("/api/auth/tokens/{}/", first["id"]);
    ben.delete(&path).status(404);
    let holder = ann.holding(&first, "token");
    holder.get("/api/users/me/").ok();
    ann.delete(&path).empty();
    ann.delete(&path).status(404);
    assert_eq!(holder.get("/api/users/me/").status(401)["error"], "Invalid Token");
    let short =
        ann.post("/api/auth/tokens/", json!({"name": "a day", "scope": "READ", "expires_in_days": 1})).created();
    let second = make(&ann, "read");
    t.pass(Duration::days(1));
    ann.holding(&short, "token").get("/api/users/me/").status(401);
    ann.holding(&second, "token").get("/api/users/me/").ok();
    let id = careerd::platform::id::Id::new(ann.id);
    t.write(move |tx| careerd::users::service::set_active(tx, careerd::users::audit::By::HOUSE, id, false, ""));
    ann.holding(&second, "token").get("/api/users/me/").status(401);
}

#[test]
fn the_last_use_is_noted_once_a_minute() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let holder = ann.holding(&make(&ann, "read"), "token");
    let last = || -> i64 {
        holder.get("/api/users/me/").ok();
        t.block_on(careerd::upkeep::flush(&t.app)).unwrap();
        t.query("SELECT last_used_at FROM api_tokens")
    };
    let first = last();
    t.pass(Duration::seconds(30));
    assert_eq!(last(), first);
    t.pass(Duration::seconds(31));
    assert!(last() > first);
}

#[test]
fn wrong_tokens_are_not_made() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let post = |body: Value| ann.post("/api/auth/tokens/", body);
    assert_eq!(post(json!({})).faults(), ["name", "scope"]);
    let bad = json!({"name": "x".repeat(51), "scope": "all", "expires_in_days": 366});
    assert_eq!(post(bad).faults(), ["expires_in_days", "name", "scope"]);
    assert_eq!(post(json!({"name": "", "scope": "read", "expires_in_days": 0})).faults(), ["expires_in_days", "name"]);
    t.visitor().post("/api/auth/tokens/", json!({"name": "x", "scope": "read"})).status(401);
    t.visitor().get("/api/auth/tokens/").status(401);
    for _ in 0..20 {
        make(&ann, "read");
    }
    assert_eq!(post(json!({"name": "one more", "scope": "read"})).status(409)["error"], "Conflict");
}
