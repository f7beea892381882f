//! The rows of courses.

use std::collections::HashMap;

use rusqlite::{Connection, Row, named_params};

use super::{
    model::{Course, CourseDraft, CourseFilter, CourseRef},
    modules::{self, ModuleOutline},
};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select, Slice},
    },
    skills::{OfferStatus, Skill, SkillRef},
    users::{User, UserRef},
};

/// The columns of a course, of a table that goes by the name `c`, without those of its instructor.
const COURSE: &str = "c.id, c.title, c.description, c.difficulty, c.category, c.duration_hours, c.thumbnail,
    c.color_gradient, c.status, c.rating_sum, c.total_ratings, c.total_students, c.views_count, c.deleted_at, c.created_at,
    c.updated_at";

/// The mean rating, of a table that goes by the name `c`; null without any.
const RATING: &str = "(CAST(c.rating_sum AS REAL) / nullif(c.total_ratings, 0))";

/// Who sees a course that is there: everybody, but of a draft only its instructor, who is the one `?`, and its learners.
pub const SEEN: &str = "c.deleted_at IS NULL AND (c.status <> 'inactive' OR c.instructor_id = ?
    OR c.id IN (SELECT course_id FROM user_course_progress WHERE user_id = ?))";

fn course(row: &Row<'_>) -> rusqlite::Result<Course> {
    let deleted_at: Option<Timestamp> = row.get("deleted_at")?;
    let (sum, count): (f64, i64) = (row.get::<_, i64>("rating_sum")? as f64, row.get("total_ratings")?);
    let instructor = row.get::<_, Option<Id<User>>>("u_id")?.map(|_| UserRef::read(row)).transpose()?;
    Ok(Course {
        id: row.get("id")?,
        title: row.get("title")?,
        description: row.get("description")?,
        difficulty: row.get("difficulty")?,
        category: row.get("category")?,
        duration_hours: row.get("duration_hours")?,
        instructor_name: instructor.as_ref().map(shown_name).unwrap_or_default(),
        instructor,
        required_skills: vec![],
        taught_skills: vec![],
        prerequisites: vec![],
        thumbnail: row.get("thumbnail")?,
        color_gradient: row.get("color_gradient")?,
        rating: (count > 0).then(|| (sum / count as f64 * 100.0).round() / 100.0),
        total_ratings: count,
        total_students: row.get("total_students")?,
        views_count: row.get("views_count")?,
        modules: vec![],
        status: row.get("status")?,
        is_deleted: deleted_at.is_some(),
        deleted_at,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        my_progress: None,
    })
}

fn shown_name(user: &UserRef) -> String {
    let name = format!("{} {}", user.first_name, user.last_name);
    if name.trim().is_empty() { user.username.clone() } else { name.trim().to_owned() }
}

/// The courses with these ids, in this order, deleted ones included. Four queries, however many there are.
///
/// # Errors
/// Those of the database.
pub fn get_all(conn: &Connection, ids: &[Id<Course>]) -> Result<Vec<Course>> {
    let list = serde_json::to_string(ids)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COURSE}, {} FROM json_each(?1) l JOIN courses c ON c.id = l.value
         LEFT JOIN users u ON u.id = c.instructor_id ORDER BY l.key",
        UserRef::COLUMNS
    ))?;
    let mut courses = statement.query_map([&list], course)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let (mut skills, mut before) = (skills(conn, &list)?, prerequisites(conn, &list)?);
    let mut outlines = modules::store::outlines(conn, &list)?;
    for course in &mut courses {
        let (taught, required): (Vec<_>, Vec<_>) =
            skills.remove(&course.id).unwrap_or_default().into_iter().partition(|(_, taught)| *taught);
        course.taught_skills = taught.into_iter().map(|(skill, _)| skill).collect();
        course.required_skills = required.into_iter().map(|(skill, _)| skill).collect();
        course.prerequisites = before.remove(&course.id).unwrap_or_default();
        course.modules = outlines.remove(&course.id).unwrap_or_default();
    }
    Ok(courses)
}

/// A skill, and whether it is taught.
type Taught = (SkillRef, bool);

/// The skills of these courses, each with whether it is taught there.
fn skills(conn: &Connection, list: &str) -> Result<HashMap<Id<Course>, Vec<Taught>>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT a.course_id, a.taught, {} FROM course_skills a JOIN skills s ON s.id = a.skill_id
         WHERE a.course_id IN (SELECT value FROM json_each(?1)) ORDER BY a.course_id, a.position",
        SkillRef::COLUMNS
    ))?;
    let mut rows = statement.query([list])?;
    let mut skills: HashMap<_, Vec<_>> = HashMap::new();
    while let Some(row) = rows.next()? {
        skills.entry(row.get("course_id")?).or_default().push((SkillRef::read(row)?, row.get("taught")?));
    }
    Ok(skills)
}

/// What these courses build upon; a deleted course is none of it.
fn prerequisites(conn: &Connection, list: &str) -> Result<HashMap<Id<Course>, Vec<CourseRef>>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT p.course_id, {} FROM course_prerequisites p JOIN courses c ON c.id = p.prerequisite_id
         WHERE p.course_id IN (SELECT value FROM json_each(?1)) AND c.deleted_at IS NULL ORDER BY p.course_id, p.position",
        CourseRef::COLUMNS
    ))?;
    let mut rows = statement.query([list])?;
    let mut before: HashMap<_, Vec<_>> = HashMap::new();
    while let Some(row) = rows.next()? {
        before.entry(row.get("course_id")?).or_default().push(CourseRef::read(row)?);
    }
    Ok(before)
}

/// The course with this id, deleted or not.
///
/// # Errors
/// 404.
pub fn get_any(conn: &Connection, id: Id<Course>) -> Result<Course> {
    get_all(conn, &[id])?.pop().ok_or(Error::NotFound("course"))
}

/// The course with this id unless it is deleted.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<Course>) -> Result<Course> {
    get_any(conn, id).and_then(|it| if it.is_deleted { Err(Error::NotFound("course")) } else { Ok(it) })
}

/// A part of the courses that the caller may see.
///
/// # Errors
/// As [`Select::page`].
pub fn page(
    conn: &Connection,
    listing: &Listing<CourseFilter>,
    skill: Option<Id<Skill>>,
    caller: Option<Id<User>>,
    is_admin: bool,
) -> Result<Page<Id<Course>>> {
    let Listing { filter, slice } = listing;
    let orders = &[
        Order::by("created_at", "c.created_at"),
        Order::by("rating", RATING),
        Order::by("duration_hours", "c.duration_hours"),
        Order::by("total_students", "c.total_students"),
        Order::by("title", "c.title COLLATE NOCASE"),
    ];
    select(filter, slice, skill, caller, is_admin)?
        .order(slice, orders, "-created_at")?
        .page(conn, slice, |row| row.get(0))
}

/// The ids of courses that these filters leave of those that the caller may see, before they are ordered; `skill` is the
/// filter's, looked up. An admin sees every draft.
///
/// # Errors
/// None in practice: the filters have an SQL form.
pub fn select(
    filter: &CourseFilter,
    slice: &Slice,
    skill: Option<Id<Skill>>,
    caller: Option<Id<User>>,
    is_admin: bool,
) -> Result<Select> {
    let mut select = Select::new("c.id", "courses c", "c.id").and("c.deleted_at IS NULL", &[])?;
    if filter.status.is_empty() {
        select = match caller {
            None => select.and("c.status = 'active'", &[])?,
            caller => {
                select.and("c.status = 'active' OR (c.status = 'inactive' AND c.instructor_id = ?)", &[&caller])?
            }
        };
    } else {
        select = select.and_any("c.status", &filter.status)?;
        if filter.status.contains(&OfferStatus::Inactive) && !is_admin {
            select = select.and("c.status <> 'inactive' OR c.instructor_id = ?", &[&caller])?;
        }
    }
    select
        .and_any("c.difficulty", &filter.difficulty)?
        .and_some("instr(fold(c.category), fold(?)) > 0", filter.category.as_deref())?
        .and_some("c.duration_hours >= ?", filter.duration_min)?
        .and_some("c.duration_hours <= ?", filter.duration_max)?
        .and_some("c.id IN (SELECT course_id FROM course_teaches WHERE skill_id = ?)", skill)?
        .and_some("c.instructor_id = ?", filter.instructor)?
        .and_some(&format!("{RATING} >= ?"), filter.rating_min)?
        .dated("c.created_at", slice)?
        .search_index("course_fts", slice)
}

/// Adds a course with what it requires and teaches.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, instructor: Option<Id<User>>, it: &CourseDraft) -> Result<Id<Course>> {
    let id = tx
        .prepare_cached(
            "INSERT INTO courses (instructor_id, title, description, difficulty, category, duration_hours, color_gradient,
                 status, created_at, updated_at)
             VALUES (:instructor, :title, :description, :difficulty, :category, :duration_hours, :color_gradient, :status,
                 :now, :now)
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":instructor": instructor, ":title": it.title, ":description": it.description,
                ":difficulty": it.difficulty, ":category": it.category, ":duration_hours": it.duration_hours,
                ":color_gradient": it.color_gradient, ":status": it.status, ":now": tx.now(),
            },
            |row| row.get(0),
        )?;
    set_skills(tx, id, it)?;
    set_prerequisites(tx, id, &it.prerequisite_ids)?;
    Ok(id)
}

/// Writes a course with what it requires and teaches, and who teaches it.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Course>, instructor: Option<Id<User>>, it: &CourseDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE courses SET instructor_id = :instructor, title = :title, description = :description,
             difficulty = :difficulty, category = :category, duration_hours = :duration_hours,
             color_gradient = :color_gradient, status = :status, updated_at = :now
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id, ":instructor": instructor, ":title": it.title, ":description": it.description,
        ":difficulty": it.difficulty, ":category": it.category, ":duration_hours": it.duration_hours,
        ":color_gradient": it.color_gradient, ":status": it.status, ":now": tx.now(),
    })?;
    set_skills(tx, id, it)
}

fn set_skills(tx: &Tx<'_>, id: Id<Course>, it: &CourseDraft) -> Result<()> {
    tx.prepare_cached("DELETE FROM course_skills WHERE course_id = ?1")?.execute([id])?;
    let required = it.required_skill_ids.iter().map(|skill| (skill, false));
    let taught = it.taught_skill_ids.iter().map(|skill| (skill, true));
    let mut insert =
        tx.prepare_cached("INSERT INTO course_skills (course_id, skill_id, taught, position) VALUES (?1, ?2, ?3, ?4)")?;
    for (position, (skill, taught)) in (0_i64..).zip(required.chain(taught)) {
        insert.execute((id, skill.id, taught, position))?;
    }
    Ok(())
}

/// Writes what a course builds upon.
///
/// # Errors
/// Those of the database.
pub fn set_prerequisites(tx: &Tx<'_>, id: Id<Course>, before: &[Id<Course>]) -> Result<()> {
    tx.prepare_cached("DELETE FROM course_prerequisites WHERE course_id = ?1")?.execute([id])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO course_prerequisites (course_id, prerequisite_id, position) VALUES (?1, ?2, ?3)",
    )?;
    for (position, prerequisite) in (0_i64..).zip(before) {
        insert.execute((id, prerequisite, position))?;
    }
    Ok(())
}

/// Whether one of these courses builds upon this one, itself or by others: then it cannot build upon them.
///
/// # Errors
/// Those of the database.
pub fn leads_to(conn: &Connection, before: &[Id<Course>], course: Id<Course>) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "WITH RECURSIVE needed (id) AS (
                 SELECT value FROM json_each(?1)
                 UNION SELECT p.prerequisite_id FROM course_prerequisites p JOIN needed n ON p.course_id = n.id
             ) SELECT EXISTS (SELECT 1 FROM needed WHERE id = ?2)",
        )?
        .query_row((serde_json::to_string(before)?, course), |row| row.get(0))?)
}

/// Those of these courses that somebody sees.
///
/// # Errors
/// Those of the database.
pub fn seen_of(conn: &Connection, ids: &[Id<Course>], caller: Option<Id<User>>) -> Result<Vec<Id<Course>>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT c.id FROM courses c WHERE {SEEN} AND c.id IN (SELECT value FROM json_each(?))"
    ))?;
    let seen = statement.query_map((caller, caller, serde_json::to_string(ids)?), |row| row.get(0))?;
    Ok(seen.collect::<rusqlite::Result<_>>()?)
}

/// Writes the address of the picture.
///
/// # Errors
/// Those of the database.
pub fn update_picture(tx: &Tx<'_>, id: Id<Course>, address: Option<&str>) -> Result<()> {
    tx.prepare_cached("UPDATE courses SET thumbnail = ?2, updated_at = ?3 WHERE id = ?1")?.execute((
        id,
        address,
        tx.now(),
    ))?;
    Ok(())
}

/// Deletes a course softly, or takes it back.
///
/// # Errors
/// Those of the database.
pub fn update_deleted(tx: &Tx<'_>, id: Id<Course>, deleted_at: Option<Timestamp>) -> Result<()> {
    tx.prepare_cached("UPDATE courses SET deleted_at = ?2, updated_at = ?3 WHERE id = ?1")?.execute((
        id,
        deleted_at,
        tx.now(),
    ))?;
    Ok(())
}

/// Lets courses that require or teach `from` do so with `into`.
///
/// # Errors
/// Those of the database.
pub fn update_skill(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    tx.execute("UPDATE OR IGNORE course_skills SET skill_id = ?2 WHERE skill_id = ?1", (from, into))?;
    tx.execute("DELETE FROM course_skills WHERE skill_id = ?1", [from])?;
    Ok(())
}

/// Adds looks to courses.
///
/// # Errors
/// Those of the database.
pub fn add_views(tx: &Tx<'_>, views: &[(i64, i64)]) -> Result<()> {
    let mut update = tx.prepare_cached("UPDATE courses SET views_count = views_count + ?2 WHERE id = ?1")?;
    for row in views {
        update.execute(*row)?;
    }
    Ok(())
}

/// What was deleted before this moment, at most so many.
///
/// # Errors
/// Those of the database.
pub fn deleted_before(conn: &Connection, before: Timestamp, most: u32) -> Result<Vec<Id<Course>>> {
    let sql = "SELECT id FROM courses WHERE deleted_at < ?1 ORDER BY deleted_at LIMIT ?2";
    let ids =
        conn.prepare_cached(sql)?.query_map((before, most), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// Removes courses for good, with their modules and the progress of their learners.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, ids: &[Id<Course>]) -> Result<()> {
    tx.prepare_cached("DELETE FROM courses WHERE id IN (SELECT value FROM json_each(?1))")?
        .execute([serde_json::to_string(ids)?])?;
    Ok(())
}

/// Rebuilds what is counted of each course; how many were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    const STUDENTS: &str = "(SELECT count(*) FROM user_course_progress p WHERE p.course_id = courses.id)";
    const RATINGS: &str = "(SELECT count(*) FROM course_ratings r WHERE r.course_id = courses.id)";
    const SUM: &str = "(SELECT coalesce(sum(rating), 0) FROM course_ratings r WHERE r.course_id = courses.id)";
    let sql = format!(
        "UPDATE courses SET total_students = {STUDENTS}, total_ratings = {RATINGS}, rating_sum = {SUM}
         WHERE total_students <> {STUDENTS} OR total_ratings <> {RATINGS} OR rating_sum <> {SUM}"
    );
    Ok(tx.execute(&sql, [])?)
}

/// Takes the name off the courses of an account that goes.
///
/// # Errors
/// Those of the database.
pub fn update_instructor_gone(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("UPDATE courses SET instructor_id = NULL WHERE instructor_id = ?1", [user])?;
    Ok(())
}

/// Whether somebody may look at a draft, being its learner.
///
/// # Errors
/// Those of the database.
pub fn is_learner(conn: &Connection, course: Id<Course>, user: Id<User>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM user_course_progress WHERE course_id = ?1 AND user_id = ?2)")?
        .query_row((course, user), |row| row.get(0))?)
}

/// The outline of one course.
///
/// # Errors
/// Those of the database.
pub fn outline(conn: &Connection, course: Id<Course>) -> Result<Vec<ModuleOutline>> {
    Ok(modules::store::outlines(conn, &serde_json::to_string(&[course])?)?.remove(&course).unwrap_or_default())
}
