//! The addresses of held skills.

use rocket::{delete, get, patch, post, put, response::status::NoContent, serde::json::Json};

use super::{
    Batch, BulkDelete, BulkDeleted, EndorseAnswer, Endorsement, NewUserSkill, UserSkill, UserSkillDraft,
    UserSkillFilter, service, store,
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        edge::IfMatch,
        error::Result,
        fields,
        id::Id,
        list::{Listing, NoFilter, Page},
        once::{Answer, Once},
    },
    users::{self, CurrentUser, Visitor, Whose},
};

addresses![
    list_user_skills,
    add_user_skill,
    add_user_skills,
    show_user_skill,
    replace_user_skill,
    change_user_skill,
    remove_user_skill,
    remove_user_skills,
    endorse,
    unendorse,
    unendorse_by_delete,
    list_endorsements,
    list_skills_of;
    UserSkillDraft = |body| UserSkillDraft::default().read(body),
    NewUserSkill = NewUserSkill::read
];

/// The caller's skills.
#[utoipa::path(tag = "Skills of people", params(UserSkillFilter), responses((status = 200, body = Page<UserSkill>)))]
#[get("/user-skills")]
async fn list_user_skills(
    app: &App,
    user: CurrentUser,
    listing: Listing<UserSkillFilter>,
) -> Result<Json<Page<UserSkill>>> {
    app.db.read(move |conn| store::list(conn, user.id, &listing, "-proficiency_level")).await.map(Json)
}

/// The skills of a person, best first.
#[utoipa::path(tag = "Skills of people", params(UserSkillFilter), responses((status = 200, body = Page<UserSkill>)))]
#[get("/users/<id>/skills")]
async fn list_skills_of(
    app: &App,
    visitor: Visitor,
    id: Whose,
    listing: Listing<UserSkillFilter>,
) -> Result<Json<Page<UserSkill>>> {
    let id = id.id(&visitor)?;
    let page = app.db.read(move |conn| {
        let user = users::store::get_active(conn, id)?;
        store::list(conn, user.id, &listing, "-proficiency_level,-endorsements_count,-years_of_experience")
    });
    page.await.map(Json)
}

/// Take up a skill; one that is held already is updated and answered with 200.
#[utoipa::path(
    tag = "Skills of people",
    request_body = NewUserSkill,
    responses((status = 201, body = UserSkill), (status = 200, body = UserSkill))
)]
#[post("/user-skills", data = "<body>")]
async fn add_user_skill(app: &App, user: CurrentUser, body: Body, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let (row, is_new) = service::take_up(tx, &user, body.fields())?;
        Answer::created_or_found(is_new, format!("/api/user-skills/{}/", row.id), &row)
    })
    .await
}

/// Take up several skills, all or none.
#[utoipa::path(
    tag = "Skills of people",
    request_body = Batch,
    responses((status = 201, body = Vec<UserSkill>))
)]
#[post("/user-skills/batch", data = "<body>")]
async fn add_user_skills(app: &App, user: CurrentUser, body: Body, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let rows = service::take_up_all(tx, &user, body.fields())?;
        Answer::created("/api/user-skills/".into(), &rows)
    })
    .await
}

/// One skill of anybody.
#[utoipa::path(tag = "Skills of people", responses((status = 200, body = UserSkill)))]
#[get("/user-skills/<id>")]
async fn show_user_skill(app: &App, _user: CurrentUser, id: Id<UserSkill>) -> Result<Json<UserSkill>> {
    app.db.read(move |conn| store::get(conn, id)).await.map(Json)
}

/// Write level and years of one's skill; what is left out falls back to its default.
#[utoipa::path(tag = "Skills of people", request_body = UserSkillDraft, responses((status = 200, body = UserSkill)))]
#[put("/user-skills/<id>", data = "<body>")]
async fn replace_user_skill(
    app: &App,
    user: CurrentUser,
    id: Id<UserSkill>,
    version: IfMatch,
    body: Body,
) -> Result<Json<UserSkill>> {
    write_user_skill(app, user, id, version, body).await
}

/// Write level or years of one's skill.
#[utoipa::path(tag = "Skills of people", request_body = UserSkillDraft, responses((status = 200, body = UserSkill)))]
#[patch("/user-skills/<id>", data = "<body>")]
async fn change_user_skill(
    app: &App,
    user: CurrentUser,
    id: Id<UserSkill>,
    version: IfMatch,
    body: Body,
) -> Result<Json<UserSkill>> {
    write_user_skill(app, user, id, version, body).await
}

async fn write_user_skill(
    app: &App,
    user: CurrentUser,
    id: Id<UserSkill>,
    version: IfMatch,
    body: Body,
) -> Result<Json<UserSkill>> {
    let changed = app.db.write(move |tx| {
        let row = user.owning(store::get(tx, id)?)?;
        version.check(row.updated_at)?;
        service::change(tx, &user, row, body.fields())
    });
    changed.await.map(Json)
}

/// Give up a skill.
#[utoipa::path(tag = "Skills of people", responses((status = 204)))]
#[delete("/user-skills/<id>")]
async fn remove_user_skill(app: &App, user: CurrentUser, id: Id<UserSkill>, version: IfMatch) -> Result<NoContent> {
    let removed = app.db.write(move |tx| {
        let row = user.owning(store::get(tx, id)?)?;
        version.check(row.updated_at)?;
        service::remove(tx, &user, &[row])
    });
    removed.await.map(|()| NoContent)
}

/// Give up several skills; only the caller's count.
#[utoipa::path(tag = "Skills of people", request_body = BulkDelete, responses((status = 200, body = BulkDeleted)))]
#[post("/user-skills/bulk_delete", data = "<body>")]
async fn remove_user_skills(app: &App, user: CurrentUser, body: Body, once: Once) -> Result<Answer> {
    let ids = body.read(|body| {
        let mut ids = vec![];
        body.required("ids", &mut (), |_| Ok(()));
        body.several("ids", &mut ids, 500, fields::id);
        ids
    })?;
    app.once(once, move |tx| {
        let deleted_count = service::remove_many(tx, &user, &ids)?;
        Answer::ok(&BulkDeleted { status: "deleted", deleted_count })
    })
    .await
}

/// Vouch for a skill of somebody else.
#[utoipa::path(tag = "Skills of people", responses((status = 200, body = EndorseAnswer)))]
#[post("/user-skills/<id>/endorse")]
async fn endorse(app: &App, user: CurrentUser, id: Id<UserSkill>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let user_skill = service::endorse(tx, &user, store::get(tx, id)?)?;
        Answer::ok(&EndorseAnswer { user_skill, success: true })
    })
    .await
}

/// Withdraw an endorsement.
#[utoipa::path(tag = "Skills of people", responses((status = 200, body = EndorseAnswer)))]
#[post("/user-skills/<id>/unendorse")]
async fn unendorse(app: &App, user: CurrentUser, id: Id<UserSkill>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let user_skill = service::unendorse(tx, &user, &store::get(tx, id)?)?;
        Answer::ok(&EndorseAnswer { user_skill, success: true })
    })
    .await
}

/// Withdraw an endorsement.
#[utoipa::path(tag = "Skills of people", responses((status = 200, body = EndorseAnswer)))]
#[delete("/user-skills/<id>/endorse")]
async fn unendorse_by_delete(app: &App, user: CurrentUser, id: Id<UserSkill>) -> Result<Json<EndorseAnswer>> {
    let user_skill = app.db.write(move |tx| service::unendorse(tx, &user, &store::get(tx, id)?));
    Ok(Json(EndorseAnswer { user_skill: user_skill.await?, success: true }))
}

/// Who vouches for a skill.
#[utoipa::path(tag = "Skills of people", responses((status = 200, body = Page<Endorsement>)))]
#[get("/user-skills/<id>/endorsements")]
async fn list_endorsements(
    app: &App,
    _user: CurrentUser,
    id: Id<UserSkill>,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<Endorsement>>> {
    let page = app.db.read(move |conn| {
        let row = store::get(conn, id)?;
        store::endorsements(conn, row.id, &listing)
    });
    page.await.map(Json)
}
