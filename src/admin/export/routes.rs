//! The addresses of lists as files.

use rocket::get;

use super::{AccountFilter, applied, audited, flags, held, ledger, posted, posts, practised, said, taught, users};
use crate::{
    addresses,
    community::{PostFilter, comments::CommentFilter, moderation::CaseFilter},
    courses::CourseFilter,
    jobs::{JobFilter, applications::ApplicationFilter},
    mentors::sessions::SessionFilter,
    platform::{
        app::App,
        error::Result,
        export::{Attachment, ExportAs},
        list::{Query, Whole},
    },
    projects::ProjectFilter,
    users::{Admin, audit::AuditFilter, points::PointsFilter},
};

addresses![
    export_users,
    export_posts,
    export_comments,
    export_flags,
    export_courses,
    export_projects,
    export_jobs,
    export_applications,
    export_sessions,
    export_points,
    export_audit
];

/// Accounts, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, AccountFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/users/export")]
async fn export_users(
    app: &App,
    _admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<AccountFilter>,
) -> Result<Attachment> {
    let now = app.clock.now();
    let table = app.db.read(move |conn| users(conn, &listing.0, now)).await?;
    form.0.file("users", table)
}

/// Posts, hidden ones of a named author among them, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, PostFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/posts/export")]
async fn export_posts(
    app: &App,
    admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<PostFilter>,
) -> Result<Attachment> {
    let table = app.db.read(move |conn| posts(conn, &listing.0, (&admin.0).into())).await?;
    form.0.file("posts", table)
}

/// Comments, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, CommentFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/comments/export")]
async fn export_comments(
    app: &App,
    admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<CommentFilter>,
) -> Result<Attachment> {
    let table = app.db.read(move |conn| said(conn, &listing.0, (&admin.0).into())).await?;
    form.0.file("comments", table)
}

/// What was reported, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, CaseFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/flags/export")]
async fn export_flags(
    app: &App,
    _admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<CaseFilter>,
) -> Result<Attachment> {
    let table = app.db.read(move |conn| flags(conn, &listing.0)).await?;
    form.0.file("flags", table)
}

/// Courses, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, CourseFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/courses/export")]
async fn export_courses(
    app: &App,
    admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<CourseFilter>,
) -> Result<Attachment> {
    let table = app.db.read(move |conn| taught(conn, listing.0, Some(admin.0.id))).await?;
    form.0.file("courses", table)
}

/// Projects, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, ProjectFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/projects/export")]
async fn export_projects(
    app: &App,
    admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<ProjectFilter>,
) -> Result<Attachment> {
    let table = app.db.read(move |conn| practised(conn, listing.0, Some(admin.0.id))).await?;
    form.0.file("projects", table)
}

/// Postings, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, JobFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/jobs/export")]
async fn export_jobs(app: &App, admin: Admin, form: Query<ExportAs>, listing: Whole<JobFilter>) -> Result<Attachment> {
    let now = app.clock.now();
    let table = app.db.read(move |conn| posted(conn, listing.0, Some(admin.0.id), now)).await?;
    form.0.file("jobs", table)
}

/// Applications, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, ApplicationFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/applications/export")]
async fn export_applications(
    app: &App,
    _admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<ApplicationFilter>,
) -> Result<Attachment> {
    let table = app.db.read(move |conn| applied(conn, &listing.0)).await?;
    form.0.file("applications", table)
}

/// Sessions, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, SessionFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/sessions/export")]
async fn export_sessions(
    app: &App,
    _admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<SessionFilter>,
) -> Result<Attachment> {
    let table = app.db.read(move |conn| held(conn, &listing.0)).await?;
    form.0.file("sessions", table)
}

/// The ledgers of all, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, PointsFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/points/export")]
async fn export_points(
    app: &App,
    _admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<PointsFilter>,
) -> Result<Attachment> {
    let table = app.db.read(move |conn| ledger(conn, &listing.0)).await?;
    form.0.file("points", table)
}

/// The audit, as a file of at most 20,000 rows, with the filters of their list. Admins only.
#[utoipa::path(tag = "Administration", params(ExportAs, AuditFilter), responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/admin/audit/export")]
async fn export_audit(
    app: &App,
    _admin: Admin,
    form: Query<ExportAs>,
    listing: Whole<AuditFilter>,
) -> Result<Attachment> {
    let table = app.db.read(move |conn| audited(conn, &listing.0)).await?;
    form.0.file("audit", table)
}
