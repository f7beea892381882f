//! What somebody lacks: skills that work for them asks for and that they do not hold.

use std::collections::HashMap;

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::{model::GapQuery, store};
use crate::{
    jobs::{
        self, Job,
        market::roles,
        matching::{self, OpenJobs, rank::Demand},
    },
    platform::{
        clock::Timestamp,
        error::{Error, Result},
        id::Id,
    },
    skills::{self, Category, Skill, SkillRef},
    text_enum,
    users::User,
};

text_enum! {
    /// How much a gap matters beside the widest one.
    pub enum Priority { Critical = "critical", Important = "important", Nice = "nice" }
}

/// A skill that somebody lacks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Gap {
    /// The skill.
    pub skill_id: Id<Skill>,
    /// Its name.
    pub skill_name: String,
    /// Its field of work.
    pub skill_category: Category,
    /// Open postings that ask for it.
    pub job_count: i64,
    /// Those postings, each by how well it fits apart from this: needed 1, helpful 0.4; two decimals.
    pub weight: f64,
    /// At least two thirds of the widest gap: critical; at least one third: important.
    pub priority: Priority,
    /// One sentence.
    pub reason: String,
}

/// Whose skills are looked at: all, or those of one posting or one role.
#[derive(Debug)]
pub enum Target {
    /// What any open posting asks for.
    Market,
    /// What this posting asks for.
    Job(Id<Job>),
    /// What this role asks for: its own skills, by weight, and those of its open postings.
    Role(crate::analysis::Role),
}

impl Target {
    /// The target that a query names.
    ///
    /// # Errors
    /// 400 when both are named, or for a role that does not exist.
    pub fn of(query: &GapQuery) -> Result<Self> {
        match (&query.job, &query.role) {
            (Some(_), Some(_)) => Err(Error::field("role", "Name a job or a role, not both.")),
            (Some(job), None) => Ok(Target::Job(*job)),
            (None, Some(role)) => roles::find("role", role).map(Target::Role),
            (None, None) => Ok(Target::Market),
        }
    }

    /// The skills that it is about, each with a weight of its own; none when it is about all.
    fn skills(&self, conn: &Connection, open: &OpenJobs, now: Timestamp) -> Result<Option<HashMap<Id<Skill>, f64>>> {
        match self {
            Target::Market => Ok(None),
            Target::Job(id) => {
                let job = jobs::store::get(conn, *id, now).map_err(|error| match error {
                    Error::NotFound(_) => Error::field("job", format!("There is no job with the id {id}.")),
                    error => error,
                })?;
                Ok(Some(job.required_skills.iter().chain(&job.nice_to_have_skills).map(|it| (it.id, 0.0)).collect()))
            }
            Target::Role(role) => {
                let of_role = roles::jobs_of(conn, role, now)?;
                let asked = open.current(conn)?.asked_by(&of_role);
                let mut wanted: HashMap<_, _> = asked.into_iter().map(|it| (it, 0.0)).collect();
                for (name, weight) in &role.skills {
                    if let Some(skill) = skills::store::find_by_name(conn, name)? {
                        wanted.insert(skill.id, *weight);
                    }
                }
                Ok(Some(wanted))
            }
        }
    }
}

/// The widest gaps of somebody, widest first.
///
/// # Errors
/// 400 for a posting that does not exist, 404 when there is no such account.
pub fn gaps(
    conn: &Connection,
    open: &OpenJobs,
    user: Id<User>,
    target: &Target,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Gap>> {
    let seeker = matching::seeker(conn, user)?;
    let wanted = target.skills(conn, open, now)?;
    let mut weights = open.current(conn)?.view(&seeker, now).lacking();
    if let Some(wanted) = &wanted {
        weights.retain(|skill, _| wanted.contains_key(skill));
        for (skill, own) in wanted.iter().filter(|(skill, _)| !seeker.held.contains_key(*skill)) {
            weights.entry(*skill).or_default().weight += own;
        }
    }
    let ids: Vec<_> = weights.keys().copied().collect();
    let mut found: Vec<(SkillRef, Demand)> = store::named(conn, &ids)?
        .into_iter()
        .map(|skill| {
            let weight = weights.get(&skill.id).copied().unwrap_or_default();
            (skill, weight)
        })
        .collect();
    found.sort_by(|(a, x), (b, y)| {
        y.weight.total_cmp(&x.weight).then(y.jobs.cmp(&x.jobs)).then_with(|| a.name.cmp(&b.name))
    });
    found.truncate(limit);
    let widest = found.first().map_or(0.0, |it| it.1.weight);
    let mut gaps: Vec<Gap> = found.into_iter().map(|(skill, weight)| gap(skill, weight, widest)).collect();
    if wanted.is_none() && gaps.len() < limit {
        let others = store::held_with_resume(conn, user, limit - gaps.len())?;
        gaps.extend(others.into_iter().map(unasked));
    }
    Ok(gaps)
}

fn gap(skill: SkillRef, of: Demand, widest: f64) -> Gap {
    let priority = match of.weight {
        weight if widest > 0.0 && weight >= widest * 2.0 / 3.0 => Priority::Critical,
        weight if widest > 0.0 && weight >= widest / 3.0 => Priority::Important,
        _ => Priority::Nice,
    };
    let reason = match (of.jobs, of.musts) {
        (0, _) => "It belongs to this work, though no open job asks for it now.".to_owned(),
        (1, 0) => "One open job likes to see it.".to_owned(),
        (1, _) => "One open job needs it.".to_owned(),
        (jobs, 0) => format!("{jobs} open jobs like to see it."),
        (jobs, musts) if jobs == musts => format!("{jobs} open jobs need it."),
        (jobs, 1) => format!("{jobs} open jobs ask for it, and one of them needs it."),
        (jobs, musts) => format!("{jobs} open jobs ask for it, and {musts} of them need it."),
    };
    Gap {
        skill_id: skill.id,
        skill_name: skill.name,
        skill_category: skill.category,
        job_count: of.jobs,
        weight: (of.weight * 100.0).round() / 100.0,
        priority,
        reason,
    }
}

/// A skill that others hold and that no open posting asks for.
fn unasked(skill: SkillRef) -> Gap {
    let reason = "People with a résumé hold it, though no open job asks for it now.".to_owned();
    Gap { reason, ..gap(skill, Demand::default(), 0.0) }
}
