//! Processes of the real program over one data folder, killed again and again while people call, mails leave and tasks make
//! trouble; and then everything is counted.
//!
//! `cargo test --test endurance` takes three rounds; `ROUNDS=50 cargo test --release --test endurance` as many as it is
//! told. The report goes to standard error.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is its failure")]

mod callers;
mod check;
mod house;
mod post_office;
mod trouble;

use std::{
    env,
    io::Write as _,
    ops::Range,
    thread,
    time::{Duration, Instant},
};

use callers::{Callers, PASSWORD};
use house::{House, Role};
use post_office::PostOffice;

/// How many people come in a round.
const CROWD: usize = 6;
/// How many processes are killed in a round, of five.
const KILLS: usize = 3;
/// For how long the disk takes nothing.
const FULL: Duration = Duration::from_millis(1500);
/// How long all that waits may take to be done once nothing is killed any more.
const SETTLING: Duration = Duration::from_secs(180);
/// Minutes by which the clock is set forward and back.
const STEPS: [i32; 4] = [60, 0, -60, 0];

/// What was done to the house.
#[derive(Default)]
struct Done {
    rounds: usize,
    steps: usize,
    poison: usize,
    trouble: usize,
    /// When the disk took nothing.
    full: Vec<Range<Instant>>,
}

fn setting(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |it| it.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

#[test]
fn nothing_answered_is_lost_and_nothing_is_done_twice() {
    let rounds = setting("ROUNDS", 3);
    // Whatever goes wrong, it stays to be looked at.
    let folder = tempfile::tempdir().unwrap().keep();
    let (office, mail_port) = PostOffice::open();
    let mut house = House::new(&folder, mail_port);
    people(&house);
    house.open();
    let mut callers = Callers::new(house.servers());
    callers.open_jobs("rita");
    let begun = Instant::now();
    let mut done = Done::default();
    for round in 0..rounds {
        one_round(round, rounds, &mut house, &callers, &mut done);
    }
    let under_load = begun.elapsed();

    // Now everything that waits is to be done, by workers that do not know the trouble.
    office.calm_down();
    house.replace_workers([Role::Work; 3]);
    let settled = check::settle(&house, SETTLING);
    let ended = house.ended();
    let stopped = house.stop();
    let mut losses = check::everything(&house, &callers.book(), &office, &done);
    losses.extend(ended.iter().map(|it| format!("a process ended by itself: {it:?}")));
    if let Err(left) = &settled {
        losses.push(format!("tasks are stuck: {left}"));
    }
    let report = check::report(&house, &callers, &office, &done, under_load, settled.ok(), stopped, &losses);
    std::io::stderr().write_all(report.as_bytes()).unwrap();
    assert!(losses.is_empty(), "{} losses; the data folder is kept: {}", losses.len(), folder.display());
    std::fs::remove_dir_all(folder).unwrap();
}

/// The first people, made by command.
fn people(house: &House) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("people.jsonl");
    let line = serde_json::json!({"username": "rita", "email": "rita@example.org", "is_recruiter": true,
        "password_hash": hash()});
    std::fs::write(&input, format!("{line}\n")).unwrap();
    let made = house.command(&["import", "users", input.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

fn hash() -> String {
    use argon2::password_hash::{PasswordHasher as _, SaltString};
    let salt = SaltString::from_b64("ZW5kdXJhbmNlc2FsdA").unwrap();
    argon2::Argon2::default().hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string()
}

/// People come while processes are killed.
fn one_round(round: usize, rounds: usize, house: &mut House, callers: &Callers, done: &mut Done) {
    if round > 0 && house.set_clock(STEPS[(round - 1) % STEPS.len()]) {
        done.steps += 1;
    }
    // Every other round the workers know the kinds that panic and never end, and two of them have a clock of their own.
    let workers =
        if round % 2 == 1 { [Role::Trouble(60), Role::Trouble(-60), Role::Trouble(0)] } else { [Role::Work; 3] };
    house.replace_workers(workers);
    if round % 2 == 1 {
        done.trouble += check::queue(house, trouble::TROUBLE.iter().copied());
    }
    done.poison += check::queue(house, trouble::POISON.iter().map(|it| it.0));
    thread::scope(|threads| {
        let crowd: Vec<_> = (0..CROWD)
            .map(|nth| {
                threads.spawn(move || {
                    thread::sleep(Duration::from_millis(150 * nth as u64));
                    callers.visit(&callers::name(round, nth));
                })
            })
            .collect();
        if round == rounds / 2 {
            thread::sleep(Duration::from_millis(700));
            let begun = Instant::now();
            house.fill_disk();
            thread::sleep(FULL);
            house.empty_disk();
            done.full.push(begun..Instant::now());
        }
        let mut victims: Vec<usize> = (0..house.len()).collect();
        // One that serves and one that works are always among them.
        victims.sort_by_key(|_| rand::random::<u32>());
        let server = victims.iter().position(|it| house.role(*it).serves()).unwrap();
        victims.swap(0, server);
        let worker = victims.iter().position(|it| !house.role(*it).serves()).unwrap();
        victims.swap(1, worker);
        for place in victims.into_iter().take(KILLS) {
            thread::sleep(Duration::from_millis(rand::random_range(200..1500)));
            house.kill(place);
        }
        for member in crowd {
            member.join().unwrap();
        }
    });
    done.rounds += 1;
}
