//! What recommendations read beside scores, and the clicks on them.

use rusqlite::Connection;

use super::model::{Click, SkillRecommendation};
use crate::{
    platform::{db::Tx, error::Result, id::Id},
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

/// Skills that people with a résumé hold, that this person does not, and that no open posting asks for, with how many hold
/// each; most held first.
///
/// # Errors
/// Those of the database.
pub fn held_with_resume(conn: &Connection, user: Id<User>, limit: usize) -> Result<Vec<(SkillRef, i64)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {}, count(*) AS holders FROM user_skills h JOIN skills s ON s.id = h.skill_id
         WHERE s.job_demand = 0 AND h.user_id IN (SELECT user_id FROM resumes)
             AND h.skill_id NOT IN (SELECT skill_id FROM user_skills WHERE user_id = ?1)
         GROUP BY s.id ORDER BY holders DESC, s.name LIMIT ?2",
        SkillRef::COLUMNS
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let skills = statement.query_map((user, limit), |row| Ok((SkillRef::read(row)?, row.get("holders")?)))?;
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
