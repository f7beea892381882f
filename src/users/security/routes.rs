//! The addresses of passwords and e-mail addresses.

use rocket::{
    http::{CookieJar, Status},
    post,
    response::status::NoContent,
    serde::json::Json,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::service::{self, EmailChange};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        caller::SignIn,
        edge::Call,
        error::Result,
        fields::{Fields, raw_text, ruled},
        token::Via,
        validate::{self, EmailDomain},
    },
    users::{
        InPerson,
        audit::Trace,
        sign_in::{Origin, TokenPair, cookie},
        store as users,
    },
};

addresses![change_password, ask_reset, confirm_reset, verify_email, send_verification, change_email;
    EmailBody = read_email,
    MailTokenBody = read_token,
    PasswordChangeBody = |body| {
        body.required("current_password", &mut String::new(), raw_text);
        service::tell_new_password(body);
    },
    ResetBody = |body| {
        read_token(body);
        service::tell_new_password(body);
    },
    EmailChangeBody = |body| EmailChange::read(body, &EmailDomain::default())
];

/// The old password and the new one.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct PasswordChangeBody {
    current_password: String,
    /// 10 to 200 characters, not among the common ones.
    new_password: String,
}

/// A pair of tokens; in a browser's sign-in the refresh token lies in the cookie instead.
#[derive(Serialize, ToSchema)]
struct FreshTokens {
    access: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
}

/// Set another password. Every other sign-in ends, and a mail tells of it.
#[utoipa::path(tag = "Signing in", request_body = PasswordChangeBody, responses((status = 200, body = FreshTokens)))]
#[post("/auth/password/change", data = "<body>")]
async fn change_password(
    app: &App,
    call: &Call,
    jar: &CookieJar<'_>,
    user: InPerson,
    origin: Origin,
    body: Body,
) -> Result<Json<FreshTokens>> {
    let InPerson(caller) = user;
    let via = match caller.caller.sign_in {
        SignIn::Session { browser: true, .. } => Via::Cookie,
        _ => Via::Token,
    };
    let user = app.db.read(move |conn| users::get(conn, caller.id)).await?;
    let passwords = body.read(|body| {
        let mut current = String::new();
        body.required("current_password", &mut current, raw_text);
        (current, service::read_new_password(body, &user))
    })?;
    let TokenPair { access, refresh } = service::change_password(app, caller.id, origin, via, passwords).await?;
    if via == Via::Cookie {
        jar.add(cookie(app, call, refresh));
        return Ok(Json(FreshTokens { access, refresh: None }));
    }
    Ok(Json(FreshTokens { access, refresh: Some(refresh) }))
}

/// An e-mail address.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct EmailBody {
    email: String,
}

fn read_email(body: &mut Fields) -> String {
    let mut email = String::new();
    body.required("email", &mut email, ruled(validate::EMAIL, |it| EmailDomain::default().check(it)));
    email
}

/// Get a link for a new password by mail. The answer is the same whether anybody has this address or not.
#[utoipa::path(tag = "Signing in", request_body = EmailBody, responses((status = 202)))]
#[post("/auth/password/reset", data = "<body>")]
async fn ask_reset(app: &App, body: Body) -> Result<Status> {
    let email = body.read(read_email)?;
    app.db.write(move |tx| service::ask_reset(tx, &email)).await?;
    Ok(Status::Accepted)
}

/// The secret of a mailed link, and a new password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct ResetBody {
    /// The last part of the link.
    token: String,
    /// 10 to 200 characters, not among the common ones.
    new_password: String,
}

/// Set a new password by the mailed link. Every sign-in ends.
#[utoipa::path(tag = "Signing in", request_body = ResetBody, responses((status = 204)))]
#[post("/auth/password/reset/confirm", data = "<body>")]
async fn confirm_reset(app: &App, trace: Trace, body: Body) -> Result<NoContent> {
    let mut body = body.fields();
    let (mut token, mut new) = (String::new(), String::new());
    body.required("token", &mut token, raw_text);
    if token.is_empty() {
        // Every fault at once; how good the password is can only be told once it is known whose it is.
        body.required("new_password", &mut new, raw_text);
        body.finish(())?;
    }
    service::reset_password(app, trace, &token, body).await?;
    Ok(NoContent)
}

/// The secret of a mailed link.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct MailTokenBody {
    /// The last part of the link.
    token: String,
}

fn read_token(body: &mut Fields) -> String {
    let mut token = String::new();
    body.required("token", &mut token, raw_text);
    token
}

/// Prove an e-mail address by the link that was sent to it.
#[utoipa::path(tag = "Signing in", request_body = MailTokenBody, responses((status = 204)))]
#[post("/auth/email/verify", data = "<body>")]
async fn verify_email(app: &App, trace: Trace, body: Body) -> Result<NoContent> {
    let token = body.read(read_token)?;
    app.db.write(move |tx| service::verify_email(tx, &trace, &token)).await?;
    Ok(NoContent)
}

/// Get a link that proves the address by mail, at most three in an hour.
#[utoipa::path(tag = "Signing in", responses((status = 202)))]
#[post("/auth/email/verify/send")]
async fn send_verification(app: &App, user: InPerson) -> Result<Status> {
    app.db.write(move |tx| service::ask_verification(tx, user.0.id)).await?;
    Ok(Status::Accepted)
}

/// Another address, and the password again.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct EmailChangeBody {
    email: String,
    password: String,
}

/// Ask for another address. It takes effect when it is proven by the link sent to it; the old one is told.
#[utoipa::path(tag = "Signing in", request_body = EmailChangeBody, responses((status = 202)))]
#[post("/auth/email/change", data = "<body>")]
async fn change_email(app: &App, user: InPerson, origin: Origin, body: Body) -> Result<Status> {
    let change = body.read(|body| EmailChange::read(body, &app.config.accounts.email_domains()))?;
    service::ask_email_change(app, user.0.id, &origin, change).await?;
    Ok(Status::Accepted)
}
