//! The rows of failed checks.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    platform::{clock::Timestamp, db::Tx, error::Result, id::Id},
    users::User,
};

/// How often this key had to wait, and until when.
///
/// # Errors
/// Those of the database.
pub fn wait(conn: &Connection, key: &str) -> Result<Option<(i64, Timestamp)>> {
    Ok(conn
        .prepare_cached("SELECT level, until FROM sign_in_waits WHERE key = ?1")?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Lets this key wait.
///
/// # Errors
/// Those of the database.
pub fn keep_waiting(tx: &Tx<'_>, key: &str, level: i64, until: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO sign_in_waits (key, level, until) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET level = excluded.level, until = excluded.until",
    )?
    .execute((key, level, until))?;
    Ok(())
}

/// Whether the account signed in from this network since then.
///
/// # Errors
/// Those of the database.
pub fn is_familiar(conn: &Connection, user: Id<User>, network: &str, since: Timestamp) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM sign_in_places WHERE user_id = ?1 AND network = ?2 AND seen_at >= ?3)",
        )?
        .query_row((user, network, since), |row| row.get(0))?)
}

/// Adds a failure.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, account: &str, network: &str) -> Result<()> {
    tx.prepare_cached("INSERT INTO sign_in_failures (at, account, network) VALUES (?1, ?2, ?3)")?.execute((
        tx.now(),
        account,
        network,
    ))?;
    Ok(())
}

/// Failures since then: of this account from this network, from this network, of this account.
///
/// # Errors
/// Those of the database.
pub fn counts(conn: &Connection, account: &str, network: &str, since: Timestamp) -> Result<[i64; 3]> {
    Ok(conn
        .prepare_cached(
            "SELECT (SELECT count(*) FROM sign_in_failures WHERE account = ?1 AND network = ?2 AND at > ?3),
                 (SELECT count(*) FROM sign_in_failures WHERE network = ?2 AND at > ?3),
                 (SELECT count(*) FROM sign_in_failures WHERE account = ?1 AND at > ?3)",
        )?
        .query_row((account, network, since), |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?)
}

/// Forgets the failures of this account from this network, and their wait.
///
/// # Errors
/// Those of the database.
pub fn forgive(tx: &Tx<'_>, account: &str, network: &str, key: &str) -> Result<()> {
    tx.prepare_cached("DELETE FROM sign_in_failures WHERE account = ?1 AND network = ?2")?
        .execute((account, network))?;
    tx.prepare_cached("DELETE FROM sign_in_waits WHERE key = ?1")?.execute([key])?;
    Ok(())
}

/// Forgets failures before `failures`, and waits that ended before `waits`.
///
/// # Errors
/// Those of the database.
pub fn forget_before(tx: &Tx<'_>, failures: Timestamp, waits: Timestamp) -> Result<()> {
    tx.prepare_cached("DELETE FROM sign_in_failures WHERE at <= ?1")?.execute([failures])?;
    tx.prepare_cached("DELETE FROM sign_in_waits WHERE until < ?1")?.execute([waits])?;
    Ok(())
}
