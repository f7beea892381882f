//! Likes of posts and comments.

mod model;
mod routes;
pub mod service;
pub mod store;

pub use model::{Event, LikeStatus};
pub use routes::addresses;
