//! Kept computations: a row of `cached`, and this process's memory in front of it.
//!
//! A row is dropped in the commit that makes it stale. What is in memory counts for one version of the file, which SQLite
//! tells by `PRAGMA data_version`, so no process serves what another made stale.

use std::{
    io::Cursor,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache as Memory;
use rocket::{
    Request, Response,
    http::{ContentType, Header, uri::Origin},
    response::{self, Responder},
};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use serde::Serialize;

use super::{
    app::App,
    caller::Caller,
    clock::Timestamp,
    db::Tx,
    edge::{version, version_of},
    error::{Error, Result},
};

/// How long what hangs on the time of day is kept where nothing is written: a deadline may pass, which is no write.
pub const BRIEFLY: chrono::Duration = chrono::Duration::seconds(1);

#[derive(Clone)]
struct Kept<V> {
    value: V,
    expires: Timestamp,
    /// The version of the file that it was read from, or an older one.
    version: i64,
}

/// What was read from the file, and holds until anything is written to it.
pub struct Steady<V>(Memory<String, Kept<V>>);

impl<V: Clone + Send + Sync + 'static> Steady<V> {
    /// At most so many bytes, where `weigh` tells those of a value.
    pub fn new(bytes: u64, weigh: fn(&V) -> usize) -> Self {
        let memory = Memory::builder()
            .weigher(move |key: &String, kept: &Kept<V>| {
                u32::try_from(key.len() + weigh(&kept.value) + 128).unwrap_or(u32::MAX)
            })
            .max_capacity(bytes)
            .time_to_live(Duration::from_secs(24 * 3600))
            .build();
        Self(memory)
    }

    fn get(&self, key: &str, version: i64, now: Timestamp) -> Option<V> {
        self.0.get(key).filter(|kept| kept.version == version && kept.expires > now).map(|kept| kept.value)
    }
}

/// What was computed and may be computed again.
pub struct Cache {
    memory: Steady<Ready>,
    /// A connection that never writes, so that every commit, also one of this process, is another's to it.
    watcher: Mutex<Option<Connection>>,
}

impl Cache {
    /// A cache before this database, of at most `bytes` in memory.
    pub fn new(database: &Path, bytes: u64) -> Self {
        // Without this connection the cache still works, from its rows alone.
        let watcher = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).ok();
        Self { memory: Steady::new(bytes, |it| it.json.len()), watcher: Mutex::new(watcher) }
    }

    /// The version of the file: another one after each commit. None when it cannot be known.
    pub fn version(&self) -> Option<i64> {
        let watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        watcher.as_ref()?.prepare_cached("PRAGMA data_version").ok()?.query_row([], |row| row.get(0)).ok()
    }

    /// What stands under `key`, from memory or its row.
    ///
    /// # Errors
    /// Those of the database.
    pub fn get(&self, conn: &Connection, key: &str, now: Timestamp) -> Result<Option<Ready>> {
        let version = self.version();
        if let Some(ready) = version.and_then(|it| self.memory.get(key, it, now)) {
            return Ok(Some(ready));
        }
        let row = conn
            .prepare_cached("SELECT json, expires_at FROM cached WHERE key = ?1 AND expires_at > ?2")?
            .query_row((key, now), |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
            .optional()?;
        let Some((json, expires)) = row else { return Ok(None) };
        let ready = Ready::new(json.into_bytes());
        if let Some(version) = version {
            self.memory.0.insert(key.to_owned(), Kept { value: ready.clone(), expires, version });
        }
        Ok(Some(ready))
    }
}

impl Tx<'_> {
    /// Keeps a computation under `key` for so long.
    ///
    /// # Errors
    /// Those of the database.
    pub fn cache(&self, key: &str, value: &impl Serialize, keep: chrono::Duration) -> Result<()> {
        self.cache_ready(key, &Ready::of(value)?, keep)
    }

    /// The same of a computation that is JSON already.
    ///
    /// # Errors
    /// Those of the database.
    pub fn cache_ready(&self, key: &str, ready: &Ready, keep: chrono::Duration) -> Result<()> {
        let json = std::str::from_utf8(&ready.json).map_err(|e| Error::Internal(e.into()))?;
        self.prepare_cached("INSERT OR REPLACE INTO cached (key, json, made_at, expires_at) VALUES (?1, ?2, ?3, ?4)")?
            .execute((key, json, self.now(), self.now().plus(keep)))?;
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

/// JSON that is ready to be sent, with its version.
#[derive(Clone)]
pub struct Ready {
    json: Arc<[u8]>,
    tag: Arc<str>,
}

impl Ready {
    /// This value as JSON.
    ///
    /// # Errors
    /// The value has no JSON form.
    pub fn of(value: &impl Serialize) -> Result<Self> {
        Ok(Self::new(serde_json::to_vec(value)?))
    }

    fn new(json: Vec<u8>) -> Self {
        Self { tag: version_of(&json).into(), json: json.into() }
    }

    /// This JSON, made of parts that are told apart by less: the version is that of `told`.
    pub fn made_of(json: Vec<u8>, told: &[u8]) -> Self {
        Self { tag: version(None, told).into(), json: json.into() }
    }

    /// Its version.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The JSON.
    pub fn json(&self) -> &[u8] {
        &self.json
    }
}

impl<'r> Responder<'r, 'static> for Ready {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(ContentType::JSON)
            .header(Header::new("ETag", self.tag.to_string()))
            .sized_body(self.json.len(), Cursor::new(self.json))
            .ok()
    }
}

impl App {
    /// Reads something, or has it in memory from less than `keep` ago with no write since.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn steady<V, F>(&self, memory: &Steady<V>, key: String, keep: chrono::Duration, read: F) -> Result<V>
    where
        F: FnOnce(&Connection) -> Result<V> + Send + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let (now, version) = (self.clock.now(), self.cache.version());
        if let Some(value) = version.and_then(|it| memory.get(&key, it, now)) {
            return Ok(value);
        }
        let value = self.db.read(read).await?;
        // Read at this version or a later one: if the file has that version still, nothing was written since.
        if let Some(version) = version {
            memory.0.insert(key, Kept { value: value.clone(), expires: now.plus(keep), version });
        }
        Ok(value)
    }

    /// The answer to this address that this caller gets, kept in the same way, for a second: where time alone changes it, it
    /// changes as late as that.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn ready_to<T, F>(&self, caller: Option<&Caller>, uri: &Origin<'_>, read: F) -> Result<Ready>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Serialize + Send + 'static,
    {
        let key = match caller {
            // A token of theirs that may do less sees less.
            Some(Caller { id, roles, .. }) => format!("{uri} {id} {roles:?}"),
            None => uri.to_string(),
        };
        self.ready(key, BRIEFLY, read).await
    }

    /// An answer that is the same for everybody, kept in the same way.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn ready<T, F>(&self, key: String, keep: chrono::Duration, read: F) -> Result<Ready>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Serialize + Send + 'static,
    {
        self.already(key, keep, move |conn| Ready::of(&read(conn)?)).await
    }

    /// The same of an answer that is JSON already.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn already<F>(&self, key: String, keep: chrono::Duration, read: F) -> Result<Ready>
    where
        F: FnOnce(&Connection) -> Result<Ready> + Send + 'static,
    {
        self.steady(&self.cache.memory, key, keep, read).await
    }
}
