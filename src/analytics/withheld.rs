//! What is not told of few people.
//!
//! A mean, a median or a breakdown over fewer than five people would tell of each of them. It is null, and the object it
//! stands in says `withheld: true`. Plain counts of rows are told whatever they are.

use std::collections::BTreeMap;

/// So many people a figure must be about.
pub const LEAST: i64 = 5;

/// The figure, when it is about enough people.
pub fn of_enough<T>(people: i64, figure: T) -> Option<T> {
    (people >= LEAST).then_some(figure)
}

/// A number to so many decimals.
pub fn rounded(number: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (number * scale).round() / scale
}

/// The middle of numbers, or the mean of the middle two, given how often there is each. None of none.
pub fn median_of(numbers: &BTreeMap<i64, i64>) -> Option<f64> {
    let all: i64 = numbers.values().sum();
    let nth = |rank: i64| {
        let mut passed = 0;
        numbers.iter().find(|(_, times)| {
            passed += **times;
            passed > rank
        })
    };
    let (lower, upper) = (nth((all - 1) / 2)?.0, nth(all / 2)?.0);
    Some((lower + upper) as f64 / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_people_are_enough() {
        assert_eq!((of_enough(4, 1), of_enough(5, 1)), (None, Some(1)));
    }

    #[test]
    fn the_median_is_the_middle_or_between_the_two_middle_ones() {
        let median = |numbers: &[i64]| {
            let mut often = BTreeMap::new();
            numbers.iter().for_each(|it| *often.entry(*it).or_insert(0) += 1);
            median_of(&often)
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[9, 1, 4]), Some(4.0));
        assert_eq!(median(&[9, 1, 4, 2]), Some(3.0));
        assert_eq!(median(&[4, 4, 4, 9]), Some(4.0));
    }

    #[test]
    fn numbers_are_rounded_to_the_nearest() {
        assert_eq!((rounded(2.0 / 3.0, 2), rounded(12.35, 1), rounded(3.0, 2)), (0.67, 12.4, 3.0));
    }
}
