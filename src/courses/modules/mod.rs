//! What courses are made of, and the files that belong to it.

mod model;
mod routes;
pub mod service;
pub mod store;

pub use model::{ContentType, CourseModule, Event, ModuleDraft, ModuleFilter, ModuleForm, ModuleOutline};
pub use routes::addresses;
