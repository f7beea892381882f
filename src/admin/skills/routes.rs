//! The addresses of the catalogue's care.

use rocket::{get, post, serde::json::Json};
use utoipa::ToSchema;

use super::service;
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        error::Result,
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
    },
    skills::{Acceptance, Skill, SkillSuggestion, SuggestionFilter, service as skills, store},
    users::Admin,
};

addresses![list_all_suggestions, accept_suggestion, reject_suggestion, merge_skill;
    Acceptance = Acceptance::read
];

/// What people suggested for the catalogue, newest first. Admins only.
#[utoipa::path(tag = "Administration", params(SuggestionFilter), responses((status = 200, body = Page<SkillSuggestion>)))]
#[get("/admin/skill-suggestions")]
async fn list_all_suggestions(
    app: &App,
    _admin: Admin,
    listing: Listing<SuggestionFilter>,
) -> Result<Json<Page<SkillSuggestion>>> {
    app.db.read(move |conn| store::suggestions(conn, None, &listing)).await.map(Json)
}

/// Take a suggestion into the catalogue, under another name or as a synonym if so wanted; all who suggested the same are
/// answered. Admins only.
#[utoipa::path(tag = "Administration", request_body = Option<Acceptance>, responses((status = 200, body = SkillSuggestion), (status = 409, description = "It was decided on before.")))]
#[post("/admin/skill-suggestions/<id>/accept", data = "<body>")]
async fn accept_suggestion(app: &App, admin: Admin, id: Id<SkillSuggestion>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let suggestion = store::suggestion_with(tx, id)?;
        Answer::ok(&skills::accept_suggestion(tx, &admin.0, &suggestion, body.fields())?)
    })
    .await
}

/// Turn a suggestion down; all who suggested the same are answered. Admins only.
#[utoipa::path(tag = "Administration", responses((status = 200, body = SkillSuggestion), (status = 409, description = "It was decided on before.")))]
#[post("/admin/skill-suggestions/<id>/reject")]
async fn reject_suggestion(app: &App, admin: Admin, id: Id<SkillSuggestion>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let suggestion = store::suggestion_with(tx, id)?;
        Answer::ok(&skills::reject_suggestion(tx, &admin.0, &suggestion)?)
    })
    .await
}

/// What takes a skill's place.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct MergeBody {
    /// Its id or name.
    into_id: Id<Skill>,
}

/// Merge a skill into another one: holders, endorsements, postings, courses and projects follow, and its names become
/// synonyms. Admins only.
#[utoipa::path(tag = "Administration", request_body = MergeBody, responses((status = 200, body = Skill)))]
#[post("/admin/skills/<id>/merge", data = "<body>")]
async fn merge_skill(app: &App, admin: Admin, id: Id<Skill>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let from = store::get(tx, id)?;
        Answer::ok(&service::merge(tx, &admin.0, &from, body.fields())?)
    })
    .await
}
