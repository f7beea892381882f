//! The addresses of courses.

use rocket::{delete, get, http::uri::Origin, patch, post, put, response::status::NoContent, serde::json::Json};

use super::{Course, CourseDraft, CourseFilter, learning, service, store};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        cache::Ready,
        edge::IfMatch,
        error::Result,
        files::Kind,
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
        picture::{self, PictureForm},
        upload::Upload,
    },
    users::{CurrentUser, Instructor, Looker, SoftDeleted, Visitor},
};

addresses![
    list_courses,
    create_course,
    show_course,
    replace_course,
    change_course,
    delete_course,
    soft_delete_course,
    restore_course,
    set_thumbnail,
    remove_thumbnail;
    CourseDraft = |body| CourseDraft::default().read(body)
];

/// Courses that take learners, and the caller's own drafts; with `status`, others as well.
#[utoipa::path(tag = "Courses", params(CourseFilter), responses((status = 200, body = Page<Course>)))]
#[get("/courses")]
async fn list_courses(app: &App, visitor: Visitor, uri: &Origin<'_>, listing: Listing<CourseFilter>) -> Result<Ready> {
    let caller = visitor.caller().cloned();
    app.ready_to(caller.as_ref(), uri, move |conn| service::list(conn, &listing, &visitor)).await
}

/// Make a course. Instructors; an admin may name another as its `instructor_id`.
#[utoipa::path(tag = "Courses", request_body = CourseDraft, responses((status = 201, body = Course)))]
#[post("/courses", data = "<body>")]
async fn create_course(app: &App, user: Instructor, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let course = service::create(tx, &user.0, body.fields())?;
        Answer::created(course.location(), &course)
    })
    .await
}

/// One course with its outline, and how far the caller has come.
#[utoipa::path(tag = "Courses", responses((status = 200, body = Course)))]
#[get("/courses/<id>")]
async fn show_course(app: &App, visitor: Visitor, looker: Looker, id: Id<Course>) -> Result<Json<Course>> {
    let now = app.clock.now();
    let shown = app.db.read(move |conn| {
        let mut course = service::seen(conn, &visitor, id)?;
        if let Some(caller) = visitor.id() {
            course.my_progress = learning::store::find(conn, caller, id)?;
        }
        Ok(course)
    });
    let course = shown.await?;
    app.activity.viewed(("courses", id.raw()), &looker.0, now);
    Ok(Json(course))
}

/// Write a course whole: what is left out falls back to its default. Its instructor or an admin.
#[utoipa::path(tag = "Courses", request_body = CourseDraft, responses((status = 200, body = Course)))]
#[put("/courses/<id>", data = "<body>")]
async fn replace_course(
    app: &App,
    user: CurrentUser,
    id: Id<Course>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Course>> {
    write_course(app, user, id, version, body).await
}

/// Write some fields of a course. Its instructor or an admin.
#[utoipa::path(tag = "Courses", request_body = CourseDraft, responses((status = 200, body = Course)))]
#[patch("/courses/<id>", data = "<body>")]
async fn change_course(
    app: &App,
    user: CurrentUser,
    id: Id<Course>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Course>> {
    write_course(app, user, id, version, body).await
}

async fn write_course(
    app: &App,
    user: CurrentUser,
    id: Id<Course>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Course>> {
    let changed = app.db.write(move |tx| {
        let course = service::owned(tx, &user, id)?;
        version.check(course.updated_at)?;
        service::change(tx, &user, &course, body.fields())
    });
    changed.await.map(Json)
}

/// Delete a course; it can be restored for 30 days. Its instructor or an admin.
#[utoipa::path(tag = "Courses", responses((status = 204)))]
#[delete("/courses/<id>")]
async fn delete_course(app: &App, user: CurrentUser, id: Id<Course>, version: IfMatch) -> Result<NoContent> {
    let deleted = app.db.write(move |tx| {
        let course = service::owned(tx, &user, id)?;
        version.check(course.updated_at)?;
        service::remove(tx, &user, &course)
    });
    deleted.await.map(|()| NoContent)
}

/// Delete a course; it can be restored for 30 days. Its instructor or an admin.
#[utoipa::path(tag = "Courses", responses((status = 200, body = SoftDeleted)))]
#[post("/courses/<id>/soft_delete")]
async fn soft_delete_course(app: &App, user: CurrentUser, id: Id<Course>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let course = user.owning_deleted(store::get_any(tx, id)?)?;
        service::remove(tx, &user, &course)?;
        Answer::ok(&SoftDeleted::DELETED)
    })
    .await
}

/// Restore a deleted course. Its instructor within 30 days, or an admin.
#[utoipa::path(tag = "Courses", responses((status = 200, body = SoftDeleted)))]
#[post("/courses/<id>/restore")]
async fn restore_course(app: &App, user: CurrentUser, id: Id<Course>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let course = user.owning_deleted(store::get_any(tx, id)?)?;
        service::restore(tx, &user, &course)?;
        Answer::ok(&SoftDeleted::RESTORED)
    })
    .await
}

/// Give a course a picture, in the place of the one before. Its instructor or an admin.
#[utoipa::path(tag = "Courses", request_body(content = PictureForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Course)))]
#[put("/courses/<id>/thumbnail", data = "<form>")]
async fn set_thumbnail(
    app: &App,
    user: CurrentUser,
    id: Id<Course>,
    version: IfMatch,
    form: Upload<PictureForm>,
) -> Result<Json<Course>> {
    let by = user.clone();
    // Who may not do this is told so before the picture is looked at.
    app.db.read(move |conn| service::owned(conn, &by, id)).await?;
    let picture = picture::receive(app, form, Kind::Course).await?;
    let changed = app.db.write(move |tx| {
        let course = service::owned(tx, &user, id)?;
        version.check(course.updated_at)?;
        service::set_picture(tx, &user, &course, Some(&picture))
    });
    changed.await.map(Json)
}

/// Take the picture of a course away. Its instructor or an admin.
#[utoipa::path(tag = "Courses", responses((status = 204)))]
#[delete("/courses/<id>/thumbnail")]
async fn remove_thumbnail(app: &App, user: CurrentUser, id: Id<Course>, version: IfMatch) -> Result<NoContent> {
    let changed = app.db.write(move |tx| {
        let course = service::owned(tx, &user, id)?;
        version.check(course.updated_at)?;
        service::set_picture(tx, &user, &course, None)
    });
    changed.await.map(|_| NoContent)
}
