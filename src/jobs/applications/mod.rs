//! Applications: somebody asks for a posting, and its poster moves them on, step by step.

mod model;
mod routes;
pub mod service;
pub mod store;

pub use model::{Application, ApplicationDraft, ApplicationFilter, ApplicationStatus, Change, Event};
pub use routes::addresses;
