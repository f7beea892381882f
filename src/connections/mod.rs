//! Who is connected with whom: asked, and accepted or declined.

mod model;
mod routes;
pub mod service;
pub mod store;

pub use model::{Connection, ConnectionDraft, ConnectionFilter, ConnectionStatus, Direction, Event};
pub use routes::addresses;
