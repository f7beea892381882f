//! The addresses of recommendations.

use std::sync::Arc;

use rocket::{State, get, post, serde::json::Json};

use super::{
    CourseRecommendation, Dashboard, Gap, JobRecommendation, MentorRecommendation, SkillRecommendation, Target,
    courses, gaps,
    home::{self, Home},
    mentors,
    model::{Click, GapQuery, JobLimit, Matching, Refresh, SkillLimit, WhatIfQuery},
    path::{LearningPath, PathQuery, learning_path},
    service,
    what_if::{WhatIf, what_if},
};
use crate::{
    addresses,
    jobs::Job,
    platform::{
        app::App,
        body::Body,
        error::Result,
        id::Id,
        list::Query,
        once::{Answer, Once},
    },
    users::{CurrentUser, Whose},
};

addresses![
    show_dashboard,
    list_recommended_jobs,
    list_recommended_courses,
    list_recommended_mentors,
    list_recommended_skills,
    show_learning_path,
    show_home,
    show_what_if,
    note_click,
    list_matching_jobs,
    show_match,
    list_gaps
];

fn size(limit: i64) -> usize {
    usize::try_from(limit).unwrap_or(0)
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
    service::dashboard(app, id.private(&user)?, query.0.refresh == Some(true)).await.map(Json)
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
    service::recommended_jobs(app, id.private(&user)?, size(query.0.limit), 0).await.map(Json)
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
    courses::recommended(app, id.private(&user)?, size(query.0.limit), false).await.map(Json)
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
    app.db.read(move |conn| learning_path(conn, id, &query.0, now)).await.map(Json)
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
    mentors::recommended(app, id.private(&user)?, size(query.0.limit), false).await.map(Json)
}

/// Skills worth learning for somebody. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(SkillLimit), responses((status = 200, body = Vec<SkillRecommendation>)))]
#[get("/users/<id>/recommendations/skills")]
async fn list_recommended_skills(
    app: &App,
    user: CurrentUser,
    id: Whose,
    query: Query<SkillLimit>,
) -> Result<Json<Vec<SkillRecommendation>>> {
    let id = id.private(&user)?;
    app.db.read(move |conn| service::recommended_skills(conn, id, query.0.limit)).await.map(Json)
}

/// What would fit somebody if they knew more. For themselves and admins.
#[utoipa::path(tag = "Recommendations", params(WhatIfQuery), responses((status = 200, body = WhatIf)))]
#[get("/users/<id>/recommendations/what-if")]
async fn show_what_if(app: &App, user: CurrentUser, id: Whose, query: Query<WhatIfQuery>) -> Result<Json<WhatIf>> {
    let (id, now) = (id.private(&user)?, app.clock.now());
    app.db.read(move |conn| what_if(conn, id, &query.0, now)).await.map(Json)
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
    service::recommended_jobs(app, user.id, size(query.0.limit), query.0.min_match).await.map(Json)
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
    app.db.read(move |conn| gaps(conn, user.id, &target, limit, now)).await.map(Json)
}
