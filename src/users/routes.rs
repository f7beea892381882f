//! The addresses of profiles. Lists and pages of people, which show what other rooms know of them, live in `profiles`.

use rocket::{delete, get, patch, put, request::FromParam, response::status::NoContent, serde::json::Json};

use super::{
    CurrentUser, ProfileDraft, User, Visitor,
    points::{self, PointsAnswer, PointsFilter},
    service, store,
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        edge::IfMatch,
        error::{Error, Result, Unauthenticated},
        files::Kind,
        id::{Id, NotAnId},
        list::Listing,
        picture::{self, PictureForm},
        signature::Argument,
        upload::Upload,
    },
};

addresses![replace_profile, change_profile, show_points, show_my_points, set_avatar, remove_avatar;
    ProfileDraft = |body| ProfileDraft::default().read(body)
];

/// The person in an address: an id, or `me` for the caller.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// The caller.
    Me,
    /// Somebody.
    Id(Id<User>),
}

impl utoipa::PartialSchema for Whose {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::schema!(String).pattern(Some("^([1-9][0-9]*|me)$")).into()
    }
}
impl utoipa::ToSchema for Whose {}

impl Argument for Whose {}

impl FromParam<'_> for Whose {
    type Error = NotAnId;

    fn from_param(param: &str) -> std::result::Result<Self, NotAnId> {
        if param == "me" { Ok(Whose::Me) } else { param.parse().map(Whose::Id) }
    }
}

impl Whose {
    /// Who is meant.
    ///
    /// # Errors
    /// 401 when `me` is nobody.
    pub fn id(self, visitor: &Visitor) -> Result<Id<User>> {
        match (self, visitor.id()) {
            (Whose::Id(id), _) | (Whose::Me, Some(id)) => Ok(id),
            (Whose::Me, None) => Err(Error::Unauthenticated(Unauthenticated::Required)),
        }
    }

    /// Who is meant, where only the person and admins may look.
    ///
    /// # Errors
    /// 404: what is private is not there for others.
    pub fn private(self, caller: &CurrentUser) -> Result<Id<User>> {
        match self {
            Whose::Me => Ok(caller.id),
            Whose::Id(id) if id == caller.id || caller.is_admin() => Ok(id),
            Whose::Id(_) => Err(Error::NotFound("user")),
        }
    }
}

/// Write a profile whole: what is left out falls back to nothing.
#[utoipa::path(tag = "People", request_body = ProfileDraft, responses((status = 200, body = User)))]
#[put("/users/<id>", data = "<body>")]
async fn replace_profile(app: &App, user: CurrentUser, id: Whose, version: IfMatch, body: Body) -> Result<Json<User>> {
    write_profile(app, user, id, version, body).await
}

/// Write some fields of a profile.
#[utoipa::path(tag = "People", request_body = ProfileDraft, responses((status = 200, body = User)))]
#[patch("/users/<id>", data = "<body>")]
async fn change_profile(app: &App, user: CurrentUser, id: Whose, version: IfMatch, body: Body) -> Result<Json<User>> {
    write_profile(app, user, id, version, body).await
}

async fn write_profile(app: &App, user: CurrentUser, id: Whose, version: IfMatch, body: Body) -> Result<Json<User>> {
    let changed = app.db.write(move |tx| {
        let id = match id {
            Whose::Me => user.id,
            Whose::Id(id) => id,
        };
        let profile = user.owning(store::get_active(tx, id)?)?;
        version.check(profile.updated_at)?;
        service::change_profile(tx, &user, profile, body.fields())
    });
    changed.await.map(Json)
}

/// The points of a person and the ledger they come from. For themselves and admins.
#[utoipa::path(tag = "People", params(PointsFilter), responses((status = 200, body = PointsAnswer)))]
#[get("/users/<id>/points")]
async fn show_points(
    app: &App,
    user: CurrentUser,
    id: Whose,
    listing: Listing<PointsFilter>,
) -> Result<Json<PointsAnswer>> {
    points_of(app, id.private(&user)?, listing).await
}

/// Your points and the ledger they come from: the same as `GET /users/me/points/`.
#[utoipa::path(tag = "People", params(PointsFilter), responses((status = 200, body = PointsAnswer)))]
#[get("/user/points")]
async fn show_my_points(app: &App, user: CurrentUser, listing: Listing<PointsFilter>) -> Result<Json<PointsAnswer>> {
    points_of(app, user.id, listing).await
}

async fn points_of(app: &App, id: Id<User>, listing: Listing<PointsFilter>) -> Result<Json<PointsAnswer>> {
    let answer = app.db.read(move |conn| {
        let (points, rank) = points::rank(conn, id)?;
        Ok(PointsAnswer { points, rank, entries: points::page(conn, id, &listing)? })
    });
    answer.await.map(Json)
}

/// Give yourself a picture, in the place of the one before.
#[utoipa::path(tag = "People", request_body(content = PictureForm, content_type = "multipart/form-data"),
    responses((status = 200, body = User)))]
#[put("/users/me/avatar", data = "<form>")]
async fn set_avatar(app: &App, user: CurrentUser, version: IfMatch, form: Upload<PictureForm>) -> Result<Json<User>> {
    let picture = picture::receive(app, form, Kind::Avatar).await?;
    let changed = app.db.write(move |tx| {
        let profile = user.owning(store::get_active(tx, user.id)?)?;
        version.check(profile.updated_at)?;
        service::set_picture(tx, &profile, Some(&picture))
    });
    changed.await.map(Json)
}

/// Take your picture away.
#[utoipa::path(tag = "People", responses((status = 204)))]
#[delete("/users/me/avatar")]
async fn remove_avatar(app: &App, user: CurrentUser, version: IfMatch) -> Result<NoContent> {
    let changed = app.db.write(move |tx| {
        let profile = user.owning(store::get_active(tx, user.id)?)?;
        version.check(profile.updated_at)?;
        service::set_picture(tx, &profile, None)
    });
    changed.await.map(|_| NoContent)
}
