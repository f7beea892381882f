//! The rules of posts.

use rusqlite::Connection;

use super::{
    Event, Post, PostDraft, PostFilter, Sight, comments, likes,
    mentions::{names, new_names},
    moderation, store,
};
use crate::{
    platform::{
        clock::Timestamp,
        costly::Found,
        db::Tx,
        error::{Error, Result, Unauthenticated},
        fields::{Fields, id, moment},
        id::Id,
        list::{Listing, Page, Position},
    },
    users::{self, CurrentUser, HasOwner as _, Owned, User},
};

/// A part of the posts, each with whether the caller likes it when somebody is signed in.
///
/// # Errors
/// 400 for a wrong ordering, a cursor in the order of hotness included; 401 when nobody asks for what they like.
pub fn list(conn: &Connection, found: &Found<Post>, listing: &Listing<PostFilter>, sight: Sight) -> Result<Page<Post>> {
    if listing.filter.liked.is_some() && sight.caller.is_none() {
        return Err(Error::Unauthenticated(Unauthenticated::Required));
    }
    // How hot a post is moves all the time, so no mark holds in that order.
    let by_hot = listing.slice.ordering.iter().any(|(name, _)| name == "hot");
    if by_hot && matches!(listing.slice.position, Position::Cursor { .. }) {
        return Err(Error::field("cursor", "A cursor does not work with this ordering."));
    }
    let PostFilter { author, tag, liked } = &listing.filter;
    let is_narrowed = listing.slice.search.is_some() || !tag.is_empty();
    if is_narrowed && (author, liked) == (&None, &None) && matches!(listing.slice.position, Position::Page(_)) {
        let read = || store::page(conn, listing, sight);
        let find = || store::in_order(listing, sight)?.rows(conn, i64::MAX, |row| row.get(0));
        let mut page = found.page(&listing.slice, read, find)?.fetched(|ids| shown(conn, ids, sight.caller))?;
        // What was deleted or hidden since it was found is not shown.
        page.results.retain(|it| !it.is_deleted && !it.is_hidden);
        return Ok(page);
    }
    store::page(conn, listing, sight)?.fetched(|ids| shown(conn, ids, sight.caller))
}

/// These posts, each with whether the caller likes it when somebody is signed in.
///
/// # Errors
/// Those of the database.
pub fn shown(conn: &Connection, ids: &[Id<Post>], caller: Option<Id<User>>) -> Result<Vec<Post>> {
    let mut posts = store::get_all(conn, ids)?;
    if let Some(caller) = caller {
        let liked = store::liked(conn, caller, ids)?;
        posts.iter_mut().for_each(|post| post.liked = Some(liked.contains(&post.id)));
    }
    Ok(posts)
}

/// The post as somebody sees it: hidden ones are there for their author and moderators only.
///
/// # Errors
/// 404.
pub fn seen(conn: &Connection, id: Id<Post>, sight: Sight) -> Result<Post> {
    known(conn, id, sight).and_then(|post| if post.is_deleted { Err(Error::NotFound("post")) } else { Ok(post) })
}

/// The same, also when it is deleted.
///
/// # Errors
/// 404.
pub fn known(conn: &Connection, id: Id<Post>, sight: Sight) -> Result<Post> {
    let post = shown(conn, &[id], sight.caller)?.pop().ok_or(Error::NotFound("post"))?;
    if post.is_hidden && !sight.sees_hidden(post.owner()) { Err(Error::NotFound("post")) } else { Ok(post) }
}

/// The post that its author wants to change. Nobody else writes in their name, no admin either.
///
/// # Errors
/// 404; 403 to others.
pub fn written(conn: &Connection, user: &CurrentUser, id: Id<Post>) -> Result<Owned<Post>> {
    let post = seen(conn, id, user.into())?;
    if post.owner() != Some(user.id) {
        return Err(Error::Forbidden("Only its author changes this."));
    }
    user.owning(post)
}

/// Writes a post.
///
/// # Errors
/// 400 with every wrong field.
pub fn post(tx: &Tx<'_>, by: Id<User>, mut body: Fields) -> Result<Post> {
    let draft = PostDraft::default().read(&mut body);
    let draft = body.finish(draft)?;
    let mentioned = people(tx, by, names(&draft.words()))?;
    let id = insert(tx, Some(by), &draft, mentioned)?;
    seen(tx, id, Sight { caller: Some(by), moderates: false })
}

/// Brings in a post that was made elsewhere, when and by whom the record says. It tells nobody of being mentioned.
///
/// # Errors
/// 400 with every wrong field.
pub fn import(tx: &Tx<'_>, record: &mut Fields) -> Result<Id<Post>> {
    let (mut created_at, mut author) = (None, None);
    record.optional("posted_at", &mut created_at, moment);
    record.optional("created_at", &mut created_at, moment);
    let field = if record.has("author_id") { "author_id" } else { "posted_by_id" };
    record.optional(field, &mut author, id);
    let draft = PostDraft::default().read(record);
    if let Some(author) = author
        && users::store::find_id(tx, author)?.is_none()
    {
        record.fault(field, format!("There is no account with the id {author}."));
    }
    let draft = record.finish(draft)?;
    tx.at(created_at.unwrap_or_else(|| tx.now()), || insert(tx, author, &draft, vec![]))
}

fn insert(tx: &Tx<'_>, author: Option<Id<User>>, draft: &PostDraft, mentioned: Vec<Id<User>>) -> Result<Id<Post>> {
    let post = store::insert(tx, author, draft)?;
    store::move_tags(tx, store::counted_tags(tx, post)?.iter(), 1)?;
    tx.emit(Event::Posted { post, by: author, mentioned })?;
    Ok(post)
}

/// Whom these names stand for: accounts in use, the writer's own apart.
///
/// # Errors
/// Those of the database.
pub(super) fn people(tx: &Tx<'_>, writer: Id<User>, names: Vec<&str>) -> Result<Vec<Id<User>>> {
    let mut people = vec![];
    for name in names {
        if let Some(user) = users::store::find(tx, name)?.filter(|it| it.is_active && it.id != writer) {
            people.push(user.id);
        }
    }
    Ok(people)
}

/// Writes a post anew, whole or in part.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(tx: &Tx<'_>, by: &CurrentUser, post: &Owned<Post>, mut body: Fields) -> Result<Post> {
    let before = post.draft();
    let base = if body.is_patch() { before.clone() } else { PostDraft::default() };
    let draft = base.read(&mut body);
    let draft = body.finish(draft)?;
    if draft != before {
        let (words, old) = (draft.words(), before.words());
        let mentioned = people(tx, by.id, new_names(&words, &old))?;
        keeping_counts(tx, post.id, || store::update(tx, post.id, &draft))?;
        tx.emit(Event::Changed { post: post.id, by: by.id, mentioned })?;
    }
    seen(tx, post.id, by.into())
}

/// Keeps the posts of tags, and what comments know of their post, in step with a change of one post.
pub(super) fn keeping_counts<T>(tx: &Tx<'_>, post: Id<Post>, change: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = store::counted_tags(tx, post)?;
    let outcome = change()?;
    let after = store::counted_tags(tx, post)?;
    store::move_tags(tx, before.difference(&after), -1)?;
    store::move_tags(tx, after.difference(&before), 1)?;
    store::update_comments(tx, post)?;
    Ok(outcome)
}

/// Deletes a post softly. A repeat changes nothing.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, post: &Owned<Post>) -> Result<()> {
    let is_new = keeping_counts(tx, post.id, || post.delete(tx, by))?;
    if is_new { tx.emit(Event::Deleted { post: post.id, by: by.id }) } else { Ok(()) }
}

/// Takes a deletion back. A repeat changes nothing.
///
/// # Errors
/// 409 for its author after 30 days.
pub fn restore(tx: &Tx<'_>, by: &CurrentUser, post: &Owned<Post>) -> Result<()> {
    let is_new = keeping_counts(tx, post.id, || post.restore(tx, by))?;
    if is_new { tx.emit(Event::Restored { post: post.id, by: by.id }) } else { Ok(()) }
}

/// Ends what an erased account leaves here: its likes go, and what it wrote stays under the name of a deleted user.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    let liked = likes::store::posts_of(tx, user)?;
    likes::store::delete_of_user(tx, user)?;
    moderation::store::forget_user(tx, user)?;
    recount_among(tx, Some(&liked)).map(drop)
}

/// Rebuilds every counter of this room; how many were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    Ok(recount_among(tx, None)? + moderation::store::recount(tx)?)
}

fn recount_among(tx: &Tx<'_>, posts: Option<&[Id<Post>]>) -> Result<usize> {
    Ok(comments::store::recount(tx, posts)? + store::recount(tx, posts)?)
}

/// Removes for good what was deleted before this moment; how many there were.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, before: Timestamp) -> Result<usize> {
    Ok(store::purge(tx, before)? + comments::store::purge(tx, before)?)
}
