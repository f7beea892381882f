//! Every address of careerd, feature by feature.

use std::sync::Arc;

use rocket::{Build, Config as RocketConfig, Rocket, Route, data::Limits};

use crate::{
    platform::{
        app::App,
        edge::{self, Edge},
    },
    jobs, skills, users,
};

/// The addresses of the API, without their common beginning `/api`.
pub fn api_routes() -> Vec<Route> {
    [
        users::routes(),
        users::sign_in::routes(),
        skills::routes(),
        skills::user_skills::routes(),
        jobs::routes(),
        jobs::applications::routes(),
    ]
    .concat()
}

/// The server over this app, ready to be launched or tested.
///
/// # Errors
/// The access log cannot be opened.
pub fn rocket(app: Arc<App>) -> anyhow::Result<Rocket<Build>> {
    let config = RocketConfig {
        address: app.config.server.address,
        port: app.config.server.port,
        ident: rocket::config::Ident::none(),
        // The edge finds the client by its own rule; Rocket would believe any X-Real-IP.
        ip_header: None,
        limits: Limits::default(),
        log_level: rocket::config::LogLevel::Off,
        cli_colors: false,
        ..RocketConfig::release_default()
    };
    let edge = Edge::new(app.clone(), users::store::authenticate)?;
    Ok(rocket::custom(config)
        .manage(app)
        .attach(edge)
        .register("/", edge::catchers())
        .mount("/", Edge::routes())
        .mount("/api", api_routes()))
}
