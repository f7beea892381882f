//! People as others find them: the list of them, and one person with the best of what other rooms know.

pub mod resume;
mod routes;
pub mod store;

pub use routes::addresses;
