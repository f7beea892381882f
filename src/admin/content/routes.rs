//! The addresses of what was deleted and of bulk steps.

use rocket::{delete, get, post, response::status::NoContent, serde::json::Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Bulk, Deleted, DeletedFilter, Kind, service, store};
use crate::{
    addresses,
    admin::{BulkUpdated, MOST_BULK, tasks::deliver},
    platform::{
        app::App,
        body::Body,
        error::Result,
        fields::{Fields, id},
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
    },
    users::Admin,
};

addresses![list_deleted, restore_deleted, erase_deleted, delete_several, set_status_of_several;
    SeveralBody = read_ids,
    StatusBody = read_ids
];

/// What was deleted and is not purged yet, newest first. Admins only.
#[utoipa::path(tag = "Administration", params(DeletedFilter), responses((status = 200, body = Page<Deleted>)))]
#[get("/admin/deleted")]
async fn list_deleted(app: &App, _admin: Admin, listing: Listing<DeletedFilter>) -> Result<Json<Page<Deleted>>> {
    app.db.read(move |conn| store::page(conn, &listing)).await.map(Json)
}

/// Restore something that was deleted, however long ago. Answers with the thing itself. Admins only.
#[utoipa::path(tag = "Administration", responses((status = 200, body = serde_json::Value)))]
#[post("/admin/deleted/<kind>/<id>/restore")]
async fn restore_deleted(app: &App, admin: Admin, kind: Kind, id: Id<Deleted>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&service::restore(tx, &admin.0, kind, id.raw())?)).await
}

/// Remove something that was deleted for good: an account that was left or deactivated is erased at once. Admins only.
#[utoipa::path(tag = "Administration", responses((status = 204)))]
#[delete("/admin/deleted/<kind>/<id>")]
async fn erase_deleted(app: &App, admin: Admin, kind: Kind, id: Id<Deleted>) -> Result<NoContent> {
    let (files, base) = (app.files.clone(), app.public_url());
    let last = app.db.write(move |tx| service::erase(tx, &admin.0, (kind, id.raw()), &files, &base)).await?;
    deliver(app, last).await;
    Ok(NoContent)
}

/// How many rows a bulk step deleted.
#[derive(Serialize, ToSchema)]
struct SeveralDeleted {
    /// Always `deleted`.
    status: &'static str,
    /// How many rows.
    deleted_count: usize,
}

/// Which things.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct SeveralBody {
    /// At most 500; unknown ones are passed over.
    ids: Vec<i64>,
}

fn read_ids(body: &mut Fields) -> Vec<i64> {
    let mut ids: Vec<Id<Deleted>> = vec![];
    body.required("ids", &mut (), |_| Ok(()));
    body.several("ids", &mut ids, MOST_BULK, id);
    ids.into_iter().map(Id::raw).collect()
}

/// Delete several posts, comments, courses, projects or jobs, which can be restored, or the reports of several cases. Admins only.
#[utoipa::path(tag = "Administration", request_body = SeveralBody, responses((status = 200, body = SeveralDeleted)))]
#[post("/admin/<kind>/bulk_delete", data = "<body>")]
async fn delete_several(app: &App, admin: Admin, kind: Bulk, once: Once, body: Body) -> Result<Answer> {
    let ids = body.read(read_ids)?;
    app.once(once, move |tx| {
        let deleted_count = service::delete_all(tx, &admin.0, kind, &ids)?;
        Answer::ok(&SeveralDeleted { status: "deleted", deleted_count })
    })
    .await
}

/// Which things become what.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct StatusBody {
    /// At most 500; unknown ones are passed over.
    ids: Vec<i64>,
    /// Of courses and projects: active, inactive, archived; of jobs: active, closed; of posts and comments: visible, hidden;
    /// of flags: upheld, dismissed.
    status: String,
}

/// Give several posts, comments, courses, projects, jobs or flags a status. What is unknown, has it already or cannot have it is passed
/// over. Admins only.
#[utoipa::path(tag = "Administration", request_body = StatusBody, responses((status = 200, body = BulkUpdated)))]
#[post("/admin/<kind>/bulk_update_status", data = "<body>")]
async fn set_status_of_several(app: &App, admin: Admin, kind: Bulk, once: Once, body: Body) -> Result<Answer> {
    let (ids, status) = body.read(|body| {
        let mut status = "";
        let ids = read_ids(body);
        body.required("status", &mut status, |it| kind.status(it));
        (ids, status)
    })?;
    app.once(once, move |tx| Answer::ok(&BulkUpdated::of(service::set_status(tx, &admin.0, kind, &ids, status)?))).await
}
