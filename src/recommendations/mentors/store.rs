//! What mentors are recommended from.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, named_params};

use crate::{
    mentors::{
        Mentor,
        store::{MEAN, SHOWN},
    },
    platform::{clock::Timestamp, error::Result, id::Id},
    skills::Skill,
    users::User,
};

/// A mentor as somebody who looks for one sees them.
#[derive(Debug)]
pub struct Offer {
    /// Who.
    pub mentor: Id<Mentor>,
    /// Their rating; that of all mentors while nobody rated them.
    pub rating: f64,
    /// How many rated them.
    pub reviews_count: i64,
    /// How many hours of a week can be booked.
    pub weekly_hours: Option<i64>,
    /// Minutes that are booked in the asked time.
    pub booked_minutes: i64,
    /// When they became a mentor.
    pub created_at: Timestamp,
    /// Which of the wanted skills they help with.
    pub helps_with: Vec<Id<Skill>>,
}

/// How many of the best rated mentors are looked at beside those who help with a gap.
const BESIDE: i64 = 200;

/// The mentors that everybody sees, but not this person, who help with one of these skills, and the best rated of the others:
/// two queries, and each of them found by an index.
///
/// # Errors
/// Those of the database.
pub fn offers(
    conn: &Connection,
    user: Id<User>,
    wanted: &[Id<Skill>],
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Offer>> {
    let wanted = serde_json::to_string(wanted)?;
    let mut statement = conn.prepare_cached(
        "SELECT a.mentor_id, a.skill_id FROM mentor_skills a WHERE a.skill_id IN (SELECT value FROM json_each(?1))",
    )?;
    let mut rows = statement.query([&wanted])?;
    let mut helps: HashMap<Id<Mentor>, Vec<Id<Skill>>> = HashMap::new();
    while let Some(row) = rows.next()? {
        helps.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    let mut statement = conn.prepare_cached(&format!(
        "WITH wanted (id) AS MATERIALIZED (
             SELECT mentor_id FROM mentor_skills WHERE skill_id IN (SELECT value FROM json_each(:wanted))
             UNION SELECT id FROM (SELECT id FROM mentors WHERE status = 'approved'
                 ORDER BY (20.0 + rating_sum) / (5 + reviews_count) DESC LIMIT :beside))
         SELECT m.id, m.reviews_count, m.availability_hours_per_week, m.created_at,
             (5 * {MEAN} + m.rating_sum) / (5 + m.reviews_count) AS rating,
             (SELECT coalesce(sum(s.duration_minutes), 0) FROM mentor_sessions s
              WHERE s.mentor_user_id = m.user_id AND s.status = 'scheduled' AND s.scheduled_date >= :from
                  AND s.scheduled_date < :to) AS booked
         FROM wanted w CROSS JOIN mentors m ON m.id = w.id JOIN users u ON u.id = m.user_id
         WHERE {SHOWN} AND m.user_id <> :user"
    ))?;
    let values = named_params! { ":user": user, ":wanted": wanted, ":beside": BESIDE, ":from": from, ":to": to };
    let offers = statement.query_map(values, |row| {
        let mentor = row.get("id")?;
        Ok(Offer {
            mentor,
            rating: row.get("rating")?,
            reviews_count: row.get("reviews_count")?,
            weekly_hours: row.get("availability_hours_per_week")?,
            booked_minutes: row.get("booked")?,
            created_at: row.get("created_at")?,
            helps_with: helps.remove(&mentor).unwrap_or_default(),
        })
    })?;
    Ok(offers.collect::<rusqlite::Result<_>>()?)
}

/// Those of these mentors that may be recommended to this person: shown to everybody, not themselves, and without a request
/// of theirs that waits for an answer.
///
/// # Errors
/// Those of the database.
pub fn still_open(conn: &Connection, user: Id<User>, ids: &[Id<Mentor>]) -> Result<HashSet<Id<Mentor>>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT m.id FROM json_each(?2) l JOIN mentors m ON m.id = l.value JOIN users u ON u.id = m.user_id
         WHERE {SHOWN} AND m.user_id <> ?1
             AND NOT EXISTS (SELECT 1 FROM mentor_sessions s
                 WHERE s.mentor_user_id = m.user_id AND s.mentee_id = ?1 AND s.status = 'pending')"
    ))?;
    let open = statement.query_map((user, serde_json::to_string(ids)?), |row| row.get(0))?;
    Ok(open.collect::<rusqlite::Result<_>>()?)
}
