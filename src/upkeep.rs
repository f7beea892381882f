//! What a process does for the house besides answering: at its start, and every few seconds.

use std::sync::Arc;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    achievements,
    community::Post,
    courses::Course,
    exports,
    jobs::Job,
    mail,
    operations::queue,
    platform::{
        app::App,
        config::Span,
        db::Tx,
        edge,
        error::Result,
        task::{Key, Task, store::State},
    },
    projects::Project,
    recommendations, search, skills,
    users::{self, SoftDelete as _},
};

/// What has to be there before the first call. What went stale while nothing ran is left to the schedule.
///
/// # Errors
/// Those of the database.
pub async fn at_start(app: &App) -> Result<()> {
    app.db
        .write(|tx| {
            if !search::store::is_whole(tx)? {
                tx.enqueue(&search::RebuildSearchIndex {})?;
            }
            skills::service::fill_catalogue(tx)?;
            achievements::service::fill(tx).map(drop)
        })
        .await
}

/// Removes what is kept for a time only: spent tokens, answers under a key, events, calls per route, finished tasks.
#[derive(Serialize, Deserialize)]
pub struct PurgeExpired {}

impl Task for PurgeExpired {
    const KIND: &'static str = "purge_expired";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> anyhow::Result<()> {
        let retention = app.config.retention.clone();
        let (done, dead) = (days(retention.done_tasks), days(retention.dead_tasks));
        let files = app.files.clone();
        app.db
            .write(move |tx| {
                let ago = |span: Span| tx.now().plus(-Duration::seconds(span.as_secs()));
                users::sign_in::store::purge(tx, ago(retention.expired_tokens))?;
                users::audit::store::purge(tx, ago(retention.audit))?;
                mail::store::purge(tx, ago(retention.mail_records))?;
                users::api_tokens::store::purge(tx, ago(retention.expired_tokens))?;
                exports::service::purge(tx, &files)?;
                tx.purge_platform(ago(retention.idempotency), ago(retention.events))?;
                recommendations::usage::store::purge(tx, ago(retention.events))?;
                edge::fold_route_usage(tx, ago(retention.route_usage_by_hour), ago(retention.route_usage_by_day))
            })
            .await?;
        for (state, days) in [(State::Done, done), (State::Dead, dead), (State::Cancelled, dead)] {
            queue::service::delete_old(&app, state, days).await?;
        }
        Ok(())
    }
}

/// A setting's time in whole days, one at least.
fn days(span: Span) -> u32 {
    u32::try_from(span.as_secs() / 86_400).unwrap_or(u32::MAX).max(1)
}

/// Writes what calls left behind.
///
/// # Errors
/// Those of the database; what was gathered is lost then, as its documentation allows.
pub async fn flush(app: &App) -> Result<()> {
    app.rate.sweep(app.clock.now().micros());
    let Some(batch) = app.activity.take() else { return Ok(()) };
    app.db
        .write(move |tx: &Tx<'_>| {
            batch.write_route_usage(tx)?;
            for (kind, table) in
                [("jobs", Job::TABLE), ("courses", Course::TABLE), ("posts", Post::TABLE), ("projects", Project::TABLE)]
            {
                batch.write_views(tx, kind, table)?;
            }
            users::api_tokens::store::used(tx, &batch.tokens)?;
            recommendations::usage::store::add_shown(tx, &batch.shown)?;
            users::store::seen(tx, &batch.seen)
        })
        .await
}
