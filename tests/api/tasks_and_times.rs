//! Which tasks there are, how often each is repeated, and when which runs by itself: these lists and the program's are equal.

use careerd::{schedule, worker};
use serde_json::Value;

use crate::{app::TestApp, cli::careerd};

/// Every kind of task with how often a failed run is repeated: mails, résumés, recommendations, achievements, notifications,
/// figures; then house-keeping.
const KINDS: &[(&str, u64)] = &[
    ("send_welcome_email", 5),
    ("send_achievement_email", 5),
    ("send_job_match_email", 5),
    ("send_mentor_request_email", 5),
    ("send_course_enrollment_email", 5),
    ("send_daily_digest", 3),
    ("send_weekly_report", 3),
    ("send_password_reset_email", 5),
    ("analyze_resume_async", 3),
    ("extract_resume_text_async", 3),
    ("batch_analyze_resumes", 1),
    ("cleanup_old_resumes", 1),
    ("generate_daily_recommendations", 1),
    ("recommend_jobs_async", 2),
    ("recommend_courses_async", 2),
    ("recommend_mentors_async", 2),
    ("recommend_skills_async", 2),
    ("recommend_connections_async", 2),
    ("batch_recommend_jobs", 1),
    ("check_user_achievements", 3),
    ("check_all_user_achievements", 1),
    ("unlock_achievement_async", 3),
    ("generate_achievement_stats", 1),
    ("detect_milestone_achievements", 1),
    ("send_notification", 3),
    ("cleanup_old_notifications", 1),
    ("send_mention_notifications", 3),
    ("send_like_notifications", 3),
    ("send_comment_notifications", 3),
    ("mark_notifications_read_batch", 2),
    ("send_batch_notifications", 2),
    ("cache_platform_analytics", 1),
    ("cache_user_analytics", 1),
    ("generate_activity_heatmap", 1),
    ("generate_user_growth_report", 1),
    ("batch_cache_user_analytics", 1),
    ("generate_daily_report", 1),
    ("export_analytics_snapshot", 3),
    ("send_mail", 5),
    ("send_session_reminders", 2),
    ("close_expired_jobs", 1),
    ("purge_expired", 1),
    ("purge_deleted", 3),
    ("erase_accounts", 3),
    ("build_user_export", 3),
    ("backup_database", 2),
    ("recount", 1),
    ("rebuild_search_index", 1),
    // Pictures that were changed, and what a crash left.
    ("remove_unused_files", 3),
];

/// When which kind runs by itself, in UTC.
const TIMES: &[(&str, &str)] = &[
    ("hourly", "cache_platform_analytics"),
    ("hourly", "check_all_user_achievements"),
    ("hourly", "generate_achievement_stats"),
    ("hourly", "batch_recommend_jobs"),
    ("hourly", "close_expired_jobs"),
    ("hourly", "purge_expired"),
    ("daily 00:10", "export_analytics_snapshot"),
    ("daily 00:20", "generate_daily_report"),
    ("daily 00:20", "generate_user_growth_report"),
    ("daily 00:20", "generate_activity_heatmap"),
    ("daily 01:00", "backup_database"),
    ("daily 02:00", "generate_daily_recommendations"),
    ("daily 03:00", "cleanup_old_notifications"),
    ("daily 03:20", "purge_deleted"),
    ("daily 03:40", "erase_accounts"),
    ("daily 04:00", "cleanup_old_resumes"),
    ("daily 04:10", "remove_unused_files"),
    ("daily 04:20", "detect_milestone_achievements"),
    ("daily 04:40", "batch_cache_user_analytics"),
    ("daily 08:00", "send_daily_digest"),
    ("Monday 07:00", "send_weekly_report"),
    ("every 10 min", "send_session_reminders"),
    ("every 10 min", "batch_analyze_resumes"),
];

fn text<'v>(it: &'v Value, name: &str) -> &'v str {
    it[name].as_str().unwrap_or_else(|| panic!("{name} is missing in {it}"))
}

#[test]
fn the_kinds_are_these_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let told = careerd(folder.path(), &["task", "kinds", "--json"], "", &[]);
    let told: Vec<Value> = serde_json::from_slice(&told.stdout).unwrap();
    let mut kinds: Vec<(&str, u64)> =
        told.iter().map(|it| (text(it, "kind"), it["retries"].as_u64().unwrap())).collect();
    let mut expected = KINDS.to_vec();
    kinds.sort_unstable();
    expected.sort_unstable();
    assert_eq!(kinds, expected);
    assert_eq!(worker::registry().kinds().count(), KINDS.len());
}

#[test]
fn the_times_are_these_and_no_others() {
    let t = TestApp::new();
    let ann = t.admin("ann");
    let list = ann.get("/api/admin/schedule/").ok();
    let list = list.as_array().unwrap();
    let mut times: Vec<(&str, &str)> = list.iter().map(|it| (text(it, "when"), text(it, "name"))).collect();
    let data = t.folder().to_str().unwrap().to_owned();
    let shown = careerd(t.folder(), &["schedule", "list", "--json", "--data-dir", &data], "", &[]);
    let shown: Vec<Value> = serde_json::from_slice(&shown.stdout).unwrap();
    let mut by_command: Vec<(&str, &str)> = shown.iter().map(|it| (text(it, "when"), text(it, "name"))).collect();
    let mut expected = TIMES.to_vec();
    for list in [&mut times, &mut by_command, &mut expected] {
        list.sort_unstable();
    }
    assert_eq!(times, expected);
    assert_eq!(by_command, expected);
    assert!(schedule::entries().iter().all(|it| KINDS.iter().any(|(kind, _)| *kind == it.name)));
}
