//! Backups in the background.

use std::sync::Arc;

use anyhow::Result as AnyResult;
use serde::{Deserialize, Serialize};

use super::service::{Folder, make};
use crate::{
    platform::{
        app::App,
        db::Tx,
        error::Result,
        task::{
            Key, Task,
            store::{self, TaskRow},
        },
    },
    users::audit::{self, By, Changes},
};

/// Makes a backup that was read back, and removes the oldest beyond the kept number.
#[derive(Serialize, Deserialize)]
pub struct BackupDatabase {}

impl Task for BackupDatabase {
    const KIND: &'static str = "backup_database";
    const RETRIES: u32 = 2;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let made = tokio::task::spawn_blocking(move || {
            let keep = usize::try_from(app.config.backup.keep).unwrap_or(usize::MAX);
            make(&app.config, &Folder::of(&app.config), app.clock.now(), Some(keep), &|_, _, _| {})
        });
        let backup = made.await??;
        tracing::info!("the backup {} of {} bytes was made and read back", backup.name, backup.bytes);
        Ok(())
    }
}

/// Asks for a backup; one that waits already is enough.
///
/// # Errors
/// Those of the database.
pub fn ask(tx: &Tx<'_>, by: By<'_>) -> Result<TaskRow> {
    let task = BackupDatabase {};
    let queued = tx.enqueue_as(&task, task.key())?;
    audit::record(tx, by, "backups.asked", ("task", &queued.id), Changes::none())?;
    store::get(tx, &queued.id)
}
