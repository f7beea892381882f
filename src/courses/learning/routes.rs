//! The addresses of learning.

use rocket::{delete, get, patch, post, put, response::status::NoContent, serde::json::Json};
use utoipa::ToSchema;

use super::{LearningStatus, Progress, ProgressDetail, ProgressFilter, Rating, RatingDraft, service, store};
use crate::{
    addresses,
    courses::{self, Course, modules::CourseModule},
    platform::{
        app::App,
        body::Body,
        edge::IfMatch,
        error::{Error, Result},
        fields::{Fields, choice, id},
        id::Id,
        list::{Listing, NoFilter, Page},
        once::{Answer, Once},
    },
    users::{CurrentUser, Visitor},
};

addresses![
    enroll,
    show_course_progress,
    list_ratings,
    rate_course,
    list_learners,
    list_progress,
    post_progress,
    show_progress,
    delete_progress,
    replace_progress,
    change_progress,
    mark_module_complete,
    unmark_module_complete,
    complete_module;
    RatingDraft = RatingDraft::read,
    ModuleBody = read_module,
    EnrolmentBody = read_course
];

/// Enrol in a course. A repeat finds the first; a dropped course is taken up again.
#[utoipa::path(tag = "Courses", responses((status = 201, body = Progress), (status = 200, body = Progress)))]
#[post("/courses/<id>/enroll")]
async fn enroll(app: &App, user: CurrentUser, id: Id<Course>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let (progress, is_new) = service::enroll(tx, user.id, id)?;
        Answer::created_or_found(is_new, progress.location(), &progress)
    })
    .await
}

/// How far you have come with a course.
#[utoipa::path(tag = "Courses", responses((status = 200, body = Progress)))]
#[get("/courses/<id>/progress")]
async fn show_course_progress(app: &App, user: CurrentUser, id: Id<Course>) -> Result<Json<Progress>> {
    let found = app.db.read(move |conn| store::find(conn, user.id, id)).await?;
    found.map(Json).ok_or(Error::NotFound("progress"))
}

/// What learners think of a course.
#[utoipa::path(tag = "Courses", responses((status = 200, body = Page<Rating>)))]
#[get("/courses/<id>/ratings")]
async fn list_ratings(
    app: &App,
    visitor: Visitor,
    id: Id<Course>,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<Rating>>> {
    let ratings = app.db.read(move |conn| {
        courses::service::seen(conn, &visitor, id)?;
        store::ratings(conn, id, &listing)
    });
    ratings.await.map(Json)
}

/// Rate a course that you are enrolled in; again replaces.
#[utoipa::path(tag = "Courses", request_body = RatingDraft, responses((status = 201, body = Rating), (status = 200, body = Rating)))]
#[post("/courses/<id>/ratings", data = "<body>")]
async fn rate_course(app: &App, user: CurrentUser, id: Id<Course>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let (rating, is_new) = service::rate(tx, &user, id, body.fields())?;
        Answer::created_or_found(is_new, format!("/api/courses/{id}/ratings/"), &rating)
    })
    .await
}

/// Who learns a course. Its instructor or an admin.
#[utoipa::path(tag = "Courses", params(ProgressFilter), responses((status = 200, body = Page<Progress>)))]
#[get("/courses/<id>/learners")]
async fn list_learners(
    app: &App,
    user: CurrentUser,
    id: Id<Course>,
    listing: Listing<ProgressFilter>,
) -> Result<Json<Page<Progress>>> {
    let learners = app.db.read(move |conn| {
        courses::service::owned(conn, &user, id)?;
        store::page_of_course(conn, id, &listing)
    });
    learners.await.map(Json)
}

/// The courses that you learn.
#[utoipa::path(tag = "Courses", params(ProgressFilter), responses((status = 200, body = Page<Progress>)))]
#[get("/course-progress")]
async fn list_progress(app: &App, user: CurrentUser, listing: Listing<ProgressFilter>) -> Result<Json<Page<Progress>>> {
    app.db.read(move |conn| store::page_of_user(conn, user.id, &listing)).await.map(Json)
}

/// A course to enrol in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct EnrolmentBody {
    /// The course.
    course_id: i64,
}

fn read_course(body: &mut Fields) -> Id<Course> {
    let mut course = Id::new(0);
    body.required("course_id", &mut course, id);
    course
}

/// Enrol in a course. A repeat finds the first; a dropped course is taken up again.
#[utoipa::path(tag = "Courses", request_body = EnrolmentBody, responses((status = 201, body = Progress), (status = 200, body = Progress)))]
#[post("/course-progress", data = "<body>")]
async fn post_progress(app: &App, user: CurrentUser, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let course = body.read(read_course)?;
        match service::enroll(tx, user.id, course) {
            Ok((progress, is_new)) => Answer::created_or_found(is_new, progress.location(), &progress),
            Err(Error::NotFound("course")) => {
                Err(Error::field("course_id", format!("There is no course with the id {course}.")))
            }
            Err(error) => Err(error),
        }
    })
    .await
}

/// How far you have come, what is done, and what comes next.
#[utoipa::path(tag = "Courses", responses((status = 200, body = ProgressDetail)))]
#[get("/course-progress/<id>")]
async fn show_progress(app: &App, user: CurrentUser, id: Id<Progress>) -> Result<Json<ProgressDetail>> {
    app.db.read(move |conn| service::detail(conn, user.id, id)).await.map(Json)
}

/// Leave a course as if you had never begun it; not once it is completed.
#[utoipa::path(tag = "Courses", responses((status = 204)))]
#[delete("/course-progress/<id>")]
async fn delete_progress(app: &App, user: CurrentUser, id: Id<Progress>, version: IfMatch) -> Result<NoContent> {
    let left = app.db.write(move |tx| {
        let progress = user.owning(store::get(tx, id, user.id)?)?;
        version.check(progress.updated_at)?;
        service::leave(tx, &progress)
    });
    left.await.map(|()| NoContent)
}

/// Where a learner wants to stand.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct StandingBody {
    /// `in_progress` or `dropped`.
    status: LearningStatus,
}

/// Drop a course, or take it up again.
#[utoipa::path(tag = "Courses", request_body = StandingBody, responses((status = 200, body = Progress)))]
#[put("/course-progress/<id>", data = "<body>")]
async fn replace_progress(
    app: &App,
    user: CurrentUser,
    id: Id<Progress>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Progress>> {
    write_progress(app, user, id, version, body).await
}

/// Drop a course, or take it up again.
#[utoipa::path(tag = "Courses", request_body = StandingBody, responses((status = 200, body = Progress)))]
#[patch("/course-progress/<id>", data = "<body>")]
async fn change_progress(
    app: &App,
    user: CurrentUser,
    id: Id<Progress>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Progress>> {
    write_progress(app, user, id, version, body).await
}

async fn write_progress(
    app: &App,
    user: CurrentUser,
    id: Id<Progress>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Progress>> {
    let changed = app.db.write(move |tx| {
        let progress = user.owning(store::get(tx, id, user.id)?)?;
        version.check(progress.updated_at)?;
        let sent = body.read(|body| {
            let mut sent = body.has("status").then_some(progress.status);
            let mut status = progress.status;
            body.required("status", &mut status, choice);
            if let Some(sent) = &mut sent {
                *sent = status;
                let written = status != LearningStatus::Completed || progress.status == status;
                body.check("status", written, "Choose one of in_progress, dropped.");
            }
            sent
        })?;
        match sent {
            Some(status) => service::change(tx, &progress, status),
            None => Ok(progress.into_inner()),
        }
    });
    changed.await.map(Json)
}

/// A module of the course.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct ModuleBody {
    /// The module.
    module_id: i64,
}

fn read_module(body: &mut Fields) -> Id<CourseModule> {
    let mut module = Id::new(0);
    let field = if body.has("module_id") || !body.has("module") { "module_id" } else { "module" };
    body.required(field, &mut module, id);
    module
}

/// Complete a module; the last one completes the course.
#[utoipa::path(tag = "Courses", request_body = ModuleBody, responses((status = 200, body = Progress)))]
#[post("/course-progress/<id>/mark_module_complete", data = "<body>")]
async fn mark_module_complete(
    app: &App,
    user: CurrentUser,
    id: Id<Progress>,
    once: Once,
    body: Body,
) -> Result<Answer> {
    app.once(once, move |tx| {
        let progress = user.owning(store::get(tx, id, user.id)?)?;
        Answer::ok(&service::mark(tx, &progress, body.read(read_module)?)?)
    })
    .await
}

/// Take the completion of a module back; not once the course is completed.
#[utoipa::path(tag = "Courses", request_body = ModuleBody, responses((status = 200, body = Progress)))]
#[post("/course-progress/<id>/unmark_module_complete", data = "<body>")]
async fn unmark_module_complete(
    app: &App,
    user: CurrentUser,
    id: Id<Progress>,
    once: Once,
    body: Body,
) -> Result<Answer> {
    app.once(once, move |tx| {
        let progress = user.owning(store::get(tx, id, user.id)?)?;
        Answer::ok(&service::unmark(tx, &progress, body.read(read_module)?)?)
    })
    .await
}

/// Complete a module of a course that you are enrolled in; the last one completes the course.
#[utoipa::path(tag = "Courses", responses((status = 200, body = Progress)))]
#[post("/modules/<id>/complete")]
async fn complete_module(app: &App, user: CurrentUser, id: Id<CourseModule>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let progress = user.owning(service::of_module(tx, user.id, id)?)?;
        Answer::ok(&service::mark(tx, &progress, id)?)
    })
    .await
}
