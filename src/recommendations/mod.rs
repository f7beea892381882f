//! Recommendations: what fits somebody, why, and what would fit them if they knew more.

mod gaps;
mod model;
mod routes;
pub mod service;
pub mod store;
pub mod tasks;
mod what_if;

pub use gaps::{Gap, Priority, Target, gaps};
pub use model::{ClickKind, Dashboard, JobRecommendation, SkillRecommendation, SkillTerms};
pub use routes::addresses;

/// Under which key the computed lists of somebody are kept; dropping it drops them all.
pub fn cache_key(user: crate::platform::id::Id<crate::users::User>) -> String {
    format!("recommendations:{user}")
}
