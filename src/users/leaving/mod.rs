//! The end of an account: out of use at once, restorable for a time, then erased.

mod routes;
pub mod service;
pub mod store;

pub use routes::addresses;
