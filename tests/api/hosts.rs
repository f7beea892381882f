//! By which scheme and which name the house is called.

use careerd::platform::config::Config;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{PASSWORD, Reply, TestApp};

/// A house behind a proxy that speaks HTTPS, under one name.
fn house_with(change: impl FnOnce(&mut Config)) -> TestApp {
    TestApp::with(|config| {
        config.public_url = "https://careers.example".into();
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.server.https_redirect = true;
        config.server.allowed_hosts = vec!["careers.example".into()];
        change(config);
    })
}

/// A call under this name by this scheme, as the proxy tells it.
fn call(t: &TestApp, method: Method, url: &str, body: Option<Value>) -> Reply {
    let url = url::Url::parse(url).unwrap();
    let host = url.port().map_or(url.host_str().unwrap().to_owned(), |it| format!("{}:{it}", url.host_str().unwrap()));
    let path = url.query().map_or(url.path().to_owned(), |it| format!("{}?{it}", url.path()));
    t.visitor().call(method, &path, body, &[("Host", &host), ("X-Forwarded-Proto", url.scheme())])
}

fn get(t: &TestApp, url: &str) -> Reply {
    call(t, Method::Get, url, None)
}

const HSTS: &str = "Strict-Transport-Security";

#[test]
fn plain_calls_are_sent_on_to_the_same_address_by_https_and_do_nothing() {
    let t = house_with(|_| {});
    for (asked, location) in [
        ("http://careers.example/api/jobs/", "https://careers.example/api/jobs/"),
        (
            "http://careers.example/api/jobs/?search=a%20b&page=2",
            "https://careers.example/api/jobs/?search=a%20b&page=2",
        ),
        ("http://careers.example:8000/jobs/7", "https://careers.example/jobs/7"),
        ("http://careers.example/", "https://careers.example/"),
        ("http://careers.example/nothing/at/all", "https://careers.example/nothing/at/all"),
    ] {
        let reply = get(&t, asked);
        reply.status(308);
        assert_eq!(reply.header("Location"), Some(location));
        assert_eq!((reply.header(HSTS), reply.bytes.len()), (None, 0), "{asked}");
        assert_eq!(reply.header("X-Frame-Options"), Some("DENY"));
    }
    let ann = json!({"username": "ann", "email": "ann@example.org", "password": PASSWORD});
    let register = |scheme: &str| {
        call(&t, Method::Post, &format!("{scheme}://careers.example/api/auth/register/"), Some(ann.clone()))
    };
    register("http").status(308);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM users"), 0);
    register("https").created();
    // Probes come from inside and by plain HTTP.
    for probe in ["/health", "/health/ready"] {
        get(&t, &format!("http://careers.example{probe}")).status(200);
    }
}

#[test]
fn a_call_by_https_tells_the_browser_to_stay_there_for_a_year() {
    let t = house_with(|_| {});
    for path in ["/api/jobs/", "/", "/api/users/me/", "/api/nothing/"] {
        let reply = get(&t, &format!("https://careers.example{path}"));
        assert_ne!(reply.status.code, 308, "{path}");
        assert_eq!(reply.header(HSTS), Some("max-age=31536000; includeSubDomains"), "{path}");
    }
    // Whoever is no trusted proxy cannot say that a call came by HTTPS.
    let t = house_with(|config| config.trusted_proxies.clear());
    get(&t, "https://careers.example/api/jobs/").status(308);
}

#[test]
fn neither_is_so_unless_the_setting_says_so() {
    let t = house_with(|config| config.server.https_redirect = Config::default().server.https_redirect);
    for scheme in ["http", "https"] {
        let reply = get(&t, &format!("{scheme}://careers.example/api/jobs/"));
        reply.ok();
        assert_eq!(reply.header(HSTS), None);
    }
}

#[test]
fn a_name_that_is_not_the_houses_is_refused_before_anything_else() {
    let t = house_with(|config| config.server.allowed_hosts.push(".careers.example.net".into()));
    for name in ["careers.example", "careers.example:8443", "careers.example.net", "a.b.careers.example.net"] {
        get(&t, &format!("https://{name}/api/jobs/")).ok();
    }
    for name in
        ["evil.example", "careers.example.evil.example", "www.careers.example", "notcareers.example.net", "[::1]"]
    {
        for scheme in ["http", "https"] {
            for path in ["/api/jobs/", "/", "/jobs/7", "/health", "/api/users/me/"] {
                let reply = get(&t, &format!("{scheme}://{name}{path}"));
                assert_eq!(reply.status(400)["detail"], "This host is not served here.", "{name} {path}");
                assert_eq!(reply.header("Location"), None, "nobody is sent on to {name}");
            }
        }
    }
    // Nor is a call without any name, and nothing is done for it.
    t.visitor().get("/api/jobs/").status(400);
    let ann = json!({"username": "ann", "email": "ann@example.org", "password": PASSWORD});
    call(&t, Method::Post, "https://evil.example/api/auth/register/", Some(ann)).status(400);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM users"), 0);
    // Without a list every name is served.
    let t = house_with(|config| config.server.allowed_hosts.clear());
    get(&t, "https://evil.example/api/jobs/").ok();
}
