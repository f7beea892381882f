//! Reads figures from the tables of the rooms above.

use chrono::Duration;
use rusqlite::Connection;

use super::model::{
    AchievementStats, CommunityStats, Doings, JobStats, LearningReport, LearningStats, MentoringStats, PersonFigures,
    PrivateStats, ProfileStats, SkillStats, UserStats,
};
use crate::{
    achievements::{
        self,
        metrics::{self, Metric},
    },
    courses::{
        Course,
        learning::{self, LearningStatus},
    },
    platform::{clock::Timestamp, db::Tx, error::Result, id::Id, kept},
    users::{User, points},
};

/// The figures of a person; what only they and admins see when `private`. A figure whose room is not built yet is 0.
///
/// # Errors
/// Those of the database.
pub fn user_stats(conn: &Connection, user: &User, private: bool, now: Timestamp) -> Result<UserStats> {
    let (points, rank) = points::rank(conn, user.id)?;
    let count = Counts::read(conn, user.id, now)?;
    let (held, _) = achievements::store::held(conn, user.id, now)?;
    let private = if private {
        let profile = profile(user, points, rank);
        let (community, doings) = (community_of(conn, user.id, &count, now)?, doings_of(conn, user, &count, now)?);
        let person = PersonFigures { profile, community, doings };
        Some(PrivateStats { job_applications: count.of(Metric::Applications), person })
    } else {
        None
    };
    Ok(UserStats {
        total_points: points,
        rank,
        total_skills: count.of(Metric::Skills),
        total_achievements: held,
        courses_completed: count.of(Metric::CoursesCompleted),
        projects_completed: count.of(Metric::ProjectsCompleted),
        community_posts: count.of(Metric::Posts),
        connections: count.of(Metric::Connections),
        streak_days: count.of(Metric::StreakDays),
        is_mentor: user.is_mentor,
        private,
    })
}

/// Who somebody is here, as it stands now.
///
/// # Errors
/// Those of the database.
pub fn profile_of(conn: &Connection, user: &User) -> Result<ProfileStats> {
    let (points, rank) = points::rank(conn, user.id)?;
    Ok(profile(user, points, rank))
}

fn profile(user: &User, points: i64, rank: i64) -> ProfileStats {
    ProfileStats {
        points,
        rank,
        is_mentor: user.is_mentor,
        is_premium: user.is_premium,
        joined_date: user.created_at,
        last_active: user.last_active,
    }
}

/// What somebody writes, as it stands now.
///
/// # Errors
/// Those of the database.
pub fn community(conn: &Connection, user: Id<User>, now: Timestamp) -> Result<CommunityStats> {
    let metrics = [Metric::Posts, Metric::LikesReceived];
    community_of(conn, user, &Counts::of_these(conn, user, &metrics, now)?, now)
}

fn community_of(conn: &Connection, user: Id<User>, count: &Counts, now: Timestamp) -> Result<CommunityStats> {
    Ok(CommunityStats {
        posts: count.of(Metric::Posts),
        likes_received: count.of(Metric::LikesReceived),
        recent_posts: recent_posts(conn, user, now.plus(-Duration::days(30)))?,
    })
}

/// What is kept ready of somebody.
///
/// # Errors
/// Those of the database.
pub fn doings(conn: &Connection, user: &User, now: Timestamp) -> Result<Doings> {
    doings_of(conn, user, &Counts::read(conn, user.id, now)?, now)
}

fn doings_of(conn: &Connection, user: &User, count: &Counts, now: Timestamp) -> Result<Doings> {
    let (held, recent) = achievements::store::held(conn, user.id, now.plus(-Duration::days(30)))?;
    Ok(Doings {
        achievements: AchievementStats { total: held, recent },
        skills: skills(conn, user.id)?,
        learning: LearningStats {
            enrolled: count.of(Metric::Enrolments),
            completed: count.of(Metric::CoursesCompleted),
            in_progress: courses_in_progress(conn, user.id)?,
        },
        jobs: JobStats { applications: count.of(Metric::Applications), pending: pending_applications(conn, user.id)? },
        mentoring: MentoringStats {
            is_mentor: user.is_mentor,
            sessions: agreed_sessions(conn, user.id)?,
            completed: count.of(Metric::SessionsAsMentor),
        },
    })
}

/// People in use, by id, behind this one.
///
/// # Errors
/// Those of the database.
pub fn people_after(conn: &Connection, after: i64, limit: usize) -> Result<Vec<Id<User>>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM users WHERE id > ?1 AND is_active = 1 ORDER BY id LIMIT ?2")?;
    let people = statement.query_map((after, i64::try_from(limit).unwrap_or(i64::MAX)), |row| row.get(0))?;
    Ok(people.collect::<rusqlite::Result<_>>()?)
}

/// How somebody's learning goes.
///
/// # Errors
/// Those of the database.
pub fn learning(conn: &Connection, user: Id<User>, now: Timestamp) -> Result<LearningReport> {
    let standings = learning::store::standings(conn, user)?;
    let courses: Vec<_> = standings.keys().copied().collect();
    let hours = course_hours(conn, &courses)?;
    let count = |of: LearningStatus| standings.values().filter(|it| it.0 == of).count() as i64;
    let learned: f64 =
        hours.iter().filter_map(|(course, hours)| Some(hours * standings.get(course)?.1 as f64 / 100.0)).sum();
    let kept: Vec<i64> = standings.values().filter(|it| it.0 != LearningStatus::Dropped).map(|it| it.1).collect();
    let figures = metrics::values(conn, user, &[Metric::ModulesCompleted, Metric::StreakDays], now)?;
    let mut figures = figures.into_iter();
    Ok(LearningReport {
        enrolled: standings.len() as i64,
        in_progress: count(LearningStatus::InProgress),
        completed: count(LearningStatus::Completed),
        dropped: count(LearningStatus::Dropped),
        modules_completed: figures.next().unwrap_or(0),
        hours_learned: (learned * 10.0).round() / 10.0,
        streak_days: figures.next().unwrap_or(0),
        path_percentage: kept.iter().sum::<i64>() / (kept.len() as i64).max(1),
    })
}

/// How long each of these courses takes.
fn course_hours(conn: &Connection, ids: &[Id<Course>]) -> Result<Vec<(Id<Course>, f64)>> {
    let mut statement =
        conn.prepare_cached("SELECT id, duration_hours FROM courses WHERE id IN (SELECT value FROM json_each(?1))")?;
    let hours = statement.query_map([serde_json::to_string(ids)?], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(hours.collect::<rusqlite::Result<_>>()?)
}

/// Rebuilds the steps of applications, where learners stop, and all that is kept for figures; how much was wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    const STEP: &str = "application_id, change_id, user_id, poster_id, status, wait, is_first";
    const SAME: &str = "s.application_id = r.application_id AND s.change_id = r.change_id
        AND (s.user_id, s.poster_id, s.status, s.wait, s.is_first) IS (r.user_id, r.poster_id, r.status, r.wait, r.is_first)";
    let steps = [
        format!("DELETE FROM job_steps AS s WHERE NOT EXISTS (SELECT 1 FROM job_step_rows r WHERE {SAME})"),
        format!(
            "INSERT INTO job_steps ({STEP}) SELECT {STEP} FROM job_step_rows r
             WHERE NOT EXISTS (SELECT 1 FROM job_steps s WHERE {SAME})"
        ),
        "DELETE FROM course_stops WHERE progress_id NOT IN (SELECT id FROM user_course_progress)".into(),
        "INSERT OR IGNORE INTO course_stops (progress_id, course_id, place)
         SELECT progress_id, course_id, place FROM course_stop_rows"
            .into(),
        "UPDATE course_stops SET place = r.place, course_id = r.course_id FROM course_stop_rows r
         WHERE r.progress_id = course_stops.progress_id
             AND (r.place, r.course_id) IS NOT (course_stops.place, course_stops.course_id)"
            .into(),
    ];
    let wrong: usize = steps.iter().map(|sql| tx.execute(sql, [])).sum::<rusqlite::Result<_>>()?;
    Ok(wrong + kept::recount(tx)?)
}

/// Looks up anew where the learners of courses stop whose modules changed in this write.
///
/// # Errors
/// Those of the database.
pub fn settle_stops(tx: &Tx<'_>) -> Result<()> {
    let mut changed = tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM course_stop_changes)")?;
    if changed.query_row([], |row| row.get(0))? {
        tx.execute(
            "UPDATE course_stops SET place = r.place FROM course_stop_rows r
             WHERE r.progress_id = course_stops.progress_id AND r.place IS NOT course_stops.place
                 AND course_stops.course_id IN (SELECT course_id FROM course_stop_changes)",
            [],
        )?;
        tx.execute("DELETE FROM course_stop_changes", [])?;
    }
    Ok(())
}

/// Metrics of one person.
struct Counts(Vec<(Metric, i64)>);

impl Counts {
    fn read(conn: &Connection, user: Id<User>, now: Timestamp) -> Result<Self> {
        Self::of_these(conn, user, Metric::ALL, now)
    }

    fn of_these(conn: &Connection, user: Id<User>, these: &[Metric], now: Timestamp) -> Result<Self> {
        let values = metrics::values(conn, user, these, now)?;
        Ok(Self(these.iter().copied().zip(values).collect()))
    }

    fn of(&self, metric: Metric) -> i64 {
        self.0.iter().find(|it| it.0 == metric).map_or(0, |it| it.1)
    }
}

fn skills(conn: &Connection, user: Id<User>) -> Result<SkillStats> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE proficiency_level = 'expert'),
                 count(*) FILTER (WHERE endorsements_count > 0)
             FROM user_skills WHERE user_id = ?1",
        )?
        .query_row([user], |row| Ok(SkillStats { total: row.get(0)?, expert: row.get(1)?, endorsed: row.get(2)? }))?)
}

/// Posts of a person that are no older than `since`.
fn recent_posts(conn: &Connection, user: Id<User>, since: Timestamp) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM community_posts WHERE author_id = ?1 AND created_at >= ?2 AND is_visible = 1",
        )?
        .query_row((user, since), |row| row.get(0))?)
}

/// Courses that a person is learning.
fn courses_in_progress(conn: &Connection, user: Id<User>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM user_course_progress WHERE user_id = ?1 AND status = 'in_progress'")?
        .query_row([user], |row| row.get(0))?)
}

/// Applications that their posters have not moved yet.
fn pending_applications(conn: &Connection, user: Id<User>) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM job_applications WHERE user_id = ?1 AND status = 'applied'")?
        .query_row([user], |row| row.get(0))?)
}

/// Sessions that were agreed upon with a person as their mentor: to come, held or missed.
fn agreed_sessions(conn: &Connection, user: Id<User>) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM mentor_sessions
             WHERE mentor_user_id = ?1 AND status IN ('scheduled', 'completed', 'no_show')",
        )?
        .query_row([user], |row| row.get(0))?)
}
