//! The rows of résumés.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, named_params, types::Type};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::model::{Compared, NewResume, Reading, Resume, ResumeDraft, ResumeFilter, Status};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select},
        rows,
    },
    users::{ExperienceLevel, User, UserRef},
};

const RESUME: &str =
    "r.id, r.label, r.original_filename, r.file, r.file_type, r.file_size, r.pages, r.is_primary, r.run,
    r.analysis_status, r.reason, r.extracted_skills, r.skill_gaps, r.experience_level, r.skill_score, r.total_score,
    r.model_version, r.analyzed_at, r.seen_at, r.created_at, r.updated_at";
const FROM: &str = "resumes r JOIN users u ON u.id = r.user_id";

/// A column that holds JSON.
fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, e.into()))
}

fn resume(row: &Row<'_>) -> rusqlite::Result<Resume> {
    let id: Id<Resume> = row.get("id")?;
    let created_at = row.get("created_at")?;
    Ok(Resume {
        id,
        user: UserRef::read(row)?,
        label: row.get("label")?,
        original_filename: row.get("original_filename")?,
        file: format!("{}download/", Resume::address(id)),
        file_type: row.get("file_type")?,
        file_size: row.get("file_size")?,
        pages: row.get("pages")?,
        is_primary: row.get("is_primary")?,
        analysis_status: row.get("analysis_status")?,
        reason: row.get("reason")?,
        extracted_skills: json(row, "extracted_skills")?,
        skill_gaps: json(row, "skill_gaps")?,
        experience_level: row.get("experience_level")?,
        skill_score: row.get("skill_score")?,
        total_score: row.get("total_score")?,
        model_version: row.get("model_version")?,
        uploaded_at: created_at,
        analyzed_at: row.get("analyzed_at")?,
        created_at,
        updated_at: row.get("updated_at")?,
        run: row.get("run")?,
        stored: row.get("file")?,
        seen_at: row.get("seen_at")?,
    })
}

fn one(conn: &Connection, condition: &str, values: impl rusqlite::Params) -> Result<Option<Resume>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {RESUME}, {} FROM {FROM} WHERE {condition}", UserRef::COLUMNS))?
        .query_row(values, resume)
        .optional()?)
}

/// This résumé of this person.
///
/// # Errors
/// 404: what is somebody else's is not there.
pub fn get(conn: &Connection, id: Id<Resume>, user: Id<User>) -> Result<Resume> {
    one(conn, "r.id = ?1 AND r.user_id = ?2", (id, user))?.ok_or(Error::NotFound("résumé"))
}

/// This résumé, whoever's it is, for what only the system does.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, id: Id<Resume>) -> Result<Option<Resume>> {
    one(conn, "r.id = ?1", [id])
}

/// The résumé of this person with this content.
///
/// # Errors
/// Those of the database.
pub fn find_same(conn: &Connection, user: Id<User>, sha256: &str) -> Result<Option<Resume>> {
    one(conn, "r.user_id = ?1 AND r.sha256 = ?2", (user, sha256))
}

/// The primary résumé of a person.
///
/// # Errors
/// 404.
pub fn primary(conn: &Connection, user: Id<User>) -> Result<Resume> {
    one(conn, "r.user_id = ?1 AND r.is_primary = 1", [user])?.ok_or(Error::NotFound("primary résumé"))
}

/// The level of experience that the primary résumé of a person shows.
///
/// # Errors
/// Those of the database.
pub fn primary_level(conn: &Connection, user: Id<User>) -> Result<Option<ExperienceLevel>> {
    Ok(conn
        .prepare_cached("SELECT experience_level FROM resumes WHERE user_id = ?1 AND is_primary = 1")?
        .query_row([user], |row| row.get(0))
        .optional()?
        .flatten())
}

/// The role that the résumé of a person that was analysed last fits best.
///
/// # Errors
/// Those of the database.
pub fn newest_role(conn: &Connection, user: Id<User>) -> Result<Option<String>> {
    let role: Option<Option<String>> = conn
        .prepare_cached(
            "SELECT json_extract(c.result, '$.best_role.role') FROM resumes r JOIN resume_contents c ON c.resume_id = r.id
             WHERE r.user_id = ?1 AND r.analysis_status = 'completed' ORDER BY r.analyzed_at DESC, r.id DESC LIMIT 1",
        )?
        .query_row([user], |row| row.get(0))
        .optional()?;
    Ok(role.flatten())
}

/// A part of the résumés of a person.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, user: Id<User>, listing: &Listing<ResumeFilter>) -> Result<Page<Resume>> {
    const KNOWN: &[Order] = &[Order::by("uploaded_at", "r.created_at"), Order::by("total_score", "r.total_score")];
    let Listing { filter, slice } = listing;
    Select::new(&format!("{RESUME}, {}", UserRef::COLUMNS), FROM, "r.id")
        .and("r.user_id = ?", &[&user])?
        .and_any("r.analysis_status", &filter.analysis_status)?
        .dated("r.created_at", slice)?
        .search(&["r.label", "r.original_filename"], slice)?
        .order(slice, KNOWN, "-uploaded_at")?
        .page(conn, slice, resume)
}

/// How many a person keeps.
///
/// # Errors
/// Those of the database.
pub fn count(conn: &Connection, user: Id<User>) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT count(*) FROM resumes WHERE user_id = ?1")?.query_row([user], |row| row.get(0))?)
}

/// When this person asked for their `nth` last analysis, from 1. The events stay when a résumé goes.
///
/// # Errors
/// Those of the database.
pub fn asked(conn: &Connection, user: Id<User>, nth: i64) -> Result<Option<Timestamp>> {
    Ok(conn
        .prepare_cached(
            "SELECT at FROM events WHERE actor_id = ?1 AND kind IN ('resumes.uploaded', 'resumes.analysis_asked')
             ORDER BY at DESC LIMIT 1 OFFSET ?2 - 1",
        )?
        .query_row((user, nth), |row| row.get(0))
        .optional()?)
}

/// Adds a résumé that waits for its analysis.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, new: &NewResume<'_>) -> Result<Id<Resume>> {
    if new.is_primary {
        clear_primary(tx, new.user)?;
    }
    let id = tx
        .prepare_cached(
            "INSERT INTO resumes (user_id, label, original_filename, file, file_type, file_size, pages, sha256, is_primary,
                 queued_at, seen_at, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?10, ?10) RETURNING id",
        )?
        .query_row(
            (
                new.user,
                new.label,
                new.original_filename,
                new.stored,
                new.file_type,
                new.file_size,
                new.reading.pages,
                new.sha256,
                new.is_primary,
                tx.now(),
            ),
            |row| row.get(0),
        )?;
    set_reading(tx, id, 1, new.reading)?;
    Ok(id)
}

fn clear_primary(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.prepare_cached("UPDATE resumes SET is_primary = 0, updated_at = ?2 WHERE user_id = ?1 AND is_primary = 1")?
        .execute((user, tx.now()))?;
    Ok(())
}

/// Writes what the owner writes.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Resume>, user: Id<User>, draft: &ResumeDraft) -> Result<()> {
    if draft.is_primary {
        clear_primary(tx, user)?;
    }
    tx.prepare_cached("UPDATE resumes SET label = ?2, is_primary = ?3, updated_at = ?4 WHERE id = ?1")?.execute((
        id,
        &draft.label,
        draft.is_primary,
        tx.now(),
    ))?;
    Ok(())
}

/// Keeps what came of reading the document for this run.
///
/// # Errors
/// Those of the database.
pub fn set_reading(tx: &Tx<'_>, id: Id<Resume>, run: i64, reading: &Reading) -> Result<()> {
    tx.prepare_cached("UPDATE resumes SET pages = ?2, updated_at = ?3 WHERE id = ?1 AND pages <> ?2")?.execute((
        id,
        reading.pages,
        tx.now(),
    ))?;
    tx.prepare_cached(
        "INSERT INTO resume_contents (resume_id, read_run, text, failure, warnings)
         SELECT id, ?2, ?3, ?4, ?5 FROM resumes WHERE id = ?1
         ON CONFLICT (resume_id) DO UPDATE SET read_run = excluded.read_run, text = excluded.text,
             failure = excluded.failure, warnings = excluded.warnings",
    )?
    .execute((id, run, &reading.text, &reading.failure, serde_json::to_string(&reading.warnings)?))?;
    Ok(())
}

/// What came of reading the document, and for which run.
///
/// # Errors
/// Those of the database.
pub fn reading(conn: &Connection, id: Id<Resume>) -> Result<Option<(i64, Reading)>> {
    Ok(conn
        .prepare_cached(
            "SELECT c.read_run, r.pages, c.text, c.failure, c.warnings
             FROM resume_contents c JOIN resumes r ON r.id = c.resume_id WHERE c.resume_id = ?1",
        )?
        .query_row([id], |row| {
            let warnings = json(row, "warnings")?;
            let reading =
                Reading { pages: row.get("pages")?, text: row.get("text")?, failure: row.get("failure")?, warnings };
            Ok((row.get("read_run")?, reading))
        })
        .optional()?)
}

fn stored_result<T: DeserializeOwned>(conn: &Connection, id: Id<Resume>) -> Result<Option<T>> {
    let text: Option<Option<String>> = conn
        .prepare_cached("SELECT result FROM resume_contents WHERE resume_id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(text.flatten().map(|it| serde_json::from_str(&it)).transpose()?)
}

/// The whole result of the last analysis that ended.
///
/// # Errors
/// Those of the database.
pub fn result(conn: &Connection, id: Id<Resume>) -> Result<Option<Map<String, Value>>> {
    stored_result(conn, id)
}

/// The part of a result that is compared, if this is a completed résumé of this person.
///
/// # Errors
/// Those of the database.
pub fn compared(conn: &Connection, id: Id<Resume>, user: Id<User>) -> Result<Option<Compared>> {
    match one(conn, "r.id = ?1 AND r.user_id = ?2 AND r.analysis_status = 'completed'", (id, user))? {
        Some(resume) => stored_result(conn, resume.id),
        None => Ok(None),
    }
}

/// Begins the next run, which waits; its number.
///
/// # Errors
/// Those of the database.
pub fn renew(tx: &Tx<'_>, id: Id<Resume>) -> Result<i64> {
    Ok(tx
        .prepare_cached(
            "UPDATE resumes SET run = run + 1, analysis_status = 'pending', reason = NULL, queued_at = ?2, updated_at = ?2
             WHERE id = ?1 RETURNING run",
        )?
        .query_row((id, tx.now()), |row| row.get(0))?)
}

/// Notes that the run has begun.
///
/// # Errors
/// Those of the database.
pub fn set_analyzing(tx: &Tx<'_>, id: Id<Resume>) -> Result<()> {
    tx.prepare_cached(
        "UPDATE resumes SET analysis_status = 'analyzing', updated_at = ?2 WHERE id = ?1 AND analysis_status = 'pending'",
    )?
    .execute((id, tx.now()))?;
    Ok(())
}

/// The figures that lists show of a result.
pub struct Figures<'a> {
    /// How it ended.
    pub status: Status,
    /// Why there is no result.
    pub reason: Option<&'a str>,
    /// JSON of the skills by name.
    pub extracted_skills: String,
    /// JSON of the names of the gaps.
    pub skill_gaps: String,
    /// By years of work.
    pub experience_level: Option<&'a str>,
    /// 0–100.
    pub skill_score: Option<f64>,
    /// 0–100.
    pub total_score: Option<u32>,
    /// What made the result.
    pub model_version: &'a str,
}

/// Ends a run with this result.
///
/// # Errors
/// Those of the database.
pub fn set_result(tx: &Tx<'_>, id: Id<Resume>, figures: &Figures<'_>, whole: &str) -> Result<()> {
    tx.prepare_cached(
        "UPDATE resumes SET analysis_status = :status, reason = :reason, extracted_skills = :skills, skill_gaps = :gaps,
             experience_level = :level, skill_score = :skill_score, total_score = :total_score, model_version = :model,
             analyzed_at = :now, seen_at = :now, updated_at = :now
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id, ":status": figures.status, ":reason": figures.reason, ":skills": figures.extracted_skills,
        ":gaps": figures.skill_gaps, ":level": figures.experience_level, ":skill_score": figures.skill_score,
        ":total_score": figures.total_score, ":model": figures.model_version, ":now": tx.now(),
    })?;
    tx.prepare_cached("UPDATE resume_contents SET result = ?2 WHERE resume_id = ?1")?.execute((id, whole))?;
    Ok(())
}

/// Notes that its owner looked at it.
///
/// # Errors
/// Those of the database.
pub fn set_seen(tx: &Tx<'_>, id: Id<Resume>) -> Result<()> {
    tx.prepare_cached("UPDATE resumes SET seen_at = ?2 WHERE id = ?1")?.execute((id, tx.now()))?;
    Ok(())
}

/// Removes the row and its text.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<Resume>) -> Result<()> {
    tx.prepare_cached("DELETE FROM resumes WHERE id = ?1")?.execute([id])?;
    Ok(())
}

fn ids(conn: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Id<Resume>>> {
    rows::all(conn, sql, values, |row| row.get(0))
}

/// Every résumé of a person.
///
/// # Errors
/// Those of the database.
pub fn of_user(conn: &Connection, user: Id<User>) -> Result<Vec<Id<Resume>>> {
    ids(conn, "SELECT id FROM resumes WHERE user_id = ?1", [user])
}

/// Those that were asked for before this moment and have not ended, oldest first.
///
/// # Errors
/// Those of the database.
pub fn stale(conn: &Connection, before: Timestamp) -> Result<Vec<Id<Resume>>> {
    ids(
        conn,
        "SELECT id FROM resumes WHERE analysis_status IN ('pending', 'analyzing') AND queued_at < ?1 ORDER BY queued_at",
        [before],
    )
}

/// Those that ended under another version of the analysis.
///
/// # Errors
/// Those of the database.
pub fn of_other_version(conn: &Connection, version: &str) -> Result<Vec<Id<Resume>>> {
    ids(
        conn,
        "SELECT id FROM resumes WHERE analysis_status NOT IN ('pending', 'analyzing') AND model_version IS NOT ?1 ORDER BY id",
        [version],
    )
}

/// Those that failed and were not looked at since this moment, and those of accounts whose time to be erased is over.
///
/// # Errors
/// Those of the database.
pub fn left_over(conn: &Connection, unseen_since: Timestamp, now: Timestamp) -> Result<Vec<Id<Resume>>> {
    ids(
        conn,
        "SELECT id FROM resumes WHERE analysis_status = 'failed' AND seen_at < ?1
         UNION SELECT r.id FROM users u JOIN resumes r ON r.user_id = u.id WHERE u.erase_at < ?2",
        (unseen_since, now),
    )
}

/// How many open jobs ask for each skill, by its name; skills that none asks for are left out.
///
/// # Errors
/// Those of the database.
pub fn demand(conn: &Connection) -> Result<HashMap<String, i64>> {
    rows::all(conn, "SELECT name, job_demand FROM skills WHERE job_demand > 0", [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// The names of all stored files that a row names.
///
/// # Errors
/// Those of the database.
pub fn files(conn: &Connection) -> Result<HashSet<String>> {
    rows::all(conn, "SELECT file FROM resumes", [], |row| row.get(0))
}
