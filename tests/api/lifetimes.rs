//! How long a sign-in lasts, and how long what the house keeps for a time is kept.

use careerd::{platform::task::Task as _, upkeep::PurgeExpired};
use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Member, PASSWORD, Reply, TestApp};

fn sign_in(t: &TestApp) -> Value {
    t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).ok()
}

fn renew(t: &TestApp, tokens: &Value) -> Reply {
    t.visitor().post("/api/token/refresh/", json!({"refresh": tokens["refresh"]}))
}

fn holding<'t>(t: &'t TestApp, tokens: &Value) -> Member<'t> {
    t.visitor().holding(tokens, "access")
}

#[test]
fn a_refresh_token_lives_one_day() {
    let t = TestApp::new();
    t.user("ann");
    let (used, unused) = (sign_in(&t), sign_in(&t));
    t.pass(Duration::days(1) - Duration::minutes(1));
    let next = renew(&t, &used).ok();
    t.pass(Duration::minutes(1));
    assert_eq!(renew(&t, &unused).status(401)["error"], "Invalid Token");
    assert_eq!(holding(&t, &next).get("/api/auth/sessions/").ok()["count"], 1, "the unused sign-in is over");
    // Each renewal is good for a day of its own.
    t.pass(Duration::days(1) - Duration::minutes(2));
    let last = renew(&t, &next).ok();
    t.pass(Duration::days(1));
    renew(&t, &last).status(401);
}

#[test]
fn a_sign_in_lasts_thirty_days_however_often_it_is_renewed() {
    let t = TestApp::new();
    t.user("ann");
    let mut tokens = sign_in(&t);
    // Thirty days are 720 hours.
    for _ in 0..31 {
        t.pass(Duration::hours(23));
        tokens = renew(&t, &tokens).ok();
    }
    t.pass(Duration::hours(7) - Duration::minutes(1));
    tokens = renew(&t, &tokens).ok();
    let ann = holding(&t, &tokens);
    ann.get("/api/auth/sessions/").ok();
    t.pass(Duration::minutes(1));
    assert_eq!(renew(&t, &tokens).status(401)["error"], "Invalid Token");
    assert_eq!(
        ann.get("/api/auth/sessions/").status(401)["error"],
        "Invalid Token",
        "nor does its access token live on"
    );
    // Signing in anew begins thirty days anew.
    let tokens = sign_in(&t);
    t.pass(Duration::hours(23));
    renew(&t, &tokens).ok();
}

/// A kind of thing that is kept for a time: how one comes to be that was over at `{at}`, what is counted, for how many days it
/// is kept.
const KEPT: &[(&str, &str, i64)] = &[
    (
        "INSERT INTO events (at, kind, actor_id, subject_type, subject_id, data) VALUES ({at}, 'of_old', 1, 'user', 1, '{}')",
        "events WHERE kind = 'of_old'",
        400,
    ),
    (
        "INSERT INTO audit_entries (at, action, target_type, target_id, changes) VALUES ({at}, 'of.old', 'user', '1', '{}')",
        "audit_entries WHERE action = 'of.old'",
        730,
    ),
    (
        "INSERT INTO outgoing_mails (user_id, template, reference, state, sent_at, created_at, updated_at)
         VALUES (1, 'system', 'of old {at}', 'sent', {at}, {at}, {at})",
        "outgoing_mails WHERE reference LIKE 'of old%'",
        90,
    ),
    (
        "INSERT INTO Jobs (job, id, job_type, status, attempts, max_attempts, run_at, done_at)
         VALUES (CAST('{\"kind\":\"recount\",\"args\":{}}' AS BLOB), '{id}', 'careerd', 'Failed', 2, 2, {at} / 1000000, {at} / 1000000)",
        "tasks WHERE state = 'dead'",
        90,
    ),
    (
        "INSERT INTO Jobs (job, id, job_type, status, attempts, max_attempts, run_at, done_at)
         VALUES (CAST('{\"kind\":\"recount\",\"args\":{}}' AS BLOB), '{id}', 'careerd', 'Done', 1, 2, {at} / 1000000, {at} / 1000000)",
        "tasks WHERE state = 'done' AND kind = 'recount'",
        7,
    ),
    (
        "INSERT INTO api_tokens (user_id, name, hash, prefix, scope, expires_at, created_at, updated_at)
         VALUES (1, 'of old', 'hash {at}', 'crd_old1', 'read', {at}, {at} - 7776000000000, {at} - 7776000000000)",
        "api_tokens",
        7,
    ),
    (
        "INSERT INTO sign_ins (user_id, browser, ip, user_agent, created_at, last_used_at, expires_at)
         VALUES (1, 0, '192.0.2.1', 'of old', {at} - 86400000000, {at} - 86400000000, {at})",
        "sign_ins WHERE user_agent = 'of old'",
        7,
    ),
    (
        "INSERT INTO mail_tokens (hash, user_id, purpose, created_at, expires_at) VALUES ('old {at}', 1, 'reset', {at}, {at})",
        "mail_tokens WHERE hash LIKE 'old%'",
        7,
    ),
    (
        "INSERT INTO idempotency (user_id, path, key, body_hash, status, created_at) VALUES (1, '/', 'old {at}', '', 201, {at})",
        "idempotency",
        1,
    ),
];

#[test]
fn what_is_kept_for_a_time_is_kept_that_long_and_no_longer() {
    let t = TestApp::new();
    let ann = t.user("ann");
    assert_eq!(ann.id, 1);
    let now = t.app.clock.now();
    for (nth, (insert, of, days)) in KEPT.iter().enumerate() {
        let ages = [Duration::days(*days) - Duration::minutes(10), Duration::days(*days) + Duration::minutes(10)];
        for (which, age) in ages.into_iter().enumerate() {
            let at = now.plus(-age).micros();
            let sql = insert.replace("{at}", &at.to_string()).replace("{id}", &format!("{:026}", 2 * nth + which));
            t.write(move |tx| Ok(tx.execute(&sql, [])?));
        }
        assert_eq!(t.query::<i64>(&format!("SELECT count(*) FROM {of}")), 2, "{of}");
    }
    for (passed, left) in [(Duration::zero(), 1), (Duration::minutes(20), 0)] {
        t.pass(passed);
        t.block_on(PurgeExpired {}.run(t.app.clone())).unwrap();
        for (_, of, days) in KEPT {
            assert_eq!(t.query::<i64>(&format!("SELECT count(*) FROM {of}")), left, "{of}: {days} days");
        }
    }
    assert_eq!(ann.get("/api/users/me/").status.code, 401, "twenty minutes have passed");
    t.sign_in_again(&ann).get("/api/users/me/").ok();
}
