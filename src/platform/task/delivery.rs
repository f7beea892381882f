//! How a task moves through the queue: taken by a worker, run, kept with its outcome.
//!
//! The queue library fetches and acknowledges by itself. What it leaves to us is here: run times of repeats, the record of
//! each run, debouncing keys, and the whole way for runs without the library (`drain`).

use chrono::Duration;
use rusqlite::Row;
use serde_json::{Value, json};
use ulid::Ulid;

use super::{Key, QUEUE, store::State};
use crate::platform::{clock::Timestamp, db::Tx, error::Result};

/// The wait before the first repeat, in seconds; each further one waits twice as long.
const FIRST_WAIT: f64 = 60.0;
/// The longest wait before a repeat, in seconds.
const LONGEST_WAIT: f64 = 3600.0;
/// How much of an error is kept, in characters.
const ERROR_LENGTH: usize = 4000;

/// For how long since it was queued a task is put off when what it needs is out of reach; then it fails like any other.
pub const PATIENCE: Duration = Duration::days(2);

/// A task in the hands of a worker.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its id, a ULID.
    pub id: String,
    /// The worker that has it.
    pub worker: String,
    /// Which run this is, from 1.
    pub attempt: u32,
    /// How many runs there may be.
    pub max_attempts: u32,
    /// When it was due, in seconds since 1970 UTC.
    pub run_at: i64,
    /// The stored key, when it has one.
    pub key: Option<String>,
    /// `{"kind": …, "args": …}`.
    pub payload: Value,
}

impl Delivery {
    /// The name of its kind; empty when the payload has none.
    pub fn kind(&self) -> &str {
        self.payload["kind"].as_str().unwrap_or_default()
    }

    /// Whether its key has to be given back before it runs.
    pub fn is_debounced(&self) -> bool {
        self.key.as_deref().is_some_and(|key| Key::is_debounce(self.kind(), key))
    }

    fn queued(&self) -> Timestamp {
        let queued = Ulid::from_string(&self.id).map_or(0, |it| it.timestamp_ms());
        Timestamp::from_micros(i64::try_from(queued).unwrap_or(0) * 1000)
    }

    /// The moment from which it could have run: when it was queued, or due later.
    fn due(&self) -> Timestamp {
        Timestamp::from_seconds(self.run_at).max(self.queued())
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It did its work.
    Done,
    /// It failed with this error and is repeated then.
    Failed(String, Timestamp),
    /// It could not be done yet, for this reason, and is repeated then without counting as a run.
    Postponed(String, Timestamp),
    /// It failed with this error and is not repeated.
    Dead(String),
}

impl Outcome {
    /// A failure that may pass: repeated with growing waits while there are attempts left. `jitter` is from 0 to 1.
    pub fn failed(error: &str, delivery: &Delivery, now: Timestamp, jitter: f64) -> Self {
        if delivery.attempt >= delivery.max_attempts {
            Outcome::dead(error)
        } else {
            Outcome::Failed(shortened(error), now.plus(wait(delivery.attempt, jitter)))
        }
    }

    /// What a task needs is out of reach: it is put off, and fails only when that has lasted for too long.
    pub fn postponed(reason: &str, after: Duration, delivery: &Delivery, now: Timestamp, jitter: f64) -> Self {
        if now.since(delivery.queued()) > PATIENCE {
            Self::failed(reason, delivery, now, jitter)
        } else {
            // Moments count in whole seconds; it must not be due before its time.
            Outcome::Postponed(shortened(reason), now.plus(after.max(Duration::zero()) + Duration::milliseconds(999)))
        }
    }

    /// A failure that repeating would not mend.
    pub fn dead(error: &str) -> Self {
        Outcome::Dead(shortened(error))
    }

    /// Why it failed.
    pub fn error(&self) -> Option<&str> {
        match self {
            Outcome::Done => None,
            Outcome::Failed(error, _) | Outcome::Postponed(error, _) | Outcome::Dead(error) => Some(error),
        }
    }

    fn state(&self) -> State {
        match self {
            Outcome::Done => State::Done,
            Outcome::Failed(..) | Outcome::Postponed(..) => State::Failed,
            Outcome::Dead(_) => State::Dead,
        }
    }
}

fn shortened(error: &str) -> String {
    error.chars().take(ERROR_LENGTH).collect()
}

/// How long the repeat after run `attempt` waits: 60 s × 2^(attempt − 1), ± 20 % by `jitter` from 0 to 1, at most 1 h.
pub fn wait(attempt: u32, jitter: f64) -> Duration {
    let doublings = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX).min(16);
    let seconds = FIRST_WAIT * 2f64.powi(doublings) * (0.8 + 0.4 * jitter);
    Duration::milliseconds((seconds.min(LONGEST_WAIT) * 1000.0) as i64)
}

/// A run that is over.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What was run.
    pub delivery: Delivery,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
}

impl Finished {
    /// Records the run, and when a failed task is due again. The library settles the task's state after that.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record(&self, tx: &Tx<'_>) -> Result<()> {
        let Finished { delivery, started_at, finished_at, outcome } = self;
        // Runs count on over an operator's retry, which begins the attempts anew. A task that was deleted leaves no record.
        tx.prepare_cached(
            "INSERT INTO task_attempts (task_id, attempt, kind, waited, started_at, finished_at, outcome, error)
             SELECT id, (SELECT coalesce(max(attempt), 0) + 1 FROM task_attempts WHERE task_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7
             FROM Jobs WHERE id = ?1",
        )?
        .execute((
            &delivery.id,
            delivery.kind(),
            started_at.since(delivery.due()).num_microseconds().unwrap_or(i64::MAX).max(0),
            started_at,
            finished_at,
            outcome.state(),
            outcome.error(),
        ))?;
        let (again, more) = match outcome {
            Outcome::Done | Outcome::Dead(_) => return Ok(()),
            Outcome::Failed(_, again) => (again, 0),
            Outcome::Postponed(_, again) => (again, 1),
        };
        // The library has counted the run of a task that was put off; it gets one more for it.
        tx.prepare_cached(
            "UPDATE Jobs SET run_at = ?2, max_attempts = max_attempts + ?4 WHERE id = ?1 AND lock_by = ?3",
        )?
        .execute((&delivery.id, again.seconds(), &delivery.worker, more))?;
        Ok(())
    }

    /// Settles the task's state as the library would, unless another worker has taken it over.
    ///
    /// # Errors
    /// Those of the database.
    pub fn settle(&self, tx: &Tx<'_>) -> Result<()> {
        let (status, result) = match &self.outcome {
            Outcome::Done => ("Done", json!({"Ok": null})),
            Outcome::Failed(error, _) | Outcome::Postponed(error, _) => ("Failed", json!({"Err": error})),
            Outcome::Dead(error) => ("Killed", json!({"Err": error})),
        };
        tx.prepare_cached(
            "UPDATE Jobs SET status = ?2, attempts = ?3, last_result = ?4, done_at = ?5 WHERE id = ?1 AND lock_by = ?6",
        )?
        .execute((
            &self.delivery.id,
            status,
            self.delivery.attempt,
            result.to_string(),
            self.finished_at.seconds(),
            &self.delivery.worker,
        ))?;
        Ok(())
    }
}

/// Gives back the key of a debounced task, so that from now on asking for it queues another.
///
/// # Errors
/// Those of the database.
pub fn release_key(tx: &Tx<'_>, id: &str) -> Result<()> {
    tx.prepare_cached("UPDATE Jobs SET idempotency_key = NULL WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Takes up to `limit` due tasks for this worker, in the order in which the library would, and gives back the keys of the
/// debounced ones.
///
/// # Errors
/// Those of the database.
pub fn take_due(tx: &Tx<'_>, worker: &str, limit: u32) -> Result<Vec<Delivery>> {
    take(
        tx,
        worker,
        "SELECT id FROM (
           SELECT id, priority, run_at FROM Jobs
           WHERE job_type = ?3 AND status = 'Pending' AND lock_by IS NULL AND run_at <= ?2
           UNION ALL
           SELECT id, priority, run_at FROM Jobs
           WHERE job_type = ?3 AND status = 'Failed' AND attempts < max_attempts AND run_at <= ?2
         ) ORDER BY priority DESC, run_at, id LIMIT ?4",
        &limit,
    )
}

/// Takes this task for this worker, due or not, unless another has it or it has ended.
///
/// # Errors
/// Those of the database.
pub fn take_one(tx: &Tx<'_>, worker: &str, id: &str) -> Result<Option<Delivery>> {
    let rows = "SELECT id FROM Jobs WHERE job_type = ?3 AND id = ?4
        AND ((status = 'Pending' AND lock_by IS NULL) OR (status = 'Failed' AND attempts < max_attempts))";
    Ok(take(tx, worker, rows, &id)?.pop())
}

fn take(tx: &Tx<'_>, worker: &str, ids: &str, which: &dyn rusqlite::ToSql) -> Result<Vec<Delivery>> {
    let mut statement = tx.prepare_cached(&format!(
        "UPDATE Jobs SET status = 'Running', lock_by = ?1, lock_at = ?2 WHERE id IN ({ids})
         RETURNING id, lock_by, attempts, max_attempts, run_at, idempotency_key, job, priority"
    ))?;
    let rows = statement.query_map(rusqlite::params![worker, tx.now().seconds(), QUEUE, which], |row| {
        Ok((row.get::<_, i64>("priority")?, delivery(row)?))
    })?;
    let mut taken = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    taken.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| (one.run_at, &one.id).cmp(&(other.run_at, &other.id))));
    let taken: Vec<Delivery> = taken.into_iter().map(|(_, delivery)| delivery).collect();
    for delivery in taken.iter().filter(|it| it.is_debounced()) {
        release_key(tx, &delivery.id)?;
    }
    Ok(taken)
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let payload: Vec<u8> = row.get("job")?;
    Ok(Delivery {
        id: row.get("id")?,
        worker: row.get("lock_by")?,
        attempt: row.get::<_, u32>("attempts")? + 1,
        max_attempts: row.get("max_attempts")?,
        run_at: row.get("run_at")?,
        key: row.get("idempotency_key")?,
        payload: serde_json::from_slice(&payload).unwrap_or_default(),
    })
}

/// Enters a worker that is not the library's, so that others take its tasks over when it is heard of no more.
///
/// # Errors
/// Those of the database.
pub fn enlist(tx: &Tx<'_>, worker: &str) -> Result<()> {
    tx.execute("INSERT INTO Workers (id, worker_type, storage_name) VALUES (?1, ?2, 'careerd')", (worker, QUEUE))?;
    Ok(())
}

/// Says that this worker lives, unless that was said less than `seconds` ago.
///
/// Whoever was last heard of in the future was heard of before the clock was set back. It counts from now, or what a lost one
/// had would wait until that future has come.
///
/// # Errors
/// Those of the database.
pub fn beat(tx: &Tx<'_>, worker: &str, seconds: u64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE Workers SET last_seen = unixepoch() WHERE (id = ?1 AND last_seen <= unixepoch() - ?2) OR last_seen > unixepoch()",
    )?
    .execute((worker, i64::try_from(seconds).unwrap_or(0)))?;
    Ok(())
}

/// Strikes out a worker that ends. What it still had waits again, at once and without counting as a run.
///
/// # Errors
/// Those of the database.
pub fn leave(tx: &Tx<'_>, worker: &str) -> Result<()> {
    let released = tx.execute(
        "UPDATE Jobs SET status = 'Pending', lock_by = NULL, lock_at = NULL WHERE lock_by = ?1 AND status IN ('Running', 'Queued')",
        [worker],
    )?;
    tx.execute("DELETE FROM Workers WHERE id = ?1", [worker])?;
    if released > 0 {
        tx.wake_workers();
    }
    Ok(())
}

/// Forgets workers of long ago whose tasks have all been taken over.
///
/// # Errors
/// Those of the database.
pub fn forget_lost_workers(tx: &Tx<'_>) -> Result<()> {
    tx.execute(
        "DELETE FROM Workers WHERE last_seen < unixepoch() - 86400
         AND id NOT IN (SELECT lock_by FROM Jobs WHERE status IN ('Running', 'Queued') AND lock_by IS NOT NULL)",
        [],
    )?;
    Ok(())
}
