//! `careerd task top`: how each kind of task is doing, again and again.

use std::{
    io::{IsTerminal as _, Write},
    time::Duration,
};

use super::task::{plain, print_json};
use crate::platform::{
    app::App,
    task::{
        Registry,
        store::{self, KindStats, Percentiles, State, TaskRow},
    },
};

/// How many running tasks are shown.
const RUNNING: u32 = 10;
/// Clears the screen and goes to its first place.
const CLEAR: &str = "\x1b[2J\x1b[H";

/// Prints the kinds that have something to tell: once as JSON or where no person watches, else until interrupted.
pub(super) async fn watch(
    app: &App,
    registry: &std::sync::Arc<Registry>,
    json: bool,
    interval: u64,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    loop {
        let (known, now) = (registry.clone(), app.clock.now());
        let look = app.db.read(move |conn| {
            let running = store::list(conn, Some(State::Running), None, None, RUNNING)?;
            Ok((store::kinds(conn, &known, now)?, running, store::has_worker(conn)?))
        });
        let (mut kinds, running, served) = look.await.map_err(plain)?;
        if json {
            return print_json(out, &kinds);
        }
        kinds.retain(|it| it.paused || it.pending + it.running + it.failed + it.dead + it.done_24h + it.failed_24h > 0);
        let is_live = std::io::stdout().is_terminal();
        if is_live {
            write!(out, "{CLEAR}")?;
        }
        print(out, &kinds, &running, served, &now.to_string())?;
        out.flush()?;
        if !is_live {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(interval)).await;
    }
}

fn print(out: &mut dyn Write, kinds: &[KindStats], running: &[TaskRow], served: bool, now: &str) -> anyhow::Result<()> {
    writeln!(out, "{now}  {}", if served { "a worker is there" } else { "no worker is running" })?;
    writeln!(
        out,
        "{:32} {:>7} {:>7} {:>6} {:>5} {:>8} {:>8} {:>17} {:>17}",
        "KIND", "PENDING", "RUNNING", "FAILED", "DEAD", "DONE 24H", "FAIL 24H", "WAIT MS P50/P99", "RUN MS P50/P99"
    )?;
    for it in kinds {
        writeln!(
            out,
            "{:32} {:>7} {:>7} {:>6} {:>5} {:>8} {:>8} {:>17} {:>17}{}",
            it.kind,
            it.pending,
            it.running,
            it.failed,
            it.dead,
            it.done_24h,
            it.failed_24h,
            shown(it.wait_ms),
            shown(it.run_ms),
            if it.paused { "  paused" } else { "" }
        )?;
    }
    for it in running {
        writeln!(out, "running {} {} since {}", it.id, it.kind, it.started_at.unwrap_or_default())?;
    }
    Ok(())
}

fn shown(times: Option<Percentiles>) -> String {
    times.map_or_else(String::new, |it| format!("{:.1}/{:.1}", it.p50, it.p99))
}
