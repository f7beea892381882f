//! The addresses of reports and moderation.

use rocket::{get, post, serde::json::Json};
use utoipa::ToSchema;

use super::{Case, CaseFilter, Flag, FlagDraft, service, store};
use crate::{
    addresses,
    community::{Post, Target, comments::Comment},
    platform::{
        app::App,
        body::Body,
        error::Result,
        fields::{Fields, text},
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
    },
    users::{CurrentUser, Moderator},
};

addresses![flag_post, flag_comment, list_cases, hide, restore, dismiss;
    FlagDraft = FlagDraft::read,
    Note = read_note
];

/// Report a post to the moderators, once. Five open reports hide it until a moderator has looked.
#[utoipa::path(tag = "Community", request_body = FlagDraft, responses((status = 200, body = Flag), (status = 201, body = Flag)))]
#[post("/community/posts/<id>/flag", data = "<body>")]
async fn flag_post(app: &App, user: CurrentUser, id: Id<Post>, once: Once, body: Body) -> Result<Answer> {
    flag(app, user, Target::Post(id), once, body).await
}

/// Report a comment to the moderators, once. Five open reports hide it until a moderator has looked.
#[utoipa::path(tag = "Community", request_body = FlagDraft, responses((status = 200, body = Flag), (status = 201, body = Flag)))]
#[post("/community/comments/<id>/flag", data = "<body>")]
async fn flag_comment(app: &App, user: CurrentUser, id: Id<Comment>, once: Once, body: Body) -> Result<Answer> {
    flag(app, user, Target::Comment(id), once, body).await
}

async fn flag(app: &App, user: CurrentUser, target: Target, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let (flag, is_new) = service::flag(tx, &user, target, body.fields())?;
        let location = format!("/api/community/{}s/{}/", target.name(), target.raw());
        Answer::created_or_found(is_new, location, &flag)
    })
    .await
}

/// What was reported, the most reported first. Moderators.
#[utoipa::path(tag = "Moderation", params(CaseFilter), responses((status = 200, body = Page<Case>)))]
#[get("/admin/moderation")]
async fn list_cases(app: &App, _moderator: Moderator, listing: Listing<CaseFilter>) -> Result<Json<Page<Case>>> {
    app.db.read(move |conn| store::page(conn, &listing)).await.map(Json)
}

/// What a moderator says to a decision.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct Note {
    /// At most 500 characters; its author is told.
    note: Option<String>,
}

fn read_note(body: &mut Fields) -> String {
    let mut note = String::new();
    body.defaulted("note", &mut note, text(0..=500));
    note
}

/// Hide what was reported from all but its author and moderators. Moderators; the author is told.
#[utoipa::path(tag = "Moderation", request_body = Note, responses((status = 200, body = Case)))]
#[post("/admin/moderation/<id>/hide", data = "<body>")]
async fn hide(app: &App, by: Moderator, id: Id<Case>, once: Once, body: Body) -> Result<Answer> {
    let note = body.read(read_note)?;
    app.once(once, move |tx| Answer::ok(&service::hide(tx, &by.0, id, note)?)).await
}

/// Show what was hidden again, and dismiss the reports. Moderators; the author is told.
#[utoipa::path(tag = "Moderation", request_body = Note, responses((status = 200, body = Case)))]
#[post("/admin/moderation/<id>/restore", data = "<body>")]
async fn restore(app: &App, by: Moderator, id: Id<Case>, once: Once, body: Body) -> Result<Answer> {
    let note = body.read(read_note)?;
    app.once(once, move |tx| Answer::ok(&service::restore(tx, &by.0, id, note)?)).await
}

/// Find the reports to be without reason. Moderators; the author is told.
#[utoipa::path(tag = "Moderation", request_body = Note, responses((status = 200, body = Case)))]
#[post("/admin/moderation/<id>/dismiss", data = "<body>")]
async fn dismiss(app: &App, by: Moderator, id: Id<Case>, once: Once, body: Body) -> Result<Answer> {
    let note = body.read(read_note)?;
    app.once(once, move |tx| Answer::ok(&service::dismiss(tx, &by.0, id, note)?)).await
}
