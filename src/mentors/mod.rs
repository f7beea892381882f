//! Mentors: who helps others with what, and how that is asked for and held.

mod model;
mod routes;
pub mod service;
pub mod sessions;
pub mod store;

pub use model::{Event, Mentor, MentorDraft, MentorFilter, MentorRef, MentorStatus, Money};
pub use routes::addresses;
