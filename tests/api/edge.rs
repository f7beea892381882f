//! What holds for every call.

use rocket::http::{ContentType, Method};
use serde_json::json;

use crate::app::TestApp;

#[test]
fn every_failure_is_the_error_object() {
    let t = TestApp::new();
    let ann = t.user("ann");
    for (reply, status, title) in [
        (ann.get("/api/nothing/"), 404, "Not Found"),
        (ann.delete("/api/token/"), 405, "Method Not Allowed"),
        (t.visitor().get("/api/auth/sessions/"), 401, "Authentication Required"),
        (ann.get("/api/users/me/points/?page_size=x"), 400, "Validation Error"),
        (ann.get("/api/users/me/points/?page=7"), 404, "Not Found"),
        (ann.get("/api/users/0/points/"), 404, "Not Found"),
        (ann.send(Method::Post, "/api/token/", Some((ContentType::JSON, b"{".to_vec())), &[]), 400, "Bad Request"),
        (
            ann.send(Method::Post, "/api/token/", Some((ContentType::Plain, b"x".to_vec())), &[]),
            415,
            "Unsupported Media Type",
        ),
        (
            ann.send(Method::Post, "/api/token/", Some((ContentType::JSON, vec![b' '; 1_100_000])), &[]),
            413,
            "Payload Too Large",
        ),
    ] {
        let body = reply.status(status);
        assert_eq!(body["error"], title, "{body}");
        assert_eq!(body["status"], status);
        assert_eq!(body["request_id"], reply.header("X-Request-Id").unwrap());
    }
    assert_eq!(ann.delete("/api/token/").header("Allow"), Some("POST"));
    // A connection may be deleted; what is suggested is none.
    let suggestions = ann.delete("/api/connections/suggestions/");
    suggestions.status(405);
    assert_eq!(suggestions.header("Allow"), Some("GET"));
}

#[test]
fn a_bad_token_is_refused_even_where_none_is_needed() {
    let t = TestApp::new();
    let mut forger = t.user("ann");
    forger.token = Some("forged".into());
    assert_eq!(forger.get("/api/nothing/").status(401)["error"], "Invalid Token");
    forger.post("/api/token/", json!({"username": "ann", "password": crate::app::PASSWORD})).ok();
}

#[test]
fn slashes_at_the_end_do_not_matter() {
    let t = TestApp::new();
    let ann = t.user("ann");
    assert_eq!(ann.get("/api/users/me/points").ok(), ann.get("/api/users/me/points/").ok());
}

#[test]
fn unchanged_answers_are_not_sent_again() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let first = ann.get("/api/users/me/points/");
    let tag = first.header("ETag").unwrap().to_owned();
    let again = ann.call(Method::Get, "/api/users/me/points/", None, &[("If-None-Match", &tag)]);
    again.status(304);
    assert!(again.bytes.is_empty());
    assert_eq!(first.header("Cache-Control"), Some("private, no-cache"));
}

#[test]
fn changes_can_insist_on_the_version_they_saw() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let stale = ann.call(Method::Patch, "/api/users/me/", Some(json!({"title": "x"})), &[("If-Match", "\"1-abc\"")]);
    stale.status(412);
    ann.call(Method::Patch, "/api/users/me/", Some(json!({"title": "x"})), &[("If-Match", "*")]).ok();
}

#[test]
fn answers_can_be_wrapped() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let plain = ann.get("/api/users/me/points/").ok();
    let wrapped = ann.get("/api/users/me/points/?envelope=true").ok();
    assert_eq!(wrapped["status"], 200);
    assert_eq!(wrapped["id"], json!(null));
    assert_eq!(wrapped["data"]["points"], plain["points"]);
    let changed = ann.call(
        Method::Patch,
        "/api/users/me/",
        Some(json!({"title": "x"})),
        &[("Accept", "application/json;profile=envelope")],
    );
    assert_eq!(changed.ok()["id"], ann.id);
}

#[test]
fn the_twenty_first_call_within_a_minute_is_refused() {
    let t = TestApp::with(|config| config.rate_limit.whitelist.clear());
    for left in (0..20).rev() {
        let reply = t.visitor().get("/api/nothing/");
        reply.status(404);
        assert_eq!(reply.header("X-RateLimit-Remaining-Burst"), Some(left.to_string().as_str()));
    }
    let refused = t.visitor().get("/api/nothing/");
    assert_eq!(refused.status(429)["limit_type"], "minute");
    assert!(refused.header("Retry-After").unwrap().parse::<u32>().unwrap() <= 60);
    t.pass(chrono::Duration::seconds(61));
    t.visitor().get("/api/nothing/").status(404);
}

#[test]
fn only_known_origins_may_read_from_a_browser() {
    let t = TestApp::new();
    let preflight = |origin: &str| {
        t.visitor().call(
            Method::Options,
            "/api/users/me/",
            None,
            &[("Origin", origin), ("Access-Control-Request-Method", "PATCH")],
        )
    };
    let known = preflight("http://localhost:3000");
    known.status(204);
    assert_eq!(known.header("Access-Control-Allow-Origin"), Some("http://localhost:3000"));
    assert_eq!(known.header("Access-Control-Max-Age"), Some("86400"));
    assert_eq!(preflight("http://evil.example").header("Access-Control-Allow-Origin"), None);
}

#[test]
fn every_answer_carries_the_security_headers() {
    let t = TestApp::new();
    for reply in [t.visitor().get("/api/nothing/"), t.visitor().get("/api/auth/sessions/")] {
        assert_eq!(reply.header("X-Frame-Options"), Some("DENY"));
        assert_eq!(reply.header("X-Content-Type-Options"), Some("nosniff"));
        assert!(reply.header("Content-Security-Policy").unwrap().starts_with("default-src 'self'"));
        assert!(reply.header("X-Response-Time").is_some());
    }
    let own = t.visitor().call(Method::Get, "/api/nothing/", None, &[("X-Request-Id", "abc-1")]);
    assert_eq!(own.header("X-Request-Id"), Some("abc-1"));
}
