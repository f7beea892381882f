//! The settings, as this process was started with them.

use rocket::{get, serde::json::Json};

use crate::{
    addresses,
    platform::{app::App, config::Setting, error::Result},
    users::Admin,
};

addresses![list_settings];

/// Every setting with its value, where it came from and its default. Of secrets only whether they are set.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Vec<Setting>)))]
#[get("/admin/settings")]
fn list_settings(app: &App, _admin: Admin) -> Result<Json<Vec<Setting>>> {
    Ok(Json(app.config.settings()?))
}
