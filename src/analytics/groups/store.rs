//! Counts over the tables of the rooms above.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike as _, Duration, NaiveTime};
use rusqlite::{Connection, Row};

use super::{
    ContentFigures, CourseCount, CourseFigures, DropOff, EngagementFigures, Funnel, JobFigures, JobKinds, JobStates,
    JobSteps, LocationCount, MentoringFigures, OfferFigures, PlatformFigures, SkillCount, SkillFigures, TopMentor,
    UserFigures,
};
use crate::{
    analytics::withheld::{median, of_enough, rounded},
    courses::CourseRef,
    jobs::{JobStatus, JobType, applications::ApplicationStatus},
    platform::{clock::Timestamp, error::Result, id::Id},
    skills::SkillRef,
    users::{User, UserRef},
};

/// The house as a whole.
///
/// # Errors
/// Those of the database.
pub fn platform(conn: &Connection, now: Timestamp) -> Result<PlatformFigures> {
    let today = now.date();
    let month = Timestamp::from(today.with_day(1).unwrap_or(today).and_time(NaiveTime::MIN).and_utc());
    let (users, mean_points) = conn.query_row(
        "SELECT count(*), count(*) FILTER (WHERE last_active >= ?1), count(*) FILTER (WHERE is_mentor = 1),
             count(*) FILTER (WHERE is_premium = 1), coalesce(avg(points), 0.0)
         FROM users WHERE is_active = 1",
        [now.plus(-Duration::days(30))],
        |row| {
            let users =
                UserFigures { total: row.get(0)?, active: row.get(1)?, mentors: row.get(2)?, premium: row.get(3)? };
            Ok((users, row.get::<_, f64>(4)?))
        },
    )?;
    let content = conn.query_row(
        "SELECT (SELECT count(*) FROM resumes), (SELECT count(*) FROM courses WHERE deleted_at IS NULL),
             (SELECT count(*) FROM user_course_progress),
             count(*), count(*) FILTER (WHERE created_at >= ?1)
         FROM community_posts WHERE deleted_at IS NULL AND hidden_at IS NULL AND is_away = 0",
        [month],
        |row| {
            Ok(ContentFigures {
                posts: row.get(3)?,
                posts_this_month: row.get(4)?,
                resumes: row.get(0)?,
                courses: row.get(1)?,
                enrolments: row.get(2)?,
            })
        },
    )?;
    let mean_points = of_enough(users.total, rounded(mean_points, 2));
    let engagement = conn.query_row(
        "SELECT (SELECT count(*) FROM user_achievements WHERE revoked_at IS NULL),
             (SELECT count(*) FROM user_skills WHERE endorsements_count > 0)",
        [],
        |row| {
            Ok(EngagementFigures {
                mean_points,
                achievements_earned: row.get(0)?,
                endorsed_skills: row.get(1)?,
                withheld: mean_points.is_none(),
            })
        },
    )?;
    let jobs = conn.query_row(
        "SELECT count(*), count(*) FILTER (WHERE status = 'active' AND (deadline IS NULL OR deadline > ?1)),
             (SELECT count(*) FROM job_applications WHERE status <> 'withdrawn'), count(*) FILTER (WHERE posted_at >= ?2)
         FROM job_opportunities WHERE deleted_at IS NULL",
        (now, month),
        |row| {
            Ok(OfferFigures {
                total: row.get(0)?,
                open: row.get(1)?,
                applications: row.get(2)?,
                this_month: row.get(3)?,
            })
        },
    )?;
    Ok(PlatformFigures { users, content, engagement, jobs, generated_at: now })
}

/// Skills by what is counted of each.
///
/// # Errors
/// Those of the database.
pub fn skills(conn: &Connection, now: Timestamp) -> Result<SkillFigures> {
    let top = |sql: String| -> Result<Vec<SkillCount>> {
        let mut statement = conn.prepare_cached(&sql)?;
        let rows =
            statement.query_map([], |row| Ok(SkillCount { skill: SkillRef::read(row)?, count: row.get("n")? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    let columns = SkillRef::COLUMNS;
    // Names order what is counted alike, so that the same world gives the same lists.
    let held = |count: &str, of: &str| {
        format!(
            "SELECT {columns}, h.n FROM (SELECT skill_id, {count} AS n FROM user_skills {of} GROUP BY skill_id) h
             JOIN skills s ON s.id = h.skill_id ORDER BY h.n DESC, s.name, s.id LIMIT 20"
        )
    };
    Ok(SkillFigures {
        most_endorsed: top(held("sum(endorsements_count)", "WHERE endorsements_count > 0"))?,
        most_common: top(format!(
            "SELECT {columns}, s.users AS n FROM skills s WHERE s.users > 0 ORDER BY s.users DESC, s.name, s.id LIMIT 20"
        ))?,
        expert_count: top(held("count(*)", "WHERE proficiency_level = 'expert'"))?,
        generated_at: now,
    })
}

/// Counts and shares of learners and raters.
struct Learners {
    enrolments: i64,
    completions: i64,
    learners: i64,
    ratings: f64,
    raters: i64,
}

impl Learners {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            enrolments: row.get("enrolments")?,
            completions: row.get("completions")?,
            learners: row.get("learners")?,
            ratings: row.get("ratings")?,
            raters: row.get("raters")?,
        })
    }

    fn completion_rate(&self) -> Option<f64> {
        of_enough(self.learners, rounded(100.0 * self.completions as f64 / self.enrolments.max(1) as f64, 1))
    }

    fn mean_rating(&self) -> Option<f64> {
        of_enough(self.raters, rounded(self.ratings, 2))
    }
}

/// Courses of an instructor, or all.
///
/// # Errors
/// Those of the database.
pub fn courses(conn: &Connection, of: Option<Id<User>>, now: Timestamp) -> Result<CourseFigures> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {}, c.total_students AS enrolments, c.total_students AS learners, c.total_ratings AS raters,
             coalesce(c.rating_sum * 1.0 / nullif(c.total_ratings, 0), 0.0) AS ratings,
             (SELECT count(*) FROM user_course_progress p WHERE p.course_id = c.id AND p.status = 'completed') AS completions
         FROM courses c WHERE c.deleted_at IS NULL AND (?1 IS NULL OR c.instructor_id = ?1)
         ORDER BY c.total_students DESC, c.id DESC LIMIT 10",
        CourseRef::COLUMNS
    ))?;
    let most_enrolled = statement.query_map([of], |row| {
        let it = Learners::read(row)?;
        let (completion_rate, mean_rating) = (it.completion_rate(), it.mean_rating());
        Ok(CourseCount {
            course: CourseRef::read(row)?,
            enrolments: it.enrolments,
            completions: it.completions,
            completion_rate,
            mean_rating,
            withheld: completion_rate.is_none() || mean_rating.is_none(),
        })
    })?;
    let most_enrolled = most_enrolled.collect::<rusqlite::Result<Vec<_>>>()?;
    let all = conn
        .prepare_cached(
            "WITH c AS (SELECT id FROM courses WHERE deleted_at IS NULL AND (?1 IS NULL OR instructor_id = ?1))
             SELECT p.*, r.* FROM (
                 SELECT count(*) AS enrolments, count(*) FILTER (WHERE status = 'completed') AS completions,
                     count(DISTINCT user_id) AS learners
                 FROM user_course_progress WHERE course_id IN c) p,
                 (SELECT coalesce(avg(rating), 0.0) AS ratings, count(DISTINCT user_id) AS raters
                 FROM course_ratings WHERE course_id IN c) r",
        )?
        .query_row([of], Learners::read)?;
    let (completion_rate, mean_rating) = (all.completion_rate(), all.mean_rating());
    Ok(CourseFigures {
        drop_off: drop_off(conn, &most_enrolled)?,
        most_enrolled,
        enrolments: all.enrolments,
        completions: all.completions,
        completion_rate,
        mean_rating,
        withheld: completion_rate.is_none() || mean_rating.is_none(),
        generated_at: now,
    })
}

/// The modules of these courses, with how many learners got to each and no further. A learner stops at the first module that
/// they have not completed; who completed the course is past all of them, also those that were added since.
fn drop_off(conn: &Connection, courses: &[CourseCount]) -> Result<Vec<DropOff>> {
    let ids: Vec<_> = courses.iter().map(|it| it.course.id).collect();
    let mut statement = conn.prepare_cached(&format!(
        "WITH stops AS MATERIALIZED (
             SELECT p.course_id, (
                 SELECT min(m.position) FROM course_modules m WHERE m.course_id = p.course_id AND p.status <> 'completed'
                     AND NOT EXISTS (SELECT 1 FROM module_completions d WHERE d.progress_id = p.id AND d.module_id = m.id)
             ) AS position
             FROM json_each(?1) l JOIN user_course_progress p ON p.course_id = l.value)
         SELECT {}, m.id, m.title, m.position,
             (SELECT count(*) FROM stops s WHERE s.course_id = c.id AND (s.position IS NULL OR s.position >= m.position)) AS reached,
             (SELECT count(*) FROM stops s WHERE s.course_id = c.id AND s.position = m.position) AS stopped
         FROM json_each(?1) l JOIN courses c ON c.id = l.value JOIN course_modules m ON m.course_id = c.id
         ORDER BY l.key, m.position",
        CourseRef::COLUMNS
    ))?;
    let modules = statement.query_map([serde_json::to_string(&ids)?], |row| {
        let course = CourseRef::read(row)?;
        let learners = courses.iter().find(|it| it.course.id == course.id).map_or(0, |it| it.enrolments);
        let (reached, stopped): (i64, i64) = (row.get("reached")?, row.get("stopped")?);
        let share = (reached > 0).then(|| rounded(100.0 * stopped as f64 / reached as f64, 1));
        Ok(DropOff {
            course,
            module_id: row.get("id")?,
            title: row.get("title")?,
            order: row.get("position")?,
            reached: of_enough(learners, reached),
            stopped: of_enough(learners, stopped),
            drop_off: of_enough(learners, share).flatten(),
            withheld: of_enough(learners, ()).is_none(),
        })
    })?;
    Ok(modules.collect::<rusqlite::Result<_>>()?)
}

/// Postings of a recruiter, or all.
///
/// # Errors
/// Those of the database.
pub fn jobs(conn: &Connection, of: Option<Id<User>>, now: Timestamp) -> Result<JobFigures> {
    let (mut by_status, mut by_job_type, mut total) = (JobStates::default(), JobKinds::default(), 0);
    let mut statement = conn.prepare_cached(
        "SELECT status, job_type, count(*) FROM job_opportunities
         WHERE deleted_at IS NULL AND (?1 IS NULL OR posted_by = ?1) GROUP BY status, job_type",
    )?;
    let mut rows = statement.query([of])?;
    while let Some(row) = rows.next()? {
        let count: i64 = row.get(2)?;
        total += count;
        *match row.get(0)? {
            JobStatus::Active => &mut by_status.active,
            JobStatus::Closed => &mut by_status.closed,
        } += count;
        *match row.get(1)? {
            JobType::FullTime => &mut by_job_type.full_time,
            JobType::PartTime => &mut by_job_type.part_time,
            JobType::Contract => &mut by_job_type.contract,
            JobType::Internship => &mut by_job_type.internship,
            JobType::Freelance => &mut by_job_type.freelance,
        } += count;
    }
    let mut statement = conn.prepare_cached(
        "SELECT location, count(*) AS n FROM job_opportunities
         WHERE deleted_at IS NULL AND (?1 IS NULL OR posted_by = ?1) GROUP BY location ORDER BY n DESC, location LIMIT 10",
    )?;
    let top_locations = statement
        .query_map([of], |row| Ok(LocationCount { location: row.get(0)?, jobs: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    let (funnel, median_days_per_step) = steps(conn, of)?;
    Ok(JobFigures { total, by_status, by_job_type, top_locations, funnel, median_days_per_step, generated_at: now })
}

/// The applications that took a step.
#[derive(Default)]
struct Step {
    applications: HashSet<i64>,
    applicants: HashSet<i64>,
    /// Microseconds since the step before.
    waited: Vec<i64>,
}

/// How far applications came, and how long each step took.
fn steps(conn: &Connection, of: Option<Id<User>>) -> Result<(Funnel, JobSteps)> {
    let mut statement = conn.prepare_cached(
        "SELECT c.to_status, c.application_id, a.user_id,
             c.at - lag(c.at) OVER (PARTITION BY c.application_id ORDER BY c.id) AS waited
         FROM job_opportunities j JOIN job_applications a ON a.job_id = j.id
             JOIN application_changes c ON c.application_id = a.id
         WHERE j.deleted_at IS NULL AND (?1 IS NULL OR j.posted_by = ?1)",
    )?;
    let mut taken: HashMap<ApplicationStatus, Step> = HashMap::new();
    let mut applicants = HashSet::new();
    let mut rows = statement.query([of])?;
    while let Some(row) = rows.next()? {
        let (application, applicant, waited): (i64, i64, Option<i64>) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let step = taken.entry(row.get(0)?).or_default();
        step.applications.insert(application);
        step.applicants.insert(applicant);
        step.waited.extend(waited);
        applicants.insert(applicant);
    }
    let people = count(applicants.len());
    let reached = |status| of_enough(people, taken.get(&status).map_or(0, |it| count(it.applications.len())));
    let funnel = Funnel {
        applied: reached(ApplicationStatus::Applied),
        interview: reached(ApplicationStatus::Interview),
        offered: reached(ApplicationStatus::Offered),
        accepted: reached(ApplicationStatus::Accepted),
        rejected: reached(ApplicationStatus::Rejected),
        withdrawn: reached(ApplicationStatus::Withdrawn),
        withheld: of_enough(people, ()).is_none(),
    };
    let mut days = |status| {
        let step = taken.get_mut(&status)?;
        let middle = median(&mut step.waited)?;
        of_enough(count(step.applicants.len()), rounded(middle / 86_400_000_000.0, 2))
    };
    let mut steps = JobSteps {
        interview: days(ApplicationStatus::Interview),
        offered: days(ApplicationStatus::Offered),
        accepted: days(ApplicationStatus::Accepted),
        rejected: days(ApplicationStatus::Rejected),
        withheld: false,
    };
    steps.withheld = [steps.interview, steps.offered, steps.accepted, steps.rejected].contains(&None);
    Ok((funnel, steps))
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Sessions of mentors and mentees.
///
/// # Errors
/// Those of the database.
pub fn mentoring(conn: &Connection, now: Timestamp) -> Result<MentoringFigures> {
    let mut it = conn.query_row(
        "SELECT count(*) AS total, count(*) FILTER (WHERE status = 'completed') AS completed,
             count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'scheduled') AS scheduled,
             count(*) FILTER (WHERE status = 'declined') AS declined,
             count(*) FILTER (WHERE status = 'cancelled') AS cancelled, count(*) FILTER (WHERE status = 'no_show') AS no_show,
             coalesce(avg(rating), 0.0) AS ratings, count(DISTINCT iif(rating IS NULL, NULL, mentee_id)) AS raters
         FROM mentor_sessions",
        [],
        |row| {
            let mean_rating = of_enough(row.get("raters")?, rounded(row.get("ratings")?, 2));
            Ok(MentoringFigures {
                total: row.get("total")?,
                completed: row.get("completed")?,
                pending: row.get("pending")?,
                scheduled: row.get("scheduled")?,
                declined: row.get("declined")?,
                cancelled: row.get("cancelled")?,
                no_show: row.get("no_show")?,
                mean_rating,
                top_mentors: vec![],
                withheld: mean_rating.is_none(),
                generated_at: now,
            })
        },
    )?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {}, s.sessions, s.ratings, s.raters FROM (
             SELECT mentor_user_id, count(*) AS sessions, coalesce(avg(rating), 0.0) AS ratings,
                 count(DISTINCT iif(rating IS NULL, NULL, mentee_id)) AS raters
             FROM mentor_sessions WHERE status = 'completed' GROUP BY mentor_user_id) s
         JOIN users u ON u.id = s.mentor_user_id AND u.is_active = 1
         ORDER BY s.sessions DESC, u.id DESC LIMIT 10",
        UserRef::COLUMNS
    ))?;
    let top_mentors = statement.query_map([], |row| {
        let mean_rating = of_enough(row.get("raters")?, rounded(row.get("ratings")?, 2));
        Ok(TopMentor {
            user: UserRef::read(row)?,
            sessions: row.get("sessions")?,
            mean_rating,
            withheld: mean_rating.is_none(),
        })
    })?;
    it.top_mentors = top_mentors.collect::<rusqlite::Result<_>>()?;
    Ok(it)
}
