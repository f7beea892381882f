//! The profile as a résumé: as a JSON Resume document, out and in, and as a document for a word processor.

mod docx;
mod model;
mod routes;
mod service;
mod store;

pub use routes::addresses;
