//! What is asked of the process itself, beside the API: whether it lives, whether it can work, and public pictures.

use std::collections::BTreeMap;

use rocket::{get, http::Status, serde::json::Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::health;
use crate::{
    addresses,
    platform::{
        app::App,
        download::Download,
        error::{Error, Result},
        files::Kind,
    },
};

addresses![alive, ready, media];

/// That the process lives.
#[derive(Serialize, ToSchema)]
struct Alive {
    /// Always `ok`.
    status: &'static str,
    /// The version of the program.
    version: &'static str,
}

/// Alive; touches nothing.
#[utoipa::path(tag = "Operations", responses((status = 200, body = Alive)))]
#[get("/health")]
fn alive() -> Json<Alive> {
    Json(Alive { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Whether the process can do its work.
#[derive(Serialize, ToSchema)]
struct Readiness {
    /// `ok`, or `failed` when one of the checks fails.
    status: &'static str,
    /// `ok` or `failed` by check: database, migrations, writable, tasks, disk.
    #[schema(value_type = BTreeMap<String, String>)]
    checks: BTreeMap<&'static str, &'static str>,
}

/// Whether this process can do its work; 503 when one of the checks fails.
#[utoipa::path(tag = "Operations", responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
#[get("/health/ready")]
async fn ready(app: &App) -> (Status, Json<Readiness>) {
    let checks = health::checks(app).await;
    let word = |good: bool| if good { "ok" } else { "failed" };
    let all = checks.iter().all(|it| it.ok);
    let checks = checks.iter().map(|it| (it.name, word(it.ok))).collect();
    let status = if all { Status::Ok } else { Status::ServiceUnavailable };
    (status, Json(Readiness { status: word(all), checks }))
}

/// A public picture.
#[utoipa::path(tag = "Operations", responses((status = 200, body = Vec<u8>, content_type = "image/*")))]
#[get("/media/<kind>/<name>")]
async fn media(app: &App, kind: &str, name: &str) -> Result<Download> {
    let kind = Kind::of_media(kind).ok_or(Error::NotFound("file"))?;
    Download::picture(&app.files, kind, name).await
}
