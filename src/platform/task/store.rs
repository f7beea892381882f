//! The queue as its operators see it: what the monitor shows and changes.

use std::collections::BTreeMap;

use chrono::Duration;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde_json::Value;
use ulid::Ulid;

use super::{QUEUE, Registry, Task, monitor};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
    },
    text_enum,
};

text_enum! {
    /// What has become of a task.
    pub enum State {
        /// Waits for its time and for a worker.
        Pending = "pending",
        /// A worker has it.
        Running = "running",
        /// It was done.
        Done = "done",
        /// It failed and will be repeated.
        Failed = "failed",
        /// It failed for good; `error` says why.
        Dead = "dead",
        /// An operator stopped it before it ran.
        Cancelled = "cancelled",
    }
}

impl State {
    /// What the library's statuses say about it: these words are those of the partial indexes.
    pub(super) const fn statuses(self) -> &'static str {
        match self {
            State::Pending => "status = 'Pending'",
            State::Running => "status IN ('Running', 'Queued')",
            State::Done => "status = 'Done'",
            State::Failed | State::Dead | State::Cancelled => "status IN ('Failed', 'Killed')",
        }
    }
}

/// A task, as people see it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Task)]
pub struct TaskRow {
    /// A ULID.
    pub id: String,
    /// The name of its kind.
    pub kind: String,
    /// Its arguments.
    pub args: Value,
    /// What has become of it.
    pub state: State,
    /// How often it was started.
    pub attempts: u32,
    /// How often it may be started.
    pub max_attempts: u32,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it is due, in whole seconds.
    pub run_at: Timestamp,
    /// When its last run started; in whole seconds until that is recorded.
    pub started_at: Option<Timestamp>,
    /// When its last run ended; in whole seconds until that is recorded.
    pub finished_at: Option<Timestamp>,
    /// Why its last run failed.
    pub error: Option<String>,
    /// What keeps the same work from being queued twice.
    pub dedupe_key: Option<String>,
}

/// The columns of the view `tasks` that make a [`TaskRow`].
///
/// The library counts in whole seconds; the record of the last run knows better when it began and ended.
pub const TASK: &str = "id, kind, args, state, attempts, max_attempts, run_at,
    coalesce((SELECT max(a.started_at) FROM task_attempts a
              WHERE a.task_id = tasks.id AND a.started_at >= tasks.started_at), started_at) AS started_at,
    iif(finished_at IS NULL, NULL, coalesce((SELECT max(a.finished_at) FROM task_attempts a
              WHERE a.task_id = tasks.id AND a.started_at >= tasks.started_at), finished_at)) AS finished_at,
    error, dedupe_key";

/// Reads a row of [`TASK`].
///
/// # Errors
/// The columns are others.
pub fn task(row: &Row<'_>) -> rusqlite::Result<TaskRow> {
    let id: String = row.get("id")?;
    let error: Option<String> = row.get("error")?;
    Ok(TaskRow {
        kind: row.get::<_, Option<String>>("kind")?.unwrap_or_default(),
        args: row.get::<_, Option<Value>>("args")?.unwrap_or_default(),
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        max_attempts: row.get("max_attempts")?,
        created_at: queued_at(&id),
        run_at: row.get("run_at")?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
        // The library puts this word before the reason of a task that is not to be repeated.
        error: error.map(|it| it.strip_prefix("AbortError: ").map_or(it.clone(), str::to_owned)),
        dedupe_key: row.get("dedupe_key")?,
        id,
    })
}

/// A ULID begins with the millisecond in which it was made.
fn queued_at(id: &str) -> Timestamp {
    let millis = Ulid::from_string(id).map_or(0, |it| it.timestamp_ms());
    Timestamp::from_micros(i64::try_from(millis).unwrap_or(0) * 1000)
}

/// What became of the task with this key; none when there is none, or it has no key.
///
/// # Errors
/// Those of the database.
pub fn state_of<T: Task>(conn: &Connection, task: &T) -> Result<Option<State>> {
    Ok(conn
        .prepare_cached(
            "SELECT state FROM tasks WHERE id = (SELECT id FROM Jobs WHERE job_type = ?1 AND idempotency_key = ?2)",
        )?
        .query_row((QUEUE, task.key().stored(T::KIND)), |row| row.get(0))
        .optional()?)
}

/// One finished run of a task.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TaskRun {
    /// Which run this was, from 1.
    pub attempt: u32,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// done, failed or dead.
    pub outcome: State,
    /// Why it failed.
    pub error: Option<String>,
}

/// A task with its runs, the oldest first.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TaskDetail {
    /// The task itself.
    #[serde(flatten)]
    pub task: TaskRow,
    /// Its finished runs; a good one is recorded within a tenth of a second.
    pub runs: Vec<TaskRun>,
}

/// The newest tasks, at most `limit`: of this state, of this kind, older than this id.
///
/// # Errors
/// Those of the database.
pub fn list(
    conn: &Connection,
    state: Option<State>,
    kind: Option<&str>,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<TaskRow>> {
    let statuses = state.map_or("true", State::statuses);
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {TASK} FROM tasks WHERE {statuses} AND (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR kind = ?2)
         AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4"
    ))?;
    let rows = statement.query_map((state, kind, before, limit), task)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The task with this id.
///
/// # Errors
/// 404 when there is none.
pub fn get(conn: &Connection, id: &str) -> Result<TaskRow> {
    conn.prepare_cached(&format!("SELECT {TASK} FROM tasks WHERE id = ?1"))?
        .query_row([id], task)
        .optional()?
        .ok_or(Error::NotFound("task"))
}

/// The task with this id and its finished runs.
///
/// # Errors
/// 404 when there is none.
pub fn get_with_runs(conn: &Connection, id: &str) -> Result<TaskDetail> {
    let task = get(conn, id)?;
    let mut statement = conn.prepare_cached(
        "SELECT attempt, started_at, finished_at, outcome, error FROM task_attempts WHERE task_id = ?1 ORDER BY attempt",
    )?;
    let runs = statement.query_map([id], |row| {
        Ok(TaskRun {
            attempt: row.get(0)?,
            started_at: row.get(1)?,
            finished_at: row.get(2)?,
            outcome: row.get(3)?,
            error: row.get(4)?,
        })
    })?;
    Ok(TaskDetail { task, runs: runs.collect::<rusqlite::Result<_>>()? })
}

/// Queues a task again that failed, died or was cancelled: it is due now and has all its attempts before it.
///
/// # Errors
/// 404 when there is none; 409 when it waits, runs or was done.
pub fn retry(tx: &Tx<'_>, id: &str) -> Result<TaskRow> {
    let changed = tx
        .prepare_cached(
            "UPDATE Jobs SET status = 'Pending', attempts = 0, run_at = ?2, lock_by = NULL, lock_at = NULL, done_at = NULL,
             last_result = NULL, metadata = json_remove(metadata, '$.cancelled_at')
             WHERE id = ?1 AND status IN ('Failed', 'Killed')",
        )?
        .execute((id, tx.now().seconds()))?;
    let task = get(tx, id)?;
    if changed == 0 {
        return Err(Error::conflict(format!(
            "This task is {}; only a failed, dead or cancelled one can be repeated.",
            task.state
        )));
    }
    tx.wake_workers();
    Ok(task)
}

/// Stops a task that waits. A debouncing key comes free; a once-only key stays taken.
///
/// # Errors
/// 404 when there is none; 409 when it runs or has ended.
pub fn cancel(tx: &Tx<'_>, id: &str) -> Result<TaskRow> {
    let changed = tx
        .prepare_cached(
            "UPDATE Jobs SET status = 'Killed', done_at = ?2, metadata = json_set(coalesce(metadata, '{}'), '$.cancelled_at', ?2),
             idempotency_key = iif(substr(idempotency_key, length(kind) + 1, 1) = '~', NULL, idempotency_key)
             WHERE id = ?1 AND (status = 'Pending' OR (status = 'Failed' AND attempts < max_attempts))",
        )?
        .execute((id, tx.now().seconds()))?;
    let task = get(tx, id)?;
    if changed == 0 {
        return Err(Error::conflict(format!("This task is {}; only one that waits can be cancelled.", task.state)));
    }
    Ok(task)
}

/// Deletes one task that does not run.
///
/// # Errors
/// 404 when there is none; 409 when it runs.
pub fn delete(tx: &Tx<'_>, id: &str) -> Result<()> {
    let deleted =
        tx.prepare_cached("DELETE FROM Jobs WHERE id = ?1 AND status NOT IN ('Running', 'Queued')")?.execute([id])?;
    if deleted == 0 {
        get(tx, id)?;
        return Err(Error::conflict("This task is running; it can be deleted when it has ended."));
    }
    Ok(())
}

/// Deletes tasks of an ended state that ended more than `days` ago, at most `limit`. Answers how many.
///
/// # Errors
/// 400 for a state in which a task still has something before it.
pub fn purge(tx: &Tx<'_>, state: State, days: u32, limit: u32) -> Result<usize> {
    if matches!(state, State::Pending | State::Running | State::Failed) {
        return Err(Error::field("state", "must be one of done, dead, cancelled"));
    }
    let before = tx.now().plus(-Duration::days(i64::from(days)));
    Ok(tx
        .prepare_cached(&format!(
            "DELETE FROM Jobs WHERE id IN (SELECT id FROM tasks WHERE {} AND state = ?1 AND done_at < ?2 LIMIT ?3)",
            state.statuses()
        ))?
        .execute((state, before.seconds(), limit))?)
}

/// Median and 99th percentile in milliseconds, of the newest thousand runs of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Percentiles {
    /// Half took no longer.
    pub p50: f64,
    /// All but one in a hundred took no longer.
    pub p99: f64,
}

impl Percentiles {
    /// Nearest rank over microseconds; none of nothing.
    fn of(mut micros: Vec<i64>) -> Option<Self> {
        micros.sort_unstable();
        let at = |percent: usize| {
            micros.get((micros.len() * percent).div_ceil(100).max(1) - 1).map(|it| *it as f64 / 1000.0)
        };
        Some(Self { p50: at(50)?, p99: at(99)? })
    }
}

/// How one kind of task is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct KindStats {
    /// Its name.
    pub kind: String,
    /// Tasks that wait for their first run.
    pub pending: u32,
    /// Tasks that a worker has.
    pub running: u32,
    /// Tasks that wait to be repeated.
    pub failed: u32,
    /// Tasks given up and kept.
    pub dead: u32,
    /// Runs of the last 24 hours that succeeded.
    pub done_24h: u32,
    /// Runs of the last 24 hours that did not.
    pub failed_24h: u32,
    /// From being due to being started.
    pub wait_ms: Option<Percentiles>,
    /// From start to end.
    pub run_ms: Option<Percentiles>,
    /// Whether its tasks wait until it is resumed.
    pub paused: bool,
}

/// How every kind is doing, those of `registry` and those only found in the queue, by name.
///
/// # Errors
/// Those of the database.
pub fn kinds(conn: &Connection, registry: &Registry, now: Timestamp) -> Result<Vec<KindStats>> {
    let mut kinds: BTreeMap<String, KindStats> =
        registry.kinds().map(|it| (it.kind.to_owned(), KindStats::default())).collect();
    for state in [State::Pending, State::Running, State::Failed] {
        let sql =
            format!("SELECT coalesce(kind, ''), state, count(*) FROM tasks WHERE {} GROUP BY 1, 2", state.statuses());
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let stats = kinds.entry(row.get(0)?).or_default();
            match row.get(1)? {
                State::Pending => stats.pending = row.get(2)?,
                State::Running => stats.running = row.get(2)?,
                State::Failed => stats.failed = row.get(2)?,
                State::Dead => stats.dead = row.get(2)?,
                State::Done | State::Cancelled => {}
            }
        }
    }
    let since = now.plus(-Duration::hours(24));
    let mut counts = conn.prepare_cached(
        "SELECT count(*) FILTER (WHERE outcome = 'done'), count(*) FILTER (WHERE outcome <> 'done')
         FROM task_attempts WHERE kind = ?1 AND finished_at > ?2",
    )?;
    let mut newest = conn.prepare_cached(
        "SELECT waited, finished_at - started_at FROM task_attempts WHERE kind = ?1 AND finished_at > ?2
         ORDER BY finished_at DESC LIMIT 1000",
    )?;
    let paused = monitor::paused(conn)?;
    for (kind, stats) in &mut kinds {
        stats.kind.clone_from(kind);
        stats.paused = paused.contains(kind);
        (stats.done_24h, stats.failed_24h) = counts.query_row((kind, since), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let times = newest.query_map((kind, since), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let times = times.collect::<rusqlite::Result<Vec<(i64, i64)>>>()?;
        let (waits, runs) = times.into_iter().unzip();
        (stats.wait_ms, stats.run_ms) = (Percentiles::of(waits), Percentiles::of(runs));
    }
    Ok(kinds.into_values().collect())
}

/// Whether a worker of any process has been heard of lately.
///
/// # Errors
/// Those of the database.
pub fn has_worker(conn: &Connection) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM Workers WHERE worker_type = ?1 AND last_seen > unixepoch() - 15)",
        )?
        .query_row([QUEUE], |row| row.get(0))?)
}

/// Whether tasks get done: a worker is there, or nothing has been due for a minute.
///
/// # Errors
/// Those of the database.
pub fn is_served(conn: &Connection, now: Timestamp) -> Result<bool> {
    if has_worker(conn)? {
        return Ok(true);
    }
    let minute_ago = now.plus(-Duration::minutes(1)).seconds();
    let overdue = "SELECT 1 FROM Jobs WHERE job_type = ?1 AND status = 'Pending' AND lock_by IS NULL AND run_at < ?2";
    Ok(!conn.prepare_cached(overdue)?.exists((QUEUE, minute_ago))?)
}
