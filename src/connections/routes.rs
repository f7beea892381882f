//! The addresses of connections. Suggestions for new ones live in `recommendations`.

use rocket::{delete, get, post, response::status::NoContent, serde::json::Json};

use super::{Connection, ConnectionDraft, ConnectionFilter, service, store};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        edge::IfMatch,
        error::Result,
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
    },
    users::CurrentUser,
};

addresses![list_connections, ask, show_connection, remove_connection, accept, decline;
    ConnectionDraft = ConnectionDraft::read
];

/// The caller's connections; with `status`, their requests as well.
#[utoipa::path(tag = "Connections", params(ConnectionFilter), responses((status = 200, body = Page<Connection>)))]
#[get("/connections")]
async fn list_connections(
    app: &App,
    user: CurrentUser,
    listing: Listing<ConnectionFilter>,
) -> Result<Json<Page<Connection>>> {
    app.db.read(move |conn| store::page(conn, user.id, &listing)).await.map(Json)
}

/// Ask somebody for a connection. If they asked the caller, that request is accepted; one that stands is answered as it is.
#[utoipa::path(tag = "Connections", request_body = ConnectionDraft, responses((status = 201, body = Connection), (status = 200, body = Connection)))]
#[post("/connections", data = "<body>")]
async fn ask(app: &App, user: CurrentUser, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let (connection, is_new) = service::ask(tx, &user, body.fields())?;
        Answer::created_or_found(is_new, connection.location(), &connection)
    })
    .await
}

/// One connection or request. One of the two.
#[utoipa::path(tag = "Connections", responses((status = 200, body = Connection)))]
#[get("/connections/<id>")]
async fn show_connection(app: &App, user: CurrentUser, id: Id<Connection>) -> Result<Json<Connection>> {
    app.db.read(move |conn| store::get(conn, user.id, id)).await.map(Json)
}

/// End a connection, or take a request back. One of the two.
#[utoipa::path(tag = "Connections", responses((status = 204)))]
#[delete("/connections/<id>")]
async fn remove_connection(app: &App, user: CurrentUser, id: Id<Connection>, version: IfMatch) -> Result<NoContent> {
    let removed = app.db.write(move |tx| {
        let connection = store::get(tx, user.id, id)?;
        version.check(connection.updated_at)?;
        service::remove(tx, &user, &connection)
    });
    removed.await.map(|()| NoContent)
}

/// Accept a request. Who was asked.
#[utoipa::path(tag = "Connections", responses((status = 200, body = Connection)))]
#[post("/connections/<id>/accept")]
async fn accept(app: &App, user: CurrentUser, id: Id<Connection>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&service::accept(tx, &user, &store::get(tx, user.id, id)?)?)).await
}

/// Decline a request; who asked may ask again after 30 days. Who was asked.
#[utoipa::path(tag = "Connections", responses((status = 200, body = Connection)))]
#[post("/connections/<id>/decline")]
async fn decline(app: &App, user: CurrentUser, id: Id<Connection>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&service::decline(tx, &user, &store::get(tx, user.id, id)?)?)).await
}
