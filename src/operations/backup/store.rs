//! The database of a backup: taken, counted, checked.

use std::{collections::BTreeMap, path::Path};

use rusqlite::{Connection, OpenFlags};

use crate::platform::{error::Result, sql};

/// How many faults of a database are told.
const FAULTS: usize = 20;

/// Opens a database file that nobody is to change.
///
/// # Errors
/// There is no such file, or it is no database.
pub fn open(path: &Path) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    sql::register(&conn)?;
    Ok(conn)
}

/// Writes the database, as it is at this moment, into an empty file. Nobody who writes waits meanwhile.
///
/// # Errors
/// Those of the database: the disk may be full.
pub fn snapshot(database: &Path, into: &Path) -> Result<()> {
    let into = into.to_str().ok_or_else(|| anyhow::anyhow!("{} is not a path in UTF-8", into.display()))?;
    open(database)?.execute("VACUUM INTO ?1", [into])?;
    Ok(())
}

/// Rows of each table.
///
/// # Errors
/// Those of the database.
pub fn tables(conn: &Connection) -> Result<BTreeMap<String, i64>> {
    let mut names = conn.prepare(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'",
    )?;
    let names = names.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let mut tables = BTreeMap::new();
    for name in names {
        let sql = format!("SELECT count(*) FROM \"{}\"", name.replace('"', "\"\""));
        tables.insert(name, conn.query_row(&sql, [], |row| row.get(0))?);
    }
    Ok(tables)
}

/// The number of the newest migration.
///
/// # Errors
/// It is a database, but not one of careerd.
pub fn schema(conn: &Connection) -> Result<i64> {
    let newest = "SELECT coalesce(max(version), 0) FROM refinery_schema_history";
    Ok(conn.query_row(newest, [], |row| row.get(0))?)
}

/// What is wrong with a database: damaged pages and indexes, references to rows that are not there.
///
/// # Errors
/// It is damaged beyond reading.
pub fn faults(conn: &Connection) -> Result<Vec<String>> {
    let mut check = conn.prepare(&format!("PRAGMA integrity_check({FAULTS})"))?;
    let told = check.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut faults: Vec<String> = told.into_iter().filter(|it| it != "ok").collect();
    let mut check = conn.prepare("PRAGMA foreign_key_check")?;
    let mut rows = check.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        if faults.len() < FAULTS {
            faults.push(format!("a row of {table} refers to a row of {parent} that is not there"));
        }
    }
    Ok(faults)
}
