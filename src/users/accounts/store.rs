//! The rows of accounts, as admins write them.

use rusqlite::{Connection, named_params};

use super::AccountDraft;
use crate::{
    platform::{db::Tx, error::Result, id::Id, rows},
    users::User,
};

/// Writes an account whose name and address are free.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<User>, it: &AccountDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE users SET username = :username, email = :email, first_name = :first_name, last_name = :last_name,
             title = :title, is_staff = :is_staff, is_instructor = :is_instructor, is_recruiter = :is_recruiter,
             is_moderator = :is_moderator, is_premium = :is_premium, updated_at = :now
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id, ":username": it.username, ":email": it.email, ":first_name": it.first_name,
        ":last_name": it.last_name, ":title": it.title, ":is_staff": it.is_staff, ":is_instructor": it.is_instructor,
        ":is_recruiter": it.is_recruiter, ":is_moderator": it.is_moderator, ":is_premium": it.is_premium,
        ":now": tx.now(),
    })?;
    Ok(())
}

/// Notes that the address is new: it is not proven, and no other one waits to be.
///
/// # Errors
/// Those of the database.
pub fn readdress(tx: &Tx<'_>, id: Id<User>) -> Result<()> {
    tx.prepare_cached("UPDATE users SET email_verified = 0 WHERE id = ?1")?.execute([id])?;
    tx.prepare_cached("DELETE FROM email_changes WHERE user_id = ?1")?.execute([id])?;
    Ok(())
}

/// Those of these accounts that are not in that state yet, without erased ones.
///
/// # Errors
/// Those of the database.
pub fn to_switch(conn: &Connection, ids: &[Id<User>], active: bool) -> Result<Vec<Id<User>>> {
    let sql = "SELECT id FROM users WHERE id IN (SELECT value FROM json_each(?1)) AND is_active <> ?2
             AND NOT (is_active = 0 AND deleted_at IS NOT NULL AND erase_at IS NULL) ORDER BY id";
    rows::all(conn, sql, (serde_json::to_string(ids)?, active), |row| row.get(0))
}
