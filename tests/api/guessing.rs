//! How often a password may be tried, from where.

use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{PASSWORD, Reply, TestApp};

/// A house behind a proxy, so that calls can come from anywhere.
fn house() -> TestApp {
    TestApp::with(|config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.rate_limit.anonymous_per_hour = 10_000;
        config.rate_limit.per_minute = 10_000;
    })
}

fn try_from(t: &TestApp, address: &str, name: &str, password: &str) -> Reply {
    let body: Value = json!({"username": name, "password": password});
    t.visitor().call(Method::Post, "/api/token/", Some(body), &[("X-Forwarded-For", address)])
}

fn wait_of(reply: &Reply) -> i64 {
    let refusal = reply.status(429);
    assert_eq!((&refusal["error"], &refusal["limit_type"]), (&json!("Rate Limit Exceeded"), &json!("login")));
    reply.header("Retry-After").unwrap().parse().unwrap()
}

#[test]
fn five_failures_of_one_account_from_one_address_bring_a_wait_that_doubles() {
    let t = house();
    t.user("ann");
    for _ in 0..5 {
        try_from(&t, "192.0.2.1", "ann", "not this one").status(401);
    }
    let mut waits = vec![];
    for _ in 0..8 {
        let refused = try_from(&t, "192.0.2.1", "ann", PASSWORD);
        let wait = wait_of(&refused);
        waits.push(wait);
        t.pass(Duration::seconds(wait));
        try_from(&t, "192.0.2.1", "ann", "not this one").status(401);
    }
    assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
    try_from(&t, "192.0.2.2", "ann", PASSWORD).ok();
    t.pass(Duration::hours(1));
    try_from(&t, "192.0.2.1", "ann", PASSWORD).ok();
    for _ in 0..4 {
        try_from(&t, "192.0.2.1", "ann", "not this one").status(401);
        try_from(&t, "192.0.2.1", "ann", PASSWORD).ok();
    }
}

#[test]
fn unknown_names_are_limited_alike_and_never_stored_readably() {
    let t = house();
    for _ in 0..5 {
        try_from(&t, "192.0.2.1", "Somebody-Else", "not this one").status(401);
    }
    assert_eq!(wait_of(&try_from(&t, "192.0.2.1", "somebody-else", "not this one")), 60);
    let readable: i64 = t.query("SELECT count(*) FROM sign_in_failures WHERE account LIKE '%somebody%'");
    assert_eq!(readable, 0);
}

#[test]
fn failures_are_forgotten_after_a_quarter_of_an_hour() {
    let t = house();
    t.user("ann");
    for _ in 0..3 {
        for _ in 0..4 {
            try_from(&t, "192.0.2.1", "ann", "not this one").status(401);
        }
        t.pass(Duration::minutes(15));
    }
    try_from(&t, "192.0.2.1", "ann", PASSWORD).ok();
}

#[test]
fn twenty_failures_from_one_address_stop_it_for_every_account() {
    let t = house();
    t.user("ann");
    for n in 0..20 {
        try_from(&t, "2001:db8::1", &format!("name{n}"), "not this one").status(401);
    }
    wait_of(&try_from(&t, "2001:db8::2", "ann", PASSWORD));
    try_from(&t, "2001:db8:0:1::1", "ann", PASSWORD).ok();
}

#[test]
fn fifty_failures_of_one_account_stop_all_but_the_addresses_it_uses() {
    let t = house();
    t.user("ann");
    try_from(&t, "192.0.2.1", "ann", PASSWORD).ok();
    for n in 0..50 {
        try_from(&t, &format!("198.51.100.{n}"), "ann", "not this one").status(401);
    }
    wait_of(&try_from(&t, "203.0.113.1", "ann", PASSWORD));
    try_from(&t, "192.0.2.1", "ann", PASSWORD).ok();
    t.pass(Duration::days(31));
    for n in 0..50 {
        try_from(&t, &format!("198.51.100.{n}"), "ann", "not this one").status(401);
    }
    wait_of(&try_from(&t, "192.0.2.1", "ann", PASSWORD));
}

#[test]
fn exempt_addresses_are_limited_too() {
    let t = TestApp::new();
    let ann = t.user("ann");
    for _ in 0..5 {
        t.visitor().post("/api/auth/login/", json!({"username": "ann", "password": "not this one"})).status(401);
    }
    wait_of(&t.visitor().post("/api/auth/cookie/", json!({"username": "ann", "password": PASSWORD})));
    // A password that is asked for again is a check like any other.
    let change = json!({"current_password": PASSWORD, "new_password": "a short walk in June"});
    wait_of(&ann.post("/api/auth/password/change/", change));
}

#[test]
fn guessing_all_at_once_tells_no_more_than_five_outcomes() {
    let t = house();
    t.user("ann");
    let body = json!({"username": "ann", "password": "not this one"});
    let call = || t.visitor().ready(Method::Post, "/api/token").json(&body).with("X-Forwarded-For", "192.0.2.1");
    let outcomes = t.at_once((0..12).map(|_| call()).collect());
    assert_eq!(outcomes.iter().filter(|it| **it == 401).count(), 5, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|it| **it == 429).count(), 7, "{outcomes:?}");
}

#[test]
fn a_sign_in_from_elsewhere_is_told_by_mail_and_the_first_one_is_not() {
    let t = house();
    t.user("ann");
    t.drain();
    let before = t.mails().len();
    let sign_in = |address: &str, agent: &str| {
        let headers = [("X-Forwarded-For", address), ("User-Agent", agent)];
        let body = json!({"username": "ann", "password": PASSWORD});
        t.visitor().call(Method::Post, "/api/token/", Some(body), &headers).ok();
        t.drain();
        t.mails().len() - before
    };
    assert_eq!(sign_in("192.0.2.7", "Lynx/2"), 1);
    assert!(t.mails().last().unwrap().contains("192.0.2.7"));
    assert_eq!(sign_in("192.0.2.7", "Lynx/2"), 1);
    assert_eq!(sign_in("192.0.2.7", "Links/2"), 2);
    t.pass(Duration::days(91));
    assert_eq!(sign_in("192.0.2.7", "Lynx/2"), 3);
}
