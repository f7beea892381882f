//! What a request can fail with: one variant per HTTP meaning, none per entity.

use std::{collections::BTreeMap, io::Cursor};

use rocket::{
    Request, Response,
    http::{ContentType, Header, Status},
    response::{self, Responder},
};
use serde_json::{Value, json};

use super::edge::RequestId;

/// What the house returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// `{field: [sentence]}`; faults of the whole stand under `non_field_errors`.
pub type FieldErrors = BTreeMap<String, Vec<String>>;

/// Why a caller counts as nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unauthenticated {
    /// No token was sent where one is needed.
    Required,
    /// The token is malformed, expired, revoked or of somebody who is gone.
    InvalidToken,
    /// Name and password do not fit together.
    InvalidCredentials,
    /// The password was right; a one-time code is needed as well.
    SecondFactor,
}

/// Which limit a refused call ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitType {
    /// Too many calls in an hour.
    Hour,
    /// Too many calls in a minute.
    Minute,
    /// Too much work asked for in a day.
    Day,
    /// Too many failed sign-ins.
    Login,
}

/// A failure, by what it means to the client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 400: a field is wrong.
    #[error("One or more fields contain invalid values.")]
    Invalid(FieldErrors),
    /// 400: the body or query cannot be read.
    #[error("{0}")]
    BadRequest(String),
    /// 401.
    #[error("{}", match .0 {
        Unauthenticated::Required => "Sign in to do this.",
        Unauthenticated::InvalidToken => "The token is invalid or has expired.",
        Unauthenticated::InvalidCredentials => "No active account has this name and password.",
        Unauthenticated::SecondFactor => "A one-time code is needed as well.",
    })]
    Unauthenticated(Unauthenticated),
    /// 403: visible to the caller, not changeable by the caller.
    #[error("{0}")]
    Forbidden(&'static str),
    /// 404: absent, or private to somebody else. Names the thing.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// 405, with the methods that would do.
    #[error("This address does not take that method.")]
    MethodNotAllowed(String),
    /// 409: a forbidden step, a clash.
    #[error("{0}")]
    Conflict(String),
    /// 412.
    #[error("The object has changed since you read it.")]
    PreconditionFailed,
    /// 413.
    #[error("{0}")]
    TooLarge(String),
    /// 415.
    #[error("{0}")]
    UnsupportedMediaType(&'static str),
    /// 422.
    #[error("This Idempotency-Key was used with another body.")]
    IdempotencyMismatch,
    /// 429.
    #[error("Too many requests. Try again in {retry_after} s.")]
    RateLimited {
        /// The limit that was reached.
        limit: LimitType,
        /// Seconds until a place comes free.
        retry_after: u64,
    },
    /// 503: the machine, not the request, is the reason.
    #[error("{0}")]
    Unavailable(&'static str),
    /// 500: logged with its cause, which the client never sees.
    #[error("Something went wrong on our side. It has been logged.")]
    Internal(#[from] anyhow::Error),
}

impl Error {
    /// One wrong field with its sentence.
    pub fn field(field: &str, sentence: impl Into<String>) -> Self {
        Error::Invalid(FieldErrors::from([(field.to_owned(), vec![sentence.into()])]))
    }

    /// A fault of the whole, which no single field carries.
    pub fn whole(sentence: impl Into<String>) -> Self {
        Error::field("non_field_errors", sentence)
    }

    /// A step that the thing's state forbids.
    pub fn conflict(sentence: impl Into<String>) -> Self {
        Error::Conflict(sentence.into())
    }

    /// The HTTP status of this meaning.
    pub fn status(&self) -> Status {
        match self {
            Error::Invalid(_) | Error::BadRequest(_) => Status::BadRequest,
            Error::Unauthenticated(_) => Status::Unauthorized,
            Error::Forbidden(_) => Status::Forbidden,
            Error::NotFound(_) => Status::NotFound,
            Error::MethodNotAllowed(_) => Status::MethodNotAllowed,
            Error::Conflict(_) => Status::Conflict,
            Error::PreconditionFailed => Status::PreconditionFailed,
            Error::TooLarge(_) => Status::PayloadTooLarge,
            Error::UnsupportedMediaType(_) => Status::UnsupportedMediaType,
            Error::IdempotencyMismatch => Status::UnprocessableEntity,
            Error::RateLimited { .. } => Status::TooManyRequests,
            Error::Unavailable(_) => Status::ServiceUnavailable,
            Error::Internal(_) => Status::InternalServerError,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Error::Invalid(_) => "Validation Error",
            Error::BadRequest(_) => "Bad Request",
            Error::Unauthenticated(Unauthenticated::Required) => "Authentication Required",
            Error::Unauthenticated(Unauthenticated::InvalidToken) => "Invalid Token",
            Error::Unauthenticated(Unauthenticated::InvalidCredentials) => "Invalid Credentials",
            Error::Unauthenticated(Unauthenticated::SecondFactor) => "Second Factor Required",
            Error::Forbidden(_) => "Permission Denied",
            Error::NotFound(_) => "Not Found",
            Error::MethodNotAllowed(_) => "Method Not Allowed",
            Error::Conflict(_) => "Conflict",
            Error::PreconditionFailed => "Precondition Failed",
            Error::TooLarge(_) => "Payload Too Large",
            Error::UnsupportedMediaType(_) => "Unsupported Media Type",
            Error::IdempotencyMismatch => "Idempotency Mismatch",
            Error::RateLimited { .. } => "Rate Limit Exceeded",
            Error::Unavailable(_) => "Service Unavailable",
            Error::Internal(_) => "Internal Server Error",
        }
    }

    /// The error object of the API, for the request with this id.
    pub fn body(&self, request_id: &str) -> Value {
        let mut body = json!({
            "error": self.title(),
            "detail": self.to_string(),
            "status": self.status().code,
            "request_id": request_id,
        });
        match self {
            Error::Invalid(fields) => body["field_errors"] = json!(fields),
            Error::RateLimited { limit, .. } => {
                body["limit_type"] = json!(match limit {
                    LimitType::Hour => "hour",
                    LimitType::Minute => "minute",
                    LimitType::Day => "day",
                    LimitType::Login => "login",
                });
            }
            _ => {}
        }
        body
    }

    /// The answer itself; a 500 is logged with its cause and the request's id.
    pub fn answer<'r>(&self, request_id: &str) -> Response<'r> {
        if let Error::Internal(cause) = self {
            tracing::error!(request_id, "{cause:?}");
        }
        let body = self.body(request_id).to_string();
        let mut answer = Response::build()
            .status(self.status())
            .header(ContentType::JSON)
            .sized_body(body.len(), Cursor::new(body))
            .finalize();
        match self {
            Error::Unauthenticated(_) => {
                answer.set_header(Header::new("WWW-Authenticate", "Bearer realm=\"api\""));
            }
            Error::MethodNotAllowed(allow) => {
                answer.set_header(Header::new("Allow", allow.clone()));
            }
            Error::RateLimited { retry_after, .. } => {
                answer.set_header(Header::new("Retry-After", retry_after.to_string()));
            }
            Error::Unavailable(_) => {
                answer.set_header(Header::new("Retry-After", "30"));
            }
            _ => {}
        }
        answer
    }
}

impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, req: &'r Request<'_>) -> response::Result<'static> {
        Ok(self.answer(RequestId::of(req)))
    }
}

/// What a caller hears when the file did not take a change, or gave nothing back.
pub(super) const FAILED: Error =
    Error::Unavailable("The disk did not do what it was asked. Nothing of this request was kept.");

/// What a caller hears whose read would come too late.
pub(super) const BUSY: Error = Error::Unavailable("The database is busy.");

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DiskFull, SystemIoFailure};
        match error.sqlite_error_code() {
            Some(DiskFull) => Error::Unavailable("The disk is full. Nothing of this request was kept."),
            Some(DatabaseBusy) => Error::Unavailable("The database is busy. Nothing of this request was kept."),
            // A file that has no room left, SQLite's own for a moment among them, does not always say so in these words.
            Some(SystemIoFailure | CannotOpen) => {
                tracing::error!("the disk failed: {error}");
                FAILED
            }
            _ => Error::Internal(error.into()),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::Internal(error.into())
    }
}

impl From<rocket::form::Errors<'_>> for Error {
    fn from(errors: rocket::form::Errors<'_>) -> Self {
        let mut fields = FieldErrors::new();
        for error in errors.iter() {
            let field = error.name.as_ref().map_or_else(|| "non_field_errors".to_owned(), ToString::to_string);
            fields.entry(field).or_default().push(error.to_string());
        }
        Error::Invalid(fields)
    }
}

/// Turns a broken constraint into what it means.
pub trait Constraint<T> {
    /// A broken UNIQUE over these columns (`"table.column, table.other"`) becomes `error`.
    fn on_unique(self, columns: &str, error: Error) -> Result<T>;
    /// A broken FOREIGN KEY becomes `error`.
    fn on_foreign_key(self, error: Error) -> Result<T>;
}

impl<T> Constraint<T> for rusqlite::Result<T> {
    fn on_unique(self, columns: &str, error: Error) -> Result<T> {
        self.map_err(|e| match &e {
            rusqlite::Error::SqliteFailure(failure, Some(text))
                if failure.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE && text.contains(columns) =>
            {
                error
            }
            _ => e.into(),
        })
    }

    fn on_foreign_key(self, error: Error) -> Result<T> {
        self.map_err(|e| match &e {
            rusqlite::Error::SqliteFailure(failure, _)
                if failure.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY =>
            {
                error
            }
            _ => e.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_without_room_is_no_defect_however_it_says_so() {
        use rusqlite::ffi;
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_CANTOPEN] {
            let error = Error::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
            assert!(matches!(error, Error::Unavailable(_)), "{code}: {error}");
        }
        let defect = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CONSTRAINT_CHECK), None);
        assert!(matches!(Error::from(defect), Error::Internal(_)));
    }
}
