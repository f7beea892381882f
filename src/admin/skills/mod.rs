//! What admins decide of the catalogue: suggestions, and merging what means the same.

mod routes;
mod service;

pub use routes::addresses;
