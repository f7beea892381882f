//! The addresses of the catalogue.

use chrono::Duration;
use rocket::{delete, get, http::uri::Origin, patch, post, put, response::status::NoContent, serde::json::Json};

use super::{
    CategoryCount, Skill, SkillDraft, SkillFilter, SkillSuggestion, Statistics, SuggestionDraft, SuggestionFilter,
    Trend, TrendingFilter,
    service::{self, Suggested},
    store,
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        cache::Ready,
        edge::IfMatch,
        error::Result,
        id::Id,
        list::{Listing, Page, Query},
        once::{Answer, Once},
    },
    users::{Admin, CurrentUser},
};

addresses![
    list_skills,
    create_skill,
    show_skill,
    replace_skill,
    change_skill,
    remove_skill,
    list_categories,
    list_trending,
    show_statistics,
    list_suggestions,
    suggest_skill;
    SkillDraft = |body| SkillDraft::default().read(body),
    SuggestionDraft = SuggestionDraft::read
];

/// The catalogue of skills.
#[utoipa::path(tag = "Skills", params(SkillFilter), responses((status = 200, body = Page<Skill>)))]
#[get("/skills")]
async fn list_skills(app: &App, uri: &Origin<'_>, listing: Listing<SkillFilter>) -> Result<Ready> {
    app.ready_to(None, uri, move |conn| store::list(conn, &listing)).await
}

/// Add a skill to the catalogue. Admins only.
#[utoipa::path(tag = "Skills", request_body = SkillDraft, responses((status = 201, body = Skill)))]
#[post("/skills", data = "<body>")]
async fn create_skill(app: &App, admin: Admin, body: Body, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let skill = service::create(tx, &admin.0, body.fields())?;
        Answer::created(format!("/api/skills/{}/", skill.id), &skill)
    })
    .await
}

/// One skill.
#[utoipa::path(tag = "Skills", responses((status = 200, body = Skill)))]
#[get("/skills/<id>")]
async fn show_skill(app: &App, id: Id<Skill>) -> Result<Json<Skill>> {
    app.db.read(move |conn| store::get(conn, id)).await.map(Json)
}

/// Write a skill whole: what is left out falls back to nothing. Admins only.
#[utoipa::path(tag = "Skills", request_body = SkillDraft, responses((status = 200, body = Skill)))]
#[put("/skills/<id>", data = "<body>")]
async fn replace_skill(app: &App, admin: Admin, id: Id<Skill>, version: IfMatch, body: Body) -> Result<Json<Skill>> {
    write_skill(app, admin, id, version, body).await
}

/// Write some fields of a skill. Admins only.
#[utoipa::path(tag = "Skills", request_body = SkillDraft, responses((status = 200, body = Skill)))]
#[patch("/skills/<id>", data = "<body>")]
async fn change_skill(app: &App, admin: Admin, id: Id<Skill>, version: IfMatch, body: Body) -> Result<Json<Skill>> {
    write_skill(app, admin, id, version, body).await
}

async fn write_skill(app: &App, admin: Admin, id: Id<Skill>, version: IfMatch, body: Body) -> Result<Json<Skill>> {
    let changed = app.db.write(move |tx| {
        let skill = store::get(tx, id)?;
        version.check(skill.updated_at)?;
        service::change(tx, &admin.0, skill, body.fields())
    });
    changed.await.map(Json)
}

/// Take a skill that is not in use out of the catalogue. Admins only.
#[utoipa::path(tag = "Skills", responses((status = 204)))]
#[delete("/skills/<id>")]
async fn remove_skill(app: &App, admin: Admin, id: Id<Skill>, version: IfMatch) -> Result<NoContent> {
    let removed = app.db.write(move |tx| {
        let skill = store::get(tx, id)?;
        version.check(skill.updated_at)?;
        service::remove(tx, &admin.0, &skill)
    });
    removed.await.map(|()| NoContent)
}

/// The fields of work, and how many skills each has.
#[utoipa::path(tag = "Skills", responses((status = 200, body = Vec<CategoryCount>)))]
#[get("/skills/categories")]
async fn list_categories(app: &App) -> Result<Json<Vec<CategoryCount>>> {
    app.db.read(store::categories).await.map(Json)
}

/// The skills that people take up, by `users + 3 × new_users_30_days`.
#[utoipa::path(tag = "Skills", params(TrendingFilter), responses((status = 200, body = Vec<Trend>)))]
#[get("/skills/trending")]
async fn list_trending(app: &App, query: Query<TrendingFilter>) -> Result<Json<Vec<Trend>>> {
    let since = app.clock.now().plus(-Duration::days(30));
    app.db.read(move |conn| store::trending(conn, since, query.0.limit)).await.map(Json)
}

/// Holders, endorsements and demand of one skill.
#[utoipa::path(tag = "Skills", responses((status = 200, body = Statistics)))]
#[get("/skills/<id>/statistics")]
async fn show_statistics(app: &App, id: Id<Skill>) -> Result<Json<Statistics>> {
    app.db.read(move |conn| store::statistics(conn, id)).await.map(Json)
}

/// What the caller suggested for the catalogue.
#[utoipa::path(tag = "Skills", params(SuggestionFilter), responses((status = 200, body = Page<SkillSuggestion>)))]
#[get("/skills/suggestions")]
async fn list_suggestions(
    app: &App,
    user: CurrentUser,
    listing: Listing<SuggestionFilter>,
) -> Result<Json<Page<SkillSuggestion>>> {
    app.db.read(move |conn| store::suggestions(conn, Some(user.id), &listing)).await.map(Json)
}

/// What is there already: the skill itself, or the caller's own suggestion of it.
#[derive(utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = KnownSkill)]
#[expect(dead_code, reason = "describes the answer; each form is made where it is found")]
enum Known {
    /// It is in the catalogue.
    Skill(Skill),
    /// It waits to be taken up.
    Suggestion(SkillSuggestion),
}

/// Suggest a skill for the catalogue; one that it has already is answered with 200.
#[utoipa::path(
    tag = "Skills",
    request_body = SuggestionDraft,
    responses((status = 201, body = SkillSuggestion), (status = 200, body = Known))
)]
#[post("/skills/suggestions", data = "<body>")]
async fn suggest_skill(app: &App, user: CurrentUser, body: Body, once: Once) -> Result<Answer> {
    app.once(once, move |tx| match service::suggest(tx, &user, body.fields())? {
        Suggested::Known(skill) => Answer::ok(&skill),
        Suggested::Kept(suggestion, is_new) => {
            Answer::created_or_found(is_new, "/api/skills/suggestions/".into(), &suggestion)
        }
    })
    .await
}
