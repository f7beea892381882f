//! The rows of second factors.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    platform::{db::Tx, error::Result, id::Id},
    users::User,
};

/// A second factor.
pub struct Factor {
    /// Sealed.
    pub secret: String,
    /// Whether it is needed to sign in.
    pub is_confirmed: bool,
    /// The newest step that was accepted.
    pub last_step: i64,
}

/// The second factor of a user, confirmed or not.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, user: Id<User>) -> Result<Option<Factor>> {
    Ok(conn
        .prepare_cached("SELECT secret, confirmed_at IS NOT NULL, last_step FROM second_factors WHERE user_id = ?1")?
        .query_row([user], |row| Ok(Factor { secret: row.get(0)?, is_confirmed: row.get(1)?, last_step: row.get(2)? }))
        .optional()?)
}

/// Recovery codes that were not used.
///
/// # Errors
/// Those of the database.
pub fn codes_left(conn: &Connection, user: Id<User>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM recovery_codes WHERE user_id = ?1 AND used_at IS NULL")?
        .query_row([user], |row| row.get(0))?)
}

/// Keeps a secret that is to be confirmed, in place of an earlier one.
///
/// # Errors
/// Those of the database.
pub fn propose(tx: &Tx<'_>, user: Id<User>, secret: &str) -> Result<()> {
    delete(tx, user)?;
    tx.prepare_cached("INSERT INTO second_factors (user_id, secret, created_at) VALUES (?1, ?2, ?3)")?.execute((
        user,
        secret,
        tx.now(),
    ))?;
    Ok(())
}

/// Notes that a code of this step was accepted.
///
/// # Errors
/// Those of the database.
pub fn accepted(tx: &Tx<'_>, user: Id<User>, step: i64) -> Result<()> {
    tx.prepare_cached("UPDATE second_factors SET last_step = ?2 WHERE user_id = ?1")?.execute((user, step))?;
    Ok(())
}

/// From now on the factor is needed.
///
/// # Errors
/// Those of the database.
pub fn confirm(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.prepare_cached("UPDATE second_factors SET confirmed_at = ?2 WHERE user_id = ?1")?.execute((user, tx.now()))?;
    tx.prepare_cached("UPDATE users SET totp_enabled = 1, updated_at = ?2 WHERE id = ?1")?.execute((user, tx.now()))?;
    Ok(())
}

/// Keeps the digests of recovery codes in place of all earlier ones.
///
/// # Errors
/// Those of the database.
pub fn replace_codes(tx: &Tx<'_>, user: Id<User>, hashes: &[String]) -> Result<()> {
    tx.prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1")?.execute([user])?;
    let mut add = tx.prepare_cached("INSERT INTO recovery_codes (user_id, hash) VALUES (?1, ?2)")?;
    for hash in hashes {
        add.execute((user, hash))?;
    }
    Ok(())
}

/// Spends a recovery code; false when it is none, or was used.
///
/// # Errors
/// Those of the database.
pub fn spend_code(tx: &Tx<'_>, user: Id<User>, hash: &str) -> Result<bool> {
    let spent = tx
        .prepare_cached("UPDATE recovery_codes SET used_at = ?3 WHERE user_id = ?1 AND hash = ?2 AND used_at IS NULL")?
        .execute((user, hash, tx.now()))?;
    Ok(spent > 0)
}

/// Removes the factor with its recovery codes; false when there is none.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, user: Id<User>) -> Result<bool> {
    let removed = tx.prepare_cached("DELETE FROM second_factors WHERE user_id = ?1")?.execute([user])?;
    tx.prepare_cached("UPDATE users SET totp_enabled = 0, updated_at = ?2 WHERE id = ?1 AND totp_enabled = 1")?
        .execute((user, tx.now()))?;
    Ok(removed > 0)
}
