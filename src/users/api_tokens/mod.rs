//! Personal API tokens: for programs that act for their owner, within less than the owner may do.

mod routes;
mod service;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    platform::{clock::Timestamp, id::Id},
    text_enum,
};

pub use routes::addresses;

text_enum! {
    /// What a personal API token is for.
    pub enum Scope { Read = "read", Write = "write" }
}

/// A personal API token without its secret, which is shown once and never again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiToken {
    /// Its number.
    pub id: Id<ApiToken>,
    /// What its owner calls it.
    pub name: String,
    /// The first eight characters of the secret, to tell tokens apart.
    pub prefix: String,
    /// `read` passes GET only.
    pub scope: Scope,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was made: a token never changes.
    pub updated_at: Timestamp,
}

/// What a new token is made of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenDraft {
    /// 1 to 50 characters.
    name: String,
    /// What it is for.
    scope: Scope,
    /// 1 to 365, 90 when left out.
    #[schema(required = false)]
    expires_in_days: i64,
}
