//! What somebody sees first: how they stand, and the one thing to do next.

mod store;

use std::sync::Arc;

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    JobRecommendation,
    courses::{self, CourseRecommendation},
    service::{self, TOLD_FROM},
};
use crate::{
    achievements::{
        self,
        metrics::{self, Metric},
    },
    courses::learning,
    mentors::sessions::{self, MentorSession},
    notifications,
    platform::{app::App, error::Result, id::Id},
    skills, text_enum,
    users::{self, User},
};

/// How many postings are shown.
const JOBS: usize = 5;
/// How many sessions are shown.
const SESSIONS: i64 = 5;

text_enum! {
    /// What is to be done next.
    pub enum StepKind {
        AddSkills = "add_skills",
        ReviseProject = "revise_project",
        ContinueCourse = "continue_course",
        ContinueProject = "continue_project",
        Apply = "apply",
        LearnCourse = "learn_course",
        CompleteProfile = "complete_profile",
    }
}

/// The one thing to do next.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextStep {
    /// What sort of thing it is.
    pub kind: StepKind,
    /// What to do, in a few words.
    pub title: String,
    /// Why, in one sentence.
    pub message: String,
    /// The page where it is done.
    pub link: String,
    /// The id of the course, project or posting, if it is one.
    pub target_id: Option<i64>,
}

/// What somebody sees first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Home {
    /// The one thing to do next; null when nothing is open.
    pub next_step: Option<NextStep>,
    /// Sessions to come, soonest first, at most 5.
    pub sessions: Vec<MentorSession>,
    /// Unread notifications.
    pub unread: i64,
    /// Days in a row on which they did something.
    pub streak_days: i64,
    /// The sum of their ledger.
    pub points: i64,
    /// The achievement that they are nearest to.
    pub nearest_achievement: Option<achievements::Progress>,
    /// The postings that fit best, at most 5.
    pub recommended_jobs: Vec<JobRecommendation>,
}

/// The first page of somebody.
///
/// # Errors
/// Those of the database.
pub async fn home(app: &Arc<App>, user: Id<User>) -> Result<Home> {
    let jobs = service::recommended_jobs(app, user, JOBS, 0).await?;
    let courses = courses::recommended(app, user, 1, false).await?;
    let now = app.clock.now();
    app.db
        .read(move |conn| {
            let figures = metrics::values(conn, user, &[Metric::StreakDays, Metric::Points], now)?;
            let mut figures = figures.into_iter();
            Ok(Home {
                next_step: next_step(conn, user, &jobs, &courses)?,
                sessions: sessions::store::upcoming(conn, user, now, SESSIONS)?,
                unread: notifications::store::unread(conn, user)?,
                streak_days: figures.next().unwrap_or(0),
                points: figures.next().unwrap_or(0),
                nearest_achievement: achievements::store::progress(conn, user, now)?.into_iter().next(),
                recommended_jobs: jobs,
            })
        })
        .await
}

/// What is begun comes before what is new, and what nothing else works without before all.
fn next_step(
    conn: &Connection,
    user: Id<User>,
    jobs: &[JobRecommendation],
    courses: &[CourseRecommendation],
) -> Result<Option<NextStep>> {
    if skills::store::held(conn, user)?.is_empty() {
        return Ok(Some(NextStep {
            kind: StepKind::AddSkills,
            title: "Add the skills you have".into(),
            message: "Upload a résumé, or choose them one by one; everything here starts from them.".into(),
            link: "/skills".into(),
            target_id: None,
        }));
    }
    let project = store::project_in_progress(conn, user)?;
    if let Some((project, true)) = &project {
        return Ok(Some(NextStep {
            kind: StepKind::ReviseProject,
            title: format!("Revise \"{}\"", project.title),
            message: "A review sent your work back and says what it lacks.".into(),
            link: format!("/projects/{}", project.id),
            target_id: Some(project.id.raw()),
        }));
    }
    if let Some(step) = course_step(conn, user)? {
        return Ok(Some(step));
    }
    if let Some((project, false)) = project {
        return Ok(Some(NextStep {
            kind: StepKind::ContinueProject,
            title: format!("Go on with \"{}\"", project.title),
            message: "You began it and have not submitted your work yet.".into(),
            link: format!("/projects/{}", project.id),
            target_id: Some(project.id.raw()),
        }));
    }
    if let Some(best) = jobs.iter().find(|it| it.match_percentage >= TOLD_FROM) {
        return Ok(Some(NextStep {
            kind: StepKind::Apply,
            title: format!("Look at \"{}\" at {}", best.job.title, best.job.company_name),
            message: format!("It fits you by {} of 100. {}", best.match_percentage, best.reason),
            link: format!("/jobs/{}", best.job.id),
            target_id: Some(best.job.id.raw()),
        }));
    }
    if let Some(best) = courses.first() {
        return Ok(Some(NextStep {
            kind: StepKind::LearnCourse,
            title: format!("Begin \"{}\"", best.course.title),
            message: best.reason.clone(),
            link: format!("/courses/{}", best.course.id),
            target_id: Some(best.course.id.raw()),
        }));
    }
    let profile = users::store::get(conn, user)?;
    let is_bare = profile.location.is_empty() || profile.experience_level.is_none();
    Ok(is_bare.then(|| NextStep {
        kind: StepKind::CompleteProfile,
        title: "Say where you are and how experienced you are".into(),
        message: "Both count in how well a job fits you.".into(),
        link: format!("/profile/{user}"),
        target_id: None,
    }))
}

fn course_step(conn: &Connection, user: Id<User>) -> Result<Option<NextStep>> {
    let Some(progress) = store::course_in_progress(conn, user)? else { return Ok(None) };
    let learning::ProgressDetail { progress, completed_module_ids, next_module } =
        learning::service::detail(conn, user, progress)?;
    let course = progress.course;
    let left: i64 = crate::courses::store::outline(conn, course.id)?
        .iter()
        .filter(|it| !completed_module_ids.contains(&it.id))
        .map(|it| it.duration_minutes)
        .sum();
    let next = next_module.map_or_else(String::new, |it| format!("Next is \"{}\".", it.title));
    let left = match left {
        0 => String::new(),
        minutes if minutes < 120 => format!(" {minutes} minutes are left."),
        minutes => format!(" About {} hours are left.", (minutes + 30) / 60),
    };
    Ok(Some(NextStep {
        kind: StepKind::ContinueCourse,
        title: format!("Go on with \"{}\"", course.title),
        message: format!("{next}{left}").trim().to_owned(),
        link: format!("/courses/{}", course.id),
        target_id: Some(course.id.raw()),
    }))
}
