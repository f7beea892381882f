//! Figures: of one person for now.

mod model;
mod routes;
mod store;

pub use routes::addresses;
