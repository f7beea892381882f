//! Merging skills, which reaches into every room that refers to them.

use crate::{
    courses, jobs, mentors,
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::{Fields, Reference, reference},
    },
    projects,
    skills::{self, Skill},
    users::CurrentUser,
};

/// Merges a skill into the one that the body names: whoever holds it holds that one, whatever asks for it or teaches it does
/// so with that one, and its names become synonyms.
///
/// # Errors
/// 400 for a skill that is unknown or the same.
pub(super) fn merge(tx: &Tx<'_>, by: &CurrentUser, from: &Skill, mut body: Fields) -> Result<Skill> {
    let mut into: Option<Reference<Skill>> = None;
    body.required("into_id", &mut into, |it| reference(it).map(Some));
    let into = body.finish(into)?.ok_or(Error::NotFound("skill"))?;
    let into = skills::store::get(tx, skills::store::resolve_in(tx, "into_id", &into)?.id)?;
    if from.id != into.id {
        jobs::service::merge_skill(tx, from.id, into.id)?;
        courses::service::merge_skill(tx, from.id, into.id)?;
        mentors::service::merge_skill(tx, from.id, into.id)?;
        projects::service::merge_skill(tx, from.id, into.id)?;
    }
    skills::service::merge(tx, by, from, &into)
}
