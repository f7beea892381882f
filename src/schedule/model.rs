//! Times, and what is queued at them.

use std::fmt;

use chrono::{Duration, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::{
    clock::Timestamp,
    db::Tx,
    error::Result,
    task::{Key, Queued, Task, store::State},
};

/// The times of an entry, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Each time that many minutes are full; they divide the hour.
    Every(i64),
    /// At the full hour.
    Hourly,
    /// Each day at this hour and minute.
    Daily(i64, i64),
    /// Each Monday at this hour and minute.
    Mondays(i64, i64),
}

impl When {
    /// Seconds from one time to the next, and of the first one in 1970.
    const fn rhythm(self) -> (i64, i64) {
        match self {
            When::Every(minutes) => (minutes * 60, 0),
            When::Hourly => (3600, 0),
            When::Daily(hour, minute) => (86_400, hour * 3600 + minute * 60),
            // 1970 began on a Thursday.
            When::Mondays(hour, minute) => (7 * 86_400, 4 * 86_400 + hour * 3600 + minute * 60),
        }
    }

    /// The newest time that has come.
    pub fn last(self, now: Timestamp) -> Timestamp {
        let (period, first) = self.rhythm();
        Timestamp::from_seconds((now.seconds() - first).div_euclid(period) * period + first)
    }

    /// The first time that has not come.
    pub fn next(self, now: Timestamp) -> Timestamp {
        self.last(now).plus(Duration::seconds(self.rhythm().0))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Every(minutes) => write!(f, "every {minutes} min"),
            When::Hourly => f.write_str("hourly"),
            When::Daily(hour, minute) => write!(f, "daily {hour:02}:{minute:02}"),
            When::Mondays(hour, minute) => write!(f, "Monday {hour:02}:{minute:02}"),
        }
    }
}

/// A time that has come.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    /// The time; now, when somebody asked by hand.
    pub at: Timestamp,
    /// The one before it, as far as it is known.
    pub since: Timestamp,
    /// Whether somebody asked by hand.
    pub by_hand: bool,
}

impl Tick {
    /// The day before, in UTC.
    pub fn day_before(&self) -> NaiveDate {
        self.at.plus(-Duration::days(1)).datetime().date_naive()
    }

    /// Names the round of a task that goes through everybody.
    pub fn round(&self) -> String {
        self.at.to_string()
    }

    /// One task for one time, however many processes queue it; whoever asks by hand gets one each time.
    fn key(&self) -> Key {
        if self.by_hand { Key::None } else { Key::Once(self.at.to_string()) }
    }
}

/// Whether there is something to do at a time.
type Needed = Box<dyn Fn(&Tx<'_>, &Tick) -> Result<bool> + Send + Sync>;
/// Queues the task of an entry.
type Queue = Box<dyn Fn(&Tx<'_>, &Tick) -> Result<Queued> + Send + Sync>;

/// A line of the schedule. It is called after its kind of task.
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Its times.
    pub when: When,
    /// Whether a time is to be passed over. Whoever asks by hand is not asked.
    pub(super) needed: Needed,
    /// Queues its task.
    pub(super) queue: Queue,
}

impl Entry {
    /// Queues this task at these times.
    pub fn new<T: Task>(when: When, task: impl Fn(&Tick) -> T + Send + Sync + 'static) -> Self {
        let queue: Queue = Box::new(move |tx, tick| tx.enqueue_as(&task(tick), tick.key()));
        Self { name: T::KIND, when, needed: Box::new(|_, _| Ok(true)), queue }
    }

    /// The same, but only at times for which this holds.
    pub fn only_if(self, needed: impl Fn(&Tx<'_>, &Tick) -> Result<bool> + Send + Sync + 'static) -> Self {
        Self { needed: Box::new(needed), ..self }
    }
}

/// An entry as its operators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScheduleEntry {
    /// Its name, that of a kind of task.
    pub name: &'static str,
    /// Its times in UTC, as `hourly` or `daily 01:00`.
    pub when: String,
    /// The next of them; null while it is off.
    pub next_run: Option<Timestamp>,
    /// When its task was queued last.
    pub last_run: Option<Timestamp>,
    /// What became of that task; null when it has been purged.
    pub last_status: Option<State>,
    /// The id of that task.
    pub last_task: Option<String>,
    /// Whether its times count.
    pub enabled: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn times_come_in_their_rhythm() {
        let cases = [
            (When::Every(10), "2026-11-22T10:19:59Z", "2026-11-22T10:10:00Z", "2026-11-22T10:20:00Z"),
            (When::Hourly, "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z"),
            (When::Daily(1, 0), "2026-11-22T00:59:59Z", "2026-11-21T01:00:00Z", "2026-11-22T01:00:00Z"),
            (When::Daily(3, 40), "2026-12-31T03:40:00Z", "2026-12-31T03:40:00Z", "2027-01-01T03:40:00Z"),
            (When::Mondays(7, 0), "2026-11-22T23:00:00Z", "2026-11-16T07:00:00Z", "2026-11-23T07:00:00Z"),
            (When::Mondays(7, 0), "2026-11-23T07:00:00Z", "2026-11-23T07:00:00Z", "2026-11-30T07:00:00Z"),
        ];
        for (when, now, last, next) in cases {
            assert_eq!((when.last(at(now)), when.next(at(now))), (at(last), at(next)), "{when} at {now}");
        }
        assert_eq!(When::Daily(1, 5).to_string(), "daily 01:05");
    }
}
