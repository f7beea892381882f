//! The piles of what analyses changed, one per held skill.

use rusqlite::Connection;

use crate::{
    platform::{db::Tx, error::Result, id::Id, rows},
    skills::{ProficiencyLevel, UserSkill},
    users::User,
};

/// One change by an analysis.
pub struct Change {
    /// Its number; a later one lies above an earlier one.
    pub id: i64,
    /// What it changed.
    pub user_skill: Id<UserSkill>,
    /// The level before; none when the analysis added the skill.
    pub before: Option<ProficiencyLevel>,
    /// The change by another analysis that lies directly above.
    pub above: Option<i64>,
}

/// Keeps what an analysis changed.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, resume: i64, row: Id<UserSkill>, before: Option<ProficiencyLevel>) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO skill_syncs (user_skill_id, resume_id, before_level, created_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((row, resume, before, tx.now()))?;
    Ok(())
}

/// What the analyses of this résumé changed and its owner has not edited since, newest first.
///
/// # Errors
/// Those of the database.
pub fn changes(conn: &Connection, user: Id<User>, resume: i64) -> Result<Vec<Change>> {
    let sql = "SELECT c.id, c.user_skill_id, c.before_level,
             (SELECT min(a.id) FROM skill_syncs a WHERE a.user_skill_id = c.user_skill_id AND a.id > c.id
                  AND a.resume_id <> c.resume_id)
         FROM skill_syncs c JOIN user_skills h ON h.id = c.user_skill_id
         WHERE c.resume_id = ?1 AND h.user_id = ?2 ORDER BY c.id DESC";
    rows::all(conn, sql, (resume, user), |row| {
        Ok(Change { id: row.get(0)?, user_skill: row.get(1)?, before: row.get(2)?, above: row.get(3)? })
    })
}

/// Takes a change out of its pile; what lies above it now starts from what lay below it.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, change: &Change) -> Result<()> {
    if let Some(above) = change.above {
        tx.prepare_cached("UPDATE skill_syncs SET before_level = ?2 WHERE id = ?1")?.execute((above, change.before))?;
    }
    tx.prepare_cached("DELETE FROM skill_syncs WHERE id = ?1")?.execute([change.id])?;
    Ok(())
}

/// Ends the pile of a held skill: its owner has spoken, so no analysis is undone on it.
///
/// # Errors
/// Those of the database.
pub fn settle(tx: &Tx<'_>, row: Id<UserSkill>) -> Result<()> {
    tx.prepare_cached("DELETE FROM skill_syncs WHERE user_skill_id = ?1")?.execute([row])?;
    Ok(())
}
