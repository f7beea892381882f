//! The records of mails.

use rusqlite::OptionalExtension;

use super::model::{OutgoingMail, Template};
use crate::{
    platform::{clock::Timestamp, db::Tx, error::Result, id::Id},
    users::User,
};

/// The record of a mail that is about to leave; none when it has left.
///
/// # Errors
/// Those of the database.
pub fn begin(tx: &Tx<'_>, user: Id<User>, template: Template, reference: &str) -> Result<Option<Id<OutgoingMail>>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO outgoing_mails (user_id, template, reference, state, created_at, updated_at)
             VALUES (?1, ?2, ?3, 'queued', ?4, ?4)
             ON CONFLICT (user_id, template, reference) DO UPDATE SET state = 'queued', updated_at = excluded.updated_at
             WHERE state <> 'sent' RETURNING id",
        )?
        .query_row((user, template, reference, tx.now()), |row| row.get(0))
        .optional()?)
}

/// Notes that a mail has left, or why not.
///
/// # Errors
/// Those of the database.
pub fn settle(tx: &Tx<'_>, id: Id<OutgoingMail>, error: Option<&str>) -> Result<()> {
    tx.prepare_cached(
        "UPDATE outgoing_mails SET state = iif(?2 IS NULL, 'sent', 'failed'), sent_at = iif(?2 IS NULL, ?3, NULL), error = ?2,
             updated_at = ?3 WHERE id = ?1",
    )?
    .execute((id, error, tx.now()))?;
    Ok(())
}

/// Removes the records of mails of before this moment.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, before: Timestamp) -> Result<usize> {
    Ok(tx.execute("DELETE FROM outgoing_mails WHERE created_at < ?1", [before])?)
}
