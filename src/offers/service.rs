//! The rules that courses and projects have alike.

use rusqlite::Connection;

use super::{MOST_PREREQUISITES, Offer, OfferStatus, store};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::{Fields, id},
        id::Id,
    },
    users::{User, Visitor},
};

/// The offer, if this visitor may see it. A draft is there for its owner, for those who began it and for admins only.
///
/// # Errors
/// 404.
pub fn seen<T: Offer>(conn: &Connection, visitor: &Visitor, offer: T) -> Result<T> {
    let is_seen = offer.status() != OfferStatus::Inactive
        || visitor.is_admin()
        || !store::seen_of(conn, &[offer.id()], visitor.id())?.is_empty();
    if is_seen { Ok(offer) } else { Err(Error::NotFound(T::NAME)) }
}

/// Reads what the draft of an offer builds upon, each named once: it must be there for its owner, and must not build upon
/// the offer itself.
///
/// # Errors
/// Those of the database.
pub fn read_prerequisites<T: Offer>(
    tx: &Tx<'_>,
    body: &mut Fields,
    draft: &mut Vec<Id<T>>,
    offer: Option<Id<T>>,
    owner: Option<Id<User>>,
) -> Result<()> {
    let field = if body.has("prerequisite_ids") { "prerequisite_ids" } else { "prerequisites" };
    let mut wanted = std::mem::take(draft);
    body.several(field, &mut wanted, MOST_PREREQUISITES, id);
    for prerequisite in wanted {
        if !draft.contains(&prerequisite) {
            draft.push(prerequisite);
        }
    }
    if !body.has(field) {
        return Ok(());
    }
    let (name, seen) = (T::NAME, store::seen_of(tx, draft, owner)?);
    for unknown in draft.iter().filter(|it| !seen.contains(it)) {
        body.fault(field, format!("There is no {name} with the id {unknown}."));
    }
    if let Some(offer) = offer
        && store::leads_to(tx, draft, offer)?
    {
        body.fault(field, format!("A {name} does not build upon itself, neither directly nor by way of others."));
    }
    Ok(())
}
