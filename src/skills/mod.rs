//! Skills: the catalogue, who holds which, who vouches for it, and what résumés say of it.

mod event;
mod model;
mod routes;
pub mod service;
pub mod store;
pub mod sync;
pub mod user_skills;

pub use event::Event;
pub use model::{
    Acceptance, Category, CategoryCount, Distribution, MOST_REQUIRED, MOST_SYNONYMS, ProficiencyLevel, Skill,
    SkillDraft, SkillFilter, SkillRef, SkillSuggestion, Statistics, SuggestionDraft, SuggestionFilter,
    SuggestionStatus, Trend, TrendingFilter, name_key,
};
pub use routes::addresses;
pub use store::Held;
pub use user_skills::{Source, UserSkill};
