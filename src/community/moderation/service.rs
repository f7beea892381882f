//! The rules of moderation.

use super::{Case, CaseStatus, Decision, Event, Flag, FlagDraft, FlagStatus, store};
use crate::{
    community::{
        Target,
        comments::{service as comments, store as comment_rows},
        service as posts, store as post_rows,
    },
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        fields::Fields,
        id::Id,
    },
    users::{
        CurrentUser,
        audit::{self, By, Changes},
    },
};

/// Open reports that hide something before a moderator has looked at it.
const HIDING: i64 = 5;

/// Reports something; the report and whether it is new. Each person reports a thing once.
///
/// # Errors
/// 404 for what the caller does not see; 400 with every wrong field.
pub fn flag(tx: &Tx<'_>, by: &CurrentUser, target: Target, mut body: Fields) -> Result<(Flag, bool)> {
    match target {
        Target::Post(id) => posts::seen(tx, id, by.into()).map(drop)?,
        Target::Comment(id) => comments::seen(tx, id, by.into()).map(drop)?,
    }
    let draft = FlagDraft::read(&mut body);
    let draft = body.finish(draft)?;
    let case = store::open(tx, target)?;
    let is_new = store::insert_flag(tx, case, by.id, &draft)?;
    if is_new {
        tx.emit(Event::Flagged { target, by: by.id, reason: draft.reason })?;
        let case = store::get(tx, case)?;
        let status = if case.target.is_hidden { CaseStatus::Hidden } else { CaseStatus::Open };
        let open = store::update(tx, case.id, status)?;
        if open >= HIDING && !case.target.is_hidden {
            set_hidden(tx, target, Some(tx.now()))?;
            store::update(tx, case.id, CaseStatus::Hidden)?;
            tell(tx, &case, Decision::Hidden, None, String::new())?;
        }
    }
    Ok((store::flag(tx, case, by.id, target)?, is_new))
}

/// Hides what was reported. What so many reported that it is hidden already can be confirmed.
///
/// # Errors
/// 404; 409 when a moderator hid it before.
pub fn hide(tx: &Tx<'_>, by: &CurrentUser, id: Id<Case>, note: String) -> Result<Case> {
    let case = store::get(tx, id)?;
    if case.target.is_hidden && case.open_flags == 0 {
        return Err(Error::conflict("This is hidden already."));
    }
    if !case.target.is_hidden {
        set_hidden(tx, case.target.what, Some(tx.now()))?;
    }
    decide(tx, &case, Decision::Hidden, by, note)
}

/// Shows what was hidden again, and dismisses the reports.
///
/// # Errors
/// 404; 409 when it is not hidden.
pub fn restore(tx: &Tx<'_>, by: &CurrentUser, id: Id<Case>, note: String) -> Result<Case> {
    let case = store::get(tx, id)?;
    if !case.target.is_hidden {
        return Err(Error::conflict("This is not hidden."));
    }
    set_hidden(tx, case.target.what, None)?;
    decide(tx, &case, Decision::Restored, by, note)
}

/// Finds the reports to be without reason.
///
/// # Errors
/// 404; 409 when it is hidden, or nothing is open.
pub fn dismiss(tx: &Tx<'_>, by: &CurrentUser, id: Id<Case>, note: String) -> Result<Case> {
    let case = store::get(tx, id)?;
    match case.status {
        CaseStatus::Open => decide(tx, &case, Decision::Dismissed, by, note),
        CaseStatus::Hidden => Err(Error::conflict("This is hidden. Restore it to dismiss the reports.")),
        CaseStatus::Dismissed => Err(Error::conflict("The reports were dismissed already.")),
    }
}

/// Hides or shows something without a report, by an admin's hand; false when it is so already.
///
/// # Errors
/// 404.
pub fn set_visible(tx: &Tx<'_>, by: &CurrentUser, target: Target, visible: bool) -> Result<bool> {
    let case = store::get(tx, store::open(tx, target)?)?;
    if case.target.is_hidden != visible {
        return Ok(false);
    }
    let step = if visible { restore } else { hide };
    step(tx, by, case.id, String::new()).map(|_| true)
}

/// Removes the reports of something; it stays as it is.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, case: &Case) -> Result<()> {
    store::delete(tx, case.id)?;
    let target = case.target.what;
    let changes = Changes::none().field("flags", case.flags, 0);
    audit::record(tx, by, "flags.deleted", (target.name(), target.raw()), changes)
}

fn decide(tx: &Tx<'_>, case: &Case, decision: Decision, by: &CurrentUser, note: String) -> Result<Case> {
    let (flags, status) = match decision {
        Decision::Hidden => (FlagStatus::Upheld, CaseStatus::Hidden),
        Decision::Restored | Decision::Dismissed => (FlagStatus::Dismissed, CaseStatus::Dismissed),
    };
    store::update_flags(tx, case.id, flags)?;
    store::update(tx, case.id, status)?;
    tell(tx, case, decision, Some(by), note)?;
    store::get(tx, case.id)
}

fn tell(tx: &Tx<'_>, case: &Case, decision: Decision, by: Option<&CurrentUser>, note: String) -> Result<()> {
    let (action, target) = (decision.action(), case.target.what);
    let by_whom = by.map_or(By::HOUSE, By::from);
    audit::record(tx, by_whom, action, (target.name(), target.raw()), Changes::none().because(note.clone()))?;
    tx.emit(Event::Decided {
        decision,
        target: case.target.what,
        post: case.target.post,
        title: case.target.title.clone(),
        author: case.target.author.as_ref().map(|it| it.id),
        by: by.map(|it| it.id),
        note,
    })
}

fn set_hidden(tx: &Tx<'_>, target: Target, hidden_at: Option<Timestamp>) -> Result<()> {
    match target {
        Target::Post(id) => posts::keeping_counts(tx, id, || post_rows::update_hidden(tx, id, hidden_at)),
        Target::Comment(id) => comments::keeping_counts(tx, id, || comment_rows::update_hidden(tx, id, hidden_at)),
    }
}
