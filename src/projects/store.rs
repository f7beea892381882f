//! The rows of projects.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row, named_params};

use super::model::{Project, ProjectDraft, ProjectFilter, ProjectRef};
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

/// The columns of a project, of a table that goes by the name `p`, without those of its creator.
const PROJECT: &str = "p.id, p.title, p.description, p.requirements, p.difficulty, p.category, p.estimated_hours,
    p.icon_emoji, p.color_gradient, p.thumbnail, p.status, p.total_submissions, p.rating_sum, p.total_ratings,
    p.views_count, p.deleted_at, p.created_at, p.updated_at";

/// The mean rating; null without any.
const RATING: &str = "(CAST(rating_sum AS REAL) / nullif(total_ratings, 0))";

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
    let sql = format!(
        "SELECT {PROJECT}, {} FROM json_each(?1) l JOIN projects p ON p.id = l.value
         LEFT JOIN users u ON u.id = p.created_by ORDER BY l.key",
        UserRef::COLUMNS
    );
    let mut projects: Vec<_> = rows::all(conn, &sql, [&list], project)?;
    let mut skills = skills(conn, &list)?;
    let mut before = offers::store::prerequisites(conn, ids, ProjectRef::COLUMNS, ProjectRef::read)?;
    let done = completed(conn, caller, before.values().flatten().map(|it| it.id).collect())?;
    for project in &mut projects {
        project.required_skills = skills.remove(&project.id).unwrap_or_default();
        project.prerequisites = before.remove(&project.id).unwrap_or_default();
        project.is_locked = project.prerequisites.iter().any(|it| !done.contains(&it.id));
    }
    Ok(projects)
}

fn skills(conn: &Connection, list: &str) -> Result<HashMap<Id<Project>, Vec<SkillRef>>> {
    let sql = format!(
        "SELECT a.project_id, {} FROM project_skills a JOIN skills s ON s.id = a.skill_id
         WHERE a.project_id IN (SELECT value FROM json_each(?1)) ORDER BY a.project_id, a.position",
        SkillRef::COLUMNS
    );
    rows::grouped(conn, &sql, [list], |row| Ok((row.get("project_id")?, SkillRef::read(row)?)))
}

/// Those of these projects that the caller completed.
fn completed(conn: &Connection, caller: Option<Id<User>>, ids: Vec<Id<Project>>) -> Result<HashSet<Id<Project>>> {
    let sql = "SELECT project_id FROM user_project_progress
         WHERE user_id = ?1 AND status = 'completed' AND project_id IN (SELECT value FROM json_each(?2))";
    rows::all(conn, sql, (caller, serde_json::to_string(&ids)?), |row| row.get(0))
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
    get_any(conn, id, caller)?.undeleted()
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
        Order::by("created_at", "created_at"),
        Order::by("average_rating", RATING),
        Order::by("estimated_hours", "estimated_hours"),
        Order::by("total_submissions", "total_submissions"),
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
    offers::store::listed::<Project>(&filter.status, slice, caller, is_admin)?
        .and_any("difficulty", &filter.difficulty)?
        .and_some("instr(fold(category), fold(?)) > 0", filter.category.as_deref())?
        .and_some("id IN (SELECT project_id FROM project_skills WHERE skill_id = ?)", skill)?
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
    offers::store::set_prerequisites(tx, id, &it.prerequisite_ids)?;
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
