//! What can be earned: rules over what people did, who earned them, and who is ahead.

pub mod metrics;
mod model;
mod routes;
pub mod service;
pub mod store;
mod tasks;

pub use model::{Achievement, Event, Leader, Period, Progress, Rarity, UserAchievement};
pub use routes::addresses;
pub use tasks::{CheckAllUserAchievements, CheckUserAchievements, DetectMilestoneAchievements, UnlockAchievement};
