//! Every kind of task, by its name in the queue.

use crate::{
    achievements, admin, analytics::tasks as analytics, exports, jobs::tasks as jobs, mail, mentors::sessions,
    notifications, operations, platform::task::Registry, recommendations::tasks as recommendations,
    resumes::tasks as resumes, search, upkeep,
};

/// Every kind of background task that careerd knows.
pub fn registry() -> Registry {
    Registry::new()
        .with::<resumes::AnalyzeResume>()
        .with::<resumes::ExtractResumeText>()
        .with::<resumes::BatchAnalyzeResumes>()
        .with::<resumes::CleanupOldResumes>()
        .with::<jobs::CloseExpiredJobs>()
        .with::<recommendations::RecommendJobs>()
        .with::<recommendations::RecommendCourses>()
        .with::<recommendations::RecommendConnections>()
        .with::<recommendations::RecommendMentors>()
        .with::<crate::recommendations::RecommendSkills>()
        .with::<recommendations::BatchRecommendJobs>()
        .with::<recommendations::GenerateDailyRecommendations>()
        .with::<mail::SendWelcomeEmail>()
        .with::<mail::SendAchievementEmail>()
        .with::<mail::SendCourseEnrollmentEmail>()
        .with::<mail::SendMail>()
        .with::<mail::SendMentorRequestEmail>()
        .with::<sessions::SendSessionReminders>()
        .with::<mail::SendPasswordResetEmail>()
        .with::<admin::EraseAccounts>()
        .with::<admin::PurgeDeleted>()
        .with::<admin::RemoveUnusedFiles>()
        .with::<exports::BuildUserExport>()
        .with::<notifications::SendNotification>()
        .with::<notifications::SendMentionNotifications>()
        .with::<notifications::SendLikeNotifications>()
        .with::<notifications::SendCommentNotifications>()
        .with::<achievements::CheckUserAchievements>()
        .with::<achievements::CheckAllUserAchievements>()
        .with::<notifications::SendBatchNotifications>()
        .with::<notifications::MarkNotificationsRead>()
        .with::<notifications::CleanupOldNotifications>()
        .with::<achievements::UnlockAchievement>()
        .with::<achievements::DetectMilestoneAchievements>()
        .with::<search::RebuildSearchIndex>()
        .with::<analytics::CachePlatformAnalytics>()
        .with::<analytics::CacheUserAnalytics>()
        .with::<analytics::BatchCacheUserAnalytics>()
        .with::<analytics::GenerateActivityHeatmap>()
        .with::<analytics::GenerateUserGrowthReport>()
        .with::<analytics::GenerateDailyReport>()
        .with::<analytics::ExportAnalyticsSnapshot>()
        .with::<achievements::GenerateAchievementStats>()
        .with::<upkeep::PurgeExpired>()
        .with::<operations::backup::BackupDatabase>()
        .with::<operations::recount::Recount>()
}
