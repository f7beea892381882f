//! The rules by which an analysis changes skills (rules §6): it adds and raises, never lowers, never touches years.

use super::{Synced, Undone, store};
use crate::{
    platform::{db::Tx, error::Result, id::Id, validate},
    skills::{
        Event, ProficiencyLevel, SuggestionDraft,
        service::suggest_unknown,
        store as catalogue,
        user_skills::{MOST_HELD, Source, UserSkill, UserSkillDraft, service::drop_row, store as rows},
    },
    users::User,
};

/// Adds and raises the skills that a résumé speaks of, each by name or synonym, and keeps how it was before.
///
/// # Errors
/// Those of the database.
pub fn sync_from_resume(
    tx: &Tx<'_>,
    user: Id<User>,
    resume: i64,
    findings: &[(&str, ProficiencyLevel)],
) -> Result<Synced> {
    let synced = raise(tx, user, Some(resume), findings)?;
    if !synced.added.is_empty() || !synced.raised.is_empty() {
        let added = synced.added.iter().map(|it| it.id).collect();
        let raised = synced.raised.iter().map(|it| it.id).collect();
        tx.emit(Event::Synced { user, resume, added, raised })?;
    }
    Ok(synced)
}

/// Adds and raises skills that an imported profile speaks of.
///
/// # Errors
/// Those of the database.
pub fn import(tx: &Tx<'_>, user: Id<User>, findings: &[(&str, ProficiencyLevel)]) -> Result<Synced> {
    let synced = raise(tx, user, None, findings)?;
    if !synced.added.is_empty() {
        tx.emit(Event::Added { user, by: user, skills: synced.added.iter().map(|it| it.id).collect() })?;
    }
    if !synced.raised.is_empty() {
        tx.emit(Event::Changed { user, by: user, skills: synced.raised.iter().map(|it| it.id).collect() })?;
    }
    Ok(synced)
}

fn raise(tx: &Tx<'_>, user: Id<User>, resume: Option<i64>, findings: &[(&str, ProficiencyLevel)]) -> Result<Synced> {
    let mut synced = Synced::default();
    let mut room = MOST_HELD - rows::count(tx, user)?;
    for &(name, level) in findings {
        let Some(skill) = catalogue::find_by_name(tx, name)? else {
            if let Ok(name) = validate::skill_name(name) {
                suggest_unknown(tx, user, &SuggestionDraft { name: name.clone(), ..SuggestionDraft::default() })?;
                synced.suggested.push(name);
            }
            continue;
        };
        let (row, before) = match rows::find(tx, user, skill.id)? {
            Some(row) if row.proficiency_level >= level => continue,
            Some(row) => {
                let draft = UserSkillDraft { proficiency_level: level, ..row.draft() };
                rows::update(tx, row.id, draft)?;
                // Found again under another name, a skill that this very call added stays an added one.
                if !synced.added.contains(&skill) && !synced.raised.contains(&skill) {
                    synced.raised.push(skill);
                }
                (row.id, Some(row.proficiency_level))
            }
            None if room == 0 => {
                synced.skipped.push(skill);
                continue;
            }
            None => {
                let source = if resume.is_some() { Source::Resume } else { Source::Import };
                let draft = UserSkillDraft { proficiency_level: level, ..UserSkillDraft::default() };
                let id = rows::insert(tx, user, skill.id, draft, source)?;
                room -= 1;
                synced.added.push(skill);
                (id, None)
            }
        };
        match resume {
            Some(resume) => store::insert(tx, resume, row, before)?,
            None => store::settle(tx, row)?,
        }
    }
    Ok(synced)
}

/// Puts back what the analyses of a résumé changed, wherever its owner has not edited it since. What another résumé
/// raised further stays, and is no longer thought to have started from this one.
///
/// # Errors
/// Those of the database.
pub fn undo_sync(tx: &Tx<'_>, user: Id<User>, resume: i64) -> Result<Undone> {
    let (mut restored, mut removed): (Vec<Id<UserSkill>>, _) = (vec![], vec![]);
    for change in store::changes(tx, user, resume)? {
        store::delete(tx, &change)?;
        if change.above.is_some() {
            continue;
        }
        let row = rows::get(tx, change.user_skill)?;
        match change.before {
            Some(level) => {
                rows::update(tx, row.id, UserSkillDraft { proficiency_level: level, ..row.draft() })?;
                if !restored.contains(&row.id) {
                    restored.push(row.id);
                }
            }
            None => {
                drop_row(tx, &row)?;
                restored.retain(|id| *id != row.id);
                removed.push(row.skill.id);
            }
        }
    }
    let restored = restored.into_iter().map(|id| rows::get(tx, id)).collect::<Result<Vec<_>>>()?;
    let count = i64::try_from(removed.len()).unwrap_or(i64::MAX);
    if !restored.is_empty() || !removed.is_empty() {
        let fell = restored.iter().map(|it| it.skill.id).collect();
        tx.emit(Event::SyncUndone { user, resume, restored: fell, removed })?;
    }
    Ok(Undone { restored, removed: count })
}
