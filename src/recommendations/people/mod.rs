//! Whom somebody may want to know: who shares their skills, their acquaintances or their place.

mod store;

use std::{collections::HashMap, sync::Arc};

use chrono::Duration;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{cache_key, service::digest_of};
use crate::{
    jobs::matching::{self, Market, Place, Seeker},
    platform::{
        app::App,
        clock::Timestamp,
        error::{Error, Result},
        id::Id,
    },
    skills::Skill,
    users::{User, UserRef},
};

use store::Person;

/// How many people a computed list keeps: more than are ever shown, as some of them get connected before it is computed anew.
const KEPT: usize = 80;
/// For how long.
const KEEP: Duration = Duration::hours(1);
/// From so many shared acquaintances on, more of them add nothing.
const MUTUAL_ENOUGH: i64 = 5;

/// What speaks for a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeopleTerms {
    /// Share of one's own skills that they hold as well, by how telling each is: at most 60.
    pub skills: i64,
    /// People whom both know: at most 30.
    pub mutual_connections: i64,
    /// The same place: 10.
    pub place: i64,
}

impl PeopleTerms {
    fn sum(self) -> i64 {
        self.skills + self.mutual_connections + self.place
    }
}

/// A person worth knowing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectionRecommendation {
    /// The person.
    pub user: UserRef,
    /// The sum of the terms, 0 to 100.
    pub score: i64,
    /// Names of the skills that both hold, the most telling first.
    pub shared_skills: Vec<String>,
    /// How many people both are connected with.
    pub mutual_connections: i64,
    /// What the score is made of.
    pub terms: PeopleTerms,
    /// One sentence.
    pub reason: String,
}

/// What a computed list keeps: who they are, and for whom it was computed. Scores are computed when they are shown, and who
/// got connected meanwhile is left out.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// A digest of all that is known of the person: another one makes the list stale.
    of: String,
    /// The best people.
    people: Vec<Id<User>>,
}

/// Somebody and how they are scored.
struct Scored {
    person: Person,
    terms: PeopleTerms,
    mutual: i64,
    shared: Vec<String>,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "terms are at most 60, and counts small"
)]
fn terms(
    weights: &HashMap<Id<Skill>, f64>,
    mine: &Place,
    other: &Person,
    shared: &[Id<Skill>],
    mutual: i64,
) -> PeopleTerms {
    let all: f64 = weights.values().sum();
    let held: f64 = shared.iter().filter_map(|it| weights.get(it)).sum();
    let share = if all > 0.0 { (held / all).clamp(0.0, 1.0) } else { 0.0 };
    let near = mine.is_known() && mine.same_city(&Place::read(&other.location));
    PeopleTerms {
        skills: (60.0 * share).round() as i64,
        mutual_connections: (30.0 * mutual.min(MUTUAL_ENOUGH) as f64 / MUTUAL_ENOUGH as f64).round() as i64,
        place: if near { 10 } else { 0 },
    }
}

fn counted(count: usize, one: &str, several: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {several}")),
    }
}

fn reason(has_skills: bool, it: &Scored) -> String {
    if !has_skills {
        return "You have no skills in your profile yet, so this is one of those with most points.".into();
    }
    let mutual = usize::try_from(it.mutual).unwrap_or(0);
    let shared: Vec<String> =
        [counted(it.shared.len(), "skill", "skills"), counted(mutual, "connection", "connections")]
            .into_iter()
            .flatten()
            .collect();
    match (shared.is_empty(), it.terms.place > 0) {
        (false, false) => format!("You share {}.", shared.join(" and ")),
        (false, true) => format!("You share {} and the place.", shared.join(", ")),
        (true, true) => "You live in the same place.".into(),
        (true, false) => "You have nothing in common yet.".into(),
    }
}

/// Scores these people for somebody and orders them; whom something stands with is left out. Without skills of one's own
/// nothing is scored, and who has most points comes first.
fn scored(
    conn: &Connection,
    user: Id<User>,
    seeker: &Seeker,
    market: &Market,
    among: &[Id<User>],
) -> Result<Vec<Scored>> {
    let people = store::free(conn, user, among)?;
    if seeker.held.is_empty() {
        let mut scored: Vec<_> = people
            .into_iter()
            .map(|person| Scored { person, terms: PeopleTerms::default(), mutual: 0, shared: vec![] })
            .collect();
        scored.sort_by_key(|it| std::cmp::Reverse((it.person.user.points, it.person.created_at, it.person.user.id)));
        return Ok(scored);
    }
    let weights: HashMap<_, _> = seeker.held.keys().map(|it| (*it, market.idf(*it))).collect();
    let ids: Vec<_> = people.iter().map(|it| it.user.id).collect();
    let mutual = store::mutual(conn, user, &ids)?;
    let mut shared = store::shared(conn, user, &ids)?;
    let mut scored: Vec<_> = people
        .into_iter()
        .map(|person| {
            let mut both = shared.remove(&person.user.id).unwrap_or_default();
            let weight = |skill: &Id<Skill>| weights.get(skill).copied().unwrap_or(0.0);
            both.sort_by(|(a, x), (b, y)| weight(b).total_cmp(&weight(a)).then_with(|| x.cmp(y)));
            let (skills, names): (Vec<_>, Vec<_>) = both.into_iter().unzip();
            let mutual = mutual.get(&person.user.id).copied().unwrap_or(0);
            let terms = terms(&weights, &seeker.place, &person, &skills, mutual);
            Scored { person, terms, mutual, shared: names }
        })
        .filter(|it| it.terms.sum() > 0)
        .collect();
    scored.sort_by_key(|it| std::cmp::Reverse((it.terms.sum(), it.person.created_at, it.person.user.id)));
    Ok(scored)
}

/// The best people for somebody, found by index: holders of their skills, acquaintances of their acquaintances, people of
/// their place; without skills, who has most points.
fn compute(conn: &Connection, user: Id<User>) -> Result<Kept> {
    let (seeker, market) = (matching::seeker(conn, user)?, matching::market(conn)?);
    let among = if seeker.held.is_empty() {
        store::by_points(conn, user, KEPT)?
    } else {
        let weights = seeker.held.keys().map(|it| (*it, market.idf(*it))).collect();
        store::candidates(conn, user, &weights)?
    };
    let mut best = scored(conn, user, &seeker, &market, &among)?;
    best.truncate(KEPT);
    Ok(Kept { of: digest_of(&seeker), people: best.into_iter().map(|it| it.person.user.id).collect() })
}

fn key(user: Id<User>) -> String {
    format!("{}:connections", cache_key(user))
}

async fn renew(app: &Arc<App>, user: Id<User>) -> Result<Kept> {
    let made = app.db.read(move |conn| compute(conn, user)).await?;
    app.db
        .write(move |tx| {
            tx.cache(&key(user), &made, KEEP)?;
            Ok(made)
        })
        .await
}

fn kept(app: &App, conn: &Connection, user: Id<User>, now: Timestamp) -> Result<Option<Kept>> {
    let Some(json) = app.cache.get(conn, &key(user), now)? else { return Ok(None) };
    let kept: Kept = serde_json::from_slice(json.json())?;
    let of = digest_of(&matching::seeker(conn, user)?);
    Ok(Some(kept).filter(|it| it.of == of))
}

/// The people whom somebody may want to know, best first.
///
/// # Errors
/// 404 when there is no such account.
pub async fn recommended_connections(
    app: &Arc<App>,
    user: Id<User>,
    limit: usize,
    refresh: bool,
) -> Result<Vec<ConnectionRecommendation>> {
    let (house, now) = (app.clone(), app.clock.now());
    let standing = if refresh { None } else { app.db.read(move |conn| kept(&house, conn, user, now)).await? };
    let Kept { people, .. } = match standing {
        Some(kept) => kept,
        None => renew(app, user).await?,
    };
    app.db
        .read(move |conn| {
            let (seeker, market) = (matching::seeker(conn, user)?, matching::market(conn)?);
            let best = scored(conn, user, &seeker, &market, &people)?;
            Ok(best.into_iter().take(limit).map(|it| explained(!seeker.held.is_empty(), it)).collect())
        })
        .await
}

fn explained(has_skills: bool, it: Scored) -> ConnectionRecommendation {
    ConnectionRecommendation {
        reason: reason(has_skills, &it),
        user: it.person.user,
        score: it.terms.sum(),
        shared_skills: it.shared,
        mutual_connections: it.mutual,
        terms: it.terms,
    }
}

/// Computes the list ahead of somebody's asking. Who is gone needs none.
///
/// # Errors
/// Those of the database.
pub async fn prepare_connections(app: &Arc<App>, user: Id<User>) -> Result<()> {
    match renew(app, user).await {
        Err(Error::NotFound(_)) => Ok(()),
        outcome => outcome.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_term_keeps_its_bounds(
            weights in proptest::collection::hash_map((1_i64..30).prop_map(Id::new), 0.01_f64..9.0, 0..9),
            shared in proptest::collection::hash_set((1_i64..30).prop_map(Id::new), 0..9),
            mutual in 0_i64..50, place in proptest::sample::select(vec!["", "Kyiv", "Kyiv, Ukraine", "Oslo, Norway"]),
        ) {
            let user = UserRef {
                id: Id::new(1), username: "ann".into(), first_name: String::new(), last_name: String::new(),
                title: String::new(), profile_picture: None, points: 0,
            };
            let person = Person { user, location: place.into(), created_at: Timestamp::from_seconds(0) };
            let shared: Vec<_> = shared.into_iter().collect();
            let terms = terms(&weights, &Place::read("Kyiv, Ukraine"), &person, &shared, mutual);
            prop_assert!((0..=60).contains(&terms.skills) && (0..=30).contains(&terms.mutual_connections));
            prop_assert_eq!(terms.place, if place.starts_with("Kyiv") { 10 } else { 0 });
            // Whoever shares all has the whole term.
            if !weights.is_empty() && weights.keys().all(|it| shared.contains(it)) {
                prop_assert_eq!(terms.skills, 60);
            }
        }
    }
}
