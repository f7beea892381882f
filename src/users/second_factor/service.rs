//! The rules of second factors.

use super::{Check, RecoveryCodes, Setup, Status, code, store};
use crate::{
    platform::{
        app::App,
        db::Tx,
        error::{Error, Result},
        id::Id,
        seal::Seal,
        token,
    },
    users::{
        Event, FactorChange, User,
        audit::{self, By, Changes},
        sign_in::{Origin, throttle::Attempt},
    },
};
use rusqlite::Connection;
use serde_json::Value;

/// Checks a code against the second factor of a user, and spends it.
///
/// # Errors
/// The sealed secret does not open.
pub fn check(tx: &Tx<'_>, seal: &Seal, user: Id<User>, otp: Option<&str>) -> Result<Check> {
    let Some(factor) = store::find(tx, user)?.filter(|it| it.is_confirmed) else { return Ok(Check::Passed) };
    let Some(otp) = otp.filter(|it| !it.trim().is_empty()) else { return Ok(Check::Missing) };
    compare(tx, seal, user, &factor, otp)
}

fn compare(tx: &Tx<'_>, seal: &Seal, user: Id<User>, factor: &store::Factor, otp: &str) -> Result<Check> {
    let passed = match code::digits(otp) {
        Some(digits) => {
            let secret = seal.unseal(&user.to_string(), &factor.secret)?;
            let step = code::step_of(secret, &digits, tx.now(), factor.last_step)?;
            if let Some(step) = step {
                store::accepted(tx, user, step)?;
            }
            step.is_some()
        }
        None => store::spend_code(tx, user, &token::digest(&code::plain(otp)))?,
    };
    Ok(if passed { Check::Passed } else { Check::Wrong })
}

/// Whether a second factor is set.
pub(super) fn status(conn: &Connection, user: Id<User>) -> Result<Status> {
    let enabled = store::find(conn, user)?.is_some_and(|it| it.is_confirmed);
    Ok(Status { enabled, recovery_codes_left: if enabled { store::codes_left(conn, user)? } else { 0 } })
}

/// Makes a secret that does nothing until it is confirmed.
pub(super) fn propose(tx: &Tx<'_>, seal: &Seal, user: Id<User>, name: &str) -> Result<Setup> {
    if store::find(tx, user)?.is_some_and(|it| it.is_confirmed) {
        return Err(Error::conflict("A second factor is set already. Remove it first."));
    }
    let secret = code::secret();
    store::propose(tx, user, &seal.seal(&user.to_string(), &secret)?)?;
    code::setup(secret, name)
}

/// What is to be done once a code was right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Confirm,
    RenewCodes,
    Remove,
}

/// Checks a code under the limits of a sign-in, and does what it was sent for.
pub(super) async fn with_code(
    app: &App,
    user: Id<User>,
    origin: &Origin,
    otp: String,
    step: Step,
) -> Result<RecoveryCodes> {
    let (seal, attempt) = (app.seal.clone(), Attempt::new(app, Some(user), "", origin.network()));
    let trace = origin.trace.clone();
    let done = app.db.write(move |tx| {
        attempt.admit(tx, tx.now())?;
        let factor = store::find(tx, user)?;
        let confirmed = factor.as_ref().is_some_and(|it| it.is_confirmed);
        let factor = match (factor, step) {
            (Some(factor), Step::Confirm) if !confirmed => factor,
            (Some(factor), Step::RenewCodes | Step::Remove) if confirmed => factor,
            (Some(_), Step::Confirm) => return Err(Error::conflict("The second factor is confirmed already.")),
            (None, Step::Confirm) => return Err(Error::conflict("Ask for a second factor first.")),
            _ => return Err(Error::conflict("No second factor is set.")),
        };
        if compare(tx, &seal, user, &factor, &otp)? != Check::Passed {
            attempt.failed(tx)?;
            // Kept, unlike what an error leaves.
            return Ok(None);
        }
        apply(tx, trace.by(user), user, step).map(Some)
    });
    done.await?.ok_or_else(|| Error::field("otp", "This code is wrong or was used before."))
}

fn apply(tx: &Tx<'_>, by: By<'_>, user: Id<User>, step: Step) -> Result<RecoveryCodes> {
    if step == Step::Remove {
        remove(tx, by, user)?;
        return Ok(RecoveryCodes { recovery_codes: vec![] });
    }
    let recovery_codes = code::recovery_codes();
    let hashes: Vec<String> = recovery_codes.iter().map(|it| token::digest(&code::plain(it))).collect();
    store::replace_codes(tx, user, &hashes)?;
    let change = if step == Step::Confirm {
        store::confirm(tx, user)?;
        FactorChange::On
    } else {
        FactorChange::Codes
    };
    tell(tx, by, user, change)?;
    Ok(RecoveryCodes { recovery_codes })
}

/// Removes the second factor; false when there is none.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &Tx<'_>, by: By<'_>, user: Id<User>) -> Result<bool> {
    let removed = store::delete(tx, user)?;
    if removed {
        tell(tx, by, user, FactorChange::Off)?;
    }
    Ok(removed)
}

fn tell(tx: &Tx<'_>, by: By<'_>, user: Id<User>, change: FactorChange) -> Result<()> {
    let changes = Changes::none().field("second_factor", Value::Null, change.as_str());
    audit::record(tx, by, "users.second_factor_changed", ("user", user), changes)?;
    tx.emit(Event::SecondFactorChanged { user, change })
}
