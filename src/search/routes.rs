//! The addresses of the search.

use rocket::{get, http::uri::Origin, serde::json::Json};

use super::{Results, SearchFilter, Suggestion, model::SuggestQuery, service, service::Recent};
use crate::{
    addresses,
    platform::{
        app::App,
        cache::{BRIEFLY, Ready},
        error::Result,
        list::{Listing, Query},
    },
    users::Visitor,
};

addresses![search, suggest];

/// Find jobs, courses, projects, mentors, posts, people and skills by their words: what is called so first, then what it is
/// about. The last word counts as a beginning; one typo is forgiven from 5 letters, two from 9. The filters of a chosen
/// type's own list work here as well.
#[utoipa::path(tag = "Search", params(SearchFilter), responses((status = 200, body = Results)))]
#[get("/search")]
async fn search(app: &App, uri: &Origin<'_>, visitor: Visitor, listing: Listing<SearchFilter>) -> Result<Ready> {
    let now = app.clock.now();
    // The filters of posts know a person called `me`, who is another one for each caller.
    let recent = Recent::of(app);
    let who = visitor.id().filter(|_| uri.to_string().contains("=me")).map(|it| it.to_string());
    app.ready(format!("{uri} {}", who.unwrap_or_default()), BRIEFLY, move |conn| {
        service::search(conn, &recent, &listing, now)
    })
    .await
}

/// What may have been begun to type.
#[utoipa::path(tag = "Search", params(SuggestQuery), responses((status = 200, body = Vec<Suggestion>)))]
#[get("/search/suggest")]
async fn suggest(app: &App, query: Query<SuggestQuery>) -> Result<Json<Vec<Suggestion>>> {
    let (recent, now) = (Recent::of(app), app.clock.now());
    app.db.read(move |conn| service::suggest(conn, &recent, &query.0, now)).await.map(Json)
}
