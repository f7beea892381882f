//! The addresses of mentors.

use chrono::Duration;
use rocket::{
    delete, get, http::uri::Origin, patch, post, put, request::FromParam, response::status::NoContent,
    serde::json::Json,
};
use utoipa::ToSchema;

use super::{
    Mentor, MentorDraft, MentorFilter, service,
    sessions::{self, Busy, Review},
    store,
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        cache::Ready,
        clock::Timestamp,
        db::Tx,
        edge::IfMatch,
        error::{Error, Result},
        fields::{Fields, moment, text},
        id::{Id, NotAnId},
        list::{Filter, Listing, NoFilter, Page, Query},
        once::{Answer, Once},
        signature::Argument,
    },
    users::{Admin, CurrentUser, Visitor},
};

addresses![
    list_mentors,
    become_mentor,
    show_mentor,
    replace_mentor,
    change_mentor,
    delete_mentor,
    list_reviews,
    list_busy,
    list_all_mentors,
    approve_mentor,
    reject_mentor,
    verify_mentor;
    MentorDraft = |body| MentorDraft::default().read(body),
    DecisionBody = read_reason
];

/// The mentor in an address: an id, or `me` for the caller's own profile, which is none.
#[derive(Clone, Copy, Debug)]
struct Which(Option<Id<Mentor>>);

impl Argument for Which {}

impl FromParam<'_> for Which {
    type Error = NotAnId;

    fn from_param(param: &str) -> std::result::Result<Self, NotAnId> {
        if param == "me" { Ok(Which(None)) } else { param.parse().map(|id| Which(Some(id))) }
    }
}

/// Mentors who were let in, best rated first.
#[utoipa::path(tag = "Mentors", params(MentorFilter), responses((status = 200, body = Page<Mentor>)))]
#[get("/mentors")]
async fn list_mentors(app: &App, _visitor: Visitor, uri: &Origin<'_>, listing: Listing<MentorFilter>) -> Result<Ready> {
    app.ready_to(None, uri, move |conn| service::list(conn, &listing)).await
}

/// Become a mentor: at once, or when an admin has let you in. A repeat finds the first.
#[utoipa::path(tag = "Mentors", request_body = MentorDraft, responses((status = 201, body = Mentor), (status = 200, body = Mentor)))]
#[post("/mentors", data = "<body>")]
async fn become_mentor(app: &App, user: CurrentUser, once: Once, body: Body) -> Result<Answer> {
    let needs_approval = app.config.mentors.require_approval;
    app.once(once, move |tx| {
        let (mentor, is_new) = service::create(tx, &user, body.fields(), needs_approval)?;
        Answer::created_or_found(is_new, mentor.location(), &mentor)
    })
    .await
}

/// One mentor; `me` for your own profile, let in or not.
#[utoipa::path(tag = "Mentors", responses((status = 200, body = Mentor)))]
#[get("/mentors/<id>")]
async fn show_mentor(app: &App, visitor: Visitor, id: Which) -> Result<Json<Mentor>> {
    app.db.read(move |conn| service::seen(conn, &visitor, id.0)).await.map(Json)
}

/// Write a mentor profile whole: what is left out falls back to its default. Its mentor or an admin.
#[utoipa::path(tag = "Mentors", request_body = MentorDraft, responses((status = 200, body = Mentor)))]
#[put("/mentors/<id>", data = "<body>")]
async fn replace_mentor(app: &App, user: CurrentUser, id: Which, version: IfMatch, body: Body) -> Result<Json<Mentor>> {
    write_mentor(app, user, id, version, body).await
}

/// Write some fields of a mentor profile. Its mentor or an admin.
#[utoipa::path(tag = "Mentors", request_body = MentorDraft, responses((status = 200, body = Mentor)))]
#[patch("/mentors/<id>", data = "<body>")]
async fn change_mentor(app: &App, user: CurrentUser, id: Which, version: IfMatch, body: Body) -> Result<Json<Mentor>> {
    write_mentor(app, user, id, version, body).await
}

async fn write_mentor(app: &App, user: CurrentUser, id: Which, version: IfMatch, body: Body) -> Result<Json<Mentor>> {
    let changed = app.db.write(move |tx| {
        let mentor = user.owning(service::seen(tx, &Visitor(Some(user.clone())), id.0)?)?;
        version.check(mentor.updated_at)?;
        service::change(tx, &user, &mentor, body.fields())
    });
    changed.await.map(Json)
}

/// Stop being a mentor: open sessions are cancelled. The mentor or an admin.
#[utoipa::path(tag = "Mentors", responses((status = 204)))]
#[delete("/mentors/<id>")]
async fn delete_mentor(app: &App, user: CurrentUser, id: Which, version: IfMatch) -> Result<NoContent> {
    let removed = app.db.write(move |tx| {
        let mentor = user.owning(service::seen(tx, &Visitor(Some(user.clone())), id.0)?)?;
        version.check(mentor.updated_at)?;
        service::remove(tx, &user, &mentor)
    });
    removed.await.map(|()| NoContent)
}

/// What people say of the sessions they had with a mentor, newest first.
#[utoipa::path(tag = "Mentors", responses((status = 200, body = Page<Review>)))]
#[get("/mentors/<id>/reviews")]
async fn list_reviews(
    app: &App,
    visitor: Visitor,
    id: Which,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<Review>>> {
    let reviews = app.db.read(move |conn| {
        let mentor = service::seen(conn, &visitor, id.0)?;
        sessions::store::reviews(conn, mentor.user.id, &listing)
    });
    reviews.await.map(Json)
}

/// The longest time that is looked through for what is booked.
const LONGEST: Duration = Duration::days(62);

/// The time that is looked through.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct BusyFilter {
    /// Its beginning; now when left out.
    from: Option<Timestamp>,
    /// Its end, at most 62 days later; 14 days later when left out.
    to: Option<Timestamp>,
}

impl Filter for BusyFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self { from: None, to: None };
        query.optional("from", &mut filter.from, moment);
        query.optional("to", &mut filter.to, moment);
        filter
    }
}

impl BusyFilter {
    fn bounds(&self, now: Timestamp) -> Result<(Timestamp, Timestamp)> {
        let from = self.from.unwrap_or(now);
        let to = self.to.unwrap_or_else(|| from.plus(Duration::days(14)));
        match to.since(from) {
            span if span <= Duration::zero() => Err(Error::field("to", "This must be later than from.")),
            span if span > LONGEST => Err(Error::field("to", "Ask for at most 62 days.")),
            _ => Ok((from, to)),
        }
    }
}

/// When a mentor is booked, without saying with whom or for what.
#[utoipa::path(tag = "Mentors", params(BusyFilter), responses((status = 200, body = Vec<Busy>)))]
#[get("/mentors/<id>/busy")]
async fn list_busy(app: &App, user: CurrentUser, id: Which, query: Query<BusyFilter>) -> Result<Json<Vec<Busy>>> {
    let bounds = query.0.bounds(app.clock.now())?;
    let busy = app.db.read(move |conn| {
        let mentor = service::seen(conn, &Visitor(Some(user)), id.0)?;
        sessions::store::busy(conn, mentor.user.id, bounds)
    });
    busy.await.map(Json)
}

/// Every mentor, those who wait to be let in first. Admins.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Page<Mentor>)))]
#[get("/admin/mentors")]
async fn list_all_mentors(app: &App, _admin: Admin, listing: Listing<NoFilter>) -> Result<Json<Page<Mentor>>> {
    app.db.read(move |conn| service::list_all(conn, &listing)).await.map(Json)
}

/// Why it was decided so.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct DecisionBody {
    /// At most 500 characters.
    reason: Option<String>,
}

fn read_reason(body: &mut Fields) -> String {
    let mut reason = String::new();
    body.defaulted("reason", &mut reason, text(0..=500));
    reason
}

async fn decide(
    app: &App,
    id: Id<Mentor>,
    once: Once,
    body: Body,
    decision: impl FnOnce(&Tx<'_>, &Mentor, &str) -> Result<Mentor> + Send + 'static,
) -> Result<Answer> {
    app.once(once, move |tx| {
        let mentor = store::get(tx, id)?;
        let reason = body.read(read_reason)?;
        Answer::ok(&decision(tx, &mentor, &reason)?)
    })
    .await
}

/// Let a mentor in. Admins.
#[utoipa::path(tag = "Administration", request_body = Option<DecisionBody>, responses((status = 200, body = Mentor)))]
#[post("/admin/mentors/<id>/approve", data = "<body>")]
async fn approve_mentor(app: &App, admin: Admin, id: Id<Mentor>, once: Once, body: Body) -> Result<Answer> {
    decide(app, id, once, body, move |tx, mentor, reason| service::approve(tx, &admin.0, mentor, reason)).await
}

/// Turn a mentor down; they are told why. Admins.
#[utoipa::path(tag = "Administration", request_body = Option<DecisionBody>, responses((status = 200, body = Mentor)))]
#[post("/admin/mentors/<id>/reject", data = "<body>")]
async fn reject_mentor(app: &App, admin: Admin, id: Id<Mentor>, once: Once, body: Body) -> Result<Answer> {
    decide(app, id, once, body, move |tx, mentor, reason| service::reject(tx, &admin.0, mentor, reason)).await
}

/// Note that you checked who a mentor is. Admins.
#[utoipa::path(tag = "Administration", request_body = Option<DecisionBody>, responses((status = 200, body = Mentor)))]
#[post("/admin/mentors/<id>/verify", data = "<body>")]
async fn verify_mentor(app: &App, admin: Admin, id: Id<Mentor>, once: Once, body: Body) -> Result<Answer> {
    decide(app, id, once, body, move |tx, mentor, reason| service::verify(tx, &admin.0, mentor, reason)).await
}
