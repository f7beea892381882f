//! The index of open postings in memory: it says what the formulas say of the rows, in every process, after every change.

use std::collections::HashSet;

use careerd::{
    cli::seed::{self, SeedArgs},
    jobs::{
        self, Job,
        matching::{self, OpenJobs, rank::Excluded},
    },
    platform::{app::App, clock::Timestamp, error::Result, id::Id},
    reactions,
    users::{User, soft_delete},
};
use rocket::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::app::{Member, TestApp};

/// How many postings count, and those that are open, best first, each with its score.
type Said = (usize, Vec<(Id<Job>, i64)>);

/// What an index says to somebody: how many postings it holds, and all open ones, best first, with their scores.
fn told(conn: &Connection, open: &OpenJobs, user: Id<User>, now: Timestamp) -> Result<Said> {
    let seeker = matching::seeker(conn, user)?;
    let index = open.current(conn)?;
    let view = index.view(&seeker, now);
    let best = view.best(&Excluded::default(), index.len().max(1)).jobs;
    Ok((index.len(), best.into_iter().filter_map(|it| Some((it, view.score(it)?.0))).collect()))
}

/// The same by the formulas, from the rows alone.
fn computed(conn: &Connection, user: Id<User>, now: Timestamp) -> Result<Said> {
    let mut statement = conn.prepare(
        "SELECT id, deadline IS NULL OR deadline > ?1 FROM job_opportunities
         WHERE status = 'active' AND deleted_at IS NULL AND is_away = 0",
    )?;
    let counted: Vec<(Id<Job>, bool)> =
        statement.query_map([now], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let open: Vec<Id<Job>> = counted.iter().filter(|it| it.1).map(|it| it.0).collect();
    let held: HashSet<_> = matching::seeker(conn, user)?.held.into_keys().collect();
    let mut ranked: Vec<_> = jobs::service::shown(conn, &open, Some(&matching::seeker(conn, user)?), now)?
        .into_iter()
        .map(|it| {
            let shares = it.required_skills.iter().chain(&it.nice_to_have_skills).any(|it| held.contains(&it.id));
            let score = it.match_percentage.unwrap();
            (shares, if shares { score } else { 0 }, it.posted_at, it.id, score)
        })
        .collect();
    ranked.sort_by(|a, b| b.cmp(a));
    assert_eq!(jobs::store::count(conn)?, counted.len() as i64, "the kept number of postings that count");
    Ok((counted.len(), ranked.into_iter().map(|it| (it.3, it.4)).collect()))
}

/// Compares what this process, another one and a new one say to somebody with the formulas.
#[track_caller]
fn all_agree(t: &TestApp, other: &App, user: i64) {
    let (now, user) = (t.app.clock.now(), Id::new(user));
    let expected = t.block_on(t.app.db.read(move |conn| computed(conn, user, now))).unwrap();
    for (app, open) in [
        (&*t.app, OpenJobs::of(&t.app)),
        (other, OpenJobs::of(other)),
        (other, std::sync::Arc::new(OpenJobs::default())),
    ] {
        let told = t.block_on(app.db.read(move |conn| told(conn, &open, user, now))).unwrap();
        assert_eq!(told, expected);
    }
}

/// A second process on the same file.
fn beside(t: &TestApp) -> std::sync::Arc<App> {
    App::open_as(env!("CARGO_BIN_EXE_careerd").into(), t.app.config.clone(), reactions::react).unwrap()
}

fn post(by: &Member<'_>, needs: &[&str], more: Value) -> i64 {
    let mut job = json!({"title": "Work", "description": "Work.", "company_name": "Acme", "location": "Kyiv, Ukraine",
        "job_type": "full-time", "experience_level": "mid", "required_skill_ids": needs});
    for (name, value) in more.as_object().unwrap() {
        job[name] = value.clone();
    }
    by.post("/api/jobs/", job).created()["id"].as_i64().unwrap()
}

#[test]
fn every_member_of_a_demo_is_told_what_the_formulas_say() {
    let mut t = TestApp::new();
    t.expect_empty_queue = false;
    t.write(careerd::skills::service::fill_catalogue);
    t.write(careerd::achievements::service::fill);
    t.block_on(seed::fill(&t.app, SeedArgs::DEMO)).unwrap();
    let other = beside(&t);
    for user in 1..=40 {
        all_agree(&t, &other, user);
    }
    other.db.close();
}

#[test]
fn every_change_of_a_posting_is_seen_at_once_in_every_process() {
    let mut t = TestApp::new();
    t.expect_empty_queue = false;
    t.write(careerd::skills::service::fill_catalogue);
    let (rita, root, ann) = (t.recruiter("rita"), t.admin("root1"), t.user("ann"));
    let leaving = t.recruiter("leaving");
    ann.post("/api/user-skills/", json!({"skill_name": "Rust", "proficiency_level": "expert"})).created();
    ann.post("/api/user-skills/", json!({"skill_name": "SQL"})).created();
    let other = beside(&t);
    all_agree(&t, &other, ann.id);
    let first = post(&rita, &["Rust", "SQL"], json!({}));
    all_agree(&t, &other, ann.id);
    let second = post(&rita, &["Go"], json!({"nice_to_have_skill_ids": ["Rust"]}));
    post(&leaving, &["SQL"], json!({"is_remote": true}));
    let until = t.app.clock.now().plus(chrono::Duration::hours(1)).to_string();
    post(&rita, &["SQL", "Docker"], json!({"deadline": until}));
    all_agree(&t, &other, ann.id);
    let path = format!("/api/jobs/{first}/");
    for change in [
        json!({"required_skill_ids": ["Go", "Rust"]}),
        json!({"nice_to_have_skill_ids": ["SQL"]}),
        json!({"location": "Oslo, Norway"}),
        json!({"is_remote": true}),
        json!({"experience_level": "senior"}),
        json!({"status": "closed"}),
        json!({"status": "active"}),
    ] {
        rita.patch(&path, change).ok();
        all_agree(&t, &other, ann.id);
    }
    rita.delete(&path).empty();
    all_agree(&t, &other, ann.id);
    rita.post(&format!("{path}restore/"), json!({})).ok();
    all_agree(&t, &other, ann.id);
    rita.post(&format!("/api/jobs/{second}/close/"), json!({})).ok();
    all_agree(&t, &other, ann.id);
    rita.post(&format!("/api/jobs/{second}/reopen/"), json!({})).ok();
    let id = |name: &str| t.query::<i64>(&format!("SELECT id FROM skills WHERE name = '{name}'"));
    // One of the postings asks for both, so that one row is changed and another goes.
    root.post(&format!("/api/admin/skills/{}/merge/", id("Go")), json!({"into_id": id("Rust")})).ok();
    all_agree(&t, &other, ann.id);
    // Past its deadline, and not closed yet.
    t.pass(chrono::Duration::hours(2));
    all_agree(&t, &other, ann.id);
    t.write(jobs::service::close_expired);
    all_agree(&t, &other, ann.id);
    let leaving = t.sign_in_again(&leaving);
    leaving.delete("/api/users/me/").empty();
    all_agree(&t, &other, ann.id);
    t.write(move |tx| soft_delete::store::delete::<Job>(tx, &[Id::new(first)]));
    all_agree(&t, &other, ann.id);
    assert_eq!(t.write(jobs::store::recount), 0);
    other.db.close();
}

#[test]
fn what_is_undone_is_never_taken_in() {
    let mut t = TestApp::new();
    t.expect_empty_queue = false;
    t.write(careerd::skills::service::fill_catalogue);
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, &["Rust"], json!({}));
    let (open, again) = (OpenJobs::of(&t.app), OpenJobs::of(&t.app));
    let user = Id::new(ann.id);
    let seen = t.block_on(t.app.db.read(move |conn| Ok(open.current(conn)?.seen()))).unwrap();
    let refused: Result<()> = t.block_on(t.app.db.write(move |tx| {
        // Nothing changed yet: the index serves a write as well.
        assert_eq!(again.current(tx)?.len(), 1);
        soft_delete::store::delete::<Job>(tx, &[Id::new(job)])?;
        assert!(again.current(tx).is_err());
        again.current(tx).map(drop)
    }));
    assert!(refused.is_err());
    let (open, now) = (OpenJobs::of(&t.app), t.app.clock.now());
    let (len, best) = t.block_on(t.app.db.read(move |conn| told(conn, &open, user, now))).unwrap();
    assert_eq!((len, best.len()), (1, 1));
    assert_eq!(t.query::<i64>("SELECT max(number) FROM job_changes"), seen);
}

#[test]
fn readers_and_writers_at_once_end_with_the_same_index() {
    let mut t = TestApp::new();
    t.expect_empty_queue = false;
    t.write(careerd::skills::service::fill_catalogue);
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.post("/api/user-skills/", json!({"skill_name": "Rust"})).created();
    let jobs: Vec<i64> = (0..6).map(|_| post(&rita, &["Rust", "SQL"], json!({}))).collect();
    let other = beside(&t);
    let reads = (0..8).map(|_| ann.ready(Method::Get, "/api/users/me/recommendations/what-if/?skill=SQL"));
    let closes = jobs.iter().map(|it| rita.ready(Method::Post, &format!("/api/jobs/{it}/close/")));
    let answers = t.at_once(reads.chain(closes).collect());
    assert!(answers.iter().all(|it| *it == 200), "{answers:?}");
    all_agree(&t, &other, ann.id);
    other.db.close();
}

#[test]
fn the_list_by_match_ranks_open_and_closed_postings_alike() {
    let t = TestApp::new();
    t.write(careerd::skills::service::fill_catalogue);
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.post("/api/user-skills/", json!({"skill_name": "Rust", "proficiency_level": "expert"})).created();
    let (whole, half) = (post(&rita, &["Rust"], json!({})), post(&rita, &["Rust", "Go"], json!({})));
    let closed = post(&rita, &["Rust", "Go", "SQL"], json!({}));
    rita.post(&format!("/api/jobs/{closed}/close/"), json!({})).ok();
    let listed = |query: &str| -> Vec<i64> {
        let page = ann.get(&format!("/api/jobs/?ordering=match{query}")).ok();
        page["results"].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(listed(""), [whole, half]);
    assert_eq!(listed("&status=closed&status=active"), [whole, half, closed]);
    t.drain();
}
