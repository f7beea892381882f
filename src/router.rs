//! Every address of careerd, feature by feature.

use std::{
    io::Read as _,
    sync::{Arc, OnceLock},
};

use flate2::read::GzDecoder;
use rocket::{
    Build, Config as RocketConfig, Data, Request, Rocket, Route, State,
    config::{Ident, LogLevel, Shutdown},
    get,
    http::{ContentType, Method},
    route::{self, Handler},
    serde::json::Json,
};
use serde_json::{Map, Value, json};

use crate::{
    achievements, addresses, admin, analytics, community, connections, courses, exports, jobs, mentors, notifications,
    operations,
    pages::{self, Pages},
    platform::{
        addresses::Addresses,
        app::App,
        edge::{self, Edge},
        error::{Error, Result},
        files::Kind,
        openapi::{self, Outline},
    },
    profiles, projects, recommendations, resumes, schedule, search, skills, users, worker,
};

/// The rooms that have addresses, in the order of the API's description.
const ROOMS: &[fn() -> Addresses] = &[
    users::sign_in::addresses,
    users::security::addresses,
    users::second_factor::addresses,
    users::api_tokens::addresses,
    users::leaving::addresses,
    users::audit::addresses,
    users::addresses,
    skills::addresses,
    skills::user_skills::addresses,
    resumes::addresses,
    courses::addresses,
    courses::modules::addresses,
    courses::learning::addresses,
    projects::addresses,
    projects::work::addresses,
    community::addresses,
    community::comments::addresses,
    community::likes::addresses,
    community::moderation::addresses,
    connections::addresses,
    mentors::addresses,
    mentors::sessions::addresses,
    achievements::addresses,
    notifications::addresses,
    notifications::stream::addresses,
    jobs::addresses,
    jobs::applications::addresses,
    jobs::market::addresses,
    recommendations::addresses,
    recommendations::usage::addresses,
    profiles::addresses,
    profiles::resume::addresses,
    search::addresses,
    analytics::addresses,
    admin::users::addresses,
    admin::skills::addresses,
    admin::content::addresses,
    admin::export::addresses,
    exports::addresses,
    operations::queue::addresses,
    schedule::addresses,
    operations::backup::addresses,
    operations::health::addresses,
    operations::settings::addresses,
    operations::recount::addresses,
    addresses,
];

/// The rooms whose addresses stand beside the API.
const AT_ROOT: &[fn() -> Addresses] =
    &[pages::addresses, operations::probes::addresses, operations::metrics::addresses];

/// Second addresses, with the first one that they are: the same handler answers. A parameter of the first stands in the same
/// place of the second, so that `me` is read where an id would be.
const ALIASES: &[(Method, &str, &str)] = &[
    (Method::Post, "/users/register", "/auth/register"),
    (Method::Post, "/register", "/auth/register"),
    (Method::Post, "/login", "/auth/login"),
    (Method::Post, "/logout", "/auth/logout"),
    (Method::Post, "/auth/refresh", "/token/refresh"),
    (Method::Post, "/auth/refresh-token", "/token/refresh"),
    (Method::Get, "/auth/me", "/users/<id>"),
    (Method::Get, "/community/trending", "/community/posts/trending"),
    (Method::Get, "/user/leaderboard", "/users/leaderboard"),
    (Method::Get, "/user/achievements", "/user-achievements"),
    (Method::Post, "/user/achievements", "/user-achievements"),
    (Method::Post, "/mentor-profile", "/mentors"),
    (Method::Get, "/mentor-profile/<id>", "/mentors/<id>"),
    (Method::Put, "/mentor-profile/<id>", "/mentors/<id>"),
    (Method::Patch, "/mentor-profile/<id>", "/mentors/<id>"),
    (Method::Delete, "/mentor-profile/<id>", "/mentors/<id>"),
    (Method::Get, "/mentor-profile/<id>/reviews", "/mentors/<id>/reviews"),
    (Method::Get, "/mentee-sessions", "/mentor-sessions"),
    (Method::Post, "/mentee-sessions", "/mentor-sessions"),
    (Method::Get, "/mentee-sessions/<id>", "/mentor-sessions/<id>"),
    (Method::Put, "/mentee-sessions/<id>", "/mentor-sessions/<id>"),
    (Method::Patch, "/mentee-sessions/<id>", "/mentor-sessions/<id>"),
];

/// The handler of an address, at another one.
#[derive(Clone)]
struct Same(Box<dyn Handler>);

#[rocket::async_trait]
impl Handler for Same {
    async fn handle<'r>(&self, req: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        self.0.handle(req, data).await
    }
}

/// The addresses of the API, without their common beginning `/api`.
fn api_routes() -> Vec<Route> {
    let mut routes: Vec<Route> = ROOMS.iter().flat_map(|room| room().routes).collect();
    for (method, alias, first) in ALIASES {
        let found = routes.iter().find(|it| it.method == *method && it.uri.path() == *first);
        if let Some(handler) = found.map(|it| it.handler.clone()) {
            routes.push(Route::new(*method, alias, Same(handler)));
        }
    }
    routes
}

/// The finished description that a release carries.
const KEPT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

/// The description of the API as it is sent: OpenAPI 3.1 in JSON.
///
/// A debug build makes it of the routes and types; a release carries what a debug build made, `data/openapi.json`, and with it
/// none of the code that makes it. A test holds the two equal.
///
/// # Errors
/// None that a caller could mend.
pub fn description_text() -> anyhow::Result<String> {
    let mut text = String::new();
    if cfg!(debug_assertions) {
        text = serde_json::to_string_pretty(&description())?;
        text.push('\n');
    } else {
        GzDecoder::new(KEPT).read_to_string(&mut text)?;
    }
    Ok(text)
}

/// The description of the API, made of the routes and types. Only a debug build has what it is made of.
pub fn description() -> utoipa::openapi::OpenApi {
    let rooms = ROOMS.iter().map(|room| ("/api", room())).chain(AT_ROOT.iter().map(|room| ("", room()))).collect();
    let api = |path: &str| openapi::shown(&format!("/api{path}"));
    let aliases = ALIASES.iter().map(|(method, alias, first)| (*method, api(alias), api(first)));
    let at_root = edge::AT_ROOT.iter().map(|path| (Method::Post, openapi::shown(path), api(path)));
    openapi::assemble(Outline {
        rooms,
        aliases: aliases.chain(at_root).collect(),
        // People and mentors are also called `me`, achievements also by their key; tasks have names.
        text_ids: &[
            "/api/users/{id}",
            "/api/achievements/{id}",
            "/api/analytics/users/{id}",
            "/api/mentors/{id}",
            "/api/mentor-profile/{id}",
            "/api/admin/tasks/",
        ],
        is_open: edge::is_open_to_bad_tokens,
        cookie: users::sign_in::COOKIE,
    })
}

/// Every address as `METHOD /api/jobs/{id}/`, sorted by path.
pub fn address_list() -> Vec<String> {
    let mut lines: Vec<(String, String)> = api_routes()
        .iter()
        .map(|route| (format!("/api{}", route.uri.path().trim_end_matches('/')), route.method))
        .chain(edge::AT_ROOT.iter().map(|path| ((*path).to_owned(), Method::Post)))
        .chain(page_routes().iter().map(|route| (route.uri.path().to_owned(), route.method)))
        .filter(|(path, _)| !path.contains("..>"))
        .flat_map(|(path, method)| match path.strip_prefix("/media/<kind>") {
            // The kinds are few and known, so they are written out.
            Some(rest) => Kind::ALL
                .into_iter()
                .filter(|it| it.is_public())
                .map(|it| (format!("/media/{}{rest}", it.folder()), method))
                .collect(),
            None => vec![(path, method)],
        })
        .map(|(path, method)| (openapi::shown(&path), method.to_string()))
        .collect();
    lines.sort();
    lines.dedup();
    lines.into_iter().map(|(path, method)| format!("{method:6} {path}")).collect()
}

/// The server over this app, ready to be launched or tested.
///
/// # Errors
/// The access log cannot be opened.
pub fn rocket(app: Arc<App>) -> anyhow::Result<Rocket<Build>> {
    let config = RocketConfig {
        address: app.config.server.address,
        port: app.config.server.port,
        ident: Ident::none(),
        // The edge finds the client by its own rule; Rocket would believe any X-Real-IP.
        ip_header: None,
        log_level: LogLevel::Off,
        cli_colors: false,
        // The longest that a stop waits for a call that is being answered.
        shutdown: Shutdown { grace: 6, mercy: 2, ..Shutdown::default() },
        ..RocketConfig::release_default()
    };
    let edge = Edge::new(app.clone(), users::store::authenticate)?;
    Ok(rocket::custom(config)
        .manage(app)
        .manage(Arc::new(worker::registry()))
        .manage(Described::default())
        .manage(Pages::of_this_build())
        .attach(edge)
        .register("/", edge::catchers())
        .mount("/", Edge::routes())
        .mount("/", page_routes())
        .mount("/api", api_routes()))
}

/// The description as it is sent, made when somebody first asks: it takes longer than all else that a start does.
#[derive(Default)]
struct Described(OnceLock<Arc<str>>);

// The addresses that belong to no room.
addresses![root, description_json];

fn page_routes() -> Vec<Route> {
    let mut routes = pages::routes();
    routes.extend(AT_ROOT.iter().flat_map(|room| room().routes));
    routes
}

/// Every collection with its address.
#[utoipa::path(tag = "Operations", responses((status = 200, body = Value)))]
#[get("/")]
fn root(app: &App) -> Json<Value> {
    let base = app.public_url();
    let collections = api_routes()
        .iter()
        .filter(|route| route.method == Method::Get)
        .map(|route| route.uri.path().to_owned())
        .filter(|path| !path.contains('<') && path.len() > 1 && !path.contains('.'))
        // Joined by other signs, user/achievements and user-achievements would be one name.
        .map(|path| (path.trim_matches('/').to_owned(), json!(format!("{base}/api{path}/"))))
        .collect::<Map<_, _>>();
    Json(Value::Object(collections))
}

/// This description.
#[utoipa::path(tag = "Operations", responses((status = 200, body = Value)))]
#[get("/openapi.json")]
fn description_json(described: &State<Described>) -> Result<(ContentType, Arc<str>)> {
    let text = match described.0.get() {
        Some(text) => text.clone(),
        None => {
            let text = description_text().map_err(Error::Internal)?;
            described.0.get_or_init(|| text.into()).clone()
        }
    };
    Ok((ContentType::JSON, text))
}
