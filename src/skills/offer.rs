//! What courses and projects, which teach skills, have in common.

use crate::text_enum;

text_enum! {
    /// How much is asked of who learns.
    pub enum Difficulty { Beginner = "beginner", Intermediate = "intermediate", Advanced = "advanced" }
}

text_enum! {
    /// Whether it can be begun; an inactive one is a draft.
    pub enum OfferStatus { Active = "active", Inactive = "inactive" | "draft", Archived = "archived" }
}
