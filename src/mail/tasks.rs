//! Sending mail in the background.

use std::sync::Arc;

use anyhow::Result;
use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{Letter, Template, model::Written, service, store};
use crate::{
    achievements::{self, Achievement},
    courses::{Course, learning},
    mentors::{self, Mentor, sessions::MentorSession},
    notifications::Preferences,
    platform::{
        app::App,
        db::Tx,
        error,
        id::Id,
        mailer::{NotNow, Refused},
        task::{Hopeless, Key, Postponed, Task},
    },
    users::{User, security::store::resets_mailed},
};

/// Most links for a new password that one account is mailed in an hour.
const RESETS: i64 = 5;

/// Writes the mail, hands it over and notes that. Only a crash between the last two can send it twice.
async fn send(app: &App, template: Template, user: Id<User>, reference: String) -> Result<()> {
    admit(app, template, user, &reference).await?;
    let base = app.public_url();
    let written = app.db.write(move |tx| service::write(tx, &base, template, user, &reference)).await?;
    match written {
        Some(written) => deliver(app, written).await,
        None => Ok(()),
    }
}

/// The same of a mail whose words come from a room that stands below this one; no letter, no mail.
///
/// # Errors
/// As [`deliver`], and those of `letter`.
pub async fn send_with(
    app: &App,
    template: Template,
    user: Id<User>,
    reference: String,
    letter: impl FnOnce(&Tx<'_>, &User, &Preferences) -> error::Result<Option<Letter>> + Send + 'static,
) -> Result<()> {
    admit(app, template, user, &reference).await?;
    let base = app.public_url();
    let written = app.db.write(move |tx| service::compose(tx, &base, template, user, &reference, letter)).await?;
    match written {
        Some(written) => deliver(app, written).await,
        None => Ok(()),
    }
}

/// Waits for the mail's turn, or puts it off when that is far away.
async fn admit(app: &App, template: Template, user: Id<User>, reference: &str) -> Result<()> {
    Ok(app.mailer.admit(&format!("{template}:{user}:{reference}")).await.map_err(postponed)?)
}

/// A mail that cannot leave now is put off, which is no failure of its own.
fn postponed(NotNow { reason, after }: NotNow) -> Postponed {
    Postponed { reason, after: Duration::from_std(after).unwrap_or_else(|_| Duration::minutes(10)) }
}

/// How long it waits before it tries once more to note that a mail has left.
const AGAIN: std::time::Duration = std::time::Duration::from_millis(500);

/// Hands a written mail over and notes what came of it. That it was taken is noted as soon as the disk takes a note: without
/// one it would be sent again.
///
/// # Errors
/// The mail server did not take it.
pub async fn deliver(app: &App, Written { id, message }: Written) -> Result<()> {
    let sent = app.mailer.send(message).await;
    let error = sent.as_ref().err().map(|error| format!("{error:#}"));
    loop {
        let error = error.clone();
        match app.db.write(move |tx| store::settle(tx, id, error.as_deref())).await {
            Err(error::Error::Unavailable(reason)) if sent.is_ok() => {
                tracing::warn!("a mail that has left could not be noted yet: {reason}");
                tokio::time::sleep(AGAIN).await;
            }
            noted => break noted?,
        }
    }
    sent.map_err(|error| match error.downcast::<NotNow>() {
        Ok(later) => postponed(later).into(),
        Err(error) => match error.downcast::<Refused>() {
            Ok(refused) => Hopeless(refused.to_string()).into(),
            Err(error) => error,
        },
    })
}

/// Welcomes somebody who registered, with a link that proves their address.
#[derive(Serialize, Deserialize)]
pub struct SendWelcomeEmail {
    /// Whom.
    pub user: Id<User>,
}

impl Task for SendWelcomeEmail {
    const KIND: &'static str = "send_welcome_email";
    const RETRIES: u32 = 5;

    fn key(&self) -> Key {
        Key::Once(self.user.to_string())
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        send(&app, Template::Welcome, self.user, "account".into()).await
    }
}

/// Tells by mail of an achievement and its points.
#[derive(Serialize, Deserialize)]
pub struct SendAchievementEmail {
    /// Who earned it.
    pub user: Id<User>,
    /// What.
    pub achievement: Id<Achievement>,
}

impl Task for SendAchievementEmail {
    const KIND: &'static str = "send_achievement_email";
    const RETRIES: u32 = 5;

    /// Once until it starts: an achievement that was revoked and awarded again is told of again. The record of mails, which
    /// goes by the award, keeps each from being sent twice.
    fn key(&self) -> Key {
        Key::Debounce(format!("{}:{}", self.user, self.achievement))
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        let Self { user, achievement } = self;
        let award = app.db.read(move |conn| achievements::store::standing(conn, user, achievement)).await?;
        match award {
            Some(award) => send(&app, Template::Achievement, user, award.to_string()).await,
            None => Ok(()),
        }
    }
}

/// Mails a link for a new password. Each run makes a link of its own, which ends the ones before.
#[derive(Serialize, Deserialize)]
pub struct SendPasswordResetEmail {
    /// To whom; to nobody when nobody has the address that was given, as that is asked for in the same way.
    pub user: Option<Id<User>>,
}

impl Task for SendPasswordResetEmail {
    const KIND: &'static str = "send_password_reset_email";
    const RETRIES: u32 = 5;

    fn key(&self) -> Key {
        Key::Debounce(self.user.map_or_else(|| "nobody".into(), |it| it.to_string()))
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        let Some(user) = self.user else { return Ok(()) };
        let now = app.clock.now();
        let mailed = app.db.read(move |conn| resets_mailed(conn, user, now.plus(-Duration::hours(1)))).await?;
        // Whoever knows an address must not be able to fill its box.
        if mailed >= RESETS {
            return Ok(());
        }
        send(&app, Template::PasswordReset, user, now.micros().to_string()).await
    }
}

/// Tells by mail of an enrolment.
#[derive(Serialize, Deserialize)]
pub struct SendCourseEnrollmentEmail {
    /// Who enrolled.
    pub user: Id<User>,
    /// In what.
    pub course: Id<Course>,
}

impl Task for SendCourseEnrollmentEmail {
    const KIND: &'static str = "send_course_enrollment_email";
    const RETRIES: u32 = 5;

    /// Once until it starts: who left a course and enrols again is told again. The record of mails, which goes by the
    /// enrolment, keeps each from being sent twice.
    fn key(&self) -> Key {
        Key::Debounce(format!("{}:{}", self.user, self.course))
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        let Self { user, course } = self;
        match app.db.read(move |conn| learning::store::find(conn, user, course)).await? {
            Some(progress) => send(&app, Template::CourseEnrollment, user, progress.id.to_string()).await,
            None => Ok(()),
        }
    }
}

/// Tells a mentor by mail that somebody asks for a session.
#[derive(Serialize, Deserialize)]
pub struct SendMentorRequestEmail {
    /// Who is asked.
    pub mentor: Id<Mentor>,
    /// For what.
    pub session: Id<MentorSession>,
}

impl Task for SendMentorRequestEmail {
    const KIND: &'static str = "send_mentor_request_email";
    const RETRIES: u32 = 5;

    fn key(&self) -> Key {
        Key::Once(self.session.to_string())
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        let Self { mentor, session } = self;
        let asked = app.db.read(move |conn| {
            let asked = mentors::sessions::store::get_all(conn, &[session])?.pop();
            Ok(asked.map(|it| it.mentor).filter(|it| it.id == Some(mentor)))
        });
        match asked.await? {
            Some(asked) => send(&app, Template::MentorRequest, asked.user.id, session.to_string()).await,
            None => Ok(()),
        }
    }
}

/// Sends any other mail.
#[derive(Serialize, Deserialize)]
pub struct SendMail {
    /// Which.
    pub template: Template,
    /// To whom.
    pub user: Id<User>,
    /// What it is about.
    pub reference: String,
}

impl Task for SendMail {
    const KIND: &'static str = "send_mail";
    const RETRIES: u32 = 5;

    fn key(&self) -> Key {
        Key::Once(format!("{}:{}:{}", self.template, self.user, self.reference))
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        send(&app, self.template, self.user, self.reference).await
    }
}
