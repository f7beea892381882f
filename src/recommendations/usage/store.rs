//! The rows of what was shown and followed.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::{Usage, UsageRow};
use crate::{
    platform::{clock::Timestamp, db::Tx, edge::Shown, error::Result},
    recommendations::ClickKind,
};

/// Adds what was shown to its days.
///
/// # Errors
/// Those of the database.
pub fn add_shown(tx: &Tx<'_>, shown: &[(Shown, i64)]) -> Result<()> {
    let mut add = tx.prepare_cached(
        "INSERT INTO recommendation_shown (day, kind, position, shown) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (day, kind, position) DO UPDATE SET shown = shown + excluded.shown",
    )?;
    for ((kind, day, position), count) in shown {
        add.execute((day, kind, position, count))?;
    }
    Ok(())
}

/// Removes what was shown and clicked before this moment.
///
/// # Errors
/// Those of the database.
pub fn purge(tx: &Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM recommendation_shown WHERE day < ?1", [before.seconds() / 86_400])?;
    tx.execute("DELETE FROM recommendation_clicks WHERE at < ?1", [before])?;
    Ok(())
}

/// Whether what was recommended became true behind the click `c`.
const fn followed_by(kind: ClickKind) -> &'static str {
    match kind {
        ClickKind::Job => {
            "SELECT 1 FROM job_applications a WHERE a.user_id = c.user_id AND a.job_id = c.target_id AND a.applied_at >= c.at"
        }
        ClickKind::Course => {
            "SELECT 1 FROM user_course_progress p WHERE p.user_id = c.user_id AND p.course_id = c.target_id
                 AND p.started_at >= c.at"
        }
        ClickKind::Skill => {
            "SELECT 1 FROM user_skills h WHERE h.user_id = c.user_id AND h.skill_id = c.target_id AND h.created_at >= c.at"
        }
        ClickKind::Mentor => {
            "SELECT 1 FROM mentors m JOIN mentor_sessions s ON s.mentor_user_id = m.user_id
             WHERE m.id = c.target_id AND s.mentee_id = c.user_id AND s.requested_at >= c.at"
        }
        ClickKind::Connection => {
            "SELECT 1 FROM connections k WHERE k.requester_id = c.user_id AND k.addressee_id = c.target_id
                 AND k.created_at >= c.at"
        }
    }
}

type Places = BTreeMap<(ClickKind, Option<i64>), UsageRow>;

fn row(places: &mut Places, kind: ClickKind, position: Option<i64>) -> &mut UsageRow {
    places.entry((kind, position)).or_insert(UsageRow { kind, position, shown: 0, clicked: 0, applied: 0 })
}

/// The use of recommendations since the first moment of a UTC day.
///
/// # Errors
/// Those of the database.
pub fn usage(conn: &Connection, since: Timestamp, now: Timestamp) -> Result<Usage> {
    let (mut places, mut kinds) = (Places::new(), Places::new());
    for kind in ClickKind::ALL {
        row(&mut kinds, *kind, None);
    }
    let mut shown = conn.prepare_cached(
        "SELECT kind, position, sum(shown) FROM recommendation_shown WHERE day >= ?1 GROUP BY kind, position",
    )?;
    let mut rows = shown.query([since.seconds() / 86_400])?;
    while let Some(it) = rows.next()? {
        let (kind, position, shown): (_, _, i64) = (it.get(0)?, it.get(1)?, it.get(2)?);
        row(&mut places, kind, position).shown += shown;
        row(&mut kinds, kind, None).shown += shown;
    }
    for kind in ClickKind::ALL {
        // What was clicked at two places led to one thing: it counts once at each of them, and once for the kind.
        let mut clicks = conn.prepare_cached(&format!(
            "SELECT iif(?3, position, NULL) AS place, count(*), count(DISTINCT pair) FILTER (WHERE followed) FROM (
                 SELECT position, user_id || ':' || target_id AS pair, EXISTS ({}) AS followed
                 FROM recommendation_clicks c WHERE c.kind = ?1 AND c.at >= ?2)
             GROUP BY place",
            followed_by(*kind)
        ))?;
        for (by_place, of) in [(true, &mut places), (false, &mut kinds)] {
            let mut rows = clicks.query((kind, since, by_place))?;
            while let Some(it) = rows.next()? {
                let row = row(of, *kind, it.get(0)?);
                (row.clicked, row.applied) = (it.get(1)?, it.get(2)?);
            }
        }
    }
    Ok(Usage {
        by_kind: kinds.into_values().collect(),
        by_position: places.into_values().collect(),
        since,
        generated_at: now,
    })
}
