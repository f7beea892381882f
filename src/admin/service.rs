//! Erasing people from every room.

use super::store;
use crate::{
    achievements, community, connections, courses, exports, jobs, mail,
    mail::{Template, Written},
    mentors, notifications,
    platform::{
        db::Tx,
        error::Result,
        files::{self, Files, Kind},
        id::Id,
    },
    projects, recommendations, resumes,
    skills::user_skills,
    users::{self, CurrentUser, User, audit::By, leaving},
};

/// Erases an account whose time is over. None when it was restored or erased meanwhile.
///
/// # Errors
/// Those of the database.
pub(super) fn erase_due(tx: &Tx<'_>, files: &Files, base: &str, user: Id<User>) -> Result<Option<Written>> {
    let account = users::store::get(tx, user)?;
    let due = account.private.as_ref().and_then(|it| it.erase_at).is_some_and(|at| at <= tx.now());
    if due { erase(tx, By::HOUSE, files, base, &account) } else { Ok(None) }
}

/// Erases what every room knows of an account; the mail that tells of it is handed back, as nothing of where to send it is
/// left.
///
/// # Errors
/// Those of the database.
pub(super) fn erase(tx: &Tx<'_>, by: By<'_>, files: &Files, base: &str, account: &User) -> Result<Option<Written>> {
    let user = account.id;
    let last = mail::service::write(tx, base, Template::AccountErased, user, "account")?;
    let themselves = CurrentUser::on_behalf_of(account);
    users::service::set_picture(tx, &themselves.owning(account.clone())?, None)?;
    user_skills::service::forget_user(tx, &themselves)?;
    jobs::service::forget_user(tx, user)?;
    courses::service::forget_user(tx, user)?;
    community::service::forget_user(tx, user)?;
    projects::service::forget_user(tx, user)?;
    connections::store::forget_user(tx, user)?;
    mentors::service::forget_user(tx, user)?;
    resumes::service::delete_all_of(tx, user, files)?;
    exports::service::forget_user(tx, user, files)?;
    notifications::store::forget_user(tx, user)?;
    achievements::store::forget_user(tx, user)?;
    recommendations::store::forget_user(tx, user)?;
    tx.uncache(&recommendations::cache_key(user))?;
    tx.uncache(&recommendations::mentors::key(user))?;
    leaving::service::erase(tx, by, user)?;
    Ok(last)
}

/// Removes those of these files that no row names. Inside a write, so that no row comes to name one in between.
///
/// # Errors
/// Those of the database and of the file system.
pub(super) fn remove_unused(tx: &Tx<'_>, files: &Files, kind: Kind, names: &[String]) -> Result<()> {
    for name in names {
        if !store::is_named(tx, kind, name)? {
            files.delete(kind, name).map_err(files::failure)?;
        }
    }
    Ok(())
}
