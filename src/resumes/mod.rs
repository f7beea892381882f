//! Résumés: documents of people, read in a process of their own, analysed in the background, never shown to others.

mod model;
mod reader;
mod routes;
pub mod service;
mod store;
pub mod tasks;

pub use model::{Event, FileType, Reading, Resume, ResumeFilter, Status};
pub use routes::{Api, routes};
