//! Who gets regular mail, and what their week brought: read from the tables of the rooms above.

use rusqlite::{Connection, named_params};

use super::model::{Member, Week};
use crate::{
    platform::{clock::Timestamp, error::Result, id::Id, rows},
    users::User,
};

/// Active people seen since then, by their ids after `after`, at most `limit`, with what they want.
///
/// # Errors
/// Those of the database.
pub fn people_after(conn: &Connection, after: i64, seen_since: Timestamp, limit: usize) -> Result<Vec<Member>> {
    let sql = "SELECT u.id, coalesce(p.digest, 'daily'), coalesce(p.weekly_report, 1), coalesce(p.timezone, 'UTC')
         FROM users u LEFT JOIN notification_preferences p ON p.user_id = u.id
         WHERE u.id > ?1 AND u.is_active = 1 AND u.last_active >= ?2 ORDER BY u.id LIMIT ?3";
    rows::all(conn, sql, (after, seen_since, i64::try_from(limit).unwrap_or(i64::MAX)), |row| {
        Ok(Member {
            id: row.get(0)?,
            digest: row.get(1)?,
            weekly_report: row.get(2)?,
            // The name was checked when it was chosen.
            zone: row.get::<_, String>(3)?.parse().unwrap_or_default(),
        })
    })
}

/// The courses that somebody is learning, by name, with how far they are, nearest to the end first.
///
/// # Errors
/// Those of the database.
pub fn courses(conn: &Connection, user: Id<User>, limit: i64) -> Result<Vec<(String, i64)>> {
    let sql = "WITH mine AS (
             SELECT c.title, p.started_at,
                 (SELECT count(*) FROM course_modules m WHERE m.course_id = c.id) AS modules,
                 (SELECT count(*) FROM module_completions d WHERE d.progress_id = p.id) AS done
             FROM user_course_progress p JOIN courses c ON c.id = p.course_id
             WHERE p.user_id = ?1 AND p.status = 'in_progress' AND c.deleted_at IS NULL)
         SELECT title, iif(modules = 0, 0, 100 * done / modules) AS percent FROM mine
         ORDER BY percent DESC, started_at DESC LIMIT ?2";
    rows::all(conn, sql, (user, limit), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// What somebody did and got from one moment to another.
///
/// # Errors
/// Those of the database.
pub fn week(conn: &Connection, user: Id<User>, from: Timestamp, to: Timestamp) -> Result<Week> {
    let mut statement = conn.prepare_cached(
        "SELECT
             (SELECT coalesce(sum(amount), 0) FROM points_entries
                 WHERE user_id = :user AND created_at >= :from AND created_at < :to),
             (SELECT count(*) FROM user_course_progress p JOIN module_completions d ON d.progress_id = p.id
                 WHERE p.user_id = :user AND d.completed_at >= :from AND d.completed_at < :to),
             (SELECT count(*) FROM user_course_progress
                 WHERE user_id = :user AND completed_at >= :from AND completed_at < :to),
             (SELECT count(*) FROM user_skills WHERE user_id = :user AND created_at >= :from AND created_at < :to),
             (SELECT count(*) FROM user_skills s JOIN skill_endorsements e ON e.user_skill_id = s.id
                 WHERE s.user_id = :user AND e.created_at >= :from AND e.created_at < :to),
             (SELECT count(*) FROM job_applications
                 WHERE user_id = :user AND applied_at >= :from AND applied_at < :to AND status <> 'withdrawn'),
             (SELECT count(*) FROM job_applications a JOIN application_changes c ON c.application_id = a.id
                 WHERE a.user_id = :user AND c.by_id IS NOT :user AND c.from_status IS NOT NULL
                     AND c.at >= :from AND c.at < :to),
             (SELECT count(*) FROM community_posts
                 WHERE author_id = :user AND created_at >= :from AND created_at < :to AND is_visible = 1)
             + (SELECT count(*) FROM comments
                 WHERE author_id = :user AND created_at >= :from AND created_at < :to AND deleted_at IS NULL),
             (SELECT count(*) FROM community_posts p JOIN likes l ON l.post_id = p.id
                 WHERE p.author_id = :user AND l.user_id <> :user AND l.created_at >= :from AND l.created_at < :to)
             + (SELECT count(*) FROM comments c JOIN likes l ON l.comment_id = c.id
                 WHERE c.author_id = :user AND l.user_id <> :user AND l.created_at >= :from AND l.created_at < :to)",
    )?;
    let week = statement.query_row(named_params! { ":user": user, ":from": from, ":to": to }, |row| {
        Ok(Week {
            points: row.get(0)?,
            modules: row.get(1)?,
            courses: row.get(2)?,
            skills: row.get(3)?,
            endorsements: row.get(4)?,
            applications: row.get(5)?,
            answers: row.get(6)?,
            contributions: row.get(7)?,
            likes: row.get(8)?,
        })
    })?;
    Ok(week)
}

/// The names of the achievements that somebody earned from one moment to another and still holds.
///
/// # Errors
/// Those of the database.
pub fn achievements(conn: &Connection, user: Id<User>, from: Timestamp, to: Timestamp) -> Result<Vec<String>> {
    let sql = "SELECT a.name FROM user_achievements u JOIN achievements a ON a.id = u.achievement_id
         WHERE u.user_id = ?1 AND u.earned_at >= ?2 AND u.earned_at < ?3 AND u.revoked_at IS NULL ORDER BY u.earned_at, u.id";
    rows::all(conn, sql, (user, from, to), |row| row.get(0))
}
