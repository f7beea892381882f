//! Telling people in the background.

use std::sync::Arc;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{Notice, service};
use crate::platform::{
    app::App,
    task::{Key, Task},
};

/// Tells somebody something, if they want to hear of it.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendNotification(pub Notice);

impl Task for SendNotification {
    const KIND: &'static str = "send_notification";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Once(format!("{}:{}", self.0.user, self.0.key))
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        Ok(app.db.write(move |tx| service::tell(tx, self.0)).await?)
    }
}
