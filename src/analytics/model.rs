//! What figures there are.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{api_usage::UsageFilter, groups::GroupFigures, growth::Growth, heatmap::HeatmapFilter};
use crate::{
    platform::{
        clock::Timestamp,
        export::ExportAs,
        fields::{Fields, account},
        id::Id,
        list::Filter,
    },
    text_enum,
    users::User,
};

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
    /// All that is counted of them.
    #[serde(flatten)]
    pub person: PersonFigures,
}

/// All that is counted of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonFigures {
    /// Who they are here.
    pub profile: ProfileStats,
    /// What they write.
    pub community: CommunityStats,
    /// What they do besides.
    #[serde(flatten)]
    pub doings: Doings,
}

/// What is kept ready of somebody's figures. Their profile and what they write are counted anew each time: ranks, likes and
/// moderation move them by what others do, and the events of these do not name whom they move.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Doings {
    /// What they earned.
    pub achievements: AchievementStats,
    /// What they can.
    pub skills: SkillStats,
    /// What they learn.
    pub learning: LearningStats,
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
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AchievementStats {
    /// All they hold.
    pub total: i64,
    /// Of those, earned in the last 30 days.
    pub recent: i64,
}

/// What somebody can.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SkillStats {
    /// All they hold.
    pub total: i64,
    /// Of those, at the level expert.
    pub expert: i64,
    /// Of those, endorsed by somebody.
    pub endorsed: i64,
}

/// What somebody learns.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct JobStats {
    /// Applications that were not withdrawn.
    pub applications: i64,
    /// Of those, unanswered so far.
    pub pending: i64,
}

/// Whom somebody helps.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MentoringStats {
    /// Has an approved mentor profile.
    pub is_mentor: bool,
    /// Sessions that were agreed upon with them as the mentor: to come, held or missed.
    pub sessions: i64,
    /// Of those, completed.
    pub completed: i64,
}

/// Everything that admins look at from time to time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// The five groups.
    #[serde(flatten)]
    pub groups: GroupFigures,
    /// How the house grows.
    pub growth: Growth,
    /// When it was counted.
    pub generated_at: Timestamp,
}

text_enum! {
    /// Figures that can be had as a file.
    pub enum Figures {
        Me = "me",
        Skills = "skills",
        Platform = "platform",
        Heatmap = "heatmap",
        Courses = "courses",
        Jobs = "jobs",
        Mentoring = "mentoring",
        Growth = "growth",
        Engagement = "engagement",
        Snapshots = "snapshots",
        ApiUsage = "api-usage",
    }
}

/// About whom a report is.
#[derive(Clone, Copy, Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportFilter {
    /// The id of one person; the whole house when left out.
    #[param(value_type = Option<String>)]
    pub user: Option<Id<User>>,
}

impl Filter for ReportFilter {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { user: None };
        query.optional("user", &mut it.user, account);
        it
    }
}

/// In which form figures are wanted as a file, and what the figures themselves may be asked.
#[derive(Clone, Copy, Debug)]
pub struct ExportFilter {
    /// The form.
    pub form: ExportAs,
    /// Of the heatmap.
    pub heatmap: HeatmapFilter,
    /// Of the report.
    pub report: ReportFilter,
    /// Of the use of the API.
    pub usage: UsageFilter,
}

impl Filter for ExportFilter {
    fn read(query: &mut Fields) -> Self {
        Self {
            form: ExportAs::read(query),
            heatmap: HeatmapFilter::read(query),
            report: ReportFilter::read(query),
            usage: UsageFilter::read(query),
        }
    }
}
