//! The rules of work on projects.

use rusqlite::Connection;

use super::{Event, Review, Submission, Work, WorkStatus, store};
use crate::{
    offers::OfferStatus,
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::Fields,
        id::Id,
    },
    projects::{self, Project},
    users::{
        CurrentUser, User,
        audit::{self, Changes},
    },
};

/// Begins a project; the work and whether it is new. Work that stands already is answered as it is.
///
/// # Errors
/// 404; 409 when the project is locked or cannot be begun.
pub fn start(tx: &Tx<'_>, user: Id<User>, id: Id<Project>) -> Result<(Work, bool)> {
    let project = projects::store::get(tx, id, Some(user))?;
    if let Some(standing) = store::find(tx, user, id)? {
        return Ok((standing, false));
    }
    if project.status != OfferStatus::Active {
        return Err(Error::conflict("This project cannot be begun at the moment."));
    }
    if project.is_locked {
        return Err(Error::conflict("Complete what this project builds upon first."));
    }
    let work = store::insert(tx, user, id)?;
    tx.emit(Event::Started { project: id, user })?;
    Ok((store::get(tx, work)?, true))
}

/// From which side somebody looks at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Their own.
    Author,
    /// Of their own project, as a mentor, or as an admin.
    Reviewer,
}

/// Whether somebody may review work on a project of this creator.
pub fn may_review(user: &CurrentUser, creator: Option<Id<User>>) -> bool {
    user.is_admin() || user.caller.roles.mentor || creator == Some(user.id)
}

/// Work and from which side the caller sees it.
///
/// # Errors
/// 404: to others it is not there.
pub fn seen(conn: &Connection, user: &CurrentUser, id: Id<Work>) -> Result<(Work, Side)> {
    let work = store::get(conn, id)?;
    if work.user.id == user.id {
        Ok((work, Side::Author))
    } else if may_review(user, work.creator) {
        Ok((work, Side::Reviewer))
    } else {
        Err(Error::NotFound("project work"))
    }
}

/// The caller's own work.
///
/// # Errors
/// 404 to strangers, 403 to reviewers, who may look but not write it.
pub fn own(conn: &Connection, user: &CurrentUser, id: Id<Work>) -> Result<Work> {
    match seen(conn, user, id)? {
        (work, Side::Author) => Ok(work),
        (_, Side::Reviewer) => Err(Error::Forbidden("Only the author of the work does this.")),
    }
}

fn check_is_open(work: &Work) -> Result<()> {
    if work.is_gone {
        return Err(Error::conflict("This project was deleted."));
    }
    match work.status {
        WorkStatus::Completed => Err(Error::conflict("This work is completed.")),
        WorkStatus::InProgress | WorkStatus::Submitted => Ok(()),
    }
}

/// Writes where the work is and what is to be known of it.
///
/// # Errors
/// 400 with every wrong field; 409 once it is completed.
pub fn change(tx: &Tx<'_>, work: &Work, mut body: Fields) -> Result<Work> {
    let before = work.submission();
    let base = if body.is_patch() { before.clone() } else { Submission::default() };
    let draft = base.read(&mut body);
    let has_address = work.status == WorkStatus::InProgress || draft.submission_url.is_some();
    body.check("submission_url", has_address, "Submitted work needs its address.");
    let draft = body.finish(draft)?;
    check_is_open(work)?;
    if draft != before {
        store::update(tx, work.id, &draft)?;
    }
    store::get(tx, work.id)
}

/// Submits work; again, while nobody has accepted it, replaces. Notes that are left out stay.
///
/// # Errors
/// 400 with every wrong field; 409 once it is completed.
pub fn submit(tx: &Tx<'_>, user: &CurrentUser, work: &Work, mut body: Fields) -> Result<Work> {
    let base = Submission { submission_url: None, ..work.submission() };
    let draft = base.read(&mut body);
    if !body.has("submission_url") {
        body.fault("submission_url", "This field is required.");
    }
    let draft = body.finish(draft)?;
    if draft.submission_url.is_none() {
        return Err(Error::field("submission_url", "This must not be empty."));
    }
    check_is_open(work)?;
    store::update(tx, work.id, &draft)?;
    store::update_submitted(tx, work.id)?;
    tx.emit(Event::Submitted {
        work: work.id,
        user: user.id,
        by_name: user.caller.shown_name.clone(),
        project: work.project.id,
        title: work.project.title.clone(),
        creator: work.creator,
    })?;
    store::get(tx, work.id)
}

/// Accepts submitted work, or sends it back.
///
/// # Errors
/// 400 with every wrong field; 403 for one's own; 404 to strangers; 409 when it is not submitted.
pub fn review(tx: &Tx<'_>, by: &CurrentUser, id: Id<Work>, mut body: Fields) -> Result<Work> {
    let (work, side) = seen(tx, by, id)?;
    if side == Side::Author {
        return Err(Error::Forbidden("Nobody reviews their own work."));
    }
    let review = Review::read(&mut body);
    let review = body.finish(review)?;
    check_is_open(&work)?;
    if work.status != WorkStatus::Submitted {
        return Err(Error::conflict("This work is not submitted."));
    }
    let nth = store::update_review(tx, id, by.id, &review)?;
    if by.is_admin() && work.creator != Some(by.id) && !by.caller.roles.mentor {
        let changes =
            Changes::none().field("accepted", false, review.accepted).field("rating", work.rating, review.rating);
        audit::record(tx, by, "project_work.reviewed", ("project_work", id), changes)?;
    }
    tx.emit(Event::Reviewed {
        work: id,
        nth,
        user: work.user.id,
        project: work.project.id,
        title: work.project.title,
        rating: review.rating,
        accepted: review.accepted,
        by: by.id,
    })?;
    store::get(tx, id)
}

/// Takes work back as if it had never been begun.
///
/// # Errors
/// 409 once it is completed.
pub fn leave(tx: &Tx<'_>, work: &Work) -> Result<()> {
    if work.status == WorkStatus::Completed {
        return Err(Error::conflict("Completed work stays among yours."));
    }
    store::delete(tx, work.id)?;
    tx.emit(Event::Left { project: work.project.id, user: work.user.id })
}
