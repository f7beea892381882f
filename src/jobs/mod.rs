//! Postings, applications to them, and how well a posting fits somebody.

pub mod applications;
mod kept;
pub mod market;
pub mod matching;
mod model;
mod routes;
pub mod service;
pub mod store;
pub mod tasks;

pub use model::{Asked, Event, Job, JobDraft, JobFilter, JobLevel, JobRef, JobStatus, JobType};
pub use routes::addresses;
