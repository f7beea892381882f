//! Sessions in the background.

use std::sync::Arc;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::service;
use crate::platform::{
    app::App,
    task::{Key, Task},
};

/// Reminds both sides of sessions that begin within a day and within an hour, once each.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendSessionReminders {}

impl Task for SendSessionReminders {
    const KIND: &'static str = "send_session_reminders";
    const RETRIES: u32 = 2;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        // So many in a commit; what is reminded of is not due any more.
        while app.db.write(service::remind).await? > 0 {}
        Ok(())
    }
}
