//! The addresses of notifications.

use rocket::{
    Request,
    data::{Data, FromData, Outcome, ToByteUnit},
    delete, get, patch, post, put,
    response::status::NoContent,
    serde::json::Json,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Kind, Notification, Preferences,
    model::{NotificationFilter, ReadStatus},
    service, store,
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        clock::Timestamp,
        db::Tx,
        edge::{IfMatch, refuse_data},
        error::{Error, Result},
        fields::{Fields, choice, flag, id, moment, raw_text},
        id::Id,
        list::{Listing, Page, query_pairs},
        once::{Answer, Once},
        signature::{Argument, Told},
    },
    users::CurrentUser,
};

addresses![
    list,
    unread_count,
    show,
    change,
    remove,
    mark_read,
    read_all,
    bulk_delete,
    bulk_update_status,
    show_preferences,
    replace_preferences,
    change_preferences,
    unsubscribe;
    Preferences = |body| Preferences::default().read(body)
];

/// What the caller was told, newest first.
#[utoipa::path(tag = "Notifications", params(NotificationFilter), responses((status = 200, body = Page<Notification>)))]
#[get("/notifications")]
async fn list(app: &App, user: CurrentUser, listing: Listing<NotificationFilter>) -> Result<Json<Page<Notification>>> {
    app.db.read(move |conn| store::page(conn, user.id, &listing)).await.map(Json)
}

/// How much is unread.
#[derive(Serialize, ToSchema)]
struct Unread {
    /// Notifications that were not read yet.
    unread: i64,
}

/// How many notifications the caller has not read.
#[utoipa::path(tag = "Notifications", responses((status = 200, body = Unread)))]
#[get("/notifications/unread-count")]
async fn unread_count(app: &App, user: CurrentUser) -> Result<Json<Unread>> {
    app.db.read(move |conn| Ok(Unread { unread: store::unread(conn, user.id)? })).await.map(Json)
}

/// One notification.
#[utoipa::path(tag = "Notifications", responses((status = 200, body = Notification)))]
#[get("/notifications/<id>")]
async fn show(app: &App, user: CurrentUser, id: Id<Notification>) -> Result<Json<Notification>> {
    app.db.read(move |conn| store::get(conn, user.id, id)).await.map(Json)
}

/// Whether it was read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct ReadBody {
    /// True when it was read.
    is_read: bool,
}

/// Mark a notification as read or unread.
#[utoipa::path(tag = "Notifications", request_body = ReadBody, responses((status = 200, body = Notification)))]
#[patch("/notifications/<id>", data = "<body>")]
async fn change(
    app: &App,
    user: CurrentUser,
    id: Id<Notification>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Notification>> {
    let change = move |tx: &Tx<'_>| {
        let mut row = store::get(tx, user.id, id)?;
        version.check(row.updated_at)?;
        let mut body = body.fields();
        body.required("is_read", &mut row.is_read, flag);
        body.finish(())?;
        store::set_read(tx, user.id, id, row.is_read)
    };
    app.db.write(change).await.map(Json)
}

/// Remove a notification.
#[utoipa::path(tag = "Notifications", responses((status = 204)))]
#[delete("/notifications/<id>")]
async fn remove(app: &App, user: CurrentUser, id: Id<Notification>, version: IfMatch) -> Result<NoContent> {
    app.db
        .write(move |tx| {
            version.check(store::get(tx, user.id, id)?.updated_at)?;
            store::remove(tx, user.id, &[id])?;
            Ok(NoContent)
        })
        .await
}

/// Mark a notification as read.
#[utoipa::path(tag = "Notifications", responses((status = 200, body = Notification)))]
#[post("/notifications/<id>/read")]
async fn mark_read(app: &App, user: CurrentUser, id: Id<Notification>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&store::set_read(tx, user.id, id, true)?)).await
}

/// How many rows a step changed.
#[derive(Serialize, ToSchema)]
struct Updated {
    /// Always `updated`.
    status: &'static str,
    /// How many rows.
    updated_count: i64,
}

fn updated(updated_count: i64) -> Result<Answer> {
    Answer::ok(&Updated { status: "updated", updated_count })
}

/// What to mark as read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct ReadAllBody {
    /// Only this kind.
    r#type: Option<Kind>,
    /// Only what was told no later than this.
    before: Option<Timestamp>,
}

/// Mark everything as read, or one kind, or what is older than a moment.
#[utoipa::path(tag = "Notifications", request_body = Option<ReadAllBody>, responses((status = 200, body = Updated)))]
#[post("/notifications/read-all", data = "<body>")]
async fn read_all(app: &App, user: CurrentUser, body: Body, once: Once) -> Result<Answer> {
    let (kind, before) = body.read(|body| {
        let (mut kind, mut before) = (None, None);
        body.optional("type", &mut kind, choice);
        body.optional("before", &mut before, moment);
        (kind, before)
    })?;
    app.once(once, move |tx| updated(store::read_all(tx, user.id, kind, before)?)).await
}

/// Most rows of one bulk step.
const BULK: usize = 500;

fn read_ids(body: &mut Fields) -> Vec<Id<Notification>> {
    let mut ids = vec![];
    if body.has("ids") {
        body.several("ids", &mut ids, BULK, id);
    } else {
        body.fault("ids", "This field is required.");
    }
    ids
}

/// Which rows a bulk step is about.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct IdsBody {
    /// At most 500.
    ids: Vec<Id<Notification>>,
}

/// How many rows were removed.
#[derive(Serialize, ToSchema)]
struct Deleted {
    /// Always `deleted`.
    status: &'static str,
    /// How many rows.
    deleted_count: usize,
}

/// Remove several notifications; those of others are skipped.
#[utoipa::path(tag = "Notifications", request_body = IdsBody, responses((status = 200, body = Deleted)))]
#[post("/notifications/bulk_delete", data = "<body>")]
async fn bulk_delete(app: &App, user: CurrentUser, body: Body, once: Once) -> Result<Answer> {
    let ids = body.read(read_ids)?;
    app.once(once, move |tx| {
        Answer::ok(&Deleted { status: "deleted", deleted_count: store::remove(tx, user.id, &ids)? })
    })
    .await
}

/// Which rows become what.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct ReadStatusBody {
    /// At most 500.
    ids: Vec<Id<Notification>>,
    /// What they become.
    status: ReadStatus,
}

/// Mark several notifications; those of others are skipped.
#[utoipa::path(tag = "Notifications", request_body = ReadStatusBody, responses((status = 200, body = Updated)))]
#[post("/notifications/bulk_update_status", data = "<body>")]
async fn bulk_update_status(app: &App, user: CurrentUser, body: Body, once: Once) -> Result<Answer> {
    let (ids, status) = body.read(|body| {
        let mut status = ReadStatus::Read;
        body.required("status", &mut status, choice);
        (read_ids(body), status)
    })?;
    app.once(once, move |tx| updated(store::set_read_all_of(tx, user.id, &ids, status == ReadStatus::Read)?)).await
}

/// What the caller wants to hear of.
#[utoipa::path(tag = "Notifications", responses((status = 200, body = Preferences)))]
#[get("/notifications/preferences")]
async fn show_preferences(app: &App, user: CurrentUser) -> Result<Json<Preferences>> {
    app.db.read(move |conn| store::preferences(conn, user.id)).await.map(Json)
}

/// Choose anew what to hear of: what is left out falls back to its default.
#[utoipa::path(tag = "Notifications", request_body = Preferences, responses((status = 200, body = Preferences)))]
#[put("/notifications/preferences", data = "<body>")]
async fn replace_preferences(app: &App, user: CurrentUser, body: Body) -> Result<Json<Preferences>> {
    app.db.write(move |tx| service::change_preferences(tx, user.id, body.fields())).await.map(Json)
}

/// Choose some of what to hear of.
#[utoipa::path(tag = "Notifications", request_body = Preferences, responses((status = 200, body = Preferences)))]
#[patch("/notifications/preferences", data = "<body>")]
async fn change_preferences(app: &App, user: CurrentUser, body: Body) -> Result<Json<Preferences>> {
    app.db.write(move |tx| service::change_preferences(tx, user.id, body.fields())).await.map(Json)
}

/// The secret of an unsubscribing link: from the query, a form, or a JSON body.
struct LinkToken(String);

impl Argument for LinkToken {
    fn tell(told: &mut Told) {
        told.takes_body = true;
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for LinkToken {
    type Error = ();

    async fn from_data(req: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        // Programs that read mail post a form of their own to the whole link (RFC 8058), so the link goes first.
        let form = if let Some(pair) = query_pairs(req).into_iter().find(|(name, _)| name == "token") {
            vec![pair]
        } else if req.content_type().is_some_and(|it| it.is_form()) {
            match data.open(16.kibibytes()).into_bytes().await {
                Ok(bytes) => url::form_urlencoded::parse(&bytes).into_owned().collect(),
                Err(error) => {
                    return refuse_data(req, Error::BadRequest(format!("The body did not arrive whole: {error}.")));
                }
            }
        } else {
            return Body::from_data(req, data).await.and_then(|body| read_token(req, body.fields()));
        };
        read_token(req, Fields::of_query(form.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
    }
}

fn read_token<'r>(req: &'r Request<'_>, mut fields: Fields) -> Outcome<'r, LinkToken> {
    let mut token = String::new();
    if fields.has("token") {
        fields.required("token", &mut token, raw_text);
    } else {
        fields.fault("token", "This field is required.");
    }
    match fields.finish(token) {
        Ok(token) => Outcome::Success(LinkToken(token)),
        Err(error) => refuse_data(req, error),
    }
}

/// The secret of an unsubscribing link.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct LinkTokenBody {
    /// The last part of the link.
    token: String,
}

/// End a kind of mail by the link at its foot.
#[utoipa::path(tag = "Notifications", request_body = Option<LinkTokenBody>, responses((status = 204)))]
#[post("/notifications/unsubscribe", data = "<token>")]
async fn unsubscribe(app: &App, token: LinkToken) -> Result<NoContent> {
    app.db.write(move |tx| service::unsubscribe(tx, &token.0)).await?;
    Ok(NoContent)
}
