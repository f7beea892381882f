//! Whoever sends a request, as the edge found out once.

use rocket::Request;

use super::{clock::Timestamp, edge::Call};

/// What a bearer token proves, before anybody looked the account up.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A sign-in of ours that has not expired.
    Session {
        /// The account.
        user: i64,
        /// The family of refresh tokens it belongs to.
        family: i64,
        /// The token's own id.
        jti: String,
        /// Whether a browser holds it by cookie.
        browser: bool,
    },
    /// A personal API token, by the digest it is stored under.
    ApiToken {
        /// SHA-256 of the token.
        digest: String,
    },
}

/// How the caller proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// By an access token.
    Session {
        /// The family of refresh tokens it belongs to.
        family: i64,
        /// The token's own id.
        jti: String,
        /// Whether a browser holds it by cookie.
        browser: bool,
    },
    /// By a personal API token.
    ApiToken {
        /// Its number.
        id: i64,
        /// Whether it may only read.
        read_only: bool,
        /// When it was last used, as stored.
        last_used: Option<Timestamp>,
    },
}

/// What a caller's authority hangs on: it ends with this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// A sign-in, by the number of its family of refresh tokens.
    SignIn(i64),
    /// A personal API token, by its number.
    ApiToken(i64),
}

impl SignIn {
    /// What it hangs on.
    pub fn proof(&self) -> Proof {
        match self {
            SignIn::Session { family, .. } => Proof::SignIn(*family),
            SignIn::ApiToken { id, .. } => Proof::ApiToken(*id),
        }
    }
}

/// The marks of an account that grant something. None of them is granted through an API token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// `is_staff`.
    pub admin: bool,
    /// `is_instructor`.
    pub instructor: bool,
    /// `is_recruiter`.
    pub recruiter: bool,
    /// `is_moderator`.
    pub moderator: bool,
    /// `is_mentor`: an approved mentor profile.
    pub mentor: bool,
}

/// An active account that a valid token speaks for, read fresh for each request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub id: i64,
    /// Its name.
    pub username: String,
    /// What others read where it is named in a sentence.
    pub shown_name: String,
    /// Its title.
    pub title: String,
    /// Its place.
    pub location: String,
    /// Whether its address is proven.
    pub email_verified: bool,
    /// When it was last seen, as stored.
    pub last_active: Option<Timestamp>,
    /// What it may do.
    pub roles: Roles,
    /// How the caller proved it.
    pub sign_in: SignIn,
}

impl Caller {
    /// The caller of this request; none for a visitor.
    pub fn of<'r>(req: &'r Request<'_>) -> Option<&'r Caller> {
        Call::of(req)?.caller.as_ref()
    }
}
