//! Work on projects: begun, submitted, reviewed.

mod model;
mod routes;
pub mod service;
pub mod store;

pub use model::{Event, Review, Standing, Submission, Work, WorkFilter, WorkStatus};
pub use routes::addresses;
