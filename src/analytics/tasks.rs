//! Figures in the background.

use std::sync::Arc;

use anyhow::Result as AnyResult;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    heatmap::HeatmapFilter,
    service::{self, Kept},
    store,
};
use crate::{
    platform::{
        app::App,
        error::Error,
        id::Id,
        task::{Hopeless, Key, Task},
    },
    users::User,
};

/// How many people one run looks after.
const PEOPLE: usize = 500;
/// How many of them share a commit: no other write waits long for it.
const AT_ONCE: usize = 20;

const fn thirty() -> i64 {
    30
}

/// Keeps the figures of platform, skills, courses, jobs and mentoring ready for an hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct CachePlatformAnalytics {}

impl Task for CachePlatformAnalytics {
    const KIND: &'static str = "cache_platform_analytics";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        Ok(service::keep(&app, &Kept::GROUPS).await?)
    }
}

/// Keeps the figures of somebody ready for an hour, or until they change.
#[derive(Debug, Serialize, Deserialize)]
pub struct CacheUserAnalytics {
    /// Whom.
    pub user: Id<User>,
}

impl Task for CacheUserAnalytics {
    const KIND: &'static str = "cache_user_analytics";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(self.user.to_string())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        Ok(app.db.write(move |tx| service::keep_person(tx, self.user)).await?)
    }
}

/// Keeps the figures of everybody ready, some people a run, which queues the next one before it begins.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct BatchCacheUserAnalytics {
    /// The last one who was looked after.
    #[serde(default)]
    after: i64,
    /// The day; nothing when somebody asked by hand.
    #[serde(default)]
    round: String,
}

impl BatchCacheUserAnalytics {
    /// The round of this name, which runs once.
    pub fn of(round: String) -> Self {
        Self { after: 0, round }
    }
}

impl Task for BatchCacheUserAnalytics {
    const KIND: &'static str = "batch_cache_user_analytics";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        if self.round.is_empty() { Key::None } else { Key::Once(format!("{}:{}", self.round, self.after)) }
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let Self { after, round } = self;
        let people = app.db.read(move |conn| store::people_after(conn, after, PEOPLE)).await?;
        if let Some(last) = people.last().filter(|_| people.len() == PEOPLE) {
            let next = Self { after: last.raw(), round };
            app.db.write(move |tx| tx.enqueue(&next)).await?;
        }
        for some in people.chunks(AT_ONCE) {
            let some = some.to_vec();
            app.db.write(move |tx| some.iter().try_for_each(|user| service::keep_person(tx, *user))).await?;
        }
        Ok(())
    }
}

/// Keeps ready for an hour when people do something.
#[derive(Debug, Serialize, Deserialize)]
pub struct GenerateActivityHeatmap {
    /// The last so many days, 1 to 365.
    #[serde(default = "thirty")]
    pub days: i64,
}

impl Task for GenerateActivityHeatmap {
    const KIND: &'static str = "generate_activity_heatmap";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(self.days.to_string())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        if !(1..=365).contains(&self.days) {
            return Err(Hopeless("days must be from 1 to 365".into()).into());
        }
        Ok(service::keep(&app, &[Kept::Heatmap(HeatmapFilter::utc(self.days))]).await?)
    }
}

/// Keeps the growth of the house ready for a day.
#[derive(Debug, Serialize, Deserialize)]
pub struct GenerateUserGrowthReport {}

impl Task for GenerateUserGrowthReport {
    const KIND: &'static str = "generate_user_growth_report";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        Ok(service::keep(&app, &[Kept::Growth]).await?)
    }
}

/// Keeps the report of the day ready for a day.
#[derive(Debug, Serialize, Deserialize)]
pub struct GenerateDailyReport {}

impl Task for GenerateDailyReport {
    const KIND: &'static str = "generate_daily_report";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        Ok(service::keep(&app, &[Kept::Report]).await?)
    }
}

/// Keeps the group figures of a UTC day for good, in place of those that stood for it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportAnalyticsSnapshot {
    /// Today or yesterday; today when left out.
    #[serde(default)]
    pub date: Option<NaiveDate>,
}

impl Task for ExportAnalyticsSnapshot {
    const KIND: &'static str = "export_analytics_snapshot";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Debounce(self.date.map(|it| it.to_string()).unwrap_or_default())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let date = self.date.unwrap_or_else(|| app.clock.now().date());
        match service::keep_snapshot(&app, date).await {
            // No repeat brings that day back.
            Err(Error::Invalid(_)) => Err(Hopeless("the date must be today or yesterday".into()).into()),
            outcome => Ok(outcome?),
        }
    }
}
