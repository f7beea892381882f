//! The addresses of work on projects.

use rocket::{delete, get, patch, post, put, response::status::NoContent, serde::json::Json};
use utoipa::ToSchema;

use super::{Review, Standing, Submission, Work, WorkFilter, service, store};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        edge::IfMatch,
        error::{Error, Result},
        fields::{Fields, id, integer},
        id::Id,
        list::{Filter, Listing, Page, Query},
        once::{Answer, Once},
    },
    projects::{self, Project},
    users::{CurrentUser, HasOwner as _, Visitor},
};

addresses![
    start_project,
    show_leaderboard,
    list_submissions,
    list_work,
    post_work,
    show_work,
    delete_work,
    replace_work,
    change_work,
    submit_work,
    review_work;
    Submission = |body| Submission::default().read(body),
    Review = Review::read,
    StartBody = read_project
];

/// Begin a project. A repeat finds the first.
#[utoipa::path(tag = "Projects", responses((status = 201, body = Work), (status = 200, body = Work)))]
#[post("/projects/<id>/start")]
async fn start_project(app: &App, user: CurrentUser, id: Id<Project>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let (work, is_new) = service::start(tx, user.id, id)?;
        Answer::created_or_found(is_new, work.location(), &work)
    })
    .await
}

/// How many places are asked for.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct LeaderboardFilter {
    /// 1 to 50.
    limit: i64,
}

impl Filter for LeaderboardFilter {
    fn read(query: &mut Fields) -> Self {
        let mut limit = 50;
        query.defaulting_to(50, "limit", &mut limit, integer(1..=50));
        Self { limit }
    }
}

/// The best accepted work on a project: by rating, then who submitted first.
#[utoipa::path(tag = "Projects", params(LeaderboardFilter), responses((status = 200, body = Vec<Standing>)))]
#[get("/projects/<id>/leaderboard")]
async fn show_leaderboard(
    app: &App,
    visitor: Visitor,
    id: Id<Project>,
    query: Query<LeaderboardFilter>,
) -> Result<Json<Vec<Standing>>> {
    let standings = app.db.read(move |conn| {
        projects::service::seen(conn, &visitor, id)?;
        store::leaderboard(conn, id, query.0.limit)
    });
    standings.await.map(Json)
}

/// Submitted and accepted work on a project. Its creator, mentors and admins.
#[utoipa::path(tag = "Projects", params(WorkFilter), responses((status = 200, body = Page<Work>)))]
#[get("/projects/<id>/submissions")]
async fn list_submissions(
    app: &App,
    user: CurrentUser,
    id: Id<Project>,
    listing: Listing<WorkFilter>,
) -> Result<Json<Page<Work>>> {
    let submissions = app.db.read(move |conn| {
        let project = projects::service::seen(conn, &Visitor(Some(user.clone())), id)?;
        if !service::may_review(&user, project.owner()) {
            return Err(Error::Forbidden("Only the project's creator and mentors see what was submitted."));
        }
        store::page_of_project(conn, id, &listing)
    });
    submissions.await.map(Json)
}

/// Your work on projects.
#[utoipa::path(tag = "Projects", params(WorkFilter), responses((status = 200, body = Page<Work>)))]
#[get("/project-progress")]
async fn list_work(app: &App, user: CurrentUser, listing: Listing<WorkFilter>) -> Result<Json<Page<Work>>> {
    app.db.read(move |conn| store::page_of_user(conn, user.id, &listing)).await.map(Json)
}

/// A project to begin.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct StartBody {
    /// The project.
    project_id: i64,
}

fn read_project(body: &mut Fields) -> Id<Project> {
    let mut project = Id::new(0);
    body.required("project_id", &mut project, id);
    project
}

/// Begin a project. A repeat finds the first.
#[utoipa::path(tag = "Projects", request_body = StartBody, responses((status = 201, body = Work), (status = 200, body = Work)))]
#[post("/project-progress", data = "<body>")]
async fn post_work(app: &App, user: CurrentUser, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let project = body.read(read_project)?;
        match service::start(tx, user.id, project) {
            Ok((work, is_new)) => Answer::created_or_found(is_new, work.location(), &work),
            Err(Error::NotFound("project")) => {
                Err(Error::field("project_id", format!("There is no project with the id {project}.")))
            }
            Err(error) => Err(error),
        }
    })
    .await
}

/// One piece of work. Its author, the project's creator, mentors and admins.
#[utoipa::path(tag = "Projects", responses((status = 200, body = Work)))]
#[get("/project-progress/<id>")]
async fn show_work(app: &App, user: CurrentUser, id: Id<Work>) -> Result<Json<Work>> {
    app.db.read(move |conn| service::seen(conn, &user, id).map(|(work, _)| work)).await.map(Json)
}

/// Take work back as if you had never begun it; not once it is completed.
#[utoipa::path(tag = "Projects", responses((status = 204)))]
#[delete("/project-progress/<id>")]
async fn delete_work(app: &App, user: CurrentUser, id: Id<Work>, version: IfMatch) -> Result<NoContent> {
    let left = app.db.write(move |tx| {
        let work = service::own(tx, &user, id)?;
        version.check(work.updated_at)?;
        service::leave(tx, &work)
    });
    left.await.map(|()| NoContent)
}

/// Write where your work is and what is to be known of it; not once it is completed.
#[utoipa::path(tag = "Projects", request_body = Submission, responses((status = 200, body = Work)))]
#[put("/project-progress/<id>", data = "<body>")]
async fn replace_work(app: &App, user: CurrentUser, id: Id<Work>, version: IfMatch, body: Body) -> Result<Json<Work>> {
    write_work(app, user, id, version, body).await
}

/// Write some of what is to be known of your work; not once it is completed.
#[utoipa::path(tag = "Projects", request_body = Submission, responses((status = 200, body = Work)))]
#[patch("/project-progress/<id>", data = "<body>")]
async fn change_work(app: &App, user: CurrentUser, id: Id<Work>, version: IfMatch, body: Body) -> Result<Json<Work>> {
    write_work(app, user, id, version, body).await
}

async fn write_work(app: &App, user: CurrentUser, id: Id<Work>, version: IfMatch, body: Body) -> Result<Json<Work>> {
    let changed = app.db.write(move |tx| {
        let work = service::own(tx, &user, id)?;
        version.check(work.updated_at)?;
        service::change(tx, &work, body.fields())
    });
    changed.await.map(Json)
}

/// Submit your work; again, while nobody has accepted it, replaces.
#[utoipa::path(tag = "Projects", request_body = Submission, responses((status = 200, body = Work)))]
#[post("/project-progress/<id>/submit", data = "<body>")]
async fn submit_work(app: &App, user: CurrentUser, id: Id<Work>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let work = service::own(tx, &user, id)?;
        Answer::ok(&service::submit(tx, &user, &work, body.fields())?)
    })
    .await
}

/// Accept submitted work, or send it back. The project's creator, mentors and admins; never one's own.
#[utoipa::path(tag = "Projects", request_body = Review, responses((status = 200, body = Work)))]
#[post("/project-progress/<id>/review", data = "<body>")]
async fn review_work(app: &App, user: CurrentUser, id: Id<Work>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&service::review(tx, &user, id, body.fields())?)).await
}
