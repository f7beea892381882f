//! What the index of open postings answers: the best for somebody, what would fit if they knew more, what work asks for.
//!
//! Each answer is that of the plain formulas. What is quick to know of a posting bounds its score from both sides: the lists of
//! the skills that somebody holds give the share held, and its sketch gives the rest, its age to the hour. Postings are scored
//! by their bounds, best first, until no other can reach the last place.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};

use chrono::Duration;

use super::{
    Seeker, Terms, closeness, fit, freshness,
    index::{Index, Sketch, Slot, hour, roughly},
    nearness, part, share, share_of_musts, weight,
};
use crate::{
    jobs::{Job, JobLevel},
    platform::{clock::Timestamp, id::Id},
    skills::Skill,
    users::User,
};

/// How far a share may be off that was added up in another order and in half the digits: more than it ever is.
const OFF: f64 = 1e-5;

/// A posting with its score and when it was posted, in the order of lists: the higher score, newer, the higher id.
pub type Scored = (i64, Timestamp, Id<Job>);

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
    now: Timestamp,
    is_known: bool,
    /// How well each skill is held: 0 where it is not.
    held: Vec<f64>,
    skills: Vec<usize>,
    levels: [i64; 5],
    open_to_remote: bool,
    /// How near each place is.
    places: Vec<i64>,
    /// The term of freshness by the age in hours, as long as there is any.
    fresh: Vec<i64>,
    most: Terms,
}

/// What the lists of skills tell of a posting.
#[derive(Clone, Copy, Default, PartialEq)]
struct Hit {
    held: f32,
    musts: u8,
}

impl Index {
    /// This index as it looks to somebody at this moment.
    pub fn view(&self, seeker: &Seeker, now: Timestamp) -> View<'_> {
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
            levels[1 + *level as usize] = part(most.level, nearness(seeker.level, Some(*level)));
        }
        let fresh = (0..).map(|hours| part(most.freshness, freshness(now.plus(-Duration::hours(hours)), now)));
        View {
            index: self,
            now,
            is_known: !seeker.held.is_empty(),
            held,
            skills,
            levels,
            open_to_remote: seeker.open_to_remote,
            places: self.places.iter().map(|it| part(most.location, closeness(&seeker.place, it))).collect(),
            fresh: fresh.take_while(|it| *it > 0).collect(),
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
            let weigh = |must| roughly(weight(asked.idf, must) * strength);
            let (must, nice) = (weigh(true), weigh(false));
            for slot in &asked.slots {
                let hit = &mut hits[slot.number()];
                hit.held += if slot.must() { must } else { nice };
                hit.musts += u8::from(slot.must());
            }
        }
        hits
    }

    fn level(&self, sketch: &Sketch) -> i64 {
        self.levels[usize::from(sketch.level)]
    }

    fn location(&self, sketch: &Sketch) -> i64 {
        if sketch.is_remote && self.open_to_remote { self.most.location } else { self.places[sketch.place as usize] }
    }

    /// The least and the most that a posting may score; without skills of their own nothing is known of somebody.
    fn bounds(&self, sketch: &Sketch, hit: Hit) -> (i64, i64) {
        if !self.is_known {
            return (0, 0);
        }
        let share = if sketch.all > 0.0 { f64::from(hit.held / sketch.all) } else { 0.0 };
        let most = &self.most;
        let musts = share_of_musts(usize::from(sketch.asks), usize::from(sketch.musts), usize::from(hit.musts));
        let sure = part(most.must_have, musts) + self.level(sketch) + self.location(sketch);
        // Somewhere within their hours both moments lie, so that the age is known to an hour less and more.
        let hours = hour(self.now).saturating_sub(sketch.posted) as usize;
        let fresh = |hours: usize| self.fresh.get(hours).copied().unwrap_or(0);
        let least = part(most.skills, share - OFF) + fresh(hours + 1);
        (sure + least, sure + part(most.skills, share + OFF) + fresh(hours.saturating_sub(1)))
    }

    /// Whether the slot of this number holds a posting that takes applications.
    fn is_open(&self, number: usize) -> bool {
        let (ends, hour) = (self.index.sketches[number].ends, hour(self.now));
        ends > hour || ends == hour && self.index.slots[number].as_ref().is_some_and(|it| it.is_open(self.now))
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

    fn terms(&self, number: usize, slot: &Slot) -> Terms {
        if !self.is_known {
            return Terms::default();
        }
        let sketch = &self.index.sketches[number];
        let musts = slot.asks.iter().filter(|it| it.must());
        let held = musts.clone().filter(|it| self.held[it.number()] > 0.0).count();
        Terms {
            skills: part(self.most.skills, self.share(slot)),
            must_have: part(self.most.must_have, share_of_musts(slot.asks.len(), musts.count(), held)),
            level: self.level(sketch),
            location: self.location(sketch),
            freshness: part(self.most.freshness, freshness(slot.posted_at, self.now)),
        }
    }

    fn scored(&self, number: usize, slot: &Slot) -> Scored {
        (self.terms(number, slot).sum(), slot.posted_at, slot.job)
    }

    /// A posting with its score, if it counts.
    pub fn score(&self, job: Id<Job>) -> Option<Scored> {
        let number = self.index.slot_of(job)?;
        self.index.slots[number].as_ref().map(|slot| self.scored(number, slot))
    }

    /// The bounds from above of the open postings that count, each one more than it is; 0 for the others.
    fn tops(&self, counts: impl Fn(Hit) -> bool) -> Vec<u8> {
        let top = |(sketch, hit)| if counts(hit) { 1 + self.bounds(sketch, hit).1 } else { 0 };
        let hits = self.index.sketches.iter().zip(self.hits());
        hits.map(|it| u8::try_from(top(it)).unwrap_or(u8::MAX)).collect()
    }

    /// The best `size` of the open postings that have a bound and may be among them, best first, and how many were scored.
    fn first(&self, tops: &[u8], size: usize, may: impl Fn(&Slot) -> bool) -> (Vec<Scored>, usize) {
        let mut best: BinaryHeap<Reverse<Scored>> = BinaryHeap::with_capacity(size + 1);
        let mut scored = 0;
        let highest = tops.iter().copied().max().unwrap_or(0);
        for top in (1..=highest).rev() {
            let is_full = best.len() == size;
            if is_full && best.peek().is_none_or(|Reverse((score, ..))| *score >= i64::from(top)) {
                break;
            }
            for number in memchr::memchr_iter(top, tops) {
                let Some(slot) = self.index.slots[number].as_ref() else { continue };
                if !slot.is_open(self.now) || !may(slot) {
                    continue;
                }
                scored += 1;
                best.push(Reverse(self.scored(number, slot)));
                if best.len() > size {
                    best.pop();
                }
            }
        }
        (best.into_sorted_vec().into_iter().map(|Reverse(it)| it).collect(), scored)
    }

    /// The `size` open postings of the highest scores; ties: newer, then the higher id.
    pub fn highest(&self, size: usize) -> Vec<Scored> {
        self.first(&self.tops(|_| true), size, |_| true).0
    }

    /// The best `size` open postings but for those excluded: those that share a skill by score, then the newest of the others;
    /// ties: newer, then the higher id.
    pub fn best(&self, excluded: &Excluded, size: usize) -> Best {
        let tops = self.tops(|hit| hit.held > 0.0);
        let (best, scored) = self.first(&tops, size, |slot| !excluded.holds(slot));
        let mut jobs: Vec<Id<Job>> = best.into_iter().map(|(.., job)| job).collect();
        let left = size - jobs.len();
        if left > 0 {
            let shares_none = self.index.each().filter(|(number, _)| tops[*number] == 0).map(|(_, slot)| slot);
            let may = shares_none.filter(|it| it.is_open(self.now) && !excluded.holds(it));
            let mut others: Vec<_> = may.map(|it| (it.posted_at, it.job)).collect();
            if others.len() > left {
                others.select_nth_unstable_by_key(left - 1, |it| Reverse(*it));
            }
            others.truncate(left);
            others.sort_unstable_by_key(|it| Reverse(*it));
            jobs.extend(others.into_iter().map(|(_, job)| job));
        }
        Best { jobs, scored }
    }

    /// Whether a posting scores so much.
    fn reaches(&self, number: usize, hit: Hit, threshold: i64) -> bool {
        let (least, most) = self.bounds(&self.index.sketches[number], hit);
        let exact = || self.index.slots[number].as_ref().map_or(0, |it| self.terms(number, it).sum());
        least >= threshold || most >= threshold && exact() >= threshold
    }

    /// What comes within reach for somebody who would be as `then`, which is the same but for more skills or higher levels of
    /// them: every open posting is judged as now and as then.
    pub fn opened(&self, then: &View<'_>, threshold: i64) -> Opened {
        let (before, after) = (self.hits(), then.hits());
        let mut opened = Opened::default();
        let mut crossing = vec![];
        for number in (0..self.index.slots.len()).filter(|it| self.is_open(*it)) {
            let was = self.reaches(number, before[number], threshold);
            // Most postings do not ask for what would be learned.
            let is_same = self.is_known && before[number] == after[number];
            let is = if is_same { was } else { then.reaches(number, after[number], threshold) };
            opened.now_above += usize::from(was);
            opened.then_above += usize::from(is);
            if let Some(slot) = self.index.slots[number].as_ref().filter(|_| is && !was) {
                crossing.push((then.scored(number, slot), number, slot));
            }
        }
        crossing.sort_unstable_by_key(|(scored, ..)| Reverse(*scored));
        let crossed = crossing.into_iter().map(|((after, ..), number, slot)| Crossed {
            job: slot.job,
            before: self.terms(number, slot).sum(),
            after,
            salary: slot.salary.map(|(amount, currency)| (amount, String::from_utf8_lossy(&currency).into_owned())),
        });
        opened.crossing = crossed.collect();
        opened
    }

    /// What open postings ask for that somebody does not hold.
    pub fn lacking(&self) -> HashMap<Id<Skill>, Demand> {
        let mut demands = vec![Demand::default(); self.index.skills.len()];
        for (number, slot) in self.index.each().filter(|(_, it)| it.is_open(self.now)) {
            let sketch = &self.index.sketches[number];
            let fit = fit(&self.most, self.share(slot), self.level(sketch), self.location(sketch));
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
