//! The rules of projects.

use rusqlite::Connection;

use super::{Event, Project, ProjectDraft, ProjectFilter, store, work};
use crate::{
    offers,
    platform::{
        db::Tx,
        error::Result,
        fields::Fields,
        id::Id,
        list::{Listing, Page},
        picture::Picture,
    },
    skills::{self, MOST_REQUIRED, Skill},
    users::{
        self, CurrentUser, Owned, User, Visitor,
        audit::{self, Changes},
    },
};

/// A part of the projects that the caller may see.
///
/// # Errors
/// 400 for an unknown skill or a wrong ordering.
pub fn list(conn: &Connection, listing: &Listing<ProjectFilter>, visitor: &Visitor) -> Result<Page<Project>> {
    let skill = skills::store::resolve_filter(conn, listing.filter.skill.as_ref())?;
    store::page(conn, listing, skill, visitor.id(), visitor.is_admin())?
        .fetched(|ids| store::get_all(conn, ids, visitor.id()))
}

/// The project as this visitor sees it. A draft is there for its creator, those who work on it and admins only.
///
/// # Errors
/// 404.
pub fn seen(conn: &Connection, visitor: &Visitor, id: Id<Project>) -> Result<Project> {
    offers::service::seen(conn, visitor, store::get(conn, id, visitor.id())?)
}

/// The project that somebody wants to write.
///
/// # Errors
/// 404; 403 when it is not theirs.
pub fn owned(conn: &Connection, user: &CurrentUser, id: Id<Project>) -> Result<Owned<Project>> {
    user.owning(seen(conn, &Visitor(Some(user.clone())), id)?)
}

/// Makes a project.
///
/// # Errors
/// 400 with every wrong field.
pub fn create(tx: &Tx<'_>, by: &CurrentUser, mut body: Fields) -> Result<Project> {
    let mut draft = ProjectDraft::default().read(&mut body);
    read_links(tx, &mut body, &mut draft, None, by)?;
    let draft = body.finish(draft)?;
    let project = store::insert(tx, by.id, &draft)?;
    tx.emit(Event::Created { project, by: by.id })?;
    store::get(tx, project, Some(by.id))
}

/// Reads skills and prerequisites of the draft of this project.
fn read_links(
    tx: &Tx<'_>,
    body: &mut Fields,
    draft: &mut ProjectDraft,
    project: Option<Id<Project>>,
    by: &CurrentUser,
) -> Result<()> {
    let field = if body.has("required_skill_ids") { "required_skill_ids" } else { "required_skills" };
    skills::store::read_references(tx, body, field, MOST_REQUIRED, &mut draft.required_skill_ids)?;
    offers::service::read_prerequisites(tx, body, &mut draft.prerequisite_ids, project, Some(by.id))
}

/// Writes a project.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, project: &Owned<Project>, mut body: Fields) -> Result<Project> {
    let before = project.draft();
    let base = if body.is_patch() { before.clone() } else { ProjectDraft::default() };
    let mut draft = base.read(&mut body);
    read_links(tx, &mut body, &mut draft, Some(project.id), by)?;
    let draft = body.finish(draft)?;
    if draft != before {
        store::update(tx, project.id, &draft)?;
        if draft.prerequisite_ids != before.prerequisite_ids {
            offers::store::set_prerequisites(tx, project.id, &draft.prerequisite_ids)?;
        }
        let changes = Changes::between(&before, &draft)?;
        audit::record_intervention(tx, by, &**project, "projects.changed", ("project", project.id), changes)?;
        tx.emit(Event::Changed { project: project.id, by: by.id })?;
    }
    store::get(tx, project.id, Some(by.id))
}

/// Gives a project a picture in the place of the one before, or takes it away.
///
/// # Errors
/// Those of the database and of the file system.
pub fn set_picture(
    tx: &Tx<'_>,
    by: &CurrentUser,
    project: &Owned<Project>,
    picture: Option<&Picture>,
) -> Result<Project> {
    users::service::set_picture_of(tx, by, project, ("thumbnail", project.thumbnail.as_deref()), picture)?;
    store::get(tx, project.id, Some(by.id))
}

/// Deletes a project softly. A repeat changes nothing.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, project: &Owned<Project>) -> Result<()> {
    if project.delete(tx, by)? { tx.emit(Event::Deleted { project: project.id, by: by.id }) } else { Ok(()) }
}

/// Takes a deletion back. A repeat changes nothing.
///
/// # Errors
/// 409 for its creator after 30 days.
pub fn restore(tx: &Tx<'_>, by: &CurrentUser, project: &Owned<Project>) -> Result<()> {
    if project.restore(tx, by)? { tx.emit(Event::Restored { project: project.id, by: by.id }) } else { Ok(()) }
}

/// Lets projects practise `into` where they did `from`, which the catalogue merges into it.
///
/// # Errors
/// Those of the database.
pub fn merge_skill(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    skills::store::merge_in(tx, "project_skills", from, into)
}

/// Ends what an erased account leaves here: its work goes, its projects lose the name.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    work::store::delete_of_user(tx, user)?;
    offers::store::set_owner_gone::<Project>(tx, user)
}
