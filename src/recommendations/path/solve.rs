//! The shortest set of courses that covers what can be covered.
//!
//! It is weighted set cover with prerequisites. Up to [`EXACT`] courses every set is looked at; beyond that a greedy choice
//! is made, and said to be one.

/// How many courses are solved exactly: 2^20 sets are looked at in some milliseconds.
pub const EXACT: usize = 20;
/// How many gaps there can be.
pub const MOST_GAPS: usize = 30;

/// A course that may be taken.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is left of it, in minutes.
    pub minutes: u64,
    /// Which gaps it covers: bit `n` stands for gap `n`.
    pub covers: u32,
    /// Which other choices have to be taken before it.
    pub needs: Vec<usize>,
}

/// What to take.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    /// Which choices, in order of their numbers.
    pub chosen: Vec<usize>,
    /// Whether no other set is better.
    pub optimal: bool,
}

/// The set that covers gaps of the most worth within so many minutes; of several such sets one of the fewest minutes, then
/// of the fewest courses. `worth` says what each gap is worth; without a limit everything that can be covered is covered.
pub fn solve(choices: &[Choice], worth: &[u64], most_minutes: Option<u64>) -> Plan {
    let closures: Vec<Vec<usize>> = (0..choices.len()).map(|nth| closure(choices, nth)).collect();
    let kept = prune(choices, &closures);
    let most = most_minutes.unwrap_or(u64::MAX);
    if kept.len() <= EXACT {
        Plan { chosen: exact(choices, &kept, worth, most), optimal: true }
    } else {
        Plan { chosen: greedy(choices, &closures, &kept, worth, most), optimal: false }
    }
}

/// Everything that must be taken before a choice, without itself.
fn closure(choices: &[Choice], nth: usize) -> Vec<usize> {
    let (mut found, mut open) = (vec![], choices[nth].needs.clone());
    while let Some(next) = open.pop() {
        if next != nth && !found.contains(&next) {
            found.push(next);
            open.extend(&choices[next].needs);
        }
    }
    found
}

/// Leaves out what no best set needs: a choice that nothing builds upon and that covers nothing, or that another one
/// replaces, which covers as much, takes no longer and needs nothing more.
fn prune(choices: &[Choice], closures: &[Vec<usize>]) -> Vec<usize> {
    let mut is_kept = vec![true; choices.len()];
    // How many of those kept build upon each.
    let mut needed_by = vec![0_usize; choices.len()];
    for need in choices.iter().flat_map(|it| &it.needs) {
        needed_by[*need] += 1;
    }
    loop {
        let mut is_done = true;
        for nth in 0..choices.len() {
            let is_replaced = |other: usize| {
                let (it, by) = (&choices[nth], &choices[other]);
                let as_good = it.covers & !by.covers == 0 && by.minutes <= it.minutes;
                let equal = it.covers == by.covers && by.minutes == it.minutes;
                as_good
                    && other != nth
                    && is_kept[other]
                    && (!equal || other < nth || closures[other].len() < closures[nth].len())
                    && closures[other].iter().all(|it| closures[nth].contains(it))
            };
            let is_free = is_kept[nth] && needed_by[nth] == 0;
            if is_free && (choices[nth].covers == 0 || (0..choices.len()).any(is_replaced)) {
                is_kept[nth] = false;
                choices[nth].needs.iter().for_each(|need| needed_by[*need] -= 1);
                is_done = false;
            }
        }
        if is_done {
            return (0..choices.len()).filter(|nth| is_kept[*nth]).collect();
        }
    }
}

fn worth_of(covers: u32, worth: &[u64]) -> u64 {
    worth.iter().enumerate().filter(|(bit, _)| covers >> bit & 1 == 1).map(|(_, worth)| worth).sum()
}

/// What a set of up to ten choices takes, covers and needs.
#[derive(Clone, Copy, Default)]
struct Sums {
    minutes: u64,
    covers: u32,
    needs: u32,
}

/// One entry for each set of these choices, so that a set of all is the sum of two entries.
fn sums(choices: &[Choice], kept: &[usize], half: &[usize]) -> Vec<Sums> {
    let mut sums = vec![Sums::default()];
    for nth in half {
        let choice = &choices[*nth];
        let needs = kept.iter().enumerate().filter(|(_, it)| choice.needs.contains(it));
        let needs = needs.fold(0, |bits, (bit, _)| bits | 1 << bit);
        let with: Vec<Sums> = sums
            .iter()
            .map(|it| Sums {
                minutes: it.minutes + choice.minutes,
                covers: it.covers | choice.covers,
                needs: it.needs | needs,
            })
            .collect();
        sums.extend(with);
    }
    sums
}

fn exact(choices: &[Choice], kept: &[usize], worth: &[u64], most: u64) -> Vec<usize> {
    let middle = kept.len().min(EXACT / 2);
    let (lower, upper) = kept.split_at(middle);
    let (low, high) = (sums(choices, kept, lower), sums(choices, kept, upper));
    // What ten gaps are worth, thrice.
    let tables: Vec<Vec<u64>> =
        (0..3).map(|nth| (0..1 << 10).map(|bits: u32| worth_of(bits << (10 * nth), worth)).collect()).collect();
    let look_up = |nth: usize, covers: u32| tables[nth][(covers >> (10 * nth) & 0x3FF) as usize];
    let mut best = (0_u64, 0_u64, 0_u32, 0_u32);
    for (upper, above) in (0_u32..).zip(&high) {
        for (lower, below) in (0_u32..).zip(&low) {
            let mask = upper << middle | lower;
            let minutes = above.minutes + below.minutes;
            if (above.needs | below.needs) & !mask != 0 || minutes > most {
                continue;
            }
            let covers = above.covers | below.covers;
            let found = look_up(0, covers) + look_up(1, covers) + look_up(2, covers);
            let is_better = match found.cmp(&best.0) {
                std::cmp::Ordering::Equal => (minutes, mask.count_ones()) < (best.1, best.2),
                order => order.is_gt(),
            };
            if is_better {
                best = (found, minutes, mask.count_ones(), mask);
            }
        }
    }
    kept.iter().enumerate().filter(|(bit, _)| best.3 >> bit & 1 == 1).map(|(_, nth)| *nth).collect()
}

/// Takes again and again what covers most of what is left per minute, then gives back what turned out not to be needed.
fn greedy(choices: &[Choice], closures: &[Vec<usize>], kept: &[usize], worth: &[u64], most: u64) -> Vec<usize> {
    let (mut chosen, mut minutes, mut covered): (Vec<usize>, u64, u32) = (vec![], 0, 0);
    loop {
        let mut best: Option<(u64, u64, Vec<usize>)> = None;
        for &nth in kept {
            let added: Vec<usize> =
                closures[nth].iter().copied().chain([nth]).filter(|it| !chosen.contains(it)).collect();
            let covers = added.iter().fold(0, |bits, it| bits | choices[*it].covers);
            let gain = worth_of(covers & !covered, worth);
            let cost: u64 = added.iter().map(|it| choices[*it].minutes).sum();
            if gain == 0 || minutes + cost > most {
                continue;
            }
            // gain / cost > best gain / best cost, without dividing.
            let is_better = best.as_ref().is_none_or(|(gained, costs, _)| {
                u128::from(gain) * u128::from((*costs).max(1)) > u128::from(*gained) * u128::from(cost.max(1))
            });
            if is_better {
                best = Some((gain, cost, added));
            }
        }
        let Some((_, cost, added)) = best else { break };
        minutes += cost;
        covered |= added.iter().fold(0, |bits, it| bits | choices[*it].covers);
        chosen.extend(added);
    }
    let mut longest = chosen.clone();
    longest.sort_by_key(|it| std::cmp::Reverse(choices[*it].minutes));
    for nth in longest {
        let rest = || chosen.iter().filter(move |it| **it != nth);
        let is_needed = rest().any(|it| choices[*it].needs.contains(&nth));
        if !is_needed && rest().fold(0, |bits, it| bits | choices[*it].covers) == covered {
            chosen.retain(|it| *it != nth);
        }
    }
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(minutes: u64, covers: u32, needs: &[usize]) -> Choice {
        Choice { minutes, covers, needs: needs.to_vec() }
    }

    /// Worth and minutes of a set, if it is one that can be taken.
    fn value(choices: &[Choice], worth: &[u64], most: Option<u64>, set: &[usize]) -> Option<(u64, u64)> {
        let closed = set.iter().all(|it| choices[*it].needs.iter().all(|need| set.contains(need)));
        let minutes = set.iter().map(|it| choices[*it].minutes).sum();
        let covers = set.iter().fold(0, |bits, it| bits | choices[*it].covers);
        (closed && most.is_none_or(|most| minutes <= most)).then(|| (worth_of(covers, worth), minutes))
    }

    /// The best of all sets, by looking at each of them.
    fn brute(choices: &[Choice], worth: &[u64], most: Option<u64>) -> (u64, u64) {
        (0..1_u32 << choices.len())
            .filter_map(|mask| {
                let set: Vec<usize> = (0..choices.len()).filter(|bit| mask >> bit & 1 == 1).collect();
                value(choices, worth, most, &set)
            })
            .max_by_key(|(worth, minutes)| (*worth, std::cmp::Reverse(*minutes)))
            .unwrap()
    }

    #[test]
    fn the_shorter_way_is_taken_with_what_it_builds_upon() {
        // One course covers all in 10 hours; two short ones do in 4, and one of them needs a third of 3.
        let choices = [of(600, 0b11, &[]), of(120, 0b01, &[]), of(120, 0b10, &[3]), of(180, 0, &[])];
        assert_eq!(solve(&choices, &[1, 1], None), Plan { chosen: vec![1, 2, 3], optimal: true });
        // An hour less for the long one, and it is the better way.
        let choices = [of(400, 0b11, &[]), of(120, 0b01, &[]), of(120, 0b10, &[3]), of(180, 0, &[])];
        assert_eq!(solve(&choices, &[1, 1], None).chosen, [0]);
        // What fits into three hours is what is worth most.
        assert_eq!(solve(&choices, &[1, 5], Some(180)).chosen, [1]);
        assert_eq!(solve(&choices, &[1, 5], Some(300)).chosen, [2, 3]);
        assert_eq!(solve(&[], &[], None), Plan { chosen: vec![], optimal: true });
    }

    #[test]
    fn beyond_twenty_courses_a_choice_is_said_to_be_greedy() {
        // Each covers two gaps of a ring, so that none replaces another.
        let ring: Vec<Choice> = (0..24).map(|nth: u64| of(60 + nth, 1 << nth | 1 << ((nth + 1) % 24), &[])).collect();
        let plan = solve(&ring, &[1; 24], None);
        assert!(!plan.optimal);
        let covers = plan.chosen.iter().fold(0, |bits, it| bits | ring[*it].covers);
        assert_eq!(covers, (1 << 24) - 1);
        assert!(plan.chosen.len() <= 16, "{:?}", plan.chosen);
        // Copies that take longer do not count.
        let mut copies = ring[..15].to_vec();
        copies.extend(ring[..15].iter().map(|it| of(it.minutes + 1, it.covers, &[])));
        assert!(solve(&copies, &[1; 24], None).optimal);
    }

    fn problem(most: usize) -> impl Strategy<Value = (Vec<Choice>, Vec<u64>, Option<u64>)> {
        let choice = (0_u64..6, 0_u32..64, prop::collection::vec(any::<prop::sample::Index>(), 0..3));
        let worth = prop::collection::vec(1_u64..5, 6);
        (prop::collection::vec(choice, 0..most), worth, prop::option::of(0_u64..20)).prop_map(|(raw, worth, limit)| {
            let choices = raw.into_iter().enumerate().map(|(nth, (minutes, covers, before))| {
                // Only earlier ones, so that there is no circle.
                let needs = if nth == 0 { vec![] } else { before.iter().map(|it| it.index(nth)).collect() };
                Choice { minutes, covers, needs }
            });
            (choices.collect(), worth, limit)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn the_path_is_as_good_as_the_best_of_all_sets((choices, worth, limit) in problem(9)) {
            let plan = solve(&choices, &worth, limit);
            prop_assert!(plan.optimal);
            let found = value(&choices, &worth, limit, &plan.chosen);
            prop_assert_eq!(found, Some(brute(&choices, &worth, limit)));
        }

        #[test]
        fn a_greedy_choice_can_be_taken_and_covers_all_that_can_be((choices, worth, limit) in problem(9)) {
            let closures: Vec<_> = (0..choices.len()).map(|nth| closure(&choices, nth)).collect();
            let kept = prune(&choices, &closures);
            let chosen = greedy(&choices, &closures, &kept, &worth, limit.unwrap_or(u64::MAX));
            let found = value(&choices, &worth, limit, &chosen);
            prop_assert!(found.is_some(), "{:?}", chosen);
            if limit.is_none() {
                prop_assert_eq!(found.map(|it| it.0), Some(brute(&choices, &worth, None).0));
            }
        }
    }
}
