//! The addresses of the stream.

use std::{sync::Arc, time::Duration};

use rocket::{
    Request, Shutdown, State, get,
    http::Header,
    outcome::Outcome,
    post,
    request::{self, FromRequest},
    response::{
        self, Responder,
        stream::{Event, EventStream},
    },
    serde::json::Json,
    tokio::select,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    hub::{End, Place},
    service, store,
    view::{News, View},
};
use crate::{
    addresses,
    platform::{
        app::App,
        caller::Proof,
        edge::refuse,
        error::{Error, Result, Unauthenticated},
        id::Id,
        list::query_pairs,
        signature::{Access, Argument, Told},
        token,
    },
    users::{CurrentUser, User},
};

addresses![open_ticket, listen];

/// How often a stream shows that it is alive.
const BEAT: Duration = Duration::from_secs(25);
/// How soon a client comes back that lost its stream.
const RETRY: Duration = Duration::from_secs(3);
/// And one whose stream had to make room, lest the streams of many pages drive each other out without an end.
const RETRY_CROWDED: Duration = Duration::from_secs(60);

/// What opens one stream.
#[derive(Serialize, ToSchema)]
struct Ticket {
    /// To be sent as `?ticket=`, once, within 30 seconds.
    ticket: String,
}

/// A ticket for a stream, for clients that cannot send a token with it.
#[utoipa::path(tag = "Notifications", responses((status = 200, body = Ticket)))]
#[post("/notifications/stream/ticket")]
async fn open_ticket(app: &App, user: CurrentUser) -> Result<Json<Ticket>> {
    let proof = user.caller.sign_in.proof();
    let ticket = app.db.write(move |tx| service::issue(tx, user.id, proof)).await?;
    Ok(Json(Ticket { ticket }))
}

/// Whose stream it is, and what it hangs on: a token, or a ticket that is spent here.
struct Listener {
    user: Id<User>,
    proof: Proof,
}

impl Listener {
    async fn of(req: &Request<'_>) -> Result<Self> {
        if let Outcome::Success(user) = req.guard::<CurrentUser>().await {
            return Ok(Self { user: user.id, proof: user.caller.sign_in.proof() });
        }
        let Some((_, ticket)) = query_pairs(req).into_iter().find(|(name, _)| name == "ticket") else {
            return Err(Error::Unauthenticated(Unauthenticated::Required));
        };
        let (app, hash) = (App::of(req), token::digest(&ticket));
        let spent = Error::Unauthenticated(Unauthenticated::InvalidToken);
        if !app.db.read(move |conn| store::has_ticket(conn, &hash)).await? {
            return Err(spent);
        }
        let (user, proof) = app.db.write(move |tx| service::spend(tx, &ticket)).await?.ok_or(spent)?;
        Ok(Self { user, proof })
    }
}

impl Argument for Listener {
    fn tell(told: &mut Told) {
        told.access = Access::Ticket;
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Listener {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match Self::of(req).await {
            Ok(listener) => Outcome::Success(listener),
            Err(error) => refuse(req, error),
        }
    }
}

/// The number of the last notification that the client has seen.
struct LastSeen(Option<i64>);

impl Argument for LastSeen {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LastSeen {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        // A browser that comes back by itself repeats the query of its first call and adds the header, which is newer.
        let by_query = query_pairs(req).into_iter().find(|(name, _)| name == "last_event_id").map(|it| it.1);
        let seen = req.headers().get_one("Last-Event-ID").map(str::to_owned).or(by_query).unwrap_or_default();
        match seen.trim() {
            "" => Outcome::Success(Self(None)),
            seen => match seen.parse().ok().filter(|it| *it >= 0) {
                Some(seen) => Outcome::Success(Self(Some(seen))),
                None => refuse(req, Error::field("last_event_id", "Give the id of a notification.")),
            },
        }
    }
}

/// What is sent of a stream at once: most events are smaller, and each open stream holds a piece of this size.
const PIECE: usize = 512;

/// A stream that no proxy on the way gathers into larger pieces.
struct Unbuffered<S>(S);

impl<'r, S: Responder<'r, 'r>> Responder<'r, 'r> for Unbuffered<S> {
    fn respond_to(self, req: &'r Request<'_>) -> response::Result<'r> {
        let mut answer = self.0.respond_to(req)?;
        answer.set_max_chunk_size(PIECE);
        answer.set_header(Header::new("X-Accel-Buffering", "no"));
        Ok(answer)
    }
}

/// What the caller is told, as server-sent events, from now on or from the notification `last_event_id` on. Each
/// `notification` carries the notification and its id; one that others folded into comes again. `unread` carries how many are
/// unread, at the beginning and when that changes. `resync` says that too much was missed: the list is to be read anew. A sixth stream ends the oldest one.
#[utoipa::path(
    tag = "Notifications",
    params(
        ("Last-Event-ID" = Option<i64>, Header, description = "The last notification that was seen; what was missed since comes first."),
        ("last_event_id" = Option<i64>, Query, description = "The same, for clients that cannot send the header."),
        ("ticket" = Option<String>, Query, description = "In place of a token.")
    ),
    responses(
        (status = 200, body = String, content_type = "text/event-stream")
    )
)]
#[get("/notifications/stream")]
async fn listen(
    app: &State<Arc<App>>,
    last: LastSeen,
    listener: Listener,
    mut end: Shutdown,
) -> Unbuffered<EventStream![]> {
    let app = app.inner().clone();
    let place = Place::take(&app, listener.user, listener.proof);
    let mut view = View::new(listener.user, last.0);
    let stream = EventStream! {
        yield Event::retry(RETRY);
        loop {
            let now = app.clock.now();
            let news = match app.db.read(move |conn| view.look(conn, now)).await {
                Ok((after, news)) => {
                    view = after;
                    news
                }
                // The client comes back and says how far it got.
                Err(error) => {
                    tracing::warn!("a stream could not go on: {error}");
                    break;
                }
            };
            for it in news {
                yield event(&it);
            }
            select! {
                end = place.woken() => match end {
                    None => {}
                    Some(End::Unproven) => break,
                    Some(End::Crowded) => {
                        yield Event::retry(RETRY_CROWDED);
                        break;
                    }
                },
                () = &mut end => break,
            }
        }
    };
    Unbuffered(stream.heartbeat(BEAT))
}

/// The news as an event.
fn event(news: &News) -> Event {
    match news {
        News::Notification(it) => Event::json(it).event("notification").id(it.id.to_string()),
        News::Resync(newest, unread) => Event::json(unread).event("resync").id(newest.to_string()),
        News::Unread(unread) => Event::json(unread).event("unread"),
    }
}
