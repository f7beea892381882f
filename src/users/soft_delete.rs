//! What is deleted softly: gone from every list and counter, and there for its owner to restore for a time.

use chrono::Duration;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CurrentUser, HasOwner, Owned};
use crate::platform::{
    clock::Timestamp,
    error::{Error, Result},
};

/// How long an owner can restore what they deleted.
const RESTORABLE: Duration = Duration::days(30);

/// A row that can be deleted softly.
pub trait SoftDelete: HasOwner {
    /// What it is called in a sentence.
    const NAME: &'static str;

    /// When it was deleted.
    fn deleted_at(&self) -> Option<Timestamp>;
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
    /// Whether there is a deletion to take back.
    ///
    /// # Errors
    /// 409 for its owner after 30 days.
    pub fn restorable(&self, by: &CurrentUser, now: Timestamp) -> Result<bool> {
        let Some(deleted_at) = self.deleted_at() else { return Ok(false) };
        if now.since(deleted_at) > RESTORABLE && !by.is_admin() {
            return Err(Error::conflict(format!("This {} was deleted more than 30 days ago.", T::NAME)));
        }
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
