//! Sessions: asked for by a mentee, scheduled by a mentor, held, and reviewed.

mod calendar;
mod model;
mod routes;
pub mod service;
pub mod store;
mod tasks;

pub use calendar::calendar;
pub use model::{
    Between, Busy, Event, MentorSession, Review, ReviewDraft, SessionDraft, SessionFilter, SessionStatus, Side,
};
pub use routes::addresses;
pub use tasks::SendSessionReminders;
