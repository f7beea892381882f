//! The rows of addresses that wait to be proven, and what was asked by mail.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Constraint as _, Error, Result},
        id::Id,
    },
    users::User,
};

/// The account in use that has this address.
///
/// # Errors
/// Those of the database.
pub fn by_email(conn: &Connection, email: &str) -> Result<Option<Id<User>>> {
    Ok(conn
        .prepare_cached("SELECT id FROM users WHERE email = ?1 AND is_active = 1")?
        .query_row([email], |row| row.get(0))
        .optional()?)
}

/// How often links that prove the address were asked for since then, and when first.
///
/// # Errors
/// Those of the database.
pub fn verifications_asked(conn: &Connection, user: Id<User>, since: Timestamp) -> Result<(i64, Option<Timestamp>)> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*), min(at) FROM events WHERE kind = 'users.verification_asked' AND subject_id = ?1 AND at > ?2",
        )?
        .query_row((user, since), |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// How many links for a new password were mailed since then.
///
/// # Errors
/// Those of the database.
pub fn resets_mailed(conn: &Connection, user: Id<User>, since: Timestamp) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM mail_tokens WHERE user_id = ?1 AND purpose = 'reset' AND created_at > ?2",
        )?
        .query_row((user, since), |row| row.get(0))?)
}

/// Keeps the address that somebody wants, in place of an earlier wish.
///
/// # Errors
/// Those of the database.
pub fn want_email(tx: &Tx<'_>, user: Id<User>, email: &str) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO email_changes (user_id, email, asked_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, asked_at = excluded.asked_at",
    )?
    .execute((user, email, tx.now()))?;
    Ok(())
}

/// The address that somebody wants.
///
/// # Errors
/// Those of the database.
pub fn wanted_email(conn: &Connection, user: Id<User>) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT email FROM email_changes WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))
        .optional()?)
}

/// Makes a proven address that of the account.
///
/// # Errors
/// 400 when another account has it by now.
pub fn set_email(tx: &Tx<'_>, user: Id<User>, email: &str) -> Result<()> {
    tx.prepare_cached("UPDATE users SET email = ?2, email_verified = 1, updated_at = ?3 WHERE id = ?1")?
        .execute((user, email, tx.now()))
        .on_unique("users.email", Error::field("token", "Another account has this address by now."))?;
    tx.prepare_cached("DELETE FROM email_changes WHERE user_id = ?1")?.execute([user])?;
    Ok(())
}
