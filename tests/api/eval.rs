//! Recommended jobs, judged by what people went for afterwards.

use chrono::Duration;
use serde_json::{Value, json};

use crate::{
    app::{Member, TestApp},
    cli::careerd,
};

fn post(by: &Member<'_>, skill: &str) -> i64 {
    let job = json!({"title": skill, "description": "Work.", "company_name": "Acme", "location": "Kyiv, Ukraine",
        "job_type": "full-time", "required_skill_ids": [skill]});
    by.post("/api/jobs/", job).created()["id"].as_i64().unwrap()
}

/// What the command says as JSON, and how it ended.
fn eval(t: &TestApp, args: &[&str]) -> (Value, Option<i32>) {
    let mut all = vec!["--data-dir", t.folder().to_str().unwrap(), "eval", "recs", "--json"];
    all.extend(args);
    let output = careerd(t.folder(), &all, "", &[]);
    (serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), output.status.code())
}

#[test]
fn the_past_is_split_by_time_and_each_way_to_rank_is_judged() {
    let mut t = TestApp::new();
    t.expect_empty_queue = false;
    t.write(careerd::skills::service::fill_catalogue);
    assert_eq!(eval(&t, &[]).1, Some(1), "nothing happened yet");
    let rita = t.recruiter("rita");
    let [rust, sql, go] = ["Rust", "SQL", "Go"].map(|it| post(&rita, it));
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    for it in [&ann, &ben] {
        it.post("/api/user-skills/", json!({"skill_name": "Rust", "proficiency_level": "expert"})).created();
    }
    // Eight of ten choices, and the split behind them.
    for name in ["fan1", "fan2", "fan3", "fan4"] {
        let fan = t.user(name);
        for job in [sql, go] {
            fan.post(&format!("/api/jobs/{job}/apply/"), json!({})).created();
        }
    }
    t.pass(Duration::days(1));
    let [rita, ann, ben] = [&rita, &ann, &ben].map(|it| t.sign_in_again(it));
    // What was posted and learned afterwards was not known then.
    post(&rita, "Rust");
    ann.post("/api/user-skills/", json!({"skill_name": "Go", "proficiency_level": "expert"})).created();
    ann.post(&format!("/api/jobs/{rust}/apply/"), json!({})).created();
    let click = json!({"kind": "job", "target_id": rust, "position": 1});
    ben.post("/api/users/me/recommendations/click/", click).empty();

    let (report, code) = eval(&t, &["--weights", "50,20,15,10,5"]);
    assert_eq!(code, Some(0), "{report}");
    assert_eq!((&report["jobs"], &report["choices_before"], &report["users"]), (&json!(3), &json!(8), &json!(2)));
    assert_eq!(report["weights"][1]["must_have"], 20);
    let figures = |nth: usize| -> (String, f64, f64) {
        let it = &report["methods"][nth];
        (it["name"].as_str().unwrap().into(), it["ndcg_at_10"].as_f64().unwrap(), it["recall_at_20"].as_f64().unwrap())
    };
    assert_eq!(figures(0), ("rules".into(), 1.0, 1.0));
    assert_eq!(figures(1), ("other weights".into(), 1.0, 1.0));
    // The third place is worth half.
    assert_eq!(figures(2), ("popularity".into(), 0.5, 1.0));
    assert_eq!(figures(3), ("plain overlap".into(), 1.0, 1.0));
    assert_eq!((&report["methods"][0]["coverage"], &report["methods"][0]["diversity"]), (&json!(1.0), &json!(1.0)));
}

#[test]
fn weights_that_an_admin_sets_hold_at_once_and_can_be_taken_back() {
    let mut t = TestApp::new();
    t.expect_empty_queue = false;
    t.write(careerd::skills::service::fill_catalogue);
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, "Rust");
    ann.post("/api/user-skills/", json!({"skill_name": "Rust", "proficiency_level": "expert"})).created();
    let terms = || {
        let listed = ann.get("/api/users/me/recommendations/jobs/").ok()[0].clone();
        assert_eq!(ann.get(&format!("/api/jobs/{job}/match/")).ok(), listed);
        let terms = listed["terms"].clone();
        let sum: i64 = terms.as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum();
        assert_eq!(listed["match_percentage"], sum);
        terms
    };
    // Nothing is known of level and place.
    let ruled = json!({"skills": 60, "must_have": 10, "level": 8, "location": 5, "freshness": 5});
    assert_eq!(terms(), ruled);
    assert_eq!(eval(&t, &["--weights", "40,20,30,6,4", "--set"]).1, Some(0));
    assert_eq!(terms(), json!({"skills": 40, "must_have": 20, "level": 16, "location": 3, "freshness": 4}));
    assert_eq!(eval(&t, &["--reset"]).1, Some(0));
    assert_eq!(terms(), ruled);
    for wrong in ["60,10,15,10,4", "60,10,15,15", "101,0,0,0,-1", "a,b,c,d,e"] {
        assert_eq!(eval(&t, &["--weights", wrong]).1, Some(2), "{wrong}");
    }
}
