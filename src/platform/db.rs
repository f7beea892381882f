//! The database: one writer thread with group commit, and some that read.
//!
//! A single thread owns the only connection that writes. It takes closures from a bounded queue and runs as many as wait
//! in one transaction, each in a savepoint of its own, so that an error or a panic undoes that one alone. One durable
//! commit (`synchronous=FULL`) then answers them all: what a caller was told is on the disk.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    fs,
    ops::Deref,
    os::unix::fs::PermissionsExt as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow};
use rusqlite::{CachedStatement, Connection};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    clock::{Clock, Timestamp},
    error::{Error, FAILED, Result},
    event::{React, WriteEnds},
    migrations,
    readers::Readers,
    sql,
};

/// How many waiting closures one commit takes at most: it bounds how long the first of them waits for the last.
const BATCH: usize = 256;
/// How long a group waits in all for those who are expected with it: well below the time of a durable commit.
const COMPANY: Duration = Duration::from_micros(60);
/// How many closures may wait before callers are held back.
const QUEUE: usize = 1024;
/// Prepared statements each connection keeps.
const STATEMENTS: usize = 256;

/// As much of the file is mapped as SQLite maps at most: what is in memory already is read without a call to the system.
const PRAGMAS: &str = "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;
    PRAGMA mmap_size=2147418112; PRAGMA busy_timeout=5000;";

type Reply = Box<dyn FnOnce(Result<(), ()>) + Send>;
/// Given no transaction, the work is refused without being run.
type Work = Box<dyn FnOnce(Option<&Tx<'_>>) -> (bool, Reply) + Send>;
type AfterCommit = Box<dyn FnOnce() + Send>;

/// The database of one process.
pub struct Db {
    path: PathBuf,
    readers: Readers,
    work: Mutex<Option<mpsc::Sender<Work>>>,
    writer: Mutex<Option<thread::JoinHandle<()>>>,
    queued: watch::Sender<u64>,
    commits: watch::Sender<u64>,
    turn: Arc<Turn>,
}

/// Whose turn it is to write: SQLite lets a waiting connection sleep and try again, so one that writes without a pause would
/// keep all others out for seconds. This lock is handed on in the order of asking.
pub type Turn = tokio::sync::Mutex<()>;

/// A write transaction. Only a `Tx` changes rows; a `&Connection` reads.
pub struct Tx<'c> {
    conn: &'c Connection,
    begun: Timestamp,
    now: Cell<Timestamp>,
    react: React,
    queued_tasks: Cell<bool>,
    after_commit: RefCell<Vec<AfterCommit>>,
}

impl Deref for Tx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn
    }
}

impl Tx<'_> {
    /// The moment of this write; every row of it carries the same.
    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// When this write truly was, also within [`Tx::at`].
    pub(super) fn begun(&self) -> Timestamp {
        self.begun
    }

    /// Runs `then` as if it were that moment: for importing and inventing what happened before.
    ///
    /// # Errors
    /// Those of `then`.
    pub fn at<T>(&self, moment: Timestamp, then: impl FnOnce() -> Result<T>) -> Result<T> {
        let now = self.now.replace(moment);
        let outcome = then();
        self.now.set(now);
        outcome
    }

    /// Runs `then` and undoes whatever it wrote: a look at what a change would do.
    ///
    /// # Errors
    /// Those of `then`.
    pub fn undone<T>(&self, then: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.control("SAVEPOINT look")?;
        let (hooks, had_queued) = (self.after_commit.borrow().len(), self.queued_tasks.get());
        let outcome = then(self);
        self.after_commit.borrow_mut().truncate(hooks);
        self.queued_tasks.set(had_queued);
        self.control("ROLLBACK TO look")?;
        self.control("RELEASE look")?;
        outcome
    }

    /// Runs `then` once this write is on the disk, and never when it is undone.
    pub fn after_commit(&self, then: impl FnOnce() + Send + 'static) {
        self.after_commit.borrow_mut().push(Box::new(then));
    }

    /// Removes what the platform keeps for a time only: answers under a key, events, computations.
    ///
    /// # Errors
    /// Those of the database.
    pub fn purge_platform(&self, answers: Timestamp, events: Timestamp) -> Result<()> {
        self.execute("DELETE FROM idempotency WHERE created_at < ?1", [answers])?;
        self.execute("DELETE FROM events WHERE at < ?1", [events])?;
        self.execute("DELETE FROM cached WHERE expires_at < ?1", [self.now()])?;
        Ok(())
    }

    /// Runs a statement that begins or ends a part of the transaction. They stand around each write, so they are prepared once.
    fn control(&self, sql: &str) -> rusqlite::Result<()> {
        self.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// Wakes the workers of this process once this write is on the disk.
    pub(super) fn wake_workers(&self) {
        self.queued_tasks.set(true);
    }

    /// What follows from `event`, by the table that `App` was opened with.
    pub(super) fn react(&self, event: &dyn Any) -> Result<()> {
        (self.react)(self, event)
    }
}

impl Db {
    /// Opens the file, which is created when missing, and brings it to the newest schema.
    ///
    /// # Errors
    /// The file cannot be opened, is no database, or was written by a newer careerd.
    pub fn open(path: &Path, clock: Arc<Clock>, react: React) -> anyhow::Result<Self> {
        let mut conn = connect(path)?;
        migrations::migrate(&mut conn)?;
        let readers = Readers::start(path)?;
        let (work, waiting) = mpsc::channel(QUEUE);
        let queued = watch::Sender::new(0);
        let commits = watch::Sender::new(0);
        let signals = (queued.clone(), commits.clone());
        let turn = Arc::new(Turn::default());
        let writers = turn.clone();
        let writer = thread::Builder::new()
            .name("writer".into())
            .spawn(move || write_loop(&conn, waiting, &clock, react, &signals, &writers))?;
        Ok(Self {
            path: path.to_owned(),
            readers,
            work: Mutex::new(Some(work)),
            writer: Mutex::new(Some(writer)),
            queued,
            commits,
            turn,
        })
    }

    /// Where the database file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Held by whoever else in this process writes to the file, for as long as one statement.
    pub fn turn(&self) -> Arc<Turn> {
        self.turn.clone()
    }

    /// Counts the commits of this process that queued tasks; a worker waits for it to change.
    pub fn queued(&self) -> watch::Receiver<u64> {
        self.queued.subscribe()
    }

    /// Counts the commits of this process.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Reads on one of the reader connections, off the async threads.
    pub async fn read<T, F>(&self, read: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.readers.read(read).await
    }

    /// Runs `write` in the next commit and answers once that commit is on the disk.
    ///
    /// # Errors
    /// Its own, with nothing of it kept; or 503 when the disk or the file does not take the commit.
    pub async fn write<T, F>(&self, write: F) -> Result<T>
    where
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move |tx| {
            let outcome =
                match tx {
                    Some(tx) => catch_unwind(AssertUnwindSafe(|| {
                        write(tx).and_then(|done| tx.react(&WriteEnds).map(|()| done))
                    }))
                    .unwrap_or_else(|panic| Err(Error::Internal(anyhow!("a write panicked: {}", panic_text(&*panic))))),
                    None => Err(FAILED),
                };
            let keep = outcome.is_ok();
            let reply: Reply = Box::new(move |committed| {
                let outcome = match (committed, outcome) {
                    (Err(()), Ok(_)) => Err(FAILED),
                    (_, outcome) => outcome,
                };
                // A caller that has gone away needs no answer; its change stands.
                drop(sender.send(outcome));
            });
            (keep, reply)
        });
        let queue = self.work.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let closing = Error::Unavailable("The server is stopping.");
        let Some(queue) = queue else { return Err(closing) };
        if queue.send(work).await.is_err() {
            return Err(closing);
        }
        drop(queue);
        receiver.await.unwrap_or(Err(closing))
    }

    /// Finishes the writes that wait, then closes the file. Later writes are refused.
    pub fn close(&self) {
        drop(self.work.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && writer.join().is_err()
        {
            tracing::error!("the writer thread had panicked");
        }
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        self.close();
    }
}

/// Opens a writing connection with the pragmas of the house.
pub(super) fn connect(path: &Path) -> anyhow::Result<Connection> {
    let conn = Connection::open(path).with_context(|| format!("cannot open the database {}", path.display()))?;
    // It holds what people keep to themselves, whatever folder it lies in; the files that SQLite puts beside it follow it.
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .with_context(|| format!("{} cannot be kept from others", path.display()))?;
    prepare(&conn)
        .and_then(|()| {
            conn.execute_batch(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;",
            )?;
            // What a savepoint would have to undo goes to a file once it is large: in memory SQLite keeps it as a list that each
            // statement walks from its beginning, so that ten times the rows would take a hundred times as long.
            conn.execute_batch("PRAGMA temp_store=FILE;")
        })
        .with_context(|| format!("{} is not a database of careerd", path.display()))?;
    Ok(conn)
}

/// What every connection has.
pub(super) fn prepare(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    sql::register(conn)?;
    conn.execute_batch(PRAGMAS)
}

/// The version of the database library.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

fn write_loop(
    conn: &Connection,
    mut waiting: mpsc::Receiver<Work>,
    clock: &Clock,
    react: React,
    (queued, commits): &(watch::Sender<u64>, watch::Sender<u64>),
    turn: &Turn,
) {
    let mut expected = 1;
    while let Some(first) = waiting.blocking_recv() {
        let mut replies = Vec::new();
        let begun = clock.now();
        let tx = Tx {
            conn,
            begun,
            now: Cell::new(begun),
            react,
            queued_tasks: Cell::new(false),
            after_commit: RefCell::default(),
        };
        let my_turn = turn.blocking_lock();
        let committed = commit_group(&tx, first, &mut waiting, expected, &mut replies);
        if let Err(error) = &committed {
            tracing::error!("a commit failed: {error}");
            if !conn.is_autocommit()
                && let Err(error) = conn.execute_batch("ROLLBACK")
            {
                tracing::error!("a rollback failed: {error}");
            }
        }
        drop(my_turn);
        expected = replies.len();
        for reply in replies {
            reply(committed.as_ref().map(|_| ()).map_err(|_| ()));
        }
        if committed.is_ok() {
            for then in tx.after_commit.take() {
                if catch_unwind(AssertUnwindSafe(then)).is_err() {
                    tracing::error!("what follows a commit panicked");
                }
            }
            if tx.queued_tasks.get() {
                queued.send_modify(|count| *count = count.wrapping_add(1));
            }
            commits.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
    if let Err(error) = conn.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)") {
        tracing::warn!("the last checkpoint failed: {error}");
    }
}

/// Runs `first` and whatever else waits in one transaction. On an error nothing of it stands.
fn commit_group(
    tx: &Tx<'_>,
    first: Work,
    waiting: &mut mpsc::Receiver<Work>,
    expected: usize,
    replies: &mut Vec<Reply>,
) -> rusqlite::Result<()> {
    let mut group = Group::begin(tx);
    let mut patience = COMPANY;
    let mut next = Some(first);
    while let Some(work) = next {
        match &mut group {
            Ok(group) => replies.push(group.run(work)?),
            Err(_) => replies.push(work(None).1),
        }
        next = if replies.len() < BATCH { another(waiting, replies.len() < expected, &mut patience) } else { None };
    }
    group?;
    tx.control("COMMIT")
}

/// The next closure of the group. When one is still expected, waits a moment for it: callers who were answered together come
/// back together, and one commit for all of them is worth more than two for halves. Whoever writes alone waits for nobody.
fn another(waiting: &mut mpsc::Receiver<Work>, is_expected: bool, patience: &mut Duration) -> Option<Work> {
    if let Ok(work) = waiting.try_recv() {
        return Some(work);
    }
    let begun = Instant::now();
    while is_expected && begun.elapsed() < *patience {
        thread::yield_now();
        if let Ok(work) = waiting.try_recv() {
            *patience = patience.saturating_sub(begun.elapsed());
            return Some(work);
        }
    }
    None
}

/// A transaction that has begun, with the statements that stand around each write of it: looking them up each time would take
/// longer than running them.
struct Group<'t> {
    tx: &'t Tx<'t>,
    savepoint: CachedStatement<'t>,
    release: CachedStatement<'t>,
}

impl<'t> Group<'t> {
    fn begin(tx: &'t Tx<'t>) -> rusqlite::Result<Self> {
        let group =
            Self { tx, savepoint: tx.prepare_cached("SAVEPOINT one")?, release: tx.prepare_cached("RELEASE one")? };
        tx.control("BEGIN IMMEDIATE")?;
        Ok(group)
    }

    /// Runs one closure so that it can be undone alone.
    fn run(&mut self, work: Work) -> rusqlite::Result<Reply> {
        let tx = self.tx;
        if let Err(error) = self.savepoint.execute([]) {
            work(None).1(Err(()));
            return Err(error);
        }
        let hooks = tx.after_commit.borrow().len();
        let had_queued = tx.queued_tasks.get();
        let (keep, reply) = work(Some(tx));
        if tx.is_autocommit() {
            // A full disk makes SQLite undo the whole transaction by itself: nobody of this group may be told "done".
            reply(Err(()));
            return Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
                Some("the transaction was undone".into()),
            ));
        }
        if !keep {
            tx.after_commit.borrow_mut().truncate(hooks);
            tx.queued_tasks.set(had_queued);
        }
        let undone = if keep { Ok(()) } else { tx.control("ROLLBACK TO one") };
        match undone.and_then(|()| self.release.execute([])) {
            Ok(_) => Ok(reply),
            Err(error) => {
                reply(Err(()));
                Err(error)
            }
        }
    }
}

/// The message of a panic, for the log.
pub fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
