//! What recommendations read beside scores, and the clicks on them.

use rusqlite::Connection;

use super::model::{Click, ClickKind, SkillRecommendation};
use crate::{
    jobs::Job,
    platform::{clock::Timestamp, db::Tx, error::Result, id::Id},
    skills::SkillRef,
    users::User,
};

/// The skills that somebody does not hold, by who holds them and who asks for them.
///
/// # Errors
/// Those of the database.
pub fn skills(conn: &Connection, user: Id<User>, limit: i64) -> Result<Vec<SkillRecommendation>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {}, s.users, s.job_demand FROM skills s
         WHERE s.users + 2 * s.job_demand > 0
             AND NOT EXISTS (SELECT 1 FROM user_skills h WHERE h.user_id = ?1 AND h.skill_id = s.id)
         ORDER BY s.users + 2 * s.job_demand DESC, s.created_at DESC, s.id DESC LIMIT ?2",
        SkillRef::COLUMNS
    ))?;
    let skills = statement.query_map((user, limit), |row| {
        Ok(SkillRecommendation::new(SkillRef::read(row)?, row.get("users")?, row.get("job_demand")?))
    })?;
    Ok(skills.collect::<rusqlite::Result<_>>()?)
}

/// Skills that people with a résumé hold, that this person does not, and that no open posting asks for; most held first. Of
/// each skill the first thousand holders are looked at.
///
/// # Errors
/// Those of the database.
pub fn held_with_resume(conn: &Connection, user: Id<User>, limit: usize) -> Result<Vec<SkillRef>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {} FROM skills s
         WHERE s.job_demand = 0 AND s.users > 0
             AND NOT EXISTS (SELECT 1 FROM user_skills h WHERE h.user_id = ?1 AND h.skill_id = s.id)
             AND EXISTS (SELECT 1 FROM (SELECT user_id FROM user_skills WHERE skill_id = s.id LIMIT 1000) holders
                 WHERE EXISTS (SELECT 1 FROM resumes r WHERE r.user_id = holders.user_id))
         ORDER BY s.users DESC, s.name LIMIT ?2",
        SkillRef::COLUMNS
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let skills = statement.query_map((user, limit), SkillRef::read)?;
    Ok(skills.collect::<rusqlite::Result<_>>()?)
}

/// The skills with these ids.
///
/// # Errors
/// Those of the database.
pub fn named(conn: &Connection, ids: &[Id<crate::skills::Skill>]) -> Result<Vec<SkillRef>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {} FROM json_each(?1) l JOIN skills s ON s.id = l.value ORDER BY l.key",
        SkillRef::COLUMNS
    ))?;
    let skills = statement.query_map([serde_json::to_string(ids)?], SkillRef::read)?;
    Ok(skills.collect::<rusqlite::Result<_>>()?)
}

/// People in use, by id, behind this one; those with skills alone where nothing else could be told to others.
///
/// # Errors
/// Those of the database.
pub fn people_after(conn: &Connection, after: i64, only_skilled: bool, limit: usize) -> Result<Vec<Id<User>>> {
    let mut statement = conn.prepare_cached(
        "SELECT u.id FROM users u WHERE u.id > ?1 AND u.is_active = 1
             AND (NOT ?2 OR EXISTS (SELECT 1 FROM user_skills h WHERE h.user_id = u.id))
         ORDER BY u.id LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let people = statement.query_map((after, only_skilled, limit), |row| row.get(0))?;
    Ok(people.collect::<rusqlite::Result<_>>()?)
}

/// How many fitting postings somebody was told of since this moment.
///
/// # Errors
/// Those of the database.
pub fn count_told(conn: &Connection, user: Id<User>, since: Timestamp) -> Result<usize> {
    let mut told = conn.prepare_cached("SELECT count(*) FROM job_matches_told WHERE user_id = ?1 AND at >= ?2")?;
    let told: i64 = told.query_row((user, since), |row| row.get(0))?;
    Ok(usize::try_from(told).unwrap_or(0))
}

/// Notes that somebody is told of a fitting posting; false when they were before.
///
/// # Errors
/// Those of the database.
pub fn insert_told(tx: &Tx<'_>, user: Id<User>, job: Id<Job>) -> Result<bool> {
    let added = tx
        .prepare_cached(
            "INSERT INTO job_matches_told (user_id, job_id, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute((user, job, tx.now()))?;
    Ok(added > 0)
}

/// Whether there is what a recommendation of this kind is for.
///
/// # Errors
/// Those of the database.
pub fn is_there(conn: &Connection, kind: ClickKind, target: i64) -> Result<bool> {
    let table = match kind {
        ClickKind::Job => "job_opportunities",
        ClickKind::Course => "courses",
        ClickKind::Mentor => "mentors",
        ClickKind::Skill => "skills",
        ClickKind::Connection => "users",
    };
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE id = ?1)");
    Ok(conn.prepare_cached(&sql)?.query_row([target], |row| row.get(0))?)
}

/// Notes that a recommendation was followed.
///
/// # Errors
/// Those of the database.
pub fn insert_click(tx: &Tx<'_>, user: Id<User>, click: &Click) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO recommendation_clicks (user_id, kind, target_id, position, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((user, click.kind, click.target_id, click.position, tx.now()))?;
    Ok(())
}

/// Removes the clicks of somebody whose account is erased.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("DELETE FROM recommendation_clicks WHERE user_id = ?1", [user])?;
    Ok(())
}
