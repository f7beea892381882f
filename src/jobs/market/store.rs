//! The figures of the market.

use std::collections::HashMap;

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
