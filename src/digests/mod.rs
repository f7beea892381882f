//! Mail that tells several things at once: the morning's digest and the week's report.

mod letters;
mod model;
mod store;
mod tasks;

pub use tasks::{SendDailyDigest, SendWeeklyReport};
