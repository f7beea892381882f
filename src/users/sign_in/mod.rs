//! Signing in: access tokens that live five minutes, and families of refresh tokens that grow from one sign-in.
//!
//! A refresh token is spent by its use and replaced by a child. Used again within the grace it brings a further child, for a
//! client whose answer got lost or who asked twice at once; used again later it was stolen or copied, and the family ends.

mod routes;
mod service;
pub mod store;
pub mod throttle;

use std::net::IpAddr;

use rocket::{
    Request,
    http::Status,
    outcome::Outcome,
    request::{self, FromRequest},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{User, audit::Trace};
use crate::platform::{clock::Timestamp, config::Span, edge::Call, id::Id, rate, signature::Argument};

pub use routes::{COOKIE, addresses, cookie};
pub use service::{Account, begin_anew, create_account, hash_password, new_password, prove, set_password};

fn duration(span: Span) -> chrono::Duration {
    chrono::Duration::seconds(span.as_secs())
}

/// A sign-in, as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its number.
    pub id: Id<Session>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last renewed.
    pub last_used_at: Timestamp,
    /// When it ends unless it is renewed.
    pub expires_at: Timestamp,
    /// The program it was made with.
    pub user_agent: String,
    /// The address it was made from.
    pub ip: String,
    /// Whether it is the one this answer was asked with.
    pub current: bool,
}

/// What a sign-in gives.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenPair {
    /// Sent as `Authorization: Bearer …`; lives five minutes.
    pub access: String,
    /// Exchanged once for the next pair.
    pub refresh: String,
}

/// A sign-in with the account it belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// The account's number.
    pub id: Id<User>,
    /// The account.
    pub user: User,
    /// Both tokens.
    #[serde(flatten)]
    pub tokens: TokenPair,
}

/// From where and with what somebody signs in.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The call itself.
    pub trace: Trace,
    /// The address, or the network of one person's addresses (IPv6 /64).
    network: String,
    user_agent: String,
    /// Whether the address is exempt from limits.
    exempt: bool,
    /// Whether a browser will hold the refresh token in a cookie.
    browser: bool,
}

impl Argument for Origin {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Origin {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let Some(call) = Call::of(req) else { return Outcome::Forward(Status::InternalServerError) };
        let agent: String = req.headers().get_one("User-Agent").unwrap_or_default().chars().take(300).collect();
        let trace = Trace::from(call);
        let network = network_of(call.client.address);
        Outcome::Success(Origin { trace, network, user_agent: agent, exempt: call.is_exempt(), browser: false })
    }
}

/// An address, or the network of one person's addresses.
fn network_of(address: IpAddr) -> String {
    rate::network(address).to_string()
}

impl Origin {
    /// The address, or the network of one person's addresses.
    pub fn network(&self) -> &str {
        &self.network
    }
}
