//! The addresses of posts and tags.

use rocket::{delete, get, http::uri::Origin, patch, post, put, response::status::NoContent, serde::json::Json};

use super::{Post, PostDraft, PostFilter, Sight, Tag, Trending, comments, service, store};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        cache::Ready,
        costly::Found,
        edge::IfMatch,
        error::Result,
        id::Id,
        list::{Listing, NoFilter, Page, Query},
        once::{Answer, Once},
    },
    users::{CurrentUser, Looker, SoftDeleted, Visitor},
};

addresses![
    list_posts,
    write_post,
    trending,
    show_post,
    replace_post,
    change_post,
    delete_post,
    soft_delete_post,
    restore_post,
    list_tags;
    PostDraft = |body| PostDraft::default().read(body)
];

/// Posts, newest first.
#[utoipa::path(tag = "Community", params(PostFilter), responses((status = 200, body = Page<Post>)))]
#[get("/community/posts")]
async fn list_posts(app: &App, visitor: Visitor, uri: &Origin<'_>, listing: Listing<PostFilter>) -> Result<Ready> {
    let (sight, found) = (Sight::from(&visitor), app.parts.get::<Found<Post>>());
    let read = move |conn: &_| service::list(conn, &found, &listing, sight);
    app.ready_to(visitor.caller(), uri, read).await
}

/// Write a post.
#[utoipa::path(tag = "Community", request_body = PostDraft, responses((status = 201, body = Post)))]
#[post("/community/posts", data = "<body>")]
async fn write_post(app: &App, user: CurrentUser, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let post = service::post(tx, user.id, body.fields())?;
        Answer::created(format!("/api/community/posts/{}/", post.id), &post)
    })
    .await
}

/// The posts of the last seven days that are talked about most.
#[utoipa::path(tag = "Community", params(Trending), responses((status = 200, body = Vec<Post>)))]
#[get("/community/posts/trending")]
async fn trending(app: &App, visitor: Visitor, asked: Query<Trending>) -> Result<Json<Vec<Post>>> {
    let now = app.clock.now();
    let posts = app.db.read(move |conn| {
        let ids = store::trending(conn, asked.0.limit, now)?;
        service::shown(conn, &ids, visitor.id())
    });
    posts.await.map(Json)
}

/// One post with its first comments. A hidden one is there for its author and moderators only.
#[utoipa::path(tag = "Community", responses((status = 200, body = Post)))]
#[get("/community/posts/<id>")]
async fn show_post(app: &App, visitor: Visitor, looker: Looker, id: Id<Post>) -> Result<Json<Post>> {
    let read = app.db.read(move |conn| {
        let mut post = service::seen(conn, id, (&visitor).into())?;
        post.comments = Some(comments::service::first(conn, id, (&visitor).into())?);
        Ok(post)
    });
    let post = read.await?;
    app.activity.viewed(("posts", id.raw()), &looker.0, app.clock.now());
    Ok(Json(post))
}

/// Write a post anew: what is left out falls back to its default. Its author.
#[utoipa::path(tag = "Community", request_body = PostDraft, responses((status = 200, body = Post)))]
#[put("/community/posts/<id>", data = "<body>")]
async fn replace_post(app: &App, user: CurrentUser, id: Id<Post>, version: IfMatch, body: Body) -> Result<Json<Post>> {
    edit_post(app, user, id, version, body).await
}

/// Write some fields of a post. Its author.
#[utoipa::path(tag = "Community", request_body = PostDraft, responses((status = 200, body = Post)))]
#[patch("/community/posts/<id>", data = "<body>")]
async fn change_post(app: &App, user: CurrentUser, id: Id<Post>, version: IfMatch, body: Body) -> Result<Json<Post>> {
    edit_post(app, user, id, version, body).await
}

async fn edit_post(app: &App, user: CurrentUser, id: Id<Post>, version: IfMatch, body: Body) -> Result<Json<Post>> {
    let changed = app.db.write(move |tx| {
        let post = service::written(tx, &user, id)?;
        version.check(post.updated_at)?;
        service::change(tx, &user, &post, body.fields())
    });
    changed.await.map(Json)
}

/// Delete a post; it can be restored for 30 days. Its author or an admin.
#[utoipa::path(tag = "Community", responses((status = 204)))]
#[delete("/community/posts/<id>")]
async fn delete_post(app: &App, user: CurrentUser, id: Id<Post>, version: IfMatch) -> Result<NoContent> {
    let deleted = app.db.write(move |tx| {
        let post = user.owning(service::seen(tx, id, (&user).into())?)?;
        version.check(post.updated_at)?;
        service::remove(tx, &user, &post)
    });
    deleted.await.map(|()| NoContent)
}

/// Delete a post; it can be restored for 30 days. Its author or an admin.
#[utoipa::path(tag = "Community", responses((status = 200, body = SoftDeleted)))]
#[post("/community/posts/<id>/soft_delete")]
async fn soft_delete_post(app: &App, user: CurrentUser, id: Id<Post>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let post = user.owning_deleted(service::known(tx, id, (&user).into())?)?;
        service::remove(tx, &user, &post)?;
        Answer::ok(&SoftDeleted::DELETED)
    })
    .await
}

/// Restore a deleted post. Its author within 30 days, or an admin.
#[utoipa::path(tag = "Community", responses((status = 200, body = SoftDeleted)))]
#[post("/community/posts/<id>/restore")]
async fn restore_post(app: &App, user: CurrentUser, id: Id<Post>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let post = user.owning_deleted(service::known(tx, id, (&user).into())?)?;
        service::restore(tx, &user, &post)?;
        Answer::ok(&SoftDeleted::RESTORED)
    })
    .await
}

/// Tags that posts have, the most used first.
#[utoipa::path(tag = "Community", responses((status = 200, body = Page<Tag>)))]
#[get("/community/tags")]
async fn list_tags(app: &App, uri: &Origin<'_>, listing: Listing<NoFilter>) -> Result<Ready> {
    let now = app.clock.now();
    app.ready_to(None, uri, move |conn| store::tags(conn, &listing, now)).await
}
