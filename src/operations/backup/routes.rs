//! The addresses of backups.

use anyhow::Context as _;
use rocket::{get, post, serde::json::Json, tokio::task::spawn_blocking};

use super::{Folder, model::Backup, tasks};
use crate::{
    addresses,
    platform::{
        app::App,
        error::Result,
        once::{Answer, Once},
        task::store::TaskRow,
    },
    users::Admin,
};

addresses![list_backups, make_backup];

/// The backups of the data folder, the newest first.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Vec<Backup>)))]
#[get("/admin/backups")]
async fn list_backups(app: &App, _admin: Admin) -> Result<Json<Vec<Backup>>> {
    let folder = Folder::of(&app.config);
    Ok(Json(spawn_blocking(move || folder.list()).await.context("backups could not be listed")??))
}

/// Ask for a backup: it is made in the background, and read back.
#[utoipa::path(tag = "Administration", responses((status = 202, body = TaskRow)))]
#[post("/admin/backups")]
async fn make_backup(app: &App, admin: Admin, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::accepted(&tasks::ask(tx, (&admin.0).into())?)).await
}
