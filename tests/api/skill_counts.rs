//! What must hold for skills whatever happens at the same time or after another: counters and ledger.

use std::sync::Arc;

use careerd::{
    platform::{
        app::App,
        caller::{Caller, Roles, SignIn},
        db::Tx,
        error::{Error, Result},
        fields::{Fields, Mode, Reference},
        id::Id,
    },
    skills::{
        ProficiencyLevel::{self, *},
        Skill, SkillSuggestion, Source, UserSkill, service, store,
        user_skills::{self, service::Addition},
    },
    users::{self, CurrentUser, User},
};
use proptest::prelude::*;
use serde_json::json;

use crate::{app::TestApp, skills::skill};

pub fn people(t: &TestApp, count: usize) -> Vec<Id<User>> {
    t.write(move |tx| {
        (0..count)
            .map(|n| {
                let (username, email) = (format!("user{n}"), format!("user{n}@example.org"));
                let new = users::store::NewUser {
                    username: &username,
                    email: &email,
                    password: None,
                    first_name: "",
                    last_name: "",
                    title: "",
                };
                users::store::insert(tx, &new)
            })
            .collect()
    })
}

fn caller(id: Id<User>) -> CurrentUser {
    let caller = Caller {
        id: id.raw(),
        username: format!("user {id}"),
        shown_name: format!("user {id}"),
        title: String::new(),
        location: String::new(),
        email_verified: false,
        last_active: None,
        roles: Roles::default(),
        sign_in: SignIn::ApiToken { id: 1, read_only: false, last_used: None },
    };
    CurrentUser { id, caller, trace: None }
}

fn take_up(tx: &Tx<'_>, user: Id<User>, skill: Id<Skill>) -> Result<Id<UserSkill>> {
    let skill = store::resolve(tx, &Reference::Id(skill))?.ok_or(Error::NotFound("skill"))?;
    let addition = Addition { skill, level: Some(Beginner), years: None, source: Source::Manual };
    Ok(service::add(tx, user, &[addition])?.remove(0).0.id)
}

fn give_up(tx: &Tx<'_>, user: Id<User>, skill: Id<Skill>) -> Result<()> {
    let user = caller(user);
    if let Some(row) = user_skills::store::find(tx, user.id, skill)? {
        user_skills::service::remove_many(tx, &user, &[row.id])?;
    }
    Ok(())
}

fn set_endorsed(tx: &Tx<'_>, endorser: Id<User>, row: Id<UserSkill>, endorsed: bool) -> Result<()> {
    let row = user_skills::store::get(tx, row)?;
    if endorsed {
        user_skills::service::endorse(tx, &caller(endorser), row)?;
    } else {
        user_skills::service::unendorse(tx, &caller(endorser), &row)?;
    }
    Ok(())
}

/// Rows that contradict a kept figure: there are never any.
const WRONG: &str = "SELECT
    (SELECT count(*) FROM skills s WHERE users <> (SELECT count(*) FROM user_skills WHERE skill_id = s.id))
    + (SELECT count(*) FROM user_skills h
       WHERE endorsements_count <> (SELECT count(*) FROM skill_endorsements WHERE user_skill_id = h.id))
    + (SELECT count(*) FROM users u WHERE
       (SELECT coalesce(sum(amount), 0) FROM points_entries WHERE user_id = u.id)
       <> 5 * (SELECT count(*) FROM skill_endorsements e JOIN user_skills h ON h.id = e.user_skill_id WHERE h.user_id = u.id)
       OR points <> (SELECT coalesce(sum(amount), 0) FROM points_entries WHERE user_id = u.id))";

fn wrong(tx: &Tx<'_>) -> Result<i64> {
    Ok(tx.query_row(WRONG, [], |row| row.get(0))?)
}

/// Runs the same from 32 threads at once, each with its number.
fn race(app: &Arc<App>, write: impl Fn(&Tx<'_>, usize, usize) -> Result<()> + Send + Sync + Clone + 'static) {
    std::thread::scope(|scope| {
        for thread in 0..32 {
            let (app, write) = (app.clone(), write.clone());
            scope.spawn(move || {
                let runtime = rocket::tokio::runtime::Builder::new_current_thread().build().unwrap();
                for round in 0..8 {
                    let write = write.clone();
                    runtime.block_on(app.db.write(move |tx| write(tx, thread, round))).unwrap();
                }
            });
        }
    });
}

#[test]
fn thirty_two_endorsers_at_once() {
    let t = TestApp::new();
    let everybody = people(&t, 33);
    let go = Id::new(skill(&t, "Go", &[]));
    let holder = everybody[32];
    let row = t.write(move |tx| take_up(tx, holder, go));
    race(&t.app, move |tx, thread, round| set_endorsed(tx, everybody[thread], row, (thread + round) % 3 != 0));
    // The last round is number 7, in which the threads 2, 5, … withdraw.
    let standing = (0..32).filter(|thread| (thread + 7) % 3 != 0).count();
    assert_eq!(t.query::<i64>("SELECT endorsements_count FROM user_skills"), i64::try_from(standing).unwrap());
    assert_eq!(t.query::<i64>("SELECT max(points) FROM users"), 5 * i64::try_from(standing).unwrap());
    assert_eq!((t.write(wrong), t.write(store::recount)), (0, 0));
}

#[test]
fn one_endorser_from_thirty_two_threads() {
    let t = TestApp::new();
    let everybody = people(&t, 2);
    let go = Id::new(skill(&t, "Go", &[]));
    let (holder, endorser) = (everybody[0], everybody[1]);
    let row = t.write(move |tx| take_up(tx, holder, go));
    race(&t.app, move |tx, thread, round| set_endorsed(tx, endorser, row, (thread + round) % 2 == 0));
    assert!(t.query::<i64>("SELECT endorsements_count FROM user_skills") <= 1);
    assert_eq!(t.write(wrong), 0);
}

#[test]
fn thirty_two_people_take_up_and_give_up_one_skill() {
    let t = TestApp::new();
    let everybody = people(&t, 32);
    let go = Id::new(skill(&t, "Go", &[]));
    race(&t.app, move |tx, thread, round| match (thread + round) % 3 {
        0 => give_up(tx, everybody[thread], go),
        _ => take_up(tx, everybody[thread], go).map(drop),
    });
    let standing = (0..32).filter(|thread| (thread + 7) % 3 != 0).count();
    assert_eq!(t.query::<i64>("SELECT users FROM skills"), i64::try_from(standing).unwrap());
    assert_eq!((t.write(wrong), t.write(store::recount)), (0, 0));
}

#[test]
fn one_person_takes_up_one_skill_from_thirty_two_threads() {
    let t = TestApp::new();
    let user = people(&t, 1)[0];
    let go = Id::new(skill(&t, "Go", &[]));
    race(&t.app, move |tx, _, _| take_up(tx, user, go).map(drop));
    assert_eq!(t.query::<i64>("SELECT users FROM skills"), 1);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM events WHERE kind = 'skills.added'"), 1);
}

#[test]
fn demand_moves_with_every_thread() {
    let t = TestApp::new();
    let go: Id<Skill> = Id::new(skill(&t, "Go", &[]));
    race(&t.app, move |tx, _, _| store::move_demand(tx, &[go], 1));
    assert_eq!(t.query::<i64>("SELECT job_demand FROM skills"), 256);
    assert_eq!(t.write(move |tx| store::set_demand(tx, &[(go, 7)])), 1);
    assert_eq!(t.query::<i64>("SELECT job_demand FROM skills"), 7);
    assert_eq!(
        (t.write(move |tx| store::set_demand(tx, &[])), t.query::<i64>("SELECT job_demand FROM skills")),
        (1, 0)
    );
}

#[test]
fn erasing_an_account_leaves_counters_and_ledgers_right() {
    let t = TestApp::new();
    let everybody: [Id<User>; 3] = people(&t, 3).try_into().unwrap();
    let go = Id::new(skill(&t, "Go", &[]));
    t.write(move |tx| {
        for holder in [0, 1] {
            let row = take_up(tx, everybody[holder], go)?;
            set_endorsed(tx, everybody[2], row, true)?;
        }
        Ok(())
    });
    t.drain();
    t.write(move |tx| {
        service::withdraw_all(tx, everybody[2])?;
        tx.execute("DELETE FROM users WHERE id IN (?1, ?2)", [everybody[1], everybody[2]])?;
        assert_eq!(wrong(tx)?, 0);
        Ok(())
    });
    assert_eq!(t.query::<i64>("SELECT users FROM skills"), 1);
}

#[test]
fn a_recount_repairs_what_is_wrong() {
    let t = TestApp::new();
    let everybody = people(&t, 2);
    let go = Id::new(skill(&t, "Go", &[]));
    t.write(move |tx| {
        let row = take_up(tx, everybody[0], go)?;
        set_endorsed(tx, everybody[1], row, true)?;
        tx.execute_batch("UPDATE skills SET users = 9; UPDATE user_skills SET endorsements_count = 0")?;
        assert_eq!((wrong(tx)?, store::recount(tx)?, wrong(tx)?), (2, 2, 0));
        Ok(())
    });
}

#[test]
fn merging_skills_keeps_the_best_of_both_and_every_figure() {
    let t = TestApp::new();
    let everybody = people(&t, 5);
    let (go, golang) = (Id::new(skill(&t, "Go", &[])), Id::new(skill(&t, "Golang", &["Go language"])));
    let (both, one, by_both, by_one) = (everybody[0], everybody[1], everybody[2], everybody[3]);
    let admin = everybody[4];
    t.write(move |tx| {
        let kept = take_up(tx, both, go)?;
        let gone = take_up(tx, both, golang)?;
        service::sync_from_resume(tx, both, 1, &[("Golang", Expert)])?;
        let moved = take_up(tx, one, golang)?;
        for (endorser, row) in [(by_both, kept), (by_both, gone), (by_one, gone), (by_one, moved)] {
            set_endorsed(tx, endorser, row, true)?;
        }
        let merged = service::merge(tx, &caller(admin), &store::get(tx, golang)?, &store::get(tx, go)?)?;
        assert_eq!((merged.users, merged.synonyms), (2, vec!["Golang".to_owned(), "Go language".to_owned()]));
        let (kept, moved) = (user_skills::store::get(tx, kept)?, user_skills::store::get(tx, moved)?);
        assert_eq!((kept.proficiency_level, kept.endorsements_count), (Expert, 2));
        assert_eq!((moved.skill.name.as_str(), moved.endorsements_count), ("Go", 1));
        assert_eq!(store::find_by_name(tx, "GO LANGUAGE")?.map(|it| it.id), Some(go));
        assert!(service::undo_sync(tx, both, 1)?.restored.is_empty());
        assert_eq!(wrong(tx)?, 0);
        Ok(())
    });
}

#[test]
fn a_suggestion_becomes_a_skill_or_a_synonym_for_all_who_made_it() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let admin = people(&t, 1)[0];
    skill(&t, "JavaScript", &[]);
    let suggest = |name: &str| {
        ben.post("/api/skills/suggestions/", json!({"name": name})).created();
        let made = ann.post("/api/skills/suggestions/", json!({"name": name, "category": "frontend"})).created();
        Id::<SkillSuggestion>::new(made["id"].as_i64().unwrap())
    };
    let decide = |id, body: serde_json::Value| {
        t.write(move |tx| {
            let serde_json::Value::Object(body) = body else { unreachable!("tests send objects") };
            let suggestion = store::suggestion_with(tx, id)?;
            let first = service::accept_suggestion(tx, &caller(admin), &suggestion, Fields::of_body(body, Mode::Whole));
            assert!(matches!(
                service::reject_suggestion(tx, &caller(admin), &store::suggestion_with(tx, id)?),
                Err(Error::Conflict(_))
            ));
            first
        })
    };
    let svelte = decide(suggest("Svelte"), json!({}));
    assert_eq!((svelte.status.as_str(), svelte.skill.unwrap().category.as_str()), ("accepted", "frontend"));
    let script = decide(suggest("ECMAScript"), json!({"merge_into": "javascript"}));
    assert_eq!((script.status.as_str(), script.skill.unwrap().name.as_str()), ("merged", "JavaScript"));
    let no = suggest("Tea");
    t.write(move |tx| service::reject_suggestion(tx, &caller(admin), &store::suggestion_with(tx, no)?));
    let statuses = ben.get("/api/skills/suggestions/?ordering=created_at").ok();
    let statuses: Vec<_> = statuses["results"].as_array().unwrap().iter().map(|it| it["status"].clone()).collect();
    assert_eq!(statuses, ["accepted", "merged", "rejected"]);
    assert_eq!(ben.get("/api/skills/suggestions/?status=merged").ok()["count"], 1);
    assert_eq!(ben.get("/api/skills/?search=ecma").ok()["count"], 1);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    TakeUp(usize, usize),
    GiveUp(usize, usize),
    Endorse(usize, usize, usize),
    Withdraw(usize, usize, usize),
    Sync(usize, usize, i64, ProficiencyLevel),
    Undo(usize, i64),
    Leave(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (who, what, resume) = (0..4usize, 0..3usize, 1..3i64);
    let level = prop::sample::select(ProficiencyLevel::ALL);
    prop_oneof![
        3 => (who.clone(), what.clone()).prop_map(|(a, b)| Step::TakeUp(a, b)),
        1 => (who.clone(), what.clone()).prop_map(|(a, b)| Step::GiveUp(a, b)),
        5 => (who.clone(), who.clone(), what.clone()).prop_map(|(a, b, c)| Step::Endorse(a, b, c)),
        3 => (who.clone(), who.clone(), what.clone()).prop_map(|(a, b, c)| Step::Withdraw(a, b, c)),
        3 => (who.clone(), what, resume.clone(), level).prop_map(|(a, b, c, d)| Step::Sync(a, b, c, d)),
        2 => (who.clone(), resume).prop_map(|(a, b)| Step::Undo(a, b)),
        1 => who.prop_map(Step::Leave),
    ]
}

fn take_step(tx: &Tx<'_>, step: Step, users: &[Id<User>], skills: &[Id<Skill>]) -> Result<()> {
    let row = |user: usize, skill: usize| user_skills::store::find(tx, users[user], skills[skill]);
    match step {
        Step::TakeUp(user, skill) => take_up(tx, users[user], skills[skill]).map(drop),
        Step::GiveUp(user, skill) => give_up(tx, users[user], skills[skill]),
        Step::Endorse(by, user, skill) | Step::Withdraw(by, user, skill) => match row(user, skill)? {
            Some(row) if by != user => set_endorsed(tx, users[by], row.id, matches!(step, Step::Endorse(..))),
            _ => Ok(()),
        },
        Step::Sync(user, skill, resume, level) => {
            let name = format!("Skill {skill}");
            let before = row(user, skill)?.map(|it| it.proficiency_level);
            service::sync_from_resume(tx, users[user], resume, &[(&name, level)])?;
            let after = row(user, skill)?.map(|it| it.proficiency_level);
            assert_eq!(after, before.max(Some(level)), "a sync adds and raises, and never lowers");
            Ok(())
        }
        Step::Undo(user, resume) => service::undo_sync(tx, users[user], resume).map(drop),
        Step::Leave(user) => service::withdraw_all(tx, users[user]),
    }
}

#[test]
fn the_ledger_is_five_times_the_standing_endorsements_after_any_steps() {
    let t = TestApp::new();
    let users = people(&t, 4);
    let skills: Vec<Id<Skill>> = (0..3).map(|n| Id::new(skill(&t, &format!("Skill {n}"), &[]))).collect();
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..60))| {
        let (users, skills, told) = (users.clone(), skills.clone(), format!("{steps:?}"));
        // Undone at its end, so that each case starts from nothing.
        let outcome = t.block_on(t.app.db.write(move |tx| {
            for step in steps {
                take_step(tx, step, &users, &skills)?;
                if wrong(tx)? > 0 {
                    return Err(Error::conflict(format!("wrong after {step:?}")));
                }
            }
            Err::<(), _>(Error::NotFound("fault"))
        }));
        prop_assert!(matches!(outcome, Err(Error::NotFound("fault"))), "{outcome:?} {told}");
    });
}

#[test]
fn skills_of_a_body_are_read_by_id_or_name() {
    let t = TestApp::new();
    let (go, rust) = (skill(&t, "Go", &["Golang"]), skill(&t, "Rust", &[]));
    let read = move |tx: &Tx<'_>, body: serde_json::Value, mode| {
        let serde_json::Value::Object(map) = body else { unreachable!("tests send objects") };
        let mut body = Fields::of_body(map, mode);
        let mut slot = store::resolve(tx, &Reference::Id(Id::new(rust)))?.into_iter().collect::<Vec<_>>();
        store::read_references(tx, &mut body, "required_skill_ids", 3, &mut slot)?;
        body.finish(slot.into_iter().map(|it| it.name).collect::<Vec<_>>())
    };
    t.write(move |tx| {
        let field = "required_skill_ids";
        assert_eq!(read(tx, json!({field: [go, "golang", rust]}), Mode::Whole)?, ["Go", "Rust"]);
        assert_eq!(read(tx, json!({}), Mode::Patch)?, ["Rust"]);
        assert!(read(tx, json!({field: null}), Mode::Patch)?.is_empty());
        for bad in [json!({field: [99]}), json!({field: ["Cobol"]}), json!({field: [1, 1, 1, 1]}), json!({field: 1})] {
            assert!(matches!(read(tx, bad, Mode::Whole), Err(Error::Invalid(faults)) if faults.contains_key(field)));
        }
        Ok(())
    });
}
