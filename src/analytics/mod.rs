//! Figures: of one person, of groups, of the house, and of the use of its API.
//!
//! Figures of all are kept ready by tasks and may be as old as they are kept; figures of one person are dropped in the commit
//! that moves them. Nothing is kept that could not be counted anew.

pub mod api_usage;
pub mod groups;
pub mod growth;
pub mod heatmap;
mod model;
mod routes;
pub mod service;
pub mod snapshots;
mod stale;
mod store;
pub mod tasks;
mod withheld;

pub use model::{Doings, Figures, PersonFigures, Report};
pub use routes::addresses;
pub use stale::drop_stale;
pub use store::{recount, settle_stops};
