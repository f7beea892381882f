//! The rows of postings.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    market,
    model::{Asked, Job, JobDraft, JobFilter, JobStatus},
};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select, Slice},
        rows,
    },
    skills::{self, Skill, SkillRef},
    users::{User, UserRef},
};

/// The columns of a posting, of a table that goes by the name `j`, without those of its poster.
const JOB: &str = "j.id, j.title, j.description, j.company_name, j.company_logo, j.location, j.is_remote, j.job_type,
    j.experience_level, j.salary_min, j.salary_max, j.salary_currency, j.application_url, j.deadline, j.status, j.posted_at,
    j.total_applications, j.views_count, j.deleted_at, j.is_away, j.created_at, j.updated_at";

/// What makes a posting count in what skills are asked for, of a table that goes by the name `j`.
pub const COUNTED: &str = "j.status = 'active' AND j.deleted_at IS NULL AND j.is_away = 0";

/// What makes a posting open at the moment of the one `?`, of a table that goes by the name `j`.
pub const OPEN: &str =
    "j.status = 'active' AND j.deleted_at IS NULL AND j.is_away = 0 AND (j.deadline IS NULL OR j.deadline > ?)";

/// A skill that more postings than so many ask for is common.
const COMMON: i64 = 2_000;

/// Reads the columns of [`JOB`] and of a nested poster. The skills follow by [`asked`].
fn job(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<Job> {
    let (status, deadline): (JobStatus, Option<Timestamp>) = (row.get("status")?, row.get("deadline")?);
    let deleted_at: Option<Timestamp> = row.get("deleted_at")?;
    let is_past = deadline.is_some_and(|it| it <= now);
    let is_away: bool = row.get("is_away")?;
    Ok(Job {
        id: row.get("id")?,
        title: row.get("title")?,
        description: row.get("description")?,
        company_name: row.get("company_name")?,
        company_logo: row.get("company_logo")?,
        location: row.get("location")?,
        is_remote: row.get("is_remote")?,
        job_type: row.get("job_type")?,
        experience_level: row.get("experience_level")?,
        required_skills: vec![],
        nice_to_have_skills: vec![],
        salary_min: row.get("salary_min")?,
        salary_max: row.get("salary_max")?,
        salary_currency: row.get("salary_currency")?,
        application_url: row.get("application_url")?,
        deadline,
        status,
        posted_by: row.get::<_, Option<Id<User>>>("u_id")?.map(|_| UserRef::read(row)).transpose()?,
        posted_at: row.get("posted_at")?,
        total_applications: row.get("total_applications")?,
        views_count: row.get("views_count")?,
        is_open: status == JobStatus::Active && deleted_at.is_none() && !is_away && !is_past,
        is_deleted: deleted_at.is_some(),
        deleted_at,
        is_away,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        match_percentage: None,
        my_application: None,
    })
}

/// The postings with these ids, in this order, deleted ones included; the skills that they ask for stand beside them.
///
/// # Errors
/// Those of the database.
pub fn get_all(conn: &Connection, ids: &[Id<Job>], now: Timestamp) -> Result<Vec<(Job, Vec<Asked>)>> {
    let list = serde_json::to_string(ids)?;
    let sql = format!(
        "SELECT {JOB}, {} FROM json_each(?1) l JOIN job_opportunities j ON j.id = l.value
         LEFT JOIN users u ON u.id = j.posted_by ORDER BY l.key",
        UserRef::COLUMNS
    );
    let jobs: Vec<_> = rows::all(conn, &sql, [list], |row| job(row, now))?;
    let mut asked = asked(conn, ids)?;
    Ok(jobs
        .into_iter()
        .map(|job| {
            let asked = asked.remove(&job.id).unwrap_or_default();
            (job, asked)
        })
        .collect())
}

/// The posting with this id, deleted or not.
///
/// # Errors
/// 404.
pub fn get_any(conn: &Connection, id: Id<Job>, now: Timestamp) -> Result<Job> {
    let (mut job, asked) = get_all(conn, &[id], now)?.pop().ok_or(Error::NotFound("job"))?;
    job.ask(asked);
    Ok(job)
}

/// The posting with this id unless it is deleted, or its poster about to be erased.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<Job>, now: Timestamp) -> Result<Job> {
    get_any(conn, id, now).and_then(|job| if job.is_there() { Ok(job) } else { Err(Error::NotFound("job")) })
}

/// What these postings ask for, in the posters' order: one query, however many there are.
///
/// # Errors
/// Those of the database.
pub fn asked(conn: &Connection, ids: &[Id<Job>]) -> Result<HashMap<Id<Job>, Vec<Asked>>> {
    let sql = format!(
        "SELECT a.job_id, a.must, s.job_demand, {} FROM job_skills a JOIN skills s ON s.id = a.skill_id
         WHERE a.job_id IN (SELECT value FROM json_each(?1)) ORDER BY a.job_id, a.position",
        SkillRef::COLUMNS
    );
    rows::grouped(conn, &sql, [serde_json::to_string(ids)?], |row| {
        let it = Asked { skill: SkillRef::read(row)?, must: row.get("must")?, demand: row.get("job_demand")? };
        Ok((row.get("job_id")?, it))
    })
}

/// The classes of postings whose name contains the one `?`: there are fewer of them than of postings.
fn naming(what: &str) -> String {
    format!("SELECT key FROM kept_counts WHERE what = '{what}' AND instr(fold(key), fold(?)) > 0")
}

/// The ids of postings that these filters leave, before they are ordered. `skill` is the filter's, looked up.
///
/// # Errors
/// None in practice: the filters have an SQL form.
pub fn select(
    filter: &JobFilter,
    slice: &Slice,
    skill: Option<Id<Skill>>,
    caller: Option<Id<User>>,
    now: Timestamp,
) -> Result<Select> {
    let mine = filter.mine == Some(true);
    let mut select =
        Select::new("j.id", "job_opportunities j", "j.id").and("j.deleted_at IS NULL AND j.is_away = 0", &[])?;
    if mine {
        select = select.and("j.posted_by IS ?", &[&caller])?.and_any("j.status", &filter.status)?;
    } else if filter.status.contains(&JobStatus::Closed) {
        // Past its deadline, a posting is closed to all who look, even before the system has written so.
        let closed = "j.status = 'closed' OR j.deadline <= ?";
        if !filter.status.contains(&JobStatus::Active) {
            select = select.and(closed, &[&now])?;
        }
    } else {
        select = select.and(OPEN, &[&now])?;
    }
    select
        .and_some(&format!("j.location IN ({})", naming("jobs.place")), filter.location.as_deref())?
        .and_some(&format!("j.company_name IN ({})", naming("jobs.company")), filter.company.as_deref())?
        .and_any("j.job_type", &filter.job_type)?
        .and_any("j.experience_level", &filter.experience_level)?
        .and_some("coalesce(j.salary_max, j.salary_min) >= ?", filter.salary_min)?
        .and_some("j.salary_min <= ?", filter.salary_max)?
        .and_some("j.id IN (SELECT job_id FROM job_skills WHERE skill_id = ?)", skill)?
        .and_some("j.posted_at >= ?", filter.posted_after)?
        .dated("j.created_at", slice)?
        .search_index("job_fts", slice)
}

/// The ids of the postings that the filters leave, in the asked order.
///
/// # Errors
/// 400 for an ordering that is not known.
pub fn in_order(
    listing: &Listing<JobFilter>,
    skill: Option<Id<Skill>>,
    caller: Option<Id<User>>,
    now: Timestamp,
) -> Result<Select> {
    let orders = &[
        Order::by("posted_at", "j.posted_at"),
        Order::by("salary_min", "j.salary_min"),
        Order::by("salary_max", "j.salary_max"),
        Order::by("deadline", "j.deadline"),
    ];
    select(&listing.filter, &listing.slice, skill, caller, now)?.order(&listing.slice, orders, "-posted_at")
}

/// How many postings these filters leave, where that is kept: those of lists that many ask for.
///
/// # Errors
/// Those of the database.
pub fn kept_count(
    conn: &Connection,
    listing: &Listing<JobFilter>,
    skill: Option<Id<Skill>>,
    now: Timestamp,
) -> Result<Option<i64>> {
    let JobFilter { job_type, experience_level, .. } = &listing.filter;
    match (listing.filter.is_open_alone() && listing.slice.is_undivided(), skill) {
        (true, None) => market::store::count_listed(conn, job_type, experience_level, now).map(Some),
        (true, Some(skill)) if job_type.is_empty() && experience_level.is_empty() => {
            Ok(Some(market::store::demand_of(conn, skill)? - market::store::count_past(conn, skill, now)?))
        }
        _ => Ok(None),
    }
}

/// A part of the postings that the filters leave; how many there are in all is counted where it is not kept.
///
/// # Errors
/// As [`Select::page`].
pub fn page(
    conn: &Connection,
    listing: &Listing<JobFilter>,
    skill: Option<Id<Skill>>,
    caller: Option<Id<User>>,
    kept_count: Option<i64>,
    now: Timestamp,
) -> Result<Page<Id<Job>>> {
    // What many ask for is soon found on the way through the list; what few ask for is looked up.
    let common = skill.filter(|_| kept_count.is_some_and(|it| it > COMMON));
    let mut select = in_order(listing, skill.filter(|_| common.is_none()), caller, now)?
        .and_some("EXISTS (SELECT 1 FROM job_skills a WHERE a.job_id = j.id AND a.skill_id = ?)", common)?;
    if let Some(rows) = kept_count {
        select = select.counting(rows);
    }
    select.page(conn, &listing.slice, |row| row.get(0))
}

/// Adds a posting and what it asks for.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, poster: Option<Id<User>>, it: &JobDraft) -> Result<Id<Job>> {
    let id = tx
        .prepare_cached(
            "INSERT INTO job_opportunities (posted_by, title, description, company_name, location, is_remote, job_type,
                 experience_level, salary_min, salary_max, salary_currency, application_url, deadline, status, posted_at,
                 created_at, updated_at)
             VALUES (:poster, :title, :description, :company_name, :location, :is_remote, :job_type, :experience_level,
                 :salary_min, :salary_max, :salary_currency, :application_url, :deadline, :status, :now, :now, :now)
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":poster": poster, ":title": it.title, ":description": it.description, ":company_name": it.company_name,
                ":location": it.location, ":is_remote": it.is_remote, ":job_type": it.job_type,
                ":experience_level": it.experience_level, ":salary_min": it.salary_min, ":salary_max": it.salary_max,
                ":salary_currency": it.salary_currency, ":application_url": it.application_url,
                ":deadline": it.deadline, ":status": it.status, ":now": tx.now(),
            },
            |row| row.get(0),
        )?;
    set_skills(tx, id, it)?;
    Ok(id)
}

/// Writes a posting and what it asks for.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Job>, it: &JobDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE job_opportunities SET title = :title, description = :description, company_name = :company_name,
             location = :location, is_remote = :is_remote, job_type = :job_type, experience_level = :experience_level,
             salary_min = :salary_min, salary_max = :salary_max, salary_currency = :salary_currency,
             application_url = :application_url, deadline = :deadline, status = :status, updated_at = :now
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id, ":title": it.title, ":description": it.description, ":company_name": it.company_name,
        ":location": it.location, ":is_remote": it.is_remote, ":job_type": it.job_type,
        ":experience_level": it.experience_level, ":salary_min": it.salary_min, ":salary_max": it.salary_max,
        ":salary_currency": it.salary_currency, ":application_url": it.application_url, ":deadline": it.deadline,
        ":status": it.status, ":now": tx.now(),
    })?;
    set_skills(tx, id, it)
}

fn set_skills(tx: &Tx<'_>, id: Id<Job>, it: &JobDraft) -> Result<()> {
    tx.prepare_cached("DELETE FROM job_skills WHERE job_id = ?1")?.execute([id])?;
    let must = it.required_skill_ids.iter().map(|skill| (skill, true));
    let nice = it.nice_to_have_skill_ids.iter().map(|skill| (skill, false));
    let mut insert =
        tx.prepare_cached("INSERT INTO job_skills (job_id, skill_id, must, position) VALUES (?1, ?2, ?3, ?4)")?;
    for (position, (skill, must)) in (0_i64..).zip(must.chain(nice)) {
        insert.execute((id, skill.id, must, position))?;
    }
    Ok(())
}

/// Opens or closes a posting.
///
/// # Errors
/// Those of the database.
pub fn update_status(tx: &Tx<'_>, id: Id<Job>, status: JobStatus) -> Result<()> {
    tx.set("job_opportunities", id, "status", status)
}

/// The skills that this posting counts for: all that it asks for, or none when it does not count.
///
/// # Errors
/// Those of the database.
pub fn counted_skills(conn: &Connection, id: Id<Job>) -> Result<Vec<Id<Skill>>> {
    let sql = format!(
        "SELECT a.skill_id FROM job_skills a JOIN job_opportunities j ON j.id = a.job_id WHERE a.job_id = ?1 AND {COUNTED}"
    );
    rows::all(conn, &sql, [id], |row| row.get(0))
}

/// How many postings count for each skill that is asked for at all.
///
/// # Errors
/// Those of the database.
pub fn demand(conn: &Connection) -> Result<Vec<(Id<Skill>, i64)>> {
    let sql = format!(
        "SELECT a.skill_id, count(*) FROM job_skills a JOIN job_opportunities j ON j.id = a.job_id WHERE {COUNTED} GROUP BY 1"
    );
    rows::all(conn, &sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Lets postings that ask for `from` ask for `into` instead.
///
/// # Errors
/// Those of the database.
pub fn update_skill(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    tx.execute(
        "UPDATE job_skills SET must = 1 WHERE skill_id = ?2
             AND job_id IN (SELECT job_id FROM job_skills WHERE skill_id = ?1 AND must = 1)",
        (from, into),
    )?;
    skills::store::merge_in(tx, "job_skills", from, into)
}

/// Whether an open posting was made after this moment.
///
/// # Errors
/// Those of the database.
pub fn posted_since(conn: &Connection, since: Timestamp) -> Result<bool> {
    let newer = "SELECT 1 FROM job_opportunities WHERE status = 'active' AND deleted_at IS NULL AND posted_at > ?1";
    Ok(conn.prepare_cached(newer)?.exists([since])?)
}

/// Active postings whose deadline has passed.
///
/// # Errors
/// Those of the database.
pub fn expired(conn: &Connection, now: Timestamp) -> Result<Vec<Id<Job>>> {
    let sql = "SELECT id FROM job_opportunities
         WHERE status = 'active' AND deleted_at IS NULL AND deadline IS NOT NULL AND deadline <= ?1 ORDER BY deadline";
    rows::all(conn, sql, [now], |row| row.get(0))
}

/// Active postings of this account, deleted and hidden ones among them.
///
/// # Errors
/// Those of the database.
pub fn active_of(conn: &Connection, poster: Id<User>) -> Result<Vec<Id<Job>>> {
    let sql = "SELECT id FROM job_opportunities WHERE posted_by = ?1 AND status = 'active'";
    rows::all(conn, sql, [poster], |row| row.get(0))
}

/// Postings that count in what skills are asked for.
///
/// # Errors
/// Those of the database.
pub fn count(conn: &Connection) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT open FROM job_market WHERE one = 1")?.query_row([], |row| row.get(0))?)
}

/// Counts the postings that count anew; 1 when the kept number was wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    let count = format!("(SELECT count(*) FROM job_opportunities j WHERE {COUNTED})");
    Ok(tx.execute(&format!("UPDATE job_market SET open = {count} WHERE open <> {count}"), [])?)
}

/// Who posted this, deleted or not; none when they are gone.
///
/// # Errors
/// 404.
pub fn poster(conn: &Connection, id: Id<Job>) -> Result<Option<Id<User>>> {
    conn.prepare_cached("SELECT posted_by FROM job_opportunities WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .ok_or(Error::NotFound("job"))
}
