//! How each metric is counted.

use rusqlite::{Connection, named_params};

use super::Metric;
use crate::{
    platform::{clock::Timestamp, error::Result, id::Id},
    users::User,
};

/// Days in a row, up to today or yesterday, on which the person did something besides signing in. Steps back day by day, so
/// it looks at no more days than the streak has.
const STREAK: &str = "
    WITH RECURSIVE day (start) AS (
        SELECT max(at) / 86400000000 * 86400000000 FROM events
        WHERE actor_id = :user AND at >= (:now / 86400000000 - 1) * 86400000000 AND at <= :now
            AND kind NOT IN ('users.signed_in', 'users.token_reused')
        UNION ALL
        SELECT start - 86400000000 FROM day WHERE EXISTS (
            SELECT 1 FROM events WHERE actor_id = :user AND at >= start - 86400000000 AND at < start
                AND kind NOT IN ('users.signed_in', 'users.token_reused'))
    ) SELECT count(start) FROM day";

/// One number as SQL over `:user` and `:now`. A metric whose room is not built yet is 0.
const fn sql(metric: Metric) -> &'static str {
    match metric {
        Metric::Points => "SELECT points FROM users WHERE id = :user",
        Metric::DaysAsMember => "SELECT max(0, (:now - created_at) / 86400000000) FROM users WHERE id = :user",
        Metric::StreakDays => STREAK,
        Metric::Resumes => "SELECT count(*) FROM resumes WHERE user_id = :user",
        Metric::Applications => "SELECT count(*) FROM job_applications WHERE user_id = :user AND status <> 'withdrawn'",
        Metric::Skills => "SELECT count(*) FROM user_skills WHERE user_id = :user",
        Metric::SkillsEndorsedForOthers => {
            "SELECT count(DISTINCT h.skill_id) FROM skill_endorsements e JOIN user_skills h ON h.id = e.user_skill_id
             WHERE e.endorser_id = :user"
        }
        Metric::EndorsementsReceived => "SELECT sum(endorsements_count) FROM user_skills WHERE user_id = :user",
        Metric::Enrolments => "SELECT count(*) FROM user_course_progress WHERE user_id = :user",
        Metric::CoursesCompleted => {
            "SELECT count(*) FROM user_course_progress WHERE user_id = :user AND status = 'completed'"
        }
        Metric::ModulesCompleted => {
            "SELECT count(*) FROM module_completions d JOIN user_course_progress p ON p.id = d.progress_id
             WHERE p.user_id = :user"
        }
        Metric::ProjectsCompleted => {
            "SELECT count(*) FROM user_project_progress WHERE user_id = :user AND status = 'completed'"
        }
        Metric::Connections => {
            "SELECT (SELECT count(*) FROM connections c JOIN users o ON o.id = c.addressee_id AND o.is_active = 1
                 WHERE c.requester_id = :user AND c.status = 'accepted')
                 + (SELECT count(*) FROM connections c JOIN users o ON o.id = c.requester_id AND o.is_active = 1
                 WHERE c.addressee_id = :user AND c.status = 'accepted')"
        }
        Metric::Posts => "SELECT count(*) FROM community_posts WHERE author_id = :user AND is_visible = 1",
        Metric::LikesReceived => {
            "SELECT sum(p.likes_count - EXISTS (SELECT 1 FROM likes l WHERE l.post_id = p.id AND l.user_id = :user))
             FROM community_posts p WHERE p.author_id = :user AND p.is_visible = 1"
        }
        Metric::Comments => {
            "SELECT count(*) FROM comments WHERE author_id = :user AND is_visible = 1 AND is_post_visible = 1"
        }
        Metric::SessionsAsMentor => {
            "SELECT count(*) FROM mentor_sessions WHERE mentor_user_id = :user AND status = 'completed'"
        }
        Metric::SessionsAsMentee => {
            "SELECT count(*) FROM mentor_sessions WHERE mentee_id = :user AND status = 'completed'"
        }
    }
}

/// Where a person stands in each of these metrics, in their order; 0 for somebody who is gone.
///
/// # Errors
/// Those of the database.
pub fn values(conn: &Connection, user: Id<User>, metrics: &[Metric], now: Timestamp) -> Result<Vec<i64>> {
    if metrics.is_empty() {
        return Ok(vec![]);
    }
    let each: Vec<String> = metrics.iter().map(|it| format!("coalesce(({}), 0)", sql(*it))).collect();
    // Every metric asks for the same two values; naming them in a sub-select keeps a list that uses neither valid.
    let sql = format!("SELECT {} FROM (SELECT :user, :now)", each.join(", "));
    Ok(conn.prepare_cached(&sql)?.query_row(named_params! {":user": user, ":now": now}, |row| {
        (0..metrics.len()).map(|nth| row.get(nth)).collect()
    })?)
}
