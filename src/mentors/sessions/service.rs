//! The rules of sessions.

use chrono::{Datelike as _, Duration, NaiveDate, TimeZone as _};
use chrono_tz::Tz;
use rusqlite::Connection;

use super::{Between, Event, MentorSession, ReviewDraft, SessionDraft, SessionFilter, SessionStatus, Side, store};
use crate::{
    mentors::{self, Mentor},
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        fields::{Fields, choice, id, moment, text},
        id::Id,
        list::{Listing, Page},
    },
    users::{self, CurrentUser, User},
};

/// How long a review can be changed.
const EDITABLE: Duration = Duration::days(14);
/// The first moment that no session can have: calendars of the next century are not ours to fill.
const TOO_LATE: Timestamp = Timestamp::from_seconds(4_102_444_800);
/// Sessions that are reminded of in one commit.
const REMINDED_AT_ONCE: i64 = 200;

/// A part of the caller's sessions, on either side.
///
/// # Errors
/// 400 for a wrong ordering.
pub fn list(conn: &Connection, user: Id<User>, listing: &Listing<SessionFilter>) -> Result<Page<MentorSession>> {
    store::page(conn, user, listing)?.fetched(|ids| store::get_all(conn, ids))
}

/// A session as the caller sees it, and from which side; admins see every one, from none.
///
/// # Errors
/// 404: to others it is not there.
pub fn seen(conn: &Connection, user: &CurrentUser, id: Id<MentorSession>) -> Result<(MentorSession, Option<Side>)> {
    let session = store::get(conn, id)?;
    match session.side_of(user.id) {
        None if !user.is_admin() => Err(Error::NotFound("session")),
        side => Ok((session, side)),
    }
}

/// A session that the caller has a side in.
///
/// # Errors
/// 404 to strangers, 403 to admins, who only look.
pub fn party(conn: &Connection, user: &CurrentUser, id: Id<MentorSession>) -> Result<(MentorSession, Side)> {
    match seen(conn, user, id)? {
        (session, Some(side)) => Ok((session, side)),
        (_, None) => Err(Error::Forbidden("Only its mentor and its mentee do this.")),
    }
}

/// A session in which the caller is this side.
///
/// # Errors
/// 404 to strangers, 403 to the other side and to admins.
pub fn as_side(conn: &Connection, user: &CurrentUser, id: Id<MentorSession>, side: Side) -> Result<MentorSession> {
    match (party(conn, user, id)?, side) {
        ((session, own), side) if own == side => Ok(session),
        (_, Side::Mentor) => Err(Error::Forbidden("Only the mentor of this session does this.")),
        (_, Side::Mentee) => Err(Error::Forbidden("Only the mentee of this session does this.")),
    }
}

/// Asks a mentor for a session.
///
/// # Errors
/// 400 with every wrong field, 403 for oneself.
pub fn request(tx: &Tx<'_>, by: &CurrentUser, mut body: Fields) -> Result<MentorSession> {
    let mut mentor: Id<Mentor> = Id::new(0);
    body.required("mentor_id", &mut mentor, id);
    let draft = SessionDraft::default().read(&mut body, tx.now(), None);
    let profile = match mentors::store::get(tx, mentor) {
        Ok(profile) if profile.user.id == by.id => {
            return Err(Error::Forbidden("Nobody is their own mentor."));
        }
        Ok(profile) if mentors::store::is_shown(tx, mentor)? => Some(profile),
        Ok(_) | Err(Error::NotFound(_)) => None,
        Err(error) => return Err(error),
    };
    if profile.is_none() && mentor.raw() > 0 {
        body.fault("mentor_id", format!("There is no mentor with the id {mentor}."));
    }
    let draft = body.finish(draft)?;
    let profile = profile.ok_or_else(|| Error::field("mentor_id", "Name a mentor."))?;
    let session = store::get(tx, store::insert(tx, profile.user.id, by.id, &draft)?)?;
    tx.emit(Event::Requested { it: Between::from(&session), profile: profile.id })?;
    Ok(session)
}

/// Writes what a mentee writes, and runs the step that is named by `status`.
///
/// # Errors
/// 400 with every wrong field, 403 for a step of the other side, 409 for a step that its state forbids.
pub fn change(
    tx: &Tx<'_>,
    by: &CurrentUser,
    session: &MentorSession,
    side: Side,
    mut body: Fields,
) -> Result<MentorSession> {
    let (mut to, mut at) = (session.status, session.scheduled_date);
    body.defaulting_to(to, "status", &mut to, choice);
    body.optional("scheduled_date", &mut at, moment);
    let moves = to == SessionStatus::Scheduled && at != session.scheduled_date;
    if to != session.status || moves {
        return step(tx, by, session, side, to, body);
    }
    if side == Side::Mentor {
        body.finish(())?;
        return store::get(tx, session.id);
    }
    let before = session.draft();
    let base = if body.is_patch() { before.clone() } else { SessionDraft::default() };
    let draft = base.read(&mut body, tx.now(), before.preferred_date);
    let draft = body.finish(draft)?;
    if draft != before {
        if session.status != SessionStatus::Pending {
            return Err(Error::conflict("A session can be changed only while it is pending."));
        }
        store::update(tx, session.id, &draft)?;
    }
    store::get(tx, session.id)
}

/// Runs the step by which a session becomes `to`.
///
/// # Errors
/// As those steps.
pub fn step(
    tx: &Tx<'_>,
    by: &CurrentUser,
    session: &MentorSession,
    side: Side,
    to: SessionStatus,
    mut body: Fields,
) -> Result<MentorSession> {
    match to {
        SessionStatus::Scheduled | SessionStatus::Declined if side == Side::Mentee => {
            Err(Error::Forbidden("Only the mentor of this session does this."))
        }
        SessionStatus::Scheduled => schedule(tx, session, body),
        SessionStatus::Declined | SessionStatus::Cancelled => {
            let reason = read_reason(&mut body);
            call_off(tx, by, session, to, &body.finish(reason)?)
        }
        SessionStatus::Completed => complete(tx, by, session, side, body),
        SessionStatus::NoShow => note_absence(tx, by, session, side, body),
        SessionStatus::Pending => Err(forbidden(session.status, to)),
    }
}

fn forbidden(from: SessionStatus, to: SessionStatus) -> Error {
    Error::conflict(format!("A session that is {from} cannot become {to}."))
}

fn check(session: &MentorSession, to: SessionStatus) -> Result<()> {
    if session.status.may_become(to) { Ok(()) } else { Err(forbidden(session.status, to)) }
}

/// Gives a session a time, or another one.
///
/// # Errors
/// 400 with every wrong field; 409 when its state forbids it, when one of both is booked, or over the mentor's hours of that
/// week.
pub fn schedule(tx: &Tx<'_>, session: &MentorSession, mut body: Fields) -> Result<MentorSession> {
    let (now, mut at) = (tx.now(), tx.now());
    body.required("scheduled_date", &mut at, |input| match moment(input)? {
        at if at <= now => Err("This must be in the future.".into()),
        at if at >= TOO_LATE => Err("This is too far away.".into()),
        at => Ok(at),
    });
    if body.is_patch() && !body.has("scheduled_date") {
        // Where fields may be left out, a step that is named by its status needs its own all the same.
        body.fault("scheduled_date", "This field is required.");
    }
    body.finish(())?;
    check(session, SessionStatus::Scheduled)?;
    if !users::store::get(tx, session.mentee.id)?.is_active {
        return Err(Error::conflict("The mentee is not here at the moment."));
    }
    let span = (at, at.plus(Duration::minutes(session.duration_minutes)));
    match store::clash(tx, session, span)? {
        Some(Side::Mentor) => return Err(Error::conflict("The mentor has another session at that time.")),
        Some(Side::Mentee) => return Err(Error::conflict("The mentee has another session at that time.")),
        None => {}
    }
    check_hours(tx, session, at)?;
    let moved = session.status == SessionStatus::Scheduled;
    if session.scheduled_date != Some(at) {
        store::update_time(tx, session.id, at)?;
        tx.emit(Event::Scheduled { it: Between::from(&store::get(tx, session.id)?), at, moved })?;
    }
    store::get(tx, session.id)
}

/// A session belongs to the week in which it begins.
fn check_hours(tx: &Tx<'_>, session: &MentorSession, at: Timestamp) -> Result<()> {
    let profile = mentors::store::find(tx, session.mentor.user.id)?;
    let Some(hours) = profile.and_then(|it| it.availability_hours_per_week) else { return Ok(()) };
    let zone = store::time_zone(tx, session.mentor.user.id)?;
    let zone = zone.and_then(|it| it.parse().ok()).unwrap_or(Tz::UTC);
    let taken = store::minutes(tx, session, week(at, zone))?;
    if taken + session.duration_minutes > 60 * hours {
        let left = (60 * hours - taken).max(0);
        return Err(Error::conflict(format!("The mentor has {left} of {hours} × 60 minutes left in that week.")));
    }
    Ok(())
}

/// The ISO week of a moment where the mentor is: from its Monday to the next one.
fn week(at: Timestamp, zone: Tz) -> (Timestamp, Timestamp) {
    let day = at.datetime().with_timezone(&zone).date_naive();
    let monday = day - chrono::Days::new(day.weekday().num_days_from_monday().into());
    (midnight(monday, zone), midnight(monday + chrono::Days::new(7), zone))
}

/// The first moment of a day; where clocks were put forward over it, the first one that there is.
fn midnight(day: NaiveDate, zone: Tz) -> Timestamp {
    let start = day.and_time(chrono::NaiveTime::MIN);
    (0..24)
        .find_map(|hour| zone.from_local_datetime(&(start + Duration::hours(hour))).earliest())
        .map_or_else(|| start.and_utc().into(), |it| it.to_utc().into())
}

/// Reads why a session does not take place.
pub fn read_reason(body: &mut Fields) -> String {
    let mut reason = String::new();
    body.defaulted("reason", &mut reason, text(0..=500));
    reason
}

/// Declines or cancels a session.
///
/// # Errors
/// 409 when its state forbids it.
pub fn call_off(
    tx: &Tx<'_>,
    by: &CurrentUser,
    session: &MentorSession,
    to: SessionStatus,
    reason: &str,
) -> Result<MentorSession> {
    check(session, to)?;
    end(tx, Some(by.id), session, to, reason)?;
    store::get(tx, session.id)
}

/// Ends a session that may be ended so; `by` is none where the house does it.
///
/// # Errors
/// Those of the database.
pub fn end(tx: &Tx<'_>, by: Option<Id<User>>, session: &MentorSession, to: SessionStatus, reason: &str) -> Result<()> {
    ended(tx, by, session, to, reason, None)
}

fn ended(
    tx: &Tx<'_>,
    by: Option<Id<User>>,
    session: &MentorSession,
    to: SessionStatus,
    reason: &str,
    missing: Option<Side>,
) -> Result<()> {
    store::update_status(tx, session.id, to, reason, missing)?;
    let it = Between::from(&store::get(tx, session.id)?);
    tx.emit(Event::Ended { it, status: to, by, reason: reason.to_owned(), missing })
}

/// Notes that a session was held, also before its hour, as sessions move up. The mentee may say at once what they think.
///
/// # Errors
/// 400 with every wrong field; 409 when its state forbids it.
pub fn complete(
    tx: &Tx<'_>,
    by: &CurrentUser,
    session: &MentorSession,
    side: Side,
    mut body: Fields,
) -> Result<MentorSession> {
    let draft = if side == Side::Mentee { ReviewDraft::read_if_sent(&mut body) } else { None };
    if draft.is_some() && body.is_patch() && !body.has("rating") {
        body.fault("rating", "This field is required.");
    }
    let draft = body.finish(draft)?;
    check(session, SessionStatus::Completed)?;
    ended(tx, Some(by.id), session, SessionStatus::Completed, "", None)?;
    if let Some(draft) = draft {
        rate(tx, session.id, &draft)?;
    }
    store::get(tx, session.id)
}

/// Notes that the other side did not come.
///
/// # Errors
/// 400 with every wrong field; 409 before the start, and when its state forbids it.
pub fn note_absence(
    tx: &Tx<'_>,
    by: &CurrentUser,
    session: &MentorSession,
    side: Side,
    mut body: Fields,
) -> Result<MentorSession> {
    let mut who = side;
    body.required("who", &mut who, choice);
    body.check("who", who != side || !body.has("who"), "Name the other side: nobody says this of themselves.");
    body.finish(())?;
    check(session, SessionStatus::NoShow)?;
    if session.scheduled_date.is_none_or(|it| it > tx.now()) {
        return Err(Error::conflict("This session has not begun yet."));
    }
    ended(tx, Some(by.id), session, SessionStatus::NoShow, "", Some(side.other()))?;
    store::get(tx, session.id)
}

/// Says what the mentee thinks of a session, for the first time or anew.
///
/// # Errors
/// 400 with every wrong field; 409 before it is completed, and 14 days after the first review.
pub fn review(tx: &Tx<'_>, session: &MentorSession, mut body: Fields) -> Result<MentorSession> {
    let draft = ReviewDraft::read(&mut body);
    let draft = body.finish(draft)?;
    if session.status != SessionStatus::Completed {
        return Err(Error::conflict("A session is reviewed once it is completed."));
    }
    if session.reviewed_at.is_some_and(|it| tx.now().since(it) > EDITABLE) {
        return Err(Error::conflict("A review can be changed for 14 days."));
    }
    let same = (session.rating, session.feedback.as_deref()) == (Some(draft.rating), Some(draft.feedback.as_str()));
    if !same {
        rate(tx, session.id, &draft)?;
    }
    store::get(tx, session.id)
}

fn rate(tx: &Tx<'_>, id: Id<MentorSession>, draft: &ReviewDraft) -> Result<()> {
    store::update_review(tx, id, draft)?;
    let it = Between::from(&store::get(tx, id)?);
    tx.emit(Event::Reviewed { it, rating: draft.rating })
}

/// Reminds of sessions that begin within a day or an hour, once each; how many there were.
///
/// # Errors
/// Those of the database.
pub fn remind(tx: &Tx<'_>) -> Result<usize> {
    let due = store::to_remind(tx, tx.now(), REMINDED_AT_ONCE)?;
    for (session, hours) in &due {
        store::update_reminded(tx, session.id, *hours)?;
        let at = session.scheduled_date.unwrap_or(tx.now());
        tx.emit(Event::Near { it: Between::from(session), at, hours: *hours })?;
    }
    Ok(due.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown((from, to): (Timestamp, Timestamp)) -> (String, String) {
        (from.to_string(), to.to_string())
    }

    #[test]
    fn a_week_begins_on_the_mentors_monday() {
        let sunday_night = Timestamp::parse("2026-11-22T22:30:00Z").unwrap();
        let utc = ("2026-11-16T00:00:00.000000Z".to_owned(), "2026-11-23T00:00:00.000000Z".to_owned());
        assert_eq!(shown(week(sunday_night, Tz::UTC)), utc);
        let kyiv = ("2026-11-22T22:00:00.000000Z".to_owned(), "2026-11-29T22:00:00.000000Z".to_owned());
        assert_eq!(shown(week(sunday_night, Tz::Europe__Kyiv)), kyiv);
    }

    #[test]
    fn a_week_in_which_clocks_change_is_an_hour_longer_or_shorter() {
        let in_march = Timestamp::parse("2027-03-25T12:00:00Z").unwrap();
        let (from, to) = week(in_march, Tz::Europe__Kyiv);
        assert_eq!(to.since(from), Duration::hours(7 * 24 - 1));
    }
}
