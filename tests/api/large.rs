//! A large invented instance: what is kept of it is right at once, and the same number makes the same one.

use careerd::{
    cli::seed::{self, SeedArgs},
    operations::recount,
};

use crate::app::TestApp;

const MEMBERS: i64 = 260;
const JOBS: i64 = 40;
const EVENTS: i64 = 3_000;

/// An invented instance of a few hundred members.
pub fn large() -> TestApp {
    let mut t = TestApp::new();
    t.expect_empty_queue = false;
    t.write(careerd::skills::service::fill_catalogue);
    t.write(careerd::achievements::service::fill);
    let events =
        t.block_on(seed::fill_large(&t.app, SeedArgs::large(MEMBERS as usize, JOBS as usize, EVENTS as usize)));
    let events = events.unwrap();
    assert_eq!(events, t.query::<i64>("SELECT count(*) FROM events"));
    t
}

#[test]
fn what_is_asked_for_is_there_and_every_counter_is_right() {
    let t = large();
    assert_eq!(t.query::<i64>("SELECT count(*) FROM users"), MEMBERS);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM job_opportunities WHERE status = 'active'"), JOBS);
    let events: i64 = t.query("SELECT count(*) FROM events");
    assert!((EVENTS..EVENTS + EVENTS / 10).contains(&events), "{events}");
    let wrong = t.write(|tx| tx.undone(recount::rebuild));
    assert!(wrong.iter().all(|(_, wrong)| *wrong == 0), "{wrong:?}");
    // The index holds what a stranger may find, and nothing waits to be made.
    assert_eq!(t.query::<i64>("SELECT count(*) FROM search_changes"), 0);
    assert_eq!(
        t.query::<i64>("SELECT count(*) FROM search_entries WHERE document >> 48 = 2"),
        t.query::<i64>("SELECT count(*) FROM users WHERE is_active = 1")
    );
    // Whoever did something was there, and was seen no earlier.
    let late = "SELECT count(*) FROM events e JOIN users u ON u.id = e.actor_id
                WHERE u.id > 3 AND e.kind = 'users.signed_in' AND (e.at < u.created_at OR e.at > u.last_active)";
    assert_eq!(t.query::<i64>(late), 0);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM events WHERE at > unixepoch('now') * 1000000"), 0);
}

#[test]
fn the_same_number_makes_the_same_instance() {
    let told = |t: &TestApp| {
        let kinds =
            "SELECT group_concat(kind || n) FROM (SELECT kind, count(*) AS n FROM events GROUP BY kind ORDER BY kind)";
        let people = "SELECT group_concat(last_name || points || location) FROM (SELECT * FROM users ORDER BY id)";
        (t.query::<String>(kinds), t.query::<String>(people))
    };
    let (one, other) = (large(), large());
    assert_eq!(told(&one), told(&other));
}

#[test]
fn an_instance_with_people_is_left_alone() {
    let t = TestApp::new();
    t.user("ann");
    let outcome = t.block_on(seed::fill_large(&t.app, SeedArgs::large(10, 1, 10)));
    assert!(outcome.unwrap_err().to_string().contains("never had people"));
    assert_eq!(t.query::<i64>("SELECT count(*) FROM users"), 1);
}
