//! Reads the calls of routes.

use rusqlite::Connection;

use super::Counted;
use crate::platform::error::Result;

/// Hands over each route's calls of each hour from this one on.
///
/// # Errors
/// Those of the database.
pub fn each_hour(conn: &Connection, first_hour: i64, mut take: impl FnMut(String, String, Counted)) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT route, method, calls, client_errors, server_errors, histogram FROM route_usage WHERE hour >= ?1",
    )?;
    let mut rows = statement.query([first_hour])?;
    while let Some(row) = rows.next()? {
        let histogram: String = row.get("histogram")?;
        let counted = Counted {
            calls: row.get("calls")?,
            client_errors: row.get("client_errors")?,
            server_errors: row.get("server_errors")?,
            histogram: serde_json::from_str(&histogram)?,
        };
        take(row.get("route")?, row.get("method")?, counted);
    }
    Ok(())
}
