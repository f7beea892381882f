//! The second factor: one-time codes and recovery codes.

use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::{
    accounts::count,
    app::{Member, PASSWORD, Reply, TestApp},
};

/// What the owner's program shows now, so many steps aside.
pub fn code(t: &TestApp, secret: &str, aside: i64) -> String {
    let bytes = Secret::Encoded(secret.into()).to_bytes().unwrap();
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes, None, "ann".into()).unwrap();
    totp.generate((t.app.clock.now().seconds() + 30 * aside).unsigned_abs())
}

/// Sets a second factor: its secret, and the recovery codes.
fn set(t: &TestApp, who: &Member<'_>) -> (String, Vec<String>) {
    let setup = who.post("/api/auth/totp/", json!({"password": PASSWORD})).ok();
    let secret = setup["secret"].as_str().unwrap().to_owned();
    let codes = who.post("/api/auth/totp/confirm/", json!({"otp": code(t, &secret, 0)})).ok();
    t.pass(Duration::seconds(60));
    (secret, serde_json::from_value(codes["recovery_codes"].clone()).unwrap())
}

fn sign_in(t: &TestApp, otp: Option<&str>) -> Reply {
    t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD, "otp": otp}))
}

#[test]
fn a_second_factor_does_nothing_until_it_is_confirmed() {
    let t = TestApp::new();
    let ann = t.user("ann");
    assert_eq!(ann.post("/api/auth/totp/", json!({"password": "wrong"})).faults(), ["password"]);
    let setup = ann.post("/api/auth/totp/", json!({"password": PASSWORD})).ok();
    let secret = setup["secret"].as_str().unwrap();
    assert!(setup["otpauth_url"].as_str().unwrap().starts_with("otpauth://totp/careerd:ann?secret="));
    assert!(setup["qr_svg"].as_str().unwrap().contains("<svg"));
    assert_eq!(ann.get("/api/auth/totp/").ok(), json!({"enabled": false, "recovery_codes_left": 0}));
    sign_in(&t, None).ok();
    let readable: i64 = t.query(&format!("SELECT count(*) FROM second_factors WHERE secret LIKE '%{secret}%'"));
    assert_eq!(readable, 0, "it lies sealed");
    assert_eq!(ann.post("/api/auth/totp/confirm/", json!({"otp": "000000"})).faults(), ["otp"]);
    let codes = ann.post("/api/auth/totp/confirm/", json!({"otp": code(&t, secret, 0)})).ok();
    assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(ann.get("/api/auth/totp/").ok(), json!({"enabled": true, "recovery_codes_left": 10}));
    assert_eq!(ann.get("/api/users/me/").ok()["totp_enabled"], true);
    assert_eq!(count(&t, "ann@example.org", "A second factor was set"), 1);
    ann.post("/api/auth/totp/", json!({"password": PASSWORD})).status(409);
    ann.post("/api/auth/totp/confirm/", json!({"otp": "000000"})).status(409);
}

#[test]
fn a_code_is_asked_for_only_after_a_right_password() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let (secret, _) = set(&t, &ann);
    assert_eq!(sign_in(&t, None).status(401)["error"], "Second Factor Required");
    assert_eq!(sign_in(&t, Some(" ")).status(401)["error"], "Second Factor Required");
    let wrong = t.visitor().post("/api/token/", json!({"username": "ann", "password": "wrong"})).status(401);
    assert_eq!(wrong["error"], "Invalid Credentials");
    let bad_code = sign_in(&t, Some("000000")).status(401);
    assert_eq!((&bad_code["error"], &bad_code["detail"]), (&wrong["error"], &wrong["detail"]));
    for path in ["/api/auth/login/", "/api/auth/cookie/"] {
        let body = json!({"username": "ann", "password": PASSWORD});
        assert_eq!(t.visitor().post(path, body).status(401)["error"], "Second Factor Required");
    }
    let typed = code(&t, &secret, 0);
    sign_in(&t, Some(&format!("{} {}", &typed[..3], &typed[3..]))).ok();
}

#[test]
fn each_step_is_accepted_once_and_one_step_aside() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let (secret, _) = set(&t, &ann);
    let now = code(&t, &secret, 0);
    sign_in(&t, Some(&code(&t, &secret, -1))).ok();
    sign_in(&t, Some(&now)).ok();
    sign_in(&t, Some(&now)).status(401);
    sign_in(&t, Some(&code(&t, &secret, 1))).ok();
    sign_in(&t, Some(&code(&t, &secret, 2))).status(401);
    t.pass(Duration::seconds(90));
    sign_in(&t, Some(&code(&t, &secret, -2))).status(401);
    sign_in(&t, Some(&code(&t, &secret, 0))).ok();
}

#[test]
fn one_code_sent_many_times_at_once_signs_in_once() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let (secret, codes) = set(&t, &ann);
    for otp in [&code(&t, &secret, 0), &codes[0]] {
        let body = json!({"username": "ann", "password": PASSWORD, "otp": otp});
        let call = || t.visitor().ready(Method::Post, "/api/token").json(&body);
        let outcomes = t.at_once((0..4).map(|_| call()).collect());
        let passed = outcomes.iter().filter(|it| **it == 200).count();
        assert_eq!(passed, 1);
        t.pass(Duration::hours(2));
    }
}

#[test]
fn recovery_codes_sign_in_once_each_and_can_be_renewed() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let (secret, codes) = set(&t, &ann);
    sign_in(&t, Some(&codes[0])).ok();
    sign_in(&t, Some(&codes[0])).status(401);
    sign_in(&t, Some(&codes[1].to_uppercase().replace('-', " "))).ok();
    assert_eq!(ann.get("/api/auth/totp/").ok()["recovery_codes_left"], 8);
    let renew = |body: Value| ann.post("/api/auth/totp/recovery-codes/", body);
    assert_eq!(renew(json!({})).faults(), ["otp", "password"]);
    assert_eq!(renew(json!({"password": "wrong", "otp": "000000"})).faults(), ["password"]);
    assert_eq!(renew(json!({"password": PASSWORD, "otp": "000000"})).faults(), ["otp"]);
    let new = renew(json!({"password": PASSWORD, "otp": code(&t, &secret, 0)})).ok();
    sign_in(&t, Some(&codes[2])).status(401);
    sign_in(&t, new["recovery_codes"][2].as_str()).ok();
}

#[test]
fn removing_it_takes_password_and_code() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let remove = |body: Value| ann.call(Method::Delete, "/api/auth/totp/", Some(body), &[]);
    remove(json!({"password": PASSWORD, "otp": "000000"})).status(409);
    let (secret, _) = set(&t, &ann);
    assert_eq!(remove(json!({"password": PASSWORD})).faults(), ["otp"]);
    assert_eq!(remove(json!({"password": PASSWORD, "otp": "000000"})).faults(), ["otp"]);
    remove(json!({"password": PASSWORD, "otp": code(&t, &secret, 0)})).empty();
    sign_in(&t, None).ok();
    assert_eq!(ann.get("/api/users/me/").ok()["totp_enabled"], false);
    assert_eq!(count(&t, "ann@example.org", "Your second factor was removed"), 1);
    t.visitor().get("/api/auth/totp/").status(401);
}

#[test]
fn guessed_codes_count_as_failed_sign_ins() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let (secret, _) = set(&t, &ann);
    for _ in 0..5 {
        sign_in(&t, Some("000000")).status(401);
    }
    assert_eq!(sign_in(&t, Some(&code(&t, &secret, 0))).status(429)["limit_type"], "login");
    t.pass(Duration::minutes(1));
    sign_in(&t, Some(&code(&t, &secret, 0))).ok();
}

#[test]
fn whoever_lost_it_is_helped_at_the_command_line() {
    let t = TestApp::new();
    let ann = t.user("ann");
    set(&t, &ann);
    let id = careerd::platform::id::Id::new(ann.id);
    assert!(t.write(move |tx| careerd::users::second_factor::service::remove(
        tx,
        careerd::users::audit::By::HOUSE,
        id
    )));
    sign_in(&t, None).ok();
    assert!(!t.write(move |tx| careerd::users::second_factor::service::remove(
        tx,
        careerd::users::audit::By::HOUSE,
        id
    )));
}
