//! Removing for good, in the background.

use std::sync::Arc;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{Kind, service};
use crate::platform::{
    app::App,
    task::{Key, Task},
};

/// Things removed in one commit.
const AT_ONCE: u32 = 100;

/// Removes for good what was deleted 90 days ago.
#[derive(Serialize, Deserialize)]
pub struct PurgeDeleted {}

impl Task for PurgeDeleted {
    const KIND: &'static str = "purge_deleted";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        for &kind in Kind::ALL {
            loop {
                let files = app.files.clone();
                if app.db.write(move |tx| service::purge(tx, kind, AT_ONCE, &files)).await? < AT_ONCE as usize {
                    break;
                }
            }
        }
        Ok(())
    }
}
