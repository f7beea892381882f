//! The rules of modules.

use std::collections::HashSet;

use rusqlite::Connection;

use super::{ContentType, CourseModule, Event, ModuleDraft, ModuleFilter, model::MOST_MODULES, store};
use crate::{
    courses::{Course, learning},
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::{Fields, id},
        files::{Files, Kind, NewFile},
        id::Id,
        list::{Listing, Page},
    },
    users::{
        CurrentUser, Owned, Visitor,
        audit::{self, Changes},
    },
};

/// A part of the modules that this visitor sees, with content where they learn or teach the course.
///
/// # Errors
/// As [`store::page`].
pub fn list(
    conn: &Connection,
    listing: &Listing<ModuleFilter>,
    course: Option<Id<Course>>,
    visitor: &Visitor,
) -> Result<Page<CourseModule>> {
    let page = store::page(conn, listing, course, visitor.id(), visitor.is_admin())?;
    let courses: Vec<_> = page.results.iter().map(|it| it.course.id).collect();
    let open = match visitor.id() {
        Some(caller) if !visitor.is_admin() => store::open_to(conn, &courses, caller)?,
        _ => HashSet::new(),
    };
    page.try_map(|it| {
        let is_open = visitor.is_admin() || open.contains(&it.course.id);
        Ok(if is_open { it } else { it.from_outside() })
    })
}

/// The module as this visitor sees it.
///
/// # Errors
/// 404.
pub fn shown(conn: &Connection, visitor: &Visitor, id: Id<CourseModule>) -> Result<CourseModule> {
    let module = store::get(conn, id, visitor.id(), visitor.is_admin())?;
    let is_open = visitor.is_admin()
        || match visitor.id() {
            Some(caller) => !store::open_to(conn, &[module.course.id], caller)?.is_empty(),
            None => false,
        };
    Ok(if is_open { module } else { module.from_outside() })
}

/// The module that somebody wants to write.
///
/// # Errors
/// 404; 403 when they do not teach its course.
pub fn owned(conn: &Connection, user: &CurrentUser, id: Id<CourseModule>) -> Result<Owned<CourseModule>> {
    user.owning(store::get(conn, id, Some(user.id), user.is_admin())?)
}

/// Adds a module to a course, last unless it says where.
///
/// # Errors
/// 400 with every wrong field; 409 when the course is full.
pub fn add(tx: &Tx<'_>, by: &CurrentUser, course: &Owned<Course>, mut body: Fields) -> Result<CourseModule> {
    let draft = ModuleDraft::default().read(&mut body);
    let (count, last) = store::extent(tx, course.id)?;
    let order = draft.order.unwrap_or(last + 1);
    check_place(tx, &mut body, course.id, order, None)?;
    let draft = body.finish(draft)?;
    if count >= MOST_MODULES {
        return Err(Error::conflict(format!("A course has at most {MOST_MODULES} modules.")));
    }
    let module = store::insert(tx, course.id, order, &draft)?;
    let changes = Changes::between(&(), &draft)?;
    audit::record_intervention(tx, by, &**course, "course_modules.created", ("course_module", module), changes)?;
    tx.emit(Event::Added {
        module,
        title: draft.title,
        course: course.id,
        course_title: course.title.clone(),
        by: by.id,
        learners: learning::store::learning(tx, course.id)?,
    })?;
    store::get(tx, module, Some(by.id), true)
}

fn check_place(
    tx: &Tx<'_>,
    body: &mut Fields,
    course: Id<Course>,
    order: i64,
    own: Option<Id<CourseModule>>,
) -> Result<()> {
    let taken = store::at(tx, course, order)?.filter(|it| Some(*it) != own);
    body.check("order", taken.is_none(), "Another module of the course stands there.");
    Ok(())
}

/// Writes a module. One that is no resource any more loses its file.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(
    tx: &Tx<'_>,
    by: &CurrentUser,
    module: &Owned<CourseModule>,
    mut body: Fields,
    files: &Files,
) -> Result<CourseModule> {
    let before = module.draft();
    let base =
        if body.is_patch() { before.clone() } else { ModuleDraft { order: before.order, ..ModuleDraft::default() } };
    let draft = base.read(&mut body);
    let order = draft.order.unwrap_or(module.order);
    check_place(tx, &mut body, module.course.id, order, Some(module.id))?;
    let draft = body.finish(draft)?;
    if draft != before {
        store::update(tx, module.id, order, &draft)?;
        if draft.content_type != ContentType::Resource && module.stored.is_some() {
            store::update_file(tx, module.id, None)?;
            drop_file(tx, module, files);
        }
        let changes = Changes::between(&before, &draft)?;
        audit::record_intervention(tx, by, &**module, "course_modules.changed", ("course_module", module.id), changes)?;
        tx.emit(Event::Changed { module: module.id, by: by.id })?;
    }
    store::get(tx, module.id, Some(by.id), true)
}

/// Deletes the file of a module once what no longer names it is on the disk.
pub(in crate::courses) fn drop_file(tx: &Tx<'_>, module: &CourseModule, files: &Files) {
    let Some((stored, _)) = module.stored.clone() else { return };
    let (files, id) = (files.clone(), module.id);
    tx.after_commit(move || {
        if let Err(error) = files.delete(Kind::CourseFile, &stored) {
            tracing::warn!("the file of the module {id} could not be deleted: {error}");
        }
    });
}

/// Whether a module can have a file.
///
/// # Errors
/// 409 for all but resources.
pub fn check_takes_file(module: &CourseModule) -> Result<()> {
    match module.content_type {
        ContentType::Resource => Ok(()),
        _ => Err(Error::conflict("Only a module of the type resource has a file.")),
    }
}

/// Gives a module its file, in the place of the one before.
///
/// # Errors
/// 409 for all but resources.
pub fn attach(
    tx: &Tx<'_>,
    by: &CurrentUser,
    module: &Owned<CourseModule>,
    name: &str,
    file: NewFile,
    files: &Files,
) -> Result<CourseModule> {
    check_takes_file(module)?;
    store::update_file(tx, module.id, Some((file.name(), name)))?;
    // When this write is undone the file goes with what is dropped here.
    tx.after_commit(move || file.keep());
    drop_file(tx, module, files);
    let changes = Changes::none().field("file", module.stored.as_ref().map(|(_, name)| name.as_str()), name);
    audit::record_intervention(tx, by, &**module, "course_modules.changed", ("course_module", module.id), changes)?;
    tx.emit(Event::Changed { module: module.id, by: by.id })?;
    store::get(tx, module.id, Some(by.id), true)
}

/// Deletes a module. Who has completed all others has completed the course then.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, module: &Owned<CourseModule>, files: &Files) -> Result<()> {
    store::delete(tx, module.id)?;
    drop_file(tx, module, files);
    let changes = Changes::none().field("title", module.title.as_str(), "");
    audit::record_intervention(tx, by, &**module, "course_modules.deleted", ("course_module", module.id), changes)?;
    tx.emit(Event::Deleted { module: module.id, by: by.id })?;
    learning::service::settle(tx, module.course.id)
}

/// Puts the modules of a course in another order.
///
/// # Errors
/// 400 unless every module is named once.
pub fn reorder(tx: &Tx<'_>, by: &CurrentUser, course: &Owned<Course>, mut body: Fields) -> Result<Vec<CourseModule>> {
    let mut ids: Vec<Id<CourseModule>> = vec![];
    body.several("ids", &mut ids, MOST_MODULES as usize, id);
    let wanted: HashSet<_> = ids.iter().copied().collect();
    let standing: Vec<_> = store::of_course(tx, course.id)?.into_iter().map(|it| it.id).collect();
    // An absent or empty list names no module, which is right for a course without any.
    let complete = ids.len() == standing.len() && standing.iter().all(|it| wanted.contains(it));
    body.check("ids", complete, "Name every module of the course once.");
    body.finish(())?;
    if ids != standing {
        store::update_order(tx, course.id, &ids)?;
        let changes = Changes::none().field("order", serde_json::to_value(&standing)?, serde_json::to_value(&ids)?);
        audit::record_intervention(tx, by, &**course, "course_modules.reordered", ("course", course.id), changes)?;
        tx.emit(Event::Reordered { course: course.id, by: by.id })?;
    }
    store::of_course(tx, course.id)
}
