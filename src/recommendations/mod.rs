//! Recommendations: what fits somebody, why, and what would fit them if they knew more.

mod courses;
pub mod eval;
mod gaps;
mod home;
mod mails;
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
pub use mails::SendJobMatchEmail;
pub use mentors::{MentorRecommendation, MentorTerms};
pub use model::{Click, ClickKind, Dashboard, JobRecommendation, SkillRecommendation, SkillTerms, WhatIfQuery};
pub use path::{LearningPath, PathQuery, learning_path};
pub use people::ConnectionRecommendation;
pub use routes::addresses;
pub use skill_list::RecommendSkills;
pub use what_if::{WhatIf, what_if};

/// Under which key the computed lists of somebody are kept; dropping it drops them all.
pub fn cache_key(user: crate::platform::id::Id<crate::users::User>) -> String {
    format!("recommendations:{user}")
}
