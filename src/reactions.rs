//! What follows what: the one place that knows both causes and consequences.
//!
//! It runs in the transaction of the cause and only queues tasks and drops caches; whatever it needs stands in the event,
//! so it reads no table. One function per feature, one arm per event.

use std::any::Any;

use crate::{
    platform::{db::Tx, error::Result, id::Id},
    recommendations::{self, tasks::RecommendJobs},
    jobs,
    resumes::{self, tasks::AnalyzeResume},
    skills,
    users::{self, User},
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
    if let Some(event) = event.downcast_ref() {
        return on_jobs(tx, event);
    }
    if let Some(event) = event.downcast_ref() {
        return on_applications(tx, event);
    }
    if let Some(event) = event.downcast_ref() {
        return on_resumes(tx, event);
    }
    Ok(())
}

fn on_users(tx: &Tx<'_>, event: &users::Event) -> Result<()> {
    match event {
        users::Event::ProfileChanged { user } => tx.uncache(&recommendations::cache_key(*user)),
        users::Event::Registered { .. }
        | users::Event::SignedIn { .. }
        | users::Event::TokenReused { .. } => Ok(()),
    }
}

fn on_skills(tx: &Tx<'_>, event: &skills::Event) -> Result<()> {
    match event {
        skills::Event::Added { user, .. }
        | skills::Event::Changed { user, .. }
        | skills::Event::Removed { user, .. }
        | skills::Event::Synced { user, .. }
        | skills::Event::SyncUndone { user, .. } => recommend_anew(tx, *user),
        skills::Event::Endorsed { .. }
        | skills::Event::Unendorsed { .. }
        | skills::Event::CatalogueChanged { .. }
        | skills::Event::Suggested { .. } => Ok(()),
    }
}

fn on_jobs(_tx: &Tx<'_>, event: &jobs::Event) -> Result<()> {
    match event {
        jobs::Event::Posted { .. }
        | jobs::Event::Changed { .. }
        | jobs::Event::Closed { .. }
        | jobs::Event::Reopened { .. }
        | jobs::Event::Deleted { .. }
        | jobs::Event::Restored { .. } => Ok(()),
    }
}

fn on_applications(tx: &Tx<'_>, event: &jobs::applications::Event) -> Result<()> {
    match event {
        jobs::applications::Event::Applied { user, .. } => recommend_anew(tx, *user),
        jobs::applications::Event::Withdrawn { user, .. } => tx.uncache(&recommendations::cache_key(*user)),
        jobs::applications::Event::Moved { .. } => Ok(()),
    }
}

/// Drops what was recommended to somebody, and has the postings that fit them computed before they ask.
fn recommend_anew(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.uncache(&recommendations::cache_key(user))?;
    tx.enqueue(&RecommendJobs::of(user)).map(drop)
}

fn on_resumes(tx: &Tx<'_>, event: &resumes::Event) -> Result<()> {
    match *event {
        resumes::Event::Uploaded { resume, run, .. } | resumes::Event::AnalysisAsked { resume, run, .. } => {
            tx.enqueue(&AnalyzeResume { resume, run: Some(run) }).map(drop)
        }
        resumes::Event::Analyzed { .. } | resumes::Event::Deleted { .. } => Ok(()),
    }
}
