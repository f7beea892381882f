//! The addresses of projects.

use rocket::{delete, get, http::uri::Origin, patch, post, put, response::status::NoContent, serde::json::Json};

use super::{Project, ProjectDraft, ProjectFilter, service, store, work};
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
    list_projects,
    create_project,
    show_project,
    replace_project,
    change_project,
    delete_project,
    soft_delete_project,
    restore_project,
    set_thumbnail,
    remove_thumbnail;
    ProjectDraft = |body| ProjectDraft::default().read(body)
];

/// Projects that can be begun, and the caller's own drafts; with `status`, others as well.
#[utoipa::path(tag = "Projects", params(ProjectFilter), responses((status = 200, body = Page<Project>)))]
#[get("/projects")]
async fn list_projects(
    app: &App,
    visitor: Visitor,
    uri: &Origin<'_>,
    listing: Listing<ProjectFilter>,
) -> Result<Ready> {
    let caller = visitor.caller().cloned();
    app.ready_to(caller.as_ref(), uri, move |conn| service::list(conn, &listing, &visitor)).await
}

/// Make a project. Instructors and admins.
#[utoipa::path(tag = "Projects", request_body = ProjectDraft, responses((status = 201, body = Project)))]
#[post("/projects", data = "<body>")]
async fn create_project(app: &App, user: Instructor, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let project = service::create(tx, &user.0, body.fields())?;
        Answer::created(project.location(), &project)
    })
    .await
}

/// One project, and how far the caller has come.
#[utoipa::path(tag = "Projects", responses((status = 200, body = Project)))]
#[get("/projects/<id>")]
async fn show_project(app: &App, visitor: Visitor, looker: Looker, id: Id<Project>) -> Result<Json<Project>> {
    let now = app.clock.now();
    let shown = app.db.read(move |conn| {
        let mut project = service::seen(conn, &visitor, id)?;
        if let Some(caller) = visitor.id() {
            project.my_progress = work::store::find(conn, caller, id)?;
        }
        Ok(project)
    });
    let project = shown.await?;
    app.activity.viewed(("projects", id.raw()), &looker.0, now);
    Ok(Json(project))
}

/// Write a project whole: what is left out falls back to its default. Its creator or an admin.
#[utoipa::path(tag = "Projects", request_body = ProjectDraft, responses((status = 200, body = Project)))]
#[put("/projects/<id>", data = "<body>")]
async fn replace_project(
    app: &App,
    user: CurrentUser,
    id: Id<Project>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Project>> {
    write_project(app, user, id, version, body).await
}

/// Write some fields of a project. Its creator or an admin.
#[utoipa::path(tag = "Projects", request_body = ProjectDraft, responses((status = 200, body = Project)))]
#[patch("/projects/<id>", data = "<body>")]
async fn change_project(
    app: &App,
    user: CurrentUser,
    id: Id<Project>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Project>> {
    write_project(app, user, id, version, body).await
}

async fn write_project(
    app: &App,
    user: CurrentUser,
    id: Id<Project>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Project>> {
    let changed = app.db.write(move |tx| {
        let project = service::owned(tx, &user, id)?;
        version.check(project.updated_at)?;
        service::change(tx, &user, &project, body.fields())
    });
    changed.await.map(Json)
}

/// Delete a project; it can be restored for 30 days. Its creator or an admin.
#[utoipa::path(tag = "Projects", responses((status = 204)))]
#[delete("/projects/<id>")]
async fn delete_project(app: &App, user: CurrentUser, id: Id<Project>, version: IfMatch) -> Result<NoContent> {
    let deleted = app.db.write(move |tx| {
        let project = service::owned(tx, &user, id)?;
        version.check(project.updated_at)?;
        service::remove(tx, &user, &project)
    });
    deleted.await.map(|()| NoContent)
}

/// Delete a project; it can be restored for 30 days. Its creator or an admin.
#[utoipa::path(tag = "Projects", responses((status = 200, body = SoftDeleted)))]
#[post("/projects/<id>/soft_delete")]
async fn soft_delete_project(app: &App, user: CurrentUser, id: Id<Project>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let project = user.owning_deleted(store::get_any(tx, id, Some(user.id))?)?;
        service::remove(tx, &user, &project)?;
        Answer::ok(&SoftDeleted::DELETED)
    })
    .await
}

/// Restore a deleted project. Its creator within 30 days, or an admin.
#[utoipa::path(tag = "Projects", responses((status = 200, body = SoftDeleted)))]
#[post("/projects/<id>/restore")]
async fn restore_project(app: &App, user: CurrentUser, id: Id<Project>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let project = user.owning_deleted(store::get_any(tx, id, Some(user.id))?)?;
        service::restore(tx, &user, &project)?;
        Answer::ok(&SoftDeleted::RESTORED)
    })
    .await
}

/// Give a project a picture, in the place of the one before. Its creator or an admin.
#[utoipa::path(tag = "Projects", request_body(content = PictureForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Project)))]
#[put("/projects/<id>/thumbnail", data = "<form>")]
async fn set_thumbnail(
    app: &App,
    user: CurrentUser,
    id: Id<Project>,
    version: IfMatch,
    form: Upload<PictureForm>,
) -> Result<Json<Project>> {
    let by = user.clone();
    // Who may not do this is told so before the picture is looked at.
    app.db.read(move |conn| service::owned(conn, &by, id)).await?;
    let picture = picture::receive(app, form, Kind::Project).await?;
    let changed = app.db.write(move |tx| {
        let project = service::owned(tx, &user, id)?;
        version.check(project.updated_at)?;
        service::set_picture(tx, &user, &project, Some(&picture))
    });
    changed.await.map(Json)
}

/// Take the picture of a project away. Its creator or an admin.
#[utoipa::path(tag = "Projects", responses((status = 204)))]
#[delete("/projects/<id>/thumbnail")]
async fn remove_thumbnail(app: &App, user: CurrentUser, id: Id<Project>, version: IfMatch) -> Result<NoContent> {
    let changed = app.db.write(move |tx| {
        let project = service::owned(tx, &user, id)?;
        version.check(project.updated_at)?;
        service::set_picture(tx, &user, &project, None)
    });
    changed.await.map(|_| NoContent)
}
