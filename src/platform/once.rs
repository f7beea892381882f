//! `Idempotency-Key`: a POST sent twice has the effect of once, and the same answer.
//!
//! The answer is kept by the transaction that had the effect, so there is no moment at which one stands without the other.
//! That a call is running is known to this process alone: a crash in the middle leaves nothing to wait for.

use std::{
    collections::HashSet,
    io::Cursor,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use chrono::Duration;
use rocket::{
    Request, Response,
    http::{ContentType, Header, Status},
    outcome::Outcome,
    request::{self, FromRequest},
    response::{self, Responder},
};
use rusqlite::OptionalExtension;
use serde::Serialize;

use super::{
    app::App,
    caller::Caller,
    clock::Timestamp,
    db::Tx,
    edge::{digest, refuse},
    error::{Error, Result},
};

/// What a POST answers: status, JSON body and, for something new, where it is.
#[derive(Clone, Debug)]
pub struct Answer {
    status: Status,
    location: Option<String>,
    body: Option<String>,
    replayed: bool,
}

impl Answer {
    fn with(status: Status, location: Option<String>, body: &impl Serialize) -> Result<Self> {
        Ok(Self { status, location, body: Some(serde_json::to_string(body)?), replayed: false })
    }

    /// 200 with this object.
    pub fn ok(body: &impl Serialize) -> Result<Self> {
        Self::with(Status::Ok, None, body)
    }

    /// 201 with this object, which is found at `location`.
    pub fn created(location: String, body: &impl Serialize) -> Result<Self> {
        Self::with(Status::Created, Some(location), body)
    }

    /// 201 when `is_new`, else 200: an idempotent create that found its row.
    pub fn created_or_found(is_new: bool, location: String, body: &impl Serialize) -> Result<Self> {
        if is_new { Self::created(location, body) } else { Self::ok(body) }
    }

    /// 202 with this object: the work follows.
    pub fn accepted(body: &impl Serialize) -> Result<Self> {
        Self::with(Status::Accepted, None, body)
    }

    /// 204.
    pub fn empty() -> Self {
        Self { status: Status::NoContent, location: None, body: None, replayed: false }
    }
}

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response.status(self.status);
        if let Some(location) = self.location {
            response.header(Header::new("Location", location));
        }
        if self.replayed {
            response.header(Header::new("Idempotent-Replay", "true"));
        }
        if let Some(body) = self.body {
            response.header(ContentType::JSON).sized_body(body.len(), Cursor::new(body));
        }
        response.ok()
    }
}

/// The SHA-256 of the body of this request, set by whoever reads it.
#[derive(Default)]
pub struct BodyHash(Arc<OnceLock<String>>);

impl BodyHash {
    /// Notes the hash of the body that was read.
    pub fn set(req: &Request<'_>, hash: String) {
        // A body is read once; a second note of the same body would say the same.
        let _ = req.local_cache(BodyHash::default).0.set(hash);
    }
}

/// Which keys are being worked on in this process.
#[derive(Default)]
pub struct Running(Mutex<HashSet<Slot>>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Slot {
    user: i64,
    path: String,
    key: String,
}

/// The `Idempotency-Key` of a signed-in caller, if one was sent.
pub struct Once {
    slot: Option<Slot>,
    body: Arc<OnceLock<String>>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Once {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let body = req.local_cache(BodyHash::default).0.clone();
        let key = req.headers().get_one("Idempotency-Key");
        let (Some(key), Some(caller)) = (key, Caller::of(req)) else {
            return Outcome::Success(Once { slot: None, body });
        };
        if key.is_empty() || key.len() > 200 || !key.bytes().all(|b| b.is_ascii_graphic()) {
            let sentence = "An Idempotency-Key has 1 to 200 visible characters.";
            return refuse(req, Error::BadRequest(sentence.into()));
        }
        let slot = Slot { user: caller.id, path: req.uri().path().to_string(), key: key.to_owned() };
        Outcome::Success(Once { slot: Some(slot), body })
    }
}

/// Frees the key when the call ends, however it ends.
struct Hold<'a> {
    running: &'a Running,
    slot: Slot,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.slot);
    }
}

impl App {
    /// Runs `write` once per `Idempotency-Key`: a repeat answers as the first call did.
    ///
    /// # Errors
    /// Those of `write`; 409 while the first call runs; 422 when the key was used with another body.
    pub async fn once<F>(&self, once: Once, write: F) -> Result<Answer>
    where
        F: FnOnce(&Tx<'_>) -> Result<Answer> + Send + 'static,
    {
        let Some(slot) = once.slot else { return self.db.write(write).await };
        if !self.running.0.lock().unwrap_or_else(PoisonError::into_inner).insert(slot.clone()) {
            return Err(Error::conflict("The first call with this Idempotency-Key is still running."));
        }
        let hold = Hold { running: &self.running, slot: slot.clone() };
        let kept_for = Duration::seconds(self.config.retention.idempotency.as_secs());
        let hash = once.body.get().cloned().unwrap_or_else(|| digest(b""));
        let answer = self
            .db
            .write(move |tx| {
                if let Some(first) = kept(tx, &slot, &hash, tx.now().plus(-kept_for))? {
                    return Ok(first);
                }
                let answer = write(tx)?;
                keep(tx, &slot, &hash, &answer)?;
                Ok(answer)
            })
            .await;
        drop(hold);
        answer
    }
}

/// The answer to this key, if one was kept after `since`.
fn kept(tx: &Tx<'_>, slot: &Slot, hash: &str, since: Timestamp) -> Result<Option<Answer>> {
    let found = tx
        .prepare_cached(
            "SELECT body_hash, status, location, body FROM idempotency
             WHERE user_id = ?1 AND path = ?2 AND key = ?3 AND created_at > ?4",
        )?
        .query_row((slot.user, &slot.path, &slot.key, since), |row| {
            let answer =
                Answer { status: Status::new(row.get(1)?), location: row.get(2)?, body: row.get(3)?, replayed: true };
            Ok((row.get::<_, String>(0)?, answer))
        })
        .optional()?;
    match found {
        Some((first, _)) if first != hash => Err(Error::IdempotencyMismatch),
        Some((_, answer)) => Ok(Some(answer)),
        None => Ok(None),
    }
}

fn keep(tx: &Tx<'_>, slot: &Slot, hash: &str, answer: &Answer) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO idempotency (user_id, path, key, body_hash, status, location, body, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        slot.user,
        &slot.path,
        &slot.key,
        hash,
        answer.status.code,
        &answer.location,
        &answer.body,
        tx.now(),
    ))?;
    Ok(())
}
