//! The rows of sign-ins.

use chrono::Duration;
use rusqlite::{Connection, OptionalExtension};

use super::{Origin, Session};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::Result,
        id::Id,
        list::{Listing, NoFilter, Order, Page, Select},
        rows,
    },
    users::User,
};

/// Most sign-ins that one account keeps alive: one more ends the oldest.
const LIVE: i64 = 20;

/// Begins a sign-in that ends at `expires`, and ends the oldest ones above the limit.
///
/// # Errors
/// Those of the database.
pub fn begin(tx: &Tx<'_>, user: Id<User>, origin: &Origin, expires: Timestamp) -> Result<Id<Session>> {
    let id = tx
        .prepare_cached(
            "INSERT INTO sign_ins (user_id, browser, ip, user_agent, created_at, last_used_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6) RETURNING id",
        )?
        .query_row((user, origin.browser, &origin.trace.ip, &origin.user_agent, tx.now(), expires), |row| row.get(0))?;
    tx.prepare_cached(
        "UPDATE sign_ins SET revoked_at = ?2 WHERE id IN (
             SELECT id FROM sign_ins WHERE user_id = ?1 AND revoked_at IS NULL AND expires_at > ?2
             ORDER BY id DESC LIMIT -1 OFFSET ?3)",
    )?
    .execute((user, tx.now(), LIVE))?;
    Ok(id)
}

/// Keeps the hash of a refresh token.
///
/// # Errors
/// Those of the database.
pub fn keep_token(tx: &Tx<'_>, hash: &str, family: Id<Session>, expires: Timestamp) -> Result<()> {
    tx.prepare_cached("INSERT INTO refresh_tokens (hash, sign_in_id, issued_at, expires_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((hash, family, tx.now(), expires))?;
    Ok(())
}

/// A refresh token with its family.
pub struct Refresh {
    /// The sign-in it grew from.
    pub family: Id<Session>,
    /// Whose.
    pub user: Id<User>,
    /// Whether a browser holds it.
    pub browser: bool,
    /// When it was spent.
    pub rotated_at: Option<Timestamp>,
    /// When the whole family ends.
    pub began: Timestamp,
    /// Whether token, family and account are all still good.
    pub is_live: bool,
}

/// The refresh token with this hash.
///
/// # Errors
/// Those of the database.
pub fn refresh_token(conn: &Connection, hash: &str, now: Timestamp) -> Result<Option<Refresh>> {
    Ok(conn
        .prepare_cached(
            "SELECT s.id, s.user_id, s.browser, t.rotated_at, s.created_at,
                 t.expires_at > ?2 AND s.expires_at > ?2 AND s.revoked_at IS NULL AND u.is_active
             FROM refresh_tokens t JOIN sign_ins s ON s.id = t.sign_in_id JOIN users u ON u.id = s.user_id
             WHERE t.hash = ?1",
        )?
        .query_row((hash, now), |row| {
            Ok(Refresh {
                family: row.get(0)?,
                user: row.get(1)?,
                browser: row.get(2)?,
                rotated_at: row.get(3)?,
                began: row.get(4)?,
                is_live: row.get(5)?,
            })
        })
        .optional()?)
}

/// Notes that a token was spent and its family used, which now ends at `expires`.
///
/// # Errors
/// Those of the database.
pub fn rotate(tx: &Tx<'_>, hash: &str, family: Id<Session>, expires: Timestamp) -> Result<()> {
    tx.prepare_cached("UPDATE refresh_tokens SET rotated_at = ?2 WHERE hash = ?1 AND rotated_at IS NULL")?
        .execute((hash, tx.now()))?;
    tx.prepare_cached("UPDATE sign_ins SET last_used_at = ?2, expires_at = ?3 WHERE id = ?1")?.execute((
        family,
        tx.now(),
        expires,
    ))?;
    Ok(())
}

/// Ends one sign-in of a user; false when there is none that lives.
///
/// # Errors
/// Those of the database.
pub fn end(tx: &Tx<'_>, user: Id<User>, family: Id<Session>) -> Result<bool> {
    let ended = tx
        .prepare_cached("UPDATE sign_ins SET revoked_at = ?3 WHERE id = ?2 AND user_id = ?1 AND revoked_at IS NULL AND expires_at > ?3")?
        .execute((user, family, tx.now()))?;
    Ok(ended > 0)
}

/// Ends every sign-in of a user.
///
/// # Errors
/// Those of the database.
pub fn end_all(tx: &Tx<'_>, user: Id<User>) -> Result<usize> {
    Ok(tx
        .prepare_cached("UPDATE sign_ins SET revoked_at = ?2 WHERE user_id = ?1 AND revoked_at IS NULL")?
        .execute((user, tx.now()))?)
}

/// The live sign-ins of a user, newest first; `current` is marked.
///
/// # Errors
/// As [`Select::page`].
pub fn list(
    conn: &Connection,
    user: Id<User>,
    current: Option<i64>,
    now: Timestamp,
    listing: &Listing<NoFilter>,
) -> Result<Page<Session>> {
    Select::new("s.id, s.created_at, s.last_used_at, s.expires_at, s.user_agent, s.ip", "sign_ins s", "s.id")
        .and("s.user_id = ? AND s.revoked_at IS NULL AND s.expires_at > ?", &[&user, &now])?
        .dated("s.created_at", &listing.slice)?
        .order(&listing.slice, &[Order::by("created_at", "s.created_at")], "-created_at")?
        .page(conn, &listing.slice, |row| {
            let id: Id<Session> = row.get("id")?;
            Ok(Session {
                id,
                created_at: row.get("created_at")?,
                last_used_at: row.get("last_used_at")?,
                expires_at: row.get("expires_at")?,
                user_agent: row.get("user_agent")?,
                ip: row.get("ip")?,
                current: Some(id.raw()) == current,
            })
        })
}

/// Keeps the digest of a secret that lies in a mail. A newer one for the same purpose does not end the older here: the
/// caller decides that.
///
/// # Errors
/// Those of the database.
pub fn keep_mail_token(
    tx: &Tx<'_>,
    hash: &str,
    user: Id<User>,
    purpose: &str,
    subject: &str,
    expires: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO mail_tokens (hash, user_id, purpose, subject, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((hash, user, purpose, subject, tx.now(), expires))?;
    Ok(())
}

/// The user and subject of a live mail token of this purpose.
///
/// # Errors
/// Those of the database.
pub fn mail_token(conn: &Connection, hash: &str, purpose: &str, now: Timestamp) -> Result<Option<(Id<User>, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT user_id, subject FROM mail_tokens WHERE hash = ?1 AND purpose = ?2 AND expires_at > ?3 AND used_at IS NULL",
        )?
        .query_row((hash, purpose, now), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// The same, and it is spent by that.
///
/// # Errors
/// Those of the database.
pub fn spend_mail_token(tx: &Tx<'_>, hash: &str, purpose: &str) -> Result<Option<(Id<User>, String)>> {
    let found = mail_token(tx, hash, purpose, tx.now())?;
    if found.is_some() {
        tx.prepare_cached("UPDATE mail_tokens SET used_at = ?2 WHERE hash = ?1")?.execute((hash, tx.now()))?;
    }
    Ok(found)
}

/// Ends every link of this purpose that a user was mailed.
///
/// # Errors
/// Those of the database.
pub fn end_mail_tokens(tx: &Tx<'_>, user: Id<User>, purpose: &str) -> Result<()> {
    tx.prepare_cached("UPDATE mail_tokens SET used_at = ?3 WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL")?
        .execute((user, purpose, tx.now()))?;
    Ok(())
}

/// Whether the account signed in before.
///
/// # Errors
/// Those of the database.
pub fn signed_in_before(conn: &Connection, user: Id<User>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT last_login IS NOT NULL FROM users WHERE id = ?1")?
        .query_row([user], |row| row.get(0))?)
}

/// Notes from where and with what an account signs in; whether that was seen since then.
///
/// # Errors
/// Those of the database.
pub fn note_place(tx: &Tx<'_>, user: Id<User>, origin: &Origin, since: Timestamp) -> Result<bool> {
    let place = (user, &origin.network, &origin.user_agent);
    let seen: Option<Timestamp> = tx
        .prepare_cached("SELECT seen_at FROM sign_in_places WHERE user_id = ?1 AND network = ?2 AND user_agent = ?3")?
        .query_row(place, |row| row.get(0))
        .optional()?;
    tx.prepare_cached(
        "INSERT INTO sign_in_places (user_id, network, user_agent, seen_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (user_id, network, user_agent) DO UPDATE SET seen_at = excluded.seen_at",
    )?
    .execute((user, &origin.network, &origin.user_agent, tx.now()))?;
    Ok(seen.is_some_and(|seen| seen >= since))
}

/// From where, with what and when a sign-in was made.
///
/// # Errors
/// Those of the database.
pub fn place_of(conn: &Connection, user: Id<User>, id: Id<Session>) -> Result<Option<(String, String, Timestamp)>> {
    Ok(conn
        .prepare_cached("SELECT ip, user_agent, created_at FROM sign_ins WHERE id = ?2 AND user_id = ?1")?
        .query_row((user, id), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?)
}

/// Removes sign-ins and mail tokens that ended before this moment.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, ended_before: Timestamp) -> Result<usize> {
    let sign_ins = tx.execute("DELETE FROM sign_ins WHERE expires_at < ?1", [ended_before])?;
    // Places outlive sign-ins: 90 days are what a mail about a new one looks back.
    tx.execute("DELETE FROM sign_in_places WHERE seen_at < ?1", [tx.now().plus(-Duration::days(90))])?;
    Ok(sign_ins + tx.execute("DELETE FROM mail_tokens WHERE expires_at < ?1", [ended_before])?)
}

/// From which addresses accounts registered since then, and when, oldest first.
///
/// # Errors
/// Those of the database.
pub fn registrations_since(conn: &Connection, since: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    let sql =
        "SELECT s.ip, u.created_at FROM users u JOIN sign_ins s ON s.user_id = u.id AND s.created_at = u.created_at
         WHERE u.created_at > ?1 ORDER BY u.created_at";
    rows::all(conn, sql, [since], |row| Ok((row.get(0)?, row.get(1)?)))
}
