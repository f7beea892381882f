//! What courses and projects have in common as things that are offered: difficulty, drafts and who sees them, what they build upon.
//!
//! What somebody makes of one differs and stays in its room: a course is learned module by module, work on a project is
//! submitted and reviewed.

mod model;
pub mod service;
pub mod store;

pub use model::{Difficulty, MOST_PREREQUISITES, Offer, OfferStatus};
