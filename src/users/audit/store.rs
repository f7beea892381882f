//! The rows of the audit.

use std::fmt::Display;

use rusqlite::{Connection, OptionalExtension, Row, types::Type};

use super::{
    AuditEntry, AuditFilter, By, Changes, Target,
    words::{ACTIONS, TARGETS},
};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::Result,
        id::Id,
        list::{Listing, Order, Page, Select},
    },
    users::{User, UserRef},
};

/// Writes down what was done to a thing, its kind and its number or name.
///
/// # Errors
/// Those of the database.
pub fn record<'a>(
    tx: &Tx<'_>,
    by: impl Into<By<'a>>,
    action: &str,
    (target_type, target_id): (&'static str, impl Display),
    changes: Changes,
) -> Result<()> {
    insert(tx, by.into(), action, (target_type, target_id.to_string()), changes, None)
}

/// Writes down what was done to a thing of this account.
///
/// # Errors
/// Those of the database.
pub(super) fn insert(
    tx: &Tx<'_>,
    By { actor, trace }: By<'_>,
    action: &str,
    (target_type, target_id): (&'static str, String),
    changes: Changes,
    owner: Option<Id<User>>,
) -> Result<()> {
    debug_assert!(ACTIONS.contains(&action), "{action} is no word of the audit");
    debug_assert!(TARGETS.contains(&target_type), "{target_type} is no word of the audit");
    tx.prepare_cached(
        "INSERT INTO audit_entries (at, actor_id, action, target_type, target_id, changes, note, ip, request_id, owner_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((
        tx.now(),
        actor,
        action,
        target_type,
        target_id,
        serde_json::to_string(&changes.fields)?,
        changes.note,
        trace.map(|it| &it.ip),
        trace.map(|it| &it.request_id),
        owner,
    ))?;
    Ok(())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let (changes, target): (String, String) = (row.get("changes")?, row.get("target_id")?);
    let broken = |e: serde_json::Error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, e.into());
    Ok(AuditEntry {
        id: row.get("id")?,
        at: row.get("at")?,
        actor: row.get::<_, Option<Id<User>>>("u_id")?.map(|_| UserRef::read(row)).transpose()?,
        action: row.get("action")?,
        target_type: row.get("target_type")?,
        target_id: target.parse().map_or(Target::Name(target), Target::Number),
        changes: serde_json::from_str(&changes).map_err(broken)?,
        note: row.get("note")?,
        ip: row.get("ip")?,
        request_id: row.get("request_id")?,
    })
}

/// The entries that these filters leave, in order.
///
/// # Errors
/// 400 for a wrong ordering.
pub fn select(listing: &Listing<AuditFilter>) -> Result<Select> {
    let Listing { filter, slice } = listing;
    let columns = format!(
        "a.id, a.at, a.action, a.target_type, a.target_id, a.changes, a.note, a.ip, a.request_id, {}",
        UserRef::COLUMNS
    );
    Select::new(&columns, "audit_entries a LEFT JOIN users u ON u.id = a.actor_id", "a.id")
        .and_some("a.actor_id = ?", filter.actor)?
        .and_any("a.action", &filter.action)?
        .and_any("a.target_type", &filter.target_type)?
        .and_some("a.target_id = ?", filter.target_id.as_deref())?
        .and_some("a.at >= ?", filter.after)?
        .and_some("a.at <= ?", filter.before)?
        .dated("a.at", slice)?
        .search(&["a.note"], slice)?
        .order(slice, &[Order::by("at", "a.at")], "-at")
}

/// A part of the audit.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, listing: &Listing<AuditFilter>) -> Result<Page<AuditEntry>> {
    select(listing)?.page(conn, &listing.slice, entry)
}

/// The address that an admin took from an account at this moment.
///
/// # Errors
/// Those of the database.
pub fn email_before(conn: &Connection, user: Id<User>, at: Timestamp) -> Result<Option<String>> {
    let found = conn
        .prepare_cached(
            "SELECT changes ->> '$.email[0]' FROM audit_entries
             WHERE target_type = 'user' AND target_id = CAST(?1 AS TEXT) AND at = ?2 AND action = 'users.changed'",
        )?
        .query_row((user, at), |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}

/// Takes out of the audit what tells who an erased account was, in what was theirs as well: only its number stays. A call that
/// nobody signed was made with something of theirs, such as a token that was spent.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute(
        "UPDATE audit_entries SET changes = '{}', note = '', ip = iif(actor_id IS NULL, NULL, ip)
         WHERE (target_type = 'user' AND target_id = CAST(?1 AS TEXT)) OR owner_id = ?1",
        [user],
    )?;
    tx.execute("UPDATE audit_entries SET ip = NULL WHERE actor_id = ?1", [user])?;
    Ok(())
}

/// Removes entries from before this moment.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM audit_entries WHERE at < ?1", [before])?;
    Ok(())
}
