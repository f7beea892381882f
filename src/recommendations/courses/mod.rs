//! Courses that teach somebody what they lack.

pub mod store;

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::Duration;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Gap, Target, cache_key, gaps, service::digest_of};
use crate::{
    courses::{Course, CourseRef, learning::LearningStatus},
    jobs::matching::{self, OpenJobs, Seeker},
    offers::Difficulty,
    platform::{
        app::App,
        clock::Timestamp,
        error::{Error, Result},
        id::Id,
    },
    skills::Skill,
    users::{ExperienceLevel, User},
};
use store::Offer;

/// How many of the widest gaps count.
const GAPS: usize = 10;
/// How many of the best rated and of the most learned courses are looked at beside those that teach a gap.
const BESIDE: i64 = 200;
/// How many courses a computed list keeps.
const KEPT: usize = 80;
/// How long it is kept.
const KEEP: Duration = Duration::hours(1);
/// Votes that every course starts with, and what each of them gives.
const VOTES: (f64, f64) = (5.0, 4.0);

/// What speaks for a course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CourseTerms {
    /// The share of the gaps that it teaches, by weight: at most 60.
    pub coverage: i64,
    /// What learners think of it: at most 20.
    pub rating: i64,
    /// How near it is to one's level: at most 15.
    pub level: i64,
    /// How many learn it, beside the course that most learn: at most 5.
    pub popularity: i64,
}

impl CourseTerms {
    /// The score, 0 to 100.
    pub fn sum(&self) -> i64 {
        self.coverage + self.rating + self.level + self.popularity
    }
}

/// A course worth taking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseRecommendation {
    /// The course.
    pub course: CourseRef,
    /// The sum of the terms, 0 to 100.
    pub score: i64,
    /// How many percent of the gaps it teaches.
    pub skill_coverage: i64,
    /// Names of the gaps that it teaches, widest first.
    pub covers_skills: Vec<String>,
    /// What the score is made of.
    pub terms: CourseTerms,
    /// One sentence.
    pub reason: String,
}

/// A course of a computed list, which is found again when it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Scored {
    course: Id<Course>,
    skill_coverage: i64,
    covers_skills: Vec<String>,
    terms: CourseTerms,
    reason: String,
}

/// A computed list, and for whom it was computed.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    of: String,
    courses: Vec<Scored>,
}

#[expect(clippy::cast_possible_truncation, reason = "terms are at most 100")]
fn rounded(term: f64) -> i64 {
    term.round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "people and votes are far fewer than 2^52")]
fn number(count: i64) -> f64 {
    count as f64
}

/// The mean rating with the votes that every course starts with.
fn mean(offer: &Offer) -> f64 {
    (number(offer.rating_sum) + VOTES.0 * VOTES.1) / (number(offer.total_ratings) + VOTES.0)
}

fn level_term(mine: Option<ExperienceLevel>, difficulty: Difficulty) -> i64 {
    let Some(mine) = mine else { return 8 };
    let band: usize = match mine {
        ExperienceLevel::Entry | ExperienceLevel::Junior => 0,
        ExperienceLevel::Mid => 1,
        ExperienceLevel::Senior | ExperienceLevel::Lead => 2,
    };
    let of_course = Difficulty::ALL.iter().position(|it| *it == difficulty).unwrap_or(0);
    match band.abs_diff(of_course) {
        0 => 15,
        1 => 8,
        _ => 0,
    }
}

/// The courses that somebody can get to: they take learners, or are being learned, and so does all that they build upon
/// and that is not completed.
pub fn reachable(offers: &HashMap<Id<Course>, Offer>) -> HashSet<Id<Course>> {
    fn check(id: Id<Course>, offers: &HashMap<Id<Course>, Offer>, known: &mut HashMap<Id<Course>, bool>) -> bool {
        if let Some(known) = known.get(&id) {
            return *known;
        }
        // Until it is known: who builds upon oneself never gets there. No circle can be stored.
        known.insert(id, false);
        let reachable = offers.get(&id).is_some_and(|offer| match offer.standing {
            Some((LearningStatus::Completed, _)) => true,
            standing => {
                let is_learned = matches!(standing, Some((LearningStatus::InProgress, _)));
                (offer.is_open || is_learned) && offer.before.iter().all(|it| check(*it, offers, known))
            }
        });
        known.insert(id, reachable);
        reachable
    }
    let mut known = HashMap::new();
    offers.keys().filter(|id| check(**id, offers, &mut known)).copied().collect()
}

/// The best courses for somebody: those that they can get to and never enrolled in, by score; ties: newer, then the higher
/// id. Without gaps rating and popularity decide.
fn scored(conn: &Connection, open: &OpenJobs, user: Id<User>, seeker: &Seeker, now: Timestamp) -> Result<Vec<Scored>> {
    let gaps: Vec<Gap> = gaps(conn, open, user, &Target::Market, GAPS, now)?;
    let wanted: Vec<Id<Skill>> = gaps.iter().map(|it| it.skill_id).collect();
    let offers = store::offers(conn, user, &wanted, BESIDE)?;
    let most_students = store::most_students(conn)?;
    let weight: f64 = gaps.iter().map(|it| it.weight).sum();
    let can_reach = reachable(&offers);
    let mut scored: Vec<_> = offers
        .values()
        .filter(|it| it.is_open && !it.is_own && it.standing.is_none() && can_reach.contains(&it.course.id))
        .map(|offer| {
            let covered: Vec<&Gap> = gaps.iter().filter(|it| offer.teaches.contains(&it.skill_id)).collect();
            let popularity = match most_students {
                0 => 0.0,
                most => 5.0 * number(offer.total_students).ln_1p() / number(most).ln_1p(),
            };
            let mut terms = CourseTerms {
                rating: rounded(20.0 * (mean(offer) - 1.0) / 4.0),
                popularity: rounded(popularity),
                ..CourseTerms::default()
            };
            if weight > 0.0 {
                terms.coverage = rounded(60.0 * covered.iter().map(|it| it.weight).sum::<f64>() / weight);
                terms.level = level_term(seeker.level, offer.course.difficulty);
            }
            let share = 100 * covered.len() / gaps.len().max(1);
            let it = Scored {
                course: offer.course.id,
                skill_coverage: i64::try_from(share).unwrap_or(0),
                covers_skills: covered.iter().map(|it| it.skill_name.clone()).collect(),
                terms,
                reason: reason(offer, &terms, &covered),
            };
            ((terms.sum(), offer.created_at, offer.course.id), it)
        })
        .collect();
    scored.sort_by_key(|(key, _)| Reverse(*key));
    scored.truncate(KEPT);
    Ok(scored.into_iter().map(|(_, it)| it).collect())
}

/// Names in a sentence: "SQL, Docker and Rust".
pub fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [several @ .., last] => format!("{} and {last}", several.join(", ")),
    }
}

/// One sentence made from the largest terms.
fn reason(offer: &Offer, terms: &CourseTerms, covered: &[&Gap]) -> String {
    let names: Vec<&str> = covered.iter().take(3).map(|it| it.skill_name.as_str()).collect();
    let rated = (offer.total_ratings > 0 && mean(offer) >= 4.0)
        .then(|| format!("learners rate it {:.1} of 5", number(offer.rating_sum) / number(offer.total_ratings)));
    let level = (terms.level == 15).then(|| "it fits your level".to_owned());
    let more: Vec<String> = level.into_iter().chain(rated).collect();
    let more = more.iter().map(String::as_str).collect::<Vec<_>>();
    let mut sentence = match (names.as_slice(), more.as_slice()) {
        ([], []) => "it takes learners, and nothing is known against it".to_owned(),
        ([], more) => listed(more),
        (names, []) => format!("it teaches {}, which you lack", listed(names)),
        (names, more) => format!("it teaches {}, which you lack, and {}", listed(names), listed(more)),
    };
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence + "."
}

fn key(user: Id<User>) -> String {
    format!("{}:courses", cache_key(user))
}

fn compute(conn: &Connection, open: &OpenJobs, user: Id<User>, now: Timestamp) -> Result<Kept> {
    let seeker = matching::seeker(conn, user)?;
    Ok(Kept { of: digest_of(&seeker), courses: scored(conn, open, user, &seeker, now)? })
}

async fn renew(app: &App, user: Id<User>) -> Result<Kept> {
    let (now, open) = (app.clock.now(), OpenJobs::of(app));
    let made = app.db.read(move |conn| compute(conn, &open, user, now)).await?;
    app.db
        .write(move |tx| {
            tx.cache(&key(user), &made, KEEP)?;
            Ok(made)
        })
        .await
}

/// The courses that serve somebody best, best first; computed anew when asked to, or when they are not who they were.
///
/// # Errors
/// 404 when there is no such account.
pub async fn recommended(
    app: &Arc<App>,
    user: Id<User>,
    limit: usize,
    refresh: bool,
) -> Result<Vec<CourseRecommendation>> {
    let (now, house) = (app.clock.now(), app.clone());
    let kept = app.db.read(move |conn| {
        let Some(json) = house.cache.get(conn, &key(user), now)?.filter(|_| !refresh) else { return Ok(None) };
        let kept: Kept = serde_json::from_slice(json.json())?;
        let of = digest_of(&matching::seeker(conn, user)?);
        Ok(Some(kept).filter(|it| it.of == of))
    });
    let Kept { courses, .. } = match kept.await? {
        Some(kept) => kept,
        None => renew(app, user).await?,
    };
    app.db
        .read(move |conn| {
            let ids: Vec<_> = courses.iter().map(|it| it.course).collect();
            let mut open = store::still_open(conn, user, &ids)?;
            let shown = courses.into_iter().filter_map(|it| {
                Some(CourseRecommendation {
                    course: open.remove(&it.course)?,
                    score: it.terms.sum(),
                    skill_coverage: it.skill_coverage,
                    covers_skills: it.covers_skills,
                    terms: it.terms,
                    reason: it.reason,
                })
            });
            Ok(shown.take(limit).collect())
        })
        .await
}

/// Computes the list ahead of somebody's asking. Who is gone needs none.
///
/// # Errors
/// Those of the database.
pub async fn prepare(app: &App, user: Id<User>) -> Result<()> {
    match renew(app, user).await {
        Err(Error::NotFound(_)) => Ok(()),
        outcome => outcome.map(drop),
    }
}
