//! Which figures are kept ready, for how long, and how they are had.

use std::sync::Arc;

use chrono::{Duration, NaiveDate};
use rusqlite::Connection;

use super::{
    groups::{self, GroupFigures},
    growth,
    heatmap::{self, HeatmapFilter},
    model::{Doings, PersonFigures, Report},
    snapshots, store,
};
use crate::{
    platform::{
        app::App,
        cache::{BRIEFLY, Ready},
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
    },
    users::{self, User},
};

/// Under which key everything is kept ready here; dropping it drops it all.
pub const KEPT: &str = "analytics";

/// Under which key the figures of somebody are kept.
pub fn person_key(user: Id<User>) -> String {
    format!("{KEPT}:user:{user}")
}

/// Figures of all that a task keeps ready for others.
#[derive(Clone, Copy, Debug)]
pub enum Kept {
    /// The house as a whole.
    Platform,
    /// Skills.
    Skills,
    /// All courses.
    Courses,
    /// All postings.
    Jobs,
    /// All sessions.
    Mentoring,
    /// When people do something.
    Heatmap(HeatmapFilter),
    /// Growth.
    Growth,
    /// All of these but the heatmap.
    Report,
}

impl Kept {
    /// The five groups.
    pub const GROUPS: [Kept; 5] = [Kept::Platform, Kept::Skills, Kept::Courses, Kept::Jobs, Kept::Mentoring];

    fn key(self) -> String {
        match self {
            Kept::Platform => format!("{KEPT}:platform"),
            Kept::Skills => format!("{KEPT}:skills"),
            Kept::Courses => format!("{KEPT}:courses"),
            Kept::Jobs => format!("{KEPT}:jobs"),
            Kept::Mentoring => format!("{KEPT}:mentoring"),
            Kept::Heatmap(filter) => format!("{KEPT}:heatmap:{}:{}", filter.days, filter.tz.name()),
            Kept::Growth => format!("{KEPT}:growth"),
            Kept::Report => format!("{KEPT}:report"),
        }
    }

    fn keep(self) -> Duration {
        match self {
            Kept::Growth | Kept::Report => Duration::hours(24),
            _ => Duration::hours(1),
        }
    }

    fn count(self, conn: &Connection, now: Timestamp) -> Result<Ready> {
        match self {
            Kept::Platform => Ready::of(&groups::platform(conn, now)?),
            Kept::Skills => Ready::of(&groups::skills(conn, now)?),
            Kept::Courses => Ready::of(&groups::courses(conn, None, now)?),
            Kept::Jobs => Ready::of(&groups::jobs(conn, None, now)?),
            Kept::Mentoring => Ready::of(&groups::mentoring(conn, now)?),
            Kept::Heatmap(filter) => Ready::of(&heatmap::heatmap(conn, None, filter, now)?),
            Kept::Growth => Ready::of(&growth::growth(conn, now)?),
            Kept::Report => Ready::of(&Report {
                groups: group_figures(conn, now)?,
                growth: growth::growth(conn, now)?,
                generated_at: now,
            }),
        }
    }
}

/// Figures of all, as a task kept them ready or as they are now.
///
/// # Errors
/// Those of the database.
pub async fn figures(app: &Arc<App>, what: Kept) -> Result<Ready> {
    let (house, now) = (app.clone(), app.clock.now());
    let read = move |conn: &Connection| match house.cache.get(conn, &what.key(), now)? {
        Some(ready) => Ok(ready),
        None => what.count(conn, now),
    };
    app.already(format!("{} now", what.key()), BRIEFLY, read).await
}

/// Counts figures of all and keeps them ready, for an hour or a day.
///
/// # Errors
/// Those of the database.
pub async fn keep(app: &App, what: &[Kept]) -> Result<()> {
    let (now, what) = (app.clock.now(), what.to_vec());
    let counted =
        app.db.read(move |conn| what.into_iter().map(|it| Ok((it, it.count(conn, now)?))).collect::<Result<Vec<_>>>());
    let counted = counted.await?;
    app.db
        .write(move |tx| counted.iter().try_for_each(|(what, ready)| tx.cache_ready(&what.key(), ready, what.keep())))
        .await
}

fn group_figures(conn: &Connection, now: Timestamp) -> Result<GroupFigures> {
    Ok(GroupFigures {
        platform: groups::platform(conn, now)?,
        skills: groups::skills(conn, now)?,
        courses: groups::courses(conn, None, now)?,
        jobs: groups::jobs(conn, None, now)?,
        mentoring: groups::mentoring(conn, now)?,
    })
}

/// All that is counted of somebody.
///
/// # Errors
/// 404 when there is no such account.
pub fn person(app: &App, conn: &Connection, user: Id<User>, now: Timestamp) -> Result<PersonFigures> {
    let account = users::store::get(conn, user)?;
    let mut doings: Doings = match app.cache.get(conn, &person_key(user), now)? {
        Some(ready) => serde_json::from_slice(ready.json())?,
        None => store::doings(conn, &account, now)?,
    };
    doings.mentoring.is_mentor = account.is_mentor;
    let (profile, community) = (store::profile_of(conn, &account)?, store::community(conn, user, now)?);
    Ok(PersonFigures { profile, community, doings })
}

/// Keeps the figures of somebody for an hour. They are counted in the write that keeps them, so that nothing is kept that was
/// stale already. Who is gone needs none.
///
/// # Errors
/// Those of the database.
pub fn keep_person(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    match users::store::get(tx, user) {
        Ok(account) => tx.cache(&person_key(user), &store::doings(tx, &account, tx.now())?, Duration::hours(1)),
        Err(Error::NotFound(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Keeps the group figures of a UTC day for good.
///
/// # Errors
/// 400 for a day that is not today or yesterday.
pub async fn keep_snapshot(app: &App, date: NaiveDate) -> Result<()> {
    let now = app.clock.now();
    snapshots::check_date(date, now)?;
    let figures = app.db.read(move |conn| snapshots::nameless(&group_figures(conn, now)?)).await?;
    app.db.write(move |tx| snapshots::store::put(tx, date, &figures)).await
}
