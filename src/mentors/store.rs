//! The rows of mentors.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::model::{Mentor, MentorDraft, MentorFilter, MentorRef, MentorStatus};
use crate::{
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, NoFilter, Order, Page, Select, Slice},
        rows,
    },
    skills::{Skill, SkillRef},
    users::{User, UserRef},
};

/// The mean of all reviews of all mentors; 4 until there are 20.
pub const MEAN: &str = "(SELECT iif(reviews_count >= 20, CAST(rating_sum AS REAL) / reviews_count, 4.0)
    FROM mentor_review_totals WHERE one = 1)";

/// The columns of a mentor, of a table that goes by the name `m`.
const MENTOR: &str =
    "m.id, m.bio, m.hourly_rate, m.years_of_experience, m.availability_hours_per_week, m.reviews_count,
    m.total_mentees, m.sessions, m.status, m.verified, m.created_at, m.updated_at";

/// Who is shown to everybody, of tables that go by the names `m` and `u`: those who left are there for nobody.
pub const SHOWN: &str = "m.status = 'approved' AND u.is_active = 1";

const FROM: &str = "mentors m JOIN users u ON u.id = m.user_id";

/// The rating, of a table that goes by the name `m`; null without reviews. The mean moves with every review of anybody, so
/// what is stored is what it follows from, and it is true for everybody at every moment.
fn rating() -> String {
    format!("iif(m.reviews_count = 0, NULL, (5 * {MEAN} + m.rating_sum) / (5 + m.reviews_count))")
}

fn mentor(row: &Row<'_>) -> rusqlite::Result<Mentor> {
    Ok(Mentor {
        id: row.get("id")?,
        user: UserRef::read(row)?,
        specializations: vec![],
        bio: row.get("bio")?,
        hourly_rate: row.get("hourly_rate")?,
        years_of_experience: row.get("years_of_experience")?,
        availability_hours_per_week: row.get("availability_hours_per_week")?,
        rating: row.get::<_, Option<f64>>("rating")?.map(|it| (it * 100.0).round() / 100.0),
        reviews_count: row.get("reviews_count")?,
        total_mentees: row.get("total_mentees")?,
        sessions: row.get("sessions")?,
        status: row.get("status")?,
        verified: row.get("verified")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The mentors with these ids, in this order, let in or not. Two queries, however many there are.
///
/// # Errors
/// Those of the database.
pub fn get_all(conn: &Connection, ids: &[Id<Mentor>]) -> Result<Vec<Mentor>> {
    let list = serde_json::to_string(ids)?;
    let sql = format!(
        "SELECT {MENTOR}, {} AS rating, {} FROM json_each(?1) l JOIN mentors m ON m.id = l.value
         JOIN users u ON u.id = m.user_id ORDER BY l.key",
        rating(),
        UserRef::COLUMNS
    );
    let mut mentors: Vec<_> = rows::all(conn, &sql, [&list], mentor)?;
    let mut skills = skills(conn, &list)?;
    for mentor in &mut mentors {
        mentor.specializations = skills.remove(&mentor.id).unwrap_or_default();
    }
    Ok(mentors)
}

fn skills(conn: &Connection, list: &str) -> Result<HashMap<Id<Mentor>, Vec<SkillRef>>> {
    let sql = format!(
        "SELECT a.mentor_id, {} FROM mentor_skills a JOIN skills s ON s.id = a.skill_id
         WHERE a.mentor_id IN (SELECT value FROM json_each(?1)) ORDER BY a.mentor_id, a.position",
        SkillRef::COLUMNS
    );
    rows::grouped(conn, &sql, [list], |row| Ok((row.get("mentor_id")?, SkillRef::read(row)?)))
}

/// The mentor with this id, let in or not.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<Mentor>) -> Result<Mentor> {
    get_all(conn, &[id])?.pop().ok_or(Error::NotFound("mentor"))
}

/// The mentor profile of this person, let in or not.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, user: Id<User>) -> Result<Option<Mentor>> {
    let id: Option<Id<Mentor>> = conn
        .prepare_cached("SELECT id FROM mentors WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))
        .optional()?;
    id.map(|id| get(conn, id)).transpose()
}

/// Whether somebody is shown among the mentors.
///
/// # Errors
/// Those of the database.
pub fn is_shown(conn: &Connection, id: Id<Mentor>) -> Result<bool> {
    Ok(conn.prepare_cached(&format!("SELECT 1 FROM {FROM} WHERE m.id = ?1 AND {SHOWN}"))?.exists([id])?)
}

/// These people as mentors, whether they are that still or not: one query.
///
/// # Errors
/// Those of the database.
pub fn refs(conn: &Connection, users: &[Id<User>]) -> Result<HashMap<Id<User>, MentorRef>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT m.id AS mentor_id, {} FROM users u LEFT JOIN mentors m ON m.user_id = u.id
         WHERE u.id IN (SELECT value FROM json_each(?1))",
        UserRef::COLUMNS
    ))?;
    let refs = statement.query_map([serde_json::to_string(users)?], |row| {
        Ok(MentorRef { id: row.get("mentor_id")?, user: UserRef::read(row)? })
    })?;
    refs.map(|it| it.map(|it| (it.user.id, it)).map_err(Into::into)).collect()
}

/// A part of the mentors that everybody sees; `skill` is the filter's, looked up.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, listing: &Listing<MentorFilter>, skill: Option<Id<Skill>>) -> Result<Page<Id<Mentor>>> {
    let Listing { filter, slice } = listing;
    let orders = &[
        Order::by("rating", "rating"),
        Order::by("hourly_rate", "m.hourly_rate"),
        Order::by("years_of_experience", "m.years_of_experience"),
        Order::by("sessions", "m.sessions"),
    ];
    select(filter, slice, skill)?.order(slice, orders, "-rating")?.page(conn, slice, |row| row.get(0))
}

/// The approved mentors whom these filters leave, before they are ordered; `skill` is the filter's, looked up.
///
/// # Errors
/// None in practice: the filters have an SQL form.
pub fn select(filter: &MentorFilter, slice: &Slice, skill: Option<Id<Skill>>) -> Result<Select> {
    let rating = rating();
    Select::new(&format!("m.id, {rating} AS rating"), FROM, "m.id")
        .and(SHOWN, &[])?
        .and_some("m.hourly_rate >= ?", filter.hourly_rate_min)?
        .and_some("m.hourly_rate <= ?", filter.hourly_rate_max)?
        .and_some(&format!("{rating} >= ?"), filter.rating_min)?
        .and_some("m.years_of_experience >= ?", filter.years_min)?
        .and_some("m.id IN (SELECT mentor_id FROM mentor_skills WHERE skill_id = ?)", skill)?
        .and_some("m.verified = ?", filter.verified)?
        .dated("m.created_at", slice)?
        .search_index("mentor_fts", slice)
}

/// A part of all mentors, those who wait to be let in first.
///
/// # Errors
/// As [`Select::page`].
pub fn page_of_all(conn: &Connection, listing: &Listing<NoFilter>) -> Result<Page<Id<Mentor>>> {
    let slice = &listing.slice;
    let orders = &[Order::by("waiting", "m.status = 'pending'"), Order::by("created_at", "m.created_at")];
    Select::new("m.id", FROM, "m.id")
        .dated("m.created_at", slice)?
        .search_index("mentor_fts", slice)?
        .order(slice, orders, "-waiting,created_at")?
        .page(conn, slice, |row| row.get(0))
}

/// Adds a mentor, with all that was held and said before if this person was one already.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, user: Id<User>, it: &MentorDraft, status: MentorStatus) -> Result<Id<Mentor>> {
    let id = tx
        .prepare_cached(
            "INSERT INTO mentors (user_id, bio, hourly_rate, years_of_experience, availability_hours_per_week, status,
                 created_at, updated_at)
             VALUES (:user, :bio, :hourly_rate, :years, :hours, :status, :now, :now) RETURNING id",
        )?
        .query_row(
            named_params! {
                ":user": user, ":bio": it.bio, ":hourly_rate": it.hourly_rate, ":years": it.years_of_experience,
                ":hours": it.availability_hours_per_week, ":status": status, ":now": tx.now(),
            },
            |row| row.get(0),
        )?;
    set_skills(tx, id, it)?;
    count_anew(tx, "user_id = ?1", user.raw())?;
    Ok(id)
}

/// Writes what a mentor writes.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Mentor>, it: &MentorDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE mentors SET bio = :bio, hourly_rate = :hourly_rate, years_of_experience = :years,
             availability_hours_per_week = :hours, updated_at = :now WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id, ":bio": it.bio, ":hourly_rate": it.hourly_rate, ":years": it.years_of_experience,
        ":hours": it.availability_hours_per_week, ":now": tx.now(),
    })?;
    set_skills(tx, id, it)
}

fn set_skills(tx: &Tx<'_>, id: Id<Mentor>, it: &MentorDraft) -> Result<()> {
    tx.prepare_cached("DELETE FROM mentor_skills WHERE mentor_id = ?1")?.execute([id])?;
    let mut insert =
        tx.prepare_cached("INSERT INTO mentor_skills (mentor_id, skill_id, position) VALUES (?1, ?2, ?3)")?;
    for (position, skill) in (0_i64..).zip(&it.specializations) {
        insert.execute((id, skill.id, position))?;
    }
    Ok(())
}

/// Writes whether a mentor was let in.
///
/// # Errors
/// Those of the database.
pub fn update_status(tx: &Tx<'_>, id: Id<Mentor>, status: MentorStatus) -> Result<()> {
    tx.set("mentors", id, "status", status)
}

/// Writes that an admin checked who a mentor is.
///
/// # Errors
/// Those of the database.
pub fn update_verified(tx: &Tx<'_>, id: Id<Mentor>) -> Result<()> {
    tx.prepare_cached("UPDATE mentors SET verified = 1, updated_at = ?2 WHERE id = ?1")?.execute((id, tx.now()))?;
    Ok(())
}

/// Removes a mentor profile; what was held stays.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<Mentor>) -> Result<()> {
    tx.prepare_cached("DELETE FROM mentors WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Rebuilds what is counted of each mentor, and of the reviews of all; how many were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    let totals = tx.execute(
        "UPDATE mentor_review_totals SET (rating_sum, reviews_count) =
             (SELECT coalesce(sum(rating), 0), count(rating) FROM mentor_sessions)
         WHERE (rating_sum, reviews_count) IS NOT
             (SELECT coalesce(sum(rating), 0), count(rating) FROM mentor_sessions)",
        [],
    )?;
    Ok(totals + count_anew(tx, "?1", 1)?)
}

fn count_anew(tx: &Tx<'_>, which: &str, value: i64) -> Result<usize> {
    const COUNTED: &str = "(rating_sum, reviews_count, sessions, total_mentees)";
    const COUNT: &str = "(SELECT coalesce(sum(s.rating), 0), count(s.rating), count(*), count(DISTINCT s.mentee_id)
        FROM mentor_sessions s WHERE s.mentor_user_id = mentors.user_id AND s.status = 'completed')";
    let sql = format!("UPDATE mentors SET {COUNTED} = {COUNT} WHERE ({which}) AND {COUNTED} IS NOT {COUNT}");
    Ok(tx.execute(&sql, [value])?)
}
