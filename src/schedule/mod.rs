//! What runs by itself, and when.
//!
//! The queue library's scheduler says when a time may have come; [`service::settle`] decides by the memory in the database, so
//! it makes no difference how many processes ask, nor whether one asked in time.

mod model;
mod routes;
pub mod service;
mod store;

use std::{sync::Arc, time::Duration};

use apalis_cron::{CronScheduler, Schedule, Tick as Signal, timezone::Utc};
use futures::StreamExt as _;
use model::When::{Daily, Every, Hourly};

use crate::{
    achievements::{CheckAllUserAchievements, DetectMilestoneAchievements, GenerateAchievementStats},
    admin::{EraseAccounts, PurgeDeleted, RemoveUnusedFiles},
    analytics::tasks::{
        BatchCacheUserAnalytics, CachePlatformAnalytics, ExportAnalyticsSnapshot, GenerateActivityHeatmap,
        GenerateDailyReport, GenerateUserGrowthReport,
    },
    jobs::{self, tasks::CloseExpiredJobs},
    mentors::sessions::SendSessionReminders,
    notifications::CleanupOldNotifications,
    operations::backup::BackupDatabase,
    platform::{app::App, clock::Timestamp, error::Result},
    recommendations::tasks::{BatchRecommendJobs, GenerateDailyRecommendations},
    resumes::tasks::{BatchAnalyzeResumes, CleanupOldResumes},
    upkeep::PurgeExpired,
};

pub use model::{Entry, ScheduleEntry};
pub use routes::addresses;

/// How soon it is tried again when the file did not take what is due, or the clock was set.
const AGAIN: Duration = Duration::from_secs(10);

/// Every entry: when, and what is queued then. Times are in UTC.
pub fn entries() -> Vec<Entry> {
    vec![
        Entry::new(Every(10), |_| BatchAnalyzeResumes::default()),
        Entry::new(Every(10), |_| SendSessionReminders {}),
        Entry::new(Hourly, |_| CachePlatformAnalytics {}),
        Entry::new(Hourly, |_| CloseExpiredJobs {}),
        Entry::new(Hourly, |_| PurgeExpired {}),
        Entry::new(Hourly, |tick| CheckAllUserAchievements::of(tick.round())),
        Entry::new(Hourly, |_| GenerateAchievementStats {}),
        Entry::new(Hourly, |tick| BatchRecommendJobs::of(tick.round()))
            .only_if(|tx, tick| jobs::store::posted_since(tx, tick.since)),
        Entry::new(Daily(0, 10), |tick| ExportAnalyticsSnapshot { date: Some(tick.day_before()) }),
        Entry::new(Daily(0, 20), |_| GenerateDailyReport {}),
        Entry::new(Daily(0, 20), |_| GenerateUserGrowthReport {}),
        Entry::new(Daily(0, 20), |_| GenerateActivityHeatmap { days: 30 }),
        Entry::new(Daily(1, 0), |_| BackupDatabase {}),
        Entry::new(Daily(2, 0), |tick| GenerateDailyRecommendations::of(tick.round())),
        Entry::new(Daily(3, 0), |_| CleanupOldNotifications::default()),
        Entry::new(Daily(3, 20), |_| PurgeDeleted {}),
        Entry::new(Daily(3, 40), |_| EraseAccounts {}),
        Entry::new(Daily(4, 0), |_| CleanupOldResumes::default()),
        Entry::new(Daily(4, 10), |_| RemoveUnusedFiles { address: None }),
        Entry::new(Daily(4, 20), |_| DetectMilestoneAchievements {}),
        Entry::new(Daily(4, 40), |tick| BatchCacheUserAnalytics::of(tick.round())),
    ]
}

/// Queues what is due now.
///
/// # Errors
/// Those of the database; what is due stays due.
pub async fn settle(app: &App) -> Result<()> {
    app.db.write(|tx| service::settle(tx, &entries())).await
}

/// Queues what has become due since somebody last looked, and then each task at its time, for as long as it is polled.
pub async fn run(app: Arc<App>) {
    loop {
        let mut due = settle(&app).await;
        let mut times = CronScheduler::new(Times).into_stream();
        while due.is_ok() && matches!(times.next().await, Some(Ok(_))) {
            due = settle(&app).await;
        }
        // The scheduler stops at a time that is over already: the clock was set, or the machine slept.
        if let Err(error) = due {
            tracing::warn!("what is due could not be queued: {error}");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// The times of all entries together.
struct Times;

impl Schedule<Utc> for Times {
    fn next_tick(&mut self, _: &Utc) -> Option<Signal<Utc>> {
        let now = Timestamp::from(chrono::Utc::now());
        let next = entries().iter().map(|it| it.when.next(now)).min()?;
        u64::try_from(next.seconds()).ok().map(Signal::new)
    }
}
