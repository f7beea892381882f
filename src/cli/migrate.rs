//! The schema of the database.

use clap::Args;

use crate::platform::{config::Config, db::Db, migrations};

/// Brings the database to this version.
#[derive(Args)]
#[command(after_help = "Examples:\n  careerd migrate\n  careerd migrate --status --json")]
pub struct MigrateArgs {
    /// Only tell which migrations were applied and which wait.
    #[arg(long)]
    status: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Migrates, or tells where the file stands.
///
/// # Errors
/// The file cannot be opened or was written by a newer version.
pub fn run(config: Config, args: &MigrateArgs) -> anyhow::Result<()> {
    let path = config.database_path();
    if !args.status {
        std::fs::create_dir_all(&config.data_dir)?;
        Db::open(&path, std::sync::Arc::default(), crate::reactions::react)?.close();
    }
    let migrations = migrations::status(&path)?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&migrations)?);
        return Ok(());
    }
    for migration in migrations {
        say!("{:24} {}", migration.name, migration.applied.map_or_else(|| "waits".into(), |at| at.to_string()));
    }
    Ok(())
}
