//! Which figures are kept ready, for how long, and how they are had.

use std::sync::Arc;

use chrono::{Duration, NaiveDate};
use rusqlite::Connection;
use serde::Serialize;

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
        cache::Ready,
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
}

/// What was kept ready, else what `count` counts now.
async fn kept<T: Serialize>(
    app: &Arc<App>,
    what: Kept,
    count: impl FnOnce(&Connection, Timestamp) -> Result<T> + Send + 'static,
) -> Result<Ready> {
    let (house, now) = (app.clone(), app.clock.now());
    let ready = app.db.read(move |conn| match house.cache.get(conn, &what.key(), now)? {
        Some(ready) => Ok(ready),
        None => Ready::of(&count(conn, now)?),
    });
    ready.await
}

/// Figures of all, as a task kept them ready or as they are now.
///
/// # Errors
/// Those of the database.
pub async fn figures(app: &Arc<App>, what: Kept) -> Result<Ready> {
    match what {
        Kept::Platform => kept(app, what, groups::platform).await,
        Kept::Skills => kept(app, what, groups::skills).await,
        Kept::Courses => kept(app, what, |conn, now| groups::courses(conn, None, now)).await,
        Kept::Jobs => kept(app, what, |conn, now| groups::jobs(conn, None, now)).await,
        Kept::Mentoring => kept(app, what, groups::mentoring).await,
        Kept::Heatmap(filter) => kept(app, what, move |conn, now| heatmap::heatmap(conn, None, filter, now)).await,
        Kept::Growth => kept(app, what, growth::growth).await,
        Kept::Report => kept(app, what, report).await,
    }
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

fn report(conn: &Connection, now: Timestamp) -> Result<Report> {
    Ok(Report { groups: group_figures(conn, now)?, growth: growth::growth(conn, now)?, generated_at: now })
}

/// All that is counted of somebody.
///
/// # Errors
/// 404 when there is no such account.
pub fn person(app: &App, conn: &Connection, user: Id<User>, now: Timestamp) -> Result<PersonFigures> {
    let account = users::store::get(conn, user)?;
    let doings: Doings = match app.cache.get(conn, &person_key(user), now)? {
        Some(ready) => serde_json::from_slice(ready.json())?,
        None => store::doings(conn, &account, now)?,
    };
    Ok(PersonFigures { profile: store::profile_of(conn, &account)?, doings })
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

/// Counts figures of all and keeps them.
async fn keep<T: Serialize + Send + 'static>(
    app: &App,
    what: Kept,
    count: impl FnOnce(&Connection, Timestamp) -> Result<T> + Send + 'static,
) -> Result<()> {
    let now = app.clock.now();
    let counted = app.db.read(move |conn| count(conn, now)).await?;
    app.db.write(move |tx| tx.cache(&what.key(), &counted, what.keep())).await
}

/// Keeps the figures of the five groups for an hour.
///
/// # Errors
/// Those of the database.
pub async fn keep_groups(app: &App) -> Result<()> {
    let now = app.clock.now();
    let it = app.db.read(move |conn| group_figures(conn, now)).await?;
    app.db
        .write(move |tx| {
            tx.cache(&Kept::Platform.key(), &it.platform, Kept::Platform.keep())?;
            tx.cache(&Kept::Skills.key(), &it.skills, Kept::Skills.keep())?;
            tx.cache(&Kept::Courses.key(), &it.courses, Kept::Courses.keep())?;
            tx.cache(&Kept::Jobs.key(), &it.jobs, Kept::Jobs.keep())?;
            tx.cache(&Kept::Mentoring.key(), &it.mentoring, Kept::Mentoring.keep())
        })
        .await
}

/// Keeps the heatmap of all for an hour.
///
/// # Errors
/// Those of the database.
pub async fn keep_heatmap(app: &App, filter: HeatmapFilter) -> Result<()> {
    keep(app, Kept::Heatmap(filter), move |conn, now| heatmap::heatmap(conn, None, filter, now)).await
}

/// Keeps the growth for a day.
///
/// # Errors
/// Those of the database.
pub async fn keep_growth(app: &App) -> Result<()> {
    keep(app, Kept::Growth, growth::growth).await
}

/// Keeps the report for a day.
///
/// # Errors
/// Those of the database.
pub async fn keep_report(app: &App) -> Result<()> {
    keep(app, Kept::Report, report).await
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
