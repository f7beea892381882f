//! Earning in the background.

use std::sync::Arc;

use anyhow::Result;
use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{STATS, service, store};
use crate::{
    platform::{
        app::App,
        error::Error,
        id::Id,
        task::{Hopeless, Key, Task},
    },
    users::User,
};

/// Gives one person everything they have earned by now.
#[derive(Serialize, Deserialize)]
pub struct CheckUserAchievements {
    /// Whom.
    pub user: Id<User>,
}

impl Task for CheckUserAchievements {
    const KIND: &'static str = "check_user_achievements";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Debounce(self.user.to_string())
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        app.db.write(move |tx| service::check(tx, self.user)).await?;
        Ok(())
    }
}

/// Gives one person one achievement.
#[derive(Serialize, Deserialize)]
pub struct UnlockAchievement {
    /// Whom.
    pub user: Id<User>,
    /// The achievement's key.
    pub key: String,
}

impl Task for UnlockAchievement {
    const KIND: &'static str = "unlock_achievement_async";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Debounce(format!("{}:{}", self.user, self.key))
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        let key = self.key.clone();
        match app.db.write(move |tx| service::unlock(tx, self.user, &self.key)).await {
            Err(Error::NotFound(_)) => Err(Hopeless(format!("there is no achievement with the key {key:?}")).into()),
            unlocked => Ok(unlocked?),
        }
    }
}

/// How many people one task of a fan-out looks at.
const CHUNK: i64 = 500;

/// Checks everybody who did something lately, or simply everybody. Each run queues the next one before it takes 500
/// people, a commit each, so that no run is long, and none is lost when one before it is.
#[derive(Serialize, Deserialize)]
pub struct CheckAllUserAchievements {
    /// Everybody, instead of those who did something in the last hours.
    #[serde(default)]
    pub all: bool,
    /// The last one who was looked at.
    #[serde(default)]
    pub after: i64,
    /// What the round is for: an hour, or the change of a rule.
    #[serde(default)]
    pub round: String,
}

impl CheckAllUserAchievements {
    /// The round of this name through those who did something lately, which runs once.
    pub fn of(round: String) -> Self {
        Self { all: false, after: 0, round }
    }
}

impl Task for CheckAllUserAchievements {
    const KIND: &'static str = "check_all_user_achievements";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        if self.round.is_empty() { Key::None } else { Key::Once(format!("{}:{}", self.round, self.after)) }
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        // Two rounds' time, so that what happened while the one before ran is seen by this one.
        let since = (!self.all).then(|| app.clock.now().plus(-Duration::hours(2)));
        let after = self.after;
        let people = app.db.read(move |conn| store::people_after(conn, after, since, CHUNK)).await?;
        if let Some(last) = people.last().map(|it| it.raw()).filter(|_| people.len() >= CHUNK as usize) {
            app.db.write(move |tx| tx.enqueue(&Self { after: last, ..self })).await?;
        }
        for user in people {
            app.db.write(move |tx| service::check(tx, user)).await?;
        }
        Ok(())
    }
}

/// Tells of the round sums of points that were reached since the last look.
#[derive(Serialize, Deserialize)]
pub struct DetectMilestoneAchievements {}

impl Task for DetectMilestoneAchievements {
    const KIND: &'static str = "detect_milestone_achievements";
    const RETRIES: u32 = 1;

    async fn run(self, app: Arc<App>) -> Result<()> {
        while app.db.write(|tx| service::tell_milestones(tx, CHUNK)).await? >= CHUNK {}
        Ok(())
    }
}

/// Keeps for an hour who is ahead and how many hold each achievement, for figures that need not be of this second.
#[derive(Serialize, Deserialize)]
pub struct GenerateAchievementStats {}

impl Task for GenerateAchievementStats {
    const KIND: &'static str = "generate_achievement_stats";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        let now = app.clock.now();
        let stats = app.db.read(move |conn| store::stats(conn, now)).await?;
        Ok(app.db.write(move |tx| tx.cache(STATS, &stats, Duration::hours(1))).await?)
    }
}
