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
                let last = app.db.write(move |tx| service::erase(tx, &files, &base, user)).await?;
                // What is erased stays erased whatever becomes of the mail; its record says why it did not leave.
                if let Some(Err(error)) = deliver(&app, last).await {
                    tracing::warn!(%user, "the mail about an erased account did not leave: {error:#}");
                }
            }
        }
    }
}

async fn deliver(app: &App, last: Option<mail::Written>) -> Option<Result<()>> {
    match last {
        Some(written) => Some(mail::deliver(app, written).await),
        None => None,
    }
}
