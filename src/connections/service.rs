//! The rules of connections.

use super::{Connection, ConnectionDraft, ConnectionStatus, Event, model::MOST_PENDING, store};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        fields::Fields,
    },
    users::{self, CurrentUser},
};

/// Asks somebody for a connection; it and whether it is new. A request that they made is accepted by it; one that stands
/// already is answered as it is.
///
/// # Errors
/// 400 with every wrong field; 409 within 30 days of being declined, and while 500 requests wait for an answer.
pub fn ask(tx: &Tx<'_>, by: &CurrentUser, mut body: Fields) -> Result<(Connection, bool)> {
    let draft = ConnectionDraft::read(&mut body);
    let user = draft.user_id;
    if user == by.id {
        body.fault("user_id", "This is you. Ask somebody else.");
    } else if user.raw() != 0
        && let Err(Error::NotFound(_)) = users::store::get_active(tx, user)
    {
        body.fault("user_id", format!("There is no user with the id {user}."));
    }
    let ConnectionDraft { message, .. } = body.finish(draft)?;
    if let Some(standing) = store::find(tx, by.id, user)? {
        let is_mine = standing.requester.id == by.id;
        match standing.status {
            ConnectionStatus::Pending if !is_mine => return Ok((accept(tx, by, &standing)?, false)),
            ConnectionStatus::Pending | ConnectionStatus::Accepted => return Ok((standing, false)),
            ConnectionStatus::Declined if standing.rests(by.id, tx.now()) => return Err(too_soon()),
            // A new request is a new thing, with a number of its own.
            ConnectionStatus::Declined => store::delete(tx, standing.id)?,
        }
    }
    if store::count_pending(tx, by.id)? >= MOST_PENDING {
        return Err(Error::conflict("You have 500 requests that wait for an answer. Take some of them back first."));
    }
    let connection = store::insert(tx, by.id, user, &message)?;
    tx.emit(Event::Asked { connection, by: by.id, by_name: by.caller.shown_name.clone(), user })?;
    Ok((store::get(tx, by.id, connection)?, true))
}

fn too_soon() -> Error {
    Error::conflict("They declined. Ask again 30 days after that.")
}

/// Accepts a request.
///
/// # Errors
/// 403 to who asked; 409 when it is answered already.
pub fn accept(tx: &Tx<'_>, by: &CurrentUser, connection: &Connection) -> Result<Connection> {
    answer(tx, by, connection, ConnectionStatus::Accepted)?;
    tx.emit(Event::Accepted {
        connection: connection.id,
        by: by.id,
        by_name: by.caller.shown_name.clone(),
        user: connection.requester.id,
    })?;
    store::get(tx, by.id, connection.id)
}

/// Declines a request.
///
/// # Errors
/// 403 to who asked; 409 when it is answered already.
pub fn decline(tx: &Tx<'_>, by: &CurrentUser, connection: &Connection) -> Result<Connection> {
    answer(tx, by, connection, ConnectionStatus::Declined)?;
    tx.emit(Event::Declined { connection: connection.id, by: by.id, user: connection.requester.id })?;
    store::get(tx, by.id, connection.id)
}

fn answer(tx: &Tx<'_>, by: &CurrentUser, connection: &Connection, answer: ConnectionStatus) -> Result<()> {
    if connection.addressee.id != by.id {
        return Err(Error::Forbidden("Only who was asked answers."));
    }
    if connection.status != ConnectionStatus::Pending {
        return Err(Error::conflict(format!("This request is {} already.", connection.status)));
    }
    store::update_status(tx, connection.id, answer)
}

/// Ends a connection, takes a request back, or forgets one that was declined.
///
/// # Errors
/// 409 for who was declined, within 30 days of that: it would let them ask again.
pub fn remove(tx: &Tx<'_>, by: &CurrentUser, connection: &Connection) -> Result<()> {
    if connection.rests(by.id, tx.now()) {
        return Err(too_soon());
    }
    store::delete(tx, connection.id)?;
    let is_mine = connection.requester.id == by.id;
    let user = if is_mine { connection.addressee.id } else { connection.requester.id };
    tx.emit(Event::Removed { connection: connection.id, by: by.id, user })
}
