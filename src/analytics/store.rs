//! Reads figures from the tables of the rooms above.

use chrono::Duration;
use rusqlite::Connection;

use super::model::{
    AchievementStats, CommunityStats, Doings, JobStats, LearningStats, MentoringStats, PersonFigures, PrivateStats,
    ProfileStats, SkillStats, UserStats,
};
use crate::{
    achievements::{
        self,
        metrics::{self, Metric},
    },
    platform::{clock::Timestamp, error::Result, id::Id},
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
        let (community, doings) = (community_of(&count), doings_of(conn, user, &count, now)?);
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
    Ok(community_of(&Counts::of_these(conn, user, &metrics, now)?))
}

fn community_of(count: &Counts) -> CommunityStats {
    CommunityStats { posts: count.of(Metric::Posts), likes_received: count.of(Metric::LikesReceived), recent_posts: 0 }
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
