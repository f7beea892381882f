//! What follows what: the one place that knows both causes and consequences.
//!
//! It runs in the transaction of the cause and only queues tasks and drops caches; whatever it needs stands in the event,
//! so it reads no table. One function per feature, one arm per event. At the end of each write the search index follows the
//! rows that changed.

mod community;
mod connections;
mod mentoring;

use std::any::Any;

use crate::{
    achievements::{self, CheckAllUserAchievements, CheckUserAchievements},
    admin::RemoveUnusedFiles,
    analytics,
    courses::{self, learning},
    exports::{self, BuildUserExport},
    jobs,
    mail::{
        SendAchievementEmail, SendCourseEnrollmentEmail, SendMail, SendPasswordResetEmail, SendWelcomeEmail, Template,
    },
    notifications::{self, Fold, Kind, Notice, SendBatchNotifications, SendNotification},
    platform::{db::Tx, error::Result, event::WriteEnds, id::Id, picture},
    projects::work,
    recommendations::{
        self,
        tasks::{RecommendCourses, RecommendJobs},
    },
    resumes::{self, tasks::AnalyzeResume},
    search, skills,
    users::{self, User},
};

/// Decides what follows an event.
///
/// # Errors
/// Those of the database; they undo the cause as well.
pub fn react(tx: &Tx<'_>, event: &dyn Any) -> Result<()> {
    analytics::drop_stale(tx, event)?;
    of(event, |it| on_users(tx, it))
        .or_else(|| of(event, |it| on_skills(tx, it)))
        .or_else(|| of(event, |it| on_resumes(tx, it)))
        .or_else(|| of(event, |it| on_jobs(tx, it)))
        .or_else(|| of(event, |it| on_applications(tx, it)))
        .or_else(|| of(event, |it| on_modules(tx, it)))
        .or_else(|| of(event, |it| on_learning(tx, it)))
        .or_else(|| of(event, |it| on_work(tx, it)))
        .or_else(|| community::react(tx, event))
        .or_else(|| of(event, |it| mentoring::on_mentors(tx, it)))
        .or_else(|| of(event, |it| mentoring::on_sessions(tx, it)))
        .or_else(|| connections::react(tx, event))
        .or_else(|| of(event, |_: &WriteEnds| at_the_end(tx)))
        .or_else(|| of(event, |it| on_achievements(tx, it)))
        .or_else(|| of(event, |it| on_notifications(tx, it)))
        .or_else(|| of(event, |it| on_pictures(tx, it)))
        .or_else(|| of(event, |it| on_exports(tx, it)))
        .unwrap_or(Ok(()))
}

/// What is derived from rows follows them before they are committed.
fn at_the_end(tx: &Tx<'_>) -> Result<()> {
    analytics::settle_stops(tx)?;
    search::service::settle(tx)
}

/// What follows, if the event is of the feature that `then` knows.
fn of<E: Any>(event: &dyn Any, then: impl FnOnce(&E) -> Result<()>) -> Option<Result<()>> {
    event.downcast_ref().map(then)
}

fn on_users(tx: &Tx<'_>, event: &users::Event) -> Result<()> {
    match *event {
        users::Event::Registered { user } => {
            tx.enqueue(&SendWelcomeEmail { user })?;
            tx.enqueue(&CheckUserAchievements { user })?;
        }
        users::Event::ProfileChanged { user } => tx.uncache(&recommendations::cache_key(user))?,
        users::Event::SignedInElsewhere { user, sign_in } => {
            tx.enqueue(&SendMail { template: Template::NewSignIn, user, reference: sign_in.to_string() })?;
        }
        users::Event::TokenReused { user, sign_in } => {
            tx.enqueue(&SendMail { template: Template::TokenReuse, user, reference: sign_in.to_string() })?;
        }
        users::Event::EmailChanged { user, told } => {
            if !told {
                send_now(tx, Template::EmailReplaced, user)?;
            }
        }
        users::Event::PasswordChanged { user } => send_now(tx, Template::PasswordChanged, user)?,
        users::Event::ResetAsked { user } => {
            tx.enqueue(&SendPasswordResetEmail { user })?;
        }
        users::Event::VerificationAsked { user } => send_now(tx, Template::VerifyEmail, user)?,
        users::Event::EmailChangeAsked { user } => {
            send_now(tx, Template::EmailChanged, user)?;
            send_now(tx, Template::EmailChangeAsked, user)?;
        }
        users::Event::SecondFactorChanged { user, change } => {
            let reference = format!("{change}:{}", tx.now().micros());
            tx.enqueue(&SendMail { template: Template::SecondFactorChanged, user, reference })?;
        }
        users::Event::PointsAdjusted { user, .. } => {
            tx.enqueue(&CheckUserAchievements { user })?;
        }
        users::Event::Deactivated { user } => send_now(tx, Template::AccountDeactivated, user)?,
        users::Event::Leaving { user } => send_now(tx, Template::AccountDeletion, user)?,
        users::Event::SignedIn { .. }
        | users::Event::Activated { .. }
        | users::Event::Returned { .. }
        | users::Event::Erased { .. } => {}
    }
    Ok(())
}

/// Queues a mail that is about this moment.
fn send_now(tx: &Tx<'_>, template: Template, user: Id<User>) -> Result<()> {
    tx.enqueue(&SendMail { template, user, reference: tx.now().micros().to_string() })?;
    Ok(())
}

fn on_skills(tx: &Tx<'_>, event: &skills::Event) -> Result<()> {
    match *event {
        skills::Event::Added { user, .. }
        | skills::Event::Changed { user, .. }
        | skills::Event::Removed { user, .. }
        | skills::Event::Synced { user, .. } => {
            tx.enqueue(&CheckUserAchievements { user })?;
            recommend_anew(tx, user)?;
        }
        skills::Event::Endorsed { user, endorser, ref endorser_name, ref skill_name, endorsement, .. } => {
            let title = format!("{endorser_name} endorsed your skill {skill_name}");
            let message = "It brings you 5 points.".to_owned();
            let notice = Notice::new(user, Kind::System, format!("endorsement:{endorsement}"), title, message);
            tx.enqueue(&SendNotification(notice.by(endorser).link(format!("/profile/{user}"))))?;
            tx.enqueue(&CheckUserAchievements { user })?;
            tx.enqueue(&CheckUserAchievements { user: endorser })?;
        }
        skills::Event::SyncUndone { user, .. } => recommend_anew(tx, user)?,
        skills::Event::Merged { ref holders, .. } => {
            for holder in holders {
                tx.uncache(&recommendations::cache_key(*holder))?;
            }
        }
        skills::Event::Unendorsed { .. } | skills::Event::CatalogueChanged { .. } | skills::Event::Suggested { .. } => {
        }
    }
    Ok(())
}

fn on_achievements(tx: &Tx<'_>, event: &achievements::Event) -> Result<()> {
    match *event {
        achievements::Event::Earned { user, achievement, award, ref name, points } => {
            let message = match points {
                0 => String::new(),
                1 => "It brings you 1 point.".into(),
                _ => format!("It brings you {points} points."),
            };
            let title = format!("You earned \"{name}\"");
            let notice = Notice::new(user, Kind::Achievement, format!("achievement:{award}"), title, message);
            tx.enqueue(&SendNotification(notice.link(format!("/profile/{user}"))))?;
            tx.enqueue(&SendAchievementEmail { user, achievement })?;
            if points > 0 {
                tx.enqueue(&CheckUserAchievements { user })?;
            }
        }
        achievements::Event::Revoked { .. } => {}
        achievements::Event::MilestoneReached { user, points } => {
            let title = format!("You have {points} points");
            let message = "See what brought them, and who is ahead.".to_owned();
            let notice = Notice::new(user, Kind::System, format!("milestone:{points}"), title, message);
            tx.enqueue(&SendNotification(notice.link(format!("/profile/{user}"))))?;
        }
        achievements::Event::RuleChanged { achievement, at } => {
            let round = format!("rule:{achievement}:{}", at.micros());
            tx.enqueue(&CheckAllUserAchievements { all: true, after: 0, round })?;
        }
    }
    Ok(())
}

fn on_notifications(tx: &Tx<'_>, event: &notifications::Event) -> Result<()> {
    let notifications::Event::Stored { notification, user, kind, mail } = *event;
    if let Some(template) = Template::of_notification(kind).filter(|_| mail) {
        tx.enqueue(&SendMail { template, user, reference: notification.to_string() })?;
    }
    Ok(())
}

fn on_exports(tx: &Tx<'_>, event: &exports::Event) -> Result<()> {
    match *event {
        exports::Event::Asked { user, export } => {
            tx.enqueue(&BuildUserExport { user, export: Some(export) })?;
        }
        exports::Event::Ready { user, export, expires_at } => {
            let title = "The archive of your data is ready".to_owned();
            let message = format!("It can be downloaded until {}.", expires_at.date());
            let notice = Notice::new(user, Kind::System, format!("export:{export}"), title, message);
            tx.enqueue(&SendNotification(notice.link("/settings".into())))?;
            let reference = format!("{export}:{}", expires_at.micros());
            tx.enqueue(&SendMail { template: Template::ExportReady, user, reference })?;
        }
    }
    Ok(())
}

fn on_pictures(tx: &Tx<'_>, event: &picture::Changed) -> Result<()> {
    if event.before.is_some() {
        tx.enqueue(&RemoveUnusedFiles { address: event.before.clone() })?;
    }
    Ok(())
}

fn on_jobs(_tx: &Tx<'_>, event: &jobs::Event) -> Result<()> {
    match event {
        jobs::Event::Posted { .. }
        | jobs::Event::Changed { .. }
        | jobs::Event::Closed { .. }
        | jobs::Event::Reopened { .. }
        | jobs::Event::Deleted { .. }
        | jobs::Event::Restored { .. } => Ok(()),
    }
}

fn on_applications(tx: &Tx<'_>, event: &jobs::applications::Event) -> Result<()> {
    use jobs::applications::Event;
    match *event {
        Event::Applied { application, user, ref by_name, job, ref title, posted_by } => {
            if let Some(poster) = posted_by {
                let did = format!("applied for \"{title}\"");
                let fold = Fold { thing: format!("job:{job}"), who: by_name.clone(), did: did.clone() };
                let key = format!("application:{application}:{}", tx.now().micros());
                let notice = Notice::new(poster, Kind::Application, key, format!("{by_name} {did}"), String::new());
                tx.enqueue(&SendNotification(notice.by(user).link(format!("/jobs/{job}")).folding(fold)))?;
            }
            tx.enqueue(&CheckUserAchievements { user })?;
            recommend_anew(tx, user)?;
        }
        Event::Moved { application, user, ref title, ref company, to, change, by, .. } => {
            let key = format!("application:{application}:{change}");
            let title = format!("Your application for \"{title}\": {to}");
            let notice = Notice::new(user, Kind::Application, key, title, format!("{company} moved it on."));
            tx.enqueue(&SendNotification(notice.by(by).link(format!("/applications/{application}"))))?;
        }
        Event::Withdrawn { user, .. } => tx.uncache(&recommendations::cache_key(user))?,
    }
    Ok(())
}

fn on_modules(tx: &Tx<'_>, event: &courses::modules::Event) -> Result<()> {
    use courses::modules::Event;
    match *event {
        Event::Added { module, ref title, course, ref course_title, by, ref learners } => {
            let notice = |learner: Id<User>| {
                let title = format!("\"{course_title}\" has a new module: {title}");
                let notice = Notice::new(learner, Kind::Course, format!("module:{module}"), title, String::new());
                notice.by(by).link(format!("/courses/{course}"))
            };
            for some in learners.chunks(500) {
                let list = some.iter().filter(|it| **it != by).map(|it| notice(*it)).collect();
                tx.enqueue(&SendBatchNotifications { list })?;
            }
            Ok(())
        }
        Event::Changed { .. } | Event::Deleted { .. } | Event::Reordered { .. } => Ok(()),
    }
}

fn on_learning(tx: &Tx<'_>, event: &learning::Event) -> Result<()> {
    use learning::Event;
    match *event {
        Event::Enrolled { progress, user, course, ref title } => {
            let title = format!("You enrolled in \"{title}\"");
            let notice = Notice::new(user, Kind::Course, format!("enrolment:{progress}"), title, String::new());
            tx.enqueue(&SendNotification(notice.link(format!("/courses/{course}"))))?;
            tx.enqueue(&SendCourseEnrollmentEmail { user, course })?;
            tx.enqueue(&CheckUserAchievements { user })?;
            tx.uncache(&recommendations::cache_key(user))?;
        }
        Event::ModuleCompleted { user, .. } => {
            tx.enqueue(&CheckUserAchievements { user })?;
        }
        Event::Completed { progress, user, course, ref title } => {
            let title = format!("You completed \"{title}\"");
            let message = "Rate it, so that others know what to expect.".to_owned();
            let notice = Notice::new(user, Kind::Course, format!("completion:{progress}"), title, message);
            tx.enqueue(&SendNotification(notice.link(format!("/courses/{course}"))))?;
            tx.enqueue(&CheckUserAchievements { user })?;
            tx.uncache(&recommendations::cache_key(user))?;
            tx.enqueue(&RecommendCourses::of(user))?;
        }
        Event::Moved { user, .. } => tx.uncache(&recommendations::cache_key(user))?,
        Event::ModuleReopened { .. } | Event::Rated { .. } => {}
    }
    Ok(())
}

fn on_work(tx: &Tx<'_>, event: &work::Event) -> Result<()> {
    use work::Event;
    match *event {
        Event::Submitted { work, user, ref by_name, project, ref title, creator } => {
            if let Some(creator) = creator.filter(|it| *it != user) {
                let key = format!("submission:{work}:{}", tx.now().micros());
                let title = format!("{by_name} submitted work on \"{title}\"");
                let notice = Notice::new(creator, Kind::System, key, title, "It waits for a review.".into());
                tx.enqueue(&SendNotification(notice.by(user).link(format!("/projects/{project}"))))?;
            }
        }
        Event::Reviewed { work, nth, user, project, ref title, rating, accepted, by } => {
            let title = if accepted {
                format!("Your work on \"{title}\" was accepted")
            } else {
                format!("Your work on \"{title}\" was sent back")
            };
            let message = format!("It was rated {rating} of 5. Read what the review says.");
            let notice = Notice::new(user, Kind::System, format!("review:{work}:{nth}"), title, message);
            tx.enqueue(&SendNotification(notice.by(by).link(format!("/projects/{project}"))))?;
            tx.enqueue(&CheckUserAchievements { user })?;
        }
        Event::Started { .. } | Event::Left { .. } => {}
    }
    Ok(())
}

/// Drops what was recommended to somebody, and has the postings that fit them computed before they ask.
fn recommend_anew(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.uncache(&recommendations::cache_key(user))?;
    tx.enqueue(&RecommendJobs::of(user)).map(drop)
}

fn on_resumes(tx: &Tx<'_>, event: &resumes::Event) -> Result<()> {
    match *event {
        resumes::Event::Uploaded { user, resume, run } => {
            tx.enqueue(&AnalyzeResume { resume, run: Some(run) })?;
            tx.enqueue(&CheckUserAchievements { user })?;
        }
        resumes::Event::AnalysisAsked { resume, run, .. } => {
            tx.enqueue(&AnalyzeResume { resume, run: Some(run) })?;
        }
        resumes::Event::Analyzed { user, resume, run, ref name, ref reason, total_score, skills, .. } => {
            let (title, message) = match (total_score, reason) {
                (Some(score), _) => {
                    let found =
                        if skills == 1 { "1 skill was found".into() } else { format!("{skills} skills were found") };
                    (format!("\"{name}\" was analysed"), format!("{found}; it scores {score} of 100."))
                }
                (None, reason) => (format!("\"{name}\" could not be analysed"), reason.clone().unwrap_or_default()),
            };
            let notice = Notice::new(user, Kind::System, format!("resume:{resume}:{run}"), title, message);
            tx.enqueue(&SendNotification(notice.link(format!("/resumes/{resume}"))))?;
            tx.enqueue(&CheckUserAchievements { user })?;
            if total_score.is_some() {
                recommend_anew(tx, user)?;
            }
        }
        resumes::Event::Deleted { .. } => {}
    }
    Ok(())
}
