//! Making backups, keeping some of them, and saying which there are.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use super::{
    archive::{Meter, Writer, files_below},
    model::{Backup, FOLDERS, Findings, Manifest, Tell},
    restore::restore,
    store,
};
use crate::platform::{
    clock::Timestamp,
    config::Config,
    disk::Disk,
    files::{self, place},
    token::secret,
};

/// What begins and ends the name of a backup; between them stands when it was made.
const NAME: (&str, &str) = ("careerd-", ".zip");
/// What begins the name of whatever is still being made.
const TEMPORARY: &str = ".new-";

/// A folder of backups.
pub struct Folder(PathBuf);

/// The right to make backups in a folder, until it is dropped.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // A program that is being started at this moment has the file open as well, until it runs: closing is not enough.
        if let Err(error) = self.0.unlock() {
            tracing::warn!("a backup's folder stays locked until the program ends: {error}");
        }
    }
}

impl Folder {
    /// The one in the data folder.
    pub fn of(config: &Config) -> Self {
        Self(config.data_dir.join("backups"))
    }

    /// Another one.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where a backup of this name lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.0.join(name.replace(NAME.1, ".json"))
    }

    /// The backups in it, the newest first.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self) -> anyhow::Result<Vec<Backup>> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
            entries => entries.with_context(|| format!("cannot read {}", self.0.display()))?,
        };
        let mut backups = vec![];
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Some(created_at) = made_at(&name) else { continue };
            // It may be removed while the folder is read.
            let Ok(meta) = entry.metadata() else { continue };
            let findings: Option<Findings> =
                fs::read(self.beside(&name)).ok().and_then(|it| serde_json::from_slice(&it).ok());
            backups.push(Backup {
                bytes: meta.len(),
                created_at,
                verified: findings.as_ref().is_some_and(|it| it.problem.is_none()),
                checked_at: findings.as_ref().map(|it| it.checked_at),
                problem: findings.and_then(|it| it.problem),
                name,
            });
        }
        backups.sort_by(|a, b| b.name.cmp(&a.name));
        Ok(backups)
    }

    /// Whoever holds the answer is the only one who makes backups here, among all processes.
    fn lock(&self) -> anyhow::Result<Lock> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.with_context(|| format!("cannot make the folder {}", self.0.display()))?;
        let path = self.0.join(".lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let lock = lock.with_context(|| format!("cannot write {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Lock(lock)),
            Err(TryLockError::WouldBlock) => bail!("another backup is being made in {}", self.0.display()),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    /// Removes what a crash in the middle left.
    fn remove_unfinished(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                let path = entry.path();
                if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
            }
        }
        Ok(())
    }

    /// Notes what reading a backup back has shown.
    fn note(&self, name: &str, findings: &Findings) -> anyhow::Result<()> {
        let beside = name.replace(NAME.1, ".json");
        let text = serde_json::to_vec_pretty(findings)?;
        Ok(place(&self.0, &beside, false, |file| file.write_all(&text))?)
    }

    /// Removes all but the newest `keep` that are whole, and of the others those that are older than the newest whole one.
    /// How many it removed.
    fn prune(&self, keep: usize) -> anyhow::Result<usize> {
        let (mut whole, mut removed) = (0, 0);
        for backup in self.list()? {
            let goes = if backup.verified { whole >= keep } else { whole > 0 };
            whole += usize::from(backup.verified);
            if goes {
                fs::remove_file(self.path(&backup.name))?;
                // Without a backup it says nothing.
                let _ = fs::remove_file(self.beside(&backup.name));
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// When the backup of this name was made; none when it is not the name of a backup.
fn made_at(name: &str) -> Option<Timestamp> {
    let moment = name.strip_prefix(NAME.0)?.strip_suffix(NAME.1)?;
    let moment = chrono::NaiveDateTime::parse_from_str(moment, "%Y%m%dT%H%M%S%.3fZ").ok()?;
    Some(Timestamp::from(moment.and_utc()))
}

/// A file or folder that goes away at the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = if self.0.is_dir() { fs::remove_dir_all(&self.0) } else { fs::remove_file(&self.0) };
    }
}

/// Makes a backup, restores it to a temporary place, notes what that has shown, and removes what is older than the `keep`
/// newest whole ones; `keep` of none removes nothing. Blocks for as long as that takes; `tell` hears how far it is.
///
/// # Errors
/// The disk is full or cannot be written: nothing of the backup is left. It was made but could not be read back: it stays, with
/// the problem noted beside it.
pub fn make(
    config: &Config,
    folder: &Folder,
    now: Timestamp,
    keep: Option<usize>,
    tell: Tell<'_>,
) -> anyhow::Result<Backup> {
    let _lock = folder.lock()?;
    folder.remove_unfinished()?;
    must_fit(config, folder)?;
    let name = format!("{}{}{}", NAME.0, now.datetime().format("%Y%m%dT%H%M%S%.3fZ"), NAME.1);
    write(config, folder, &name, now, tell).map_err(|error| match io_error(&error) {
        Some(full) if files::is_disk_full(full) => {
            error.context("the disk is full; no backup was made, and nothing of it was left")
        }
        _ => error.context("no backup was made, and nothing of it was left"),
    })?;
    let problem = read_back(folder, &name, tell).err().map(|error| format!("{error:#}"));
    folder.note(&name, &Findings { checked_at: now, problem: problem.clone() })?;
    if let Some(problem) = problem {
        bail!("the backup {name} was made but could not be read back: {problem}");
    }
    if let Some(keep) = keep {
        folder.prune(keep)?;
    }
    folder.list()?.into_iter().find(|it| it.name == name).with_context(|| format!("the backup {name} is gone"))
}

fn io_error(error: &anyhow::Error) -> Option<&std::io::Error> {
    error.chain().find_map(|it| it.downcast_ref())
}

/// There must be room for the database once more, then for all of it packed and unpacked.
fn must_fit(config: &Config, folder: &Folder) -> anyhow::Result<()> {
    let bytes = fs::metadata(config.database_path()).map_or(0, |it| it.len()) + bytes_of_files(config)?;
    let free = Disk::of(&folder.0).free;
    if free < bytes * 2 {
        bail!(
            "the disk is too full: a backup needs {} MB while it is made, and {} MB are free",
            (bytes * 2) >> 20,
            free >> 20
        );
    }
    Ok(())
}

/// The size of all files that come along with the database.
fn bytes_of_files(config: &Config) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for part in FOLDERS {
        for path in files_below(&config.data_dir.join(part))? {
            bytes += fs::metadata(path).map_or(0, |it| it.len());
        }
    }
    Ok(bytes)
}

fn write(config: &Config, folder: &Folder, name: &str, now: Timestamp, tell: Tell<'_>) -> anyhow::Result<()> {
    let mut outcome = None;
    let placed = place(&folder.0, name, false, |file| match write_to(config, folder, file, now, tell) {
        Ok(()) => Ok(()),
        Err(error) => {
            outcome = Some(error);
            Err(std::io::Error::from(ErrorKind::Other))
        }
    });
    // What went wrong inside says more than that something did.
    outcome.map_or(placed.map_err(Into::into), Err)
}

fn write_to(config: &Config, folder: &Folder, file: &mut File, now: Timestamp, tell: Tell<'_>) -> anyhow::Result<()> {
    let mut backup = Writer::new(file);
    let files = Meter::new("packing files", bytes_of_files(config)?, tell);
    backup.add_folders(&config.data_dir, &files)?;
    tell("copying the database", 0, 0);
    let copy = Scratch(folder.0.join(format!("{TEMPORARY}{}", secret())));
    // SQLite would make it for all to read.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&copy.0)?;
    store::snapshot(&config.database_path(), &copy.0).context("the database could not be copied")?;
    backup.add_database(&copy.0, &Meter::new("packing the database", fs::metadata(&copy.0)?.len(), tell))?;
    tell("counting rows", 0, 0);
    let conn = store::open(&copy.0)?;
    let (tables, schema) = (store::tables(&conn)?, store::schema(&conn)?);
    drop(conn);
    drop(copy);
    backup.add_folders(&config.data_dir, &files)?;
    backup.finish(|files| Manifest { version: env!("CARGO_PKG_VERSION").into(), made_at: now, schema, tables, files })
}

/// Restores a backup to a place that goes away.
fn read_back(folder: &Folder, name: &str, tell: Tell<'_>) -> anyhow::Result<()> {
    let place = Scratch(folder.0.join(format!("{TEMPORARY}{}", secret())));
    restore(&folder.path(name), &place.0, false, tell).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_when_and_nothing_else_is_a_backup() {
        assert_eq!(
            made_at("careerd-20261122T010000.123Z.zip").map(|it| it.to_string()),
            Some("2026-11-22T01:00:00.123000Z".into())
        );
        for other in ["careerd-x.zip", "careerd-20261122T010000.123Z.json", ".new-abc", "careerd-.zip"] {
            assert_eq!(made_at(other), None, "{other}");
        }
    }
}
