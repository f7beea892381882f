//! The addresses of applications.

use rocket::{delete, get, patch, post, put, response::status::NoContent, serde::json::Json};
use utoipa::ToSchema;

use super::{
    Application, ApplicationDraft, ApplicationFilter, ApplicationStatus, Change,
    service::{self, Side},
    store,
};
use crate::{
    addresses,
    jobs::Job,
    platform::{
        app::App,
        body::Body,
        download::Download,
        edge::IfMatch,
        error::{Error, Result},
        fields::{Fields, choice, id, text},
        id::Id,
        list::{Listing, NoFilter, Page},
        once::{Answer, Once},
    },
    resumes,
    users::CurrentUser,
};

addresses![
    apply,
    list_applicants,
    list_applications,
    post_application,
    show_application,
    show_history,
    show_sent_resume,
    replace_application,
    change_application,
    delete_application,
    update_status,
    put_status,
    withdraw;
    ApplicationDraft = |body| ApplicationDraft::default().read(body),
    NewApplicationBody = |body| ApplicationDraft::default().read(body),
    NoteBody = read_note,
    StepBody = read_note
];

/// Apply to a posting; an application that stands already is answered as it is.
#[utoipa::path(tag = "Jobs", request_body = Option<ApplicationDraft>, responses((status = 201, body = Application), (status = 200, body = Application)))]
#[post("/jobs/<id>/apply", data = "<body>")]
async fn apply(app: &App, user: CurrentUser, id: Id<Job>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let (application, is_new) = service::apply(tx, &user, id, body.fields())?;
        Answer::created_or_found(is_new, application.location(), &application)
    })
    .await
}

/// Who applied to a posting. Its poster or an admin.
#[utoipa::path(tag = "Jobs", params(ApplicationFilter), responses((status = 200, body = Page<Application>)))]
#[get("/jobs/<id>/applicants")]
async fn list_applicants(
    app: &App,
    user: CurrentUser,
    id: Id<Job>,
    listing: Listing<ApplicationFilter>,
) -> Result<Json<Page<Application>>> {
    let now = app.clock.now();
    let applicants = app.db.read(move |conn| {
        service::posted(conn, &user, id, now)?;
        store::page_of_job(conn, id, &listing)
    });
    applicants.await.map(Json)
}

/// The caller's own applications.
#[utoipa::path(tag = "Jobs", params(ApplicationFilter), responses((status = 200, body = Page<Application>)))]
#[get("/job-applications")]
async fn list_applications(
    app: &App,
    user: CurrentUser,
    listing: Listing<ApplicationFilter>,
) -> Result<Json<Page<Application>>> {
    app.db.read(move |conn| store::page_of_user(conn, user.id, &listing)).await.map(Json)
}

/// An application with the posting it is for.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct NewApplicationBody {
    /// What to apply to.
    #[schema(minimum = 1)]
    job_id: i64,
    /// What the applicant writes.
    #[schema(inline)]
    #[serde(flatten)]
    draft: ApplicationDraft,
}

/// Apply to a posting; an application that stands already is answered as it is.
#[utoipa::path(tag = "Jobs", request_body = NewApplicationBody, responses((status = 201, body = Application), (status = 200, body = Application)))]
#[post("/job-applications", data = "<body>")]
async fn post_application(app: &App, user: CurrentUser, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let mut body = body.fields();
        let mut job: Id<Job> = Id::new(0);
        body.required("job_id", &mut job, id);
        if job.raw() == 0 {
            // The other fields are read as well, so that every fault comes in one answer.
            let draft = ApplicationDraft::default().read(&mut body);
            body.finish(draft)?;
        }
        match service::apply(tx, &user, job, body) {
            Ok((application, is_new)) => Answer::created_or_found(is_new, application.location(), &application),
            Err(Error::NotFound("job")) => Err(Error::field("job_id", format!("There is no job with the id {job}."))),
            Err(error) => Err(error),
        }
    })
    .await
}

/// One application with its history. Its applicant, the poster, or an admin.
#[utoipa::path(tag = "Jobs", responses((status = 200, body = Application)))]
#[get("/job-applications/<id>")]
async fn show_application(app: &App, user: CurrentUser, id: Id<Application>) -> Result<Json<Application>> {
    let shown = app.db.read(move |conn| {
        let (mut application, _) = service::seen(conn, &user, id)?;
        application.history = Some(store::history(conn, id)?);
        Ok(application)
    });
    shown.await.map(Json)
}

/// Each step of an application, oldest first. Its applicant, the poster, or an admin.
#[utoipa::path(tag = "Jobs", responses((status = 200, body = Page<Change>)))]
#[get("/job-applications/<id>/history")]
async fn show_history(
    app: &App,
    user: CurrentUser,
    id: Id<Application>,
    listing: Listing<NoFilter>,
) -> Result<Json<Page<Change>>> {
    let history = app.db.read(move |conn| {
        service::seen(conn, &user, id)?;
        listing.slice.of_all(store::history(conn, id)?)
    });
    history.await.map(Json)
}

/// The résumé that was sent along. The poster of the job alone.
#[utoipa::path(tag = "Jobs", responses((status = 200, content(
    (Vec<u8> = "application/pdf"),
    (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (Vec<u8> = "application/vnd.oasis.opendocument.text"),
    (String = "text/plain")
))))]
#[get("/job-applications/<id>/resume")]
async fn show_sent_resume(app: &App, user: CurrentUser, id: Id<Application>) -> Result<Download> {
    let resume = app.db.read(move |conn| service::sent_resume(conn, &user, id)).await?;
    resumes::send(app, resume).await
}

/// Write an application whole, while nobody has moved it. Its applicant.
#[utoipa::path(tag = "Jobs", request_body = ApplicationDraft, responses((status = 200, body = Application)))]
#[put("/job-applications/<id>", data = "<body>")]
async fn replace_application(
    app: &App,
    user: CurrentUser,
    id: Id<Application>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Application>> {
    write_application(app, user, id, version, body).await
}

/// Write some fields of an application, while nobody has moved it. Its applicant.
#[utoipa::path(tag = "Jobs", request_body = ApplicationDraft, responses((status = 200, body = Application)))]
#[patch("/job-applications/<id>", data = "<body>")]
async fn change_application(
    app: &App,
    user: CurrentUser,
    id: Id<Application>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Application>> {
    write_application(app, user, id, version, body).await
}

async fn write_application(
    app: &App,
    user: CurrentUser,
    id: Id<Application>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Application>> {
    let changed = app.db.write(move |tx| {
        let application = service::own(tx, &user, id)?;
        version.check(application.updated_at)?;
        service::change(tx, &application, body.fields())
    });
    changed.await.map(Json)
}

/// Withdraw an application. Its applicant.
#[utoipa::path(tag = "Jobs", responses((status = 204)))]
#[delete("/job-applications/<id>")]
async fn delete_application(app: &App, user: CurrentUser, id: Id<Application>, version: IfMatch) -> Result<NoContent> {
    let withdrawn = app.db.write(move |tx| {
        let application = service::own(tx, &user, id)?;
        version.check(application.updated_at)?;
        service::withdraw(tx, &application, "")
    });
    withdrawn.await.map(|_| NoContent)
}

/// A note to a step.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct NoteBody {
    /// At most 500 characters.
    note: Option<String>,
}

fn read_note(body: &mut Fields) -> String {
    let mut note = String::new();
    body.defaulted("note", &mut note, text(0..=500));
    note
}

/// Withdraw an application. Its applicant.
#[utoipa::path(tag = "Jobs", request_body = Option<NoteBody>, responses((status = 200, body = Application)))]
#[post("/job-applications/<id>/withdraw", data = "<body>")]
async fn withdraw(app: &App, user: CurrentUser, id: Id<Application>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let application = service::own(tx, &user, id)?;
        let note = body.read(read_note)?;
        Answer::ok(&service::withdraw(tx, &application, &note)?)
    })
    .await
}

/// Where an application is to stand.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct StepBody {
    /// The next step.
    status: ApplicationStatus,
    /// At most 500 characters.
    note: Option<String>,
}

/// Move an application on. The poster or an admin.
#[utoipa::path(tag = "Jobs", request_body = StepBody, responses((status = 200, body = Application)))]
#[post("/job-applications/<id>/update_status", data = "<body>")]
async fn update_status(app: &App, user: CurrentUser, id: Id<Application>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| Answer::ok(&move_on(tx, &user, id, body)?)).await
}

/// Move an application on. The poster or an admin.
#[utoipa::path(tag = "Jobs", request_body = StepBody, responses((status = 200, body = Application)))]
#[put("/job-applications/<id>/update_status", data = "<body>")]
async fn put_status(app: &App, user: CurrentUser, id: Id<Application>, body: Body) -> Result<Json<Application>> {
    app.db.write(move |tx| move_on(tx, &user, id, body)).await.map(Json)
}

fn move_on(
    tx: &crate::platform::db::Tx<'_>,
    user: &CurrentUser,
    id: Id<Application>,
    body: Body,
) -> Result<Application> {
    let (application, side) = service::seen(tx, user, id)?;
    if side == Side::Applicant {
        return Err(Error::Forbidden("Only the poster moves an application."));
    }
    let (status, note) = body.read(|body| {
        let mut status = ApplicationStatus::Applied;
        body.required("status", &mut status, choice);
        (status, read_note(body))
    })?;
    service::advance(tx, user, &application, status, &note)
}
