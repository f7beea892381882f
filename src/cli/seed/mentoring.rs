//! Invented mentors, and the sessions that people have with them.

use std::sync::Arc;

use chrono::Duration;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

use super::{
    content::{fields, happens},
    people::Person,
};
use crate::{
    mentors::{
        self, Mentor,
        sessions::{self, SessionStatus},
    },
    platform::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
    },
    skills::ProficiencyLevel,
    users::{CurrentUser, User, store},
};

/// One of so many people is a mentor.
const ONE_OF: usize = 6;
/// What mentors say of themselves.
const BIOS: [&str; 3] = [
    "I have worked with {skill} for years and like to look at real code with people: bring what you are stuck on.",
    "Ask me about {skill}, and about finding your way in a team. I rather ask back than lecture.",
    "I help people who change into this work. We begin with a small plan and look at it again every two weeks.",
];
/// What is asked for.
const TITLES: [&str; 4] =
    ["First steps with {skill}", "Look at my {skill} project", "An interview about {skill}", "Which way to go next"];
/// What mentees say, by the rating from 3 on.
const FEEDBACK: [&str; 3] = [
    "Friendly, but we ran out of time before my second question.",
    "Clear answers and a list of what to read next.",
    "An hour that saved me a week.",
];

/// How a session goes: when it was asked for and held, seen from now, and what it was given.
#[derive(Clone)]
struct Plan {
    mentee: Id<User>,
    title: String,
    asked: Duration,
    held: Option<Duration>,
    rating: Option<i64>,
    /// Nothing comes of it: it is declined, called off, or the mentee does not come.
    fails: bool,
}

#[derive(PartialEq)]
enum Kind {
    Waiting,
    Coming,
    Past,
}

impl Plan {
    fn kind(&self) -> Kind {
        match self.held {
            None => Kind::Waiting,
            Some(ahead) if ahead > Duration::zero() => Kind::Coming,
            Some(_) => Kind::Past,
        }
    }
}

/// Makes some of those who know much mentors, and has others ask them for sessions: past ones, coming ones, and some that
/// wait for an answer.
pub(super) async fn invent(app: &App, random: &mut StdRng, people: &Arc<Vec<Person>>) -> anyhow::Result<()> {
    let knows = |it: &&Person| {
        it.skills
            .iter()
            .filter(|(_, level, _)| matches!(level, ProficiencyLevel::Advanced | ProficiencyLevel::Expert))
            .count()
    };
    let mut able: Vec<&Person> = people.iter().skip(3).filter(|it| knows(it) >= 2).collect();
    able.truncate(people.len() / ONE_OF);
    let mut plans: Vec<(Id<User>, Value, Vec<Plan>)> = vec![];
    for mentor in able {
        let mut best = mentor.skills.clone();
        best.sort_by(|(_, a, _), (_, b, _)| b.cmp(a));
        let skills: Vec<String> = best.into_iter().take(5).map(|(name, ..)| name).collect();
        let first = skills.first().cloned().unwrap_or_default();
        let bio = BIOS.choose(random).unwrap_or(&BIOS[0]).replace("{skill}", &first);
        let body = json!({
            "specializations": skills, "bio": bio, "years_of_experience": random.random_range(4..20),
            "hourly_rate": if happens(random, 0.6) { json!(random.random_range(2..12) * 10) } else { Value::Null },
            "availability_hours_per_week": if happens(random, 0.7) { json!(random.random_range(2..9)) } else { Value::Null },
        });
        let most = random.random_range(2..7).min(people.len());
        let mentees = people.choose_multiple(random, most).filter(|it| it.id != mentor.id).cloned().collect::<Vec<_>>();
        let sessions = mentees.iter().map(|it| plan(random, it.id, &first)).collect();
        plans.push((mentor.id, body, sessions));
    }
    for kind in [Kind::Waiting, Kind::Coming, Kind::Past] {
        let of_kind = plans.iter_mut().flat_map(|(.., plans)| plans).filter(|it| it.kind() == kind);
        of_kind.skip(1).step_by(5).for_each(|it| it.fails = true);
    }
    let write =
        app.db.write(move |tx| plans.iter().try_for_each(|(user, body, sessions)| add(tx, *user, body, sessions)));
    super::told(write.await)
}

fn plan(random: &mut StdRng, mentee: Id<User>, skill: &str) -> Plan {
    let title = TITLES.choose(random).unwrap_or(&TITLES[0]).replace("{skill}", skill);
    let quarters = |random: &mut StdRng, days: std::ops::Range<i32>| {
        Duration::days(random.random_range(days).into()) + Duration::minutes(15 * random.random_range(0..40))
    };
    let asked = -quarters(random, 1..30);
    match random.random_range(0..10) {
        0..6 => {
            let rating = happens(random, 0.8).then(|| random.random_range(3..=5));
            Plan {
                mentee,
                title,
                asked: asked - Duration::days(8),
                held: Some(asked + Duration::hours(2)),
                rating,
                fails: false,
            }
        }
        6..8 => Plan { mentee, title, asked, held: Some(quarters(random, 1..12)), rating: None, fails: false },
        _ => Plan { mentee, title, asked, held: None, rating: None, fails: false },
    }
}

fn add(tx: &Tx<'_>, user: Id<User>, body: &Value, plans: &[Plan]) -> Result<()> {
    let now = tx.now();
    let by = CurrentUser::on_behalf_of(&store::get(tx, user)?);
    let (mentor, _) =
        tx.at(now.plus(-Duration::days(60)), || mentors::service::create(tx, &by, fields(body.clone()), false))?;
    for plan in plans {
        match hold(tx, &mentor, plan, now) {
            // Somebody has another session at that time, or the week is full.
            Ok(()) | Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn hold(tx: &Tx<'_>, mentor: &Mentor, plan: &Plan, now: Timestamp) -> Result<()> {
    let mentee = CurrentUser::on_behalf_of(&store::get(tx, plan.mentee)?);
    let teacher = CurrentUser::on_behalf_of(&store::get(tx, mentor.user.id)?);
    let asked = now.plus(plan.asked);
    let answered = asked.plus(Duration::hours(5));
    let wish = json!({"mentor_id": mentor.id, "title": plan.title, "description": "I can bring an example."});
    let session = tx.at(asked, || sessions::service::request(tx, &mentee, fields(wish)))?;
    let Some(held) = plan.held.map(|it| now.plus(it)) else {
        let (to, why) = (SessionStatus::Declined, "I have no time for more this month. Ask me again in spring.");
        return match plan.fails {
            true => tx.at(answered, || sessions::service::call_off(tx, &teacher, &session, to, why)).map(drop),
            false => Ok(()),
        };
    };
    let time = json!({"scheduled_date": held});
    let session = tx.at(answered, || sessions::service::schedule(tx, &session, fields(time)))?;
    let over = held.plus(Duration::hours(1));
    match plan.kind() {
        Kind::Coming if plan.fails => {
            let (to, why) = (SessionStatus::Cancelled, "I found my answer, thank you.");
            tx.at(answered.plus(Duration::hours(9)), || sessions::service::call_off(tx, &mentee, &session, to, why))
                .map(drop)
        }
        Kind::Past if plan.fails => {
            let (side, who) = (sessions::Side::Mentor, fields(json!({"who": "mentee"})));
            tx.at(over, || sessions::service::note_absence(tx, &teacher, &session, side, who)).map(drop)
        }
        Kind::Past => {
            let review = plan.rating.map_or(json!({}), |rating| {
                let words = usize::try_from(rating - 3).ok().and_then(|nth| FEEDBACK.get(nth)).unwrap_or(&FEEDBACK[0]);
                json!({"rating": rating, "feedback": words})
            });
            let side = sessions::Side::Mentee;
            tx.at(over, || sessions::service::complete(tx, &mentee, &session, side, fields(review))).map(drop)
        }
        _ => Ok(()),
    }
}
