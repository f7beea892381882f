//! Background work that reaches into every room.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{service, store};
use crate::{
    mail,
    platform::{
        app::App,
        files::Kind,
        picture,
        task::{Key, Task},
    },
    users::leaving,
};

/// Accounts that one look for them erases at most, each in a commit of its own.
const AT_ONCE: i64 = 500;

/// Erases accounts that were left and not restored in time.
#[derive(Serialize, Deserialize)]
pub struct EraseAccounts {}

impl Task for EraseAccounts {
    const KIND: &'static str = "erase_accounts";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Debounce("all".into())
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        loop {
            let now = app.clock.now();
            let due = app.db.read(move |conn| leaving::store::due(conn, now, AT_ONCE)).await?;
            if due.is_empty() {
                return Ok(());
            }
            for user in due {
                let (files, base) = (app.files.clone(), app.public_url());
                let last = app.db.write(move |tx| service::erase_due(tx, &files, &base, user)).await?;
                deliver(&app, last).await;
            }
        }
    }
}

/// Sends the mail about an erased account. What is erased stays erased whatever becomes of it; its record says why it did not
/// leave.
pub(super) async fn deliver(app: &App, last: Option<mail::Written>) {
    if let Some(written) = last
        && let Err(error) = mail::deliver(app, written).await
    {
        tracing::warn!("the mail about an erased account did not leave: {error:#}");
    }
}

/// How old a file that no row names is before it counts as left over: its row may be about to be written.
const UNCLAIMED: Duration = Duration::from_secs(24 * 3600);
/// Files that one commit looks at.
const BATCH: usize = 100;

/// Removes a picture that nothing shows any more; without an address every left-over file, as crashes leave them.
#[derive(Serialize, Deserialize)]
pub struct RemoveUnusedFiles {
    /// The address of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Task for RemoveUnusedFiles {
    const KIND: &'static str = "remove_unused_files";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Debounce(self.address.clone().unwrap_or_default())
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        if let Some(address) = &self.address {
            let Some((kind, name)) = picture::file_of(address) else { return Ok(()) };
            let (files, name) = (app.files.clone(), name.to_owned());
            app.db.write(move |tx| service::remove_unused(tx, &files, kind, &[name])).await?;
            return Ok(());
        }
        // Résumés have a cleaning of their own, which knows more of them.
        for kind in Kind::ALL.into_iter().filter(|it| *it != Kind::Resume) {
            remove_left_over(&app, kind).await?;
        }
        Ok(())
    }
}

async fn remove_left_over(app: &App, kind: Kind) -> Result<()> {
    let before = SystemTime::from(app.clock.now().datetime()) - UNCLAIMED;
    let files = app.files.clone();
    let listed = tokio::task::spawn_blocking(move || files.list(kind)).await??;
    let old: Vec<String> = listed.into_iter().filter(|(_, at)| *at < before).map(|(name, _)| name).collect();
    let unnamed = app.db.read(move |conn| {
        let mut unnamed = vec![];
        for name in old {
            if !store::is_named(conn, kind, &name)? {
                unnamed.push(name);
            }
        }
        Ok(unnamed)
    });
    let unnamed = unnamed.await?;
    for some in unnamed.chunks(BATCH) {
        let (files, some) = (app.files.clone(), some.to_vec());
        app.db.write(move |tx| service::remove_unused(tx, &files, kind, &some)).await?;
    }
    if !unnamed.is_empty() {
        tracing::info!("{} files of {} were left over and removed", unnamed.len(), kind.folder());
    }
    Ok(())
}
