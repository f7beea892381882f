//! The rules of learning a course.

use rusqlite::Connection;

use super::{Event, LearningStatus, Progress, ProgressDetail, Rating, RatingDraft, store};
use crate::{
    courses::{
        self, Course,
        modules::{self, CourseModule},
    },
    offers::{self, OfferStatus},
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::Fields,
        id::Id,
    },
    users::{CurrentUser, Owned, User, Visitor},
};

/// Enrols somebody in a course; the progress and whether it is new. One that stands already is answered as it is; a dropped
/// course is taken up again.
///
/// # Errors
/// 404; 409 when the course takes no learners.
pub fn enroll(tx: &Tx<'_>, user: Id<User>, id: Id<Course>) -> Result<(Progress, bool)> {
    let course = courses::store::get(tx, id)?;
    let standing = store::find(tx, user, id)?;
    match standing {
        Some(standing) if standing.status != LearningStatus::Dropped => Ok((standing, false)),
        _ if course.status != OfferStatus::Active => {
            Err(Error::conflict("This course takes no learners at the moment."))
        }
        Some(dropped) => Ok((take_up(tx, &dropped)?, false)),
        None => {
            let progress = store::insert(tx, user, id)?;
            tx.emit(Event::Enrolled { progress, user, course: id, title: course.title })?;
            Ok((store::get(tx, progress, user)?, true))
        }
    }
}

fn take_up(tx: &Tx<'_>, progress: &Progress) -> Result<Progress> {
    let user = progress.user.id;
    store::update_status(tx, progress.id, LearningStatus::InProgress)?;
    tx.emit(Event::Moved { progress: progress.id, user, to: Some(LearningStatus::InProgress) })?;
    // Modules may have gone meanwhile.
    complete(tx, store::finished(tx, None, Some(progress.id))?)?;
    store::get(tx, progress.id, user)
}

/// Drops a course, or takes it up again.
///
/// # Errors
/// 409 for what its state forbids.
pub fn change(tx: &Tx<'_>, progress: &Owned<Progress>, to: LearningStatus) -> Result<Progress> {
    match (progress.status, to) {
        (LearningStatus::Completed, _) => Err(Error::conflict("This course is completed.")),
        (from, to) if from == to => store::get(tx, progress.id, progress.user.id),
        (LearningStatus::Dropped, LearningStatus::InProgress) => {
            check_is_there(progress)?;
            take_up(tx, progress)
        }
        (_, LearningStatus::Dropped) => {
            let (id, user) = (progress.id, progress.user.id);
            store::update_status(tx, id, LearningStatus::Dropped)?;
            tx.emit(Event::Moved { progress: id, user, to: Some(LearningStatus::Dropped) })?;
            store::get(tx, id, user)
        }
        _ => Err(Error::conflict("A course is completed by completing its modules.")),
    }
}

fn check_is_there(progress: &Progress) -> Result<()> {
    if progress.is_gone { Err(Error::conflict("This course was deleted.")) } else { Ok(()) }
}

/// Leaves a course as if it had never been begun.
///
/// # Errors
/// 409 once it is completed.
pub fn leave(tx: &Tx<'_>, progress: &Owned<Progress>) -> Result<()> {
    if progress.status == LearningStatus::Completed {
        return Err(Error::conflict("A completed course stays among yours."));
    }
    store::delete(tx, progress.id)?;
    tx.emit(Event::Moved { progress: progress.id, user: progress.user.id, to: None })
}

/// Completes a module; the last one completes the course. A repeat changes nothing.
///
/// # Errors
/// 404 for a module of another course; 409 while the course is dropped.
pub fn mark(tx: &Tx<'_>, progress: &Owned<Progress>, module: Id<CourseModule>) -> Result<Progress> {
    check_module(tx, progress, module)?;
    let user = progress.user.id;
    if store::insert_completion(tx, progress.id, module)? {
        tx.emit(Event::ModuleCompleted { module, user })?;
        complete(tx, store::finished(tx, None, Some(progress.id))?)?;
    }
    store::get(tx, progress.id, user)
}

/// Takes the completion of a module back. A repeat changes nothing.
///
/// # Errors
/// 404 for a module of another course; 409 while the course is dropped, and once it is completed.
pub fn unmark(tx: &Tx<'_>, progress: &Owned<Progress>, module: Id<CourseModule>) -> Result<Progress> {
    check_module(tx, progress, module)?;
    if progress.status == LearningStatus::Completed {
        return Err(Error::conflict("This course is completed."));
    }
    let user = progress.user.id;
    if store::delete_completion(tx, progress.id, module)? {
        tx.emit(Event::ModuleReopened { module, user })?;
    }
    store::get(tx, progress.id, user)
}

fn check_module(tx: &Tx<'_>, progress: &Progress, module: Id<CourseModule>) -> Result<()> {
    if modules::store::course_of(tx, module)? != Some(progress.course.id) {
        return Err(Error::NotFound("module in this course"));
    }
    check_is_there(progress)?;
    match progress.status {
        LearningStatus::Dropped => Err(Error::conflict("You dropped this course. Take it up again first.")),
        LearningStatus::InProgress | LearningStatus::Completed => Ok(()),
    }
}

/// The caller's progress with the course that a module is of.
///
/// # Errors
/// 404 when there is none.
pub fn of_module(conn: &Connection, user: Id<User>, module: Id<CourseModule>) -> Result<Progress> {
    let course = modules::store::course_of(conn, module)?.ok_or(Error::NotFound("module"))?;
    store::find(conn, user, course)?.ok_or(Error::NotFound("progress"))
}

/// Completes a course for those who have no module left, after a module went.
///
/// # Errors
/// Those of the database.
pub fn settle(tx: &Tx<'_>, course: Id<Course>) -> Result<()> {
    complete(tx, store::finished(tx, Some(course), None)?)
}

fn complete(tx: &Tx<'_>, finished: Vec<Progress>) -> Result<()> {
    for it in finished {
        store::update_status(tx, it.id, LearningStatus::Completed)?;
        tx.emit(Event::Completed { progress: it.id, user: it.user.id, course: it.course.id, title: it.course.title })?;
    }
    Ok(())
}

/// One progress with what is done and what comes next.
///
/// # Errors
/// 404.
pub fn detail(conn: &Connection, user: Id<User>, id: Id<Progress>) -> Result<ProgressDetail> {
    let progress = store::get(conn, id, user)?;
    let completed_module_ids = store::completed(conn, id)?;
    let outline = courses::store::outline(conn, progress.course.id)?;
    let next_module = outline.into_iter().find(|it| !completed_module_ids.contains(&it.id));
    Ok(ProgressDetail { progress, completed_module_ids, next_module })
}

/// Rates a course; what was written and whether it is the first time.
///
/// # Errors
/// 400 with every wrong field; 403 for who is not enrolled; 404.
pub fn rate(tx: &Tx<'_>, user: &CurrentUser, id: Id<Course>, mut body: Fields) -> Result<(Rating, bool)> {
    let course = offers::service::seen(tx, &Visitor(Some(user.clone())), courses::store::get(tx, id)?)?;
    let draft = RatingDraft::read(&mut body);
    let draft = body.finish(draft)?;
    if store::find(tx, user.id, course.id)?.is_none() {
        return Err(Error::Forbidden("Enrol in the course before you rate it."));
    }
    let is_new = store::rating_of(tx, id, user.id)?.is_none();
    store::set_rating(tx, id, user.id, &draft)?;
    tx.emit(Event::Rated { course: id, user: user.id, rating: draft.rating })?;
    let rating = store::rating_of(tx, id, user.id)?.ok_or(Error::NotFound("rating"))?;
    Ok((rating, is_new))
}
