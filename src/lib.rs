//! careerd: a career platform in one program over one SQLite file.

pub mod achievements;
pub mod analysis;
pub mod analytics;
pub mod cli;
pub mod courses;
pub mod jobs;
pub mod mail;
pub mod notifications;
pub mod platform;
pub mod profiles;
pub mod projects;
pub mod reactions;
pub mod recommendations;
pub mod resumes;
pub mod router;
pub mod skills;
pub mod upkeep;
pub mod users;
pub mod worker;
