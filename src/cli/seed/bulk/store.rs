//! The rows of a large invented instance, written straight to their tables. What triggers do not keep is counted at the end.

use rusqlite::{Connection, OptionalExtension as _};

use crate::{
    cli::seed::people::Person,
    platform::{clock::Timestamp, db::Tx, error::Result},
    skills::{ProficiencyLevel, SkillRef},
};

/// What is asked of a course.
pub(super) struct CourseRow {
    pub id: i64,
    pub title: String,
    pub made: Timestamp,
    pub modules: Vec<i64>,
}

/// Every course with its modules.
pub(super) fn courses(conn: &Connection) -> Result<Vec<CourseRow>> {
    let mut statement = conn.prepare(
        "SELECT c.id, c.title, c.created_at,
             (SELECT json_group_array(m.id) FROM (SELECT id FROM course_modules WHERE course_id = c.id ORDER BY position) m)
         FROM courses c ORDER BY c.id",
    )?;
    let mut rows = statement.query([])?;
    let mut found = vec![];
    while let Some(row) = rows.next()? {
        let modules = serde_json::from_str(&row.get::<_, String>(3)?)?;
        found.push(CourseRow { id: row.get(0)?, title: row.get(1)?, made: row.get(2)?, modules });
    }
    Ok(found)
}

/// How many people there are, the highest number among them, and how many events.
pub(super) fn before(conn: &Connection) -> Result<(i64, i64, i64)> {
    Ok(conn.query_row(
        "SELECT (SELECT count(*) FROM users), (SELECT coalesce(max(id), 0) FROM users), (SELECT count(*) FROM events)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?)
}

/// Every skill.
pub(super) fn skills(conn: &Connection) -> Result<Vec<SkillRef>> {
    let mut statement = conn.prepare(&format!("SELECT {} FROM skills s ORDER BY s.id", SkillRef::COLUMNS))?;
    Ok(statement.query_map([], SkillRef::read)?.collect::<rusqlite::Result<_>>()?)
}

/// Every achievement: id, key, name and points.
pub(super) fn achievements(conn: &Connection) -> Result<Vec<(i64, String, String, i64)>> {
    let mut statement = conn.prepare("SELECT id, key, name, points_awarded FROM achievements ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Prepares the connection that writes for large commits, or for ordinary ones again. Pages go from the log to the file less
/// often.
pub(super) fn set_large(tx: &Tx<'_>, is_large: bool) -> Result<()> {
    let (kibibytes, log) = if is_large { (192 * 1024, 65_536) } else { (16_000, 1_000) };
    tx.execute_batch(&format!("PRAGMA cache_size=-{kibibytes}; PRAGMA wal_autocheckpoint={log}"))?;
    Ok(())
}

/// The number of the last row that was added.
fn last(tx: &Tx<'_>) -> i64 {
    tx.last_insert_rowid()
}

/// What a member is besides who they are.
pub(super) struct Marks {
    pub is_mentor: bool,
    pub is_premium: bool,
    pub is_recruiter: bool,
    pub is_active: bool,
    pub last_active: Timestamp,
}

/// Adds a member; their number.
pub(super) fn insert_user(tx: &Tx<'_>, person: &Person, password: &str, marks: &Marks) -> Result<i64> {
    let it = &person.profile;
    tx.prepare_cached(
        "INSERT INTO users (username, email, password, first_name, last_name, title, bio, location, career_goal,
             experience_level, open_to_remote, is_mentor, is_premium, is_recruiter, is_active, email_verified, last_login,
             last_active, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 1, ?16, ?16, ?17, ?17)",
    )?
    .execute(rusqlite::params![
        it.username,
        person.email,
        password,
        it.first_name,
        it.last_name,
        it.title,
        it.bio,
        it.location,
        it.career_goal,
        it.experience_level,
        it.open_to_remote,
        marks.is_mentor,
        marks.is_premium,
        marks.is_recruiter,
        marks.is_active,
        marks.last_active,
        tx.now()
    ])?;
    Ok(last(tx))
}

/// Adds a held skill; its number, none when they hold it already.
pub(super) fn insert_held(
    tx: &Tx<'_>,
    user: i64,
    skill: i64,
    level: ProficiencyLevel,
    years: f64,
) -> Result<Option<i64>> {
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO user_skills
                 (user_id, skill_id, proficiency_level, years_of_experience, source, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, 'manual', ?5, ?5)",
        )?
        .execute((user, skill, level, years, tx.now()))?;
    Ok((added > 0).then(|| last(tx)))
}

/// The skill of a held skill.
pub(super) fn skill_of(tx: &Tx<'_>, held: i64) -> Result<Option<i64>> {
    let mut statement = tx.prepare_cached("SELECT skill_id FROM user_skills WHERE id = ?1")?;
    Ok(statement.query_row([held], |row| row.get(0)).optional()?)
}

/// Notes that somebody vouches for a held skill, with the points that it brings; its number, none when they do already.
pub(super) fn insert_endorsement(tx: &Tx<'_>, held: i64, holder: i64, by: i64) -> Result<Option<i64>> {
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO skill_endorsements (user_skill_id, endorser_id, created_at) VALUES (?1, ?2, ?3)",
        )?
        .execute((held, by, tx.now()))?;
    if added == 0 {
        return Ok(None);
    }
    let endorsement = last(tx);
    insert_points(tx, holder, 5, "endorsement", endorsement)?;
    Ok(Some(endorsement))
}

fn insert_points(tx: &Tx<'_>, user: i64, amount: i64, reason: &str, reference: i64) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO points_entries (user_id, amount, reason, reference, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((user, amount, reason, reference.to_string(), tx.now()))?;
    Ok(())
}

/// Notes that somebody earned an achievement, with its points; the award's number, none when they hold it already.
pub(super) fn insert_award(tx: &Tx<'_>, user: i64, achievement: i64, points: i64) -> Result<Option<i64>> {
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO user_achievements (user_id, achievement_id, points, earned_at, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?4, ?4)",
        )?
        .execute((user, achievement, points, tx.now()))?;
    if added == 0 {
        return Ok(None);
    }
    let award = last(tx);
    insert_points(tx, user, points, "achievement", award)?;
    Ok(Some(award))
}

/// Makes somebody a mentor for these skills; the profile's number.
pub(super) fn insert_mentor(tx: &Tx<'_>, user: i64, bio: &str, years: i64, skills: &[i64]) -> Result<i64> {
    tx.prepare_cached(
        "INSERT INTO mentors (user_id, bio, hourly_rate, years_of_experience, availability_hours_per_week, status, created_at,
             updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 'approved', ?6, ?6)",
    )?
    .execute((user, bio, (2 + user % 11) * 1000, years, 2 + user % 7, tx.now()))?;
    let mentor = last(tx);
    let mut skill =
        tx.prepare_cached("INSERT INTO mentor_skills (mentor_id, skill_id, position) VALUES (?1, ?2, ?3)")?;
    for (position, id) in (0_i64..).zip(skills) {
        skill.execute((mentor, id, position))?;
    }
    Ok(mentor)
}

/// Adds a session that was asked for now and held then, with what its mentee thought of it.
pub(super) fn insert_session(
    tx: &Tx<'_>,
    (mentor, mentee): (i64, i64),
    title: &str,
    held: Timestamp,
    rating: Option<i64>,
) -> Result<i64> {
    tx.prepare_cached(
        "INSERT INTO mentor_sessions (mentor_user_id, mentee_id, title, description, duration_minutes, scheduled_date, status,
             rating, reviewed_at, requested_at, completed_at, created_at, updated_at)
         VALUES (?1, ?2, ?3, '', 60, ?4, 'completed', ?5, iif(?5 IS NULL, NULL, ?4), ?6, ?4, ?6, ?4)",
    )?
    .execute((mentor, mentee, title, held, rating, tx.now()))?;
    Ok(last(tx))
}

/// Adds a post; its number.
pub(super) fn insert_post(
    tx: &Tx<'_>,
    author: i64,
    title: &str,
    content: &str,
    tags: &[i64],
    names: &str,
) -> Result<i64> {
    tx.prepare_cached(
        "INSERT INTO community_posts (author_id, title, content, tags, hot, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, 0.0, ?5, ?5)",
    )?
    .execute((author, title, content, names, tx.now()))?;
    let post = last(tx);
    let mut tag = tx.prepare_cached("INSERT OR IGNORE INTO post_tags (post_id, tag_id) VALUES (?1, ?2)")?;
    for id in tags {
        tag.execute((post, id))?;
    }
    Ok(post)
}

/// The number of a tag, which is made when there is none.
pub(super) fn tag(tx: &Tx<'_>, name: &str) -> Result<i64> {
    tx.prepare_cached("INSERT OR IGNORE INTO tags (name, created_at, updated_at) VALUES (?1, ?2, ?2)")?
        .execute((name, tx.now()))?;
    Ok(tx.prepare_cached("SELECT id FROM tags WHERE name = ?1")?.query_row([name], |row| row.get(0))?)
}

/// Adds a comment; its number.
pub(super) fn insert_comment(tx: &Tx<'_>, post: i64, author: i64, content: &str) -> Result<i64> {
    tx.prepare_cached(
        "INSERT INTO comments (post_id, author_id, content, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)",
    )?
    .execute((post, author, content, tx.now()))?;
    Ok(last(tx))
}

/// Notes that somebody likes a post; false when they do already.
pub(super) fn insert_like(tx: &Tx<'_>, user: i64, post: i64) -> Result<bool> {
    let added = tx
        .prepare_cached("INSERT OR IGNORE INTO likes (user_id, post_id, created_at) VALUES (?1, ?2, ?3)")?
        .execute((user, post, tx.now()))?;
    Ok(added > 0)
}

/// Adds an application with its first step; its number, none when they applied already.
pub(super) fn insert_application(
    tx: &Tx<'_>,
    (user, job): (i64, i64),
    (title, company): (&str, &str),
    fit: i64,
) -> Result<Option<i64>> {
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO job_applications (user_id, job_id, job_title, company_name, status, cover_letter,
                 match_percentage, applied_at, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, 'applied', '', ?5, ?6, ?6, ?6)",
        )?
        .execute((user, job, title, company, fit, tx.now()))?;
    if added == 0 {
        return Ok(None);
    }
    let application = last(tx);
    insert_step(tx, application, None, "applied", user)?;
    Ok(Some(application))
}

fn insert_step(tx: &Tx<'_>, application: i64, from: Option<&str>, to: &str, by: i64) -> Result<i64> {
    tx.prepare_cached(
        "INSERT INTO application_changes (application_id, from_status, to_status, by_id, note, at)
         VALUES (?1, ?2, ?3, ?4, '', ?5)",
    )?
    .execute((application, from, to, by, tx.now()))?;
    Ok(last(tx))
}

/// Moves an application a step on; the step's number.
pub(super) fn update_application(tx: &Tx<'_>, application: i64, from: &str, to: &str, by: i64) -> Result<i64> {
    tx.prepare_cached("UPDATE job_applications SET status = ?2, updated_at = ?3 WHERE id = ?1")?.execute((
        application,
        to,
        tx.now(),
    ))?;
    insert_step(tx, application, Some(from), to, by)
}

/// Enrols somebody in a course; the number of their progress, none when they are enrolled already.
pub(super) fn insert_progress(tx: &Tx<'_>, user: i64, course: i64) -> Result<Option<i64>> {
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO user_course_progress (user_id, course_id, status, started_at, created_at, updated_at)
             VALUES (?1, ?2, 'in_progress', ?3, ?3, ?3)",
        )?
        .execute((user, course, tx.now()))?;
    Ok((added > 0).then(|| last(tx)))
}

/// Notes that a module was completed; with the last one, the course.
pub(super) fn insert_lesson(tx: &Tx<'_>, progress: i64, module: i64, is_last: bool) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO module_completions (progress_id, module_id, completed_at) VALUES (?1, ?2, ?3)",
    )?
    .execute((progress, module, tx.now()))?;
    if is_last {
        tx.prepare_cached(
            "UPDATE user_course_progress SET status = 'completed', completed_at = ?2, updated_at = ?2 WHERE id = ?1",
        )?
        .execute((progress, tx.now()))?;
    }
    Ok(())
}

/// Notes what somebody thinks of a course.
pub(super) fn insert_rating(tx: &Tx<'_>, user: i64, course: i64, rating: i64) -> Result<bool> {
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO course_ratings (course_id, user_id, rating, review, created_at, updated_at)
             VALUES (?1, ?2, ?3, '', ?4, ?4)",
        )?
        .execute((course, user, rating, tx.now()))?;
    Ok(added > 0)
}

/// Asks for a connection; its number, none when there is one between the two.
pub(super) fn insert_connection(tx: &Tx<'_>, by: i64, other: i64) -> Result<Option<i64>> {
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO connections (requester_id, addressee_id, message, status, created_at, updated_at)
             VALUES (?1, ?2, '', 'pending', ?3, ?3)",
        )?
        .execute((by, other, tx.now()))?;
    Ok((added > 0).then(|| last(tx)))
}

/// Accepts a connection.
pub(super) fn update_connection(tx: &Tx<'_>, connection: i64) -> Result<()> {
    tx.prepare_cached("UPDATE connections SET status = 'accepted', answered_at = ?2, updated_at = ?2 WHERE id = ?1")?
        .execute((connection, tx.now()))?;
    Ok(())
}
