//! Reads what was deleted in every room. There are no tables of its own here.

use rusqlite::{Connection, Row};

use super::{Deleted, DeletedFilter, KEPT};
use crate::{
    platform::{
        clock::Timestamp,
        error::Result,
        id::Id,
        list::{Listing, Order, Page, Select},
    },
    users::{User, UserRef},
};

/// What was deleted, each kind by its index. An account goes by a time of its own.
const DELETED: &str = "(
    SELECT 'courses' AS type, id, title, instructor_id AS owner_id, deleted_at, NULL AS purge_at
        FROM courses WHERE deleted_at IS NOT NULL
    UNION ALL SELECT 'projects', id, title, created_by, deleted_at, NULL FROM projects WHERE deleted_at IS NOT NULL
    UNION ALL SELECT 'jobs', id, title, posted_by, deleted_at, NULL FROM job_opportunities WHERE deleted_at IS NOT NULL
    UNION ALL SELECT 'posts', id, title, author_id, deleted_at, NULL FROM community_posts WHERE deleted_at IS NOT NULL
    UNION ALL SELECT 'comments', id, substr(content, 1, 80), author_id, deleted_at, NULL
        FROM comments WHERE deleted_at IS NOT NULL AND content <> ''
    UNION ALL SELECT 'users', id, username, id, deleted_at, erase_at FROM users WHERE erase_at IS NOT NULL
) d LEFT JOIN users u ON u.id = d.owner_id";

fn deleted(row: &Row<'_>) -> rusqlite::Result<Deleted> {
    let deleted_at: Timestamp = row.get("deleted_at")?;
    Ok(Deleted {
        r#type: row.get("type")?,
        id: row.get("id")?,
        title: row.get("title")?,
        owner: row.get::<_, Option<Id<User>>>("u_id")?.map(|_| UserRef::read(row)).transpose()?,
        deleted_at,
        purge_at: row.get::<_, Option<Timestamp>>("purge_at")?.unwrap_or(deleted_at.plus(KEPT)),
    })
}

/// A part of what was deleted.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, listing: &Listing<DeletedFilter>) -> Result<Page<Deleted>> {
    let Listing { filter, slice } = listing;
    let columns = format!("d.type, d.id, d.title, d.deleted_at, d.purge_at, {}", UserRef::COLUMNS);
    let orders = [Order::by("deleted_at", "d.deleted_at"), Order::by("type", "d.type"), Order::by("title", "d.title")];
    Select::new(&columns, DELETED, "d.id")
        .and_any("d.type", &filter.r#type)?
        .dated("d.deleted_at", slice)?
        .search(&["d.title"], slice)?
        .order(slice, &orders, "-deleted_at,type")?
        .page(conn, slice, deleted)
}
