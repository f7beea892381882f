//! What was deleted and what is changed in bulk, across rooms.

mod routes;
mod service;
mod store;
mod tasks;

use chrono::Duration;
use rocket::request::FromParam;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    jobs::JobStatus,
    offers::OfferStatus,
    platform::{
        clock::Timestamp,
        fields::{Fields, Input, Read, choice},
        list::Filter,
        signature::Argument,
    },
    text_enum,
    users::UserRef,
};

pub use routes::addresses;
pub use tasks::PurgeDeleted;

/// How long what was deleted stays with admins.
pub const KEPT: Duration = Duration::days(90);

text_enum! {
    /// What can be deleted and restored.
    pub enum Kind as "DeletedType" { Posts = "posts", Comments = "comments", Courses = "courses", Projects = "projects", Jobs = "jobs", Users = "users" }
}

text_enum! {
    /// What bulk steps are about. Flags go by the numbers of their cases, as moderators see them.
    pub enum Bulk {
        Posts = "posts",
        Comments = "comments",
        Courses = "courses",
        Projects = "projects",
        Jobs = "jobs",
        Flags = "flags",
    }
}

text_enum! {
    /// Whether everybody sees a post or comment, or only its author and moderators.
    pub enum Sight { Visible = "visible" | "active", Hidden = "hidden" }
}

text_enum! {
    /// What is decided about reports: what they are about is hidden, or they are dismissed.
    pub enum Decided { Upheld = "upheld", Dismissed = "dismissed" }
}

impl Argument for Kind {}
impl Argument for Bulk {}

impl FromParam<'_> for Kind {
    type Error = String;

    fn from_param(param: &str) -> Result<Self, String> {
        param.parse()
    }
}

impl FromParam<'_> for Bulk {
    type Error = String;

    fn from_param(param: &str) -> Result<Self, String> {
        param.parse()
    }
}

impl Bulk {
    /// Reads a status that things of this kind can have.
    fn status(self, input: Input<'_>) -> Read<&'static str> {
        match self {
            Bulk::Courses | Bulk::Projects => choice(input).map(OfferStatus::as_str),
            Bulk::Jobs => choice(input).map(JobStatus::as_str),
            Bulk::Posts | Bulk::Comments => choice(input).map(Sight::as_str),
            Bulk::Flags => choice(input).map(Decided::as_str),
        }
    }
}

/// Something that was deleted and is still there for admins.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeletedRow)]
pub struct Deleted {
    /// What it is.
    pub r#type: Kind,
    /// Its number.
    pub id: i64,
    /// Its title, or the name of an account.
    pub title: String,
    /// Whose it is; null when they are gone.
    pub owner: Option<UserRef>,
    /// When it was deleted.
    pub deleted_at: Timestamp,
    /// When it goes for good.
    pub purge_at: Timestamp,
}

/// The filters of what was deleted.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeletedFilter {
    /// Only these kinds.
    pub r#type: Vec<Kind>,
}

impl Filter for DeletedFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("type", &mut filter.r#type, 20, choice);
        filter
    }
}
