//! What figures there are.

use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::clock::Timestamp;

/// The figures of one person that every member sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserStats {
    /// The sum of their ledger.
    pub total_points: i64,
    /// 1 + active people with more.
    pub rank: i64,
    /// Skills they hold.
    pub total_skills: i64,
    /// Achievements they hold.
    pub total_achievements: i64,
    /// Courses they completed.
    pub courses_completed: i64,
    /// Projects they completed.
    pub projects_completed: i64,
    /// Posts they wrote.
    pub community_posts: i64,
    /// People they are connected with.
    pub connections: i64,
    /// Days in a row on which they did something.
    pub streak_days: i64,
    /// Has an approved mentor profile.
    pub is_mentor: bool,
    /// Only for themselves and admins.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub private: Option<PrivateStats>,
}

/// The figures that only the person and admins see.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrivateStats {
    /// Applications that were not withdrawn.
    pub job_applications: i64,
    /// Who they are here.
    pub profile: ProfileStats,
    /// What they earned.
    pub achievements: AchievementStats,
    /// What they can.
    pub skills: SkillStats,
    /// What they learn.
    pub learning: LearningStats,
    /// What they write.
    pub community: CommunityStats,
    /// Where they applied.
    pub jobs: JobStats,
    /// Whom they help.
    pub mentoring: MentoringStats,
}

/// Who somebody is here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileStats {
    /// The sum of their ledger.
    pub points: i64,
    /// 1 + active people with more.
    pub rank: i64,
    /// Has an approved mentor profile.
    pub is_mentor: bool,
    /// A mark without privileges.
    pub is_premium: bool,
    /// When they registered.
    pub joined_date: Timestamp,
    /// When they were last seen.
    pub last_active: Option<Timestamp>,
}

/// What somebody earned.
#[derive(Debug, Serialize, ToSchema)]
pub struct AchievementStats {
    /// All they hold.
    pub total: i64,
    /// Of those, earned in the last 30 days.
    pub recent: i64,
}

/// What somebody can.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkillStats {
    /// All they hold.
    pub total: i64,
    /// Of those, at the level expert.
    pub expert: i64,
    /// Of those, endorsed by somebody.
    pub endorsed: i64,
}

/// What somebody learns.
#[derive(Debug, Serialize, ToSchema)]
pub struct LearningStats {
    /// Courses they enrolled in.
    pub enrolled: i64,
    /// Of those, completed.
    pub completed: i64,
    /// Of those, being learned.
    pub in_progress: i64,
}

/// How somebody's learning goes.
#[derive(Debug, Serialize, ToSchema)]
pub struct LearningReport {
    /// Courses they ever enrolled in.
    pub enrolled: i64,
    /// Of those, being learned.
    pub in_progress: i64,
    /// Of those, completed.
    pub completed: i64,
    /// Of those, dropped.
    pub dropped: i64,
    /// Modules they completed.
    pub modules_completed: i64,
    /// What they learned of each course, by its length, with one decimal.
    pub hours_learned: f64,
    /// Days in a row on which they did something.
    pub streak_days: i64,
    /// The mean progress of the courses that they did not drop, 0 to 100.
    pub path_percentage: i64,
}

/// What somebody writes.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommunityStats {
    /// Posts.
    pub posts: i64,
    /// Likes of others on them.
    pub likes_received: i64,
    /// Posts of the last 30 days.
    pub recent_posts: i64,
}

/// Where somebody applied.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobStats {
    /// Applications that were not withdrawn.
    pub applications: i64,
    /// Of those, unanswered so far.
    pub pending: i64,
}

/// Whom somebody helps.
#[derive(Debug, Serialize, ToSchema)]
pub struct MentoringStats {
    /// Has an approved mentor profile.
    pub is_mentor: bool,
    /// Sessions that were agreed upon with them as the mentor: to come, held or missed.
    pub sessions: i64,
    /// Of those, completed.
    pub completed: i64,
}
