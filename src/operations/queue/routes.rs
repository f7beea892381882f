//! The addresses of the queue's monitor.

use std::sync::Arc;

use rocket::{State as Managed, delete, get, post, response::status::NoContent, serde::json::Json};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::service;
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        error::{Error, Result},
        fields::{Fields, Input, choice, integer, text},
        list::{Listing, Page},
        once::{Answer, Once},
        task::{
            Registry,
            monitor::{self, TaskFilter},
            store::{self, KindStats, State, TaskDetail, TaskRow},
        },
    },
    users::Admin,
};

addresses![
    list_tasks,
    show_task,
    delete_task,
    retry_task,
    cancel_task,
    run_task,
    purge_tasks,
    list_kinds,
    pause_kind,
    resume_kind;
    RunDraft = read_wish
];

/// Background tasks in every state, kept over restarts.
#[utoipa::path(tag = "Administration", params(TaskFilter), responses((status = 200, body = Page<TaskRow>)))]
#[get("/admin/tasks")]
async fn list_tasks(
    app: &App,
    _admin: Admin,
    registry: &Managed<Arc<Registry>>,
    listing: Listing<TaskFilter>,
) -> Result<Json<Page<TaskRow>>> {
    if let Some(kind) = listing.filter.kind.iter().find(|it| registry.get(it).is_none()) {
        let kinds: Vec<_> = registry.kinds().map(|it| it.kind).collect();
        return Err(Error::field("kind", format!("There is no kind {kind:?}. Choose one of {}.", kinds.join(", "))));
    }
    app.db.read(move |conn| monitor::page(conn, &listing)).await.map(Json)
}

/// One task with each of its runs and their errors.
#[utoipa::path(tag = "Administration", responses((status = 200, body = TaskDetail)))]
#[get("/admin/tasks/<id>")]
async fn show_task(app: &App, _admin: Admin, id: &str) -> Result<Json<TaskDetail>> {
    let id = id.to_owned();
    app.db.read(move |conn| store::get_with_runs(conn, &id)).await.map(Json)
}

/// Delete a task that does not run.
#[utoipa::path(tag = "Administration", responses((status = 204)))]
#[delete("/admin/tasks/<id>")]
async fn delete_task(app: &App, admin: Admin, id: &str) -> Result<NoContent> {
    let id = id.to_owned();
    app.db.write(move |tx| service::delete(tx, (&admin.0).into(), &id)).await.map(|()| NoContent)
}

/// Queue a task again that failed, died or was cancelled, with all its attempts before it.
#[utoipa::path(tag = "Administration", responses((status = 200, body = TaskRow)))]
#[post("/admin/tasks/<id>/retry")]
async fn retry_task(app: &App, admin: Admin, id: &str, once: Once) -> Result<Answer> {
    let id = id.to_owned();
    app.once(once, move |tx| Answer::ok(&service::retry(tx, (&admin.0).into(), &id)?)).await
}

/// Stop a task that waits.
#[utoipa::path(tag = "Administration", responses((status = 200, body = TaskRow)))]
#[post("/admin/tasks/<id>/cancel")]
async fn cancel_task(app: &App, admin: Admin, id: &str, once: Once) -> Result<Answer> {
    let id = id.to_owned();
    app.once(once, move |tx| Answer::ok(&service::cancel(tx, (&admin.0).into(), &id)?)).await
}

/// What is to be run.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct RunDraft {
    /// The name of a kind of task.
    kind: String,
    /// Its arguments; the defaults when left out.
    #[schema(value_type = Object)]
    #[schema(required = false)]
    args: Option<Value>,
}

fn read_wish(body: &mut Fields) -> (String, Value) {
    let (mut kind, mut args) = (String::new(), json!({}));
    body.required("kind", &mut kind, text(1..=100));
    body.defaulting_to(json!({}), "args", &mut args, object);
    (kind, args)
}

/// Queue a task of any kind.
#[utoipa::path(tag = "Administration", request_body = RunDraft,
    responses((status = 201, body = TaskRow), (status = 200, body = TaskRow, description = "The same was queued already.")))]
#[post("/admin/tasks/run", data = "<body>")]
async fn run_task(
    app: &App,
    admin: Admin,
    registry: &Managed<Arc<Registry>>,
    once: Once,
    body: Body,
) -> Result<Answer> {
    let (kind, args) = body.read(read_wish)?;
    let registry = registry.inner().clone();
    app.once(once, move |tx| {
        let queued = service::run(tx, (&admin.0).into(), &registry, &kind, args)?;
        let task = store::get(tx, &queued.id)?;
        Answer::created_or_found(queued.new, format!("/api/admin/tasks/{}/", task.id), &task)
    })
    .await
}

fn object(input: Input<'_>) -> Result<Value, String> {
    let value = input.json();
    if value.is_object() { Ok(value.clone()) } else { Err("Give an object.".into()) }
}

/// What is to be deleted.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct PurgeDraft {
    /// done, dead or cancelled.
    #[schema(value_type = String)]
    state: State,
    /// How long ago they ended at least; 7 when left out.
    older_than_days: Option<u32>,
}

/// What was deleted.
#[derive(Serialize, ToSchema)]
struct Purged {
    /// How many tasks.
    deleted_count: usize,
}

/// Delete tasks that ended long ago.
#[utoipa::path(tag = "Administration", request_body = PurgeDraft, responses((status = 200, body = Purged)))]
#[post("/admin/tasks/purge", data = "<body>")]
async fn purge_tasks(app: &App, admin: Admin, body: Body) -> Result<Json<Purged>> {
    let (state, days) = body.read(|body| {
        let (mut state, mut days) = (State::Pending, 7);
        body.required("state", &mut state, choice);
        body.defaulting_to(7, "older_than_days", &mut days, integer(0..=36_500));
        if body.has("state") {
            let ended = matches!(state, State::Done | State::Dead | State::Cancelled);
            body.check("state", ended, "Choose one of done, dead, cancelled.");
        }
        (state, days)
    })?;
    let days = u32::try_from(days).map_err(|_| Error::field("older_than_days", "This is too large."))?;
    let deleted_count = service::purge(app, Some(admin.0), state, days).await?;
    Ok(Json(Purged { deleted_count }))
}

/// How each kind of task is doing.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Vec<KindStats>)))]
#[get("/admin/tasks/kinds")]
async fn list_kinds(app: &App, _admin: Admin, registry: &Managed<Arc<Registry>>) -> Result<Json<Vec<KindStats>>> {
    let (registry, now) = (registry.inner().clone(), app.clock.now());
    app.db.read(move |conn| store::kinds(conn, &registry, now)).await.map(Json)
}

/// Let the tasks of a kind wait, in every process; what runs comes to its end.
#[utoipa::path(tag = "Administration", responses((status = 200, body = KindStats)))]
#[post("/admin/tasks/kinds/<kind>/pause")]
async fn pause_kind(
    app: &App,
    admin: Admin,
    registry: &Managed<Arc<Registry>>,
    kind: &str,
    once: Once,
) -> Result<Answer> {
    let (registry, kind) = (registry.inner().clone(), kind.to_owned());
    app.once(once, move |tx| Answer::ok(&service::pause(tx, (&admin.0).into(), &registry, &kind)?)).await
}

/// Let the tasks of a kind run again.
#[utoipa::path(tag = "Administration", responses((status = 200, body = KindStats)))]
#[post("/admin/tasks/kinds/<kind>/resume")]
async fn resume_kind(
    app: &App,
    admin: Admin,
    registry: &Managed<Arc<Registry>>,
    kind: &str,
    once: Once,
) -> Result<Answer> {
    let (registry, kind) = (registry.inner().clone(), kind.to_owned());
    app.once(once, move |tx| Answer::ok(&service::resume(tx, (&admin.0).into(), &registry, &kind)?)).await
}
