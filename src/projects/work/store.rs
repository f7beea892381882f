//! The rows of work on projects.

use rusqlite::{Connection, OptionalExtension, Row};

use super::model::{Review, Standing, Submission, Work, WorkFilter, WorkStatus};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select},
        rows,
    },
    projects::{Project, ProjectRef},
    users::{User, UserRef},
};

/// The columns of work, of a table that goes by the name `w`.
const WORK: &str = "w.id, w.status, w.submission_url, w.submission_notes, w.rating, w.feedback,
    w.started_at, w.submitted_at, w.completed_at, w.created_at, w.updated_at, p.created_by, p.deleted_at";

const FROM: &str = "user_project_progress w JOIN users u ON u.id = w.user_id JOIN projects p ON p.id = w.project_id
    LEFT JOIN users o ON o.id = w.reviewed_by";

fn columns() -> String {
    format!("{WORK}, {}, {}, {}", UserRef::COLUMNS, UserRef::OTHER, ProjectRef::COLUMNS)
}

fn work(row: &Row<'_>) -> rusqlite::Result<Work> {
    Ok(Work {
        id: row.get("id")?,
        user: UserRef::read(row)?,
        project: ProjectRef::read(row)?,
        status: row.get("status")?,
        submission_url: row.get("submission_url")?,
        submission_notes: row.get("submission_notes")?,
        rating: row.get("rating")?,
        feedback: row.get("feedback")?,
        reviewed_by: row.get::<_, Option<Id<User>>>("o_id")?.map(|_| UserRef::read_other(row)).transpose()?,
        started_at: row.get("started_at")?,
        submitted_at: row.get("submitted_at")?,
        completed_at: row.get("completed_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        creator: row.get("created_by")?,
        is_gone: row.get::<_, Option<i64>>("deleted_at")?.is_some(),
    })
}

/// The work with this id.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<Work>) -> Result<Work> {
    conn.prepare_cached(&format!("SELECT {} FROM {FROM} WHERE w.id = ?1", columns()))?
        .query_row([id], work)
        .optional()?
        .ok_or(Error::NotFound("project work"))
}

/// This person's work on this project.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, user: Id<User>, project: Id<Project>) -> Result<Option<Work>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {} FROM {FROM} WHERE w.user_id = ?1 AND w.project_id = ?2", columns()))?
        .query_row((user, project), work)
        .optional()?)
}

const ORDERS: [Order; 3] = [
    Order::by("started_at", "w.started_at"),
    Order::by("submitted_at", "w.submitted_at"),
    Order::by("rating", "w.rating"),
];

fn select(listing: &Listing<WorkFilter>) -> Result<Select> {
    let Listing { filter, slice } = listing;
    Select::new(&columns(), FROM, "w.id")
        .and_any("w.status", &filter.status)?
        .and_some("w.project_id = ?", filter.project)?
        .dated("w.created_at", slice)
}

/// A part of one person's work, that on deleted projects included.
///
/// # Errors
/// As [`Select::page`].
pub fn page_of_user(conn: &Connection, user: Id<User>, listing: &Listing<WorkFilter>) -> Result<Page<Work>> {
    select(listing)?
        .and("w.user_id = ?", &[&user])?
        .search(&["p.title"], &listing.slice)?
        .order(&listing.slice, &ORDERS, "-started_at")?
        .page(conn, &listing.slice, work)
}

/// A part of the work on a project that was submitted or accepted.
///
/// # Errors
/// As [`Select::page`].
pub fn page_of_project(conn: &Connection, project: Id<Project>, listing: &Listing<WorkFilter>) -> Result<Page<Work>> {
    select(listing)?
        .and("w.project_id = ? AND w.status <> 'in_progress'", &[&project])?
        .search(&["u.username", "u.first_name", "u.last_name"], &listing.slice)?
        .order(&listing.slice, &ORDERS, "-started_at")?
        .page(conn, &listing.slice, work)
}

/// The best accepted work on a project.
///
/// # Errors
/// Those of the database.
pub fn leaderboard(conn: &Connection, project: Id<Project>, limit: i64) -> Result<Vec<Standing>> {
    let sql = format!(
        "SELECT row_number() OVER (ORDER BY w.rating DESC, w.submitted_at, w.id) AS place, w.rating, w.submitted_at, {}
         FROM user_project_progress w JOIN users u ON u.id = w.user_id
         WHERE w.project_id = ?1 AND w.status = 'completed' AND w.rating IS NOT NULL AND u.is_active
         ORDER BY place LIMIT ?2",
        UserRef::COLUMNS
    );
    rows::all(conn, &sql, (project, limit), |row| {
        Ok(Standing {
            rank: row.get("place")?,
            user: UserRef::read(row)?,
            rating: row.get("rating")?,
            submitted_at: row.get("submitted_at")?,
        })
    })
}

/// Begins work.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, user: Id<User>, project: Id<Project>) -> Result<Id<Work>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO user_project_progress (user_id, project_id, status, started_at, created_at, updated_at)
             VALUES (?1, ?2, 'in_progress', ?3, ?3, ?3) RETURNING id",
        )?
        .query_row((user, project, tx.now()), |row| row.get(0))?)
}

/// Writes what the author writes.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Work>, it: &Submission) -> Result<()> {
    tx.prepare_cached(
        "UPDATE user_project_progress SET submission_url = ?2, submission_notes = ?3, updated_at = ?4 WHERE id = ?1",
    )?
    .execute((id, &it.submission_url, &it.submission_notes, tx.now()))?;
    Ok(())
}

/// Notes that work is submitted now.
///
/// # Errors
/// Those of the database.
pub fn update_submitted(tx: &Tx<'_>, id: Id<Work>) -> Result<()> {
    tx.prepare_cached(
        "UPDATE user_project_progress SET status = 'submitted', submitted_at = ?2, updated_at = ?2 WHERE id = ?1",
    )?
    .execute((id, tx.now()))?;
    Ok(())
}

/// Writes a review; how many there have been with it.
///
/// # Errors
/// Those of the database.
pub fn update_review(tx: &Tx<'_>, id: Id<Work>, by: Id<User>, review: &Review) -> Result<i64> {
    let status = if review.accepted { WorkStatus::Completed } else { WorkStatus::InProgress };
    let completed_at = review.accepted.then(|| tx.now());
    Ok(tx
        .prepare_cached(
            "UPDATE user_project_progress SET status = ?2, completed_at = ?3, rating = ?4, feedback = ?5,
                 reviewed_by = ?6, reviews = reviews + 1, updated_at = ?7
             WHERE id = ?1 RETURNING reviews",
        )?
        .query_row((id, status, completed_at, review.rating, &review.feedback, by, tx.now()), |row| row.get(0))?)
}

/// Removes work.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<Work>) -> Result<()> {
    tx.prepare_cached("DELETE FROM user_project_progress WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Removes the work of a person.
///
/// # Errors
/// Those of the database.
pub fn delete_of_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("DELETE FROM user_project_progress WHERE user_id = ?1", [user])?;
    Ok(())
}
