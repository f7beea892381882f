//! Regular mail in the background.

use std::sync::Arc;

use anyhow::Result;
use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    letters,
    model::{self, Member, Morning, Report},
    store,
};
use crate::{
    jobs,
    mail::{self, Letter, Reader, Template},
    notifications,
    platform::{
        app::App,
        db::Tx,
        error::{self, Error},
        id::Id,
        task::{Key, Task},
    },
    recommendations,
    users::{User, points},
};

/// How many people one run queues the mails of.
const PEOPLE: usize = 500;
/// How many postings, and how many notifications, a digest shows.
const SHOWN: usize = 5;
/// From which match percentage on a posting stands in a digest.
const FITS: i64 = 50;

/// One mail of somebody, or a round through the people: whom it has reached, and its name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Round {
    /// Whose mail is sent; everybody's is queued when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<Id<User>>,
    /// The day of the mail, where its reader is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<NaiveDate>,
    /// The last one whose mail was queued.
    #[serde(default)]
    after: i64,
    /// The time for which it is; nothing when somebody asked by hand.
    #[serde(default)]
    round: String,
}

impl Round {
    fn key(&self) -> Key {
        match (self.user, self.day) {
            (Some(user), Some(day)) => Key::Once(format!("{user}:{day}")),
            (Some(_), None) => Key::None,
            _ if self.round.is_empty() => Key::None,
            _ => Key::Once(format!("{}:{}", self.round, self.after)),
        }
    }

    fn of(user: Id<User>, day: NaiveDate) -> Self {
        Self { user: Some(user), day: Some(day), ..Self::default() }
    }

    /// The round behind these people, if any are left.
    fn next(&self, people: &[Member]) -> Option<Self> {
        let last = people.last().filter(|_| people.len() == PEOPLE)?;
        Some(Self { after: last.id.raw(), ..self.clone() })
    }

    /// The next people of the round, among those seen in so many days.
    async fn people(&self, app: &App, days: i64) -> error::Result<Vec<Member>> {
        let (after, since) = (self.after, app.clock.now().plus(-Duration::days(days)));
        app.db.read(move |conn| store::people_after(conn, after, since, PEOPLE)).await
    }
}

/// Mails the digest of a morning: what fits, what is unread, where one stands. Without a user it queues the digests of all
/// who were here in the last week, each for their own next eight o'clock. One that would tell nothing new is not sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SendDailyDigest(Round);

impl SendDailyDigest {
    /// The round of this name, which runs once.
    pub fn of(round: String) -> Self {
        Self(Round { round, ..Round::default() })
    }
}

impl Task for SendDailyDigest {
    const KIND: &'static str = "send_daily_digest";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        self.0.key()
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        if let Some(user) = self.0.user {
            return digest(&app, user, self.0.day).await;
        }
        let people = self.0.people(&app, 7).await?;
        let next = self.0.next(&people);
        let queue = move |tx: &Tx<'_>| {
            for member in people {
                if let Some((day, at)) = member.digest_due(tx.now()) {
                    tx.enqueue_at(&Self(Round::of(member.id, day)), at)?;
                }
            }
            next.map_or(Ok(()), |next| tx.enqueue(&Self(next)).map(drop))
        };
        Ok(app.db.write(queue).await?)
    }
}

async fn digest(app: &Arc<App>, user: Id<User>, day: Option<NaiveDate>) -> Result<()> {
    let preferences = app.db.read(move |conn| notifications::store::preferences(conn, user)).await?;
    let zone = preferences.timezone.parse().unwrap_or_default();
    let now = app.clock.now();
    let day = day.unwrap_or_else(|| now.datetime().with_timezone(&zone).date_naive());
    let since = model::digest_since(day, preferences.digest, zone);
    let fitting = match recommendations::service::recommended_jobs(app, user, 4 * SHOWN, FITS).await {
        // They left meanwhile.
        Err(Error::NotFound(_)) => return Ok(()),
        found => found?,
    };
    let morning = app.db.read(move |conn| {
        let ids: Vec<_> = fitting.iter().map(|it| it.job.id).collect();
        let new: Vec<_> = jobs::store::get_all(conn, &ids, now)?
            .into_iter()
            .filter_map(|(job, _)| (job.posted_at >= since).then_some(job.id))
            .collect();
        let jobs: Vec<_> = fitting.into_iter().filter(|it| new.contains(&it.job.id)).take(SHOWN).collect();
        let links: Vec<_> = jobs.iter().map(|it| Some(format!("/jobs/{}", it.job.id))).collect();
        let mut unread = notifications::store::unread_since(conn, user, since, 4 * SHOWN)?;
        // What stands among the postings need not be told twice.
        unread.retain(|it| !links.contains(&it.link));
        unread.truncate(SHOWN);
        Ok(Morning {
            jobs,
            unread,
            unread_count: notifications::store::unread(conn, user)?,
            points: points::rank(conn, user)?,
            courses: store::courses(conn, user, 3)?,
        })
    });
    let morning = morning.await?;
    if morning.is_empty() {
        return Ok(());
    }
    let base = app.public_url();
    let letter = move |_: &Tx<'_>, user: &User, preferences: &notifications::Preferences| {
        let reader = Reader::of(user, preferences.language, &base);
        Ok::<Option<Letter>, Error>(Some(letters::digest(&reader, &morning, preferences.digest)))
    };
    mail::send_with(app, Template::DailyDigest, user, day.to_string(), letter).await
}

/// Mails what the last seven days brought. Without a user it queues the reports of all who were here in the last month and
/// want it, each for their morning. One of a week that brought nothing is not sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SendWeeklyReport(Round);

impl SendWeeklyReport {
    /// The round of this name, which runs once.
    pub fn of(round: String) -> Self {
        Self(Round { round, ..Round::default() })
    }
}

impl Task for SendWeeklyReport {
    const KIND: &'static str = "send_weekly_report";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        self.0.key()
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        if let Some(user) = self.0.user {
            return report(&app, user, self.0.day).await;
        }
        let people = self.0.people(&app, 30).await?;
        let next = self.0.next(&people);
        let queue = move |tx: &Tx<'_>| {
            for member in people.iter().filter(|it| it.weekly_report) {
                let (day, at) = model::morning(tx.now(), member.zone);
                tx.enqueue_at(&Self(Round::of(member.id, day)), at)?;
            }
            next.map_or(Ok(()), |next| tx.enqueue(&Self(next)).map(drop))
        };
        Ok(app.db.write(queue).await?)
    }
}

async fn report(app: &Arc<App>, user: Id<User>, day: Option<NaiveDate>) -> Result<()> {
    let now = app.clock.now();
    let (from, before) = (now.plus(-Duration::days(7)), now.plus(-Duration::days(14)));
    let report = app.db.read(move |conn| {
        Ok(Report {
            week: store::week(conn, user, from, now)?,
            before: store::week(conn, user, before, from)?,
            achievements: store::achievements(conn, user, from, now)?,
            points: points::rank(conn, user)?,
        })
    });
    let report = match report.await {
        // They left meanwhile.
        Err(Error::NotFound(_)) => return Ok(()),
        report => report?,
    };
    if report.is_empty() {
        return Ok(());
    }
    let day = day.unwrap_or_else(|| now.date());
    let base = app.public_url();
    let letter = move |_: &Tx<'_>, user: &User, preferences: &notifications::Preferences| {
        Ok::<Option<Letter>, Error>(Some(letters::report(&Reader::of(user, preferences.language, &base), &report)))
    };
    mail::send_with(app, Template::WeeklyReport, user, day.to_string(), letter).await
}
