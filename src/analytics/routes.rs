//! The addresses of figures.

use rocket::{get, serde::json::Json};

use super::{model::UserStats, store};
use crate::{
    addresses,
    platform::{
        app::App,
        error::{Error, Result},
    },
    users::{self, CurrentUser, Whose},
};

addresses![user_stats];

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
