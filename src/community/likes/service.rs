//! The rules of likes.

use super::{Event, LikeStatus, store};
use crate::{
    community::{
        Target,
        comments::{service as comments, store as comment_rows},
        service as posts, store as post_rows,
    },
    platform::{db::Tx, error::Result, id::Id},
    users::{CurrentUser, HasOwner as _, User},
};

/// Likes something. A repeat changes nothing.
///
/// # Errors
/// 404 for what the caller does not see.
pub fn like(tx: &Tx<'_>, by: &CurrentUser, target: Target) -> Result<LikeStatus> {
    let (author, standing) = seen(tx, by, target)?;
    let mut likes_count = standing;
    if store::insert(tx, by.id, target)? {
        likes_count = move_likes(tx, target, 1)?;
        tx.emit(Event::Liked { target, by: by.id, author })?;
    }
    Ok(LikeStatus { status: "liked", likes_count })
}

/// Takes a like back. A repeat changes nothing.
///
/// # Errors
/// 404 for what the caller does not see.
pub fn unlike(tx: &Tx<'_>, by: &CurrentUser, target: Target) -> Result<LikeStatus> {
    let (_, standing) = seen(tx, by, target)?;
    let mut likes_count = standing;
    if store::delete(tx, by.id, target)? {
        likes_count = move_likes(tx, target, -1)?;
        tx.emit(Event::Unliked { target, by: by.id })?;
    }
    Ok(LikeStatus { status: "unliked", likes_count })
}

/// Who wrote what the caller sees, and how many like it.
fn seen(tx: &Tx<'_>, by: &CurrentUser, target: Target) -> Result<(Option<Id<User>>, i64)> {
    Ok(match target {
        Target::Post(id) => posts::seen(tx, id, by.into()).map(|it| (it.owner(), it.likes_count))?,
        Target::Comment(id) => comments::seen(tx, id, by.into()).map(|it| (it.owner(), it.likes_count))?,
    })
}

fn move_likes(tx: &Tx<'_>, target: Target, by: i64) -> Result<i64> {
    match target {
        Target::Post(id) => post_rows::move_counts(tx, id, by, 0),
        Target::Comment(id) => comment_rows::move_likes(tx, id, by),
    }
}
