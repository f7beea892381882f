//! The index in the background.

use std::sync::Arc;

use anyhow::Result as AnyResult;
use serde::{Deserialize, Serialize};

use super::service;
use crate::platform::{
    app::App,
    task::{Key, Task},
};

/// Makes the index anew from the rows. Meanwhile less is found.
#[derive(Debug, Serialize, Deserialize)]
pub struct RebuildSearchIndex {}

impl Task for RebuildSearchIndex {
    const KIND: &'static str = "rebuild_search_index";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let mut next = Some((0, 0));
        while let Some(at) = next {
            next = app.db.write(move |tx| service::rebuild(tx, at)).await?;
        }
        Ok(())
    }
}
