//! Whether recommendations are of use: how often they are shown, followed, and lead to something.

mod model;
mod routes;
pub mod store;

pub use model::{Usage, UsageFilter, UsageRow};
pub use routes::addresses;
