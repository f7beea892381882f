//! The rows of the catalogue, its names and the suggestions for it.

use rusqlite::{Connection, OptionalExtension, Row, types::Type};

use super::{
    Category, CategoryCount, Distribution, ProficiencyLevel, Skill, SkillDraft, SkillFilter, SkillRef, SkillSuggestion,
    Statistics, SuggestionDraft, SuggestionFilter, SuggestionStatus, Trend, model::name_key,
};
use crate::{
    analysis::CatalogueSkill,
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Constraint as _, Error, Result},
        fields::{Fields, Input, Read, Reference, id, reference},
        id::Id,
        list::{Listing, Order, Page, Select, Slice},
        rows,
    },
    users::{User, UserRef},
};

pub use super::user_skills::store::{Held, held, recount};

const SKILL: &str =
    "s.id, s.name, s.category, s.description, s.synonyms, s.users, s.job_demand, s.created_at, s.updated_at";

fn skill(row: &Row<'_>) -> rusqlite::Result<Skill> {
    Ok(Skill {
        id: row.get("id")?,
        name: row.get("name")?,
        category: row.get("category")?,
        description: row.get("description")?,
        synonyms: synonyms(row)?,
        users: row.get("users")?,
        job_demand: row.get("job_demand")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn synonyms(row: &Row<'_>) -> rusqlite::Result<Vec<String>> {
    let json: String = row.get("synonyms")?;
    serde_json::from_str(&json).map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, e.into()))
}

/// A part of the catalogue.
///
/// # Errors
/// As [`Select::page`].
pub fn list(conn: &Connection, listing: &Listing<SkillFilter>) -> Result<Page<Skill>> {
    let Listing { filter, slice } = listing;
    let orders = [Order::by("name", "s.name"), Order::by("users", "s.users"), Order::by("job_demand", "s.job_demand")];
    select(filter, slice)?.order(slice, &orders, "name")?.page(conn, slice, skill)
}

/// The skills that these filters leave, before they are ordered.
///
/// # Errors
/// None in practice: the filters have an SQL form.
pub fn select(filter: &SkillFilter, slice: &Slice) -> Result<Select> {
    Select::new(SKILL, "skills s", "s.id")
        .and_any("s.category", &filter.category)?
        .dated("s.created_at", slice)?
        .search_index("skills_fts", slice)
}

/// The skill with this id.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<Skill>) -> Result<Skill> {
    conn.prepare_cached(&format!("SELECT {SKILL} FROM skills s WHERE s.id = ?1"))?
        .query_row([id], skill)
        .optional()?
        .ok_or(Error::NotFound("skill"))
}

/// The skill of this name or synonym, in any case.
///
/// # Errors
/// Those of the database.
pub fn find_by_name(conn: &Connection, name: &str) -> Result<Option<SkillRef>> {
    let columns = SkillRef::COLUMNS;
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {columns} FROM skill_names n JOIN skills s ON s.id = n.skill_id WHERE n.key = ?1"
        ))?
        .query_row([name_key(name)], SkillRef::read)
        .optional()?)
}

/// The skill that is meant, by id or by name.
///
/// # Errors
/// Those of the database.
pub fn resolve(conn: &Connection, reference: &Reference<Skill>) -> Result<Option<SkillRef>> {
    match reference {
        Reference::Name(name) => find_by_name(conn, name),
        Reference::Id(id) => Ok(conn
            .prepare_cached(&format!("SELECT {} FROM skills s WHERE s.id = ?1", SkillRef::COLUMNS))?
            .query_row([id], SkillRef::read)
            .optional()?),
    }
}

/// The skill that is meant in the field or filter of this name.
///
/// # Errors
/// 400 on that field when there is none.
pub fn resolve_in(conn: &Connection, field: &str, reference: &Reference<Skill>) -> Result<SkillRef> {
    resolve(conn, reference)?.ok_or_else(|| Error::field(field, unknown(reference)))
}

/// The sentence for a skill that does not exist.
pub fn unknown(reference: &Reference<Skill>) -> String {
    match reference {
        Reference::Id(id) => format!("There is no skill with the id {id}."),
        Reference::Name(name) => format!("There is no skill named {name}."),
    }
}

/// A skill by id, by name, or nested as answers show it, so that what was read can be sent back.
fn named(input: Input<'_>) -> Read<Reference<Skill>> {
    match input.json().get("id") {
        Some(nested) => id(Input::of(nested)).map(Reference::Id),
        None => reference(input),
    }
}

/// Reads an array of skills, each by id or name, at most `most`; unknown ones are faults of the field. What is left out
/// keeps `slot`, null empties it, repeats count once.
///
/// # Errors
/// Those of the database.
pub fn read_references(
    conn: &Connection,
    body: &mut Fields,
    field: &str,
    most: usize,
    slot: &mut Vec<SkillRef>,
) -> Result<()> {
    if !body.has(field) {
        return Ok(());
    }
    let mut wanted = vec![];
    body.several(field, &mut wanted, most, named);
    slot.clear();
    for reference in &wanted {
        match resolve(conn, reference)? {
            Some(skill) if !slot.contains(&skill) => slot.push(skill),
            Some(_) => {}
            None => body.fault(field, unknown(reference)),
        }
    }
    Ok(())
}

/// The skill that a list is to be of, if one is named.
///
/// # Errors
/// 400 when there is none of that id or name.
pub fn resolve_filter(conn: &Connection, named: Option<&Reference<Skill>>) -> Result<Option<Id<Skill>>> {
    named.map(|it| resolve_in(conn, "skill", it).map(|it| it.id)).transpose()
}

/// Lets the rows of this table that name `from` in their `skill_id` name `into`.
///
/// # Errors
/// Those of the database.
pub fn merge_in(tx: &Tx<'_>, table: &str, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    tx.execute(&format!("UPDATE OR IGNORE {table} SET skill_id = ?2 WHERE skill_id = ?1"), (from, into))?;
    tx.execute(&format!("DELETE FROM {table} WHERE skill_id = ?1"), [from])?;
    Ok(())
}

/// Every skill, for the analysis of résumés, by id.
///
/// # Errors
/// Those of the database.
pub fn all(conn: &Connection) -> Result<Vec<CatalogueSkill>> {
    let sql = "SELECT name, category, description, synonyms, context FROM skills ORDER BY id";
    rows::all(conn, sql, [], |row| {
        Ok(CatalogueSkill {
            name: row.get("name")?,
            category: row.get("category")?,
            description: row.get("description")?,
            synonyms: synonyms(row)?,
            context: row.get("context")?,
        })
    })
}

/// Whether the catalogue has no skill at all.
///
/// # Errors
/// Those of the database.
pub fn is_empty(conn: &Connection) -> Result<bool> {
    Ok(conn.query_row("SELECT NOT EXISTS (SELECT 1 FROM skills)", [], |row| row.get(0))?)
}

/// Adds a skill whose names are free.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, it: &SkillDraft, context: bool) -> Result<Id<Skill>> {
    let id = tx
        .prepare_cached(
            "INSERT INTO skills (name, category, description, synonyms, context, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) RETURNING id",
        )?
        .query_row(
            (&it.name, it.category, &it.description, serde_json::to_string(&it.synonyms)?, context, tx.now()),
            |row| row.get(0),
        )?;
    write_names(tx, id, it)?;
    Ok(id)
}

/// Writes a skill whose names are free.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Skill>, it: &SkillDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE skills SET name = ?2, category = ?3, description = ?4, synonyms = ?5, updated_at = ?6 WHERE id = ?1",
    )?
    .execute((id, &it.name, it.category, &it.description, serde_json::to_string(&it.synonyms)?, tx.now()))?;
    tx.prepare_cached("DELETE FROM skill_names WHERE skill_id = ?1")?.execute([id])?;
    write_names(tx, id, it)
}

fn write_names(tx: &Tx<'_>, id: Id<Skill>, it: &SkillDraft) -> Result<()> {
    let mut insert = tx.prepare_cached("INSERT INTO skill_names (key, skill_id) VALUES (?1, ?2)")?;
    for name in it.names() {
        insert.execute((name_key(name), id))?;
    }
    Ok(())
}

/// Takes a skill that nothing refers to out of the catalogue.
///
/// # Errors
/// 409 when it is in use.
pub fn delete(tx: &Tx<'_>, id: Id<Skill>) -> Result<()> {
    tx.prepare_cached("DELETE FROM skills WHERE id = ?1")?
        .execute([id])
        .on_foreign_key(Error::conflict("This skill is in use. Merge it into another one instead."))?;
    Ok(())
}

/// Moves the kept number of open jobs that ask for each of these skills.
///
/// # Errors
/// Those of the database.
pub fn move_demand(tx: &Tx<'_>, skills: &[Id<Skill>], delta: i64) -> Result<()> {
    let mut update = tx.prepare_cached("UPDATE skills SET job_demand = max(0, job_demand + ?2) WHERE id = ?1")?;
    for skill in skills {
        update.execute((skill, delta))?;
    }
    Ok(())
}

/// Sets the kept number of open jobs of these skills, and 0 for all others; how many were wrong.
///
/// # Errors
/// Those of the database.
pub fn set_demand(tx: &Tx<'_>, demand: &[(Id<Skill>, i64)]) -> Result<usize> {
    const DEMAND: &str = "coalesce((SELECT value ->> 1 FROM json_each(?1) WHERE value ->> 0 = skills.id), 0)";
    let demand = serde_json::to_string(demand)?;
    Ok(tx.execute(&format!("UPDATE skills SET job_demand = {DEMAND} WHERE job_demand <> {DEMAND}"), [demand])?)
}

/// How many skills each field of work has.
///
/// # Errors
/// Those of the database.
pub fn categories(conn: &Connection) -> Result<Vec<CategoryCount>> {
    let mut count = conn.prepare_cached("SELECT count(*) FROM skills WHERE category = ?1")?;
    Category::ALL
        .iter()
        .map(|&category| Ok(CategoryCount { category, skills: count.query_row([category], |row| row.get(0))? }))
        .collect()
}

/// The skills that most people hold and take up (rules §7), from the newest `since`.
///
/// # Errors
/// Those of the database.
pub fn trending(conn: &Connection, since: Timestamp, limit: i64) -> Result<Vec<Trend>> {
    let sql = format!(
        "WITH gained AS (SELECT skill_id, count(*) AS users FROM user_skills WHERE created_at >= ?1 GROUP BY skill_id)
         SELECT {}, s.users, coalesce(g.users, 0) AS gained, s.users + 3 * coalesce(g.users, 0) AS trend,
             round((SELECT avg(h.endorsements_count) FROM user_skills h WHERE h.skill_id = s.id), 2) AS endorsements
         FROM skills s LEFT JOIN gained g ON g.skill_id = s.id
         WHERE s.users > 0 ORDER BY trend DESC, s.users DESC, s.id LIMIT ?2",
        SkillRef::COLUMNS
    );
    rows::all(conn, &sql, (since, limit), |row| {
        Ok(Trend {
            skill: SkillRef::read(row)?,
            users: row.get("users")?,
            new_users_30_days: row.get("gained")?,
            avg_endorsements: row.get::<_, Option<f64>>("endorsements")?.unwrap_or(0.0),
            trend: row.get("trend")?,
        })
    })
}

/// The figures of one skill.
///
/// # Errors
/// 404.
pub fn statistics(conn: &Connection, id: Id<Skill>) -> Result<Statistics> {
    let job_demand = get(conn, id)?.job_demand;
    let (mut levels, mut total_users, mut endorsements) = (Distribution::default(), 0, 0);
    let mut statement = conn.prepare_cached(
        "SELECT proficiency_level, count(*), sum(endorsements_count) FROM user_skills WHERE skill_id = ?1 GROUP BY 1",
    )?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        let users: i64 = row.get(1)?;
        *levels.at(row.get::<_, ProficiencyLevel>(0)?) = users;
        total_users += users;
        endorsements += row.get::<_, i64>(2)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of people stay far below 2^53")]
    let mean = if total_users == 0 { 0.0 } else { endorsements as f64 / total_users as f64 };
    Ok(Statistics {
        total_users,
        avg_endorsements: (mean * 100.0).round() / 100.0,
        proficiency_distribution: levels,
        job_demand,
    })
}

const SUGGESTIONS: &str =
    "skill_suggestions g JOIN users u ON u.id = g.user_id LEFT JOIN skills s ON s.id = g.skill_id";

fn suggestion_columns() -> String {
    format!(
        "g.id, g.name, g.category, g.why, g.status, g.created_at, g.updated_at, {}, {}",
        UserRef::COLUMNS,
        SkillRef::COLUMNS
    )
}

fn suggestion(row: &Row<'_>) -> rusqlite::Result<SkillSuggestion> {
    let skill: Option<Id<Skill>> = row.get("s_id")?;
    Ok(SkillSuggestion {
        id: row.get("id")?,
        user: UserRef::read(row)?,
        name: row.get("name")?,
        category: row.get("category")?,
        why: row.get("why")?,
        status: row.get("status")?,
        skill: skill.map(|_| SkillRef::read(row)).transpose()?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// A part of what was suggested, by one person or by all.
///
/// # Errors
/// As [`Select::page`].
pub fn suggestions(
    conn: &Connection,
    user: Option<Id<User>>,
    listing: &Listing<SuggestionFilter>,
) -> Result<Page<SkillSuggestion>> {
    let Listing { filter, slice } = listing;
    Select::new(&suggestion_columns(), SUGGESTIONS, "g.id")
        .and_some("g.user_id = ?", user)?
        .and_any("g.status", &filter.status)?
        .dated("g.created_at", slice)?
        .search(&["g.name"], slice)?
        .order(slice, &[Order::by("created_at", "g.created_at"), Order::by("name", "g.name")], "-created_at")?
        .page(conn, slice, suggestion)
}

/// The suggestion with this id.
///
/// # Errors
/// 404.
pub fn suggestion_with(conn: &Connection, id: Id<SkillSuggestion>) -> Result<SkillSuggestion> {
    conn.prepare_cached(&format!("SELECT {} FROM {SUGGESTIONS} WHERE g.id = ?1", suggestion_columns()))?
        .query_row([id], suggestion)
        .optional()?
        .ok_or(Error::NotFound("suggestion"))
}

/// Keeps a suggestion; the id and whether it is new, which it is not when this person made it before.
///
/// # Errors
/// Those of the database.
pub fn insert_suggestion(tx: &Tx<'_>, user: Id<User>, it: &SuggestionDraft) -> Result<(Id<SkillSuggestion>, bool)> {
    let key = name_key(&it.name);
    let added = tx
        .prepare_cached(
            "INSERT INTO skill_suggestions (user_id, name, key, category, why, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT (user_id, key) DO NOTHING",
        )?
        .execute((user, &it.name, &key, it.category, &it.why, tx.now()))?;
    let id = tx
        .prepare_cached("SELECT id FROM skill_suggestions WHERE user_id = ?1 AND key = ?2")?
        .query_row((user, &key), |row| row.get(0))?;
    Ok((id, added > 0))
}

/// Writes what became of every open suggestion of this name, whoever made it.
///
/// # Errors
/// Those of the database.
pub fn settle_suggestions(tx: &Tx<'_>, name: &str, status: SuggestionStatus, skill: Option<Id<Skill>>) -> Result<()> {
    tx.prepare_cached(
        "UPDATE skill_suggestions SET status = ?2, skill_id = ?3, updated_at = ?4 WHERE key = ?1 AND status = 'pending'",
    )?
    .execute((name_key(name), status, skill, tx.now()))?;
    Ok(())
}

/// Lets what was suggested and led to `from` lead to `into`.
///
/// # Errors
/// Those of the database.
pub fn move_suggestions(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    tx.prepare_cached("UPDATE skill_suggestions SET skill_id = ?2, updated_at = ?3 WHERE skill_id = ?1")?.execute((
        from,
        into,
        tx.now(),
    ))?;
    Ok(())
}
