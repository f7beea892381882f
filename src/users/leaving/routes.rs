//! The addresses of leaving and coming back.

use rocket::{delete, post, response::status::NoContent};
use utoipa::ToSchema;

use super::service;
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        edge::IfMatch,
        error::Result,
        fields::{Fields, raw_text},
    },
    users::{InPerson, Whose, audit::Trace, store as users},
};

addresses![leave, restore;
    RestoreBody = read_token
];

/// End an account: it is out of use at once, and erased when the time is over in which a mailed link restores it.
#[utoipa::path(tag = "People", responses((status = 204)))]
#[delete("/users/<id>")]
async fn leave(app: &App, user: InPerson, id: Whose, version: IfMatch) -> Result<NoContent> {
    let (InPerson(user), grace) = (user, app.config.accounts.grace_days);
    let left = app.db.write(move |tx| {
        let id = match id {
            Whose::Me => user.id,
            Whose::Id(id) => id,
        };
        let account = user.owning(users::get_active(tx, id)?)?;
        version.check(account.updated_at)?;
        service::leave(tx, &user, &account, grace)
    });
    left.await?;
    Ok(NoContent)
}

/// The secret of a mailed link.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct RestoreBody {
    /// The last part of the link.
    token: String,
}

fn read_token(body: &mut Fields) -> String {
    let mut token = String::new();
    body.required("token", &mut token, raw_text);
    token
}

/// Take an account into use again that was left, by the link of the mail about that.
#[utoipa::path(tag = "Signing in", request_body = RestoreBody, responses((status = 204)))]
#[post("/auth/account/restore", data = "<body>")]
async fn restore(app: &App, trace: Trace, body: Body) -> Result<NoContent> {
    let token = body.read(read_token)?;
    app.db.write(move |tx| service::restore(tx, &trace, &token)).await?;
    Ok(NoContent)
}
