//! Counts that are kept instead of counted: rows of `kept_counts`, moved by triggers in the transaction that moves what they
//! count. A key has no type of its own: where it is compared with a column, a `+` before that column lets the index be used.
//! The views of the schema say what each row of a table adds to which count; a recount sums the same views.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, ToSql, types::Value};

use super::{db::Tx, error::Result};

/// The rows of one class.
///
/// # Errors
/// Those of the database.
pub fn count(conn: &Connection, what: &str, key: impl ToSql) -> Result<i64> {
    let mut statement = conn.prepare_cached("SELECT count FROM kept_counts WHERE what = ?1 AND key = ?2")?;
    Ok(statement.query_row((what, key), |row| row.get(0)).optional()?.unwrap_or(0))
}

/// The rows of all classes from this number on, up to another one.
///
/// # Errors
/// Those of the database.
pub fn between(conn: &Connection, what: &str, from: i64, to: i64) -> Result<i64> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(sum(count), 0) FROM kept_counts WHERE what = ?1 AND key >= ?2 AND key <= ?3",
    )?;
    Ok(statement.query_row((what, from, to), |row| row.get(0))?)
}

/// Each class that has rows, by its name.
///
/// # Errors
/// Those of the database.
pub fn classes(conn: &Connection, what: &str) -> Result<HashMap<String, i64>> {
    let mut statement = conn.prepare_cached("SELECT key, count FROM kept_counts WHERE what = ?1 AND count > 0")?;
    let classes = statement.query_map([what], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(classes.collect::<rusqlite::Result<_>>()?)
}

/// Each numbered class between these two that has rows, in their order.
///
/// # Errors
/// Those of the database.
pub fn numbered(conn: &Connection, what: &str, from: i64, to: i64) -> Result<Vec<(i64, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT key, count FROM kept_counts WHERE what = ?1 AND key >= ?2 AND key <= ?3 AND count > 0 ORDER BY key",
    )?;
    let classes = statement.query_map((what, from, to), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(classes.collect::<rusqlite::Result<_>>()?)
}

/// A key, as it is compared: numbers are not text.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Number(i64),
    Text(String),
}

impl Key {
    fn of(value: Value) -> rusqlite::Result<Self> {
        match value {
            Value::Integer(it) => Ok(Self::Number(it)),
            Value::Text(it) => Ok(Self::Text(it)),
            other => Err(rusqlite::Error::InvalidColumnType(1, "key".into(), other.data_type())),
        }
    }

    fn sql(&self) -> &dyn ToSql {
        match self {
            Self::Number(it) => it,
            Self::Text(it) => it,
        }
    }
}

type Counts = HashMap<(String, Key), i64>;

fn read(tx: &Tx<'_>, from: &str) -> Result<Counts> {
    let mut statement = tx.prepare(&format!("SELECT what, key, count FROM {from} WHERE count <> 0"))?;
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, Key::of(row.get(1)?)?), row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Counts every row anew; how many figures were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    const MONTH: &str = "strftime('%Y-%m', e.at / 1000000, 'unixepoch')";
    let gone = tx.execute(
        "DELETE FROM event_actors AS a WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.actor_id = a.actor_id
             AND e.at >= unixepoch(a.month || '-01') * 1000000
             AND e.at < unixepoch(a.month || '-01', '+1 month') * 1000000)",
        [],
    )?;
    let new = tx.execute(
        &format!(
            "INSERT OR IGNORE INTO event_actors (month, actor_id)
             SELECT DISTINCT {MONTH}, e.actor_id FROM events e WHERE e.actor_id IS NOT NULL"
        ),
        [],
    )?;
    let (rows, mut kept) = (read(tx, "kept_rows")?, read(tx, "kept_counts")?);
    let mut put = tx.prepare("INSERT OR REPLACE INTO kept_counts (what, key, count) VALUES (?1, ?2, ?3)")?;
    let mut wrong = gone + new;
    for (class, count) in &rows {
        if kept.remove(class) != Some(*count) {
            put.execute((&class.0, class.1.sql(), count))?;
            wrong += 1;
        }
    }
    for (what, key) in kept.keys() {
        put.execute((what, key.sql(), 0))?;
        wrong += 1;
    }
    Ok(wrong)
}
