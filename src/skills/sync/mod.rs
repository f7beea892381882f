//! What the analyses of résumés do to the skills of their owners, and how that is taken back.

pub mod service;
pub mod store;

use serde::Serialize;

use super::{SkillRef, UserSkill};

/// What one analysis changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Synced {
    /// Skills that were missing.
    pub added: Vec<SkillRef>,
    /// Skills whose level rose.
    pub raised: Vec<SkillRef>,
    /// Names that the catalogue does not know; they became suggestions.
    pub suggested: Vec<String>,
    /// Skills for which there was no room any more.
    pub skipped: Vec<SkillRef>,
}

/// What was taken back.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Undone {
    /// Skills with the level they had before.
    pub restored: Vec<UserSkill>,
    /// How many skills went that the analysis had added.
    pub removed: i64,
}
