//! The figures of the market.

use rusqlite::Connection;

use super::{Demand, median};
use crate::{
    jobs::{
        Job,
        store::{COUNTED, OPEN},
    },
    platform::{clock::Timestamp, error::Result, id::Id},
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
    for it in &mut demand {
        it.median_salary = median(&paid(conn, it.id)?);
    }
    Ok(demand)
}

fn paid(conn: &Connection, skill: Id<Skill>) -> Result<Vec<(i64, String)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {MIDDLE}, j.salary_currency FROM job_skills a JOIN job_opportunities j ON j.id = a.job_id
         WHERE a.skill_id = ?1 AND {COUNTED} AND coalesce(j.salary_min, j.salary_max) IS NOT NULL"
    ))?;
    let paid = statement.query_map([skill], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(paid.collect::<rusqlite::Result<_>>()?)
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
