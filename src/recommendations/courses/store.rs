//! What courses are recommended from.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::{
    courses::{
        Course, CourseRef,
        learning::{self, LearningStatus},
    },
    platform::{clock::Timestamp, error::Result, id::Id},
    skills::Skill,
    users::User,
};

/// A course as somebody who looks for one sees it.
#[derive(Debug)]
pub struct Offer {
    /// What it is.
    pub course: CourseRef,
    /// How long it takes, in hours.
    pub hours: f64,
    /// The sum of its ratings.
    pub rating_sum: i64,
    /// How many rated it.
    pub total_ratings: i64,
    /// How many enrolled.
    pub total_students: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it takes learners.
    pub is_open: bool,
    /// Whether they teach it themselves.
    pub is_own: bool,
    /// How far they have come, in percent, if they ever enrolled.
    pub standing: Option<(LearningStatus, i64)>,
    /// What it builds upon.
    pub before: Vec<Id<Course>>,
    /// Which of the wanted skills it teaches.
    pub teaches: Vec<Id<Skill>>,
}

/// Every course that is there, by id, as this person sees it: three queries and one for what they learn.
///
/// # Errors
/// Those of the database.
pub fn offers(conn: &Connection, user: Id<User>, wanted: &[Id<Skill>]) -> Result<HashMap<Id<Course>, Offer>> {
    let mut standings = learning::store::standings(conn, user)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {}, c.duration_hours, c.rating_sum, c.total_ratings, c.total_students, c.created_at,
             c.status = 'active' AS is_open, c.instructor_id IS ?1 AS is_own
         FROM courses c WHERE c.deleted_at IS NULL",
        CourseRef::COLUMNS
    ))?;
    let rows = statement.query_map([user], |row| {
        let course = CourseRef::read(row)?;
        Ok(Offer {
            standing: standings.remove(&course.id),
            course,
            hours: row.get("duration_hours")?,
            rating_sum: row.get("rating_sum")?,
            total_ratings: row.get("total_ratings")?,
            total_students: row.get("total_students")?,
            created_at: row.get("created_at")?,
            is_open: row.get("is_open")?,
            is_own: row.get("is_own")?,
            before: vec![],
            teaches: vec![],
        })
    })?;
    let mut offers: HashMap<_, _> = HashMap::new();
    for offer in rows {
        let offer = offer?;
        offers.insert(offer.course.id, offer);
    }
    let mut statement = conn
        .prepare_cached("SELECT course_id, prerequisite_id FROM course_prerequisites ORDER BY course_id, position")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let before = row.get(1)?;
        // A deleted course is none to build upon.
        if offers.contains_key(&before)
            && let Some(offer) = offers.get_mut(&row.get(0)?)
        {
            offer.before.push(before);
        }
    }
    let mut statement = conn.prepare_cached(
        "SELECT course_id, skill_id FROM course_teaches WHERE skill_id IN (SELECT value FROM json_each(?1))",
    )?;
    let mut rows = statement.query([serde_json::to_string(wanted)?])?;
    while let Some(row) = rows.next()? {
        if let Some(offer) = offers.get_mut(&row.get(0)?) {
            offer.teaches.push(row.get(1)?);
        }
    }
    Ok(offers)
}

/// Those of these courses that take learners and that this person never enrolled in, by id.
///
/// # Errors
/// Those of the database.
pub fn still_open(conn: &Connection, user: Id<User>, ids: &[Id<Course>]) -> Result<HashMap<Id<Course>, CourseRef>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {} FROM json_each(?2) l JOIN courses c ON c.id = l.value
         WHERE c.deleted_at IS NULL AND c.status = 'active'
             AND NOT EXISTS (SELECT 1 FROM user_course_progress p WHERE p.user_id = ?1 AND p.course_id = c.id)",
        CourseRef::COLUMNS
    ))?;
    let open = statement.query_map((user, serde_json::to_string(ids)?), CourseRef::read)?;
    open.map(|it| it.map(|it| (it.id, it)).map_err(Into::into)).collect()
}
