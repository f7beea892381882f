//! A thorough look at an instance, which changes nothing.

use std::{collections::HashSet, fs, os::unix::fs::PermissionsExt as _, path::Path, time::SystemTime};

use chrono::Duration;
use serde::Serialize;

use super::service;
use crate::{
    admin,
    operations::{
        backup::{self, Folder},
        recount,
    },
    platform::{
        app::App,
        error::Result,
        files::{Files, Kind},
        task::monitor,
    },
};

/// What one part of the look has found.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub part: &'static str,
    /// Whether it is as it must be.
    pub ok: bool,
    /// What was found, as sentences.
    pub told: Vec<String>,
}

impl Finding {
    fn of(part: &'static str, faults: Vec<String>, good: impl Into<String>) -> Self {
        let ok = faults.is_empty();
        Self { part, ok, told: if ok { vec![good.into()] } else { faults } }
    }
}

/// How old a file without a row is before it is told of: its row may be about to be written.
const UNCLAIMED: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
/// How many names are told of a kind.
const TOLD: usize = 5;
/// How old the newest good backup may be.
const BACKUP_DAYS: i64 = 2;

/// Looks at everything: takes as long as reading the whole database and listing all files does.
///
/// # Errors
/// The database cannot be read at all.
pub async fn examine(app: &App) -> anyhow::Result<Vec<Finding>> {
    let faults = app.db.read(backup::faults).await?;
    let mut findings = vec![Finding::of("database", faults, "Every page, index and reference is in order.")];
    findings.push(counters(app).await?);
    for kind in Kind::ALL {
        findings.push(files(app, kind).await?);
    }
    findings.push(permissions(app));
    findings.push(queue(app).await?);
    findings.push(backups(app)?);
    let failed = service::checks(app).await.into_iter().filter(|it| !it.ok);
    // A look at the command line is no reason for a worker to be there.
    let failed =
        failed.filter(|it| it.name != "tasks").map(|it| format!("The check of {} fails: {}.", it.name, it.figures));
    findings.push(Finding::of(
        "machine",
        failed.collect(),
        "There is room on the disk, and the database takes writes.",
    ));
    Ok(findings)
}

async fn counters(app: &App) -> Result<Finding> {
    let wrong = app.db.write(|tx| tx.undone(recount::rebuild)).await?;
    let faults = wrong.into_iter().filter(|(_, wrong)| *wrong > 0);
    let faults = faults
        .map(|(room, wrong)| format!("{wrong} figures of {room} are wrong; mend them with: careerd task run recount."));
    Ok(Finding::of("counters", faults.collect(), "Every counter equals the rows that it counts."))
}

/// Files without rows, and rows without files.
async fn files(app: &App, kind: Kind) -> anyhow::Result<Finding> {
    let before = SystemTime::from(app.clock.now().datetime()) - UNCLAIMED;
    let stored = list(&app.files, kind).await?;
    let rows = app.db.read(move |conn| admin::store::named(conn, kind)).await?;
    // Once more: a file that came meanwhile may have its row by now.
    let later = list(&app.files, kind).await?;
    let there: HashSet<&String> = stored.iter().chain(&later).map(|(name, _)| name).collect();
    let mut faults = vec![];
    let missing: Vec<&String> = rows.iter().filter(|it| !there.contains(it)).collect();
    if !missing.is_empty() {
        faults.push(format!("{} files that rows name are missing: {}.", missing.len(), some(&missing)));
    }
    let left: Vec<&String> =
        stored.iter().filter(|(name, at)| *at < before && !rows.contains(name)).map(|it| &it.0).collect();
    if !left.is_empty() {
        faults.push(format!("{} files belong to no row: {}.", left.len(), some(&left)));
    }
    Ok(Finding::of(kind.folder(), faults, format!("{} files, each with its row.", stored.len())))
}

async fn list(files: &Files, kind: Kind) -> anyhow::Result<Vec<(String, SystemTime)>> {
    let files = files.clone();
    Ok(tokio::task::spawn_blocking(move || files.list(kind)).await??)
}

fn some(names: &[&String]) -> String {
    let mut told: Vec<&str> = names.iter().take(TOLD).map(|it| it.as_str()).collect();
    if names.len() > TOLD {
        told.push("…");
    }
    told.join(", ")
}

/// What others on this machine may read and must not.
fn permissions(app: &App) -> Finding {
    let data = &app.config.data_dir;
    let keys = fs::read_dir(data.join("keys")).into_iter().flatten().flatten().map(|it| it.path());
    let private = [data.join("files"), data.join("keys"), data.join("backups"), app.config.database_path()];
    let open = private.into_iter().chain(keys).filter(|it| is_open(it) && !is_closed_above(it, data));
    let faults = open.map(|it| format!("{} can be read by others; close it with: chmod go-rwx.", it.display()));
    Finding::of("permissions", faults.collect(), "Nobody else on this machine can read what is private.")
}

fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o077 != 0)
}

/// Whether a closed data folder keeps others from it anyway.
fn is_closed_above(path: &Path, data: &Path) -> bool {
    path.starts_with(data) && !is_open(data)
}

async fn queue(app: &App) -> Result<Finding> {
    let now = app.clock.now();
    let depth = app.db.read(move |conn| monitor::depth(conn, now)).await?;
    let mut faults = vec![];
    if depth.dead > 0 {
        faults.push(format!("{} tasks were given up; see them with: careerd task list --state dead.", depth.dead));
    }
    if depth.oldest_wait_seconds > 3600 {
        let minutes = depth.oldest_wait_seconds / 60;
        faults.push(format!("A task has waited for {minutes} minutes; is a worker running?"));
    }
    if depth.held > 0 {
        faults.push(format!("{} tasks are of kinds that are paused; see them with: careerd task top.", depth.held));
    }
    Ok(Finding::of("queue", faults, format!("{} tasks wait, none was given up.", depth.pending)))
}

fn backups(app: &App) -> anyhow::Result<Finding> {
    let backups = Folder::of(&app.config).list()?;
    let mut faults: Vec<String> = backups
        .iter()
        .filter_map(|it| it.problem.as_ref().map(|problem| format!("The backup {} is not whole: {problem}.", it.name)))
        .collect();
    let newest = backups.iter().find(|it| it.verified);
    let old = newest.is_some_and(|it| app.clock.now().since(it.created_at) > Duration::days(BACKUP_DAYS));
    if old {
        faults.push("The newest good backup is older than two days.".into());
    }
    let good = newest.map_or_else(
        || "There is none yet; the schedule makes one each night, or: careerd backup.".to_owned(),
        |it| format!("{} are there, the newest is {}.", backups.len(), it.name),
    );
    Ok(Finding::of("backups", faults, good))
}
