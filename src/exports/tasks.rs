//! Archives in the background.

use std::sync::Arc;

use anyhow::Result;
use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{Export, content, service};
use crate::{
    platform::{
        app::App,
        id::Id,
        task::{Key, Task},
    },
    users::User,
};

/// Puts everything that is kept of somebody into an archive, and tells them when it is ready.
#[derive(Debug, Serialize, Deserialize)]
pub struct BuildUserExport {
    /// Whose data.
    pub user: Id<User>,
    /// The archive that was asked for; without it a new one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<Id<Export>>,
}

impl Task for BuildUserExport {
    const KIND: &'static str = "build_user_export";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        self.export.map_or(Key::None, |export| Key::Once(format!("{}:{export}", self.user)))
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        let (user, files) = (self.user, app.files.clone());
        let Some(export) = self.export else {
            app.db.write(move |tx| service::start(tx, user, &files)).await?;
            return Ok(());
        };
        if !app.db.read(move |conn| service::wanted(conn, user, export)).await? {
            return Ok(());
        }
        let now = app.clock.now();
        let built = app.db.read(move |conn| Ok(content::build(conn, &files, user, now)?)).await?;
        let keep = Duration::seconds(app.config.retention.exports.as_secs());
        app.db.write(move |tx| service::finish(tx, user, export, built, keep)).await?;
        Ok(())
    }
}
