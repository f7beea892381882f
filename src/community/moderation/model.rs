//! What a report is, and the case that reports of one thing make.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    community::{Post, Target},
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, choice, text},
        id::Id,
        list::Filter,
    },
    text_enum,
    users::{User, UserRef},
};

text_enum! {
    /// Why something is reported.
    pub enum Reason as "FlagReason" { Spam = "spam", Abuse = "abuse", OffTopic = "off-topic" | "offtopic", Other = "other" }
}

text_enum! {
    /// What became of a report.
    pub enum FlagStatus { Open = "open", Upheld = "upheld", Dismissed = "dismissed" }
}

text_enum! {
    /// Where a case stands.
    pub enum CaseStatus { Open = "open", Hidden = "hidden", Dismissed = "dismissed" }
}

text_enum! {
    /// What can be reported.
    pub enum Reported { Posts = "post" | "posts", Comments = "comment" | "comments" }
}

/// A report of a post or comment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Flag {
    /// Its number.
    pub id: Id<Flag>,
    /// Who reports.
    pub user: UserRef,
    /// What is reported.
    pub target: Target,
    /// Why.
    pub reason: Reason,
    /// In the reporter's words.
    pub note: String,
    /// What became of it.
    pub status: FlagStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a reporter writes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FlagDraft {
    /// Why.
    pub reason: Reason,
    /// At most 500 characters.
    #[schema(required = false)]
    pub note: String,
}

impl FlagDraft {
    /// Reads a body.
    pub fn read(body: &mut Fields) -> Self {
        let mut draft = Self { reason: Reason::Other, note: String::new() };
        body.required("reason", &mut draft.reason, choice);
        body.defaulted("note", &mut draft.note, text(0..=500));
        draft
    }
}

/// All reports of one post or comment, as moderators see them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Case {
    /// Its number.
    pub id: Id<Case>,
    /// What is reported.
    pub target: CaseTarget,
    /// How many people reported it.
    pub flags: i64,
    /// Of those, how many nobody has decided about.
    pub open_flags: i64,
    /// How many gave each reason.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub reasons: BTreeMap<Reason, i64>,
    /// What they wrote, oldest first.
    pub notes: Vec<String>,
    /// Where it stands.
    pub status: CaseStatus,
    /// When it was reported first.
    pub first_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a case is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseTarget {
    /// What it is.
    #[serde(flatten)]
    pub what: Target,
    /// The post itself, or the one that the comment stands under.
    pub post: Id<Post>,
    /// The title of that post.
    pub title: String,
    /// What the post or comment says.
    pub content: String,
    /// Who wrote it.
    pub author: Option<UserRef>,
    /// Whether it is hidden.
    pub is_hidden: bool,
    /// Whether its author deleted it.
    pub is_deleted: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The filters of `GET /admin/moderation/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaseFilter {
    /// Any of these.
    pub status: Vec<CaseStatus>,
    /// Only posts, or only comments.
    #[param(rename = "type", inline)]
    pub kind: Vec<Reported>,
}

impl Filter for CaseFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("status", &mut filter.status, 20, choice);
        query.several("type", &mut filter.kind, 20, choice);
        filter
    }
}

text_enum! {
    /// What was decided about reported content.
    pub enum Decision {
        /// Only its author and moderators see it.
        Hidden = "hidden",
        /// Everybody sees it again.
        Restored = "restored",
        /// The reports were without reason.
        Dismissed = "dismissed",
    }
}

/// What happened to reported content.
#[derive(Serialize)]
pub enum Event {
    /// Somebody reported something.
    Flagged {
        /// What.
        target: Target,
        /// Who.
        by: Id<User>,
        /// Why.
        reason: Reason,
    },
    /// Something was decided about it, of which its author is told.
    Decided {
        /// What.
        decision: Decision,
        /// About what.
        target: Target,
        /// The post that it is or stands under.
        post: Id<Post>,
        /// The title of that post.
        title: String,
        /// Who wrote it.
        author: Option<Id<User>>,
        /// The moderator; none when it was hidden because so many reported it.
        by: Option<Id<User>>,
        /// What the moderator says to it.
        note: String,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, target, by) = match *self {
            Event::Flagged { target, by, .. } => ("community.flagged", target, Some(by)),
            Event::Decided { decision, target, by, .. } => (decision.action(), target, by),
        };
        Facts { kind, actor: by.map(Id::raw), subject: (target.name(), target.raw()) }
    }
}

impl Decision {
    /// As events and the audit call it.
    pub const fn action(self) -> &'static str {
        match self {
            Decision::Hidden => "community.hidden",
            Decision::Restored => "community.shown",
            Decision::Dismissed => "community.flags_dismissed",
        }
    }
}
