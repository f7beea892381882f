//! The rows of snapshots.

use chrono::NaiveDate;
use rusqlite::{Connection, Row};
use serde_json::Value;

use super::Snapshot;
use crate::platform::{
    db::Tx,
    error::{Error, Result},
    list::{Listing, NoFilter, Order, Page, Select},
};

const SNAPSHOT: &str = "s.date, s.figures, s.made_at";

fn snapshot(row: &Row<'_>) -> rusqlite::Result<Snapshot> {
    Ok(Snapshot { date: row.get("date")?, figures: row.get("figures")?, made_at: row.get("made_at")? })
}

fn select() -> Select {
    Select::new(SNAPSHOT, "daily_snapshots s", "s.date")
}

/// A part of the snapshots.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, Listing { slice, .. }: &Listing<NoFilter>) -> Result<Page<Snapshot>> {
    let orders = [Order::by("date", "s.date"), Order::by("made_at", "s.made_at")];
    select().dated("s.made_at", slice)?.order(slice, &orders, "-date")?.page(conn, slice, snapshot)
}

/// Every snapshot, oldest first.
///
/// # Errors
/// Those of the database.
pub fn all(conn: &Connection) -> Result<Vec<Snapshot>> {
    select().rows(conn, i64::MAX, snapshot)
}

/// The snapshot of a day.
///
/// # Errors
/// 404 when none was made.
pub fn get(conn: &Connection, date: NaiveDate) -> Result<Snapshot> {
    let found = select().and("s.date = ?", &[&date])?.rows(conn, 1, snapshot)?.pop();
    found.ok_or(Error::NotFound("snapshot"))
}

/// Keeps the figures of a day in place of those that stood for it.
///
/// # Errors
/// Those of the database.
pub fn put(tx: &Tx<'_>, date: NaiveDate, figures: &Value) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO daily_snapshots (date, figures, made_at) VALUES (?1, ?2, ?3)")?
        .execute((date, figures, tx.now()))?;
    Ok(())
}
