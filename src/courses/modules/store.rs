//! The rows of modules.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::model::{CourseModule, ModuleDraft, ModuleFilter, ModuleOutline};
use crate::{
    courses::{Course, CourseRef},
    offers,
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select},
        rows,
    },
    users::User,
};

/// The columns of a module, of a table that goes by the name `m`.
const MODULE: &str = "m.id, m.title, m.description, m.content_type, m.content, m.video_url, m.file, m.file_name,
    m.duration_minutes, m.position, m.created_at, m.updated_at, c.instructor_id";

const FROM: &str = "course_modules m JOIN courses c ON c.id = m.course_id";

fn columns() -> String {
    format!("{MODULE}, {}", CourseRef::COLUMNS)
}

fn module(row: &Row<'_>) -> rusqlite::Result<CourseModule> {
    let id: Id<CourseModule> = row.get("id")?;
    let stored = Option::zip(row.get::<_, Option<String>>("file")?, row.get::<_, Option<String>>("file_name")?);
    Ok(CourseModule {
        id,
        course: CourseRef::read(row)?,
        title: row.get("title")?,
        description: row.get("description")?,
        content_type: row.get("content_type")?,
        content: Some(row.get("content")?),
        video_url: row.get("video_url")?,
        file: stored.as_ref().map(|_| format!("/api/course-modules/{id}/file/")),
        duration_minutes: row.get("duration_minutes")?,
        order: row.get("position")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        instructor: row.get("instructor_id")?,
        stored,
    })
}

/// The module with this id, as its instructor sees it, of a course that this person sees; an admin sees every one.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<CourseModule>, caller: Option<Id<User>>, is_admin: bool) -> Result<CourseModule> {
    conn.prepare_cached(&format!(
        "SELECT {} FROM {FROM} WHERE ({} OR (? AND c.deleted_at IS NULL)) AND m.id = ?",
        columns(),
        offers::store::seen::<Course>()
    ))?
    .query_row((caller, caller, is_admin, id), module)
    .optional()?
    .ok_or(Error::NotFound("module"))
}

/// The course that a module is of; none when there is no such module.
///
/// # Errors
/// Those of the database.
pub fn course_of(conn: &Connection, id: Id<CourseModule>) -> Result<Option<Id<Course>>> {
    Ok(conn
        .prepare_cached("SELECT course_id FROM course_modules WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}

/// A part of the modules that somebody sees, as their instructors see them.
///
/// # Errors
/// As [`Select::page`].
pub fn page(
    conn: &Connection,
    listing: &Listing<ModuleFilter>,
    course: Option<Id<Course>>,
    caller: Option<Id<User>>,
    is_admin: bool,
) -> Result<Page<CourseModule>> {
    let Listing { filter, slice } = listing;
    let orders = &[Order::by("course", "m.course_id"), Order::by("order", "m.position")];
    let select = Select::new(&columns(), FROM, "m.id");
    let select = match is_admin {
        true => select.and("c.deleted_at IS NULL", &[])?,
        false => select.and(&offers::store::seen::<Course>(), &[&caller, &caller])?,
    };
    select
        .and_some("m.course_id = ?", course)?
        .and_some("m.course_id = ?", filter.course)?
        .and_any("m.content_type", &filter.content_type)?
        .dated("m.created_at", slice)?
        .search(&["m.title"], slice)?
        .order(slice, orders, "course,order")?
        .page(conn, slice, module)
}

/// Every module of a course in order, as its instructor sees them.
///
/// # Errors
/// Those of the database.
pub fn of_course(conn: &Connection, course: Id<Course>) -> Result<Vec<CourseModule>> {
    let sql = format!("SELECT {} FROM {FROM} WHERE m.course_id = ?1 ORDER BY m.position", columns());
    rows::all(conn, &sql, [course], module)
}

/// Those of these courses whose content is open to somebody: they learn or teach them.
///
/// # Errors
/// Those of the database.
pub fn open_to(conn: &Connection, courses: &[Id<Course>], caller: Id<User>) -> Result<HashSet<Id<Course>>> {
    let sql = "SELECT c.id FROM courses c WHERE c.id IN (SELECT value FROM json_each(?1)) AND (c.instructor_id = ?2 OR EXISTS (
             SELECT 1 FROM user_course_progress p
             WHERE p.course_id = c.id AND p.user_id = ?2 AND p.status <> 'dropped'))";
    rows::all(conn, sql, (serde_json::to_string(courses)?, caller), |row| row.get(0))
}

/// The outlines of the courses in this list of ids, as JSON.
///
/// # Errors
/// Those of the database.
pub fn outlines(conn: &Connection, list: &str) -> Result<HashMap<Id<Course>, Vec<ModuleOutline>>> {
    let sql = "SELECT m.course_id, m.id, m.title, m.content_type, m.duration_minutes, m.position FROM course_modules m
         WHERE m.course_id IN (SELECT value FROM json_each(?1)) ORDER BY m.course_id, m.position";
    rows::grouped(conn, sql, [list], |row| {
        let outline = ModuleOutline {
            id: row.get("id")?,
            title: row.get("title")?,
            content_type: row.get("content_type")?,
            duration_minutes: row.get("duration_minutes")?,
            order: row.get("position")?,
        };
        Ok((row.get("course_id")?, outline))
    })
}

/// How many modules a course has, and the last place that is taken.
///
/// # Errors
/// Those of the database.
pub fn extent(conn: &Connection, course: Id<Course>) -> Result<(u32, i64)> {
    Ok(conn
        .prepare_cached("SELECT count(*), coalesce(max(position), 0) FROM course_modules WHERE course_id = ?1")?
        .query_row([course], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// The module at this place of a course.
///
/// # Errors
/// Those of the database.
pub fn at(conn: &Connection, course: Id<Course>, order: i64) -> Result<Option<Id<CourseModule>>> {
    Ok(conn
        .prepare_cached("SELECT id FROM course_modules WHERE course_id = ?1 AND position = ?2")?
        .query_row((course, order), |row| row.get(0))
        .optional()?)
}

/// Adds a module at a free place.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, course: Id<Course>, order: i64, it: &ModuleDraft) -> Result<Id<CourseModule>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO course_modules (course_id, title, description, content_type, content, video_url,
                 duration_minutes, position, created_at, updated_at)
             VALUES (:course, :title, :description, :content_type, :content, :video_url, :duration, :position, :now, :now)
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":course": course, ":title": it.title, ":description": it.description,
                ":content_type": it.content_type, ":content": it.content, ":video_url": it.video_url,
                ":duration": it.duration_minutes, ":position": order, ":now": tx.now(),
            },
            |row| row.get(0),
        )?)
}

/// Writes a module; its place is free, or its own.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<CourseModule>, order: i64, it: &ModuleDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE course_modules SET title = :title, description = :description, content_type = :content_type,
             content = :content, video_url = :video_url, duration_minutes = :duration, position = :position,
             updated_at = :now
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id, ":title": it.title, ":description": it.description, ":content_type": it.content_type,
        ":content": it.content, ":video_url": it.video_url, ":duration": it.duration_minutes, ":position": order,
        ":now": tx.now(),
    })?;
    Ok(())
}

/// Writes which file a module has, and what its sender called it.
///
/// # Errors
/// Those of the database.
pub fn update_file(tx: &Tx<'_>, id: Id<CourseModule>, file: Option<(&str, &str)>) -> Result<()> {
    let (stored, name) = file.unzip();
    tx.prepare_cached("UPDATE course_modules SET file = ?2, file_name = ?3, updated_at = ?4 WHERE id = ?1")?
        .execute((id, stored, name, tx.now()))?;
    Ok(())
}

/// Puts the modules of a course in this order, from 1.
///
/// # Errors
/// Those of the database.
pub fn update_order(tx: &Tx<'_>, course: Id<Course>, ids: &[Id<CourseModule>]) -> Result<()> {
    // No two modules share a place at any moment, so all of them step aside first.
    tx.prepare_cached(
        "UPDATE course_modules SET position = position + 1 + (SELECT max(position) FROM course_modules WHERE course_id = ?1)
             + (SELECT count(*) FROM course_modules WHERE course_id = ?1)
         WHERE course_id = ?1",
    )?
    .execute([course])?;
    let mut update = tx.prepare_cached("UPDATE course_modules SET position = ?2, updated_at = ?3 WHERE id = ?1")?;
    for (position, id) in (1_i64..).zip(ids) {
        update.execute((id, position, tx.now()))?;
    }
    Ok(())
}

/// Removes a module, and that it was completed.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<CourseModule>) -> Result<()> {
    tx.prepare_cached("DELETE FROM course_modules WHERE id = ?1")?.execute([id])?;
    Ok(())
}
