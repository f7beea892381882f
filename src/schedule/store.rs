//! What the schedule remembers of its entries.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::platform::{clock::Timestamp, db::Tx, error::Result, task::store::State};

/// What is remembered of an entry.
pub struct Memory {
    /// Whether its times count.
    pub enabled: bool,
    /// Up to which time it is settled.
    pub settled: Timestamp,
    /// When its task was queued last.
    pub ran_at: Option<Timestamp>,
    /// The id of that task.
    pub task: Option<String>,
    /// What became of that task.
    pub status: Option<State>,
}

fn memory(row: &Row<'_>) -> rusqlite::Result<Memory> {
    Ok(Memory {
        enabled: row.get("enabled")?,
        settled: row.get("settled")?,
        ran_at: row.get("ran_at")?,
        task: row.get("task_id")?,
        status: row.get("status")?,
    })
}

/// What is remembered of the entry of this name; none before its first start.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, name: &str) -> Result<Option<Memory>> {
    Ok(conn
        .prepare_cached(
            "SELECT enabled, settled, ran_at, task_id, (SELECT state FROM tasks WHERE id = task_id) AS status
             FROM schedule_entries WHERE name = ?1",
        )?
        .query_row([name], memory)
        .optional()?)
}

/// Begins to remember an entry: times before now are none of its.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, name: &str) -> Result<()> {
    tx.prepare_cached("INSERT INTO schedule_entries (name, settled) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((name, tx.now()))?;
    Ok(())
}

/// Settles an entry up to this time.
///
/// # Errors
/// Those of the database.
pub fn settle(tx: &Tx<'_>, name: &str, at: Timestamp) -> Result<()> {
    tx.prepare_cached("UPDATE schedule_entries SET settled = ?2 WHERE name = ?1")?.execute((name, at))?;
    Ok(())
}

/// Notes that the task of an entry was queued now.
///
/// # Errors
/// Those of the database.
pub fn note_run(tx: &Tx<'_>, name: &str, task: &str) -> Result<()> {
    tx.prepare_cached("UPDATE schedule_entries SET ran_at = ?2, task_id = ?3 WHERE name = ?1")?.execute((
        name,
        tx.now(),
        task,
    ))?;
    Ok(())
}

/// Turns an entry on or off. Times that came while it was off are not made up for.
///
/// # Errors
/// Those of the database.
pub fn set_enabled(tx: &Tx<'_>, name: &str, enabled: bool) -> Result<()> {
    tx.prepare_cached("UPDATE schedule_entries SET enabled = ?2, settled = max(settled, ?3) WHERE name = ?1")?
        .execute((name, enabled, tx.now()))?;
    Ok(())
}
