//! Queueing what is due, and what admins do with entries.

use chrono::Duration;
use rusqlite::Connection;

use super::{
    model::{Entry, ScheduleEntry, Tick},
    store,
};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        task::store::{self as tasks, State, TaskRow},
    },
    users::audit::{self, By, Changes},
};

/// A time that was settled so far ahead of now was so by a clock that was wrong, and must not hold up those to come.
const AHEAD: Duration = Duration::days(1);

/// What an entry is called where it is changed.
const TARGET: &str = "schedule";

/// Queues the task of each entry for which a time has come since it was settled: one, however many times were missed. The
/// memory and the task are written together, so of many processes one queues it.
///
/// # Errors
/// Those of the database.
pub fn settle(tx: &Tx<'_>, entries: &[Entry]) -> Result<()> {
    for entry in entries {
        let Some(memory) = store::find(tx, entry.name)? else {
            store::insert(tx, entry.name)?;
            continue;
        };
        let at = entry.when.last(tx.now());
        if memory.settled > tx.now().plus(AHEAD) {
            store::settle(tx, entry.name, at)?;
        }
        if at <= memory.settled {
            continue;
        }
        store::settle(tx, entry.name, at)?;
        // What waits, runs or will be repeated does the work of this time as well.
        let under_way = matches!(memory.status, Some(State::Pending | State::Running | State::Failed));
        if memory.enabled && !under_way {
            let tick = Tick { at, since: memory.settled, by_hand: false };
            if (entry.needed)(tx, &tick)? {
                store::note_run(tx, entry.name, &(entry.queue)(tx, &tick)?.id)?;
            }
        }
    }
    Ok(())
}

/// The entries as they stand.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &Connection, entries: &[Entry], now: Timestamp) -> Result<Vec<ScheduleEntry>> {
    entries.iter().map(|entry| shown(conn, entry, now)).collect()
}

fn shown(conn: &Connection, entry: &Entry, now: Timestamp) -> Result<ScheduleEntry> {
    let memory = store::find(conn, entry.name)?;
    let enabled = memory.as_ref().is_none_or(|it| it.enabled);
    let (last_run, last_status, last_task) = memory.map_or((None, None, None), |it| (it.ran_at, it.status, it.task));
    Ok(ScheduleEntry {
        name: entry.name,
        when: entry.when.to_string(),
        next_run: enabled.then(|| entry.when.next(now)),
        last_run,
        last_status,
        last_task,
        enabled,
    })
}

fn named<'e>(entries: &'e [Entry], name: &str) -> Result<&'e Entry> {
    entries.iter().find(|it| it.name == name).ok_or(Error::NotFound("entry of the schedule"))
}

/// Turns an entry on or off; `None` leaves it as it is.
///
/// # Errors
/// 404.
pub fn set_enabled(
    tx: &Tx<'_>,
    by: By<'_>,
    entries: &[Entry],
    name: &str,
    enabled: Option<bool>,
) -> Result<ScheduleEntry> {
    let entry = named(entries, name)?;
    store::insert(tx, entry.name)?;
    let before = shown(tx, entry, tx.now())?;
    if let Some(enabled) = enabled.filter(|it| *it != before.enabled) {
        store::set_enabled(tx, entry.name, enabled)?;
        let changes = Changes::none().field("enabled", before.enabled, enabled);
        audit::record(tx, by, "schedule.changed", (TARGET, name), changes)?;
    }
    shown(tx, entry, tx.now())
}

/// Queues the task of an entry now.
///
/// # Errors
/// 404.
pub fn run(tx: &Tx<'_>, by: By<'_>, entries: &[Entry], name: &str) -> Result<TaskRow> {
    let entry = named(entries, name)?;
    store::insert(tx, entry.name)?;
    let tick = Tick { at: tx.now(), since: Timestamp::default(), by_hand: true };
    let queued = (entry.queue)(tx, &tick)?;
    store::note_run(tx, entry.name, &queued.id)?;
    audit::record(tx, by, "schedule.run", (TARGET, name), Changes::none())?;
    tasks::get(tx, &queued.id)
}
