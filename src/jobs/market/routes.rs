//! The addresses of the market.

use chrono::Duration;
use rocket::{get, post, serde::json::Json};
use utoipa::ToSchema;

use super::{
    Demand,
    roles::{self, RoleAnswer},
    store,
    suggest::{self, Suggested},
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        cache::Ready,
        error::Result,
        fields::{Fields, text},
        list::Query,
    },
    skills::TrendingFilter,
    users::Recruiter,
};

addresses![list_demand, list_roles, suggest_skills;
    SuggestBody = read_wording
];

/// The skills that most open postings ask for.
#[utoipa::path(tag = "Skills", params(TrendingFilter), responses((status = 200, body = Vec<Demand>)))]
#[get("/skills/demand")]
async fn list_demand(app: &App, query: Query<TrendingFilter>) -> Result<Ready> {
    let limit = query.0.limit;
    app.ready(format!("demand:{limit}"), Duration::hours(1), move |conn| store::demand(conn, limit)).await
}

/// Every role with what it asks for, and how many open postings are of it.
#[utoipa::path(tag = "Skills", responses((status = 200, body = Vec<RoleAnswer>)))]
#[get("/skills/roles")]
async fn list_roles(app: &App) -> Result<Ready> {
    let now = app.clock.now();
    app.ready("roles".into(), Duration::minutes(1), move |conn| roles::all(conn, now)).await
}

/// The words of a posting.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct SuggestBody {
    /// 1 to 200 characters.
    title: String,
    /// 1 to 20000 characters.
    description: String,
}

fn read_wording(body: &mut Fields) -> (String, String) {
    let (mut title, mut description) = (String::new(), String::new());
    body.required("title", &mut title, text(1..=200));
    body.required("description", &mut description, text(1..=20_000));
    (title, description)
}

/// What a posting with these words is likely to ask for.
#[utoipa::path(tag = "Jobs", request_body = SuggestBody, responses((status = 200, body = Suggested)))]
#[post("/jobs/suggest-skills", data = "<body>")]
async fn suggest_skills(app: &App, _user: Recruiter, body: Body) -> Result<Json<Suggested>> {
    let (title, description) = body.read(read_wording)?;
    suggest::suggest(app, &title, &description).await.map(Json)
}
