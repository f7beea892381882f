//! What admins do with tasks, by HTTP and at the command line.

use rusqlite::Connection;
use serde_json::Value;

use crate::{
    platform::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        task::{
            Queued, Registry, monitor,
            store::{self, KindStats, State, TaskRow},
        },
    },
    users::{
        CurrentUser,
        audit::{self, By, Changes},
    },
};

/// How many tasks are deleted in one commit, so that nobody waits long for the writer.
const AT_ONCE: u32 = 1000;

/// Queues a task again that failed, died or was cancelled.
///
/// # Errors
/// 404; 409 when it waits, runs or was done.
pub fn retry(tx: &Tx<'_>, by: By<'_>, id: &str) -> Result<TaskRow> {
    let before = store::get(tx, id)?;
    let task = store::retry(tx, id)?;
    note(tx, by, "tasks.retried", &before, task.state)?;
    Ok(task)
}

/// Stops a task that waits.
///
/// # Errors
/// 404; 409 when it runs or has ended.
pub fn cancel(tx: &Tx<'_>, by: By<'_>, id: &str) -> Result<TaskRow> {
    let before = store::get(tx, id)?;
    let task = store::cancel(tx, id)?;
    note(tx, by, "tasks.cancelled", &before, task.state)?;
    Ok(task)
}

fn note(tx: &Tx<'_>, by: By<'_>, action: &'static str, before: &TaskRow, now: State) -> Result<()> {
    let changes = Changes::none().field("state", before.state.as_str(), now.as_str()).because(before.kind.clone());
    audit::record(tx, by, action, ("task", &before.id), changes)
}

/// Deletes a task that does not run.
///
/// # Errors
/// 404; 409 when it runs.
pub fn delete(tx: &Tx<'_>, by: By<'_>, id: &str) -> Result<()> {
    let before = store::get(tx, id)?;
    store::delete(tx, id)?;
    let changes = Changes::none().field("state", before.state.as_str(), ()).because(before.kind);
    audit::record(tx, by, "tasks.deleted", ("task", id), changes)
}

/// Queues a task of any kind.
///
/// # Errors
/// 400 when there is no such kind, or the arguments are not those of the kind.
pub fn run(tx: &Tx<'_>, by: By<'_>, registry: &Registry, kind: &str, args: Value) -> Result<Queued> {
    let changes = Changes::none().field("args", (), args.clone()).because(kind);
    let queued = tx.enqueue_named(registry, kind, args)?;
    audit::record(tx, by, "tasks.run", ("task", &queued.id), changes)?;
    Ok(queued)
}

/// Deletes the tasks of an ended state that ended more than so many days ago. Answers how many.
///
/// # Errors
/// 400 for a state in which a task still has something before it.
pub async fn purge(app: &App, by: Option<CurrentUser>, state: State, days: u32) -> Result<usize> {
    let deleted = delete_old(app, state, days).await?;
    let changes = Changes::none().field("deleted", (), deleted).field("older_than_days", (), days);
    app.db
        .write(move |tx| {
            let by = by.as_ref().map_or(By::HOUSE, By::from);
            audit::record(tx, by, "tasks.purged", ("tasks", state), changes)
        })
        .await?;
    Ok(deleted)
}

/// The same as the house does it for itself.
///
/// # Errors
/// Those of the database.
pub async fn delete_old(app: &App, state: State, days: u32) -> Result<usize> {
    let mut deleted = 0;
    loop {
        let now = app.db.write(move |tx| store::purge(tx, state, days, AT_ONCE)).await?;
        deleted += now;
        if now < AT_ONCE as usize {
            return Ok(deleted);
        }
    }
}

/// How one kind is doing.
///
/// # Errors
/// 404 when there is no such kind.
pub fn kind(conn: &Connection, registry: &Registry, kind: &str, now: Timestamp) -> Result<KindStats> {
    let all = store::kinds(conn, registry, now)?;
    all.into_iter().find(|it| it.kind == kind).ok_or(Error::NotFound("kind of task"))
}

/// Holds the tasks of a kind back, in every process, until it is resumed.
///
/// # Errors
/// 404 when there is no such kind.
pub fn pause(tx: &Tx<'_>, by: By<'_>, registry: &Registry, name: &str) -> Result<KindStats> {
    kind(tx, registry, name, tx.now())?;
    if monitor::pause(tx, name)? {
        audit::record(tx, by, "tasks.paused", ("kind", name), Changes::none().field("paused", false, true))?;
    }
    kind(tx, registry, name, tx.now())
}

/// Lets the tasks of a kind run again.
///
/// # Errors
/// 404 when there is no such kind.
pub fn resume(tx: &Tx<'_>, by: By<'_>, registry: &Registry, name: &str) -> Result<KindStats> {
    kind(tx, registry, name, tx.now())?;
    if monitor::resume(tx, name)? {
        audit::record(tx, by, "tasks.resumed", ("kind", name), Changes::none().field("paused", true, false))?;
    }
    kind(tx, registry, name, tx.now())
}
