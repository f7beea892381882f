//! The addresses of signing in.

use rocket::{
    delete, get,
    http::{Cookie, CookieJar, SameSite},
    outcome::Outcome,
    post,
    request::{self, FromRequest},
    response::status::NoContent,
    serde::json::Json,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Origin, Session, SignedIn, TokenPair,
    service::{self, Credentials},
    store,
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        caller::SignIn,
        edge::{Call, refuse},
        error::{Error, Result, Unauthenticated},
        fields::{Fields, raw_text},
        id::Id,
        list::{Listing, NoFilter, Page},
        once::Answer,
        signature::{Access, Argument, Told},
        token::Via,
        validate::EmailDomain,
    },
    users::{CurrentUser, InPerson, NewAccount, User},
};

/// The cookie that holds a browser's refresh token.
pub const COOKIE: &str = "careerd_refresh";
const COOKIE_PATH: &str = "/api/auth/cookie";

addresses![
    obtain_tokens,
    renew_tokens,
    register,
    login,
    logout,
    logout_all,
    sessions,
    end_session,
    cookie_sign_in,
    cookie_renew,
    cookie_sign_out;
    SignInBody = Credentials::read,
    RefreshBody = read_refresh,
    NewAccount = |body| NewAccount::read(body, &EmailDomain::default(), true)
];

/// A name or e-mail address with its password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct SignInBody {
    /// Name or e-mail address.
    username: String,
    /// The password.
    password: String,
    /// Six digits or a recovery code, where a second factor is set.
    otp: Option<String>,
}

/// A refresh token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct RefreshBody {
    /// As the last sign-in or renewal gave it.
    refresh: String,
}

/// Sign in and get a pair of tokens.
#[utoipa::path(tag = "Signing in", request_body = SignInBody, responses((status = 200, body = TokenPair)))]
#[post("/token", data = "<body>")]
async fn obtain_tokens(app: &App, origin: Origin, body: Body) -> Result<Json<TokenPair>> {
    let credentials = body.read(Credentials::read)?;
    Ok(Json(service::sign_in(app, credentials, origin, Via::Token).await?.tokens))
}

fn read_refresh(body: &mut Fields) -> String {
    let mut refresh = String::new();
    body.required("refresh", &mut refresh, raw_text);
    refresh
}

/// Exchange a refresh token for the next pair.
#[utoipa::path(tag = "Signing in", request_body = RefreshBody, responses((status = 200, body = TokenPair)))]
#[post("/token/refresh", data = "<body>")]
async fn renew_tokens(app: &App, call: &Call, origin: Origin, body: Body) -> Result<Json<TokenPair>> {
    let refresh = body.read(read_refresh)?;
    call.count_for(app, service::holder(app, &refresh, false).await?, false)?;
    Ok(Json(service::refresh(app, &refresh, origin, false).await?))
}

/// Register and sign in.
#[utoipa::path(tag = "Signing in", request_body = NewAccount, responses((status = 201, body = SignedIn)))]
#[post("/auth/register", data = "<body>")]
async fn register(app: &App, origin: Origin, body: Body) -> Result<Answer> {
    let new = body.read(|body| NewAccount::read(body, &app.config.accounts.email_domains(), true))?;
    let signed_in = service::register(app, new, origin).await?;
    Answer::created(format!("/api/users/{}/", signed_in.id), &signed_in)
}

/// A pair of tokens with the account.
#[derive(Serialize, ToSchema)]
struct LoginAnswer {
    #[serde(flatten)]
    tokens: TokenPair,
    user: User,
}

/// Sign in and get a pair of tokens with the account.
#[utoipa::path(tag = "Signing in", request_body = SignInBody, responses((status = 200, body = LoginAnswer)))]
#[post("/auth/login", data = "<body>")]
async fn login(app: &App, origin: Origin, body: Body) -> Result<Json<LoginAnswer>> {
    let credentials = body.read(Credentials::read)?;
    let SignedIn { user, tokens, .. } = service::sign_in(app, credentials, origin, Via::Token).await?;
    Ok(Json(LoginAnswer { tokens, user }))
}

/// End this sign-in, and the one of the refresh token if it is another.
#[utoipa::path(tag = "Signing in", request_body = Option<RefreshBody>, responses((status = 204)))]
#[post("/auth/logout", data = "<body>")]
async fn logout(app: &App, user: InPerson, body: Body) -> Result<NoContent> {
    let refresh = body.read(|body| {
        let mut refresh = None;
        body.optional("refresh", &mut refresh, raw_text);
        refresh
    })?;
    let InPerson(user) = user;
    app.db
        .write(move |tx| {
            if let Some(refresh) = &refresh {
                service::sign_out_by_token(tx, refresh)?;
            }
            match user.caller.sign_in {
                // The refresh token may have been of this very sign-in, which has ended then.
                SignIn::Session { family, .. } => drop(store::end(tx, user.id, Id::new(family))?),
                SignIn::ApiToken { .. } => {}
            }
            Ok(NoContent)
        })
        .await
}

/// End every sign-in of the caller.
#[utoipa::path(tag = "Signing in", responses((status = 204)))]
#[post("/auth/logout-all")]
async fn logout_all(app: &App, user: InPerson) -> Result<NoContent> {
    app.db.write(move |tx| store::end_all(tx, user.0.id)).await?;
    Ok(NoContent)
}

/// The live sign-ins of the caller.
#[utoipa::path(tag = "Signing in", responses((status = 200, body = Page<Session>)))]
#[get("/auth/sessions")]
async fn sessions(app: &App, user: CurrentUser, listing: Listing<NoFilter>) -> Result<Json<Page<Session>>> {
    let now = app.clock.now();
    let current = match user.caller.sign_in {
        SignIn::Session { family, .. } => Some(family),
        SignIn::ApiToken { .. } => None,
    };
    app.db.read(move |conn| store::list(conn, user.id, current, now, &listing)).await.map(Json)
}

/// End one sign-in of the caller.
#[utoipa::path(tag = "Signing in", responses((status = 204)))]
#[delete("/auth/sessions/<id>")]
async fn end_session(app: &App, user: InPerson, id: Id<Session>) -> Result<NoContent> {
    app.db.write(move |tx| service::sign_out(tx, user.0.id, id)).await?;
    Ok(NoContent)
}

/// Proof that the call was made by our own page: a form of another site cannot set this header.
struct OwnPage;

impl Argument for OwnPage {
    fn tell(told: &mut Told) {
        told.access = Access::Cookie;
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for OwnPage {
    type Error = ();

    async fn from_request(req: &'r rocket::Request<'_>) -> request::Outcome<Self, ()> {
        if req.headers().get_one("X-Requested-With") == Some("careerd") {
            Outcome::Success(OwnPage)
        } else {
            refuse(req, Error::Forbidden("Send the header X-Requested-With: careerd."))
        }
    }
}

/// The cookie of a browser's sign-in.
pub fn cookie(app: &App, call: &Call, refresh: String) -> Cookie<'static> {
    let ttl = app.config.auth.refresh_ttl.as_secs();
    Cookie::build((COOKIE, refresh))
        .path(COOKIE_PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(call.client.secure)
        .max_age(rocket::time::Duration::seconds(ttl))
        .build()
}

/// An access token with the account; the refresh token lies in a cookie.
#[derive(Serialize, ToSchema)]
struct CookieAnswer {
    access: String,
    user: User,
}

/// An access token.
#[derive(Serialize, ToSchema)]
struct AccessAnswer {
    access: String,
}

/// Sign a browser in: the refresh token is set as an HttpOnly cookie.
#[utoipa::path(tag = "Signing in", request_body = SignInBody, responses((status = 200, body = CookieAnswer)))]
#[post("/auth/cookie", data = "<body>")]
async fn cookie_sign_in(
    app: &App,
    call: &Call,
    jar: &CookieJar<'_>,
    origin: Origin,
    body: Body,
) -> Result<Json<CookieAnswer>> {
    let credentials = body.read(Credentials::read)?;
    let SignedIn { user, tokens, .. } = service::sign_in(app, credentials, origin, Via::Cookie).await?;
    jar.add(cookie(app, call, tokens.refresh));
    Ok(Json(CookieAnswer { access: tokens.access, user }))
}

/// Renew the access token of a browser by its cookie.
#[utoipa::path(tag = "Signing in", responses((status = 200, body = AccessAnswer)))]
#[post("/auth/cookie/refresh")]
async fn cookie_renew(
    app: &App,
    call: &Call,
    jar: &CookieJar<'_>,
    origin: Origin,
    _page: OwnPage,
) -> Result<Json<AccessAnswer>> {
    let held = jar.get(COOKIE).map(|it| it.value().to_owned());
    let held = held.ok_or(Error::Unauthenticated(Unauthenticated::Required))?;
    call.count_for(app, service::holder(app, &held, true).await?, true)?;
    let tokens = service::refresh(app, &held, origin, true).await?;
    jar.add(cookie(app, call, tokens.refresh));
    Ok(Json(AccessAnswer { access: tokens.access }))
}

/// Sign the browser out.
#[utoipa::path(tag = "Signing in", responses((status = 204)))]
#[delete("/auth/cookie")]
async fn cookie_sign_out(app: &App, jar: &CookieJar<'_>, _page: OwnPage) -> Result<NoContent> {
    if let Some(held) = jar.get(COOKIE).map(|it| it.value().to_owned()) {
        app.db.write(move |tx| service::sign_out_by_token(tx, &held)).await?;
        jar.remove(Cookie::build(COOKIE).path(COOKIE_PATH));
    }
    Ok(NoContent)
}
