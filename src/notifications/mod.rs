//! What people are told inside the application, and what they want to hear of, here and by mail.

mod community;
mod model;
mod routes;
pub mod service;
pub mod store;
pub mod stream;
mod tasks;

pub use community::{SendCommentNotifications, SendLikeNotifications, SendMentionNotifications};
pub use model::{Digest, Event, Fold, Kind, Language, Notice, Notification, Preferences, ReadStatus, Wanted};
pub use routes::addresses;
pub use tasks::{CleanupOldNotifications, MarkNotificationsRead, SendBatchNotifications, SendNotification};
