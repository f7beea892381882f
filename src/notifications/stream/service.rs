//! The rules of tickets.

use chrono::Duration;

use super::store;
use crate::{
    platform::{caller::Proof, db::Tx, error::Result, id::Id, token},
    users::{self, User},
};

/// How long a ticket can be used.
const TICKET: Duration = Duration::seconds(30);

/// Makes a ticket for one stream of this person. Only its digest is kept.
///
/// # Errors
/// Those of the database.
pub fn issue(tx: &Tx<'_>, user: Id<User>, proof: Proof) -> Result<String> {
    let ticket = token::secret();
    store::insert_ticket(tx, &token::digest(&ticket), user, proof, tx.now().plus(TICKET))?;
    Ok(ticket)
}

/// Spends a ticket: whose stream it opens, and what that hangs on; none when it was spent or is too old, or when whoever asked
/// for it has signed out since.
///
/// # Errors
/// Those of the database.
pub fn spend(tx: &Tx<'_>, ticket: &str) -> Result<Option<(Id<User>, Proof)>> {
    match store::take_ticket(tx, &token::digest(ticket))? {
        Some((user, proof)) if users::store::is_proven(tx, user, proof, tx.now())? => Ok(Some((user, proof))),
        _ => Ok(None),
    }
}
