//! The rows of connections.

use rusqlite::{Connection as Conn, OptionalExtension, Row};

use super::model::{Connection, ConnectionFilter, ConnectionStatus, Direction};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select},
    },
    users::{User, UserRef},
};

/// The columns of a connection; its requester goes by the name `u`, its addressee by `o`.
const CONNECTION: &str = "c.id, c.message, c.status, c.answered_at, c.created_at, c.updated_at";

/// Both are in use: what stands with somebody who left is not there until they come back.
const FROM: &str = "connections c JOIN users u ON u.id = c.requester_id AND u.is_active = 1
    JOIN users o ON o.id = c.addressee_id AND o.is_active = 1";

fn columns() -> String {
    format!("{CONNECTION}, {}, {}", UserRef::COLUMNS, UserRef::OTHER)
}

fn connection(row: &Row<'_>) -> rusqlite::Result<Connection> {
    Ok(Connection {
        id: row.get("id")?,
        requester: UserRef::read(row)?,
        addressee: UserRef::read_other(row)?,
        message: row.get("message")?,
        status: row.get("status")?,
        answered_at: row.get("answered_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// A part of what stands between one person and others.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Conn, user: Id<User>, listing: &Listing<ConnectionFilter>) -> Result<Page<Connection>> {
    let Listing { filter, slice } = listing;
    let select = Select::new(&columns(), FROM, "c.id");
    let select = match filter.direction {
        Some(Direction::In) => select.and("c.addressee_id = ?", &[&user])?,
        Some(Direction::Out) => select.and("c.requester_id = ?", &[&user])?,
        None => select.and("c.requester_id = ? OR c.addressee_id = ?", &[&user, &user])?,
    };
    // The names of the other one; a search for one's own would find everything.
    let other = |column: &str| format!("iif(c.requester_id = {user}, o.{column}, u.{column})");
    let (username, first_name, last_name) = (other("username"), other("first_name"), other("last_name"));
    select
        .and_any("c.status", &filter.status)?
        .dated("c.created_at", slice)?
        .search(&[&username, &first_name, &last_name], slice)?
        .order(slice, &[Order::by("created_at", "c.created_at")], "-created_at")?
        .page(conn, slice, connection)
}

/// What has this number, if this person is one of the two.
///
/// # Errors
/// 404.
pub fn get(conn: &Conn, user: Id<User>, id: Id<Connection>) -> Result<Connection> {
    let sql = format!("SELECT {} FROM {FROM} WHERE c.id = ?1 AND ?2 IN (c.requester_id, c.addressee_id)", columns());
    conn.prepare_cached(&sql)?.query_row((id, user), connection).optional()?.ok_or(Error::NotFound("connection"))
}

/// What stands between these two, whoever asked.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Conn, one: Id<User>, other: Id<User>) -> Result<Option<Connection>> {
    let sql = format!(
        "SELECT {} FROM {FROM} WHERE min(c.requester_id, c.addressee_id) = min(?1, ?2)
             AND max(c.requester_id, c.addressee_id) = max(?1, ?2)",
        columns()
    );
    Ok(conn.prepare_cached(&sql)?.query_row((one, other), connection).optional()?)
}

/// Requests of this person that wait for an answer.
///
/// # Errors
/// Those of the database.
pub fn count_pending(conn: &Conn, requester: Id<User>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM connections WHERE requester_id = ?1 AND status = 'pending'")?
        .query_row([requester], |row| row.get(0))?)
}

/// Adds a request between two people between whom nothing stands.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, requester: Id<User>, addressee: Id<User>, message: &str) -> Result<Id<Connection>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO connections (requester_id, addressee_id, message, status, created_at, updated_at)
             VALUES (?1, ?2, ?3, 'pending', ?4, ?4) RETURNING id",
        )?
        .query_row((requester, addressee, message, tx.now()), |row| row.get(0))?)
}

/// Writes how a request was answered.
///
/// # Errors
/// Those of the database.
pub fn update_status(tx: &Tx<'_>, id: Id<Connection>, status: ConnectionStatus) -> Result<()> {
    tx.prepare_cached("UPDATE connections SET status = ?2, answered_at = ?3, updated_at = ?3 WHERE id = ?1")?
        .execute((id, status, tx.now()))?;
    Ok(())
}

/// Removes what stands between two people.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<Connection>) -> Result<()> {
    tx.prepare_cached("DELETE FROM connections WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Removes what stands between an account that is erased and others.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("DELETE FROM connections WHERE requester_id = ?1 OR addressee_id = ?1", [user])?;
    Ok(())
}
