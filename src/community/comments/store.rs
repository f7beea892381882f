//! The rows of comments.

use std::collections::HashSet;

use rusqlite::{Connection, Row};

use super::model::{Comment, CommentDraft, CommentFilter};
use crate::{
    community::{
        Post, Sight,
        store::{move_counts, scope},
    },
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select},
        rows,
    },
    users::{User, UserRef},
};

/// The columns of a comment, of a table that goes by the name `c`, without those of its author.
const COMMENT: &str = "c.id, c.post_id, c.parent_id, c.content, c.likes_count, c.replies_count, c.hidden_at, c.is_away,
    c.deleted_at, c.edited_at, c.created_at, c.updated_at";

/// Reads the columns of [`COMMENT`] and of a nested author.
fn comment(row: &Row<'_>) -> rusqlite::Result<Comment> {
    let (hidden_at, deleted_at): (Option<Timestamp>, Option<Timestamp>) =
        (row.get("hidden_at")?, row.get("deleted_at")?);
    Ok(Comment {
        id: row.get("id")?,
        post: row.get("post_id")?,
        author: row.get::<_, Option<Id<User>>>("u_id")?.map(|_| UserRef::read(row)).transpose()?,
        parent: row.get("parent_id")?,
        content: row.get("content")?,
        likes_count: row.get("likes_count")?,
        replies_count: row.get("replies_count")?,
        is_hidden: hidden_at.is_some() || row.get("is_away")?,
        is_deleted: deleted_at.is_some(),
        edited_at: row.get("edited_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        liked: None,
        deleted_at,
    })
}

/// The comments with these ids, in this order, hidden and deleted ones included.
///
/// # Errors
/// Those of the database.
pub fn get_all(conn: &Connection, ids: &[Id<Comment>]) -> Result<Vec<Comment>> {
    let sql = format!(
        "SELECT {COMMENT}, {} FROM json_each(?1) l JOIN comments c ON c.id = l.value
         LEFT JOIN users u ON u.id = c.author_id ORDER BY l.key",
        UserRef::COLUMNS
    );
    rows::all(conn, &sql, [serde_json::to_string(ids)?], comment)
}

/// The comment with this id, hidden or deleted or not, as long as there are words to it.
///
/// # Errors
/// 404.
pub fn get_any(conn: &Connection, id: Id<Comment>) -> Result<Comment> {
    let found = get_all(conn, &[id])?.pop().filter(|it| !it.content.is_empty());
    found.ok_or(Error::NotFound("comment"))
}

/// The ids of comments that these filters leave, before they are ordered. Under a post, a comment that is deleted or hidden
/// stands for its replies; among what one person wrote it does not. Who sees hidden comments finds them where the filters
/// name their post or their author. That the post is seen was made sure of before.
fn select(filter: &CommentFilter, sight: Sight) -> Result<Select> {
    let select = Select::new("c.id", "comments c", "c.id");
    let select = match (filter.author, filter.post) {
        (Some(author), under) => {
            let stands = if sight.sees_hidden(Some(author)) { "c.deleted_at IS NULL" } else { "c.is_visible = 1" };
            let select = select.and(stands, &[])?;
            if under.is_some() { select } else { select.and("c.is_post_visible = 1", &[])? }
        }
        (None, Some(_)) if sight.moderates => select.and("c.deleted_at IS NULL OR c.replies_count > 0", &[])?,
        (None, Some(_)) => select.and(
            "c.is_visible = 1 OR c.replies_count > 0 OR (c.author_id = ? AND c.deleted_at IS NULL)",
            &[&sight.caller],
        )?,
        (None, None) => select.and("c.is_listed = 1", &[])?,
    };
    select
        .and_some("c.post_id = ?", filter.post)?
        .and_some("c.author_id = ?", filter.author)?
        .and_some("c.parent_id = ?", filter.parent)
}

/// A part of the comments that the filters leave.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, listing: &Listing<CommentFilter>, sight: Sight) -> Result<Page<Id<Comment>>> {
    let Listing { filter, slice } = listing;
    let orders = [Order::by("created_at", "c.created_at"), Order::by("likes_count", "c.likes_count")];
    select(filter, sight)?
        .dated("c.created_at", slice)?
        .search(&["iif(c.is_visible, c.content, '')"], slice)?
        .order(slice, &orders, "created_at")?
        .page(conn, slice, |row| row.get(0))
}

/// The oldest comments under a post.
///
/// # Errors
/// Those of the database.
pub fn first(conn: &Connection, post: Id<Post>, sight: Sight, limit: i64) -> Result<Vec<Id<Comment>>> {
    let filter = CommentFilter { post: Some(post), ..CommentFilter::default() };
    select(&filter, sight)?.by("c.created_at", false).rows(conn, limit, |row| row.get(0))
}

/// Which of these comments somebody likes.
///
/// # Errors
/// Those of the database.
pub fn liked(conn: &Connection, by: Id<User>, ids: &[Id<Comment>]) -> Result<HashSet<Id<Comment>>> {
    let sql = "SELECT comment_id FROM likes WHERE user_id = ?1 AND comment_id IN (SELECT value FROM json_each(?2))";
    rows::all(conn, sql, (by, serde_json::to_string(ids)?), |row| row.get(0))
}

/// Adds a comment.
///
/// # Errors
/// Those of the database.
pub fn insert(
    tx: &Tx<'_>,
    author: Id<User>,
    post: Id<Post>,
    parent: Option<Id<Comment>>,
    it: &CommentDraft,
) -> Result<Id<Comment>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO comments (post_id, author_id, parent_id, content, is_post_visible, created_at, updated_at)
             SELECT id, ?2, ?3, ?4, is_visible, ?5, ?5 FROM community_posts WHERE id = ?1 RETURNING id",
        )?
        .query_row((post, author, parent, &it.content, tx.now()), |row| row.get(0))?)
}

/// Writes what the author wrote.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Comment>, it: &CommentDraft) -> Result<()> {
    tx.prepare_cached("UPDATE comments SET content = ?2, edited_at = ?3, updated_at = ?3 WHERE id = ?1")?.execute((
        id,
        &it.content,
        tx.now(),
    ))?;
    Ok(())
}

/// Hides a comment from all but its author and moderators, or shows it again.
///
/// # Errors
/// Those of the database.
pub fn update_hidden(tx: &Tx<'_>, id: Id<Comment>, hidden_at: Option<Timestamp>) -> Result<()> {
    tx.set("comments", id, "hidden_at", hidden_at)
}

/// How often this comment counts under its post and its parent: once, or not at all.
///
/// # Errors
/// Those of the database.
pub fn counted(conn: &Connection, id: Id<Comment>) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT is_visible FROM comments WHERE id = ?1")?.query_row([id], |row| row.get(0))?)
}

/// Moves how many comments its post has, and how many replies its parent.
///
/// # Errors
/// Those of the database.
pub fn update_counts(tx: &Tx<'_>, id: Id<Comment>, by: i64) -> Result<()> {
    let (post, parent) = tx
        .prepare_cached("SELECT post_id, parent_id FROM comments WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get::<_, Option<Id<Comment>>>(1)?)))?;
    move_counts(tx, post, 0, by)?;
    tx.prepare_cached("UPDATE comments SET replies_count = replies_count + ?2 WHERE id = ?1")?.execute((parent, by))?;
    Ok(())
}

/// Moves how many likes a comment has; how many it has then.
///
/// # Errors
/// Those of the database.
pub fn move_likes(tx: &Tx<'_>, id: Id<Comment>, by: i64) -> Result<i64> {
    Ok(tx
        .prepare_cached("UPDATE comments SET likes_count = likes_count + ?2 WHERE id = ?1 RETURNING likes_count")?
        .query_row((id, by), |row| row.get(0))?)
}

/// Counts likes and replies of the comments under these posts anew, or of all; how many were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>, among: Option<&[Id<Post>]>) -> Result<usize> {
    let sql = format!(
        "UPDATE comments AS d SET likes_count = r.likes, replies_count = r.replies, is_post_visible = r.is_post_visible
         FROM (SELECT c.id, p.is_visible AS is_post_visible,
                   (SELECT count(*) FROM likes l WHERE l.comment_id = c.id) AS likes,
                   (SELECT count(*) FROM comments k WHERE k.parent_id = c.id AND k.is_visible = 1) AS replies
               FROM comments c JOIN community_posts p ON p.id = c.post_id WHERE {}) r
         WHERE r.id = d.id
             AND (d.likes_count, d.replies_count, d.is_post_visible) IS NOT (r.likes, r.replies, r.is_post_visible)",
        scope("c.post_id", among)
    );
    Ok(tx.prepare(&sql)?.execute([among.map(serde_json::to_string).transpose()?])?)
}

/// Removes for good what was deleted before this moment; how many there were. What has replies stays for them, without its
/// words and its author.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, before: Timestamp) -> Result<usize> {
    let mut gone = 0;
    for which in ["parent_id IS NOT NULL", "NOT EXISTS (SELECT 1 FROM comments k WHERE k.parent_id = comments.id)"] {
        gone += tx.execute(&format!("DELETE FROM comments WHERE deleted_at < ?1 AND {which}"), [before])?;
    }
    let emptied = tx.execute(
        "UPDATE comments SET content = '', author_id = NULL WHERE deleted_at < ?1 AND content <> ''",
        [before],
    )?;
    Ok(gone + emptied)
}

/// Removes a deleted comment for good. What has replies stays for them, without its words and its author.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<Comment>) -> Result<()> {
    let gone = tx
        .prepare_cached(
            "DELETE FROM comments WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM comments WHERE parent_id = ?1)",
        )?
        .execute([id])?;
    if gone == 0 {
        tx.prepare_cached("UPDATE comments SET content = '', author_id = NULL WHERE id = ?1")?.execute([id])?;
    }
    Ok(())
}
