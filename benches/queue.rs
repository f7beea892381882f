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
        clock::Clock,
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
    number: i64,
}

impl Task for Note {
    const KIND: &'static str = "note";
    const RETRIES: u32 = 1;

    async fn run(self, app: Arc<App>) -> anyhow::Result<()> {
        let started = micros();
        app.db
            .write(move |tx| {
                let sql = "INSERT INTO cached (key, json, made_at, expires_at) VALUES (?1, '0', ?2, 0)";
                tx.execute(sql, (self.number.to_string(), started))?;
                Ok(())
            })
            .await?;
        Ok(())
    }
}

fn micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn setting(name: &str, default: u32) -> u32 {
    env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(default)
}

fn open(dir: &tempfile::TempDir) -> anyhow::Result<Arc<App>> {
    App::open(Config { data_dir: dir.path().to_owned(), ..Config::default() }, |_, _| Ok(()))
}

fn registry() -> Registry {
    Registry::new().with::<Nothing>().with::<Note>()
}

fn start(app: &Arc<App>, concurrency: usize) -> (oneshot::Sender<()>, tokio::task::JoinHandle<anyhow::Result<()>>) {
    let registry = Arc::new(registry());
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
    let mut committed = Vec::new();
    for number in 0..samples {
        app.db.write(move |tx| tx.enqueue(&Note { number: number.into() }).map(drop)).await?;
        committed.push(micros());
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    while left(&app).await? > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let _ = stop.send(());
    running.await??;
    let now = Clock::default().now();
    let (started, stats) = app
        .db
        .read(move |conn| {
            let mut statement = conn.prepare("SELECT made_at FROM cached ORDER BY CAST(key AS INTEGER)")?;
            let started = statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
            Ok((started, store::kinds(conn, &registry(), now)?))
        })
        .await?;
    let mut waits: Vec<i64> = started.iter().zip(&committed).map(|(started, committed)| started - committed).collect();
    waits.sort_unstable();
    let at = |share: usize| waits.get(waits.len() * share / 100).map_or(0.0, |it| *it as f64 / 1000.0);
    println!("{samples} tasks one by one: from the commit to the start p50 {:.2} ms, p99 {:.2} ms", at(50), at(99));
    for it in stats.iter().filter(|it| it.kind == Note::KIND) {
        println!("as the monitor counts it: waited {:?}, ran {:?}", it.wait_ms, it.run_ms);
    }
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
