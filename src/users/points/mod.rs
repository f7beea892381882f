//! The ledger of points: entries are only added, and `users.points` is kept as their sum.

mod store;

use serde::Serialize;
use utoipa::ToSchema;

use super::UserRef;
use crate::{
    platform::{
        clock::Timestamp,
        fields::{Fields, choice},
        id::Id,
        list::{Filter, Page},
    },
    text_enum,
};

pub use store::{book, find, page, rank, recount, whole};

text_enum! {
    /// Why points were booked.
    pub enum Reason as "PointsReason" {
        Achievement = "achievement",
        AchievementRevoked = "achievement_revoked",
        Endorsement = "endorsement",
        EndorsementWithdrawn = "endorsement_withdrawn",
        AdminAdjustment = "admin_adjustment",
    }
}

/// One booking. Never changed, never removed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PointsEntry {
    /// Its number.
    pub id: Id<PointsEntry>,
    /// Points gained, or lost when negative.
    pub amount: i64,
    /// Why.
    pub reason: Reason,
    /// Which award, endorsement or adjustment it stands for.
    pub reference: String,
    /// An admin's words.
    pub note: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// One booking with whose it is, for the file of all.
#[derive(Serialize)]
pub struct UserEntry {
    /// Whose.
    pub user: UserRef,
    /// The booking.
    #[serde(flatten)]
    pub entry: PointsEntry,
}

/// What one person has, and how it came about.
#[derive(Serialize, ToSchema)]
pub struct PointsAnswer {
    /// The sum of the ledger, 0 when it is below.
    pub points: i64,
    /// 1 + active people with more.
    pub rank: i64,
    /// The ledger, newest first.
    pub entries: Page<PointsEntry>,
}

/// The filters of a ledger.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PointsFilter {
    /// Only entries for these reasons.
    pub reason: Vec<Reason>,
}

impl Filter for PointsFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("reason", &mut filter.reason, 20, choice);
        filter
    }
}
