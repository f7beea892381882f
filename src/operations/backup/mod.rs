//! Copies of the instance that can be read back.
//!
//! A backup is one ZIP file: the database as it was at one moment, media, files, keys, and a manifest with the checksum of each
//! and the number of rows of each table. It counts only once it was restored to a temporary place and found whole; what came
//! of that stands beside it. What is still being made has another name, so a listed backup was written to its end.

mod archive;
mod model;
mod restore;
mod routes;
pub mod service;
mod store;
mod tasks;

pub use model::{Backup, Findings, Manifest, Receipt, Tell};
pub use restore::restore;
pub use routes::addresses;
pub use service::{Folder, make};
pub use store::faults;
pub use tasks::BackupDatabase;
