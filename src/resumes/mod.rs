//! Résumés: documents of people, read in a process of their own, analysed in the background, never shown to others.

mod model;
mod reader;
mod routes;
pub mod service;
pub mod store;
pub mod tasks;

pub use model::{Event, FileType, Reading, Resume, ResumeFilter, Status};
pub use reader::Reader;
pub use routes::{addresses, send};
