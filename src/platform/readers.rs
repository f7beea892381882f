//! The readers of the database: threads with a read-only connection each, which take what is to be read in the order of asking.
//!
//! A thread that has read goes on with whatever waits, without sleeping in between, and nobody holds a thread while waiting for
//! a connection. What waited too long is refused unread: whoever asked has probably left or asked again, and those behind it
//! are still there.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::anyhow;
use crossbeam_channel::{Receiver, Sender, unbounded};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::oneshot;

use super::{
    db::{self, panic_text},
    error::{BUSY, Error, FAILED, Result},
};

/// How long a read waits at most for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Given no connection, the work is refused without being run.
type Work = Box<dyn FnOnce(Option<&Connection>) + Send>;

/// The readers of one database file. They end with the last of their callers.
pub(super) struct Readers(Sender<Work>);

impl Readers {
    /// Starts two threads for each core, at least four and at most thirty-two. Each opens its connection when it is first needed.
    pub(super) fn start(path: &Path) -> anyhow::Result<Self> {
        let (sender, waiting) = unbounded();
        let cores = thread::available_parallelism().map_or(2, usize::from);
        for nth in 0..(cores * 2).clamp(4, 32) {
            let (path, waiting) = (path.to_owned(), waiting.clone());
            thread::Builder::new().name(format!("reader-{nth}")).spawn(move || read_loop(&path, &waiting))?;
        }
        Ok(Self(sender))
    }

    /// Runs `read` on a connection.
    ///
    /// # Errors
    /// Its own; 503 when it waited too long, or when the database cannot be opened.
    pub(super) async fn read<T, F>(&self, read: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let asked = Instant::now();
        let work: Work = Box::new(move |conn| {
            if sender.is_closed() {
                return;
            }
            let outcome = match conn {
                _ if asked.elapsed() > LONGEST_WAIT => Err(BUSY),
                Some(conn) => catch_unwind(AssertUnwindSafe(|| read(conn)))
                    .unwrap_or_else(|panic| Err(Error::Internal(anyhow!("a read panicked: {}", panic_text(&*panic))))),
                None => Err(FAILED),
            };
            // The caller may have gone meanwhile.
            drop(sender.send(outcome));
        });
        self.0.send(work).map_err(|_| Error::Internal(anyhow!("no reader is left")))?;
        receiver.await.map_err(|_| Error::Internal(anyhow!("a read did not finish")))?
    }
}

fn read_loop(path: &Path, waiting: &Receiver<Work>) {
    let mut kept = None;
    for work in waiting {
        let opened = kept.take().map_or_else(|| open(path), Ok);
        work(opened.as_ref().ok());
        match opened {
            Ok(conn) => kept = Some(conn),
            Err(error) => tracing::error!("a reader cannot open the database: {error}"),
        }
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db::prepare(&conn)?;
    conn.execute_batch("PRAGMA query_only=ON")?;
    Ok(conn)
}
