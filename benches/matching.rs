//! Matching at 100,000 open postings of eight skills each: how long the index takes to be built and how much memory it takes, and
//! how long somebody who asks for the first time waits.
//!
//! The rows "in memory" are the index alone; those "of a database" are whole answers, with all that they read from the file.
//! `cargo bench --bench matching`
#![allow(clippy::expect_used, reason = "a measurement that cannot begin is of no use")]

use std::{
    collections::BTreeSet,
    fs,
    time::{Duration, Instant},
};

use careerd::{
    jobs::{
        JobLevel,
        matching::{
            self, Index, MOST, OpenJobs, Place, Posting, Seeker,
            rank::{Best, Excluded},
            strength,
        },
    },
    platform::{
        app::App,
        clock::Timestamp,
        config::{Config, Transport},
        db::Tx,
        error::Result,
        fields::Reference,
        id::Id,
    },
    reactions,
    recommendations::{self, PathQuery, WhatIfQuery, service},
    skills::{ProficiencyLevel, Skill},
    upkeep,
    users::{ExperienceLevel, User},
};
use rand::{Rng, SeedableRng, rngs::StdRng};

const JOBS: i64 = 100_000;
/// How many people ask.
const PEOPLE: i64 = 300;
const COURSES: i64 = 2_000;
const CITIES: [&str; 6] =
    ["Kyiv, Ukraine", "Lviv, Ukraine", "Oslo, Norway", "Paris, France", "Berlin, Germany", "Rome, Italy"];

/// Few skills are asked for by many, and many by few.
fn some_skills(random: &mut StdRng, of: usize, count: usize) -> BTreeSet<usize> {
    let mut some = BTreeSet::new();
    while some.len() < count {
        let uniform: f64 = random.random();
        some.insert(((of as f64).powf(uniform) - 1.0) as usize);
    }
    some
}

fn posting(random: &mut StdRng, job: i64, skills: &[Id<Skill>], now: Timestamp) -> Posting {
    let asks = some_skills(random, skills.len(), 8);
    Posting {
        job: Id::new(job),
        level: JobLevel::ALL.get(random.random_range(0..5)).copied(),
        location: CITIES[random.random_range(0..CITIES.len())].to_owned(),
        is_remote: random.random_ratio(1, 4),
        posted_at: now.plus(-chrono::Duration::seconds(random.random_range(0..90 * 86_400))),
        deadline: None,
        posted_by: Some(Id::new(1)),
        salary: Some((random.random_range(20_000..90_000), "EUR".into())),
        asks: asks.into_iter().map(|it| (skills[it], random.random_ratio(3, 5))).collect(),
    }
}

fn seeker(random: &mut StdRng, skills: &[Id<Skill>]) -> Seeker {
    let count = random.random_range(3..20);
    let level = |random: &mut StdRng| ProficiencyLevel::ALL[random.random_range(0..ProficiencyLevel::ALL.len())];
    Seeker {
        held: some_skills(random, skills.len(), count)
            .into_iter()
            .map(|it| (skills[it], strength(level(random))))
            .collect(),
        level: Some(ExperienceLevel::Mid),
        place: Place::read(CITIES[random.random_range(0..CITIES.len())]),
        open_to_remote: random.random(),
        most: MOST,
    }
}

fn main() {
    let now = Timestamp::parse("2026-06-01").expect("a date");
    let mut random = StdRng::seed_from_u64(1);
    let skills: Vec<Id<Skill>> = (1..=300).map(Id::new).collect();
    let postings: Vec<Posting> = (1..=JOBS).map(|job| posting(&mut random, job, &skills, now)).collect();

    let before = resident();
    let begun = Instant::now();
    let mut index = Index::default();
    index.apply(postings.iter().map(|it| (it.job, Some(it.clone()))), 1);
    let built = begun.elapsed();
    let (pairs, bytes, grown) = (index.pairs(), index.bytes(), resident().saturating_sub(before));
    println!("{JOBS} open postings, {pairs} pairs of posting and skill, in memory");
    println!("  built in                   {:>8.1} ms", built.as_secs_f64() * 1000.0);
    println!(
        "  counted                    {:>8.1} bytes for a pair, {:.0} for a posting",
        bytes as f64 / pairs as f64,
        bytes as f64 / JOBS as f64
    );
    println!("  grown by (RssAnon)         {:>8.1} bytes for a pair", grown as f64 / pairs as f64);
    println!("{:28} {:>8} {:>8} {:>8}", "", "p50 ms", "p99 ms", "most ms");
    let people: Vec<Seeker> = (0..PEOPLE).map(|_| seeker(&mut random, &skills)).collect();
    let mut scored = 0;
    row(
        "best 80",
        measure(&people, |it| {
            let Best { scored: of_this, .. } = index.view(it, now).best(&Excluded::default(), 80);
            scored += of_this;
        }),
    );
    println!("    of which were scored     {:>8}", scored / people.len());
    row(
        "what if, one skill more",
        measure(&people, |it| {
            let mut then = it.clone();
            then.held.insert(skills[people.len() % 40], 0.75);
            index.view(it, now).opened(&index.view(&then, now), 70);
        }),
    );
    row("what is lacking", measure(&people, |it| drop(index.view(it, now).lacking())));
    let changed = posting(&mut random, 7, &skills, now);
    row("one posting changes", measure(&people, |_| index.apply([(changed.job, Some(changed.clone()))], 2)));
    whole(&postings, now).expect("answers");
}

/// Whole answers of a house with a database.
fn whole(postings: &[Posting], now: Timestamp) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    config.mail.transport = Transport::File;
    let app = App::open(config, reactions::react)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let write = |some: &[Posting]| {
        let some = some.to_vec();
        runtime.block_on(app.db.write(move |tx| insert(tx, &some)))
    };
    runtime.block_on(upkeep::at_start(&app))?;
    runtime.block_on(app.db.write(people_and_courses))?;
    for some in postings.chunks(5_000) {
        write(some)?;
    }
    runtime.block_on(app.db.write(careerd::jobs::service::recount))?;

    let begun = Instant::now();
    runtime.block_on(OpenJobs::build(&app))?;
    println!("the same of a database, whole answers");
    println!("  built in                   {:>8.1} ms", begun.elapsed().as_secs_f64() * 1000.0);
    let open = OpenJobs::of(&app);
    let ids: Vec<Id<User>> = (2..PEOPLE + 2).map(Id::new).collect();
    let ask = |what: fn(&rusqlite::Connection, &OpenJobs, Id<User>, Timestamp) -> Result<()>| {
        measure(&ids, |user| {
            let (open, user) = (open.clone(), *user);
            runtime.block_on(app.db.read(move |conn| what(conn, &open, user, now))).expect("an answer");
        })
    };
    row(
        "cold recommendation",
        ask(|conn, open, user, now| {
            let (seeker, list) = (matching::seeker(conn, user)?, service::shortlist(conn, open, user, 10, now)?);
            service::recommended(conn, user, &seeker, &list.jobs, now).map(drop)
        }),
    );
    row(
        "what if, one skill more",
        ask(|conn, open, user, now| {
            let query = WhatIfQuery {
                skill: vec![Reference::Name("Docker".into())],
                level: ProficiencyLevel::Intermediate,
                threshold: 70,
            };
            recommendations::what_if(conn, open, user, &query, now).map(drop)
        }),
    );
    row(
        "gaps",
        ask(|conn, open, user, now| {
            recommendations::gaps(conn, open, user, &recommendations::Target::Market, 10, now).map(drop)
        }),
    );
    row(
        "learning path to a posting",
        ask(|conn, open, user, now| {
            let query = PathQuery { job: Some(Id::new(user.raw() * 17)), role: None, max_hours: None };
            recommendations::learning_path(conn, open, user, &query, now).map(drop)
        }),
    );
    app.db.close();
    Ok(())
}

fn people_and_courses(tx: &Tx<'_>) -> Result<()> {
    let mut random = StdRng::seed_from_u64(2);
    let skills = skills_of(tx)?;
    for user in 1..=PEOPLE + 1 {
        tx.execute(
            "INSERT INTO users (id, username, email, password, location, experience_level, created_at, updated_at)
             VALUES (?1, 'user' || ?1, 'user' || ?1 || '@example.org', 'none', ?2, 'mid', ?1, ?1)",
            (user, CITIES[random.random_range(0..CITIES.len())]),
        )?;
        let count = random.random_range(3..20);
        for skill in some_skills(&mut random, skills.len(), count) {
            tx.execute(
                "INSERT INTO user_skills (user_id, skill_id, proficiency_level, years_of_experience, source, created_at, updated_at)
                 VALUES (?1, ?2, 'intermediate', 1, 'manual', ?1, ?1)",
                (user, skills[skill]),
            )?;
        }
    }
    for course in 1..=COURSES {
        tx.execute(
            "INSERT INTO courses (id, title, description, difficulty, category, duration_hours, color_gradient, status, created_at,
                 updated_at)
             VALUES (?1, 'Course ' || ?1, 'Learn.', 'beginner', 'it', ?2, '', 'active', ?1, ?1)",
            (course, random.random_range(1.0..60.0)),
        )?;
        for (position, skill) in (0_i64..).zip(some_skills(&mut random, skills.len(), 3)) {
            tx.execute(
                "INSERT INTO course_skills (course_id, skill_id, taught, position) VALUES (?1, ?2, 1, ?3)",
                (course, skills[skill], position),
            )?;
        }
        if course % 3 == 0 {
            tx.execute(
                "INSERT INTO course_prerequisites (course_id, prerequisite_id, position) VALUES (?1, ?2, 1)",
                (course, course / 3),
            )?;
        }
    }
    Ok(())
}

fn skills_of(tx: &Tx<'_>) -> Result<Vec<Id<Skill>>> {
    let mut statement = tx.prepare_cached("SELECT id FROM skills ORDER BY id")?;
    let skills = statement.query_map([], |row| row.get(0))?;
    Ok(skills.collect::<rusqlite::Result<_>>()?)
}

fn insert(tx: &Tx<'_>, postings: &[Posting]) -> Result<()> {
    let known: BTreeSet<i64> = skills_of(tx)?.into_iter().map(Id::raw).collect();
    let mut job = tx.prepare_cached(
        "INSERT INTO job_opportunities (id, posted_by, title, company_name, location, is_remote, job_type, experience_level,
             salary_min, salary_currency, status, posted_at, created_at, updated_at, description)
         VALUES (?1, 1, 'Work ' || ?1, 'Acme', ?2, ?3, 'full-time', ?4, ?5, 'EUR', 'active', ?6, ?6, ?6, ?7)",
    )?;
    let mut skill =
        tx.prepare_cached("INSERT INTO job_skills (job_id, skill_id, must, position) VALUES (?1, ?2, ?3, ?2)")?;
    let text = "What is to be done, told at the length that postings have. ".repeat(12);
    for it in postings {
        let salary = it.salary.as_ref().map(|it| it.0);
        job.execute((it.job, &it.location, it.is_remote, it.level, salary, it.posted_at, &text))?;
        for (asked, must) in it.asks.iter().filter(|(skill, _)| known.contains(&skill.raw())) {
            skill.execute((it.job, asked, must))?;
        }
    }
    Ok(())
}

/// Each one's wait, in order.
fn measure<T>(of: &[T], mut ask: impl FnMut(&T)) -> Vec<Duration> {
    let mut waits: Vec<Duration> = of
        .iter()
        .map(|it| {
            let begun = Instant::now();
            ask(it);
            begun.elapsed()
        })
        .collect();
    waits.sort_unstable();
    waits
}

fn row(name: &str, waits: Vec<Duration>) {
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!("  {name:26} {:>8.2} {:>8.2} {:>8.2}", at(0.5), at(0.99), at(1.0));
}

/// The memory of this process that no file stands behind, in bytes.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("RssAnon:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().map_or(0, |kb: usize| kb * 1024)
}
