//! The rows of held skills and endorsements.

use rusqlite::{Connection, OptionalExtension, Row};

use super::{Endorsement, Source, UserSkill, UserSkillDraft, UserSkillFilter};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, NoFilter, Order, Page, Select},
        rows,
    },
    skills::{ProficiencyLevel, Skill, SkillRef},
    users::{User, UserRef},
};

const FROM: &str = "user_skills h JOIN skills s ON s.id = h.skill_id JOIN users u ON u.id = h.user_id";

fn columns() -> String {
    format!(
        "h.id, h.proficiency_level, h.years_of_experience, h.endorsements_count, h.source, h.created_at, h.updated_at,
         {}, {}",
        SkillRef::COLUMNS,
        UserRef::COLUMNS
    )
}

fn user_skill(row: &Row<'_>) -> rusqlite::Result<UserSkill> {
    Ok(UserSkill {
        id: row.get("id")?,
        user: UserRef::read(row)?,
        skill: SkillRef::read(row)?,
        proficiency_level: row.get("proficiency_level")?,
        years_of_experience: row.get("years_of_experience")?,
        endorsements_count: row.get("endorsements_count")?,
        source: row.get("source")?,
        last_updated: row.get("updated_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// A part of the skills of one person, in the order asked for or this one.
///
/// # Errors
/// As [`Select::page`].
pub fn list(
    conn: &Connection,
    user: Id<User>,
    listing: &Listing<UserSkillFilter>,
    default: &str,
) -> Result<Page<UserSkill>> {
    let Listing { filter, slice } = listing;
    let orders = [
        Order::by("proficiency_level", "h.level_rank"),
        Order::by("skill", "s.name"),
        Order::by("endorsements_count", "h.endorsements_count"),
        Order::by("years_of_experience", "h.years_of_experience"),
    ];
    Select::new(&columns(), FROM, "h.id")
        .and("h.user_id = ?", &[&user])?
        .and_any("h.proficiency_level", &filter.proficiency_level)?
        .and_any("s.category", &filter.category)?
        .dated("h.created_at", slice)?
        .search(&["s.name"], slice)?
        .order(slice, &orders, default)?
        .page(conn, slice, user_skill)
}

/// The held skill with this id, if its holder's account is in use.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<UserSkill>) -> Result<UserSkill> {
    conn.prepare_cached(&format!("SELECT {} FROM {FROM} WHERE h.id = ?1 AND u.is_active = 1", columns()))?
        .query_row([id], user_skill)
        .optional()?
        .ok_or(Error::NotFound("skill of a person"))
}

/// This skill of this person.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, user: Id<User>, skill: Id<Skill>) -> Result<Option<UserSkill>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {} FROM {FROM} WHERE h.user_id = ?1 AND h.skill_id = ?2", columns()))?
        .query_row((user, skill), user_skill)
        .optional()?)
}

/// Those of these rows that belong to this person.
///
/// # Errors
/// Those of the database.
pub fn of(conn: &Connection, user: Id<User>, ids: &[Id<UserSkill>]) -> Result<Vec<UserSkill>> {
    Select::new(&columns(), FROM, "h.id")
        .and("h.user_id = ?", &[&user])?
        .and("h.id IN (SELECT value FROM json_each(?))", &[&serde_json::to_string(ids)?])?
        .rows(conn, i64::MAX, user_skill)
}

/// A skill of a person, as others weigh it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The skill.
    pub skill: SkillRef,
    /// How well they know it.
    pub level: ProficiencyLevel,
}

/// Every skill of a person, best first.
///
/// # Errors
/// Those of the database.
pub fn held(conn: &Connection, user: Id<User>) -> Result<Vec<Held>> {
    let sql = format!(
        "SELECT {}, h.proficiency_level FROM user_skills h JOIN skills s ON s.id = h.skill_id
         WHERE h.user_id = ?1 ORDER BY h.level_rank DESC, h.endorsements_count DESC, h.id",
        SkillRef::COLUMNS
    );
    rows::all(conn, &sql, [user], |row| Ok(Held { skill: SkillRef::read(row)?, level: row.get("proficiency_level")? }))
}

/// How many skills a person holds.
///
/// # Errors
/// Those of the database.
pub fn count(conn: &Connection, user: Id<User>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM user_skills WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))?)
}

/// Gives a person a skill that they do not hold.
///
/// # Errors
/// Those of the database.
pub fn insert(
    tx: &Tx<'_>,
    user: Id<User>,
    skill: Id<Skill>,
    it: UserSkillDraft,
    source: Source,
) -> Result<Id<UserSkill>> {
    tx.prepare_cached(
        "INSERT INTO user_skills (user_id, skill_id, proficiency_level, years_of_experience, source, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) RETURNING id",
    )?
    .query_row((user, skill, it.proficiency_level, it.years_of_experience, source, tx.now()), |row| row.get(0))
    .map_err(Error::from)
}

/// Writes level and years.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<UserSkill>, it: UserSkillDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE user_skills SET proficiency_level = ?2, years_of_experience = ?3, updated_at = ?4 WHERE id = ?1",
    )?
    .execute((id, it.proficiency_level, it.years_of_experience, tx.now()))?;
    Ok(())
}

/// Those who hold a skill.
///
/// # Errors
/// Those of the database.
pub fn holders(conn: &Connection, skill: Id<Skill>) -> Result<Vec<UserSkill>> {
    Select::new(&columns(), FROM, "h.id").and("h.skill_id = ?", &[&skill])?.rows(conn, i64::MAX, user_skill)
}

/// Makes a held skill one of another entry of the catalogue, which its holder does not hold.
///
/// # Errors
/// Those of the database.
pub fn move_to(tx: &Tx<'_>, id: Id<UserSkill>, skill: Id<Skill>) -> Result<()> {
    tx.set("user_skills", id, "skill_id", skill)
}

/// Moves the endorsements of a held skill to another one, but for those of people who vouch for that one too.
///
/// # Errors
/// Those of the database.
pub fn move_endorsements(tx: &Tx<'_>, from: Id<UserSkill>, into: Id<UserSkill>) -> Result<()> {
    tx.prepare_cached(
        "UPDATE skill_endorsements SET user_skill_id = ?2 WHERE user_skill_id = ?1
             AND endorser_id NOT IN (SELECT endorser_id FROM skill_endorsements WHERE user_skill_id = ?2)",
    )?
    .execute((from, into))?;
    Ok(())
}

/// Takes a skill from its holder, with its endorsements.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<UserSkill>) -> Result<()> {
    tx.prepare_cached("DELETE FROM user_skills WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Notes that somebody vouches for a held skill; the endorsement's id, or none when they did already.
///
/// # Errors
/// Those of the database.
pub fn insert_endorsement(tx: &Tx<'_>, id: Id<UserSkill>, endorser: Id<User>) -> Result<Option<i64>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO skill_endorsements (user_skill_id, endorser_id, created_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (user_skill_id, endorser_id) DO NOTHING RETURNING id",
        )?
        .query_row((id, endorser, tx.now()), |row| row.get(0))
        .optional()?)
}

/// Takes an endorsement back; its id, or none when there was none.
///
/// # Errors
/// Those of the database.
pub fn delete_endorsement(tx: &Tx<'_>, id: Id<UserSkill>, endorser: Id<User>) -> Result<Option<i64>> {
    Ok(tx
        .prepare_cached("DELETE FROM skill_endorsements WHERE user_skill_id = ?1 AND endorser_id = ?2 RETURNING id")?
        .query_row((id, endorser), |row| row.get(0))
        .optional()?)
}

/// Who vouches for a held skill.
///
/// # Errors
/// Those of the database.
pub fn endorsers(conn: &Connection, id: Id<UserSkill>) -> Result<Vec<Id<User>>> {
    let sql = "SELECT endorser_id FROM skill_endorsements WHERE user_skill_id = ?1 ORDER BY id";
    rows::all(conn, sql, [id], |row| row.get(0))
}

/// The held skills that somebody vouches for: each row and its holder.
///
/// # Errors
/// Those of the database.
pub fn endorsed_by(conn: &Connection, endorser: Id<User>) -> Result<Vec<(Id<UserSkill>, Id<User>)>> {
    let sql = "SELECT h.id, h.user_id FROM skill_endorsements e JOIN user_skills h ON h.id = e.user_skill_id
         WHERE e.endorser_id = ?1 ORDER BY e.id";
    rows::all(conn, sql, [endorser], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// A part of those who vouch for a held skill and whose accounts are in use.
///
/// # Errors
/// As [`Select::page`].
pub fn endorsements(conn: &Connection, id: Id<UserSkill>, listing: &Listing<NoFilter>) -> Result<Page<Endorsement>> {
    let slice = &listing.slice;
    let columns = format!("e.created_at, {}", UserRef::COLUMNS);
    Select::new(&columns, "skill_endorsements e JOIN users u ON u.id = e.endorser_id", "e.id")
        .and("e.user_skill_id = ? AND u.is_active = 1", &[&id])?
        .dated("e.created_at", slice)?
        .order(slice, &[Order::by("created_at", "e.created_at")], "-created_at")?
        .page(conn, slice, |row| Ok(Endorsement { user: UserRef::read(row)?, created_at: row.get("created_at")? }))
}

/// Rebuilds the kept numbers of holders and endorsements; how many were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    const HOLDERS: &str = "(SELECT count(*) FROM user_skills WHERE skill_id = skills.id)";
    const ENDORSEMENTS: &str = "(SELECT count(*) FROM skill_endorsements WHERE user_skill_id = user_skills.id)";
    let holders = tx.execute(&format!("UPDATE skills SET users = {HOLDERS} WHERE users <> {HOLDERS}"), [])?;
    let endorsements = tx.execute(
        &format!(
            "UPDATE user_skills SET endorsements_count = {ENDORSEMENTS} WHERE endorsements_count <> {ENDORSEMENTS}"
        ),
        [],
    )?;
    Ok(holders + endorsements)
}
