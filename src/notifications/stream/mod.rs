//! What people are told, while they look: a stream of events for each open page.
//!
//! Nothing is queued for a stream. It holds how far it has told, is woken when there may be more, and then reads that from the
//! database: a slow or dead client holds no more memory than one that reads, and it makes no difference which process told.

mod hub;
mod routes;
mod service;
mod store;
mod view;

pub use routes::addresses;
pub use store::forget_user;
