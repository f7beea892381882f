//! The addresses of backups.

use anyhow::Context as _;
use rocket::{get, post, serde::json::Json, tokio::task::spawn_blocking};

use super::{Folder, model::Backup, tasks};
use crate::{
    addresses,
    platform::{
        app::App,
        error::Result,
        list::{Listing, NoFilter, Page},
        once::{Answer, Once},
        task::store::TaskRow,
    },
    users::Admin,
};

addresses![list_backups, make_backup];

/// The backups of the data folder, the newest first.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Page<Backup>)))]
#[get("/admin/backups")]
async fn list_backups(app: &App, _admin: Admin, listing: Listing<NoFilter>) -> Result<Json<Page<Backup>>> {
    let folder = Folder::of(&app.config);
    let backups = spawn_blocking(move || folder.list()).await.context("backups could not be listed")??;
    let asked = backups.into_iter().filter(|it| listing.slice.spans(it.created_at)).collect();
    listing.slice.of_all(asked).map(Json)
}

/// Ask for a backup: it is made in the background, and read back.
#[utoipa::path(tag = "Administration", responses((status = 202, body = TaskRow)))]
#[post("/admin/backups")]
async fn make_backup(app: &App, admin: Admin, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::accepted(&tasks::ask(tx, (&admin.0).into())?)).await
}
