//! Running the instance: what reaches into every room.

mod service;
mod tasks;

pub use tasks::EraseAccounts;
