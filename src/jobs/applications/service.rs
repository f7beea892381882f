//! The rules of applications.

use rusqlite::Connection;

use super::{
    Application, ApplicationDraft, ApplicationStatus, Event,
    store::{self, NewApplication},
};
use crate::{
    jobs::{self, Job},
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        fields::Fields,
        id::Id,
    },
    resumes::{self, Resume},
    users::{
        CurrentUser, User,
        audit::{self, Changes},
    },
};

/// From which side somebody looks at an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Their own.
    Applicant,
    /// To their own posting, or as an admin.
    Poster,
}

/// An application and from which side the caller sees it.
///
/// # Errors
/// 404: to others it is not there.
pub fn seen(conn: &Connection, user: &CurrentUser, id: Id<Application>) -> Result<(Application, Side)> {
    let (application, posted_by) = store::get(conn, id)?;
    if application.user.id == user.id {
        Ok((application, Side::Applicant))
    } else if posted_by == Some(user.id) || user.is_admin() {
        Ok((application, Side::Poster))
    } else {
        Err(Error::NotFound("application"))
    }
}

/// The caller's own application.
///
/// # Errors
/// 404 to strangers, 403 to the poster, who may look but not write it.
pub fn own(conn: &Connection, user: &CurrentUser, id: Id<Application>) -> Result<Application> {
    match seen(conn, user, id)? {
        (application, Side::Applicant) => Ok(application),
        (_, Side::Poster) => Err(Error::Forbidden("Only the applicant does this.")),
    }
}

/// The posting whose applicants somebody may see.
///
/// # Errors
/// 404; 403 to all but its poster and admins.
pub fn posted(conn: &Connection, user: &CurrentUser, id: Id<Job>, now: Timestamp) -> Result<()> {
    user.owning(jobs::store::get(conn, id, now)?).map(drop)
}

/// Applies to a posting; the application and whether it is new. One that stands already is answered as it is; a withdrawn
/// one is taken up again.
///
/// # Errors
/// 400 with every wrong field, 403 for an own posting, 404, 409 when the posting is closed.
pub fn apply(tx: &Tx<'_>, user: &CurrentUser, job: Id<Job>, mut body: Fields) -> Result<(Application, bool)> {
    let job = jobs::store::get(tx, job, tx.now())?;
    let draft = ApplicationDraft::default().read(&mut body);
    check_resume(tx, &mut body, user.id, draft.resume_id)?;
    let draft = body.finish(draft)?;
    if job.posted_by.as_ref().is_some_and(|it| it.id == user.id) {
        return Err(Error::Forbidden("This is your own posting."));
    }
    let before = store::find(tx, user.id, job.id)?;
    match before {
        Some(standing) if standing.status != ApplicationStatus::Withdrawn => return Ok((standing, false)),
        _ if !job.is_open => return Err(Error::conflict("This job is closed.")),
        _ => {}
    }
    let match_percentage = jobs::service::match_percentage(tx, job.id, user.id, tx.now())?;
    let id = store::insert(tx, &NewApplication { user: user.id, job: &job, draft: &draft, match_percentage })?;
    store::update_count(tx, job.id, 1)?;
    store::insert_change(tx, id, (before.as_ref().map(|it| it.status), ApplicationStatus::Applied), user.id, "")?;
    let (application, posted_by) = store::get(tx, id)?;
    tx.emit(Event::Applied {
        application: id,
        user: user.id,
        by_name: user.caller.shown_name.clone(),
        job: job.id,
        title: job.title,
        posted_by,
    })?;
    Ok((application, before.is_none()))
}

/// A resume that is sent along must be the applicant's own.
fn check_resume(tx: &Tx<'_>, body: &mut Fields, user: Id<User>, resume: Option<Id<Resume>>) -> Result<()> {
    let Some(resume) = resume else { return Ok(()) };
    match resumes::store::get(tx, resume, user) {
        Ok(_) => Ok(()),
        Err(Error::NotFound(_)) => {
            body.fault("resume_id", format!("You have no résumé with the id {resume}."));
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The résumé that was sent along, for the poster alone.
///
/// # Errors
/// 404 to strangers and when none was sent; 403 to the applicant and to admins.
pub fn sent_resume(conn: &Connection, user: &CurrentUser, id: Id<Application>) -> Result<Resume> {
    let (application, _) = seen(conn, user, id)?;
    let (_, posted_by) = store::get(conn, id)?;
    if posted_by != Some(user.id) {
        return Err(Error::Forbidden("Only the poster of the job reads this résumé."));
    }
    let resume = application.resume_id.ok_or(Error::NotFound("résumé"))?;
    resumes::store::get(conn, resume, application.user.id)
}

/// Writes what the applicant writes, as long as nobody has moved it.
///
/// # Errors
/// 400 with every wrong field; 409 once it is past `applied`.
pub fn change(tx: &Tx<'_>, application: &Application, mut body: Fields) -> Result<Application> {
    let before = application.draft();
    let base = if body.is_patch() { before.clone() } else { ApplicationDraft::default() };
    let draft = base.read(&mut body);
    if draft.resume_id != before.resume_id {
        check_resume(tx, &mut body, application.user.id, draft.resume_id)?;
    }
    let draft = body.finish(draft)?;
    if application.status != ApplicationStatus::Applied {
        return Err(Error::conflict("An application can be changed only while it is applied."));
    }
    if draft != before {
        store::update(tx, application.id, &draft)?;
    }
    Ok(store::get(tx, application.id)?.0)
}

/// Moves an application on.
///
/// # Errors
/// 409 for a step that its state forbids.
pub fn advance(
    tx: &Tx<'_>,
    by: &CurrentUser,
    application: &Application,
    to: ApplicationStatus,
    note: &str,
) -> Result<Application> {
    let from = application.status;
    if !from.may_become(to) {
        return Err(Error::conflict(format!("An application that is {from} cannot become {to}.")));
    }
    store::update_status(tx, application.id, to)?;
    let change = store::insert_change(tx, application.id, (Some(from), to), by.id, note)?;
    let (_, posted_by) = store::get(tx, application.id)?;
    if posted_by != Some(by.id) {
        let changes = Changes::none().field("status", from.as_str(), to.as_str()).because(note);
        audit::record(tx, by, "applications.moved", ("application", application.id), changes)?;
    }
    tx.emit(Event::Moved {
        application: application.id,
        user: application.user.id,
        job: application.job.as_ref().map(|it| it.id),
        title: application.job_title.clone(),
        company: application.company_name.clone(),
        to,
        change,
        by: by.id,
    })?;
    Ok(store::get(tx, application.id)?.0)
}

/// Takes an application back.
///
/// # Errors
/// 409 when it is over already.
pub fn withdraw(tx: &Tx<'_>, application: &Application, note: &str) -> Result<Application> {
    let from = application.status;
    if !from.may_be_withdrawn() {
        return Err(Error::conflict(format!("An application that is {from} cannot be withdrawn.")));
    }
    let user = application.user.id;
    store::update_status(tx, application.id, ApplicationStatus::Withdrawn)?;
    store::insert_change(tx, application.id, (Some(from), ApplicationStatus::Withdrawn), user, note)?;
    let job = application.job.as_ref().map(|it| it.id);
    if let Some(job) = job {
        store::update_count(tx, job, -1)?;
    }
    tx.emit(Event::Withdrawn { application: application.id, user, job })?;
    Ok(store::get(tx, application.id)?.0)
}
