//! From a backup to a data folder.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use super::{
    archive::{Meter, Reader},
    model::{DATABASE, Receipt, Tell},
    store,
};
use crate::platform::migrations;

/// Makes a data folder of a backup, or in a dry run only reads the backup. The folder must be empty, or not there yet.
///
/// Every file is compared with its checksum, the database is checked and its rows are counted. After an error nothing is left
/// in the folder. `tell` hears how far it is.
///
/// # Errors
/// Says what is wrong with the backup or the folder.
pub fn restore(archive: &Path, to: &Path, dry_run: bool, tell: Tell<'_>) -> anyhow::Result<Receipt> {
    let mut backup = Reader::open(archive)?;
    let known = migrations::newest();
    if backup.manifest.schema > known {
        bail!(
            "the backup was made by careerd {} with schema {}, which is newer than this program's {known}; restore it with that version",
            backup.manifest.version,
            backup.manifest.schema
        );
    }
    let is_new = must_be_empty(to)?;
    let tables = if dry_run {
        read_through(&mut backup, tell)?;
        backup.manifest.tables.clone()
    } else {
        let mut undo = Undo { folder: to.to_owned(), is_new, armed: true };
        let restored = unpack(&mut backup, to, tell).and_then(|()| {
            tell("checking", 0, 0);
            check(&backup, &to.join(DATABASE))
        });
        let tables =
            restored.with_context(|| format!("nothing was restored, and nothing was left in {}", to.display()))?;
        undo.armed = false;
        tables
    };
    Ok(Receipt {
        version: backup.manifest.version.clone(),
        made_at: backup.manifest.made_at,
        files: backup.manifest.files.len(),
        bytes: backup.manifest.bytes(),
        tables,
        restored_to: (!dry_run).then(|| to.to_owned()),
    })
}

/// Whether the folder is not there yet.
fn must_be_empty(folder: &Path) -> anyhow::Result<bool> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("cannot use {}", folder.display())),
        Ok(mut entries) => match entries.next() {
            None => Ok(false),
            Some(_) => bail!("{} is not empty; a backup is restored to an empty folder only", folder.display()),
        },
    }
}

/// Removes what was written, unless all went well.
struct Undo {
    folder: PathBuf,
    is_new: bool,
    armed: bool,
}

impl Drop for Undo {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        let removed = match self.is_new {
            true => fs::remove_dir_all(&self.folder),
            false => fs::read_dir(&self.folder).and_then(|mut entries| entries.try_for_each(|it| remove(&it?.path()))),
        };
        if let Err(error) = removed.or_else(|it| if it.kind() == ErrorKind::NotFound { Ok(()) } else { Err(it) }) {
            tracing::error!("what was restored halfway could not be removed from {}: {error}", self.folder.display());
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn names(backup: &Reader) -> Vec<String> {
    backup.manifest.files.keys().cloned().collect()
}

fn read_through(backup: &mut Reader, tell: Tell<'_>) -> anyhow::Result<()> {
    let meter = Meter::new("reading", backup.manifest.bytes(), tell);
    names(backup).iter().try_for_each(|name| backup.copy(name, &mut io::sink(), &meter))
}

fn unpack(backup: &mut Reader, to: &Path, tell: Tell<'_>) -> anyhow::Result<()> {
    let meter = Meter::new("unpacking", backup.manifest.bytes(), tell);
    make_folder(to, 0o700)?;
    for name in names(backup) {
        let (path, is_public) = (to.join(&name), name.starts_with("media/"));
        if let Some(folder) = path.parent().filter(|it| *it != to) {
            make_folder(folder, if is_public { 0o755 } else { 0o700 })?;
        }
        let mode = if is_public { 0o644 } else { 0o600 };
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        backup.copy(&name, &mut file, &meter)?;
        file.sync_all().with_context(|| format!("cannot write {}", path.display()))?;
    }
    File::open(to)?.sync_all()?;
    Ok(())
}

fn make_folder(folder: &Path, mode: u32) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(mode).create(folder);
    made.with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// The rows of each table of the restored database, which is whole and has as many as the one that was backed up.
fn check(backup: &Reader, database: &Path) -> anyhow::Result<std::collections::BTreeMap<String, i64>> {
    let conn = store::open(database)?;
    let faults = store::faults(&conn)?;
    if !faults.is_empty() {
        bail!("the database of the backup is damaged: {}", faults.join("; "));
    }
    let tables = store::tables(&conn)?;
    if tables != backup.manifest.tables {
        bail!("the database of the backup has other numbers of rows than its manifest says");
    }
    Ok(tables)
}
