//! How the house grows: who comes, who is active, who stays.

mod store;

use std::collections::BTreeMap;

use chrono::{Datelike as _, Months, NaiveDate};
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::withheld::{of_enough, rounded};
use crate::platform::{clock::Timestamp, error::Result};

/// How many calendar months are told, the current one included.
const MONTHS: u32 = 12;

/// Growth by calendar month (UTC), each as `YYYY-MM`: the current month and the eleven before it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Growth {
    /// Accounts made in the month, those that left since included.
    pub sign_ups: BTreeMap<String, i64>,
    /// People who did something in the month, signing in included.
    pub active: BTreeMap<String, i64>,
    /// Of those who came in the month 30 days ago or longer, the percentage that was seen 30 days later or after.
    pub retained: BTreeMap<String, Option<f64>>,
    /// Fewer than 5 people came in one of the months: what is null would tell of them.
    pub withheld: bool,
    /// When it was counted.
    pub generated_at: Timestamp,
}

/// Counts the growth.
///
/// # Errors
/// Those of the database.
pub fn growth(conn: &Connection, now: Timestamp) -> Result<Growth> {
    let bounds = months(now.date());
    let mut growth = Growth {
        sign_ups: BTreeMap::new(),
        active: BTreeMap::new(),
        retained: BTreeMap::new(),
        withheld: false,
        generated_at: now,
    };
    for (month, from, to) in &bounds {
        let of = store::comers(conn, *from, *to, now)?;
        let share = rounded(100.0 * of.stayed as f64 / of.settled.max(1) as f64, 1);
        let retained = of_enough(of.settled, share);
        growth.withheld |= retained.is_none();
        growth.sign_ups.insert(month.clone(), of.came);
        growth.active.insert(month.clone(), store::active(conn, month)?);
        growth.retained.insert(month.clone(), retained);
    }
    Ok(growth)
}

/// Each month with its first moment and that of the next one, oldest first.
fn months(today: NaiveDate) -> Vec<(String, Timestamp, Timestamp)> {
    let this = today.with_day(1).unwrap_or(today);
    let start = |month: NaiveDate| Timestamp::from(month.and_time(chrono::NaiveTime::MIN).and_utc());
    let month = |ago| {
        let first = this.checked_sub_months(Months::new(ago))?;
        Some((first.format("%Y-%m").to_string(), start(first), start(first.checked_add_months(Months::new(1))?)))
    };
    (0..MONTHS).rev().filter_map(month).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_months_follow_one_another_without_gap() {
        let all = months("2026-03-31".parse().unwrap());
        assert_eq!((all.len(), all[0].0.as_str(), all[11].0.as_str()), (12, "2025-04", "2026-03"));
        assert!(all.windows(2).all(|two| two[0].2 == two[1].1));
        assert_eq!(all[10].1.to_string(), "2026-02-01T00:00:00.000000Z");
    }
}
