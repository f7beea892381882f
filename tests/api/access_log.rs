//! What is written of each call, and what never is.

use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::{
    accounts::secret,
    app::{PASSWORD, TestApp},
};

/// The lines of the access log.
fn lines(t: &TestApp) -> Vec<Value> {
    let text = std::fs::read_to_string(t.folder().join("logs/requests.log")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_call_is_one_line_of_nine_fields() {
    let t = TestApp::with(|config| {
        config.log.requests_file = true;
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    });
    let ann = t.user("ann");
    let before = lines(&t).len();
    let headers = [("User-Agent", "Lynx/2"), ("X-Request-Id", "abc-1"), ("X-Forwarded-For", "192.0.2.1")];
    ann.call(Method::Patch, "/api/users/me/?envelope=true", Some(json!({"title": "Rower"})), &headers).ok();
    ann.get("/api/nothing/").status(404);
    t.visitor().get("/api/users/me/").status(401);
    t.visitor().get("/").status(200);
    let lines = lines(&t).split_off(before);
    assert_eq!(lines.len(), 4);
    let told = |line: &Value, name: &str| line[name].clone();
    for line in &lines {
        let names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["address", "agent", "at", "id", "method", "ms", "path", "status", "user"], "{line}");
        assert!(line["ms"].as_f64().is_some_and(|it| it > 0.0), "{line}");
    }
    for (name, value) in [
        ("id", json!("abc-1")),
        ("method", json!("PATCH")),
        ("path", json!("/api/users/me/")),
        ("status", json!(200)),
        ("address", json!("192.0.2.1")),
        ("user", json!(ann.id)),
        ("agent", json!("Lynx/2")),
    ] {
        assert_eq!(told(&lines[0], name), value, "{name}");
    }
    let rest: Vec<_> = lines[1..].iter().map(|it| (told(it, "path"), told(it, "status"), told(it, "user"))).collect();
    let expected =
        [("/api/nothing/", 404, json!(ann.id)), ("/api/users/me/", 401, json!(null)), ("/", 200, json!(null))];
    assert_eq!(rest, expected.map(|(path, status, user)| (json!(path), json!(status), user)));
}

#[test]
fn no_secret_stands_in_the_log() {
    let t = TestApp::with(|config| {
        config.log.requests_file = true;
        config.public_url = "https://careers.example".into();
    });
    let ann = t.user("ann");
    let signed_in = t.visitor().post("/api/auth/login/", json!({"username": "ann", "password": PASSWORD})).ok();
    let renewed = t.visitor().post("/api/token/refresh/", json!({"refresh": signed_in["refresh"]})).ok();
    let api = ann.post("/api/auth/tokens/", json!({"name": "script", "scope": "read"})).created();
    ann.holding(&api, "token").get("/api/users/me/").ok();
    let ticket = ann.post("/api/notifications/stream/ticket/", json!({})).ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut secrets =
        vec![PASSWORD.to_owned(), ann.token.clone().unwrap(), text(&ticket["ticket"]), text(&api["token"])];
    for answer in [&signed_in, &renewed] {
        secrets.extend([text(&answer["access"]), text(&answer["refresh"])]);
    }

    t.visitor().get(&format!("/api/notifications/stream/?ticket={}", text(&ticket["ticket"]))).status(200);
    t.visitor().get("/api/notifications/unsubscribe/?token=of-a-mail");
    t.visitor().post("/api/token/?token=in-a-query", json!({"username": "ann", "password": "in-a-body"})).status(401);
    t.visitor().call(Method::Get, "/api/users/me/", None, &[("Authorization", "Basic in-a-header")]).status(401);
    t.visitor().call(Method::Get, "/api/jobs/", None, &[("Cookie", "careerd_refresh=in-a-cookie")]).ok();
    let broken = (ContentType::JSON, b"{\"password\": \"in-a-broken-body".to_vec());
    t.visitor().send(Method::Post, "/api/token/", Some(broken), &[]).status(400);
    secrets.extend(
        ["of-a-mail", "in-a-query", "in-a-body", "in-a-header", "in-a-cookie", "in-a-broken-body"].map(Into::into),
    );

    // The links of mails carry their secret in the path of a page.
    let verify = secret(&t, "ann@example.org", "/verify/");
    let unsubscribe = secret(&t, "ann@example.org", "careers.example/unsubscribe/");
    t.visitor().post("/api/auth/password/reset/", json!({"email": "ann@example.org"})).status(202);
    let reset = secret(&t, "ann@example.org", "/reset-password/");
    for (page, secret) in [("verify", verify), ("unsubscribe", unsubscribe), ("reset-password", reset)] {
        t.visitor().get(&format!("/{page}/{secret}")).status(200);
        // As a program that reads mail may take the link: with the dot that ended its sentence.
        t.visitor().get(&format!("/{page}/{secret}."));
        t.visitor().get(&format!("/api/{page}/{secret}/")).status(404);
        secrets.push(secret);
    }
    let picture = format!("/media/avatars/{}", "0123456789abcdef".repeat(4));
    t.visitor().get(&picture).status(404);

    let log: Vec<String> = lines(&t).iter().map(Value::to_string).collect();
    for path in
        ["/api/token/", "/api/notifications/stream/", "/api/notifications/unsubscribe/", "/reset-password/", &picture]
    {
        assert!(log.iter().any(|it| it.contains(path)), "{path} was called");
    }
    for secret in secrets {
        let line = log.iter().find(|it| it.contains(&secret));
        assert!(line.is_none(), "{secret} stands in {line:?}");
    }
}
