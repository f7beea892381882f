//! The rows of the ledger.

use rusqlite::{Connection, OptionalExtension, Row};

use super::{PointsEntry, PointsFilter, Reason, UserEntry};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        kept,
        list::{Listing, Order, Page, Select},
    },
    users::{User, UserRef},
};

const ENTRY: &str = "p.id, p.amount, p.reason, p.reference, p.note, p.created_at";

fn entry(row: &Row<'_>) -> rusqlite::Result<PointsEntry> {
    Ok(PointsEntry {
        id: row.get("id")?,
        amount: row.get("amount")?,
        reason: row.get("reason")?,
        reference: row.get("reference")?,
        note: row.get("note")?,
        created_at: row.get("created_at")?,
    })
}

/// Books an entry once for its user, reason and reference, and keeps the sum; false when it stood already.
///
/// The sum is recomputed from the ledger instead of moved by the amount: it is shown as 0 when below, so moving it
/// would forget how far below it is.
///
/// # Errors
/// 404 when there is no such user.
pub fn book(
    tx: &Tx<'_>,
    user: Id<User>,
    amount: i64,
    reason: Reason,
    reference: &str,
    note: Option<&str>,
) -> Result<bool> {
    let added = tx
        .prepare_cached(
            "INSERT INTO points_entries (user_id, amount, reason, reference, note, created_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM users WHERE id = ?1)
             ON CONFLICT (user_id, reason, reference) DO NOTHING",
        )?
        .execute((user, amount, reason, reference, note, tx.now()))?;
    if added > 0 {
        tx.prepare_cached(
            "UPDATE users SET points = max(0, (SELECT sum(amount) FROM points_entries WHERE user_id = ?1)) WHERE id = ?1",
        )?
        .execute([user])?;
    }
    Ok(added > 0)
}

/// Rebuilds every kept sum; the number of those that were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    const SUM: &str = "max(0, coalesce((SELECT sum(amount) FROM points_entries WHERE user_id = users.id), 0))";
    Ok(tx.execute(&format!("UPDATE users SET points = {SUM} WHERE points <> {SUM}"), [])?)
}

/// What a person has, and their rank: 1 + active people with more.
///
/// # Errors
/// 404.
pub fn rank(conn: &Connection, user: Id<User>) -> Result<(i64, i64)> {
    let mut points = conn.prepare_cached("SELECT points FROM users WHERE id = ?1")?;
    let points: i64 = points.query_row([user], |row| row.get(0)).map_err(|_| Error::NotFound("user"))?;
    Ok((points, kept::between(conn, "users.points", points + 1, i64::MAX)? + 1))
}

/// The entry that stands for this.
///
/// # Errors
/// 404.
pub fn find(conn: &Connection, user: Id<User>, reason: Reason, reference: &str) -> Result<PointsEntry> {
    conn.prepare_cached(&format!(
        "SELECT {ENTRY} FROM points_entries p WHERE p.user_id = ?1 AND p.reason = ?2 AND p.reference = ?3"
    ))?
    .query_row((user, reason, reference), entry)
    .optional()?
    .ok_or(Error::NotFound("entry"))
}

/// The ledgers of all.
///
/// # Errors
/// As [`Select::page`].
pub fn whole(conn: &Connection, listing: &Listing<PointsFilter>) -> Result<Page<UserEntry>> {
    let Listing { filter, slice } = listing;
    Select::new(&format!("{ENTRY}, {}", UserRef::COLUMNS), "points_entries p JOIN users u ON u.id = p.user_id", "p.id")
        .and_any("p.reason", &filter.reason)?
        .dated("p.created_at", slice)?
        .order(slice, ORDERS, "-created_at")?
        .page(conn, slice, |row| Ok(UserEntry { user: UserRef::read(row)?, entry: entry(row)? }))
}

const ORDERS: &[Order] = &[Order::by("created_at", "p.created_at")];

/// A part of one person's ledger.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, user: Id<User>, listing: &Listing<PointsFilter>) -> Result<Page<PointsEntry>> {
    let Listing { filter, slice } = listing;
    Select::new(ENTRY, "points_entries p", "p.id")
        .and("p.user_id = ?", &[&user])?
        .and_any("p.reason", &filter.reason)?
        .dated("p.created_at", slice)?
        .order(slice, ORDERS, "-created_at")?
        .page(conn, slice, entry)
}
