//! How the API and the recommendations are used, as admins see it.

use careerd::upkeep;
use chrono::Duration;
use serde_json::{Value, json};

use crate::{analytics::run, app::TestApp, jobs::post};

#[test]
fn the_use_of_the_api_is_told_by_route_and_never_by_address() {
    let t = TestApp::stocked();
    let (root, ann) = (t.admin("ruth"), t.user("ann"));
    let job = post(&t.recruiter("rita"), json!({}));
    (0..3).for_each(|_| drop(ann.get(&job).ok()));
    ann.get("/api/jobs/987654/").status(404);
    ann.get("/api/jobs/?search=secret").ok();
    ann.get("/api/nowhere/at/all/").status(404);
    t.block_on(upkeep::flush(&t.app)).unwrap();
    let usage = root.get("/api/analytics/api-usage/").ok();
    let of = |usage: &Value, route: &str| {
        let found = usage["routes"].as_array().unwrap().iter().find(|it| it["route"] == route && it["method"] == "GET");
        found.cloned().unwrap_or_default()
    };
    let jobs = of(&usage, "/api/jobs/<id>");
    assert_eq!(
        (&jobs["calls"], &jobs["errors"], &jobs["client_errors"], &jobs["server_errors"]),
        (&json!(4), &json!(1), &json!(1), &json!(0))
    );
    let ms = |name: &str| jobs[name].as_f64().unwrap();
    assert!(0.0 < ms("p50") && ms("p50") <= ms("p90") && ms("p90") <= ms("p99") && ms("p99") < 60_000.0, "{jobs}");
    assert_eq!(of(&usage, "unknown")["errors"], 1);
    let told = usage.to_string();
    assert!(!told.contains("987654") && !told.contains("secret") && !told.contains("nowhere"), "{told}");
    let calls: i64 = usage["routes"].as_array().unwrap().iter().map(|it| it["calls"].as_i64().unwrap()).sum();
    assert_eq!(usage["calls"], calls);

    t.pass(Duration::hours(2));
    let root = t.sign_in_again(&root);
    t.block_on(upkeep::flush(&t.app)).unwrap();
    assert_eq!(of(&root.get("/api/analytics/api-usage/?hours=1").ok(), "/api/jobs/<id>"), Value::Null);
    assert_eq!(of(&root.get("/api/analytics/api-usage/?hours=4").ok(), "/api/jobs/<id>"), jobs);

    // Hours become days after a week, and days end after a year.
    t.pass(Duration::days(8));
    for _ in 0..2 {
        run(&t, "purge_expired", json!({}));
        assert_eq!(t.query::<i64>("SELECT count(*) FROM route_usage"), 0);
        let calls = "SELECT sum(calls) FROM route_usage_days WHERE route = '/api/jobs/<id>' AND method = 'GET'";
        assert_eq!(t.query::<i64>(calls), 4);
    }
    t.pass(Duration::days(366));
    run(&t, "purge_expired", json!({}));
    assert_eq!(t.query::<i64>("SELECT count(*) FROM route_usage_days WHERE route = '/api/jobs/<id>'"), 0);
}

#[test]
fn what_recommendations_lead_to_is_counted_by_kind_and_place() {
    let t = TestApp::stocked();
    let (root, rita, ann) = (t.admin("ruth"), t.recruiter("rita"), t.user("ann"));
    ann.post("/api/user-skills/", json!({"skill_name": "Rust"})).created();
    let jobs: Vec<String> = (0..3).map(|_| post(&rita, json!({}))).collect();
    for path in ["recommendations/jobs/", "recommendations/"] {
        ann.get(&format!("/api/users/me/{path}")).ok();
        // That an admin looks is nothing that was shown to ann.
        root.get(&format!("/api/users/{}/{path}", ann.id)).ok();
    }
    let number = |job: &String| job.trim_end_matches('/').rsplit('/').next().unwrap().parse::<i64>().unwrap();
    let click = |kind: &str, target: i64, position: Option<i64>| {
        let body = json!({"kind": kind, "target_id": target, "position": position});
        ann.post("/api/users/me/recommendations/click/", body).empty();
    };
    // Applied for before the click: the recommendation did not lead there.
    ann.post(&format!("{}apply/", jobs[2]), json!({})).created();
    click("job", number(&jobs[2]), Some(1));
    click("job", number(&jobs[0]), Some(1));
    click("job", number(&jobs[0]), Some(2));
    click("job", number(&jobs[1]), None);
    ann.post(&format!("{}apply/", jobs[0]), json!({})).created();
    let sql = ann.get("/api/skills/?search=SQL").ok()["results"][0]["id"].as_i64().unwrap();
    click("skill", sql, Some(1));
    ann.post("/api/user-skills/", json!({"skill_id": sql})).created();
    t.block_on(upkeep::flush(&t.app)).unwrap();

    let usage = root.get("/api/analytics/recommendations/").ok();
    let row = |list: &str, kind: &str, position: Value| {
        let found = usage[list].as_array().unwrap().iter().find(|it| it["kind"] == kind && it["position"] == position);
        let it = found.cloned().unwrap_or_default();
        (it["shown"].as_i64(), it["clicked"].as_i64(), it["applied"].as_i64())
    };
    assert_eq!(row("by_kind", "job", json!(null)), (Some(6), Some(4), Some(1)));
    assert_eq!(row("by_position", "job", json!(1)), (Some(2), Some(2), Some(1)));
    assert_eq!(row("by_position", "job", json!(2)), (Some(2), Some(1), Some(1)));
    assert_eq!(row("by_position", "job", json!(3)), (Some(2), Some(0), Some(0)));
    assert_eq!(row("by_position", "job", json!(null)), (Some(0), Some(1), Some(0)));
    assert_eq!(row("by_kind", "course", json!(null)), (Some(0), Some(0), Some(0)));
    let (shown, clicked, applied) = row("by_kind", "skill", json!(null));
    assert_eq!((shown > Some(0), clicked, applied), (true, Some(1), Some(1)));
    let file = root.get("/api/analytics/recommendations/export/").text();
    assert!(file.starts_with("kind,position,shown,clicked,applied\r\njob,,6,4,1\r\n"), "{file}");
    t.pass(Duration::days(31));
    let root = t.sign_in_again(&root);
    let usage = root.get("/api/analytics/recommendations/?days=30").ok();
    assert!(usage["by_kind"].as_array().unwrap().iter().all(|it| it["shown"] == 0 && it["clicked"] == 0));
    assert_eq!(usage["by_position"], json!([]));
    t.drain();
    t.pass(Duration::days(400));
    run(&t, "purge_expired", json!({}));
    let left = "SELECT (SELECT count(*) FROM recommendation_shown) + (SELECT count(*) FROM recommendation_clicks)";
    assert_eq!(t.query::<i64>(left), 0);
}
