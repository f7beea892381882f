//! Fifty calls at the same moment, by one person and by fifty: what is counted is exact, and what follows from a deed follows once.

use std::collections::BTreeMap;

use careerd::{
    operations::recount::rebuild,
    platform::id::Id,
    users::{audit::By, service::set_role},
};
use rocket::http::Method;
use serde_json::json;

use crate::{
    app::{Member, TestApp},
    community::{comment, write},
    courses::course,
    jobs::post,
    mentor_sessions::ask,
    mentors::mentor,
};

const CALLS: usize = 50;

/// Something that anybody may do to what belongs to another.
struct Deed {
    /// The thing that it is done to, and what is done.
    thing: String,
    what: &'static str,
    /// The answer to the first call, and to those that find it done.
    answers: (u16, u16),
    /// The field of the thing that counts it.
    counter: &'static str,
}

fn deeds(ann: &Member<'_>) -> Vec<Deed> {
    let liked = write(ann, json!({}));
    let said = comment(ann, &liked, json!({"content": "x"}));
    let skill = ann.post("/api/user-skills/", json!({"skill_name": "Rust"})).created()["id"].clone();
    [
        (liked, "like", (200, 200), "likes_count"),
        (said, "like", (200, 200), "likes_count"),
        (format!("/api/user-skills/{skill}/"), "endorse", (200, 200), "endorsements_count"),
        (course(ann, json!({})), "enroll", (201, 200), "total_students"),
        (post(ann, json!({})), "apply", (201, 200), "total_applications"),
    ]
    .map(|(thing, what, answers, counter)| Deed { thing, what, answers, counter })
    .into()
}

/// Every counter is what a recount finds.
fn assert_exact(t: &TestApp) {
    let wrong = t.write(rebuild).into_iter().filter(|(_, wrong)| *wrong > 0).collect::<Vec<_>>();
    assert_eq!(wrong, [], "figures that are kept were wrong");
}

/// How often each status was answered.
fn tally(statuses: &[u16]) -> BTreeMap<u16, usize> {
    expected(&statuses.iter().map(|it| (*it, 1)).collect::<Vec<_>>())
}

/// So many of each status.
fn expected(counts: &[(u16, usize)]) -> BTreeMap<u16, usize> {
    let mut all = BTreeMap::new();
    for (status, count) in counts.iter().filter(|(_, count)| *count > 0) {
        *all.entry(*status).or_default() += count;
    }
    all
}

/// Fifty calls of each deed at once by so many people, and what is there when all that follows has run.
fn race(people: usize) {
    let t = TestApp::stocked();
    t.write(careerd::achievements::service::fill);
    let ann = t.instructor("ann");
    let id = Id::new(ann.id);
    t.write(move |tx| set_role(tx, By::HOUSE, id, "is_recruiter", true));
    let people: Vec<_> = (0..people).map(|nth| t.user(&format!("user{nth}"))).collect();
    let many = i64::try_from(people.len()).unwrap();
    for Deed { thing, what, answers: (new, again), counter } in deeds(&ann) {
        let call = |it: &Member<'_>| it.ready(Method::Post, &format!("{thing}{what}/"));
        let statuses = t.at_once(people.iter().cycle().take(CALLS).map(call).collect());
        let firsts = people.len();
        assert_eq!(tally(&statuses), expected(&[(new, firsts), (again, CALLS - firsts)]), "{thing}{what}/");
        assert_eq!(ann.get(&thing).ok()[counter], many, "{counter} of {thing}");
    }
    t.drain();
    let rows = |sql: &str| t.query::<i64>(&format!("SELECT count(*) FROM {sql}"));
    // Five points for each endorsement, and what each achievement brings: their first post to Ann, their first course to others.
    assert_eq!(rows("points_entries WHERE reason = 'endorsement'"), many);
    assert_eq!(rows("points_entries WHERE reason = 'achievement'"), many + 1);
    assert_eq!(ann.get("/api/users/me/points/").ok()["points"], 5 * many + 10);
    for one in &people {
        assert_eq!(one.get("/api/users/me/points/").ok()["points"], 20);
    }
    // Likes of one thing and applications to one posting fold; the rest is told one by one.
    assert_eq!(rows("notifications WHERE type = 'like'"), 2);
    assert_eq!(rows("notifications WHERE type = 'application'"), 1);
    assert_eq!(rows("notifications WHERE type = 'course'"), many);
    assert_eq!(rows("notifications WHERE type = 'system' AND title LIKE '%endorsed%'"), many);
    assert_eq!(rows("notifications WHERE type = 'achievement'"), many + 1);
    assert_eq!(rows("outgoing_mails WHERE template = 'course_enrollment'"), many);
    assert_eq!(rows("application_changes"), many);
    assert_exact(&t);
}

#[test]
fn fifty_people_at_once_count_as_fifty() {
    race(CALLS);
}

#[test]
fn fifty_calls_of_one_person_count_as_one() {
    race(1);
}

#[test]
fn of_fifty_bookings_at_once_one_stands() {
    let t = TestApp::stocked();
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let unlimited = json!({"availability_hours_per_week": null});
    let id = mentor(&mia, unlimited.clone());
    let people: Vec<_> = (0..CALLS).map(|nth| t.user(&format!("user{nth}"))).collect();
    let schedule = |who: &Member<'_>, session: &str, day: u8, minute: usize| {
        let body = json!({"scheduled_date": format!("2030-01-{day:02}T10:{minute:02}:00Z")});
        who.ready(Method::Post, &format!("{session}schedule/")).json(&body)
    };
    let of_many = people.iter().enumerate().map(|(nth, it)| schedule(&mia, &ask(it, id, json!({})), 7, nth)).collect();
    let of_one = (0..CALLS).map(|nth| schedule(&mia, &ask(&ben, id, json!({})), 8, nth)).collect();
    let by_many = people.iter().enumerate().map(|(nth, it)| {
        let session = ask(&ben, mentor(it, unlimited.clone()), json!({}));
        schedule(it, &session, 9, nth)
    });
    let by_many = by_many.collect();
    let again = vec![schedule(&mia, &ask(&ben, id, json!({})), 10, 0); CALLS];
    for (calls, standing) in [(of_many, 1), (of_one, 1), (by_many, 1), (again, CALLS)] {
        assert_eq!(tally(&t.at_once(calls)), expected(&[(200, standing), (409, CALLS - standing)]));
    }
    assert_eq!(t.query::<i64>("SELECT count(*) FROM mentor_sessions WHERE status = 'scheduled'"), 4);
    t.drain();
    // Both sides of each booking are told of it once.
    assert_eq!(t.query::<i64>("SELECT count(*) FROM notifications WHERE type = 'session'"), 2 * 4);
    assert_exact(&t);
}
