//! What streams read, and the tickets that open them.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    notifications::{Notification, store},
    platform::{caller::Proof, clock::Timestamp, db::Tx, error::Result, id::Id, rows},
    users::User,
};

/// The number of the newest change, and the people for whom something changed after the change `seen`; nobody when nothing
/// was seen yet.
///
/// # Errors
/// Those of the database.
pub fn changed_since(conn: &Connection, seen: Option<i64>) -> Result<(i64, Vec<Id<User>>)> {
    let Some(seen) = seen else {
        let newest = conn
            .prepare_cached("SELECT coalesce(max(number), 0) FROM notification_changes")?
            .query_row([], |row| row.get(0))?;
        return Ok((newest, vec![]));
    };
    let mut statement =
        conn.prepare_cached("SELECT number, user_id FROM notification_changes WHERE number > ?1 ORDER BY number")?;
    let rows = statement.query_map([seen], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
    let (mut newest, mut users) = (seen, vec![]);
    for row in rows {
        let (number, user) = row?;
        newest = number;
        users.push(user);
    }
    Ok((newest, users))
}

/// The number of the last notification that anybody was ever told.
///
/// # Errors
/// Those of the database.
pub fn last_ever(conn: &Connection) -> Result<i64> {
    let last = conn
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'notifications'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0))
}

/// The number of the last notification of this person; 0 when they have none.
///
/// # Errors
/// Those of the database.
pub fn last_of(conn: &Connection, user: Id<User>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(id), 0) FROM notifications WHERE user_id = ?1 AND in_app = 1")?
        .query_row([user], |row| row.get(0))?)
}

/// What this person was told after the notification `after`, oldest first, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn told_after(conn: &Connection, user: Id<User>, after: i64, limit: usize) -> Result<Vec<Notification>> {
    let sql = "SELECT id FROM notifications WHERE user_id = ?1 AND in_app = 1 AND id > ?2 ORDER BY id LIMIT ?3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids: Vec<_> = rows::all(conn, sql, (user, after, limit), |row| row.get(0))?;
    store::get_all(conn, user, &ids)
}

/// When a notification was told; none when there is none of this number.
///
/// # Errors
/// Those of the database.
pub fn told_at(conn: &Connection, id: i64) -> Result<Option<Timestamp>> {
    Ok(conn
        .prepare_cached("SELECT created_at FROM notifications WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// The unread notifications of this person that others may still fold into, and when each changed last.
///
/// # Errors
/// Those of the database.
pub fn foldable(conn: &Connection, user: Id<User>, since: Timestamp) -> Result<Vec<(Id<Notification>, Timestamp)>> {
    let sql = "SELECT id, updated_at FROM notifications
         WHERE user_id = ?1 AND fold IS NOT NULL AND is_read = 0 AND in_app = 1 AND created_at > ?2
         ORDER BY id DESC LIMIT 50";
    rows::all(conn, sql, (user, since), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Keeps a ticket; the expired ones of everybody go.
///
/// # Errors
/// Those of the database.
pub fn insert_ticket(tx: &Tx<'_>, hash: &str, user: Id<User>, proof: Proof, expires: Timestamp) -> Result<()> {
    tx.prepare_cached("DELETE FROM stream_tickets WHERE expires_at <= ?1")?.execute([tx.now()])?;
    let (sign_in, token) = match proof {
        Proof::SignIn(id) => (Some(id), None),
        Proof::ApiToken(id) => (None, Some(id)),
    };
    tx.prepare_cached(
        "INSERT INTO stream_tickets (hash, user_id, sign_in_id, api_token_id, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((hash, user, sign_in, token, expires))?;
    Ok(())
}

/// Takes a ticket that has not expired: whose it is, and what they proved themselves by. It is gone then.
///
/// # Errors
/// Those of the database.
pub fn take_ticket(tx: &Tx<'_>, hash: &str) -> Result<Option<(Id<User>, Proof)>> {
    let ticket = tx
        .prepare_cached(
            "DELETE FROM stream_tickets WHERE hash = ?1 AND expires_at > ?2 RETURNING user_id, sign_in_id, api_token_id",
        )?
        .query_row((hash, tx.now()), |row| {
            let proof = match row.get::<_, Option<i64>>(1)? {
                Some(sign_in) => Proof::SignIn(sign_in),
                None => Proof::ApiToken(row.get(2)?),
            };
            Ok((row.get(0)?, proof))
        })
        .optional()?;
    Ok(ticket)
}

/// Whether there is such a ticket: asked before it is taken, so that guessing costs no write.
///
/// # Errors
/// Those of the database.
pub fn has_ticket(conn: &Connection, hash: &str) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM stream_tickets WHERE hash = ?1")?.exists([hash])?)
}

/// Removes what streams know of somebody whose notifications were removed.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("DELETE FROM notification_changes WHERE user_id = ?1", [user])?;
    tx.execute("DELETE FROM stream_tickets WHERE user_id = ?1", [user])?;
    Ok(())
}
