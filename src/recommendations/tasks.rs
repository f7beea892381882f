//! Recommendations in the background.

use std::sync::Arc;

use anyhow::Result as AnyResult;
use serde::{Deserialize, Serialize};

use super::service;
use crate::{
    platform::{
        app::App,
        id::Id,
        task::{Key, Task},
    },
    users::User,
};

const fn ten() -> usize {
    10
}

/// Computes the postings that fit somebody best, and keeps them for an hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecommendJobs {
    /// Whom.
    pub user: Id<User>,
    /// How many at least.
    #[serde(default = "ten")]
    pub limit: usize,
}

impl RecommendJobs {
    /// As many as are shown by default.
    pub const fn of(user: Id<User>) -> Self {
        Self { user, limit: ten() }
    }
}

impl Task for RecommendJobs {
    const KIND: &'static str = "recommend_jobs_async";
    const RETRIES: u32 = 2;

    fn key(&self) -> Key {
        Key::Debounce(self.user.to_string())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        Ok(service::prepare_jobs(&app, self.user, self.limit.min(100)).await?)
    }
}
