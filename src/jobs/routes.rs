//! The addresses of postings.

use std::sync::Arc;

use rocket::{delete, get, http::uri::Origin, patch, post, put, response::status::NoContent, serde::json::Json};

use super::{
    Job, JobDraft, JobFilter, applications,
    kept::{Cut, Kept},
    matching::OpenJobs,
    service, store,
};
use crate::{
    addresses,
    platform::{
        app::App,
        body::Body,
        cache::{BRIEFLY, Ready},
        clock::Timestamp,
        costly::Found,
        edge::IfMatch,
        error::{Error, Result},
        files::Kind,
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
        picture::{self, PictureForm},
        upload::Upload,
    },
    users::{CurrentUser, Looker, Recruiter, SoftDeleted, Visitor},
};

addresses![
    list_jobs,
    post_job,
    show_job,
    replace_job,
    change_job,
    delete_job,
    close_job,
    reopen_job,
    soft_delete_job,
    restore_job,
    set_logo,
    remove_logo;
    JobDraft = |body| JobDraft::default().read(body, Timestamp::from_micros(0), None)
];

/// Open postings; with `mine` or `status`, others as well.
#[utoipa::path(tag = "Jobs", params(JobFilter), responses((status = 200, body = Page<Job>)))]
#[get("/jobs")]
async fn list_jobs(app: &App, visitor: Visitor, uri: &Origin<'_>, listing: Listing<JobFilter>) -> Result<Ready> {
    let (now, kept) = (app.clock.now(), app.parts.get::<Kept>());
    let (open, found) = (OpenJobs::of(app), app.parts.get::<Found<Job>>());
    let Some(user) = visitor.id() else {
        let read = move |conn: &_| {
            let page = service::list(conn, (&open, &found), &listing, None, now)?;
            page.try_map(|it| Ok(service::to(it, None, now)))
        };
        return app.ready_to(None, uri, read).await;
    };
    let seeker = kept.seeker(app, user).await?;
    if service::is_same_for_all(&listing) {
        let read = move |conn: &_| Cut::of(service::list(conn, (&open, &found), &listing, None, now)?).map(Arc::new);
        return Ok(app.steady(&kept.pages, uri.to_string(), BRIEFLY, read).await?.to(&seeker, now));
    }
    let read = move |conn: &_| {
        let page = service::list(conn, (&open, &found), &listing, Some((user, &seeker)), now)?;
        Ready::of(&page.try_map(|it| Ok(service::to(it, Some(&seeker), now)))?)
    };
    app.db.read(read).await
}

/// Post a job.
#[utoipa::path(tag = "Jobs", request_body = JobDraft, responses((status = 201, body = Job)))]
#[post("/jobs", data = "<body>")]
async fn post_job(app: &App, user: Recruiter, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let job = service::post(tx, user.0.id, body.fields())?;
        Answer::created(format!("/api/jobs/{}/", job.id), &job)
    })
    .await
}

/// One posting, closed or not, with the caller's application to it.
#[utoipa::path(tag = "Jobs", responses((status = 200, body = Job)))]
#[get("/jobs/<id>")]
async fn show_job(app: &App, visitor: Visitor, looker: Looker, uri: &Origin<'_>, id: Id<Job>) -> Result<Ready> {
    let (caller, now, kept) = (visitor.id(), app.clock.now(), app.parts.get::<Kept>());
    let seeker = match caller {
        Some(caller) => Some(kept.seeker(app, caller).await?),
        None => None,
    };
    let read = move |conn: &_| {
        let found = service::shown(conn, &[id], seeker.as_deref(), now)?.pop();
        let mut job = found.filter(Job::is_there).ok_or(Error::NotFound("job"))?;
        if let Some(caller) = caller {
            job.my_application = applications::store::find(conn, caller, id)?;
        }
        Ok(job)
    };
    let job = app.ready_to(visitor.caller(), uri, read).await?;
    app.activity.viewed(("jobs", id.raw()), &looker.0, now);
    Ok(job)
}

/// Write a posting whole: what is left out falls back to its default. Its poster or an admin.
#[utoipa::path(tag = "Jobs", request_body = JobDraft, responses((status = 200, body = Job)))]
#[put("/jobs/<id>", data = "<body>")]
async fn replace_job(app: &App, user: CurrentUser, id: Id<Job>, version: IfMatch, body: Body) -> Result<Json<Job>> {
    write_job(app, user, id, version, body).await
}

/// Write some fields of a posting. Its poster or an admin.
#[utoipa::path(tag = "Jobs", request_body = JobDraft, responses((status = 200, body = Job)))]
#[patch("/jobs/<id>", data = "<body>")]
async fn change_job(app: &App, user: CurrentUser, id: Id<Job>, version: IfMatch, body: Body) -> Result<Json<Job>> {
    write_job(app, user, id, version, body).await
}

async fn write_job(app: &App, user: CurrentUser, id: Id<Job>, version: IfMatch, body: Body) -> Result<Json<Job>> {
    let changed = app.db.write(move |tx| {
        let job = user.owning(store::get(tx, id, tx.now())?)?;
        version.check(job.updated_at)?;
        service::change(tx, &user, &job, body.fields())
    });
    changed.await.map(Json)
}

/// Delete a posting; it can be restored for 30 days. Its poster or an admin.
#[utoipa::path(tag = "Jobs", responses((status = 204)))]
#[delete("/jobs/<id>")]
async fn delete_job(app: &App, user: CurrentUser, id: Id<Job>, version: IfMatch) -> Result<NoContent> {
    let deleted = app.db.write(move |tx| {
        let job = user.owning(store::get(tx, id, tx.now())?)?;
        version.check(job.updated_at)?;
        service::remove(tx, &user, &job)
    });
    deleted.await.map(|()| NoContent)
}

/// Take no more applications. Its poster or an admin.
#[utoipa::path(tag = "Jobs", responses((status = 200, body = Job)))]
#[post("/jobs/<id>/close")]
async fn close_job(app: &App, user: CurrentUser, id: Id<Job>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let job = user.owning(store::get(tx, id, tx.now())?)?;
        Answer::ok(&service::close(tx, &user, &job)?)
    })
    .await
}

/// Take applications again; not past the deadline. Its poster or an admin.
#[utoipa::path(tag = "Jobs", responses((status = 200, body = Job)))]
#[post("/jobs/<id>/reopen")]
async fn reopen_job(app: &App, user: CurrentUser, id: Id<Job>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let job = user.owning(store::get(tx, id, tx.now())?)?;
        Answer::ok(&service::reopen(tx, &user, &job)?)
    })
    .await
}

/// Delete a posting; it can be restored for 30 days. Its poster or an admin.
#[utoipa::path(tag = "Jobs", responses((status = 200, body = SoftDeleted)))]
#[post("/jobs/<id>/soft_delete")]
async fn soft_delete_job(app: &App, user: CurrentUser, id: Id<Job>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let job = user.owning_deleted(store::get_any(tx, id, tx.now())?)?;
        service::remove(tx, &user, &job)?;
        Answer::ok(&SoftDeleted::DELETED)
    })
    .await
}

/// Restore a deleted posting. Its poster within 30 days, or an admin.
#[utoipa::path(tag = "Jobs", responses((status = 200, body = SoftDeleted)))]
#[post("/jobs/<id>/restore")]
async fn restore_job(app: &App, user: CurrentUser, id: Id<Job>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let job = user.owning_deleted(store::get_any(tx, id, tx.now())?)?;
        service::restore(tx, &user, &job)?;
        Answer::ok(&SoftDeleted::RESTORED)
    })
    .await
}

/// Give a posting a company logo, in the place of the one before. Its poster or an admin.
#[utoipa::path(tag = "Jobs", request_body(content = PictureForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Job)))]
#[put("/jobs/<id>/company-logo", data = "<form>")]
async fn set_logo(
    app: &App,
    user: CurrentUser,
    id: Id<Job>,
    version: IfMatch,
    form: Upload<PictureForm>,
) -> Result<Json<Job>> {
    let by = user.clone();
    let now = app.clock.now();
    // Who may not do this is told so before the picture is looked at.
    app.db.read(move |conn| by.owning(store::get(conn, id, now)?)).await?;
    let picture = picture::receive(app, form, Kind::CompanyLogo).await?;
    let changed = app.db.write(move |tx| {
        let job = user.owning(store::get(tx, id, tx.now())?)?;
        version.check(job.updated_at)?;
        service::set_picture(tx, &user, &job, Some(&picture))
    });
    changed.await.map(Json)
}

/// Take the company logo of a posting away. Its poster or an admin.
#[utoipa::path(tag = "Jobs", responses((status = 204)))]
#[delete("/jobs/<id>/company-logo")]
async fn remove_logo(app: &App, user: CurrentUser, id: Id<Job>, version: IfMatch) -> Result<NoContent> {
    let changed = app.db.write(move |tx| {
        let job = user.owning(store::get(tx, id, tx.now())?)?;
        version.check(job.updated_at)?;
        service::set_picture(tx, &user, &job, None)
    });
    changed.await.map(|_| NoContent)
}
