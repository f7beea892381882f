//! Comments on posts, and replies to them: one level.

mod model;
mod routes;
pub mod service;
pub mod store;

pub use model::{Comment, CommentDraft, CommentFilter, Event};
pub use routes::addresses;
