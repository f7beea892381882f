//! The rules of courses.

use rusqlite::Connection;

use super::{Course, CourseDraft, CourseFilter, Event, learning, modules, store};
use crate::{
    offers,
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::{Fields, id, moment},
        files::Files,
        id::Id,
        list::{Listing, Page},
        picture::Picture,
    },
    skills::{self, MOST_REQUIRED, Skill},
    users::{
        self, CurrentUser, HasOwner as _, Owned, User, Visitor,
        audit::{self, Changes},
        soft_delete,
    },
};

/// A part of the courses that the caller may see.
///
/// # Errors
/// 400 for an unknown skill or a wrong ordering.
pub fn list(conn: &Connection, listing: &Listing<CourseFilter>, visitor: &Visitor) -> Result<Page<Course>> {
    let skill = skills::store::resolve_filter(conn, listing.filter.skill.as_ref())?;
    store::page(conn, listing, skill, visitor.id(), visitor.is_admin())?.fetched(|ids| store::get_all(conn, ids))
}

/// The course as this visitor sees it. A draft is there for its instructor, its learners and admins only.
///
/// # Errors
/// 404.
pub fn seen(conn: &Connection, visitor: &Visitor, id: Id<Course>) -> Result<Course> {
    offers::service::seen(conn, visitor, store::get(conn, id)?)
}

/// The course that somebody wants to write.
///
/// # Errors
/// 404; 403 when they do not teach it.
pub fn owned(conn: &Connection, user: &CurrentUser, id: Id<Course>) -> Result<Owned<Course>> {
    user.owning(seen(conn, &Visitor(Some(user.clone())), id)?)
}

/// Makes a course. Its instructor is the caller; an admin may name another.
///
/// # Errors
/// 400 with every wrong field.
pub fn create(tx: &Tx<'_>, by: &CurrentUser, mut body: Fields) -> Result<Course> {
    let mut draft = CourseDraft::default().read(&mut body);
    read_links(tx, &mut body, &mut draft, None, Some(by.id))?;
    let instructor = read_instructor(tx, &mut body, by)?;
    let draft = body.finish(draft)?;
    let course = store::insert(tx, instructor.or(Some(by.id)), &draft)?;
    tx.emit(Event::Created { course, by: Some(by.id) })?;
    store::get(tx, course)
}

/// Brings in a course that was made elsewhere, when and by whom the record says.
///
/// # Errors
/// 400 with every wrong field.
pub fn import(tx: &Tx<'_>, record: &mut Fields) -> Result<Id<Course>> {
    let (mut created_at, mut instructor) = (None, None);
    record.optional("created_at", &mut created_at, moment);
    record.optional("instructor_id", &mut instructor, id);
    let mut draft = CourseDraft::default().read(record);
    read_links(tx, record, &mut draft, None, instructor)?;
    if let Some(instructor) = instructor
        && matches!(users::store::get(tx, instructor), Err(Error::NotFound(_)))
    {
        record.fault("instructor_id", format!("There is no account with the id {instructor}."));
    }
    let draft = record.finish(draft)?;
    tx.at(created_at.unwrap_or_else(|| tx.now()), || {
        let course = store::insert(tx, instructor, &draft)?;
        tx.emit(Event::Created { course, by: instructor })?;
        Ok(course)
    })
}

/// Reads skills and prerequisites of the draft of this course.
fn read_links(
    tx: &Tx<'_>,
    body: &mut Fields,
    draft: &mut CourseDraft,
    course: Option<Id<Course>>,
    by: Option<Id<User>>,
) -> Result<()> {
    for (name, short, slot) in [
        ("required_skill_ids", "required_skills", &mut draft.required_skill_ids),
        ("taught_skill_ids", "taught_skills", &mut draft.taught_skill_ids),
    ] {
        let field = if body.has(name) { name } else { short };
        skills::store::read_references(tx, body, field, MOST_REQUIRED, slot)?;
    }
    let count = draft.required_skill_ids.len() + draft.taught_skill_ids.len();
    body.check("taught_skill_ids", count <= MOST_REQUIRED, "A course has at most 30 skills.");
    offers::service::read_prerequisites(tx, body, &mut draft.prerequisite_ids, course, by)
}

/// Whom an admin names as instructor; what anybody else writes there has no effect.
fn read_instructor(tx: &Tx<'_>, body: &mut Fields, by: &CurrentUser) -> Result<Option<Id<User>>> {
    let field = if body.has("instructor_id") { "instructor_id" } else { "instructor" };
    if !by.is_admin() || !body.has(field) {
        return Ok(None);
    }
    let mut named: Option<Id<User>> = None;
    body.optional(field, &mut named, id);
    let Some(named) = named else { return Ok(None) };
    match users::store::get_active(tx, named) {
        Ok(user) if user.is_instructor || user.is_staff => Ok(Some(named)),
        Ok(user) => {
            body.fault(field, format!("{} is no instructor.", user.username));
            Ok(None)
        }
        Err(Error::NotFound(_)) => {
            body.fault(field, format!("There is no user with the id {named}."));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Writes a course.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, course: &Owned<Course>, mut body: Fields) -> Result<Course> {
    let before = course.draft();
    let base = if body.is_patch() { before.clone() } else { CourseDraft::default() };
    let mut draft = base.read(&mut body);
    read_links(tx, &mut body, &mut draft, Some(course.id), Some(by.id))?;
    let instructor = read_instructor(tx, &mut body, by)?.or(course.owner());
    let draft = body.finish(draft)?;
    if draft != before || instructor != course.owner() {
        store::update(tx, course.id, instructor, &draft)?;
        if draft.prerequisite_ids != before.prerequisite_ids {
            offers::store::set_prerequisites(tx, course.id, &draft.prerequisite_ids)?;
        }
        let instructors = [course.owner(), instructor].map(|it| it.map(Id::raw));
        let mut changes = Changes::between(&before, &draft)?;
        if instructors[0] != instructors[1] {
            changes = changes.field("instructor_id", instructors[0], instructors[1]);
        }
        audit::record_intervention(tx, by, &**course, "courses.changed", ("course", course.id), changes)?;
        tx.emit(Event::Changed { course: course.id, by: by.id })?;
    }
    store::get(tx, course.id)
}

/// Gives a course a picture in the place of the one before, or takes it away.
///
/// # Errors
/// Those of the database and of the file system.
pub fn set_picture(tx: &Tx<'_>, by: &CurrentUser, course: &Owned<Course>, picture: Option<&Picture>) -> Result<Course> {
    users::service::set_picture_of(tx, by, course, ("thumbnail", course.thumbnail.as_deref()), picture)?;
    store::get(tx, course.id)
}

/// Deletes a course softly. A repeat changes nothing.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, course: &Owned<Course>) -> Result<()> {
    if course.delete(tx, by)? { tx.emit(Event::Deleted { course: course.id, by: by.id }) } else { Ok(()) }
}

/// Takes a deletion back. A repeat changes nothing.
///
/// # Errors
/// 409 for its instructor after 30 days.
pub fn restore(tx: &Tx<'_>, by: &CurrentUser, course: &Owned<Course>) -> Result<()> {
    if course.restore(tx, by)? { tx.emit(Event::Restored { course: course.id, by: by.id }) } else { Ok(()) }
}

/// Removes deleted courses for good, and the files of their modules.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, ids: &[Id<Course>], files: &Files) -> Result<()> {
    for course in ids {
        for module in modules::store::of_course(tx, *course)? {
            modules::service::drop_file(tx, &module, files);
        }
    }
    soft_delete::store::delete(tx, ids)
}

/// Lets courses require and teach `into` where they did `from`, which the catalogue merges into it.
///
/// # Errors
/// Those of the database.
pub fn merge_skill(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    skills::store::merge_in(tx, "course_skills", from, into)
}

/// Ends what an erased account leaves here: its progress and its ratings go, its courses lose the name.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    learning::store::delete_of_user(tx, user)?;
    offers::store::set_owner_gone::<Course>(tx, user)
}
