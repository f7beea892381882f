//! The rules of personal API tokens.

use chrono::Duration;

use super::{ApiToken, Scope, TokenDraft, store};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::{Fields, choice, integer, text},
        id::Id,
        token,
    },
    users::User,
};

/// Most tokens of one account that work at the same time.
const MOST: i64 = 20;
/// How much of a secret is kept readable.
const PREFIX: usize = 8;

impl TokenDraft {
    pub(super) fn read(body: &mut Fields) -> Self {
        let mut it = Self { name: String::new(), scope: Scope::Read, expires_in_days: 90 };
        body.required("name", &mut it.name, text(1..=50));
        body.required("scope", &mut it.scope, choice);
        body.defaulting_to(90, "expires_in_days", &mut it.expires_in_days, integer(1..=365));
        it
    }
}

/// Makes a token; its secret is kept as a digest only.
pub(super) fn make(tx: &Tx<'_>, user: Id<User>, draft: &TokenDraft, secret: &str) -> Result<ApiToken> {
    if store::count_live(tx, user, tx.now())? >= MOST {
        return Err(Error::conflict("An account has at most 20 API tokens. Delete one first."));
    }
    let prefix: String = secret.chars().take(PREFIX).collect();
    let expires = tx.now().plus(Duration::days(draft.expires_in_days));
    store::insert(tx, user, (&draft.name, draft.scope), (&token::digest(secret), &prefix), expires)
}

/// Ends a token at once.
pub(super) fn end(tx: &Tx<'_>, user: Id<User>, id: Id<ApiToken>) -> Result<()> {
    if store::delete(tx, user, id)? { Ok(()) } else { Err(Error::NotFound("API token")) }
}
