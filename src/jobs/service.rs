//! The rules of postings.

use super::{
    Event, Job, JobDraft, JobFilter, JobStatus,
    applications::{self, ApplicationStatus},
    matching::{self, Ask, OpenJobs, Place, Seeker, Wanted},
    model::Asked,
    store,
};
use crate::{
    platform::{
        clock::Timestamp,
        costly::Found,
        db::Tx,
        error::{Error, Result, Unauthenticated},
        fields::{Fields, id, moment},
        id::Id,
        list::{Listing, Page, Position, Slice},
        picture::Picture,
    },
    skills::{self, MOST_REQUIRED, Skill},
    users::{
        self, CurrentUser, Owned, User,
        audit::{self, Changes},
    },
};

/// How far a list ordered by match reaches.
const MOST_RANKED: usize = 1000;

/// Whether these postings are to be ordered by how well they fit.
fn is_by_match(slice: &Slice) -> bool {
    matches!(slice.ordering.as_slice(), [(name, _), ..] if name == "match")
}

/// Whether everybody who asks so finds the same postings in the same order.
pub fn is_same_for_all(listing: &Listing<JobFilter>) -> bool {
    listing.filter.mine != Some(true) && !is_by_match(&listing.slice)
}

/// A part of the postings that the caller may see in a list, each with what decides how well it fits.
///
/// # Errors
/// 400 for an unknown skill or a wrong ordering, 401 when nobody asks for their own.
pub fn list(
    conn: &rusqlite::Connection,
    (open, found): (&OpenJobs, &Found<Job>),
    listing: &Listing<JobFilter>,
    caller: Option<(Id<User>, &Seeker)>,
    now: Timestamp,
) -> Result<Page<(Job, Wanted)>> {
    if listing.filter.mine == Some(true) && caller.is_none() {
        return Err(Error::Unauthenticated(Unauthenticated::Required));
    }
    let skill = skills::store::resolve_filter(conn, listing.filter.skill.as_ref())?;
    let (user, seeker) = caller.unzip();
    let page = match seeker {
        Some(seeker) if is_by_match(&listing.slice) => ranked(conn, open, listing, skill, (user, seeker), now)?,
        None if is_by_match(&listing.slice) => return Err(Error::field("ordering", "Sign in to order by match.")),
        _ => match store::kept_count(conn, listing, skill, now)? {
            None if is_same_for_all(listing) && matches!(listing.slice.position, Position::Page(_)) => {
                let read = || store::page(conn, listing, skill, user, None, now);
                let find = || store::in_order(listing, skill, user, now)?.rows(conn, i64::MAX, |row| row.get(0));
                found.page(&listing.slice, read, find)?
            }
            kept => store::page(conn, listing, skill, user, kept, now)?,
        },
    };
    let mut page = page.fetched(|ids| with_wanted(conn, ids, now))?;
    if is_same_for_all(listing) {
        // What was deleted or closed since it was found is not shown.
        page.results.retain(|(it, _)| it.is_there() && (it.is_open || !listing.filter.status.is_empty()));
    }
    Ok(page)
}

/// The best thousand of the filtered postings, best first; ties: newer, then the higher id.
fn ranked(
    conn: &rusqlite::Connection,
    open: &OpenJobs,
    listing: &Listing<JobFilter>,
    skill: Option<Id<Skill>>,
    (user, seeker): (Option<Id<User>>, &Seeker),
    now: Timestamp,
) -> Result<Page<Id<Job>>> {
    if listing.slice.ordering.len() > 1 {
        return Err(Error::field("ordering", "The ordering by match stands alone."));
    }
    if matches!(listing.slice.position, Position::Cursor { .. }) {
        return Err(Error::field("cursor", "A cursor does not work with this ordering."));
    }
    let JobFilter { job_type, experience_level, .. } = &listing.filter;
    let is_narrowed = skill.is_some() || !job_type.is_empty() || !experience_level.is_empty();
    let all = listing.filter.is_open_alone() && listing.slice.is_undivided() && !is_narrowed;
    let ids = match all {
        true => vec![],
        false => {
            store::select(&listing.filter, &listing.slice, skill, user, now)?.rows(conn, i64::MAX, |row| row.get(0))?
        }
    };
    let (mut scored, mut others) = (vec![], vec![]);
    {
        let index = open.current(conn)?;
        let view = index.view(seeker, now);
        if all {
            scored = view.highest(MOST_RANKED);
        }
        for id in ids {
            match view.score(id) {
                Some(known) => scored.push(known),
                None => others.push(id),
            }
        }
    }
    if !others.is_empty() {
        // Closed ones, which no index holds.
        let closed = matching::candidates(conn, &matching::market(conn)?, &others)?;
        let score = |it: &Wanted| matching::terms(seeker, it, now).sum();
        scored.extend(closed.into_iter().map(|it| (score(&it.wanted), it.wanted.posted_at, it.job)));
    }
    if scored.len() > MOST_RANKED {
        scored.select_nth_unstable_by(MOST_RANKED, |a, b| b.cmp(a));
        scored.truncate(MOST_RANKED);
    }
    scored.sort_unstable_by(|a, b| b.cmp(a));
    listing.slice.of_all(scored.into_iter().map(|(.., job)| job).collect())
}

fn with_wanted(conn: &rusqlite::Connection, ids: &[Id<Job>], now: Timestamp) -> Result<Vec<(Job, Wanted)>> {
    let open = store::count(conn)?;
    let jobs = store::get_all(conn, ids, now)?.into_iter().map(|(mut job, asked)| {
        let wanted = wanted(&job, &asked, open);
        job.ask(asked);
        (job, wanted)
    });
    Ok(jobs.collect())
}

/// A posting as somebody sees it: with how well it fits, when it is known who they are.
pub fn to((mut job, wanted): (Job, Wanted), seeker: Option<&Seeker>, now: Timestamp) -> Job {
    job.match_percentage = seeker.map(|it| matching::terms(it, &wanted, now).sum());
    job
}

/// These postings with what they ask for and, for somebody, how well they fit.
///
/// # Errors
/// Those of the database.
pub fn shown(
    conn: &rusqlite::Connection,
    ids: &[Id<Job>],
    seeker: Option<&Seeker>,
    now: Timestamp,
) -> Result<Vec<Job>> {
    Ok(with_wanted(conn, ids, now)?.into_iter().map(|it| to(it, seeker, now)).collect())
}

/// What of a posting decides how well it fits, among `open` postings.
pub fn wanted(job: &Job, asked: &[Asked], open: i64) -> Wanted {
    let mut asks = Ask::all(asked, open);
    asks.sort_by_key(|it| it.skill);
    Wanted {
        level: job.experience_level,
        place: Place::read(&job.location),
        is_remote: job.is_remote,
        posted_at: job.posted_at,
        asks,
    }
}

/// How well a posting fits somebody at this moment, 0 to 100.
///
/// # Errors
/// Those of the database.
pub fn match_percentage(conn: &rusqlite::Connection, job: Id<Job>, user: Id<User>, now: Timestamp) -> Result<i64> {
    let fitting = shown(conn, &[job], Some(&matching::seeker(conn, user)?), now)?;
    Ok(fitting.first().and_then(|it| it.match_percentage).unwrap_or(0))
}

/// Makes a posting.
///
/// # Errors
/// 400 with every wrong field.
pub fn post(tx: &Tx<'_>, poster: Id<User>, mut body: Fields) -> Result<Job> {
    let mut draft = JobDraft::default().read(&mut body, tx.now(), None);
    read_skills(tx, &mut body, &mut draft)?;
    let draft = body.finish(draft)?;
    let id = insert(tx, Some(poster), &draft)?;
    store::get(tx, id, tx.now())
}

/// Brings in a posting that was made elsewhere, when and by whom the record says. Its deadline may have passed.
///
/// # Errors
/// 400 with every wrong field.
pub fn import(tx: &Tx<'_>, record: &mut Fields) -> Result<Id<Job>> {
    let (mut posted_at, mut poster) = (None, None);
    record.optional("created_at", &mut posted_at, moment);
    record.optional("posted_at", &mut posted_at, moment);
    record.optional("posted_by_id", &mut poster, id);
    let mut draft = JobDraft::default().read(record, Timestamp::from_micros(i64::MIN), None);
    read_skills(tx, record, &mut draft)?;
    if let Some(poster) = poster
        && matches!(users::store::get(tx, poster), Err(Error::NotFound(_)))
    {
        record.fault("posted_by_id", format!("There is no account with the id {poster}."));
    }
    let draft = record.finish(draft)?;
    tx.at(posted_at.unwrap_or_else(|| tx.now()), || insert(tx, poster, &draft))
}

fn insert(tx: &Tx<'_>, poster: Option<Id<User>>, draft: &JobDraft) -> Result<Id<Job>> {
    let id = store::insert(tx, poster, draft)?;
    skills::store::move_demand(tx, &store::counted_skills(tx, id)?, 1)?;
    tx.emit(Event::Posted { job: id, by: poster })?;
    Ok(id)
}

/// Reads both lists of skills. What is needed does not also merely help.
fn read_skills(tx: &Tx<'_>, body: &mut Fields, draft: &mut JobDraft) -> Result<()> {
    for (name, short, slot) in [
        ("required_skill_ids", "required_skills", &mut draft.required_skill_ids),
        ("nice_to_have_skill_ids", "nice_to_have_skills", &mut draft.nice_to_have_skill_ids),
    ] {
        let field = if body.has(name) { name } else { short };
        skills::store::read_references(tx, body, field, MOST_REQUIRED, slot)?;
    }
    let needed = &draft.required_skill_ids;
    draft.nice_to_have_skill_ids.retain(|it| !needed.contains(it));
    let count = needed.len() + draft.nice_to_have_skill_ids.len();
    body.check("required_skill_ids", count <= MOST_REQUIRED, "A posting asks for at most 30 skills.");
    Ok(())
}

/// Writes a posting.
///
/// # Errors
/// 400 with every wrong field; 409 when it would be reopened past its deadline.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, job: &Owned<Job>, mut body: Fields) -> Result<Job> {
    let before = job.draft();
    let base = if body.is_patch() { before.clone() } else { JobDraft::default() };
    let mut draft = base.read(&mut body, tx.now(), before.deadline);
    read_skills(tx, &mut body, &mut draft)?;
    let draft = body.finish(draft)?;
    if draft == before {
        return store::get(tx, job.id, tx.now());
    }
    let reopens = before.status == JobStatus::Closed && draft.status == JobStatus::Active;
    if reopens && !draft.is_open(tx.now()) {
        return Err(past_deadline());
    }
    keeping_demand(tx, job.id, || store::update(tx, job.id, &draft))?;
    let changes = Changes::between(&before, &draft)?;
    audit::record_intervention(tx, by, &**job, "jobs.changed", ("job", job.id), changes)?;
    match (reopens, before.status != draft.status) {
        (true, _) => tx.emit(Event::Reopened { job: job.id, by: by.id })?,
        (false, true) => tx.emit(Event::Closed { job: job.id, by: Some(by.id) })?,
        (false, false) => tx.emit(Event::Changed { job: job.id, by: by.id })?,
    }
    store::get(tx, job.id, tx.now())
}

fn past_deadline() -> Error {
    Error::conflict("The deadline of this job has passed. Set a later one first.")
}

/// Keeps what skills are asked for in step with a change of one posting.
fn keeping_demand<T>(tx: &Tx<'_>, job: Id<Job>, change: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut before = store::counted_skills(tx, job)?;
    let outcome = change()?;
    let mut after = store::counted_skills(tx, job)?;
    let kept: Vec<_> = before.iter().copied().filter(|it| after.contains(it)).collect();
    before.retain(|it| !kept.contains(it));
    after.retain(|it| !kept.contains(it));
    skills::store::move_demand(tx, &before, -1)?;
    skills::store::move_demand(tx, &after, 1)?;
    Ok(outcome)
}

/// Ends the taking of applications.
///
/// # Errors
/// 409 when it is closed already.
pub fn close(tx: &Tx<'_>, by: &CurrentUser, job: &Owned<Job>) -> Result<Job> {
    if job.status == JobStatus::Closed {
        return Err(Error::conflict("This job is closed already."));
    }
    close_as(tx, Some(by.id), job.id)?;
    let changes = Changes::none().field("status", JobStatus::Active.as_str(), JobStatus::Closed.as_str());
    audit::record_intervention(tx, by, &**job, "jobs.closed", ("job", job.id), changes)?;
    store::get(tx, job.id, tx.now())
}

fn close_as(tx: &Tx<'_>, by: Option<Id<User>>, job: Id<Job>) -> Result<()> {
    keeping_demand(tx, job, || store::update_status(tx, job, JobStatus::Closed))?;
    tx.emit(Event::Closed { job, by })
}

/// Takes applications again.
///
/// # Errors
/// 409 when it is open already, or past its deadline.
pub fn reopen(tx: &Tx<'_>, by: &CurrentUser, job: &Owned<Job>) -> Result<Job> {
    if job.deadline.is_some_and(|it| it <= tx.now()) {
        return Err(past_deadline());
    }
    if job.status == JobStatus::Active {
        return Err(Error::conflict("This job is open already."));
    }
    keeping_demand(tx, job.id, || store::update_status(tx, job.id, JobStatus::Active))?;
    let changes = Changes::none().field("status", JobStatus::Closed.as_str(), JobStatus::Active.as_str());
    audit::record_intervention(tx, by, &**job, "jobs.reopened", ("job", job.id), changes)?;
    tx.emit(Event::Reopened { job: job.id, by: by.id })?;
    store::get(tx, job.id, tx.now())
}

/// Closes every active posting whose deadline has passed; how many there were.
///
/// # Errors
/// Those of the database.
pub fn close_expired(tx: &Tx<'_>) -> Result<usize> {
    let expired = store::expired(tx, tx.now())?;
    for job in &expired {
        close_as(tx, None, *job)?;
    }
    Ok(expired.len())
}

/// Gives a posting a company logo in the place of the one before, or takes it away.
///
/// # Errors
/// Those of the database and of the file system.
pub fn set_picture(tx: &Tx<'_>, by: &CurrentUser, job: &Owned<Job>, picture: Option<&Picture>) -> Result<Job> {
    users::service::set_picture_of(tx, by, job, ("company_logo", job.company_logo.as_deref()), picture)?;
    store::get(tx, job.id, tx.now())
}

/// Deletes a posting softly. A repeat changes nothing.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, job: &Owned<Job>) -> Result<()> {
    let is_new = keeping_demand(tx, job.id, || job.delete(tx, by))?;
    if is_new { tx.emit(Event::Deleted { job: job.id, by: by.id }) } else { Ok(()) }
}

/// Takes a deletion back. A repeat changes nothing.
///
/// # Errors
/// 409 for its poster after 30 days.
pub fn restore(tx: &Tx<'_>, by: &CurrentUser, job: &Owned<Job>) -> Result<()> {
    let is_new = keeping_demand(tx, job.id, || job.restore(tx, by))?;
    if is_new { tx.emit(Event::Restored { job: job.id, by: by.id }) } else { Ok(()) }
}

/// Lets postings ask for `into` where they asked for `from`, which the catalogue merges into it.
///
/// # Errors
/// Those of the database.
pub fn merge_skill(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    store::update_skill(tx, from, into)?;
    recount(tx).map(drop)
}

/// Rebuilds what this room keeps: applications per posting, postings that count, and postings per skill; how many were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    Ok(applications::store::recount(tx)? + store::recount(tx)? + skills::store::set_demand(tx, &store::demand(tx)?)?)
}

/// Ends what an erased account leaves here: its applications go, its postings close.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    for (job, status) in applications::store::of_user(tx, user)? {
        if status != ApplicationStatus::Withdrawn {
            applications::store::update_count(tx, job, -1)?;
        }
    }
    applications::store::delete_of_user(tx, user)?;
    for job in store::active_of(tx, user)? {
        close_as(tx, None, job)?;
    }
    Ok(())
}
