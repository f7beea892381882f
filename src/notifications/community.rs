//! What people are told of posts and comments: mentions, likes, comments.
//!
//! What is told is read when it is told: a like that was taken back and words that are gone by then are told to nobody.

use std::sync::Arc;

use anyhow::Result as AnyResult;
use serde::{Deserialize, Serialize};

use super::{Fold, Kind, Notice, service};
use crate::{
    community::{self, Post, Sight, Target, comments, likes},
    platform::{
        app::App,
        db::Tx,
        error::{Error, Result},
        id::Id,
        task::{Key, Task},
    },
    users::{self, User},
};

/// A post or comment that everybody sees.
struct Seen {
    author: Option<Id<User>>,
    post: Id<Post>,
    /// The title of the post.
    title: String,
    /// What it says.
    words: String,
}

/// What everybody sees of it; none when it is gone or hidden.
fn seen(tx: &Tx<'_>, target: Target) -> Result<Option<Seen>> {
    let everybody = Sight { caller: None, moderates: false };
    let found = match target {
        Target::Post(id) => community::service::seen(tx, id, everybody).map(|post| Seen {
            author: post.author.map(|it| it.id),
            post: post.id,
            title: post.title,
            words: post.content,
        }),
        Target::Comment(id) => comments::service::seen(tx, id, everybody).and_then(|comment| {
            Ok(Seen {
                author: comment.author.map(|it| it.id),
                post: comment.post,
                title: community::store::get_any(tx, comment.post)?.title,
                words: comment.content,
            })
        }),
    };
    match found {
        Err(Error::NotFound(_)) => Ok(None),
        found => found.map(Some),
    }
}

impl Seen {
    fn link(&self) -> String {
        format!("/community/{}", self.post)
    }
}

/// Who does it, by name; none when they are gone.
fn name(tx: &Tx<'_>, user: Id<User>) -> Result<Option<String>> {
    match users::store::get_active(tx, user) {
        Err(Error::NotFound(_)) => Ok(None),
        found => found.map(|it| Some(it.shown_name())),
    }
}

/// Tells people that a post or comment mentions them.
#[derive(Serialize, Deserialize)]
pub struct SendMentionNotifications {
    /// Whom.
    pub users: Vec<Id<User>>,
    /// Where.
    #[serde(flatten)]
    pub content: Target,
}

impl Task for SendMentionNotifications {
    const KIND: &'static str = "send_mention_notifications";
    const RETRIES: u32 = 3;

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        Ok(app.db.write(move |tx| self.tell(tx)).await?)
    }
}

impl SendMentionNotifications {
    fn tell(self, tx: &Tx<'_>) -> Result<()> {
        let Some(seen) = seen(tx, self.content)? else { return Ok(()) };
        let Some((writer, name)) = seen.author.and_then(|it| Some((it, name(tx, it).transpose()?))) else {
            return Ok(());
        };
        let place = match self.content {
            Target::Post(_) => "",
            Target::Comment(_) => "a comment on ",
        };
        let title = format!("{} mentioned you in {place}\"{}\"", name?, seen.title);
        for user in self.users {
            let key = format!("mention:{}", self.content);
            let notice = Notice::new(user, Kind::Mention, key, title.clone(), seen.words.clone());
            service::tell(tx, notice.by(writer).link(seen.link()))?;
        }
        Ok(())
    }
}

/// Tells the author of a post or comment that somebody likes it. Likes of one thing fold.
#[derive(Serialize, Deserialize)]
pub struct SendLikeNotifications {
    /// The author.
    pub owner: Id<User>,
    /// Who likes it.
    pub liker: Id<User>,
    /// What they like.
    pub target: Target,
}

impl Task for SendLikeNotifications {
    const KIND: &'static str = "send_like_notifications";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Debounce(format!("{}:{}", self.liker, self.target))
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        Ok(app.db.write(move |tx| self.tell(tx)).await?)
    }
}

impl SendLikeNotifications {
    fn tell(self, tx: &Tx<'_>) -> Result<()> {
        let Self { owner, liker, target } = self;
        let (Some(seen), Some(who)) = (seen(tx, target)?, name(tx, liker)?) else { return Ok(()) };
        if !likes::store::stands(tx, liker, target)? {
            return Ok(());
        }
        let did = match target {
            Target::Post(_) => format!("liked your post \"{}\"", seen.title),
            Target::Comment(_) => format!("liked your comment on \"{}\"", seen.title),
        };
        let fold = Fold { thing: target.to_string(), who, did };
        let key = format!("like:{target}:{liker}");
        let notice = Notice::new(owner, Kind::Like, key, fold.title(0), String::new());
        service::tell(tx, notice.by(liker).link(seen.link()).folding(fold))
    }
}

/// Tells the author of a post, or of the comment that was replied to, that somebody commented.
#[derive(Serialize, Deserialize)]
pub struct SendCommentNotifications {
    /// Who is told.
    pub owner: Id<User>,
    /// Who commented.
    pub commenter: Id<User>,
    /// The comment.
    pub target: Target,
}

impl Task for SendCommentNotifications {
    const KIND: &'static str = "send_comment_notifications";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Once(format!("{}:{}", self.owner, self.target))
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        Ok(app.db.write(move |tx| self.tell(tx)).await?)
    }
}

impl SendCommentNotifications {
    fn tell(self, tx: &Tx<'_>) -> Result<()> {
        let Self { owner, commenter, target } = self;
        let (Some(seen), Some(who)) = (seen(tx, target)?, name(tx, commenter)?) else { return Ok(()) };
        let author = community::store::get_any(tx, seen.post)?.author.map(|it| it.id);
        let title = if author == Some(owner) {
            format!("{who} commented on your post \"{}\"", seen.title)
        } else {
            format!("{who} replied to your comment on \"{}\"", seen.title)
        };
        let notice = Notice::new(owner, Kind::Comment, format!("comment:{target}"), title, seen.words.clone());
        service::tell(tx, notice.by(commenter).link(seen.link()))
    }
}
