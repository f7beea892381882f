//! Reads accounts and events by month.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::platform::{clock::Timestamp, error::Result};

/// Those who came in a month.
#[derive(Clone, Copy, Debug, Default)]
pub struct Comers {
    /// All of them.
    pub came: i64,
    /// Those who came 30 days ago or longer.
    pub settled: i64,
    /// Of those, seen 30 days after they came, or later.
    pub stayed: i64,
}

/// Those who came since a moment, by month.
///
/// # Errors
/// Those of the database.
pub fn comers(conn: &Connection, since: Timestamp, now: Timestamp) -> Result<HashMap<String, Comers>> {
    let mut statement = conn.prepare_cached(
        "SELECT strftime('%Y-%m', created_at / 1000000, 'unixepoch') AS month, count(*),
             count(*) FILTER (WHERE created_at + 2592000000000 <= ?2),
             count(*) FILTER (WHERE last_active >= created_at + 2592000000000)
         FROM users WHERE created_at >= ?1 AND created_at <= ?2 GROUP BY month",
    )?;
    let comers = statement.query_map((since, now), |row| {
        Ok((row.get(0)?, Comers { came: row.get(1)?, settled: row.get(2)?, stayed: row.get(3)? }))
    })?;
    Ok(comers.collect::<rusqlite::Result<_>>()?)
}

/// How many people did something in each of these months.
///
/// # Errors
/// Those of the database.
pub fn active(conn: &Connection, months: &[(String, Timestamp, Timestamp)]) -> Result<Vec<i64>> {
    let bounds: Vec<[i64; 2]> = months.iter().map(|(_, from, to)| [from.micros(), to.micros()]).collect();
    let mut statement = conn.prepare_cached(
        "SELECT (SELECT count(DISTINCT actor_id) FROM events WHERE at >= m.value ->> 0 AND at < m.value ->> 1)
         FROM json_each(?1) m ORDER BY m.key",
    )?;
    let active = statement.query_map([serde_json::to_string(&bounds)?], |row| row.get(0))?;
    Ok(active.collect::<rusqlite::Result<_>>()?)
}
