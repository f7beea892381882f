//! Skills worth learning, also computed ahead.

use std::sync::Arc;

use anyhow::Result as AnyResult;
use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{SkillRecommendation, cache_key, store};
use crate::{
    platform::{
        app::App,
        error::Result,
        id::Id,
        task::{Key, Task},
    },
    users::User,
};

/// How long a list that was computed ahead is kept.
const KEEP: Duration = Duration::hours(1);

const fn five() -> i64 {
    5
}

fn key(user: Id<User>) -> String {
    format!("{}:skills", cache_key(user))
}

/// A list that was computed ahead, and how long it was to be.
#[derive(Serialize, Deserialize)]
struct Kept {
    limit: i64,
    skills: Vec<SkillRecommendation>,
}

/// Skills worth learning for somebody: of the list that was computed ahead if it is long enough, else computed now.
///
/// # Errors
/// Those of the database.
pub async fn recommended_skills(app: &Arc<App>, user: Id<User>, limit: i64) -> Result<Vec<SkillRecommendation>> {
    let (house, now) = (app.clone(), app.clock.now());
    app.db
        .read(move |conn| {
            let kept = house.cache.get(conn, &key(user), now)?;
            let kept = kept.map(|it| serde_json::from_slice::<Kept>(it.json())).transpose()?;
            if let Some(Kept { mut skills, .. }) = kept.filter(|it| it.limit >= limit) {
                skills.truncate(usize::try_from(limit).unwrap_or(0));
                return Ok(skills);
            }
            store::skills(conn, user, limit)
        })
        .await
}

/// Computes the skills worth learning for somebody, and keeps them for an hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecommendSkills {
    /// Whom.
    pub user: Id<User>,
    /// How many, at most 50.
    #[serde(default = "five")]
    pub limit: i64,
}

impl Task for RecommendSkills {
    const KIND: &'static str = "recommend_skills_async";
    const RETRIES: u32 = 2;

    fn key(&self) -> Key {
        Key::Debounce(self.user.to_string())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let (user, limit) = (self.user, self.limit.clamp(1, 50));
        let skills = app.db.read(move |conn| store::skills(conn, user, limit)).await?;
        Ok(app.db.write(move |tx| tx.cache(&key(user), &Kept { limit, skills }, KEEP)).await?)
    }
}
