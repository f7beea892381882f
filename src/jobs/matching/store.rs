//! What scores are computed from.

use std::collections::HashMap;

use rusqlite::{Connection, named_params};

use super::{Ask, Place, Seeker, Wanted, idf, strength};
use crate::{
    jobs::{
        Job,
        market::store::MIDDLE,
        store::{OPEN, count},
    },
    platform::{clock::Timestamp, error::Result, id::Id},
    resumes,
    skills::{self, Skill},
    users::{self, User},
};

/// Somebody, as postings look at them.
///
/// # Errors
/// 404 when there is no such account.
pub fn seeker(conn: &Connection, user: Id<User>) -> Result<Seeker> {
    let profile = users::store::get(conn, user)?;
    let held = skills::store::held(conn, user)?;
    Ok(Seeker {
        held: held.iter().map(|it| (it.skill.id, strength(it.level))).collect(),
        level: match profile.experience_level {
            Some(level) => Some(level),
            None => resumes::store::primary_level(conn, user)?,
        },
        place: Place::read(&profile.location),
        open_to_remote: profile.open_to_remote,
    })
}

/// What all open postings ask for together.
pub struct Market {
    /// How many postings count.
    pub open: i64,
    /// How many of them ask for each skill that is asked for at all.
    pub demand: HashMap<Id<Skill>, i64>,
}

impl Market {
    /// How telling this skill is.
    pub fn idf(&self, skill: Id<Skill>) -> f64 {
        idf(self.open, self.demand.get(&skill).copied().unwrap_or(0))
    }
}

/// The market of this moment.
///
/// # Errors
/// Those of the database.
pub fn market(conn: &Connection) -> Result<Market> {
    let mut statement = conn.prepare_cached("SELECT id, job_demand FROM skills WHERE job_demand > 0")?;
    let demand = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Market { open: count(conn)?, demand: demand.collect::<rusqlite::Result<_>>()? })
}

/// A posting, ready to be scored.
#[derive(Debug)]
pub struct Candidate {
    /// The posting.
    pub job: Id<Job>,
    /// What decides how well it fits.
    pub wanted: Wanted,
    /// The middle of what it pays, with its currency.
    pub salary: Option<(i64, String)>,
}

/// These postings, or all open ones, in order of their ids: two queries, however many there are.
///
/// # Errors
/// Those of the database.
pub fn candidates(
    conn: &Connection,
    market: &Market,
    among: Option<&[Id<Job>]>,
    now: Timestamp,
) -> Result<Vec<Candidate>> {
    let list = among.map(serde_json::to_string).transpose()?;
    let open = OPEN.replace('?', ":now");
    // Both forms name both parameters.
    let chosen = |id: &str| match among {
        Some(_) => format!("{id} IN (SELECT value FROM json_each(:among)) AND :now IS NOT NULL"),
        None => format!("{open} AND :among IS NULL"),
    };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT j.id, j.experience_level, j.location, j.is_remote, j.posted_at,
             {MIDDLE}, j.salary_currency
         FROM job_opportunities j WHERE {} ORDER BY j.id",
        chosen("j.id")
    ))?;
    let mut candidates = statement
        .query_map(named_params! { ":among": list, ":now": now }, |row| {
            let salary: Option<i64> = row.get(5)?;
            Ok(Candidate {
                job: row.get(0)?,
                wanted: Wanted {
                    level: row.get(1)?,
                    place: Place::read(row.get_ref(2)?.as_str()?),
                    is_remote: row.get(3)?,
                    posted_at: row.get(4)?,
                    asks: vec![],
                },
                salary: salary.map(|it| Ok::<_, rusqlite::Error>((it, row.get(6)?))).transpose()?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT a.job_id, a.skill_id, a.must FROM job_skills a JOIN job_opportunities j ON j.id = a.job_id
         WHERE {} ORDER BY a.job_id",
        chosen("a.job_id")
    ))?;
    let mut rows = statement.query(named_params! { ":among": list, ":now": now })?;
    // Both queries are in order of ids, so each skill belongs to the candidate reached or to a later one.
    let mut nth = 0;
    while let Some(row) = rows.next()? {
        let job: Id<Job> = row.get(0)?;
        while candidates.get(nth).is_some_and(|it| it.job != job) {
            nth += 1;
        }
        if let Some(candidate) = candidates.get_mut(nth) {
            let skill = row.get(1)?;
            candidate.wanted.asks.push(Ask { skill, must: row.get(2)?, idf: market.idf(skill) });
        }
    }
    Ok(candidates)
}

/// What may be recommended to somebody: open, neither their own nor applied to; of a table that goes by the name `j`.
fn recommendable() -> String {
    let open = OPEN.replace('?', ":now");
    format!(
        "{open} AND j.posted_by IS NOT :user AND NOT EXISTS (SELECT 1 FROM job_applications p
             WHERE p.user_id = :user AND p.job_id = j.id AND p.status <> 'withdrawn')"
    )
}

/// The postings that may be recommended to somebody and ask for one of these skills.
///
/// # Errors
/// Those of the database.
pub fn sharing(conn: &Connection, user: Id<User>, skills: &[Id<Skill>], now: Timestamp) -> Result<Vec<Id<Job>>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT DISTINCT a.job_id FROM job_skills a JOIN job_opportunities j ON j.id = a.job_id
         WHERE a.skill_id IN (SELECT value FROM json_each(:skills)) AND {}",
        recommendable()
    ))?;
    let skills = serde_json::to_string(skills)?;
    let ids = statement.query_map(named_params! { ":skills": skills, ":user": user, ":now": now }, |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// The newest postings that may be recommended to somebody.
///
/// # Errors
/// Those of the database.
pub fn newest(conn: &Connection, user: Id<User>, limit: usize, now: Timestamp) -> Result<Vec<Id<Job>>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT j.id FROM job_opportunities j WHERE {} ORDER BY j.posted_at DESC, j.id DESC LIMIT :limit",
        recommendable()
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids = statement.query_map(named_params! { ":limit": limit, ":user": user, ":now": now }, |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
