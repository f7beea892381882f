//! What the index of open postings answers: the best for somebody, what would fit if they knew more, what work asks for.
//!
//! Each answer is that of the plain formulas. What is quick to know of a posting bounds its score from both sides: the lists of
//! the skills that somebody holds give the share held, a table gives level and place, and only the age is left, which adds
//! little. Postings are looked at by their bounds, best first, until no other can reach the last place; those alone are scored.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};

use super::{
    Seeker, Terms, closeness, fit, freshness,
    index::{Index, Slot},
    nearness, part, share, share_of_musts, weight,
};
use crate::{
    jobs::{Job, JobLevel},
    platform::{clock::Timestamp, id::Id},
    skills::Skill,
    users::User,
};

/// How far a sum may be off that was added up in another order: far more than it ever is.
const OFF: f64 = 1e-9;

/// Which postings may not be recommended to somebody.
#[derive(Default)]
pub struct Excluded {
    /// Their own.
    pub posted_by: Option<Id<User>>,
    /// Those that they applied to.
    pub applied: HashSet<Id<Job>>,
}

impl Excluded {
    fn holds(&self, slot: &Slot) -> bool {
        self.posted_by.is_some() && slot.posted_by == self.posted_by || self.applied.contains(&slot.job)
    }
}

/// The best postings for somebody.
#[derive(Debug, Default)]
pub struct Best {
    /// Which, best first.
    pub jobs: Vec<Id<Job>>,
    /// How many were scored to know it.
    pub scored: usize,
}

/// What would come within reach.
#[derive(Debug, Default)]
pub struct Opened {
    /// Open postings within reach now.
    pub now_above: usize,
    /// Open postings within reach then.
    pub then_above: usize,
    /// Those that would come within reach, best first; ties: newer, then the higher id.
    pub crossing: Vec<Crossed>,
}

/// A posting that would come within reach.
#[derive(Debug, PartialEq, Eq)]
pub struct Crossed {
    /// Which.
    pub job: Id<Job>,
    /// Its score now.
    pub before: i64,
    /// Its score then.
    pub after: i64,
    /// The middle of what it pays, with its currency.
    pub salary: Option<(i64, String)>,
}

/// How much a skill is asked for by work that fits somebody otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    /// The postings that ask for it, each by how well it fits: needed 1, helpful 0.4.
    pub weight: f64,
    /// How many ask for it.
    pub jobs: i64,
    /// How many need it.
    pub musts: i64,
}

/// Somebody, in the numbers of the index.
pub struct View<'i> {
    index: &'i Index,
    is_known: bool,
    /// How well each skill is held: 0 where it is not.
    held: Vec<f64>,
    skills: Vec<usize>,
    levels: [i64; 5],
    open_to_remote: bool,
    /// How near each place is.
    places: Vec<i64>,
    most: Terms,
}

/// What the lists of skills tell of a posting.
#[derive(Clone, Copy, Default, PartialEq)]
struct Hit {
    held: f64,
    musts: u8,
}

fn nth_level(level: Option<JobLevel>) -> usize {
    match level {
        None => 0,
        Some(JobLevel::Entry) => 1,
        Some(JobLevel::Junior) => 2,
        Some(JobLevel::Mid) => 3,
        Some(JobLevel::Senior) => 4,
    }
}

impl Index {
    /// This index as it looks to somebody.
    pub fn view(&self, seeker: &Seeker) -> View<'_> {
        let mut held = vec![0.0; self.skills.len()];
        let mut skills = vec![];
        for (skill, strength) in &seeker.held {
            if let Some(number) = self.number_of(*skill) {
                held[number] = *strength;
                skills.push(number);
            }
        }
        let most = seeker.most;
        // In an order that does not change, so that equal sums are equal to their last digit.
        skills.sort_unstable();
        let mut levels = [part(most.level, nearness(seeker.level, None)); 5];
        for level in JobLevel::ALL {
            levels[nth_level(Some(*level))] = part(most.level, nearness(seeker.level, Some(*level)));
        }
        View {
            index: self,
            is_known: !seeker.held.is_empty(),
            held,
            skills,
            levels,
            open_to_remote: seeker.open_to_remote,
            places: self.places.iter().map(|it| part(most.location, closeness(&seeker.place, it))).collect(),
            most,
        }
    }
}

impl View<'_> {
    /// The share of each posting that is held, by the lists of the skills held.
    fn hits(&self) -> Vec<Hit> {
        let mut hits = vec![Hit::default(); self.index.slots.len()];
        for skill in &self.skills {
            let (asked, strength) = (&self.index.skills[*skill], self.held[*skill]);
            let (must, nice) = (weight(asked.idf, true) * strength, weight(asked.idf, false) * strength);
            for slot in &asked.slots {
                let hit = &mut hits[slot.number()];
                hit.held += if slot.must() { must } else { nice };
                hit.musts += u8::from(slot.must());
            }
        }
        hits
    }

    fn level(&self, slot: &Slot) -> i64 {
        self.levels[nth_level(slot.level)]
    }

    fn location(&self, slot: &Slot) -> i64 {
        if slot.is_remote && self.open_to_remote { self.most.location } else { self.places[slot.place as usize] }
    }

    /// The least and the most that a posting may score; without skills of their own nothing is known of somebody.
    fn bounds(&self, slot: &Slot, hit: Hit) -> (i64, i64) {
        if !self.is_known {
            return (0, 0);
        }
        let share = share(hit.held, slot.all);
        let most = &self.most;
        let musts = share_of_musts(slot.asks.len(), usize::from(slot.musts), usize::from(hit.musts));
        let sure = part(most.must_have, musts) + self.level(slot) + self.location(slot);
        (sure + part(most.skills, share - OFF), sure + part(most.skills, share + OFF) + most.freshness)
    }

    /// The share held, added up as the formulas do.
    fn share(&self, slot: &Slot) -> f64 {
        let held = |number: usize| Some(self.held[number]).filter(|it| *it > 0.0);
        let held = slot.asks.iter().filter_map(|it| {
            let weight = weight(self.index.skills[it.number()].idf, it.must());
            Some(weight * held(it.number())?)
        });
        share(held.sum(), slot.all)
    }

    fn terms(&self, slot: &Slot, now: Timestamp) -> Terms {
        if !self.is_known {
            return Terms::default();
        }
        let held = slot.asks.iter().filter(|it| it.must() && self.held[it.number()] > 0.0).count();
        Terms {
            skills: part(self.most.skills, self.share(slot)),
            must_have: part(self.most.must_have, share_of_musts(slot.asks.len(), usize::from(slot.musts), held)),
            level: self.level(slot),
            location: self.location(slot),
            freshness: part(self.most.freshness, freshness(slot.posted_at, now)),
        }
    }

    /// The score of a posting and when it was posted, if it counts.
    pub fn score(&self, job: Id<Job>, now: Timestamp) -> Option<(i64, Timestamp)> {
        self.index.slot_of(job).map(|slot| (self.terms(slot, now).sum(), slot.posted_at))
    }

    /// The score of each posting that is open at this moment, when it was posted, and which it is.
    pub fn scores(&self, now: Timestamp) -> impl Iterator<Item = (i64, Timestamp, Id<Job>)> {
        let open = self.index.each().filter(move |(_, slot)| slot.is_open(now));
        open.map(move |(_, slot)| (self.terms(slot, now).sum(), slot.posted_at, slot.job))
    }

    /// The best `size` open postings but for those excluded: those that share a skill by score, then the newest of the others;
    /// ties: newer, then the higher id.
    pub fn best(&self, excluded: &Excluded, size: usize, now: Timestamp) -> Best {
        let hits = self.hits();
        let (mut by_bound, mut others): (Vec<Vec<&Slot>>, _) = (vec![vec![]; 101], vec![]);
        for (number, slot) in self.index.each().filter(|(_, it)| it.is_open(now) && !excluded.holds(it)) {
            let hit = hits[number];
            if hit.held > 0.0 {
                let (_, most) = self.bounds(slot, hit);
                by_bound[usize::try_from(most).map_or(0, |it| it.min(100))].push(slot);
            } else {
                others.push((slot.posted_at, slot.job));
            }
        }
        let mut best: BinaryHeap<Reverse<(i64, Timestamp, Id<Job>)>> = BinaryHeap::with_capacity(size + 1);
        let mut scored = 0;
        for (bound, slots) in (0..=100_i64).rev().zip(by_bound.into_iter().rev()) {
            let is_full = best.len() == size;
            if is_full && best.peek().is_none_or(|Reverse((score, ..))| *score > bound) {
                break;
            }
            scored += slots.len();
            for slot in slots {
                best.push(Reverse((self.terms(slot, now).sum(), slot.posted_at, slot.job)));
                if best.len() > size {
                    best.pop();
                }
            }
        }
        let mut jobs: Vec<Id<Job>> = best.into_sorted_vec().into_iter().map(|Reverse((.., job))| job).collect();
        let left = size - jobs.len();
        if left > 0 && others.len() > left {
            others.select_nth_unstable_by_key(left - 1, |it| Reverse(*it));
        }
        others.truncate(left);
        others.sort_unstable_by_key(|it| Reverse(*it));
        jobs.extend(others.into_iter().map(|(_, job)| job));
        Best { jobs, scored }
    }

    /// Whether a posting scores so much.
    fn reaches(&self, slot: &Slot, hit: Hit, threshold: i64, now: Timestamp) -> bool {
        let (least, most) = self.bounds(slot, hit);
        least >= threshold || most >= threshold && self.terms(slot, now).sum() >= threshold
    }

    /// What comes within reach for somebody who would be as `then`, which is the same but for more skills or higher levels of
    /// them: every open posting is judged as now and as then.
    pub fn opened(&self, then: &View<'_>, threshold: i64, now: Timestamp) -> Opened {
        let (before, after) = (self.hits(), then.hits());
        let mut opened = Opened::default();
        let mut crossing = vec![];
        for (number, slot) in self.index.each().filter(|(_, it)| it.is_open(now)) {
            let was = self.reaches(slot, before[number], threshold, now);
            // Most postings do not ask for what would be learned.
            let is_same = self.is_known && before[number] == after[number];
            let is = if is_same { was } else { then.reaches(slot, after[number], threshold, now) };
            opened.now_above += usize::from(was);
            opened.then_above += usize::from(is);
            if is && !was {
                crossing.push((then.terms(slot, now).sum(), slot));
            }
        }
        crossing.sort_unstable_by_key(|(after, it)| Reverse((*after, it.posted_at, it.job)));
        let crossed = crossing.into_iter().map(|(after, slot)| Crossed {
            job: slot.job,
            before: self.terms(slot, now).sum(),
            after,
            salary: slot.salary.map(|(amount, currency)| (amount, String::from_utf8_lossy(&currency).into_owned())),
        });
        opened.crossing = crossed.collect();
        opened
    }

    /// What open postings ask for that somebody does not hold.
    pub fn lacking(&self, now: Timestamp) -> HashMap<Id<Skill>, Demand> {
        let mut demands = vec![Demand::default(); self.index.skills.len()];
        for (_, slot) in self.index.each().filter(|(_, it)| it.is_open(now)) {
            let fit = fit(&self.most, self.share(slot), self.level(slot), self.location(slot));
            for ask in slot.asks.iter().filter(|it| self.held[it.number()] == 0.0) {
                let demand = &mut demands[ask.number()];
                demand.weight += weight(fit, ask.must());
                demand.jobs += 1;
                demand.musts += i64::from(ask.must());
            }
        }
        let asked = self.index.skills.iter().zip(demands).filter(|(_, it)| it.jobs > 0);
        asked.map(|(skill, demand)| (skill.skill, demand)).collect()
    }
}
