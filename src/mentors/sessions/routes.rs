//! The addresses of sessions.

use rocket::{
    Request, Response, delete, get,
    http::{ContentType, Header},
    patch, post, put,
    response::{self, Responder, status::NoContent},
    serde::json::Json,
};
use utoipa::ToSchema;

use super::{
    MentorSession, ReviewDraft, SessionDraft, SessionFilter, SessionStatus, Side, calendar,
    service::{self, as_side, party},
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        clock::Timestamp,
        edge::IfMatch,
        error::{Error, Result},
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
    },
    users::CurrentUser,
};

addresses![
    list_sessions,
    request_session,
    show_session,
    replace_session,
    change_session,
    delete_session,
    schedule_session,
    decline_session,
    cancel_session,
    complete_session,
    note_absence,
    review_session,
    show_calendar;
    NewSessionBody = |body| SessionDraft::default().read(body, Timestamp::from_micros(0), None),
    SessionBody = |body| SessionDraft::default().read(body, Timestamp::from_micros(0), None),
    CallOffBody = service::read_reason,
    ReviewDraft = ReviewDraft::read
];

/// Your sessions: those you asked for, and those you were asked for.
#[utoipa::path(tag = "Mentors", params(SessionFilter), responses((status = 200, body = Page<MentorSession>)))]
#[get("/mentor-sessions")]
async fn list_sessions(
    app: &App,
    user: CurrentUser,
    listing: Listing<SessionFilter>,
) -> Result<Json<Page<MentorSession>>> {
    app.db.read(move |conn| service::list(conn, user.id, &listing)).await.map(Json)
}

/// A session with the mentor that it is asked of.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct NewSessionBody {
    /// The mentor.
    #[schema(minimum = 1)]
    mentor_id: i64,
    /// What the mentee writes.
    #[schema(inline)]
    #[serde(flatten)]
    draft: SessionDraft,
}

/// Ask a mentor for a session.
#[utoipa::path(tag = "Mentors", request_body = NewSessionBody, responses((status = 201, body = MentorSession)))]
#[post("/mentor-sessions", data = "<body>")]
async fn request_session(app: &App, user: CurrentUser, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let session = service::request(tx, &user, body.fields())?;
        Answer::created(session.location(), &session)
    })
    .await
}

/// One session. Its mentor, its mentee, or an admin.
#[utoipa::path(tag = "Mentors", responses((status = 200, body = MentorSession)))]
#[get("/mentor-sessions/<id>")]
async fn show_session(app: &App, user: CurrentUser, id: Id<MentorSession>) -> Result<Json<MentorSession>> {
    app.db.read(move |conn| service::seen(conn, &user, id).map(|it| it.0)).await.map(Json)
}

/// What may be written of a session.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct SessionBody {
    /// What the mentee writes, while it is pending.
    #[schema(inline)]
    #[serde(flatten)]
    draft: SessionDraft,
    /// Runs the step of that name; what the step takes may stand beside it.
    status: Option<SessionStatus>,
    /// With the status `scheduled`: when it is.
    scheduled_date: Option<Timestamp>,
}

/// Write a session whole while it is pending, or run a step. Its mentee; steps also its mentor.
#[utoipa::path(tag = "Mentors", request_body = SessionBody, responses((status = 200, body = MentorSession)))]
#[put("/mentor-sessions/<id>", data = "<body>")]
async fn replace_session(
    app: &App,
    user: CurrentUser,
    id: Id<MentorSession>,
    version: IfMatch,
    body: Body,
) -> Result<Json<MentorSession>> {
    write_session(app, user, id, version, body).await
}

/// Write some fields of a session while it is pending, or run a step. Its mentee; steps also its mentor.
#[utoipa::path(tag = "Mentors", request_body = SessionBody, responses((status = 200, body = MentorSession)))]
#[patch("/mentor-sessions/<id>", data = "<body>")]
async fn change_session(
    app: &App,
    user: CurrentUser,
    id: Id<MentorSession>,
    version: IfMatch,
    body: Body,
) -> Result<Json<MentorSession>> {
    write_session(app, user, id, version, body).await
}

async fn write_session(
    app: &App,
    user: CurrentUser,
    id: Id<MentorSession>,
    version: IfMatch,
    body: Body,
) -> Result<Json<MentorSession>> {
    let changed = app.db.write(move |tx| {
        let (session, side) = party(tx, &user, id)?;
        version.check(session.updated_at)?;
        service::change(tx, &user, &session, side, body.fields())
    });
    changed.await.map(Json)
}

/// Cancel a session. Its mentor or its mentee.
#[utoipa::path(tag = "Mentors", responses((status = 204)))]
#[delete("/mentor-sessions/<id>")]
async fn delete_session(app: &App, user: CurrentUser, id: Id<MentorSession>, version: IfMatch) -> Result<NoContent> {
    let cancelled = app.db.write(move |tx| {
        let (session, _) = party(tx, &user, id)?;
        version.check(session.updated_at)?;
        service::call_off(tx, &user, &session, SessionStatus::Cancelled, "")
    });
    cancelled.await.map(|_| NoContent)
}

/// When a session is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct TimeBody {
    /// In the future.
    scheduled_date: Timestamp,
}

/// Give a session a time; again moves it. Its mentor.
#[utoipa::path(tag = "Mentors", request_body = TimeBody, responses((status = 200, body = MentorSession)))]
#[post("/mentor-sessions/<id>/schedule", data = "<body>")]
async fn schedule_session(
    app: &App,
    user: CurrentUser,
    id: Id<MentorSession>,
    once: Once,
    body: Body,
) -> Result<Answer> {
    app.once(once, move |tx| {
        let session = as_side(tx, &user, id, Side::Mentor)?;
        Answer::ok(&service::schedule(tx, &session, body.fields())?)
    })
    .await
}

/// Why a session does not take place.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct CallOffBody {
    /// At most 500 characters; both sides read it.
    reason: Option<String>,
}

/// Decline a session that is asked for. Its mentor.
#[utoipa::path(tag = "Mentors", request_body = Option<CallOffBody>, responses((status = 200, body = MentorSession)))]
#[post("/mentor-sessions/<id>/decline", data = "<body>")]
async fn decline_session(
    app: &App,
    user: CurrentUser,
    id: Id<MentorSession>,
    once: Once,
    body: Body,
) -> Result<Answer> {
    app.once(once, move |tx| {
        let session = as_side(tx, &user, id, Side::Mentor)?;
        let reason = body.read(service::read_reason)?;
        Answer::ok(&service::call_off(tx, &user, &session, SessionStatus::Declined, &reason)?)
    })
    .await
}

/// Cancel a session. Its mentor or its mentee.
#[utoipa::path(tag = "Mentors", request_body = Option<CallOffBody>, responses((status = 200, body = MentorSession)))]
#[post("/mentor-sessions/<id>/cancel", data = "<body>")]
async fn cancel_session(app: &App, user: CurrentUser, id: Id<MentorSession>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let (session, _) = party(tx, &user, id)?;
        let reason = body.read(service::read_reason)?;
        Answer::ok(&service::call_off(tx, &user, &session, SessionStatus::Cancelled, &reason)?)
    })
    .await
}

/// Note that a session was held; the mentee may rate it at once. Its mentor or its mentee.
#[utoipa::path(tag = "Mentors", request_body = Option<ReviewDraft>, responses((status = 200, body = MentorSession)))]
#[post("/mentor-sessions/<id>/complete", data = "<body>")]
async fn complete_session(
    app: &App,
    user: CurrentUser,
    id: Id<MentorSession>,
    once: Once,
    body: Body,
) -> Result<Answer> {
    app.once(once, move |tx| {
        let (session, side) = party(tx, &user, id)?;
        Answer::ok(&service::complete(tx, &user, &session, side, body.fields())?)
    })
    .await
}

/// Who did not come.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct AbsenceBody {
    /// The other side.
    who: Side,
}

/// Note that the other side did not come, after the start. Its mentor or its mentee.
#[utoipa::path(tag = "Mentors", request_body = AbsenceBody, responses((status = 200, body = MentorSession)))]
#[post("/mentor-sessions/<id>/no_show", data = "<body>")]
async fn note_absence(app: &App, user: CurrentUser, id: Id<MentorSession>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let (session, side) = party(tx, &user, id)?;
        Answer::ok(&service::note_absence(tx, &user, &session, side, body.fields())?)
    })
    .await
}

/// Rate a session that was held; for 14 days again. Its mentee.
#[utoipa::path(tag = "Mentors", request_body = ReviewDraft, responses((status = 200, body = MentorSession)))]
#[post("/mentor-sessions/<id>/review", data = "<body>")]
async fn review_session(app: &App, user: CurrentUser, id: Id<MentorSession>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let session = as_side(tx, &user, id, Side::Mentee)?;
        Answer::ok(&service::review(tx, &session, body.fields())?)
    })
    .await
}

/// A calendar file.
struct Calendar(Id<MentorSession>, String);

impl<'r> Responder<'r, 'static> for Calendar {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let name = format!("attachment; filename=\"session-{}.ics\"", self.0);
        Response::build()
            .header(ContentType::Calendar)
            .header(Header::new("Content-Disposition", name))
            .header(Header::new("Cache-Control", "private, no-cache"))
            .sized_body(self.1.len(), std::io::Cursor::new(self.1))
            .ok()
    }
}

/// A session as a calendar file, from the moment it has a time; a cancelled one says so. Its mentor, its mentee, or an admin.
#[utoipa::path(tag = "Mentors", responses((status = 200, body = String, content_type = "text/calendar")))]
#[get("/mentor-sessions/<id>/calendar.ics")]
async fn show_calendar(app: &App, user: CurrentUser, id: Id<MentorSession>) -> Result<Calendar> {
    let session = app.db.read(move |conn| service::seen(conn, &user, id).map(|it| it.0)).await?;
    calendar(&session, &app.public_url()).map(|it| Calendar(id, it)).ok_or(Error::NotFound("calendar file yet"))
}
