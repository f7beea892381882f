//! The rules of the catalogue and of suggestions for it.

use super::{
    CatalogueSkill, Category, Event, Skill, SkillDraft, SkillSuggestion, SuggestionDraft, model::MOST_SYNONYMS, store,
};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::Fields,
        id::Id,
        validate,
    },
    users::{CurrentUser, User},
};

pub use super::{
    sync::service::{import, sync_from_resume, undo_sync},
    user_skills::service::{Addition, add, withdraw_all},
};

/// Adds a skill to the catalogue.
///
/// # Errors
/// 400 with every wrong field.
pub fn create(tx: &Tx<'_>, by: &CurrentUser, mut body: Fields) -> Result<Skill> {
    let draft = SkillDraft::default().read(&mut body);
    check_names_are_free(tx, &mut body, &draft, None)?;
    let draft = body.finish(draft)?;
    let id = store::insert(tx, &draft, false)?;
    tx.emit(Event::CatalogueChanged { by: Some(by.id), skill: Some(id) })?;
    store::get(tx, id)
}

/// Writes a skill of the catalogue.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, skill: Skill, mut body: Fields) -> Result<Skill> {
    let before = skill.draft();
    let base = if body.is_patch() { before.clone() } else { SkillDraft::default() };
    let draft = base.read(&mut body);
    check_names_are_free(tx, &mut body, &draft, Some(skill.id))?;
    let draft = body.finish(draft)?;
    if draft == before {
        return Ok(skill);
    }
    store::update(tx, skill.id, &draft)?;
    tx.emit(Event::CatalogueChanged { by: Some(by.id), skill: Some(skill.id) })?;
    store::get(tx, skill.id)
}

fn check_names_are_free(tx: &Tx<'_>, body: &mut Fields, draft: &SkillDraft, own: Option<Id<Skill>>) -> Result<()> {
    for (nth, name) in draft.names().enumerate() {
        if let Some(other) = store::find_by_name(tx, name)?
            && Some(other.id) != own
        {
            let field = if nth == 0 { "name" } else { "synonyms" };
            body.fault(field, format!("{name} is a name of {} already.", other.name));
        }
    }
    Ok(())
}

/// Takes a skill out of the catalogue.
///
/// # Errors
/// 409 when it is in use.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, skill: &Skill) -> Result<()> {
    store::delete(tx, skill.id)?;
    tx.emit(Event::CatalogueChanged { by: Some(by.id), skill: Some(skill.id) })
}

/// What became of a suggestion.
pub enum Suggested {
    /// The catalogue has it already.
    Known(Skill),
    /// It was kept; true when it is new, false when this person had made it before.
    Kept(SkillSuggestion, bool),
}

/// Suggests a skill for the catalogue.
///
/// # Errors
/// 400 with every wrong field.
pub fn suggest(tx: &Tx<'_>, user: &CurrentUser, mut body: Fields) -> Result<Suggested> {
    let draft = SuggestionDraft::read(&mut body);
    let draft = body.finish(draft)?;
    if let Some(known) = store::find_by_name(tx, &draft.name)? {
        return Ok(Suggested::Known(store::get(tx, known.id)?));
    }
    let (id, is_new) = suggest_unknown(tx, user.id, &draft)?;
    Ok(Suggested::Kept(store::suggestion_with(tx, id)?, is_new))
}

/// Keeps a name that the catalogue does not have as this person's suggestion, once.
pub(super) fn suggest_unknown(
    tx: &Tx<'_>,
    user: Id<User>,
    draft: &SuggestionDraft,
) -> Result<(Id<SkillSuggestion>, bool)> {
    let (id, is_new) = store::insert_suggestion(tx, user, draft)?;
    if is_new {
        tx.emit(Event::Suggested { user, suggestion: id, name: draft.name.clone() })?;
    }
    Ok((id, is_new))
}

/// Fills an empty catalogue with the delivered skills; how many there were.
///
/// # Errors
/// 500 when the delivered file is broken, which a test rules out.
pub fn fill_catalogue(tx: &Tx<'_>) -> Result<usize> {
    if !store::is_empty(tx)? {
        return Ok(0);
    }
    let delivered = delivered_skills()?;
    for CatalogueSkill { name, category, description, synonyms, context } in &delivered {
        let draft = SkillDraft {
            name: delivered_name(name)?,
            category: category.parse::<Category>().map_err(broken)?,
            description: description.clone(),
            synonyms: synonyms.iter().take(MOST_SYNONYMS).map(|it| delivered_name(it)).collect::<Result<_>>()?,
        };
        store::insert(tx, &draft, *context)?;
    }
    tx.emit(Event::CatalogueChanged { by: None, skill: None })?;
    Ok(delivered.len())
}

/// The skills that careerd is delivered with.
fn delivered_skills() -> Result<Vec<CatalogueSkill>> {
    let lines = include_str!("../../data/skills.jsonl").lines().filter(|line| !line.trim().is_empty());
    Ok(lines.map(serde_json::from_str).collect::<serde_json::Result<_>>()?)
}

fn delivered_name(name: &str) -> Result<String> {
    validate::skill_name(name).map_err(|sentence| broken(format!("{name}: {sentence}")))
}

fn broken(what: String) -> Error {
    Error::Internal(anyhow::anyhow!("the delivered skills are broken: {what}"))
}
