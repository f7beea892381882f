//! When regular mail is due, and what it tells.

use chrono::{DateTime, Datelike as _, Days, Duration, NaiveDate, TimeZone as _, Timelike as _, Utc, Weekday};
use chrono_tz::Tz;

use crate::{
    notifications::{Digest, Notification},
    platform::{clock::Timestamp, id::Id},
    recommendations::JobRecommendation,
    users::User,
};

/// The hour at which regular mail comes.
const HOUR: u32 = 8;

/// How late the schedule may be, and eight o'clock still be meant for today, in minutes.
const LATE: i64 = 10;

/// Somebody who may get regular mail.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Whom.
    pub id: Id<User>,
    /// How often they want the digest.
    pub digest: Digest,
    /// Whether they want the report.
    pub weekly_report: bool,
    /// Where their morning is.
    pub zone: Tz,
}

/// Eight o'clock on that day in that place; the hour after, on a day that has no eight o'clock.
pub fn eight(day: NaiveDate, zone: Tz) -> Timestamp {
    let local = |hour| day.and_hms_opt(hour, 0, 0).and_then(|it| zone.from_local_datetime(&it).earliest());
    let moment = local(HOUR).or_else(|| local(HOUR + 1));
    Timestamp::from(moment.map_or_else(DateTime::<Utc>::default, |it| it.with_timezone(&Utc)))
}

/// The next eight o'clock in that place, and its day.
pub fn next_eight(now: Timestamp, zone: Tz) -> (NaiveDate, Timestamp) {
    let today = now.datetime().with_timezone(&zone).date_naive();
    let first = eight(today, zone);
    if first.plus(Duration::minutes(LATE)) >= now {
        return (today, first);
    }
    let next = today.checked_add_days(Days::new(1)).unwrap_or(today);
    (next, eight(next, zone))
}

/// Now, while it is morning in that place, and else the next eight o'clock; with its day.
pub fn morning(now: Timestamp, zone: Tz) -> (NaiveDate, Timestamp) {
    let local = now.datetime().with_timezone(&zone);
    if (HOUR - 1..12).contains(&local.hour()) { (local.date_naive(), now) } else { next_eight(now, zone) }
}

impl Member {
    /// The day and moment of the next digest, if the next morning brings one.
    pub fn digest_due(&self, now: Timestamp) -> Option<(NaiveDate, Timestamp)> {
        let (day, at) = next_eight(now, self.zone);
        let due = match self.digest {
            Digest::Off => false,
            Digest::Daily => true,
            Digest::Weekly => day.weekday() == Weekday::Mon,
        };
        due.then_some((day, at))
    }
}

/// The moment from which the digest of that day tells: the one of the digest before.
pub fn digest_since(day: NaiveDate, digest: Digest, zone: Tz) -> Timestamp {
    let days = if digest == Digest::Weekly { 7 } else { 1 };
    eight(day.checked_sub_days(Days::new(days)).unwrap_or(day), zone)
}

/// What a digest tells.
#[derive(Debug)]
pub struct Morning {
    /// New postings that fit, best first.
    pub jobs: Vec<JobRecommendation>,
    /// What was told and not read since the last digest, newest first.
    pub unread: Vec<Notification>,
    /// How much is unread in all.
    pub unread_count: i64,
    /// Their points and their rank.
    pub points: (i64, i64),
    /// Courses that they are learning, and how far they are with each, in percent.
    pub courses: Vec<(String, i64)>,
}

impl Morning {
    /// Whether nothing is new.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.unread.is_empty()
    }
}

/// What somebody did and got in a week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week {
    /// Points booked, less those taken back.
    pub points: i64,
    /// Modules completed.
    pub modules: i64,
    /// Courses completed.
    pub courses: i64,
    /// Skills added.
    pub skills: i64,
    /// Endorsements given to them.
    pub endorsements: i64,
    /// Applications made.
    pub applications: i64,
    /// Steps that others moved their applications.
    pub answers: i64,
    /// Posts and comments written.
    pub contributions: i64,
    /// Likes of others for those.
    pub likes: i64,
}

impl Week {
    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a report tells.
#[derive(Debug)]
pub struct Report {
    /// The last seven days.
    pub week: Week,
    /// The seven days before them.
    pub before: Week,
    /// Names of the achievements earned.
    pub achievements: Vec<String>,
    /// Their points and their rank.
    pub points: (i64, i64),
}

impl Report {
    /// Whether the week brought nothing.
    pub fn is_empty(&self) -> bool {
        self.week.is_empty() && self.achievements.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn eight_is_the_members_own() {
        let cases = [
            (Tz::UTC, "2026-11-22T08:00:00Z", "2026-11-22", "2026-11-22T08:00:00Z"),
            (Tz::UTC, "2026-11-22T08:00:01Z", "2026-11-22", "2026-11-22T08:00:00Z"),
            (Tz::UTC, "2026-11-22T08:11:00Z", "2026-11-23", "2026-11-23T08:00:00Z"),
            (Tz::Europe__Kyiv, "2026-11-22T08:00:00Z", "2026-11-23", "2026-11-23T06:00:00Z"),
            (Tz::America__New_York, "2026-11-22T08:00:00Z", "2026-11-22", "2026-11-22T13:00:00Z"),
            (Tz::Asia__Tokyo, "2026-11-22T20:00:00Z", "2026-11-23", "2026-11-22T23:00:00Z"),
            // The night in which the clocks go forward.
            (Tz::Europe__Kyiv, "2026-03-28T08:00:00Z", "2026-03-29", "2026-03-29T05:00:00Z"),
        ];
        for (zone, now, day, next) in cases {
            assert_eq!(next_eight(at(now), zone), (day.parse().unwrap(), at(next)), "{zone} at {now}");
        }
    }

    #[test]
    fn a_digest_begins_where_the_one_before_ended() {
        let (zone, day) = (Tz::Europe__Kyiv, "2026-03-29".parse().unwrap());
        assert_eq!(digest_since(day, Digest::Daily, zone), at("2026-03-28T06:00:00Z"));
        assert_eq!(digest_since(day, Digest::Weekly, zone), at("2026-03-22T06:00:00Z"));
    }

    #[test]
    fn a_weekly_digest_comes_on_mondays() {
        let member = |digest| Member { id: Id::new(1), digest, weekly_report: true, zone: Tz::UTC };
        let (sunday, monday) = (at("2026-11-22T08:00:00Z"), at("2026-11-22T09:00:00Z"));
        assert!(member(Digest::Weekly).digest_due(sunday).is_none());
        assert!(member(Digest::Weekly).digest_due(monday).is_some());
        assert!(member(Digest::Daily).digest_due(sunday).is_some());
        assert!(member(Digest::Off).digest_due(monday).is_none());
    }

    #[test]
    fn a_report_comes_in_the_morning_of_its_monday_where_that_still_lasts() {
        let now = at("2026-11-23T07:00:00Z");
        for (zone, due) in [
            (Tz::UTC, "2026-11-23T07:00:00Z"),
            (Tz::Europe__Kyiv, "2026-11-23T07:00:00Z"),
            (Tz::America__New_York, "2026-11-23T13:00:00Z"),
            (Tz::Asia__Tokyo, "2026-11-23T23:00:00Z"),
        ] {
            assert_eq!(morning(now, zone).1, at(due), "{zone}");
        }
    }
}
