//! When people do something: by day, by hour of the week, and how many days in a row.

mod store;

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, TimeZone as _, Timelike as _};
use chrono_tz::Tz;
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::withheld::{LEAST, of_enough};
use crate::{
    platform::{
        clock::Timestamp,
        error::Result,
        fields::{Fields, integer, ruled},
        id::Id,
        list::Filter,
        rule::Rule,
    },
    users::User,
};

/// How many days streaks are looked for in: as long as events are kept.
const STREAK_DAYS: u64 = 400;

/// When somebody, or everybody, did something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Heatmap {
    /// What was done on each of the asked days, by date; days without anything are 0.
    pub days: Option<BTreeMap<String, i64>>,
    /// The same by day of the week, Monday first, and hour of the day, 0 to 23.
    pub weekday_hour: Option<Vec<Vec<i64>>>,
    /// Days in a row with something other than signing in, up to today or yesterday.
    pub streak_days: Option<i64>,
    /// The longest such row of the last 400 days.
    pub longest_streak: Option<i64>,
    /// Fewer than 5 people did something: the figures would tell of them.
    pub withheld: bool,
    /// The time zone of days and hours.
    pub tz: String,
    /// When it was counted.
    pub generated_at: Timestamp,
}

/// Of which time, in which time zone.
#[derive(Clone, Copy, Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HeatmapFilter {
    /// The last so many days, today included: 1 to 365, 30 when left out.
    #[param(default = 30, minimum = 1, maximum = 365)]
    pub days: i64,
    /// The name of a time zone, as `Europe/Kyiv`; `UTC` when left out.
    #[param(value_type = String, default = "UTC")]
    pub tz: Tz,
}

impl HeatmapFilter {
    /// So many days in UTC.
    pub const fn utc(days: i64) -> Self {
        Self { days, tz: Tz::UTC }
    }
}

impl Filter for HeatmapFilter {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self::utc(30);
        query.defaulting_to(30, "days", &mut it.days, integer(1..=365));
        let zone = |name: &str| name.trim().parse().map_err(|_| "Give the name of a time zone, as Europe/Kyiv.".into());
        query.defaulting_to(Tz::UTC, "tz", &mut it.tz, ruled(Rule::text(1..=64), zone));
        it
    }
}

/// The heatmap of one person, or of all.
///
/// # Errors
/// Those of the database.
pub fn heatmap(conn: &Connection, of: Option<Id<User>>, filter: HeatmapFilter, now: Timestamp) -> Result<Heatmap> {
    let HeatmapFilter { days, tz } = filter;
    let today = now.datetime().with_timezone(&tz).date_naive();
    let dates = last_days(today, days.unsigned_abs());
    let since = dates.first().map_or(now, |first| day_start(tz, *first));
    let mut by_day: BTreeMap<String, i64> = dates.iter().map(|date| (date.to_string(), 0)).collect();
    let mut by_hour = vec![vec![0; 24]; 7];
    for (quarter, count) in store::quarters(conn, of, since, now)? {
        let local = Timestamp::from_seconds(quarter * 900).datetime().with_timezone(&tz);
        *by_day.entry(local.date_naive().to_string()).or_default() += count;
        by_hour[local.weekday().num_days_from_monday() as usize][local.hour() as usize] += count;
    }
    let bounds: Vec<(Timestamp, Timestamp)> = last_days(today, STREAK_DAYS)
        .into_iter()
        .map(|date| (day_start(tz, date), day_start(tz, date + Days::new(1))))
        .collect();
    let (streak, longest) = streaks(&store::active(conn, of, &bounds)?);
    let people = match of {
        // What somebody did is told to themselves and admins, not to a group.
        Some(_) => i64::MAX,
        None => store::people(conn, since, now, LEAST)?,
    };
    let enough = of_enough(people, ()).is_some();
    Ok(Heatmap {
        days: enough.then_some(by_day),
        weekday_hour: enough.then_some(by_hour),
        streak_days: enough.then_some(streak),
        longest_streak: enough.then_some(longest),
        withheld: !enough,
        tz: tz.name().to_owned(),
        generated_at: now,
    })
}

/// The last so many days up to this one, oldest first.
fn last_days(today: NaiveDate, count: u64) -> Vec<NaiveDate> {
    (0..count).rev().filter_map(|ago| today.checked_sub_days(Days::new(ago))).collect()
}

/// The first moment of a day. Where clocks spring over midnight, the day begins with the first quarter of an hour that they
/// show; where they show midnight twice, with the first.
fn day_start(tz: Tz, date: NaiveDate) -> Timestamp {
    let midnight = date.and_time(NaiveTime::MIN);
    let shown = |quarter| tz.from_local_datetime(&(midnight + chrono::Duration::minutes(15 * quarter))).earliest();
    let first = (0..96_i64).find_map(shown);
    first.map_or_else(|| midnight.and_utc(), |it| it.to_utc()).into()
}

/// The row of active days up to the last one or the one before it, and the longest row.
fn streaks(active: &[bool]) -> (i64, i64) {
    let row = |days: &mut dyn Iterator<Item = &bool>| days.take_while(|it| **it).count();
    let today_is_open = usize::from(active.last() == Some(&false));
    let current = row(&mut active.iter().rev().skip(today_is_open));
    let longest = active.split(|it| !it).map(<[bool]>::len).max().unwrap_or(0);
    (i64::try_from(current).unwrap_or(i64::MAX), i64::try_from(longest).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(zone: &str, date: &str) -> String {
        day_start(zone.parse().unwrap(), date.parse().unwrap()).to_string()
    }

    #[test]
    fn days_begin_at_local_midnight_also_when_clocks_change() {
        assert_eq!(start("UTC", "2026-03-29"), "2026-03-29T00:00:00.000000Z");
        assert_eq!(start("Europe/Kyiv", "2026-03-29"), "2026-03-28T22:00:00.000000Z");
        assert_eq!(start("Europe/Kyiv", "2026-03-30"), "2026-03-29T21:00:00.000000Z", "23 hours later");
        assert_eq!(start("Europe/Kyiv", "2026-10-25"), "2026-10-24T21:00:00.000000Z");
        assert_eq!(start("Europe/Kyiv", "2026-10-26"), "2026-10-25T22:00:00.000000Z", "25 hours later");
        assert_eq!(start("Asia/Kathmandu", "2026-01-01"), "2025-12-31T18:15:00.000000Z");
        assert_eq!(
            start("Asia/Beirut", "2026-03-29"),
            "2026-03-28T22:00:00.000000Z",
            "clocks spring from 0:00 to 1:00"
        );
        assert_eq!(
            start("America/Havana", "2026-11-01"),
            "2026-11-01T04:00:00.000000Z",
            "clocks fall from 1:00 to 0:00"
        );
    }

    #[test]
    fn the_moments_of_a_day_are_those_that_show_its_date() {
        for zone in ["Asia/Beirut", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe", "America/Asuncion"] {
            let tz: Tz = zone.parse().unwrap();
            for date in last_days("2026-12-31".parse().unwrap(), 400) {
                let start = day_start(tz, date);
                let shown = |at: Timestamp| at.datetime().with_timezone(&tz).date_naive();
                assert_eq!(shown(start), date, "{zone}");
                assert!(shown(start.plus(-chrono::Duration::microseconds(1))) < date, "{zone} {date}");
            }
        }
    }

    #[test]
    fn a_streak_may_wait_for_today() {
        assert_eq!(streaks(&[]), (0, 0));
        assert_eq!(streaks(&[true, true, false, true]), (1, 2));
        assert_eq!(streaks(&[true, false, true, true, false]), (2, 2));
        assert_eq!(streaks(&[true, true, true, false, false]), (0, 3));
    }
}
