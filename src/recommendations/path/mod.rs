//! The shortest way from what somebody knows to a posting or a role, by courses.

mod solve;

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Gap, Target,
    courses::{
        listed, reachable,
        store::{self, Offer},
    },
    gaps,
};
use crate::{
    analysis::Role,
    courses::{Course, CourseRef, learning::LearningStatus},
    jobs::{
        self, Job, JobRef,
        market::roles,
        matching::{self, OpenJobs, Seeker, strength},
    },
    platform::{
        clock::Timestamp,
        error::{Error, Result},
        fields::{Fields, decimal, id, text},
        id::Id,
        list::Filter,
    },
    resumes,
    skills::{self, ProficiencyLevel, Skill},
    users::{self, User},
};
use solve::{Choice, MOST_GAPS, solve};

/// How many gaps of a role count.
const GAPS_OF_ROLE: usize = 10;
/// How many courses are told that would do in the place of one.
const ALTERNATIVES: usize = 3;
/// How well a skill is known that a course taught.
const LEARNED: ProficiencyLevel = ProficiencyLevel::Intermediate;

/// Where the way leads, and how long it may be.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PathQuery {
    /// To this posting.
    pub job: Option<Id<Job>>,
    /// To this role. Without either: to the role that the career goal names, else to the best role of the newest résumé.
    pub role: Option<String>,
    /// What it may take at most; then it covers what matters most of what fits.
    #[param(minimum = 0, maximum = 10000)]
    pub max_hours: Option<f64>,
}

impl Filter for PathQuery {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { job: None, role: None, max_hours: None };
        query.optional("job", &mut it.job, id);
        query.optional("role", &mut it.role, text(1..=200));
        query.optional("max_hours", &mut it.max_hours, decimal(0.0..=10_000.0));
        query.check("role", it.job.is_none() || it.role.is_none(), "Name a job or a role, not both.");
        it
    }
}

/// Where a way leads.
#[derive(Debug, Serialize, ToSchema)]
pub struct Destination {
    /// The posting, if it leads to one.
    pub job: Option<JobRef>,
    /// The name of the role, if it leads to one.
    pub role: Option<String>,
}

/// A course on the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Step {
    /// Its place, from 1.
    pub order: usize,
    /// The course.
    pub course: CourseRef,
    /// Names of the gaps that it teaches, widest first.
    pub covers_skills: Vec<String>,
    /// What is left of it, in hours; 0 when it is completed.
    pub hours: f64,
    /// How far it was learned already, 0 to 100.
    pub already_percentage: i64,
    /// One sentence.
    pub why: String,
    /// What would do in its place, the shortest first, at most 3; none where something on the way builds upon it.
    pub alternatives: Vec<Alternative>,
}

/// A course that teaches all that only one course on the way does.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alternative {
    /// The course.
    pub course: CourseRef,
    /// Names of the gaps that it teaches, widest first.
    pub covers_skills: Vec<String>,
    /// What is left of it and of all that it builds upon and that is not on the way, in hours.
    pub hours: f64,
}

/// The way.
#[derive(Debug, Serialize, ToSchema)]
pub struct LearningPath {
    /// Where it leads.
    pub target: Destination,
    /// What is missing there, widest first.
    pub gaps: Vec<Gap>,
    /// What to learn, in an order in which nothing comes before what it builds upon.
    pub steps: Vec<Step>,
    /// What all of it takes.
    pub total_hours: f64,
    /// Names of the gaps that stay.
    pub uncovered_skills: Vec<String>,
    /// How well one fits now, 0 to 100: the match percentage of the posting, or the share of the role's skills by weight.
    pub match_before: i64,
    /// The same once the skills covered are known as somebody knows them who learned them, at the level intermediate.
    pub match_after: i64,
    /// Whether no other set of courses covers as much in fewer hours. Beyond 20 courses in question that is not looked for.
    pub optimal: bool,
}

/// The way of somebody.
///
/// # Errors
/// 400 for an unknown posting or role, or when neither is named and none is known; 404 when there is no such account.
pub fn learning_path(
    conn: &Connection,
    open: &OpenJobs,
    user: Id<User>,
    query: &PathQuery,
    now: Timestamp,
) -> Result<LearningPath> {
    let target = match (query.job, &query.role) {
        (Some(job), _) => Target::Job(job),
        (None, Some(role)) => roles::find("role", role).map(Target::Role)?,
        (None, None) => Target::Role(own_role(conn, user)?),
    };
    let most = if matches!(target, Target::Job(_)) { MOST_GAPS } else { GAPS_OF_ROLE };
    let gaps = gaps(conn, open, user, &target, most, now)?;
    let wanted: Vec<Id<Skill>> = gaps.iter().map(|it| it.skill_id).collect();
    let offers = store::offers(conn, user, &wanted, 0)?;
    let bit = |skill: &Id<Skill>| wanted.iter().position(|it| it == skill).map_or(0, |at| 1_u32 << at);
    let covers = |offer: &Offer| offer.teaches.iter().fold(0, |bits, it| bits | bit(it));
    let is_completed = |offer: &Offer| matches!(offer.standing, Some((LearningStatus::Completed, _)));

    let mut completed: Vec<&Offer> = offers.values().filter(|it| is_completed(it) && covers(it) != 0).collect();
    completed.sort_by_key(|it| it.course.id);
    let free = completed.iter().fold(0, |bits, it| bits | covers(it));
    let candidates = candidates(&offers, |it| covers(it) & !free != 0);
    let choices: Vec<Choice> = candidates
        .iter()
        .map(|offer| Choice {
            minutes: minutes_left(offer),
            covers: covers(offer) & !free,
            needs: offer.before.iter().filter_map(|it| candidates.iter().position(|c| c.course.id == *it)).collect(),
        })
        .collect();
    // What is wanted hardly counts a little.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "weights are sums of shares of postings"
    )]
    let worth: Vec<u64> = gaps.iter().map(|it| (it.weight * 100.0).round() as u64 + 1).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 10,000 hours")]
    let plan = solve(&choices, &worth, query.max_hours.map(|it| (it * 60.0).floor() as u64));

    let chosen = in_order(plan.chosen.iter().map(|it| candidates[*it]).collect(), &covers);
    let covered = chosen.iter().fold(free, |bits, it| bits | covers(it));
    let steps: Vec<Step> = completed
        .into_iter()
        .chain(chosen.iter().copied())
        .zip(1..)
        .map(|(offer, order)| {
            let mut step = step(order, offer, &gaps, &chosen);
            step.alternatives = alternatives(offer, &chosen, &candidates, |it| covers(it) & !free)
                .into_iter()
                .map(|(other, minutes)| Alternative {
                    course: other.course.clone(),
                    covers_skills: names_of(other, &gaps).into_iter().map(str::to_owned).collect(),
                    hours: hours(minutes),
                })
                .collect();
            step
        })
        .collect();
    let minutes: u64 = chosen.iter().map(|it| minutes_left(it)).sum();
    let learned: Vec<Id<Skill>> = wanted.iter().copied().filter(|it| covered & bit(it) != 0).collect();
    let (target, match_before, match_after) = matches_of(conn, user, &target, &learned, now)?;
    Ok(LearningPath {
        target,
        steps,
        total_hours: hours(minutes),
        uncovered_skills: gaps
            .iter()
            .filter(|it| covered & bit(&it.skill_id) == 0)
            .map(|it| it.skill_name.clone())
            .collect(),
        gaps,
        match_before,
        match_after,
        optimal: plan.optimal,
    })
}

/// The role that somebody wants to get to, or that their newest résumé fits best.
fn own_role(conn: &Connection, user: Id<User>) -> Result<Role> {
    let goal = users::store::get(conn, user)?.career_goal;
    if let Some(role) = roles::named_in(&goal) {
        return Ok(role);
    }
    let of_resume = resumes::store::newest_role(conn, user)?.and_then(|it| roles::find("role", &it).ok());
    of_resume.ok_or_else(|| {
        Error::field("role", "Name a job or a role, write a role into your career goal, or upload a résumé.")
    })
}

/// The courses in question, by id: those that teach something wanted and can be got to, and what they build upon, but for
/// what is completed.
fn candidates(offers: &HashMap<Id<Course>, Offer>, is_wanted: impl Fn(&Offer) -> bool) -> Vec<&Offer> {
    let can_reach = reachable(offers);
    let is_open = |offer: &Offer| !matches!(offer.standing, Some((LearningStatus::Completed, _)));
    let mut open: Vec<Id<Course>> = offers
        .values()
        .filter(|it| is_open(it) && can_reach.contains(&it.course.id) && is_wanted(it))
        .map(|it| it.course.id)
        .collect();
    let mut found = HashSet::new();
    while let Some(next) = open.pop() {
        if let Some(offer) = offers.get(&next).filter(|it| is_open(it))
            && found.insert(next)
        {
            open.extend(&offer.before);
        }
    }
    let mut candidates: Vec<&Offer> = found.iter().filter_map(|it| offers.get(it)).collect();
    candidates.sort_by_key(|it| it.course.id);
    candidates
}

/// How far a course was learned already, 0 to 100; what was dropped counts, as it need not be learned again.
fn already(offer: &Offer) -> i64 {
    offer.standing.map_or(0, |(_, percentage)| percentage.clamp(0, 100))
}

fn minutes_left(offer: &Offer) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a course takes at most 1000 hours")]
    let minutes = (offer.hours * 60.0).round() as u64;
    minutes * u64::try_from(100 - already(offer)).unwrap_or(0) / 100
}

fn hours(minutes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let minutes = minutes as f64;
    (minutes / 6.0).round() / 10.0
}

/// Puts courses so that each comes behind what it builds upon; where there is a choice, first what is begun, then what
/// covers more, then the shorter one.
fn in_order<'o>(mut chosen: Vec<&'o Offer>, covers: &impl Fn(&Offer) -> u32) -> Vec<&'o Offer> {
    chosen
        .sort_by_key(|it| (std::cmp::Reverse((already(it), covers(it).count_ones())), minutes_left(it), it.course.id));
    let mut ordered: Vec<&Offer> = vec![];
    while !chosen.is_empty() {
        let waits = |it: &&Offer| chosen.iter().any(|other| it.before.contains(&other.course.id));
        // A circle cannot be stored; were there one, its courses would come as they stand.
        let next = chosen.iter().position(|it| !waits(it)).unwrap_or(0);
        ordered.push(chosen.remove(next));
    }
    ordered
}

fn step(order: usize, offer: &Offer, gaps: &[Gap], chosen: &[&Offer]) -> Step {
    let covers = names_of(offer, gaps);
    let needing: Vec<&str> =
        chosen.iter().filter(|it| it.before.contains(&offer.course.id)).map(|it| it.course.title.as_str()).collect();
    let already = already(offer);
    let why = match (covers.as_slice(), needing.as_slice()) {
        (covers, _) if already == 100 => {
            format!("You completed it, and it taught {}; add that to your skills.", listed(covers))
        }
        ([], []) => "It belongs to the way.".to_owned(),
        ([], needing) => format!("\"{}\" builds upon it.", needing.join("\" and \"")),
        (covers, _) if already > 0 => format!("It teaches {}, and you have done {already} % of it.", listed(covers)),
        (covers, []) => format!("It teaches {}.", listed(covers)),
        (covers, needing) => {
            format!("It teaches {}, and \"{}\" builds upon it.", listed(covers), needing.join("\" and \""))
        }
    };
    Step {
        order,
        course: offer.course.clone(),
        covers_skills: covers.into_iter().map(str::to_owned).collect(),
        hours: if already == 100 { 0.0 } else { hours(minutes_left(offer)) },
        already_percentage: already,
        why,
        alternatives: vec![],
    }
}

/// The names of the gaps that a course teaches, widest first.
fn names_of<'g>(offer: &Offer, gaps: &'g [Gap]) -> Vec<&'g str> {
    gaps.iter().filter(|it| offer.teaches.contains(&it.skill_id)).map(|it| it.skill_name.as_str()).collect()
}

/// What covers all that only this course of the chosen ones covers, with the minutes that it would take instead.
fn alternatives<'o>(
    offer: &Offer,
    chosen: &[&Offer],
    candidates: &[&'o Offer],
    covers: impl Fn(&Offer) -> u32,
) -> Vec<(&'o Offer, u64)> {
    let id = offer.course.id;
    let others = || chosen.iter().filter(|it| it.course.id != id);
    let alone = covers(offer) & !others().fold(0, |bits, it| bits | covers(it));
    let is_chosen = chosen.iter().any(|it| it.course.id == id);
    if !is_chosen || alone == 0 || others().any(|it| it.before.contains(&id)) {
        return vec![];
    }
    let mut found: Vec<(&Offer, u64)> = candidates
        .iter()
        .filter(|it| alone & !covers(it) == 0 && chosen.iter().all(|other| other.course.id != it.course.id))
        .filter_map(|it| {
            // With all that it builds upon, of which what it replaces is no part.
            let (mut added, mut open, mut minutes) = (HashSet::new(), vec![it.course.id], 0);
            while let Some(next) = open.pop() {
                if next == id {
                    return None;
                }
                if others().all(|it| it.course.id != next)
                    && added.insert(next)
                    && let Some(offer) = candidates.iter().find(|it| it.course.id == next)
                {
                    minutes += minutes_left(offer);
                    open.extend(&offer.before);
                }
            }
            Some((*it, minutes))
        })
        .collect();
    found.sort_by_key(|(it, minutes)| (*minutes, it.course.id));
    found.truncate(ALTERNATIVES);
    found
}

/// Where the way leads, and how well somebody fits there before and after it.
fn matches_of(
    conn: &Connection,
    user: Id<User>,
    target: &Target,
    learned: &[Id<Skill>],
    now: Timestamp,
) -> Result<(Destination, i64, i64)> {
    let before = matching::seeker(conn, user)?;
    let mut after = before.clone();
    for skill in learned {
        after.held.entry(*skill).or_insert_with(|| strength(LEARNED));
    }
    match target {
        Target::Job(id) => {
            let (job, asked) = jobs::store::get_all(conn, &[*id], now)?.pop().ok_or(Error::NotFound("job"))?;
            let wanted = jobs::service::wanted(&job, &asked, jobs::store::count(conn)?);
            let fit = |seeker: &Seeker| matching::terms(seeker, &wanted, now).sum();
            Ok((Destination { job: Some(JobRef::from(&job)), role: None }, fit(&before), fit(&after)))
        }
        Target::Role(role) => {
            let mut weights = vec![];
            for (name, weight) in &role.skills {
                if let Some(skill) = skills::store::find_by_name(conn, name)? {
                    weights.push((skill.id, *weight));
                }
            }
            let all: f64 = weights.iter().map(|it| it.1).sum();
            let share = |seeker: &Seeker| {
                let held: f64 = weights.iter().filter(|it| seeker.held.contains_key(&it.0)).map(|it| it.1).sum();
                #[expect(clippy::cast_possible_truncation, reason = "a percentage")]
                let percentage = if all > 0.0 { (100.0 * held / all).round() as i64 } else { 0 };
                percentage
            };
            let role = Some(role.name.clone());
            Ok((Destination { job: None, role }, share(&before), share(&after)))
        }
        Target::Market => Err(Error::field("role", "Name a job or a role.")),
    }
}
