//! Running the instance: what reaches into every room.

pub mod content;
pub mod export;
mod service;
pub mod skills;
pub mod store;
mod tasks;
pub mod users;

use serde::Serialize;
use utoipa::ToSchema;

pub use content::PurgeDeleted;
pub use tasks::{EraseAccounts, RemoveUnusedFiles};

/// Most rows of one bulk step.
pub const MOST_BULK: usize = 500;

/// How many rows a bulk step changed.
#[derive(Serialize, ToSchema)]
pub struct BulkUpdated {
    /// Always `updated`.
    status: &'static str,
    /// How many rows.
    updated_count: usize,
}

impl BulkUpdated {
    /// So many.
    pub const fn of(updated_count: usize) -> Self {
        Self { status: "updated", updated_count }
    }
}
