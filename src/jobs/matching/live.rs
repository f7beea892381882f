//! The index of this process, kept in step with the database.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use rusqlite::Connection;

use super::{index::Index, store};
use crate::platform::{app::App, error::Result};

/// How many changed postings are taken in at once.
const ROUND: i64 = 20_000;

/// All open postings by skill. Whoever reads it first takes in what any process changed since it was last read: one statement
/// tells that nothing did.
#[derive(Default)]
pub struct OpenJobs(RwLock<Index>);

impl OpenJobs {
    /// That of this process.
    pub fn of(app: &App) -> Arc<Self> {
        app.parts.get()
    }

    /// Builds the index before anybody asks for it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn build(app: &App) -> Result<()> {
        let open = Self::of(app);
        app.db.read(move |conn| open.current(conn).map(drop)).await
    }

    /// The index as of this moment or a later one. The first reader builds it.
    ///
    /// # Errors
    /// Those of the database. Within a write, if that changed a posting: what may be undone is never taken in.
    pub fn current(&self, conn: &Connection) -> Result<RwLockReadGuard<'_, Index>> {
        let newest = store::newest_change(conn)?;
        let index = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if index.seen() >= newest {
            return Ok(index);
        }
        drop(index);
        self.catch_up(conn)?;
        Ok(self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn catch_up(&self, conn: &Connection) -> Result<()> {
        let mut index = self.0.write().unwrap_or_else(|poisoned| {
            // Somebody stopped half way: it is built anew.
            self.0.clear_poison();
            let mut index = poisoned.into_inner();
            *index = Index::default();
            index
        });
        // One state of the file for all that is read; it cannot begin within a write.
        let snapshot = conn.unchecked_transaction()?;
        while let Some((changes, seen)) = store::changes(&snapshot, index.seen(), ROUND)? {
            index.apply(changes, seen);
        }
        Ok(())
    }
}
