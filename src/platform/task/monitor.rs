//! The queue as a whole: its list, and kinds that are held back.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde::Serialize;
use utoipa::IntoParams;

use super::{
    QUEUE,
    store::{State, TASK, TaskRow, task},
};
use crate::platform::{
    clock::Timestamp,
    db::Tx,
    error::Result,
    fields::{Fields, choice, moment, text},
    list::{Filter, Listing, Order, Page, Select},
};

/// The filters of the list of tasks.
#[derive(Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaskFilter {
    /// Of these kinds.
    pub kind: Vec<String>,
    /// In these states.
    #[param(inline)]
    pub state: Vec<State>,
    /// Queued at or after this.
    pub queued_after: Option<Timestamp>,
    /// Queued at or before this.
    pub queued_before: Option<Timestamp>,
}

impl Filter for TaskFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("kind", &mut filter.kind, 20, text(1..=100));
        query.several("state", &mut filter.state, 20, choice);
        query.optional("queued_after", &mut filter.queued_after, moment);
        query.optional("queued_before", &mut filter.queued_before, moment);
        if let (Some(after), Some(before)) = (filter.queued_after, filter.queued_before) {
            query.check("queued_after", after <= before, "This must not be later than queued_before.");
        }
        filter
    }
}

/// The tasks that these filters leave, in order.
///
/// # Errors
/// 400 for a wrong ordering.
pub fn select(Listing { filter, slice }: &Listing<TaskFilter>) -> Result<Select> {
    let statuses: Vec<_> = filter.state.iter().map(|it| it.statuses()).collect();
    let mut select = Select::new(TASK, "tasks", "id").and_any("kind", &filter.kind)?.and_any("state", &filter.state)?;
    if !statuses.is_empty() {
        // The words of the partial indexes.
        select = select.and(&format!("({})", statuses.join(" OR ")), &[])?;
    }
    // An id begins with the moment in which the task was queued, so a bound on one is a bound on the other.
    let (after, before) = (
        bound(filter.queued_after, slice.created_after, true),
        bound(filter.queued_before, slice.created_before, false),
    );
    select.and_some("id >= ?", after)?.and_some("id <= ?", before)?.search(&["error"], slice)?.order(
        slice,
        &[Order::by("run_at", "due"), Order::by("attempts", "attempts"), Order::by("created_at", "id")],
        "-run_at",
    )
}

/// The stricter of two moments as the first or the last id of its millisecond.
fn bound(one: Option<Timestamp>, other: Option<Timestamp>, lower: bool) -> Option<String> {
    let strict = if lower { one.max(other) } else { one.into_iter().chain(other).min() };
    strict.map(|at| {
        // Rounded up from below, so that no task of the part before the moment is in; down from above.
        let millis = if lower { (at.micros() + 999).div_euclid(1000) } else { at.micros().div_euclid(1000) };
        let millis = u64::try_from(millis).unwrap_or(0);
        ulid::Ulid::from_parts(millis, if lower { 0 } else { u128::MAX }).to_string()
    })
}

/// One part of the list of tasks.
///
/// # Errors
/// 400 for a wrong ordering; 404 past the end.
pub fn page(conn: &Connection, listing: &Listing<TaskFilter>) -> Result<Page<TaskRow>> {
    select(listing)?.page(conn, &listing.slice, task)
}

/// The kinds that are paused.
///
/// # Errors
/// Those of the database.
pub fn paused(conn: &Connection) -> Result<BTreeSet<String>> {
    let mut statement = conn.prepare_cached("SELECT kind FROM paused_kinds")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Holds back the tasks of a kind, those that wait and those to come, in every process. What runs comes to its end. False
/// when it was paused already.
///
/// # Errors
/// Those of the database.
pub fn pause(tx: &Tx<'_>, kind: &str) -> Result<bool> {
    let new = tx.execute(
        "INSERT INTO paused_kinds (kind, paused_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        (kind, tx.now()),
    )?;
    // From now on triggers hold what begins to wait; these are the ones that wait already.
    tx.execute(
        "UPDATE Jobs SET status = 'Pending', lock_by = 'paused' WHERE kind = ?1
         AND ((status = 'Pending' AND lock_by IS NULL) OR (status = 'Failed' AND attempts < max_attempts))",
        [kind],
    )?;
    Ok(new > 0)
}

/// Lets the tasks of a kind run again. False when it was not paused.
///
/// # Errors
/// Those of the database.
pub fn resume(tx: &Tx<'_>, kind: &str) -> Result<bool> {
    let was = tx.execute("DELETE FROM paused_kinds WHERE kind = ?1", [kind])?;
    tx.execute("UPDATE Jobs SET lock_by = NULL WHERE lock_by = 'paused' AND kind = ?1 AND status = 'Pending'", [kind])?;
    tx.wake_workers();
    Ok(was > 0)
}

/// How much is in the queue. Finished tasks are not counted: that would take long, and somebody asks every few seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Depth {
    /// Tasks that wait, held ones included.
    pub pending: i64,
    /// Of these, tasks of paused kinds.
    pub held: i64,
    /// Tasks that a worker has.
    pub running: i64,
    /// Tasks that wait to be repeated.
    pub failed: i64,
    /// Tasks given up and kept.
    pub dead: i64,
    /// How long the task has waited that is due longest.
    pub oldest_wait_seconds: i64,
}

/// How much is in the queue.
///
/// # Errors
/// Those of the database.
pub fn depth(conn: &Connection, now: Timestamp) -> Result<Depth> {
    let count = |condition: &str| -> Result<i64> {
        let sql = format!("SELECT count(*) FROM Jobs WHERE {condition}");
        Ok(conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
    };
    let (ready, oldest): (i64, Option<i64>) = conn
        .prepare_cached(
            "SELECT count(*), min(run_at) FROM Jobs WHERE job_type = ?1 AND status = 'Pending' AND lock_by IS NULL",
        )?
        .query_row([QUEUE], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (failed, dead) = conn
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'dead') FROM tasks
             WHERE status IN ('Failed', 'Killed')",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let held = count("lock_by = 'paused' AND status = 'Pending'")?;
    Ok(Depth {
        pending: ready + held,
        held,
        running: count("status IN ('Running', 'Queued')")?,
        failed,
        dead,
        oldest_wait_seconds: oldest.map_or(0, |at| (now.seconds() - at).max(0)),
    })
}
