//! How often things happen: few are popular and most are not, evenings are livelier than nights.

use rand::{Rng, rngs::StdRng};

/// One of `0..count`, each with a chance in proportion to 1 / (its number + 1): Zipf's law with the exponent 1.
pub(super) fn zipf(random: &mut StdRng, count: usize) -> usize {
    let number = ((count + 1) as f64).powf(random.random_range(0.0..1.0)) as usize;
    number.clamp(1, count.max(1)) - 1
}

/// A number that looks like chance and is always the same for the same one (the finaliser of SplitMix64).
pub(super) fn mixed(number: usize) -> usize {
    let mut it = (number as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((it ^ (it >> 31)) >> 1).unwrap_or(0)
}

/// What happens in each hour of a day, of a thousand.
const HOURS: [u32; 24] = [14, 8, 5, 4, 4, 8, 18, 34, 52, 62, 64, 60, 54, 56, 60, 58, 54, 50, 52, 62, 70, 68, 50, 33];

/// The second of the day at which this share of what happens in it, 0 to 1, has happened.
pub(super) fn second_of_day(share: f64) -> i64 {
    let all: u32 = HOURS.iter().sum();
    let (mut before, wanted) = (0.0, share.clamp(0.0, 1.0) * f64::from(all));
    for (hour, weight) in (0_i64..).zip(HOURS) {
        let weight = f64::from(weight);
        if wanted <= before + weight {
            return hour * 3600 + ((wanted - before) / weight * 3599.0) as i64;
        }
        before += weight;
    }
    86_399
}

/// How far something that grows steadily has come by this share of its time: twice as fast at the end as on average.
pub(super) fn grown(share: f64) -> f64 {
    let share = share.clamp(0.0, 1.0);
    share.mul_add(share, share) / 2.0
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn the_first_is_drawn_about_twice_as_often_as_the_second_and_none_is_past_the_end() {
        let mut random = StdRng::seed_from_u64(1);
        let mut drawn = [0_u32; 50];
        (0..100_000).for_each(|_| drawn[zipf(&mut random, 50)] += 1);
        let ratio = f64::from(drawn[0]) / f64::from(drawn[1]);
        assert!((1.5..2.0).contains(&ratio), "{ratio}");
        assert!(drawn.iter().all(|it| *it > 0));
        assert_eq!(zipf(&mut random, 1), 0);
    }

    #[test]
    fn the_moments_of_a_day_follow_one_another() {
        let moments: Vec<_> = (0..=1000).map(|it| second_of_day(f64::from(it) / 1000.0)).collect();
        assert!(moments.is_sorted());
        assert!(moments[0] == 0 && moments[1000] < 86_400);
        assert_eq!((grown(0.0), grown(1.0)), (0.0, 1.0));
    }
}
