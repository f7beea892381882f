//! Backups, restoring them, and a thorough look at an instance.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use serde::Serialize;

use super::{is_quiet, progress::Progress, runtime};
use crate::{
    operations::{
        backup::{self, Folder},
        health,
    },
    platform::{app::App, config::Config},
    reactions,
};

/// Makes a backup.
#[derive(Args)]
#[command(after_help = "Examples:\n  careerd backup\n  careerd backup --to /mnt/disk/careerd --json")]
pub struct BackupArgs {
    /// Put it into this folder, where none is removed, instead of the data folder's backups.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Makes a data folder of a backup.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  careerd restore backups/careerd-20261122T010000.000Z.zip --to /srv/careerd\n  careerd restore FILE --to DIR --dry-run"
)]
pub struct RestoreArgs {
    /// The backup.
    file: PathBuf,
    /// The folder, which must be empty or not there yet.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Only read the backup through and compare its checksums.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Looks for what is wrong.
#[derive(Args)]
#[command(after_help = "Example:\n  careerd doctor --data-dir /srv/careerd")]
pub struct DoctorArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Makes a backup and reads it back. A server may run meanwhile.
///
/// # Errors
/// Says why there is none, and that nothing of it was left.
pub fn backup(config: Config, args: &BackupArgs) -> anyhow::Result<()> {
    let app = App::open(config, reactions::react)?;
    let (folder, keep) = match &args.to {
        Some(folder) => (Folder::at(folder), None),
        None => (Folder::of(&app.config), Some(usize::try_from(app.config.backup.keep)?)),
    };
    let progress = Progress::of_bytes(is_quiet(&app.config));
    let tell = |what, done, of| progress.of(what, done, of);
    let made = backup::make(&app.config, &folder, app.clock.now(), keep, &tell);
    drop(progress);
    app.db.close();
    let made = made?;
    if args.json {
        return print_json(&made);
    }
    say!("{} of {} bytes was made and read back.", folder.path(&made.name).display(), made.bytes);
    Ok(())
}

/// Makes a data folder of a backup and tells how many rows it has.
///
/// # Errors
/// Says what is wrong with the backup or the folder.
pub fn restore(args: &RestoreArgs, quiet: bool) -> anyhow::Result<()> {
    let progress = Progress::of_bytes(quiet);
    let tell = |what, done, of| progress.of(what, done, of);
    let receipt = backup::restore(&args.file, &args.to, args.dry_run, &tell);
    drop(progress);
    let receipt = receipt?;
    if args.json {
        return print_json(&receipt);
    }
    for (table, rows) in &receipt.tables {
        say!("{table:32} {rows:>10}");
    }
    let what = format!(
        "{} files of {} bytes, made by careerd {} at {}",
        receipt.files, receipt.bytes, receipt.version, receipt.made_at
    );
    match &receipt.restored_to {
        Some(folder) => say!("Restored to {}: {what}.", folder.display()),
        None => say!("The backup is whole: {what}. Nothing was written."),
    }
    Ok(())
}

/// Looks for what is wrong, and tells.
///
/// # Errors
/// Something is wrong.
pub fn doctor(config: Config, args: &DoctorArgs) -> anyhow::Result<()> {
    let app = App::open(config, reactions::react)?;
    let findings = runtime()?.block_on(health::examine(&app));
    app.db.close();
    let findings = findings?;
    if args.json {
        print_json(&findings)?;
    } else {
        for it in &findings {
            say!("{:4} {:14} {}", if it.ok { "ok" } else { "BAD" }, it.part, it.told.join("\n                    "));
        }
    }
    let bad = findings.iter().filter(|it| !it.ok).count();
    if bad > 0 {
        bail!("{bad} of {} parts are not in order", findings.len());
    }
    Ok(())
}

fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
