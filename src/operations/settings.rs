//! The settings, as this process was started with them.

use rocket::{get, serde::json::Json};

use crate::{
    addresses,
    platform::{
        app::App,
        config::Setting,
        error::Result,
        list::{Listing, NoFilter, Page},
    },
    users::Admin,
};

addresses![list_settings];

/// Every setting with its value, where it came from and its default. Of secrets only whether they are set.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Page<Setting>)))]
#[get("/admin/settings")]
fn list_settings(app: &App, _admin: Admin, listing: Listing<NoFilter>) -> Result<Json<Page<Setting>>> {
    listing.slice.of_all(app.config.settings()?).map(Json)
}
