//! Serving, and working on the queue.

use std::{
    io::IsTerminal as _,
    net::{IpAddr, TcpListener},
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use rocket::fairing::AdHoc;
use tokio::sync::oneshot;
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use super::{load, runtime, seed};
use crate::{
    jobs::matching::OpenJobs,
    platform::{
        app::App,
        config::{Config, LogLevel, Overrides, Transport},
        edge::log_file,
    },
    reactions, router, schedule, upkeep, worker,
};

/// How often what calls leave behind is written.
const FLUSH: Duration = Duration::from_secs(3);

/// Serves the API and the pages.
#[derive(Args)]
pub struct ServeArgs {
    /// Fill an empty instance with invented people and jobs first.
    #[arg(long)]
    demo: bool,
    /// Only answer calls: neither tasks nor schedule run here.
    #[arg(long)]
    no_worker: bool,
    /// The address to listen on.
    #[arg(long)]
    address: Option<IpAddr>,
    /// The port to listen on.
    #[arg(long)]
    port: Option<u16>,
}

/// Runs background tasks.
#[derive(Args)]
pub struct WorkerArgs {
    /// How many tasks run at once.
    #[arg(long)]
    concurrency: Option<u32>,
}

/// Serves until a signal asks it to stop.
///
/// # Errors
/// Says what keeps it from starting.
pub fn serve(overrides: Overrides, args: &ServeArgs) -> anyhow::Result<()> {
    let mut loaded = load(Overrides { address: args.address, port: args.port, ..overrides })?;
    start_log(&loaded.config, &loaded.warnings)?;
    if args.demo && loaded.config.mail.transport == Transport::Auto {
        // Nobody invented has a mailbox.
        loaded.config.mail.transport = Transport::File;
    }
    let (address, port) = (loaded.config.server.address, loaded.config.server.port);
    // Told before anything is made; the port is free again at once.
    drop(TcpListener::bind((address, port)).with_context(|| format!("cannot serve on {address} port {port}"))?);
    let is_new = !loaded.config.database_path().exists();
    runtime()?.block_on(async {
        let app = App::open(loaded.config, reactions::react)?;
        if is_new {
            tell_of_new(&app);
        }
        upkeep::at_start(&app).await?;
        if args.demo {
            demo(&app).await?;
        }
        let url = app.public_url();
        let rocket = router::rocket(app.clone())?.attach(AdHoc::on_liftoff("told", move |_| {
            Box::pin(async move {
                println!("careerd serves on {url}");
                println!("  the interface: {url}/api/docs/");
            })
        }));
        let rocket = rocket.ignite().await.map_err(|error| anyhow::anyhow!("cannot serve: {}", error.kind()))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let (shutdown, stopping) = (rocket.shutdown(), rocket.shutdown());
        // The worker begins to stop with the server, not after its last connection.
        let asked = async move {
            tokio::select! {
                _ = stopped => {}
                () = shutdown => {}
            }
        };
        let tasks = (!args.no_worker).then(|| tokio::spawn(run_worker(app.clone(), asked)));
        let flushing = tokio::spawn(flush_forever(app.clone()));
        // Whoever asks before it is built waits for it.
        let building = tokio::spawn(build_index(app.clone()));
        let answered = async {
            stopping.await;
            app.calls.over().await;
        };
        let launched = tokio::select! {
            launched = rocket.launch() => launched
                .map(drop)
                .map_err(|error| anyhow::anyhow!("cannot serve on {address} port {port}: {}", error.kind())),
            // The framework closes connections that are only kept open at once, but waits for its whole grace all the same.
            () = answered => Ok(()),
        };

        drop(stop);
        flushing.abort();
        building.abort();
        if let Some(tasks) = tasks {
            tasks.await.context("the worker did not stop in order")??;
        }
        upkeep::flush(&app).await?;
        app.db.close();
        launched
    })
}

/// Works on the queue until a signal asks it to stop.
///
/// # Errors
/// Says what keeps it from starting.
pub fn work(overrides: Overrides, args: &WorkerArgs) -> anyhow::Result<()> {
    let loaded = load(Overrides { concurrency: args.concurrency, ..overrides })?;
    start_log(&loaded.config, &loaded.warnings)?;
    runtime()?.block_on(async {
        let app = App::open(loaded.config, reactions::react)?;
        upkeep::at_start(&app).await?;
        println!("careerd works on the queue of {}", app.config.data_dir.display());
        let signal = async {
            if let Err(error) = wait_for_signal().await {
                tracing::error!("signals cannot be heard: {error}");
            }
        };
        run_worker(app.clone(), signal).await?;
        app.db.close();
        Ok(())
    })
}

async fn run_worker(app: Arc<App>, stop: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
    let concurrency = app.config.worker.concurrency as usize;
    let schedule = tokio::spawn(schedule::run(app.clone()));
    let worked = worker::run(app, Arc::new(worker::registry()), concurrency, stop).await;
    schedule.abort();
    worked
}

async fn wait_for_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminated.recv() => {}
    }
    Ok(())
}

async fn build_index(app: Arc<App>) {
    if let Err(error) = OpenJobs::build(&app).await {
        tracing::warn!("the index of open postings was not built ahead: {error}");
    }
}

async fn flush_forever(app: Arc<App>) {
    loop {
        tokio::time::sleep(FLUSH).await;
        if let Err(error) = upkeep::flush(&app).await {
            tracing::warn!("what calls left behind was not written: {error}");
        }
    }
}

/// Fills an empty instance and tells who can sign in.
async fn demo(app: &Arc<App>) -> anyhow::Result<()> {
    if !seed::is_empty(app).await? {
        println!("There are accounts already, so nothing was invented.");
        return Ok(());
    }
    seed::fill(app, seed::SeedArgs::DEMO).await?;
    println!("Accounts of the demo, all with the password {}:", seed::PASSWORD);
    println!(
        "  user1 (admin), user2 (recruiter), user3 (instructor), user10 (moderator), the others up to user40 (members);\n  \
         user3 to user8 have a résumé"
    );
    Ok(())
}

fn tell_of_new(app: &App) {
    println!("A new instance was made in {}: database, keys and folders.", app.config.data_dir.display());
    println!("Make the first admin: careerd user create --username NAME --email ADDRESS --admin --password-stdin");
}

/// Lines for people go to standard error, errors as JSON also to logs/errors.log.
fn start_log(config: &Config, warnings: &[String]) -> anyhow::Result<()> {
    let level = match config.log.level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    let filter = EnvFilter::new(format!("{level},rocket=off,hyper=warn,sqlx=warn,refinery_core=warn"));
    // The framework calls each unknown address an error; what is one stands in the house's own words.
    let of_house = Targets::new().with_target("rocket", LevelFilter::OFF).with_default(LevelFilter::ERROR);
    let errors = log_file(config, "errors.log")?;
    tracing_subscriber::registry()
        .with(
            tracing_subscriber::fmt::layer()
                .with_writer(std::io::stderr)
                .with_ansi(std::io::stderr().is_terminal())
                .with_target(false)
                .with_filter(filter),
        )
        .with(tracing_subscriber::fmt::layer().json().with_writer(Mutex::new(errors)).with_filter(of_house))
        .try_init()
        .context("the log was started twice")?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    Ok(())
}
