//! How the instance is doing: what a probe asks, what an admin sees, what a thorough look finds.

mod doctor;
mod routes;
mod service;
mod storage;

pub use doctor::{Finding, examine};
pub use routes::addresses;
pub use service::{Check, checks};
pub use storage::{Storage, storage};
