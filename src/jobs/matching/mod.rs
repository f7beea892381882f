//! How well a posting fits somebody: five integer terms that sum to 0–100.
//!
//! The formulas stand here. [`index`] holds all open postings by skill and [`rank`] finds the best of them without scoring the
//! others; both are pure. [`OpenJobs`] keeps one index per process in step with the database.

pub mod index;
mod live;
pub mod rank;
mod store;

use std::{cmp::Reverse, collections::HashMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Asked, JobLevel};
use crate::{
    platform::{clock::Timestamp, id::Id, sql::fold},
    skills::{ProficiencyLevel, Skill},
    users::ExperienceLevel,
};

pub use index::{Index, Posting};
pub use live::OpenJobs;
pub use store::{Candidate, Market, candidates, market, most, past, seeker, set_most};

/// The weight of a skill that only helps, where one that is needed weighs 1.
const NICE: f64 = 0.4;

/// What the score is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terms {
    /// Share of the skills asked for that is held, by weight and level: at most 60.
    pub skills: i64,
    /// Share of the needed skills that is held: at most 10.
    pub must_have: i64,
    /// How near the levels of experience are: at most 15.
    pub level: i64,
    /// How near the places are: at most 10.
    pub location: i64,
    /// How new the posting is: at most 5.
    pub freshness: i64,
}

impl Terms {
    /// The score, 0 to 100.
    pub fn sum(&self) -> i64 {
        self.skills + self.must_have + self.level + self.location + self.freshness
    }
}

/// The most of each term by the rules; an admin may set others.
pub const MOST: Terms = Terms { skills: 60, must_have: 10, level: 15, location: 10, freshness: 5 };

/// A place as people write it: "Kyiv, Ukraine".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    city: String,
    region: String,
}

impl Place {
    /// Reads a place: the city is the first part between commas, the country or state the last.
    pub fn read(text: &str) -> Self {
        let folded = fold(text);
        let mut parts = folded.split(',').map(str::trim).filter(|it| !it.is_empty());
        let city = parts.next().unwrap_or_default().to_owned();
        let region = parts.next_back().unwrap_or(&city).to_owned();
        Self { city, region }
    }

    /// Whether anything is written.
    pub fn is_known(&self) -> bool {
        !self.city.is_empty()
    }

    /// Whether only one part is written, so that nothing says which of several places of that name is meant.
    fn is_bare(&self) -> bool {
        self.city == self.region
    }

    /// Same city: the same name, and no other country or state behind it.
    pub fn same_city(&self, other: &Place) -> bool {
        self.city == other.city && (self.region == other.region || self.is_bare() || other.is_bare())
    }
}

/// Somebody, as postings look at them.
#[derive(Clone, Debug)]
pub struct Seeker {
    /// What they know, and how well: 0.5 to 1.
    pub held: HashMap<Id<Skill>, f64>,
    /// How experienced they are.
    pub level: Option<ExperienceLevel>,
    /// Where they are.
    pub place: Place,
    /// Whether remote work suits them.
    pub open_to_remote: bool,
    /// The most of each term, together 100.
    pub most: Terms,
}

/// How much of a skill a level of it counts as.
pub fn strength(level: ProficiencyLevel) -> f64 {
    match level {
        ProficiencyLevel::Beginner => 0.5,
        ProficiencyLevel::Intermediate => 0.75,
        ProficiencyLevel::Advanced => 0.9,
        ProficiencyLevel::Expert => 1.0,
    }
}

/// How telling a skill is: `ln(1 + N / (1 + n))`, of `open` postings `demand` asking for it. Where none is open every
/// skill tells the same.
pub fn idf(open: i64, demand: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "postings are far fewer than 2^52")]
    let ratio = open.max(1) as f64 / (1.0 + demand.max(0) as f64);
    ratio.ln_1p()
}

/// A skill that a posting asks for, and how telling it is.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// The skill.
    pub skill: Id<Skill>,
    /// Whether it is needed, and does not only help.
    pub must: bool,
    /// See [`idf`].
    pub idf: f64,
}

impl Ask {
    /// The same of a posting's skills, among `open` postings, in their order.
    pub fn all(asked: &[Asked], open: i64) -> Vec<Ask> {
        asked.iter().map(|it| Ask { skill: it.skill.id, must: it.must, idf: idf(open, it.demand) }).collect()
    }

    /// What it weighs in its posting.
    pub fn weight(&self) -> f64 {
        weight(self.idf, self.must)
    }
}

fn weight(idf: f64, must: bool) -> f64 {
    idf * if must { 1.0 } else { NICE }
}

/// What of a posting decides how well it fits.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How experienced somebody must be; none: any.
    pub level: Option<JobLevel>,
    /// Where it is.
    pub place: Place,
    /// Whether it can be done from anywhere.
    pub is_remote: bool,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// What it asks for, by id of the skill: sums of the same numbers in another order differ in their last digit.
    pub asks: Vec<Ask>,
}

/// The nearest whole number, of a half the higher one. Terms are never negative, and cutting off is quicker than rounding.
#[expect(clippy::cast_possible_truncation, reason = "terms are at most 100")]
fn rounded(term: f64) -> i64 {
    (term + 0.5) as i64
}

/// The five terms. Without skills of their own nothing is known of somebody, and all of them are 0.
pub fn terms(seeker: &Seeker, wanted: &Wanted, now: Timestamp) -> Terms {
    if seeker.held.is_empty() {
        return Terms::default();
    }
    let musts = || wanted.asks.iter().filter(|it| it.must);
    let held = musts().filter(|it| seeker.held.contains_key(&it.skill)).count();
    Terms {
        skills: part(seeker.most.skills, share_held(seeker, &wanted.asks)),
        must_have: part(seeker.most.must_have, share_of_musts(wanted.asks.len(), musts().count(), held)),
        level: part(seeker.most.level, nearness(seeker.level, wanted.level)),
        location: if wanted.is_remote && seeker.open_to_remote {
            seeker.most.location
        } else {
            part(seeker.most.location, closeness(&seeker.place, &wanted.place))
        },
        freshness: part(seeker.most.freshness, freshness(wanted.posted_at, now)),
    }
}

/// How much work of this sort is for this person, 0 to 1, whatever its age: of the share held and the terms of level and place.
#[expect(clippy::cast_precision_loss, reason = "terms are at most 100")]
fn fit(most: &Terms, share: f64, level: i64, location: i64) -> f64 {
    let all = most.skills + most.level + most.location;
    (most.skills as f64 * share + (level + location) as f64) / all.max(1) as f64
}

/// A term of which this share is reached.
#[expect(clippy::cast_precision_loss, reason = "terms are at most 100")]
fn part(most: i64, share: f64) -> i64 {
    rounded(most as f64 * share)
}

/// `Σ w·held / Σ w`; 0 for a posting without skills.
fn share_held(seeker: &Seeker, asks: &[Ask]) -> f64 {
    let held = asks.iter().filter_map(|it| Some(it.weight() * seeker.held.get(&it.skill)?)).sum();
    share(held, asks.iter().map(Ask::weight).sum())
}

fn share(held: f64, all: f64) -> f64 {
    if all > 0.0 { (held / all).clamp(0.0, 1.0) } else { 0.0 }
}

/// The share of needed skills that is held, at whatever level; 0 for a posting without skills, 1 when it needs none.
#[expect(clippy::cast_precision_loss, reason = "a posting asks for at most 30 skills")]
fn share_of_musts(asked: usize, musts: usize, held: usize) -> f64 {
    match (asked, musts) {
        (0, _) => 0.0,
        (_, 0) => 1.0,
        (_, musts) => held as f64 / musts as f64,
    }
}

/// How near the levels are, 0 to 1: 15, 9, 3 or 0 of 15, and 8 where one of them is unknown.
fn nearness(mine: Option<ExperienceLevel>, wanted: Option<JobLevel>) -> f64 {
    let (Some(mine), Some(wanted)) = (mine, wanted) else { return 8.0 / 15.0 };
    let nth = |level: ExperienceLevel| ExperienceLevel::ALL.iter().position(|it| *it == level).unwrap_or(0);
    match nth(mine).abs_diff(nth(wanted.into())) {
        0 => 1.0,
        1 => 0.6,
        2 => 0.2,
        _ => 0.0,
    }
}

/// How near a place is to mine, 0 to 1, of a posting that must be done there.
fn closeness(mine: &Place, place: &Place) -> f64 {
    if !mine.is_known() {
        0.5
    } else if mine.same_city(place) {
        1.0
    } else if mine.region == place.region {
        0.5
    } else {
        0.0
    }
}

/// Halves every 14 days.
fn freshness(posted_at: Timestamp, now: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a lifetime are far fewer than 2^52")]
    let days = now.since(posted_at).num_seconds().max(0) as f64 / 86_400.0;
    0.5_f64.powf(days / 14.0)
}

/// What of a posting somebody knows and what not, heaviest first.
pub struct Coverage {
    /// Names of the skills held.
    pub matched: Vec<String>,
    /// Names of the others.
    pub missing: Vec<String>,
}

/// Tells what of a posting somebody knows.
pub fn coverage(seeker: &Seeker, asked: &[Asked], open: i64) -> Coverage {
    let mut heaviest: Vec<_> = asked.iter().zip(Ask::all(asked, open)).collect();
    heaviest.sort_by(|(a, x), (b, y)| y.weight().total_cmp(&x.weight()).then_with(|| a.skill.name.cmp(&b.skill.name)));
    let (held, not): (Vec<_>, Vec<_>) = heaviest.into_iter().partition(|(_, ask)| seeker.held.contains_key(&ask.skill));
    let names = |of: Vec<(&Asked, Ask)>| of.into_iter().map(|(it, _)| it.skill.name.clone()).collect();
    Coverage { matched: names(held), missing: names(not) }
}

/// One sentence made from the largest terms.
pub fn reason(seeker: &Seeker, terms: &Terms, asked: usize, held: usize) -> String {
    if seeker.held.is_empty() {
        return "You have no skills in your profile yet, so this is one of the newest open jobs.".into();
    }
    let skills = match (asked, held) {
        (0, _) => "The posting names no skills".to_owned(),
        (1, 0) => "You do not hold the one skill asked for".to_owned(),
        (1, _) => "You hold the one skill asked for".to_owned(),
        (asked, 0) => format!("You hold none of the {asked} skills asked for"),
        (asked, held) => format!("You hold {held} of {asked} skills asked for"),
    };
    // Only terms that are near their most speak for the posting; the two largest are told.
    let mut others = [
        (terms.level, terms.level == seeker.most.level, "the level fits"),
        (terms.location, terms.location == seeker.most.location, "the place fits"),
        (terms.freshness, 5 * terms.freshness >= 4 * seeker.most.freshness, "it is new"),
    ];
    others.sort_by_key(|(term, ..)| Reverse(*term));
    let told: Vec<&str> =
        others.iter().filter(|(term, speaks, _)| *term > 0 && *speaks).map(|(.., words)| *words).take(2).collect();
    match told.as_slice() {
        [] => format!("{skills}."),
        [one] if held > 0 => format!("{skills} and {one}."),
        [one] => format!("{skills}, but {one}."),
        several if held > 0 => format!("{skills}, {}.", several.join(" and ")),
        several => format!("{skills}, but {}.", several.join(" and ")),
    }
}

#[cfg(test)]
mod engine_tests;
#[cfg(test)]
mod tests;
