//! The rows of achievements and awards.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    metrics::{self, Metric},
    model::{
        Achievement, AchievementDraft, AchievementFilter, AchievementStats, AwardFilter, Holders, Leader, LeaderFilter,
        Mine, Period, Progress, Seen, UserAchievement, percentage,
    },
};
use crate::{
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Constraint as _, Error, Result},
        id::Id,
        list::{Listing, Order, Page, Select},
        rows,
    },
    users::{User, UserRef},
};

const ACHIEVEMENT: &str =
    "a.id, a.key, a.name, a.description, a.icon, a.rarity, a.points_awarded, a.metric, a.target, a.built_in,
    a.is_active, a.created_at, a.updated_at";

fn achievement(row: &Row<'_>) -> rusqlite::Result<Achievement> {
    Ok(Achievement {
        id: row.get("id")?,
        key: row.get("key")?,
        name: row.get("name")?,
        description: row.get("description")?,
        icon: row.get("icon")?,
        rarity: row.get("rarity")?,
        points_awarded: row.get("points_awarded")?,
        metric: row.get("metric")?,
        target: row.get("target")?,
        built_in: row.get("built_in")?,
        is_active: row.get("is_active")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// An achievement by its number or its key.
#[derive(Clone, Debug)]
pub enum Which {
    /// By number.
    Id(Id<Achievement>),
    /// By key.
    Key(String),
}

/// The achievement with this number or key.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, which: &Which) -> Result<Achievement> {
    let found = match which {
        Which::Id(id) => conn
            .prepare_cached(&format!("SELECT {ACHIEVEMENT} FROM achievements a WHERE a.id = ?1"))?
            .query_row([id], achievement),
        Which::Key(key) => conn
            .prepare_cached(&format!("SELECT {ACHIEVEMENT} FROM achievements a WHERE a.key = ?1"))?
            .query_row([key.to_ascii_lowercase()], achievement),
    };
    found.optional()?.ok_or(Error::NotFound("achievement"))
}

/// A part of what can be earned, with where this person stands.
///
/// # Errors
/// As [`Select::page`].
pub fn page(
    conn: &Connection,
    listing: &Listing<AchievementFilter>,
    viewer: Option<Id<User>>,
    now: Timestamp,
) -> Result<Page<Seen>> {
    let Listing { filter, slice } = listing;
    let page = Select::new(ACHIEVEMENT, "achievements a", "a.id")
        .and("a.is_active = 1", &[])?
        .and_any("a.rarity", &filter.rarity)?
        .dated("a.created_at", slice)?
        .search(&["a.name", "a.description"], slice)?
        .order(slice, &[Order::by("points_awarded", "a.points_awarded")], "points_awarded")?
        .page(conn, slice, achievement)?;
    let mut mine = match viewer {
        Some(user) => mine(conn, user, &page.results, now)?,
        None => vec![],
    }
    .into_iter();
    page.try_map(|achievement| Ok(Seen { achievement, holders: None, mine: mine.next() }))
}

/// One achievement with its holders, and where this person stands.
///
/// # Errors
/// 404.
pub fn seen(conn: &Connection, which: &Which, viewer: Option<Id<User>>, now: Timestamp) -> Result<Seen> {
    let achievement = get(conn, which)?;
    let holders = conn
        .prepare_cached(
            "SELECT count(*) FROM user_achievements e JOIN users u ON u.id = e.user_id
             WHERE e.achievement_id = ?1 AND e.revoked_at IS NULL AND u.is_active = 1",
        )?
        .query_row([achievement.id], |row| row.get(0))?;
    let mine = match viewer {
        Some(user) => mine(conn, user, std::slice::from_ref(&achievement), now)?.pop(),
        None => None,
    };
    Ok(Seen { achievement, holders: Some(holders), mine })
}

/// Where this person stands with each of these.
fn mine(conn: &Connection, user: Id<User>, achievements: &[Achievement], now: Timestamp) -> Result<Vec<Mine>> {
    let metrics: Vec<Metric> = achievements.iter().map(|it| it.metric).collect();
    let values = metrics::values(conn, user, &metrics, now)?;
    let mut statement =
        conn.prepare_cached("SELECT achievement_id FROM user_achievements WHERE user_id = ?1 AND revoked_at IS NULL")?;
    let earned: HashSet<Id<Achievement>> = statement.query_map([user], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mine = achievements.iter().zip(values).map(|(it, value)| {
        // Earned stays earned when the metric falls, so it counts as done whatever the metric says.
        let earned = earned.contains(&it.id);
        Mine { earned, progress_percentage: if earned { 100 } else { percentage(value, it.target) } }
    });
    Ok(mine.collect())
}

/// The achievements that this person may still earn by themselves: active and never awarded, not even to be revoked.
///
/// # Errors
/// Those of the database.
pub fn open(conn: &Connection, user: Id<User>) -> Result<Vec<Achievement>> {
    let sql = format!(
        "SELECT {ACHIEVEMENT} FROM achievements a WHERE a.is_active = 1
         AND NOT EXISTS (SELECT 1 FROM user_achievements e WHERE e.user_id = ?1 AND e.achievement_id = a.id) ORDER BY a.id"
    );
    rows::all(conn, &sql, [user], achievement)
}

/// How far this person is with what they may still earn, nearest first.
///
/// # Errors
/// Those of the database.
pub fn progress(conn: &Connection, user: Id<User>, now: Timestamp) -> Result<Vec<Progress>> {
    let open = open(conn, user)?;
    let metrics: Vec<Metric> = open.iter().map(|it| it.metric).collect();
    let values = metrics::values(conn, user, &metrics, now)?;
    let mut all: Vec<Progress> = open
        .into_iter()
        .zip(values)
        .map(|(it, current)| Progress {
            progress_percentage: percentage(current, it.target),
            key: it.key,
            name: it.name,
            description: it.description,
            points_awarded: it.points_awarded,
            rarity: it.rarity,
            current,
            target: it.target,
        })
        .collect();
    all.sort_by_key(|it| (-it.progress_percentage, it.target.saturating_sub(it.current), it.points_awarded));
    Ok(all)
}

/// How many achievements there are.
///
/// # Errors
/// Those of the database.
pub fn count(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row("SELECT count(*) FROM achievements", [], |row| row.get(0))?)
}

fn taken() -> Error {
    Error::field("key", "There is an achievement with this key.")
}

/// Adds an achievement.
///
/// # Errors
/// 400 when the key is taken.
pub fn insert(tx: &Tx<'_>, it: &AchievementDraft, built_in: bool) -> Result<Id<Achievement>> {
    tx.prepare_cached(
        "INSERT INTO achievements (key, name, description, icon, rarity, points_awarded, metric, target, built_in, is_active,
             created_at, updated_at)
         VALUES (:key, :name, :description, :icon, :rarity, :points, :metric, :target, :built_in, :active, :now, :now)
         RETURNING id",
    )?
    .query_row(
        named_params! {
            ":key": it.key, ":name": it.name, ":description": it.description, ":icon": it.icon, ":rarity": it.rarity,
            ":points": it.points_awarded, ":metric": it.metric, ":target": it.target, ":built_in": built_in,
            ":active": it.is_active, ":now": tx.now(),
        },
        |row| row.get(0),
    )
    .on_unique("achievements.key", taken())
}

/// Writes an achievement.
///
/// # Errors
/// 400 when the key is taken.
pub fn update(tx: &Tx<'_>, id: Id<Achievement>, it: &AchievementDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE achievements SET key = :key, name = :name, description = :description, icon = :icon, rarity = :rarity,
             points_awarded = :points, metric = :metric, target = :target, is_active = :active, updated_at = :now
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id, ":key": it.key, ":name": it.name, ":description": it.description, ":icon": it.icon,
        ":rarity": it.rarity, ":points": it.points_awarded, ":metric": it.metric, ":target": it.target,
        ":active": it.is_active, ":now": tx.now(),
    })
    .on_unique("achievements.key", taken())?;
    Ok(())
}

/// Whether somebody holds this achievement.
///
/// # Errors
/// Those of the database.
pub fn is_held(conn: &Connection, id: Id<Achievement>) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM user_achievements WHERE achievement_id = ?1 AND revoked_at IS NULL")?
        .exists([id])?)
}

/// Removes an achievement that nobody holds, with what is left of its revoked awards.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, id: Id<Achievement>) -> Result<()> {
    tx.prepare_cached("DELETE FROM user_achievements WHERE achievement_id = ?1 AND revoked_at IS NOT NULL")?
        .execute([id])?;
    tx.prepare_cached("DELETE FROM achievements WHERE id = ?1")?.execute([id])?;
    Ok(())
}

const AWARD: &str = "e.id AS e_id, e.points AS e_points, e.earned_at, e.revoked_at, e.created_at AS e_created_at,
    e.updated_at AS e_updated_at";
const AWARDS: &str =
    "user_achievements e JOIN achievements a ON a.id = e.achievement_id JOIN users u ON u.id = e.user_id
    LEFT JOIN users o ON o.id = e.awarded_by";

fn award_columns() -> String {
    format!("{AWARD}, {ACHIEVEMENT}, {}, {}", UserRef::COLUMNS, UserRef::OTHER)
}

fn award(row: &Row<'_>) -> rusqlite::Result<UserAchievement> {
    Ok(UserAchievement {
        id: row.get("e_id")?,
        user: UserRef::read(row)?,
        achievement: achievement(row)?,
        points: row.get("e_points")?,
        earned_at: row.get("earned_at")?,
        awarded_by: row.get::<_, Option<Id<User>>>("o_id")?.map(|_| UserRef::read_other(row)).transpose()?,
        revoked_at: row.get("revoked_at")?,
        created_at: row.get("e_created_at")?,
        updated_at: row.get("e_updated_at")?,
    })
}

/// A part of what one person earned, newest first.
///
/// # Errors
/// As [`Select::page`].
pub fn awards(conn: &Connection, user: Id<User>, listing: &Listing<AwardFilter>) -> Result<Page<UserAchievement>> {
    let Listing { filter, slice } = listing;
    Select::new(&award_columns(), AWARDS, "e.id")
        .and("e.user_id = ? AND e.revoked_at IS NULL", &[&user])?
        .and_any("a.rarity", &filter.rarity)?
        .dated("e.earned_at", slice)?
        .search(&["a.name", "a.description"], slice)?
        .order(slice, &[Order::by("earned_at", "e.earned_at")], "-earned_at")?
        .page(conn, slice, award)
}

/// The newest of what one person earned.
///
/// # Errors
/// Those of the database.
pub fn newest(conn: &Connection, user: Id<User>, limit: i64) -> Result<Vec<UserAchievement>> {
    let sql = format!(
        "SELECT {} FROM {AWARDS} WHERE e.user_id = ?1 AND e.revoked_at IS NULL ORDER BY e.earned_at DESC, e.id DESC LIMIT ?2",
        award_columns()
    );
    rows::all(conn, &sql, (user, limit), award)
}

/// How many achievements one person holds, and how many they earned since.
///
/// # Errors
/// Those of the database.
pub fn held(conn: &Connection, user: Id<User>, since: Timestamp) -> Result<(i64, i64)> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE earned_at >= ?2) FROM user_achievements
             WHERE user_id = ?1 AND revoked_at IS NULL",
        )?
        .query_row((user, since), |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// One award that stands, of an active person.
///
/// # Errors
/// 404.
pub fn get_award(conn: &Connection, id: Id<UserAchievement>) -> Result<UserAchievement> {
    conn.prepare_cached(&format!(
        "SELECT {} FROM {AWARDS} WHERE e.id = ?1 AND e.revoked_at IS NULL AND u.is_active = 1",
        award_columns()
    ))?
    .query_row([id], award)
    .optional()?
    .ok_or(Error::NotFound("award"))
}

/// This person's award of this achievement, if it stands.
///
/// # Errors
/// Those of the database.
pub fn standing(
    conn: &Connection,
    user: Id<User>,
    achievement: Id<Achievement>,
) -> Result<Option<Id<UserAchievement>>> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM user_achievements WHERE user_id = ?1 AND achievement_id = ?2 AND revoked_at IS NULL",
        )?
        .query_row((user, achievement), |row| row.get(0))
        .optional()?)
}

/// Adds an award.
///
/// # Errors
/// Those of the database, also when it stands already.
pub fn insert_award(
    tx: &Tx<'_>,
    user: Id<User>,
    of: &Achievement,
    by: Option<Id<User>>,
) -> Result<Id<UserAchievement>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO user_achievements (user_id, achievement_id, points, earned_at, awarded_by, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?4) RETURNING id",
        )?
        .query_row((user, of.id, of.points_awarded, tx.now(), by), |row| row.get(0))?)
}

/// Marks an award as taken back.
///
/// # Errors
/// Those of the database.
pub fn revoke(tx: &Tx<'_>, id: Id<UserAchievement>) -> Result<()> {
    tx.prepare_cached(
        "UPDATE user_achievements SET revoked_at = ?2, updated_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
    )?
    .execute((id, tx.now()))?;
    Ok(())
}

/// Who is ahead, best first. Ever: everybody by what they have; in a period: those who gained in it.
///
/// # Errors
/// Those of the database.
pub fn leaders(conn: &Connection, filter: &LeaderFilter, now: Timestamp) -> Result<Vec<Leader>> {
    let days = match filter.period {
        Period::All => None,
        Period::Month => Some(30),
        Period::Week => Some(7),
    };
    let since = days.map(|it| now.plus(-chrono::Duration::days(it)));
    let ranked = match since {
        None => "SELECT u.id AS who, u.points AS gained FROM users u WHERE u.is_active = 1 AND ?2 IS NULL
                 ORDER BY u.points DESC, u.id DESC LIMIT ?1",
        Some(_) => "SELECT p.user_id AS who, sum(p.amount) AS gained
                    FROM points_entries p JOIN users u ON u.id = p.user_id AND u.is_active = 1
                    WHERE p.created_at >= ?2 GROUP BY p.user_id HAVING gained > 0 ORDER BY gained DESC, who DESC LIMIT ?1",
    };
    let sql = format!(
        "SELECT rank() OVER (ORDER BY gained DESC) AS place, gained,
             (SELECT count(*) FROM user_achievements e WHERE e.user_id = who AND e.revoked_at IS NULL) AS achievements, {}
         FROM ({ranked}) JOIN users u ON u.id = who ORDER BY gained DESC, u.id",
        UserRef::COLUMNS
    );
    rows::all(conn, &sql, (filter.limit, since), |row| {
        let user = UserRef::read(row)?;
        Ok(Leader {
            rank: row.get("place")?,
            user_id: user.id,
            username: user.username.clone(),
            avatar: user.profile_picture.clone(),
            points: row.get("gained")?,
            achievement_count: row.get("achievements")?,
            user,
        })
    })
}

/// Who is ahead, and how many active people hold each achievement in use.
///
/// # Errors
/// Those of the database.
pub fn stats(conn: &Connection, now: Timestamp) -> Result<AchievementStats> {
    let sql =
        "SELECT a.key, (SELECT count(*) FROM user_achievements e JOIN users u ON u.id = e.user_id AND u.is_active = 1
             WHERE e.achievement_id = a.id AND e.revoked_at IS NULL) AS holders
         FROM achievements a WHERE a.is_active = 1 ORDER BY a.id";
    let holders = rows::all(conn, sql, [], |row| Ok(Holders { key: row.get(0)?, holders: row.get(1)? }))?;
    Ok(AchievementStats {
        leaderboard: leaders(conn, &LeaderFilter { limit: 100, period: Period::All }, now)?,
        holders,
    })
}

/// The next active people after this one, at most so many; only those who did something since, when that is asked.
///
/// # Errors
/// Those of the database.
pub fn people_after(conn: &Connection, after: i64, since: Option<Timestamp>, limit: i64) -> Result<Vec<Id<User>>> {
    let sql = "SELECT u.id FROM users u WHERE u.id > ?1 AND u.is_active = 1
             AND (?2 IS NULL OR EXISTS (SELECT 1 FROM events v WHERE v.actor_id = u.id AND v.at >= ?2))
         ORDER BY u.id LIMIT ?3";
    rows::all(conn, sql, (after, since, limit), |row| row.get(0))
}

/// Notes which of these sums active people have reached and were not noted for, at most so many.
///
/// # Errors
/// Those of the database.
pub fn note_milestones(tx: &Tx<'_>, sums: &[i64], limit: i64) -> Result<Vec<(Id<User>, i64)>> {
    let sql = "INSERT INTO point_milestones (user_id, points, reached_at)
         SELECT u.id, s.value, ?2 FROM json_each(?1) s JOIN users u ON u.is_active = 1 AND u.points >= s.value
         WHERE NOT EXISTS (SELECT 1 FROM point_milestones m WHERE m.user_id = u.id AND m.points = s.value)
         ORDER BY u.id, s.value LIMIT ?3 RETURNING user_id, points";
    rows::all(tx, sql, (serde_json::to_string(sums)?, tx.now(), limit), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Removes what somebody earned whose account is erased.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute("DELETE FROM user_achievements WHERE user_id = ?1", [user])?;
    tx.execute("DELETE FROM point_milestones WHERE user_id = ?1", [user])?;
    Ok(())
}
