//! Registering, signing in, renewing, signing out.

use chrono::Duration;
use serde_json::json;

use crate::app::{PASSWORD, TestApp};

#[test]
fn registering_signs_in() {
    let t = TestApp::new();
    let body =
        json!({"username": "Ann", "email": "ann@example.org", "password": PASSWORD, "is_staff": true, "points": 5});
    let reply = t.visitor().post("/api/auth/register/", body);
    let answer = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("/api/users/{}/", answer["id"]).as_str()));
    assert_eq!((&answer["user"]["is_staff"], &answer["user"]["points"]), (&json!(false), &json!(0)));
    assert_eq!(answer["user"]["email"], "ann@example.org");
    assert!(answer["user"].get("password").is_none());
}

#[test]
fn names_and_addresses_are_unique_in_any_case() {
    let t = TestApp::new();
    t.user("ann");
    let again = json!({"username": "ANN", "email": "Ann@Example.org", "password": PASSWORD});
    assert_eq!(t.visitor().post("/api/auth/register/", again).faults(), ["email", "username"]);
}

#[test]
fn every_fault_of_a_registration_is_told_at_once() {
    let t = TestApp::new();
    let bad = json!({"username": "a", "email": "nobody", "password": "short"});
    assert_eq!(t.visitor().post("/api/auth/register/", bad).faults(), ["email", "password", "username"]);
    assert_eq!(t.visitor().post("/api/auth/register/", json!({})).faults(), ["email", "password", "username"]);
    let empty = json!({"username": "ann", "email": "ann@example.org", "password": ""});
    assert_eq!(t.visitor().post("/api/auth/register/", empty).faults(), ["password"]);
}

#[test]
fn one_text_for_every_failed_sign_in() {
    let t = TestApp::new();
    t.user("ann");
    let wrong = t.visitor().post("/api/token/", json!({"username": "ann", "password": "not this one"})).status(401);
    let unknown =
        t.visitor().post("/api/token/", json!({"username": "nobody", "password": "not this one"})).status(401);
    assert_eq!((&wrong["error"], &wrong["detail"]), (&unknown["error"], &unknown["detail"]));
    assert_eq!(wrong["error"], "Invalid Credentials");
    for name in ["ann", "ANN", "ann@example.org"] {
        let answer = t.visitor().post("/token/", json!({"username": name, "password": PASSWORD})).ok();
        assert!(answer["access"].is_string() && answer["refresh"].is_string());
    }
}

#[test]
fn a_refresh_token_is_spent_by_its_use_and_reuse_ends_the_family() {
    let t = TestApp::new();
    t.user("ann");
    let first = t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).ok();
    let renew = |token: &serde_json::Value| t.visitor().post("/api/token/refresh/", json!({"refresh": token}));
    let child = renew(&first["refresh"]).ok();
    let other_child = renew(&first["refresh"]).ok();
    t.pass(Duration::seconds(11));
    renew(&other_child["refresh"]).ok();
    assert_eq!(renew(&first["refresh"]).status(401)["error"], "Invalid Token");
    renew(&child["refresh"]).status(401);
    let mut stopped = t.visitor();
    stopped.token = child["access"].as_str().map(str::to_owned);
    assert_eq!(stopped.get("/api/auth/sessions/").status(401)["error"], "Invalid Token");
}

#[test]
fn access_tokens_live_five_minutes() {
    let t = TestApp::new();
    let ann = t.user("ann");
    ann.get("/api/auth/sessions/").ok();
    t.pass(Duration::minutes(5));
    assert_eq!(ann.get("/api/auth/sessions/").status(401)["error"], "Invalid Token");
}

#[test]
fn signing_out_stops_the_family_at_once() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let other = t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).ok();
    assert_eq!(ann.get("/api/auth/sessions/").ok()["count"], 2);
    ann.post("/api/auth/logout/", json!({})).empty();
    ann.get("/api/auth/sessions/").status(401);
    let mut elsewhere = ann.clone();
    elsewhere.token = other["access"].as_str().map(str::to_owned);
    assert_eq!(elsewhere.get("/api/auth/sessions/").ok()["results"][0]["current"], true);
    elsewhere.post("/api/auth/logout-all/", json!({})).empty();
    elsewhere.get("/api/auth/sessions/").status(401);
    t.visitor().post("/api/token/refresh/", json!({"refresh": other["refresh"]})).status(401);
}

#[test]
fn signing_out_with_a_refresh_token_ends_its_sign_in_too() {
    let t = TestApp::new();
    t.user("ann");
    let sign_in = || t.visitor().post("/api/auth/login/", json!({"username": "ann", "password": PASSWORD})).ok();
    let (here, there) = (sign_in(), sign_in());
    for ended in [&here, &there] {
        let mut ann = t.visitor();
        ann.token = here["access"].as_str().map(str::to_owned);
        if ended == &there {
            ann.token = sign_in()["access"].as_str().map(str::to_owned);
        }
        ann.post("/api/auth/logout/", json!({"refresh": ended["refresh"]})).empty();
        ann.get("/api/auth/me/").status(401);
        t.visitor().post("/api/token/refresh/", json!({"refresh": ended["refresh"]})).status(401);
    }
}

#[test]
fn forged_tokens_are_nobody() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let whole = ann.token.clone().unwrap();
    let payload = whole.split('.').nth(1).unwrap();
    let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
    for forged in [none, format!("{whole}x"), "x".into(), String::new()] {
        let mut forger = ann.clone();
        forger.token = Some(forged);
        assert_eq!(forger.get("/api/auth/sessions/").status(401)["error"], "Invalid Token");
    }
}

#[test]
fn the_twenty_first_sign_in_ends_the_oldest() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let id = careerd::platform::id::Id::new(ann.id);
    for _ in 0..19 {
        t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).ok();
    }
    assert_eq!(ann.get("/api/auth/sessions/").ok()["count"], 20);
    t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).ok();
    ann.get("/api/auth/sessions/").status(401);
    let last = t.sign_in_again(&ann);
    t.write(move |tx| careerd::users::service::set_active(tx, careerd::users::audit::By::HOUSE, id, false, ""));
    t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).status(401);
    t.write(move |tx| careerd::users::service::set_active(tx, careerd::users::audit::By::HOUSE, id, true, ""));
    last.get("/api/auth/sessions/").status(401);
    t.sign_in_again(&ann);
}
