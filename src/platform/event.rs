//! Events: what happened, as rows.
//!
//! A service emits an event in the transaction that made it true. The row is the activity log; what follows from it is
//! decided by `reactions::react`, which runs in that same transaction and only queues tasks and drops caches.

use std::any::Any;

use serde::Serialize;

use super::{db::Tx, error::Result, id::Id};

/// Something that happened in one feature. Carries whatever its consequences need, so that they read nothing.
pub trait Event: Serialize + Any {
    /// The facts that the log can be searched by.
    fn facts(&self) -> Facts;
}

/// The searchable part of an event.
pub struct Facts {
    /// `feature.what`, as `jobs.applied`.
    pub kind: &'static str,
    /// The user who did it; none when the system did.
    pub actor: Option<i64>,
    /// The type and id of the row it happened to.
    pub subject: (&'static str, i64),
}

impl Facts {
    /// Facts of something that `actor` did to the row `subject` of the type `subject_type`.
    pub fn new<A, S>(kind: &'static str, actor: Option<Id<A>>, subject_type: &'static str, subject: Id<S>) -> Self {
        Self { kind, actor: actor.map(Id::raw), subject: (subject_type, subject.raw()) }
    }
}

/// The end of each write, before its commit: told to whatever keeps something that is derived from rows in step with them.
pub struct WriteEnds;

/// Decides what follows an event: `reactions::react`, called in the transaction of its cause.
pub type React = fn(&Tx<'_>, &dyn Any) -> Result<()>;

impl Tx<'_> {
    /// Records that something happened, and queues what follows, in the transaction that made it happen.
    pub fn emit<E: Event>(&self, event: E) -> Result<()> {
        self.record(&event)?;
        self.react(&event)
    }

    /// Records that something happened of which nothing follows any more: for inventing a long past.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record<E: Event>(&self, event: &E) -> Result<()> {
        let Facts { kind, actor, subject: (subject_type, subject_id) } = event.facts();
        self.prepare_cached(
            "INSERT INTO events (at, kind, actor_id, subject_type, subject_id, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((self.now(), kind, actor, subject_type, subject_id, serde_json::to_string(event)?))?;
        Ok(())
    }
}
