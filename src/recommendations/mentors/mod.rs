//! Mentors who help with what somebody lacks.

mod store;

use std::{cmp::Reverse, sync::Arc};

use chrono::Duration;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Gap, Target, gaps, service::digest_of};
use crate::{
    jobs::matching::{self, OpenJobs},
    mentors::{self, Mentor},
    platform::{
        app::App,
        clock::Timestamp,
        error::{Error, Result},
        id::Id,
    },
    skills::Skill,
    users::User,
};
use store::Offer;

/// Under which key the computed lists of all people are kept, each behind a colon and its person: a change of who is a mentor
/// makes all of them stale.
pub const CACHE_KEY: &str = "recommended_mentors";

/// How many of the widest gaps count.
const GAPS: usize = 10;
/// How many mentors a computed list keeps: more than are ever shown.
const KEPT: usize = 80;
/// How long it is kept.
const KEEP: Duration = Duration::hours(1);
/// The time of which free hours count.
const AHEAD: Duration = Duration::days(14);

/// What speaks for a mentor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MentorTerms {
    /// The share of the gaps that they help with, by weight: at most 60.
    pub skills: i64,
    /// What mentees think of them, or of mentors as a whole while nobody rated them: at most 25.
    pub rating: i64,
    /// How many hours they have free in the next 14 days, 4 being enough; 8 when that is unknown: at most 15.
    pub availability: i64,
}

impl MentorTerms {
    /// The score, 0 to 100.
    pub fn sum(&self) -> i64 {
        self.skills + self.rating + self.availability
    }
}

/// A mentor worth asking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MentorRecommendation {
    /// Who.
    pub mentor: Mentor,
    /// The sum of the terms, 0 to 100.
    pub score: i64,
    /// Names of the gaps that they help with, widest first.
    pub matched_skills: Vec<String>,
    /// What the score is made of.
    pub terms: MentorTerms,
    /// One sentence.
    pub reason: String,
}

/// A mentor of a computed list, who is found again when it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Scored {
    mentor: Id<Mentor>,
    matched_skills: Vec<String>,
    terms: MentorTerms,
    reason: String,
}

/// A computed list, and for whom it was computed.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    of: String,
    mentors: Vec<Scored>,
}

#[expect(clippy::cast_possible_truncation, reason = "terms are at most 100")]
fn rounded(term: f64) -> i64 {
    term.round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "minutes of a fortnight are far fewer than 2^52")]
fn terms(offer: &Offer, covered: &[&Gap], weight: f64) -> MentorTerms {
    let skills = if weight > 0.0 { covered.iter().map(|it| it.weight).sum::<f64>() / weight } else { 0.0 };
    let free = offer.weekly_hours.map(|hours| ((2 * 60 * hours - offer.booked_minutes).max(0)) as f64 / 60.0);
    MentorTerms {
        skills: rounded(60.0 * skills),
        rating: rounded(25.0 * (offer.rating - 1.0) / 4.0),
        availability: free.map_or(8, |hours| rounded(15.0 * (hours / 4.0).min(1.0))),
    }
}

/// One sentence made from the largest terms.
fn reason(offer: &Offer, terms: &MentorTerms, covered: &[&Gap]) -> String {
    let names: Vec<&str> = covered.iter().take(3).map(|it| it.skill_name.as_str()).collect();
    let helps = match names.as_slice() {
        [] => None,
        [one] => Some(format!("helps with {one}, which you lack")),
        [several @ .., last] => Some(format!("helps with {} and {last}, which you lack", several.join(", "))),
    };
    let rated = (offer.reviews_count > 0 && offer.rating >= 4.0).then(|| format!("is rated {:.1} of 5", offer.rating));
    let free = (terms.availability == 15).then(|| "has time in the next two weeks".to_owned());
    let parts: Vec<String> = helps.into_iter().chain(rated).chain(free).take(2).collect();
    let mut sentence = if parts.is_empty() { "takes mentees".to_owned() } else { parts.join(", and ") };
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence + "."
}

/// The best mentors for somebody: those who help with a gap by score, then the others by score; ties: the better rated, the
/// newer, the higher id.
fn compute(conn: &Connection, open: &OpenJobs, user: Id<User>, now: Timestamp) -> Result<Kept> {
    let of = digest_of(&matching::seeker(conn, user)?);
    let gaps: Vec<Gap> = gaps(conn, open, user, &Target::Market, GAPS, now)?;
    let wanted: Vec<Id<Skill>> = gaps.iter().map(|it| it.skill_id).collect();
    let weight: f64 = gaps.iter().map(|it| it.weight).sum();
    let mut scored: Vec<_> = store::offers(conn, user, &wanted, (now, now.plus(AHEAD)))?
        .into_iter()
        .map(|offer| {
            let covered: Vec<&Gap> = gaps.iter().filter(|it| offer.helps_with.contains(&it.skill_id)).collect();
            let terms = terms(&offer, &covered, weight);
            let it = Scored {
                mentor: offer.mentor,
                matched_skills: covered.iter().map(|it| it.skill_name.clone()).collect(),
                terms,
                reason: reason(&offer, &terms, &covered),
            };
            ((terms.skills > 0, terms.sum(), terms.rating, offer.created_at, offer.mentor), it)
        })
        .collect();
    scored.sort_by_key(|(key, _)| Reverse(*key));
    scored.truncate(KEPT);
    Ok(Kept { of, mentors: scored.into_iter().map(|(_, it)| it).collect() })
}

/// Under which key the computed list of somebody is kept.
pub fn key(user: Id<User>) -> String {
    format!("{CACHE_KEY}:{user}")
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

/// The mentors who serve somebody best, best first: approved, not themselves, and without a request of theirs that waits.
/// Computed anew when asked to, or when they are not who they were.
///
/// # Errors
/// 404 when there is no such account.
pub async fn recommended(
    app: &Arc<App>,
    user: Id<User>,
    limit: usize,
    refresh: bool,
) -> Result<Vec<MentorRecommendation>> {
    let (now, house) = (app.clock.now(), app.clone());
    let kept = app.db.read(move |conn| {
        let Some(json) = house.cache.get(conn, &key(user), now)?.filter(|_| !refresh) else { return Ok(None) };
        let kept: Kept = serde_json::from_slice(json.json())?;
        let of = digest_of(&matching::seeker(conn, user)?);
        Ok(Some(kept).filter(|it| it.of == of))
    });
    let Kept { mentors: kept, .. } = match kept.await? {
        Some(kept) => kept,
        None => renew(app, user).await?,
    };
    app.db
        .read(move |conn| {
            let ids: Vec<_> = kept.iter().map(|it| it.mentor).collect();
            let open = store::still_open(conn, user, &ids)?;
            let shown: Vec<Scored> = kept.into_iter().filter(|it| open.contains(&it.mentor)).take(limit).collect();
            let ids: Vec<_> = shown.iter().map(|it| it.mentor).collect();
            let found = mentors::store::get_all(conn, &ids)?;
            let recommendations = found.into_iter().zip(shown).map(|(mentor, it)| MentorRecommendation {
                mentor,
                score: it.terms.sum(),
                matched_skills: it.matched_skills,
                terms: it.terms,
                reason: it.reason,
            });
            Ok(recommendations.collect())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{recommendations::Priority, skills::Category};

    fn gap(skill: i64, weight: f64) -> Gap {
        Gap {
            skill_id: Id::new(skill),
            skill_name: format!("Skill {skill}"),
            skill_category: Category::Other,
            job_count: 1,
            weight,
            priority: Priority::Nice,
            reason: String::new(),
        }
    }

    proptest! {
        #[test]
        fn each_term_keeps_its_bounds_and_the_score_is_their_sum(
            weights in proptest::collection::vec(0.0_f64..90.0, 0..10), helps in any::<u16>(), rating in 1.0_f64..=5.0,
            reviews_count in 0_i64..9, weekly_hours in proptest::option::of(0_i64..=80), booked_minutes in 0_i64..20_000,
        ) {
            let gaps: Vec<Gap> = (0..).zip(&weights).map(|(nth, weight)| gap(nth + 1, *weight)).collect();
            let covered: Vec<&Gap> = gaps.iter().filter(|it| helps >> it.skill_id.raw() & 1 == 1).collect();
            let offer = Offer {
                mentor: Id::new(1), rating, reviews_count, weekly_hours, booked_minutes,
                created_at: Timestamp::from_seconds(0), helps_with: covered.iter().map(|it| it.skill_id).collect(),
            };
            let terms = terms(&offer, &covered, weights.iter().sum());
            prop_assert!((0..=60).contains(&terms.skills) && (0..=25).contains(&terms.rating));
            prop_assert!((0..=15).contains(&terms.availability));
            prop_assert_eq!(terms.sum(), terms.skills + terms.rating + terms.availability);
            prop_assert!(reason(&offer, &terms, &covered).ends_with('.'));
        }
    }
}
