//! The addresses of recommendations.

use std::sync::Arc;

use rocket::{State, get, post, serde::json::Json};

use super::{
    ClickKind, ConnectionRecommendation, CourseRecommendation, Dashboard, Gap, JobRecommendation, MentorRecommendation,
    SkillRecommendation, Target, courses, gaps,
    home::{self, Home},
    mentors,
    model::{Click, GapQuery, JobLimit, Matching, Refresh, SkillLimit, WhatIfQuery},
    path::{LearningPath, PathQuery, learning_path},
    people::recommended_connections,
    service, skill_list,
    what_if::{WhatIf, what_if},
};
use crate::{
    addresses,
    jobs::{Job, matching::OpenJobs},
    platform::{
        app::App,
        body::Body,
        error::Result,
        id::Id,
        list::Query,
        once::{Answer, Once},
    },
    users::{CurrentUser, User, Whose},
};

addresses![
    show_dashboard,
    list_recommended_jobs,
    list_recommended_courses,
    list_recommended_mentors,
    list_recommended_skills,
    show_learning_path,
    show_home,
    list_recommended_connections,
    list_suggestions,
    show_what_if,
    note_click,
    list_matching_jobs,
    show_match,
    list_gaps;
    Click = Click::read
];

fn size(limit: i64) -> usize {
    usize::try_from(limit).unwrap_or(0)
}

/// Notes that somebody was shown so many recommendations. That an admin looks at those of somebody else counts for nothing.
fn note_shown(app: &App, user: &CurrentUser, of: Id<User>, kind: ClickKind, count: usize) {
    if user.id == of {
        app.activity.recommended(kind.as_str(), count, app.clock.now());
    }
}

/// Everything that is recommended to somebody, in short. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(Refresh), responses((status = 200, body = Dashboard)))]
#[get("/users/<id>/recommendations")]
async fn show_dashboard(
    app: &State<Arc<App>>,
    user: CurrentUser,
    id: Whose,
    query: Query<Refresh>,
) -> Result<Json<Dashboard>> {
    let id = id.private(&user)?;
    let shown = service::dashboard(app, id, query.0.refresh == Some(true)).await?;
    for (kind, count) in [
        (ClickKind::Job, shown.recommended_jobs.len()),
        (ClickKind::Course, shown.recommended_courses.len()),
        (ClickKind::Mentor, shown.recommended_mentors.len()),
        (ClickKind::Skill, shown.recommended_skills.len()),
        (ClickKind::Connection, shown.recommended_connections.len()),
    ] {
        note_shown(app, &user, id, kind, count);
    }
    Ok(Json(shown))
}

/// The postings that fit somebody best. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(JobLimit), responses((status = 200, body = Vec<JobRecommendation>)))]
#[get("/users/<id>/recommendations/jobs")]
async fn list_recommended_jobs(
    app: &State<Arc<App>>,
    user: CurrentUser,
    id: Whose,
    query: Query<JobLimit>,
) -> Result<Json<Vec<JobRecommendation>>> {
    let id = id.private(&user)?;
    let shown = service::recommended_jobs(app, id, size(query.0.limit), 0).await?;
    note_shown(app, &user, id, ClickKind::Job, shown.len());
    Ok(Json(shown))
}

/// The courses that teach somebody most of what they lack. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(JobLimit), responses((status = 200, body = Vec<CourseRecommendation>)))]
#[get("/users/<id>/recommendations/courses")]
async fn list_recommended_courses(
    app: &State<Arc<App>>,
    user: CurrentUser,
    id: Whose,
    query: Query<JobLimit>,
) -> Result<Json<Vec<CourseRecommendation>>> {
    let id = id.private(&user)?;
    let shown = courses::recommended(app, id, size(query.0.limit), false).await?;
    note_shown(app, &user, id, ClickKind::Course, shown.len());
    Ok(Json(shown))
}

/// The shortest way by courses to a posting or a role. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(PathQuery), responses((status = 200, body = LearningPath)))]
#[get("/users/<id>/learning-path")]
async fn show_learning_path(
    app: &App,
    user: CurrentUser,
    id: Whose,
    query: Query<PathQuery>,
) -> Result<Json<LearningPath>> {
    let (id, now) = (id.private(&user)?, app.clock.now());
    let open = OpenJobs::of(app);
    app.db.read(move |conn| learning_path(conn, &open, id, &query.0, now)).await.map(Json)
}

/// What you see first: how you stand, and the one thing to do next.
#[utoipa::path(tag = "Recommendations", responses((status = 200, body = Home)))]
#[get("/users/me/home")]
async fn show_home(app: &State<Arc<App>>, user: CurrentUser) -> Result<Json<Home>> {
    home::home(app, user.id).await.map(Json)
}

/// The mentors who help with most of what somebody lacks. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(SkillLimit), responses((status = 200, body = Vec<MentorRecommendation>)))]
#[get("/users/<id>/recommendations/mentors")]
async fn list_recommended_mentors(
    app: &State<Arc<App>>,
    user: CurrentUser,
    id: Whose,
    query: Query<SkillLimit>,
) -> Result<Json<Vec<MentorRecommendation>>> {
    let id = id.private(&user)?;
    let shown = mentors::recommended(app, id, size(query.0.limit), false).await?;
    note_shown(app, &user, id, ClickKind::Mentor, shown.len());
    Ok(Json(shown))
}

/// Skills worth learning for somebody. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(SkillLimit), responses((status = 200, body = Vec<SkillRecommendation>)))]
#[get("/users/<id>/recommendations/skills")]
async fn list_recommended_skills(
    app: &State<Arc<App>>,
    user: CurrentUser,
    id: Whose,
    query: Query<SkillLimit>,
) -> Result<Json<Vec<SkillRecommendation>>> {
    let id = id.private(&user)?;
    let shown = skill_list::recommended_skills(app, id, query.0.limit).await?;
    note_shown(app, &user, id, ClickKind::Skill, shown.len());
    Ok(Json(shown))
}

/// The people whom somebody may want to know. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(SkillLimit), responses((status = 200, body = Vec<ConnectionRecommendation>)))]
#[get("/users/<id>/recommendations/connections")]
async fn list_recommended_connections(
    app: &State<Arc<App>>,
    user: CurrentUser,
    id: Whose,
    query: Query<SkillLimit>,
) -> Result<Json<Vec<ConnectionRecommendation>>> {
    let id = id.private(&user)?;
    let shown = recommended_connections(app, id, size(query.0.limit), false).await?;
    note_shown(app, &user, id, ClickKind::Connection, shown.len());
    Ok(Json(shown))
}

/// The people whom the caller may want to know.
#[utoipa::path(tag = "Connections", params(SkillLimit), responses((status = 200, body = Vec<ConnectionRecommendation>)))]
#[get("/connections/suggestions")]
async fn list_suggestions(
    app: &State<Arc<App>>,
    user: CurrentUser,
    query: Query<SkillLimit>,
) -> Result<Json<Vec<ConnectionRecommendation>>> {
    recommended_connections(app, user.id, size(query.0.limit), false).await.map(Json)
}

/// What would fit somebody if they knew more. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(WhatIfQuery), responses((status = 200, body = WhatIf)))]
#[get("/users/<id>/recommendations/what-if")]
async fn show_what_if(app: &App, user: CurrentUser, id: Whose, query: Query<WhatIfQuery>) -> Result<Json<WhatIf>> {
    let (id, now) = (id.private(&user)?, app.clock.now());
    let open = OpenJobs::of(app);
    app.db.read(move |conn| what_if(conn, &open, id, &query.0, now)).await.map(Json)
}

/// Tell that a recommendation was followed. For themselves and admins.
#[utoipa::path(tag = "Recommendations", request_body = Click, responses((status = 204)))]
#[post("/users/<id>/recommendations/click", data = "<body>")]
async fn note_click(app: &App, user: CurrentUser, id: Whose, once: Once, body: Body) -> Result<Answer> {
    let (id, click) = (id.private(&user)?, body.read(Click::read)?);
    app.once(once, move |tx| {
        service::click(tx, id, &click)?;
        Ok(Answer::empty())
    })
    .await
}

/// The postings that fit the caller best, from a match percentage on.
#[utoipa::path(tag = "Recommendations", params(Matching), responses((status = 200, body = Vec<JobRecommendation>)))]
#[get("/jobs/matching")]
async fn list_matching_jobs(
    app: &State<Arc<App>>,
    user: CurrentUser,
    query: Query<Matching>,
) -> Result<Json<Vec<JobRecommendation>>> {
    let shown = service::recommended_jobs(app, user.id, size(query.0.limit), query.0.min_match).await?;
    note_shown(app, &user, user.id, ClickKind::Job, shown.len());
    Ok(Json(shown))
}

/// How well one posting fits the caller.
#[utoipa::path(tag = "Recommendations", responses((status = 200, body = JobRecommendation)))]
#[get("/jobs/<id>/match")]
async fn show_match(app: &App, user: CurrentUser, id: Id<Job>) -> Result<Json<JobRecommendation>> {
    let now = app.clock.now();
    app.db.read(move |conn| service::one(conn, user.id, id, now)).await.map(Json)
}

/// What the caller lacks for the work that is offered, or for one posting or role.
#[utoipa::path(tag = "Recommendations", params(GapQuery), responses((status = 200, body = Vec<Gap>)))]
#[get("/user-skills/gaps")]
async fn list_gaps(app: &App, user: CurrentUser, query: Query<GapQuery>) -> Result<Json<Vec<Gap>>> {
    let (target, limit, now) = (Target::of(&query.0)?, size(query.0.limit), app.clock.now());
    let open = OpenJobs::of(app);
    app.db.read(move |conn| gaps(conn, &open, user.id, &target, limit, now)).await.map(Json)
}
