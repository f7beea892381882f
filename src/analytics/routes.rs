//! The addresses of figures.

use rocket::{get, serde::json::Json};

use super::{
    model::{LearningReport, UserStats},
    store,
};
use crate::{
    addresses,
    platform::{
        app::App,
        error::{Error, Result},
        id::Id,
    },
    users::{self, CurrentUser, User, Whose},
};

addresses![user_stats, learning_stats, my_learning_stats];

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

/// How somebody's learning goes. For themselves and admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = LearningReport)))]
#[get("/users/<id>/learning-stats")]
async fn learning_stats(app: &App, caller: CurrentUser, id: Whose) -> Result<Json<LearningReport>> {
    learning(app, id.private(&caller)?).await
}

/// How your learning goes: the same as `GET /users/me/learning-stats/`.
#[utoipa::path(tag = "Figures", responses((status = 200, body = LearningReport)))]
#[get("/user/learning-stats")]
async fn my_learning_stats(app: &App, caller: CurrentUser) -> Result<Json<LearningReport>> {
    learning(app, caller.id).await
}

async fn learning(app: &App, user: Id<User>) -> Result<Json<LearningReport>> {
    let now = app.clock.now();
    let report = app.db.read(move |conn| {
        users::store::get(conn, user)?;
        store::learning(conn, user, now)
    });
    report.await.map(Json)
}
