//! Recommendations: what fits somebody, why, and what would fit them if they knew more.

mod courses;
mod gaps;
mod home;
pub mod mentors;
mod model;
mod path;
mod people;
mod routes;
pub mod service;
mod skill_list;
pub mod store;
pub mod tasks;
pub mod usage;
mod what_if;

pub use courses::{CourseRecommendation, CourseTerms};
pub use gaps::{Gap, Priority, Target, gaps};
pub use home::{Home, NextStep, StepKind};
pub use mentors::{MentorRecommendation, MentorTerms};
pub use model::{ClickKind, Dashboard, JobRecommendation, SkillRecommendation, SkillTerms};
pub use people::ConnectionRecommendation;
pub use routes::addresses;
pub use skill_list::RecommendSkills;

/// Under which key the computed lists of somebody are kept; dropping it drops them all.
pub fn cache_key(user: crate::platform::id::Id<crate::users::User>) -> String {
    format!("recommendations:{user}")
}
