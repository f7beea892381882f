//! What would fit somebody if they knew more.

use std::collections::HashMap;

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::{courses::listed, model::WhatIfQuery};
use crate::{
    jobs::{
        self, Job, JobRef, market,
        matching::{self, OpenJobs, rank::Opened, strength},
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
    /// The same in one sentence.
    pub summary: String,
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

/// Judges every open posting as somebody is and as they would be.
///
/// # Errors
/// 400 for an unknown skill, 404 when there is no such account.
pub fn what_if(
    conn: &Connection,
    open: &OpenJobs,
    user: Id<User>,
    query: &WhatIfQuery,
    now: Timestamp,
) -> Result<WhatIf> {
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
    let Opened { now_above, then_above, mut crossing } = {
        let index = open.current(conn)?;
        index.view(&before, now).opened(&index.view(&after, now), query.threshold)
    };
    let summary = summary(&learned, crossing.len(), query.threshold);
    let paid: Vec<_> = crossing.iter_mut().filter_map(|it| it.salary.take()).collect();
    crossing.truncate(SHOWN);
    let ids: Vec<Id<Job>> = crossing.iter().map(|it| it.job).collect();
    let shown: HashMap<_, _> =
        jobs::store::get_all(conn, &ids, now)?.into_iter().map(|(job, _)| (job.id, JobRef::from(&job))).collect();
    let crossing = crossing
        .into_iter()
        .filter_map(|it| {
            let job = shown.get(&it.job)?.clone();
            Some(Crossing { job, before: it.before, after: it.after, gain: it.after - it.before })
        })
        .collect();
    Ok(WhatIf {
        threshold: query.threshold,
        skills: learned,
        now_above,
        then_above,
        crossing,
        unlocked_salary_median: market::median(&paid),
        summary,
    })
}

/// What would change, in words: "Add Terraform: 11 more jobs at 70 % or above."
fn summary(learned: &[SkillRef], more: usize, threshold: i64) -> String {
    let names: Vec<&str> = learned.iter().map(|it| it.name.as_str()).collect();
    let jobs = match more {
        0 => "no more jobs".to_owned(),
        1 => "1 more job".to_owned(),
        more => format!("{more} more jobs"),
    };
    format!("Add {}: {jobs} at {threshold} % or above.", listed(&names))
}
