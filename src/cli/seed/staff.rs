//! What those who look after an invented instance have done, and what waits for them.

use std::sync::Arc;

use chrono::Duration;
use serde_json::{Value, json};

use super::{content::fields, people::Person};
use crate::{
    analytics,
    community::{self, Post, Target, comments, moderation},
    exports, mentors,
    operations::backup::BackupDatabase,
    platform::{app::App, db::Tx, error::Result, id::Id},
    recommendations::tasks::BatchRecommendJobs,
    skills::{self, service::Suggested},
    users::{CurrentUser, accounts, store},
};

/// Who moderates.
const MODERATOR: usize = 9;

/// What became of something that waited for a decision.
#[derive(Clone, Copy)]
enum Outcome {
    Waits,
    Upheld(&'static str),
    Dismissed(&'static str),
}

/// Names that the catalogue lacks, what they are good for, and what became of them.
const SUGGESTIONS: [(&str, &str, &str, Outcome); 5] = [
    ("Plain language", "other", "Public bodies ask for it by this name.", Outcome::Upheld("")),
    ("Falconry", "other", "Airports look for people who know it.", Outcome::Waits),
    ("Incident postmortems", "devops", "Our postings ask for it in so many words.", Outcome::Waits),
    ("Sign painting", "design", "There are courses and jobs for it.", Outcome::Waits),
    ("Good vibes", "soft-skills", "Everybody should have them.", Outcome::Dismissed("")),
];

/// What is said where it does not belong, if it is not the post itself that is reported; who many report it and why; and
/// what became of that.
const REPORTS: [(Option<&str>, usize, &str, &str, Outcome); 4] = [
    (
        Some("Earn 500 a day from home. Write to me and I will tell you how."),
        3,
        "spam",
        "The same stands under other posts.",
        Outcome::Upheld("This is advertising."),
    ),
    (Some("You have clearly never done this work."), 1, "abuse", "We do not talk like this here.", Outcome::Waits),
    (None, 2, "off-topic", "It has little to do with work.", Outcome::Waits),
    (None, 1, "other", "I do not agree.", Outcome::Dismissed("An opinion is no reason to hide it.")),
];

/// Has admins and moderators decide on some of what people suggested, reported and asked for; the rest waits. Then the
/// figures of yesterday are kept, the postings that fit are told of, somebody asks for all that is kept of them, and a backup is
/// made.
pub(super) async fn invent(app: &App, people: &Arc<Vec<Person>>) -> Result<()> {
    let (people, files) = (people.clone(), app.files.clone());
    let write = app.db.write(move |tx| {
        let Some(admin) = people.first() else { return Ok(()) };
        let admin = acting(tx, admin)?;
        suggest(tx, &people, &admin)?;
        vet(tx, &people, &admin)?;
        report(tx, &people)?;
        if let Some(helper) = people.get(4) {
            let user = store::get(tx, helper.id)?;
            accounts::service::adjust_points(tx, &admin, &user, 20, "Showed newcomers around.")?;
        }
        if let Some(curious) = people.get(5) {
            exports::service::start(tx, curious.id, &files)?;
        }
        tx.enqueue(&BackupDatabase {})?;
        tx.enqueue(&BatchRecommendJobs::of("seed".into())).map(drop)
    });
    write.await?;
    let yesterday = app.clock.now().plus(-Duration::days(1)).date();
    analytics::service::keep_snapshot(app, yesterday).await
}

fn acting(tx: &Tx<'_>, person: &Person) -> Result<CurrentUser> {
    Ok(CurrentUser::on_behalf_of(&store::get(tx, person.id)?))
}

fn suggest(tx: &Tx<'_>, people: &[Person], admin: &CurrentUser) -> Result<()> {
    for ((name, category, why, outcome), by) in SUGGESTIONS.iter().zip(people.iter().skip(3)) {
        let by = acting(tx, by)?;
        let body = fields(json!({"name": name, "category": category, "why": why}));
        let suggested = tx.at(tx.now().plus(-Duration::days(3)), || skills::service::suggest(tx, &by, body))?;
        let Suggested::Kept(suggestion, _) = suggested else { continue };
        match outcome {
            Outcome::Waits => {}
            Outcome::Upheld(_) => {
                skills::service::accept_suggestion(tx, admin, &suggestion, fields(json!({})))?;
            }
            Outcome::Dismissed(_) => {
                skills::service::reject_suggestion(tx, admin, &suggestion)?;
            }
        }
    }
    Ok(())
}

/// An admin has checked who some mentors are; somebody else would like to be one.
fn vet(tx: &Tx<'_>, people: &[Person], admin: &CurrentUser) -> Result<()> {
    let mut checked = 0;
    for person in people {
        if let Some(mentor) = mentors::store::find(tx, person.id)?.filter(|_| checked < 2) {
            mentors::service::verify(tx, admin, &mentor, "Showed two references.")?;
            checked += 1;
        }
    }
    let Some(person) = people.last().filter(|it| !it.skills.is_empty()) else { return Ok(()) };
    if mentors::store::find(tx, person.id)?.is_none() {
        let skills: Vec<_> = person.skills.iter().take(3).map(|(name, ..)| name).collect();
        let bio = "I have taught newcomers at two firms and would like to do it here.";
        let body = fields(json!({"specializations": skills, "bio": bio, "years_of_experience": 6}));
        mentors::service::create(tx, &acting(tx, person)?, body, true)?;
    }
    Ok(())
}

fn report(tx: &Tx<'_>, people: &[Person]) -> Result<()> {
    let Some(moderator) = people.get(MODERATOR) else { return Ok(()) };
    let moderator = acting(tx, moderator)?;
    let posts = community::store::trending(tx, 20, tx.now())?;
    for ((words, count, reason, note, outcome), post) in REPORTS.iter().zip(posts.into_iter().rev()) {
        let target = said(tx, people, post, *words)?;
        let mut case = None;
        for person in people.iter().skip(10).take(*count) {
            let body: Value = json!({"reason": reason, "note": if case.is_none() { note } else { "" }});
            moderation::service::flag(tx, &acting(tx, person)?, target, fields(body))?;
            case = Some(moderation::store::open(tx, target)?);
        }
        let Some(case) = case else { continue };
        match outcome {
            Outcome::Waits => {}
            Outcome::Upheld(why) => {
                moderation::service::hide(tx, &moderator, case, (*why).into())?;
            }
            Outcome::Dismissed(why) => {
                moderation::service::dismiss(tx, &moderator, case, (*why).into())?;
            }
        }
    }
    Ok(())
}

/// The comment with these words, or the post.
fn said(tx: &Tx<'_>, people: &[Person], post: Id<Post>, words: Option<&str>) -> Result<Target> {
    let (Some(words), Some(by)) = (words, people.last()) else { return Ok(Target::Post(post)) };
    let comment = comments::service::add(tx, &acting(tx, by)?, post, fields(json!({"content": words})))?;
    Ok(Target::Comment(comment.id))
}
