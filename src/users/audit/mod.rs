//! The audit: what admins did, and what touched the safety of an account.
//!
//! An entry is written by the service that makes the change, in the same transaction: neither stands without the other.

mod routes;
pub mod store;
mod words;

use std::fmt::Display;

use rocket::{
    Request,
    http::Status,
    outcome::Outcome,
    request::{self, FromRequest},
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{CurrentUser, HasOwner, User, UserRef};
use crate::platform::{
    clock::Timestamp,
    db::Tx,
    edge::Call,
    error::Result,
    fields::{Fields, account, moment, one_of, text},
    id::Id,
    list::Filter,
    signature::Argument,
};

pub use routes::addresses;
pub use store::record;
use words::{ACTIONS, TARGETS};

/// Characters of a text that an entry keeps: enough to see what changed.
const KEPT: usize = 500;

/// The call that asked for a change.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The client's address.
    pub ip: String,
    /// The id of the request.
    pub request_id: String,
}

impl Trace {
    /// What this account does by this call.
    pub fn by(&self, actor: Id<User>) -> By<'_> {
        By { actor: Some(actor), trace: Some(self) }
    }
}

impl From<&Call> for Trace {
    fn from(call: &Call) -> Self {
        Self { ip: call.client.address.to_string(), request_id: call.id.clone() }
    }
}

impl Argument for Trace {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Trace {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        // Without an edge there is no call, and nothing that a route could do about it.
        Call::of(req).map_or(Outcome::Forward(Status::InternalServerError), |call| Outcome::Success(call.into()))
    }
}

/// Who answers for a change, and the call it came by.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// The account; none for the command line, the house itself and unknown holders of a token.
    pub actor: Option<Id<User>>,
    /// None for what no call asked for.
    pub trace: Option<&'a Trace>,
}

impl By<'static> {
    /// The command line, and the house itself.
    pub const HOUSE: Self = Self { actor: None, trace: None };
}

impl<'a> From<&'a CurrentUser> for By<'a> {
    fn from(user: &'a CurrentUser) -> Self {
        Self { actor: Some(user.id), trace: user.trace.as_ref() }
    }
}

/// The fields that changed, each with what it was and what it became, and why if somebody said so.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    fields: Map<String, Value>,
    note: String,
}

impl Changes {
    /// Nothing but that it happened.
    pub fn none() -> Self {
        Self::default()
    }

    /// The fields in which these two differ. `()` stands for what was not there before, or is not there any more.
    ///
    /// # Errors
    /// One of them has no JSON form.
    pub fn between(before: &impl Serialize, after: &impl Serialize) -> Result<Self> {
        let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
        let names = [&before, &after].into_iter().filter_map(Value::as_object).flat_map(Map::keys);
        let differing = names.filter(|name| before.get(name) != after.get(name));
        Ok(differing
            .fold(Self::none(), |it, name| it.field(name, before[name.as_str()].clone(), after[name.as_str()].clone())))
    }

    /// The same with one more field.
    pub fn field(mut self, name: &str, old: impl Into<Value>, new: impl Into<Value>) -> Self {
        let pair = vec![shortened(old.into()), shortened(new.into())];
        self.fields.insert(name.to_owned(), Value::Array(pair));
        self
    }

    /// The same with the reason that was given.
    pub fn because(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Whether no field changed.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

fn shortened(value: Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > KEPT => {
            Value::String(text.chars().take(KEPT).chain(['…']).collect())
        }
        value => value,
    }
}

/// Records what an admin did to what is somebody else's; what people do to their own is not audited.
///
/// # Errors
/// Those of the database.
pub fn record_intervention(
    tx: &Tx<'_>,
    by: &CurrentUser,
    row: &impl HasOwner,
    action: &str,
    (target_type, target_id): (&'static str, impl Display),
    changes: Changes,
) -> Result<()> {
    let owner = row.owner();
    if owner == Some(by.id) {
        return Ok(());
    }
    store::insert(tx, by.into(), action, (target_type, target_id.to_string()), changes, owner)
}

/// What a row of the audit is about: a number, or the name of what has none.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = AuditTarget)]
pub enum Target {
    /// The id of a row.
    Number(i64),
    /// A task's id, or the name of an entry of the schedule.
    Name(String),
}

/// One change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its number.
    pub id: Id<AuditEntry>,
    /// When.
    pub at: Timestamp,
    /// Who; null for the command line and the house itself.
    pub actor: Option<UserRef>,
    /// What was done, as `users.changed`.
    pub action: String,
    /// What kind of thing it was done to, as `user`.
    pub target_type: String,
    /// Which one.
    pub target_id: Target,
    /// Each changed field with what it was and what it became. Secrets never stand here.
    #[schema(value_type = Object)]
    pub changes: Value,
    /// The reason that was given.
    pub note: String,
    /// The client's address.
    pub ip: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
}

/// The filters of the audit.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Only what this account did.
    #[param(value_type = Option<String>)]
    pub actor: Option<Id<User>>,
    /// Only these actions.
    pub action: Vec<String>,
    /// Only what was done to these kinds of things.
    pub target_type: Vec<String>,
    /// Only what was done to things of this number or name.
    pub target_id: Option<String>,
    /// At or after this.
    pub after: Option<Timestamp>,
    /// At or before this.
    pub before: Option<Timestamp>,
}

impl Filter for AuditFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.optional("actor", &mut filter.actor, account);
        query.several("action", &mut filter.action, 20, one_of(ACTIONS));
        query.several("target_type", &mut filter.target_type, 20, one_of(TARGETS));
        query.optional("target_id", &mut filter.target_id, text(1..=100));
        query.optional("after", &mut filter.after, moment);
        query.optional("before", &mut filter.before, moment);
        if let (Some(after), Some(before)) = (filter.after, filter.before) {
            query.check("after", after <= before, "This must not be later than before.");
        }
        filter
    }
}
