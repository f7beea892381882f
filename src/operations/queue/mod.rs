//! The monitor of the queue: what waits, runs, failed, and a hand on it.

mod routes;
pub mod service;

pub use routes::addresses;
