//! Mentors: who they are, who lets them in, how they are found and recommended.

use careerd::{
    mentors,
    platform::{id::Id, task::Task as _},
    recommendations::tasks::RecommendMentors,
};
use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{Member, TestApp, with};

pub fn profile() -> Value {
    json!({"specializations": ["Rust", "SQL"], "bio": "I help with databases.", "hourly_rate": 75,
        "years_of_experience": 9, "availability_hours_per_week": 4})
}

/// Makes somebody a mentor; the id of the profile.
pub fn mentor(who: &Member<'_>, fields: Value) -> i64 {
    who.post("/api/mentors/", with(profile(), fields)).created()["id"].as_i64().unwrap()
}

pub fn names(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|it| it["user"]["username"].as_str().unwrap()).collect()
}

/// A session that was held and, if there is a rating, reviewed.
pub fn held(mentor_id: i64, mentor: &Member<'_>, mentee: &Member<'_>, when: &str, rating: Option<i64>) -> String {
    let asked = mentee.post("/api/mentor-sessions/", json!({"mentor_id": mentor_id, "title": "Indexes"})).created();
    let path = format!("/api/mentor-sessions/{}/", asked["id"]);
    mentor.post(&format!("{path}schedule/"), json!({"scheduled_date": when})).ok();
    let review = rating.map_or(json!({}), |it| json!({"rating": it, "feedback": "Good."}));
    mentee.post(&format!("{path}complete/"), review).ok();
    path
}

#[test]
fn anybody_becomes_a_mentor_once() {
    let t = TestApp::stocked();
    let mia = t.user("mia");
    t.visitor().post("/api/mentors/", profile()).status(401);
    let reply = mia.post("/api/mentors/", profile());
    let made = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("/api/mentors/{}/", made["id"]).as_str()));
    assert_eq!(
        (&made["hourly_rate"], &made["status"], &made["rating"]),
        (&json!("75.00"), &json!("approved"), &json!(null))
    );
    assert_eq!(made["specializations"][1]["name"], "SQL");
    assert_eq!(mia.post("/api/mentors/", json!({})).ok(), made);
    assert_eq!(mia.post("/api/mentor-profile/", json!({})).ok(), made);
    assert_eq!(mia.get("/api/users/me/").ok()["is_mentor"], true);
    for path in ["/api/mentors/me/".to_owned(), format!("/api/mentor-profile/{}/", made["id"])] {
        assert_eq!(mia.get(&path).ok(), made);
    }
    assert_eq!(t.visitor().get(&format!("/api/mentors/{}/", made["id"])).ok(), made);
    assert_eq!(t.visitor().get("/api/mentors/").ok()["results"][0], made);
    t.visitor().get("/api/mentors/me/").status(401);
    t.user("ben").get("/api/mentors/me/").status(404);
    for wrong in ["999", "0", "-1", "you", "1e3"] {
        t.visitor().get(&format!("/api/mentors/{wrong}/")).status(404);
    }
}

#[test]
fn every_wrong_field_of_a_mentor_is_told_at_once() {
    let t = TestApp::stocked();
    let mia = t.user("mia");
    assert_eq!(mia.post("/api/mentors/", json!({})).faults(), ["bio", "specializations"]);
    let bad = json!({"specializations": ["Rust", "Juggling flames", 999_999], "bio": "Short.", "hourly_rate": "1.234",
        "years_of_experience": 61, "availability_hours_per_week": 81});
    assert_eq!(
        mia.post("/api/mentors/", bad).faults(),
        ["availability_hours_per_week", "bio", "hourly_rate", "specializations", "years_of_experience"]
    );
    for (field, wrong) in [
        ("specializations", json!([])),
        ("specializations", json!("Rust")),
        ("specializations", json!(vec!["Rust"; 21])),
        ("hourly_rate", json!(-1)),
        ("hourly_rate", json!(10_000.01)),
        ("hourly_rate", json!(true)),
        ("years_of_experience", json!("nine")),
        ("bio", json!("x".repeat(2001))),
        ("bio", json!(null)),
    ] {
        assert_eq!(mia.post("/api/mentors/", with(profile(), json!({field: wrong}))).faults(), [field]);
    }
    let own =
        json!({"rating": 5, "reviews_count": 9, "status": "rejected", "verified": true, "sessions": 7, "user": 99});
    let made = mia.post("/api/mentors/", with(profile(), own)).created();
    assert_eq!(
        (&made["rating"], &made["verified"], &made["status"]),
        (&json!(null), &json!(false), &json!("approved"))
    );
    assert_eq!((&made["sessions"], &made["user"]["username"]), (&json!(0), &json!("mia")));
}

#[test]
fn a_mentor_changes_their_own_profile() {
    let t = TestApp::stocked();
    let (mia, ben, root) = (t.user("mia"), t.user("ben"), t.admin("root1"));
    let path = format!("/api/mentors/{}/", mentor(&mia, json!({})));
    let patched = mia.patch("/api/mentors/me/", json!({"hourly_rate": "12.5", "specializations": ["Docker"]})).ok();
    assert_eq!((&patched["hourly_rate"], &patched["specializations"][0]["name"]), (&json!("12.50"), &json!("Docker")));
    assert_eq!(patched["years_of_experience"], 9);
    let put = mia.put(&path, json!({"specializations": ["Rust"], "bio": "I help with Rust."})).ok();
    assert_eq!((&put["hourly_rate"], &put["years_of_experience"]), (&json!(null), &json!(0)));
    assert_eq!(mia.put(&path, json!({})).faults(), ["bio", "specializations"]);
    assert_eq!(mia.patch(&path, json!({"specializations": null})).faults(), ["specializations"]);
    for call in [Method::Patch, Method::Put, Method::Delete] {
        ben.call(call, &path, Some(json!({})), &[]).status(403);
        t.visitor().call(call, &path, Some(json!({})), &[]).status(401);
    }
    let stale = mia.call(Method::Patch, &path, Some(json!({"bio": "Another text."})), &[("If-Match", "\"1-x\"")]);
    stale.status(412);
    root.patch(&path, json!({"bio": "Checked by an admin."})).ok();
    let audit = root.get("/api/admin/audit/?target_type=mentor").ok();
    assert_eq!(audit["results"][0]["action"], "mentors.changed");
}

#[test]
fn where_approval_is_needed_an_admin_lets_mentors_in() {
    let t = TestApp::with(|config| config.mentors.require_approval = true);
    t.write(careerd::skills::service::fill_catalogue);
    let (root, mia, ben) = (t.admin("root1"), t.user("mia"), t.user("ben"));
    let id = mentor(&mia, json!({}));
    let (path, admin) = (format!("/api/mentors/{id}/"), format!("/api/admin/mentors/{id}/"));
    assert_eq!(mia.get(&path).ok()["status"], "pending");
    assert_eq!(mia.get("/api/users/me/").ok()["is_mentor"], false);
    for who in [&ben, &t.visitor()] {
        who.get(&path).status(404);
        who.get(&format!("{path}reviews/")).status(404);
        assert_eq!(who.get("/api/mentors/").ok()["count"], 0);
    }
    assert_eq!(ben.post("/api/mentor-sessions/", json!({"mentor_id": id, "title": "A"})).faults(), ["mentor_id"]);
    t.drain();
    assert_eq!(
        root.get("/api/notifications/?type=system").ok()["results"][0]["title"],
        "mia would like to be a mentor"
    );
    for step in ["approve/", "reject/", "verify/"] {
        ben.post(&format!("{admin}{step}"), json!({})).status(403);
        t.visitor().post(&format!("{admin}{step}"), json!({})).status(401);
        root.post(&format!("/api/admin/mentors/999/{step}"), json!({})).status(404);
        assert_eq!(root.post(&format!("{admin}{step}"), json!({"reason": "x".repeat(501)})).faults(), ["reason"]);
    }
    ben.get("/api/admin/mentors/").status(403);
    assert_eq!(root.post(&format!("{admin}reject/"), json!({"reason": "Say more."})).ok()["status"], "rejected");
    root.post(&format!("{admin}approve/"), json!({})).status(409);
    assert_eq!(
        mia.patch("/api/mentors/me/", json!({"bio": "I help with databases of all kinds."})).ok()["status"],
        "pending"
    );
    let other = t.user("oda");
    mentor(&other, json!({}));
    root.post(&format!("/api/admin/mentors/{}/approve/", id + 1), json!({})).ok();
    assert_eq!(names(&root.get("/api/admin/mentors/").ok()), ["mia", "oda"], "who waits comes first");
    assert_eq!(root.post(&format!("{admin}approve/"), json!({})).ok()["status"], "approved");
    root.post(&format!("{admin}reject/"), json!({})).status(409);
    assert_eq!(root.post(&format!("{admin}verify/"), json!({"reason": "Met."})).ok()["verified"], true);
    root.post(&format!("{admin}verify/"), json!({})).ok();
    assert_eq!(mia.get("/api/users/me/").ok()["is_mentor"], true);
    t.drain();
    let told = mia.get("/api/notifications/?type=system").ok();
    let titles: Vec<_> = told["results"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"You are a mentor now") && titles.contains(&"Your mentor profile was not accepted"));
    let audit = root.get(&format!("/api/admin/audit/?target_type=mentor&target_id={id}")).ok();
    let actions: Vec<_> =
        audit["results"].as_array().unwrap().iter().map(|it| it["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["mentors.verified", "mentors.approved", "mentors.rejected"]);
    assert_eq!(audit["results"][0]["note"], "Met.");
}

#[test]
fn filters_search_and_orderings_leave_what_they_say() {
    let t = TestApp::stocked();
    let (mia, oda, pia) = (t.user("mia"), t.user("oda"), t.user("pia"));
    mentor(&mia, json!({"hourly_rate": 20, "years_of_experience": 3}));
    let oda_id = mentor(&oda, json!({"hourly_rate": null, "specializations": ["C++"], "bio": "Données et schémas."}));
    mentor(&pia, json!({"hourly_rate": "99.99", "specializations": ["Docker"], "years_of_experience": 20}));
    held(oda_id, &oda, &mia, "2030-01-07T10:00:00Z", Some(5));
    t.admin("root1").post(&format!("/api/admin/mentors/{oda_id}/verify/"), json!({})).ok();
    oda.patch("/api/users/me/", json!({"first_name": "Ódín"})).ok();
    for (query, wanted) in [
        ("", vec!["oda", "pia", "mia"]),
        ("hourly_rate_min=20", vec!["pia", "mia"]),
        ("hourly_rate_max=20.00", vec!["mia"]),
        ("rating_min=4", vec!["oda"]),
        ("years_min=9", vec!["oda", "pia"]),
        ("skill=rust", vec!["mia"]),
        ("verified=true", vec!["oda"]),
        ("verified=false", vec!["pia", "mia"]),
        ("search=odin", vec!["oda"]),
        ("search=donnees", vec!["oda"]),
        ("search=c%2B%2B", vec!["oda"]),
        ("search=dock+pi", vec!["pia"]),
        ("search=ocker", vec![]),
        ("ordering=hourly_rate", vec!["mia", "pia", "oda"]),
        ("ordering=-years_of_experience", vec!["pia", "oda", "mia"]),
        ("ordering=-sessions,hourly_rate", vec!["oda", "mia", "pia"]),
    ] {
        assert_eq!(names(&t.visitor().get(&format!("/api/mentors/?{query}")).ok()), wanted, "{query}");
    }
    for (bad, field) in [
        ("skill=Juggling", "skill"),
        ("hourly_rate_min=x", "hourly_rate_min"),
        ("hourly_rate_min=3&hourly_rate_max=2", "hourly_rate_min"),
        ("rating_min=6", "rating_min"),
        ("years_min=-1", "years_min"),
        ("verified=maybe", "verified"),
        ("ordering=name", "ordering"),
    ] {
        assert_eq!(t.visitor().get(&format!("/api/mentors/?{bad}")).faults(), [field], "{bad}");
    }
    mia.patch("/api/mentors/me/", json!({"specializations": ["Docker"]})).ok();
    assert_eq!(names(&t.visitor().get("/api/mentors/?search=rust").ok()), Vec::<&str>::new());
    t.write(|tx| {
        let docker = careerd::skills::store::find_by_name(tx, "Docker")?.unwrap().id;
        let rust = careerd::skills::store::find_by_name(tx, "Rust")?.unwrap().id;
        mentors::service::merge_skill(tx, docker, rust)
    });
    assert_eq!(names(&t.visitor().get("/api/mentors/?search=rust").ok()), ["pia", "mia"]);
}

#[test]
fn the_rating_is_drawn_to_the_mean_of_all() {
    let t = TestApp::stocked();
    let (mia, oda, ben) = (t.user("mia"), t.user("oda"), t.user("ben"));
    let (mias, odas) = (
        mentor(&mia, json!({"availability_hours_per_week": null})),
        mentor(&oda, json!({"availability_hours_per_week": null})),
    );
    let rating = |id: i64| t.visitor().get(&format!("/api/mentors/{id}/")).ok()["rating"].clone();
    let path = held(mias, &mia, &ben, "2030-01-07T00:00:00Z", Some(5));
    assert_eq!(rating(mias), json!(4.17), "(5 × 4 + 5) / 6");
    assert_eq!(rating(odas), json!(null));
    ben.post(&format!("{path}review/"), json!({"rating": 2})).ok();
    assert_eq!(rating(mias), json!(3.67));
    for nth in 0..19 {
        held(odas, &oda, &ben, &format!("2030-02-01T{nth:02}:00:00Z"), Some(5));
    }
    // Twenty reviews: their mean of 97 / 20 takes the place of 4.
    assert_eq!(rating(mias), json!(4.38));
    assert_eq!(rating(odas), json!(4.97));
    let shown = t.visitor().get(&format!("/api/mentors/{odas}/")).ok();
    assert_eq!(
        (&shown["reviews_count"], &shown["sessions"], &shown["total_mentees"]),
        (&json!(19), &json!(19), &json!(1))
    );
    assert_eq!(t.write(mentors::store::recount), 0);
    t.write(|tx| {
        Ok(tx.execute_batch(
            "UPDATE mentors SET rating_sum = 1, sessions = 3; UPDATE mentor_review_totals SET reviews_count = 1",
        )?)
    });
    assert_eq!(t.write(mentors::store::recount), 3);
    assert_eq!(rating(odas), json!(4.97));
}

#[test]
fn who_stops_being_a_mentor_cancels_what_is_open_and_takes_nothing_along() {
    let t = TestApp::stocked();
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let id = mentor(&mia, json!({}));
    let done = held(id, &mia, &ben, "2030-01-07T10:00:00Z", Some(5));
    let open = ben.post("/api/mentor-sessions/", json!({"mentor_id": id, "title": "Open"})).created();
    mia.delete("/api/mentors/me/").empty();
    mia.delete("/api/mentors/me/").status(404);
    t.visitor().get(&format!("/api/mentors/{id}/")).status(404);
    assert_eq!(mia.get("/api/users/me/").ok()["is_mentor"], false);
    let open = ben.get(&format!("/api/mentor-sessions/{}/", open["id"])).ok();
    assert_eq!((&open["status"], &open["mentor"]["id"]), (&json!("cancelled"), &json!(null)));
    assert_eq!(ben.get(&done).ok()["status"], "completed");
    t.drain();
    // Back again, with what was said before.
    let again = mia.post("/api/mentors/", profile()).created();
    assert_eq!((&again["reviews_count"], &again["sessions"], &again["rating"]), (&json!(1), &json!(1), &json!(4.17)));
    assert_eq!(ben.get(&done).ok()["mentor"]["id"], again["id"]);
    assert_eq!(t.write(mentors::store::recount), 0);
}

#[test]
fn mentors_who_help_with_what_is_lacking_are_recommended_first() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    for skill in ["Rust", "SQL"] {
        let job = json!({"title": skill, "description": "Work.", "company_name": "Acme", "location": "Kyiv, Ukraine",
            "job_type": "full-time", "required_skill_ids": [skill]});
        rita.post("/api/jobs/", job).created();
    }
    let (mia, oda, pia, ben) = (t.user("mia"), t.user("oda"), t.user("pia"), t.user("ben"));
    let both = mentor(&mia, json!({"availability_hours_per_week": 1}));
    mentor(&oda, json!({"specializations": ["SQL"], "availability_hours_per_week": null}));
    mentor(&pia, json!({"specializations": ["Docker"]}));
    let path = "/api/users/me/recommendations/mentors/";
    let list = ben.get(path).ok();
    let named: Vec<_> =
        list.as_array().unwrap().iter().map(|it| it["mentor"]["user"]["username"].as_str().unwrap()).collect();
    assert_eq!(named, ["mia", "oda", "pia"]);
    assert_eq!(list[0]["terms"], json!({"skills": 60, "rating": 19, "availability": 8}), "2 free hours of 4");
    assert_eq!((&list[1]["terms"]["availability"], &list[2]["terms"]["skills"]), (&json!(8), &json!(0)));
    for it in list.as_array().unwrap() {
        let terms: i64 = it["terms"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum();
        assert_eq!(it["score"], terms);
    }
    assert_eq!(list[1]["matched_skills"], json!(["SQL"]));
    assert_eq!(list[1]["reason"], "Helps with SQL, which you lack.");
    assert_eq!(ben.get(&format!("{path}?limit=1")).ok().as_array().unwrap().len(), 1);
    assert_eq!(ben.get(&format!("{path}?limit=51")).faults(), ["limit"]);
    assert_eq!(ben.get("/api/users/me/recommendations/").ok()["recommended_mentors"].as_array().unwrap().len(), 3);
    mia.get(&format!("/api/users/{}/recommendations/mentors/", ben.id)).status(404);
    t.visitor().get(path).status(401);
    // Nobody is recommended to themselves, nor while they are being asked.
    assert_eq!(mia.get(path).ok().as_array().unwrap().len(), 2);
    ben.post("/api/mentor-sessions/", json!({"mentor_id": both, "title": "Both"})).created();
    assert_eq!(ben.get(path).ok()[0]["mentor"]["user"]["username"], "oda");
    pia.delete("/api/mentors/me/").empty();
    assert_eq!(ben.get(path).ok().as_array().unwrap().len(), 1);
    t.block_on(RecommendMentors { user: Id::new(ben.id), limit: 5 }.run(t.app.clone())).unwrap();
    t.block_on(RecommendMentors { user: Id::new(999), limit: 5 }.run(t.app.clone())).unwrap();
}

#[test]
fn an_erased_account_leaves_no_mentor_and_no_words() {
    let t = TestApp::stocked();
    let (mia, oda, ben) = (t.user("mia"), t.user("oda"), t.user("ben"));
    let (mias, odas) = (mentor(&mia, json!({})), mentor(&oda, json!({})));
    let done = held(mias, &mia, &ben, "2030-01-07T10:00:00Z", Some(3));
    held(odas, &oda, &mia, "2030-01-07T10:00:00Z", Some(5));
    let asked = json!({"mentor_id": mias, "title": "Hawks", "description": "My hawks."});
    let open = ben.post("/api/mentor-sessions/", asked.clone()).created();
    let other = mia.post("/api/mentor-sessions/", json!({"mentor_id": odas, "title": "Secret"})).created();
    t.drain();
    mia.delete("/api/users/me/").empty();
    t.visitor().get(&format!("/api/mentors/{mias}/")).status(404);
    assert_eq!(names(&t.visitor().get("/api/mentors/").ok()), ["oda"]);
    assert_eq!(ben.post("/api/mentor-sessions/", asked).faults(), ["mentor_id"]);
    t.drain();
    t.pass(Duration::days(15));
    t.block_on(careerd::admin::EraseAccounts {}.run(t.app.clone())).unwrap();
    t.drain();
    let (ben, oda) = (t.sign_in_again(&ben), t.sign_in_again(&oda));
    let kept = ben.get(&format!("/api/mentor-sessions/{}/", open["id"])).ok();
    assert_eq!((&kept["status"], &kept["title"]), (&json!("cancelled"), &json!("Hawks")), "ben's own words stay");
    assert_eq!(ben.get(&done).ok()["rating"], 3);
    let kept = oda.get(&format!("/api/mentor-sessions/{}/", other["id"])).ok();
    assert_eq!((&kept["status"], &kept["title"]), (&json!("cancelled"), &json!("Session")));
    let shown = t.visitor().get(&format!("/api/mentors/{odas}/")).ok();
    assert_eq!((&shown["reviews_count"], &shown["sessions"]), (&json!(0), &json!(1)));
    assert_eq!(t.query::<i64>("SELECT count(*) FROM mentors"), 1);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM events WHERE data LIKE '%mia%' OR data LIKE '%Secret%'"), 0);
    assert_eq!(t.write(mentors::store::recount), 0);
}
