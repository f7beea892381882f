//! All open postings by skill, in memory.
//!
//! Each posting has a slot, and each skill a list of the slots that ask for it, in order. An entry of such a list and one of
//! what a posting asks for take four bytes each, so that a posting of eight skills takes some 30 bytes for each of them
//! ([`Index::bytes`], measured by `cargo bench --bench matching`).

use std::collections::{HashMap, HashSet};

use super::{Place, idf, weight};
use crate::{
    jobs::{Job, JobLevel},
    platform::{clock::Timestamp, id::Id},
    skills::Skill,
    users::User,
};

/// A posting that takes applications, as the index takes it in.
#[derive(Clone, Debug)]
pub struct Posting {
    /// Which.
    pub job: Id<Job>,
    /// How experienced somebody must be; none: any.
    pub level: Option<JobLevel>,
    /// Where it is, as it is written.
    pub location: String,
    /// Whether it can be done from anywhere.
    pub is_remote: bool,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// Until when it takes applications.
    pub deadline: Option<Timestamp>,
    /// Who posted it.
    pub posted_by: Option<Id<User>>,
    /// The middle of what it pays, with its currency.
    pub salary: Option<(i64, String)>,
    /// The skills that it asks for, and whether each is needed; in order of ids.
    pub asks: Vec<(Id<Skill>, bool)>,
}

/// A number and a mark in one.
#[derive(Clone, Copy)]
pub(super) struct Marked(u32);

impl Marked {
    fn new(number: u32, mark: bool) -> Self {
        Self(number << 1 | u32::from(mark))
    }

    /// The number.
    pub(super) fn number(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// The mark: whether the skill is needed.
    pub(super) fn must(self) -> bool {
        self.0 & 1 == 1
    }
}

/// A posting, ready to be scored.
pub(super) struct Slot {
    pub(super) job: Id<Job>,
    pub(super) posted_at: Timestamp,
    pub(super) deadline: Option<Timestamp>,
    pub(super) posted_by: Option<Id<User>>,
    pub(super) salary: Option<(i64, [u8; 3])>,
    /// Numbers of skills, in order of the ids of the skills.
    pub(super) asks: Box<[Marked]>,
    /// What they weigh together.
    pub(super) all: f64,
}

/// What of a posting bounds its score, in 20 bytes: what is looked at of every posting must be small.
#[derive(Clone, Copy, Default)]
pub(super) struct Sketch {
    /// What its skills weigh together, nearly.
    pub(super) all: f32,
    /// The number of its place.
    pub(super) place: u32,
    /// The hour since 1970 in which it was posted.
    pub(super) posted: u32,
    /// The hour in which its deadline lies; 0 in an empty slot.
    pub(super) ends: u32,
    /// How many skills it asks for.
    pub(super) asks: u8,
    /// How many of them are needed.
    pub(super) musts: u8,
    /// The level that it wants: 0 any, then from the lowest.
    pub(super) level: u8,
    /// Whether it can be done from anywhere.
    pub(super) is_remote: bool,
}

/// The hour since 1970 of a moment; what lies before is put there.
pub(super) fn hour(at: Timestamp) -> u32 {
    u32::try_from((at.micros() / 3_600_000_000).max(0)).unwrap_or(u32::MAX)
}

impl Slot {
    /// Whether it takes applications at this moment.
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.deadline.is_none_or(|it| it > now)
    }
}

/// A skill that postings ask for, or once asked for.
pub(super) struct Asked {
    pub(super) skill: Id<Skill>,
    pub(super) idf: f64,
    /// Numbers of slots, ascending.
    pub(super) slots: Vec<Marked>,
}

/// The postings that count in what skills are asked for. Those past their deadline are among them until they are closed.
#[derive(Default)]
pub struct Index {
    pub(super) slots: Vec<Option<Slot>>,
    /// The same number tells a slot and its sketch.
    pub(super) sketches: Vec<Sketch>,
    free: Vec<u32>,
    numbers: HashMap<Id<Job>, u32>,
    pub(super) skills: Vec<Asked>,
    skill_numbers: HashMap<Id<Skill>, u32>,
    /// Every place that a posting named since the index was begun: there are far fewer places than postings.
    pub(super) places: Vec<Place>,
    place_numbers: HashMap<Box<str>, u32>,
    seen: i64,
}

/// The nearest number of half the size.
#[expect(clippy::cast_possible_truncation, reason = "what is computed from it allows for that")]
pub(super) fn roughly(exact: f64) -> f32 {
    exact as f32
}

/// A position as a number of 31 bits: two thousand million postings do not fit into memory anyway.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

impl Index {
    /// The last change that it took in.
    pub fn seen(&self) -> i64 {
        self.seen
    }

    /// How many postings it holds.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Takes in changes up to this number: a posting as it is now, or none where it counts no more.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = (Id<Job>, Option<Posting>)>, seen: i64) {
        for (job, posting) in changes {
            self.remove(job);
            if let Some(posting) = posting {
                self.insert(posting);
            }
        }
        self.seen = seen;
        self.weigh();
    }

    fn remove(&mut self, job: Id<Job>) {
        let Some(number) = self.numbers.remove(&job) else { return };
        let Some(slot) = self.slots.get_mut(number as usize).and_then(Option::take) else { return };
        for ask in &slot.asks {
            if let Some(skill) = self.skills.get_mut(ask.number())
                && let Ok(at) = skill.slots.binary_search_by_key(&(number as usize), |it| it.number())
            {
                skill.slots.remove(at);
            }
        }
        self.sketches[number as usize] = Sketch::default();
        self.free.push(number);
    }

    fn insert(&mut self, posting: Posting) {
        let number = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.sketches.push(Sketch::default());
            narrow(self.slots.len() - 1)
        });
        let asks: Box<[Marked]> =
            posting.asks.iter().map(|(skill, must)| Marked::new(self.skill(*skill), *must)).collect();
        for ask in &asks {
            if let Some(skill) = self.skills.get_mut(ask.number()) {
                let at = skill.slots.partition_point(|it| it.number() < number as usize);
                skill.slots.insert(at, Marked::new(number, ask.must()));
            }
        }
        let slot = Slot {
            job: posting.job,
            posted_at: posting.posted_at,
            deadline: posting.deadline,
            posted_by: posting.posted_by,
            salary: posting.salary.and_then(|(amount, currency)| Some((amount, currency.as_bytes().try_into().ok()?))),
            asks,
            all: 0.0,
        };
        self.sketches[number as usize] = Sketch {
            all: 0.0,
            place: self.place(posting.location),
            posted: hour(slot.posted_at),
            ends: slot.deadline.map_or(u32::MAX, hour),
            asks: u8::try_from(slot.asks.len()).unwrap_or(u8::MAX),
            musts: u8::try_from(slot.asks.iter().filter(|it| it.must()).count()).unwrap_or(u8::MAX),
            level: posting.level.map_or(0, |it| it as u8 + 1),
            is_remote: posting.is_remote,
        };
        self.numbers.insert(slot.job, number);
        self.slots[number as usize] = Some(slot);
    }

    fn skill(&mut self, skill: Id<Skill>) -> u32 {
        *self.skill_numbers.entry(skill).or_insert_with(|| {
            self.skills.push(Asked { skill, idf: 0.0, slots: vec![] });
            narrow(self.skills.len() - 1)
        })
    }

    fn place(&mut self, location: String) -> u32 {
        *self.place_numbers.entry(location.into_boxed_str()).or_insert_with_key(|location| {
            self.places.push(Place::read(location));
            narrow(self.places.len() - 1)
        })
    }

    /// One posting more or less moves what every skill weighs, and so what every posting weighs: a million additions take
    /// about a millisecond, once for all that is asked until the next change.
    fn weigh(&mut self) {
        let open = i64::try_from(self.numbers.len()).unwrap_or(i64::MAX);
        for skill in &mut self.skills {
            skill.idf = idf(open, i64::try_from(skill.slots.len()).unwrap_or(i64::MAX));
        }
        for (slot, sketch) in self.slots.iter_mut().zip(&mut self.sketches) {
            let Some(slot) = slot else { continue };
            slot.all = slot.asks.iter().map(|it| weight(self.skills[it.number()].idf, it.must())).sum();
            sketch.all = roughly(slot.all);
        }
    }

    /// The number of a skill, if a posting ever asked for it.
    pub(super) fn number_of(&self, skill: Id<Skill>) -> Option<usize> {
        self.skill_numbers.get(&skill).map(|it| *it as usize)
    }

    /// The number of the slot of a posting, if it counts.
    pub(super) fn slot_of(&self, job: Id<Job>) -> Option<usize> {
        self.numbers.get(&job).map(|it| *it as usize)
    }

    /// Every slot that holds a posting, with its number.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.slots.iter().enumerate().filter_map(|(number, it)| Some((number, it.as_ref()?)))
    }

    /// What these postings ask for, as far as they count.
    pub fn asked_by(&self, jobs: &[Id<Job>]) -> HashSet<Id<Skill>> {
        let slots = jobs.iter().filter_map(|it| self.slots[self.slot_of(*it)?].as_ref());
        slots.flat_map(|it| &it.asks).map(|it| self.skills[it.number()].skill).collect()
    }

    /// How many skills its postings ask for, each counted once for each posting.
    pub fn pairs(&self) -> usize {
        self.skills.iter().map(|it| it.slots.len()).sum()
    }

    /// What it takes of memory: what was asked of the allocator, and 16 bytes for each block of its own.
    pub fn bytes(&self) -> usize {
        const BLOCK: usize = 16;
        // A table is at most seven eighths full, and keeps a byte for each entry beside it.
        fn table<K, V>(of: &HashMap<K, V>) -> usize {
            of.capacity() * 8 / 7 * (size_of::<(K, V)>() + 1) + BLOCK
        }
        let asks: usize = self.each().map(|(_, it)| size_of_val(&*it.asks) + BLOCK).sum();
        let lists: usize = self.skills.iter().map(|it| it.slots.capacity() * size_of::<Marked>() + BLOCK).sum();
        let texts: usize = self.place_numbers.keys().map(|it| 3 * (it.len() + BLOCK)).sum();
        self.slots.capacity() * size_of::<Option<Slot>>()
            + self.sketches.capacity() * size_of::<Sketch>()
            + asks
            + lists
            + texts
            + self.skills.capacity() * size_of::<Asked>()
            + self.places.capacity() * size_of::<Place>()
            + self.free.capacity() * size_of::<u32>()
            + table(&self.numbers)
            + table(&self.skill_numbers)
            + table(&self.place_numbers)
    }
}
