//! Work that outlives the request that asked for it.
//!
//! A task is a struct of arguments. [`Tx::enqueue`] writes it into the queue in the transaction of its cause, so it exists
//! exactly when its cause does. The [`Registry`] knows how to run each kind; `worker` does so, moving rows along by
//! [`delivery`]. [`store`] is the queue as its operators see it.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result as AnyResult;
use futures::future::BoxFuture;
use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use ulid::Ulid;

use super::{
    app::App,
    clock::Timestamp,
    db::Tx,
    error::{Error, Result},
};

pub mod delivery;
pub mod monitor;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;

/// The one queue of the whole program, as the queue library files it.
pub const QUEUE: &str = "careerd";

/// Work that outlives the request that asked for it. Delivered at least once, so `run` must be safe to repeat.
pub trait Task: Serialize + DeserializeOwned + Send + 'static {
    /// Its name in the queue, as `send_welcome_email`.
    const KIND: &'static str;
    /// How often a failed run is repeated before the task is given up.
    const RETRIES: u32;

    /// What keeps the same work from being queued twice.
    fn key(&self) -> Key {
        Key::None
    }

    /// Does the work.
    ///
    /// # Errors
    /// Whatever kept it from being done; it is repeated later.
    fn run(self, app: Arc<App>) -> impl Future<Output = AnyResult<()>> + Send;
}

/// An error that repeating would not mend: the task is given up at once.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Hopeless(pub String);

/// An error that is not the task's own: what it needs is out of reach. The run does not count; the task is due again after
/// this time, for [`delivery::PATIENCE`] since it was queued.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Postponed {
    /// What is out of reach.
    pub reason: String,
    /// How long it is put off.
    pub after: chrono::Duration,
}

/// What keeps the same work from being queued twice. Keys of different kinds never meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Every time it is asked for.
    None,
    /// Once, for as long as the task is kept, whatever became of it.
    Once(String),
    /// Once until it starts: asking while one waits adds nothing, asking while one runs adds one.
    Debounce(String),
}

impl Key {
    /// As it stands in the queue. The mark between kind and key tells the two sorts apart.
    fn stored(&self, kind: &str) -> Option<String> {
        match self {
            Key::None => None,
            Key::Once(key) => Some(format!("{kind}:{key}")),
            Key::Debounce(key) => Some(format!("{kind}~{key}")),
        }
    }

    /// Whether the stored key of a task of this kind is to be dropped when the task starts.
    pub fn is_debounce(kind: &str, stored: &str) -> bool {
        stored.strip_prefix(kind).is_some_and(|rest| rest.starts_with('~'))
    }
}

/// Which row of the queue stands for what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Queued {
    /// The id of the task: a ULID.
    pub id: String,
    /// False when a task with the same key was there already; `id` is then that one's.
    pub new: bool,
}

impl Tx<'_> {
    /// Queues the task as soon as this transaction is committed. False when its key is taken.
    ///
    /// # Errors
    /// Those of the database.
    pub fn enqueue<T: Task>(&self, task: &T) -> Result<bool> {
        self.enqueue_at(task, self.now())
    }

    /// Queues the task for a moment, which counts in whole seconds and is never early. False when its key is taken.
    ///
    /// # Errors
    /// Those of the database.
    pub fn enqueue_at<T: Task>(&self, task: &T, run_at: Timestamp) -> Result<bool> {
        Ok(self.queue_row(T::KIND, task, T::RETRIES, &task.key(), run_at)?.is_some())
    }

    /// Queues a task by the name of its kind, as an operator does. Empty arguments mean the defaults.
    ///
    /// # Errors
    /// 400 when there is no such kind, or when the arguments are not those of the kind.
    pub fn enqueue_named(&self, registry: &Registry, kind: &str, args: Value) -> Result<Queued> {
        let known = registry.get(kind).ok_or_else(|| Error::field("kind", registry.unknown(kind)))?;
        let (args, key) = (known.prepare)(args).map_err(|reason| Error::field("args", reason))?;
        self.queue_or_find(known.kind, &args, known.retries, &key)
    }

    /// Queues the task under this key instead of its own, as the schedule does.
    ///
    /// # Errors
    /// Those of the database.
    pub fn enqueue_as<T: Task>(&self, task: &T, key: Key) -> Result<Queued> {
        self.queue_or_find(T::KIND, task, T::RETRIES, &key)
    }

    fn queue_or_find(&self, kind: &str, args: &impl Serialize, retries: u32, key: &Key) -> Result<Queued> {
        if let Some(id) = self.queue_row(kind, args, retries, key, self.now())? {
            return Ok(Queued { id, new: true });
        }
        let id = self
            .prepare_cached("SELECT id FROM Jobs WHERE job_type = ?1 AND idempotency_key = ?2")?
            .query_row((QUEUE, key.stored(kind)), |row| row.get(0))?;
        Ok(Queued { id, new: false })
    }

    /// One row in the form in which the library reads it; none when the key is taken.
    fn queue_row(
        &self,
        kind: &str,
        args: &impl Serialize,
        retries: u32,
        key: &Key,
        run_at: Timestamp,
    ) -> Result<Option<String>> {
        #[derive(Serialize)]
        struct Payload<'a, A> {
            kind: &'a str,
            args: &'a A,
        }
        // A task waits from when it truly was queued, also when its cause is of an invented past.
        let now = self.begun();
        let run_at =
            if run_at <= now { now.seconds() } else { run_at.plus(chrono::Duration::microseconds(999_999)).seconds() };
        let id = self
            .prepare_cached(
                "INSERT INTO Jobs (job, id, job_type, max_attempts, run_at, idempotency_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (job_type, idempotency_key) DO NOTHING RETURNING id",
            )?
            .query_row(
                (
                    serde_json::to_vec(&Payload { kind, args })?,
                    self.next_id().to_string(),
                    QUEUE,
                    retries + 1,
                    run_at,
                    key.stored(kind),
                ),
                |row| row.get(0),
            )
            .optional()?;
        if id.is_some() {
            self.wake_workers();
        }
        Ok(id)
    }

    /// Tasks of one second run in the order of their ids. The rows that this connection has changed so far only grow, so
    /// they lead the random part: the ids of one process follow the order of queueing within a millisecond as well.
    fn next_id(&self) -> Ulid {
        let order = u128::from(self.total_changes() & 0xffff_ffff) << 48;
        let random = u128::from(rand::random::<u64>() & 0xffff_ffff_ffff);
        Ulid::from_parts(u64::try_from(self.begun().micros() / 1000).unwrap_or(0), order | random)
    }
}

/// A task with its arguments read, ready to go.
pub type Run = Box<dyn FnOnce(Arc<App>) -> BoxFuture<'static, AnyResult<()>> + Send>;

/// One kind of task, without its type.
pub struct Kind {
    /// Its name.
    pub kind: &'static str,
    /// How often a failed run is repeated.
    pub retries: u32,
    /// Reads arguments: in full, with defaults filled in, and the key they make.
    prepare: fn(Value) -> Result<(Value, Key), String>,
    /// Reads arguments, for a run; or says what is wrong with them.
    pub decode: fn(Value) -> Result<Run, String>,
}

/// Every kind of task that this program can run.
#[derive(Default)]
pub struct Registry {
    kinds: BTreeMap<&'static str, Kind>,
}

impl Registry {
    /// Knows no kind yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Knows this kind as well.
    ///
    /// # Panics
    /// At start-up, when two kinds have one name.
    #[must_use]
    pub fn with<T: Task>(mut self) -> Self {
        let known = self.kinds.insert(
            T::KIND,
            Kind {
                kind: T::KIND,
                retries: T::RETRIES,
                prepare: |args| {
                    let task: T = read(args)?;
                    let args = serde_json::to_value(&task).map_err(|e| e.to_string())?;
                    Ok((args, task.key()))
                },
                decode: |args| {
                    let task: T = read(args)?;
                    Ok(Box::new(move |app| Box::pin(async move { task.run(app).await })))
                },
            },
        );
        assert!(known.is_none(), "two kinds of task have the name {}", T::KIND);
        self
    }

    /// The kind of this name.
    pub fn get(&self, kind: &str) -> Option<&Kind> {
        self.kinds.get(kind)
    }

    /// Every kind, by name.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// Says that there is no such kind.
    pub fn unknown(&self, kind: &str) -> String {
        format!("there is no kind of task {kind:?} in this program")
    }
}

/// Reads a task from its arguments. Nothing, `null` and `{}` are the same to a task without arguments.
fn read<T: DeserializeOwned>(args: Value) -> Result<T, String> {
    let empty = args.is_null() || args.as_object().is_some_and(serde_json::Map::is_empty);
    let (first, second) = if empty { (json!({}), Some(Value::Null)) } else { (args, None) };
    serde_path_to_error::deserialize(first)
        .or_else(|error| second.and_then(|it| serde_json::from_value(it).ok()).ok_or_else(|| fault(&error)))
}

/// What is wrong with arguments, in our words; what a kind says of its own arguments stands as it is.
fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    /// How the library begins what it says of a value that has the wrong form.
    const FORMS: [&str; 5] = ["invalid ", "unknown variant", "duplicate field", "data did not match", "expected "];
    let (path, said) = (error.path().to_string(), error.inner().to_string());
    let named = |beginning: &str| said.strip_prefix(beginning)?.strip_prefix('`')?.split('`').next();
    if let Some(name) = named("missing field ") {
        format!("the argument {name} is missing")
    } else if let Some(name) = named("unknown field ") {
        format!("there is no argument {name}")
    } else if !FORMS.iter().any(|it| said.starts_with(it)) {
        said
    } else if path == "." {
        "the arguments have the wrong form".to_owned()
    } else {
        format!("the argument {path} has the wrong form")
    }
}
