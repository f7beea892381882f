//! What scores are computed from.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{Ask, MOST, Place, Posting, Seeker, Terms, Wanted, idf, strength};
use crate::{
    jobs::{
        Job,
        market::store::MIDDLE,
        store::{COUNTED, count},
    },
    platform::{clock::Timestamp, db::Tx, error::Result, id::Id},
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
        most: most(conn)?,
    })
}

/// The most of each term: those that an admin set, else those of the rules.
///
/// # Errors
/// Those of the database.
pub fn most(conn: &Connection) -> Result<Terms> {
    let mut set = conn.prepare_cached("SELECT skills, must_have, level, location, freshness FROM match_weights")?;
    let set = set.query_row([], |row| {
        Ok(Terms {
            skills: row.get(0)?,
            must_have: row.get(1)?,
            level: row.get(2)?,
            location: row.get(3)?,
            freshness: row.get(4)?,
        })
    });
    Ok(set.optional()?.unwrap_or(MOST))
}

/// Sets the most of each term, which are 100 together.
///
/// # Errors
/// Those of the database.
pub fn set_most(tx: &Tx<'_>, most: &Terms) -> Result<()> {
    tx.execute("DELETE FROM match_weights", [])?;
    if *most != MOST {
        tx.execute(
            "INSERT INTO match_weights (one, skills, must_have, level, location, freshness) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            (most.skills, most.must_have, most.level, most.location, most.freshness),
        )?;
    }
    Ok(())
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
}

/// These postings, whatever has become of them, in order of their ids: two queries, however many there are.
///
/// # Errors
/// Those of the database.
pub fn candidates(conn: &Connection, market: &Market, among: &[Id<Job>]) -> Result<Vec<Candidate>> {
    let list = serde_json::to_string(among)?;
    let mut statement = conn.prepare_cached(
        "SELECT id, experience_level, location, is_remote, posted_at
         FROM job_opportunities WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY id",
    )?;
    let mut candidates = statement
        .query_map([&list], |row| {
            Ok(Candidate {
                job: row.get(0)?,
                wanted: Wanted {
                    level: row.get(1)?,
                    place: Place::read(row.get_ref(2)?.as_str()?),
                    is_remote: row.get(3)?,
                    posted_at: row.get(4)?,
                    asks: vec![],
                },
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut statement = conn.prepare_cached(
        "SELECT job_id, skill_id, must FROM job_skills
         WHERE job_id IN (SELECT value FROM json_each(?1)) ORDER BY job_id, skill_id",
    )?;
    let mut rows = statement.query([&list])?;
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

/// The number of the last change of a posting.
///
/// # Errors
/// Those of the database.
pub fn newest_change(conn: &Connection) -> Result<i64> {
    let mut statement = conn.prepare_cached("SELECT coalesce(max(number), 0) FROM job_changes")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// The postings that took applications at a past moment, as far as the rows still tell: those closed since then are known by
/// their last change.
///
/// # Errors
/// Those of the database.
pub fn past(conn: &Connection, at: Timestamp) -> Result<Vec<Posting>> {
    let mut statement = conn.prepare(&format!(
        "SELECT j.posted_at, j.deadline, j.id, j.experience_level, j.location, j.is_remote, j.posted_at, NULL, j.posted_by,
             {MIDDLE}, j.salary_currency
         FROM job_opportunities j
         WHERE j.posted_at <= ?1 AND (j.deadline IS NULL OR j.deadline > ?1) AND (j.deleted_at IS NULL OR j.deleted_at > ?1)
             AND (j.status = 'active' OR j.updated_at > ?1) ORDER BY j.id"
    ))?;
    let mut postings =
        statement.query_map([at], |row| posting(row.get(2)?, row))?.collect::<rusqlite::Result<Vec<Posting>>>()?;
    let mut asks = conn.prepare_cached("SELECT skill_id, must FROM job_skills WHERE job_id = ?1 ORDER BY skill_id")?;
    for posting in &mut postings {
        let asked = asks.query_map([posting.job], |row| Ok((row.get(0)?, row.get(1)?)))?;
        posting.asks = asked.collect::<rusqlite::Result<_>>()?;
    }
    Ok(postings)
}

/// Postings that changed, each as it is now, or none where it counts no more.
type Changes = Vec<(Id<Job>, Option<Posting>)>;

/// The next `limit` postings that changed after this number, and the number of the last of them; none when none did.
///
/// # Errors
/// Those of the database.
pub fn changes(conn: &Connection, after: i64, limit: i64) -> Result<Option<(Changes, i64)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT c.number, c.job_id, j.id, j.experience_level, j.location, j.is_remote, j.posted_at, j.deadline, j.posted_by,
             {MIDDLE}, j.salary_currency
         FROM job_changes c LEFT JOIN job_opportunities j ON j.id = c.job_id AND {COUNTED}
         WHERE c.number > ?1 ORDER BY c.number LIMIT ?2"
    ))?;
    let mut rows = statement.query((after, limit))?;
    let (mut changes, mut last): (Changes, _) = (vec![], None);
    while let Some(row) = rows.next()? {
        last = Some(row.get(0)?);
        let counted: Option<Id<Job>> = row.get(2)?;
        let posting = counted.map(|job| posting(job, row)).transpose()?;
        changes.push((row.get(1)?, posting));
    }
    let Some(last) = last else { return Ok(None) };
    let mut statement = conn.prepare_cached(
        "SELECT a.job_id, a.skill_id, a.must FROM job_changes c CROSS JOIN job_skills a ON a.job_id = c.job_id
         WHERE c.number > ?1 AND c.number <= ?2 ORDER BY c.number, a.skill_id",
    )?;
    let mut rows = statement.query((after, last))?;
    // Both queries are in order of numbers, so each skill belongs to the change reached or to a later one.
    let mut nth = 0;
    while let Some(row) = rows.next()? {
        let job: Id<Job> = row.get(0)?;
        while changes.get(nth).is_some_and(|it| it.0 != job) {
            nth += 1;
        }
        if let Some((_, Some(posting))) = changes.get_mut(nth) {
            posting.asks.push((row.get(1)?, row.get(2)?));
        }
    }
    Ok(Some((changes, last)))
}

fn posting(job: Id<Job>, row: &Row<'_>) -> rusqlite::Result<Posting> {
    let salary: Option<i64> = row.get(9)?;
    Ok(Posting {
        job,
        level: row.get(3)?,
        location: row.get(4)?,
        is_remote: row.get(5)?,
        posted_at: row.get(6)?,
        deadline: row.get(7)?,
        posted_by: row.get(8)?,
        salary: salary.map(|it| Ok::<_, rusqlite::Error>((it, row.get(10)?))).transpose()?,
        asks: vec![],
    })
}
