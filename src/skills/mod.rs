//! Skills: the catalogue, who holds which, who vouches for it, and what résumés say of it.

mod model;
mod routes;
pub mod service;
pub mod store;
pub mod sync;
pub mod user_skills;

pub use model::{
    CatalogueSkill, Category, CategoryCount, Distribution, Event, MOST_REQUIRED, MOST_SYNONYMS, ProficiencyLevel,
    Skill, SkillDraft, SkillFilter, SkillRef, SkillSuggestion, Statistics, SuggestionDraft, SuggestionStatus, Trend,
    TrendingFilter, name_key,
};
pub use routes::{Api, routes};
pub use store::Held;
pub use user_skills::{Source, UserSkill};
