//! A backup that is taken while people write, and the house that it becomes.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use careerd::operations::backup::{Folder, make, restore};
use serde_json::json;

use crate::{
    app::{SetAtEnd, TestApp},
    journeys::walk,
};

#[test]
fn the_journey_goes_on_in_what_a_backup_under_load_became() {
    let t = TestApp::new();
    t.write(careerd::skills::service::fill_catalogue);
    t.write(careerd::achievements::service::fill);
    let guests: Vec<_> = (0..3).map(|nth| t.user(&format!("guest{nth}"))).collect();
    let (over, written) = (AtomicBool::new(false), AtomicUsize::new(0));
    let backups = thread::scope(|threads| {
        let _over = SetAtEnd(&over);
        let mut writers = vec![];
        for (nth, guest) in guests.iter().enumerate() {
            let (over, written) = (&over, &written);
            let token = guest.token.clone().unwrap();
            let app = t.app.clone();
            writers.push(threads.spawn(move || {
                let rocket = careerd::router::rocket(app).unwrap();
                let client = rocket::local::blocking::Client::untracked(rocket).unwrap();
                let send = |path: &str, kind: rocket::http::ContentType, body: Vec<u8>| {
                    let bearer = rocket::http::Header::new("Authorization", format!("Bearer {token}"));
                    let answer = client.post(path.to_owned()).header(bearer).header(kind).body(body).dispatch();
                    assert_eq!(answer.status().code, 201, "{:?}", answer.into_string());
                };
                while !over.load(Ordering::Relaxed) {
                    let words = format!("Words {} of guest {nth}", written.fetch_add(1, Ordering::Relaxed));
                    let post = json!({"title": words, "content": "Some words."}).to_string().into_bytes();
                    send("/api/community/posts/", rocket::http::ContentType::JSON, post);
                }
            }));
        }
        while written.load(Ordering::Relaxed) < 2 * guests.len() {
            assert!(!writers.iter().any(thread::ScopedJoinHandle::is_finished), "somebody could not write");
            thread::yield_now();
        }
        let mut backups = vec![];
        for _ in 0..3 {
            let before = written.load(Ordering::Relaxed);
            t.pass(chrono::Duration::seconds(1));
            backups.push(make(&t.app.config, &Folder::of(&t.app.config), t.app.clock.now(), None, &|_, _, _| {}));
            assert!(written.load(Ordering::Relaxed) > before, "nobody wrote meanwhile");
        }
        backups
    });
    t.drain();
    for made in backups {
        let made = made.unwrap();
        assert!(made.verified);
        let place = tempfile::tempdir().unwrap();
        let to = place.path().join("restored");
        let receipt = restore(&Folder::of(&t.app.config).path(&made.name), &to, false, &|_, _, _| {}).unwrap();
        assert_eq!(receipt.tables["users"], 3);
        let mut again = TestApp::over(&to);
        again.expect_empty_queue = true;
        again.pass(chrono::Duration::minutes(1));
        // What was queued when the backup was taken is done here.
        again.drain();
        let posts = again.visitor().get("/api/community/posts/").ok()["count"].as_i64().unwrap();
        assert_eq!(posts, receipt.tables["community_posts"]);
        let authors: i64 = again.query("SELECT count(DISTINCT author_id) FROM community_posts");
        let first_posts: i64 = again.query("SELECT count(*) FROM points_entries");
        assert!(authors > 0);
        assert_eq!(first_posts, authors, "each has earned the first post, which was checked here");
        walk(&again);
    }
}
