//! The addresses of figures.

use rocket::{Route, get, routes, serde::json::Json};
use utoipa::OpenApi;

use super::{model::UserStats, store};
use crate::{
    platform::{
        app::App,
        error::{Error, Result},
    },
    users::{self, CurrentUser, Whose},
};

/// The documented addresses of this room.
#[derive(OpenApi)]
#[openapi(paths(user_stats))]
pub struct Api;

/// The mounted addresses of this room.
pub fn routes() -> Vec<Route> {
    routes![user_stats]
}

/// The figures of a person; all of them for themselves and admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = UserStats)))]
#[get("/users/<id>/stats")]
async fn user_stats(app: &App, caller: CurrentUser, id: Whose) -> Result<Json<UserStats>> {
    let now = app.clock.now();
    let stats = app.db.read(move |conn| {
        let id = match id {
            Whose::Me => caller.id,
            Whose::Id(id) => id,
        };
        let private = caller.is_admin() || caller.id == id;
        let user = users::store::get(conn, id)?;
        if !user.is_active && !private {
            return Err(Error::NotFound("user"));
        }
        store::user_stats(conn, &user, private, now)
    });
    stats.await.map(Json)
}
