//! The rules of holding skills and of vouching for them.

use serde_json::{Map, Value};

use super::{MOST_BATCH, MOST_HELD, NewUserSkill, POINTS, Source, UserSkill, UserSkillDraft, store};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::{Fields, Mode},
        id::Id,
    },
    skills::{Event, ProficiencyLevel, Skill, SkillRef, store as catalogue, sync},
    users::{
        CurrentUser, Owned, User,
        audit::{self, Changes},
        points::{self, Reason},
    },
};

const NAME_A_SKILL: &str = "Name a skill by skill_id or skill_name.";

/// A skill to be given to somebody; what is none stays as it is when they hold it.
#[derive(Clone, Debug)]
pub struct Addition {
    /// Which one.
    pub skill: SkillRef,
    /// How well they know it.
    pub level: Option<ProficiencyLevel>,
    /// Years, 0 to 60 in halves.
    pub years: Option<f64>,
    /// How it comes to them.
    pub source: Source,
}

/// Gives a person skills, or updates those they hold; each row, and whether it is new. What a résumé said of them no
/// longer counts: this is an edit.
///
/// # Errors
/// 400 beyond 200 skills.
pub fn add(tx: &Tx<'_>, user: Id<User>, additions: &[Addition]) -> Result<Vec<(UserSkill, bool)>> {
    let (mut rows, mut added, mut changed): (Vec<(UserSkill, bool)>, _, _) = (vec![], vec![], vec![]);
    for Addition { skill, level, years, source } in additions {
        let held = store::find(tx, user, skill.id)?;
        let before = held.as_ref().map(UserSkill::draft);
        let base = before.unwrap_or_default();
        let draft = UserSkillDraft {
            proficiency_level: level.unwrap_or(base.proficiency_level),
            years_of_experience: years.unwrap_or(base.years_of_experience),
        };
        let id = match held {
            Some(row) => {
                sync::store::settle(tx, row.id)?;
                if draft != base {
                    store::update(tx, row.id, draft)?;
                    changed.push(skill.id);
                }
                row.id
            }
            None if store::count(tx, user)? >= MOST_HELD => {
                return Err(Error::whole(format!("A person has at most {MOST_HELD} skills.")));
            }
            None => {
                added.push(skill.id);
                store::insert(tx, user, skill.id, draft, *source)?
            }
        };
        let row = store::get(tx, id)?;
        match rows.iter_mut().find(|(known, _)| known.id == id) {
            Some((known, _)) => *known = row,
            None => rows.push((row, before.is_none())),
        }
    }
    changed.retain(|skill| !added.contains(skill));
    if !added.is_empty() {
        tx.emit(Event::Added { user, by: user, skills: added })?;
    }
    if !changed.is_empty() {
        tx.emit(Event::Changed { user, by: user, skills: changed })?;
    }
    Ok(rows)
}

/// Reads one skill to be taken up and finds it in the catalogue.
fn read_addition(tx: &Tx<'_>, body: &mut Fields) -> Result<Option<Addition>> {
    let new = NewUserSkill::read(body);
    let Some((field, reference)) = new.skill() else { return Ok(None) };
    let Some(skill) = catalogue::resolve(tx, &reference)? else {
        body.fault(field, catalogue::unknown(&reference));
        return Ok(None);
    };
    let (level, years) = (new.proficiency_level, new.years_of_experience);
    Ok(Some(Addition { skill, level, years, source: Source::Manual }))
}

/// Takes up a skill, or updates it when it is held; the row, and whether it is new.
///
/// # Errors
/// 400 with every wrong field.
pub fn take_up(tx: &Tx<'_>, user: &CurrentUser, mut body: Fields) -> Result<(UserSkill, bool)> {
    let addition = read_addition(tx, &mut body)?;
    match body.finish(addition)? {
        Some(addition) => {
            let mut rows = add(tx, user.id, &[addition])?;
            rows.pop().ok_or(Error::NotFound("skill of a person"))
        }
        None => Err(Error::field("skill_id", NAME_A_SKILL)),
    }
}

/// Takes up several skills, all or none; each row once, in the order of the batch.
///
/// # Errors
/// 400, whose sentences name the entry.
pub fn take_up_all(tx: &Tx<'_>, user: &CurrentUser, mut body: Fields) -> Result<Vec<UserSkill>> {
    let mut entries: Vec<Map<String, Value>> = vec![];
    body.required("skills", &mut (), |_| Ok(()));
    body.several("skills", &mut entries, MOST_BATCH, |input| match input.json() {
        Value::Object(entry) => Ok(entry.clone()),
        _ => Err("Give an array of objects.".into()),
    });
    let entries = body.finish(entries)?;
    body.check("skills", !entries.is_empty(), "Give at least one skill.");
    let mut additions = vec![];
    for (nth, entry) in entries.into_iter().enumerate() {
        let mut fields = Fields::of_body(entry, Mode::Whole);
        let addition = read_addition(tx, &mut fields)?;
        match fields.finish(addition) {
            Ok(Some(addition)) => additions.push(addition),
            Ok(None) => body.fault("skills", format!("Entry {}: {NAME_A_SKILL}", nth + 1)),
            Err(Error::Invalid(faults)) => {
                for (field, sentences) in faults {
                    body.fault("skills", format!("Entry {}, {field}: {}", nth + 1, sentences.join(" ")));
                }
            }
            Err(error) => return Err(error),
        }
    }
    let additions = body.finish(additions)?;
    Ok(add(tx, user.id, &additions)?.into_iter().map(|(row, _)| row).collect())
}

/// Writes level and years of a held skill.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, row: Owned<UserSkill>, mut body: Fields) -> Result<UserSkill> {
    let before = row.draft();
    let base = if body.is_patch() { before } else { UserSkillDraft::default() };
    let draft = base.read(&mut body);
    let draft = body.finish(draft)?;
    sync::store::settle(tx, row.id)?;
    if draft == before {
        return Ok(row.into_inner());
    }
    store::update(tx, row.id, draft)?;
    let changes = Changes::between(&before, &draft)?;
    audit::record_intervention(tx, by, &*row, "user_skills.changed", ("user_skill", row.id), changes)?;
    tx.emit(Event::Changed { user: row.user.id, by: by.id, skills: vec![row.skill.id] })?;
    store::get(tx, row.id)
}

/// Gives up skills of one holder. Their endorsements go as well, and the points that came of those.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, rows: &[Owned<UserSkill>]) -> Result<()> {
    let Some(user) = rows.first().map(|row| row.user.id) else { return Ok(()) };
    for row in rows {
        drop_row(tx, row)?;
        let changes = Changes::none().field("skill", row.skill.name.as_str(), Value::Null);
        audit::record_intervention(tx, by, &**row, "user_skills.removed", ("user_skill", row.id), changes)?;
    }
    tx.emit(Event::Removed { user, by: by.id, skills: rows.iter().map(|it| it.skill.id).collect() })
}

/// Removes a row and withdraws what it was endorsed with, without saying that it was given up.
pub(in crate::skills) fn drop_row(tx: &Tx<'_>, row: &UserSkill) -> Result<()> {
    for endorser in store::endorsers(tx, row.id)? {
        withdraw(tx, row.id, row.user.id, endorser)?;
    }
    store::delete(tx, row.id)
}

/// Lets everybody who holds `from` hold `into` instead: at the better level, with the longer years, and vouched for by
/// whoever vouched for either. What résumés said of both no longer counts.
///
/// # Errors
/// Those of the database.
pub(in crate::skills) fn merge(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    for row in store::holders(tx, from)? {
        sync::store::settle(tx, row.id)?;
        let Some(other) = store::find(tx, row.user.id, into)? else {
            store::move_to(tx, row.id, into)?;
            continue;
        };
        sync::store::settle(tx, other.id)?;
        let draft = UserSkillDraft {
            proficiency_level: row.proficiency_level.max(other.proficiency_level),
            years_of_experience: row.years_of_experience.max(other.years_of_experience),
        };
        if draft != other.draft() {
            store::update(tx, other.id, draft)?;
        }
        store::move_endorsements(tx, row.id, other.id)?;
        drop_row(tx, &row)?;
    }
    Ok(())
}

/// Gives up those of these skills that are the caller's; how many there were.
///
/// # Errors
/// Those of the database.
pub fn remove_many(tx: &Tx<'_>, user: &CurrentUser, ids: &[Id<UserSkill>]) -> Result<usize> {
    let rows = store::of(tx, user.id, ids)?;
    let rows = rows.into_iter().map(|row| user.owning(row)).collect::<Result<Vec<_>>>()?;
    remove(tx, user, &rows)?;
    Ok(rows.len())
}

/// Vouches for a skill of somebody else. Once more has no effect.
///
/// # Errors
/// 403 for one's own.
pub fn endorse(tx: &Tx<'_>, by: &CurrentUser, row: UserSkill) -> Result<UserSkill> {
    if row.user.id == by.id {
        return Err(Error::Forbidden("Nobody endorses their own skill."));
    }
    if let Some(endorsement) = store::insert_endorsement(tx, row.id, by.id)? {
        points::book(tx, row.user.id, POINTS, Reason::Endorsement, &endorsement.to_string(), None)?;
        tx.emit(Event::Endorsed {
            user: row.user.id,
            endorser: by.id,
            endorser_name: by.caller.shown_name.clone(),
            user_skill: row.id,
            skill_name: row.skill.name,
            endorsement,
        })?;
    }
    store::get(tx, row.id)
}

/// Takes an endorsement back. Where there is none, nothing happens.
///
/// # Errors
/// 403 for one's own skill.
pub fn unendorse(tx: &Tx<'_>, by: &CurrentUser, row: &UserSkill) -> Result<UserSkill> {
    if row.user.id == by.id {
        return Err(Error::Forbidden("Nobody endorses their own skill."));
    }
    withdraw(tx, row.id, row.user.id, by.id)?;
    store::get(tx, row.id)
}

/// Ends what an erased account leaves here: its skills go, and what it endorsed others with.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: &CurrentUser) -> Result<()> {
    for held in store::held(tx, user.id)? {
        if let Some(row) = store::find(tx, user.id, held.skill.id)? {
            sync::store::settle(tx, row.id)?;
            remove(tx, user, &[user.owning(row)?])?;
        }
    }
    withdraw_all(tx, user.id)
}

/// Takes back every endorsement that somebody gave, before their account is erased.
///
/// # Errors
/// Those of the database.
pub fn withdraw_all(tx: &Tx<'_>, endorser: Id<User>) -> Result<()> {
    for (id, holder) in store::endorsed_by(tx, endorser)? {
        withdraw(tx, id, holder, endorser)?;
    }
    Ok(())
}

fn withdraw(tx: &Tx<'_>, id: Id<UserSkill>, holder: Id<User>, endorser: Id<User>) -> Result<()> {
    if let Some(endorsement) = store::delete_endorsement(tx, id, endorser)? {
        let reference = endorsement.to_string();
        points::book(tx, holder, -POINTS, Reason::EndorsementWithdrawn, &reference, None)?;
        tx.emit(Event::Unendorsed { user: holder, endorser, user_skill: id })?;
    }
    Ok(())
}
