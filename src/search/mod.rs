//! One search over everything that a stranger may find, and what a beginning of a word may become.
//!
//! Triggers mark the documents whose rows a transaction changed; [`service::settle`] makes them anew before it is committed.

mod model;
mod query;
mod routes;
pub mod service;
mod snippet;
pub mod store;
mod tasks;

pub use model::{Findable, Hit, Results, SearchFilter, Suggestion};
pub use routes::addresses;
pub use tasks::RebuildSearchIndex;
