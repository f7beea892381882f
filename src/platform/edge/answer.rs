//! What every answer gets: versions, the envelope, security and CORS headers.

use std::{
    hash::{DefaultHasher, Hasher as _},
    io::Cursor,
};

use rocket::{
    Request, Response,
    http::{ContentType, Header, Method, Status},
    outcome::Outcome,
    request::{self, FromRequest},
};
use serde::Deserialize;
use serde_json::Value;

use super::Call;
use crate::platform::{
    clock::Timestamp,
    config::Config,
    error::{Error, Result},
    list::query_pairs,
};

const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";
const EXPOSED: &str = "X-RateLimit-Limit-Hourly, X-RateLimit-Remaining-Hourly, X-RateLimit-Reset-Hourly, \
    X-RateLimit-Limit-Burst, X-RateLimit-Remaining-Burst, X-RateLimit-Reset-Burst, X-Request-Id, ETag, Location, Retry-After";
const ALLOWED_HEADERS: &str = "accept, authorization, content-type, idempotency-key, if-match, if-none-match, \
    last-event-id, x-csrftoken, x-request-id, x-requested-with";

/// What an answer says of itself: enough for its version and its envelope.
#[derive(Deserialize, Default)]
struct Told {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    updated_at: Option<Timestamp>,
}

impl Told {
    /// Lists have no version of their own, and arrays no fields: neither is an error.
    fn by(json: &[u8]) -> Self {
        if json.first() == Some(&b'{') { serde_json::from_slice(json).unwrap_or_default() } else { Self::default() }
    }
}

/// Wraps a successful JSON answer when asked to, and gives a JSON GET its version; 304 when the client has it already.
pub async fn shape(req: &Request<'_>, call: &Call, res: &mut Response<'_>) {
    let reads = matches!(call.method, Method::Get | Method::Head);
    let is_json = res.content_type().is_some_and(|kind| kind == ContentType::JSON);
    if !is_json || res.status().class() != rocket::http::StatusClass::Success {
        return;
    }
    let enveloped = wants_envelope(req) && !has_own_form(&call.path);
    if !reads && !enveloped {
        return;
    }
    // What is kept ready brings its version along; its body need not be looked at again.
    if let Some(tag) = res.headers().get_one("ETag").map(str::to_owned)
        && !enveloped
    {
        note_version(req, call, res, tag);
        return;
    }
    let bytes = match res.body_mut().to_bytes().await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(request_id = call.id, "an answer could not be read back: {error}");
            return;
        }
    };
    let told = Told::by(&bytes);
    let bytes = if enveloped { envelope(&told.id, &bytes, res.status()) } else { bytes };
    let tag = version(told.updated_at, &bytes);
    res.set_sized_body(bytes.len(), Cursor::new(bytes));
    if reads {
        note_version(req, call, res, tag);
    }
}

/// The version of this JSON: when its object changed, if it is one, and a hash of its bytes.
pub fn version_of(json: &[u8]) -> String {
    version(Told::by(json).updated_at, json)
}

/// The version of an answer with this moment of its last change, if it has one, and a hash of these bytes. The hash only has to tell two
/// states of one answer apart, and is made for each answer: a quick one serves.
pub fn version(updated_at: Option<Timestamp>, bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    let hash = hasher.finish();
    match updated_at {
        Some(at) => format!("\"{}-{hash:016x}\"", at.micros()),
        None => format!("\"{hash:016x}\""),
    }
}

/// Tells the version, and leaves the body out when the client has it already.
fn note_version(req: &Request<'_>, call: &Call, res: &mut Response<'_>, tag: String) {
    let unchanged = req.headers().get("If-None-Match").flat_map(|it| it.split(',')).any(|it| {
        let it = it.trim();
        it == "*" || it.strip_prefix("W/").unwrap_or(it) == tag
    });
    res.set_header(Header::new("ETag", tag));
    if !res.headers().contains("Cache-Control") {
        let cache = if call.caller.is_some() { "private, no-cache" } else { "no-cache" };
        res.set_header(Header::new("Cache-Control", cache));
    }
    res.set_header(Header::new("Vary", "Authorization, Accept"));
    if unchanged {
        res.set_status(Status::NotModified);
        res.remove_header("Content-Type");
        res.set_sized_body(0, Cursor::new(Vec::new()));
    }
}

fn wants_envelope(req: &Request<'_>) -> bool {
    let by_query = query_pairs(req).iter().any(|(name, value)| name == "envelope" && value == "true");
    by_query
        || req.headers().get("Accept").any(|it| {
            let it = it.replace(' ', "");
            it.contains("application/json;profile=envelope") || it.contains("application/json;profile=\"envelope\"")
        })
}

/// Answers whose form is somebody else's standard, or a file.
fn has_own_form(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    path.ends_with("/openapi.json") || path.ends_with("/export") || path.ends_with("/json-resume")
}

fn envelope(id: &Value, data: &[u8], status: Status) -> Vec<u8> {
    let mut whole = format!("{{\"id\":{id},\"data\":").into_bytes();
    whole.extend_from_slice(data);
    whole.extend_from_slice(format!(",\"status\":{}}}", status.code).as_bytes());
    whole
}

/// Headers that keep a browser from doing what a page of ours never asks for.
pub fn security_headers(call: Option<&Call>, config: &Config, res: &mut Response<'_>) {
    for (name, value) in [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-XSS-Protection", "1; mode=block"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Permissions-Policy", "geolocation=(), microphone=(), camera=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ] {
        res.set_header(Header::new(name, value));
    }
    // A stored file answers in a sandbox of its own, which is stricter.
    if !res.headers().contains("Content-Security-Policy") {
        res.set_header(Header::new("Content-Security-Policy", CONTENT_SECURITY_POLICY));
    }
    if config.server.https_redirect && call.is_some_and(|it| it.client.secure) {
        res.set_header(Header::new("Strict-Transport-Security", "max-age=31536000; includeSubDomains"));
    }
}

/// CORS headers for the origins of the setting; others get none.
pub fn cors_headers(req: &Request<'_>, config: &Config, res: &mut Response<'_>) {
    let Some(origin) = req.headers().get_one("Origin") else { return };
    if !config.cors.origins.iter().any(|it| it == origin) {
        return;
    }
    res.set_header(Header::new("Access-Control-Allow-Origin", origin.to_owned()));
    res.set_header(Header::new("Access-Control-Expose-Headers", EXPOSED));
    res.adjoin_header(Header::new("Vary", "Origin"));
    if req.headers().contains("Access-Control-Request-Method") {
        res.set_header(Header::new("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT"));
        res.set_header(Header::new("Access-Control-Allow-Headers", ALLOWED_HEADERS));
        res.set_header(Header::new("Access-Control-Max-Age", "86400"));
    }
}

/// Sends a call that came by plain HTTP to the same address by HTTPS.
pub fn redirect_to_https(req: &Request<'_>, call: &Call, res: &mut Response<'_>) {
    let Some(host) = req.host() else { return };
    let query = req.uri().query().map(|it| format!("?{it}")).unwrap_or_default();
    res.set_status(Status::PermanentRedirect);
    res.set_header(Header::new("Location", format!("https://{}{}{query}", host.domain(), call.path)));
    res.set_sized_body(0, Cursor::new(Vec::new()));
}

/// The `If-Match` of a change: the versions of the object that the client would change.
pub struct IfMatch(Option<Vec<i64>>);

impl IfMatch {
    /// Whether the client's version is the object's.
    ///
    /// # Errors
    /// 412 when the object has changed since.
    pub fn check(&self, updated_at: Timestamp) -> Result<()> {
        match &self.0 {
            Some(versions) if !versions.contains(&updated_at.micros()) => Err(Error::PreconditionFailed),
            _ => Ok(()),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IfMatch {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let tags: Vec<&str> = req.headers().get("If-Match").flat_map(|it| it.split(',')).map(str::trim).collect();
        if tags.is_empty() || tags.contains(&"*") {
            return Outcome::Success(IfMatch(None));
        }
        let versions = tags
            .iter()
            .filter_map(|tag| tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"').split('-').next()?.parse().ok())
            .collect();
        Outcome::Success(IfMatch(Some(versions)))
    }
}
