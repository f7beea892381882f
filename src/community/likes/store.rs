//! The rows of likes.

use rusqlite::Connection;

use crate::{
    community::{Post, Target},
    platform::{db::Tx, error::Result, id::Id, rows},
    users::User,
};

/// Notes that somebody likes something; false when they do already.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, by: Id<User>, target: Target) -> Result<bool> {
    let sql = format!(
        "INSERT INTO likes (user_id, {}, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        target.column()
    );
    Ok(tx.prepare_cached(&sql)?.execute((by, target.raw(), tx.now()))? > 0)
}

/// Takes a like back; false when there was none.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, by: Id<User>, target: Target) -> Result<bool> {
    let sql = format!("DELETE FROM likes WHERE user_id = ?1 AND {} = ?2", target.column());
    Ok(tx.prepare_cached(&sql)?.execute((by, target.raw()))? > 0)
}

/// Whether somebody likes something.
///
/// # Errors
/// Those of the database.
pub fn stands(conn: &Connection, by: Id<User>, target: Target) -> Result<bool> {
    let sql = format!("SELECT 1 FROM likes WHERE user_id = ?1 AND {} = ?2", target.column());
    Ok(conn.prepare_cached(&sql)?.exists((by, target.raw()))?)
}

/// The posts that somebody likes, and those of the comments that they like.
///
/// # Errors
/// Those of the database.
pub fn posts_of(conn: &Connection, user: Id<User>) -> Result<Vec<Id<Post>>> {
    let sql = "SELECT coalesce(l.post_id, c.post_id) FROM likes l LEFT JOIN comments c ON c.id = l.comment_id WHERE l.user_id = ?1";
    rows::all(conn, sql, [user], |row| row.get(0))
}

/// Takes every like of an account back. Counters follow by the recounts.
///
/// # Errors
/// Those of the database.
pub fn delete_of_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("DELETE FROM likes WHERE user_id = ?1", [user])?;
    Ok(())
}
