//! The rows of snapshots.

use std::collections::HashMap;

use chrono::NaiveDate;
use rusqlite::{Connection, Row};
use serde_json::Value;

use super::{Snapshot, mentors, user_of};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        list::{Listing, NoFilter, Order, Page, Select},
        rows,
    },
    users::UserRef,
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
    let mut page = select().dated("s.made_at", slice)?.order(slice, &orders, "-date")?.page(conn, slice, snapshot)?;
    name_mentors(conn, &mut page.results)?;
    Ok(page)
}

/// Puts the names beside the numbers that are kept, and leaves out those who are gone.
fn name_mentors(conn: &Connection, snapshots: &mut [Snapshot]) -> Result<()> {
    let numbers: Vec<i64> =
        snapshots.iter_mut().filter_map(|it| mentors(&mut it.figures)).flatten().filter_map(|it| user_of(it)).collect();
    let sql = format!(
        "SELECT DISTINCT {} FROM json_each(?1) l JOIN users u ON u.id = l.value WHERE u.is_active = 1",
        UserRef::COLUMNS
    );
    let people: Vec<UserRef> = rows::all(conn, &sql, [serde_json::to_string(&numbers)?], UserRef::read)?;
    let people = people.iter().map(|it| Ok((it.id.raw(), serde_json::to_value(it)?)));
    let people = people.collect::<Result<HashMap<i64, Value>>>()?;
    for mentors in snapshots.iter_mut().filter_map(|it| mentors(&mut it.figures)) {
        mentors.retain_mut(|mentor| match user_of(mentor).and_then(|it| people.get(&it)) {
            Some(person) => {
                mentor["user"] = person.clone();
                true
            }
            None => false,
        });
    }
    Ok(())
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
    let mut found = select().and("s.date = ?", &[&date])?.rows(conn, 1, snapshot)?;
    name_mentors(conn, &mut found)?;
    found.pop().ok_or(Error::NotFound("snapshot"))
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
