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
fn a_refresh_counts_for_whose_token_it_is_and_else_for_the_address() {
    let t = TestApp::with(|config| {
        config.rate_limit.whitelist.clear();
        config.rate_limit.browser_per_minute = 25;
    });
    t.user("ann");
    let mut tokens = t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).ok();
    let renew = |token: &serde_json::Value| t.visitor().post("/api/token/refresh/", json!({"refresh": token}));
    let bad = json!("nobody's");
    // Others at the same address use up its places.
    for _ in 0..18 {
        renew(&bad).status(401);
    }
    assert_eq!(renew(&bad).status(429)["limit_type"], "minute");
    t.visitor().get("/api/nothing/").status(429);
    for left in (0..20).rev() {
        let reply = renew(&tokens["refresh"]);
        reply.ok();
        assert_eq!(reply.header("X-RateLimit-Limit-Hourly"), Some("1000"));
        assert_eq!(reply.header("X-RateLimit-Remaining-Burst"), Some(left.to_string().as_str()));
        tokens = reply.ok();
    }
    let refused = renew(&tokens["refresh"]);
    assert_eq!(refused.status(429)["limit_type"], "minute");
    assert_eq!(refused.header("X-RateLimit-Remaining-Burst"), Some("0"));
    t.pass(Duration::seconds(61));
    // What was refused has spent nothing.
    tokens = renew(&tokens["refresh"]).ok();
    let mut ann = t.visitor();
    ann.token = tokens["access"].as_str().map(str::to_owned);
    let own = ann.get("/api/users/me/");
    assert_eq!(own.header("X-RateLimit-Remaining-Burst"), Some("18"), "both count for the same account");
    // A browser has the larger number here as well.
    let entered = t.visitor().post("/api/auth/cookie/", json!({"username": "ann", "password": PASSWORD}));
    let cookie = entered.header("Set-Cookie").unwrap().split(';').next().unwrap().to_owned();
    let headers = [("Cookie", cookie.as_str()), ("X-Requested-With", "careerd")];
    let renewed = t.visitor().call(rocket::http::Method::Post, "/api/auth/cookie/refresh/", None, &headers);
    renewed.ok();
    assert_eq!(renewed.header("X-RateLimit-Limit-Burst"), Some("25"));
}

#[test]
fn so_many_register_in_an_hour_from_one_network() {
    let t = TestApp::with(|config| {
        config.rate_limit.whitelist.clear();
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.auth.registrations_per_hour = 3;
    });
    let register = |name: &str, from: &str| {
        let body = json!({"username": name, "email": format!("{name}@example.org"), "password": PASSWORD});
        t.visitor().call(rocket::http::Method::Post, "/api/auth/register/", Some(body), &[("X-Forwarded-For", from)])
    };
    for (nth, from) in ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:9::3"].into_iter().enumerate() {
        t.pass(Duration::minutes(10));
        register(&format!("member{nth}"), from).created();
    }
    let refused = register("late", "2001:db8:1:2:8::4");
    assert_eq!(refused.status(429)["limit_type"], "hour");
    let wait: i64 = refused.header("Retry-After").unwrap().parse().unwrap();
    assert!((2395..=2401).contains(&wait), "{wait}");
    // Leaving gives no place back.
    let mut first = t.visitor();
    let tokens = t.visitor().post("/api/token/", json!({"username": "member0", "password": PASSWORD})).ok();
    first.token = tokens["access"].as_str().map(str::to_owned);
    first.delete("/api/users/me/").empty();
    register("late", "2001:db8:1:2::4").status(429);
    register("other", "2001:db8:1:3::4").created();
    t.pass(Duration::seconds(2402));
    register("late", "2001:db8:1:2::4").created();
}

#[test]
fn a_closed_instance_registers_nobody() {
    let t = TestApp::with(|config| config.auth.registration = careerd::platform::config::Registration::Closed);
    let body = json!({"username": "ann", "email": "ann@example.org", "password": PASSWORD});
    t.visitor().post("/api/auth/register/", body).status(403);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM users"), 0);
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
