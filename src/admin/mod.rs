//! Running the instance: what reaches into every room.

mod service;
mod store;
mod tasks;

pub use tasks::{EraseAccounts, RemoveUnusedFiles};
