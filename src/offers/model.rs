//! What an offer is.

use crate::{text_enum, users::SoftDelete};

/// Offers that one offer can build upon.
pub const MOST_PREREQUISITES: usize = 10;

text_enum! {
    /// How much is asked of who learns.
    pub enum Difficulty { Beginner = "beginner", Intermediate = "intermediate", Advanced = "advanced" }
}

text_enum! {
    /// Whether it can be begun; an inactive one is a draft.
    pub enum OfferStatus { Active = "active", Inactive = "inactive" | "draft", Archived = "archived" }
}

/// A course or a project.
///
/// Around its table stand others that are named after it, for a course `course_prerequisites` and `user_course_progress`, whose
/// column `course_id` says of which one they speak.
pub trait Offer: SoftDelete {
    /// The short name of its table in statements.
    const ALIAS: &'static str;

    /// The column that says whose it is.
    const OWNER: &'static str;

    /// Whether it can be begun.
    fn status(&self) -> OfferStatus;
}
