//! What people are told inside the application, and what they want to hear of, here and by mail.

mod model;
mod routes;
pub mod service;
pub mod store;
mod tasks;

pub use model::{Digest, Event, Fold, Kind, Language, Notice, Notification, Preferences, ReadStatus, Wanted};
pub use routes::addresses;
pub use tasks::{CleanupOldNotifications, MarkNotificationsRead, SendBatchNotifications, SendNotification};
