//! What résumés do to skills, and how it is taken back.

use careerd::{
    platform::{error::Error, fields::Reference, id::Id},
    skills::{
        ProficiencyLevel::{self, *},
        Skill, SkillDraft, Source, service, store,
        sync::Synced,
        user_skills::{self, service::Addition},
    },
    users::User,
};
use proptest::prelude::*;
use serde_json::json;

use crate::{app::TestApp, skill_counts::people, skills::skill};

fn sync(t: &TestApp, user: Id<User>, resume: i64, findings: &'static [(&'static str, ProficiencyLevel)]) -> Synced {
    t.write(move |tx| service::sync_from_resume(tx, user, resume, findings))
}

fn undo(t: &TestApp, user: Id<User>, resume: i64) -> (Vec<(String, ProficiencyLevel)>, i64) {
    let undone = t.write(move |tx| service::undo_sync(tx, user, resume));
    (undone.restored.into_iter().map(|it| (it.skill.name, it.proficiency_level)).collect(), undone.removed)
}

fn held(t: &TestApp, user: Id<User>) -> Vec<(String, ProficiencyLevel)> {
    let held = t.write(move |tx| store::held(tx, user));
    let mut held: Vec<_> = held.into_iter().map(|it| (it.skill.name, it.level)).collect();
    held.sort();
    held
}

#[test]
fn a_resume_adds_and_raises_and_never_lowers() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let user = Id::new(ann.id);
    for name in ["Go", "Rust", "SQL"] {
        skill(&t, name, &[]);
    }
    for (name, level) in [("Go", "expert"), ("Rust", "beginner")] {
        let body = json!({"skill_name": name, "proficiency_level": level, "years_of_experience": 3});
        ann.post("/api/user-skills/", body).created();
    }
    let synced = sync(
        &t,
        user,
        1,
        &[("go", Beginner), ("rust", Advanced), ("SQL", Intermediate), ("Zig", Expert), ("?", Expert)],
    );
    assert_eq!(synced.added.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["SQL"]);
    assert_eq!(synced.raised.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Rust"]);
    assert_eq!(synced.suggested, ["Zig"]);
    let rows = ann.get("/api/user-skills/?ordering=skill").ok();
    let row = |nth: usize| {
        let it = &rows["results"][nth];
        (it["proficiency_level"].clone(), it["years_of_experience"].clone(), it["source"].clone())
    };
    assert_eq!(row(0), (json!("expert"), json!(3.0), json!("manual")));
    assert_eq!(row(1), (json!("advanced"), json!(3.0), json!("manual")));
    assert_eq!(row(2), (json!("intermediate"), json!(0.0), json!("resume")));
    assert_eq!(ann.get("/api/skills/suggestions/").ok()["results"][0]["name"], "Zig");

    let again = sync(&t, user, 1, &[("go", Beginner), ("rust", Advanced), ("SQL", Intermediate), ("Zig", Expert)]);
    assert!(again.added.is_empty() && again.raised.is_empty(), "a replay changes nothing");
    assert_eq!(undo(&t, user, 1), (vec![("Rust".into(), Beginner)], 1));
    assert_eq!(held(&t, user), [("Go".into(), Expert), ("Rust".into(), Beginner)]);
    assert_eq!(undo(&t, user, 1), (vec![], 0), "nothing is left to undo");
}

#[test]
fn an_undo_leaves_what_was_edited_since() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let user = Id::new(ann.id);
    let rows: Vec<i64> = ["Go", "Rust", "SQL"].map(|name| skill(&t, name, &[])).to_vec();
    ann.post("/api/user-skills/", json!({"skill_id": rows[0]})).created();
    sync(&t, user, 1, &[("Go", Expert), ("Rust", Advanced), ("SQL", Advanced)]);
    ann.post("/api/user-skills/", json!({"skill_id": rows[0], "years_of_experience": 2})).ok();
    let rust = ann.get("/api/user-skills/?search=rust").ok()["results"][0]["id"].clone();
    ann.patch(&format!("/api/user-skills/{rust}/"), json!({"proficiency_level": "intermediate"})).ok();
    assert_eq!(undo(&t, user, 1), (vec![], 1));
    assert_eq!(held(&t, user), [("Go".into(), Expert), ("Rust".into(), Intermediate)]);
}

#[test]
fn two_resumes_are_undone_in_any_order() {
    let t = TestApp::new();
    let user = people(&t, 1)[0];
    skill(&t, "Go", &[]);
    let go = |level| vec![("Go".to_owned(), level)];
    for first in [1, 2] {
        sync(&t, user, 1, &[("Go", Beginner)]);
        sync(&t, user, 2, &[("Go", Advanced)]);
        sync(&t, user, 1, &[("Go", Expert)]);
        if first == 1 {
            assert_eq!(undo(&t, user, 1).0, go(Advanced), "the other résumé still says so");
            assert_eq!(undo(&t, user, 2), (vec![], 1));
        } else {
            assert_eq!(undo(&t, user, 2), (vec![], 0));
            assert_eq!(held(&t, user), go(Expert));
            assert_eq!(undo(&t, user, 1), (vec![], 1));
        }
        assert_eq!(held(&t, user), []);
    }
}

#[test]
fn undoing_every_resume_in_any_order_brings_back_the_start() {
    let t = TestApp::new();
    let user = people(&t, 1)[0];
    let names = ["Go", "Rust", "SQL"];
    let skills = names.map(|name| Id::<Skill>::new(skill(&t, name, &[])));
    let level = || prop::sample::select(ProficiencyLevel::ALL);
    let start = prop::array::uniform3(prop::option::of(level()));
    let syncs = prop::collection::vec((1..4i64, 0..3usize, level()), 0..20);
    let order = Just(vec![1i64, 2, 3]).prop_shuffle();
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(start in start, syncs in syncs, order in order)| {
        let outcome = t.block_on(t.app.db.write(move |tx| {
            for (skill, level) in skills.iter().zip(start) {
                if let Some(level) = level {
                    let skill = store::resolve_in(tx, "skill", &Reference::Id(*skill))?;
                    service::add(tx, user, &[Addition { skill, level: Some(level), years: None, source: Source::Manual }])?;
                }
            }
            for (resume, skill, level) in syncs {
                service::sync_from_resume(tx, user, resume, &[(names[skill], level)])?;
            }
            for resume in order {
                service::undo_sync(tx, user, resume)?;
            }
            for (skill, level) in skills.iter().zip(start) {
                assert_eq!(user_skills::store::find(tx, user, *skill)?.map(|it| it.proficiency_level), level);
            }
            Err::<(), _>(Error::NotFound("fault"))
        }));
        prop_assert!(matches!(outcome, Err(Error::NotFound("fault"))), "{outcome:?}");
    });
}

#[test]
fn a_resume_never_brings_more_than_200_skills() {
    let t = TestApp::new();
    let user = people(&t, 1)[0];
    let synced = t.write(move |tx| {
        let names: Vec<String> = (0..205).map(|n| format!("Skill {n}")).collect();
        for name in &names {
            store::insert(tx, &SkillDraft { name: name.clone(), ..SkillDraft::default() }, false)?;
        }
        let findings: Vec<_> = names.iter().map(|name| (name.as_str(), Beginner)).collect();
        service::sync_from_resume(tx, user, 1, &findings)
    });
    assert_eq!((synced.added.len(), synced.skipped.len()), (200, 5));
}
