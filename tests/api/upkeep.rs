//! What the house does for itself: what it fills at its first start, and what it throws away with time.

use careerd::{schedule, upkeep};
use chrono::Duration;
use rocket::http::Method;
use serde_json::json;

use crate::app::TestApp;

#[test]
fn a_first_start_fills_the_catalogue_and_the_ten_achievements_once() {
    let t = TestApp::new();
    for _ in 0..2 {
        t.block_on(upkeep::at_start(&t.app)).unwrap();
    }
    assert!(t.visitor().get("/api/skills/").ok()["count"].as_i64() >= Some(400));
    assert_eq!(t.visitor().get("/api/achievements/").ok()["count"], 10);
}

#[test]
fn what_is_kept_for_a_time_only_is_purged_when_its_time_has_passed() {
    let t = TestApp::new();
    t.block_on(schedule::settle(&t.app)).unwrap();
    let ann = t.user("ann");
    let suggestion = json!({"name": "Falconry"});
    let key = [("Idempotency-Key", "one")];
    ann.call(Method::Post, "/api/skills/suggestions/", Some(suggestion.clone()), &key).created();
    t.drain();
    let (kept, done) = ("SELECT count(*) FROM idempotency", "SELECT count(*) FROM tasks WHERE state = 'done'");
    assert_eq!(t.query::<i64>(kept), 1);
    assert!(t.query::<i64>(done) > 0);
    t.pass(Duration::days(40));
    t.block_on(schedule::settle(&t.app)).unwrap();
    t.drain();
    assert_eq!(t.query::<i64>(kept), 0);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM sign_ins"), 0, "sign-ins that ended long ago are gone");
    assert_eq!(t.query::<i64>("SELECT count(*) FROM tasks WHERE kind = 'send_welcome_email'"), 0);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM users"), 1);
}

#[test]
fn a_repeat_under_a_key_answers_as_the_first_and_changes_nothing() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let send = |name: &str, key: &str| {
        ann.call(Method::Post, "/api/skills/suggestions/", Some(json!({"name": name})), &[("Idempotency-Key", key)])
    };
    let first = send("Falconry", "one");
    let again = send("Falconry", "one");
    assert_eq!(first.created(), again.created());
    assert_eq!(again.header("Idempotent-Replay"), Some("true"));
    assert_eq!(first.header("Location"), again.header("Location"));
    assert_eq!(send("Archery", "one").status(422)["error"], "Idempotency Mismatch");
    send("Archery", "two").created();
    send("Archery", &"x".repeat(201)).status(400);
    let other = ben.call(
        Method::Post,
        "/api/skills/suggestions/",
        Some(json!({"name": "Falconry"})),
        &[("Idempotency-Key", "one")],
    );
    assert_eq!(other.header("Idempotent-Replay"), None, "keys belong to their caller");
    t.pass(Duration::hours(25));
    let ann = t.sign_in_again(&ann);
    let late = ann.call(
        Method::Post,
        "/api/skills/suggestions/",
        Some(json!({"name": "Rowing"})),
        &[("Idempotency-Key", "one")],
    );
    late.created();
}

#[test]
fn one_key_in_many_hands_at_once_has_one_effect() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let call = ann.ready(Method::Post, "/api/skills/suggestions/").with("Idempotency-Key", "one");
    let codes = t.at_once(vec![call.json(&json!({"name": "Falconry"})); 16]);
    assert!(codes.iter().all(|it| [201, 409].contains(it)), "{codes:?}");
    assert_eq!(t.query::<i64>("SELECT count(*) FROM skill_suggestions"), 1);
}
