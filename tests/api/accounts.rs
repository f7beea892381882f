//! Passwords and addresses: changed, reset, proven.

use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};

const NEW: &str = "a short swim in June";

/// The text of a mail without the wrapping of its encoding.
pub fn plain(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("\r\n ", "").replace("=3D", "=").replace("\r\n", "\n")
}

/// The secret of the link in the newest mail to this address that has one under this path.
pub fn secret(t: &TestApp, to: &str, path: &str) -> String {
    t.drain();
    let mails = t.mails();
    let newest =
        mails.iter().rev().map(|it| plain(it)).find(|it| it.contains(&format!("To: {to}")) && it.contains(path));
    let mail = newest.unwrap_or_else(|| panic!("no mail to {to} with {path}"));
    let rest = &mail[mail.find(path).unwrap() + path.len()..];
    rest[..rest.find('\n').unwrap()].to_owned()
}

/// Mails to this address with this subject.
pub fn count(t: &TestApp, to: &str, subject: &str) -> usize {
    t.drain();
    let is =
        |it: &String| plain(it).contains(&format!("To: {to}")) && plain(it).contains(&format!("Subject: {subject}"));
    t.mails().iter().filter(|it| is(it)).count()
}

fn sign_in(t: &TestApp, password: &str) -> u16 {
    t.visitor().post("/api/token/", json!({"username": "ann", "password": password})).status.code
}

#[test]
fn changing_the_password_ends_every_other_sign_in() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let elsewhere = t.sign_in_again(&ann);
    let tokens =
        ann.post("/api/auth/password/change/", json!({"current_password": PASSWORD, "new_password": NEW})).ok();
    for stopped in [&ann, &elsewhere] {
        stopped.get("/api/auth/sessions/").status(401);
    }
    let fresh = ann.holding(&tokens, "access");
    assert_eq!(fresh.get("/api/auth/sessions/").ok()["count"], 1);
    t.visitor().post("/api/token/refresh/", json!({"refresh": tokens["refresh"]})).ok();
    assert_eq!((sign_in(&t, PASSWORD), sign_in(&t, NEW)), (401, 200));
    assert_eq!(count(&t, "ann@example.org", "Your password was changed"), 1);
}

#[test]
fn a_browser_keeps_its_new_sign_in_in_the_cookie() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let login = t.visitor().post("/api/auth/cookie/", json!({"username": "ann", "password": PASSWORD})).ok();
    let browser = ann.holding(&login, "access");
    let reply = browser.post("/api/auth/password/change/", json!({"current_password": PASSWORD, "new_password": NEW}));
    assert!(reply.ok()["access"].is_string() && reply.ok().get("refresh").is_none());
    assert!(reply.header("Set-Cookie").unwrap().starts_with("careerd_refresh="));
}

#[test]
fn a_bad_password_change_changes_nothing() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let change = |body: Value| ann.post("/api/auth/password/change/", body);
    assert_eq!(change(json!({})).faults(), ["current_password", "new_password"]);
    assert_eq!(change(json!({"current_password": PASSWORD, "new_password": "short"})).faults(), ["new_password"]);
    assert_eq!(
        change(json!({"current_password": PASSWORD, "new_password": "ann@example.org"})).faults(),
        ["new_password"]
    );
    assert_eq!(change(json!({"current_password": "wrong", "new_password": NEW})).faults(), ["current_password"]);
    t.visitor()
        .post("/api/auth/password/change/", json!({"current_password": PASSWORD, "new_password": NEW}))
        .status(401);
    assert_eq!(sign_in(&t, PASSWORD), 200);
}

#[test]
fn a_forgotten_password_is_set_by_a_mailed_link_once() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let ask = |email: &str| t.visitor().post("/api/auth/password/reset/", json!({"email": email}));
    let (known, unknown) = (ask("ANN@example.org"), ask("nobody@example.org"));
    assert_eq!((known.status.code, &known.bytes), (202, &unknown.bytes));
    assert_eq!(unknown.status.code, 202);
    let first = secret(&t, "ann@example.org", "/reset-password/");
    ask("ann@example.org");
    let second = secret(&t, "ann@example.org", "/reset-password/");
    let confirm = |token: &str, password: &str| {
        t.visitor().post("/api/auth/password/reset/confirm/", json!({"token": token, "new_password": password}))
    };
    assert_eq!(confirm(&first, NEW).faults(), ["token"], "a newer link ends the older");
    assert_eq!(confirm(&second, "short").faults(), ["new_password"]);
    confirm(&second, NEW).empty();
    assert_eq!(confirm(&second, NEW).faults(), ["token"]);
    ann.get("/api/auth/sessions/").status(401);
    assert_eq!((sign_in(&t, PASSWORD), sign_in(&t, NEW)), (401, 200));
    assert_eq!(count(&t, "ann@example.org", "Your password was changed"), 1);
    assert_eq!(confirm("", "").faults(), ["token"]);
    assert_eq!(t.visitor().post("/api/auth/password/reset/confirm/", json!({})).faults(), ["new_password", "token"]);
    assert_eq!(ask("no address").faults(), ["email"]);
}

#[test]
fn a_link_for_a_password_lives_a_day_and_dies_with_the_password() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let ask = || {
        t.visitor().post("/api/auth/password/reset/", json!({"email": "ann@example.org"})).status(202);
        secret(&t, "ann@example.org", "/reset-password/")
    };
    let confirm = |token: &str| {
        t.visitor().post("/api/auth/password/reset/confirm/", json!({"token": token, "new_password": NEW}))
    };
    let late = ask();
    ann.post("/api/auth/password/change/", json!({"current_password": PASSWORD, "new_password": "a slow ride in May"}))
        .ok();
    assert_eq!(confirm(&late).faults(), ["token"]);
    let late = ask();
    t.pass(Duration::hours(24));
    assert_eq!(confirm(&late).faults(), ["token"]);
    let id = careerd::platform::id::Id::new(ann.id);
    let late = ask();
    t.write(move |tx| careerd::users::service::set_active(tx, careerd::users::audit::By::HOUSE, id, false, ""));
    assert_eq!(confirm(&late).faults(), ["token"]);
}

#[test]
fn nobody_fills_a_box_with_links_for_passwords() {
    let t = TestApp::new();
    t.user("ann");
    for _ in 0..8 {
        t.visitor().post("/api/auth/password/reset/", json!({"email": "ann@example.org"})).status(202);
        t.drain();
        t.pass(Duration::minutes(1));
    }
    assert_eq!(count(&t, "ann@example.org", "Set a new password"), 5);
}

#[test]
fn an_address_is_proven_by_a_link_at_most_three_in_an_hour() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let send = || t.sign_in_again(&ann).post("/api/auth/email/verify/send/", json!({}));
    for _ in 0..3 {
        send().status(202);
    }
    let refused = send();
    assert_eq!(refused.status(429)["limit_type"], "hour");
    t.pass(Duration::hours(1));
    send().status(202);
    let token = secret(&t, "ann@example.org", "/verify/");
    let verify = |token: &str| t.visitor().post("/api/auth/email/verify/", json!({"token": token}));
    verify(&token).empty();
    assert_eq!(verify(&token).faults(), ["token"]);
    assert_eq!(verify("nonsense").faults(), ["token"]);
    let ann = t.sign_in_again(&ann);
    assert_eq!(ann.get("/api/users/me/").ok()["email_verified"], true);
    let before = count(&t, "ann@example.org", "Confirm your address");
    ann.post("/api/auth/email/verify/send/", json!({})).status(202);
    assert_eq!(count(&t, "ann@example.org", "Confirm your address"), before, "there is nothing left to prove");
    t.visitor().post("/api/auth/email/verify/send/", json!({})).status(401);
}

#[test]
fn a_new_address_counts_once_it_is_proven_and_the_old_one_is_told() {
    let t = TestApp::new();
    let (ann, _) = (t.user("ann"), t.user("ben"));
    let change = |email: &str, password: &str| {
        ann.post("/api/auth/email/change/", json!({"email": email, "password": password}))
    };
    assert_eq!(change("new@example.org", "wrong").faults(), ["password"]);
    assert_eq!(change("BEN@example.org", PASSWORD).faults(), ["email"]);
    assert_eq!(change("ann@example.org", PASSWORD).faults(), ["email"]);
    assert_eq!(ann.post("/api/auth/email/change/", json!({})).faults(), ["email", "password"]);
    change("first@example.org", PASSWORD).status(202);
    let first = secret(&t, "first@example.org", "/verify/");
    change("new@example.org", PASSWORD).status(202);
    let token = secret(&t, "new@example.org", "/verify/");
    assert_eq!(count(&t, "ann@example.org", "Your address is about to change"), 2);
    assert_eq!(ann.get("/api/users/me/").ok()["email"], "ann@example.org");
    let verify = |token: &str| t.visitor().post("/api/auth/email/verify/", json!({"token": token}));
    assert_eq!(verify(&first).faults(), ["token"], "a newer wish ends the older");
    t.visitor().post("/api/auth/password/reset/", json!({"email": "ann@example.org"})).status(202);
    let reset = secret(&t, "ann@example.org", "/reset-password/");
    verify(&token).empty();
    let me = ann.get("/api/users/me/").ok();
    assert_eq!((&me["email"], &me["email_verified"]), (&json!("new@example.org"), &json!(true)));
    let confirm = json!({"token": reset, "new_password": NEW});
    assert_eq!(t.visitor().post("/api/auth/password/reset/confirm/", confirm).faults(), ["token"]);
}

#[test]
fn a_reused_refresh_token_is_told_by_mail() {
    let t = TestApp::new();
    t.user("ann");
    let first = t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).ok();
    let renew = || t.visitor().post("/api/auth/refresh/", json!({"refresh": first["refresh"]}));
    renew().ok();
    t.pass(Duration::seconds(11));
    renew().status(401);
    assert_eq!(count(&t, "ann@example.org", "One of your sign-ins was ended"), 1);
    let mail = plain(t.mails().last().unwrap());
    assert!(!mail.contains("unsubscribe"), "nobody turns security mail off: {mail}");
}

#[test]
fn where_addresses_must_be_proven_the_others_read_and_manage_themselves() {
    let t = TestApp::with(|config| config.auth.require_verified_email = true);
    let ann = t.user("ann");
    ann.get("/api/skills/").ok();
    let skill = json!({"skill": "Rust"});
    assert_eq!(ann.post("/api/user-skills/", skill.clone()).status(403)["error"], "Permission Denied");
    ann.patch("/api/users/me/", json!({"title": "Builder"})).ok();
    ann.post("/api/notifications/read-all/", json!({})).ok();
    t.sign_in_again(&ann).post("/api/logout/", json!({})).empty();
    ann.post("/api/auth/email/verify/send/", json!({})).status(202);
    let token = secret(&t, "ann@example.org", "/verify/");
    t.visitor().post("/api/auth/email/verify/", json!({"token": token})).empty();
    assert_ne!(ann.post("/api/user-skills/", skill).status.code, 403);
}

#[test]
fn whoever_has_not_proven_an_address_manages_nobody_else() {
    let t = TestApp::with(|config| config.auth.require_verified_email = true);
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    let (own, other) = (format!("/api/users/{}/", root.id), format!("/api/users/{}/", ann.id));
    root.patch(&own, json!({"title": "Keeper"})).ok();
    root.patch("/api/users/me/", json!({"title": "Keeper of all"})).ok();
    root.get(&other).ok();
    let title = json!({"title": "Intruder"});
    assert_eq!(root.patch(&other, title.clone()).status(403)["error"], "Permission Denied");
    root.put(&other, json!({"username": "ann", "title": "Intruder"})).status(403);
    root.delete(&other).status(403);
    root.post("/api/users/", json!({"username": "cat", "email": "cat@example.org"})).status(403);
    root.post(&format!("{other}recommendations/click/"), json!({"kind": "job", "target": 1})).status(403);
    assert_eq!(root.get(&other).ok()["title"], "");
    let token = secret(&t, "boss@example.org", "/verify/");
    t.visitor().post("/api/auth/email/verify/", json!({"token": token})).empty();
    root.patch(&other, title).ok();
}

#[test]
fn second_addresses_answer_as_the_first() {
    let t = TestApp::new();
    let body = |name: &str| json!({"username": name, "email": format!("{name}@example.org"), "password": PASSWORD});
    let ann = t.visitor().post("/api/users/register/", body("ann")).created();
    t.visitor().post("/api/register/", body("ben")).created();
    let login = t.visitor().post("/api/login", json!({"username": "ann", "password": PASSWORD})).ok();
    let next = t.visitor().post("/api/auth/refresh/", json!({"refresh": login["refresh"]})).ok();
    t.visitor().post("/api/auth/refresh-token/", json!({"refresh": next["refresh"]})).ok();
    let mut me = t.visitor();
    me.get("/api/auth/me/").status(401);
    me.token = login["access"].as_str().map(str::to_owned);
    let seen = me.get("/api/auth/me/").ok();
    assert_eq!((&seen["id"], &seen["email"]), (&ann["id"], &json!("ann@example.org")));
    me.post("/api/logout/", json!({})).empty();
    me.get("/api/auth/me/").status(401);
    me.token = Some("nonsense".into());
    me.call(Method::Post, "/api/login/", Some(json!({"username": "ann", "password": PASSWORD})), &[]).ok();
}
