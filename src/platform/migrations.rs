//! The schema: refinery owns all of it, in the files under `migrations/`.

use std::path::Path;

use anyhow::Context as _;
use rusqlite::Connection;
use serde::Serialize;

use super::{clock::Timestamp, db::connect};

refinery::embed_migrations!("migrations");

/// Brings a file to the newest schema.
///
/// # Errors
/// It was written by a newer careerd, or a migration fails.
pub(super) fn migrate(conn: &mut Connection) -> anyhow::Result<()> {
    migrations::runner()
        .set_abort_divergent(true)
        .set_abort_missing(true)
        .run(conn)
        .context("the database could not be brought to this version's schema")?;
    Ok(())
}

/// One migration and when it was applied to a file.
#[derive(Serialize)]
pub struct Migration {
    /// As in the file name: `V01__users`.
    pub name: String,
    /// When; none when it still has to run.
    pub applied: Option<Timestamp>,
}

/// The migrations of this program against the file, in order, without running any.
///
/// # Errors
/// The file exists but cannot be read.
pub fn status(path: &Path) -> anyhow::Result<Vec<Migration>> {
    let applied = if path.exists() {
        let mut conn = connect(path)?;
        migrations::runner().get_applied_migrations(&mut conn).unwrap_or_default()
    } else {
        vec![]
    };
    Ok(migrations::runner()
        .get_migrations()
        .iter()
        .map(|known| Migration {
            name: known.to_string(),
            applied: applied
                .iter()
                .find(|it| it.version() == known.version())
                .and_then(|it| it.applied_on())
                .map(|at| Timestamp::from_seconds(at.unix_timestamp())),
        })
        .collect())
}

/// The number of the newest migration of this program.
pub fn newest() -> i64 {
    migrations::runner().get_migrations().iter().map(|it| i64::from(it.version())).max().unwrap_or(0)
}
