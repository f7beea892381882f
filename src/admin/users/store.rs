//! Reads accounts with what belongs to them. They have no tables of their own here.

use rusqlite::{Connection, Row};

use super::{Account, AccountFilter, Counts};
use crate::{
    platform::{
        clock::Timestamp,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select},
    },
    users::{User, store},
};

/// What belongs to an account, each by an index.
fn columns(now: Timestamp) -> String {
    let of = |name: &str, table: &str, which: &str| format!("(SELECT count(*) FROM {table} WHERE {which}) AS {name}");
    let live = format!("user_id = u.id AND revoked_at IS NULL AND expires_at > {}", now.micros());
    [
        store::USER.to_owned(),
        of("n_skills", "user_skills", "user_id = u.id"),
        of("n_achievements", "user_achievements", "user_id = u.id AND revoked_at IS NULL"),
        of("n_resumes", "resumes", "user_id = u.id"),
        of("n_applications", "job_applications", "user_id = u.id"),
        of("n_enrolments", "user_course_progress", "user_id = u.id"),
        of("n_projects", "user_project_progress", "user_id = u.id"),
        of("n_jobs", "job_opportunities", "posted_by = u.id AND deleted_at IS NULL"),
        of("n_courses", "courses", "instructor_id = u.id AND deleted_at IS NULL"),
        of("n_posts", "community_posts", "author_id = u.id AND deleted_at IS NULL"),
        of("n_comments", "comments", "author_id = u.id AND deleted_at IS NULL"),
        of("n_sign_ins", "sign_ins", &live),
    ]
    .join(", ")
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        user: store::user(row)?,
        counts: Counts {
            skills: row.get("n_skills")?,
            achievements: row.get("n_achievements")?,
            resumes: row.get("n_resumes")?,
            applications: row.get("n_applications")?,
            enrolments: row.get("n_enrolments")?,
            projects: row.get("n_projects")?,
            jobs: row.get("n_jobs")?,
            courses: row.get("n_courses")?,
            posts: row.get("n_posts")?,
            comments: row.get("n_comments")?,
            sign_ins: row.get("n_sign_ins")?,
        },
    })
}

/// A part of all accounts, in use or not.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, listing: &Listing<AccountFilter>, now: Timestamp) -> Result<Page<Account>> {
    let Listing { filter, slice } = listing;
    let orders = [
        Order::by("created_at", "u.created_at"),
        Order::by("last_login", "u.last_login"),
        Order::by("points", "u.points"),
        Order::by("username", "u.username"),
    ];
    Select::new(&columns(now), "users u", "u.id")
        .and_some("u.is_active = ?", filter.is_active)?
        .and_some("u.is_staff = ?", filter.is_staff)?
        .and_some("u.is_instructor = ?", filter.is_instructor)?
        .and_some("u.is_recruiter = ?", filter.is_recruiter)?
        .and_some("u.is_moderator = ?", filter.is_moderator)?
        .and_some("u.is_mentor = ?", filter.is_mentor)?
        .and_some("u.is_premium = ?", filter.is_premium)?
        .and_some("u.email_verified = ?", filter.verified)?
        .and_some("u.created_at >= ?", filter.joined_after)?
        .and_some("u.created_at <= ?", filter.joined_before)?
        .and_some("u.last_login >= ?", filter.last_login_after)?
        .and_some("u.last_login <= ?", filter.last_login_before)?
        .dated("u.created_at", slice)?
        .search(&["u.username", "u.email", "u.first_name", "u.last_name", "u.title"], slice)?
        .order(slice, &orders, "-created_at")?
        .page(conn, slice, account)
}

/// The account with this id.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<User>, now: Timestamp) -> Result<Account> {
    let found = Select::new(&columns(now), "users u", "u.id").and("u.id = ?", &[&id])?.rows(conn, 1, account)?.pop();
    found.ok_or(Error::NotFound("user"))
}
