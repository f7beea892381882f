//! What a post is.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::comments::Comment;
use crate::{
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, Input, Read, account, flag, integer, ruled, text},
        id::Id,
        list::Filter,
        rule::Rule,
        validate,
    },
    users::{CurrentUser, HasOwner, SoftDelete, User, UserRef, Visitor},
};

/// Tags that a post has at most.
const MOST_TAGS: usize = 10;
/// Posts that a list of what is talked about has at most.
const MOST_TRENDING: i64 = 20;

/// A post.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Post {
    /// Its number, never used again.
    pub id: Id<Post>,
    /// Who wrote it; null when nobody is known.
    pub author: Option<UserRef>,
    /// What it is about.
    pub title: String,
    /// What it says.
    pub content: String,
    /// In the author's order.
    pub tags: Vec<String>,
    /// Likes that stand.
    pub likes_count: i64,
    /// Comments that are neither deleted nor hidden.
    pub comments_count: i64,
    /// How often it was looked at.
    pub views_count: i64,
    /// log10(2 + likes + 2 × comments) + the second of its making / 45000.
    pub hot: f64,
    /// Whether only its author and moderators see it.
    pub is_hidden: bool,
    /// Whether it is deleted, and can still be restored.
    pub is_deleted: bool,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When its words last changed.
    pub edited_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Whether the caller likes it; only for who is signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liked: Option<bool>,
    /// The first 20 comments, oldest first; only in the answer about one post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<Vec<Comment>>,
}

impl HasOwner for Post {
    fn owner(&self) -> Option<Id<User>> {
        self.author.as_ref().map(|it| it.id)
    }
}

impl SoftDelete for Post {
    const NAME: &'static str = "post";
    const TABLE: &'static str = "community_posts";

    fn id(&self) -> Id<Self> {
        self.id
    }

    fn deleted_at(&self) -> Option<Timestamp> {
        self.deleted_at
    }
}

impl Post {
    /// The parts that its author writes.
    pub fn draft(&self) -> PostDraft {
        PostDraft { title: self.title.clone(), content: self.content.clone(), tags: self.tags.clone() }
    }
}

/// Who looks, which decides what of hidden content they see.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// Who is signed in.
    pub caller: Option<Id<User>>,
    /// Whether they see what is hidden, whoever wrote it.
    pub moderates: bool,
}

impl Sight {
    /// Whether they see what is hidden and was written by this account.
    pub fn sees_hidden(&self, author: Option<Id<User>>) -> bool {
        self.moderates || (self.caller.is_some() && self.caller == author)
    }
}

impl From<&Visitor> for Sight {
    fn from(visitor: &Visitor) -> Self {
        visitor.0.as_ref().map_or(Self { caller: None, moderates: false }, Self::from)
    }
}

impl From<&CurrentUser> for Sight {
    fn from(user: &CurrentUser) -> Self {
        let roles = &user.caller.roles;
        Self { caller: Some(user.id), moderates: roles.moderator || roles.admin }
    }
}

/// What is liked or reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "id", rename_all = "lowercase")]
#[schema(as = ContentTarget)]
pub enum Target {
    /// A post.
    #[schema(value_type = i64)]
    Post(Id<Post>),
    /// A comment.
    #[schema(value_type = i64)]
    Comment(Id<Comment>),
}

impl Target {
    /// The column that a row about it names it by.
    pub const fn column(self) -> &'static str {
        match self {
            Target::Post(_) => "post_id",
            Target::Comment(_) => "comment_id",
        }
    }

    /// Its number.
    pub const fn raw(self) -> i64 {
        match self {
            Target::Post(id) => id.raw(),
            Target::Comment(id) => id.raw(),
        }
    }

    /// What it is called in a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Target::Post(_) => "post",
            Target::Comment(_) => "comment",
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.name(), self.raw())
    }
}

/// What the author writes. Left out by PUT, an optional field falls back to its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct PostDraft {
    /// 1 to 300 characters.
    pub title: String,
    /// 1 to 20000 characters. `@username` tells somebody; the first 20 names count.
    pub content: String,
    /// At most 10 slugs, as an array or as text with commas.
    #[schema(required = false)]
    pub tags: Vec<String>,
}

impl PostDraft {
    /// Reads a body over this draft.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.required("title", &mut self.title, text(1..=300));
        body.required("content", &mut self.content, text(1..=20_000));
        body.defaulted("tags", &mut self.tags, tags);
        self
    }

    /// All that may mention somebody.
    pub fn words(&self) -> String {
        format!("{}\n{}", self.title, self.content)
    }
}

/// Tags from an array or from text with commas, each once.
fn tags(input: Input<'_>) -> Read<Vec<String>> {
    input.tell(|rule| *rule = Rule { most_items: Some(MOST_TAGS), ..Rule::text(1..=50) });
    let words: Vec<&str> = match input.json() {
        Value::String(text) => text.split(',').map(str::trim).filter(|it| !it.is_empty()).collect(),
        Value::Array(words) => words.iter().map(|it| it.as_str().ok_or("Give texts.")).collect::<Result<_, _>>()?,
        _ => return Err("Give an array of texts, or one text with commas.".into()),
    };
    let mut tags: Vec<String> = vec![];
    for word in words {
        let tag = validate::slug(word.trim().trim_start_matches('#'))?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > MOST_TAGS { Err(format!("Give at most {MOST_TAGS} tags.")) } else { Ok(tags) }
}

/// The filters of `GET /community/posts/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PostFilter {
    /// Written by this user; for themselves and moderators with what is hidden.
    #[param(value_type = Option<String>)]
    pub author: Option<Id<User>>,
    /// With any of these tags.
    pub tag: Vec<String>,
    /// Only what the caller likes, or only what they do not.
    pub liked: Option<bool>,
}

impl Filter for PostFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.optional("author", &mut filter.author, account);
        query.several("tag", &mut filter.tag, 20, ruled(validate::SLUG, validate::slug));
        query.optional("liked", &mut filter.liked, flag);
        filter
    }
}

/// The parameters of `GET /community/posts/trending/`.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Trending {
    /// 1 to 20, 20 when left out.
    #[param(default = 20, minimum = 1, maximum = 20)]
    pub limit: i64,
}

impl Filter for Trending {
    fn read(query: &mut Fields) -> Self {
        let mut limit = MOST_TRENDING;
        query.defaulting_to(MOST_TRENDING, "limit", &mut limit, integer(1..=MOST_TRENDING));
        Self { limit }
    }
}

/// A tag.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tag {
    /// In lower case.
    pub name: String,
    /// Posts with it that everybody sees.
    pub posts: i64,
    /// Of those, made in the last seven days.
    pub posts_7_days: i64,
}

/// What happened to posts.
#[derive(Serialize)]
pub enum Event {
    /// Somebody wrote a post.
    Posted {
        /// The post.
        post: Id<Post>,
        /// Its author; none when it was brought in without one.
        by: Option<Id<User>>,
        /// Whom it mentions.
        mentioned: Vec<Id<User>>,
    },
    /// Its author changed it.
    Changed {
        /// The post.
        post: Id<Post>,
        /// Its author.
        by: Id<User>,
        /// Whom it mentions that it did not before.
        mentioned: Vec<Id<User>>,
    },
    /// It was deleted.
    Deleted {
        /// The post.
        post: Id<Post>,
        /// Who deleted it.
        by: Id<User>,
    },
    /// It is back.
    Restored {
        /// The post.
        post: Id<Post>,
        /// Who restored it.
        by: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, post, by) = match *self {
            Event::Posted { post, by, .. } => ("community.posted", post, by),
            Event::Changed { post, by, .. } => ("community.post_changed", post, Some(by)),
            Event::Deleted { post, by } => ("community.post_deleted", post, Some(by)),
            Event::Restored { post, by } => ("community.post_restored", post, Some(by)),
        };
        Facts::new(kind, by, "post", post)
    }
}
