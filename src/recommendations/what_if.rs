//! What would fit somebody if they knew more.

use std::cmp::Reverse;

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::WhatIfQuery;
use crate::{
    jobs::{
        self, Job, JobRef, market,
        matching::{self, strength},
    },
    platform::{clock::Timestamp, error::Result, id::Id},
    skills::{self, SkillRef},
    users::User,
};

/// How many postings are shown.
const SHOWN: usize = 50;

/// What would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhatIf {
    /// From which match percentage on a posting counts as within reach.
    pub threshold: i64,
    /// What would be learned.
    pub skills: Vec<SkillRef>,
    /// Open postings within reach now.
    pub now_above: usize,
    /// Open postings within reach then.
    pub then_above: usize,
    /// Those that would come within reach, best first, at most 50.
    pub crossing: Vec<Crossing>,
    /// The median of what all of those pay, of those in the currency that most of them name.
    pub unlocked_salary_median: Option<i64>,
}

/// A posting that would come within reach.
#[derive(Debug, Serialize, ToSchema)]
pub struct Crossing {
    /// The posting.
    pub job: JobRef,
    /// Its match percentage now.
    pub before: i64,
    /// Its match percentage then.
    pub after: i64,
    /// The difference.
    pub gain: i64,
}

/// Scores every open posting as somebody is and as they would be.
///
/// # Errors
/// 400 for an unknown skill, 404 when there is no such account.
pub fn what_if(conn: &Connection, user: Id<User>, query: &WhatIfQuery, now: Timestamp) -> Result<WhatIf> {
    let mut learned: Vec<SkillRef> = vec![];
    for reference in &query.skill {
        let skill = skills::store::resolve_in(conn, "skill", reference)?;
        if !learned.contains(&skill) {
            learned.push(skill);
        }
    }
    let before = matching::seeker(conn, user)?;
    let mut after = before.clone();
    for skill in &learned {
        let held = after.held.entry(skill.id).or_insert(0.0);
        *held = held.max(strength(query.level));
    }
    let (mut now_above, mut then_above, mut crossing) = (0, 0, vec![]);
    for it in matching::candidates(conn, &matching::market(conn)?, None, now)? {
        let was = matching::terms(&before, &it.wanted, now).sum();
        let is = matching::terms(&after, &it.wanted, now).sum();
        now_above += usize::from(was >= query.threshold);
        then_above += usize::from(is >= query.threshold);
        if was < query.threshold && is >= query.threshold {
            crossing.push((is, it.wanted.posted_at, it.job, was, it.salary));
        }
    }
    crossing.sort_by_key(|(is, posted_at, job, ..)| Reverse((*is, *posted_at, job.raw())));
    let paid: Vec<_> = crossing.iter().filter_map(|(.., salary)| salary.clone()).collect();
    crossing.truncate(SHOWN);
    let ids: Vec<Id<Job>> = crossing.iter().map(|(_, _, job, ..)| *job).collect();
    let shown = jobs::store::get_all(conn, &ids, now)?;
    let crossing = shown
        .iter()
        .zip(&crossing)
        .map(|((job, _), (after, _, _, before, _))| Crossing {
            job: JobRef::from(job),
            before: *before,
            after: *after,
            gain: after - before,
        })
        .collect();
    Ok(WhatIf {
        threshold: query.threshold,
        skills: learned,
        now_above,
        then_above,
        crossing,
        unlocked_salary_median: market::median(&paid),
    })
}
