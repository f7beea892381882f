//! The rows of personal API tokens.

use rusqlite::{Connection, Row};

use super::{ApiToken, Scope};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::Result,
        id::Id,
        list::{Listing, NoFilter, Order, Page, Select},
    },
    users::User,
};

const TOKEN: &str = "t.id, t.name, t.prefix, t.scope, t.expires_at, t.last_used_at, t.created_at, t.updated_at";

fn token(row: &Row<'_>) -> rusqlite::Result<ApiToken> {
    Ok(ApiToken {
        id: row.get("id")?,
        name: row.get("name")?,
        prefix: row.get("prefix")?,
        scope: row.get("scope")?,
        expires_at: row.get("expires_at")?,
        last_used_at: row.get("last_used_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Adds a token by its digest.
///
/// # Errors
/// Those of the database.
pub fn insert(
    tx: &Tx<'_>,
    user: Id<User>,
    (name, scope): (&str, Scope),
    (hash, prefix): (&str, &str),
    expires: Timestamp,
) -> Result<ApiToken> {
    Ok(tx
        .prepare_cached(&format!(
            "INSERT INTO api_tokens AS t (user_id, name, hash, prefix, scope, expires_at, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) RETURNING {}",
            TOKEN.replace("t.", "")
        ))?
        .query_row((user, name, hash, prefix, scope, expires, tx.now()), token)?)
}

/// How many tokens of a user work still.
///
/// # Errors
/// Those of the database.
pub fn count_live(conn: &Connection, user: Id<User>, now: Timestamp) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM api_tokens WHERE user_id = ?1 AND expires_at > ?2")?
        .query_row((user, now), |row| row.get(0))?)
}

/// The tokens of a user, newest first.
///
/// # Errors
/// As [`Select::page`].
pub fn list(conn: &Connection, user: Id<User>, listing: &Listing<NoFilter>) -> Result<Page<ApiToken>> {
    Select::new(TOKEN, "api_tokens t", "t.id")
        .and("t.user_id = ?", &[&user])?
        .dated("t.created_at", &listing.slice)?
        .order(&listing.slice, &[Order::by("created_at", "t.created_at")], "-created_at")?
        .page(conn, &listing.slice, token)
}

/// Removes a token of a user; false when there is none.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, user: Id<User>, id: Id<ApiToken>) -> Result<bool> {
    Ok(tx.prepare_cached("DELETE FROM api_tokens WHERE id = ?1 AND user_id = ?2")?.execute((id, user))? > 0)
}

/// Notes when tokens were last used.
///
/// # Errors
/// Those of the database.
pub fn used(tx: &Tx<'_>, used: &[(i64, Timestamp)]) -> Result<()> {
    let mut update = tx.prepare_cached(
        "UPDATE api_tokens SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
    )?;
    for row in used {
        update.execute(*row)?;
    }
    Ok(())
}

/// Removes tokens that stopped working before this moment.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, expired_before: Timestamp) -> Result<usize> {
    Ok(tx.execute("DELETE FROM api_tokens WHERE expires_at < ?1", [expired_before])?)
}
