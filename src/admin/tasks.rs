//! Background work that reaches into every room.

use std::sync::Arc;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::service;
use crate::{
    mail,
    platform::{
        app::App,
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
