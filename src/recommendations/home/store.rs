//! What somebody is in the middle of.

use rusqlite::{Connection, OptionalExtension as _};

use crate::{
    courses::learning::Progress,
    platform::{error::Result, id::Id},
    projects::ProjectRef,
    users::User,
};

/// The course that somebody is learning and last went on with.
///
/// # Errors
/// Those of the database.
pub fn course_in_progress(conn: &Connection, user: Id<User>) -> Result<Option<Id<Progress>>> {
    Ok(conn
        .prepare_cached(
            "SELECT p.id FROM user_course_progress p JOIN courses c ON c.id = p.course_id
             WHERE p.user_id = ?1 AND p.status = 'in_progress' AND c.deleted_at IS NULL
                 AND EXISTS (SELECT 1 FROM course_modules m WHERE m.course_id = c.id)
             ORDER BY p.updated_at DESC, p.id DESC LIMIT 1",
        )?
        .query_row([user], |row| row.get(0))
        .optional()?)
}

/// The project that somebody is working on and last went on with, and whether a review sent the work back.
///
/// # Errors
/// Those of the database.
pub fn project_in_progress(conn: &Connection, user: Id<User>) -> Result<Option<(ProjectRef, bool)>> {
    let sql = format!(
        "SELECT {}, w.feedback IS NOT NULL AS is_back FROM user_project_progress w JOIN projects p ON p.id = w.project_id
         WHERE w.user_id = ?1 AND w.status = 'in_progress' AND p.deleted_at IS NULL
         ORDER BY w.updated_at DESC, w.id DESC LIMIT 1",
        ProjectRef::COLUMNS
    );
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([user], |row| Ok((ProjectRef::read(row)?, row.get("is_back")?)))
        .optional()?)
}
