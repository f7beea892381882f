//! Whether recommended postings are what people go for: the instance's own past, split by time.
//!
//! Lists are made as of the moment behind which the last fifth of all clicks and applications lies, from what was known then,
//! and judged by what people went for afterwards. Beside the rules stand two that anybody could have: what most went for, and
//! the plain share of skills held. Of the past only rows are left: levels of skills and profiles are those of today, and
//! a posting closed since then is known by its last change.

mod model;
mod store;

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use rusqlite::Connection;
use serde::Serialize;

pub use model::Quality;
use model::{Judged, LENGTH, judge};

use crate::{
    jobs::{
        Job,
        matching::{self, Index, Posting, Seeker, Terms, rank::Excluded},
    },
    platform::{
        clock::Timestamp,
        error::{Error, Result},
        id::Id,
    },
    skills::Skill,
    users::User,
};

/// The share of what happened that lies before the split: four fifths.
const BEFORE: (usize, usize) = (4, 5);

/// What the evaluation found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The moment as of which lists were made.
    pub split_at: Option<Timestamp>,
    /// Postings that took applications then.
    pub jobs: usize,
    /// Clicks and applications before that moment.
    pub choices_before: usize,
    /// People who went for one of those postings afterwards, and whose lists were judged.
    pub users: usize,
    /// The weights of the instance, and those that were tried beside them.
    pub weights: Vec<Terms>,
    /// Each way to rank.
    pub methods: Vec<Quality>,
}

/// Judges the rules of this instance, the same with other weights if some are given, and the two plain ways, by the lists of at
/// most so many people.
///
/// # Errors
/// Those of the database.
pub fn evaluate(conn: &Connection, tried: Option<Terms>, most_users: usize) -> Result<Report> {
    let choices = store::choices(conn)?;
    let own = matching::most(conn)?;
    let weights: Vec<Terms> = [own].into_iter().chain(tried).collect();
    let split = (choices.len() * BEFORE.0 / BEFORE.1).checked_sub(1).and_then(|it| choices.get(it)).map(|it| it.at);
    let Some(split) = split else {
        return Ok(Report { split_at: None, jobs: 0, choices_before: 0, users: 0, weights, methods: vec![] });
    };
    let postings = matching::past(conn, split)?;
    let asks: HashMap<Id<Job>, HashSet<Id<Skill>>> =
        postings.iter().map(|it| (it.job, it.asks.iter().map(|(skill, _)| *skill).collect())).collect();
    let (before, after): (Vec<_>, Vec<_>) = choices.into_iter().partition(|it| it.at <= split);
    let choices_before = before.len();
    let (mut known, mut chosen): (ByUser, ByUser) = (HashMap::new(), HashMap::new());
    let mut popular: HashMap<Id<Job>, usize> = HashMap::new();
    for it in before {
        known.entry(it.user).or_default().insert(it.job);
        *popular.entry(it.job).or_default() += 1;
    }
    for it in after {
        let is_new = known.get(&it.user).is_none_or(|known| !known.contains(&it.job));
        if is_new && asks.contains_key(&it.job) {
            chosen.entry(it.user).or_default().insert(it.job);
        }
    }
    let mut people: Vec<_> = chosen.into_iter().collect();
    people.sort_unstable_by_key(|it| it.0);
    people.truncate(most_users);

    let market = Market { postings: by_popularity(&postings, &popular), split };
    let mut index = Index::default();
    index.apply(postings.iter().map(|it| (it.job, Some(it.clone()))), 1);
    let (mut ruled, mut others, mut plain, mut most) = (vec![], vec![], vec![], vec![]);
    for (user, chosen) in people {
        let Some(mut seeker) = seeker(conn, user, split)? else { continue };
        let excluded = Excluded { posted_by: Some(user), applied: known.remove(&user).unwrap_or_default() };
        let judged = |list| Judged { list, chosen: chosen.clone() };
        ruled.push(judged(index.view(&seeker, split).best(&excluded, LENGTH).jobs));
        plain.push(judged(market.by_overlap(&seeker, &excluded)));
        most.push(judged(market.first(&excluded)));
        if let Some(tried) = tried {
            seeker.most = tried;
            others.push(judged(index.view(&seeker, split).best(&excluded, LENGTH).jobs));
        }
    }
    let mut methods = vec![judge("rules", &ruled, &asks)];
    methods.extend(tried.map(|_| judge("other weights", &others, &asks)));
    methods.extend([judge("popularity", &most, &asks), judge("plain overlap", &plain, &asks)]);
    Ok(Report { split_at: Some(split), jobs: postings.len(), choices_before, users: ruled.len(), weights, methods })
}

type ByUser = HashMap<Id<User>, HashSet<Id<Job>>>;

/// Somebody as they were then, as far as the rows still tell; none when they are gone.
fn seeker(conn: &Connection, user: Id<User>, at: Timestamp) -> Result<Option<Seeker>> {
    let mut seeker = match matching::seeker(conn, user) {
        Err(Error::NotFound(_)) => return Ok(None),
        found => found?,
    };
    let gained = store::gained_since(conn, user, at)?;
    seeker.held.retain(|skill, _| !gained.contains(skill));
    Ok(Some(seeker))
}

fn by_popularity<'p>(postings: &'p [Posting], popular: &HashMap<Id<Job>, usize>) -> Vec<&'p Posting> {
    let mut ranked: Vec<&Posting> = postings.iter().collect();
    ranked.sort_by_key(|it| Reverse((popular.get(&it.job).copied().unwrap_or(0), it.posted_at, it.job)));
    ranked
}

/// The postings of that moment, what most went for first.
struct Market<'p> {
    postings: Vec<&'p Posting>,
    split: Timestamp,
}

impl Market<'_> {
    fn left(&self, excluded: &Excluded) -> impl Iterator<Item = &Posting> {
        self.postings.iter().copied().filter(move |it| {
            it.deadline.is_none_or(|deadline| deadline > self.split)
                && it.posted_by != excluded.posted_by
                && !excluded.applied.contains(&it.job)
        })
    }

    fn first(&self, excluded: &Excluded) -> Vec<Id<Job>> {
        self.left(excluded).take(LENGTH).map(|it| it.job).collect()
    }

    /// By the share of the skills asked for that is held, however well; then the newest.
    fn by_overlap(&self, seeker: &Seeker, excluded: &Excluded) -> Vec<Id<Job>> {
        let mut ranked: Vec<_> = self
            .left(excluded)
            .map(|it| {
                let held = it.asks.iter().filter(|(skill, _)| seeker.held.contains_key(skill)).count();
                (1000 * held / it.asks.len().max(1), it.posted_at, it.job)
            })
            .collect();
        ranked.sort_unstable_by_key(|it| Reverse(*it));
        ranked.into_iter().take(LENGTH).map(|it| it.2).collect()
    }
}
