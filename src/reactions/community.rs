//! What follows what happens among posts and comments.

use std::any::Any;

use super::of;
use crate::{
    achievements::CheckUserAchievements,
    community::{
        self, Target,
        comments::{self, Comment},
        likes,
        moderation::{self, Decision},
    },
    notifications::{
        Kind, Notice, SendCommentNotifications, SendLikeNotifications, SendMentionNotifications, SendNotification,
    },
    platform::{db::Tx, error::Result, id::Id},
    users::User,
};

/// What follows, if the event is of the community.
pub(super) fn react(tx: &Tx<'_>, event: &dyn Any) -> Option<Result<()>> {
    of(event, |it| on_posts(tx, it))
        .or_else(|| of(event, |it| on_comments(tx, it)))
        .or_else(|| of(event, |it| on_likes(tx, it)))
        .or_else(|| of(event, |it| on_moderation(tx, it)))
}

fn on_posts(tx: &Tx<'_>, event: &community::Event) -> Result<()> {
    use community::Event;
    match *event {
        Event::Posted { post, by, ref mentioned } => {
            mention(tx, Target::Post(post), mentioned)?;
            by.map_or(Ok(()), |user| tx.enqueue(&CheckUserAchievements { user }).map(drop))
        }
        Event::Changed { post, by, ref mentioned } => {
            mention(tx, Target::Post(post), mentioned)?;
            tx.enqueue(&CheckUserAchievements { user: by }).map(drop)
        }
        Event::Deleted { .. } | Event::Restored { .. } => Ok(()),
    }
}

fn on_comments(tx: &Tx<'_>, event: &comments::Event) -> Result<()> {
    use comments::Event;
    match *event {
        Event::Commented { comment, by, post_author, parent_author, ref mentioned } => {
            tell_of_comment(tx, comment, by, [post_author, parent_author])?;
            mention(tx, Target::Comment(comment), mentioned)?;
            tx.enqueue(&CheckUserAchievements { user: by }).map(drop)
        }
        Event::Changed { comment, ref mentioned, .. } => mention(tx, Target::Comment(comment), mentioned),
        Event::Deleted { .. } | Event::Restored { .. } => Ok(()),
    }
}

/// The authors of the post and of the comment that was replied to are told, one person once, and nobody of their own.
fn tell_of_comment(
    tx: &Tx<'_>,
    comment: Id<Comment>,
    commenter: Id<User>,
    owners: [Option<Id<User>>; 2],
) -> Result<()> {
    for owner in owners.into_iter().flatten().filter(|it| *it != commenter) {
        tx.enqueue(&SendCommentNotifications { owner, commenter, target: Target::Comment(comment) })?;
    }
    Ok(())
}

fn mention(tx: &Tx<'_>, content: Target, users: &[Id<User>]) -> Result<()> {
    if !users.is_empty() {
        tx.enqueue(&SendMentionNotifications { users: users.to_vec(), content })?;
    }
    Ok(())
}

fn on_likes(tx: &Tx<'_>, event: &likes::Event) -> Result<()> {
    use likes::Event;
    match *event {
        Event::Liked { target, by, author: Some(owner) } if owner != by => {
            tx.enqueue(&SendLikeNotifications { owner, liker: by, target })?;
            tx.enqueue(&CheckUserAchievements { user: owner }).map(drop)
        }
        Event::Liked { .. } | Event::Unliked { .. } => Ok(()),
    }
}

fn on_moderation(tx: &Tx<'_>, event: &moderation::Event) -> Result<()> {
    use moderation::Event;
    match *event {
        Event::Decided { decision, target, post, ref title, author: Some(author), by, ref note } => {
            let thing = match target {
                Target::Post(_) => format!("Your post \"{title}\""),
                Target::Comment(_) => format!("Your comment on \"{title}\""),
            };
            let title = match decision {
                Decision::Hidden => format!("{thing} was hidden"),
                Decision::Restored => format!("{thing} is shown again"),
                Decision::Dismissed => format!("{thing} was reported and stays as it is"),
            };
            let message = match (by, note.as_str()) {
                (None, _) => "Several members reported it. A moderator will look at it.".to_owned(),
                (Some(_), "") => "A moderator has looked at it.".to_owned(),
                (Some(_), note) => format!("A moderator has looked at it and says: {note}"),
            };
            // Moderators act for the house, so none of them is named.
            let key = format!("moderation:{target}:{}", tx.now().micros());
            let notice = Notice::new(author, Kind::System, key, title, message);
            tx.enqueue(&SendNotification(notice.link(format!("/community/{post}")))).map(drop)
        }
        Event::Decided { .. } | Event::Flagged { .. } => Ok(()),
    }
}
