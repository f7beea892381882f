//! What courses are recommended from.

use std::collections::HashMap;

use rusqlite::{Connection, named_params};

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

/// The columns of an offer to `:user`, of a course that goes by the name `c`.
fn columns() -> String {
    format!(
        "{}, c.duration_hours, c.rating_sum, c.total_ratings, c.total_students, c.created_at,
         c.status = 'active' AS is_open, c.instructor_id IS :user AS is_own",
        CourseRef::COLUMNS
    )
}

/// The courses that teach one of these skills, the `beside` best rated and the `beside` most learned of all that take
/// learners, and all that these build upon; by id, as this person sees them. Each is found by an index, and the statements are
/// as many for many courses as for few.
///
/// # Errors
/// Those of the database.
pub fn offers(
    conn: &Connection,
    user: Id<User>,
    wanted: &[Id<Skill>],
    beside: i64,
) -> Result<HashMap<Id<Course>, Offer>> {
    let mut standings = learning::store::standings(conn, user)?;
    let mut offers: HashMap<Id<Course>, Offer> = HashMap::new();
    let mut statement = conn.prepare_cached(&format!(
        "WITH RECURSIVE wanted (id) AS (
             SELECT course_id FROM course_teaches WHERE skill_id IN (SELECT value FROM json_each(:wanted))
             UNION SELECT id FROM (SELECT id FROM courses WHERE status = 'active' AND deleted_at IS NULL
                 ORDER BY (rating_sum + 20.0) / (total_ratings + 5) DESC LIMIT :beside)
             UNION SELECT id FROM (SELECT id FROM courses WHERE status = 'active' AND deleted_at IS NULL
                 ORDER BY total_students DESC LIMIT :beside)
             UNION SELECT p.prerequisite_id FROM wanted w CROSS JOIN course_prerequisites p ON p.course_id = w.id)
         SELECT {} FROM wanted w CROSS JOIN courses c ON c.id = w.id WHERE c.deleted_at IS NULL",
        columns()
    ))?;
    let list = serde_json::to_string(wanted)?;
    let mut rows = statement.query(named_params! {":user": user, ":wanted": list, ":beside": beside})?;
    while let Some(row) = rows.next()? {
        let course = CourseRef::read(row)?;
        offers.entry(course.id).or_insert(Offer {
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
        });
    }
    let ids = serde_json::to_string(&offers.keys().collect::<Vec<_>>())?;
    // A deleted course is none to build upon; one that takes nobody is, and cannot be got to.
    let mut statement = conn.prepare_cached(
        "SELECT p.course_id, p.prerequisite_id FROM course_prerequisites p JOIN courses b ON b.id = p.prerequisite_id
         WHERE p.course_id IN (SELECT value FROM json_each(?1)) AND b.deleted_at IS NULL ORDER BY p.course_id, p.position",
    )?;
    let mut rows = statement.query([ids])?;
    while let Some(row) = rows.next()? {
        if let Some(offer) = offers.get_mut(&row.get(0)?) {
            offer.before.push(row.get(1)?);
        }
    }
    let mut statement = conn.prepare_cached(
        "SELECT course_id, skill_id FROM course_teaches WHERE skill_id IN (SELECT value FROM json_each(?1))",
    )?;
    let mut rows = statement.query([list])?;
    while let Some(row) = rows.next()? {
        if let Some(offer) = offers.get_mut(&row.get(0)?) {
            offer.teaches.push(row.get(1)?);
        }
    }
    Ok(offers)
}

/// How many learn the course that most learn, of those that take learners.
///
/// # Errors
/// Those of the database.
pub fn most_students(conn: &Connection) -> Result<i64> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(max(total_students), 0) FROM courses WHERE status = 'active' AND deleted_at IS NULL",
    )?;
    Ok(statement.query_row([], |row| row.get(0))?)
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
