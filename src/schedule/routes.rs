//! The addresses of the schedule.

use rocket::{get, patch, post, serde::json::Json};
use utoipa::ToSchema;

use super::{entries, model::ScheduleEntry, service};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        error::Result,
        fields::flag,
        once::{Answer, Once},
        task::store::TaskRow,
    },
    users::Admin,
};

addresses![list_entries, change_entry, run_entry];

/// What runs by itself: when, when last, and with what outcome.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Vec<ScheduleEntry>)))]
#[get("/admin/schedule")]
async fn list_entries(app: &App, _admin: Admin) -> Result<Json<Vec<ScheduleEntry>>> {
    let now = app.clock.now();
    app.db.read(move |conn| service::list(conn, &entries(), now)).await.map(Json)
}

/// What can be changed of an entry.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the field is read by itself")]
struct EntryDraft {
    /// Whether its times count. Those that come while it is off are not made up for.
    enabled: Option<bool>,
}

/// Turn an entry on or off.
#[utoipa::path(tag = "Administration", request_body = EntryDraft, responses((status = 200, body = ScheduleEntry)))]
#[patch("/admin/schedule/<name>", data = "<body>")]
async fn change_entry(app: &App, admin: Admin, name: &str, body: Body) -> Result<Json<ScheduleEntry>> {
    let enabled = body.read(|body| {
        let mut enabled = None;
        body.optional("enabled", &mut enabled, flag);
        enabled
    })?;
    let name = name.to_owned();
    let changed = app.db.write(move |tx| service::set_enabled(tx, (&admin.0).into(), &entries(), &name, enabled));
    changed.await.map(Json)
}

/// Queue the task of an entry now; its times stay as they are.
#[utoipa::path(tag = "Administration", responses((status = 201, body = TaskRow)))]
#[post("/admin/schedule/<name>/run")]
async fn run_entry(app: &App, admin: Admin, name: &str, once: Once) -> Result<Answer> {
    let name = name.to_owned();
    app.once(once, move |tx| {
        let task = service::run(tx, (&admin.0).into(), &entries(), &name)?;
        Answer::created(format!("/api/admin/tasks/{}/", task.id), &task)
    })
    .await
}
