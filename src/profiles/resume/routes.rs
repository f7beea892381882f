//! The addresses of the profile as a résumé.

use rocket::{get, http::ContentType, post, serde::json::Json};

use super::{
    docx,
    model::{Document, Imported, JsonResume},
    service::{self, How},
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        download::Made,
        error::{Error, Result},
        fields::{Fields, Mode, flag},
        list::{Filter, Query},
        once::{Answer, Once},
    },
    users::CurrentUser,
};

addresses![show_json_resume, import_json_resume, download_resume_document];

/// Your profile, skills, completed courses and projects as JSON Resume 1.0.0.
#[utoipa::path(tag = "People", responses((status = 200, body = JsonResume)))]
#[get("/users/me/json-resume")]
async fn show_json_resume(app: &App, user: CurrentUser) -> Result<Json<JsonResume>> {
    let base = app.public_url();
    app.db.read(move |conn| service::document(conn, user.id, &base)).await.map(Json)
}

/// How a document is brought in.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Only say what would change; also taken from the document.
    #[param(default = false)]
    dry_run: bool,
    /// Replace what is filled already; also taken from the document.
    #[param(default = false)]
    overwrite: bool,
}

impl Filter for ImportQuery {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { dry_run: false, overwrite: false };
        query.defaulted("dry_run", &mut it.dry_run, flag);
        query.defaulted("overwrite", &mut it.overwrite, flag);
        it
    }
}

/// Bring a JSON Resume document into your profile: it fills what is empty, and skills only rise.
#[utoipa::path(tag = "People", params(ImportQuery), request_body = Object, responses((status = 200, body = Imported)))]
#[post("/users/me/json-resume", data = "<body>")]
async fn import_json_resume(
    app: &App,
    user: CurrentUser,
    once: Once,
    query: Query<ImportQuery>,
    body: Body,
) -> Result<Answer> {
    let document = body.object();
    let mut flags = Fields::of_body(document.clone(), Mode::Whole);
    let asked = ImportQuery::read(&mut flags);
    let asked = flags.finish(asked)?;
    let how = How { dry_run: asked.dry_run || query.0.dry_run, overwrite: asked.overwrite || query.0.overwrite };
    let document = Document::read(document)?;
    app.once(once, move |tx| Answer::ok(&service::import(tx, &user, document, how)?)).await
}

/// Your profile as a document for a word processor, with the content of the JSON Resume.
#[utoipa::path(tag = "People", responses((status = 200, content_type =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))]
#[get("/users/me/resume.docx")]
async fn download_resume_document(app: &App, user: CurrentUser) -> Result<Made> {
    let base = app.public_url();
    let name = format!("{}-resume.docx", user.caller.username);
    let resume = app.db.read(move |conn| service::document(conn, user.id, &base)).await?;
    let written = rocket::tokio::task::spawn_blocking(move || docx::write(&resume));
    let bytes = written.await.map_err(|e| Error::Internal(e.into()))??;
    let kind = ContentType::new("application", "vnd.openxmlformats-officedocument.wordprocessingml.document");
    Ok(Made { bytes, name, content_type: kind })
}
