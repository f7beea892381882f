//! What follows what happens to mentors and their sessions.

use crate::{
    achievements::CheckUserAchievements,
    mail::{SendMail, SendMentorRequestEmail, Template},
    mentors::{
        self,
        sessions::{self, Between, SessionStatus, Side},
    },
    notifications::{Kind, Notice, SendBatchNotifications, SendNotification},
    platform::{clock::Timestamp, db::Tx, error::Result, id::Id},
    recommendations,
    users::User,
};

/// What follows when mentors come, are let in, change or go.
///
/// # Errors
/// Those of the database.
pub fn on_mentors(tx: &Tx<'_>, event: &mentors::Event) -> Result<()> {
    use mentors::Event;
    let told = |user: Id<User>, key: String, title: String, message: String| {
        Notice::new(user, Kind::System, key, title, message).link("/mentoring".into())
    };
    let now = tx.now().micros();
    match *event {
        Event::Applied { mentor, user, ref by_name, ref admins } => {
            let notice = |admin: &Id<User>| {
                let title = format!("{by_name} would like to be a mentor");
                let notice = told(*admin, format!("mentor:{mentor}:{now}"), title, "It waits for an admin.".into());
                notice.by(user).link("/admin/mentors".into())
            };
            for some in admins.chunks(500) {
                tx.enqueue(&SendBatchNotifications { list: some.iter().map(notice).collect() })?;
            }
        }
        Event::Approved { mentor, user, by } => {
            if let Some(by) = by {
                let message = "Others can ask you for sessions now.".to_owned();
                let notice = told(user, format!("mentor:{mentor}:{now}"), "You are a mentor now".into(), message);
                tx.enqueue(&SendNotification(notice.by(by)))?;
            }
            tx.uncache(recommendations::mentors::CACHE_KEY)?;
        }
        Event::Rejected { mentor, user, by, ref reason } => {
            let title = "Your mentor profile was not accepted".to_owned();
            let message = format!("{reason} When you change it, it is looked at again.");
            let notice = told(user, format!("mentor:{mentor}:{now}"), title, message.trim().to_owned());
            tx.enqueue(&SendNotification(notice.by(by)))?;
        }
        Event::Changed { .. } | Event::Left { .. } => tx.uncache(recommendations::mentors::CACHE_KEY)?,
        Event::Verified { .. } => {}
    }
    Ok(())
}

/// What follows when sessions are asked for, get a time, end or come near.
///
/// # Errors
/// Those of the database.
pub fn on_sessions(tx: &Tx<'_>, event: &sessions::Event) -> Result<()> {
    use sessions::Event;
    match event {
        Event::Requested { it, profile } => {
            let title = format!("{} asks you for a session: {}", it.mentee_name, it.title);
            let message = "Give it a time, or decline it.".to_owned();
            let notice = Notice::new(it.mentor, Kind::MentorRequest, format!("session:{}", it.session), title, message);
            tx.enqueue(&SendNotification(notice.by(it.mentee).link(format!("/mentoring/{}", it.session))))?;
            tx.enqueue(&SendMentorRequestEmail { mentor: *profile, session: it.session })?;
        }
        Event::Scheduled { it, at, moved } => {
            let what = if *moved { "was moved" } else { "was scheduled" };
            tell_both(tx, it, "", |with| (format!("\"{}\" with {with} {what}", it.title), begins(*at)))?;
            let template = if *moved { Template::SessionChanged } else { Template::SessionScheduled };
            mail_both(tx, it, template, "")?;
        }
        Event::Ended { it, status, by, reason, missing } => {
            let what = match status {
                SessionStatus::Completed => "is completed",
                SessionStatus::Declined => "was declined",
                SessionStatus::NoShow => "did not take place",
                _ => "was cancelled",
            };
            let message = match missing {
                Some(Side::Mentor) => format!("{} did not come.", it.mentor_name),
                Some(Side::Mentee) => format!("{} did not come.", it.mentee_name),
                None => reason.clone(),
            };
            let is_erased = by.is_none();
            tell_both(tx, it, "", |with| {
                let with = if is_erased { "somebody whose account is gone" } else { with };
                (format!("\"{}\" with {with} {what}", it.title), message.clone())
            })?;
            mail_both(tx, it, Template::SessionChanged, "")?;
            if *status == SessionStatus::Completed {
                tx.enqueue(&CheckUserAchievements { user: it.mentor })?;
                tx.enqueue(&CheckUserAchievements { user: it.mentee })?;
            }
        }
        Event::Reviewed { it, rating } => {
            let title = format!("{} gave \"{}\" {rating} of 5", it.mentee_name, it.title);
            let key = format!("review:session:{}", it.session);
            let notice = Notice::new(it.mentor, Kind::Session, key, title, String::new());
            tx.enqueue(&SendNotification(notice.by(it.mentee).link(format!("/mentoring/{}", it.session))))?;
        }
        Event::Near { it, at, hours } => {
            let within = if *hours == 1 { "an hour" } else { "a day" };
            let near = format!(":{hours}");
            tell_both(tx, it, &near, |with| {
                (format!("\"{}\" with {with} begins within {within}", it.title), begins(*at))
            })?;
            mail_both(tx, it, Template::SessionReminder, &near)?;
        }
    }
    Ok(())
}

fn begins(at: Timestamp) -> String {
    format!("It begins {}.", at.datetime().format("%Y-%m-%d %H:%M UTC"))
}

/// Tells both sides of a session, each with the name of the other.
fn tell_both(tx: &Tx<'_>, it: &Between, what: &str, text: impl Fn(&str) -> (String, String)) -> Result<()> {
    for (user, other, with) in [(it.mentor, it.mentee, &it.mentee_name), (it.mentee, it.mentor, &it.mentor_name)] {
        let (title, message) = text(with);
        let key = format!("session:{}:{}{what}", it.session, it.sequence);
        let notice = Notice::new(user, Kind::Session, key, title, message);
        tx.enqueue(&SendNotification(notice.by(other).link(format!("/mentoring/{}", it.session))))?;
    }
    Ok(())
}

/// Mails both sides of a session about the state that it has now.
fn mail_both(tx: &Tx<'_>, it: &Between, template: Template, what: &str) -> Result<()> {
    for user in [it.mentor, it.mentee] {
        tx.enqueue(&SendMail { template, user, reference: format!("{}:{}{what}", it.session, it.sequence) })?;
    }
    Ok(())
}
