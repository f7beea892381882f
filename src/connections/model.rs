//! What a connection is.

use chrono::Duration;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, choice, id, text},
        id::Id,
        list::Filter,
    },
    text_enum,
    users::{User, UserRef},
};

/// Requests that somebody may have waiting for an answer.
pub const MOST_PENDING: i64 = 500;

/// For how long who was declined does not ask again.
pub const REST: Duration = Duration::days(30);

text_enum! {
    /// Whether a request was answered, and how.
    pub enum ConnectionStatus { Pending = "pending", Accepted = "accepted", Declined = "declined" }
}

text_enum! {
    /// Who asked: others the caller, or the caller others.
    pub enum Direction { In = "in", Out = "out" }
}

/// What stands between two people, of which there is one at a time, whoever asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Connection {
    /// Its number, never used again.
    pub id: Id<Connection>,
    /// Who asked.
    pub requester: UserRef,
    /// Who was asked.
    pub addressee: UserRef,
    /// Why, in the words of who asked.
    pub message: String,
    /// Whether it was answered, and how.
    pub status: ConnectionStatus,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Connection {
    /// Where it is found.
    pub fn location(&self) -> String {
        format!("/api/connections/{}/", self.id)
    }

    /// Whether this person was declined less than 30 days ago.
    pub fn rests(&self, requester: Id<User>, now: Timestamp) -> bool {
        let is_declined = self.status == ConnectionStatus::Declined && self.requester.id == requester;
        is_declined && self.answered_at.is_some_and(|at| now.since(at) < REST)
    }
}

/// What somebody writes who asks for a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectionDraft {
    /// Whom they ask.
    pub user_id: Id<User>,
    /// At most 300 characters.
    #[schema(required = false)]
    pub message: String,
}

impl ConnectionDraft {
    /// Reads a body. Whether there is such a person can only be checked inside the write.
    pub fn read(body: &mut Fields) -> Self {
        let mut it = Self { user_id: Id::new(0), message: String::new() };
        body.required("user_id", &mut it.user_id, id);
        body.defaulted("message", &mut it.message, text(0..=300));
        it
    }
}

/// The filters of connections.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConnectionFilter {
    /// Any of these; accepted ones when left out.
    pub status: Vec<ConnectionStatus>,
    /// Only those that others asked for, or the caller.
    #[param(inline)]
    pub direction: Option<Direction>,
}

impl Filter for ConnectionFilter {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { status: vec![], direction: None };
        query.several("status", &mut it.status, 20, choice);
        query.optional("direction", &mut it.direction, choice);
        if it.status.is_empty() {
            it.status = vec![ConnectionStatus::Accepted];
        }
        it
    }
}

/// What happened between two people.
#[derive(Serialize)]
pub enum Event {
    /// Somebody asked for a connection.
    Asked {
        /// The request.
        connection: Id<Connection>,
        /// Who asked.
        by: Id<User>,
        /// Their name.
        by_name: String,
        /// Who was asked.
        user: Id<User>,
    },
    /// A request was accepted.
    Accepted {
        /// The connection.
        connection: Id<Connection>,
        /// Who accepted.
        by: Id<User>,
        /// Their name.
        by_name: String,
        /// Who had asked.
        user: Id<User>,
    },
    /// A request was declined.
    Declined {
        /// The request.
        connection: Id<Connection>,
        /// Who declined.
        by: Id<User>,
        /// Who had asked.
        user: Id<User>,
    },
    /// A request was taken back, or a connection ended.
    Removed {
        /// What it was.
        connection: Id<Connection>,
        /// Who removed it.
        by: Id<User>,
        /// The other one.
        user: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, by, connection) = match *self {
            Event::Asked { connection, by, .. } => ("connections.asked", by, connection),
            Event::Accepted { connection, by, .. } => ("connections.accepted", by, connection),
            Event::Declined { connection, by, .. } => ("connections.declined", by, connection),
            Event::Removed { connection, by, .. } => ("connections.removed", by, connection),
        };
        Facts::new(kind, Some(by), "connection", connection)
    }
}
