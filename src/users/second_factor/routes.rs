//! The addresses of second factors.

use rocket::{delete, get, post, response::status::NoContent, serde::json::Json};
use utoipa::ToSchema;

use super::{
    RecoveryCodes, Setup, Status,
    service::{self, Step},
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        error::Result,
        fields::{Fields, raw_text},
    },
    users::{
        CurrentUser, InPerson,
        sign_in::{Origin, prove},
    },
};

addresses![factor_status, propose_factor, confirm_factor, renew_recovery_codes, remove_factor;
    PasswordOtpBody = password_and_otp,
    PasswordBody = password_and_otp,
    OtpBody = password_and_otp
];

/// The password again.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct PasswordBody {
    password: String,
}

/// A one-time code.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct OtpBody {
    /// Six digits.
    otp: String,
}

/// The password again, and a one-time code.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct PasswordOtpBody {
    password: String,
    /// Six digits or a recovery code.
    otp: String,
}

fn password_and_otp(body: &mut Fields) -> (String, String) {
    let (mut password, mut otp) = (String::new(), String::new());
    body.required("password", &mut password, raw_text);
    body.required("otp", &mut otp, raw_text);
    (password, otp)
}

/// Whether a second factor is set.
#[utoipa::path(tag = "Signing in", responses((status = 200, body = Status)))]
#[get("/auth/totp")]
async fn factor_status(app: &App, user: CurrentUser) -> Result<Json<Status>> {
    app.db.read(move |conn| service::status(conn, user.id)).await.map(Json)
}

/// Get a secret for one-time codes. It does nothing until a code confirms it.
#[utoipa::path(tag = "Signing in", request_body = PasswordBody, responses((status = 200, body = Setup)))]
#[post("/auth/totp", data = "<body>")]
async fn propose_factor(app: &App, user: InPerson, origin: Origin, body: Body) -> Result<Json<Setup>> {
    let InPerson(user) = user;
    let password = body.read(|body| {
        let mut password = String::new();
        body.required("password", &mut password, raw_text);
        password
    })?;
    prove(app, user.id, &origin, password, "password").await?;
    let seal = app.seal.clone();
    app.db.write(move |tx| service::propose(tx, &seal, user.id, &user.caller.username)).await.map(Json)
}

/// Confirm the secret by a code of it; from now on signing in needs one. The recovery codes are shown this once.
#[utoipa::path(tag = "Signing in", request_body = OtpBody, responses((status = 200, body = RecoveryCodes)))]
#[post("/auth/totp/confirm", data = "<body>")]
async fn confirm_factor(app: &App, user: InPerson, origin: Origin, body: Body) -> Result<Json<RecoveryCodes>> {
    let otp = body.read(|body| {
        let mut otp = String::new();
        body.required("otp", &mut otp, raw_text);
        otp
    })?;
    service::with_code(app, user.0.id, &origin, otp, Step::Confirm).await.map(Json)
}

/// Get ten new recovery codes; the old ones stop working.
#[utoipa::path(tag = "Signing in", request_body = PasswordOtpBody, responses((status = 200, body = RecoveryCodes)))]
#[post("/auth/totp/recovery-codes", data = "<body>")]
async fn renew_recovery_codes(app: &App, user: InPerson, origin: Origin, body: Body) -> Result<Json<RecoveryCodes>> {
    let (password, otp) = body.read(password_and_otp)?;
    prove(app, user.0.id, &origin, password, "password").await?;
    service::with_code(app, user.0.id, &origin, otp, Step::RenewCodes).await.map(Json)
}

/// Remove the second factor.
#[utoipa::path(tag = "Signing in", request_body = PasswordOtpBody, responses((status = 204)))]
#[delete("/auth/totp", data = "<body>")]
async fn remove_factor(app: &App, user: InPerson, origin: Origin, body: Body) -> Result<NoContent> {
    let (password, otp) = body.read(password_and_otp)?;
    prove(app, user.0.id, &origin, password, "password").await?;
    service::with_code(app, user.0.id, &origin, otp, Step::Remove).await?;
    Ok(NoContent)
}
