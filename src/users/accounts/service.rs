//! The rules of what admins decide of accounts.

use rusqlite::Connection;
use ulid::Ulid;

use super::{AccountDraft, store};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::Fields,
        id::Id,
        validate::EmailDomain,
    },
    users::{
        CurrentUser, Event, User,
        audit::{self, By, Changes},
        points::{self, PointsEntry, Reason},
        service::{keep_an_admin, set_active},
        sign_in::store as sign_ins,
        store as users,
    },
};

/// The account that an admin decides about.
///
/// # Errors
/// 404; 409 for one that was erased.
pub fn standing(conn: &Connection, id: Id<User>) -> Result<User> {
    let user = users::get(conn, id)?;
    if user.is_erased() { Err(Error::conflict("This account was erased.")) } else { Ok(user) }
}

/// Writes an account. Another address has to be proven anew; the one before is told, and links mailed to it open nothing
/// any more.
///
/// # Errors
/// 400 with every wrong field; 409 for one's own `is_staff` and for the last admin's.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, user: &User, mut body: Fields, domains: &EmailDomain<'_>) -> Result<User> {
    let before = AccountDraft::of(user);
    let draft = before.clone().read(&mut body, domains);
    check_free(tx, &mut body, &before, &draft)?;
    let draft = body.finish(draft)?;
    if draft == before {
        return users::get(tx, user.id);
    }
    if before.is_staff && !draft.is_staff {
        if user.id == by.id {
            return Err(Error::conflict("Nobody takes their own admin role. Ask another admin."));
        }
        if user.is_active {
            keep_an_admin(tx)?;
        }
    }
    store::update(tx, user.id, &draft)?;
    audit::record(tx, by, "users.changed", ("user", user.id), Changes::between(&before, &draft)?)?;
    if draft.email != before.email {
        store::readdress(tx, user.id)?;
        for purpose in ["reset", "verify", "email_change"] {
            sign_ins::end_mail_tokens(tx, user.id, purpose)?;
        }
        tx.emit(Event::EmailChanged { user: user.id, told: false })?;
        tx.emit(Event::VerificationAsked { user: user.id })?;
    }
    users::get(tx, user.id)
}

fn check_free(tx: &Tx<'_>, body: &mut Fields, before: &AccountDraft, draft: &AccountDraft) -> Result<()> {
    let (name_taken, email_taken) = users::taken(tx, &draft.username, &draft.email)?;
    let (own_name, own_email) =
        (draft.username.eq_ignore_ascii_case(&before.username), draft.email.eq_ignore_ascii_case(&before.email));
    body.check("username", own_name || !name_taken, "This name is taken.");
    body.check("email", own_email || !email_taken, "An account with this address exists.");
    Ok(())
}

/// Takes an account into or out of use, for a reason that may be empty.
///
/// # Errors
/// 409 for one's own, for the last admin's, and for one that was erased.
pub fn switch(tx: &Tx<'_>, by: &CurrentUser, user: Id<User>, active: bool, reason: &str) -> Result<()> {
    if user == by.id && !active {
        return Err(Error::conflict("Nobody deactivates themselves here. Ask another admin."));
    }
    set_active(tx, by, user, active, reason)
}

/// Takes those of these accounts into or out of use that are not so yet; how many there were. Unknown and erased ones are
/// passed over.
///
/// # Errors
/// 409 when one's own or the last admin's is among those to be taken out of use.
pub fn switch_all(tx: &Tx<'_>, by: &CurrentUser, users: &[Id<User>], active: bool) -> Result<usize> {
    let mut switched = 0;
    for user in store::to_switch(tx, users, active)? {
        switch(tx, by, user, active, "")?;
        switched += 1;
    }
    Ok(switched)
}

/// Ends every sign-in of an account, for a reason that may be empty; how many there were.
///
/// # Errors
/// Those of the database.
pub fn sign_out<'a>(tx: &Tx<'_>, by: impl Into<By<'a>>, user: &User, reason: &str) -> Result<usize> {
    let ended = sign_ins::end_all(tx, user.id)?;
    audit::record(tx, by, "users.signed_out", ("user", user.id), Changes::none().because(reason))?;
    Ok(ended)
}

/// Mails a link for a new password to whoever has the account.
///
/// # Errors
/// 409 when it is out of use.
pub fn send_reset(tx: &Tx<'_>, by: &CurrentUser, user: &User, reason: &str) -> Result<()> {
    if !user.is_active {
        return Err(Error::conflict("This account is out of use."));
    }
    audit::record(tx, by, "users.password_reset_sent", ("user", user.id), Changes::none().because(reason))?;
    tx.emit(Event::ResetAsked { user: Some(user.id) })
}

/// Corrects the ledger of an account.
///
/// # Errors
/// Those of the database.
pub fn adjust_points(tx: &Tx<'_>, by: &CurrentUser, user: &User, amount: i64, reason: &str) -> Result<PointsEntry> {
    // Each correction is one of its own, so nothing that two of them may share names it.
    let reference = Ulid::new().to_string();
    points::book(tx, user.id, amount, Reason::AdminAdjustment, &reference, Some(reason))?;
    let points = users::get(tx, user.id)?.points;
    let changes = Changes::none().field("points", user.points, points).because(reason);
    audit::record(tx, by, "users.points_adjusted", ("user", user.id), changes)?;
    tx.emit(Event::PointsAdjusted { user: user.id, amount })?;
    points::find(tx, user.id, Reason::AdminAdjustment, &reference)
}
