use std::{path::Path, thread};

use chrono::Duration;
use serde::Deserialize;
use tokio::runtime::Runtime;

use super::{delivery::*, store::*, *};
use crate::platform::config::Config;

/// What a [`Step`] does.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Does {
    #[default]
    Succeed,
    Fail,
    Panic,
    Sleep(u64),
    Queue(Vec<Step>),
}

/// A task that leaves one row for each run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Step {
    pub name: String,
    #[serde(default)]
    pub does: Does,
    #[serde(default)]
    pub once: Option<String>,
    #[serde(default)]
    pub debounce: Option<String>,
}

impl Step {
    pub fn new(name: &str, does: Does) -> Self {
        Step { name: name.into(), does, ..Step::default() }
    }
}

impl Task for Step {
    const KIND: &'static str = "step";
    const RETRIES: u32 = 2;

    fn key(&self) -> Key {
        match (&self.once, &self.debounce) {
            (Some(key), _) => Key::Once(key.clone()),
            (_, Some(key)) => Key::Debounce(key.clone()),
            _ => Key::None,
        }
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let name = self.name;
        app.db
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO cached (key, json, made_at, expires_at) VALUES (?1 || hex(randomblob(8)), json_quote(?1), ?2, 0)",
                    (name, tx.now()),
                )?;
                Ok(())
            })
            .await?;
        match self.does {
            Does::Succeed => Ok(()),
            Does::Fail => anyhow::bail!("it did not want to"),
            Does::Panic => panic!("lost its head"),
            Does::Sleep(millis) => {
                tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
                Ok(())
            }
            Does::Queue(steps) => {
                Ok(app.db.write(move |tx| steps.iter().try_for_each(|it| tx.enqueue(it).map(drop))).await?)
            }
        }
    }
}

/// A task without arguments.
#[derive(Serialize, Deserialize)]
struct Plain;

impl Task for Plain {
    const KIND: &'static str = "plain";
    const RETRIES: u32 = 0;

    async fn run(self, _: Arc<App>) -> AnyResult<()> {
        Ok(())
    }
}

pub(crate) fn open(dir: &Path) -> Arc<App> {
    App::open(Config { data_dir: dir.to_owned(), ..Config::default() }, |_, _| Ok(())).unwrap()
}

pub(crate) fn registry() -> Arc<Registry> {
    Arc::new(Registry::new().with::<Step>().with::<Plain>())
}

pub(crate) async fn queue(app: &App, steps: Vec<Step>) -> Vec<String> {
    app.db
        .write(move |tx| {
            steps.iter().try_for_each(|it| tx.enqueue(it).map(drop))?;
            Ok(list(tx, None, None, None, 1000)?.into_iter().map(|it| it.id).rev().collect())
        })
        .await
        .unwrap()
}

pub(crate) async fn all(app: &App) -> Vec<TaskRow> {
    app.db.read(|conn| list(conn, None, None, None, 100_000)).await.unwrap()
}

/// The names of the steps that ran, in order.
pub(crate) async fn runs(app: &App) -> Vec<String> {
    app.db
        .read(|conn| {
            let mut rows = conn.prepare("SELECT json ->> '$' FROM cached ORDER BY made_at")?;
            Ok(rows.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_task_exists_exactly_when_its_cause_does() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let mut signal = app.db.queued();
    let undone = app.db.write(|tx| {
        assert!(tx.enqueue(&Step::new("lost", Does::Succeed))?);
        Err::<(), _>(Error::conflict("no"))
    });
    assert!(undone.await.is_err());
    assert!(all(&app).await.is_empty());
    assert!(!signal.has_changed().unwrap());

    queue(&app, vec![Step::new("kept", Does::Succeed)]).await;
    signal.changed().await.unwrap();
    let task = all(&app).await.remove(0);
    assert_eq!((task.kind.as_str(), task.state, task.max_attempts), ("step", State::Pending, 3));
    assert_eq!(task.args["name"], "kept");
    assert!(app.clock.now().since(task.created_at) < Duration::seconds(5));
}

#[tokio::test]
async fn ids_follow_the_order_of_queueing() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let steps = (0..500).map(|n| Step::new(&n.to_string(), Does::Succeed)).collect();
    queue(&app, steps).await;
    let names: Vec<String> =
        all(&app).await.iter().rev().map(|it| it.args["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, (0..500).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_later_moment_is_never_early() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let at = Timestamp::from_micros(app.clock.now().micros() / 1_000_000 * 1_000_000 + 90_000_001);
    app.db.write(move |tx| tx.enqueue_at(&Step::default(), at)).await.unwrap();
    assert_eq!(all(&app).await[0].run_at.micros(), at.micros() + 999_999);
}

#[test]
fn keys_hold_under_32_threads() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let once = Step { once: Some("a".into()), ..Step::new("once", Does::Succeed) };
    let soon = Step { debounce: Some("a".into()), ..Step::new("soon", Does::Succeed) };
    let new: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..32)
            .map(|_| {
                scope.spawn(|| {
                    let runtime = Runtime::new().unwrap();
                    let mut new = 0;
                    for _ in 0..20 {
                        let (once, soon) = (once.clone(), soon.clone());
                        let queued = app.db.write(move |tx| Ok([tx.enqueue(&once)?, tx.enqueue(&soon)?]));
                        new += runtime.block_on(queued).unwrap().iter().filter(|it| **it).count();
                    }
                    new
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(new, 2, "one of each key");

    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        // A debounced task gives its key back when it is taken, a once-only one keeps it.
        let taken = app.db.write(|tx| take_due(tx, "me", 10)).await.unwrap();
        assert_eq!(taken.len(), 2);
        let (again, soon_again) = (once.clone(), soon.clone());
        let new = app.db.write(move |tx| Ok((tx.enqueue(&again)?, tx.enqueue(&soon_again)?))).await.unwrap();
        assert_eq!(new, (false, true));
    });
}

#[tokio::test]
async fn an_operator_names_kind_and_arguments() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let named = |kind: &'static str, args: Value| app.db.write(move |tx| tx.enqueue_named(&registry(), kind, args));
    let queued = named("step", json!({"name": "x", "once": "k"})).await.unwrap();
    assert!(queued.new);
    let again = named("step", json!({"name": "y", "once": "k"})).await.unwrap();
    assert_eq!(again, Queued { new: false, ..queued.clone() });
    for nothing in [json!({}), Value::Null] {
        assert!(named("plain", nothing).await.unwrap().new);
    }
    let wrong = |refused: Result<Queued>| match refused {
        Err(Error::Invalid(fields)) => {
            fields.into_iter().map(|(field, why)| format!("{field}: {}", why[0])).collect::<String>()
        }
        other => panic!("{other:?}"),
    };
    let error = wrong(named("step", json!({"name": 3})).await);
    assert_eq!(error, "args: the argument name has the wrong form");
    assert_eq!(wrong(named("step", json!({})).await), "args: the argument name is missing");
    assert!(wrong(named("nonesuch", json!({})).await).starts_with("kind: there is no kind"));
    let args = &app.db.read(move |conn| get(conn, &queued.id)).await.unwrap().args;
    assert_eq!(args["does"], "succeed", "defaults are filled in");
}

#[test]
#[should_panic(expected = "two kinds of task have the name plain")]
fn two_kinds_of_one_name_are_refused() {
    drop(Registry::new().with::<Plain>().with::<Plain>());
}

#[test]
fn waits_double_up_to_an_hour() {
    let seconds = |attempt, jitter| wait(attempt, jitter).num_seconds();
    assert_eq!([1, 2, 3, 6, 7, 99].map(|it| seconds(it, 0.5)), [60, 120, 240, 1920, 3600, 3600]);
    assert_eq!((seconds(1, 0.0), seconds(1, 1.0)), (48, 72));
    assert_eq!(seconds(7, 1.0), 3600);
}

#[tokio::test]
async fn operators_retry_cancel_delete_and_purge() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    let soon = Step { debounce: Some("a".into()), ..Step::new("soon", Does::Succeed) };
    let ids = queue(&app, vec![soon.clone(), Step::new("two", Does::Succeed)]).await;
    let [first, second] = [ids[0].clone(), ids[1].clone()];
    app.db
        .write(move |tx| {
            assert!(matches!(retry(tx, &first), Err(Error::Conflict(_))));
            assert_eq!(cancel(tx, &first)?.state, State::Cancelled);
            assert!(matches!(cancel(tx, &first), Err(Error::Conflict(_))));
            assert!(tx.enqueue(&soon)?, "a cancelled task gives its debouncing key back");
            assert_eq!(list(tx, Some(State::Cancelled), Some("step"), None, 10)?.len(), 1);
            assert_eq!(list(tx, Some(State::Dead), None, None, 10)?.len(), 0);
            let task = retry(tx, &first)?;
            assert_eq!((task.state, task.attempts, task.error), (State::Pending, 0, None));
            assert_eq!(list(tx, Some(State::Pending), None, Some(&second), 10)?.len(), 1);

            let taken = take_one(tx, "me", &second)?.unwrap();
            assert!(take_one(tx, "me", &second)?.is_none());
            assert!(matches!(cancel(tx, &second), Err(Error::Conflict(_))));
            assert!(matches!(delete(tx, &second), Err(Error::Conflict(_))));
            let stats = &kinds(tx, &registry(), tx.now())?[1];
            assert_eq!((stats.kind.as_str(), stats.pending, stats.running), ("step", 2, 1));

            let run =
                |outcome| Finished { delivery: taken.clone(), started_at: tx.now(), finished_at: tx.now(), outcome };
            let failed = run(Outcome::failed("why", &taken, tx.now(), 0.5));
            failed.record(tx)?;
            failed.settle(tx)?;
            let task = get(tx, &second)?;
            assert_eq!((task.state, task.error.as_deref()), (State::Failed, Some("why")));
            assert!(task.run_at.since(tx.now()) > Duration::seconds(58));
            let dead = run(Outcome::dead("enough"));
            dead.record(tx)?;
            dead.settle(tx)?;
            let task = get_with_runs(tx, &second)?;
            assert_eq!((task.task.state, task.runs.len()), (State::Dead, 2));
            assert_eq!(task.runs[1].error.as_deref(), Some("enough"));
            let stats = &kinds(tx, &registry(), tx.now())?[1];
            assert_eq!((stats.dead, stats.failed, stats.done_24h, stats.failed_24h), (1, 0, 0, 2));
            assert!(stats.run_ms.is_some());

            assert_eq!(purge(tx, State::Dead, 1, 100)?, 0);
            assert!(matches!(purge(tx, State::Failed, 1, 100), Err(Error::Invalid(_))));
            tx.execute("UPDATE Jobs SET done_at = done_at - 90000", [])?;
            assert_eq!(purge(tx, State::Done, 1, 100)?, 0);
            assert_eq!(purge(tx, State::Dead, 1, 100)?, 1);
            assert_eq!(tx.query_row("SELECT count(*) FROM task_attempts", [], |row| row.get::<_, i64>(0))?, 0);
            delete(tx, &first)?;
            assert!(matches!(get(tx, &first), Err(Error::NotFound("task"))));
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_worker_of_the_future_counts_from_now() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path());
    app.db
        .write(|tx| {
            for (name, ahead) in [("lost before the clock was set back", 3600), ("lives", 0), ("lost", -60)] {
                enlist(tx, name)?;
                tx.execute("UPDATE Workers SET last_seen = unixepoch() + ?2 WHERE id = ?1", (name, ahead))?;
            }
            beat(tx, "lives", 6)?;
            let ahead = "SELECT group_concat(unixepoch() - last_seen > 30) FROM (SELECT * FROM Workers ORDER BY id)";
            let of_future = "SELECT count(*) FROM Workers WHERE last_seen > unixepoch()";
            assert_eq!(tx.query_row(of_future, [], |row| row.get::<_, i64>(0))?, 0);
            assert_eq!(tx.query_row(ahead, [], |row| row.get::<_, String>(0))?, "0,1,0", "who is lost stays so");
            Ok(())
        })
        .await
        .unwrap();
}
