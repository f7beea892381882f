//! Kept computations: a row of `cached`, and this process's memory in front of it.
//!
//! A row is dropped in the commit that makes it stale. Memory forgets everything when the file changed by another hand,
//! which SQLite tells by `PRAGMA data_version`, so no process serves what another made stale.

use std::{
    io::Cursor,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache as Memory;
use rocket::{
    Request, Response,
    http::ContentType,
    response::{self, Responder},
};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use super::{app::App, clock::Timestamp, db::Tx, error::Result};

#[derive(Clone)]
struct Kept {
    json: Arc<str>,
    expires: Timestamp,
}

/// What was computed and may be computed again. Holds JSON, ready to send.
pub struct Cache {
    memory: Memory<String, Kept>,
    version: Mutex<(Option<Connection>, i64)>,
}

impl Cache {
    /// A cache before this database, of at most `bytes` in memory.
    pub fn new(database: &std::path::Path, bytes: u64) -> Self {
        let memory = Memory::builder()
            .weigher(|key: &String, kept: &Kept| u32::try_from(key.len() + kept.json.len() + 64).unwrap_or(u32::MAX))
            .max_capacity(bytes)
            .time_to_live(Duration::from_secs(24 * 3600))
            .build();
        // Without this connection the cache still works, from its rows alone.
        let watcher = Connection::open_with_flags(database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).ok();
        Self { memory, version: Mutex::new((watcher, 0)) }
    }

    /// Forgets everything when the file has changed since the last look; false when that cannot be known.
    fn is_current(&self) -> bool {
        let mut version = self.version.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(watcher), seen) = &mut *version else { return false };
        let read = watcher.prepare_cached("PRAGMA data_version");
        match read.and_then(|mut version| version.query_row([], |row| row.get::<_, i64>(0))) {
            Ok(now) => {
                if now != *seen {
                    *seen = now;
                    self.memory.invalidate_all();
                }
                true
            }
            Err(_) => false,
        }
    }

    /// What stands under `key`, from memory alone and without touching the disk's rows.
    pub fn remembered(&self, key: &str, now: Timestamp) -> Option<Arc<str>> {
        if !self.is_current() {
            return None;
        }
        self.memory.get(key).filter(|kept| kept.expires > now).map(|kept| kept.json)
    }

    /// Remembers in this process until the file changes or the time is over.
    pub fn remember(&self, key: &str, json: Arc<str>, expires: Timestamp) {
        self.memory.insert(key.to_owned(), Kept { json, expires });
    }

    /// What stands under `key`, from memory or its row.
    ///
    /// # Errors
    /// Those of the database.
    pub fn get(&self, conn: &Connection, key: &str, now: Timestamp) -> Result<Option<Arc<str>>> {
        if let Some(json) = self.remembered(key, now) {
            return Ok(Some(json));
        }
        let row = conn
            .prepare_cached("SELECT json, expires_at FROM cached WHERE key = ?1 AND expires_at > ?2")?
            .query_row((key, now), |row| Ok((row.get::<_, String>(0)?, row.get::<_, Timestamp>(1)?)))
            .optional()?;
        Ok(row.map(|(json, expires)| {
            let json: Arc<str> = json.into();
            self.remember(key, json.clone(), expires);
            json
        }))
    }
}

impl Tx<'_> {
    /// Keeps a computation under `key` for so long.
    ///
    /// # Errors
    /// Those of the database.
    pub fn cache(&self, key: &str, value: &impl Serialize, keep: chrono::Duration) -> Result<()> {
        self.prepare_cached("INSERT OR REPLACE INTO cached (key, json, made_at, expires_at) VALUES (?1, ?2, ?3, ?4)")?
            .execute((key, serde_json::to_string(value)?, self.now(), self.now().plus(keep)))?;
        Ok(())
    }

    /// Drops what stands under this key and under every key that begins with it and a colon.
    ///
    /// # Errors
    /// Those of the database.
    pub fn uncache(&self, key: &str) -> Result<()> {
        self.prepare_cached("DELETE FROM cached WHERE key = ?1 OR (key >= ?1 || ':' AND key < ?1 || ';')")?
            .execute([key])?;
        Ok(())
    }
}

/// JSON that is ready to be sent.
pub struct Ready(Arc<str>);

impl Ready {
    /// This value as JSON.
    ///
    /// # Errors
    /// The value has no JSON form.
    pub fn of(value: &impl Serialize) -> Result<Self> {
        Ok(Self(serde_json::to_string(value)?.into()))
    }
}

impl<'r> Responder<'r, 'static> for Ready {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let bytes = self.0.as_bytes().to_vec();
        Response::build().header(ContentType::JSON).sized_body(bytes.len(), Cursor::new(bytes)).ok()
    }
}

impl App {
    /// Reads an answer that is the same for everybody, or has it in memory from less than `keep` ago with no write since.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn ready<T, F>(&self, key: String, keep: chrono::Duration, read: F) -> Result<Ready>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Serialize + Send + 'static,
    {
        let now = self.clock.now();
        if let Some(json) = self.cache.remembered(&key, now) {
            return Ok(Ready(json));
        }
        let json: Arc<str> = self.db.read(move |conn| Ok(serde_json::to_string(&read(conn)?)?)).await?.into();
        self.cache.remember(&key, json.clone(), now.plus(keep));
        Ok(Ready(json))
    }
}
