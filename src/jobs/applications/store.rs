//! The rows of applications.

use rusqlite::{Connection, OptionalExtension, Row};

use super::model::{Application, ApplicationDraft, ApplicationFilter, ApplicationStatus, Change};
use crate::{
    jobs::{Job, JobRef},
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select, Slice},
        rows,
    },
    users::{User, UserRef},
};

/// The columns of an application, of a table that goes by the name `a`.
const APPLICATION: &str = "a.id, a.job_title, a.company_name AS a_company_name, a.status AS a_status, a.cover_letter,
    a.resume_id, a.match_percentage, a.applied_at, a.created_at, a.updated_at";

const FROM: &str =
    "job_applications a JOIN users u ON u.id = a.user_id LEFT JOIN job_opportunities j ON j.id = a.job_id";

fn columns() -> String {
    format!("{APPLICATION}, {}, {}", UserRef::COLUMNS, JobRef::COLUMNS)
}

fn application(row: &Row<'_>) -> rusqlite::Result<Application> {
    Ok(Application {
        id: row.get("id")?,
        user: UserRef::read(row)?,
        job: row.get::<_, Option<Id<Job>>>("j_id")?.map(|_| JobRef::read(row)).transpose()?,
        job_title: row.get("job_title")?,
        company_name: row.get("a_company_name")?,
        status: row.get("a_status")?,
        cover_letter: row.get("cover_letter")?,
        resume_id: row.get("resume_id")?,
        match_percentage: row.get("match_percentage")?,
        applied_at: row.get("applied_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        history: None,
    })
}

/// The application with this id, and who may move it: the poster of its posting.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<Application>) -> Result<(Application, Option<Id<User>>)> {
    conn.prepare_cached(&format!("SELECT {}, j.posted_by FROM {FROM} WHERE a.id = ?1", columns()))?
        .query_row([id], |row| Ok((application(row)?, row.get("posted_by")?)))
        .optional()?
        .ok_or(Error::NotFound("application"))
}

/// This person's application to this posting.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, user: Id<User>, job: Id<Job>) -> Result<Option<Application>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {} FROM {FROM} WHERE a.user_id = ?1 AND a.job_id = ?2", columns()))?
        .query_row((user, job), application)
        .optional()?)
}

/// The postings that this person applied to and did not withdraw from.
///
/// # Errors
/// Those of the database.
pub fn applied_to(conn: &Connection, user: Id<User>) -> Result<Vec<Id<Job>>> {
    let sql = "SELECT job_id FROM job_applications WHERE user_id = ?1 AND status <> 'withdrawn' AND job_id IS NOT NULL";
    rows::all(conn, sql, [user], |row| row.get(0))
}

const ORDERS: [Order; 3] = [
    Order::by("applied_at", "a.applied_at"),
    Order::by("updated_at", "a.updated_at"),
    Order::by("match", "a.match_percentage"),
];

fn filtered(filter: &ApplicationFilter, slice: &Slice) -> Result<Select> {
    Select::new(&columns(), FROM, "a.id")
        .and_any("a.status", &filter.status)?
        .and_some("a.job_id = ?", filter.job)?
        .dated("a.created_at", slice)
}

/// A part of one person's applications.
///
/// # Errors
/// As [`Select::page`].
pub fn page_of_user(
    conn: &Connection,
    user: Id<User>,
    listing: &Listing<ApplicationFilter>,
) -> Result<Page<Application>> {
    let Listing { filter, slice } = listing;
    filtered(filter, slice)?
        .and("a.user_id = ?", &[&user])?
        .search(&["a.job_title", "a.company_name"], slice)?
        .order(slice, &ORDERS[..2], "-applied_at")?
        .page(conn, slice, application)
}

/// A part of the applications of all.
///
/// # Errors
/// As [`Select::page`].
pub fn page_of_all(conn: &Connection, listing: &Listing<ApplicationFilter>) -> Result<Page<Application>> {
    let Listing { filter, slice } = listing;
    filtered(filter, slice)?
        .search(&["a.job_title", "a.company_name", "u.username"], slice)?
        .order(slice, &ORDERS, "-applied_at")?
        .page(conn, slice, application)
}

/// A part of the applications to one posting.
///
/// # Errors
/// As [`Select::page`].
pub fn page_of_job(conn: &Connection, job: Id<Job>, listing: &Listing<ApplicationFilter>) -> Result<Page<Application>> {
    let Listing { filter, slice } = listing;
    filtered(filter, slice)?
        .and("a.job_id = ?", &[&job])?
        .search(&["u.username", "u.first_name", "u.last_name"], slice)?
        .order(slice, &ORDERS, "-applied_at")?
        .page(conn, slice, application)
}

const CHANGE: &str = "c.from_status, c.to_status, c.note, c.at";

const CHANGES: &str = "application_changes c LEFT JOIN users u ON u.id = c.by_id";

fn change(row: &Row<'_>) -> rusqlite::Result<Change> {
    Ok(Change {
        from: row.get("from_status")?,
        to: row.get("to_status")?,
        by: row.get::<_, Option<Id<User>>>("u_id")?.map(|_| UserRef::read(row)).transpose()?,
        note: row.get("note")?,
        at: row.get("at")?,
    })
}

/// Each step of an application, oldest first.
///
/// # Errors
/// Those of the database.
pub fn history(conn: &Connection, id: Id<Application>) -> Result<Vec<Change>> {
    let sql = format!("SELECT {CHANGE}, {} FROM {CHANGES} WHERE c.application_id = ?1 ORDER BY c.id", UserRef::COLUMNS);
    rows::all(conn, &sql, [id], change)
}

/// A new application.
pub struct NewApplication<'a> {
    /// Who applies.
    pub user: Id<User>,
    /// What for.
    pub job: &'a Job,
    /// What they write.
    pub draft: &'a ApplicationDraft,
    /// How well it fits today.
    pub match_percentage: i64,
}

/// Adds an application, or brings a withdrawn one back: as new in all but its number.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, new: &NewApplication<'_>) -> Result<Id<Application>> {
    let NewApplication { user, job, draft, match_percentage } = new;
    Ok(tx
        .prepare_cached(
            "INSERT INTO job_applications (user_id, job_id, job_title, company_name, status, cover_letter, resume_id,
                 match_percentage, applied_at, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, 'applied', ?5, ?6, ?7, ?8, ?8, ?8)
             ON CONFLICT (user_id, job_id) DO UPDATE SET job_title = ?3, company_name = ?4, status = 'applied',
                 cover_letter = ?5, resume_id = ?6, match_percentage = ?7, applied_at = ?8, updated_at = ?8
             RETURNING id",
        )?
        .query_row(
            (
                user,
                job.id,
                &job.title,
                &job.company_name,
                &draft.cover_letter,
                draft.resume_id,
                match_percentage,
                tx.now(),
            ),
            |row| row.get(0),
        )?)
}

/// Writes what the applicant writes.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Application>, draft: &ApplicationDraft) -> Result<()> {
    tx.prepare_cached("UPDATE job_applications SET cover_letter = ?2, resume_id = ?3, updated_at = ?4 WHERE id = ?1")?
        .execute((id, &draft.cover_letter, draft.resume_id, tx.now()))?;
    Ok(())
}

/// Writes where an application stands.
///
/// # Errors
/// Those of the database.
pub fn update_status(tx: &Tx<'_>, id: Id<Application>, status: ApplicationStatus) -> Result<()> {
    tx.set("job_applications", id, "status", status)
}

/// Adds a step to the history; its number.
///
/// # Errors
/// Those of the database.
pub fn insert_change(
    tx: &Tx<'_>,
    id: Id<Application>,
    steps: (Option<ApplicationStatus>, ApplicationStatus),
    by: Id<User>,
    note: &str,
) -> Result<i64> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO application_changes (application_id, from_status, to_status, by_id, note, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        )?
        .query_row((id, steps.0, steps.1, by, note, tx.now()), |row| row.get(0))?)
}

/// Moves the count of a posting's applications.
///
/// # Errors
/// Those of the database.
pub fn update_count(tx: &Tx<'_>, job: Id<Job>, by: i64) -> Result<()> {
    tx.prepare_cached("UPDATE job_opportunities SET total_applications = total_applications + ?2 WHERE id = ?1")?
        .execute((job, by))?;
    Ok(())
}

/// Rebuilds every count; the number of those that were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    const COUNT: &str =
        "(SELECT count(*) FROM job_applications a WHERE a.job_id = job_opportunities.id AND a.status <> 'withdrawn')";
    let sql = format!("UPDATE job_opportunities SET total_applications = {COUNT} WHERE total_applications <> {COUNT}");
    Ok(tx.execute(&sql, [])?)
}

/// Removes every application of an account.
///
/// # Errors
/// Those of the database.
pub fn delete_of_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("DELETE FROM job_applications WHERE user_id = ?1", [user])?;
    Ok(())
}

/// The postings that an account applied to, and how far it came with each.
///
/// # Errors
/// Those of the database.
pub fn of_user(conn: &Connection, user: Id<User>) -> Result<Vec<(Id<Job>, ApplicationStatus)>> {
    let sql = "SELECT job_id, status FROM job_applications WHERE user_id = ?1 AND job_id IS NOT NULL";
    rows::all(conn, sql, [user], |row| Ok((row.get(0)?, row.get(1)?)))
}
