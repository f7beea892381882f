//! The rules of mentors.

use rusqlite::Connection;

use super::{
    Event, Mentor, MentorDraft, MentorFilter, MentorStatus,
    model::MOST_SPECIALIZATIONS,
    sessions::{self, SessionStatus},
    store,
};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result, Unauthenticated},
        fields::Fields,
        id::Id,
        list::{Listing, NoFilter, Page},
    },
    skills::{self, Skill},
    users::{
        self, CurrentUser, HasOwner as _, Owned, User, Visitor,
        audit::{self, Changes},
    },
};

/// What both sides read when a mentor's profile goes while sessions are open.
const LEFT: &str = "The mentor does not take sessions any more.";

/// A part of the mentors that everybody sees.
///
/// # Errors
/// 400 for an unknown skill or a wrong ordering.
pub fn list(conn: &Connection, listing: &Listing<MentorFilter>) -> Result<Page<Mentor>> {
    let skill = skills::store::resolve_filter(conn, listing.filter.skill.as_ref())?;
    store::page(conn, listing, skill)?.fetched(|ids| store::get_all(conn, ids))
}

/// A part of all mentors, those who wait to be let in first.
///
/// # Errors
/// 400 for a wrong ordering.
pub fn list_all(conn: &Connection, listing: &Listing<NoFilter>) -> Result<Page<Mentor>> {
    store::page_of_all(conn, listing)?.fetched(|ids| store::get_all(conn, ids))
}

/// A mentor as this caller sees them: the one with this id, or their own. Who was not let in, or has left, is there for
/// themselves and admins.
///
/// # Errors
/// 401 when nobody asks for their own; 404.
pub fn seen(conn: &Connection, visitor: &Visitor, id: Option<Id<Mentor>>) -> Result<Mentor> {
    let Some(id) = id else {
        let caller = visitor.id().ok_or(Error::Unauthenticated(Unauthenticated::Required))?;
        return store::find(conn, caller)?.ok_or(Error::NotFound("mentor"));
    };
    let mentor = store::get(conn, id)?;
    let is_own = visitor.id() == mentor.owner() || visitor.is_admin();
    if is_own || store::is_shown(conn, id)? { Ok(mentor) } else { Err(Error::NotFound("mentor")) }
}

fn read(tx: &Tx<'_>, base: MentorDraft, mut body: Fields) -> Result<MentorDraft> {
    let mut draft = base.read(&mut body);
    let field = if body.has("specialization_ids") { "specialization_ids" } else { "specializations" };
    if !body.has(field) && !body.is_patch() {
        body.fault(field, "This field is required.");
    }
    skills::store::read_references(tx, &mut body, field, MOST_SPECIALIZATIONS, &mut draft.specializations)?;
    if body.has(field) && draft.specializations.is_empty() {
        body.fault(field, "Name at least one skill.");
    }
    body.finish(draft)
}

/// Makes somebody a mentor, at once or, where an admin has to let them in, later; the profile and whether it is new. One that
/// stands already is answered as it is.
///
/// # Errors
/// 400 with every wrong field.
pub fn create(tx: &Tx<'_>, by: &CurrentUser, body: Fields, needs_approval: bool) -> Result<(Mentor, bool)> {
    if let Some(standing) = store::find(tx, by.id)? {
        return Ok((standing, false));
    }
    let draft = read(tx, MentorDraft::default(), body)?;
    let status = if needs_approval { MentorStatus::Pending } else { MentorStatus::Approved };
    let mentor = store::insert(tx, by.id, &draft, status)?;
    if needs_approval {
        apply(tx, mentor, by.id)?;
    } else {
        users::store::set_mentor(tx, by.id, true)?;
        tx.emit(Event::Approved { mentor, user: by.id, by: None })?;
    }
    Ok((store::get(tx, mentor)?, true))
}

fn apply(tx: &Tx<'_>, mentor: Id<Mentor>, user: Id<User>) -> Result<()> {
    let (by_name, admins) = (users::store::get(tx, user)?.shown_name(), users::store::admins(tx)?);
    tx.emit(Event::Applied { mentor, user, by_name, admins })
}

/// Writes a mentor profile. Who was turned down asks anew by doing so.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, mentor: &Owned<Mentor>, body: Fields) -> Result<Mentor> {
    let before = mentor.draft();
    let base = if body.is_patch() { before.clone() } else { MentorDraft::default() };
    let draft = read(tx, base, body)?;
    if draft == before {
        return store::get(tx, mentor.id);
    }
    store::update(tx, mentor.id, &draft)?;
    let changes = Changes::between(&before, &draft)?;
    audit::record_intervention(tx, by, &**mentor, "mentors.changed", ("mentor", mentor.id), changes)?;
    tx.emit(Event::Changed { mentor: mentor.id, by: by.id })?;
    if mentor.status == MentorStatus::Rejected {
        store::update_status(tx, mentor.id, MentorStatus::Pending)?;
        apply(tx, mentor.id, mentor.user.id)?;
    }
    store::get(tx, mentor.id)
}

/// Ends somebody's being a mentor: open sessions are cancelled, what was held stays.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, mentor: &Owned<Mentor>) -> Result<()> {
    audit::record_intervention(tx, by, &**mentor, "mentors.removed", ("mentor", mentor.id), Changes::none())?;
    end(tx, Some(by.id), mentor.id, mentor.user.id)
}

fn end(tx: &Tx<'_>, by: Option<Id<User>>, mentor: Id<Mentor>, user: Id<User>) -> Result<()> {
    for session in sessions::store::open_of_mentor(tx, user)? {
        sessions::service::end(tx, by, &session, SessionStatus::Cancelled, LEFT)?;
    }
    store::delete(tx, mentor)?;
    users::store::set_mentor(tx, user, false)?;
    tx.emit(Event::Left { mentor, user })
}

fn check_waits(mentor: &Mentor) -> Result<()> {
    match mentor.status {
        MentorStatus::Pending => Ok(()),
        status => Err(Error::conflict(format!("This mentor does not wait to be let in: the profile is {status}."))),
    }
}

fn decided(tx: &Tx<'_>, by: &CurrentUser, mentor: &Mentor, to: MentorStatus, reason: &str) -> Result<()> {
    check_waits(mentor)?;
    store::update_status(tx, mentor.id, to)?;
    let action = if to == MentorStatus::Approved { "mentors.approved" } else { "mentors.rejected" };
    let changes = Changes::none().field("status", mentor.status.as_str(), to.as_str()).because(reason);
    audit::record(tx, by, action, ("mentor", mentor.id), changes)
}

/// Lets a mentor in.
///
/// # Errors
/// 409 when they do not wait for it.
pub fn approve(tx: &Tx<'_>, by: &CurrentUser, mentor: &Mentor, reason: &str) -> Result<Mentor> {
    decided(tx, by, mentor, MentorStatus::Approved, reason)?;
    users::store::set_mentor(tx, mentor.user.id, true)?;
    tx.emit(Event::Approved { mentor: mentor.id, user: mentor.user.id, by: Some(by.id) })?;
    store::get(tx, mentor.id)
}

/// Turns a mentor down.
///
/// # Errors
/// 409 when they do not wait for it.
pub fn reject(tx: &Tx<'_>, by: &CurrentUser, mentor: &Mentor, reason: &str) -> Result<Mentor> {
    decided(tx, by, mentor, MentorStatus::Rejected, reason)?;
    let user = mentor.user.id;
    tx.emit(Event::Rejected { mentor: mentor.id, user, by: by.id, reason: reason.to_owned() })?;
    store::get(tx, mentor.id)
}

/// Notes that an admin checked who a mentor is. A repeat changes nothing.
///
/// # Errors
/// Those of the database.
pub fn verify(tx: &Tx<'_>, by: &CurrentUser, mentor: &Mentor, reason: &str) -> Result<Mentor> {
    if !mentor.verified {
        store::update_verified(tx, mentor.id)?;
        let changes = Changes::none().field("verified", false, true).because(reason);
        audit::record(tx, by, "mentors.verified", ("mentor", mentor.id), changes)?;
        tx.emit(Event::Verified { mentor: mentor.id, by: by.id })?;
    }
    store::get(tx, mentor.id)
}

/// Lets mentors help with `into` where they helped with `from`, which the catalogue merges into it.
///
/// # Errors
/// Those of the database.
pub fn merge_skill(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    skills::store::merge_in(tx, "mentor_skills", from, into)
}

/// Ends what an erased account leaves here: open sessions are cancelled, the profile and their own words go, and so do their
/// reviews. That sessions were held stays with whom they were held.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    if let Some(mentor) = store::find(tx, user)? {
        end(tx, None, mentor.id, user)?;
    }
    for session in sessions::store::open_of_mentee(tx, user)? {
        sessions::service::end(tx, None, &session, SessionStatus::Cancelled, "The account was erased.")?;
    }
    sessions::store::forget_user(tx, user)
}
