//! What is taken of every room: one line each. Rooms that are added later add theirs here.

use std::io::Write;

use anyhow::Result;
use rusqlite::{Connection, Row, named_params, types::ValueRef};
use serde_json::Value;

use crate::{
    platform::{clock::Timestamp, files::Kind, id::Id},
    users::User,
};

/// Each file of an archive, and the rows of `:user` that stand in it. A column that ends with `_at` is a moment; how others
/// are to be written follows their name after a colon: `:time`, `:flag` or `:json`. Nothing secret is named here.
pub const ENTITIES: &[(&str, &str)] = &[
    (
        "profile",
        "SELECT id, username, email, first_name, last_name, title, bio, location, website, github_url, linkedin_url,
             twitter_url, telegram_url, profile_picture, career_goal, experience_level, learning_style,
             open_to_remote AS \"open_to_remote:flag\", points, is_mentor AS \"is_mentor:flag\",
             is_premium AS \"is_premium:flag\", is_staff AS \"is_staff:flag\", is_instructor AS \"is_instructor:flag\",
             is_recruiter AS \"is_recruiter:flag\", is_moderator AS \"is_moderator:flag\",
             email_verified AS \"email_verified:flag\", totp_enabled AS \"totp_enabled:flag\",
             last_login AS \"last_login:time\", last_active AS \"last_active:time\", created_at, updated_at
         FROM users WHERE id = :user",
    ),
    (
        "skills",
        "SELECT s.name AS skill, s.category, h.proficiency_level, h.years_of_experience, h.endorsements_count, h.source,
             h.created_at, h.updated_at
         FROM user_skills h JOIN skills s ON s.id = h.skill_id WHERE h.user_id = :user ORDER BY h.id",
    ),
    (
        "endorsements_received",
        "SELECT s.name AS skill, u.username AS by, e.created_at FROM skill_endorsements e
         JOIN user_skills h ON h.id = e.user_skill_id JOIN skills s ON s.id = h.skill_id JOIN users u ON u.id = e.endorser_id
         WHERE h.user_id = :user ORDER BY e.id",
    ),
    (
        "endorsements_given",
        "SELECT s.name AS skill, u.username AS holder, e.created_at FROM skill_endorsements e
         JOIN user_skills h ON h.id = e.user_skill_id JOIN skills s ON s.id = h.skill_id JOIN users u ON u.id = h.user_id
         WHERE e.endorser_id = :user ORDER BY e.id",
    ),
    (
        "skills_from_resumes",
        "SELECT s.name AS skill, y.resume_id, y.before_level, y.created_at FROM skill_syncs y
         JOIN user_skills h ON h.id = y.user_skill_id JOIN skills s ON s.id = h.skill_id
         WHERE h.user_id = :user ORDER BY y.id",
    ),
    (
        "skill_suggestions",
        "SELECT name, category, why, status, created_at, updated_at FROM skill_suggestions WHERE user_id = :user ORDER BY id",
    ),
    (
        "resumes",
        "SELECT r.id, r.label, r.original_filename, r.file_type, r.file_size, r.pages, r.sha256,
             r.is_primary AS \"is_primary:flag\", r.analysis_status, r.reason, r.experience_level, r.skill_score,
             r.total_score, r.model_version, r.analyzed_at, r.created_at, r.updated_at, c.text AS extracted_text,
             c.result AS \"result:json\"
         FROM resumes r LEFT JOIN resume_contents c ON c.resume_id = r.id WHERE r.user_id = :user ORDER BY r.id",
    ),
    (
        "courses_learned",
        "SELECT c.title AS course, c.id AS course_id, p.status, p.started_at, p.completed_at, p.updated_at
         FROM user_course_progress p JOIN courses c ON c.id = p.course_id WHERE p.user_id = :user ORDER BY p.id",
    ),
    (
        "modules_completed",
        "SELECT c.title AS course, m.title AS module, d.completed_at FROM module_completions d
         JOIN user_course_progress p ON p.id = d.progress_id JOIN course_modules m ON m.id = d.module_id
         JOIN courses c ON c.id = m.course_id WHERE p.user_id = :user ORDER BY d.completed_at, m.id",
    ),
    (
        "course_ratings",
        "SELECT c.title AS course, r.rating, r.review, r.created_at, r.updated_at FROM course_ratings r
         JOIN courses c ON c.id = r.course_id WHERE r.user_id = :user ORDER BY r.id",
    ),
    (
        "courses_taught",
        "SELECT id, title, description, difficulty, category, duration_hours, color_gradient, status, thumbnail, deleted_at,
             created_at, updated_at
         FROM courses WHERE instructor_id = :user ORDER BY id",
    ),
    (
        "modules_taught",
        "SELECT m.course_id, m.title, m.description, m.content_type, m.content, m.video_url, m.file_name, m.duration_minutes,
             m.position, m.created_at, m.updated_at
         FROM course_modules m JOIN courses c ON c.id = m.course_id WHERE c.instructor_id = :user
         ORDER BY m.course_id, m.position",
    ),
    (
        "project_work",
        "SELECT p.title AS project, p.id AS project_id, w.status, w.submission_url, w.submission_notes, w.rating, w.feedback,
             w.started_at, w.submitted_at, w.completed_at, w.updated_at
         FROM user_project_progress w JOIN projects p ON p.id = w.project_id WHERE w.user_id = :user ORDER BY w.id",
    ),
    (
        "project_reviews_given",
        "SELECT p.title AS project, w.rating, w.feedback, w.updated_at FROM user_project_progress w
         JOIN projects p ON p.id = w.project_id WHERE w.reviewed_by = :user ORDER BY w.id",
    ),
    (
        "projects_made",
        "SELECT id, title, description, requirements, difficulty, category, estimated_hours, icon_emoji, color_gradient,
             status, thumbnail, deleted_at, created_at, updated_at
         FROM projects WHERE created_by = :user ORDER BY id",
    ),
    (
        "jobs_posted",
        "SELECT id, title, company_name, description, location, is_remote AS \"is_remote:flag\", job_type, experience_level,
             salary_min, salary_max, salary_currency, application_url, deadline AS \"deadline:time\", status, company_logo,
             posted_at, deleted_at, updated_at
         FROM job_opportunities WHERE posted_by = :user ORDER BY id",
    ),
    (
        "job_applications",
        "SELECT id, job_title, company_name, job_id, status, cover_letter, resume_id, match_percentage, applied_at, updated_at
         FROM job_applications WHERE user_id = :user ORDER BY id",
    ),
    (
        "job_application_steps",
        "SELECT c.application_id, c.from_status, c.to_status, c.note, c.at AS \"at:time\" FROM application_changes c
         JOIN job_applications a ON a.id = c.application_id WHERE a.user_id = :user ORDER BY c.id",
    ),
    (
        "job_application_steps_taken",
        "SELECT c.application_id, c.from_status, c.to_status, c.note, c.at AS \"at:time\" FROM application_changes c
         WHERE c.by_id = :user ORDER BY c.id",
    ),
    (
        "notifications",
        "SELECT n.type, n.title, n.message, n.link, u.username AS related_user, n.is_read AS \"is_read:flag\", n.read_at,
             n.created_at
         FROM notifications n LEFT JOIN users u ON u.id = n.related_user_id WHERE n.user_id = :user ORDER BY n.id",
    ),
    ("notification_keys", "SELECT key, created_at FROM notification_keys WHERE user_id = :user ORDER BY created_at, key"),
    (
        "notification_preferences",
        "SELECT digest, weekly_report AS \"weekly_report:flag\", timezone, language FROM notification_preferences
         WHERE user_id = :user",
    ),
    (
        "notification_choices",
        "SELECT type, in_app AS \"in_app:flag\", email AS \"email:flag\" FROM notification_choices WHERE user_id = :user
         ORDER BY type",
    ),
    (
        "mails",
        "SELECT template, reference, state, sent_at, created_at FROM outgoing_mails WHERE user_id = :user ORDER BY id",
    ),
    (
        "achievements",
        "SELECT a.key, a.name, w.points, w.earned_at, w.revoked_at FROM user_achievements w
         JOIN achievements a ON a.id = w.achievement_id WHERE w.user_id = :user ORDER BY w.id",
    ),
    (
        "achievements_given",
        "SELECT a.key, w.user_id, w.earned_at, w.revoked_at FROM user_achievements w
         JOIN achievements a ON a.id = w.achievement_id WHERE w.awarded_by = :user ORDER BY w.id",
    ),
    ("point_milestones", "SELECT points, reached_at FROM point_milestones WHERE user_id = :user ORDER BY points"),
    (
        "points_entries",
        "SELECT amount, reason, note, created_at FROM points_entries WHERE user_id = :user ORDER BY id",
    ),
    (
        "recommendation_clicks",
        "SELECT kind, target_id, position, at AS \"at:time\" FROM recommendation_clicks WHERE user_id = :user ORDER BY id",
    ),
    (
        "job_matches_told",
        "SELECT j.title AS job, j.id AS job_id, t.at AS \"at:time\" FROM job_matches_told t
         JOIN job_opportunities j ON j.id = t.job_id WHERE t.user_id = :user ORDER BY t.at, j.id",
    ),
    (
        "sign_ins",
        "SELECT ip, user_agent, browser AS \"browser:flag\", created_at, last_used_at, expires_at, revoked_at FROM sign_ins
         WHERE user_id = :user ORDER BY id",
    ),
    (
        "posts",
        "SELECT id, title, content, tags AS \"tags:json\", likes_count, comments_count, views_count, hidden_at, deleted_at,
             edited_at, created_at, updated_at
         FROM community_posts WHERE author_id = :user ORDER BY id",
    ),
    (
        "comments",
        "SELECT c.id, c.post_id, p.title AS post, c.parent_id, c.content, c.likes_count, c.hidden_at, c.deleted_at,
             c.edited_at, c.created_at, c.updated_at
         FROM comments c JOIN community_posts p ON p.id = c.post_id WHERE c.author_id = :user ORDER BY c.id",
    ),
    ("likes", "SELECT post_id, comment_id, created_at FROM likes WHERE user_id = :user ORDER BY id"),
    (
        "flags",
        "SELECT c.post_id, c.comment_id, f.reason, f.note, f.status, f.created_at, f.updated_at
         FROM flags f JOIN moderation_cases c ON c.id = f.case_id WHERE f.user_id = :user ORDER BY f.id",
    ),
    (
        "mentor",
        "SELECT id, bio, hourly_rate / 100.0 AS hourly_rate, years_of_experience, availability_hours_per_week, status,
             verified AS \"verified:flag\", reviews_count, sessions, total_mentees,
             (SELECT json_group_array(s.name) FROM mentor_skills a JOIN skills s ON s.id = a.skill_id
              WHERE a.mentor_id = mentors.id) AS \"specializations:json\", created_at, updated_at
         FROM mentors WHERE user_id = :user",
    ),
    (
        "mentor_sessions",
        "SELECT s.id, m.username AS mentor, e.username AS mentee, s.title, s.description, s.duration_minutes,
             s.preferred_date AS \"preferred_date:time\", s.scheduled_date AS \"scheduled_date:time\", s.status, s.missing,
             s.rating, s.feedback, s.reason, s.requested_at, s.completed_at
         FROM mentor_sessions s JOIN users m ON m.id = s.mentor_user_id JOIN users e ON e.id = s.mentee_id
         WHERE s.mentor_user_id = :user OR s.mentee_id = :user ORDER BY s.id",
    ),
    (
        "connections",
        "SELECT r.username AS requester, a.username AS addressee, c.message, c.status, c.answered_at, c.created_at
         FROM connections c JOIN users r ON r.id = c.requester_id JOIN users a ON a.id = c.addressee_id
         WHERE c.requester_id = :user OR c.addressee_id = :user ORDER BY c.id",
    ),
    (
        "audit",
        "SELECT at AS \"at:time\", action, target_type, target_id, note FROM audit_entries WHERE actor_id = :user ORDER BY id",
    ),
    ("sign_in_places", "SELECT network, user_agent, seen_at FROM sign_in_places WHERE user_id = :user ORDER BY seen_at"),
    ("email_changes", "SELECT email, asked_at FROM email_changes WHERE user_id = :user"),
    (
        "api_tokens",
        "SELECT name, prefix, scope, expires_at, last_used_at, created_at FROM api_tokens WHERE user_id = :user ORDER BY id",
    ),
    (
        "activity",
        "SELECT at AS \"at:time\", kind, subject_type, subject_id FROM events WHERE actor_id = :user ORDER BY at, id",
    ),
];

/// The files that go along: a folder, what is stored there and what it is called.
const FILES: &[(Kind, &str)] = &[
    (Kind::Resume, "SELECT file, original_filename FROM resumes WHERE user_id = :user ORDER BY id"),
    (
        Kind::CourseFile,
        "SELECT m.file, m.file_name FROM course_modules m JOIN courses c ON c.id = m.course_id
         WHERE c.instructor_id = :user AND m.file IS NOT NULL ORDER BY m.id",
    ),
    (
        Kind::Avatar,
        "SELECT replace(profile_picture, '/media/avatars/', ''), 'picture' FROM users
         WHERE id = :user AND profile_picture IS NOT NULL",
    ),
    (
        Kind::Course,
        "SELECT replace(thumbnail, '/media/courses/', ''), title FROM courses
         WHERE instructor_id = :user AND thumbnail IS NOT NULL ORDER BY id",
    ),
    (
        Kind::Project,
        "SELECT replace(thumbnail, '/media/projects/', ''), title FROM projects
         WHERE created_by = :user AND thumbnail IS NOT NULL ORDER BY id",
    ),
    (
        Kind::CompanyLogo,
        "SELECT replace(company_logo, '/media/company_logos/', ''), company_name FROM job_opportunities
         WHERE posted_by = :user AND company_logo IS NOT NULL ORDER BY id",
    ),
];

/// A stored file that goes into an archive.
pub struct Attached {
    /// What it is kept for.
    pub kind: Kind,
    /// Its name there.
    pub stored: String,
    /// What its owner calls it.
    pub name: String,
}

/// Every file of somebody.
///
/// # Errors
/// Those of the database.
pub fn attached(conn: &Connection, user: Id<User>) -> Result<Vec<Attached>> {
    let mut attached = vec![];
    for (kind, sql) in FILES {
        let mut statement = conn.prepare(sql)?;
        let rows = statement.query_map(named_params! {":user": user}, |row| {
            Ok(Attached { kind: *kind, stored: row.get(0)?, name: row.get(1)? })
        })?;
        for row in rows {
            attached.push(row?);
        }
    }
    Ok(attached)
}

/// How a column is written.
enum Form {
    Plain,
    Time,
    Flag,
    Json,
}

/// Writes the rows of a query as a JSON array, each as an object on a line of its own; how many there were.
///
/// # Errors
/// Those of the database, and of what is written into.
pub fn write_rows(conn: &Connection, sql: &str, user: Id<User>, out: &mut impl Write) -> Result<usize> {
    let mut statement = conn.prepare(sql)?;
    let columns: Vec<(String, Form)> = statement.column_names().into_iter().map(column).collect();
    let mut rows = statement.query(named_params! {":user": user})?;
    let mut count = 0;
    out.write_all(b"[")?;
    while let Some(row) = rows.next()? {
        out.write_all(if count == 0 { b"\n" } else { b",\n" })?;
        write_row(row, &columns, out)?;
        count += 1;
    }
    out.write_all(b"\n]\n")?;
    Ok(count)
}

fn column(named: &str) -> (String, Form) {
    match named.split_once(':') {
        Some((name, "time")) => (name.to_owned(), Form::Time),
        Some((name, "flag")) => (name.to_owned(), Form::Flag),
        Some((name, "json")) => (name.to_owned(), Form::Json),
        _ if named.ends_with("_at") => (named.to_owned(), Form::Time),
        _ => (named.to_owned(), Form::Plain),
    }
}

fn write_row(row: &Row<'_>, columns: &[(String, Form)], out: &mut impl Write) -> Result<()> {
    for (nth, (name, form)) in columns.iter().enumerate() {
        out.write_all(if nth == 0 { b"{" } else { b", " })?;
        serde_json::to_writer(&mut *out, name)?;
        out.write_all(b": ")?;
        let value = match (row.get_ref(nth)?, form) {
            (ValueRef::Integer(micros), Form::Time) => serde_json::to_value(Timestamp::from_micros(micros))?,
            (ValueRef::Integer(flag), Form::Flag) => Value::from(flag != 0),
            (ValueRef::Integer(number), _) => Value::from(number),
            (ValueRef::Real(number), _) => Value::from(number),
            (ValueRef::Text(text), Form::Json) => serde_json::from_slice(text)?,
            (ValueRef::Text(text), _) => Value::from(String::from_utf8_lossy(text)),
            (ValueRef::Null | ValueRef::Blob(_), _) => Value::Null,
        };
        serde_json::to_writer(&mut *out, &value)?;
    }
    out.write_all(b"}")?;
    Ok(())
}
