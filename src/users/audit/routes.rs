//! The address of the audit.

use rocket::{get, serde::json::Json};

use super::{AuditEntry, AuditFilter, store};
use crate::{
    addresses,
    platform::{
        app::App,
        error::Result,
        list::{Listing, Page},
    },
    users::Admin,
};

addresses![list_audit];

/// What admins did, and what touched the safety of accounts, newest first. Admins only.
#[utoipa::path(tag = "Administration", params(AuditFilter), responses((status = 200, body = Page<AuditEntry>)))]
#[get("/admin/audit")]
async fn list_audit(app: &App, _admin: Admin, listing: Listing<AuditFilter>) -> Result<Json<Page<AuditEntry>>> {
    app.db.read(move |conn| store::page(conn, &listing)).await.map(Json)
}
