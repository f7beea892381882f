//! Runs tasks: in the background by the queue library ([`run`]), or here and now ([`drain`], [`run_one`]).
//!
//! Both ways go through `policy`, which alone decides what a failure means. The library hands out rows, keeps them from
//! being run twice and takes over those of workers that are gone. It is left nothing else: a payload that it could not read
//! would end its worker, it would repeat a failed task without a wait, and a panic would leave the row running for good.

use std::{
    convert::Infallible,
    future::Future,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use apalis::prelude::{
    AbortError, BackendExt, BoxDynError, Data, FromRequest, Monitor, Task as Delivered, WorkerBuilder,
};
use apalis_sqlite::Config;
use serde_json::Value;
use sqlx::{
    ConnectOptions, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};
use ulid::Ulid;

use crate::platform::{
    app::App,
    task::{
        QUEUE, Registry,
        delivery::{self, Delivery, Outcome},
    },
};

mod direct;
mod policy;
mod registry;
mod storage;
#[cfg(test)]
mod tests;
mod wake;

pub use direct::{Drained, drain, run_one};
use policy::Policy;
pub use registry::registry;
use storage::Storage;

/// A worker that was not heard of for twice this long is taken for dead, and others run what it had.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long a stop waits for what runs. The rest waits again at once and is run by the next worker.
const GRACE: Duration = Duration::from_secs(20);
/// How often it is looked after that the heartbeats of a worker arrive.
const WATCH: Duration = Duration::from_secs(3);

/// Runs tasks in the background, `concurrency` at a time, until `stop` resolves; then finishes what runs.
///
/// # Errors
/// The database file cannot be opened.
pub async fn run(
    app: Arc<App>,
    registry: Arc<Registry>,
    concurrency: usize,
    stop: impl Future<Output = ()> + Send,
) -> anyhow::Result<()> {
    run_policy(Policy::new(app, registry), concurrency, stop).await
}

async fn run_policy(policy: Policy, concurrency: usize, stop: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
    let policy = Arc::new(policy);
    let app = policy.app().clone();
    let pool = connect(app.db.path()).await?;
    app.db.write(delivery::forget_lost_workers).await?;
    let names = Arc::new(Mutex::new(Vec::new()));
    let config = Config::default()
        .queue(QUEUE)
        .batch_size(concurrency.max(1))
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(2);
    let worker = {
        let (pool, app, policy, names) = (pool.clone(), app.clone(), policy.clone(), names.clone());
        move |restarts: usize| {
            let name = name();
            names.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
            let storage = Storage::new(&pool, config.clone(), app.db.turn())
                .before_start(move |_| async move {
                    tokio::time::sleep(pause(restarts)).await;
                    Ok(())
                })
                .poll_with_strategy(wake::OnCommit::new(app.db.queued()));
            WorkerBuilder::new(name).backend(storage).data(policy.clone()).build(handle)
        }
    };
    let stopping = async {
        stop.await;
        policy.stop();
        Ok(())
    };
    let ended = tokio::select! {
        ended = Monitor::new()
            .register(worker)
            .should_restart(|_, _| true)
            .shutdown_timeout(GRACE)
            .run_with_signal(stopping) => ended,
        // The library can miss that its worker has stopped, and would wait the whole time for nothing.
        () = policy.finished() => Ok(()),
        never = beat(&app, || newest(&names)) => match never {},
    };
    pool.close().await;
    policy.flush().await;
    let names = std::mem::take(&mut *names.lock().unwrap_or_else(PoisonError::into_inner));
    app.db.write(move |tx| names.iter().try_for_each(|name| delivery::leave(tx, name))).await?;
    ended.context("the worker ended")
}

fn newest(names: &Mutex<Vec<String>>) -> String {
    names.lock().unwrap_or_else(PoisonError::into_inner).last().cloned().unwrap_or_default()
}

/// The library's own connection: one, so that its writes queue up in this process and not at the file's lock. Its commits
/// need not be durable: what a crash takes back is fetched and run again.
async fn connect(path: &Path) -> anyhow::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(10))
        .synchronous(SqliteSynchronous::Normal)
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging();
    SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
        .with_context(|| format!("the worker cannot open {}", path.display()))
}

/// A name that no worker had before: a name that is used again within a heartbeat ends its worker.
fn name() -> String {
    let host =
        std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::env::var("HOSTNAME").map_err(drop));
    let host = host.unwrap_or_default();
    let host = if host.trim().is_empty() { "host" } else { host.trim() };
    format!("{host}-{}-{}", std::process::id(), Ulid::new())
}

/// How long a worker waits before its start, when it was started `restarts` times already.
fn pause(restarts: usize) -> Duration {
    if restarts == 0 { Duration::ZERO } else { Duration::from_secs(1) }
}

/// Says that this worker lives, whenever the library has not said so for too long: it does not while the worker stops, nor
/// while it waits for the file.
async fn beat(app: &App, worker: impl Fn() -> String) -> Infallible {
    loop {
        tokio::time::sleep(WATCH).await;
        let name = worker();
        if let Err(error) = app.db.write(move |tx| delivery::beat(tx, &name, HEARTBEAT.as_secs() + 1)).await {
            tracing::warn!("the heartbeat of a worker failed: {error}");
        }
    }
}

/// What the library knows of a task besides its payload.
struct Handed(Delivery);

impl FromRequest<Delivered<Value>> for Handed {
    type Error = Infallible;

    async fn from_request(task: &Delivered<Value>) -> Result<Self, Infallible> {
        Ok(Handed(Delivery {
            id: task.task_id().map(ToString::to_string).unwrap_or_default(),
            worker: task.lock_by().unwrap_or_default().to_owned(),
            // The library has counted this run already.
            attempt: u32::try_from(task.attempt()).unwrap_or(u32::MAX),
            max_attempts: task.max_attempts().and_then(|it| u32::try_from(it).ok()).unwrap_or(1),
            run_at: task.run_at().and_then(|it| i64::try_from(it).ok()).unwrap_or(0),
            key: task.idempotency_key().map(str::to_owned),
            payload: Value::Null,
        }))
    }
}

/// The library's handler. What it answers decides the state of the row.
async fn handle(payload: Value, Handed(delivery): Handed, policy: Data<Arc<Policy>>) -> Result<(), BoxDynError> {
    match policy.handle(Delivery { payload, ..delivery }).await {
        Outcome::Done => Ok(()),
        Outcome::Failed(error, _) | Outcome::Postponed(error, _) => Err(error.into()),
        Outcome::Dead(error) => Err(AbortError::new(error).into()),
    }
}
