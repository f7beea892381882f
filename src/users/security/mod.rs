//! Passwords and addresses of accounts: changed by their owners, or by whoever reads their mail.

mod routes;
mod service;
pub mod store;

pub use routes::addresses;
