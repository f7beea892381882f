//! The addresses of personal API tokens.

use rocket::{delete, get, post, response::status::NoContent, serde::json::Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiToken, TokenDraft, service, store};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        error::Result,
        id::Id,
        list::{Listing, NoFilter, Page},
        once::Answer,
        token,
    },
    users::{CurrentUser, InPerson},
};

addresses![list_tokens, make_token, end_token;
    TokenDraft = TokenDraft::read
];

/// A new token with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
struct MadeToken {
    #[serde(flatten)]
    row: ApiToken,
    /// Sent as `Authorization: Bearer …`.
    token: String,
}

/// The personal API tokens of the caller.
#[utoipa::path(tag = "Signing in", responses((status = 200, body = Page<ApiToken>)))]
#[get("/auth/tokens")]
async fn list_tokens(app: &App, user: CurrentUser, listing: Listing<NoFilter>) -> Result<Json<Page<ApiToken>>> {
    app.db.read(move |conn| store::list(conn, user.id, &listing)).await.map(Json)
}

/// Make a personal API token. Its secret is shown in this answer only.
#[utoipa::path(tag = "Signing in", request_body = TokenDraft, responses((status = 201, body = MadeToken)))]
#[post("/auth/tokens", data = "<body>")]
async fn make_token(app: &App, user: InPerson, body: Body) -> Result<Answer> {
    let draft = body.read(TokenDraft::read)?;
    let token = token::api_token();
    let secret = token.clone();
    let row = app.db.write(move |tx| service::make(tx, user.0.id, &draft, &secret)).await?;
    Answer::created(format!("/api/auth/tokens/{}/", row.id), &MadeToken { row, token })
}

/// End a personal API token at once.
#[utoipa::path(tag = "Signing in", responses((status = 204)))]
#[delete("/auth/tokens/<id>")]
async fn end_token(app: &App, user: InPerson, id: Id<ApiToken>) -> Result<NoContent> {
    app.db.write(move |tx| service::end(tx, user.0.id, id)).await?;
    Ok(NoContent)
}
