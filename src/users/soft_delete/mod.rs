//! What is deleted softly: gone from every list and counter, and there for its owner to restore for a time.

pub mod store;

use chrono::Duration;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    CurrentUser, HasOwner, Owned,
    audit::{self, Changes},
};
use crate::platform::{
    clock::Timestamp,
    db::Tx,
    error::{Error, Result},
    id::Id,
};

/// How long an owner can restore what they deleted.
const RESTORABLE: Duration = Duration::days(30);

/// A row that can be deleted softly.
pub trait SoftDelete: HasOwner + Sized {
    /// What it is called in a sentence, and in the audit.
    const NAME: &'static str;

    /// Its table, with the columns `id`, `deleted_at` and `updated_at`.
    const TABLE: &'static str;

    /// Its number.
    fn id(&self) -> Id<Self>;

    /// When it was deleted.
    fn deleted_at(&self) -> Option<Timestamp>;

    /// The row, unless it is deleted.
    ///
    /// # Errors
    /// 404.
    fn undeleted(self) -> Result<Self> {
        if self.deleted_at().is_some() { Err(Error::NotFound(Self::NAME)) } else { Ok(self) }
    }
}

impl CurrentUser {
    /// Proof that a row, be it deleted, is theirs or that they are an admin.
    ///
    /// # Errors
    /// 404: it is deleted, and somebody else's. 403: it is visible to them and belongs to somebody else.
    pub fn owning_deleted<T: SoftDelete>(&self, row: T) -> Result<Owned<T>> {
        let is_theirs = row.owner() == Some(self.id) || self.is_admin();
        if row.deleted_at().is_some() && !is_theirs { Err(Error::NotFound(T::NAME)) } else { self.owning(row) }
    }
}

impl<T: SoftDelete> Owned<T> {
    /// Deletes it softly; whether it was there until now. The service of its room tells what happened.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete(&self, tx: &Tx<'_>, by: &CurrentUser) -> Result<bool> {
        if self.deleted_at().is_some() {
            return Ok(false);
        }
        store::set_deleted(tx, self.id(), Some(tx.now()))?;
        self.record_step(tx, by, "deleted")
    }

    /// Takes its deletion back; whether there was one. The service of its room tells what happened.
    ///
    /// # Errors
    /// 409 for its owner after 30 days.
    pub fn restore(&self, tx: &Tx<'_>, by: &CurrentUser) -> Result<bool> {
        let Some(deleted_at) = self.deleted_at() else { return Ok(false) };
        if tx.now().since(deleted_at) > RESTORABLE && !by.is_admin() {
            return Err(Error::conflict(format!("This {} was deleted more than 30 days ago.", T::NAME)));
        }
        store::set_deleted(tx, self.id(), None)?;
        self.record_step(tx, by, "restored")
    }

    fn record_step(&self, tx: &Tx<'_>, by: &CurrentUser, step: &str) -> Result<bool> {
        let action = format!("{}s.{step}", T::NAME);
        audit::record_intervention(tx, by, &**self, &action, (T::NAME, self.id()), Changes::none())?;
        Ok(true)
    }
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub struct SoftDeleted {
    /// `deleted` or `restored`.
    status: &'static str,
}

impl SoftDeleted {
    /// It is gone.
    pub const DELETED: Self = Self { status: "deleted" };
    /// It is back.
    pub const RESTORED: Self = Self { status: "restored" };
}
