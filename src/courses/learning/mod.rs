//! Who learns a course, how far they have come, and what they think of it.

mod model;
mod routes;
pub mod service;
pub mod store;

pub use model::{Event, LearningStatus, Progress, ProgressDetail, ProgressFilter, Rating, RatingDraft};
pub use routes::addresses;
