//! The monitor of the queue.

use careerd::platform::task::monitor;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{Member, TestApp};

fn kind(ann: &Member<'_>, name: &str) -> Value {
    let kinds = ann.get("/api/admin/tasks/kinds/").ok();
    kinds.as_array().unwrap().iter().find(|it| it["kind"] == name).unwrap().clone()
}

fn run(ann: &Member<'_>, kind: &str, args: Value) -> Value {
    ann.post("/api/admin/tasks/run/", json!({"kind": kind, "args": args})).created()
}

#[test]
fn tasks_are_listed_shown_and_kept_with_what_came_of_them() {
    let t = TestApp::new();
    let ann = t.admin("ann");
    t.drain();
    let task = run(&ann, "recount", json!({}));
    assert_eq!((&task["state"], &task["attempts"]), (&"pending".into(), &0.into()));
    assert_eq!(ann.get("/api/admin/tasks/?state=pending").ok()["count"], 1);
    t.drain();
    let path = format!("/api/admin/tasks/{}/", task["id"].as_str().unwrap());
    let done = ann.get(&path).ok();
    assert_eq!((&done["state"], &done["runs"][0]["outcome"]), (&"done".into(), &"done".into()));
    let all = ann.get("/api/admin/tasks/").ok();
    assert!(all["count"].as_i64().unwrap() > 1);
    let due: Vec<_> = all["results"].as_array().unwrap().iter().map(|it| it["run_at"].as_str().unwrap()).collect();
    assert!(due.is_sorted_by(|a, b| a >= b), "newest first: {due:?}");
    assert_eq!(ann.get("/api/admin/tasks/?kind=recount&state=done&state=dead").ok()["count"], 1);
    let created = task["created_at"].as_str().unwrap();
    assert_eq!(ann.get(&format!("/api/admin/tasks/?kind=recount&queued_after={created}")).ok()["count"], 1);
    assert_eq!(ann.get("/api/admin/tasks/?queued_before=2020-01-01").ok()["count"], 0);
    ann.get("/api/admin/tasks/?queued_after=2030-01-01&queued_before=2020-01-01").status(400);
    ann.get("/api/admin/tasks/?state=lost").status(400);
    ann.get("/api/admin/tasks/?ordering=colour").status(400);
    for ordering in ["run_at", "-attempts", "created_at"] {
        let first = ann.get(&format!("/api/admin/tasks/?ordering={ordering}&page_size=2&cursor=")).ok();
        let next = first["next"].as_str().unwrap();
        let next = ann.get(&next[next.find("/api/").unwrap()..]).ok();
        assert_ne!(first["results"][1]["id"], next["results"][0]["id"]);
    }
    ann.delete(&path).empty();
    ann.get(&path).status(404);
    ann.delete(&path).status(404);
    ann.get("/api/admin/tasks/1/").status(404);
}

#[test]
fn what_waits_can_be_cancelled_and_what_failed_repeated() {
    let t = TestApp::new();
    let ann = t.admin("ann");
    t.drain();
    let task = run(&ann, "recount", json!({}));
    let path = format!("/api/admin/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(ann.post(&format!("{path}/cancel/"), json!({})).ok()["state"], "cancelled");
    assert!(
        ann.post(&format!("{path}/cancel/"), json!({})).status(409)["detail"].as_str().unwrap().contains("cancelled")
    );
    assert_eq!(ann.post(&format!("{path}/retry/"), json!({})).ok()["state"], "pending");
    ann.post(&format!("{path}/retry/"), json!({})).status(409);
    // A worker has it.
    t.write(|tx| Ok(tx.execute("UPDATE Jobs SET status = 'Running', lock_by = 'w' WHERE kind = 'recount'", [])?));
    ann.post(&format!("{path}/cancel/"), json!({})).status(409);
    ann.delete(&path).status(409);
    t.write(|tx| Ok(tx.execute("UPDATE Jobs SET status = 'Pending', lock_by = NULL WHERE kind = 'recount'", [])?));
    t.drain();
    ann.post(&format!("{path}/retry/"), json!({})).status(409);
    ann.post("/api/admin/tasks/01JCZK8B3VQ8S6Y1X2W3V4T5R6/retry/", json!({})).status(404);
    ann.post("/api/admin/tasks/nothing/cancel/", json!({})).status(404);
    let audited: Vec<String> = ann.get("/api/admin/audit/?target_type=task").ok()["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["action"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(audited, ["tasks.retried", "tasks.cancelled", "tasks.run"]);
}

#[test]
fn a_task_is_run_by_name_and_its_arguments_are_checked() {
    let t = TestApp::new();
    let ann = t.admin("ann");
    t.drain();
    assert_eq!(ann.post("/api/admin/tasks/run/", json!({})).faults(), ["kind"]);
    assert_eq!(ann.post("/api/admin/tasks/run/", json!({"kind": "sing"})).faults(), ["kind"]);
    assert_eq!(ann.post("/api/admin/tasks/run/", json!({"kind": "recount", "args": []})).faults(), ["args"]);
    let wrong = json!({"kind": "check_user_achievements", "args": {"user": "ann"}});
    assert_eq!(ann.post("/api/admin/tasks/run/", wrong).faults(), ["args"]);
    let body = json!({"kind": "check_user_achievements", "args": {"user": ann.id}});
    let key = [("Idempotency-Key", "one")];
    let first = ann.call(Method::Post, "/api/admin/tasks/run/", Some(body.clone()), &key).created();
    assert_eq!(ann.call(Method::Post, "/api/admin/tasks/run/", Some(body.clone()), &key).created(), first);
    assert_eq!(ann.post("/api/admin/tasks/run/", body).ok()["id"], first["id"], "it waits already");
    assert!(t.drain() >= 1);
}

#[test]
fn tasks_of_a_paused_kind_wait_whatever_brings_them() {
    let t = TestApp::new();
    let ann = t.admin("ann");
    t.drain();
    let waiting = run(&ann, "recount", json!({}));
    let failed = run(&ann, "purge_expired", json!({}));
    let failed = failed["id"].as_str().unwrap().to_owned();
    t.write(move |tx| {
        Ok(tx.execute("UPDATE Jobs SET status = 'Failed', attempts = 1, lock_by = 'w' WHERE id = ?1", [failed])?)
    });
    let paused = ann.post("/api/admin/tasks/kinds/recount/pause/", json!({})).ok();
    assert_eq!((&paused["paused"], &paused["pending"]), (&true.into(), &1.into()));
    ann.post("/api/admin/tasks/kinds/purge_expired/pause/", json!({})).ok();
    ann.post("/api/admin/tasks/kinds/purge_expired/pause/", json!({})).ok();
    t.drain();
    let path = format!("/api/admin/tasks/{}", waiting["id"].as_str().unwrap());
    assert_eq!(ann.get(&path).ok()["state"], "pending");
    assert_eq!(kind(&ann, "purge_expired")["pending"], 1, "one that is to be repeated waits as well");

    // What comes later waits, too: queued, repeated by hand, or given back by a worker that was lost.
    ann.post(&format!("{path}/cancel/"), json!({})).ok();
    ann.post(&format!("{path}/retry/"), json!({})).ok();
    let later = run(&ann, "recount", json!({}));
    let lost = later["id"].as_str().unwrap().to_owned();
    t.write(move |tx| {
        tx.execute("UPDATE Jobs SET status = 'Running', lock_by = 'w' WHERE id = ?1", [&lost])?;
        Ok(tx.execute("UPDATE Jobs SET status = 'Pending', lock_by = NULL WHERE id = ?1", [&lost])?)
    });
    t.drain();
    assert_eq!(kind(&ann, "recount")["pending"], 2);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM tasks WHERE kind = 'recount' AND state = 'done'"), 0);

    let resumed = ann.post("/api/admin/tasks/kinds/recount/resume/", json!({})).ok();
    assert_eq!((&resumed["paused"], &resumed["pending"]), (&false.into(), &2.into()));
    ann.post("/api/admin/tasks/kinds/purge_expired/resume/", json!({})).ok();
    assert_eq!(t.drain(), 3);
    ann.post("/api/admin/tasks/kinds/nonesuch/pause/", json!({})).status(404);
    ann.post("/api/admin/tasks/kinds/nonesuch/resume/", json!({})).status(404);
    let audited: i64 = t.query("SELECT count(*) FROM audit_entries WHERE target_type = 'kind'");
    assert_eq!(audited, 4, "asking twice changes once");
}

#[test]
fn kinds_tell_counts_and_times_and_old_tasks_are_purged() {
    let t = TestApp::new();
    let ann = t.admin("ann");
    run(&ann, "recount", json!({}));
    t.drain();
    let row = kind(&ann, "recount");
    assert_eq!((&row["done_24h"], &row["pending"], &row["paused"]), (&1.into(), &0.into(), &false.into()));
    assert!(row["run_ms"]["p50"].is_number() && row["wait_ms"]["p99"].is_number());
    assert_eq!(kind(&ann, "backup_database")["run_ms"], Value::Null);
    assert_eq!(ann.post("/api/admin/tasks/purge/", json!({})).faults(), ["state"]);
    assert_eq!(ann.post("/api/admin/tasks/purge/", json!({"state": "pending"})).faults(), ["state"]);
    let body = json!({"state": "done", "older_than_days": -1});
    assert_eq!(ann.post("/api/admin/tasks/purge/", body).faults(), ["older_than_days"]);
    assert_eq!(ann.post("/api/admin/tasks/purge/", json!({"state": "done"})).ok()["deleted_count"], 0);
    t.pass(chrono::Duration::days(8));
    let ann = t.sign_in_again(&ann);
    let deleted = ann.post("/api/admin/tasks/purge/", json!({"state": "done"})).ok()["deleted_count"].as_i64().unwrap();
    assert!(deleted > 0);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM tasks WHERE state = 'done'"), 0);
}

#[test]
fn what_is_computed_ahead_is_what_is_shown_and_twice_is_once() {
    let t = TestApp::with(|config| config.metrics.enabled = true);
    t.write(careerd::skills::service::fill_catalogue);
    t.write(careerd::achievements::service::fill);
    let ann = t.admin("ann");
    ann.post("/api/user-skills/", json!({"skill_name": "Rust"})).created();
    t.drain();
    let list = "/api/users/me/recommendations/skills/?limit=7";
    let computed = ann.get(list).ok();
    for _ in 0..2 {
        run(&ann, "recommend_skills_async", json!({"user": ann.id, "limit": 10}));
        run(&ann, "generate_achievement_stats", json!({}));
        t.drain();
    }
    assert_eq!(ann.get(list).ok(), computed);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM cached WHERE key LIKE 'recommendations:%:skills'"), 1);
    assert_eq!(
        t.query::<i64>("SELECT json_array_length(json, '$.leaderboard') FROM cached WHERE key = 'achievement_stats'"),
        1
    );
    let figures = t.visitor().get("/metrics").text();
    assert!(figures.contains("careerd_achievement_holders{key=\"legend\"} 0\n"), "{figures}");
    ann.post("/api/user-skills/", json!({"skill_name": "Go"})).created();
    assert_eq!(t.query::<i64>("SELECT count(*) FROM cached WHERE key LIKE 'recommendations:%:skills'"), 0);
}

#[test]
fn nobody_but_admins_sees_the_queue() {
    let t = TestApp::new();
    let (ben, nobody) = (t.user("ben"), t.visitor());
    for (method, path) in [
        (Method::Get, "/api/admin/tasks/"),
        (Method::Get, "/api/admin/tasks/kinds/"),
        (Method::Post, "/api/admin/tasks/run/"),
        (Method::Post, "/api/admin/tasks/purge/"),
        (Method::Post, "/api/admin/tasks/kinds/recount/pause/"),
        (Method::Get, "/api/admin/tasks/1/"),
        (Method::Delete, "/api/admin/tasks/1/"),
        (Method::Post, "/api/admin/tasks/1/retry/"),
        (Method::Get, "/api/admin/settings/"),
        (Method::Get, "/api/admin/health/"),
        (Method::Get, "/api/admin/storage/"),
        (Method::Post, "/api/admin/recount/"),
        (Method::Get, "/api/admin/backups/"),
        (Method::Post, "/api/admin/backups/"),
    ] {
        ben.call(method, path, None, &[]).status(403);
        nobody.call(method, path, None, &[]).status(401);
    }
}

#[test]
fn the_list_has_its_index() {
    let t = TestApp::new();
    let plan = t.block_on(t.app.db.read(|conn| {
        let mut plan = conn.prepare("EXPLAIN QUERY PLAN SELECT id FROM tasks ORDER BY due DESC, id DESC LIMIT 20")?;
        let rows = plan.query_map([], |row| row.get::<_, String>(3))?.collect::<rusqlite::Result<Vec<_>>>()?;
        assert!(monitor::paused(conn)?.is_empty());
        Ok(rows.join("\n"))
    }));
    let plan = plan.unwrap();
    assert!(plan.contains("jobs_run_at") && !plan.contains("TEMP B-TREE"), "{plan}");
}
