//! What a process does for the house besides answering: at its start, and every few seconds.

use chrono::Duration;

use crate::{
    achievements, courses, jobs,
    platform::{app::App, db::Tx, error::Result},
    projects, skills, users,
};

/// What has to be there before the first call, and what went stale while nothing ran.
///
/// # Errors
/// Those of the database.
pub async fn at_start(app: &App) -> Result<()> {
    let retention = app.config.retention.clone();
    app.db
        .write(move |tx| {
            let ago = |span: crate::platform::config::Span| tx.now().plus(-Duration::seconds(span.as_secs()));
            skills::service::fill_catalogue(tx)?;
            achievements::service::fill(tx)?;
            users::sign_in::store::purge(tx, ago(retention.expired_tokens))?;
            tx.purge_platform(ago(retention.idempotency), ago(retention.events), ago(retention.route_usage_by_hour))
        })
        .await
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
            let views =
                |of| batch.views.iter().filter(move |it| it.0.0 == of).map(|it| (it.0.1, it.1)).collect::<Vec<_>>();
            jobs::store::add_views(tx, &views("jobs"))?;
            courses::store::add_views(tx, &views("courses"))?;
            projects::store::add_views(tx, &views("projects"))?;
            users::store::seen(tx, &batch.seen)
        })
        .await
}
