//! What scores are computed from.

use std::collections::HashMap;

use rusqlite::{Connection, named_params};

use super::{Ask, Place, Seeker, Wanted, idf, strength};
use crate::{
    jobs::{
        Job,
        store::{OPEN, count},
    },
    platform::{clock::Timestamp, error::Result, id::Id},
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
        level: profile.experience_level,
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

/// An open posting, ready to be scored.
#[derive(Debug)]
pub struct Candidate {
    /// The posting.
    pub job: Id<Job>,
    /// What decides how well it fits.
    pub wanted: Wanted,
    /// The middle of what it pays, with its currency.
    pub salary: Option<(i64, String)>,
}

/// The open postings among these, or all of them, in order of their ids: two queries, however many there are.
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
    let chosen = if list.is_some() { "j.id IN (SELECT value FROM json_each(:among))" } else { ":among IS NULL" };
    let open = OPEN.replace('?', ":now");
    let mut statement = conn.prepare_cached(&format!(
        "SELECT j.id, j.experience_level, j.location, j.is_remote, j.posted_at,
             (coalesce(j.salary_min, j.salary_max) + coalesce(j.salary_max, j.salary_min)) / 2, j.salary_currency
         FROM job_opportunities j WHERE {open} AND {chosen} ORDER BY j.id"
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
    let chosen = if list.is_some() { "a.job_id IN (SELECT value FROM json_each(:among))" } else { ":among IS NULL" };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT a.job_id, a.skill_id, a.must FROM job_skills a JOIN job_opportunities j ON j.id = a.job_id
         WHERE {open} AND {chosen} ORDER BY a.job_id"
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
