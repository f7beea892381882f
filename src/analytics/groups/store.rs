//! Counts over the tables of the rooms above.

use std::collections::HashMap;

use chrono::{Datelike as _, Duration, NaiveTime};
use rusqlite::{Connection, Row};

use super::{
    ContentFigures, CourseCount, CourseFigures, DropOff, EngagementFigures, JobFigures, JobKinds, JobStates,
    LocationCount, MentoringFigures, OfferFigures, PlatformFigures, SkillCount, SkillFigures, TopMentor, UserFigures,
    steps::{Step, steps},
};
use crate::{
    analytics::withheld::{LEAST, of_enough, rounded},
    courses::CourseRef,
    jobs::{self, JobStatus, JobType, applications::ApplicationStatus},
    mentors::sessions::SessionStatus,
    platform::{clock::Timestamp, error::Result, id::Id, kept},
    skills::SkillRef,
    users::{User, UserRef},
};

/// Numbers that a course has for where its learners stop.
const PLACES: i64 = 100_000;

/// The house as a whole. Who was seen in the last 30 days is told to the hour.
///
/// # Errors
/// Those of the database.
pub fn platform(conn: &Connection, now: Timestamp) -> Result<PlatformFigures> {
    let today = now.date();
    let month = Timestamp::from(today.with_day(1).unwrap_or(today).and_time(NaiveTime::MIN).and_utc());
    let since = |what| kept::between(conn, what, month.seconds() / 86_400, i64::MAX);
    let total = kept::count(conn, "users", "active")?;
    let users = UserFigures {
        total,
        active: kept::between(conn, "users.seen", now.plus(-Duration::days(30)).seconds() / 3600, i64::MAX)?,
        mentors: kept::count(conn, "users", "mentors")?,
        premium: kept::count(conn, "users", "premium")?,
    };
    let content = ContentFigures {
        posts: kept::count(conn, "posts", "visible")?,
        posts_this_month: since("posts.day")?,
        resumes: kept::count(conn, "resumes", "all")?,
        courses: kept::count(conn, "courses", "all")?,
        enrolments: kept::classes(conn, "enrolments")?.values().sum(),
    };
    let points = kept::count(conn, "users", "points")?;
    let mean_points = of_enough(total, rounded(points as f64 / total.max(1) as f64, 2));
    let engagement = EngagementFigures {
        mean_points,
        achievements_earned: kept::count(conn, "awards", "held")?,
        endorsed_skills: kept::count(conn, "skills", "endorsed")?,
        withheld: mean_points.is_none(),
    };
    let applications = kept::classes(conn, "applications")?;
    let withdrawn = applications.get(ApplicationStatus::Withdrawn.as_str()).unwrap_or(&0);
    let jobs = OfferFigures {
        total: kept::classes(conn, "jobs.status")?.values().sum(),
        open: jobs::market::store::count_open(conn, now)?,
        applications: applications.values().sum::<i64>() - withdrawn,
        this_month: since("jobs.day")?,
    };
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
    let held = |what: &str| {
        format!(
            "SELECT {columns}, k.count AS n FROM kept_counts k JOIN skills s ON s.id = k.key
             WHERE k.what = '{what}' AND k.count > 0 ORDER BY n DESC, s.name, s.id LIMIT 20"
        )
    };
    Ok(SkillFigures {
        most_endorsed: top(held("skills.endorsements"))?,
        most_common: top(format!(
            "SELECT {columns}, s.users AS n FROM skills s WHERE s.users > 0 ORDER BY s.users DESC, s.name, s.id LIMIT 20"
        ))?,
        expert_count: top(held("skills.experts"))?,
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
             coalesce((SELECT k.count FROM kept_counts k WHERE k.what = 'courses.completed' AND k.key = +c.id), 0) AS completions
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
            // Of people no more are looked for than are enough.
            "WITH c AS (SELECT id, total_students, rating_sum, total_ratings FROM courses
                 WHERE deleted_at IS NULL AND (?1 IS NULL OR instructor_id = ?1))
             SELECT coalesce(sum(total_students), 0) AS enrolments,
                 (SELECT coalesce(sum(k.count), 0) FROM c JOIN kept_counts k ON k.what = 'courses.completed' AND k.key = +c.id)
                     AS completions,
                 coalesce(sum(rating_sum) * 1.0 / nullif(sum(total_ratings), 0), 0.0) AS ratings,
                 (SELECT count(*) FROM (SELECT DISTINCT p.user_id FROM c CROSS JOIN user_course_progress p
                     ON p.course_id = c.id LIMIT ?2)) AS learners,
                 (SELECT count(*) FROM (SELECT DISTINCT r.user_id FROM c CROSS JOIN course_ratings r
                     ON r.course_id = c.id LIMIT ?2)) AS raters
             FROM c",
        )?
        .query_row((of, LEAST), Learners::read)?;
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
    let mut stops = HashMap::new();
    for it in courses {
        let first = it.course.id.raw() * PLACES;
        stops.insert(it.course.id, kept::numbered(conn, "courses.stops", first, first + PLACES - 1)?);
    }
    let ids: Vec<_> = courses.iter().map(|it| it.course.id).collect();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {}, m.id, m.title, m.position
         FROM json_each(?1) l JOIN courses c ON c.id = l.value JOIN course_modules m ON m.course_id = c.id
         ORDER BY l.key, m.position",
        CourseRef::COLUMNS
    ))?;
    let modules = statement.query_map([serde_json::to_string(&ids)?], |row| {
        let (course, order) = (CourseRef::read(row)?, row.get("position")?);
        let learners = courses.iter().find(|it| it.course.id == course.id).map_or(0, |it| it.enrolments);
        let place: i64 = course.id.raw() * PLACES + order;
        let beyond = |it: &&(i64, i64)| it.0 >= place;
        let of_course = stops.get(&course.id).map_or(&[][..], Vec::as_slice);
        let reached: i64 = of_course.iter().filter(beyond).map(|it| it.1).sum();
        let stopped = of_course.iter().find(|it| it.0 == place).map_or(0, |it| it.1);
        let share = (reached > 0).then(|| rounded(100.0 * stopped as f64 / reached as f64, 1));
        Ok(DropOff {
            course,
            module_id: row.get("id")?,
            title: row.get("title")?,
            order,
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
    let classes = |what: &str, column: &str| match of {
        None => kept::classes(conn, what),
        Some(poster) => own(conn, column, poster),
    };
    let count = |of: &HashMap<String, i64>, class: &str| of.get(class).copied().unwrap_or(0);
    let (status, kinds) = (classes("jobs.status", "status")?, classes("jobs.type", "job_type")?);
    let by_status = JobStates {
        active: count(&status, JobStatus::Active.as_str()),
        closed: count(&status, JobStatus::Closed.as_str()),
    };
    let by_job_type = JobKinds {
        full_time: count(&kinds, JobType::FullTime.as_str()),
        part_time: count(&kinds, JobType::PartTime.as_str()),
        contract: count(&kinds, JobType::Contract.as_str()),
        internship: count(&kinds, JobType::Internship.as_str()),
        freelance: count(&kinds, JobType::Freelance.as_str()),
    };
    let mut statement = conn.prepare_cached(if of.is_some() {
        "SELECT location, count(*) AS n FROM job_opportunities WHERE deleted_at IS NULL AND posted_by = ?1
         GROUP BY location ORDER BY n DESC, location LIMIT 10"
    } else {
        "SELECT key AS location, count AS n FROM kept_counts WHERE what = 'jobs.place' AND count > 0 AND ?1 IS NULL
         ORDER BY count DESC, key LIMIT 10"
    })?;
    let top_locations = statement
        .query_map([of], |row| Ok(LocationCount { location: row.get(0)?, jobs: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    let total = by_status.active + by_status.closed;
    let (funnel, median_days_per_step) = steps(conn, of)?;
    Ok(JobFigures { total, by_status, by_job_type, top_locations, funnel, median_days_per_step, generated_at: now })
}

/// What is known of a step of applications to postings of a recruiter, or to all.
///
/// # Errors
/// Those of the database.
pub(super) fn step(conn: &Connection, status: ApplicationStatus, of: Option<Id<User>>, enough: i64) -> Result<Step> {
    let mut people = conn.prepare_cached(if of.is_some() {
        "SELECT count(*) FROM (SELECT DISTINCT user_id FROM job_steps WHERE status = ?1 AND poster_id = ?2 LIMIT ?3)"
    } else {
        "SELECT count(*) FROM (SELECT DISTINCT user_id FROM job_steps WHERE status = ?1 AND ?2 IS NULL LIMIT ?3)"
    })?;
    let applicants = people.query_row((status, of, enough), |row| row.get(0))?;
    let Some(poster) = of else {
        let waits = kept::numbered(conn, &format!("steps.{status}"), 0, i64::MAX)?;
        let applications = kept::count(conn, "steps", status.as_str())?;
        return Ok(Step { applications, waits: waits.into_iter().collect(), applicants });
    };
    let mut step = Step { applicants, ..Step::default() };
    let mut statement = conn.prepare_cached(
        "SELECT wait, count(*), sum(is_first) FROM job_steps WHERE poster_id = ?1 AND status = ?2 GROUP BY wait",
    )?;
    let mut rows = statement.query((poster, status))?;
    while let Some(row) = rows.next()? {
        step.applications += row.get::<_, i64>(2)?;
        if let Some(wait) = row.get(0)? {
            step.waits.insert(wait, row.get(1)?);
        }
    }
    Ok(step)
}

/// How many postings of somebody are in each class.
fn own(conn: &Connection, column: &str, poster: Id<User>) -> Result<HashMap<String, i64>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {column}, count(*) FROM job_opportunities WHERE deleted_at IS NULL AND posted_by = ?1 GROUP BY {column}"
    ))?;
    let classes = statement.query_map([poster], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(classes.collect::<rusqlite::Result<_>>()?)
}

/// Sessions of mentors and mentees.
///
/// # Errors
/// Those of the database.
pub fn mentoring(conn: &Connection, now: Timestamp) -> Result<MentoringFigures> {
    let status = kept::classes(conn, "sessions")?;
    let count = |of: SessionStatus| status.get(of.as_str()).copied().unwrap_or(0);
    let (ratings, raters) = conn.prepare_cached(
        "SELECT coalesce(rating_sum * 1.0 / nullif(reviews_count, 0), 0.0), (SELECT count(*) FROM (
             SELECT DISTINCT mentee_id FROM mentor_sessions WHERE rating IS NOT NULL LIMIT ?1)) FROM mentor_review_totals",
    )?
    .query_row([LEAST], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mean_rating = of_enough(raters, rounded(ratings, 2));
    let mut it = MentoringFigures {
        total: status.values().sum(),
        completed: count(SessionStatus::Completed),
        pending: count(SessionStatus::Pending),
        scheduled: count(SessionStatus::Scheduled),
        declined: count(SessionStatus::Declined),
        cancelled: count(SessionStatus::Cancelled),
        no_show: count(SessionStatus::NoShow),
        mean_rating,
        top_mentors: vec![],
        withheld: mean_rating.is_none(),
        generated_at: now,
    };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {}, best.sessions, coalesce(avg(r.rating), 0.0) AS ratings, count(DISTINCT r.mentee_id) AS raters
         FROM (SELECT k.key AS mentor, k.count AS sessions FROM kept_counts k CROSS JOIN users v ON v.id = k.key AND v.is_active = 1
               WHERE k.what = 'sessions.held' AND k.count > 0 ORDER BY k.count DESC, k.key DESC LIMIT 10) best
         JOIN users u ON u.id = best.mentor
         LEFT JOIN mentor_sessions r ON r.mentor_user_id = u.id AND r.rating IS NOT NULL
         GROUP BY u.id ORDER BY best.sessions DESC, u.id DESC",
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
