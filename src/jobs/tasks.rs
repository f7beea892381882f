//! Postings in the background.

use std::sync::Arc;

use anyhow::Result as AnyResult;
use serde::{Deserialize, Serialize};

use super::service;
use crate::platform::{
    app::App,
    task::{Key, Task},
};

/// Closes every active posting whose deadline has passed.
#[derive(Debug, Serialize, Deserialize)]
pub struct CloseExpiredJobs {}

impl Task for CloseExpiredJobs {
    const KIND: &'static str = "close_expired_jobs";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        app.db.write(service::close_expired).await?;
        Ok(())
    }
}
