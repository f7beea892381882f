//! The rules of the catalogue and of suggestions for it.

use super::{
    Acceptance, Category, Event, MOST_SYNONYMS, Skill, SkillDraft, SkillSuggestion, SuggestionDraft, SuggestionStatus,
    store, user_skills,
};
use crate::{
    analysis::{CatalogueSkill, delivered_skills},
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::Fields,
        id::Id,
        validate,
    },
    users::{
        CurrentUser, User,
        audit::{self, Changes},
    },
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
    let id = enter(tx, by, &draft)?;
    store::get(tx, id)
}

/// Adds an entry that was checked.
fn enter(tx: &Tx<'_>, by: &CurrentUser, draft: &SkillDraft) -> Result<Id<Skill>> {
    let id = store::insert(tx, draft, false)?;
    audit::record(tx, by, "skills.created", ("skill", id), Changes::between(&(), draft)?)?;
    tx.emit(Event::CatalogueChanged { by: Some(by.id), skill: Some(id) })?;
    Ok(id)
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
    rewrite(tx, by, &skill, &draft)?;
    store::get(tx, skill.id)
}

/// Writes an entry that was checked.
fn rewrite(tx: &Tx<'_>, by: &CurrentUser, skill: &Skill, draft: &SkillDraft) -> Result<()> {
    store::update(tx, skill.id, draft)?;
    let changes = Changes::between(&skill.draft(), draft)?;
    audit::record(tx, by, "skills.changed", ("skill", skill.id), changes)?;
    tx.emit(Event::CatalogueChanged { by: Some(by.id), skill: Some(skill.id) })
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
    audit::record(tx, by, "skills.removed", ("skill", skill.id), Changes::between(&skill.draft(), &())?)?;
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

/// Takes a suggestion into the catalogue, as a new skill or as a synonym of one; all who suggested the same are answered.
///
/// # Errors
/// 400 with every wrong field; 409 when it was decided on before.
pub fn accept_suggestion(
    tx: &Tx<'_>,
    by: &CurrentUser,
    suggestion: &SkillSuggestion,
    mut body: Fields,
) -> Result<SkillSuggestion> {
    check_is_open(suggestion)?;
    let acceptance = Acceptance::read(&mut body);
    let Acceptance { name, category, merge_into } = body.finish(acceptance)?;
    let name = name.unwrap_or_else(|| suggestion.name.clone());
    let (status, skill) = match merge_into {
        Some(reference) => {
            let into = store::get(tx, store::resolve_in(tx, "merge_into", &reference)?.id)?;
            let mut draft = into.draft();
            draft.synonyms.push(name);
            write_checked(tx, by, &into, "name", &draft)?;
            (SuggestionStatus::Merged, into.id)
        }
        None => {
            let category = category.or(suggestion.category).unwrap_or(Category::Other);
            let draft = SkillDraft { name, category, ..SkillDraft::default() };
            check_names_are_free(tx, &mut body, &draft, None)?;
            let draft = body.finish(draft)?;
            (SuggestionStatus::Accepted, enter(tx, by, &draft)?)
        }
    };
    settle(tx, by, suggestion, status, Some(skill))
}

/// Turns a suggestion down; all who suggested the same are answered.
///
/// # Errors
/// 409 when it was decided on before.
pub fn reject_suggestion(tx: &Tx<'_>, by: &CurrentUser, suggestion: &SkillSuggestion) -> Result<SkillSuggestion> {
    check_is_open(suggestion)?;
    settle(tx, by, suggestion, SuggestionStatus::Rejected, None)
}

fn settle(
    tx: &Tx<'_>,
    by: &CurrentUser,
    suggestion: &SkillSuggestion,
    status: SuggestionStatus,
    skill: Option<Id<Skill>>,
) -> Result<SkillSuggestion> {
    store::settle_suggestions(tx, &suggestion.name, status, skill)?;
    let changes = Changes::none().field("status", suggestion.status.as_str(), status.as_str());
    audit::record(tx, by, "skill_suggestions.settled", ("skill_suggestion", suggestion.id), changes)?;
    store::suggestion_with(tx, suggestion.id)
}

fn check_is_open(suggestion: &SkillSuggestion) -> Result<()> {
    match suggestion.status {
        SuggestionStatus::Pending => Ok(()),
        _ => Err(Error::conflict("This suggestion was decided on before.")),
    }
}

/// Writes an entry that gained a synonym; faults are told of `field`.
fn write_checked(tx: &Tx<'_>, by: &CurrentUser, skill: &Skill, field: &str, draft: &SkillDraft) -> Result<()> {
    let last = draft.synonyms.last().map_or("", String::as_str);
    match store::find_by_name(tx, last)? {
        Some(other) if other.id == skill.id => return Ok(()),
        Some(other) => return Err(Error::field(field, format!("{last} is a name of {} already.", other.name))),
        None => {}
    }
    if draft.synonyms.len() > MOST_SYNONYMS {
        return Err(Error::field("merge_into", format!("{} has {MOST_SYNONYMS} synonyms already.", skill.name)));
    }
    rewrite(tx, by, skill, draft)
}

/// Merges a skill into another one: its holders hold that one, its names become synonyms as far as there is room, and it
/// goes. Whatever else refers to it has to be moved before.
///
/// # Errors
/// 400 when both are the same; 409 when something still refers to it.
pub fn merge(tx: &Tx<'_>, by: &CurrentUser, from: &Skill, into: &Skill) -> Result<Skill> {
    if from.id == into.id {
        return Err(Error::field("into_id", "A skill is not merged into itself."));
    }
    let holders = user_skills::store::holders(tx, from.id)?.into_iter().map(|row| row.user.id).collect();
    user_skills::service::merge(tx, from.id, into.id)?;
    store::move_suggestions(tx, from.id, into.id)?;
    store::delete(tx, from.id)?;
    let mut draft = into.draft();
    draft.synonyms.extend(from.draft().names().map(str::to_owned));
    draft.synonyms.truncate(MOST_SYNONYMS);
    store::update(tx, into.id, &draft)?;
    let changes = Changes::between(&into.draft(), &draft)?.field("merged", from.name.as_str(), into.name.as_str());
    audit::record(tx, by, "skills.merged", ("skill", into.id), changes)?;
    tx.emit(Event::Merged { by: by.id, from: from.id, into: into.id, holders })?;
    tx.emit(Event::CatalogueChanged { by: Some(by.id), skill: Some(into.id) })?;
    store::get(tx, into.id)
}

/// Fills an empty catalogue with the delivered skills; how many there were.
///
/// # Errors
/// 500 when the delivered file is broken, which a test rules out.
pub fn fill_catalogue(tx: &Tx<'_>) -> Result<usize> {
    if !store::is_empty(tx)? {
        return Ok(0);
    }
    let delivered = delivered_skills();
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

fn delivered_name(name: &str) -> Result<String> {
    validate::skill_name(name).map_err(|sentence| broken(format!("{name}: {sentence}")))
}

fn broken(what: String) -> Error {
    Error::Internal(anyhow::anyhow!("the delivered skills are broken: {what}"))
}

/// Adds a skill of a file to the catalogue.
///
/// # Errors
/// 400 with every wrong field.
pub fn import_skill(tx: &Tx<'_>, record: &mut Fields) -> Result<()> {
    let draft = SkillDraft::default().read(record);
    check_names_are_free(tx, record, &draft, None)?;
    let draft = record.finish(draft)?;
    let id = store::insert(tx, &draft, false)?;
    tx.emit(Event::CatalogueChanged { by: None, skill: Some(id) })
}
