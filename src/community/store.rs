//! The rows of posts and tags.

use std::collections::HashSet;

use chrono::Duration;
use rusqlite::{Connection, Row, ToSql, named_params, types::Type};

use super::model::{Post, PostDraft, PostFilter, Sight, Tag};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
        kept,
        list::{Listing, NoFilter, Order, Page, Select, Slice},
        rows,
    },
    users::{User, UserRef},
};

/// The columns of a post, of a table that goes by the name `p`, without those of its author.
const POST: &str =
    "p.id, p.title, p.content, p.tags, p.likes_count, p.comments_count, p.views_count, p.hot, p.hidden_at,
    p.is_away, p.deleted_at, p.edited_at, p.created_at, p.updated_at";

/// What makes a post one that everybody sees, of a table that goes by the name `p`: its column `is_visible` over the columns
/// that the indexes have.
pub const VISIBLE: &str = "p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.is_away = 0";
/// The ids of all others.
const UNSEEN: &str =
    "SELECT id FROM community_posts WHERE deleted_at IS NOT NULL OR hidden_at IS NOT NULL OR is_away <> 0";

/// Microseconds by which a post must be younger to stand beside one with ten times the votes: twelve and a half hours.
const HOT_STEP: f64 = 45e9;
/// For how long a post can be trending.
const TRENDING: Duration = Duration::days(7);

/// How hot a post is, as SQL over columns or parameters: log10(2 + likes + 2 × comments) + the second of its making / 45000.
fn hot(likes: &str, comments: &str, created_at: &str) -> String {
    format!("log10(2 + {likes} + 2 * ({comments})) + {created_at} / {HOT_STEP:?}")
}

/// Reads the columns of [`POST`] and of a nested author.
fn post(row: &Row<'_>) -> rusqlite::Result<Post> {
    let tags: String = row.get("tags")?;
    let (hidden_at, deleted_at): (Option<Timestamp>, Option<Timestamp>) =
        (row.get("hidden_at")?, row.get("deleted_at")?);
    Ok(Post {
        id: row.get("id")?,
        author: row.get::<_, Option<Id<User>>>("u_id")?.map(|_| UserRef::read(row)).transpose()?,
        title: row.get("title")?,
        content: row.get("content")?,
        tags: serde_json::from_str(&tags)
            .map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, e.into()))?,
        likes_count: row.get("likes_count")?,
        comments_count: row.get("comments_count")?,
        views_count: row.get("views_count")?,
        hot: row.get("hot")?,
        is_hidden: hidden_at.is_some() || row.get("is_away")?,
        is_deleted: deleted_at.is_some(),
        deleted_at,
        edited_at: row.get("edited_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        liked: None,
        comments: None,
    })
}

/// The posts with these ids, in this order, hidden and deleted ones included.
///
/// # Errors
/// Those of the database.
pub fn get_all(conn: &Connection, ids: &[Id<Post>]) -> Result<Vec<Post>> {
    let sql = format!(
        "SELECT {POST}, {} FROM json_each(?1) l JOIN community_posts p ON p.id = l.value
         LEFT JOIN users u ON u.id = p.author_id ORDER BY l.key",
        UserRef::COLUMNS
    );
    rows::all(conn, &sql, [serde_json::to_string(ids)?], post)
}

/// The post with this id, hidden or deleted or not.
///
/// # Errors
/// 404.
pub fn get_any(conn: &Connection, id: Id<Post>) -> Result<Post> {
    get_all(conn, &[id])?.pop().ok_or(Error::NotFound("post"))
}

/// A part of the posts that the filters leave. Who sees hidden ones finds them where the filter names their author.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, listing: &Listing<PostFilter>, sight: Sight) -> Result<Page<Id<Post>>> {
    let Listing { filter, slice } = listing;
    let select = in_order(listing, sight)?;
    let is_all = filter.author.is_none() && filter.tag.is_empty() && filter.liked.is_none() && slice.is_undivided();
    let select = if is_all { select.counting(kept::count(conn, "posts", "visible")?) } else { select };
    select.page(conn, slice, |row| row.get(0))
}

/// The ids of the posts that the filters leave, in the asked order.
///
/// # Errors
/// 400 for an ordering that is not known.
pub fn in_order(Listing { filter, slice }: &Listing<PostFilter>, sight: Sight) -> Result<Select> {
    let orders = [
        Order::by("created_at", "p.created_at"),
        Order::by("likes_count", "p.likes_count"),
        Order::by("comments_count", "p.comments_count"),
        Order::by("hot", "p.hot"),
    ];
    select(filter, slice, sight)?.order(slice, &orders, "-created_at")
}

/// The ids of posts that these filters leave of those that somebody sees, before they are ordered.
///
/// # Errors
/// None in practice: the filters have an SQL form.
pub fn select(filter: &PostFilter, slice: &Slice, sight: Sight) -> Result<Select> {
    let sees_hidden = filter.author.is_some() && sight.sees_hidden(filter.author);
    let seen = if sees_hidden { "p.deleted_at IS NULL" } else { VISIBLE };
    let mut select =
        Select::new("p.id", "community_posts p", "p.id").and(seen, &[])?.and_some("p.author_id = ?", filter.author)?;
    if !filter.tag.is_empty() {
        let tagged = format!(
            "SELECT g.post_id FROM post_tags g JOIN tags t ON t.id = g.tag_id WHERE t.name IN ({})",
            vec!["?"; filter.tag.len()].join(", ")
        );
        let tags: Vec<_> = filter.tag.iter().map(|it| it as &dyn ToSql).collect();
        select = select.within(tagged, &tags, "community_posts")?;
    }
    if let Some(liked) = filter.liked {
        let are = if liked { "IN" } else { "NOT IN" };
        let condition = format!("p.id {are} (SELECT post_id FROM likes WHERE user_id = ? AND post_id IS NOT NULL)");
        select = select.and(&condition, &[&sight.caller])?;
    }
    if (filter.author, filter.liked, slice.created_after, slice.created_before) == (None, None, None, None) {
        select = select.leaving_out(UNSEEN);
    }
    select.dated("p.created_at", slice)?.search_index("post_fts", slice)
}

/// The posts of the last seven days that are talked about most. What is older than that is worth less than the newest of
/// its age without any vote, so the index is read no further.
///
/// # Errors
/// Those of the database.
pub fn trending(conn: &Connection, limit: i64, now: Timestamp) -> Result<Vec<Id<Post>>> {
    let since = now.plus(-TRENDING);
    let sql = format!(
        "SELECT p.id FROM community_posts p
         WHERE {VISIBLE} AND p.hot >= {} AND p.created_at >= ?1 ORDER BY p.hot DESC, p.id DESC LIMIT ?2",
        hot("0", "0", "?1")
    );
    rows::all(conn, &sql, (since, limit), |row| row.get(0))
}

/// Which of these posts somebody likes.
///
/// # Errors
/// Those of the database.
pub fn liked(conn: &Connection, by: Id<User>, ids: &[Id<Post>]) -> Result<HashSet<Id<Post>>> {
    let sql = "SELECT post_id FROM likes WHERE user_id = ?1 AND post_id IN (SELECT value FROM json_each(?2))";
    rows::all(conn, sql, (by, serde_json::to_string(ids)?), |row| row.get(0))
}

/// Adds a post with its tags.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, author: Option<Id<User>>, it: &PostDraft) -> Result<Id<Post>> {
    let id = tx
        .prepare_cached(&format!(
            "INSERT INTO community_posts (author_id, title, content, tags, hot, created_at, updated_at)
             VALUES (:author, :title, :content, :tags, {}, :now, :now) RETURNING id",
            hot("0", "0", ":now")
        ))?
        .query_row(
            named_params! {
                ":author": author, ":title": it.title, ":content": it.content, ":tags": serde_json::to_string(&it.tags)?,
                ":now": tx.now(),
            },
            |row| row.get(0),
        )?;
    set_tags(tx, id, &it.tags)?;
    Ok(id)
}

/// Writes what the author wrote.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Post>, it: &PostDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE community_posts SET title = ?2, content = ?3, tags = ?4, edited_at = ?5, updated_at = ?5 WHERE id = ?1",
    )?
    .execute((id, &it.title, &it.content, serde_json::to_string(&it.tags)?, tx.now()))?;
    set_tags(tx, id, &it.tags)
}

fn set_tags(tx: &Tx<'_>, id: Id<Post>, names: &[String]) -> Result<()> {
    tx.prepare_cached("DELETE FROM post_tags WHERE post_id = ?1")?.execute([id])?;
    for name in names {
        tx.prepare_cached(
            "INSERT INTO tags (name, created_at, updated_at) VALUES (?1, ?2, ?2) ON CONFLICT (name) DO NOTHING",
        )?
        .execute((name, tx.now()))?;
        tx.prepare_cached("INSERT INTO post_tags (post_id, tag_id) SELECT ?1, id FROM tags WHERE name = ?2")?
            .execute((id, name))?;
    }
    Ok(())
}

/// Hides a post from all but its author and moderators, or shows it again.
///
/// # Errors
/// Those of the database.
pub fn update_hidden(tx: &Tx<'_>, id: Id<Post>, hidden_at: Option<Timestamp>) -> Result<()> {
    tx.set("community_posts", id, "hidden_at", hidden_at)
}

/// The tags that this post counts for: all that it has, or none when not everybody sees it.
///
/// # Errors
/// Those of the database.
pub fn counted_tags(conn: &Connection, id: Id<Post>) -> Result<HashSet<Id<Tag>>> {
    let sql = "SELECT g.tag_id FROM post_tags g JOIN community_posts p ON p.id = g.post_id
         WHERE g.post_id = ?1 AND p.is_visible = 1";
    rows::all(conn, sql, [id], |row| row.get(0))
}

/// Moves how many posts these tags have.
///
/// # Errors
/// Those of the database.
pub fn move_tags<'t>(tx: &Tx<'_>, tags: impl Iterator<Item = &'t Id<Tag>>, by: i64) -> Result<()> {
    let mut update = tx.prepare_cached("UPDATE tags SET posts = posts + ?2 WHERE id = ?1")?;
    for tag in tags {
        update.execute((tag, by))?;
    }
    Ok(())
}

/// Lets comments know whether everybody sees the post that they stand under.
///
/// # Errors
/// Those of the database.
pub fn update_comments(tx: &Tx<'_>, id: Id<Post>) -> Result<()> {
    tx.prepare_cached(
        "UPDATE comments SET is_post_visible = p.is_visible FROM community_posts p
         WHERE p.id = ?1 AND comments.post_id = ?1 AND comments.is_post_visible <> p.is_visible",
    )?
    .execute([id])?;
    Ok(())
}

/// Moves how many likes and comments a post has, and with them how hot it is; how many likes it has then.
///
/// # Errors
/// Those of the database.
pub fn move_counts(tx: &Tx<'_>, id: Id<Post>, likes: i64, comments: i64) -> Result<i64> {
    Ok(tx
        .prepare_cached(&format!(
            "UPDATE community_posts SET likes_count = likes_count + :likes, comments_count = comments_count + :comments,
                 hot = {} WHERE id = :id RETURNING likes_count",
            hot("likes_count + :likes", "comments_count + :comments", "created_at")
        ))?
        .query_row(named_params! {":id": id, ":likes": likes, ":comments": comments}, |row| row.get(0))?)
}

/// A part of the tags that posts have.
///
/// # Errors
/// As [`Select::page`].
pub fn tags(conn: &Connection, listing: &Listing<NoFilter>, now: Timestamp) -> Result<Page<Tag>> {
    let slice = &listing.slice;
    let orders =
        [Order::by("posts", "t.posts"), Order::by("name", "t.name"), Order::by("posts_7_days", "coalesce(r.posts, 0)")];
    // The `?` of the table is the first of the query; its value is therefore given first. The week's posts are read before
    // their tags, as CROSS JOIN says, since there are far fewer of them.
    let recent = format!(
        "tags t LEFT JOIN (SELECT g.tag_id, count(*) AS posts FROM community_posts p
            CROSS JOIN post_tags g ON g.post_id = p.id WHERE {VISIBLE} AND p.created_at >= ? GROUP BY g.tag_id) r
        ON r.tag_id = t.id"
    );
    Select::new("t.name, t.posts, coalesce(r.posts, 0) AS posts_7_days", &recent, "t.id")
        .and("t.posts > 0", &[&now.plus(-TRENDING)])?
        .dated("t.created_at", slice)?
        .search(&["t.name"], slice)?
        .order(slice, &orders, "-posts")?
        .page(conn, slice, |row| {
            Ok(Tag { name: row.get("name")?, posts: row.get("posts")?, posts_7_days: row.get("posts_7_days")? })
        })
}

/// Counts likes, comments and tags of these posts anew, or of all; how many counters were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>, among: Option<&[Id<Post>]>) -> Result<usize> {
    let posts = format!(
        "UPDATE community_posts AS q SET likes_count = r.likes, comments_count = r.comments, hot = r.hot
         FROM (SELECT id, likes, comments, {} AS hot FROM (SELECT p.id, p.created_at,
                   (SELECT count(*) FROM likes l WHERE l.post_id = p.id) AS likes,
                   (SELECT count(*) FROM comments c WHERE c.post_id = p.id AND c.is_visible = 1) AS comments
               FROM community_posts p WHERE {})) r
         WHERE r.id = q.id AND (q.likes_count, q.comments_count, q.hot) IS NOT (r.likes, r.comments, r.hot)",
        hot("likes", "comments", "created_at"),
        scope("p.id", among)
    );
    let tagged = format!("SELECT g.tag_id FROM post_tags g WHERE {}", scope("g.post_id", among));
    // A tag that no post has any more is in no list of posts.
    let tags = format!(
        "UPDATE tags AS t SET posts = r.posts
         FROM (SELECT k.id, (SELECT count(*) FROM post_tags g JOIN community_posts p ON p.id = g.post_id
                   WHERE g.tag_id = k.id AND p.is_visible = 1) AS posts
               FROM tags k WHERE k.id IN ({tagged}) OR ?1 IS NULL) r
         WHERE r.id = t.id AND t.posts <> r.posts"
    );
    let ids = among.map(serde_json::to_string).transpose()?;
    Ok(tx.prepare(&posts)?.execute([&ids])? + tx.prepare(&tags)?.execute([&ids])?)
}

/// A condition over `?1`, a JSON array of ids, that leaves these ids; all of them when there is no array.
pub(super) fn scope<T>(column: &str, among: Option<&[Id<T>]>) -> String {
    among.map_or("?1 IS NULL".to_owned(), |_| format!("{column} IN (SELECT value FROM json_each(?1))"))
}

/// Removes for good what was deleted before this moment; how many there were.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, before: Timestamp) -> Result<usize> {
    Ok(tx.execute("DELETE FROM community_posts WHERE deleted_at < ?1", [before])?)
}
