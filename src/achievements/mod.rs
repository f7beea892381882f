//! What can be earned: rules over what people did, who earned them, and who is ahead.

pub mod metrics;
mod model;
mod routes;
pub mod service;
pub mod store;
mod tasks;

pub use model::{Achievement, AchievementStats, Event, Holders, Leader, Period, Progress, Rarity, UserAchievement};
pub use routes::addresses;
pub use tasks::{
    CheckAllUserAchievements, CheckUserAchievements, DetectMilestoneAchievements, GenerateAchievementStats,
    UnlockAchievement,
};

/// Under which name [`AchievementStats`] are kept.
pub const STATS: &str = "achievement_stats";
