//! What recommendations of people are computed from.

use std::collections::HashMap;

use rusqlite::{Connection, Row, named_params};

use crate::{
    platform::{clock::Timestamp, error::Result, id::Id},
    skills::Skill,
    users::{User, UserRef},
};

/// Rows that each way of finding people reads at most.
const MOST_READ: i64 = 20_000;
/// People of each way that are weighed in full.
const MOST_WEIGHED: usize = 1_000;
/// People of the same place that are looked at, those with most points first.
const MOST_NEAR: i64 = 200;

/// With whom somebody is connected and who is in use, as a table `known (id)`.
const KNOWN: &str = "known (id) AS MATERIALIZED (
    SELECT c.addressee_id FROM connections c CROSS JOIN users o ON o.id = c.addressee_id AND o.is_active = 1
    WHERE c.requester_id = :user AND c.status = 'accepted'
    UNION ALL
    SELECT c.requester_id FROM connections c CROSS JOIN users o ON o.id = c.requester_id AND o.is_active = 1
    WHERE c.addressee_id = :user AND c.status = 'accepted')";

/// Whom they are connected with in turn, once for each way, as a table `met (id)`.
const MET: &str = "met (id) AS (
    SELECT c.addressee_id FROM known k CROSS JOIN connections c ON c.requester_id = k.id AND c.status = 'accepted'
    UNION ALL
    SELECT c.requester_id FROM known k CROSS JOIN connections c ON c.addressee_id = k.id AND c.status = 'accepted')";

fn ids(conn: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Id<User>>> {
    let mut statement = conn.prepare_cached(sql)?;
    let ids = statement.query_map(values, |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// People who may share something with somebody, each once: of the holders of their skills those whose shared skills weigh most,
/// the rarest skills being read first; acquaintances of acquaintances, most of them shared first; and people of the same place.
///
/// # Errors
/// Those of the database.
pub fn candidates(conn: &Connection, user: Id<User>, weights: &HashMap<Id<Skill>, f64>) -> Result<Vec<Id<User>>> {
    let mut statement = conn.prepare_cached(
        "WITH rare AS MATERIALIZED (
             SELECT s.id FROM skills s WHERE s.id IN (SELECT value FROM json_each(:held)) ORDER BY s.users, s.id)
         SELECT h.user_id, h.skill_id FROM rare r CROSS JOIN user_skills h ON h.skill_id = r.id
         WHERE h.user_id <> :user LIMIT :most",
    )?;
    let held = serde_json::to_string(&weights.keys().collect::<Vec<_>>())?;
    let mut rows = statement.query(named_params! { ":held": held, ":user": user, ":most": MOST_READ })?;
    let mut shared: HashMap<Id<User>, f64> = HashMap::new();
    while let Some(row) = rows.next()? {
        *shared.entry(row.get(0)?).or_default() += weights.get(&row.get(1)?).copied().unwrap_or(0.0);
    }
    let mut holders: Vec<_> = shared.into_iter().collect();
    holders.sort_unstable_by(|(a, x), (b, y)| y.total_cmp(x).then(b.cmp(a)));
    let mut found: Vec<Id<User>> = holders.into_iter().take(MOST_WEIGHED).map(|it| it.0).collect();
    found.extend(ids(
        conn,
        &format!(
            "WITH {KNOWN}, {MET} SELECT id FROM (SELECT id FROM met WHERE id <> :user LIMIT :most)
             GROUP BY id ORDER BY count(*) DESC, id DESC LIMIT {MOST_WEIGHED}"
        ),
        named_params! { ":user": user, ":most": MOST_READ },
    )?);
    found.extend(ids(
        conn,
        "SELECT u.id FROM users u WHERE u.is_active = 1 AND u.location <> ''
             AND u.location = (SELECT location FROM users WHERE id = :user) COLLATE NOCASE AND u.id <> :user
         ORDER BY u.points DESC LIMIT :most",
        named_params! { ":user": user, ":most": MOST_NEAR },
    )?);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Those with most points between whom and this person nothing stands.
///
/// # Errors
/// Those of the database.
pub fn by_points(conn: &Connection, user: Id<User>, most: usize) -> Result<Vec<Id<User>>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT u.id FROM users u WHERE u.is_active = 1 AND {} ORDER BY u.points DESC, u.id DESC LIMIT :most",
        FREE
    );
    ids(conn, &sql, named_params! { ":user": user, ":most": most })
}

/// Somebody else, between whom and `:user` nothing stands, of a table that goes by the name `u`.
const FREE: &str = "u.id <> :user AND NOT EXISTS (SELECT 1 FROM connections c
    WHERE min(c.requester_id, c.addressee_id) = min(u.id, :user) AND max(c.requester_id, c.addressee_id) = max(u.id, :user))";

/// Somebody who may be recommended.
pub struct Person {
    /// Who they are.
    pub user: UserRef,
    /// Where they are.
    pub location: String,
    /// When they registered.
    pub created_at: Timestamp,
}

fn person(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person { user: UserRef::read(row)?, location: row.get("location")?, created_at: row.get("created_at")? })
}

/// Those of these people who are in use and between whom and this person nothing stands.
///
/// # Errors
/// Those of the database.
pub fn free(conn: &Connection, user: Id<User>, among: &[Id<User>]) -> Result<Vec<Person>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {}, u.location, u.created_at FROM json_each(:among) l CROSS JOIN users u ON u.id = l.value
         WHERE u.is_active = 1 AND {FREE}",
        UserRef::COLUMNS
    ))?;
    let among = serde_json::to_string(among)?;
    let people = statement.query_map(named_params! { ":among": among, ":user": user }, person)?;
    Ok(people.collect::<rusqlite::Result<_>>()?)
}

/// How many people each of these and this person are both connected with; who shares none is left out.
///
/// # Errors
/// Those of the database.
pub fn mutual(conn: &Connection, user: Id<User>, among: &[Id<User>]) -> Result<HashMap<Id<User>, i64>> {
    let mut statement = conn.prepare_cached(&format!(
        "WITH {KNOWN}, {MET} SELECT id, count(*) FROM met WHERE id IN (SELECT value FROM json_each(:among)) GROUP BY id"
    ))?;
    let among = serde_json::to_string(among)?;
    let counts =
        statement.query_map(named_params! { ":among": among, ":user": user }, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(counts.collect::<rusqlite::Result<_>>()?)
}

/// A skill, and its name.
type Named = (Id<Skill>, String);

/// The skills that each of these people and this person both hold.
///
/// # Errors
/// Those of the database.
pub fn shared(conn: &Connection, user: Id<User>, among: &[Id<User>]) -> Result<HashMap<Id<User>, Vec<Named>>> {
    let mut statement = conn.prepare_cached(
        "SELECT h.user_id, s.id, s.name FROM json_each(:among) l CROSS JOIN user_skills h ON h.user_id = l.value
         JOIN user_skills m ON m.user_id = :user AND m.skill_id = h.skill_id JOIN skills s ON s.id = h.skill_id",
    )?;
    let mut rows = statement.query(named_params! { ":among": serde_json::to_string(among)?, ":user": user })?;
    let mut shared: HashMap<_, Vec<_>> = HashMap::new();
    while let Some(row) = rows.next()? {
        shared.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
    }
    Ok(shared)
}
