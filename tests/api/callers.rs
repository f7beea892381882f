//! Where calls come from, and how many of them are answered.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use careerd::platform::config::Config;
use rocket::http::Method;
use serde_json::json;

use crate::app::{Member, PASSWORD, Reply, TestApp};

/// What everybody may read.
const OPEN: &str = "/api/jobs/";

/// A house behind a proxy, so that calls can come from anywhere.
fn house_with(change: impl FnOnce(&mut Config)) -> TestApp {
    TestApp::with(|config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        change(config);
    })
}

fn house() -> TestApp {
    house_with(|_| {})
}

/// A call that came through the proxy from this address.
fn from(address: &str, who: &Member<'_>) -> Reply {
    who.call(Method::Get, OPEN, None, &[("X-Forwarded-For", address)])
}

/// The limit of this window and what is left of it, as the answer tells.
fn window(reply: &Reply, name: &str) -> (u32, u32) {
    let read = |what: &str| reply.header(&format!("X-RateLimit-{what}-{name}")).unwrap().parse().unwrap();
    (read("Limit"), read("Remaining"))
}

/// The windows of an hour and of a minute.
fn windows(reply: &Reply) -> [(u32, u32); 2] {
    ["Hourly", "Burst"].map(|name| window(reply, name))
}

/// The same person in the browser.
fn in_a_browser<'t>(t: &'t TestApp, who: &Member<'_>) -> Member<'t> {
    let answer = t.visitor().post("/api/auth/cookie/", json!({"username": who.name, "password": PASSWORD})).ok();
    t.visitor().holding(&answer, "access")
}

#[test]
fn each_kind_of_caller_has_limits_of_its_own() {
    let t = house();
    let (ann, ben, cat) = (t.user("ann"), t.user("ben"), t.user("cat"));
    let token = cat.post("/api/auth/tokens/", json!({"name": "script", "scope": "read"})).created();
    let (ben, cat) = (in_a_browser(&t, &ben), cat.holding(&token, "token"));
    for (who, [hour, minute], what) in [
        (t.visitor(), [100, 20], "a visitor"),
        (ann, [1000, 20], "a program"),
        (ben, [1000, 120], "a browser"),
        (cat, [1000, 20], "a script"),
    ] {
        for used in 1..=2 {
            let reply = from("192.0.2.1", &who);
            reply.ok();
            assert_eq!(windows(&reply), [(hour, hour - used), (minute, minute - used)], "{what}");
        }
    }
}

#[test]
fn a_browser_makes_a_hundred_and_twenty_calls_a_minute() {
    let t = house();
    let ann = t.user("ann");
    let browser = in_a_browser(&t, &ann);
    for left in (0..120).rev() {
        let reply = from("192.0.2.1", &browser);
        reply.ok();
        assert_eq!(window(&reply, "Burst"), (120, left));
    }
    let refused = from("192.0.2.1", &browser);
    assert_eq!(refused.status(429)["limit_type"], "minute");
    assert_eq!(windows(&refused), [(1000, 880), (120, 0)], "a refused call does not count");
    // A program of the same user shares the count, and its own limit is long reached.
    assert_eq!(window(&from("192.0.2.1", &ann), "Burst"), (20, 0));
    from("192.0.2.1", &t.visitor()).ok();
}

#[test]
fn the_hour_of_a_user_is_longer_than_that_of_an_address() {
    let t = house_with(|config| {
        config.rate_limit.anonymous_per_hour = 3;
        config.rate_limit.user_per_hour = 5;
        config.rate_limit.per_minute = 2;
    });
    let ann = t.user("ann");
    for (who, most) in [(t.visitor(), 3), (ann, 5)] {
        let who = if who.id == 0 { who } else { t.sign_in_again(&who) };
        for used in 1..=most {
            let reply = from("192.0.2.1", &who);
            reply.ok();
            assert_eq!(window(&reply, "Hourly"), (most, most - used));
            t.pass(chrono::Duration::seconds(31));
        }
        let refused = from("192.0.2.1", &who);
        assert_eq!(refused.status(429)["limit_type"], "hour");
        assert!(refused.header("Retry-After").unwrap().parse::<u32>().unwrap() > 60);
        t.pass(chrono::Duration::hours(1));
        let who = if who.id == 0 { who } else { t.sign_in_again(&who) };
        from("192.0.2.1", &who).ok();
    }
}

#[test]
fn users_are_counted_by_themselves_wherever_they_are_and_all_others_by_their_address() {
    let t = house();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    for n in 0..20 {
        from(&format!("192.0.2.{n}"), &ann).ok();
    }
    from("192.0.2.99", &ann).status(429);
    from("192.0.2.1", &ben).ok();
    from("192.0.2.1", &t.visitor()).ok();
    // Who holds no good token is nobody in particular, whatever the token says.
    let mut forger = t.visitor();
    forger.token = Some("forged".into());
    for n in 0..20 {
        let who = if n % 2 == 0 { &forger } else { &t.visitor() };
        let reply = from(&format!("2001:db8::{n}"), who);
        reply.status(if n % 2 == 0 { 401 } else { 200 });
        assert_eq!(window(&reply, "Hourly"), (100, 99 - n));
    }
    from("2001:db8::ffff", &forger).status(429);
    from("2001:db8::ffff", &t.visitor()).status(429);
    from("2001:db8::ffff", &ben).ok();
    from("2001:db8:0:1::1", &t.visitor()).ok();
}

#[test]
fn what_was_not_sent_again_and_what_is_no_call_of_the_api_is_not_counted() {
    let t = house();
    let visitor = t.visitor();
    let first = from("192.0.2.1", &visitor);
    let tag = first.header("ETag").unwrap().to_owned();
    for _ in 0..25 {
        let headers = [("X-Forwarded-For", "192.0.2.1"), ("If-None-Match", tag.as_str())];
        let unchanged = visitor.call(Method::Get, OPEN, None, &headers);
        unchanged.status(304);
        assert_eq!(windows(&unchanged), [(100, 99), (20, 19)]);
    }
    for (method, path) in [
        (Method::Get, "/"),
        (Method::Get, "/jobs/1"),
        (Method::Get, "/assets/live/nothing.js"),
        (Method::Get, "/media/avatars/nothing"),
        (Method::Get, "/health"),
        (Method::Get, "/health/ready"),
        (Method::Get, "/metrics"),
        (Method::Get, "/api/docs/"),
        (Method::Options, OPEN),
    ] {
        let preflight = [("Origin", "http://localhost:3000"), ("Access-Control-Request-Method", "GET")];
        let headers = [&[("X-Forwarded-For", "192.0.2.1")], &preflight[..]].concat();
        let reply = visitor.call(method, path, None, &headers);
        assert_eq!(reply.header("X-RateLimit-Limit-Burst"), None, "{method} {path}");
    }
    assert_eq!(windows(&from("192.0.2.1", &visitor)), [(100, 98), (20, 18)]);
}

#[test]
fn exempt_callers_see_the_full_limit_however_often_they_call() {
    let t = house_with(|config| config.rate_limit.whitelist = vec!["192.0.2.0/24".parse().unwrap()]);
    let ann = t.user("ann");
    for _ in 0..25 {
        let reply = from("192.0.2.1", &t.visitor());
        reply.ok();
        assert_eq!(windows(&reply), [(100, 100), (20, 20)]);
    }
    for _ in 0..25 {
        assert_eq!(windows(&from("192.0.2.1", &ann)), [(1000, 1000), (20, 20)]);
    }
    // The same user from elsewhere is counted, and so is the proxy's own address, which this list does not name.
    assert_eq!(windows(&from("198.51.100.1", &ann)), [(1000, 999), (20, 19)]);
    assert_eq!(window(&t.visitor().get(OPEN), "Burst").0 - window(&t.visitor().get(OPEN), "Burst").1, 3);
}

#[test]
fn a_call_that_an_unknown_proxy_forwarded_is_never_exempt() {
    let t = TestApp::new();
    let full = [(100, 100), (20, 20)];
    assert_eq!(windows(&t.visitor().get(OPEN)), full);
    let forwarded = [("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=127.0.0.1")];
    for (nth, header) in (1..).zip([forwarded; 10].concat()) {
        let reply = t.visitor().call(Method::Get, OPEN, None, &[header]);
        reply.ok();
        assert_eq!(window(&reply, "Burst"), (20, 20 - nth), "{header:?}");
    }
    t.visitor().call(Method::Get, OPEN, None, &forwarded).status(429);
    assert_eq!(windows(&t.visitor().get(OPEN)), full, "the machine's own calls are exempt as before");
}

/// Where a log is written, to be read.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_first_call_of_an_unknown_proxy_is_told_with_the_name_of_the_setting() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let told = || String::from_utf8(lines.0.lock().unwrap().clone()).unwrap().matches("trusted_proxies").count();
    tracing::subscriber::with_default(log, || {
        let forwarded = |t: &TestApp| from("192.0.2.1", &t.visitor()).ok();
        forwarded(&house());
        assert_eq!(told(), 0, "this proxy is trusted");
        let t = TestApp::new();
        t.visitor().get(OPEN).ok();
        assert_eq!(told(), 0, "nothing was forwarded");
        forwarded(&t);
        assert_eq!(told(), 1);
        forwarded(&t);
        assert_eq!(told(), 1, "once is enough");
    });
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let line = text.lines().find(|it| it.contains("trusted_proxies")).unwrap();
    assert!(line.contains("WARN") && line.contains("peer=127.0.0.1"), "{line}");
}
