//! What follows what: the one place that knows both causes and consequences.
//!
//! It runs in the transaction of the cause and only queues tasks and drops caches; whatever it needs stands in the event,
//! so it reads no table. One function per feature, one arm per event.

use std::any::Any;

use crate::{
    platform::{db::Tx, error::Result},
    skills, users,
};

/// Decides what follows an event.
///
/// # Errors
/// Those of the database; they undo the cause as well.
pub fn react(tx: &Tx<'_>, event: &dyn Any) -> Result<()> {
    if let Some(event) = event.downcast_ref() {
        return on_users(tx, event);
    }
    if let Some(event) = event.downcast_ref() {
        return on_skills(tx, event);
    }
    Ok(())
}

fn on_users(_tx: &Tx<'_>, event: &users::Event) -> Result<()> {
    match event {
        users::Event::Registered { .. }
        | users::Event::ProfileChanged { .. }
        | users::Event::SignedIn { .. }
        | users::Event::TokenReused { .. } => Ok(()),
    }
}

fn on_skills(_tx: &Tx<'_>, event: &skills::Event) -> Result<()> {
    match event {
        skills::Event::Added { .. }
        | skills::Event::Changed { .. }
        | skills::Event::Removed { .. }
        | skills::Event::Synced { .. }
        | skills::Event::SyncUndone { .. }
        | skills::Event::Endorsed { .. }
        | skills::Event::Unendorsed { .. }
        | skills::Event::Merged { .. }
        | skills::Event::CatalogueChanged { .. }
        | skills::Event::Suggested { .. } => Ok(()),
    }
}
