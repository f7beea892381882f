//! Reads what is kept of the events of all, and those of one person by their index alone.

use rusqlite::Connection;

use crate::{
    platform::{clock::Timestamp, error::Result, id::Id, kept},
    users::User,
};

/// A quarter of an hour in microseconds.
const QUARTER: i64 = 900_000_000;

/// How many events of the kinds that count here fell into each quarter of an hour since 1970, up to a moment: posts, comments,
/// likes, applications, enrolments, modules, submissions, résumés, sessions, skills and sign-ins. Every time zone of today is
/// whole quarters off UTC, so that days and hours of each can be made of them. Those of all people are kept.
///
/// # Errors
/// Those of the database.
pub fn quarters(
    conn: &Connection,
    of: Option<Id<User>>,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<(i64, i64)>> {
    let Some(user) = of else {
        return kept::numbered(conn, "events.counted", since.micros() / QUARTER, until.micros() / QUARTER);
    };
    // The sign before `kind` keeps the planner off the index by kind, which does not hold the actor.
    let mut statement = conn.prepare_cached(
        "SELECT at / 900000000 AS quarter, count(*) FROM events
         WHERE at >= ?1 AND at <= ?2 AND actor_id = ?3 AND +kind IN (SELECT kind FROM event_kinds) GROUP BY quarter",
    )?;
    let quarters = statement.query_map((since, until, user), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(quarters.collect::<rusqlite::Result<_>>()?)
}

/// Whether something other than signing in was done between each two of these moments, which are whole quarters of an hour.
///
/// # Errors
/// Those of the database.
pub fn active(conn: &Connection, of: Option<Id<User>>, bounds: &[(Timestamp, Timestamp)]) -> Result<Vec<bool>> {
    let Some(user) = of else {
        let (Some(first), Some(last)) = (bounds.first(), bounds.last()) else { return Ok(vec![]) };
        let done = kept::numbered(conn, "events.done", first.0.micros() / QUARTER, last.1.micros() / QUARTER)?;
        let mut done = done.into_iter().map(|(quarter, _)| quarter).peekable();
        let on = |(from, to): &(Timestamp, Timestamp)| {
            while done.next_if(|it| *it < from.micros() / QUARTER).is_some() {}
            done.peek().is_some_and(|it| *it < to.micros() / QUARTER)
        };
        return Ok(bounds.iter().map(on).collect());
    };
    let micros: Vec<[i64; 2]> = bounds.iter().map(|(from, to)| [from.micros(), to.micros()]).collect();
    let mut statement = conn.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM events WHERE at >= d.value ->> 0 AND at < d.value ->> 1 AND actor_id = ?2
             AND +kind <> 'users.signed_in')
         FROM json_each(?1) d ORDER BY d.key",
    )?;
    let active = statement.query_map((serde_json::to_string(&micros)?, user), |row| row.get(0))?;
    Ok(active.collect::<rusqlite::Result<_>>()?)
}

/// How many people did something that counts, looked for no further than `enough`.
///
/// # Errors
/// Those of the database.
pub fn people(conn: &Connection, since: Timestamp, until: Timestamp, enough: i64) -> Result<i64> {
    let mut statement = conn.prepare_cached(
        "SELECT count(*) FROM (SELECT DISTINCT actor_id FROM events
             WHERE at >= ?1 AND at <= ?2 AND +actor_id IS NOT NULL AND +kind IN (SELECT kind FROM event_kinds) LIMIT ?3)",
    )?;
    Ok(statement.query_row((since, until, enough), |row| row.get(0))?)
}
