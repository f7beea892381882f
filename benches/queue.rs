//! How many tasks a second the queue carries to completion, and how soon after its commit a task starts.
//!
//! Plain figures instead of criterion's statistics: what is measured is a whole run over a database file of its own.

use std::{
    env,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use careerd::{
    platform::{
        app::App,
        config::Config,
        task::{Registry, Task, store},
    },
    worker,
};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

/// Does nothing.
#[derive(Serialize, Deserialize)]
struct Nothing {
    number: u32,
}

impl Task for Nothing {
    const KIND: &'static str = "nothing";
    const RETRIES: u32 = 1;

    async fn run(self, _: Arc<App>) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Does nothing; tells by its record when it was started.
#[derive(Serialize, Deserialize)]
struct Note {
    committed: u64,
}

impl Task for Note {
    const KIND: &'static str = "note";
    const RETRIES: u32 = 1;

    async fn run(self, app: Arc<App>) -> anyhow::Result<()> {
        let waited = micros().saturating_sub(self.committed);
        app.db
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO cached (key, json, made_at, expires_at) VALUES (hex(randomblob(8)), ?1, 0, 0)",
                    [waited.to_string()],
                )?;
                Ok(())
            })
            .await?;
        Ok(())
    }
}

fn micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

fn setting(name: &str, default: u32) -> u32 {
    env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(default)
}

fn open(dir: &tempfile::TempDir) -> anyhow::Result<Arc<App>> {
    App::open(Config { data_dir: dir.path().to_owned(), ..Config::default() }, |_, _| Ok(()))
}

fn start(app: &Arc<App>, concurrency: usize) -> (oneshot::Sender<()>, tokio::task::JoinHandle<anyhow::Result<()>>) {
    let registry = Arc::new(Registry::new().with::<Nothing>().with::<Note>());
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(worker::run(app.clone(), registry, concurrency, async {
        drop(stopped.await);
    }));
    (stop, running)
}

async fn left(app: &App) -> anyhow::Result<u32> {
    let sql = "SELECT count(*) FROM Jobs WHERE status IN ('Pending', 'Queued', 'Running', 'Failed')";
    Ok(app.db.read(move |conn| Ok(conn.query_row(sql, [], |row| row.get(0))?)).await?)
}

async fn throughput(tasks: u32, concurrency: usize) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let app = open(&dir)?;
    let queueing = Instant::now();
    app.db.write(move |tx| (0..tasks).try_for_each(|number| tx.enqueue(&Nothing { number }).map(drop))).await?;
    let queued = queueing.elapsed();
    let begun = Instant::now();
    let (stop, running) = start(&app, concurrency);
    while left(&app).await? > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = begun.elapsed();
    let _ = stop.send(());
    running.await??;
    println!(
        "{tasks} tasks, {concurrency} at a time: queued at {:.0}/s, done at {:.0}/s",
        f64::from(tasks) / queued.as_secs_f64(),
        f64::from(tasks) / took.as_secs_f64()
    );
    Ok(())
}

async fn latency(samples: u32) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let app = open(&dir)?;
    let (stop, running) = start(&app, 4);
    tokio::time::sleep(Duration::from_millis(500)).await;
    for _ in 0..samples {
        // Not known before the commit: the task is told the moment at which its transaction was about to end.
        app.db.write(|tx| tx.enqueue(&Note { committed: micros() }).map(drop)).await?;
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    while left(&app).await? > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let _ = stop.send(());
    running.await??;
    let (mut waits, stats) = app
        .db
        .read(move |conn| {
            let mut statement = conn.prepare("SELECT CAST(json AS INTEGER) FROM cached")?;
            let waits = statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
            Ok((waits, store::kinds(conn, &Registry::new(), careerd::platform::clock::Clock::default().now())?))
        })
        .await?;
    waits.sort_unstable();
    let at = |share: usize| waits.get(waits.len() * share / 100).map_or(0.0, |it| *it as f64 / 1000.0);
    println!(
        "{samples} tasks one by one: from inside the transaction to the start p50 {:.2} ms, p99 {:.2} ms",
        at(50),
        at(99)
    );
    println!("{:?}", stats.iter().map(|it| (it.kind.as_str(), it.wait_ms, it.run_ms)).collect::<Vec<_>>());
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let tasks = setting("TASKS", 20_000);
    for concurrency in [1, 4, 16, 64] {
        throughput(tasks, concurrency).await?;
    }
    latency(200).await
}
