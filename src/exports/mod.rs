//! What people take away: everything that is kept of them, as one archive.

mod content;
mod model;
mod routes;
pub mod service;
pub mod store;
mod tasks;

pub use content::store::ENTITIES;
pub use model::{Event, Export};
pub use routes::addresses;
pub use tasks::BuildUserExport;
