//! Sessions: asked for, scheduled without clashes, held and reviewed.

use careerd::mentors;
use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::{
    app::{Member, TestApp, titles, with},
    mentors::{held, mentor},
};

/// The address of a session that is asked for.
pub fn ask(who: &Member<'_>, mentor: i64, fields: Value) -> String {
    let body = with(json!({"mentor_id": mentor, "title": "Indexes"}), fields);
    format!("/api/mentor-sessions/{}/", who.post("/api/mentor-sessions/", body).created()["id"])
}

pub fn time(who: &Member<'_>, session: &str, when: &str) -> crate::app::Reply {
    who.post(&format!("{session}schedule/"), json!({"scheduled_date": when}))
}

#[test]
fn a_mentee_asks_and_changes_what_was_asked_while_it_waits() {
    let t = TestApp::stocked();
    let (mia, ben, eve, root) = (t.user("mia"), t.user("ben"), t.user("eve"), t.admin("root1"));
    let id = mentor(&mia, json!({}));
    let body = json!({"mentor": id, "title": "Indexes", "preferred_date": "2030-01-07T10:00:00Z"});
    let reply = ben.post("/api/mentor-sessions/", body);
    let asked = reply.created();
    let path = format!("/api/mentor-sessions/{}/", asked["id"]);
    assert_eq!(reply.header("Location"), Some(path.as_str()));
    assert_eq!((&asked["status"], &asked["duration_minutes"]), (&json!("pending"), &json!(60)));
    assert_eq!((&asked["mentor"]["user"]["username"], &asked["mentee"]["username"]), (&json!("mia"), &json!("ben")));
    for who in [&mia, &ben, &root] {
        assert_eq!(who.get(&path).ok(), asked);
    }
    eve.get(&path).status(404);
    t.visitor().get(&path).status(401);
    assert_eq!(ben.get(&path.replace("mentor-sessions", "mentee-sessions")).ok(), asked);
    let changed = ben.patch(&path, json!({"title": "Locks", "duration_minutes": 90, "status": "pending"})).ok();
    assert_eq!((&changed["title"], &changed["duration_minutes"]), (&json!("Locks"), &json!(90)));
    assert_eq!(changed["preferred_date"], asked["preferred_date"]);
    assert_eq!(ben.put(&path, json!({"title": "Locks"})).ok()["preferred_date"], json!(null));
    assert_eq!(ben.put(&path, json!({})).faults(), ["title"]);
    assert_eq!(mia.patch(&path, json!({"title": "Mine"})).ok()["title"], "Locks", "words are the mentee's");
    for call in [Method::Patch, Method::Put, Method::Delete] {
        eve.call(call, &path, Some(json!({})), &[]).status(404);
        root.call(call, &path, Some(json!({})), &[]).status(403);
    }
    mia.post("/api/mentor-sessions/", json!({"mentor_id": id, "title": "Me"})).status(403);
    t.visitor().post("/api/mentor-sessions/", json!({})).status(401);
    assert_eq!(ben.post("/api/mentor-sessions/", json!({})).faults(), ["mentor_id", "title"]);
    let bad = json!({"mentor_id": 999, "title": "x".repeat(201), "description": "x".repeat(5001), "duration_minutes": 14,
        "preferred_date": "2020-01-01"});
    assert_eq!(
        ben.post("/api/mentor-sessions/", bad).faults(),
        ["description", "duration_minutes", "mentor_id", "preferred_date", "title"]
    );
    for wrong in [json!("one"), json!(-1), json!(null), json!(1.5)] {
        let body = json!({"mentor_id": wrong, "title": "A"});
        assert_eq!(ben.post("/api/mentor-sessions/", body).faults(), ["mentor_id"]);
    }
    assert_eq!(ben.get("/api/mentor-sessions/?role=mentor").ok()["count"], 0);
    assert_eq!(titles(&mia.get("/api/mentee-sessions/?role=mentor&status=pending&search=loc").ok()), ["Locks"]);
    assert_eq!(eve.get("/api/mentor-sessions/").ok()["count"], 0);
    for (bad, field) in [("status=x", "status"), ("role=x", "role"), ("from=x", "from"), ("ordering=x", "ordering")] {
        assert_eq!(ben.get(&format!("/api/mentor-sessions/?{bad}")).faults(), [field]);
    }
}

#[test]
fn a_mentor_schedules_and_moves_and_nobody_is_booked_twice() {
    let t = TestApp::stocked();
    let (mia, oda, ben, cid) = (t.user("mia"), t.user("oda"), t.user("ben"), t.user("cid"));
    let (mias, odas) = (mentor(&mia, json!({})), mentor(&oda, json!({})));
    let (one, two) = (ask(&ben, mias, json!({})), ask(&cid, mias, json!({"duration_minutes": 30})));
    ben.post(&format!("{one}schedule/"), json!({"scheduled_date": "2030-01-07T10:00:00Z"})).status(403);
    assert_eq!(mia.post(&format!("{one}schedule/"), json!({})).faults(), ["scheduled_date"]);
    for wrong in ["2020-01-01T00:00:00Z", "soon", "9999-12-31T23:59:59Z"] {
        assert_eq!(time(&mia, &one, wrong).faults(), ["scheduled_date"], "{wrong}");
    }
    let first = time(&mia, &one, "2030-01-07T12:00:00+02:00").ok();
    assert_eq!(
        (&first["status"], &first["scheduled_date"]),
        (&json!("scheduled"), &json!("2030-01-07T10:00:00.000000Z"))
    );
    ben.patch(&one, json!({"title": "Late"})).status(409);
    for clash in ["2030-01-07T10:00:00Z", "2030-01-07T09:31:00Z", "2030-01-07T10:59:00Z"] {
        time(&mia, &two, clash).status(409);
    }
    time(&mia, &two, "2030-01-07T11:00:00Z").ok();
    time(&mia, &one, "2030-01-07T10:30:00Z").status(409);
    time(&mia, &one, "2030-01-07T10:00:00Z").ok();
    // Moving onto a part of its own time is no clash; the mentee's other session is one, and so is a session that the mentor
    // takes somewhere else.
    time(&mia, &one, "2030-01-07T09:30:00Z").ok();
    let third = ask(&ben, odas, json!({}));
    time(&oda, &third, "2030-01-07T10:00:00Z").status(409);
    let fourth = ask(&mia, odas, json!({}));
    time(&oda, &fourth, "2030-01-07T11:00:00Z").status(409);
    time(&oda, &third, "2030-01-07T10:30:00Z").ok();
    let page = mia.get("/api/mentor-sessions/?from=2030-01-07T10:00:00Z&to=2030-01-08&ordering=scheduled_date").ok();
    assert_eq!(page["count"], 1);
    let busy = ben.get(&format!("/api/mentors/{mias}/busy/?from=2030-01-07&to=2030-01-08")).ok();
    assert_eq!(
        busy,
        json!([
            {"start": "2030-01-07T09:30:00.000000Z", "end": "2030-01-07T10:30:00.000000Z"},
            {"start": "2030-01-07T11:00:00.000000Z", "end": "2030-01-07T11:30:00.000000Z"},
        ])
    );
    ben.delete(&one).empty();
    assert_eq!(
        ben.get(&format!("/api/mentors/{mias}/busy/?from=2030-01-07&to=2030-01-08")).ok().as_array().unwrap().len(),
        1
    );
    assert_eq!(ben.get(&format!("/api/mentors/{mias}/busy/")).ok(), json!([]));
    for (bad, field) in
        [("from=x", "from"), ("from=2030-01-02&to=2030-01-01", "to"), ("from=2030-01-01&to=2030-03-05", "to")]
    {
        assert_eq!(ben.get(&format!("/api/mentors/{mias}/busy/?{bad}")).faults(), [field]);
    }
    t.visitor().get(&format!("/api/mentors/{mias}/busy/")).status(401);
    ben.get("/api/mentors/999/busy/").status(404);
    time(&mia, &one, "2030-01-07T09:30:00Z").status(409);
}

#[test]
fn no_week_has_more_than_the_mentors_hours() {
    let t = TestApp::stocked();
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let id = mentor(&mia, json!({"availability_hours_per_week": 2}));
    mia.patch("/api/notifications/preferences/", json!({"timezone": "Europe/Kyiv"})).ok();
    let book = |minutes: i64, when: &str| {
        let session = ask(&ben, id, json!({"duration_minutes": minutes}));
        (time(&mia, &session, when).status.code, session)
    };
    // Monday begins two hours earlier in Kyiv.
    assert_eq!(book(90, "2030-01-07T10:00:00Z").0, 200);
    assert_eq!(book(45, "2030-01-13T21:59:00Z").0, 409);
    let (code, next) = book(45, "2030-01-13T22:00:00Z");
    assert_eq!(code, 200);
    let (code, fits) = book(30, "2030-01-13T20:00:00Z");
    assert_eq!(code, 200);
    time(&mia, &fits, "2030-01-10T20:00:00Z").ok();
    time(&mia, &next, "2030-01-11T20:00:00Z").status(409);
    mia.post(&format!("{fits}complete/"), json!({})).ok();
    assert_eq!(book(15, "2030-01-12T10:00:00Z").0, 409, "what was held took its time");
    mia.patch("/api/mentors/me/", json!({"availability_hours_per_week": null})).ok();
    assert_eq!(book(480, "2030-01-12T10:00:00Z").0, 200);
    mia.patch("/api/mentors/me/", json!({"availability_hours_per_week": 0})).ok();
    assert_eq!(book(15, "2030-06-12T10:00:00Z").0, 409);
}

#[test]
fn sessions_end_as_their_state_allows() {
    let t = TestApp::stocked();
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let id = mentor(&mia, json!({"availability_hours_per_week": null}));
    let post = |who: &Member<'_>, session: &str, step: &str, body: Value| who.post(&format!("{session}{step}/"), body);
    let declined = ask(&ben, id, json!({}));
    post(&ben, &declined, "decline", json!({})).status(403);
    assert_eq!(post(&mia, &declined, "decline", json!({"reason": "x".repeat(501)})).faults(), ["reason"]);
    let answer = post(&mia, &declined, "decline", json!({"reason": "No time."})).ok();
    assert_eq!((&answer["status"], &answer["reason"]), (&json!("declined"), &json!("No time.")));
    for (step, body) in [
        ("decline", json!({})),
        ("cancel", json!({})),
        ("complete", json!({})),
        ("schedule", json!({"scheduled_date": "2030-01-07"})),
        ("no_show", json!({"who": "mentee"})),
    ] {
        post(&mia, &declined, step, body).status(409);
    }
    mia.delete(&declined).status(409);
    let session = ask(&ben, id, json!({}));
    post(&ben, &session, "complete", json!({})).status(409);
    post(&mia, &session, "no_show", json!({"who": "mentee"})).status(409);
    let soon = t.app.clock.now().plus(Duration::hours(2)).to_string();
    time(&mia, &session, &soon).ok();
    post(&mia, &session, "decline", json!({})).status(409);
    post(&mia, &session, "no_show", json!({"who": "mentee"})).status(409);
    t.pass(Duration::hours(3));
    let (mia, ben) = (t.sign_in_again(&mia), t.sign_in_again(&ben));
    assert_eq!(post(&mia, &session, "no_show", json!({})).faults(), ["who"]);
    assert_eq!(post(&mia, &session, "no_show", json!({"who": "nobody"})).faults(), ["who"]);
    assert_eq!(post(&mia, &session, "no_show", json!({"who": "mentor"})).faults(), ["who"]);
    let missed = post(&ben, &session, "no_show", json!({"who": "mentor"})).ok();
    assert_eq!((&missed["status"], &missed["missing"]), (&json!("no_show"), &json!("mentor")));
    post(&ben, &session, "complete", json!({})).status(409);
    for step in ["schedule", "decline", "cancel", "complete", "no_show", "review"] {
        post(&t.user(&format!("eve-{step}")), &session, step, json!({})).status(404);
        post(&t.visitor(), &session, step, json!({})).status(401);
    }
}

#[test]
fn a_step_can_be_named_by_its_status() {
    let t = TestApp::stocked();
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let id = mentor(&mia, json!({}));
    let path = ask(&ben, id, json!({}));
    ben.patch(&path, json!({"status": "scheduled", "scheduled_date": "2030-01-07"})).status(403);
    assert_eq!(mia.patch(&path, json!({"status": "scheduled"})).faults(), ["scheduled_date"]);
    assert_eq!(mia.patch(&path, json!({"status": "lost"})).faults(), ["status"]);
    let there = mia.patch(&path, json!({"status": "scheduled", "scheduled_date": "2030-01-07T10:00:00Z"})).ok();
    assert_eq!(there["status"], "scheduled");
    let moved = mia.put(&path, json!({"status": "scheduled", "scheduled_date": "2030-01-08T10:00:00Z"})).ok();
    assert_eq!(moved["scheduled_date"], "2030-01-08T10:00:00.000000Z");
    mia.patch(&path, json!({"status": "pending"})).status(409);
    mia.patch(&path, json!({"status": "declined"})).status(409);
    assert_eq!(ben.patch(&path, json!({"status": "completed", "feedback": "Good."})).faults(), ["rating"]);
    let done = ben.patch(&path, json!({"status": "completed", "rating": 4})).ok();
    assert_eq!((&done["status"], &done["rating"]), (&json!("completed"), &json!(4)));
    let other = ask(&ben, id, json!({}));
    assert_eq!(ben.patch(&other, json!({"status": "cancelled", "reason": "Ill."})).ok()["reason"], "Ill.");
}

#[test]
fn the_mentee_reviews_what_was_held() {
    let t = TestApp::stocked();
    let (mia, ben, cid) = (t.user("mia"), t.user("ben"), t.user("cid"));
    let id = mentor(&mia, json!({}));
    let session = ask(&ben, id, json!({}));
    time(&mia, &session, "2030-01-07T10:00:00Z").ok();
    ben.post(&format!("{session}review/"), json!({"rating": 5})).status(409);
    let done = mia.post(&format!("{session}complete/"), json!({"rating": 5, "feedback": "I was great."})).ok();
    assert_eq!((&done["rating"], &done["feedback"]), (&json!(null), &json!(null)), "a mentor does not rate");
    mia.post(&format!("{session}review/"), json!({"rating": 5})).status(403);
    assert_eq!(ben.post(&format!("{session}review/"), json!({})).faults(), ["rating"]);
    for wrong in [json!(0), json!(6), json!("5"), json!(4.5)] {
        assert_eq!(ben.post(&format!("{session}review/"), json!({"rating": wrong})).faults(), ["rating"]);
    }
    let body = json!({"rating": 4, "feedback": "Clear."});
    assert_eq!(ben.post(&format!("{session}review/"), body).ok()["rating"], 4);
    held(id, &mia, &cid, "2030-01-07T12:00:00Z", None);
    let reviews = t.visitor().get(&format!("/api/mentor-profile/{id}/reviews/")).ok();
    assert_eq!(reviews["count"], 1);
    let review = &reviews["results"][0];
    assert_eq!(
        (&review["rating"], &review["feedback"], &review["user"]["username"]),
        (&json!(4), &json!("Clear."), &json!("ben"))
    );
    t.visitor().get("/api/mentors/999/reviews/").status(404);
    let shown = t.visitor().get(&format!("/api/mentors/{id}/")).ok();
    assert_eq!(
        (&shown["sessions"], &shown["total_mentees"], &shown["reviews_count"]),
        (&json!(2), &json!(2), &json!(1))
    );
    t.pass(Duration::days(13));
    t.sign_in_again(&ben).post(&format!("{session}review/"), json!({"rating": 2})).ok();
    t.pass(Duration::days(2));
    t.sign_in_again(&ben).post(&format!("{session}review/"), json!({"rating": 1})).status(409);
    let stats = t.sign_in_again(&mia).get("/api/users/me/stats/").ok();
    assert_eq!(stats["mentoring"], json!({"is_mentor": true, "sessions": 2, "completed": 2}));
    let told = t.sign_in_again(&mia).get("/api/notifications/?type=session").ok();
    t.drain();
    assert_eq!(told["count"], 0);
    let told = t.sign_in_again(&mia).get("/api/notifications/?type=session").ok();
    assert_eq!(titles(&told).iter().filter(|it| it.contains("of 5")).count(), 1, "told once: {told}");
    assert_eq!(t.write(mentors::store::recount), 0);
}

#[test]
fn five_sessions_held_earn_the_mentors_achievement() {
    let t = TestApp::stocked();
    t.write(careerd::achievements::service::fill);
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let id = mentor(&mia, json!({"availability_hours_per_week": null}));
    for hour in 10..15 {
        held(id, &mia, &ben, &format!("2030-01-07T{hour}:00:00Z"), None);
    }
    t.drain();
    let earned = mia.get("/api/users/me/achievements/").ok();
    assert_eq!(earned["results"][0]["achievement"]["key"], "mentor");
}

#[test]
fn fifty_completions_and_reviews_at_once_are_all_counted() {
    let t = TestApp::stocked();
    let mia = t.user("mia");
    let id = mentor(&mia, json!({"availability_hours_per_week": null}));
    let (mut ends, mut reviews) = (vec![], vec![]);
    for nth in 0..25 {
        let ben = t.user(&format!("user{nth}"));
        let session = ask(&ben, id, json!({"duration_minutes": 15}));
        time(&mia, &session, &format!("2030-01-{:02}T10:00:00Z", nth + 1)).ok();
        // Both sides say so at once: one of them finds it said.
        for who in [&mia, &ben] {
            ends.push(who.ready(Method::Post, &format!("{session}complete/")));
        }
        for rating in [1, 5] {
            let call = ben.ready(Method::Post, &format!("{session}review/"));
            reviews.push(call.json(&json!({"rating": rating})));
        }
    }
    let codes = t.at_once(ends);
    assert_eq!(
        (codes.iter().filter(|it| **it == 200).count(), codes.iter().filter(|it| **it == 409).count()),
        (25, 25)
    );
    assert_eq!(t.at_once(reviews), [200; 50]);
    let shown = t.visitor().get(&format!("/api/mentors/{id}/")).ok();
    assert_eq!(
        (&shown["sessions"], &shown["total_mentees"], &shown["reviews_count"]),
        (&json!(25), &json!(25), &json!(25))
    );
    assert_eq!(t.write(mentors::store::recount), 0);
}

#[test]
fn lists_of_sessions_have_their_indexes() {
    let t = TestApp::stocked();
    for (sql, index) in [
        (
            "SELECT id FROM mentor_sessions s WHERE s.mentor_user_id = 1 ORDER BY s.requested_at DESC, s.id DESC",
            "mentor_sessions_mentor",
        ),
        (
            "SELECT id FROM mentor_sessions s WHERE s.mentee_id = 1 ORDER BY s.requested_at DESC, s.id DESC",
            "mentor_sessions_mentee",
        ),
        ("SELECT id FROM mentor_sessions s WHERE s.mentor_user_id = 1 OR s.mentee_id = 1", "MULTI-INDEX OR"),
        (
            "SELECT id FROM mentor_sessions s WHERE s.mentor_user_id = 1 AND s.rating IS NOT NULL ORDER BY s.reviewed_at DESC, s.id DESC",
            "mentor_sessions_reviews",
        ),
        (
            "SELECT id FROM mentor_sessions s WHERE s.mentor_user_id IN (1, 2) AND s.status = 'scheduled' AND s.scheduled_date > 1 AND s.scheduled_date < 9",
            "mentor_sessions_mentor_booked",
        ),
        (
            "SELECT id FROM mentor_sessions s WHERE s.mentee_id IN (1, 2) AND s.status = 'scheduled' AND s.scheduled_date > 1 AND s.scheduled_date < 9",
            "mentor_sessions_mentee_booked",
        ),
        (
            "SELECT id FROM mentor_sessions s WHERE s.status = 'scheduled' AND s.scheduled_date > 1 AND s.scheduled_date < 9 ORDER BY s.scheduled_date",
            "mentor_sessions_next",
        ),
        (
            "SELECT 1 FROM mentor_sessions s WHERE s.mentor_user_id = 1 AND s.mentee_id = 2 AND s.status = 'pending'",
            "mentor_sessions_pair",
        ),
    ] {
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let plan: String = t
            .block_on(t.app.db.read(move |conn| {
                let mut statement = conn.prepare(&explain)?;
                let lines = statement.query_map([], |row| row.get::<_, String>(3))?;
                Ok(lines.collect::<Result<Vec<_>, _>>()?.join("\n"))
            }))
            .unwrap();
        assert!(plan.contains(index), "{sql}: {plan}");
    }
}
