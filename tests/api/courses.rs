//! Courses, and who sees and writes them.

use careerd::{courses, platform::id::Id, users};
use chrono::Duration;
use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::app::{Member, TestApp, number, titles, with};

fn rust_course() -> Value {
    json!({
        "title": "Rust from the beginning", "description": "Ownership, step by step.", "difficulty_level": "Beginner",
        "category": "Programming", "duration_hours": 12.5, "required_skill_ids": ["git"], "taught_skill_ids": ["rust"],
    })
}

/// The address of a new course.
pub fn course(by: &Member<'_>, fields: Value) -> String {
    let course = by.post("/api/courses/", with(rust_course(), fields)).created();
    format!("/api/courses/{}/", course["id"])
}

/// The ids of new modules of a course.
pub fn modules(by: &Member<'_>, course: &str, count: usize) -> Vec<i64> {
    let add = |nth| {
        let body = json!({"title": format!("Part {nth}"), "content_type": "text", "content": format!("Words {nth}.")});
        by.post(&format!("{course}modules/"), body).created()["id"].as_i64().unwrap()
    };
    (1..=count).map(add).collect()
}

#[test]
fn only_instructors_make_courses_and_everybody_reads() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    ann.post("/api/courses/", rust_course()).status(403);
    t.recruiter("rita").post("/api/courses/", rust_course()).status(403);
    t.visitor().post("/api/courses/", rust_course()).status(401);
    let reply = ivy.post("/api/courses/", rust_course());
    let made = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("/api/courses/{}/", made["id"]).as_str()));
    assert_eq!((&made["instructor"]["username"], &made["instructor_name"]), (&json!("ivy"), &json!("ivy")));
    assert_eq!((&made["difficulty"], &made["status"]), (&json!("beginner"), &json!("active")));
    assert_eq!(made["required_skills"][0]["name"], "Git");
    assert_eq!(made["taught_skills"][0]["name"], "Rust");
    assert_eq!((&made["rating"], &made["total_ratings"]), (&json!(null), &json!(0)));
    assert_eq!((&made["modules"], &made["prerequisites"]), (&json!([]), &json!([])));
    assert_eq!(t.visitor().get(&format!("/api/courses/{}/", made["id"])).ok(), made);
    assert_eq!(t.visitor().get("/api/courses/").ok()["results"][0], made);
    t.visitor().get("/api/courses/999/").status(404);
    t.visitor().get("/api/courses/first/").status(404);
}

#[test]
fn an_admin_names_the_instructor_and_nobody_else_does() {
    let t = TestApp::stocked();
    let (ivy, root, ann) = (t.instructor("ivy"), t.admin("root1"), t.user("ann"));
    let named = root.post("/api/courses/", with(rust_course(), json!({"instructor_id": ivy.id}))).created();
    assert_eq!(named["instructor"]["username"], "ivy");
    let own = ivy.post("/api/courses/", with(rust_course(), json!({"instructor": root.id}))).created();
    assert_eq!(own["instructor"]["username"], "ivy");
    for nobody in [ann.id, 999] {
        let body = with(rust_course(), json!({"instructor_id": nobody}));
        assert_eq!(root.post("/api/courses/", body).faults(), ["instructor_id"]);
    }
    let path = format!("/api/courses/{}/", own["id"]);
    assert_eq!(root.patch(&path, json!({"instructor_id": root.id})).ok()["instructor"]["username"], "root1");
    ivy.patch(&path, json!({"title": "Mine"})).status(403);
}

#[test]
fn every_wrong_field_is_told_at_once() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let bad = json!({
        "title": "x".repeat(201), "difficulty": "wizard", "category": "", "duration_hours": 0.4, "status": "gone",
        "color_gradient": 7, "required_skill_ids": ["Juggling flames"], "taught_skill_ids": "Rust",
        "prerequisite_ids": [999],
    });
    assert_eq!(
        ivy.post("/api/courses/", bad).faults(),
        [
            "category",
            "color_gradient",
            "description",
            "difficulty",
            "duration_hours",
            "prerequisite_ids",
            "required_skill_ids",
            "status",
            "taught_skill_ids",
            "title"
        ]
    );
    let own = json!({"rating": 5, "total_students": 9, "views_count": 9, "is_deleted": true});
    let made = ivy.post("/api/courses/", with(rust_course(), own)).created();
    assert_eq!((&made["rating"], &made["total_students"]), (&json!(null), &json!(0)));
    assert_eq!((&made["views_count"], &made["is_deleted"]), (&json!(0), &json!(false)));
    ivy.send(Method::Post, "/api/courses/", Some((ContentType::Plain, b"x".to_vec())), &[]).status(415);
    ivy.send(Method::Post, "/api/courses/", Some((ContentType::JSON, b"[1]".to_vec())), &[]).status(400);
}

#[test]
fn patch_touches_what_it_carries_and_put_resets_the_rest() {
    let t = TestApp::stocked();
    let (ivy, other) = (t.instructor("ivy"), t.instructor("oda"));
    let path = course(&ivy, json!({"color_gradient": "sunset"}));
    let patched = ivy.patch(&path, json!({"title": "Rust anew"})).ok();
    assert_eq!((&patched["title"], &patched["color_gradient"]), (&json!("Rust anew"), &json!("sunset")));
    assert_eq!(patched["taught_skills"][0]["name"], "Rust");
    let mut whole = rust_course();
    whole.as_object_mut().unwrap().remove("required_skill_ids");
    let put = ivy.put(&path, whole).ok();
    assert_eq!((&put["required_skills"], &put["color_gradient"]), (&json!([]), &json!("")));
    assert_eq!(put["instructor"]["username"], "ivy");
    assert_eq!(ivy.put(&path, json!({})).faults().len(), 5);
    other.patch(&path, json!({"title": "x"})).status(403);
    t.visitor().patch(&path, json!({"title": "x"})).status(401);
    t.admin("root1").patch(&path, json!({"title": "By an admin"})).ok();
    let stale = ivy.call(Method::Patch, &path, Some(json!({"title": "y"})), &[("If-Match", "\"1-a\"")]);
    assert_eq!(stale.status.code, 412);
}

#[test]
fn prerequisites_have_no_circle() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let first = course(&ivy, json!({"title": "First"}));
    let second = course(&ivy, json!({"title": "Second", "prerequisites": [number(&first), number(&first)]}));
    let third = course(&ivy, json!({"title": "Third", "prerequisite_ids": [number(&second)]}));
    let shown = t.visitor().get(&second).ok();
    assert_eq!(shown["prerequisites"], json!([{"id": number(&first), "title": "First", "difficulty": "beginner"}]));
    for circle in [&first, &second, &third] {
        let body = json!({"prerequisite_ids": [number(circle)]});
        assert_eq!(ivy.patch(&first, body).faults(), ["prerequisite_ids"]);
    }
    ivy.patch(&third, json!({"prerequisite_ids": [number(&first), number(&second)]})).ok();
    let eleven: Vec<i64> = (1..=11).collect();
    assert_eq!(ivy.patch(&third, json!({"prerequisite_ids": eleven})).faults(), ["prerequisite_ids"]);
    // A deleted course is built upon by nobody, until it is restored.
    ivy.delete(&first).empty();
    assert_eq!(t.visitor().get(&second).ok()["prerequisites"], json!([]));
    ivy.patch(&second, json!({"title": "Second, revised"})).ok();
    ivy.post(&format!("{first}restore/"), json!({})).ok();
    assert_eq!(t.visitor().get(&second).ok()["prerequisites"][0]["title"], "First");
    assert_eq!(ivy.patch(&third, json!({"prerequisite_ids": []})).ok()["prerequisites"], json!([]));
}

#[test]
fn a_draft_is_its_instructors_own() {
    let t = TestApp::stocked();
    let (ivy, ann, root) = (t.instructor("ivy"), t.user("ann"), t.admin("root1"));
    let draft = course(&ivy, json!({"title": "Draft", "status": "inactive"}));
    let path = format!("/api/course-modules/{}/", modules(&ivy, &draft, 1)[0]);
    course(&ivy, json!({"title": "Old", "status": "archived"}));
    course(&ivy, json!({"title": "Open"}));
    assert_eq!(titles(&ivy.get("/api/courses/").ok()), ["Open", "Draft"]);
    for who in [&ann, &t.visitor()] {
        assert_eq!(titles(&who.get("/api/courses/").ok()), ["Open"]);
        assert_eq!(who.get("/api/courses/?status=inactive").ok()["count"], 0);
        assert_eq!(who.get("/api/courses/?status=archived").ok()["count"], 1);
        who.get(&draft).status(404);
        who.get(&format!("{draft}modules/")).status(404);
        who.get(&format!("{draft}ratings/")).status(404);
        who.get(&path).status(404);
        assert_eq!(who.get("/api/course-modules/").ok()["count"], 0);
    }
    assert_eq!(titles(&root.get("/api/courses/?status=inactive").ok()), ["Draft"]);
    root.get(&draft).ok();
    ivy.get(&path).ok();
    ann.post(&format!("{draft}enroll/"), json!({})).status(409);
    ann.delete(&draft).status(404);
    // Who learned it before it was closed still reads it.
    ivy.patch(&draft, json!({"status": "active"})).ok();
    ann.post(&format!("{draft}enroll/"), json!({})).created();
    ivy.patch(&draft, json!({"status": "inactive"})).ok();
    ann.get(&draft).ok();
    assert_eq!(ann.get(&path).ok()["content"], "Words 1.");
}

#[test]
fn filters_leave_what_they_say() {
    let t = TestApp::stocked();
    let (ivy, oda, ann) = (t.instructor("ivy"), t.instructor("oda"), t.user("ann"));
    let good = course(&ivy, json!({"title": "Good", "difficulty": "advanced", "duration_hours": 30}));
    course(&ivy, json!({"title": "Short", "duration_hours": 2, "category": "Économie", "description": "Of money."}));
    course(&oda, json!({"title": "Git", "taught_skill_ids": [], "difficulty": "intermediate", "duration_hours": 8}));
    ann.post(&format!("{good}enroll/"), json!({})).created();
    ann.post(&format!("{good}ratings/"), json!({"rating": 4})).created();
    let of_oda = format!("instructor={}", oda.id);
    for (filter, wanted) in [
        ("difficulty=advanced", vec!["Good"]),
        ("difficulty_level=advanced&difficulty=ADVANCED", vec!["Good"]),
        ("difficulty=advanced&difficulty=intermediate", vec!["Git", "Good"]),
        ("category=econ", vec!["Short"]),
        ("duration_min=8", vec!["Git", "Good"]),
        ("duration_max=8", vec!["Git", "Short"]),
        // What is required counts as taught where nothing is said to be.
        ("skill=git", vec!["Git"]),
        ("skill=rust", vec!["Short", "Good"]),
        (&of_oda, vec!["Git"]),
        ("rating_min=4", vec!["Good"]),
        ("rating_min=4.1", vec![]),
        ("search=mon", vec!["Short"]),
        ("search=programming%20goo", vec!["Good"]),
        ("search=oney", vec![]),
        ("created_after=2100-01-01", vec![]),
        ("ordering=title", vec!["Git", "Good", "Short"]),
        ("ordering=-duration_hours", vec!["Good", "Git", "Short"]),
        ("ordering=-rating", vec!["Good", "Git", "Short"]),
        ("ordering=-total_students,title", vec!["Good", "Git", "Short"]),
    ] {
        assert_eq!(titles(&t.visitor().get(&format!("/api/courses/?{filter}")).ok()), wanted, "{filter}");
    }
    for (bad, field) in [
        ("difficulty=x", "difficulty"),
        ("skill=Juggling", "skill"),
        ("duration_min=x", "duration_min"),
        ("duration_min=9&duration_max=3", "duration_min"),
        ("instructor=ivy", "instructor"),
        ("rating_min=6", "rating_min"),
        ("status=gone", "status"),
        ("ordering=colour", "ordering"),
    ] {
        assert_eq!(t.visitor().get(&format!("/api/courses/?{bad}")).faults(), [field], "{bad}");
    }
}

#[test]
fn a_deleted_course_is_gone_until_it_is_restored() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = course(&ivy, json!({}));
    let module = modules(&ivy, &path, 2)[0];
    let progress = ann.post(&format!("{path}enroll/"), json!({})).created();
    ann.post(&format!("{path}soft_delete/"), json!({})).status(403);
    t.visitor().post(&format!("{path}soft_delete/"), json!({})).status(401);
    assert_eq!(ivy.post(&format!("{path}soft_delete/"), json!({})).ok(), json!({"status": "deleted"}));
    ivy.post(&format!("{path}soft_delete/"), json!({})).ok();
    for who in [&ivy, &ann] {
        who.get(&path).status(404);
        who.get(&format!("{path}modules/")).status(404);
        who.get(&format!("/api/course-modules/{module}/")).status(404);
        assert_eq!(who.get("/api/courses/").ok()["count"], 0);
        who.post(&format!("{path}enroll/"), json!({})).status(404);
    }
    // What somebody learned stays readable to them.
    assert_eq!(ann.get("/api/course-progress/").ok()["count"], 1);
    let of_it = format!("/api/course-progress/{}/", progress["id"]);
    ann.get(&of_it).ok();
    ann.post(&format!("{of_it}mark_module_complete/"), json!({"module_id": module})).status(409);
    ann.post(&format!("{path}restore/"), json!({})).status(404);
    t.pass(Duration::days(31));
    let ivy = t.sign_in_again(&ivy);
    ivy.post(&format!("{path}restore/"), json!({})).status(409);
    let root = t.admin("root1");
    assert_eq!(root.post(&format!("{path}restore/"), json!({})).ok(), json!({"status": "restored"}));
    root.post(&format!("{path}restore/"), json!({})).ok();
    assert_eq!(t.visitor().get(&path).ok()["total_students"], 1);
    // Purging takes learners and ratings along.
    root.delete(&path).empty();
    t.pass(Duration::days(1));
    let (before, files) = (t.app.clock.now(), t.app.files.clone());
    let purged = t.write(move |tx| {
        let ids = users::soft_delete::store::deleted_before(tx, before, 9)?;
        courses::service::purge(tx, &ids, &files)?;
        Ok(ids.len())
    });
    assert_eq!(purged, 1);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM user_course_progress"), 0);
}

#[test]
fn an_erased_account_leaves_exact_figures() {
    let t = TestApp::stocked();
    let (ivy, ann, ben) = (t.instructor("ivy"), t.user("ann"), t.user("ben"));
    let path = course(&ivy, json!({}));
    for (who, rating) in [(&ann, 1), (&ben, 4)] {
        who.post(&format!("{path}enroll/"), json!({})).created();
        who.post(&format!("{path}ratings/"), json!({"rating": rating})).created();
    }
    t.drain();
    let (ann, ivy) = (Id::new(ann.id), Id::new(ivy.id));
    t.write(move |tx| courses::service::forget_user(tx, ann));
    t.write(move |tx| courses::service::forget_user(tx, ivy));
    let shown = t.visitor().get(&path).ok();
    assert_eq!((&shown["rating"], &shown["total_ratings"]), (&json!(4.0), &json!(1)));
    assert_eq!((&shown["instructor"], &shown["instructor_name"]), (&json!(null), &json!("")));
    assert_eq!(shown["total_students"], 1);
    assert_eq!(t.write(courses::store::recount), 0);
}

#[test]
fn looks_are_added_in_batches() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let path = course(&ivy, json!({}));
    for _ in 0..3 {
        t.visitor().get(&path).ok();
        ivy.get(&path).ok();
    }
    t.block_on(careerd::upkeep::flush(&t.app)).unwrap();
    assert_eq!(t.visitor().get(&path).ok()["views_count"], 2);
}

#[test]
fn a_repeat_with_the_same_key_makes_one_course() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let call = || ivy.call(Method::Post, "/api/courses/", Some(rust_course()), &[("Idempotency-Key", "k1")]);
    let (first, second) = (call(), call());
    assert_eq!(first.created(), second.created());
    assert_eq!(second.header("Idempotent-Replay"), Some("true"));
    assert_eq!(t.visitor().get("/api/courses/").ok()["count"], 1);
}

#[test]
fn a_course_has_at_most_thirty_skills_and_two_hundred_modules() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let many = |from: i64, to: i64| (from..=to).collect::<Vec<i64>>();
    let body = json!({"required_skill_ids": many(1, 20), "taught_skill_ids": many(21, 31)});
    assert_eq!(ivy.post("/api/courses/", with(rust_course(), body)).faults(), ["taught_skill_ids"]);
    let body = json!({"required_skill_ids": many(1, 20), "taught_skill_ids": many(21, 30)});
    let path = course(&ivy, body);
    modules(&ivy, &path, 200);
    let one_more = json!({"title": "One more", "content_type": "text"});
    ivy.post(&format!("{path}modules/"), one_more).status(409);
}

#[test]
fn courses_and_projects_follow_a_merged_skill() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let path = course(&ivy, json!({"required_skill_ids": ["git", "rust"], "taught_skill_ids": ["rust"]}));
    let body = json!({"title": "p", "description": "d", "difficulty": "beginner", "category": "c",
        "required_skill_ids": ["rust"]});
    let made = ivy.post("/api/projects/", body).created();
    let id = |name: &str| Id::new(t.query::<i64>(&format!("SELECT id FROM skills WHERE name = '{name}'")));
    let (rust, git) = (id("Rust"), id("Git"));
    t.write(move |tx| {
        courses::service::merge_skill(tx, rust, git)?;
        careerd::projects::service::merge_skill(tx, rust, git)
    });
    let shown = t.visitor().get(&path).ok();
    assert_eq!(
        (&shown["required_skills"].as_array().unwrap().len(), &shown["taught_skills"][0]["name"]),
        (&1, &json!("Git"))
    );
    let shown = t.visitor().get(&format!("/api/projects/{}/", made["id"])).ok();
    assert_eq!(shown["required_skills"][0]["name"], "Git");
}
