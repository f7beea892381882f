//! The rows of archives.

use rusqlite::{Connection, OptionalExtension, Row};

use super::model::Export;
use crate::{
    platform::{clock::Timestamp, db::Tx, error::Result, id::Id, rows},
    users::User,
};

const EXPORT: &str = "id, user_id, file, file_size, requested_at, expires_at";

fn export(row: &Row<'_>) -> rusqlite::Result<Export> {
    Ok(Export {
        id: row.get("id")?,
        user: row.get("user_id")?,
        file: Option::zip(row.get("file")?, row.get("file_size")?),
        requested_at: row.get("requested_at")?,
        expires_at: row.get("expires_at")?,
    })
}

/// The archive of a person.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, user: Id<User>) -> Result<Option<Export>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {EXPORT} FROM user_exports WHERE user_id = ?1"))?
        .query_row([user], export)
        .optional()?)
}

/// Archives whose time is over.
///
/// # Errors
/// Those of the database.
pub fn expired(conn: &Connection, now: Timestamp) -> Result<Vec<Export>> {
    let sql = format!("SELECT {EXPORT} FROM user_exports WHERE expires_at <= ?1 ORDER BY expires_at");
    rows::all(conn, &sql, [now], export)
}

/// Adds an archive that is to be made.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, user: Id<User>) -> Result<Id<Export>> {
    Ok(tx
        .prepare_cached("INSERT INTO user_exports (user_id, requested_at) VALUES (?1, ?2) RETURNING id")?
        .query_row((user, tx.now()), |row| row.get(0))?)
}

/// Writes that an archive is whole, if it is still wanted and is not so already.
///
/// # Errors
/// Those of the database.
pub fn update_ready(tx: &Tx<'_>, id: Id<Export>, file: &str, size: i64, expires_at: Timestamp) -> Result<bool> {
    let updated = tx
        .prepare_cached(
            "UPDATE user_exports SET file = ?2, file_size = ?3, finished_at = ?4, expires_at = ?5
             WHERE id = ?1 AND file IS NULL",
        )?
        .execute((id, file, size, tx.now(), expires_at))?;
    Ok(updated > 0)
}

/// Removes the row of an archive.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<Export>) -> Result<()> {
    tx.prepare_cached("DELETE FROM user_exports WHERE id = ?1")?.execute([id])?;
    Ok(())
}
