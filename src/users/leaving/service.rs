//! The rules of the end of an account.

use chrono::Duration;

use super::store;
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        token,
    },
    users::{
        CurrentUser, Event, Owned, User,
        audit::{self, By, Changes, Trace},
        service::keep_an_admin,
        sign_in::store as sign_ins,
        store as users,
    },
};

/// Takes an account out of use now, and has it erased after so many days.
///
/// # Errors
/// 409 for the last admin.
pub fn leave(tx: &Tx<'_>, by: &CurrentUser, user: &Owned<User>, grace_days: u32) -> Result<()> {
    if user.is_staff {
        keep_an_admin(tx)?;
    }
    store::leave(tx, user.id, tx.now().plus(Duration::days(grace_days.into())))?;
    sign_ins::end_all(tx, user.id)?;
    audit::record(tx, by, "users.leaving", ("user", user.id), Changes::none())?;
    tx.emit(Event::Leaving { user: user.id })
}

/// Takes an account into use again that was left, by the link of the mail about that.
///
/// # Errors
/// 400 for a link that is spent or too old.
pub(super) fn restore(tx: &Tx<'_>, trace: &Trace, secret: &str) -> Result<()> {
    let spent = || Error::field("token", "This link is spent or too old.");
    let (user, _) = sign_ins::spend_mail_token(tx, &token::digest(secret), "restore")?.ok_or_else(spent)?;
    let leaving = users::get(tx, user)?.private.is_some_and(|it| it.erase_at.is_some());
    if !leaving {
        return Err(spent());
    }
    users::set_active(tx, user, true)?;
    audit::record(tx, trace.by(user), "users.returned", ("user", user), Changes::none())?;
    tx.emit(Event::Returned { user })
}

/// Erases what this room knows of an account. Its number stays, for what others keep of it.
///
/// # Errors
/// Those of the database.
pub fn erase(tx: &Tx<'_>, by: By<'_>, user: Id<User>) -> Result<()> {
    store::erase(tx, user)?;
    audit::store::forget_user(tx, user)?;
    audit::record(tx, by, "users.erased", ("user", user), Changes::none())?;
    tx.emit(Event::Erased { user })
}
