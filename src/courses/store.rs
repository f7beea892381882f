//! The rows of courses.

use std::collections::HashMap;

use rusqlite::{Connection, Row, named_params};

use super::{
    model::{Course, CourseDraft, CourseFilter, CourseRef},
    modules::{self, ModuleOutline},
};
use crate::{
    offers,
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select, Slice},
        rows,
    },
    skills::{Skill, SkillRef},
    users::{SoftDelete as _, User, UserRef},
};

/// The columns of a course, of a table that goes by the name `c`, without those of its instructor.
const COURSE: &str = "c.id, c.title, c.description, c.difficulty, c.category, c.duration_hours, c.thumbnail,
    c.color_gradient, c.status, c.rating_sum, c.total_ratings, c.total_students, c.views_count, c.deleted_at, c.created_at,
    c.updated_at";

/// The mean rating; null without any.
const RATING: &str = "(CAST(rating_sum AS REAL) / nullif(total_ratings, 0))";

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
        instructor_name: instructor.as_ref().map(UserRef::shown_name).unwrap_or_default(),
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

/// The courses with these ids, in this order, deleted ones included. Four queries, however many there are.
///
/// # Errors
/// Those of the database.
pub fn get_all(conn: &Connection, ids: &[Id<Course>]) -> Result<Vec<Course>> {
    let list = serde_json::to_string(ids)?;
    let sql = format!(
        "SELECT {COURSE}, {} FROM json_each(?1) l JOIN courses c ON c.id = l.value
         LEFT JOIN users u ON u.id = c.instructor_id ORDER BY l.key",
        UserRef::COLUMNS
    );
    let mut courses: Vec<_> = rows::all(conn, &sql, [&list], course)?;
    let mut skills = skills(conn, &list)?;
    let mut before = offers::store::prerequisites(conn, ids, CourseRef::COLUMNS, CourseRef::read)?;
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
    let sql = format!(
        "SELECT a.course_id, a.taught, {} FROM course_skills a JOIN skills s ON s.id = a.skill_id
         WHERE a.course_id IN (SELECT value FROM json_each(?1)) ORDER BY a.course_id, a.position",
        SkillRef::COLUMNS
    );
    rows::grouped(conn, &sql, [list], |row| Ok((row.get("course_id")?, (SkillRef::read(row)?, row.get("taught")?))))
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
    get_any(conn, id)?.undeleted()
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
        Order::by("created_at", "created_at"),
        Order::by("rating", RATING),
        Order::by("duration_hours", "duration_hours"),
        Order::by("total_students", "total_students"),
        Order::by("title", "title COLLATE NOCASE"),
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
    offers::store::listed::<Course>(&filter.status, slice, caller, is_admin)?
        .and_any("difficulty", &filter.difficulty)?
        .and_some("instr(fold(category), fold(?)) > 0", filter.category.as_deref())?
        .and_some("duration_hours >= ?", filter.duration_min)?
        .and_some("duration_hours <= ?", filter.duration_max)?
        .and_some("id IN (SELECT course_id FROM course_teaches WHERE skill_id = ?)", skill)?
        .and_some("instructor_id = ?", filter.instructor)?
        .and_some(&format!("{RATING} >= ?"), filter.rating_min)?
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
    offers::store::set_prerequisites(tx, id, &it.prerequisite_ids)?;
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

/// The outline of one course.
///
/// # Errors
/// Those of the database.
pub fn outline(conn: &Connection, course: Id<Course>) -> Result<Vec<ModuleOutline>> {
    Ok(modules::store::outlines(conn, &serde_json::to_string(&[course])?)?.remove(&course).unwrap_or_default())
}
