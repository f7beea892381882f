//! The addresses of archives: only for the person, in person.

use rocket::{get, http::ContentType, post};

use super::{model::ExportAnswer, service, store};
use crate::{
    addresses,
    platform::{
        app::App,
        download::Download,
        error::{Error, Result},
        files::Kind,
        once::{Answer, Once},
    },
    users::InPerson,
};

addresses![show_export, start_export, download_export];

/// How far the archive of your data is. The first call has it made; it is kept for seven days.
#[utoipa::path(tag = "People", responses((status = 200, body = ExportAnswer), (status = 202, body = ExportAnswer)))]
#[get("/users/me/export")]
async fn show_export(app: &App, user: InPerson) -> Result<Answer> {
    let (id, now) = (user.0.id, app.clock.now());
    if let Some(shown) = app.db.read(move |conn| service::shown(conn, id, now)).await? {
        return told(&shown);
    }
    let files = app.files.clone();
    // Another call may have been first meanwhile.
    let started = app.db.write(move |tx| match service::shown(tx, id, tx.now())? {
        Some(shown) => Ok(shown),
        None => service::start(tx, id, &files),
    });
    told(&started.await?)
}

fn told(export: &ExportAnswer) -> Result<Answer> {
    match export.status {
        super::model::Status::Pending => Answer::accepted(export),
        _ => Answer::ok(export),
    }
}

/// Have a fresh archive of your data made, in the place of the one before. While one is made, that one is answered.
#[utoipa::path(tag = "People", responses((status = 202, body = ExportAnswer)))]
#[post("/users/me/export")]
async fn start_export(app: &App, user: InPerson, once: Once) -> Result<Answer> {
    let (id, files) = (user.0.id, app.files.clone());
    app.once(once, move |tx| Answer::accepted(&service::start(tx, id, &files)?)).await
}

/// The archive of your data: a ZIP of JSON files and of your documents.
#[utoipa::path(tag = "People", responses(
    (status = 200, body = Vec<u8>, content_type = "application/zip"),
    (status = 404, description = "None is ready.")
))]
#[get("/users/me/export/download")]
async fn download_export(app: &App, user: InPerson) -> Result<Download> {
    let (id, now) = (user.0.id, app.clock.now());
    let export = app.db.read(move |conn| store::find(conn, id)).await?;
    let export = export.filter(|it| it.expires_at.is_some_and(|at| at > now)).ok_or(Error::NotFound("export"))?;
    let (file, _) = export.file.ok_or(Error::NotFound("export"))?;
    let name = format!("careerd-{}-{}.zip", user.0.caller.username, export.requested_at.date());
    Download::open(&app.files, Kind::Export, &file, name, ContentType::ZIP).await
}
