//! careerd: a career platform in one program over one SQLite file.

pub mod jobs;
pub mod platform;
pub mod reactions;
pub mod router;
pub mod skills;
pub mod users;
pub mod worker;
