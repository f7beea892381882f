//! What runs by itself.

use careerd::{platform::clock::Timestamp, schedule};
use chrono::Duration;
use serde_json::{Value, json};

use crate::app::TestApp;

fn settle(t: &TestApp) {
    t.block_on(schedule::settle(&t.app)).unwrap();
}

/// How many tasks of this kind there are.
fn tasks(t: &TestApp, kind: &str) -> i64 {
    t.query(&format!("SELECT count(*) FROM tasks WHERE kind = '{kind}'"))
}

/// Lets time pass until a moment of the next day but one.
fn to(t: &TestApp, hour: i64, minute: i64) {
    let now = t.app.clock.now();
    let midnight = Timestamp::from_seconds((now.seconds() / 86_400 + 2) * 86_400);
    t.pass(midnight.plus(Duration::minutes(hour * 60 + minute)).since(now));
}

fn entry(list: &Value, name: &str) -> Value {
    list.as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone()
}

#[test]
fn a_first_start_queues_nothing_and_each_time_one_task_however_many_ask() {
    let t = TestApp::new();
    settle(&t);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM tasks"), 0, "an entry that never ran counts from its first start");
    to(&t, 0, 30);
    settle(&t);
    settle(&t);
    for kind in ["close_expired_jobs", "purge_expired", "batch_analyze_resumes", "cleanup_old_notifications"] {
        assert_eq!(tasks(&t, kind), 1, "{kind}: many times were missed, one task makes up for them");
    }
    t.drain();
    to(&t, 3, 1);
    settle(&t);
    assert_eq!((tasks(&t, "cleanup_old_notifications"), tasks(&t, "purge_expired")), (2, 2));
    let key: String = t.query("SELECT max(dedupe_key) FROM tasks WHERE kind = 'cleanup_old_notifications'");
    assert!(key.starts_with("cleanup_old_notifications:") && key.ends_with("T03:00:00.000000Z"), "{key}");
    settle(&t);
    assert_eq!(tasks(&t, "cleanup_old_notifications"), 2);
}

#[test]
fn a_clock_that_was_a_year_ahead_holds_nothing_up() {
    let t = TestApp::new();
    to(&t, 12, 0);
    settle(&t);
    t.pass(Duration::days(365));
    settle(&t);
    t.drain();
    t.pass(Duration::days(-365));
    settle(&t);
    let before = tasks(&t, "cleanup_old_notifications");
    t.pass(Duration::days(1));
    settle(&t);
    assert_eq!(tasks(&t, "cleanup_old_notifications"), before + 1);
}

#[test]
fn many_processes_queue_one_task_for_one_time() {
    let t = TestApp::new();
    settle(&t);
    to(&t, 12, 0);
    let others: Vec<_> = (0..3)
        .map(|_| {
            let app = careerd::platform::app::App::open(t.app.config.clone(), careerd::reactions::react).unwrap();
            app.clock.advance(t.app.clock.now().since(app.clock.now()));
            app
        })
        .collect();
    std::thread::scope(|threads| {
        for app in others.iter().chain([&t.app]) {
            threads.spawn(move || {
                let runtime = rocket::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                for _ in 0..5 {
                    runtime.block_on(schedule::settle(app)).unwrap();
                }
            });
        }
    });
    assert_eq!((tasks(&t, "purge_expired"), tasks(&t, "backup_database")), (1, 1));
    for app in others {
        app.db.close();
    }
}

#[test]
fn a_time_folds_into_a_task_that_has_not_ended() {
    let t = TestApp::new();
    settle(&t);
    to(&t, 12, 0);
    settle(&t);
    t.pass(Duration::hours(1));
    settle(&t);
    assert_eq!(tasks(&t, "purge_expired"), 1);
    t.drain();
    t.pass(Duration::hours(1));
    settle(&t);
    assert_eq!(tasks(&t, "purge_expired"), 2);
}

#[test]
fn postings_are_recommended_only_when_there_was_a_new_one() {
    let t = TestApp::stocked();
    settle(&t);
    t.pass(Duration::hours(1));
    settle(&t);
    assert_eq!(tasks(&t, "batch_recommend_jobs"), 0);
    let rita = t.recruiter("rita");
    let job = json!({"title": "Engineer", "description": "Builds.", "company_name": "Acme", "location": "Kyiv",
        "job_type": "full-time"});
    rita.post("/api/jobs/", job).created();
    t.pass(Duration::hours(1));
    settle(&t);
    assert_eq!(tasks(&t, "batch_recommend_jobs"), 1);
    t.drain();
    t.pass(Duration::hours(1));
    settle(&t);
    assert_eq!(tasks(&t, "batch_recommend_jobs"), 1);
}

#[test]
fn admins_see_turn_off_and_run_entries() {
    let t = TestApp::new();
    let (ann, ben) = (t.admin("ann"), t.user("ben"));
    t.drain();
    settle(&t);
    let list = ann.get("/api/admin/schedule/").ok();
    let backup = entry(&list, "backup_database");
    assert_eq!((&backup["when"], &backup["enabled"]), (&"daily 01:00".into(), &true.into()));
    assert_eq!((&backup["last_run"], &backup["last_status"]), (&Value::Null, &Value::Null));
    assert!(backup["next_run"].as_str().unwrap().ends_with("T01:00:00.000000Z"));

    let task = ann.post("/api/admin/schedule/purge_expired/run/", json!({}));
    assert!(task.header("Location").unwrap().contains(task.created()["id"].as_str().unwrap()));
    ann.post("/api/admin/schedule/purge_expired/run/", json!({})).created();
    t.drain();
    let row = entry(&ann.get("/api/admin/schedule/").ok(), "purge_expired");
    assert_eq!((&row["last_status"], row["last_run"].is_string()), (&"done".into(), true));

    let off = ann.patch("/api/admin/schedule/purge_expired/", json!({"enabled": false})).ok();
    assert_eq!((&off["enabled"], &off["next_run"]), (&false.into(), &Value::Null));
    to(&t, 12, 0);
    settle(&t);
    assert_eq!(tasks(&t, "purge_expired"), 2, "off: its times pass");
    let ann = t.sign_in_again(&ann);
    ann.patch("/api/admin/schedule/purge_expired/", json!({"enabled": true})).ok();
    settle(&t);
    assert_eq!(tasks(&t, "purge_expired"), 2, "what passed is not made up for");
    t.drain();
    t.pass(Duration::hours(1));
    settle(&t);
    assert_eq!(tasks(&t, "purge_expired"), 3);
    let ann = t.sign_in_again(&ann);
    let audited: i64 = t.query("SELECT count(*) FROM audit_entries WHERE action LIKE 'schedule.%'");
    assert_eq!(audited, 4);

    assert_eq!(ann.patch("/api/admin/schedule/purge_expired/", json!({"enabled": "perhaps"})).faults(), ["enabled"]);
    ann.patch("/api/admin/schedule/nonesuch/", json!({"enabled": false})).status(404);
    ann.post("/api/admin/schedule/nonesuch/run/", json!({})).status(404);
    let ben = t.sign_in_again(&ben);
    ben.get("/api/admin/schedule/").status(403);
    ben.patch("/api/admin/schedule/purge_expired/", json!({"enabled": false})).status(403);
    ben.post("/api/admin/schedule/purge_expired/run/", json!({})).status(403);
    t.visitor().get("/api/admin/schedule/").status(401);
}

#[test]
fn every_entry_runs_and_runs_again_without_harm() {
    let t = TestApp::stocked();
    t.write(careerd::achievements::service::fill);
    t.user("ann");
    t.drain();
    for _ in 0..2 {
        for it in schedule::entries() {
            let name = it.name;
            t.write(move |tx| {
                schedule::service::run(tx, careerd::users::audit::By::HOUSE, &schedule::entries(), name).map(drop)
            });
        }
        assert!(t.drain() >= schedule::entries().len());
    }
    assert_eq!(t.query::<i64>("SELECT count(*) FROM users"), 1);
}
