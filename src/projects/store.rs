//! The rows of projects.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row, named_params};

use super::model::{Project, ProjectDraft, ProjectFilter, ProjectRef};
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

/// The columns of a project, of a table that goes by the name `p`, without those of its creator.
const PROJECT: &str = "p.id, p.title, p.description, p.requirements, p.difficulty, p.category, p.estimated_hours,
    p.icon_emoji, p.color_gradient, p.thumbnail, p.status, p.total_submissions, p.rating_sum, p.total_ratings,
    p.views_count, p.deleted_at, p.created_at, p.updated_at";

/// The mean rating, of a table that goes by the name `p`; null without any.
const RATING: &str = "(CAST(p.rating_sum AS REAL) / nullif(p.total_ratings, 0))";

fn project(row: &Row<'_>) -> rusqlite::Result<Project> {
    let deleted_at: Option<Timestamp> = row.get("deleted_at")?;
    let (sum, count) = (row.get::<_, i64>("rating_sum")? as f64, row.get::<_, i64>("total_ratings")? as f64);
    Ok(Project {
        id: row.get("id")?,
        title: row.get("title")?,
        description: row.get("description")?,
        requirements: row.get("requirements")?,
        difficulty: row.get("difficulty")?,
        category: row.get("category")?,
        estimated_hours: row.get("estimated_hours")?,
        required_skills: vec![],
        prerequisites: vec![],
        icon_emoji: row.get("icon_emoji")?,
        color_gradient: row.get("color_gradient")?,
        thumbnail: row.get("thumbnail")?,
        created_by: row.get::<_, Option<Id<User>>>("u_id")?.map(|_| UserRef::read(row)).transpose()?,
        total_submissions: row.get("total_submissions")?,
        average_rating: (count > 0.0).then(|| (sum / count * 100.0).round() / 100.0),
        is_locked: false,
        views_count: row.get("views_count")?,
        status: row.get("status")?,
        is_deleted: deleted_at.is_some(),
        deleted_at,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        my_progress: None,
    })
}

/// The projects with these ids, in this order, deleted ones included, as this caller sees them. Four queries, however many
/// there are.
///
/// # Errors
/// Those of the database.
pub fn get_all(conn: &Connection, ids: &[Id<Project>], caller: Option<Id<User>>) -> Result<Vec<Project>> {
    let list = serde_json::to_string(ids)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {PROJECT}, {} FROM json_each(?1) l JOIN projects p ON p.id = l.value
         LEFT JOIN users u ON u.id = p.created_by ORDER BY l.key",
        UserRef::COLUMNS
    ))?;
    let mut projects = statement.query_map([&list], project)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let (mut skills, mut before) = (skills(conn, &list)?, prerequisites(conn, &list)?);
    let done = completed(conn, caller, before.values().flatten().map(|it| it.id).collect())?;
    for project in &mut projects {
        project.required_skills = skills.remove(&project.id).unwrap_or_default();
        project.prerequisites = before.remove(&project.id).unwrap_or_default();
        project.is_locked = project.prerequisites.iter().any(|it| !done.contains(&it.id));
    }
    Ok(projects)
}

fn skills(conn: &Connection, list: &str) -> Result<HashMap<Id<Project>, Vec<SkillRef>>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT a.project_id, {} FROM project_skills a JOIN skills s ON s.id = a.skill_id
         WHERE a.project_id IN (SELECT value FROM json_each(?1)) ORDER BY a.project_id, a.position",
        SkillRef::COLUMNS
    ))?;
    let mut rows = statement.query([list])?;
    let mut skills: HashMap<_, Vec<_>> = HashMap::new();
    while let Some(row) = rows.next()? {
        skills.entry(row.get("project_id")?).or_default().push(SkillRef::read(row)?);
    }
    Ok(skills)
}

/// What these projects build upon; a deleted project is none of it.
fn prerequisites(conn: &Connection, list: &str) -> Result<HashMap<Id<Project>, Vec<ProjectRef>>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT r.project_id, {} FROM project_prerequisites r JOIN projects p ON p.id = r.prerequisite_id
         WHERE r.project_id IN (SELECT value FROM json_each(?1)) AND p.deleted_at IS NULL
         ORDER BY r.project_id, r.position",
        ProjectRef::COLUMNS
    ))?;
    let mut rows = statement.query([list])?;
    let mut before: HashMap<_, Vec<_>> = HashMap::new();
    while let Some(row) = rows.next()? {
        before.entry(row.get("project_id")?).or_default().push(ProjectRef::read(row)?);
    }
    Ok(before)
}

/// Those of these projects that the caller completed.
fn completed(conn: &Connection, caller: Option<Id<User>>, ids: Vec<Id<Project>>) -> Result<HashSet<Id<Project>>> {
    let mut statement = conn.prepare_cached(
        "SELECT project_id FROM user_project_progress
         WHERE user_id = ?1 AND status = 'completed' AND project_id IN (SELECT value FROM json_each(?2))",
    )?;
    let done = statement.query_map((caller, serde_json::to_string(&ids)?), |row| row.get(0))?;
    Ok(done.collect::<rusqlite::Result<_>>()?)
}

/// The project with this id, deleted or not, as this caller sees it.
///
/// # Errors
/// 404.
pub fn get_any(conn: &Connection, id: Id<Project>, caller: Option<Id<User>>) -> Result<Project> {
    get_all(conn, &[id], caller)?.pop().ok_or(Error::NotFound("project"))
}

/// The project with this id unless it is deleted, as this caller sees it.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<Project>, caller: Option<Id<User>>) -> Result<Project> {
    get_any(conn, id, caller).and_then(|it| if it.is_deleted { Err(Error::NotFound("project")) } else { Ok(it) })
}

/// A part of the projects that the caller may see.
///
/// # Errors
/// As [`Select::page`].
pub fn page(
    conn: &Connection,
    listing: &Listing<ProjectFilter>,
    skill: Option<Id<Skill>>,
    caller: Option<Id<User>>,
    is_admin: bool,
) -> Result<Page<Id<Project>>> {
    let Listing { filter, slice } = listing;
    let orders = &[
        Order::by("created_at", "p.created_at"),
        Order::by("average_rating", RATING),
        Order::by("estimated_hours", "p.estimated_hours"),
        Order::by("total_submissions", "p.total_submissions"),
    ];
    select(filter, slice, skill, caller, is_admin)?
        .order(slice, orders, "-created_at")?
        .page(conn, slice, |row| row.get(0))
}

/// The ids of projects that these filters leave of those that the caller may see, before they are ordered; `skill` is the
/// filter's, looked up. An admin sees every draft.
///
/// # Errors
/// None in practice: the filters have an SQL form.
pub fn select(
    filter: &ProjectFilter,
    slice: &Slice,
    skill: Option<Id<Skill>>,
    caller: Option<Id<User>>,
    is_admin: bool,
) -> Result<Select> {
    let mut select = Select::new("p.id", "projects p", "p.id").and("p.deleted_at IS NULL", &[])?;
    if filter.status.is_empty() {
        select = match caller {
            None => select.and("p.status = 'active'", &[])?,
            caller => select.and("p.status = 'active' OR (p.status = 'inactive' AND p.created_by = ?)", &[&caller])?,
        };
    } else {
        select = select.and_any("p.status", &filter.status)?;
        if filter.status.contains(&OfferStatus::Inactive) && !is_admin {
            select = select.and("p.status <> 'inactive' OR p.created_by = ?", &[&caller])?;
        }
    }
    select
        .and_any("p.difficulty", &filter.difficulty)?
        .and_some("instr(fold(p.category), fold(?)) > 0", filter.category.as_deref())?
        .and_some("p.id IN (SELECT project_id FROM project_skills WHERE skill_id = ?)", skill)?
        .dated("p.created_at", slice)?
        .search_index("project_fts", slice)
}

/// Adds a project with what it practises and builds upon.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, creator: Id<User>, it: &ProjectDraft) -> Result<Id<Project>> {
    let id = tx
        .prepare_cached(
            "INSERT INTO projects (created_by, title, description, requirements, difficulty, category, estimated_hours,
                 icon_emoji, color_gradient, status, created_at, updated_at)
             VALUES (:creator, :title, :description, :requirements, :difficulty, :category, :estimated_hours, :icon_emoji,
                 :color_gradient, :status, :now, :now)
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":creator": creator, ":title": it.title, ":description": it.description,
                ":requirements": it.requirements, ":difficulty": it.difficulty, ":category": it.category,
                ":estimated_hours": it.estimated_hours, ":icon_emoji": it.icon_emoji,
                ":color_gradient": it.color_gradient, ":status": it.status, ":now": tx.now(),
            },
            |row| row.get(0),
        )?;
    set_skills(tx, id, it)?;
    set_prerequisites(tx, id, &it.prerequisite_ids)?;
    Ok(id)
}

/// Writes a project with what it practises.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<Project>, it: &ProjectDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE projects SET title = :title, description = :description, requirements = :requirements,
             difficulty = :difficulty, category = :category, estimated_hours = :estimated_hours,
             icon_emoji = :icon_emoji, color_gradient = :color_gradient, status = :status, updated_at = :now
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id, ":title": it.title, ":description": it.description, ":requirements": it.requirements,
        ":difficulty": it.difficulty, ":category": it.category, ":estimated_hours": it.estimated_hours,
        ":icon_emoji": it.icon_emoji, ":color_gradient": it.color_gradient, ":status": it.status, ":now": tx.now(),
    })?;
    set_skills(tx, id, it)
}

fn set_skills(tx: &Tx<'_>, id: Id<Project>, it: &ProjectDraft) -> Result<()> {
    tx.prepare_cached("DELETE FROM project_skills WHERE project_id = ?1")?.execute([id])?;
    let mut insert =
        tx.prepare_cached("INSERT INTO project_skills (project_id, skill_id, position) VALUES (?1, ?2, ?3)")?;
    for (position, skill) in (0_i64..).zip(&it.required_skill_ids) {
        insert.execute((id, skill.id, position))?;
    }
    Ok(())
}

/// Writes what a project builds upon.
///
/// # Errors
/// Those of the database.
pub fn set_prerequisites(tx: &Tx<'_>, id: Id<Project>, before: &[Id<Project>]) -> Result<()> {
    tx.prepare_cached("DELETE FROM project_prerequisites WHERE project_id = ?1")?.execute([id])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO project_prerequisites (project_id, prerequisite_id, position) VALUES (?1, ?2, ?3)",
    )?;
    for (position, prerequisite) in (0_i64..).zip(before) {
        insert.execute((id, prerequisite, position))?;
    }
    Ok(())
}

/// Whether one of these projects builds upon this one, itself or by others: then it cannot build upon them.
///
/// # Errors
/// Those of the database.
pub fn leads_to(conn: &Connection, before: &[Id<Project>], project: Id<Project>) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "WITH RECURSIVE needed (id) AS (
                 SELECT value FROM json_each(?1)
                 UNION SELECT r.prerequisite_id FROM project_prerequisites r JOIN needed n ON r.project_id = n.id
             ) SELECT EXISTS (SELECT 1 FROM needed WHERE id = ?2)",
        )?
        .query_row((serde_json::to_string(before)?, project), |row| row.get(0))?)
}

/// Those of these projects that somebody sees: drafts only of their own, or where they work on them.
///
/// # Errors
/// Those of the database.
pub fn seen_of(conn: &Connection, ids: &[Id<Project>], caller: Id<User>) -> Result<Vec<Id<Project>>> {
    let mut statement = conn.prepare_cached(
        "SELECT p.id FROM projects p WHERE p.id IN (SELECT value FROM json_each(?1)) AND p.deleted_at IS NULL
             AND (p.status <> 'inactive' OR p.created_by = ?2
                 OR p.id IN (SELECT project_id FROM user_project_progress WHERE user_id = ?2))",
    )?;
    let seen = statement.query_map((serde_json::to_string(ids)?, caller), |row| row.get(0))?;
    Ok(seen.collect::<rusqlite::Result<_>>()?)
}

/// Writes the address of the picture.
///
/// # Errors
/// Those of the database.
pub fn update_picture(tx: &Tx<'_>, id: Id<Project>, address: Option<&str>) -> Result<()> {
    tx.prepare_cached("UPDATE projects SET thumbnail = ?2, updated_at = ?3 WHERE id = ?1")?.execute((
        id,
        address,
        tx.now(),
    ))?;
    Ok(())
}

/// Deletes a project softly, or takes it back.
///
/// # Errors
/// Those of the database.
pub fn update_deleted(tx: &Tx<'_>, id: Id<Project>, deleted_at: Option<Timestamp>) -> Result<()> {
    tx.prepare_cached("UPDATE projects SET deleted_at = ?2, updated_at = ?3 WHERE id = ?1")?.execute((
        id,
        deleted_at,
        tx.now(),
    ))?;
    Ok(())
}

/// Lets projects that practise `from` practise `into`.
///
/// # Errors
/// Those of the database.
pub fn update_skill(tx: &Tx<'_>, from: Id<Skill>, into: Id<Skill>) -> Result<()> {
    tx.execute("UPDATE OR IGNORE project_skills SET skill_id = ?2 WHERE skill_id = ?1", (from, into))?;
    tx.execute("DELETE FROM project_skills WHERE skill_id = ?1", [from])?;
    Ok(())
}

/// Takes the name off the projects of an account that goes.
///
/// # Errors
/// Those of the database.
pub fn update_creator_gone(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("UPDATE projects SET created_by = NULL WHERE created_by = ?1", [user])?;
    Ok(())
}

/// Adds looks to projects.
///
/// # Errors
/// Those of the database.
pub fn add_views(tx: &Tx<'_>, views: &[(i64, i64)]) -> Result<()> {
    let mut update = tx.prepare_cached("UPDATE projects SET views_count = views_count + ?2 WHERE id = ?1")?;
    for row in views {
        update.execute(*row)?;
    }
    Ok(())
}

/// What was deleted before this moment, at most so many.
///
/// # Errors
/// Those of the database.
pub fn deleted_before(conn: &Connection, before: Timestamp, most: u32) -> Result<Vec<Id<Project>>> {
    let sql = "SELECT id FROM projects WHERE deleted_at < ?1 ORDER BY deleted_at LIMIT ?2";
    let ids =
        conn.prepare_cached(sql)?.query_map((before, most), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// Removes projects for good, with the work on them.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, ids: &[Id<Project>]) -> Result<()> {
    tx.prepare_cached("DELETE FROM projects WHERE id IN (SELECT value FROM json_each(?1))")?
        .execute([serde_json::to_string(ids)?])?;
    Ok(())
}

/// Rebuilds what is counted of each project; how many were wrong.
///
/// # Errors
/// Those of the database.
pub fn recount(tx: &Tx<'_>) -> Result<usize> {
    let of = |what: &str, which: &str| {
        format!("(SELECT {what} FROM user_project_progress w WHERE w.project_id = projects.id AND {which})")
    };
    let submissions = of("count(*)", "w.submitted_at IS NOT NULL");
    let ratings = of("count(w.rating)", "w.status = 'completed'");
    let sum = of("coalesce(sum(w.rating), 0)", "w.status = 'completed'");
    let sql = format!(
        "UPDATE projects SET total_submissions = {submissions}, total_ratings = {ratings}, rating_sum = {sum}
         WHERE total_submissions <> {submissions} OR total_ratings <> {ratings} OR rating_sum <> {sum}"
    );
    Ok(tx.execute(&sql, [])?)
}
