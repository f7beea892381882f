//! The rows of reports and cases.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, Row};

use super::model::{Case, CaseFilter, CaseStatus, CaseTarget, Flag, FlagDraft, FlagStatus, Reason, Reported};
use crate::{
    community::{Target, comments::Comment},
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

const CASE: &str = "m.id, m.comment_id, m.status, m.flags, m.open_flags, m.first_at, m.created_at, m.updated_at,
    p.id AS p_id, p.title AS p_title, coalesce(c.content, p.content) AS content,
    iif(c.id IS NULL, p.hidden_at, c.hidden_at) AS hidden_at, iif(c.id IS NULL, p.deleted_at, c.deleted_at) AS deleted_at,
    coalesce(c.created_at, p.created_at) AS written_at";

const FROM: &str = "moderation_cases m LEFT JOIN comments c ON c.id = m.comment_id
    JOIN community_posts p ON p.id = coalesce(m.post_id, c.post_id)
    LEFT JOIN users u ON u.id = iif(c.id IS NULL, p.author_id, c.author_id)";

fn columns() -> String {
    format!("{CASE}, {}", UserRef::COLUMNS)
}

/// Reads [`columns`]. Reasons and notes follow by [`with_flags`].
fn case(row: &Row<'_>) -> rusqlite::Result<Case> {
    let post = row.get("p_id")?;
    let (hidden_at, deleted_at): (Option<Timestamp>, Option<Timestamp>) =
        (row.get("hidden_at")?, row.get("deleted_at")?);
    Ok(Case {
        id: row.get("id")?,
        target: CaseTarget {
            what: row.get::<_, Option<Id<Comment>>>("comment_id")?.map_or(Target::Post(post), Target::Comment),
            post,
            title: row.get("p_title")?,
            content: row.get("content")?,
            author: row.get::<_, Option<Id<User>>>("u_id")?.map(|_| UserRef::read(row)).transpose()?,
            is_hidden: hidden_at.is_some(),
            is_deleted: deleted_at.is_some(),
            created_at: row.get("written_at")?,
        },
        flags: row.get("flags")?,
        open_flags: row.get("open_flags")?,
        reasons: BTreeMap::new(),
        notes: vec![],
        status: row.get("status")?,
        first_at: row.get("first_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Adds to these cases why their things were reported: one query, however many there are.
fn with_flags(conn: &Connection, mut cases: Vec<Case>) -> Result<Vec<Case>> {
    let ids: Vec<_> = cases.iter().map(|it| it.id).collect();
    let sql = "SELECT case_id, reason, note FROM flags WHERE case_id IN (SELECT value FROM json_each(?1)) ORDER BY id";
    let mut found: HashMap<Id<Case>, Vec<(Reason, String)>> =
        rows::grouped(conn, sql, [serde_json::to_string(&ids)?], |row| {
            Ok((row.get("case_id")?, (row.get("reason")?, row.get("note")?)))
        })?;
    for case in &mut cases {
        for (reason, note) in found.remove(&case.id).unwrap_or_default() {
            *case.reasons.entry(reason).or_default() += 1;
            case.notes.extend(Some(note).filter(|it| !it.is_empty()));
        }
    }
    Ok(cases)
}

/// A part of the cases that the filters leave.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, listing: &Listing<CaseFilter>) -> Result<Page<Case>> {
    let Listing { filter, slice } = listing;
    let orders = [Order::by("flags", "m.flags"), Order::by("first_at", "m.first_at")];
    let mut select = Select::new(&columns(), FROM, "m.id").and_any("m.status", &filter.status)?;
    select = match filter.kind.as_slice() {
        [Reported::Posts] => select.and("m.post_id IS NOT NULL", &[])?,
        [Reported::Comments] => select.and("m.comment_id IS NOT NULL", &[])?,
        _ => select,
    };
    let page = select
        .dated("m.created_at", slice)?
        .search(&["iif(m.comment_id IS NULL, p.title, '')", "coalesce(c.content, p.content)"], slice)?
        .order(slice, &orders, "-flags")?
        .page(conn, slice, case)?;
    Ok(Page { results: with_flags(conn, page.results)?, ..page })
}

/// One case.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<Case>) -> Result<Case> {
    let found = conn
        .prepare_cached(&format!("SELECT {} FROM {FROM} WHERE m.id = ?1", columns()))?
        .query_row([id], case)
        .optional()?;
    with_flags(conn, found.into_iter().collect())?.pop().ok_or(Error::NotFound("case"))
}

/// The case about something, which is made when it was not reported before.
///
/// # Errors
/// Those of the database.
pub fn open(tx: &Tx<'_>, target: Target) -> Result<Id<Case>> {
    let column = target.column();
    let found = tx
        .prepare_cached(&format!("SELECT id FROM moderation_cases WHERE {column} = ?1"))?
        .query_row([target.raw()], |row| row.get(0))
        .optional()?;
    if let Some(case) = found {
        return Ok(case);
    }
    let sql = format!(
        "INSERT INTO moderation_cases ({column}, status, first_at, created_at, updated_at) VALUES (?1, ?2, ?3, ?3, ?3)
         RETURNING id"
    );
    Ok(tx.prepare_cached(&sql)?.query_row((target.raw(), CaseStatus::Open, tx.now()), |row| row.get(0))?)
}

/// Adds a report; false when this person made one before.
///
/// # Errors
/// Those of the database.
pub fn insert_flag(tx: &Tx<'_>, case: Id<Case>, by: Id<User>, it: &FlagDraft) -> Result<bool> {
    let added = tx
        .prepare_cached(
            "INSERT INTO flags (case_id, user_id, reason, note, status, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT (case_id, user_id) DO NOTHING",
        )?
        .execute((case, by, it.reason, &it.note, FlagStatus::Open, tx.now()))?;
    Ok(added > 0)
}

/// The report that this person made.
///
/// # Errors
/// 404.
pub fn flag(conn: &Connection, case: Id<Case>, by: Id<User>, target: Target) -> Result<Flag> {
    let sql = format!(
        "SELECT f.id, f.reason, f.note, f.status, f.created_at, f.updated_at, {}
         FROM flags f JOIN users u ON u.id = f.user_id WHERE f.case_id = ?1 AND f.user_id = ?2",
        UserRef::COLUMNS
    );
    conn.prepare_cached(&sql)?
        .query_row((case, by), |row| {
            Ok(Flag {
                id: row.get("id")?,
                user: UserRef::read(row)?,
                target,
                reason: row.get("reason")?,
                note: row.get("note")?,
                status: row.get("status")?,
                created_at: row.get("created_at")?,
                updated_at: row.get("updated_at")?,
            })
        })
        .optional()?
        .ok_or(Error::NotFound("flag"))
}

/// Writes what became of the reports that were not dismissed before.
///
/// # Errors
/// Those of the database.
pub fn update_flags(tx: &Tx<'_>, case: Id<Case>, to: FlagStatus) -> Result<()> {
    tx.prepare_cached(
        "UPDATE flags SET status = ?2, updated_at = ?3 WHERE case_id = ?1 AND status <> 'dismissed' AND status <> ?2",
    )?
    .execute((case, to, tx.now()))?;
    Ok(())
}

/// Writes where a case stands, and counts its reports; how many are open then.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, case: Id<Case>, status: CaseStatus) -> Result<i64> {
    Ok(tx
        .prepare_cached(
            "UPDATE moderation_cases SET status = ?2, updated_at = ?3,
                 flags = (SELECT count(*) FROM flags WHERE case_id = ?1),
                 open_flags = (SELECT count(*) FROM flags WHERE case_id = ?1 AND status = 'open')
             WHERE id = ?1 RETURNING open_flags",
        )?
        .query_row((case, status, tx.now()), |row| row.get(0))?)
}

/// Takes the words out of what an erased account reported. That it did stays, for the decisions that rest upon it.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("UPDATE flags SET note = '' WHERE user_id = ?1", [user])?;
    Ok(())
}

/// Counts the reports of every case anew; how many were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    Ok(tx.execute(
        "UPDATE moderation_cases AS m SET flags = r.flags, open_flags = r.open_flags
         FROM (SELECT k.id, (SELECT count(*) FROM flags f WHERE f.case_id = k.id) AS flags,
                   (SELECT count(*) FROM flags f WHERE f.case_id = k.id AND f.status = 'open') AS open_flags
               FROM moderation_cases k) r
         WHERE r.id = m.id AND (m.flags, m.open_flags) IS NOT (r.flags, r.open_flags)",
        [],
    )?)
}

/// Removes a case with its reports; what they are about stays as it is.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<Case>) -> Result<()> {
    tx.prepare_cached("DELETE FROM moderation_cases WHERE id = ?1")?.execute([id])?;
    Ok(())
}
