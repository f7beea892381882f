//! The rules of what was deleted and of bulk steps.

use serde_json::{Map, Value};

use super::{Bulk, Decided, KEPT, Kind, Sight};
use crate::{
    admin,
    community::{
        self, Post, Target,
        comments::{self, Comment},
        moderation::{self, Case},
    },
    courses::{self, Course},
    jobs::{self, Job},
    mail::Written,
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        fields::{Fields, Mode},
        files::Files,
        id::Id,
    },
    projects::{self, Project},
    users::{
        self, CurrentUser, SoftDelete, User, accounts,
        audit::{self, Changes},
        soft_delete,
    },
};

/// The row, if it was deleted.
fn deleted<T: SoftDelete>(row: T) -> Result<T> {
    if row.deleted_at().is_some() { Ok(row) } else { Err(Error::NotFound("deleted thing")) }
}

/// The account, if its owner left it and it is not erased yet.
fn left(tx: &Tx<'_>, id: Id<User>) -> Result<User> {
    let user = users::store::get(tx, id)?;
    let is_leaving = user.private.as_ref().is_some_and(|it| it.erase_at.is_some());
    if is_leaving { Ok(user) } else { Err(Error::NotFound("deleted thing")) }
}

/// Takes a deletion back, however long ago it was; the thing as it is then.
///
/// # Errors
/// 404 when it is not deleted, or gone for good.
pub fn restore(tx: &Tx<'_>, by: &CurrentUser, kind: Kind, id: i64) -> Result<Value> {
    Ok(match kind {
        Kind::Posts => {
            let row = by.owning_deleted(deleted(community::store::get_any(tx, Id::new(id))?)?)?;
            community::service::restore(tx, by, &row)?;
            serde_json::to_value(community::store::get_any(tx, row.id)?)?
        }
        Kind::Comments => {
            let row = by.owning_deleted(deleted(comments::store::get_any(tx, Id::new(id))?)?)?;
            comments::service::restore(tx, by, &row)?;
            serde_json::to_value(comments::store::get_any(tx, row.id)?)?
        }
        Kind::Courses => {
            let row = by.owning_deleted(deleted(courses::store::get_any(tx, Id::new(id))?)?)?;
            courses::service::restore(tx, by, &row)?;
            serde_json::to_value(courses::store::get_any(tx, row.id)?)?
        }
        Kind::Projects => {
            let row = by.owning_deleted(deleted(projects::store::get_any(tx, Id::new(id), None)?)?)?;
            projects::service::restore(tx, by, &row)?;
            serde_json::to_value(projects::store::get_any(tx, row.id, None)?)?
        }
        Kind::Jobs => {
            let row = by.owning_deleted(deleted(jobs::store::get_any(tx, Id::new(id), tx.now())?)?)?;
            jobs::service::restore(tx, by, &row)?;
            serde_json::to_value(jobs::store::get_any(tx, row.id, tx.now())?)?
        }
        Kind::Users => {
            let user = left(tx, Id::new(id))?;
            accounts::service::switch(tx, by, user.id, true, "")?;
            serde_json::to_value(users::store::get(tx, user.id)?)?
        }
    })
}

/// Removes something that was deleted for good. Of an account the mail about it is handed back.
///
/// # Errors
/// 404 when it is not deleted, or gone already.
pub fn erase(
    tx: &Tx<'_>,
    by: &CurrentUser,
    (kind, id): (Kind, i64),
    files: &Files,
    base: &str,
) -> Result<Option<Written>> {
    let gone = |title: &str| Changes::none().field("title", title, Value::Null);
    match kind {
        Kind::Posts => {
            let row = deleted(community::store::get_any(tx, Id::new(id))?)?;
            soft_delete::store::delete(tx, &[row.id])?;
            audit::record(tx, by, "posts.erased", ("post", id), gone(&row.title))?;
        }
        Kind::Comments => {
            let row = deleted(comments::store::get_any(tx, Id::new(id))?)?;
            comments::store::delete(tx, row.id)?;
            audit::record(tx, by, "comments.erased", ("comment", id), Changes::none())?;
        }
        Kind::Courses => {
            let row = deleted(courses::store::get_any(tx, Id::new(id))?)?;
            courses::service::purge(tx, &[row.id], files)?;
            audit::record(tx, by, "courses.erased", ("course", id), gone(&row.title))?;
        }
        Kind::Projects => {
            let row = deleted(projects::store::get_any(tx, Id::new(id), None)?)?;
            soft_delete::store::delete(tx, &[row.id])?;
            audit::record(tx, by, "projects.erased", ("project", id), gone(&row.title))?;
        }
        Kind::Jobs => {
            let row = deleted(jobs::store::get_any(tx, Id::new(id), tx.now())?)?;
            soft_delete::store::delete(tx, &[row.id])?;
            audit::record(tx, by, "jobs.erased", ("job", id), gone(&row.title))?;
        }
        Kind::Users => {
            let user = users::store::get(tx, Id::new(id))?;
            if user.is_active || user.is_erased() {
                return Err(Error::NotFound("deleted thing"));
            }
            return admin::service::erase(tx, by.into(), files, base, &user);
        }
    }
    Ok(None)
}

/// Removes for good what was deleted long enough ago, of one kind and at most so many; how many there were. Accounts go by
/// a time of their own.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, kind: Kind, most: u32, files: &Files) -> Result<usize> {
    let before = tx.now().plus(-KEPT);
    match kind {
        Kind::Courses => {
            let ids = soft_delete::store::deleted_before(tx, before, most)?;
            courses::service::purge(tx, &ids, files)?;
            Ok(ids.len())
        }
        Kind::Projects => purge_rows::<Project>(tx, before, most),
        Kind::Jobs => purge_rows::<Job>(tx, before, most),
        Kind::Posts => community::store::purge(tx, before),
        Kind::Comments => comments::store::purge(tx, before),
        Kind::Users => Ok(0),
    }
}

fn purge_rows<T: SoftDelete>(tx: &Tx<'_>, before: Timestamp, most: u32) -> Result<usize> {
    let ids = soft_delete::store::deleted_before::<T>(tx, before, most)?;
    soft_delete::store::delete(tx, &ids)?;
    Ok(ids.len())
}

/// Does a step with each of these rows that is there; how many took it. A row whose state forbids the step is passed over.
fn each<T>(ids: &[i64], find: impl Fn(Id<T>) -> Result<T>, mut step: impl FnMut(T) -> Result<bool>) -> Result<usize> {
    let mut count = 0;
    for id in ids {
        let taken = match find(Id::new(*id)) {
            Ok(row) => step(row),
            Err(error) => Err(error),
        };
        match taken {
            Ok(true) => count += 1,
            Ok(false) | Err(Error::NotFound(_) | Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Deletes several things softly; how many there were.
///
/// # Errors
/// Those of the database.
pub fn delete_all(tx: &Tx<'_>, by: &CurrentUser, kind: Bulk, ids: &[i64]) -> Result<usize> {
    match kind {
        Bulk::Posts => each(
            ids,
            |id: Id<Post>| community::service::seen(tx, id, by.into()),
            |row| community::service::remove(tx, by, &by.owning(row)?).map(|()| true),
        ),
        Bulk::Comments => each(
            ids,
            |id: Id<Comment>| comments::service::seen(tx, id, by.into()),
            |row| comments::service::remove(tx, by, &by.owning(row)?).map(|()| true),
        ),
        Bulk::Flags => each(
            ids,
            |id: Id<Case>| moderation::store::get(tx, id),
            |row| moderation::service::remove(tx, by, &row).map(|()| true),
        ),
        Bulk::Courses => each(
            ids,
            |id: Id<Course>| courses::store::get(tx, id),
            |row| courses::service::remove(tx, by, &by.owning(row)?).map(|()| true),
        ),
        Bulk::Projects => each(
            ids,
            |id: Id<Project>| projects::store::get(tx, id, None),
            |row| projects::service::remove(tx, by, &by.owning(row)?).map(|()| true),
        ),
        Bulk::Jobs => each(
            ids,
            |id: Id<Job>| jobs::store::get(tx, id, tx.now()),
            |row| jobs::service::remove(tx, by, &by.owning(row)?).map(|()| true),
        ),
    }
}

/// Gives several things a status; how many did not have it yet.
///
/// # Errors
/// Those of the database.
pub fn set_status(tx: &Tx<'_>, by: &CurrentUser, kind: Bulk, ids: &[i64], status: &str) -> Result<usize> {
    let body = || {
        let values = Map::from_iter([("status".to_owned(), Value::from(status))]);
        Fields::of_body(values, Mode::Patch)
    };
    let visible = status == Sight::Visible.as_str();
    match kind {
        Bulk::Posts => each(
            ids,
            |id: Id<Post>| community::service::seen(tx, id, by.into()),
            |row| moderation::service::set_visible(tx, by, Target::Post(row.id), visible),
        ),
        Bulk::Comments => each(
            ids,
            |id: Id<Comment>| comments::service::seen(tx, id, by.into()),
            |row| moderation::service::set_visible(tx, by, Target::Comment(row.id), visible),
        ),
        Bulk::Flags => each(
            ids,
            |id: Id<Case>| moderation::store::get(tx, id),
            |row| {
                let step = match status == Decided::Upheld.as_str() {
                    true => moderation::service::hide,
                    false if row.target.is_hidden => moderation::service::restore,
                    false => moderation::service::dismiss,
                };
                step(tx, by, row.id, String::new()).map(|_| true)
            },
        ),
        Bulk::Courses => each(
            ids,
            |id: Id<Course>| courses::store::get(tx, id),
            |row| {
                let before = row.status;
                Ok(courses::service::change(tx, by, &by.owning(row)?, body())?.status != before)
            },
        ),
        Bulk::Projects => each(
            ids,
            |id: Id<Project>| projects::store::get(tx, id, None),
            |row| {
                let before = row.status;
                Ok(projects::service::change(tx, by, &by.owning(row)?, body())?.status != before)
            },
        ),
        Bulk::Jobs => each(
            ids,
            |id: Id<Job>| jobs::store::get(tx, id, tx.now()),
            |row| {
                let before = row.status;
                Ok(jobs::service::change(tx, by, &by.owning(row)?, body())?.status != before)
            },
        ),
    }
}
