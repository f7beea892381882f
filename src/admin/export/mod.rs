//! Lists as files: what an admin takes out of the house, over HTTP or at the command line.

mod routes;

use rusqlite::Connection;

use super::users::{self as accounts, AccountFilter};
use crate::{
    community::{
        self, PostFilter, Sight,
        comments::{self, CommentFilter},
        moderation::{self, CaseFilter},
    },
    courses::{self, CourseFilter},
    jobs::{
        self, JobFilter,
        applications::{self, ApplicationFilter},
    },
    mentors::sessions::{self, SessionFilter},
    offers::OfferStatus,
    platform::{
        clock::Timestamp,
        costly::Found,
        error::Result,
        export::Table,
        id::Id,
        list::{Filter, Listing},
    },
    projects::{self, ProjectFilter},
    skills, text_enum,
    users::{
        User,
        audit::{self, AuditFilter},
        points::{self, PointsFilter},
    },
};

pub use routes::addresses;

text_enum! {
    /// What can be taken out at the command line.
    pub enum Kind as "ExportKind" {
        Users = "users",
        Posts = "posts",
        Comments = "comments",
        Flags = "flags",
        Courses = "courses",
        Projects = "projects",
        Jobs = "jobs",
        Applications = "applications",
        Sessions = "sessions",
        Points = "points",
        Audit = "audit",
    }
}

/// All of one kind, whatever its state.
///
/// # Errors
/// Those of the database.
pub fn everything(conn: &Connection, kind: Kind, now: Timestamp) -> Result<Table> {
    fn all<F: Filter + Default>() -> Listing<F> {
        Listing::of_all()
    }
    match kind {
        Kind::Users => users(conn, &all(), now),
        Kind::Posts => posts(conn, &all(), Sight { caller: None, moderates: true }),
        Kind::Comments => said(conn, &all(), Sight { caller: None, moderates: true }),
        Kind::Flags => flags(conn, &all()),
        Kind::Courses => taught(conn, all(), None),
        Kind::Projects => practised(conn, all(), None),
        Kind::Jobs => posted(conn, all(), None, now),
        Kind::Applications => applied(conn, &all()),
        Kind::Sessions => held(conn, &all()),
        Kind::Points => ledger(conn, &all()),
        Kind::Audit => audited(conn, &all()),
    }
}

fn users(conn: &Connection, listing: &Listing<AccountFilter>, now: Timestamp) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "username",
        "email",
        "email_verified",
        "first_name",
        "last_name",
        "title",
        "location",
        "is_active",
        "is_staff",
        "is_instructor",
        "is_recruiter",
        "is_moderator",
        "is_mentor",
        "is_premium",
        "totp_enabled",
        "points",
        "counts.skills",
        "counts.achievements",
        "counts.resumes",
        "counts.applications",
        "counts.enrolments",
        "counts.projects",
        "counts.jobs",
        "counts.courses",
        "counts.posts",
        "counts.comments",
        "created_at",
        "last_login",
        "last_active",
        "deleted_at",
        "erase_at",
    ];
    Table::of(COLUMNS, accounts::store::page(conn, listing, now)?.results)
}

fn posts(conn: &Connection, listing: &Listing<PostFilter>, sight: Sight) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "author.id",
        "author.username",
        "title",
        "content",
        "tags",
        "likes_count",
        "comments_count",
        "views_count",
        "is_hidden",
        "edited_at",
        "created_at",
    ];
    Table::of(COLUMNS, community::service::list(conn, &Found::default(), listing, sight)?.results)
}

fn said(conn: &Connection, listing: &Listing<CommentFilter>, sight: Sight) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "post",
        "parent",
        "author.id",
        "author.username",
        "content",
        "likes_count",
        "replies_count",
        "is_hidden",
        "is_deleted",
        "edited_at",
        "created_at",
    ];
    Table::of(COLUMNS, comments::service::list(conn, listing, sight)?.results)
}

fn flags(conn: &Connection, listing: &Listing<CaseFilter>) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "target.type",
        "target.id",
        "target.post",
        "target.title",
        "target.author.username",
        "target.is_hidden",
        "target.is_deleted",
        "flags",
        "open_flags",
        "reasons",
        "status",
        "first_at",
        "updated_at",
    ];
    Table::of(COLUMNS, moderation::store::page(conn, listing)?.results)
}

fn taught(conn: &Connection, mut listing: Listing<CourseFilter>, caller: Option<Id<User>>) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "title",
        "description",
        "difficulty",
        "category",
        "duration_hours",
        "instructor.id",
        "instructor.username",
        "status",
        "rating",
        "total_ratings",
        "total_students",
        "views_count",
        "created_at",
        "updated_at",
    ];
    any_of(&mut listing.filter.status, OfferStatus::ALL);
    let skill = skills::store::resolve_filter(conn, listing.filter.skill.as_ref())?;
    let ids = courses::store::page(conn, &listing, skill, caller, true)?.results;
    Table::of(COLUMNS, courses::store::get_all(conn, &ids)?)
}

fn practised(conn: &Connection, mut listing: Listing<ProjectFilter>, caller: Option<Id<User>>) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "title",
        "description",
        "requirements",
        "difficulty",
        "category",
        "estimated_hours",
        "created_by.id",
        "created_by.username",
        "status",
        "average_rating",
        "total_submissions",
        "views_count",
        "created_at",
        "updated_at",
    ];
    any_of(&mut listing.filter.status, OfferStatus::ALL);
    let skill = skills::store::resolve_filter(conn, listing.filter.skill.as_ref())?;
    let ids = projects::store::page(conn, &listing, skill, caller, true)?.results;
    Table::of(COLUMNS, projects::store::get_all(conn, &ids, caller)?)
}

/// A file leaves nothing out that no filter names: without a status it has every one.
fn any_of<T: Clone>(asked: &mut Vec<T>, all: &[T]) {
    if asked.is_empty() {
        asked.extend_from_slice(all);
    }
}

fn posted(
    conn: &Connection,
    mut listing: Listing<JobFilter>,
    caller: Option<Id<User>>,
    now: Timestamp,
) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "title",
        "description",
        "company_name",
        "location",
        "is_remote",
        "job_type",
        "experience_level",
        "salary_min",
        "salary_max",
        "salary_currency",
        "application_url",
        "deadline",
        "status",
        "is_open",
        "posted_by.id",
        "posted_by.username",
        "posted_at",
        "total_applications",
        "views_count",
        "created_at",
        "updated_at",
    ];
    any_of(&mut listing.filter.status, jobs::JobStatus::ALL);
    let skill = skills::store::resolve_filter(conn, listing.filter.skill.as_ref())?;
    let ids = jobs::store::page(conn, &listing, skill, caller, None, now)?.results;
    Table::of(COLUMNS, jobs::service::shown(conn, &ids, None, now)?)
}

fn applied(conn: &Connection, listing: &Listing<ApplicationFilter>) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "user.id",
        "user.username",
        "job.id",
        "job_title",
        "company_name",
        "status",
        "match_percentage",
        "applied_at",
        "updated_at",
    ];
    Table::of(COLUMNS, applications::store::page_of_all(conn, listing)?.results)
}

fn held(conn: &Connection, listing: &Listing<SessionFilter>) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "mentor.id",
        "mentor.user.username",
        "mentee.id",
        "mentee.username",
        "title",
        "duration_minutes",
        "preferred_date",
        "scheduled_date",
        "status",
        "missing",
        "rating",
        "requested_at",
        "completed_at",
    ];
    let ids = sessions::store::page_of_all(conn, listing)?.results;
    Table::of(COLUMNS, sessions::store::get_all(conn, &ids)?)
}

fn ledger(conn: &Connection, listing: &Listing<PointsFilter>) -> Result<Table> {
    const COLUMNS: &[&str] = &["id", "user.id", "user.username", "amount", "reason", "reference", "note", "created_at"];
    Table::of(COLUMNS, points::whole(conn, listing)?.results)
}

fn audited(conn: &Connection, listing: &Listing<AuditFilter>) -> Result<Table> {
    const COLUMNS: &[&str] = &[
        "id",
        "at",
        "actor.id",
        "actor.username",
        "action",
        "target_type",
        "target_id",
        "changes",
        "note",
        "ip",
        "request_id",
    ];
    Table::of(COLUMNS, audit::store::page(conn, listing)?.results)
}
