//! The rows of learners and of what they think.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row};

use super::model::{LearningStatus, Progress, ProgressFilter, Rating, RatingDraft};
use crate::{
    courses::{Course, CourseRef, modules::CourseModule},
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, NoFilter, Order, Page, Select},
        rows,
    },
    users::{User, UserRef},
};

/// Modules that somebody completed, of a table that goes by the name `p`.
const DONE: &str = "(SELECT count(*) FROM module_completions d WHERE d.progress_id = p.id)";

/// Modules that there are.
const ALL: &str = "(SELECT count(*) FROM course_modules m WHERE m.course_id = p.course_id)";

const FROM: &str = "user_course_progress p JOIN users u ON u.id = p.user_id JOIN courses c ON c.id = p.course_id";

fn percentage() -> String {
    format!("iif(p.status = 'completed', 100, coalesce(100 * {DONE} / nullif({ALL}, 0), 0))")
}

fn columns() -> String {
    format!(
        "p.id, p.status, p.started_at, p.completed_at, p.created_at, p.updated_at, c.deleted_at, {DONE} AS done,
         {} AS percentage, {}, {}",
        percentage(),
        UserRef::COLUMNS,
        CourseRef::COLUMNS
    )
}

fn progress(row: &Row<'_>) -> rusqlite::Result<Progress> {
    Ok(Progress {
        id: row.get("id")?,
        user: UserRef::read(row)?,
        course: CourseRef::read(row)?,
        status: row.get("status")?,
        progress_percentage: row.get("percentage")?,
        modules_completed: row.get("done")?,
        started_at: row.get("started_at")?,
        completed_at: row.get("completed_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        is_gone: row.get::<_, Option<i64>>("deleted_at")?.is_some(),
    })
}

/// The progress with this id, if it is this person's.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<Progress>, user: Id<User>) -> Result<Progress> {
    conn.prepare_cached(&format!("SELECT {} FROM {FROM} WHERE p.id = ?1 AND p.user_id = ?2", columns()))?
        .query_row((id, user), progress)
        .optional()?
        .ok_or(Error::NotFound("progress"))
}

/// How far this person has come with this course.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, user: Id<User>, course: Id<Course>) -> Result<Option<Progress>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {} FROM {FROM} WHERE p.user_id = ?1 AND p.course_id = ?2", columns()))?
        .query_row((user, course), progress)
        .optional()?)
}

fn select(listing: &Listing<ProgressFilter>) -> Result<Select> {
    let Listing { filter, slice } = listing;
    Select::new(&columns(), FROM, "p.id")
        .and_any("p.status", &filter.status)?
        .and_some("p.course_id = ?", filter.course)?
        .dated("p.created_at", slice)
}

const ORDERS: [Order; 2] = [Order::by("started_at", "p.started_at"), Order::by("progress_percentage", "percentage")];

/// A part of the courses that a person learns, those of deleted courses included.
///
/// # Errors
/// As [`Select::page`].
pub fn page_of_user(conn: &Connection, user: Id<User>, listing: &Listing<ProgressFilter>) -> Result<Page<Progress>> {
    select(listing)?
        .and("p.user_id = ?", &[&user])?
        .search(&["c.title"], &listing.slice)?
        .order(&listing.slice, &ORDERS, "-started_at")?
        .page(conn, &listing.slice, progress)
}

/// A part of the learners of a course.
///
/// # Errors
/// As [`Select::page`].
pub fn page_of_course(
    conn: &Connection,
    course: Id<Course>,
    listing: &Listing<ProgressFilter>,
) -> Result<Page<Progress>> {
    select(listing)?
        .and("p.course_id = ?", &[&course])?
        .search(&["u.username", "u.first_name", "u.last_name"], &listing.slice)?
        .order(&listing.slice, &ORDERS, "-started_at")?
        .page(conn, &listing.slice, progress)
}

/// Where this person stands with each course that they ever enrolled in, and how many percent of it are done.
///
/// # Errors
/// Those of the database.
pub fn standings(conn: &Connection, user: Id<User>) -> Result<HashMap<Id<Course>, (LearningStatus, i64)>> {
    let sql = format!(
        "SELECT p.course_id, p.status, {} AS percentage FROM user_course_progress p WHERE p.user_id = ?1",
        percentage()
    );
    rows::all(conn, &sql, [user], |row| Ok((row.get("course_id")?, (row.get("status")?, row.get("percentage")?))))
}

/// Who is learning this course.
///
/// # Errors
/// Those of the database.
pub fn learning(conn: &Connection, course: Id<Course>) -> Result<Vec<Id<User>>> {
    let sql = "SELECT user_id FROM user_course_progress WHERE course_id = ?1 AND status = 'in_progress'";
    rows::all(conn, sql, [course], |row| row.get(0))
}

/// The modules that are completed here, in the order of the course.
///
/// # Errors
/// Those of the database.
pub fn completed(conn: &Connection, id: Id<Progress>) -> Result<Vec<Id<CourseModule>>> {
    let sql = "SELECT d.module_id FROM module_completions d JOIN course_modules m ON m.id = d.module_id
         WHERE d.progress_id = ?1 ORDER BY m.position";
    rows::all(conn, sql, [id], |row| row.get(0))
}

/// Whose courses in progress have no module left, though the system has not written so: of this course, or of this progress.
///
/// # Errors
/// Those of the database.
pub fn finished(conn: &Connection, course: Option<Id<Course>>, one: Option<Id<Progress>>) -> Result<Vec<Progress>> {
    Select::new(&columns(), FROM, "p.id")
        .and("p.status = 'in_progress'", &[])?
        .and_some("p.course_id = ?", course)?
        .and_some("p.id = ?", one)?
        .and(&format!("{ALL} > 0 AND {DONE} = {ALL}"), &[])?
        .rows(conn, i64::MAX, progress)
}

/// Adds a learner.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, user: Id<User>, course: Id<Course>) -> Result<Id<Progress>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO user_course_progress (user_id, course_id, status, started_at, created_at, updated_at)
             VALUES (?1, ?2, 'in_progress', ?3, ?3, ?3) RETURNING id",
        )?
        .query_row((user, course, tx.now()), |row| row.get(0))?)
}

/// Writes where a learner stands.
///
/// # Errors
/// Those of the database.
pub fn update_status(tx: &Tx<'_>, id: Id<Progress>, status: LearningStatus) -> Result<()> {
    let completed_at = (status == LearningStatus::Completed).then(|| tx.now());
    tx.prepare_cached("UPDATE user_course_progress SET status = ?2, completed_at = ?3, updated_at = ?4 WHERE id = ?1")?
        .execute((id, status, completed_at, tx.now()))?;
    Ok(())
}

/// Removes a learner, and what they completed.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<Progress>) -> Result<()> {
    tx.prepare_cached("DELETE FROM user_course_progress WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Notes that a module is completed; whether that is new.
///
/// # Errors
/// Those of the database.
pub fn insert_completion(tx: &Tx<'_>, id: Id<Progress>, module: Id<CourseModule>) -> Result<bool> {
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO module_completions (progress_id, module_id, completed_at) VALUES (?1, ?2, ?3)",
        )?
        .execute((id, module, tx.now()))?;
    touch(tx, id, added > 0)
}

/// Takes that back; whether there was anything.
///
/// # Errors
/// Those of the database.
pub fn delete_completion(tx: &Tx<'_>, id: Id<Progress>, module: Id<CourseModule>) -> Result<bool> {
    let removed = tx
        .prepare_cached("DELETE FROM module_completions WHERE progress_id = ?1 AND module_id = ?2")?
        .execute((id, module))?;
    touch(tx, id, removed > 0)
}

fn touch(tx: &Tx<'_>, id: Id<Progress>, changed: bool) -> Result<bool> {
    if changed {
        tx.prepare_cached("UPDATE user_course_progress SET updated_at = ?2 WHERE id = ?1")?.execute((id, tx.now()))?;
    }
    Ok(changed)
}

const RATING: &str = "r.rating, r.review, r.created_at";

const RATINGS: &str = "course_ratings r JOIN users u ON u.id = r.user_id";

fn rating(row: &Row<'_>) -> rusqlite::Result<Rating> {
    Ok(Rating {
        user: UserRef::read(row)?,
        rating: row.get("rating")?,
        review: row.get("review")?,
        created_at: row.get("created_at")?,
    })
}

/// A part of what is thought of a course.
///
/// # Errors
/// As [`Select::page`].
pub fn ratings(conn: &Connection, course: Id<Course>, listing: &Listing<NoFilter>) -> Result<Page<Rating>> {
    let orders = &[Order::by("created_at", "r.created_at"), Order::by("rating", "r.rating")];
    Select::new(&format!("{RATING}, {}", UserRef::COLUMNS), RATINGS, "r.id")
        .and("r.course_id = ?", &[&course])?
        .dated("r.created_at", &listing.slice)?
        .search(&["r.review"], &listing.slice)?
        .order(&listing.slice, orders, "-created_at")?
        .page(conn, &listing.slice, rating)
}

/// What this person thinks of this course.
///
/// # Errors
/// Those of the database.
pub fn rating_of(conn: &Connection, course: Id<Course>, user: Id<User>) -> Result<Option<Rating>> {
    let sql = format!("SELECT {RATING}, {} FROM {RATINGS} WHERE r.course_id = ?1 AND r.user_id = ?2", UserRef::COLUMNS);
    Ok(conn.prepare_cached(&sql)?.query_row((course, user), rating).optional()?)
}

/// Writes what somebody thinks of a course, in the place of what they thought before.
///
/// # Errors
/// Those of the database.
pub fn set_rating(tx: &Tx<'_>, course: Id<Course>, user: Id<User>, it: &RatingDraft) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO course_ratings (course_id, user_id, rating, review, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT (course_id, user_id) DO UPDATE SET rating = ?3, review = ?4, updated_at = ?5",
    )?
    .execute((course, user, it.rating, &it.review, tx.now()))?;
    Ok(())
}

/// Removes what a person learns and thinks of courses.
///
/// # Errors
/// Those of the database.
pub fn delete_of_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("DELETE FROM course_ratings WHERE user_id = ?1", [user])?;
    tx.execute("DELETE FROM user_course_progress WHERE user_id = ?1", [user])?;
    Ok(())
}
