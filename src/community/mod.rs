//! What members write to each other: posts, comments, likes, tags, and the moderation of what was reported.

pub mod comments;
pub mod likes;
mod mentions;
mod model;
pub mod moderation;
mod routes;
pub mod service;
pub mod store;

pub use model::{Event, Post, PostDraft, PostFilter, Sight, Tag, Target, Trending};
pub use routes::addresses;
