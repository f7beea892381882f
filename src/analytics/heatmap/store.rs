//! Reads events, by their indexes alone.

use rusqlite::Connection;

use crate::{
    platform::{clock::Timestamp, error::Result, id::Id},
    users::User,
};

/// What counts in a heatmap: posts, comments, likes, applications, enrolments, modules, submissions, résumés, sessions,
/// skills and sign-ins.
const COUNTED: &[&str] = &[
    "community.posted",
    "community.commented",
    "community.liked",
    "jobs.applied",
    "courses.enrolled",
    "courses.module_completed",
    "projects.submitted",
    "resumes.uploaded",
    "sessions.requested",
    "sessions.scheduled",
    "sessions.completed",
    "skills.added",
    "skills.changed",
    "skills.endorsed",
    "users.signed_in",
];

/// How many counted events fell into each quarter of an hour since 1970, up to a moment. Every time zone of today is whole
/// quarters off UTC, so that days and hours of each can be made of them.
///
/// # Errors
/// Those of the database.
pub fn quarters(
    conn: &Connection,
    of: Option<Id<User>>,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<(i64, i64)>> {
    let whose = if of.is_some() { "actor_id = ?3" } else { "actor_id IS NOT NULL AND ?3 IS NULL" };
    // The sign before `kind` keeps the planner off the index by kind, which does not hold the actor.
    let mut statement = conn.prepare_cached(&format!(
        "SELECT at / 900000000 AS quarter, count(*) FROM events
         WHERE at >= ?1 AND at <= ?2 AND {whose} AND +kind IN ('{}') GROUP BY quarter",
        COUNTED.join("', '")
    ))?;
    let quarters = statement.query_map((since, until, of), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(quarters.collect::<rusqlite::Result<_>>()?)
}

/// Whether something other than signing in was done between each two of these moments.
///
/// # Errors
/// Those of the database.
pub fn active(conn: &Connection, of: Option<Id<User>>, bounds: &[(Timestamp, Timestamp)]) -> Result<Vec<bool>> {
    let whose = if of.is_some() { "actor_id = ?2" } else { "actor_id IS NOT NULL AND ?2 IS NULL" };
    let micros: Vec<[i64; 2]> = bounds.iter().map(|(from, to)| [from.micros(), to.micros()]).collect();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT EXISTS (SELECT 1 FROM events WHERE at >= d.value ->> 0 AND at < d.value ->> 1 AND {whose}
             AND +kind <> 'users.signed_in')
         FROM json_each(?1) d ORDER BY d.key"
    ))?;
    let active = statement.query_map((serde_json::to_string(&micros)?, of), |row| row.get(0))?;
    Ok(active.collect::<rusqlite::Result<_>>()?)
}

/// How many people did something that counts.
///
/// # Errors
/// Those of the database.
pub fn people(conn: &Connection, since: Timestamp, until: Timestamp) -> Result<i64> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT count(DISTINCT actor_id) FROM events WHERE at >= ?1 AND at <= ?2 AND +kind IN ('{}')",
        COUNTED.join("', '")
    ))?;
    Ok(statement.query_row((since, until), |row| row.get(0))?)
}
