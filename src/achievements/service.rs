//! The rules of earning.

use serde_json::Value;

use super::{
    Achievement, Event, UserAchievement,
    metrics::{self, Metric},
    model::AchievementDraft,
    store::{self, Which},
};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::Fields,
        id::Id,
    },
    users::{
        self, CurrentUser, User,
        audit::{self, Changes},
        points::{self, Reason},
    },
};

const BUILT_IN: &str = include_str!("../../data/achievements.jsonl");

/// Puts the ten that careerd comes with into an empty table; how many were added.
///
/// # Errors
/// Those of the database.
pub fn fill(tx: &Tx<'_>) -> Result<usize> {
    if store::count(tx)? > 0 {
        return Ok(0);
    }
    let drafts = BUILT_IN.lines().map(serde_json::from_str).collect::<serde_json::Result<Vec<AchievementDraft>>>()?;
    for draft in &drafts {
        store::insert(tx, draft, true)?;
    }
    Ok(drafts.len())
}

/// Gives this person everything that they have earned by now; how many that were. What is earned brings points, which may
/// earn more, so it looks again until nothing new comes of it. Each round takes what it gives off the open ones, so it ends.
///
/// # Errors
/// Those of the database. That the account is gone is none.
pub fn check(tx: &Tx<'_>, user: Id<User>) -> Result<usize> {
    if !is_there(tx, user)? {
        return Ok(0);
    }
    let mut earned = 0;
    loop {
        let open = store::open(tx, user)?;
        let asked: Vec<Metric> = open.iter().map(|it| it.metric).collect();
        let values = metrics::values(tx, user, &asked, tx.now())?;
        let reached: Vec<&Achievement> =
            open.iter().zip(values).filter(|(it, value)| *value >= it.target).map(|(it, _)| it).collect();
        if reached.is_empty() {
            return Ok(earned);
        }
        for achievement in &reached {
            give(tx, user, achievement, None)?;
        }
        earned += reached.len();
    }
}

/// Gives this person one achievement, whatever the metric says, unless it was awarded before.
///
/// # Errors
/// 404 when there is no such achievement. That the account is gone is none.
pub fn unlock(tx: &Tx<'_>, user: Id<User>, key: &str) -> Result<()> {
    let achievement = store::get(tx, &Which::Key(key.to_owned()))?;
    let open = is_there(tx, user)? && store::open(tx, user)?.iter().any(|it| it.id == achievement.id);
    if open {
        give(tx, user, &achievement, None)?;
    }
    Ok(())
}

/// Round sums of points that are worth a word.
const MILESTONES: &[i64] = &[250, 500, 1000, 2500, 5000];

/// Tells of at most so many milestones that were reached and not told of yet; how many they were. A milestone stays told of
/// when points fall and rise again.
///
/// # Errors
/// Those of the database.
pub fn tell_milestones(tx: &Tx<'_>, limit: i64) -> Result<i64> {
    let reached = store::note_milestones(tx, MILESTONES, limit)?;
    let count = i64::try_from(reached.len()).unwrap_or(i64::MAX);
    for (user, points) in reached {
        tx.emit(Event::MilestoneReached { user, points })?;
    }
    Ok(count)
}

fn is_there(tx: &Tx<'_>, user: Id<User>) -> Result<bool> {
    match users::store::get_active(tx, user) {
        Ok(_) => Ok(true),
        Err(Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The award and its points, which stand or fall together.
fn give(tx: &Tx<'_>, user: Id<User>, it: &Achievement, by: Option<Id<User>>) -> Result<Id<UserAchievement>> {
    let award = store::insert_award(tx, user, it, by)?;
    if it.points_awarded > 0 {
        points::book(tx, user, it.points_awarded, Reason::Achievement, &award.to_string(), None)?;
    }
    let (name, points) = (it.name.clone(), it.points_awarded);
    tx.emit(Event::Earned { user, achievement: it.id, award, name, points })?;
    Ok(award)
}

/// Awards by an admin's hand, also what was revoked before. True when it is new.
///
/// # Errors
/// 400 on what does not exist.
pub fn award(tx: &Tx<'_>, by: &CurrentUser, user: Id<User>, which: (&str, Which)) -> Result<(bool, UserAchievement)> {
    let (field, which) = which;
    let mut faults = Fields::of_query(std::iter::empty());
    faults.check("user_id", is_there(tx, user)?, "There is no such user.");
    let achievement = match store::get(tx, &which) {
        Ok(it) => Some(it),
        Err(Error::NotFound(_)) => None,
        Err(error) => return Err(error),
    };
    faults.check(field, achievement.is_some(), "There is no such achievement.");
    let achievement = faults.finish(achievement)?.ok_or(Error::NotFound("achievement"))?;
    if let Some(standing) = store::standing(tx, user, achievement.id)? {
        return Ok((false, store::get_award(tx, standing)?));
    }
    let award = give(tx, user, &achievement, Some(by.id))?;
    let changes = Changes::none().field("achievement", Value::Null, achievement.key.as_str());
    audit::record(tx, by, "achievements.awarded", ("user", user), changes)?;
    Ok((true, store::get_award(tx, award)?))
}

/// Takes an award back, with the points it brought.
///
/// # Errors
/// 404.
pub fn revoke(tx: &Tx<'_>, by: &CurrentUser, id: Id<UserAchievement>) -> Result<()> {
    let award = store::get_award(tx, id)?;
    store::revoke(tx, id)?;
    let changes = Changes::none().field("achievement", award.achievement.key.as_str(), Value::Null);
    audit::record(tx, by, "achievements.revoked", ("user", award.user.id), changes)?;
    if award.points > 0 {
        points::book(tx, award.user.id, -award.points, Reason::AchievementRevoked, &id.to_string(), None)?;
    }
    tx.emit(Event::Revoked { user: award.user.id, award: id })
}

/// Adds a rule.
///
/// # Errors
/// 400 when its key is taken.
pub fn create(tx: &Tx<'_>, by: &CurrentUser, draft: &AchievementDraft) -> Result<Achievement> {
    let id = store::insert(tx, draft, false)?;
    audit::record(tx, by, "achievements.created", ("achievement", id), Changes::between(&(), draft)?)?;
    tx.emit(Event::RuleChanged { achievement: id, at: tx.now() })?;
    store::get(tx, &Which::Id(id))
}

/// Writes a rule; of a built-in one only texts and icon.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, before: &Achievement, mut body: Fields) -> Result<Achievement> {
    let stored = before.draft();
    let base = match (body.is_patch(), before.built_in) {
        (true, _) => stored.clone(),
        (false, true) => AchievementDraft { icon: None, ..stored.clone() },
        (false, false) => AchievementDraft::default(),
    };
    let draft = base.read(&mut body, before.built_in);
    let draft = body.finish(draft)?;
    if draft != stored {
        store::update(tx, before.id, &draft)?;
        let changes = Changes::between(&stored, &draft)?;
        audit::record(tx, by, "achievements.changed", ("achievement", before.id), changes)?;
        let rule = |it: &AchievementDraft| (it.metric, it.target, it.is_active);
        if rule(&draft) != rule(&stored) {
            tx.emit(Event::RuleChanged { achievement: before.id, at: tx.now() })?;
        }
    }
    store::get(tx, &Which::Id(before.id))
}

/// Removes a rule.
///
/// # Errors
/// 409 when it is built in or somebody holds it.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, it: &Achievement) -> Result<()> {
    if it.built_in {
        return Err(Error::conflict("This achievement comes with careerd and stays."));
    }
    if store::is_held(tx, it.id)? {
        return Err(Error::conflict("Somebody holds this achievement. Make it inactive instead."));
    }
    store::delete(tx, it.id)?;
    audit::record(tx, by, "achievements.removed", ("achievement", it.id), Changes::between(&it.draft(), &())?)
}
