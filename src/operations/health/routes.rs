//! The addresses of health and storage.

use rocket::{get, serde::json::Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    service::{self, Check},
    storage::{self, Storage},
};
use crate::{
    addresses,
    platform::{app::App, clock::Timestamp, error::Result},
    users::Admin,
};

addresses![show_health, show_storage];

/// How the instance is doing.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`, or `failed` when one of the checks is.
    status: &'static str,
    /// The version of careerd.
    version: &'static str,
    /// The version of the database library.
    sqlite_version: &'static str,
    /// When this process was started.
    started_at: Timestamp,
    /// How long it has run.
    uptime_seconds: i64,
    /// Every check of `/health/ready/` with its figures.
    checks: Vec<Check>,
}

/// Every check of /health/ready/ with its figures, versions and uptime.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Health)))]
#[get("/admin/health")]
async fn show_health(app: &App, _admin: Admin) -> Json<Health> {
    let checks = service::checks(app).await;
    Json(Health {
        status: if checks.iter().all(|it| it.ok) { "ok" } else { "failed" },
        version: env!("CARGO_PKG_VERSION"),
        sqlite_version: crate::platform::db::sqlite_version(),
        started_at: app.started_at,
        uptime_seconds: app.clock.now().since(app.started_at).num_seconds().max(0),
        checks,
    })
}

/// Database, media and files by kind, backups and free disk.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Storage)))]
#[get("/admin/storage")]
async fn show_storage(app: &App, _admin: Admin) -> Result<Json<Storage>> {
    Ok(Json(storage::storage(app).await?))
}
