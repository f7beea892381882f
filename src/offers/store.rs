//! The rows that courses and projects have alike.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::{Offer, OfferStatus};
use crate::{
    platform::{
        db::Tx,
        error::Result,
        id::Id,
        list::{Select, Slice},
        rows,
    },
    users::User,
};

/// Who sees an offer that is there: everybody, but of a draft only its owner, who is the first `?`, and those who began it, who
/// are the second.
pub fn seen<T: Offer>() -> String {
    let (it, owner, name) = (T::ALIAS, T::OWNER, T::NAME);
    format!(
        "{it}.deleted_at IS NULL AND ({it}.status <> 'inactive' OR {it}.{owner} = ?
             OR {it}.id IN (SELECT {name}_id FROM user_{name}_progress WHERE user_id = ?))"
    )
}

/// Those of these offers that somebody sees.
///
/// # Errors
/// Those of the database.
pub fn seen_of<T: Offer>(conn: &Connection, ids: &[Id<T>], caller: Option<Id<User>>) -> Result<Vec<Id<T>>> {
    let (table, it, seen) = (T::TABLE, T::ALIAS, seen::<T>());
    let sql = format!("SELECT {it}.id FROM {table} {it} WHERE {seen} AND {it}.id IN (SELECT value FROM json_each(?))");
    rows::all(conn, &sql, (caller, caller, serde_json::to_string(ids)?), |row| row.get(0))
}

/// The ids of offers that the caller finds in a list: those with one of these states, or without any those that can be begun and
/// the caller's drafts. Drafts of others are for admins who ask for drafts.
///
/// # Errors
/// None in practice: the filters have an SQL form.
pub fn listed<T: Offer>(
    status: &[OfferStatus],
    slice: &Slice,
    caller: Option<Id<User>>,
    is_admin: bool,
) -> Result<Select> {
    let owner = T::OWNER;
    let select = Select::new("id", T::TABLE, "id")
        .and("deleted_at IS NULL", &[])?
        .and_any("status", status)?
        .dated("created_at", slice)?;
    match caller {
        None if status.is_empty() => select.and("status = 'active'", &[]),
        Some(_) if status.is_empty() => {
            select.and(&format!("status = 'active' OR (status = 'inactive' AND {owner} = ?)"), &[&caller])
        }
        _ if status.contains(&OfferStatus::Inactive) && !is_admin => {
            select.and(&format!("status <> 'inactive' OR {owner} = ?"), &[&caller])
        }
        _ => Ok(select),
    }
}

/// What these offers build upon, in the owner's order, as `nested` columns; a deleted offer is none of it.
///
/// # Errors
/// Those of the database.
pub fn prerequisites<T: Offer, R>(
    conn: &Connection,
    ids: &[Id<T>],
    nested: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<R>,
) -> Result<HashMap<Id<T>, Vec<R>>> {
    let (table, it, name) = (T::TABLE, T::ALIAS, T::NAME);
    let sql = format!(
        "SELECT r.{name}_id, {nested} FROM {name}_prerequisites r JOIN {table} {it} ON {it}.id = r.prerequisite_id
         WHERE r.{name}_id IN (SELECT value FROM json_each(?1)) AND {it}.deleted_at IS NULL ORDER BY r.{name}_id, r.position"
    );
    rows::grouped(conn, &sql, [serde_json::to_string(ids)?], |row| Ok((row.get(0)?, read(row)?)))
}

/// Writes what an offer builds upon.
///
/// # Errors
/// Those of the database.
pub fn set_prerequisites<T: Offer>(tx: &Tx<'_>, id: Id<T>, before: &[Id<T>]) -> Result<()> {
    let name = T::NAME;
    tx.prepare_cached(&format!("DELETE FROM {name}_prerequisites WHERE {name}_id = ?1"))?.execute([id])?;
    let sql = format!("INSERT INTO {name}_prerequisites ({name}_id, prerequisite_id, position) VALUES (?1, ?2, ?3)");
    let mut insert = tx.prepare_cached(&sql)?;
    for (position, prerequisite) in (0_i64..).zip(before) {
        insert.execute((id, prerequisite, position))?;
    }
    Ok(())
}

/// Whether one of these offers builds upon this one, itself or by others: then it cannot build upon them.
///
/// # Errors
/// Those of the database.
pub fn leads_to<T: Offer>(conn: &Connection, before: &[Id<T>], id: Id<T>) -> Result<bool> {
    let name = T::NAME;
    let sql = format!(
        "WITH RECURSIVE needed (id) AS (
             SELECT value FROM json_each(?1)
             UNION SELECT r.prerequisite_id FROM {name}_prerequisites r JOIN needed n ON r.{name}_id = n.id
         ) SELECT EXISTS (SELECT 1 FROM needed WHERE id = ?2)"
    );
    Ok(conn.prepare_cached(&sql)?.query_row((serde_json::to_string(before)?, id), |row| row.get(0))?)
}

/// Takes the name off the offers of an account that goes.
///
/// # Errors
/// Those of the database.
pub fn set_owner_gone<T: Offer>(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    let (table, owner) = (T::TABLE, T::OWNER);
    tx.execute(&format!("UPDATE {table} SET {owner} = NULL WHERE {owner} = ?1"), [user])?;
    Ok(())
}
