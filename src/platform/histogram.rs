//! How long things took, kept so small that it can be stored by the hour and still tells percentiles.
//!
//! Each power of two is cut into eight buckets, as HdrHistogram does it (G. Tene, <http://hdrhistogram.org>): whatever the
//! size of a value, its bucket is at most an eighth of it wide, so the middle of the bucket is off by less than 1/16.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Buckets of one power of two, as a power of two.
const FINENESS: u32 = 3;
/// Values from here on, more than an hour in microseconds, are not told apart.
const MOST: u64 = (1 << 32) - 1;

/// Counts of values by size. Histograms of parts can be added up to that of the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Histogram(BTreeMap<u16, i64>);

impl Histogram {
    /// Counts a value.
    pub fn add(&mut self, value: u64) {
        *self.0.entry(bucket(value)).or_default() += 1;
    }

    /// Counts all that another one has counted.
    pub fn merge(&mut self, other: &Histogram) {
        for (bucket, count) in &other.0 {
            *self.0.entry(*bucket).or_default() += count;
        }
    }

    /// How many values were counted.
    pub fn count(&self) -> i64 {
        self.0.values().sum()
    }

    /// How many values were less than this power of two, where a bucket ends.
    pub fn below(&self, power: u32) -> i64 {
        let end = bucket(1 << power.min(31));
        self.0.range(..end).map(|(_, count)| count).sum()
    }

    /// The least value that this share of all values does not exceed (nearest rank), but for the width of its bucket. None
    /// when nothing was counted.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let rank = (share * self.count() as f64).ceil().max(1.0) as i64;
        let mut reached = 0;
        let found = self.0.iter().find(|(_, count)| {
            reached += **count;
            reached >= rank
        });
        found.map(|(bucket, _)| middle(*bucket))
    }
}

/// Small values have a bucket each; behind them the highest bit and the three below it name the bucket.
fn bucket(value: u64) -> u16 {
    let value = value.min(MOST);
    let exponent = value.checked_ilog2().unwrap_or(0);
    let bucket = match exponent.checked_sub(FINENESS) {
        None => value,
        // The highest bit is in the shifted value already: it counts the eight buckets of the first power.
        Some(shift) => u64::from(shift << FINENESS) + (value >> shift),
    };
    u16::try_from(bucket).unwrap_or(u16::MAX)
}

fn middle(bucket: u16) -> f64 {
    let bucket = u32::from(bucket);
    let shift = (bucket >> FINENESS).saturating_sub(1).min(32);
    if shift == 0 {
        return f64::from(bucket);
    }
    let lowest = (u64::from(bucket) - u64::from(shift << FINENESS)) << shift;
    let width = 1_u64 << shift;
    lowest as f64 + (width - 1) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_values_are_exact_and_nothing_has_no_percentile() {
        let mut all = Histogram::default();
        assert_eq!(all.percentile(0.5), None);
        (1..=9).for_each(|value| all.add(value));
        assert_eq!((all.percentile(0.0), all.percentile(0.5), all.percentile(1.0)), (Some(1.0), Some(5.0), Some(9.0)));
        assert_eq!(serde_json::to_string(&all).unwrap(), r#"{"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"9":1}"#);
    }

    #[test]
    fn buckets_follow_one_another_without_gap_or_overlap() {
        let mut last = 0;
        for value in 1..100_000_u64 {
            let this = bucket(value);
            assert!(this == last || this == last + 1, "{value}");
            last = this;
        }
        assert_eq!(bucket(u64::MAX), bucket(MOST));
    }

    proptest! {
        #[test]
        fn a_percentile_is_off_by_less_than_a_sixteenth(
            mut values in prop::collection::vec(0..4_000_000_000_u64, 1..200),
            share in 0.0..=1.0_f64,
            at in 0..200_usize,
        ) {
            // In two parts and through JSON, as it is stored.
            let (mut one, mut other) = (Histogram::default(), Histogram::default());
            let (left, right) = values.split_at(at.min(values.len()));
            left.iter().for_each(|it| one.add(*it));
            right.iter().for_each(|it| other.add(*it));
            one.merge(&serde_json::from_str(&serde_json::to_string(&other).unwrap()).unwrap());
            prop_assert_eq!(one.count(), values.len() as i64);
            values.sort_unstable();
            let rank = ((share * values.len() as f64).ceil() as usize).max(1);
            let exact = values[rank - 1] as f64;
            let told = one.percentile(share).unwrap();
            prop_assert!((told - exact).abs() <= exact / 16.0, "{} for {}", told, exact);
        }
    }
}
