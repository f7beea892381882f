//! What members report, and what moderators do about it.

mod model;
mod routes;
pub mod service;
pub mod store;

pub use model::{
    Case, CaseFilter, CaseStatus, CaseTarget, Decision, Event, Flag, FlagDraft, FlagStatus, Reason, Reported,
};
pub use routes::addresses;
