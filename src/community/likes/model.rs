//! What becomes of a like.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    community::Target,
    platform::{
        event::{self, Facts},
        id::Id,
    },
    users::User,
};

/// What became of a like.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LikeStatus {
    /// `liked` or `unliked`.
    pub status: &'static str,
    /// Likes that stand now.
    pub likes_count: i64,
}

/// What happened to likes.
#[derive(Serialize)]
pub enum Event {
    /// Somebody likes something.
    Liked {
        /// What they like.
        target: Target,
        /// Who likes it.
        by: Id<User>,
        /// Who wrote it.
        author: Option<Id<User>>,
    },
    /// They do not like it any more.
    Unliked {
        /// What they liked.
        target: Target,
        /// Who liked it.
        by: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, target, by) = match *self {
            Event::Liked { target, by, .. } => ("community.liked", target, by),
            Event::Unliked { target, by } => ("community.unliked", target, by),
        };
        Facts { kind, actor: Some(by.raw()), subject: (target.name(), target.raw()) }
    }
}
