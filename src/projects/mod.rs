//! Projects to practise on, and the work that people do on them.

mod model;
mod routes;
pub mod service;
pub mod store;
pub mod work;

pub use model::{Event, Project, ProjectDraft, ProjectFilter, ProjectRef};
pub use routes::addresses;
