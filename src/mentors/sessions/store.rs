//! The rows of sessions.

use rusqlite::{Connection, OptionalExtension, Row};

use super::model::{Busy, MentorSession, Review, ReviewDraft, SessionDraft, SessionFilter, SessionStatus, Side};
use crate::{
    mentors::{self, MentorRef},
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
        list::{Listing, NoFilter, Order, Page, Select},
        rows,
    },
    users::{User, UserRef},
};

/// The columns of a session, of a table that goes by the name `s`.
const SESSION: &str = "s.id, s.mentor_user_id, s.title, s.description, s.duration_minutes, s.preferred_date,
    s.scheduled_date, s.status, s.missing, s.rating, s.feedback, s.reviewed_at, s.reason, s.sequence, s.requested_at,
    s.completed_at, s.created_at, s.updated_at";

/// What takes somebody's time, of a table that goes by the name `s`.
const BOOKED: &str = "s.status = 'scheduled'";

/// The longest session, in microseconds: what begins earlier than that before a moment is over by then.
const LONGEST: i64 = 480 * 60 * 1_000_000;

/// Reads the columns of [`SESSION`] and of the mentee; whose mentor it is stands beside it.
fn session(row: &Row<'_>) -> rusqlite::Result<MentorSession> {
    let mentee = UserRef::read(row)?;
    let mentor = UserRef { id: row.get("mentor_user_id")?, ..mentee.clone() };
    Ok(MentorSession {
        id: row.get("id")?,
        mentor: MentorRef { id: None, user: mentor },
        mentee,
        title: row.get("title")?,
        description: row.get("description")?,
        duration_minutes: row.get("duration_minutes")?,
        preferred_date: row.get("preferred_date")?,
        scheduled_date: row.get("scheduled_date")?,
        status: row.get("status")?,
        missing: row.get("missing")?,
        rating: row.get("rating")?,
        feedback: row.get("feedback")?,
        reason: row.get("reason")?,
        requested_at: row.get("requested_at")?,
        completed_at: row.get("completed_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        reviewed_at: row.get("reviewed_at")?,
        sequence: row.get("sequence")?,
    })
}

/// The sessions with these ids, in this order. Two queries, however many there are.
///
/// # Errors
/// Those of the database.
pub fn get_all(conn: &Connection, ids: &[Id<MentorSession>]) -> Result<Vec<MentorSession>> {
    let sql = format!(
        "SELECT {SESSION}, {} FROM json_each(?1) l JOIN mentor_sessions s ON s.id = l.value
         JOIN users u ON u.id = s.mentee_id ORDER BY l.key",
        UserRef::COLUMNS
    );
    let mut sessions: Vec<_> = rows::all(conn, &sql, [serde_json::to_string(ids)?], session)?;
    let mentors: Vec<Id<User>> = sessions.iter().map(|it| it.mentor.user.id).collect();
    let known = mentors::store::refs(conn, &mentors)?;
    for session in &mut sessions {
        let mentor = known.get(&session.mentor.user.id).ok_or(Error::NotFound("mentor"))?;
        session.mentor = mentor.clone();
    }
    Ok(sessions)
}

/// The session with this id.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<MentorSession>) -> Result<MentorSession> {
    get_all(conn, &[id])?.pop().ok_or(Error::NotFound("session"))
}

/// A part of the sessions that somebody has a side in.
///
/// # Errors
/// As [`Select::page`].
pub fn page(conn: &Connection, user: Id<User>, listing: &Listing<SessionFilter>) -> Result<Page<Id<MentorSession>>> {
    let filter = &listing.filter;
    let select = Select::new("s.id", "mentor_sessions s", "s.id");
    let select = match filter.role {
        Some(Side::Mentor) => select.and("s.mentor_user_id = ?", &[&user])?,
        Some(Side::Mentee) => select.and("s.mentee_id = ?", &[&user])?,
        None => select.and("s.mentor_user_id = ? OR s.mentee_id = ?", &[&user, &user])?,
    };
    filtered(conn, select, listing)
}

/// A part of the sessions of all.
///
/// # Errors
/// As [`Select::page`].
pub fn page_of_all(conn: &Connection, listing: &Listing<SessionFilter>) -> Result<Page<Id<MentorSession>>> {
    filtered(conn, Select::new("s.id", "mentor_sessions s", "s.id"), listing)
}

fn filtered(conn: &Connection, select: Select, listing: &Listing<SessionFilter>) -> Result<Page<Id<MentorSession>>> {
    let Listing { filter, slice } = listing;
    let orders = &[Order::by("requested_at", "s.requested_at"), Order::by("scheduled_date", "s.scheduled_date")];
    select
        .and_any("s.status", &filter.status)?
        .and_some("s.scheduled_date >= ?", filter.from)?
        .and_some("s.scheduled_date <= ?", filter.to)?
        .dated("s.created_at", slice)?
        .search(&["s.title"], slice)?
        .order(slice, orders, "-requested_at")?
        .page(conn, slice, |row| row.get(0))
}

/// The next sessions of somebody, soonest first.
///
/// # Errors
/// Those of the database.
pub fn upcoming(conn: &Connection, user: Id<User>, now: Timestamp, limit: i64) -> Result<Vec<MentorSession>> {
    let sql =
        format!("SELECT id FROM ({}) ORDER BY scheduled_date, id LIMIT ?4", booked("?3", "s.id, s.scheduled_date"));
    let ids: Vec<_> = rows::all(conn, &sql, (now, i64::MAX, user, limit), |row| row.get(0))?;
    get_all(conn, &ids)
}

/// The open sessions in which this person is the mentor.
///
/// # Errors
/// Those of the database.
pub fn open_of_mentor(conn: &Connection, user: Id<User>) -> Result<Vec<MentorSession>> {
    open(conn, "s.mentor_user_id = ?1", user)
}

/// The open sessions in which this person is the mentee.
///
/// # Errors
/// Those of the database.
pub fn open_of_mentee(conn: &Connection, user: Id<User>) -> Result<Vec<MentorSession>> {
    open(conn, "s.mentee_id = ?1", user)
}

fn open(conn: &Connection, whose: &str, user: Id<User>) -> Result<Vec<MentorSession>> {
    let sql = format!(
        "SELECT s.id FROM mentor_sessions s WHERE {whose} AND s.status IN ('pending', 'scheduled') ORDER BY s.id"
    );
    let ids: Vec<_> = rows::all(conn, &sql, [user], |row| row.get(0))?;
    get_all(conn, &ids)
}

/// What these people have booked between the moments `?1` and `?2`, from either side.
fn booked(people: &str, columns: &str) -> String {
    // One search per side, so that each has its index.
    let side = |column: &str| {
        format!(
            "SELECT {columns} FROM mentor_sessions s WHERE s.{column} IN ({people}) AND {BOOKED}
             AND s.scheduled_date > ?1 - {LONGEST} AND s.scheduled_date < ?2 AND s.ends_at > ?1"
        )
    };
    format!("{} UNION {}", side("mentor_user_id"), side("mentee_id"))
}

/// When somebody is booked within these moments, from either side, in order.
///
/// # Errors
/// Those of the database.
pub fn busy(conn: &Connection, user: Id<User>, (from, to): (Timestamp, Timestamp)) -> Result<Vec<Busy>> {
    let sql = format!("{} ORDER BY 1", booked("?3", "s.scheduled_date, s.ends_at"));
    rows::all(conn, &sql, (from, to, user), |row| Ok(Busy { start: row.get(0)?, end: row.get(1)? }))
}

/// Who of both sides of a session is booked already between these moments: the account of one of them.
///
/// # Errors
/// Those of the database.
pub fn clash(conn: &Connection, it: &MentorSession, (from, to): (Timestamp, Timestamp)) -> Result<Option<Side>> {
    let booked = booked("?3, ?4", "s.id, s.mentor_user_id, s.mentee_id");
    let sql =
        format!("SELECT ?3 IN (mentor_user_id, mentee_id) FROM ({booked}) WHERE id <> ?5 ORDER BY 1 DESC LIMIT 1");
    let is_mentor: Option<bool> = conn
        .prepare_cached(&sql)?
        .query_row((from, to, it.mentor.user.id, it.mentee.id, it.id), |row| row.get(0))
        .optional()?;
    Ok(is_mentor.map(|it| if it { Side::Mentor } else { Side::Mentee }))
}

/// Minutes that a mentor gave, or will give, to sessions that begin within these moments, without one of them.
///
/// # Errors
/// Those of the database.
pub fn minutes(conn: &Connection, it: &MentorSession, (from, to): (Timestamp, Timestamp)) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(s.duration_minutes), 0) FROM mentor_sessions s
             WHERE s.mentor_user_id = ?1 AND s.id <> ?2 AND s.scheduled_date >= ?3 AND s.scheduled_date < ?4
                 AND s.status IN ('scheduled', 'completed', 'no_show')",
        )?
        .query_row((it.mentor.user.id, it.id, from, to), |row| row.get(0))?)
}

/// The name of somebody's time zone. Their preferences keep it, for mails and digests as well; it is the one fact of them
/// that this room looks at, because a week begins where the mentor is.
///
/// # Errors
/// Those of the database.
pub fn time_zone(conn: &Connection, user: Id<User>) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT timezone FROM notification_preferences WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))
        .optional()?)
}

/// A part of what people say of a mentor, newest first.
///
/// # Errors
/// As [`Select::page`].
pub fn reviews(conn: &Connection, mentor: Id<User>, listing: &Listing<NoFilter>) -> Result<Page<Review>> {
    let orders = &[Order::by("created_at", "s.reviewed_at"), Order::by("rating", "s.rating")];
    let columns = format!("s.id, s.rating, s.feedback, s.reviewed_at, {}", UserRef::COLUMNS);
    Select::new(&columns, "mentor_sessions s JOIN users u ON u.id = s.mentee_id", "s.id")
        .and("s.mentor_user_id = ? AND s.rating IS NOT NULL", &[&mentor])?
        .dated("s.reviewed_at", &listing.slice)?
        .search(&["s.feedback"], &listing.slice)?
        .order(&listing.slice, orders, "-created_at")?
        .page(conn, &listing.slice, |row| {
            Ok(Review {
                session_id: row.get("id")?,
                user: UserRef::read(row)?,
                rating: row.get("rating")?,
                feedback: row.get::<_, Option<String>>("feedback")?.unwrap_or_default(),
                created_at: row.get("reviewed_at")?,
            })
        })
}

/// Sessions that begin within a day or an hour and were not reminded of that yet, with the hours: at most so many.
///
/// # Errors
/// Those of the database.
pub fn to_remind(conn: &Connection, now: Timestamp, limit: i64) -> Result<Vec<(MentorSession, i64)>> {
    const HOUR: i64 = 3_600_000_000;
    let sql = format!(
        "SELECT s.id, iif(s.scheduled_date <= ?1 + {HOUR}, 1, 24) FROM mentor_sessions s
         WHERE {BOOKED} AND s.scheduled_date > ?1 AND s.scheduled_date <= ?1 + 24 * {HOUR}
             AND s.reminded < iif(s.scheduled_date <= ?1 + {HOUR}, 2, 1)
         ORDER BY s.scheduled_date LIMIT ?2"
    );
    let due: Vec<(Id<MentorSession>, i64)> = rows::all(conn, &sql, (now, limit), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (ids, hours): (Vec<_>, Vec<_>) = due.into_iter().unzip();
    Ok(get_all(conn, &ids)?.into_iter().zip(hours).collect())
}

/// Notes that both sides were reminded.
///
/// # Errors
/// Those of the database.
pub fn update_reminded(tx: &Tx<'_>, id: Id<MentorSession>, hours: i64) -> Result<()> {
    tx.prepare_cached("UPDATE mentor_sessions SET reminded = iif(?2 = 1, 2, 1) WHERE id = ?1")?.execute((id, hours))?;
    Ok(())
}

/// Adds a session that is asked for.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, mentor: Id<User>, mentee: Id<User>, it: &SessionDraft) -> Result<Id<MentorSession>> {
    Ok(tx
        .prepare_cached(
            "INSERT INTO mentor_sessions (mentor_user_id, mentee_id, title, description, duration_minutes, preferred_date,
                 status, requested_at, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', ?7, ?7, ?7) RETURNING id",
        )?
        .query_row(
            (mentor, mentee, &it.title, &it.description, it.duration_minutes, it.preferred_date, tx.now()),
            |row| row.get(0),
        )?)
}

/// Writes what the mentee writes.
///
/// # Errors
/// Those of the database.
pub fn update(tx: &Tx<'_>, id: Id<MentorSession>, it: &SessionDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE mentor_sessions SET title = ?2, description = ?3, duration_minutes = ?4, preferred_date = ?5,
             updated_at = ?6 WHERE id = ?1",
    )?
    .execute((id, &it.title, &it.description, it.duration_minutes, it.preferred_date, tx.now()))?;
    Ok(())
}

/// Gives a session a time, the first one or another one.
///
/// # Errors
/// Those of the database.
pub fn update_time(tx: &Tx<'_>, id: Id<MentorSession>, at: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "UPDATE mentor_sessions SET sequence = sequence + (scheduled_date IS NOT NULL), scheduled_date = ?2,
             status = 'scheduled', reminded = 0, updated_at = ?3 WHERE id = ?1",
    )?
    .execute((id, at, tx.now()))?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub fn update_status(
    tx: &Tx<'_>,
    id: Id<MentorSession>,
    status: SessionStatus,
    reason: &str,
    missing: Option<Side>,
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE mentor_sessions SET status = ?2, reason = nullif(?3, ''), missing = ?4,
             completed_at = iif(?2 = 'completed', ?5, NULL), sequence = sequence + 1, updated_at = ?5 WHERE id = ?1",
    )?
    .execute((id, status, reason, missing, tx.now()))?;
    Ok(())
}

/// Writes what the mentee thinks of a session, in the place of what they thought before.
///
/// # Errors
/// Those of the database.
pub fn update_review(tx: &Tx<'_>, id: Id<MentorSession>, it: &ReviewDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE mentor_sessions SET rating = ?2, feedback = ?3, reviewed_at = coalesce(reviewed_at, ?4), updated_at = ?4
         WHERE id = ?1",
    )?
    .execute((id, it.rating, &it.feedback, tx.now()))?;
    Ok(())
}

/// Takes the words and the reviews of somebody out of their sessions.
///
/// # Errors
/// Those of the database.
pub fn forget_user(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute(
        "UPDATE mentor_sessions SET title = 'Session', description = '', rating = NULL, feedback = NULL,
             reviewed_at = NULL, reason = NULL, updated_at = ?2 WHERE mentee_id = ?1",
        (user, tx.now()),
    )?;
    tx.execute(
        "UPDATE mentor_sessions SET reason = NULL, updated_at = ?2 WHERE mentor_user_id = ?1",
        (user, tx.now()),
    )?;
    Ok(())
}
