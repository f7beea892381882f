//! The addresses of comments.

use rocket::{delete, get, patch, post, put, response::status::NoContent, serde::json::Json};
use utoipa::ToSchema;

use super::{Comment, CommentDraft, CommentFilter, service};
use crate::{
    addresses,
    community::{Post, service as posts},
    platform::{
        app::App,
        body::Body,
        edge::IfMatch,
        error::Result,
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
    },
    users::{CurrentUser, SoftDeleted, Visitor},
};

addresses![
    list_comments_of_post,
    comment_on_post,
    list_comments,
    write_comment,
    show_comment,
    replace_comment,
    change_comment,
    delete_comment,
    soft_delete_comment,
    restore_comment;
    CommentDraft = |body| CommentDraft::default().read(body),
    NewComment = |body| CommentDraft::default().read(body),
    NewCommentOn = |body| CommentDraft::default().read(body)
];

/// A new comment.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct NewComment {
    /// 1 to 5000 characters. `@username` tells somebody; the first 20 names count.
    content: String,
    /// The comment under the same post that it replies to.
    #[schema(value_type = Option<i64>, minimum = 1)]
    parent_id: Option<Id<Comment>>,
}

/// A new comment on some post.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct NewCommentOn {
    /// The post.
    #[schema(value_type = i64, minimum = 1)]
    post_id: Id<Post>,
    /// What it says.
    #[serde(flatten)]
    comment: NewComment,
}

/// The comments under a post, oldest first.
#[utoipa::path(tag = "Community", params(CommentFilter), responses((status = 200, body = Page<Comment>)))]
#[get("/community/posts/<id>/comments")]
async fn list_comments_of_post(
    app: &App,
    visitor: Visitor,
    id: Id<Post>,
    mut listing: Listing<CommentFilter>,
) -> Result<Json<Page<Comment>>> {
    listing.filter.post = Some(id);
    let page = app.db.read(move |conn| {
        posts::seen(conn, id, (&visitor).into())?;
        service::list(conn, &listing, (&visitor).into())
    });
    page.await.map(Json)
}

/// Comment on a post, or reply to a comment under it.
#[utoipa::path(tag = "Community", request_body = NewComment, responses((status = 201, body = Comment)))]
#[post("/community/posts/<id>/comments", data = "<body>")]
async fn comment_on_post(app: &App, user: CurrentUser, id: Id<Post>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| created(&service::add(tx, &user, id, body.fields())?)).await
}

/// Comments under all posts, oldest first.
#[utoipa::path(tag = "Community", params(CommentFilter), responses((status = 200, body = Page<Comment>)))]
#[get("/community/comments")]
async fn list_comments(app: &App, visitor: Visitor, listing: Listing<CommentFilter>) -> Result<Json<Page<Comment>>> {
    app.db.read(move |conn| service::list(conn, &listing, (&visitor).into())).await.map(Json)
}

/// Comment on the post that the body names.
#[utoipa::path(tag = "Community", request_body = NewCommentOn, responses((status = 201, body = Comment)))]
#[post("/community/comments", data = "<body>")]
async fn write_comment(app: &App, user: CurrentUser, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| created(&service::add_anywhere(tx, &user, body.fields())?)).await
}

fn created(comment: &Comment) -> Result<Answer> {
    Answer::created(format!("/api/community/comments/{}/", comment.id), comment)
}

/// One comment. A hidden one is there for its author and moderators only.
#[utoipa::path(tag = "Community", responses((status = 200, body = Comment)))]
#[get("/community/comments/<id>")]
async fn show_comment(app: &App, visitor: Visitor, id: Id<Comment>) -> Result<Json<Comment>> {
    app.db.read(move |conn| service::seen(conn, id, (&visitor).into())).await.map(Json)
}

/// Write a comment anew. Its author.
#[utoipa::path(tag = "Community", request_body = CommentDraft, responses((status = 200, body = Comment)))]
#[put("/community/comments/<id>", data = "<body>")]
async fn replace_comment(
    app: &App,
    user: CurrentUser,
    id: Id<Comment>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Comment>> {
    edit_comment(app, user, id, version, body).await
}

/// Write a comment anew, if the body carries anything. Its author.
#[utoipa::path(tag = "Community", request_body = CommentDraft, responses((status = 200, body = Comment)))]
#[patch("/community/comments/<id>", data = "<body>")]
async fn change_comment(
    app: &App,
    user: CurrentUser,
    id: Id<Comment>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Comment>> {
    edit_comment(app, user, id, version, body).await
}

async fn edit_comment(
    app: &App,
    user: CurrentUser,
    id: Id<Comment>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Comment>> {
    let changed = app.db.write(move |tx| {
        let comment = service::written(tx, &user, id)?;
        version.check(comment.updated_at)?;
        service::change(tx, &user, &comment, body.fields())
    });
    changed.await.map(Json)
}

/// Delete a comment; its replies stay, and it can be restored for 30 days. Its author or an admin.
#[utoipa::path(tag = "Community", responses((status = 204)))]
#[delete("/community/comments/<id>")]
async fn delete_comment(app: &App, user: CurrentUser, id: Id<Comment>, version: IfMatch) -> Result<NoContent> {
    let deleted = app.db.write(move |tx| {
        let comment = user.owning(service::seen(tx, id, (&user).into())?)?;
        version.check(comment.updated_at)?;
        service::remove(tx, &user, &comment)
    });
    deleted.await.map(|()| NoContent)
}

/// Delete a comment; its replies stay, and it can be restored for 30 days. Its author or an admin.
#[utoipa::path(tag = "Community", responses((status = 200, body = SoftDeleted)))]
#[post("/community/comments/<id>/soft_delete")]
async fn soft_delete_comment(app: &App, user: CurrentUser, id: Id<Comment>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let comment = user.owning_deleted(service::known(tx, id, (&user).into())?)?;
        service::remove(tx, &user, &comment)?;
        Answer::ok(&SoftDeleted::DELETED)
    })
    .await
}

/// Restore a deleted comment. Its author within 30 days, or an admin.
#[utoipa::path(tag = "Community", responses((status = 200, body = SoftDeleted)))]
#[post("/community/comments/<id>/restore")]
async fn restore_comment(app: &App, user: CurrentUser, id: Id<Comment>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let comment = user.owning_deleted(service::known(tx, id, (&user).into())?)?;
        service::restore(tx, &user, &comment)?;
        Answer::ok(&SoftDeleted::RESTORED)
    })
    .await
}
