//! What must hold of every score.

use proptest::prelude::*;

use super::*;

fn asks() -> impl Strategy<Value = Vec<Ask>> {
    proptest::collection::vec((1_i64..40, any::<bool>(), 0.01_f64..9.0), 0..12).prop_map(|asks| {
        let mut seen = std::collections::HashSet::new();
        asks.into_iter()
            .filter(|(skill, ..)| seen.insert(*skill))
            .map(|(skill, must, idf)| Ask { skill: Id::new(skill), must, idf })
            .collect()
    })
}

fn place() -> impl Strategy<Value = Place> {
    proptest::sample::select(vec![
        "",
        "Kyiv",
        "Kyiv, Ukraine",
        "Lviv, Ukraine",
        "Ukraine",
        "Paris, France",
        "Paris, Texas, USA",
    ])
    .prop_map(Place::read)
}

fn seeker() -> impl Strategy<Value = Seeker> {
    let held = proptest::collection::hash_map(
        (1_i64..40).prop_map(Id::new),
        proptest::sample::select(ProficiencyLevel::ALL).prop_map(strength),
        0..12,
    );
    let level = proptest::option::of(proptest::sample::select(ExperienceLevel::ALL));
    (held, level, place(), any::<bool>()).prop_map(|(held, level, place, open_to_remote)| Seeker {
        held,
        level,
        place,
        open_to_remote,
        most: MOST,
    })
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let level = proptest::option::of(proptest::sample::select(JobLevel::ALL));
    (asks(), level, place(), any::<bool>(), 0_i64..400).prop_map(|(asks, level, place, is_remote, day)| Wanted {
        level,
        place,
        is_remote,
        posted_at: Timestamp::from_seconds(day * 86_400),
        asks,
    })
}

proptest! {
    #[test]
    fn each_term_keeps_its_bounds_and_the_score_is_their_sum(seeker in seeker(), wanted in wanted(), day in 0_i64..400) {
        let terms = terms(&seeker, &wanted, Timestamp::from_seconds(day * 86_400));
        for (term, most) in [
            (terms.skills, 60), (terms.must_have, 10), (terms.level, 15), (terms.location, 10), (terms.freshness, 5),
        ] {
            prop_assert!((0..=most).contains(&term));
        }
        prop_assert!((0..=100).contains(&terms.sum()));
        let share = share_held(&seeker, &wanted.asks);
        prop_assert!((0.0..=1.0).contains(&fit(&MOST, share, terms.level, terms.location)));
    }

    #[test]
    fn knowing_more_never_lowers_the_score(
        seeker in seeker(), wanted in wanted(), skill in 1_i64..40, level in proptest::sample::select(ProficiencyLevel::ALL),
    ) {
        let now = Timestamp::from_seconds(400 * 86_400);
        let mut wiser = seeker.clone();
        let held = wiser.held.entry(Id::new(skill)).or_insert(0.0);
        *held = held.max(strength(level));
        prop_assert!(terms(&wiser, &wanted, now).sum() >= terms(&seeker, &wanted, now).sum());
    }

    #[test]
    fn a_newer_posting_never_scores_less(seeker in seeker(), wanted in wanted(), days in 0_i64..400) {
        let now = Timestamp::from_seconds(400 * 86_400);
        let mut newer = wanted.clone();
        newer.posted_at = Timestamp::from_seconds((wanted.posted_at.seconds() + days * 86_400).min(now.seconds()));
        prop_assert!(terms(&seeker, &newer, now).freshness >= terms(&seeker, &wanted, now).freshness);
    }
}

fn full() -> (Seeker, Wanted) {
    let ask = |skill, must| Ask { skill: Id::new(skill), must, idf: 1.0 };
    let now = Timestamp::from_seconds(0);
    let seeker = Seeker {
        held: HashMap::from([(Id::new(1), 1.0)]),
        level: Some(ExperienceLevel::Mid),
        place: Place::read("Kyiv, Ukraine"),
        open_to_remote: false,
        most: MOST,
    };
    let wanted = Wanted {
        level: Some(JobLevel::Mid),
        place: Place::read("Kyiv, Ukraine"),
        is_remote: true,
        posted_at: now,
        asks: vec![ask(1, true), ask(2, false)],
    };
    (seeker, wanted)
}

#[test]
fn the_terms_follow_their_formulas() {
    let (mut seeker, mut wanted) = full();
    let now = Timestamp::from_seconds(0);
    let all = Terms { skills: 43, must_have: 10, level: 15, location: 10, freshness: 5 };
    assert_eq!(terms(&seeker, &wanted, now), all);
    seeker.level = Some(ExperienceLevel::Lead);
    seeker.place = Place::read("Lviv, Ukraine");
    wanted.posted_at = Timestamp::from_seconds(-14 * 86_400);
    assert_eq!(terms(&seeker, &wanted, now), Terms { level: 3, location: 5, freshness: 3, ..all });
    seeker.open_to_remote = true;
    assert_eq!(terms(&seeker, &wanted, now).location, 10);
    seeker.held.clear();
    assert_eq!(terms(&seeker, &wanted, now), Terms::default());
}

#[test]
fn cities_of_one_name_are_told_apart_by_what_stands_behind() {
    let place = Place::read;
    assert!(place("Kyiv").same_city(&place("kyiv, Ukraine")));
    assert!(!place("Paris, France").same_city(&place("Paris, Texas")));
    assert!(place("Žilina , Slovakia").same_city(&place("Zilina, Slovakia")));
}

#[test]
fn a_skill_that_everybody_asks_for_tells_less() {
    assert!(idf(100, 3) > idf(100, 90));
    assert!(idf(0, 0) > 0.0);
}

#[test]
fn the_reason_is_one_plain_sentence() {
    let (seeker, wanted) = full();
    let terms = terms(&seeker, &wanted, Timestamp::from_seconds(0));
    assert_eq!(reason(&seeker, &terms, 5, 4), "You hold 4 of 5 skills asked for, the level fits and the place fits.");
    let terms = Terms { location: 0, freshness: 0, ..terms };
    assert_eq!(reason(&seeker, &terms, 5, 4), "You hold 4 of 5 skills asked for and the level fits.");
    assert_eq!(reason(&seeker, &terms, 1, 0), "You do not hold the one skill asked for, but the level fits.");
}
