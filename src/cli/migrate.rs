//! The schema of the database.

use clap::Args;

use crate::platform::{config::Config, db::Db, migrations};

/// Brings the database to this version.
#[derive(Args)]
pub struct MigrateArgs {
    /// Only tell which migrations were applied and which wait.
    #[arg(long)]
    status: bool,
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
    for migration in migrations::status(&path)? {
        say!("{:24} {}", migration.name, migration.applied.as_deref().unwrap_or("waits"));
    }
    Ok(())
}
