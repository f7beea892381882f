//! The addresses of figures.

use std::sync::Arc;

use chrono::NaiveDate;
use rocket::{State, get, serde::json::Json};
use utoipa::ToSchema;

use super::{
    api_usage::{self, ApiUsage, UsageFilter},
    groups::{self, CourseFigures, JobFigures, MentoringFigures, PlatformFigures, SkillFigures},
    growth::Growth,
    heatmap::{self, Heatmap, HeatmapFilter},
    model::{ExportFilter, Figures, LearningReport, PersonFigures, Report, ReportFilter, UserStats},
    service::{self, Kept},
    snapshots::{self, Snapshot},
    store,
};
use crate::{
    addresses,
    platform::{
        app::App,
        cache::Ready,
        error::{Error, Result},
        export::{Attachment, ExportAs, Table},
        id::Id,
        list::{Listing, NoFilter, Page, Query},
    },
    users::{self, Admin, CurrentUser, Instructor, Recruiter, User, Whose},
};

addresses![
    user_stats,
    learning_stats,
    my_learning_stats,
    my_figures,
    my_heatmap,
    person_figures,
    skill_figures,
    platform_figures,
    all_heatmap,
    course_figures,
    job_figures,
    mentoring_figures,
    growth_figures,
    engagement_report,
    list_snapshots,
    show_snapshot,
    show_api_usage,
    export_figures,
];

type House = State<Arc<App>>;

/// The figures of a person; all of them for themselves and admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = UserStats)))]
#[get("/users/<id>/stats")]
async fn user_stats(app: &App, caller: CurrentUser, id: Whose) -> Result<Json<UserStats>> {
    let now = app.clock.now();
    let stats = app.db.read(move |conn| {
        let id = match id {
            Whose::Me => caller.id,
            Whose::Id(id) => id,
        };
        let private = caller.is_admin() || caller.id == id;
        let user = users::store::get(conn, id)?;
        if !user.is_active && !private {
            return Err(Error::NotFound("user"));
        }
        store::user_stats(conn, &user, private, now)
    });
    stats.await.map(Json)
}

/// How somebody's learning goes. For themselves and admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = LearningReport)))]
#[get("/users/<id>/learning-stats")]
async fn learning_stats(app: &App, caller: CurrentUser, id: Whose) -> Result<Json<LearningReport>> {
    learning(app, id.private(&caller)?).await
}

/// How your learning goes: the same as `GET /users/me/learning-stats/`.
#[utoipa::path(tag = "Figures", responses((status = 200, body = LearningReport)))]
#[get("/user/learning-stats")]
async fn my_learning_stats(app: &App, caller: CurrentUser) -> Result<Json<LearningReport>> {
    learning(app, caller.id).await
}

async fn learning(app: &App, user: Id<User>) -> Result<Json<LearningReport>> {
    let now = app.clock.now();
    let report = app.db.read(move |conn| {
        users::store::get(conn, user)?;
        store::learning(conn, user, now)
    });
    report.await.map(Json)
}

async fn person(app: &House, user: Id<User>) -> Result<PersonFigures> {
    let (house, now) = (app.inner().clone(), app.clock.now());
    app.db.read(move |conn| service::person(&house, conn, user, now)).await
}

/// What is counted of the caller.
#[utoipa::path(tag = "Figures", responses((status = 200, body = PersonFigures)))]
#[get("/analytics/me")]
async fn my_figures(app: &House, user: CurrentUser) -> Result<Json<PersonFigures>> {
    person(app, user.id).await.map(Json)
}

/// When the caller did something: by day, by hour of the week, and how many days in a row.
#[utoipa::path(tag = "Figures", params(HeatmapFilter), responses((status = 200, body = Heatmap)))]
#[get("/analytics/me/heatmap")]
async fn my_heatmap(app: &App, user: CurrentUser, query: Query<HeatmapFilter>) -> Result<Json<Heatmap>> {
    let now = app.clock.now();
    app.db.read(move |conn| heatmap::heatmap(conn, Some(user.id), query.0, now)).await.map(Json)
}

/// What is counted of a person. For admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = PersonFigures)))]
// Behind the files, whose address has the same form.
#[get("/analytics/users/<id>", rank = 2)]
async fn person_figures(app: &House, admin: Admin, id: Whose) -> Result<Json<PersonFigures>> {
    person(app, id.private(&admin.0)?).await.map(Json)
}

/// Skills by endorsements, holders and experts.
#[utoipa::path(tag = "Figures", responses((status = 200, body = SkillFigures)))]
#[get("/analytics/skills")]
async fn skill_figures(app: &House, _user: CurrentUser) -> Result<Ready> {
    service::figures(app, Kept::Skills).await
}

/// The house as a whole. For admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = PlatformFigures)))]
#[get("/analytics/platform")]
async fn platform_figures(app: &House, _admin: Admin) -> Result<Ready> {
    service::figures(app, Kept::Platform).await
}

/// When people did something. For admins.
#[utoipa::path(tag = "Figures", params(HeatmapFilter), responses((status = 200, body = Heatmap)))]
#[get("/analytics/heatmap")]
async fn all_heatmap(app: &House, _admin: Admin, query: Query<HeatmapFilter>) -> Result<Ready> {
    service::figures(app, Kept::Heatmap(query.0)).await
}

async fn courses(app: &House, user: &CurrentUser) -> Result<Ready> {
    if user.is_admin() {
        return service::figures(app, Kept::Courses).await;
    }
    let (id, now) = (user.id, app.clock.now());
    app.db.read(move |conn| Ready::of(&groups::courses(conn, Some(id), now)?)).await
}

/// Courses and their learners; their own for instructors, all for admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = CourseFigures)))]
#[get("/analytics/courses")]
async fn course_figures(app: &House, user: Instructor) -> Result<Ready> {
    courses(app, &user.0).await
}

async fn jobs(app: &House, user: &CurrentUser) -> Result<Ready> {
    if user.is_admin() {
        return service::figures(app, Kept::Jobs).await;
    }
    let (id, now) = (user.id, app.clock.now());
    app.db.read(move |conn| Ready::of(&groups::jobs(conn, Some(id), now)?)).await
}

/// Postings and their applications; their own for recruiters, all for admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = JobFigures)))]
#[get("/analytics/jobs")]
async fn job_figures(app: &House, user: Recruiter) -> Result<Ready> {
    jobs(app, &user.0).await
}

/// Sessions of mentors and mentees. For admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = MentoringFigures)))]
#[get("/analytics/mentoring")]
async fn mentoring_figures(app: &House, _admin: Admin) -> Result<Ready> {
    service::figures(app, Kept::Mentoring).await
}

/// Who came, who was active and who stayed, by calendar month. For admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = Growth)))]
#[get("/analytics/growth")]
async fn growth_figures(app: &House, _admin: Admin) -> Result<Ready> {
    service::figures(app, Kept::Growth).await
}

async fn report(app: &House, filter: ReportFilter) -> Result<Ready> {
    let Some(user) = filter.user else { return service::figures(app, Kept::Report).await };
    match person(app, user).await {
        Ok(figures) => Ready::of(&figures),
        Err(Error::NotFound(_)) => Err(Error::field("user", format!("There is no account with the id {user}."))),
        Err(error) => Err(error),
    }
}

/// The figures of the house, or of one person.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the answer; each form is made where it is counted")]
enum ReportAnswer {
    /// Without `user`.
    House(Box<Report>),
    /// With it.
    Person(PersonFigures),
}

/// Everything together, or what is counted of one person. For admins.
#[utoipa::path(tag = "Figures", params(ReportFilter), responses((status = 200, body = ReportAnswer)))]
#[get("/analytics/engagement")]
async fn engagement_report(app: &House, _admin: Admin, query: Query<ReportFilter>) -> Result<Ready> {
    report(app, query.0).await
}

/// The group figures of each day. For admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = Page<Snapshot>)))]
#[get("/analytics/snapshots")]
async fn list_snapshots(app: &App, _admin: Admin, listing: Listing<NoFilter>) -> Result<Json<Page<Snapshot>>> {
    app.db.read(move |conn| snapshots::store::page(conn, &listing)).await.map(Json)
}

/// The group figures of one day. For admins.
#[utoipa::path(tag = "Figures", responses((status = 200, body = Snapshot)))]
#[get("/analytics/snapshots/<date>", rank = 2)]
async fn show_snapshot(app: &App, _admin: Admin, date: &str) -> Result<Json<Snapshot>> {
    // What is no date has no snapshot either.
    let date: NaiveDate = date.parse().map_err(|_| Error::NotFound("snapshot"))?;
    app.db.read(move |conn| snapshots::store::get(conn, date)).await.map(Json)
}

async fn usage(app: &App, filter: UsageFilter) -> Result<ApiUsage> {
    let now = app.clock.now();
    app.db.read(move |conn| api_usage::api_usage(conn, filter, now)).await
}

/// How each route of the API is used. For admins.
#[utoipa::path(tag = "Figures", params(UsageFilter), responses((status = 200, body = ApiUsage)))]
#[get("/analytics/api-usage")]
async fn show_api_usage(app: &App, _admin: Admin, query: Query<UsageFilter>) -> Result<Json<ApiUsage>> {
    usage(app, query.0).await.map(Json)
}

/// Figures as a file, for whoever may see them: `me`, `skills`, `platform`, `heatmap`, `courses`, `jobs`, `mentoring`, `growth`,
/// `engagement`, `snapshots` or `api-usage`.
///
/// Of snapshots and routes there is a row each; of all others a row per figure, with the way to it.
#[utoipa::path(
    tag = "Figures",
    params(ExportAs, HeatmapFilter, ReportFilter, UsageFilter),
    responses((status = 200, body = String, content_type = "text/csv"))
)]
#[get("/analytics/<name>/export")]
async fn export_figures(app: &House, user: CurrentUser, name: &str, query: Query<ExportFilter>) -> Result<Attachment> {
    let name = Figures::read(name).map_err(|_| Error::NotFound("figure"))?;
    may_see(&user, name)?;
    let ExportFilter { form, heatmap, report: about, usage: hours } = query.0;
    let figures = match name {
        Figures::Me => Ready::of(&person(app, user.id).await?)?,
        Figures::Skills => service::figures(app, Kept::Skills).await?,
        Figures::Platform => service::figures(app, Kept::Platform).await?,
        Figures::Heatmap => service::figures(app, Kept::Heatmap(heatmap)).await?,
        Figures::Courses => courses(app, &user).await?,
        Figures::Jobs => jobs(app, &user).await?,
        Figures::Mentoring => service::figures(app, Kept::Mentoring).await?,
        Figures::Growth => service::figures(app, Kept::Growth).await?,
        Figures::Engagement => report(app, about).await?,
        Figures::Snapshots => {
            let all = app.db.read(snapshots::store::all).await?;
            return form.file(name.as_str(), Table::of(snapshots::COLUMNS, all)?);
        }
        Figures::ApiUsage => {
            let usage = usage(app, hours).await?;
            return form.file(name.as_str(), Table::of(api_usage::COLUMNS, usage.routes)?);
        }
    };
    let figures: serde_json::Value = serde_json::from_slice(figures.json())?;
    form.file(name.as_str(), Table::of_figures(&figures)?)
}

/// Whether the caller may see these figures: by the same rule as the guards of their own addresses.
fn may_see(user: &CurrentUser, name: Figures) -> Result<()> {
    let roles = &user.caller.roles;
    match name {
        _ if roles.admin => Ok(()),
        Figures::Me | Figures::Skills => Ok(()),
        Figures::Courses if roles.instructor => Ok(()),
        Figures::Jobs if roles.recruiter => Ok(()),
        Figures::Courses => Err(Error::Forbidden("Only instructors do this.")),
        Figures::Jobs => Err(Error::Forbidden("Only recruiters do this.")),
        _ => Err(Error::Forbidden("Only admins do this.")),
    }
}
