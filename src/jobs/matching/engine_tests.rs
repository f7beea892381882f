//! The index answers what the plain formulas answer.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;

use super::{
    index::{Index, Posting},
    rank::{Crossed, Demand, Excluded},
    *,
};
use crate::{jobs::Job, users::User};

const NOW: Timestamp = Timestamp::from_seconds(400 * 86_400);
const PLACES: [&str; 6] = ["", "Kyiv", "Kyiv, Ukraine", "Lviv, Ukraine", "Paris, France", "Paris, Texas, USA"];

fn posting() -> impl Strategy<Value = Posting> {
    let asks = proptest::collection::btree_map((1_i64..25).prop_map(Id::new), any::<bool>(), 0..9);
    let level = proptest::option::of(proptest::sample::select(JobLevel::ALL));
    let pay = proptest::option::of((1_i64..90_000, proptest::sample::select(vec!["USD", "EUR"])));
    let place = proptest::sample::select(PLACES.to_vec());
    let times = (0_i64..400, proptest::option::of(390_i64..410), 1_i64..4);
    (1_i64..60, level, place, any::<bool>(), times, pay, asks).prop_map(
        |(job, level, location, is_remote, (day, deadline, poster), pay, asks)| Posting {
            job: Id::new(job),
            level,
            location: location.to_owned(),
            is_remote,
            posted_at: Timestamp::from_seconds(day * 86_400),
            deadline: deadline.map(|it| Timestamp::from_seconds(it * 86_400)),
            posted_by: Some(Id::new(poster)),
            salary: pay.map(|(amount, currency)| (amount, currency.to_owned())),
            asks: asks.into_iter().collect(),
        },
    )
}

/// What happens to postings, in groups that are taken in together: a posting is made or changed, or one counts no more.
fn happenings() -> impl Strategy<Value = Vec<Vec<(Id<Job>, Option<Posting>)>>> {
    let kept = posting().prop_map(|it| (it.job, Some(it)));
    let gone = (1_i64..60).prop_map(|it| (Id::new(it), None));
    proptest::collection::vec(proptest::collection::vec(prop_oneof![4 => kept, 1 => gone], 1..25), 0..6)
}

fn seeker() -> impl Strategy<Value = Seeker> {
    let held = proptest::collection::hash_map(
        // Some are asked for by nobody.
        (1_i64..30).prop_map(Id::new),
        proptest::sample::select(ProficiencyLevel::ALL).prop_map(strength),
        0..9,
    );
    let level = proptest::option::of(proptest::sample::select(ExperienceLevel::ALL));
    let place = proptest::sample::select(PLACES.to_vec()).prop_map(Place::read);
    // Those of the rules and those of an admin.
    let most = proptest::sample::select(vec![
        MOST,
        Terms { skills: 41, must_have: 23, level: 7, location: 8, freshness: 21 },
        Terms { skills: 0, must_have: 0, level: 0, location: 0, freshness: 100 },
    ]);
    (held, level, place, any::<bool>(), most).prop_map(|(held, level, place, open_to_remote, most)| Seeker {
        held,
        level,
        place,
        open_to_remote,
        most,
    })
}

/// The index after all of it, and the postings that count then.
fn lived(happenings: &[Vec<(Id<Job>, Option<Posting>)>]) -> (Index, BTreeMap<Id<Job>, Posting>) {
    let (mut index, mut postings) = (Index::default(), BTreeMap::new());
    for (seen, group) in (1..).zip(happenings) {
        for (job, posting) in group {
            match posting {
                Some(posting) => postings.insert(*job, posting.clone()),
                None => postings.remove(job),
            };
        }
        index.apply(group.iter().cloned(), seen);
        assert_eq!((index.seen(), index.len()), (seen, postings.len()));
    }
    (index, postings)
}

fn wanted(posting: &Posting, postings: &BTreeMap<Id<Job>, Posting>) -> Wanted {
    let demand = |skill| postings.values().filter(|it| it.asks.iter().any(|(asked, _)| *asked == skill)).count();
    let ask = |(skill, must): &(Id<Skill>, bool)| Ask {
        skill: *skill,
        must: *must,
        idf: idf(postings.len() as i64, demand(*skill) as i64),
    };
    Wanted {
        level: posting.level,
        place: Place::read(&posting.location),
        is_remote: posting.is_remote,
        posted_at: posting.posted_at,
        asks: posting.asks.iter().map(ask).collect(),
    }
}

/// The score of every open posting by the formulas.
fn scores(seeker: &Seeker, postings: &BTreeMap<Id<Job>, Posting>) -> BTreeMap<Id<Job>, i64> {
    let open = postings.values().filter(|it| it.deadline.is_none_or(|it| it > NOW));
    open.map(|it| (it.job, terms(seeker, &wanted(it, postings), NOW).sum())).collect()
}

proptest! {
    #[test]
    fn the_best_are_those_of_the_formulas(
        happenings in happenings(), seeker in seeker(), size in 1_usize..30,
        own in 1_i64..4, applied in proptest::collection::hash_set((1_i64..60).prop_map(Id::new), 0..9),
    ) {
        let (index, postings) = lived(&happenings);
        let view = index.view(&seeker, NOW);
        let scores = scores(&seeker, &postings);
        let own: Id<User> = Id::new(own);
        let mut ranked: Vec<_> = scores
            .iter()
            .map(|(job, score)| (&postings[job], score))
            .filter(|(it, _)| it.posted_by != Some(own) && !applied.contains(&it.job))
            .map(|(it, score)| {
                let shares = it.asks.iter().any(|(skill, _)| seeker.held.contains_key(skill));
                (shares, if shares { *score } else { 0 }, it.posted_at, it.job)
            })
            .collect();
        let sharing = ranked.iter().filter(|it| it.0).count();
        ranked.sort_by(|a, b| b.cmp(a));
        ranked.truncate(size);
        let best = view.best(&Excluded { posted_by: Some(own), applied }, size);
        prop_assert_eq!(best.jobs, ranked.into_iter().map(|it| it.3).collect::<Vec<_>>());
        prop_assert!(best.scored <= sharing);
        for (job, score) in &scores {
            prop_assert_eq!(view.score(*job), Some((*score, postings[job].posted_at, *job)));
        }
    }

    #[test]
    fn what_if_judges_every_open_posting_as_the_formulas_do(
        happenings in happenings(), seeker in seeker(), threshold in 1_i64..=100,
        learned in proptest::collection::vec((1_i64..30).prop_map(Id::new), 1..4),
        level in proptest::sample::select(ProficiencyLevel::ALL),
    ) {
        let (index, postings) = lived(&happenings);
        let mut wiser = seeker.clone();
        for skill in learned {
            let held = wiser.held.entry(skill).or_insert(0.0);
            *held = held.max(strength(level));
        }
        let (before, after) = (scores(&seeker, &postings), scores(&wiser, &postings));
        let mut crossing: Vec<_> = after
            .iter()
            .filter(|(job, is)| before[*job] < threshold && **is >= threshold)
            .map(|(job, is)| (*is, postings[job].posted_at, *job))
            .collect();
        crossing.sort_by(|a, b| b.cmp(a));
        let opened = index.view(&seeker, NOW).opened(&index.view(&wiser, NOW), threshold);
        prop_assert_eq!(opened.now_above, before.values().filter(|it| **it >= threshold).count());
        prop_assert_eq!(opened.then_above, after.values().filter(|it| **it >= threshold).count());
        let expected: Vec<Crossed> = crossing
            .into_iter()
            .map(|(is, _, job)| Crossed { job, before: before[&job], after: is, salary: postings[&job].salary.clone() })
            .collect();
        prop_assert_eq!(opened.crossing, expected);
    }

    #[test]
    fn what_is_lacking_is_weighed_as_the_formulas_do(happenings in happenings(), seeker in seeker()) {
        let (index, postings) = lived(&happenings);
        let mut expected: HashMap<Id<Skill>, Demand> = HashMap::new();
        for it in postings.values().filter(|it| it.deadline.is_none_or(|it| it > NOW)) {
            let wanted = wanted(it, &postings);
            let (most, is_remote) = (&seeker.most, wanted.is_remote && seeker.open_to_remote);
            let near = if is_remote { most.location } else { part(most.location, closeness(&seeker.place, &wanted.place)) };
            let level = part(most.level, nearness(seeker.level, wanted.level));
            let fit = fit(most, share_held(&seeker, &wanted.asks), level, near);
            for ask in wanted.asks.iter().filter(|it| !seeker.held.contains_key(&it.skill)) {
                let demand = expected.entry(ask.skill).or_default();
                demand.weight += fit * if ask.must { 1.0 } else { 0.4 };
                demand.jobs += 1;
                demand.musts += i64::from(ask.must);
            }
        }
        let lacking = index.view(&seeker, NOW).lacking();
        prop_assert_eq!(lacking.keys().collect::<HashSet<_>>(), expected.keys().collect::<HashSet<_>>());
        for (skill, demand) in lacking {
            let other = expected[&skill];
            prop_assert_eq!((demand.jobs, demand.musts), (other.jobs, other.musts));
            // Added up in another order.
            prop_assert!((demand.weight - other.weight).abs() < 1e-9);
        }
    }
}

/// A market of this many postings that ask for eight skills each, the low numbers often.
fn large(jobs: i64) -> Index {
    let mut index = Index::default();
    let made = (1..=jobs).map(|job| {
        let skills: std::collections::BTreeSet<i64> = (1..=8).map(|nth| 1 + (job * nth * nth) % (nth * 40)).collect();
        let posting = Posting {
            job: Id::new(job),
            level: JobLevel::ALL.get((job % 5) as usize).copied(),
            location: format!("City {}, Country {}", job % 90, job % 9),
            is_remote: job % 4 == 0,
            posted_at: Timestamp::from_seconds(NOW.seconds() - job % 90 * 86_400),
            deadline: None,
            posted_by: None,
            salary: None,
            asks: skills.into_iter().map(|it| (Id::new(it), it % 3 > 0)).collect(),
        };
        (posting.job, Some(posting))
    });
    index.apply(made, 1);
    index
}

#[test]
fn few_postings_are_scored_and_the_index_is_small() {
    let index = large(20_000);
    let seeker = Seeker {
        held: (1..10).map(|it| (Id::new(it * 3), 0.9)).collect(),
        level: Some(ExperienceLevel::Mid),
        place: Place::read("City 3, Country 3"),
        open_to_remote: true,
        most: MOST,
    };
    let best = index.view(&seeker, NOW).best(&Excluded::default(), 80);
    assert_eq!(best.jobs.len(), 80);
    assert!(best.scored < 2_000, "{} of 20,000 were scored", best.scored);
    let each = index.bytes() / index.pairs();
    assert!(each < 100, "{each} bytes for a posting and skill");
}

#[test]
fn a_posting_that_goes_leaves_its_place_to_the_next() {
    let mut index = large(100);
    let (slots, bytes) = (index.slots.len(), index.bytes());
    let again: Vec<_> = (1..=100).map(|job| (Id::new(job), None)).collect();
    index.apply(again, 2);
    assert!(index.is_empty() && index.pairs() == 0);
    index.apply((101..=200).map(|job| (Id::new(job), Some(Posting { job: Id::new(job), ..plain() }))), 3);
    assert_eq!((index.slots.len(), index.len()), (slots, 100));
    assert!(index.bytes() <= bytes * 2);
}

fn plain() -> Posting {
    Posting {
        job: Id::new(1),
        level: None,
        location: "Kyiv".into(),
        is_remote: false,
        posted_at: NOW,
        deadline: None,
        posted_by: None,
        salary: None,
        asks: vec![(Id::new(1), true)],
    }
}
