//! Courses, the modules they are made of, and who learns them.

pub mod learning;
mod model;
pub mod modules;
mod routes;
pub mod service;
pub mod store;

pub use model::{Course, CourseDraft, CourseFilter, CourseRef, Event};
pub use routes::addresses;
