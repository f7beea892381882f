//! How recommendations come about.

use std::{cmp::Reverse, collections::HashSet, sync::Arc};

use chrono::Duration;
use rusqlite::Connection;

use super::{
    Dashboard, JobRecommendation, cache_key, courses, mentors,
    model::{Click, Shortlist},
    people::recommended_connections,
    store,
};
use crate::{
    jobs::{
        self, Asked, Job, JobRef, applications,
        matching::{self, OpenJobs, Seeker, Terms, rank::Excluded},
    },
    platform::{
        app::App,
        clock::Timestamp,
        db::Tx,
        edge::digest,
        error::{Error, Result},
        id::Id,
    },
    users::{HasOwner as _, User},
};

/// How many postings a computed list keeps: more than are ever shown, as some of them close before it is computed anew.
const KEPT: usize = 80;
/// From which match percentage on somebody is told of a posting.
pub(super) const TOLD_FROM: i64 = 70;
/// How many postings somebody is told of a day at most.
const TOLD_A_DAY: usize = 5;
/// How many postings and skills a dashboard shows.
const SHOWN: usize = 5;
/// How many mentors it shows.
const MENTORS: usize = 3;

/// For whom something was computed: another digest means another person, or the same one with other skills, level or place.
pub(super) fn digest_of(seeker: &Seeker) -> String {
    let mut held: Vec<_> = seeker.held.iter().map(|(skill, strength)| (skill.raw(), strength.to_bits())).collect();
    held.sort_unstable();
    let Seeker { level, place, open_to_remote, most, .. } = seeker;
    digest(format!("{held:?} {level:?} {place:?} {open_to_remote} {most:?}").as_bytes())
}

/// The best postings for somebody: open ones that are neither their own nor applied to; those that share a skill by score,
/// then the newest of the others.
///
/// # Errors
/// 404 when there is no such account.
pub fn shortlist(conn: &Connection, open: &OpenJobs, user: Id<User>, size: usize, now: Timestamp) -> Result<Shortlist> {
    let seeker = matching::seeker(conn, user)?;
    Ok(Shortlist { of: digest_of(&seeker), jobs: best(conn, open, user, &seeker, size, now)?, made_at: now })
}

fn best(
    conn: &Connection,
    open: &OpenJobs,
    user: Id<User>,
    seeker: &Seeker,
    size: usize,
    now: Timestamp,
) -> Result<Vec<Id<Job>>> {
    let applied = applications::store::applied_to(conn, user)?.into_iter().collect();
    let excluded = Excluded { posted_by: Some(user), applied };
    Ok(open.current(conn)?.view(seeker, now).best(&excluded, size).jobs)
}

/// Recommendations of these postings that may still be recommended, best first.
///
/// # Errors
/// 404 when there is no such account.
pub fn recommended(
    conn: &Connection,
    user: Id<User>,
    seeker: &Seeker,
    ids: &[Id<Job>],
    now: Timestamp,
) -> Result<Vec<JobRecommendation>> {
    let open = jobs::store::count(conn)?;
    let applied: HashSet<_> = applications::store::applied_to(conn, user)?.into_iter().collect();
    let mut ranked: Vec<_> = jobs::store::get_all(conn, ids, now)?
        .into_iter()
        .filter(|(job, _)| job.is_open && job.owner() != Some(user) && !applied.contains(&job.id))
        .map(|(job, asked)| {
            let terms = matching::terms(seeker, &jobs::service::wanted(&job, &asked, open), now);
            let shares = asked.iter().any(|it| seeker.held.contains_key(&it.skill.id));
            // Those that share no skill follow by age alone.
            let key = (shares, if shares { terms.sum() } else { 0 }, job.posted_at, job.id.raw());
            (key, job, asked, terms)
        })
        .collect();
    ranked.sort_by_key(|(key, ..)| Reverse(*key));
    Ok(ranked.into_iter().map(|(_, job, asked, terms)| explained(seeker, &job, &asked, terms, open)).collect())
}

fn explained(seeker: &Seeker, job: &Job, asked: &[Asked], terms: Terms, open: i64) -> JobRecommendation {
    let matching::Coverage { matched, missing } = matching::coverage(seeker, asked, open);
    JobRecommendation {
        job: JobRef::from(job),
        match_percentage: terms.sum(),
        reason: matching::reason(seeker, &terms, asked.len(), matched.len()),
        matched_skills: matched,
        missing_skills: missing,
        terms,
    }
}

/// How well one posting fits somebody, closed or not.
///
/// # Errors
/// 404.
pub fn one(conn: &Connection, user: Id<User>, id: Id<Job>, now: Timestamp) -> Result<JobRecommendation> {
    let found = jobs::store::get_all(conn, &[id], now)?.pop();
    let (job, asked) = found.filter(|(job, _)| !job.is_deleted).ok_or(Error::NotFound("job"))?;
    let (seeker, open) = (matching::seeker(conn, user)?, jobs::store::count(conn)?);
    let terms = matching::terms(&seeker, &jobs::service::wanted(&job, &asked, open), now);
    Ok(explained(&seeker, &job, &asked, terms, open))
}

/// Which computed list, and for how long it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// The postings that fit best: an hour.
    Jobs,
    /// Everything in short: a day.
    Dashboard,
}

impl List {
    fn key(self, user: Id<User>) -> String {
        let name = match self {
            List::Jobs => "jobs",
            List::Dashboard => "dashboard",
        };
        format!("{}:{name}", cache_key(user))
    }

    fn keep(self) -> Duration {
        match self {
            List::Jobs => Duration::hours(1),
            List::Dashboard => Duration::hours(24),
        }
    }
}

/// The list that is kept for somebody, unless it was computed for what they no longer are.
fn kept(
    app: &App,
    conn: &Connection,
    list: List,
    user: Id<User>,
    seeker: &Seeker,
    now: Timestamp,
) -> Result<Option<Shortlist>> {
    let Some(json) = app.cache.get(conn, &list.key(user), now)? else { return Ok(None) };
    let kept: Shortlist = serde_json::from_slice(json.json())?;
    Ok(Some(kept).filter(|it| it.of == digest_of(seeker)))
}

/// Computes a list and keeps it.
async fn renew(app: &Arc<App>, list: List, user: Id<User>, size: usize) -> Result<Shortlist> {
    let (now, open) = (app.clock.now(), OpenJobs::of(app));
    let made = app.db.read(move |conn| shortlist(conn, &open, user, size, now)).await?;
    app.db
        .write(move |tx| {
            tx.cache(&list.key(user), &made, list.keep())?;
            Ok(made)
        })
        .await
}

/// The postings that fit somebody best: those that a task has kept, else the best of this moment, which the index finds sooner
/// than a list could be written.
///
/// # Errors
/// 404 when there is no such account.
pub async fn recommended_jobs(
    app: &Arc<App>,
    user: Id<User>,
    limit: usize,
    min_match: i64,
) -> Result<Vec<JobRecommendation>> {
    let (now, open, house) = (app.clock.now(), OpenJobs::of(app), app.clone());
    let found = app.db.read(move |conn| {
        let seeker = matching::seeker(conn, user)?;
        let ids = match kept(&house, conn, List::Jobs, user, &seeker, now)? {
            Some(list) => list.jobs,
            None => best(conn, &open, user, &seeker, limit, now)?,
        };
        recommended(conn, user, &seeker, &ids, now)
    });
    let mut jobs = found.await?;
    jobs.retain(|it| it.match_percentage >= min_match);
    jobs.truncate(limit);
    Ok(jobs)
}

/// Computes a list ahead of somebody's asking; what it names. Who is gone needs none.
///
/// # Errors
/// Those of the database.
pub async fn prepare(app: &Arc<App>, list: List, user: Id<User>, limit: usize) -> Result<Vec<Id<Job>>> {
    match renew(app, list, user, limit.max(KEPT)).await {
        Err(Error::NotFound(_)) => Ok(vec![]),
        outcome => outcome.map(|it| it.jobs),
    }
}

/// Which of these postings somebody is to be told of now: those that fit well enough, each once, and only so many a day.
///
/// # Errors
/// 404 when there is no such account.
pub fn to_tell(tx: &Tx<'_>, user: Id<User>, among: &[Id<Job>]) -> Result<Vec<JobRecommendation>> {
    let midnight = Timestamp::from_seconds(tx.now().seconds() / 86_400 * 86_400);
    let mut left = TOLD_A_DAY.saturating_sub(store::count_told(tx, user, midnight)?);
    let mut told = vec![];
    let seeker = matching::seeker(tx, user)?;
    for it in recommended(tx, user, &seeker, among, tx.now())?.into_iter().filter(|it| it.match_percentage >= TOLD_FROM)
    {
        if left == 0 {
            break;
        }
        if store::insert_told(tx, user, it.job.id)? {
            left -= 1;
            told.push(it);
        }
    }
    Ok(told)
}

/// Everything that is recommended to somebody, in short.
///
/// # Errors
/// 404 when there is no such account.
pub async fn dashboard(app: &Arc<App>, user: Id<User>, refresh: bool) -> Result<Dashboard> {
    let (now, house) = (app.clock.now(), app.clone());
    let kept = app.db.read(move |conn| match refresh {
        true => Ok(None),
        false => kept(&house, conn, List::Dashboard, user, &matching::seeker(conn, user)?, now),
    });
    let list = match kept.await? {
        Some(list) => list,
        None => renew(app, List::Dashboard, user, KEPT).await?,
    };
    let recommended_courses = courses::recommended(app, user, SHOWN, refresh).await?;
    let people = recommended_connections(app, user, SHOWN, refresh).await?;
    let recommended_mentors = mentors::recommended(app, user, MENTORS, refresh).await?;
    app.db
        .read(move |conn| {
            let mut jobs = recommended(conn, user, &matching::seeker(conn, user)?, &list.jobs, now)?;
            jobs.truncate(SHOWN);
            Ok(Dashboard {
                recommended_jobs: jobs,
                recommended_courses,
                recommended_mentors,
                recommended_skills: store::skills(conn, user, SHOWN as i64)?,
                recommended_connections: people,
                generated_at: list.made_at,
            })
        })
        .await
}

/// Notes that a recommendation was followed.
///
/// # Errors
/// 400 when there is no such target.
pub fn click(tx: &Tx<'_>, user: Id<User>, click: &Click) -> Result<()> {
    if !store::is_there(tx, click.kind, click.target_id)? {
        return Err(Error::field("target_id", format!("There is no {} with the id {}.", click.kind, click.target_id)));
    }
    store::insert_click(tx, user, click)
}
