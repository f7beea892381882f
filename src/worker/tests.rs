use std::{collections::HashSet, time::Instant};

use apalis::prelude::{Status, TaskBuilder, TaskResult, WorkerContext};
use apalis_sqlite::queries;
use serde_json::json;
use tokio::{sync::oneshot, task::JoinHandle};

use super::*;
use crate::platform::task::{
    monitor,
    store::{self, State, TaskRow},
    tests::{Does, Step, all, open, queue, registry, runs},
};

struct Background {
    stop: oneshot::Sender<()>,
    running: JoinHandle<anyhow::Result<()>>,
}

impl Background {
    fn start(app: &Arc<App>, concurrency: usize) -> Self {
        Self::with(Policy::new(app.clone(), registry()), concurrency)
    }

    fn with(policy: Policy, concurrency: usize) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(run_policy(policy, concurrency, async { drop(stopped.await) }));
        Self { stop, running }
    }

    async fn stop(self) {
        drop(self.stop);
        self.running.await.unwrap().unwrap();
    }
}

/// Waits until `enough` holds for all tasks, and answers them.
async fn until(app: &App, enough: impl Fn(&[TaskRow]) -> bool) -> Vec<TaskRow> {
    let begun = Instant::now();
    loop {
        let tasks = all(app).await;
        if enough(&tasks) {
            return tasks;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{tasks:#?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn over(tasks: &[TaskRow]) -> bool {
    tasks.iter().all(|it| !matches!(it.state, State::Pending | State::Running))
}

fn done(tasks: &[TaskRow]) -> bool {
    tasks.iter().all(|it| it.state == State::Done)
}

/// Puts a payload into the queue that `enqueue` would never write.
async fn queue_raw(app: &App, payload: &'static str) -> String {
    let id = Ulid::new().to_string();
    let row = id.clone();
    app.db
        .write(move |tx| {
            let sql = "INSERT INTO Jobs (job, id, job_type, max_attempts) VALUES (CAST(?1 AS BLOB), ?2, ?3, 3)";
            Ok(tx.execute(sql, (payload, row, QUEUE))?)
        })
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn our_row_is_the_row_that_the_library_reads() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let pool = connect(app.db.path()).await.unwrap();
    let me = WorkerContext::new("me");
    let config = Config::default().queue(QUEUE);
    queries::register_worker(&pool, &config, &me, "test").await.unwrap();
    let ours = Step { once: Some("k".into()), ..Step::new("ours", Does::Succeed) };
    let id = queue(&app, vec![ours.clone()]).await.remove(0);

    let fetched = queries::fetch_next(&pool, &config, &me).await.unwrap().remove(0);
    assert_eq!(fetched.task_id().unwrap().to_string(), id);
    assert_eq!(serde_json::from_slice::<Value>(&fetched.args).unwrap(), json!({"kind": "step", "args": ours}));
    assert_eq!((fetched.attempt(), fetched.max_attempts(), fetched.idempotency_key()), (0, Some(3), Some("step:k")));
    assert_eq!((fetched.lock_by(), fetched.priority()), (Some("me"), Some(0)));
    assert_eq!(all(&app).await[0].state, State::Running);

    let task_id = fetched.task_id().unwrap().clone();
    let result = TaskResult { task_id, attempt: 1, status: Status::Done, result: Ok(json!(null)) };
    assert_eq!(queries::ack_tasks(&pool, &[&result], "me").await.unwrap(), 1);
    let task = &all(&app).await[0];
    assert_eq!((task.state, &task.error), (State::Done, &None));

    // The library inserts by position: our column behind its own must not be in the way.
    let theirs = TaskBuilder::new(br#"{"kind": "step", "args": 1}"#.to_vec()).build();
    let mut conn = pool.acquire().await.unwrap();
    queries::push_tasks(&mut *conn, QUEUE, &[theirs]).await.unwrap();
    assert_eq!(all(&app).await.iter().filter(|it| it.kind == "step").count(), 2);
}

/// The statements of apalis-sqlite 1.0.0 (`queries/`), which is why that version is pinned.
const STATEMENTS: [(&str, &str); 5] = [
    (
        "fetch_next",
        "UPDATE Jobs SET status = 'Queued', lock_by = ?1, lock_at = strftime('%s', 'now') WHERE ROWID IN (
         WITH candidates AS (
           SELECT * FROM (SELECT ROWID, priority, run_at, id FROM Jobs WHERE job_type = ?2 AND status = 'Pending'
             AND lock_by IS NULL AND (run_at IS NULL OR run_at <= ?4) ORDER BY priority DESC, run_at ASC, id ASC LIMIT ?3)
           UNION ALL
           SELECT * FROM (SELECT ROWID, priority, run_at, id FROM Jobs WHERE job_type = ?2 AND status = 'Failed'
             AND attempts < max_attempts AND (run_at IS NULL OR run_at <= ?4) ORDER BY priority DESC, run_at ASC, id ASC LIMIT ?3)
         ) SELECT ROWID FROM candidates ORDER BY priority DESC, run_at ASC, id ASC LIMIT ?3) RETURNING *",
    ),
    (
        "ack",
        "WITH j AS (SELECT value ->> 'task_id' AS task_id, value ->> 'attempt' AS attempt, value ->> 'result' AS result,
           value ->> 'status' AS status FROM json_each(?1))
         UPDATE Jobs SET status = j.status, attempts = j.attempt, last_result = j.result, done_at = strftime('%s', 'now')
         FROM j WHERE Jobs.id = j.task_id AND Jobs.lock_by = ?2",
    ),
    ("keep_alive", "UPDATE Workers SET last_seen = strftime('%s', 'now') WHERE id = $1 AND worker_type = $2"),
    (
        "reenqueue_orphaned",
        "UPDATE Jobs SET status = \"Pending\", done_at = NULL, lock_by = NULL, lock_at = NULL, attempts = attempts + 1,
         last_result = '{\"Err\": \"Re-enqueued due to worker heartbeat timeout.\"}' WHERE id IN (
         SELECT Jobs.id FROM Jobs INNER JOIN Workers ON lock_by = Workers.id WHERE (status = \"Running\" OR status = \"Queued\")
           AND strftime('%s', 'now') - Workers.last_seen >= ?1 AND Workers.worker_type = ?2
           AND (?3 IS NULL OR Workers.id != ?3) AND (?4 IS NULL OR Workers.id = ?4))",
    ),
    (
        "sink",
        "INSERT INTO Jobs VALUES (?1, ?2, ?3, 'Pending', 0, ?4, ?5, NULL, NULL, NULL, NULL, ?6, ?7, ?8)
         ON CONFLICT(job_type, idempotency_key) DO NOTHING",
    ),
];

#[tokio::test]
async fn the_librarys_statements_use_our_indexes() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let plans = app.db.read(|conn| {
        let mut plans = Vec::new();
        for (name, sql) in STATEMENTS {
            let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let nulls = vec![rusqlite::types::Null; plan.parameter_count()];
            let lines = plan.query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>(3))?;
            let lines = lines.collect::<rusqlite::Result<Vec<_>>>()?;
            plans.push((name, lines.join("\n")));
        }
        Ok(plans)
    });
    for (name, plan) in plans.await.unwrap() {
        println!("{name}:\n{plan}\n");
        // The index of what runs holds no more than that.
        assert!(!plan.replace("SCAN Jobs USING INDEX jobs_active", "").contains("SCAN Jobs"), "{name}:\n{plan}");
        let wanted: &[&str] = match name {
            "fetch_next" => &["jobs_pending", "jobs_failed"],
            "ack" => &["SEARCH Jobs USING INDEX sqlite_autoindex_Jobs_1 (id=?)"],
            "reenqueue_orphaned" => &["jobs_active"],
            "keep_alive" => &["sqlite_autoindex_Workers_1"],
            _ => &[],
        };
        assert!(wanted.iter().all(|it| plan.contains(it)), "{name}:\n{plan}");
        assert!(name != "fetch_next" || plan.matches("TEMP B-TREE").count() <= 1, "{plan}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_class_of_failure_ends_as_described_and_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let steps = [Does::Fail, Does::Panic, Does::Sleep(60_000), Does::Succeed];
    let ids = queue(&app, steps.into_iter().map(|does| Step::new("s", does)).collect()).await;
    let bad = queue_raw(&app, r#"{"kind": "step", "args": {"name": 3}}"#).await;
    let shapeless = queue_raw(&app, r#""what""#).await;
    let unknown = queue_raw(&app, r#"{"kind": "nonesuch", "args": {}}"#).await;
    let worker = Background::with(Policy::new(app.clone(), registry()).limited(Duration::from_millis(300)), 2);
    until(&app, over).await;
    worker.stop().await;

    let of = async |id: &str| {
        let id = id.to_owned();
        app.db.read(move |conn| store::get_with_runs(conn, &id)).await.unwrap()
    };
    for (id, reason) in [
        (&bad, "the argument name has the wrong form"),
        (&shapeless, "there is no kind of task \"\" in this program"),
        (&unknown, "there is no kind of task \"nonesuch\" in this program"),
    ] {
        let it = of(id).await;
        assert_eq!((it.task.state, it.task.error.as_deref(), it.task.attempts), (State::Dead, Some(reason), 1));
        assert_eq!(it.runs.len(), 1);
    }
    let [fails, panics, sleeps, succeeds] =
        [of(&ids[0]).await, of(&ids[1]).await, of(&ids[2]).await, of(&ids[3]).await];
    for (it, reason) in
        [(fails, "it did not want to"), (panics, "It panicked: lost its head"), (sleeps, "It was stopped after 0.3 s.")]
    {
        assert_eq!((it.task.state, it.task.error.as_deref(), it.task.attempts), (State::Failed, Some(reason), 1));
        let wait = it.task.run_at.since(it.runs[0].finished_at).num_seconds();
        assert!((46..=72).contains(&wait), "{wait}");
        assert_eq!(it.runs[0].error.as_deref(), Some(reason));
    }
    assert_eq!((succeeds.task.state, succeeds.runs.len()), (State::Done, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_keeps_failing_dies_with_its_reason_and_can_be_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let id = queue(&app, vec![Step::new("s", Does::Fail)]).await.remove(0);
    let worker = Background::start(&app, 2);
    for attempt in 1..=3 {
        let task = until(&app, |all| over(all) && all[0].attempts == attempt).await.remove(0);
        assert_eq!(task.state, if attempt == 3 { State::Dead } else { State::Failed });
        app.db.write(|tx| Ok(tx.execute("UPDATE Jobs SET run_at = run_at - 3600", [])?)).await.unwrap();
    }
    let task = until(&app, over).await.remove(0);
    assert_eq!((task.state, task.error.as_deref()), (State::Dead, Some("it did not want to")));
    let again = id.clone();
    app.db.write(move |tx| store::retry(tx, &again)).await.unwrap();
    until(&app, |all| all[0].state == State::Failed).await;
    worker.stop().await;
    let runs = app.db.read(move |conn| store::get_with_runs(conn, &id)).await.unwrap().runs;
    assert_eq!(
        runs.iter().map(|it| (it.attempt, it.outcome)).collect::<Vec<_>>(),
        [(1, State::Failed), (2, State::Failed), (3, State::Dead), (4, State::Failed)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_of_two_programs_run_each_task_once() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (open(dir.path()), open(dir.path()));
    let workers = [Background::start(&one, 4), Background::start(&one, 4), Background::start(&other, 4)];
    for half in 0..2 {
        let app = if half == 0 { &one } else { &other };
        queue(app, (0..200).map(|n| Step::new(&format!("{half}-{n}"), Does::Sleep(1))).collect()).await;
    }
    until(&one, done).await;
    for worker in workers {
        worker.stop().await;
    }
    let ran = runs(&one).await;
    assert_eq!((ran.len(), ran.iter().collect::<HashSet<_>>().len()), (400, 400));
    let recorded: i64 = one
        .db
        .read(|conn| {
            Ok(conn.query_row("SELECT count(*) FROM task_attempts WHERE outcome = 'done'", [], |row| row.get(0))?)
        })
        .await
        .unwrap();
    assert_eq!(recorded, 400);
    let workers: i64 =
        one.db.read(|conn| Ok(conn.query_row("SELECT count(*) FROM Workers", [], |row| row.get(0))?)).await.unwrap();
    assert_eq!(workers, 0, "workers that ended in order are struck out");
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_of_a_lost_worker_are_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let ids = queue(&app, vec![Step::new("first", Does::Succeed), Step::new("last chance", Does::Succeed)]).await;
    app.db
        .write(move |tx| {
            delivery::enlist(tx, "gone")?;
            assert_eq!(delivery::take_due(tx, "gone", 10)?.len(), 2);
            tx.execute("UPDATE Workers SET last_seen = unixepoch() - 11", [])?;
            tx.execute("UPDATE Jobs SET attempts = 2 WHERE id = ?1", [&ids[1]])?;
            Ok(())
        })
        .await
        .unwrap();
    let worker = Background::start(&app, 2);
    let tasks = until(&app, over).await;
    worker.stop().await;
    assert_eq!((tasks[1].state, tasks[1].attempts), (State::Done, 2));
    // This one may have ended three workers by now; a fourth is not risked.
    assert_eq!(tasks[0].state, State::Dead);
    assert_eq!(tasks[0].error.as_deref(), Some("Each of its workers was lost while it ran."));
    assert_eq!(runs(&app).await, ["first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_finishes_what_runs_and_leaves_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let worker = Background::start(&app, 2);
    queue(&app, (0..5).map(|n| Step::new(&n.to_string(), Does::Sleep(700))).collect()).await;
    until(&app, |all| all.iter().filter(|it| it.state == State::Running).count() == 2).await;
    let begun = Instant::now();
    worker.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(3));
    let states: Vec<State> = all(&app).await.iter().rev().map(|it| it.state).collect();
    assert_eq!(states, [State::Done, State::Done, State::Pending, State::Pending, State::Pending]);
    assert!(all(&app).await.iter().all(|it| it.attempts <= 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_tasks_do_not_hold_up_short_ones_nor_the_heartbeat() {
    let dir = tempfile::tempdir().unwrap();
    let (app, other) = (open(dir.path()), open(dir.path()));
    let worker = Background::start(&app, 2);
    queue(&app, vec![Step::new("long", Does::Sleep(13_000))]).await;
    until(&app, |all| all[0].state == State::Running).await;
    let rival = Background::start(&other, 1);
    queue(&app, (0..20).map(|n| Step::new(&n.to_string(), Does::Succeed)).collect()).await;
    let begun = Instant::now();
    until(&app, |all| all.iter().filter(|it| it.state == State::Done).count() == 20).await;
    assert!(begun.elapsed() < Duration::from_secs(3));
    // Stopping sends no heartbeats of the library's: for twelve seconds the rival must not take the long task over.
    worker.stop().await;
    rival.stop().await;
    let tasks = all(&app).await;
    assert!(done(&tasks));
    assert_eq!(runs(&app).await.iter().filter(|it| *it == "long").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn draining_runs_what_is_due_and_what_that_queues() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let inner = vec![Step::new("b", Does::Succeed), Step::new("c", Does::Fail)];
    queue(&app, vec![Step::new("a", Does::Queue(inner)), Step::new("d", Does::Panic)]).await;
    let later = app.clock.now().plus(chrono::Duration::hours(1));
    app.db.write(move |tx| tx.enqueue_at(&Step::new("e", Does::Succeed), later)).await.unwrap();
    queue_raw(&app, r#"{"kind": "nonesuch", "args": {}}"#).await;

    let drained = drain(app.clone(), registry()).await.unwrap();
    assert_eq!(drained.ran, 5);
    let errors: HashSet<&str> = drained.failed.iter().map(|(_, error)| error.as_str()).collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert_eq!(runs(&app).await, ["a", "d", "b", "c"]);
    assert_eq!(drain(app.clone(), registry()).await.unwrap().ran, 0, "repeats are not due yet");

    app.clock.advance(chrono::Duration::minutes(2));
    assert_eq!(drain(app.clone(), registry()).await.unwrap().ran, 2);
    app.clock.advance(chrono::Duration::hours(1));
    assert_eq!(drain(app.clone(), registry()).await.unwrap().failed.len(), 2);
    let states: Vec<(String, State)> =
        all(&app).await.iter().map(|it| (it.args["name"].as_str().unwrap_or("?").to_owned(), it.state)).collect();
    for (name, state) in
        [("a", State::Done), ("b", State::Done), ("c", State::Dead), ("d", State::Dead), ("e", State::Done)]
    {
        assert!(states.contains(&(name.into(), state)), "{states:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_task_is_run_here_whether_due_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let ids = queue(&app, vec![Step::new("a", Does::Succeed), Step::new("b", Does::Fail)]).await;
    assert_eq!(run_one(app.clone(), registry(), &ids[0]).await.unwrap().task.state, State::Done);
    assert_eq!(run_one(app.clone(), registry(), &ids[0]).await.unwrap().runs.len(), 1, "a task that is done stays so");
    for state in [State::Failed, State::Failed, State::Dead] {
        assert_eq!(run_one(app.clone(), registry(), &ids[1]).await.unwrap().task.state, state);
    }
    assert!(run_one(app.clone(), registry(), "nonesuch").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_kind_waits_in_every_program_until_it_is_resumed() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (open(dir.path()), open(dir.path()));
    let workers = [Background::start(&one, 4), Background::start(&other, 4)];
    other.db.write(|tx| monitor::pause(tx, "step")).await.unwrap();
    for app in [&one, &other] {
        queue(app, (0..20).map(|n| Step::new(&n.to_string(), Does::Succeed)).collect()).await;
    }
    // Others go on.
    let plain = queue_raw(&one, r#"{"kind": "plain", "args": null}"#).await;
    until(&one, |tasks| tasks.iter().any(|it| it.id == plain && it.state == State::Done)).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let waiting = all(&one).await.iter().filter(|it| it.kind == "step" && it.state == State::Pending).count();
    assert_eq!((waiting, runs(&one).await.len()), (40, 0));
    one.db.write(|tx| monitor::resume(tx, "step")).await.unwrap();
    until(&one, done).await;
    assert_eq!(runs(&one).await.len(), 40);
    for worker in workers {
        worker.stop().await;
    }
}
