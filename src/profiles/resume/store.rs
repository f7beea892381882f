//! What somebody completed.

use rusqlite::Connection;

use crate::{
    courses::Course,
    platform::{clock::Timestamp, error::Result, id::Id, rows},
    projects::Project,
    users::User,
};

/// The courses that somebody completed and when, newest first.
///
/// # Errors
/// Those of the database.
pub fn completed_courses(conn: &Connection, user: Id<User>) -> Result<Vec<(Id<Course>, Timestamp)>> {
    let sql = "SELECT course_id, completed_at FROM user_course_progress
         WHERE user_id = ?1 AND status = 'completed' ORDER BY completed_at DESC, id DESC";
    rows::all(conn, sql, [user], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Accepted work on a project.
pub struct Done {
    /// Which.
    pub project: Id<Project>,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it was accepted.
    pub completed_at: Timestamp,
    /// Where the work is.
    pub url: Option<String>,
}

/// The projects that somebody completed, newest first.
///
/// # Errors
/// Those of the database.
pub fn completed_projects(conn: &Connection, user: Id<User>) -> Result<Vec<Done>> {
    let sql = "SELECT project_id, started_at, completed_at, submission_url FROM user_project_progress
         WHERE user_id = ?1 AND status = 'completed' ORDER BY completed_at DESC, id DESC";
    rows::all(conn, sql, [user], |row| {
        Ok(Done {
            project: row.get("project_id")?,
            started_at: row.get("started_at")?,
            completed_at: row.get("completed_at")?,
            url: row.get("submission_url")?,
        })
    })
}
