//! The rules of telling people.

use chrono::Duration;

use super::{Event, Kind, Notice, Preferences, Wanted, store};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::Fields,
        id::Id,
        token,
    },
    users::{self, User, sign_in::store::mail_token},
};

/// How long causes of one thing fold into one notification.
pub(super) const FOLD: Duration = Duration::hours(1);

/// What a link at the foot of a mail speaks of when it ends the digest and the weekly report.
pub const REGULAR_MAIL: &str = "regular";

/// Tells somebody something, once per key and as far as they want to hear of it. Nobody is told of their own likes, comments
/// and mentions.
///
/// # Errors
/// Those of the database. That the account is gone is none: there is nobody left to tell.
pub fn tell(tx: &Tx<'_>, mut notice: Notice) -> Result<()> {
    match users::store::get_active(tx, notice.user) {
        Err(Error::NotFound(_)) => return Ok(()),
        found => found?,
    };
    // Who caused it may be gone by now; what they did is told all the same.
    if let Some(by) = notice.related_user
        && users::store::find_id(tx, by)?.is_none()
    {
        notice.related_user = None;
    }
    let own = matches!(notice.kind, Kind::Like | Kind::Comment | Kind::Mention);
    if own && notice.related_user == Some(notice.user) {
        return Ok(());
    }
    let wanted = store::wanted(tx, notice.user, notice.kind)?;
    let mail = wanted.email && notice.kind.is_mailed_as_it_is();
    if !(wanted.in_app || mail) || store::is_told(tx, notice.user, &notice.key)? {
        return Ok(());
    }
    let folds_into = match &notice.fold {
        Some(fold) => store::foldable(tx, &notice, &fold.thing, tx.now().plus(-FOLD))?,
        None => None,
    };
    let id = match (folds_into, &notice.fold) {
        (Some(id), Some(fold)) => {
            let title = fold.title(store::others(tx, &notice, id)?);
            notice = Notice { title, ..notice };
            clip(&mut notice);
            store::refold(tx, id, &notice)?;
            id
        }
        _ => {
            clip(&mut notice);
            let id = store::insert(tx, &notice, wanted.in_app)?;
            tx.emit(Event::Stored { notification: id, user: notice.user, kind: notice.kind, mail })?;
            id
        }
    };
    store::note_told(tx, &notice, id)
}

/// Titles and messages quote what people wrote, so they are cut where they would be too long.
fn clip(notice: &mut Notice) {
    for (text, most) in [(&mut notice.title, 200), (&mut notice.message, 1000)] {
        if text.chars().count() > most {
            *text = text.chars().take(most - 1).chain(['…']).collect();
        }
    }
}

/// Writes what somebody wants to hear of.
///
/// # Errors
/// 400 with every wrong field.
pub fn change_preferences(tx: &Tx<'_>, user: Id<User>, mut body: Fields) -> Result<Preferences> {
    let base = if body.is_patch() { store::preferences(tx, user)? } else { Preferences::default() };
    let preferences = base.read(&mut body);
    let preferences = body.finish(preferences)?;
    store::keep_preferences(tx, user, &preferences)?;
    Ok(preferences)
}

/// Ends the mail that the link at its foot speaks of. The link may be used again, as programs that read mail do.
///
/// # Errors
/// 400 when the link is not one of ours, or too old.
pub fn unsubscribe(tx: &Tx<'_>, token: &str) -> Result<()> {
    let unknown = || Error::field("token", "This link is too old or not whole. Sign in to choose which mail you get.");
    let (user, subject) = mail_token(tx, &token::digest(token), "unsubscribe", tx.now())?.ok_or_else(unknown)?;
    let mut preferences = store::preferences(tx, user)?;
    if subject == REGULAR_MAIL {
        preferences.digest = super::Digest::Off;
        preferences.weekly_report = false;
    } else {
        let kind = Kind::read(&subject).map_err(|_| unknown())?;
        let in_app = preferences.types.get(&kind).is_none_or(|it| it.in_app);
        preferences.types.insert(kind, Wanted { in_app, email: false });
    }
    store::keep_preferences(tx, user, &preferences)
}
