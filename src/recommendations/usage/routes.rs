//! The addresses of the use of recommendations.

use rocket::{get, serde::json::Json};

use super::{Usage, UsageFilter, store};
use crate::{
    addresses,
    platform::{
        app::App,
        error::Result,
        export::{Attachment, ExportAs, Table},
        list::Query,
    },
    users::Admin,
};

addresses![show_usage, export_usage];

/// How often recommendations were shown, followed and led to something, by kind and place in their lists. For admins.
#[utoipa::path(tag = "Figures", params(UsageFilter), responses((status = 200, body = Usage)))]
#[get("/analytics/recommendations")]
async fn show_usage(app: &App, _admin: Admin, query: Query<UsageFilter>) -> Result<Json<Usage>> {
    usage(app, query.0).await.map(Json)
}

/// The same as a file: one row per kind, then one per kind and place. For admins.
#[utoipa::path(
    tag = "Figures",
    params(ExportAs, UsageFilter),
    responses((status = 200, body = String, content_type = "text/csv"))
)]
#[get("/analytics/recommendations/export")]
async fn export_usage(
    app: &App,
    _admin: Admin,
    form: Query<ExportAs>,
    query: Query<UsageFilter>,
) -> Result<Attachment> {
    let usage = usage(app, query.0).await?;
    let rows = usage.by_kind.into_iter().chain(usage.by_position);
    form.0.file("recommendations", Table::of(&["kind", "position", "shown", "clicked", "applied"], rows)?)
}

async fn usage(app: &App, filter: UsageFilter) -> Result<Usage> {
    let now = app.clock.now();
    app.db.read(move |conn| store::usage(conn, filter.since(now), now)).await
}
