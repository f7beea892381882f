//! The second factor: one-time codes of 30 seconds (TOTP, RFC 6238) and ten recovery codes.
//!
//! The secret has to be read at each check, so it lies sealed in the database and its key beside that of the access tokens.

mod code;
mod routes;
pub mod service;
mod store;

use serde::Serialize;
use utoipa::ToSchema;

pub use routes::addresses;
pub use service::check;

/// What a check of the second factor found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// None is set, or the code was right.
    Passed,
    /// One is set and no code was sent.
    Missing,
    /// The code was wrong, or was used before.
    Wrong,
}

/// Whether a second factor is set.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SecondFactorStatus)]
pub struct Status {
    /// Whether signing in needs a code.
    pub enabled: bool,
    /// Recovery codes not used yet.
    pub recovery_codes_left: i64,
}

/// A new secret, which does nothing until a code of it confirms that it arrived.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Setup {
    /// In base32, for typing it in.
    pub secret: String,
    /// For programs that keep such secrets.
    pub otpauth_url: String,
    /// The same to be photographed, as SVG.
    pub qr_svg: String,
}

/// Recovery codes, which are shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each signs in once in place of a code.
    pub recovery_codes: Vec<String>,
}
