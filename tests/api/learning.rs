//! Who learns courses: enrolling, how far they come, and what they think of it.

use careerd::courses;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::{
    app::{Member, TestApp, number, titles},
    courses::{course, modules},
};

fn mark(by: &Member<'_>, progress: &Value, module: i64) -> Value {
    let path = format!("/api/course-progress/{}/mark_module_complete/", progress["id"]);
    by.post(&path, json!({"module_id": module})).ok()
}

#[test]
fn enrolling_twice_keeps_one_progress() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = course(&ivy, json!({}));
    modules(&ivy, &path, 2);
    t.visitor().post(&format!("{path}enroll/"), json!({})).status(401);
    ann.get(&format!("{path}progress/")).status(404);
    let reply = ann.post(&format!("{path}enroll/"), json!({}));
    let first = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("/api/course-progress/{}/", first["id"]).as_str()));
    assert_eq!((&first["status"], &first["progress_percentage"]), (&json!("in_progress"), &json!(0)));
    assert_eq!(first["course"]["title"], "Rust from the beginning");
    assert_eq!(ann.post("/api/course-progress/", json!({"course": number(&path)})).ok(), first);
    assert_eq!(ann.get(&format!("{path}progress/")).ok(), first);
    assert_eq!(ann.get(&path).ok()["my_progress"], first);
    assert_eq!(ann.get(&path).ok()["total_students"], 1);
    assert_eq!(ann.post("/api/course-progress/", json!({})).faults(), ["course_id"]);
    assert_eq!(ann.post("/api/course-progress/", json!({"course_id": 999})).faults(), ["course_id"]);
    ann.post("/api/courses/999/enroll/", json!({})).status(404);
    ivy.patch(&path, json!({"status": "archived"})).ok();
    t.user("ben").post(&format!("{path}enroll/"), json!({})).status(409);
    ann.post(&format!("{path}enroll/"), json!({})).ok();
}

#[test]
fn the_last_module_completes_the_course_for_good() {
    let t = TestApp::stocked();
    let (ivy, ann, ben) = (t.instructor("ivy"), t.user("ann"), t.user("ben"));
    let (path, other) = (course(&ivy, json!({})), course(&ivy, json!({"title": "Other"})));
    let (ids, foreign) = (modules(&ivy, &path, 3), modules(&ivy, &other, 1)[0]);
    let progress = ann.post(&format!("{path}enroll/"), json!({})).created();
    let of_it = format!("/api/course-progress/{}/", progress["id"]);
    assert_eq!(ann.get(&of_it).ok()["next_module"]["id"], ids[0]);
    let at = |it: &Value| (it["progress_percentage"].as_i64().unwrap(), it["modules_completed"].as_i64().unwrap());
    assert_eq!(at(&mark(&ann, &progress, ids[1])), (33, 1));
    assert_eq!(at(&mark(&ann, &progress, ids[1])), (33, 1));
    let to = |what: &str, body: Value| ann.post(&format!("{of_it}{what}_module_complete/"), body);
    assert_eq!(at(&to("unmark", json!({"module_id": ids[1]})).ok()), (0, 0));
    assert_eq!(at(&to("unmark", json!({"module_id": ids[1]})).ok()), (0, 0));
    to("mark", json!({"module_id": foreign})).status(404);
    to("mark", json!({"module_id": 999})).status(404);
    assert_eq!(to("mark", json!({})).faults(), ["module_id"]);
    assert_eq!(to("mark", json!({"module_id": "one"})).faults(), ["module_id"]);
    ben.post(&format!("{of_it}mark_module_complete/"), json!({"module_id": ids[0]})).status(404);
    mark(&ann, &progress, ids[0]);
    assert_eq!(at(&ann.post(&format!("/api/modules/{}/complete/", ids[2]), json!({})).ok()), (66, 2));
    ben.post(&format!("/api/modules/{}/complete/", ids[2]), json!({})).status(404);
    ann.post("/api/modules/999/complete/", json!({})).status(404);
    let detail = ann.get(&of_it).ok();
    assert_eq!(
        (&detail["completed_module_ids"], &detail["next_module"]["id"]),
        (&json!([ids[0], ids[2]]), &json!(ids[1]))
    );
    let done = mark(&ann, &progress, ids[1]);
    assert_eq!((at(&done), &done["status"]), ((100, 3), &json!("completed")));
    assert!(done["completed_at"].is_string());
    assert_eq!(ann.get(&of_it).ok()["next_module"], json!(null));
    to("unmark", json!({"module_id": ids[0]})).status(409);
    ann.delete(&of_it).status(409);
    ann.patch(&of_it, json!({"status": "dropped"})).status(409);
    let more = modules(&ivy, &path, 1)[0];
    let still = ann.get(&of_it).ok();
    assert_eq!(
        (&still["status"], at(&still), &still["next_module"]["id"]),
        (&json!("completed"), (100, 3), &json!(more))
    );
}

#[test]
fn who_has_done_the_rest_is_done_when_a_module_goes() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = course(&ivy, json!({}));
    let ids = modules(&ivy, &path, 2);
    let progress = ann.post(&format!("{path}enroll/"), json!({})).created();
    mark(&ann, &progress, ids[0]);
    ivy.delete(&format!("/api/course-modules/{}/", ids[1])).empty();
    assert_eq!(ann.get(&format!("{path}progress/")).ok()["status"], "completed");
    // A course without modules is never completed.
    let empty = course(&ivy, json!({"title": "Empty"}));
    let only = modules(&ivy, &empty, 1)[0];
    ann.post(&format!("{empty}enroll/"), json!({})).created();
    ivy.delete(&format!("/api/course-modules/{only}/")).empty();
    let open = ann.get(&format!("{empty}progress/")).ok();
    assert_eq!((&open["status"], &open["progress_percentage"]), (&json!("in_progress"), &json!(0)));
}

#[test]
fn a_dropped_course_is_taken_up_where_it_was_left() {
    let t = TestApp::stocked();
    let (ivy, ann, ben) = (t.instructor("ivy"), t.user("ann"), t.user("ben"));
    let path = course(&ivy, json!({}));
    let ids = modules(&ivy, &path, 2);
    let progress = ann.post(&format!("{path}enroll/"), json!({})).created();
    let of_it = format!("/api/course-progress/{}/", progress["id"]);
    mark(&ann, &progress, ids[0]);
    assert_eq!(ann.put(&of_it, json!({})).faults(), ["status"]);
    assert_eq!(ann.patch(&of_it, json!({"status": "completed"})).faults(), ["status"]);
    assert_eq!(ann.patch(&of_it, json!({"status": "bored"})).faults(), ["status"]);
    let same = ann.patch(&of_it, json!({"progress_percentage": 100, "modules_completed": 2})).ok();
    assert_eq!(same["progress_percentage"], 50);
    assert_eq!(ann.put(&of_it, json!({"status": "dropped"})).ok()["status"], "dropped");
    ann.post(&format!("{of_it}mark_module_complete/"), json!({"module_id": ids[1]})).status(409);
    for path in ["", "mark_module_complete/"] {
        ben.get(&format!("{of_it}{path}")).status(if path.is_empty() { 404 } else { 405 });
    }
    ben.patch(&of_it, json!({"status": "dropped"})).status(404);
    ben.delete(&of_it).status(404);
    let again = ann.post(&format!("{path}enroll/"), json!({})).ok();
    assert_eq!((&again["status"], &again["progress_percentage"]), (&json!("in_progress"), &json!(50)));
    ann.patch(&of_it, json!({"status": "dropped"})).ok();
    assert_eq!(ann.patch(&of_it, json!({"status": "in_progress"})).ok()["status"], "in_progress");
    assert_eq!(t.visitor().get(&path).ok()["total_students"], 1);
    ann.delete(&of_it).empty();
    assert_eq!(t.visitor().get(&path).ok()["total_students"], 0);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM module_completions"), 0);
    assert_eq!(t.write(courses::store::recount), 0);
}

#[test]
fn progress_is_listed_for_learner_and_instructor() {
    let t = TestApp::stocked();
    let (ivy, oda, ann, ben) = (t.instructor("ivy"), t.instructor("oda"), t.user("ann"), t.user("ben"));
    let (one, two) = (course(&ivy, json!({"title": "One"})), course(&ivy, json!({"title": "Two"})));
    let ids = modules(&ivy, &one, 2);
    let progress = ann.post(&format!("{one}enroll/"), json!({})).created();
    ann.post(&format!("{two}enroll/"), json!({})).created();
    ben.post(&format!("{one}enroll/"), json!({})).created();
    mark(&ann, &progress, ids[0]);
    let of = |page: &Value| -> Vec<String> {
        let rows = page["results"].as_array().unwrap();
        rows.iter().map(|it| it["course"]["title"].as_str().unwrap().to_owned()).collect()
    };
    let in_one = format!("course={}", number(&one));
    for (filter, wanted) in [
        ("", vec!["Two", "One"]),
        ("ordering=started_at", vec!["One", "Two"]),
        ("ordering=-progress_percentage", vec!["One", "Two"]),
        ("status=in_progress", vec!["Two", "One"]),
        ("status=completed", vec![]),
        (&in_one, vec!["One"]),
        ("search=tw", vec!["Two"]),
    ] {
        assert_eq!(of(&ann.get(&format!("/api/course-progress/?{filter}")).ok()), wanted, "{filter}");
    }
    assert_eq!(ann.get("/api/course-progress/?status=bored").faults(), ["status"]);
    t.visitor().get("/api/course-progress/").status(401);
    let learners = ivy.get(&format!("{one}learners/?ordering=-progress_percentage")).ok();
    assert_eq!((&learners["count"], &learners["results"][0]["user"]["username"]), (&json!(2), &json!("ann")));
    t.admin("root1").get(&format!("{one}learners/")).ok();
    for who in [&oda, &ann] {
        who.get(&format!("{one}learners/")).status(403);
    }
    t.visitor().get(&format!("{one}learners/")).status(401);
}

#[test]
fn each_learner_rates_once_and_the_mean_is_exact() {
    let t = TestApp::stocked();
    let (ivy, ann, ben) = (t.instructor("ivy"), t.user("ann"), t.user("ben"));
    let path = course(&ivy, json!({}));
    let ratings = format!("{path}ratings/");
    ann.post(&ratings, json!({"rating": 5})).status(403);
    t.visitor().post(&ratings, json!({"rating": 5})).status(401);
    for who in [&ann, &ben] {
        who.post(&format!("{path}enroll/"), json!({})).created();
    }
    assert_eq!(ann.post(&ratings, json!({"rating": 6, "review": "x".repeat(2001)})).faults(), ["rating", "review"]);
    for wrong in [json!({}), json!({"rating": 0}), json!({"rating": 4.5}), json!({"rating": "5"})] {
        assert_eq!(ann.post(&ratings, wrong).faults(), ["rating"]);
    }
    let first = ann.post(&ratings, json!({"rating": 2, "review": "Too fast."})).created();
    assert_eq!((&first["user"]["username"], &first["review"]), (&json!("ann"), &json!("Too fast.")));
    ben.post(&ratings, json!({"rating": 5})).created();
    assert_eq!(t.visitor().get(&path).ok()["rating"], 3.5);
    let second = ann.post(&ratings, json!({"rating": 4})).ok();
    assert_eq!((&second["rating"], &second["created_at"]), (&json!(4), &first["created_at"]));
    let shown = t.visitor().get(&path).ok();
    assert_eq!((&shown["rating"], &shown["total_ratings"]), (&json!(4.5), &json!(2)));
    let page = t.visitor().get(&format!("{ratings}?ordering=-rating")).ok();
    assert_eq!((&page["count"], &page["results"][0]["rating"]), (&json!(2), &json!(5)));
    assert_eq!(t.write(courses::store::recount), 0);
    t.visitor().get("/api/courses/999/ratings/").status(404);
    let other = course(&ivy, json!({}));
    assert_eq!(t.visitor().get(&other).ok()["rating"], json!(null));
}

#[test]
fn learning_is_told_mailed_and_rewarded() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    t.write(careerd::achievements::service::fill);
    let path = course(&ivy, json!({"title": "Rust <now>"}));
    let id = modules(&ivy, &path, 1)[0];
    t.drain();
    let before = t.mails().len();
    let progress = ann.post(&format!("{path}enroll/"), json!({})).created();
    t.drain();
    let told = |kind: &str| {
        let page = ann.get(&format!("/api/notifications/?type={kind}")).ok();
        titles(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told("course"), ["You enrolled in \"Rust <now>\""]);
    let mails: Vec<_> = t.mails().into_iter().skip(before).collect();
    let enrolments: Vec<_> = mails.iter().filter(|it| it.contains("You enrolled in")).collect();
    assert_eq!(enrolments.len(), 1);
    assert!(
        enrolments[0].contains("ann@example.org") && enrolments[0].contains(&format!("/courses/{}", number(&path)))
    );
    // The second module is told to who is learning, the enrolment is not mailed again, and completing is told.
    let more = modules(&ivy, &path, 1)[0];
    mark(&ann, &progress, id);
    mark(&ann, &progress, more);
    ann.post(&format!("{path}enroll/"), json!({})).ok();
    t.drain();
    let course = told("course");
    assert_eq!(course.len(), 3, "{course:?}");
    assert!(course.contains(&"You completed \"Rust <now>\"".to_owned()));
    assert!(course.contains(&"\"Rust <now>\" has a new module: Part 1".to_owned()));
    assert_eq!(t.mails().iter().filter(|it| it.contains("You enrolled in")).count(), 1);
    let earned = ann.get("/api/users/me/achievements/").ok();
    let keys: Vec<_> =
        earned["results"].as_array().unwrap().iter().map(|it| it["achievement"]["key"].as_str().unwrap()).collect();
    assert!(keys.contains(&"first_course") && keys.contains(&"course_completion"), "{keys:?}");
    let stats = ann.get("/api/users/me/stats/").ok();
    assert_eq!(stats["courses_completed"], 1);
    assert_eq!(stats["learning"], json!({"enrolled": 1, "completed": 1, "in_progress": 0}));
}

#[test]
fn fifty_learners_at_once_are_all_counted() {
    let t = TestApp::stocked();
    let path = course(&t.instructor("ivy"), json!({}));
    let people: Vec<_> = (0..50).map(|nth| t.user(&format!("user{nth}"))).collect();
    let at_once = |what: &str, body: &dyn Fn(usize) -> Value| {
        let path = format!("{path}{what}/");
        let call = |(nth, it): (usize, &Member<'_>)| it.ready(Method::Post, &path).json(&body(nth));
        t.at_once(people.iter().enumerate().map(call).collect())
    };
    assert_eq!(at_once("enroll", &|_| json!({})), [201; 50]);
    assert_eq!(t.visitor().get(&path).ok()["total_students"], 50);
    assert_eq!(at_once("ratings", &|nth| json!({"rating": nth % 5 + 1})), [201; 50]);
    let shown = t.visitor().get(&path).ok();
    assert_eq!((&shown["rating"], &shown["total_ratings"]), (&json!(3.0), &json!(50)));
    assert_eq!(at_once("ratings", &|_| json!({"rating": 5})), [200; 50]);
    assert_eq!(t.visitor().get(&path).ok()["rating"], 5.0);
    assert_eq!(t.write(courses::store::recount), 0);
}

#[test]
fn one_module_completed_fifty_times_at_once_is_completed_once() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = course(&ivy, json!({}));
    let id = modules(&ivy, &path, 1)[0];
    ann.post(&format!("{path}enroll/"), json!({})).created();
    let done = t.at_once(vec![ann.ready(Method::Post, &format!("/api/modules/{id}/complete/")); 50]);
    assert_eq!(done, [200; 50]);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM events WHERE kind = 'courses.completed'"), 1);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM events WHERE kind = 'courses.module_completed'"), 1);
}
