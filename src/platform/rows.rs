//! Statements and loops that every store writes the same way.

use std::{collections::HashMap, hash::Hash};

use rusqlite::{Connection, Params, Row, ToSql};

use super::{db::Tx, error::Result, id::Id};

/// The rows of a query, in a list, a set or a map.
///
/// # Errors
/// Those of the database.
pub fn all<T, C: FromIterator<T>>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<C> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The rows of a query by what they belong to, in their order.
///
/// # Errors
/// Those of the database.
pub fn grouped<K: Eq + Hash, T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<(K, T)>,
) -> Result<HashMap<K, Vec<T>>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut groups: HashMap<_, Vec<_>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (key, value) = read(row)?;
        groups.entry(key).or_default().push(value);
    }
    Ok(groups)
}

impl Tx<'_> {
    /// Writes one column of a row, and when the row changed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set<T>(&self, table: &str, id: Id<T>, column: &str, value: impl ToSql) -> Result<()> {
        self.prepare_cached(&format!("UPDATE {table} SET {column} = ?2, updated_at = ?3 WHERE id = ?1"))?.execute((
            id,
            value,
            self.now(),
        ))?;
        Ok(())
    }
}
