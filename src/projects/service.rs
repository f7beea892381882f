//! The rules of projects.

use rusqlite::Connection;

use super::{Event, Project, ProjectDraft, ProjectFilter, model::MOST_PREREQUISITES, store, work};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::{Fields, id},
        id::Id,
        list::{Listing, Page},
        picture::{self, Picture},
    },
    skills::{self, MOST_REQUIRED, OfferStatus, Skill},
    users::{
        CurrentUser, Owned, User, Visitor,
        audit::{self, Changes},
    },
};

/// A part of the projects that the caller may see.
///
/// # Errors
/// 400 for an unknown skill or a wrong ordering.
pub fn list(conn: &Connection, listing: &Listing<ProjectFilter>, visitor: &Visitor) -> Result<Page<Project>> {
    let skill = match &listing.filter.skill {
        Some(reference) => Some(skills::store::resolve_in(conn, "skill", reference)?.id),
        None => None,
    };
    let page = store::page(conn, listing, skill, visitor.id(), visitor.is_admin())?;
    let Page { count, next, previous, results } = page;
    Ok(Page { count, next, previous, results: store::get_all(conn, &results, visitor.id())? })
}

/// The project as this visitor sees it. A draft is there for its creator, those who work on it and admins only.
///
/// # Errors
/// 404.
pub fn seen(conn: &Connection, visitor: &Visitor, id: Id<Project>) -> Result<Project> {
    let project = store::get(conn, id, visitor.id())?;
    let is_draft = project.status == OfferStatus::Inactive;
    let open = match visitor.id() {
        _ if !is_draft || visitor.is_admin() => true,
        None => false,
        Some(caller) => !store::seen_of(conn, &[id], caller)?.is_empty(),
    };
    if open { Ok(project) } else { Err(Error::NotFound("project")) }
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
    let field = if body.has("prerequisite_ids") { "prerequisite_ids" } else { "prerequisites" };
    let mut wanted = draft.prerequisite_ids.clone();
    body.several(field, &mut wanted, MOST_PREREQUISITES, id);
    draft.prerequisite_ids.clear();
    for prerequisite in wanted {
        if !draft.prerequisite_ids.contains(&prerequisite) {
            draft.prerequisite_ids.push(prerequisite);
        }
    }
    if body.has(field) {
        check_prerequisites(tx, body, field, &draft.prerequisite_ids, project, by)?;
    }
    Ok(())
}

/// What a project builds upon must be there for its creator, and must not build upon it.
fn check_prerequisites(
    tx: &Tx<'_>,
    body: &mut Fields,
    field: &str,
    wanted: &[Id<Project>],
    project: Option<Id<Project>>,
    by: &CurrentUser,
) -> Result<()> {
    let seen = store::seen_of(tx, wanted, by.id)?;
    for unknown in wanted.iter().filter(|it| !seen.contains(it)) {
        body.fault(field, format!("There is no project with the id {unknown}."));
    }
    if let Some(project) = project
        && store::leads_to(tx, wanted, project)?
    {
        body.fault(field, "A project does not build upon itself, neither directly nor by way of others.");
    }
    Ok(())
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
            store::set_prerequisites(tx, project.id, &draft.prerequisite_ids)?;
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
    let address = picture.map(Picture::settle).transpose()?;
    if address != project.thumbnail {
        store::update_picture(tx, project.id, address.as_deref())?;
        let before = project.thumbnail.clone();
        let changes = Changes::none().field("thumbnail", before.clone(), address.clone());
        audit::record_intervention(tx, by, &**project, "projects.changed", ("project", project.id), changes)?;
        tx.emit(picture::Changed { by: by.id.raw(), subject: ("project", project.id.raw()), before })?;
    }
    store::get(tx, project.id, Some(by.id))
}

/// Deletes a project softly. A repeat changes nothing.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, project: &Owned<Project>) -> Result<()> {
    if project.is_deleted {
        return Ok(());
    }
    store::update_deleted(tx, project.id, Some(tx.now()))?;
    audit::record_intervention(tx, by, &**project, "projects.deleted", ("project", project.id), Changes::none())?;
    tx.emit(Event::Deleted { project: project.id, by: by.id })
}

/// Takes a deletion back. A repeat changes nothing.
///
/// # Errors
/// 409 for its creator after 30 days.
pub fn restore(tx: &Tx<'_>, by: &CurrentUser, project: &Owned<Project>) -> Result<()> {
    if !project.restorable(by, tx.now())? {
        return Ok(());
    }
    store::update_deleted(tx, project.id, None)?;
    audit::record_intervention(tx, by, &**project, "projects.restored", ("project", project.id), Changes::none())?;
    tx.emit(Event::Restored { project: project.id, by: by.id })
}

/// Lets projects practise `into` where they did `from`, which the catalogue merges into it.
///
/// # Errors
/// Those of the database.
pub fn merge_skill(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    store::update_skill(tx, from, into)
}

/// Ends what an erased account leaves here: its work goes, its projects lose the name.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    work::store::delete_of_user(tx, user)?;
    store::update_creator_gone(tx, user)
}
