//! What a comment is.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    community::{Post, Sight},
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, account, id, text},
        id::Id,
        list::Filter,
    },
    users::{HasOwner, SoftDelete, User, UserRef},
};

/// What stands in place of a deleted comment that has replies.
const DELETED: &str = "[deleted]";
/// What stands in place of a hidden comment that has replies.
const HIDDEN: &str = "[hidden]";

/// A comment on a post.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Comment {
    /// Its number, never used again.
    pub id: Id<Comment>,
    /// The post that it stands under.
    pub post: Id<Post>,
    /// Who wrote it; null when it is only kept for its replies.
    pub author: Option<UserRef>,
    /// The comment that it replies to. A reply to a reply joins its parent.
    pub parent: Option<Id<Comment>>,
    /// What it says; `[deleted]` or `[hidden]` when it is only kept for its replies.
    pub content: String,
    /// Likes that stand.
    pub likes_count: i64,
    /// Replies that are neither deleted nor hidden.
    pub replies_count: i64,
    /// Whether only its author and moderators see what it says.
    pub is_hidden: bool,
    /// Whether it is deleted.
    pub is_deleted: bool,
    /// When its words last changed.
    pub edited_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Whether the caller likes it; only for who is signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liked: Option<bool>,
    /// When it was deleted.
    #[serde(skip)]
    pub deleted_at: Option<Timestamp>,
}

impl HasOwner for Comment {
    fn owner(&self) -> Option<Id<User>> {
        self.author.as_ref().map(|it| it.id)
    }
}

impl SoftDelete for Comment {
    const NAME: &'static str = "comment";
    const TABLE: &'static str = "comments";

    fn id(&self) -> Id<Self> {
        self.id
    }

    fn deleted_at(&self) -> Option<Timestamp> {
        self.deleted_at
    }
}

impl Comment {
    /// The same as somebody sees it in a list, where it may only stand for its replies.
    pub fn as_seen(mut self, sight: Sight) -> Self {
        let word = match self.is_deleted {
            true => DELETED,
            false if self.is_hidden && !sight.sees_hidden(self.owner()) => HIDDEN,
            false => return self,
        };
        word.clone_into(&mut self.content);
        self.author = None;
        self
    }
}

/// What the author writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct CommentDraft {
    /// 1 to 5000 characters. `@username` tells somebody; the first 20 names count.
    pub content: String,
}

impl CommentDraft {
    /// Reads a body over this draft.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.required("content", &mut self.content, text(1..=5000));
        self
    }
}

/// The filters of `GET /community/comments/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommentFilter {
    /// Under this post.
    #[param(value_type = Option<i64>)]
    pub post: Option<Id<Post>>,
    /// Written by this user; for themselves and moderators with what is hidden.
    #[param(value_type = Option<String>)]
    pub author: Option<Id<User>>,
    /// Replies to this comment.
    #[param(value_type = Option<i64>)]
    pub parent: Option<Id<Comment>>,
}

impl Filter for CommentFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.optional("post", &mut filter.post, id);
        query.optional("author", &mut filter.author, account);
        query.optional("parent", &mut filter.parent, id);
        filter
    }
}

/// What happened to comments.
#[derive(Serialize)]
pub enum Event {
    /// Somebody commented.
    Commented {
        /// The comment.
        comment: Id<Comment>,
        /// Its author.
        by: Id<User>,
        /// Who wrote the post.
        post_author: Option<Id<User>>,
        /// Who wrote the comment that it replies to.
        parent_author: Option<Id<User>>,
        /// Whom it mentions.
        mentioned: Vec<Id<User>>,
    },
    /// Its author changed it.
    Changed {
        /// The comment.
        comment: Id<Comment>,
        /// Its author.
        by: Id<User>,
        /// Whom it mentions that it did not before.
        mentioned: Vec<Id<User>>,
    },
    /// It was deleted.
    Deleted {
        /// The comment.
        comment: Id<Comment>,
        /// Who deleted it.
        by: Id<User>,
    },
    /// It is back.
    Restored {
        /// The comment.
        comment: Id<Comment>,
        /// Who restored it.
        by: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, comment, by) = match *self {
            Event::Commented { comment, by, .. } => ("community.commented", comment, by),
            Event::Changed { comment, by, .. } => ("community.comment_changed", comment, by),
            Event::Deleted { comment, by } => ("community.comment_deleted", comment, by),
            Event::Restored { comment, by } => ("community.comment_restored", comment, by),
        };
        Facts::new(kind, Some(by), "comment", comment)
    }
}
