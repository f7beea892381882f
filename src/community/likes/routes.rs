//! The addresses of likes.

use rocket::{delete, post, serde::json::Json};

use super::{LikeStatus, service};
use crate::{
    addresses,
    community::{Post, Target, comments::Comment},
    platform::{
        app::App,
        error::Result,
        id::Id,
        once::{Answer, Once},
    },
    users::CurrentUser,
};

addresses![like_post, unlike_post, unlike_post_by_delete, like_comment, unlike_comment, unlike_comment_by_delete];

/// Like a post. A repeat changes nothing.
#[utoipa::path(tag = "Community", responses((status = 200, body = LikeStatus)))]
#[post("/community/posts/<id>/like")]
async fn like_post(app: &App, user: CurrentUser, id: Id<Post>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&service::like(tx, &user, Target::Post(id))?)).await
}

/// Take the like of a post back. A repeat changes nothing.
#[utoipa::path(tag = "Community", responses((status = 200, body = LikeStatus)))]
#[post("/community/posts/<id>/unlike")]
async fn unlike_post(app: &App, user: CurrentUser, id: Id<Post>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&service::unlike(tx, &user, Target::Post(id))?)).await
}

/// Take the like of a post back. A repeat changes nothing.
#[utoipa::path(tag = "Community", responses((status = 200, body = LikeStatus)))]
#[delete("/community/posts/<id>/like")]
async fn unlike_post_by_delete(app: &App, user: CurrentUser, id: Id<Post>) -> Result<Json<LikeStatus>> {
    app.db.write(move |tx| service::unlike(tx, &user, Target::Post(id))).await.map(Json)
}

/// Like a comment. A repeat changes nothing.
#[utoipa::path(tag = "Community", responses((status = 200, body = LikeStatus)))]
#[post("/community/comments/<id>/like")]
async fn like_comment(app: &App, user: CurrentUser, id: Id<Comment>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&service::like(tx, &user, Target::Comment(id))?)).await
}

/// Take the like of a comment back. A repeat changes nothing.
#[utoipa::path(tag = "Community", responses((status = 200, body = LikeStatus)))]
#[post("/community/comments/<id>/unlike")]
async fn unlike_comment(app: &App, user: CurrentUser, id: Id<Comment>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&service::unlike(tx, &user, Target::Comment(id))?)).await
}

/// Take the like of a comment back. A repeat changes nothing.
#[utoipa::path(tag = "Community", responses((status = 200, body = LikeStatus)))]
#[delete("/community/comments/<id>/like")]
async fn unlike_comment_by_delete(app: &App, user: CurrentUser, id: Id<Comment>) -> Result<Json<LikeStatus>> {
    app.db.write(move |tx| service::unlike(tx, &user, Target::Comment(id))).await.map(Json)
}
