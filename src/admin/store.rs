//! Which stored files a row of any room names.

use std::collections::HashSet;

use rusqlite::Connection;

use crate::platform::{error::Result, files::Kind};

/// Whether a row names this file. Pictures are named by their address, all others by their name alone.
///
/// # Errors
/// Those of the database.
pub fn is_named(conn: &Connection, kind: Kind, name: &str) -> Result<bool> {
    let (table, column) = place(kind);
    let named = format!("{}{name}", prefix(kind));
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {column} = ?1)");
    Ok(conn.prepare_cached(&sql)?.query_row([named], |row| row.get(0))?)
}

/// The names of all files of this kind that rows name.
///
/// # Errors
/// Those of the database.
pub fn named(conn: &Connection, kind: Kind) -> Result<HashSet<String>> {
    let (table, column) = place(kind);
    let mut statement = conn.prepare(&format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL"))?;
    let named = statement.query_map([], |row| row.get::<_, String>(0))?;
    let prefix = prefix(kind);
    Ok(named.map(|it| it.map(|it| it.trim_start_matches(&prefix).to_owned())).collect::<rusqlite::Result<_>>()?)
}

/// What stands before the name of a file where a row names it.
fn prefix(kind: Kind) -> String {
    if kind.is_public() { format!("/media/{}/", kind.folder()) } else { String::new() }
}

/// The table whose rows name files of this kind, and the column.
const fn place(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Avatar => ("users", "profile_picture"),
        Kind::Course => ("courses", "thumbnail"),
        Kind::Project => ("projects", "thumbnail"),
        Kind::CompanyLogo => ("job_opportunities", "company_logo"),
        Kind::Resume => ("resumes", "file"),
        Kind::CourseFile => ("course_modules", "file"),
        Kind::Export => ("user_exports", "file"),
    }
}
