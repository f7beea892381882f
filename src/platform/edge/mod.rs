//! The edge: everything that holds for every call, in one fairing.
//!
//! On the way in it finds the client, gives the call its id, resolves the caller once, and refuses what must not go on; on
//! the way out it adds versions, envelopes, headers and the log line. A fairing cannot answer, so a refused call is
//! rewritten to a route that does. Thereby refusals, unknown addresses and crashes carry the same headers as all else.

mod activity;
mod address;
mod answer;
mod calls;
mod catch;
mod log;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use rocket::{
    Data, Request, Response, Route,
    data::Outcome as DataOutcome,
    fairing::{Fairing, Info, Kind},
    get,
    http::{ContentType, Header, Method, Status, uri::Origin},
    outcome::Outcome,
    request::{FromRequest, Outcome as RequestOutcome},
    routes,
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::{
    app::App,
    caller::{Caller, Credential, SignIn},
    clock::Timestamp,
    error::{BUSY, Error, LimitType, Result, Unauthenticated},
    rate::{Decision, Key},
    token,
};

pub use activity::{Activity, Batch, Served, Shown, Viewed, fold_route_usage};
pub use address::Client;
pub use answer::{IfMatch, version, version_of};
pub use calls::Calls;
pub use catch::catchers;
pub use log::{AccessLog, LogFile, log_file};

/// Addresses of the API that also answer at the root.
pub const AT_ROOT: &[&str] = &["/token", "/token/refresh"];

const REFUSED: &str = "/__refused";
const PREFLIGHT: &str = "/__preflight";

/// Looks up the account that a credential speaks for; none when it does not (any more).
pub type Authenticate = fn(&Connection, &Credential, Timestamp) -> Result<Option<Caller>>;

/// What the edge knows of one call.
pub struct Call {
    /// The request's id, told in every answer and log line.
    pub id: String,
    /// Who sent it, when a valid token came along.
    pub caller: Option<Caller>,
    /// Where it came from.
    pub client: Client,
    /// When it came, for the clock of the house.
    pub at: Timestamp,
    started: Instant,
    method: Method,
    path: String,
    decision: Mutex<Option<(Key, Decision)>>,
    /// Whether it is sent on to the same address by HTTPS.
    to_https: bool,
    refusal: Mutex<Option<Error>>,
    _answering: calls::Answering,
}

impl Call {
    /// The call behind this request; none before the edge saw it.
    pub fn of<'r>(req: &'r Request<'_>) -> Option<&'r Call> {
        req.local_cache(|| None::<Call>).as_ref()
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Call {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> RequestOutcome<Self, ()> {
        // Without an edge there is no call, and nothing that a route could do about it.
        Call::of(req).map_or(Outcome::Forward(Status::InternalServerError), Outcome::Success)
    }
}

/// The id of a request.
pub struct RequestId;

impl RequestId {
    /// The id that the edge gave, or an empty text where no edge stands.
    pub fn of<'r>(req: &'r Request<'_>) -> &'r str {
        Call::of(req).map_or("", |call| &call.id)
    }
}

/// Lowercase hex of the SHA-256 of these bytes.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Refuses from a guard: the catcher finds the error and answers with it.
pub fn refuse<T>(req: &Request<'_>, error: Error) -> RequestOutcome<T, ()> {
    Outcome::Error((leave(req, error), ()))
}

/// Refuses from a body guard.
pub fn refuse_data<'r, T>(req: &Request<'_>, error: Error) -> DataOutcome<'r, T, ()> {
    Outcome::Error((leave(req, error), ()))
}

fn leave(req: &Request<'_>, error: Error) -> Status {
    let status = error.status();
    if let Some(call) = Call::of(req) {
        *call.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
    status
}

/// The fairing that holds for every call.
pub struct Edge {
    app: Arc<App>,
    authenticate: Authenticate,
    log: AccessLog,
    told_of_proxies: AtomicBool,
}

impl Edge {
    /// An edge that knows callers by `authenticate`.
    ///
    /// # Errors
    /// The log cannot be opened.
    pub fn new(app: Arc<App>, authenticate: Authenticate) -> anyhow::Result<Self> {
        Ok(Self { authenticate, log: AccessLog::open(&app.config)?, told_of_proxies: AtomicBool::new(false), app })
    }

    /// The routes that refused calls are rewritten to.
    pub fn routes() -> Vec<Route> {
        routes![refused, preflight]
    }

    async fn caller(&self, req: &Request<'_>, now: Timestamp) -> Result<Option<Caller>> {
        let Some(header) = req.headers().get_one("Authorization") else { return Ok(None) };
        let bad = || Error::Unauthenticated(Unauthenticated::InvalidToken);
        let (scheme, bearer) = header.split_once(' ').ok_or_else(bad)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(bad());
        }
        let bearer = bearer.trim();
        let credential = if token::is_api_token(bearer) {
            Credential::ApiToken { digest: token::digest(bearer) }
        } else {
            let access = self.app.tokens.read(bearer, now.seconds()).map_err(|_| bad())?;
            Credential::Session {
                user: access.user_id,
                family: access.sid,
                jti: access.jti,
                browser: access.via == token::Via::Cookie,
            }
        };
        let authenticate = self.authenticate;
        let caller = self.app.db.read(move |conn| authenticate(conn, &credential, now)).await?;
        caller.map(Some).ok_or_else(bad)
    }

    /// Counts the call, or finds that it is one too many.
    fn count(
        &self,
        call_path: &str,
        client: Client,
        caller: Option<&Caller>,
        at: Timestamp,
    ) -> Option<(Key, Decision)> {
        if !is_counted(call_path) {
            return None;
        }
        let limits = &self.app.config.rate_limit;
        let (key, (hourly, burst)) = match caller {
            Some(caller) => {
                let browser = matches!(caller.sign_in, SignIn::Session { browser: true, .. });
                (Key::User(caller.id), limits.of_user(browser))
            }
            None => (Key::of_address(client.address), (limits.anonymous_per_hour, limits.per_minute)),
        };
        let exempt = !client.disguised && address::is_among(&limits.whitelist, client.address);
        let decision = if exempt {
            Decision::exempt(hourly, burst, at.seconds())
        } else {
            self.app.rate.count(key, hourly, burst, at.micros())
        };
        Some((key, decision))
    }

    fn first_forwarded(&self, client: Client) {
        if client.disguised && !self.told_of_proxies.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                peer = %client.address,
                "a call was forwarded by a peer that is not in the setting trusted_proxies; its X-Forwarded-For is ignored"
            );
        }
    }

    /// Why this call must not go on, if so.
    fn objection(&self, req: &Request<'_>, call: &Call, path: &str, caller: &Option<Error>) -> Option<Error> {
        let config = &self.app.config;
        let host = req.host().map(ToString::to_string).unwrap_or_default();
        if !config.server.allows_host(&host) {
            return Some(Error::BadRequest("This host is not served here.".into()));
        }
        // Whose call a refresh is, its route finds out, and refuses it.
        if !(call.caller.is_none() && REFRESHES.contains(&path))
            && let Err(error) = call.is_within_limits()
        {
            return Some(error);
        }
        if let Some(error) = caller
            && !is_open_to_bad_tokens(path)
        {
            return Some(match error {
                Error::Unauthenticated(why) => Error::Unauthenticated(*why),
                _ => BUSY,
            });
        }
        None
    }
}

/// Addresses, without their last slash, that exchange a refresh token.
const REFRESHES: &[&str] =
    &["/api/token/refresh", "/api/auth/refresh", "/api/auth/refresh-token", "/api/auth/cookie/refresh"];

/// Addresses, without their last slash, that do not look at a token: those to sign in with, the descriptions, and all outside
/// the API.
pub fn is_open_to_bad_tokens(path: &str) -> bool {
    const OPEN: &[&str] = &[
        "/api/token",
        "/api/token/refresh",
        "/api/auth/register",
        "/api/users/register",
        "/api/register",
        "/api/auth/login",
        "/api/login",
        "/api/auth/refresh",
        "/api/auth/refresh-token",
        "/api/auth/cookie",
        "/api/auth/cookie/refresh",
        "/api/auth/password/reset",
        "/api/auth/password/reset/confirm",
        "/api/auth/email/verify",
        "/api/auth/account/restore",
        "/api/notifications/unsubscribe",
        "/api/openapi.json",
    ];
    OPEN.contains(&path) || path.starts_with("/api/docs") || !path.starts_with("/api/")
}

/// Static files, media, health and metrics are not counted.
fn is_counted(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/") && !path.starts_with("/api/docs")
}

/// The path by which a call is routed: `/api` without its last slash, and the two token addresses of the root under it.
fn routed_path(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    match trimmed {
        _ if AT_ROOT.contains(&trimmed) => format!("/api{trimmed}"),
        "/api" => "/api".into(),
        _ if trimmed.starts_with("/api/") => trimmed.to_owned(),
        _ => path.to_owned(),
    }
}

fn request_id(req: &Request<'_>) -> String {
    let own = req.headers().get_one("X-Request-Id").filter(|it| {
        (1..=64).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    });
    own.map_or_else(|| ulid::Ulid::new().to_string(), str::to_owned)
}

fn rewrite(req: &mut Request<'_>, path: &str) {
    let query = req.uri().query().map(|it| format!("?{it}")).unwrap_or_default();
    match Origin::parse_owned(format!("{path}{query}")) {
        Ok(uri) => req.set_uri(uri),
        Err(error) => tracing::error!("the path {path:?} could not be rewritten: {error}"),
    }
}

#[rocket::async_trait]
impl Fairing for Edge {
    fn info(&self) -> Info {
        Info { name: "edge", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, req: &mut Request<'_>, _: &mut Data<'_>) {
        let started = Instant::now();
        let answering = self.app.calls.begin();
        let at = self.app.clock.now();
        let client = address::client(req, &self.app.config.trusted_proxies);
        self.first_forwarded(client);
        let asked = req.uri().path().to_string();
        let path = routed_path(&asked);
        let preflight = req.method() == Method::Options;
        let (caller, bad_token) = match self.caller(req, at).await {
            Ok(caller) => (caller, None),
            Err(error) => (None, Some(error)),
        };
        let decision = if preflight { None } else { self.count(&path, client, caller.as_ref(), at) };
        let mut call = Call {
            id: request_id(req),
            caller,
            client,
            at,
            started,
            method: req.method(),
            path: asked.clone(),
            decision: Mutex::new(decision),
            to_https: false,
            refusal: Mutex::new(None),
            _answering: answering,
        };
        let objection = if preflight { None } else { self.objection(req, &call, &path, &bad_token) };
        // Only a host that is ours is sent on to.
        call.to_https = self.app.config.server.https_redirect
            && !client.secure
            && !asked.starts_with("/health")
            && !matches!(objection, Some(Error::BadRequest(_)));
        let refused = objection.is_some() || call.to_https;
        *call.refusal.lock().unwrap_or_else(PoisonError::into_inner) = objection;
        req.local_cache(move || Some(call));
        if refused {
            // HEAD stays HEAD: Rocket answers it by the GET route and leaves the body out.
            if req.method() != Method::Head {
                req.set_method(Method::Get);
            }
            rewrite(req, REFUSED);
        } else if preflight {
            req.set_method(Method::Get);
            rewrite(req, PREFLIGHT);
        } else if path != asked {
            rewrite(req, &path);
        }
    }

    async fn on_response<'r>(&self, req: &'r Request<'_>, res: &mut Response<'r>) {
        let Some(call) = Call::of(req) else { return };
        let is_api = is_counted(&call.path) || call.path.starts_with("/token");
        if call.to_https {
            answer::redirect_to_https(req, call, res);
        }
        if is_api {
            answer::shape(req, call, res).await;
            self.rate_headers(call, res);
        }
        answer::security_headers(Some(call), &self.app.config, res);
        answer::cors_headers(req, &self.app.config, res);
        res.set_header(Header::new("X-Request-Id", call.id.clone()));
        let took = call.started.elapsed();
        res.set_header(Header::new("X-Response-Time", format!("{:.3}s", took.as_secs_f64())));
        if took.as_secs_f64() > 1.0 {
            tracing::warn!(request_id = call.id, path = call.told_path(), "a call took {:.3} s", took.as_secs_f64());
        }
        self.log.line(req, call, res.status(), took);
        if is_api {
            // A page answers what is no address of the API, and a route of its own what is refused: both are no route here.
            let route = req.route().map(|route| route.uri.to_string()).filter(|it| it.starts_with("/api"));
            self.app.activity.called(route, call.method, call.at, res.status(), took);
        }
        if let Some(caller) = &call.caller {
            self.app.activity.seen(caller.id, caller.last_active, call.at);
            if let SignIn::ApiToken { id, last_used, .. } = caller.sign_in {
                self.app.activity.token_used(id, last_used, call.at);
            }
        }
    }
}

impl Edge {
    /// Tells what truly applies to this caller. A 304 gives its place back: it cost nothing. So does a stream that was opened
    /// by a ticket: the call that made the ticket was counted for its user.
    fn rate_headers(&self, call: &Call, res: &mut Response<'_>) {
        let Some((key, mut decision)) = call.decision() else { return };
        let ticketed = call.caller.is_none() && res.content_type() == Some(ContentType::EventStream);
        if (ticketed || res.status() == Status::NotModified) && !decision.exempt {
            self.app.rate.uncount(key, call.at.micros());
            decision.hourly.remaining += 1;
            decision.burst.remaining += 1;
        }
        for (name, window) in [("Hourly", &decision.hourly), ("Burst", &decision.burst)] {
            res.set_header(Header::new(format!("X-RateLimit-Limit-{name}"), window.limit.to_string()));
            res.set_header(Header::new(format!("X-RateLimit-Remaining-{name}"), window.remaining.to_string()));
            res.set_header(Header::new(format!("X-RateLimit-Reset-{name}"), window.reset.to_string()));
        }
    }
}

/// Answers what the edge refused; whoever asks for this address by hand finds nothing.
#[get("/__refused")]
fn refused(call: &Call) -> Error {
    let refusal = call.refusal.lock().unwrap_or_else(PoisonError::into_inner).take();
    refusal.unwrap_or(Error::NotFound("address"))
}

#[get("/__preflight")]
fn preflight() -> Status {
    Status::NoContent
}

impl Call {
    /// Whether its address is exempt from limits.
    pub fn is_exempt(&self) -> bool {
        self.decision().is_some_and(|(_, decision)| decision.exempt)
    }

    /// Counts this refresh for the account that its token is of in place of its address; for the address where it is of none.
    ///
    /// # Errors
    /// 429 when it is one too many.
    pub fn count_for(&self, app: &App, holder: Option<i64>, browser: bool) -> Result<()> {
        if let (Some(user), Some((key @ Key::Address(_), decision))) = (holder, self.decision())
            && !decision.exempt
        {
            if decision.refused.is_none() {
                app.rate.uncount(key, self.at.micros());
            }
            let (key, (hourly, burst)) = (Key::User(user), app.config.rate_limit.of_user(browser));
            let decision = app.rate.count(key, hourly, burst, self.at.micros());
            *self.decision.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, decision));
        }
        self.is_within_limits()
    }

    fn decision(&self) -> Option<(Key, Decision)> {
        *self.decision.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_within_limits(&self) -> Result<()> {
        let Some((_, Decision { refused: Some(refused), .. })) = self.decision() else { return Ok(()) };
        let limit = if refused.hourly { LimitType::Hour } else { LimitType::Minute };
        Err(Error::RateLimited { limit, retry_after: refused.retry_after })
    }
}
