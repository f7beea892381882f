//! How good ranked lists are, judged by what people did.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::{jobs::Job, platform::id::Id, skills::Skill};

/// How many places of a list count for the gain and for the diversity.
const TOP: usize = 10;
/// How many places count for the recall and for the coverage.
pub const LENGTH: usize = 20;

/// How good the lists of one way to rank are.
#[derive(Debug, Serialize)]
pub struct Quality {
    /// The way.
    pub name: &'static str,
    /// What people went for stands on top: 1 when all of it does, before anything else. Normalised discounted cumulative gain of
    /// ten places, each hit worth `1 / log2(1 + place)`.
    pub ndcg_at_10: f64,
    /// The share of what people went for that is among the first twenty.
    pub recall_at_20: f64,
    /// The share of all postings that stand among the first twenty of anybody.
    pub coverage: f64,
    /// How much the first ten of a list differ: the mean over their pairs of the share of skills that only one of both asks for.
    pub diversity: f64,
}

/// Somebody's list, and what they went for.
pub struct Judged {
    /// Postings, best first.
    pub list: Vec<Id<Job>>,
    /// What they clicked on or applied to afterwards: at least one.
    pub chosen: HashSet<Id<Job>>,
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}

/// What a hit at this place is worth, from 0.
fn worth(place: usize) -> f64 {
    1.0 / (number(place) + 2.0).log2()
}

fn ndcg(it: &Judged) -> f64 {
    let hits = it.list.iter().take(TOP).enumerate().filter(|(_, job)| it.chosen.contains(job));
    let best: f64 = (0..it.chosen.len().min(TOP)).map(worth).sum();
    hits.map(|(place, _)| worth(place)).sum::<f64>() / best
}

fn recall(it: &Judged) -> f64 {
    let found = it.list.iter().take(LENGTH).filter(|job| it.chosen.contains(job)).count();
    number(found) / number(it.chosen.len())
}

/// None for a list of fewer than two.
fn diversity(it: &Judged, asks: &HashMap<Id<Job>, HashSet<Id<Skill>>>) -> Option<f64> {
    let asked: Vec<&HashSet<_>> = it.list.iter().take(TOP).filter_map(|job| asks.get(job)).collect();
    let pairs = asked.iter().enumerate().flat_map(|(nth, one)| asked[nth + 1..].iter().map(move |other| (one, other)));
    let differences: Vec<f64> = pairs
        .map(|(one, other)| match one.union(other).count() {
            0 => 0.0,
            all => 1.0 - number(one.intersection(other).count()) / number(all),
        })
        .collect();
    mean(differences)
}

fn mean(of: Vec<f64>) -> Option<f64> {
    if of.is_empty() { None } else { Some(of.iter().sum::<f64>() / number(of.len())) }
}

/// Judges the lists of one way to rank, among postings that ask for these skills.
pub fn judge(name: &'static str, lists: &[Judged], asks: &HashMap<Id<Job>, HashSet<Id<Skill>>>) -> Quality {
    let shown: HashSet<_> = lists.iter().flat_map(|it| it.list.iter().take(LENGTH)).collect();
    let mean_of =
        |figure: &dyn Fn(&Judged) -> Option<f64>| mean(lists.iter().filter_map(figure).collect()).unwrap_or(0.0);
    Quality {
        name,
        ndcg_at_10: mean_of(&|it| Some(ndcg(it))),
        recall_at_20: mean_of(&|it| Some(recall(it))),
        coverage: number(shown.len()) / number(asks.len().max(1)),
        diversity: mean_of(&|it| diversity(it, asks)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(list: &[i64], chosen: &[i64]) -> Judged {
        Judged {
            list: list.iter().map(|it| Id::new(*it)).collect(),
            chosen: chosen.iter().map(|it| Id::new(*it)).collect(),
        }
    }

    fn asks(of: &[(i64, &[i64])]) -> HashMap<Id<Job>, HashSet<Id<Skill>>> {
        of.iter().map(|(job, skills)| (Id::new(*job), skills.iter().map(|it| Id::new(*it)).collect())).collect()
    }

    #[test]
    fn the_figures_follow_their_formulas() {
        let asks = asks(&[(1, &[1, 2]), (2, &[2, 3]), (3, &[4]), (4, &[])]);
        let best = judge("best", &[judged(&[1, 2], &[1, 2])], &asks);
        assert_eq!((best.ndcg_at_10, best.recall_at_20, best.coverage), (1.0, 1.0, 0.5));
        // Two of three skills are asked for by one of both alone.
        assert!((best.diversity - 2.0 / 3.0).abs() < 1e-12);
        // The second place of a list is worth 1 / log2(3).
        let later = judge("later", &[judged(&[3, 1], &[1])], &asks);
        assert!((later.ndcg_at_10 - 1.0 / 3.0_f64.log2()).abs() < 1e-12);
        assert_eq!((later.diversity, later.recall_at_20), (1.0, 1.0));
        let half = judge("half", &[judged(&[3], &[1]), judged(&[1], &[1, 2])], &asks);
        assert_eq!((half.recall_at_20, half.diversity), (0.25, 0.0));
        let nobody = judge("nobody", &[], &asks);
        assert_eq!((nobody.ndcg_at_10, nobody.coverage), (0.0, 0.0));
    }

    #[test]
    fn only_the_first_places_count() {
        let list: Vec<i64> = (1..=30).collect();
        let it = judge("long", &[judged(&list, &[11, 21])], &asks(&[(1, &[])]));
        assert_eq!((it.ndcg_at_10, it.recall_at_20), (0.0, 0.5));
    }
}
