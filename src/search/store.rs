//! The index, and the rows that it is made of.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row};

use super::model::{Document, Filters, Findable, Nearness, Text};
use crate::{
    community::{self, Sight},
    courses, jobs, mentors,
    platform::{
        clock::Timestamp,
        db::Tx,
        error::Result,
        list::{Select, Slice},
    },
    profiles, projects, skills,
};

/// What is known of a document besides its words.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is shown as.
    pub title: String,
    /// What newer means.
    pub at: Timestamp,
    /// When it stops to be found.
    pub until: Option<Timestamp>,
}

/// The rows of a kind that a stranger may find, of those whose ids are in the JSON array `?1`, as documents.
const fn documents_of(kind: Findable) -> &'static str {
    match kind {
        Findable::Jobs => {
            "SELECT j.id, j.title AS shown, j.title, j.company_name AS names,
                 (SELECT group_concat(s.name, ', ' ORDER BY a.position) FROM job_skills a JOIN skills s ON s.id = a.skill_id
                  WHERE a.job_id = j.id) AS skills,
                 j.location || char(10) || j.description AS text, j.posted_at AS at, j.deadline AS until
             FROM job_opportunities j
             WHERE j.status = 'active' AND j.deleted_at IS NULL AND j.is_away = 0 AND j.id IN (SELECT value FROM json_each(?1))"
        }
        Findable::Courses => {
            "SELECT c.id, c.title AS shown, c.title, c.category AS names,
                 (SELECT group_concat(s.name, ', ' ORDER BY a.position)
                  FROM course_skills a JOIN skills s ON s.id = a.skill_id WHERE a.course_id = c.id) AS skills,
                 c.description AS text, c.created_at AS at, NULL AS until
             FROM courses c
             WHERE c.status = 'active' AND c.deleted_at IS NULL AND c.id IN (SELECT value FROM json_each(?1))"
        }
        Findable::Projects => {
            "SELECT p.id, p.title AS shown, p.title, p.category AS names,
                 (SELECT group_concat(s.name, ', ' ORDER BY a.position)
                  FROM project_skills a JOIN skills s ON s.id = a.skill_id WHERE a.project_id = p.id) AS skills,
                 p.description || char(10) || p.requirements AS text, p.created_at AS at, NULL AS until
             FROM projects p
             WHERE p.status = 'active' AND p.deleted_at IS NULL AND p.id IN (SELECT value FROM json_each(?1))"
        }
        Findable::Mentors => {
            "SELECT m.id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username) AS shown, u.title,
                 u.username || ' ' || u.first_name || ' ' || u.last_name AS names,
                 (SELECT group_concat(s.name, ', ' ORDER BY a.position)
                  FROM mentor_skills a JOIN skills s ON s.id = a.skill_id WHERE a.mentor_id = m.id) AS skills,
                 m.bio AS text, m.created_at AS at, NULL AS until
             FROM mentors m JOIN users u ON u.id = m.user_id
             WHERE m.status = 'approved' AND u.is_active = 1 AND m.id IN (SELECT value FROM json_each(?1))"
        }
        Findable::Posts => {
            "SELECT p.id, p.title AS shown, p.title,
                 (SELECT coalesce(group_concat(value, ', '), '') FROM json_each(p.tags)) AS names, '' AS skills,
                 p.content AS text, p.created_at AS at, NULL AS until
             FROM community_posts p WHERE p.is_visible = 1 AND p.id IN (SELECT value FROM json_each(?1))"
        }
        Findable::Users => {
            "SELECT u.id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username) AS shown, u.title,
                 u.username || ' ' || u.first_name || ' ' || u.last_name AS names,
                 (SELECT group_concat(s.name, ', ' ORDER BY h.level_rank DESC, s.name)
                  FROM user_skills h JOIN skills s ON s.id = h.skill_id WHERE h.user_id = u.id) AS skills,
                 u.location || char(10) || u.bio AS text, u.created_at AS at, NULL AS until
             FROM users u WHERE u.is_active = 1 AND u.id IN (SELECT value FROM json_each(?1))"
        }
        Findable::Skills => {
            "SELECT s.id, s.name AS shown, '' AS title,
                 s.name || ', ' || (SELECT coalesce(group_concat(value, ', '), '') FROM json_each(s.synonyms)) AS names,
                 '' AS skills, s.description AS text, s.created_at AS at, NULL AS until
             FROM skills s WHERE s.id IN (SELECT value FROM json_each(?1))"
        }
    }
}

/// The table whose rows the documents of a kind are.
const fn table_of(kind: Findable) -> &'static str {
    match kind {
        Findable::Jobs => "job_opportunities",
        Findable::Courses => "courses",
        Findable::Projects => "projects",
        Findable::Mentors => "mentors",
        Findable::Posts => "community_posts",
        Findable::Users => "users",
        Findable::Skills => "skills",
    }
}

fn document(row: &Row<'_>) -> rusqlite::Result<(i64, Entry, Text)> {
    let entry = Entry { title: row.get("shown")?, at: row.get("at")?, until: row.get("until")? };
    let text = Text {
        title: row.get("title")?,
        names: row.get("names")?,
        skills: row.get::<_, Option<String>>("skills")?.unwrap_or_default(),
        text: row.get("text")?,
    };
    Ok((row.get("id")?, entry, text))
}

/// Those of these documents that a stranger may find, as their rows say at this moment. One query for each kind among them.
///
/// # Errors
/// Those of the database.
pub fn read(conn: &Connection, documents: &[Document]) -> Result<HashMap<Document, (Entry, Text)>> {
    let mut found = HashMap::with_capacity(documents.len());
    for &kind in Findable::ALL {
        let ids: Vec<i64> = documents.iter().filter(|it| it.kind == kind).map(|it| it.id).collect();
        if !ids.is_empty() {
            let mut statement = conn.prepare_cached(documents_of(kind))?;
            for row in statement.query_map([serde_json::to_string(&ids)?], document)? {
                let (id, entry, text) = row?;
                found.insert(Document { kind, id }, (entry, text));
            }
        }
    }
    Ok(found)
}

/// Documents whose rows changed since they were made, at most so many.
///
/// # Errors
/// Those of the database.
pub fn changed(conn: &Connection, most: usize) -> Result<Vec<Document>> {
    let mut statement = conn.prepare_cached("SELECT kind, id FROM search_changes LIMIT ?1")?;
    let mut rows = statement.query([i64::try_from(most).unwrap_or(i64::MAX)])?;
    let mut changed = vec![];
    while let Some(row) = rows.next()? {
        let kind: i64 = row.get(0)?;
        let kind = Findable::of_number(kind).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, kind))?;
        changed.push(Document { kind, id: row.get(1)? });
    }
    Ok(changed)
}

/// Takes documents out of the index, and their marks off.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, documents: &[Document]) -> Result<()> {
    let mut words = tx.prepare_cached("DELETE FROM search_index WHERE rowid = ?1")?;
    let mut entry = tx.prepare_cached("DELETE FROM search_entries WHERE document = ?1")?;
    let mut mark = tx.prepare_cached("DELETE FROM search_changes WHERE kind = ?1 AND id = ?2")?;
    for it in documents {
        if entry.execute([it.number()])? > 0 {
            words.execute([it.number()])?;
        }
        mark.execute((it.kind.number(), it.id))?;
    }
    Ok(())
}

/// Takes a document into the index.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, document: Document, entry: &Entry, text: &Text) -> Result<()> {
    tx.prepare_cached("INSERT INTO search_entries (document, title, at, until) VALUES (?1, ?2, ?3, ?4)")?.execute((
        document.number(),
        &entry.title,
        entry.at,
        entry.until,
    ))?;
    tx.prepare_cached("INSERT INTO search_index (rowid, title, names, skills, text) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((document.number(), &text.title, &text.names, &text.skills, &text.text))?;
    Ok(())
}

/// Notes words that documents hold.
///
/// # Errors
/// Those of the database.
pub fn insert_words(tx: &Tx<'_>, words: &HashSet<String>) -> Result<()> {
    let mut insert = tx.prepare_cached("INSERT OR IGNORE INTO search_words (length, word) VALUES (?1, ?2)")?;
    for word in words {
        insert.execute((i64::try_from(word.chars().count()).unwrap_or(i64::MAX), word))?;
    }
    Ok(())
}

/// Empties the index.
///
/// # Errors
/// Those of the database.
pub fn delete_all(tx: &Tx<'_>) -> Result<()> {
    tx.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')", [])?;
    tx.execute("DELETE FROM search_entries", [])?;
    tx.execute("DELETE FROM search_words", [])?;
    tx.execute("UPDATE search_state SET is_whole = 0", [])?;
    Ok(())
}

/// Marks the rows of a kind behind this id as changed, at most so many; the last of them.
///
/// # Errors
/// Those of the database.
pub fn mark(tx: &Tx<'_>, kind: Findable, after: i64, most: i64) -> Result<Option<i64>> {
    let table = table_of(kind);
    tx.execute(
        &format!("INSERT OR IGNORE INTO search_changes SELECT ?1, id FROM {table} WHERE id > ?2 ORDER BY id LIMIT ?3"),
        (kind.number(), after, most),
    )?;
    let sql = format!("SELECT max(id) FROM (SELECT id FROM {table} WHERE id > ?1 ORDER BY id LIMIT ?2)");
    Ok(tx.query_row(&sql, (after, most), |row| row.get(0))?)
}

/// Whether there is a document of every row that a stranger may find: not in an instance that had rows before it had an
/// index, nor while that is rebuilt.
///
/// # Errors
/// Those of the database.
pub fn is_whole(conn: &Connection) -> Result<bool> {
    Ok(conn.query_row("SELECT is_whole FROM search_state", [], |row| row.get(0))?)
}

/// Notes that there is a document of every row.
///
/// # Errors
/// Those of the database.
pub fn set_whole(tx: &Tx<'_>) -> Result<()> {
    tx.execute("UPDATE search_state SET is_whole = 1", [])?;
    Ok(())
}

/// A document that was found.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// Which one.
    pub document: Document,
    /// How near it is to what was typed.
    pub nearness: Nearness,
    /// BM25 by the weights of its columns, more is better.
    pub rank: f64,
    /// What newer means.
    pub at: Timestamp,
}

/// The documents that an expression finds, of each kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reach {
    /// How many there are, at whatever moment.
    pub total: usize,
    /// For each kind by its number, from which document on they are the newest so many.
    newest: [i64; Findable::ALL.len()],
}

/// How far an expression reaches: one pass over the numbers of what it finds, newest first, which costs a fraction of weighing
/// them.
///
/// # Errors
/// Those of the database.
pub fn reach(conn: &Connection, expression: &str, most_of_a_kind: usize) -> Result<Reach> {
    let sql = "SELECT rowid FROM search_index WHERE search_index MATCH ?1 ORDER BY rowid DESC";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([expression])?;
    let (mut reach, mut seen) = (Reach::default(), [0; Findable::ALL.len()]);
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        let Some(kind) = Document::of_number(number).and_then(|it| usize::try_from(it.kind.number()).ok()) else {
            continue;
        };
        reach.total += 1;
        if seen[kind] < most_of_a_kind {
            seen[kind] += 1;
            reach.newest[kind] = number;
        }
    }
    Ok(reach)
}

/// The documents that an expression finds at this moment, of each kind the newest ones within its reach.
///
/// # Errors
/// Those of the database.
pub fn matches(
    conn: &Connection,
    expression: &str,
    reach: &Reach,
    nearness: Nearness,
    now: Timestamp,
) -> Result<Vec<Match>> {
    // Conditions come before columns: only what is within reach is weighed.
    let mut statement = conn.prepare_cached(
        "SELECT i.rowid, -bm25(search_index, 8.0, 5.0, 4.0, 1.0), e.at
         FROM search_index i CROSS JOIN search_entries e ON e.document = i.rowid
         WHERE search_index MATCH ?1 AND i.rowid >= CASE i.rowid >> 48 WHEN 0 THEN ?3 WHEN 1 THEN ?4 WHEN 2 THEN ?5
             WHEN 3 THEN ?6 WHEN 4 THEN ?7 WHEN 5 THEN ?8 ELSE ?9 END
             AND (e.until IS NULL OR e.until > ?2)",
    )?;
    let [posts, jobs, users, courses, projects, mentors, skills] = reach.newest;
    let mut rows = statement.query((expression, now, posts, jobs, users, courses, projects, mentors, skills))?;
    let mut found = Vec::with_capacity(reach.total.min(16_384));
    while let Some(row) = rows.next()? {
        if let Some(document) = Document::of_number(row.get(0)?) {
            found.push(Match { document, nearness, rank: row.get(1)?, at: row.get(2)? });
        }
    }
    Ok(found)
}

/// What these documents are shown as.
///
/// # Errors
/// Those of the database.
pub fn titles(conn: &Connection, documents: impl Iterator<Item = Document>) -> Result<HashMap<Document, String>> {
    let mut statement = conn.prepare_cached(
        "SELECT e.document, e.title FROM json_each(?1) l CROSS JOIN search_entries e ON e.document = l.value",
    )?;
    let numbers: Vec<i64> = documents.map(Document::number).collect();
    let mut rows = statement.query([serde_json::to_string(&numbers)?])?;
    let mut titles = HashMap::with_capacity(numbers.len());
    while let Some(row) = rows.next()? {
        if let Some(document) = Document::of_number(row.get(0)?) {
            titles.insert(document, row.get(1)?);
        }
    }
    Ok(titles)
}

/// Shows every word of these lengths, at most so many.
///
/// # Errors
/// Those of the database.
pub fn each_word(
    conn: &Connection,
    lengths: std::ops::RangeInclusive<usize>,
    most: i64,
    mut see: impl FnMut(&str),
) -> Result<()> {
    let mut statement = conn.prepare_cached("SELECT word FROM search_words WHERE length BETWEEN ?1 AND ?2 LIMIT ?3")?;
    let bound = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
    let mut rows = statement.query((bound(*lengths.start()), bound(*lengths.end()), most))?;
    while let Some(row) = rows.next()? {
        see(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
    }
    Ok(())
}

/// How many documents hold this folded word.
///
/// # Errors
/// Those of the database.
pub fn count_holding(conn: &Connection, word: &str) -> Result<i64> {
    let mut statement = conn.prepare_cached("SELECT doc FROM search_terms WHERE term = ?1")?;
    Ok(statement.query_row([word], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// What the filters of a kind leave, as its own list says it to a stranger; none where it was not chosen by name.
fn filtered(
    conn: &Connection,
    kind: Findable,
    filters: &Filters,
    slice: &Slice,
    now: Timestamp,
) -> Result<Option<Select>> {
    Ok(match kind {
        Findable::Jobs => match &filters.jobs {
            Some(it) => Some(jobs::store::select(
                it,
                slice,
                skills::store::resolve_filter(conn, it.skill.as_ref())?,
                None,
                now,
            )?),
            None => None,
        },
        Findable::Courses => match &filters.courses {
            Some(it) => Some(courses::store::select(
                it,
                slice,
                skills::store::resolve_filter(conn, it.skill.as_ref())?,
                None,
                false,
            )?),
            None => None,
        },
        Findable::Projects => match &filters.projects {
            Some(it) => Some(projects::store::select(
                it,
                slice,
                skills::store::resolve_filter(conn, it.skill.as_ref())?,
                None,
                false,
            )?),
            None => None,
        },
        Findable::Mentors => match &filters.mentors {
            Some(it) => {
                Some(mentors::store::select(it, slice, skills::store::resolve_filter(conn, it.skill.as_ref())?)?)
            }
            None => None,
        },
        Findable::Posts => {
            let stranger = Sight { caller: None, moderates: false };
            filters.posts.as_ref().map(|it| community::store::select(it, slice, stranger)).transpose()?
        }
        Findable::Users => filters.users.as_ref().map(|it| profiles::store::select(conn, it, slice)).transpose()?,
        Findable::Skills => filters.skills.as_ref().map(|it| skills::store::select(it, slice)).transpose()?,
    })
}

/// Leaves of what was found what the filters of the chosen kinds leave.
///
/// # Errors
/// 400 for a skill that does not exist.
pub fn narrow(
    conn: &Connection,
    filters: &Filters,
    slice: &Slice,
    found: &mut Vec<Match>,
    now: Timestamp,
) -> Result<()> {
    for &kind in Findable::ALL {
        if let Some(select) = filtered(conn, kind, filters, slice, now)? {
            let ids: Vec<i64> =
                found.iter().map(|it| it.document).filter(|it| it.kind == kind).map(|it| it.id).collect();
            let left: HashSet<i64> = select.among(&ids)?.rows(conn, i64::MAX, |row| row.get(0))?.into_iter().collect();
            found.retain(|it| it.document.kind != kind || left.contains(&it.document.id));
        }
    }
    Ok(())
}
