//! What people went for, in the past of an instance.

use std::collections::HashSet;

use rusqlite::Connection;

use crate::{
    jobs::Job,
    platform::{clock::Timestamp, error::Result, id::Id},
    skills::Skill,
    users::User,
};

/// Somebody went for a posting.
pub struct Choice {
    /// Who.
    pub user: Id<User>,
    /// For what.
    pub job: Id<Job>,
    /// When.
    pub at: Timestamp,
}

/// Every application and every click on a recommended posting, in order of time.
///
/// # Errors
/// Those of the database.
pub fn choices(conn: &Connection) -> Result<Vec<Choice>> {
    let mut statement = conn.prepare(
        "SELECT user_id, job_id, applied_at AS at FROM job_applications WHERE job_id IS NOT NULL
         UNION ALL SELECT user_id, target_id, at FROM recommendation_clicks WHERE kind = 'job' ORDER BY at",
    )?;
    let choices = statement.query_map([], |row| Ok(Choice { user: row.get(0)?, job: row.get(1)?, at: row.get(2)? }))?;
    Ok(choices.collect::<rusqlite::Result<_>>()?)
}

/// The skills that somebody took up after this moment.
///
/// # Errors
/// Those of the database.
pub fn gained_since(conn: &Connection, user: Id<User>, at: Timestamp) -> Result<HashSet<Id<Skill>>> {
    let mut statement =
        conn.prepare_cached("SELECT skill_id FROM user_skills WHERE user_id = ?1 AND created_at > ?2")?;
    let skills = statement.query_map((user, at), |row| row.get(0))?;
    Ok(skills.collect::<rusqlite::Result<_>>()?)
}
