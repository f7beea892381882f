//! The addresses of achievements.

use chrono::Duration;
use rocket::{delete, get, patch, post, put, request::FromParam, response::status::NoContent, serde::json::Json};
use utoipa::ToSchema;

use super::{
    Achievement, Leader, Progress, UserAchievement,
    model::{AchievementDraft, AchievementFilter, AwardFilter, LeaderFilter, Seen},
    service,
    store::{self, Which},
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        cache::Ready,
        db::Tx,
        edge::IfMatch,
        error::Result,
        fields::{Fields, id, text},
        id::Id,
        list::{Listing, Page, Query},
        once::{Answer, Once},
        signature::Argument,
    },
    users::{self, Admin, CurrentUser, User, Visitor, Whose},
};

addresses![
    list,
    show,
    create,
    replace,
    change,
    remove,
    progress,
    list_awards,
    show_award,
    award,
    revoke,
    list_of_user,
    leaderboard;
    AchievementDraft = |body| AchievementDraft::default().read(body, false),
    AwardBody = read_award
];

impl utoipa::PartialSchema for Which {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::schema!(String).description(Some("An id, or a key.")).into()
    }
}
impl ToSchema for Which {}

impl Argument for Which {}

impl FromParam<'_> for Which {
    type Error = std::convert::Infallible;

    fn from_param(param: &str) -> std::result::Result<Self, Self::Error> {
        Ok(param.parse().map_or_else(|_| Which::Key(param.to_owned()), Which::Id))
    }
}

/// What can be earned. Signed in: with where the caller stands.
#[utoipa::path(tag = "Achievements", params(AchievementFilter), responses((status = 200, body = Page<Seen>)))]
#[get("/achievements")]
async fn list(app: &App, visitor: Visitor, listing: Listing<AchievementFilter>) -> Result<Json<Page<Seen>>> {
    let now = app.clock.now();
    app.db.read(move |conn| store::page(conn, &listing, visitor.id(), now)).await.map(Json)
}

/// One achievement with the number of its holders.
#[utoipa::path(tag = "Achievements", responses((status = 200, body = Seen)))]
#[get("/achievements/<id>")]
async fn show(app: &App, visitor: Visitor, id: Which) -> Result<Json<Seen>> {
    let now = app.clock.now();
    app.db.read(move |conn| store::seen(conn, &id, visitor.id(), now)).await.map(Json)
}

/// Add an achievement.
#[utoipa::path(tag = "Achievements", request_body = AchievementDraft, responses((status = 201, body = Achievement)))]
#[post("/achievements", data = "<body>")]
async fn create(app: &App, admin: Admin, body: Body, once: Once) -> Result<Answer> {
    let draft = body.read(|body| AchievementDraft::default().read(body, false))?;
    app.once(once, move |tx| {
        let row = service::create(tx, &admin.0, &draft)?;
        Answer::created(format!("/api/achievements/{}/", row.id), &row)
    })
    .await
}

/// Write an achievement whole.
#[utoipa::path(tag = "Achievements", request_body = AchievementDraft, responses((status = 200, body = Achievement)))]
#[put("/achievements/<id>", data = "<body>")]
async fn replace(app: &App, admin: Admin, id: Which, version: IfMatch, body: Body) -> Result<Json<Achievement>> {
    app.db.write(move |tx| write(tx, &admin.0, &id, &version, body)).await.map(Json)
}

/// Write some fields of an achievement.
#[utoipa::path(tag = "Achievements", request_body = AchievementDraft, responses((status = 200, body = Achievement)))]
#[patch("/achievements/<id>", data = "<body>")]
async fn change(app: &App, admin: Admin, id: Which, version: IfMatch, body: Body) -> Result<Json<Achievement>> {
    app.db.write(move |tx| write(tx, &admin.0, &id, &version, body)).await.map(Json)
}

fn write(tx: &Tx<'_>, by: &CurrentUser, id: &Which, version: &IfMatch, body: Body) -> Result<Achievement> {
    let before = store::get(tx, id)?;
    version.check(before.updated_at)?;
    service::change(tx, by, &before, body.fields())
}

/// Remove an achievement that nobody holds.
#[utoipa::path(tag = "Achievements", responses((status = 204)))]
#[delete("/achievements/<id>")]
async fn remove(app: &App, admin: Admin, id: Which, version: IfMatch) -> Result<NoContent> {
    let remove = move |tx: &Tx<'_>| {
        let row = store::get(tx, &id)?;
        version.check(row.updated_at)?;
        service::remove(tx, &admin.0, &row)?;
        Ok(NoContent)
    };
    app.db.write(remove).await
}

/// How far the caller is with what they may still earn, nearest first.
#[utoipa::path(tag = "Achievements", responses((status = 200, body = Vec<Progress>)))]
#[get("/achievements/progress")]
async fn progress(app: &App, user: CurrentUser) -> Result<Json<Vec<Progress>>> {
    let now = app.clock.now();
    app.db.read(move |conn| store::progress(conn, user.id, now)).await.map(Json)
}

/// What the caller earned, or `user=` did, newest first.
#[utoipa::path(tag = "Achievements", params(AwardFilter), responses((status = 200, body = Page<UserAchievement>)))]
#[get("/user-achievements")]
async fn list_awards(
    app: &App,
    user: CurrentUser,
    listing: Listing<AwardFilter>,
) -> Result<Json<Page<UserAchievement>>> {
    let page = app.db.read(move |conn| {
        let whose = match listing.filter.user {
            Some(id) if id != user.id => users::store::get_active(conn, id)?.id,
            _ => user.id,
        };
        store::awards(conn, whose, &listing)
    });
    page.await.map(Json)
}

/// One award.
#[utoipa::path(tag = "Achievements", responses((status = 200, body = UserAchievement)))]
#[get("/user-achievements/<id>")]
async fn show_award(app: &App, _user: CurrentUser, id: Id<UserAchievement>) -> Result<Json<UserAchievement>> {
    app.db.read(move |conn| store::get_award(conn, id)).await.map(Json)
}

/// What is awarded to whom: by key or by id.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct AwardBody {
    /// To whom.
    user_id: Id<User>,
    /// The achievement's key.
    key: Option<String>,
    /// Its number instead.
    achievement_id: Option<Id<Achievement>>,
}

fn read_award(body: &mut Fields) -> (Id<User>, Option<(&'static str, Which)>) {
    let (mut user, mut key, mut number) = (Id::<User>::new(0), None, None);
    body.required("user_id", &mut user, id);
    body.optional("key", &mut key, text(1..=50));
    body.optional("achievement_id", &mut number, id);
    let which = match (number, key) {
        (Some(id), _) => Some(("achievement_id", Which::Id(id))),
        (None, Some(key)) => Some(("key", Which::Key(key))),
        (None, None) => None,
    };
    let named = which.is_some() || body.has("key") || body.has("achievement_id");
    body.check("key", named, "Give a key or an achievement_id.");
    (user, which)
}

/// Award an achievement by hand.
#[utoipa::path(tag = "Achievements", request_body = AwardBody,
    responses((status = 201, body = UserAchievement), (status = 200, body = UserAchievement, description = "Was held already.")))]
#[post("/user-achievements", data = "<body>")]
async fn award(app: &App, admin: Admin, body: Body, once: Once) -> Result<Answer> {
    let (user, which) = body.read(read_award)?;
    let Some(which) = which else {
        return Err(crate::platform::error::Error::field("key", "Give a key or an achievement_id."));
    };
    let Admin(admin) = admin;
    app.once(once, move |tx| {
        let (is_new, row) = service::award(tx, &admin, user, which)?;
        Answer::created_or_found(is_new, format!("/api/user-achievements/{}/", row.id), &row)
    })
    .await
}

/// Take an award back, with its points. It comes back only by hand.
#[utoipa::path(tag = "Achievements", responses((status = 204)))]
#[delete("/user-achievements/<id>")]
async fn revoke(app: &App, admin: Admin, id: Id<UserAchievement>, version: IfMatch) -> Result<NoContent> {
    let revoke = move |tx: &Tx<'_>| {
        version.check(store::get_award(tx, id)?.updated_at)?;
        service::revoke(tx, &admin.0, id)?;
        Ok(NoContent)
    };
    app.db.write(revoke).await
}

/// What a person earned, newest first.
#[utoipa::path(tag = "Achievements", params(AwardFilter), responses((status = 200, body = Page<UserAchievement>)))]
#[get("/users/<id>/achievements")]
async fn list_of_user(
    app: &App,
    visitor: Visitor,
    id: Whose,
    listing: Listing<AwardFilter>,
) -> Result<Json<Page<UserAchievement>>> {
    let id = id.id(&visitor)?;
    let page = app.db.read(move |conn| {
        let user = users::store::get_active(conn, id)?;
        store::awards(conn, user.id, &listing)
    });
    page.await.map(Json)
}

/// Who is ahead.
#[utoipa::path(tag = "Achievements", params(LeaderFilter), responses((status = 200, body = Vec<Leader>)))]
#[get("/users/leaderboard")]
async fn leaderboard(app: &App, query: Query<LeaderFilter>) -> Result<Ready> {
    let (now, Query(filter)) = (app.clock.now(), query);
    let key = format!("leaderboard:{}:{}", filter.period, filter.limit);
    app.ready(key, Duration::hours(1), move |conn| store::leaders(conn, &filter, now)).await
}
