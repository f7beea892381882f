//! The queue library's storage, as it was meant.
//!
//! The library's statements are used as they are. Its own `SqliteStorage` around them differs in three ways that cost too
//! much: it fetches a fixed number of tasks, and while some of them wait for a free place it neither sends heartbeats nor
//! acknowledges; any error of the file ends the worker and with it all that runs; and it begins and commits around single
//! statements, which is most of the time of a short task.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant, SystemTime},
};

use apalis::prelude::{Backend, Task as Delivered, WorkerContext};
use apalis_core::backend::{
    BackendConfig, WorkerFilter,
    finalize::Ephemeral,
    persistence::{Persisted, Persistence, TaskEvent, TaskPersistLayer},
};
use apalis_sqlite::{Config, Error, JsonCodec, queries};
use serde_json::Value;
use sqlx::SqlitePool;
use ulid::Ulid;

use crate::platform::db::Turn;

/// The wait after a first error of the file; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest wait after errors of the file.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The rows of one worker.
#[derive(Clone)]
struct Rows {
    pool: SqlitePool,
    /// Its batch size is the number of tasks that run at a time.
    config: Config,
    turn: Arc<Turn>,
    /// When it last said that it lives.
    heard: Moment,
}

/// A moment, by what ticks and by the clock.
type Moment = (Instant, SystemTime);

/// Whether the clock leapt forward between two moments, because it was set or the machine slept.
fn has_leapt(before: Moment, now: Moment, tolerance: Duration) -> bool {
    let passed = now.1.duration_since(before.1).unwrap_or_default();
    passed.saturating_sub(now.0.saturating_duration_since(before.0)) >= tolerance
}

impl Rows {
    /// Tries until it works: an error of the file passes, or is beyond what a worker can do about it.
    ///
    /// It goes on by itself when the library asks no more, as at a stop: what holds the turn must come to its end.
    async fn insist<T, F>(&self, what: &'static str, attempt: impl Fn(SqlitePool, Config) -> F + Send + 'static) -> T
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let Rows { pool, config, turn, .. } = self.clone();
        let done = tokio::spawn(async move {
            let mut pause = FIRST_PAUSE;
            loop {
                let my_turn = turn.lock().await;
                match attempt(pool.clone(), config.clone()).await {
                    Ok(done) => return done,
                    Err(error) => tracing::warn!("a worker could not {what}: {error}"),
                }
                drop(my_turn);
                tokio::time::sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
        });
        match done.await {
            Ok(done) => done,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The process ends, and with it whoever waits here.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Persistence for Rows {
    type Compact = Vec<u8>;
    type Response = Value;
    type Error = Error;

    async fn register(&mut self, worker: &WorkerContext) -> Result<(), Error> {
        let worker = worker.clone();
        self.insist("register", move |pool, config| {
            let worker = worker.clone();
            async move { Ok(queries::register_worker(&pool, &config, &worker, "careerd").await?) }
        })
        .await;
        Ok(())
    }

    async fn heartbeat(&mut self, worker: &WorkerContext) -> Result<(), Error> {
        let (worker, now) = (worker.clone(), (Instant::now(), SystemTime::now()));
        // Then all others seem lost; those that live are heard of before the next heartbeat.
        let has_leapt = has_leapt(std::mem::replace(&mut self.heard, now), now, self.config.heartbeat_interval);
        self.insist("send a heartbeat", move |pool, config| {
            let worker = worker.clone();
            async move {
                // Its row is missing when it slept for days.
                if queries::keep_alive(&pool, &config, &worker).await.is_err() {
                    queries::register_worker(&pool, &config, &worker, "careerd").await?;
                }
                if has_leapt {
                    tracing::warn!("the clock leapt forward; what other workers have is left to them");
                    return Ok(());
                }
                let dead_for = i64::try_from(config.orphaned_duration().as_secs()).unwrap_or(i64::MAX);
                let others = WorkerFilter::AllExcept(worker.name().to_owned());
                let taken_over = queries::reenqueue_orphaned(&pool, dead_for, config.queue.as_ref(), &others).await?;
                if taken_over > 0 {
                    tracing::warn!("{taken_over} tasks of lost workers wait again");
                }
                Ok(())
            }
        })
        .await;
        Ok(())
    }

    /// Fetches no more than can be started at once.
    async fn fetch_next(&mut self, worker: &WorkerContext) -> Result<Vec<Delivered<Vec<u8>>>, Error> {
        let free = self.config.batch_size.saturating_sub(worker.task_count());
        if free == 0 {
            return Ok(vec![]);
        }
        let worker = worker.clone();
        let fetched = self.insist("fetch", move |pool, config| {
            let worker = worker.clone();
            async move { queries::fetch_next(&pool, &Config { batch_size: free, ..config }, &worker).await }
        });
        Ok(fetched.await)
    }

    /// What is left when the worker ends is released by [`leave`](crate::platform::task::delivery::leave), which does not
    /// count it as a run.
    async fn reenqueue_abandoned(&mut self, tasks: Vec<Delivered<Vec<u8>>>, _: &WorkerContext) -> Result<u64, Error> {
        Ok(tasks.len() as u64)
    }

    async fn handle_events(&mut self, events: Vec<TaskEvent<Value>>, worker: &WorkerContext) -> Result<(), Error> {
        let (events, worker) = (Arc::new(events), worker.name().to_owned());
        if !events.iter().any(|event| matches!(event, TaskEvent::Complete(_))) {
            return Ok(());
        }
        self.insist("acknowledge", move |pool, _| {
            let (events, worker) = (events.clone(), worker.clone());
            async move {
                let ended: Vec<_> = events
                    .iter()
                    .filter_map(|event| match event {
                        TaskEvent::Complete(result) => Some(result),
                        _ => None,
                    })
                    .collect();
                Ok(queries::ack_tasks(&pool, &ended, &worker).await?)
            }
        })
        .await;
        Ok(())
    }

    async fn push_tasks(&mut self, tasks: Vec<Delivered<Vec<u8>>>) -> Result<(), Error> {
        let mut conn = self.pool.acquire().await?;
        queries::push_tasks(&mut *conn, self.config.queue.as_ref(), &tasks).await
    }
}

/// The queue as a backend of the library. Emits payloads as JSON; one that cannot be read is null.
pub struct Storage {
    rows: Persisted<Rows>,
}

impl Storage {
    /// The queue of `config`, over a pool of one connection that writes when it is its turn.
    pub fn new(pool: &SqlitePool, config: Config, turn: Arc<Turn>) -> Self {
        Self {
            rows: Persisted::new(Rows { pool: pool.clone(), config, turn, heard: (Instant::now(), SystemTime::now()) }),
        }
    }
}

impl Backend for Storage {
    type Task = Delivered<Value>;
    type Error = Error;

    fn poll_ready(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Error>> {
        let interval = self.rows.config.heartbeat_interval;
        self.rows.poll_ready(cx, worker, interval)
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Option<Result<Self::Task, Error>>> {
        let task = self.rows.poll_next(cx, worker);
        task.map_ok(|it| it.map_args(|payload| serde_json::from_slice(&payload).unwrap_or_default()))
    }

    fn poll_close(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Error>> {
        self.rows.poll_close(cx, worker)
    }
}

impl BackendConfig for Storage {
    type Args = Value;
    type Id = Ulid;
    type Kind = Ephemeral;
    type Config = Config;
    type Layer = TaskPersistLayer<JsonCodec<Value>, Value>;

    fn config(&self) -> &Config {
        &self.rows.config
    }

    /// A fetched row stays `Queued` while it runs: nothing needs the library's second statement that makes it `Running`.
    fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
        let places = self.rows.config.batch_size;
        self.rows.layer(JsonCodec::default(), places).persist_results(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_forward_has_leapt() {
        let (start, tolerance) = ((Instant::now(), SystemTime::now()), Duration::from_secs(5));
        let after =
            |ticks: u64, clock: u64| (start.0 + Duration::from_secs(ticks), start.1 + Duration::from_secs(clock));
        assert!(!has_leapt(start, after(5, 5), tolerance));
        assert!(!has_leapt(start, after(600, 601), tolerance), "a busy machine is no leap");
        assert!(has_leapt(start, after(5, 3605), tolerance));
        assert!(!has_leapt(after(5, 3605), after(10, 10), tolerance), "back is no leap forward");
    }
}
