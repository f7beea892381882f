//! Which stored files a row of any room names.

use rusqlite::Connection;

use crate::platform::{error::Result, files::Kind};

/// Whether a row names this file. Pictures are named by their address, all others by their name alone.
///
/// # Errors
/// Those of the database.
pub fn is_named(conn: &Connection, kind: Kind, name: &str) -> Result<bool> {
    let (table, column) = match kind {
        Kind::Avatar => ("users", "profile_picture"),
        Kind::Course => ("courses", "thumbnail"),
        Kind::Project => ("projects", "thumbnail"),
        Kind::CompanyLogo => ("job_opportunities", "company_logo"),
        Kind::Resume => ("resumes", "file"),
        Kind::CourseFile => ("course_modules", "file"),
        Kind::Export => ("user_exports", "file"),
    };
    let named = if kind.is_public() { format!("/media/{}/{name}", kind.folder()) } else { name.to_owned() };
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {column} = ?1)");
    Ok(conn.prepare_cached(&sql)?.query_row([named], |row| row.get(0))?)
}
