//! The rules of profiles and accounts.

use super::{
    CurrentUser, Event, Owned, ProfileDraft, SoftDelete, User,
    accounts::AccountDraft,
    audit::{self, By, Changes},
    sign_in::store as sign_ins,
    store,
};
use crate::platform::{
    db::Tx,
    error::{Error, Result},
    fields::Fields,
    id::Id,
    picture::{self, Picture},
};

/// Writes a profile.
///
/// # Errors
/// 400 with every wrong field.
pub fn change_profile(tx: &Tx<'_>, by: &CurrentUser, user: Owned<User>, mut body: Fields) -> Result<User> {
    let before = user.draft();
    let base = if body.is_patch() { before.clone() } else { ProfileDraft::default() };
    let draft = base.read(&mut body);
    let draft = body.finish(draft)?;
    if draft != before {
        store::update_profile(tx, user.id, &draft)?;
        let changes = Changes::between(&before, &draft)?;
        audit::record_intervention(tx, by, &*user, "users.changed", ("user", user.id), changes)?;
        let looks = |it: &ProfileDraft| (it.location.clone(), it.experience_level, it.open_to_remote);
        if looks(&draft) != looks(&before) {
            tx.emit(Event::ProfileChanged { user: user.id })?;
        }
    }
    store::get(tx, user.id)
}

/// Gives a profile a picture in the place of the one before, or takes it away.
///
/// # Errors
/// Those of the database and of the file system.
pub fn set_picture(tx: &Tx<'_>, user: &Owned<User>, picture: Option<&Picture>) -> Result<User> {
    let address = picture.map(Picture::settle).transpose()?;
    if address != user.profile_picture {
        store::update_picture(tx, user.id, address.as_deref())?;
        let before = user.profile_picture.clone();
        tx.emit(picture::Changed { by: user.id.raw(), subject: ("user", user.id.raw()), before })?;
    }
    store::get(tx, user.id)
}

/// Gives a row a picture in the place of the one before, which stands in this column, or takes it away.
///
/// # Errors
/// Those of the database and of the file system.
pub fn set_picture_of<T: SoftDelete>(
    tx: &Tx<'_>,
    by: &CurrentUser,
    row: &Owned<T>,
    (column, before): (&'static str, Option<&str>),
    picture: Option<&Picture>,
) -> Result<()> {
    let address = picture.map(Picture::settle).transpose()?;
    if address.as_deref() == before {
        return Ok(());
    }
    tx.set(T::TABLE, row.id(), column, &address)?;
    let changes = Changes::none().field(column, before, address);
    audit::record_intervention(tx, by, &**row, &format!("{}s.changed", T::NAME), (T::NAME, row.id()), changes)?;
    let before = before.map(str::to_owned);
    tx.emit(picture::Changed { by: by.id.raw(), subject: (T::NAME, row.id().raw()), before })
}

/// Mails a link to set a password to somebody who has none yet.
///
/// # Errors
/// Those of the database.
pub fn invite(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.emit(Event::ResetAsked { user: Some(user) })
}

/// Grants or takes a role. The last admin stays one.
///
/// # Errors
/// 400 for an unknown role; 409 for the last admin.
pub fn set_role<'a>(tx: &Tx<'_>, by: impl Into<By<'a>>, user: Id<User>, role: &str, granted: bool) -> Result<()> {
    let it = store::get(tx, user)?;
    if role == "is_staff" && !granted && it.is_staff && it.is_active {
        keep_an_admin(tx)?;
    }
    store::set_role(tx, user, role, granted)?;
    let changes = Changes::between(&AccountDraft::of(&it), &AccountDraft::of(&store::get(tx, user)?))?;
    if changes.is_empty() { Ok(()) } else { audit::record(tx, by, "users.changed", ("user", user), changes) }
}

/// Takes an account into or out of use, for a reason that may be empty. The last admin stays in use. A repeat changes
/// nothing. One that its owner left is out of use already, and theirs to come back to until it is erased.
///
/// # Errors
/// 409 for the last admin, for an account that was erased, and for taking one out of use that was left.
pub fn set_active<'a>(tx: &Tx<'_>, by: impl Into<By<'a>>, user: Id<User>, active: bool, reason: &str) -> Result<()> {
    let it = store::get(tx, user)?;
    if it.is_erased() {
        return Err(Error::conflict("This account was erased."));
    }
    if !active && it.private.as_ref().is_some_and(|it| it.erase_at.is_some()) {
        return Err(Error::conflict("Its owner left this account, which will be erased."));
    }
    if it.is_active == active {
        return Ok(());
    }
    if !active && it.is_staff {
        keep_an_admin(tx)?;
    }
    if !active {
        // Taken into use again, it starts without the sign-ins from before.
        sign_ins::end_all(tx, user)?;
    }
    store::set_active(tx, user, active)?;
    let changes = Changes::none().field("is_active", !active, active).because(reason);
    let action = if active { "users.activated" } else { "users.deactivated" };
    audit::record(tx, by, action, ("user", user), changes)?;
    tx.emit(if active { Event::Activated { user } } else { Event::Deactivated { user } })
}

pub(super) fn keep_an_admin(tx: &Tx<'_>) -> Result<()> {
    if store::count_admins(tx)? <= 1 {
        return Err(Error::conflict("This is the last admin. Make somebody else an admin first."));
    }
    Ok(())
}
