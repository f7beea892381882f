//! Reads what is kept of accounts and events, by month.

use rusqlite::Connection;

use crate::platform::{clock::Timestamp, error::Result, kept};

/// How long somebody has to be there before it is asked whether they stayed, in microseconds.
const SETTLING: i64 = 30 * DAY;
const DAY: i64 = 86_400_000_000;

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

/// Those who came in a month, by its first moment and that of the next one.
///
/// # Errors
/// Those of the database.
pub fn comers(conn: &Connection, from: Timestamp, to: Timestamp, now: Timestamp) -> Result<Comers> {
    let (first, last) = (from.micros() / DAY, to.micros() / DAY - 1);
    let settled_until = now.micros() - SETTLING;
    // Of the day that is settled in part, accounts are counted themselves.
    let whole = (settled_until + 1).div_euclid(DAY);
    let mut settled = kept::between(conn, "users.joined", first, last.min(whole - 1))?;
    if (first..=last).contains(&whole) {
        let mut statement =
            conn.prepare_cached("SELECT count(*) FROM users WHERE created_at >= ?1 AND created_at <= ?2")?;
        settled += statement.query_row((whole * DAY, settled_until), |row| row.get::<_, i64>(0))?;
    }
    Ok(Comers {
        came: kept::between(conn, "users.joined", first, last)?,
        settled,
        stayed: kept::between(conn, "users.stayed", first, last)?,
    })
}

/// How many people did something in a month, named as `YYYY-MM`.
///
/// # Errors
/// Those of the database.
pub fn active(conn: &Connection, month: &str) -> Result<i64> {
    kept::count(conn, "events.months", month)
}
