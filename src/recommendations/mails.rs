//! Mail about a posting that fits.

use std::sync::Arc;

use anyhow::Result as AnyResult;
use serde::{Deserialize, Serialize};

use super::{JobRecommendation, service};
use crate::{
    jobs::Job,
    mail::{self, Letter, Reader, Template},
    notifications::Preferences,
    platform::{
        app::App,
        db::Tx,
        error::Error,
        id::Id,
        task::{Key, Task},
    },
    users::User,
};

/// Tells somebody by mail of a posting that fits them well: how well, what they know of it and what they lack.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendJobMatchEmail {
    /// Whom.
    pub user: Id<User>,
    /// Of what.
    pub job: Id<Job>,
}

impl Task for SendJobMatchEmail {
    const KIND: &'static str = "send_job_match_email";
    const RETRIES: u32 = 5;

    fn key(&self) -> Key {
        Key::Once(format!("{}:{}", self.user, self.job))
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let (job, base) = (self.job, app.public_url());
        let letter = move |tx: &Tx<'_>, user: &User, preferences: &Preferences| {
            match service::one(tx, user.id, job, tx.now()) {
                // The posting is gone.
                Err(Error::NotFound(_)) => Ok(None),
                found => found.map(|it| Some(letter(&Reader::of(user, preferences.language, &base), &it))),
            }
        };
        mail::send_with(&app, Template::JobMatch, self.user, job.to_string(), letter).await
    }
}

fn letter(reader: &Reader<'_>, it: &JobRecommendation) -> Letter {
    let (name, percent) = (reader.name, it.match_percentage);
    let (title, company, place) = (&it.job.title, &it.job.company_name, &it.job.location);
    let mut paragraphs = vec![
        reader.choose(format!("Hello {name},"), format!("{name}, вітаємо.")),
        reader.choose(
            format!("a job at {company}, {place}, fits you: {percent} of 100."),
            format!("вакансія в {company}, {place}, вам підходить: {percent} зі 100."),
        ),
    ];
    if !it.matched_skills.is_empty() {
        let names = it.matched_skills.join(", ");
        paragraphs.push(reader.choose(format!("You know: {names}."), format!("Ви знаєте: {names}.")));
    }
    if !it.missing_skills.is_empty() {
        let names = it.missing_skills.join(", ");
        paragraphs.push(reader.choose(format!("It also asks for: {names}."), format!("Потрібні також: {names}.")));
    }
    Letter {
        subject: reader.choose(
            format!("{title} at {company}: {percent} of 100"),
            format!("{title}, {company}: збіг {percent} зі 100"),
        ),
        heading: title.clone(),
        paragraphs,
        sections: vec![],
        button: (reader.choose("See the job", "Переглянути вакансію"), reader.to(&format!("/jobs/{}", it.job.id))),
        reason: reader.choose(
            "You get this mail because the job fits your skills and you want to hear of such jobs by mail.",
            "Ви отримали цей лист, бо вакансія відповідає вашим навичкам, а ви хочете знати про такі поштою.",
        ),
    }
}
