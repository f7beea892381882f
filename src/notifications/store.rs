//! The rows of notifications and preferences.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::model::{Kind, Notice, Notification, NotificationFilter, Preferences, Wanted};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select},
        rows,
    },
    users::{User, UserRef},
};

const NOTIFICATION: &str =
    "n.id, n.user_id, n.type, n.title, n.message, n.link, n.is_read, n.read_at, n.created_at, n.updated_at";
const FROM: &str = "notifications n LEFT JOIN users u ON u.id = n.related_user_id";

fn columns() -> String {
    format!("{NOTIFICATION}, {}", UserRef::COLUMNS)
}

fn notification(row: &Row<'_>) -> rusqlite::Result<Notification> {
    let related: Option<i64> = row.get("u_id")?;
    Ok(Notification {
        id: row.get("id")?,
        user: row.get("user_id")?,
        kind: row.get("type")?,
        title: row.get("title")?,
        message: row.get("message")?,
        link: row.get("link")?,
        related_user: related.map(|_| UserRef::read(row)).transpose()?,
        is_read: row.get("is_read")?,
        read_at: row.get("read_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// A part of what one person was told.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, user: Id<User>, listing: &Listing<NotificationFilter>) -> Result<Page<Notification>> {
    let Listing { filter, slice } = listing;
    Select::new(&columns(), FROM, "n.id")
        .and("n.user_id = ? AND n.in_app = 1", &[&user])?
        .and_any("n.type", &filter.kind)?
        .and_some("n.is_read = ?", filter.is_read)?
        .dated("n.created_at", slice)?
        .search(&["n.title", "n.message"], slice)?
        .order(slice, &[Order::by("created_at", "n.created_at")], "-created_at")?
        .page(conn, slice, notification)
}

/// One notification of this person.
///
/// # Errors
/// 404, also for somebody else's.
pub fn get(conn: &Connection, user: Id<User>, id: Id<Notification>) -> Result<Notification> {
    conn.prepare_cached(&format!(
        "SELECT {} FROM {FROM} WHERE n.id = ?1 AND n.user_id = ?2 AND n.in_app = 1",
        columns()
    ))?
    .query_row((id, user), notification)
    .optional()?
    .ok_or(Error::NotFound("notification"))
}

/// One notification of this person, also when it was kept for its mail alone.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, user: Id<User>, id: Id<Notification>) -> Result<Option<Notification>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {} FROM {FROM} WHERE n.id = ?1 AND n.user_id = ?2", columns()))?
        .query_row((id, user), notification)
        .optional()?)
}

/// Those of these notifications that are this person's, oldest first.
///
/// # Errors
/// Those of the database.
pub fn get_all(conn: &Connection, user: Id<User>, ids: &[Id<Notification>]) -> Result<Vec<Notification>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!(
        "SELECT {} FROM {FROM} WHERE n.user_id = ?1 AND n.in_app = 1 AND n.id IN (SELECT value FROM json_each(?2))
         ORDER BY n.id",
        columns()
    );
    rows::all(conn, &sql, (user, serde_json::to_string(ids)?), notification)
}

/// What this person was told since then and has not read, newest first, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn unread_since(conn: &Connection, user: Id<User>, since: Timestamp, limit: usize) -> Result<Vec<Notification>> {
    let sql = format!(
        "SELECT {} FROM {FROM} WHERE n.user_id = ?1 AND n.in_app = 1 AND n.is_read = 0 AND n.created_at >= ?2
         ORDER BY n.created_at DESC, n.id DESC LIMIT ?3",
        columns()
    );
    rows::all(conn, &sql, (user, since, i64::try_from(limit).unwrap_or(i64::MAX)), notification)
}

/// How many notifications this person has not read.
///
/// # Errors
/// Those of the database.
pub fn unread(conn: &Connection, user: Id<User>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM notifications WHERE user_id = ?1 AND is_read = 0 AND in_app = 1")?
        .query_row([user], |row| row.get(0))?)
}

/// Whether this cause was told to this person.
///
/// # Errors
/// Those of the database.
pub fn is_told(conn: &Connection, user: Id<User>, key: &str) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM notification_keys WHERE user_id = ?1 AND key = ?2")?.exists((user, key))?)
}

/// Notes that this cause was told by this notification.
///
/// # Errors
/// Those of the database.
pub fn note_told(tx: &Tx<'_>, notice: &Notice, by: Id<Notification>) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO notification_keys (user_id, key, notification_id, related_user_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((notice.user, &notice.key, by, notice.related_user, tx.now()))?;
    Ok(())
}

/// Adds a notification.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, notice: &Notice, in_app: bool) -> Result<Id<Notification>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO notifications (user_id, type, title, message, link, related_user_id, in_app, fold, created_at, updated_at)
             VALUES (:user, :type, :title, :message, :link, :related, :in_app, :fold, :now, :now) RETURNING id",
        )?
        .query_row(
            named_params! {
                ":user": notice.user, ":type": notice.kind, ":title": notice.title, ":message": notice.message,
                ":link": notice.link, ":related": notice.related_user, ":in_app": in_app,
                ":fold": notice.fold.as_ref().map(|it| &it.thing), ":now": tx.now(),
            },
            |row| row.get(0),
        )?)
}

/// The unread notification about this thing that is no older than `since`.
///
/// # Errors
/// Those of the database.
pub fn foldable(conn: &Connection, notice: &Notice, thing: &str, since: Timestamp) -> Result<Option<Id<Notification>>> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM notifications WHERE user_id = ?1 AND fold = ?2 AND is_read = 0 AND type = ?3 AND created_at > ?4
             ORDER BY created_at DESC, id DESC LIMIT 1",
        )?
        .query_row((notice.user, thing, notice.kind, since), |row| row.get(0))
        .optional()?)
}

/// How many people, apart from the one of `notice`, were folded into this notification.
///
/// # Errors
/// Those of the database.
pub fn others(conn: &Connection, notice: &Notice, id: Id<Notification>) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(DISTINCT related_user_id) FROM notification_keys
             WHERE notification_id = ?1 AND related_user_id IS NOT NULL AND related_user_id IS NOT ?2",
        )?
        .query_row((id, notice.related_user), |row| row.get(0))?)
}

/// Writes a notification anew, after another cause was folded into it.
///
/// # Errors
/// Those of the database.
pub fn refold(tx: &Tx<'_>, id: Id<Notification>, notice: &Notice) -> Result<()> {
    tx.prepare_cached(
        "UPDATE notifications SET title = ?2, message = ?3, link = ?4, related_user_id = ?5, updated_at = ?6 WHERE id = ?1",
    )?
    .execute((id, &notice.title, &notice.message, &notice.link, notice.related_user, tx.now()))?;
    Ok(())
}

/// Marks one notification of this person.
///
/// # Errors
/// 404, also for somebody else's.
pub fn set_read(tx: &Tx<'_>, user: Id<User>, id: Id<Notification>, read: bool) -> Result<Notification> {
    set_read_all_of(tx, user, &[id], read)?;
    get(tx, user, id)
}

/// Marks those of these notifications that are this person's; how many they are.
///
/// # Errors
/// Those of the database.
pub fn set_read_all_of(tx: &Tx<'_>, user: Id<User>, ids: &[Id<Notification>], read: bool) -> Result<i64> {
    let ids = serde_json::to_string(ids)?;
    tx.prepare_cached(
        "UPDATE notifications SET is_read = ?3, read_at = iif(?3, ?4, NULL), updated_at = ?4
         WHERE user_id = ?1 AND in_app = 1 AND is_read <> ?3 AND id IN (SELECT value FROM json_each(?2))",
    )?
    .execute((user, &ids, read, tx.now()))?;
    Ok(tx
        .prepare_cached(
            "SELECT count(*) FROM notifications WHERE user_id = ?1 AND in_app = 1 AND id IN (SELECT value FROM json_each(?2))",
        )?
        .query_row((user, &ids), |row| row.get(0))?)
}

/// Marks what is unread as read: all of it, or of one kind, or told no later than `before`; how many they were.
///
/// # Errors
/// Those of the database.
pub fn read_all(tx: &Tx<'_>, user: Id<User>, kind: Option<Kind>, before: Option<Timestamp>) -> Result<i64> {
    let changed = tx
        .prepare_cached(
            "UPDATE notifications SET is_read = 1, read_at = ?4, updated_at = ?4
             WHERE user_id = ?1 AND in_app = 1 AND is_read = 0 AND type = coalesce(?2, type) AND created_at <= coalesce(?3, created_at)",
        )?
        .execute((user, kind, before, tx.now()))?;
    Ok(i64::try_from(changed).unwrap_or(i64::MAX))
}

/// Removes those of these notifications that are this person's; how many they were.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, user: Id<User>, ids: &[Id<Notification>]) -> Result<usize> {
    Ok(tx
        .prepare_cached(
            "DELETE FROM notifications WHERE user_id = ?1 AND in_app = 1 AND id IN (SELECT value FROM json_each(?2))",
        )?
        .execute((user, serde_json::to_string(ids)?))?)
}

/// Removes what was read before one moment, what was told before another and never read, and what is remembered of tellings
/// before a third: at most `limit` rows of each; how many of the most there were.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, read: Timestamp, unread: Timestamp, keys: Timestamp, limit: u32) -> Result<usize> {
    let rows = tx.execute(
        "DELETE FROM notifications WHERE id IN (
             SELECT id FROM notifications WHERE (is_read = 1 AND read_at < ?1) OR (is_read = 0 AND created_at < ?2) LIMIT ?3)",
        (read, unread, limit),
    )?;
    let told = tx.execute(
        "DELETE FROM notification_keys WHERE (user_id, key) IN (
             SELECT user_id, key FROM notification_keys WHERE created_at < ?1 LIMIT ?2)",
        (keys, limit),
    )?;
    Ok(rows.max(told))
}

/// What this person wants to hear of.
///
/// # Errors
/// Those of the database.
pub fn preferences(conn: &Connection, user: Id<User>) -> Result<Preferences> {
    let mut it = conn
        .prepare_cached(
            "SELECT digest, weekly_report, timezone, language FROM notification_preferences WHERE user_id = ?1",
        )?
        .query_row([user], |row| {
            Ok(Preferences {
                digest: row.get(0)?,
                weekly_report: row.get(1)?,
                timezone: row.get(2)?,
                language: row.get(3)?,
                ..Preferences::default()
            })
        })
        .optional()?
        .unwrap_or_default();
    let mut chosen = conn.prepare_cached("SELECT type, in_app, email FROM notification_choices WHERE user_id = ?1")?;
    let rows = chosen.query_map([user], |row| Ok((row.get(0)?, Wanted { in_app: row.get(1)?, email: row.get(2)? })))?;
    for row in rows {
        let (kind, wanted): (Kind, Wanted) = row?;
        it.types.insert(kind, wanted);
    }
    Ok(it)
}

/// Whether this person wants to hear of one kind.
///
/// # Errors
/// Those of the database.
pub fn wanted(conn: &Connection, user: Id<User>, kind: Kind) -> Result<Wanted> {
    Ok(conn
        .prepare_cached("SELECT in_app, email FROM notification_choices WHERE user_id = ?1 AND type = ?2")?
        .query_row((user, kind), |row| Ok(Wanted { in_app: row.get(0)?, email: row.get(1)? }))
        .optional()?
        .unwrap_or_else(|| kind.default_wanted()))
}

/// Keeps what this person wants to hear of.
///
/// # Errors
/// Those of the database.
pub fn keep_preferences(tx: &Tx<'_>, user: Id<User>, it: &Preferences) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO notification_preferences (user_id, digest, weekly_report, timezone, language)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((user, it.digest, it.weekly_report, &it.timezone, it.language))?;
    tx.prepare_cached("DELETE FROM notification_choices WHERE user_id = ?1")?.execute([user])?;
    let mut insert =
        tx.prepare_cached("INSERT INTO notification_choices (user_id, type, in_app, email) VALUES (?1, ?2, ?3, ?4)")?;
    for (kind, wanted) in it.types.iter().filter(|(kind, wanted)| kind.default_wanted() != **wanted) {
        insert.execute((user, kind, wanted.in_app, wanted.email))?;
    }
    Ok(())
}

/// Removes what somebody was told and wants to be told, whose account is erased.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    for table in ["notifications", "notification_keys", "notification_preferences", "notification_choices"] {
        tx.execute(&format!("DELETE FROM {table} WHERE user_id = ?1"), [user])?;
    }
    super::stream::forget_user(tx, user)
}
