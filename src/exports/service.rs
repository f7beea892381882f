//! The rules of archives: one at a time, kept for a time, gone with the account.

use chrono::Duration;
use rusqlite::Connection;

use super::{Event, Export, model::ExportAnswer, store, tasks::BuildUserExport};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        files::{Files, Kind, NewFile},
        id::Id,
        task::store::{State, state_of},
    },
    users::User,
};

/// Whether nobody is working on an archive that is not whole.
fn is_lost(conn: &Connection, export: &Export) -> Result<bool> {
    let task = BuildUserExport { user: export.user, export: Some(export.id) };
    let lives = matches!(state_of(conn, &task)?, Some(State::Pending | State::Running | State::Failed));
    Ok(export.file.is_none() && !lives)
}

fn has_expired(export: &Export, now: Timestamp) -> bool {
    export.expires_at.is_some_and(|at| at <= now)
}

/// What is told of a person's archive; none when there is none, or when its time is over.
///
/// # Errors
/// Those of the database.
pub fn shown(conn: &Connection, user: Id<User>, now: Timestamp) -> Result<Option<ExportAnswer>> {
    match store::find(conn, user)?.filter(|it| !has_expired(it, now)) {
        Some(export) => Ok(Some(export.answer(is_lost(conn, &export)?))),
        None => Ok(None),
    }
}

/// Starts an archive, in the place of the one before. One that is being made is not begun again.
///
/// # Errors
/// Those of the database.
pub fn start(tx: &Tx<'_>, user: Id<User>, files: &Files) -> Result<ExportAnswer> {
    if let Some(before) = store::find(tx, user)? {
        if before.file.is_none() && !is_lost(tx, &before)? {
            return Ok(before.answer(false));
        }
        remove(tx, &before, files)?;
    }
    let export = store::insert(tx, user)?;
    tx.emit(Event::Asked { user, export })?;
    store::find(tx, user)?.map(|it| it.answer(false)).ok_or(Error::NotFound("export"))
}

/// The archive that a task is to make: this one, if it is wanted still and not whole.
///
/// # Errors
/// Those of the database.
pub fn wanted(conn: &Connection, user: Id<User>, export: Id<Export>) -> Result<bool> {
    Ok(store::find(conn, user)?.is_some_and(|it| it.id == export && it.file.is_none()))
}

/// Keeps a finished archive for so long and says that it is ready. One that nobody wants any more goes again.
///
/// # Errors
/// Those of the database.
pub fn finish(
    tx: &Tx<'_>,
    user: Id<User>,
    export: Id<Export>,
    (file, size): (NewFile, i64),
    keep: Duration,
) -> Result<()> {
    let expires_at = tx.now().plus(keep);
    if !wanted(tx, user, export)? || !store::update_ready(tx, export, file.name(), size, expires_at)? {
        return Ok(());
    }
    // When this write is undone the file goes with what is dropped here.
    tx.after_commit(move || file.keep());
    tx.emit(Event::Ready { user, export, expires_at })
}

/// Removes archives whose time is over; how many there were.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, files: &Files) -> Result<usize> {
    let expired = store::expired(tx, tx.now())?;
    expired.iter().try_for_each(|it| remove(tx, it, files))?;
    Ok(expired.len())
}

/// Removes the archive of an account that is erased.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>, files: &Files) -> Result<()> {
    match store::find(tx, user)? {
        Some(export) => remove(tx, &export, files),
        None => Ok(()),
    }
}

/// Removes row and archive. The file goes once that is on the disk; what a crash leaves is found as left over.
fn remove(tx: &Tx<'_>, export: &Export, files: &Files) -> Result<()> {
    store::delete(tx, export.id)?;
    if let Some((name, _)) = export.file.clone() {
        let files = files.clone();
        tx.after_commit(move || {
            if let Err(error) = files.delete(Kind::Export, &name) {
                tracing::warn!("an old export could not be deleted: {error}");
            }
        });
    }
    Ok(())
}
