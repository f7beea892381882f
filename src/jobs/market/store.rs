//! The figures of the market.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _};

use super::{Demand, median};
use crate::{
    jobs::{
        Job, JobLevel, JobType,
        store::{COUNTED, OPEN},
    },
    platform::{clock::Timestamp, error::Result, id::Id, kept},
    skills::Skill,
};

/// The middle of what a posting pays, of a table that goes by the name `j`.
pub const MIDDLE: &str = "(coalesce(j.salary_min, j.salary_max) + coalesce(j.salary_max, j.salary_min)) / 2";

/// The skills that most open postings ask for.
///
/// # Errors
/// Those of the database.
pub fn demand(conn: &Connection, limit: i64) -> Result<Vec<Demand>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, name, category, job_demand FROM skills WHERE job_demand > 0 ORDER BY job_demand DESC, id DESC LIMIT ?1",
    )?;
    let mut demand = statement
        .query_map([limit], |row| {
            Ok(Demand {
                id: row.get(0)?,
                name: row.get(1)?,
                category: row.get(2)?,
                job_demand: row.get(3)?,
                median_salary: None,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let paid = paid(conn, &demand.iter().map(|it| it.id).collect::<Vec<_>>())?;
    for it in &mut demand {
        it.median_salary = paid.get(&it.id).and_then(|paid| median(paid));
    }
    Ok(demand)
}

/// What postings pay, each with its currency.
type Paid = Vec<(i64, String)>;

/// What the postings that ask for each of these skills pay.
fn paid(conn: &Connection, skills: &[Id<Skill>]) -> Result<HashMap<Id<Skill>, Paid>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT a.skill_id, {MIDDLE}, j.salary_currency
         FROM json_each(?1) wanted
         JOIN job_skills a ON a.skill_id = wanted.value
         JOIN job_opportunities j ON j.id = a.job_id
         WHERE {COUNTED} AND coalesce(j.salary_min, j.salary_max) IS NOT NULL"
    ))?;
    let mut rows = statement.query([serde_json::to_string(skills)?])?;
    let mut paid: HashMap<_, Paid> = HashMap::new();
    while let Some(row) = rows.next()? {
        paid.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
    }
    Ok(paid)
}

/// Open postings whose title may hold one of these phrases, with their titles: the index knows words, not signs, so that
/// `C++` finds `C` as well and its findings must be looked at.
///
/// # Errors
/// Those of the database.
pub fn titled(conn: &Connection, phrases: &[&str], now: Timestamp) -> Result<Vec<(Id<Job>, String)>> {
    let quoted: Vec<String> = phrases.iter().map(|it| format!("\"{}\"", it.replace('"', "\"\""))).collect();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT j.id, j.title FROM job_fts f JOIN job_opportunities j ON j.id = f.rowid
         WHERE job_fts MATCH ? AND {OPEN} ORDER BY j.id"
    ))?;
    let titled = statement
        .query_map((format!("title : ({})", quoted.join(" OR ")), now), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(titled.collect::<rusqlite::Result<_>>()?)
}

/// How many postings are open. Those of the public list are kept; of these, the ones whose deadline has passed since are looked
/// up, which are few: the schedule closes them.
///
/// # Errors
/// Those of the database.
pub fn count_open(conn: &Connection, now: Timestamp) -> Result<i64> {
    count_listed(conn, &[], &[], now)
}

/// The same for some types and levels; all of them where none is named.
///
/// # Errors
/// Those of the database.
pub fn count_listed(conn: &Connection, types: &[JobType], levels: &[JobLevel], now: Timestamp) -> Result<i64> {
    let wanted = |job_type: &str, level: &str| {
        (types.is_empty() || types.iter().any(|it| it.as_str() == job_type))
            && (levels.is_empty() || levels.iter().any(|it| it.as_str() == level))
    };
    let listed = kept::classes(conn, "jobs.listed")?;
    let listed: i64 = listed
        .iter()
        .filter(|(class, _)| class.split_once(':').is_some_and(|(job_type, level)| wanted(job_type, level)))
        .map(|it| it.1)
        .sum();
    let mut statement = conn.prepare_cached(
        "SELECT j.job_type, coalesce(j.experience_level, ''), count(*) FROM job_opportunities j
         WHERE j.status = 'active' AND j.deleted_at IS NULL AND j.is_away = 0 AND j.deadline <= ?1 GROUP BY 1, 2",
    )?;
    let mut rows = statement.query([now])?;
    let mut past = 0;
    while let Some(row) = rows.next()? {
        let (job_type, level): (String, String) = (row.get(0)?, row.get(1)?);
        if wanted(&job_type, &level) {
            past += row.get::<_, i64>(2)?;
        }
    }
    Ok(listed - past)
}

/// Postings of the public list, past their deadline or not, that ask for a skill.
///
/// # Errors
/// Those of the database.
pub fn demand_of(conn: &Connection, skill: Id<Skill>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT job_demand FROM skills WHERE id = ?1")?
        .query_row([skill], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

/// Of these, the ones whose deadline has passed.
///
/// # Errors
/// Those of the database.
pub fn count_past(conn: &Connection, skill: Id<Skill>, now: Timestamp) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM job_opportunities j JOIN job_skills a ON a.job_id = j.id AND a.skill_id = ?1
             WHERE j.status = 'active' AND j.deleted_at IS NULL AND j.is_away = 0 AND j.deadline <= ?2",
        )?
        .query_row((skill, now), |row| row.get(0))?)
}
