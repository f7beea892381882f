//! The rules of comments.

use rusqlite::Connection;

use super::{Comment, CommentDraft, CommentFilter, Event, store};
use crate::{
    community::{
        Post, Sight,
        mentions::{names, new_names},
        service::{self as posts, people},
    },
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::{Fields, id},
        id::Id,
        list::{Listing, Page},
    },
    users::{CurrentUser, HasOwner as _, Owned},
};

/// Comments that the answer about a post has.
const FIRST: i64 = 20;

/// A part of the comments, as somebody sees them.
///
/// # Errors
/// 400 for a wrong ordering, or a post that they do not see.
pub fn list(conn: &Connection, listing: &Listing<CommentFilter>, sight: Sight) -> Result<Page<Comment>> {
    if let Some(post) = listing.filter.post {
        posts::seen(conn, post, sight).map_err(|error| match error {
            Error::NotFound(_) => Error::field("post", "There is no such post."),
            error => error,
        })?;
    }
    store::page(conn, listing, sight)?.fetched(|ids| shown(conn, ids, sight))
}

/// The first comments under a post, as somebody sees them.
///
/// # Errors
/// Those of the database.
pub fn first(conn: &Connection, post: Id<Post>, sight: Sight) -> Result<Vec<Comment>> {
    shown(conn, &store::first(conn, post, sight, FIRST)?, sight)
}

fn shown(conn: &Connection, ids: &[Id<Comment>], sight: Sight) -> Result<Vec<Comment>> {
    let comments = store::get_all(conn, ids)?.into_iter().map(|it| it.as_seen(sight)).collect();
    liked(conn, comments, sight)
}

fn liked(conn: &Connection, mut comments: Vec<Comment>, sight: Sight) -> Result<Vec<Comment>> {
    if let Some(caller) = sight.caller {
        let ids: Vec<_> = comments.iter().map(|it| it.id).collect();
        let liked = store::liked(conn, caller, &ids)?;
        comments.iter_mut().for_each(|it| it.liked = Some(liked.contains(&it.id)));
    }
    Ok(comments)
}

/// The comment as somebody sees it: neither deleted, nor hidden from them, nor under such a post.
///
/// # Errors
/// 404.
pub fn seen(conn: &Connection, id: Id<Comment>, sight: Sight) -> Result<Comment> {
    let comment = known(conn, id, sight)?;
    if comment.is_deleted { Err(Error::NotFound("comment")) } else { Ok(comment) }
}

/// The same, also when it is deleted itself.
///
/// # Errors
/// 404.
pub fn known(conn: &Connection, id: Id<Comment>, sight: Sight) -> Result<Comment> {
    let comment = store::get_any(conn, id)?;
    let is_under = posts::seen(conn, comment.post, sight);
    is_under.map_err(|error| if matches!(error, Error::NotFound(_)) { Error::NotFound("comment") } else { error })?;
    if comment.is_hidden && !sight.sees_hidden(comment.owner()) {
        return Err(Error::NotFound("comment"));
    }
    liked(conn, vec![comment], sight)?.pop().ok_or(Error::NotFound("comment"))
}

/// The comment that its author wants to change. Nobody else writes in their name, no admin either.
///
/// # Errors
/// 404; 403 to others.
pub fn written(conn: &Connection, user: &CurrentUser, id: Id<Comment>) -> Result<Owned<Comment>> {
    let comment = seen(conn, id, user.into())?;
    if comment.owner() != Some(user.id) {
        return Err(Error::Forbidden("Only its author changes this."));
    }
    user.owning(comment)
}

/// Comments on the post that the body names.
///
/// # Errors
/// 400 with every wrong field.
pub fn add_anywhere(tx: &Tx<'_>, by: &CurrentUser, mut body: Fields) -> Result<Comment> {
    let mut named: Option<Id<Post>> = None;
    body.required("post_id", &mut named, |input| id(input).map(Some));
    let post = match named.map(|id| posts::seen(tx, id, by.into())) {
        Some(Err(Error::NotFound(_))) => {
            body.fault("post_id", "There is no such post.");
            None
        }
        found => found.transpose()?,
    };
    write(tx, by, post, body)
}

/// Comments on a post.
///
/// # Errors
/// 404; 400 with every wrong field.
pub fn add(tx: &Tx<'_>, by: &CurrentUser, post: Id<Post>, body: Fields) -> Result<Comment> {
    let post = posts::seen(tx, post, by.into())?;
    write(tx, by, Some(post), body)
}

/// Adds a comment. Without a post, the body has a fault already.
fn write(tx: &Tx<'_>, by: &CurrentUser, post: Option<Post>, mut body: Fields) -> Result<Comment> {
    let draft = CommentDraft::default().read(&mut body);
    let parent = match &post {
        Some(post) => read_parent(tx, by, post, &mut body)?,
        None => None,
    };
    let (draft, post) = body.finish((draft, post))?;
    let post = post.ok_or(Error::NotFound("post"))?;
    let mentioned = people(tx, by.id, names(&draft.content))?;
    let root = parent.as_ref().map(|it| it.parent.unwrap_or(it.id));
    let comment = store::insert(tx, by.id, post.id, root, &draft)?;
    store::update_counts(tx, comment, 1)?;
    let parent_author = parent.and_then(|it| it.owner());
    tx.emit(Event::Commented { comment, by: by.id, post_author: post.owner(), parent_author, mentioned })?;
    seen(tx, comment, by.into())
}

/// The comment that is replied to: one under the same post that its replier sees.
fn read_parent(tx: &Tx<'_>, by: &CurrentUser, post: &Post, body: &mut Fields) -> Result<Option<Comment>> {
    let field = if body.has("parent_id") { "parent_id" } else { "parent" };
    let mut named: Option<Id<Comment>> = None;
    body.optional(field, &mut named, id);
    match named.map(|id| seen(tx, id, by.into())) {
        Some(Ok(parent)) if parent.post == post.id => Ok(Some(parent)),
        Some(Ok(_) | Err(Error::NotFound(_))) => {
            body.fault(field, "There is no such comment under this post.");
            Ok(None)
        }
        other => other.transpose(),
    }
}

/// Writes a comment anew.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, comment: &Owned<Comment>, mut body: Fields) -> Result<Comment> {
    let before = CommentDraft { content: comment.content.clone() };
    let base = if body.is_patch() { before.clone() } else { CommentDraft::default() };
    let draft = base.read(&mut body);
    let draft = body.finish(draft)?;
    if draft != before {
        let mentioned = people(tx, by.id, new_names(&draft.content, &before.content))?;
        store::update(tx, comment.id, &draft)?;
        tx.emit(Event::Changed { comment: comment.id, by: by.id, mentioned })?;
    }
    seen(tx, comment.id, by.into())
}

/// Keeps the comments of the post and the replies of the parent in step with a change of one comment.
pub(in crate::community) fn keeping_counts<T>(
    tx: &Tx<'_>,
    comment: Id<Comment>,
    change: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let before = store::counted(tx, comment)?;
    let outcome = change()?;
    let after = store::counted(tx, comment)?;
    if after != before {
        store::update_counts(tx, comment, after - before)?;
    }
    Ok(outcome)
}

/// Deletes a comment softly; its replies stay. A repeat changes nothing.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, comment: &Owned<Comment>) -> Result<()> {
    let is_new = keeping_counts(tx, comment.id, || comment.delete(tx, by))?;
    if is_new { tx.emit(Event::Deleted { comment: comment.id, by: by.id }) } else { Ok(()) }
}

/// Takes a deletion back. A repeat changes nothing.
///
/// # Errors
/// 409 for its author after 30 days.
pub fn restore(tx: &Tx<'_>, by: &CurrentUser, comment: &Owned<Comment>) -> Result<()> {
    let is_new = keeping_counts(tx, comment.id, || comment.restore(tx, by))?;
    if is_new { tx.emit(Event::Restored { comment: comment.id, by: by.id }) } else { Ok(()) }
}
