//! The rows of what can be deleted softly, whatever table they are in.

use rusqlite::Connection;

use super::SoftDelete;
use crate::platform::{clock::Timestamp, db::Tx, error::Result, id::Id, rows};

/// Deletes a row softly, or takes that back.
///
/// # Errors
/// Those of the database.
pub fn set_deleted<T: SoftDelete>(tx: &Tx<'_>, id: Id<T>, at: Option<Timestamp>) -> Result<()> {
    tx.set(T::TABLE, id, "deleted_at", at)
}

/// What was deleted before this moment, at most so many.
///
/// # Errors
/// Those of the database.
pub fn deleted_before<T: SoftDelete>(conn: &Connection, before: Timestamp, most: u32) -> Result<Vec<Id<T>>> {
    let sql = format!("SELECT id FROM {} WHERE deleted_at < ?1 ORDER BY deleted_at LIMIT ?2", T::TABLE);
    rows::all(conn, &sql, (before, most), |row| row.get(0))
}

/// Removes rows for good, with whatever is only there because of them.
///
/// # Errors
/// Those of the database.
pub fn delete<T: SoftDelete>(tx: &Tx<'_>, ids: &[Id<T>]) -> Result<()> {
    tx.prepare_cached(&format!("DELETE FROM {} WHERE id IN (SELECT value FROM json_each(?1))", T::TABLE))?
        .execute([serde_json::to_string(ids)?])?;
    Ok(())
}
