//! Recommendations in the background.

use std::sync::Arc;

use anyhow::Result as AnyResult;
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use super::{
    SendJobMatchEmail, courses, mentors, people,
    service::{self, List},
    store,
};
use crate::{
    jobs::Job,
    notifications::{Kind, Notice, SendNotification},
    platform::{
        app::App,
        db::Tx,
        error::{Error, Result},
        id::Id,
        task::{Key, Task},
    },
    users::User,
};

/// How many people one run looks after.
const PEOPLE: usize = 500;
/// How many of them at a time.
const TOGETHER: usize = 8;

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
        service::prepare(&app, List::Jobs, self.user, self.limit.min(100)).await?;
        Ok(())
    }
}

/// Computes the courses that serve somebody best, and keeps them for an hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecommendCourses {
    /// Whom.
    pub user: Id<User>,
    /// How many at least; more are kept than are ever shown.
    #[serde(default = "ten")]
    pub limit: usize,
}

impl RecommendCourses {
    /// As many as are shown by default.
    pub const fn of(user: Id<User>) -> Self {
        Self { user, limit: ten() }
    }
}

impl Task for RecommendCourses {
    const KIND: &'static str = "recommend_courses_async";
    const RETRIES: u32 = 2;

    fn key(&self) -> Key {
        Key::Debounce(self.user.to_string())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        courses::prepare(&app, self.user).await?;
        Ok(())
    }
}

const fn five() -> usize {
    5
}

/// Computes the people whom somebody may want to know, and keeps them for an hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecommendConnections {
    /// For whom.
    pub user: Id<User>,
    /// How many at least; more are kept anyway.
    #[serde(default = "five")]
    pub limit: usize,
}

impl RecommendConnections {
    /// As many as are shown by default.
    pub const fn of(user: Id<User>) -> Self {
        Self { user, limit: five() }
    }
}

impl Task for RecommendConnections {
    const KIND: &'static str = "recommend_connections_async";
    const RETRIES: u32 = 2;

    fn key(&self) -> Key {
        Key::Debounce(self.user.to_string())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        people::prepare_connections(&app, self.user).await?;
        Ok(())
    }
}

/// A round through the people: which list it computes, whom it has reached, and what it is for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Round {
    /// The last one whose list was computed.
    #[serde(default)]
    after: i64,
    /// The hour or the day; nothing when somebody asked by hand.
    #[serde(default)]
    round: String,
}

impl Round {
    fn key(&self) -> Key {
        if self.round.is_empty() { Key::None } else { Key::Once(format!("{}:{}", self.round, self.after)) }
    }

    /// Queues the round behind the next people, if any are left, computes the lists of these and tells them of what fits well.
    /// Those behind do not wait for these: a round that breaks here goes on there.
    async fn go<T: Task>(self, app: &Arc<App>, list: List, task: fn(Self) -> T) -> AnyResult<()> {
        let after = self.after;
        let people = app.db.read(move |conn| store::people_after(conn, after, list == List::Jobs, PEOPLE)).await?;
        if let Some(last) = people.last().map(|it| it.raw()).filter(|_| people.len() == PEOPLE) {
            app.db.write(move |tx| tx.enqueue(&task(Self { after: last, ..self }))).await?;
        }
        // Several at a time: their writes share commits.
        let mut done = stream::iter(people)
            .map(|user| async move {
                let jobs = service::prepare(app, list, user, ten()).await?;
                app.db.write(move |tx| tell(tx, user, &jobs)).await
            })
            .buffer_unordered(TOGETHER);
        while let Some(told) = done.next().await {
            told?;
        }
        Ok(())
    }
}

/// Tells somebody of the postings that fit well.
fn tell(tx: &Tx<'_>, user: Id<User>, jobs: &[Id<Job>]) -> Result<()> {
    let told = match service::to_tell(tx, user, jobs) {
        // They left meanwhile.
        Err(Error::NotFound(_)) => vec![],
        told => told?,
    };
    for it in told {
        let title = format!("\"{}\" at {} fits you: {} of 100", it.job.title, it.job.company_name, it.match_percentage);
        let notice = Notice::new(user, Kind::JobMatch, format!("job_match:{}", it.job.id), title, it.reason);
        tx.enqueue(&SendNotification(notice.link(format!("/jobs/{}", it.job.id))))?;
        tx.enqueue(&SendJobMatchEmail { user, job: it.job.id })?;
    }
    Ok(())
}

/// Computes the postings that fit everybody best, and tells of new ones that fit well.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct BatchRecommendJobs {
    #[serde(flatten)]
    round: Round,
}

impl BatchRecommendJobs {
    /// The round of this name, which runs once.
    pub fn of(round: String) -> Self {
        Self { round: Round { after: 0, round } }
    }
}

impl Task for BatchRecommendJobs {
    const KIND: &'static str = "batch_recommend_jobs";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        self.round.key()
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        self.round.go(&app, List::Jobs, |round| Self { round }).await
    }
}

/// Computes everybody's dashboard, and tells of postings that fit well.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct GenerateDailyRecommendations {
    #[serde(flatten)]
    round: Round,
}

impl GenerateDailyRecommendations {
    /// The round of this name, which runs once.
    pub fn of(round: String) -> Self {
        Self { round: Round { after: 0, round } }
    }
}

impl Task for GenerateDailyRecommendations {
    const KIND: &'static str = "generate_daily_recommendations";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        self.round.key()
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        self.round.go(&app, List::Dashboard, |round| Self { round }).await
    }
}

/// Computes the mentors who serve somebody best, and keeps them for an hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecommendMentors {
    /// Whom.
    pub user: Id<User>,
    /// How many at least; more are kept than are ever shown.
    #[serde(default = "five")]
    pub limit: usize,
}

impl Task for RecommendMentors {
    const KIND: &'static str = "recommend_mentors_async";
    const RETRIES: u32 = 2;

    fn key(&self) -> Key {
        Key::Debounce(self.user.to_string())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        mentors::prepare(&app, self.user).await?;
        Ok(())
    }
}
