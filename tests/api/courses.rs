//! Courses, their modules, learners and ratings, and their rules.

use std::sync::Arc;

use careerd::{courses, platform::id::Id};
use chrono::Duration;
use rocket::{
    http::{ContentType, Header, Method},
    local::asynchronous::Client,
};
use serde_json::{Value, json};

use crate::app::{Member, TestApp};

/// A house with skills to teach.
fn house() -> TestApp {
    let t = TestApp::new();
    t.write(careerd::skills::service::fill_catalogue);
    t
}

fn rust_course() -> Value {
    json!({
        "title": "Rust from the beginning", "description": "Ownership, step by step.", "difficulty_level": "Beginner",
        "category": "Programming", "duration_hours": 12.5, "required_skill_ids": ["git"], "taught_skill_ids": ["rust"],
    })
}

fn with(mut body: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// The address of a new course.
pub fn course(by: &Member<'_>, fields: Value) -> String {
    let course = by.post("/api/courses/", with(rust_course(), fields)).created();
    format!("/api/courses/{}/", course["id"])
}

/// The ids of new modules of a course.
fn modules(by: &Member<'_>, course: &str, count: usize) -> Vec<i64> {
    let add = |nth| {
        let body = json!({"title": format!("Part {nth}"), "content_type": "text", "content": format!("Words {nth}.")});
        by.post(&format!("{course}modules/"), body).created()["id"].as_i64().unwrap()
    };
    (1..=count).map(add).collect()
}

fn number(address: &str) -> i64 {
    address.trim_end_matches('/').rsplit('/').next().unwrap().parse().unwrap()
}

fn titles(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect()
}

fn mark(by: &Member<'_>, progress: &Value, module: i64) -> Value {
    let path = format!("/api/course-progress/{}/mark_module_complete/", progress["id"]);
    by.post(&path, json!({"module_id": module})).ok()
}

#[test]
fn only_instructors_make_courses_and_everybody_reads() {
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
        let ids = courses::store::deleted_before(tx, before, 9)?;
        courses::service::purge(tx, &ids, &files)?;
        Ok(ids.len())
    });
    assert_eq!(purged, 1);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM user_course_progress"), 0);
}

#[test]
fn modules_stand_in_order_and_have_a_place_each() {
    let t = house();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = course(&ivy, json!({}));
    let text = |title: &str| json!({"title": title, "content_type": "text"});
    ann.post(&format!("{path}modules/"), text("x")).status(403);
    t.visitor().post(&format!("{path}modules/"), text("x")).status(401);
    let second = ivy.post(&format!("{path}modules/"), with(text("Two"), json!({"order": 2}))).created();
    let body = with(text("Three"), json!({"course_id": number(&path), "duration_minutes": 40}));
    let third = ivy.post("/api/course-modules/", body).created();
    assert_eq!((&third["order"], &third["duration_minutes"]), (&json!(3), &json!(40)));
    let first = ivy.post(&format!("{path}modules/"), with(text("One"), json!({"order": 1}))).created();
    let all = |who: &Member<'_>| who.get(&format!("{path}modules/")).ok();
    assert_eq!(titles(&all(&ann)), ["One", "Two", "Three"]);
    assert_eq!(titles(&t.visitor().get(&format!("/api/course-modules/?course={}", number(&path))).ok()).len(), 3);
    let taken = ivy.post(&format!("{path}modules/"), with(text("x"), json!({"order": 2})));
    assert_eq!(taken.faults(), ["order"]);
    let address = format!("/api/course-modules/{}/", second["id"]);
    assert_eq!(ivy.patch(&address, json!({"order": 3})).faults(), ["order"]);
    assert_eq!(ivy.patch(&address, json!({"order": 2, "description": "Of two."})).ok()["description"], "Of two.");
    assert_eq!(ivy.put(&address, text("Two anew")).ok()["order"], 2);
    let order = [&third["id"], &first["id"], &second["id"]];
    let sorted = ivy.post(&format!("{path}modules/reorder/"), json!({"ids": order})).ok();
    assert_eq!(sorted.as_array().unwrap().iter().map(|it| &it["order"]).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(titles(&all(&ann)), ["Three", "One", "Two anew"]);
    let outline = &ann.get(&path).ok()["modules"];
    assert_eq!((&outline[0]["title"], &outline[0]["duration_minutes"]), (&json!("Three"), &json!(40)));
    for wrong in [json!([]), json!([first["id"]]), json!([1, 1, 1]), json!([1, 2, 99]), json!("1,2,3")] {
        assert_eq!(ivy.post(&format!("{path}modules/reorder/"), json!({"ids": wrong})).faults(), ["ids"]);
    }
    ivy.post(&format!("{path}modules/reorder/"), json!({})).status(400);
    ann.post(&format!("{path}modules/reorder/"), json!({"ids": order})).status(403);
    ann.delete(&address).status(403);
    ivy.delete(&address).empty();
    ivy.get(&address).status(404);
    assert_eq!(titles(&all(&ann)), ["Three", "One"]);
}

#[test]
fn a_module_says_what_is_wrong_with_it() {
    let t = house();
    let ivy = t.instructor("ivy");
    let path = course(&ivy, json!({}));
    let bad = json!({
        "title": "", "content_type": "song", "duration_minutes": 6001, "order": 0, "video_url": "ftp://x",
        "content": "x".repeat(100_001), "description": "x".repeat(2001),
    });
    let faults = ["content", "content_type", "description", "duration_minutes", "order", "title", "video_url"].to_vec();
    assert_eq!(ivy.post(&format!("{path}modules/"), bad.clone()).faults(), faults);
    assert_eq!(ivy.post("/api/course-modules/", bad).faults().len(), 8);
    let video = json!({"title": "Film", "content_type": "video", "course": number(&path)});
    assert_eq!(ivy.post("/api/course-modules/", video.clone()).faults(), ["video_url"]);
    let video = with(video, json!({"video_url": "https://example.org/film"}));
    let made = ivy.post("/api/course-modules/", video.clone()).created();
    let address = format!("/api/course-modules/{}/", made["id"]);
    assert_eq!(ivy.patch(&address, json!({"video_url": ""})).faults(), ["video_url"]);
    assert_eq!(ivy.post("/api/course-modules/", with(video, json!({"course": 999}))).faults(), ["course_id"]);
    let pages = t.visitor().get("/api/course-modules/?content_type=video&search=fil").ok();
    assert_eq!(titles(&pages), ["Film"]);
    assert_eq!(t.visitor().get("/api/course-modules/?content_type=song").faults(), ["content_type"]);
}

#[test]
fn content_is_for_who_learns_or_teaches() {
    let t = house();
    let (ivy, ann, root) = (t.instructor("ivy"), t.user("ann"), t.admin("root1"));
    let path = course(&ivy, json!({}));
    let module = modules(&ivy, &path, 1)[0];
    let address = format!("/api/course-modules/{module}/");
    let content = |who: &Member<'_>| {
        let (one, list) = (who.get(&address).ok(), who.get(&format!("{path}modules/")).ok());
        assert_eq!(list["results"][0]["content"], one["content"]);
        one["content"].clone()
    };
    assert_eq!((content(&t.visitor()), content(&ann)), (json!(null), json!(null)));
    assert_eq!((content(&ivy), content(&root)), (json!("Words 1."), json!("Words 1.")));
    let progress = ann.post(&format!("{path}enroll/"), json!({})).created();
    assert_eq!(content(&ann), "Words 1.");
    ann.patch(&format!("/api/course-progress/{}/", progress["id"]), json!({"status": "dropped"})).ok();
    assert_eq!(content(&ann), json!(null));
}

#[test]
fn a_resource_has_a_file() {
    let t = house();
    let (ivy, ann, ben) = (t.instructor("ivy"), t.user("ann"), t.user("ben"));
    let path = course(&ivy, json!({}));
    let text = modules(&ivy, &path, 1)[0];
    let made = ivy.post(&format!("{path}modules/"), json!({"title": "Sheet", "content_type": "resource"})).created();
    let address = format!("/api/course-modules/{}/", made["id"]);
    let file = format!("{address}file/");
    assert_eq!(made["file"], json!(null));
    ivy.get(&file).status(404);
    ann.upload_by(Method::Put, &file, "a.txt", b"x", &[]).status(403);
    t.visitor().upload_by(Method::Put, &file, "a.txt", b"x", &[]).status(401);
    ivy.upload_by(Method::Put, &format!("/api/course-modules/{text}/file/"), "a.txt", b"x", &[]).status(409);
    assert_eq!(ivy.upload_by(Method::Put, &file, "a.txt", b"", &[]).faults(), ["file"]);
    let put = ivy.upload_by(Method::Put, &file, "work \"sheet\".html", b"<script>", &[]).ok();
    assert_eq!(put["file"], file.as_str());
    ann.post(&format!("{path}enroll/"), json!({})).created();
    let got = ann.get(&file);
    got.status(200);
    assert_eq!(got.bytes, b"<script>");
    assert_eq!(got.header("Content-Type"), Some("application/octet-stream"));
    assert_eq!(got.header("Content-Security-Policy"), Some("sandbox"));
    assert!(got.header("Content-Disposition").unwrap().starts_with("attachment"));
    assert_eq!(ann.get(&address).ok()["file"], file.as_str());
    assert_eq!(ben.get(&address).ok()["file"], json!(null));
    ben.get(&file).status(403);
    t.visitor().get(&file).status(401);
    let stored = || std::fs::read_dir(t.folder().join("files/course_files")).unwrap().count();
    ivy.upload_by(Method::Put, &file, "b.txt", b"second", &[]).ok();
    // Files go after the answer, once it is certain that nothing names them.
    let becomes = |count: usize| {
        (0..200).any(|_| stored() == count || (std::thread::sleep(std::time::Duration::from_millis(10)), false).1)
    };
    assert_eq!(ann.get(&file).bytes, b"second");
    assert!(becomes(1));
    let large = vec![0; 20 * 1024 * 1024 + 1];
    ivy.upload_by(Method::Put, &file, "b.txt", &large, &[]).status(413);
    assert_eq!(ivy.patch(&address, json!({"content_type": "text"})).ok()["file"], json!(null));
    assert!(becomes(0));
}

#[test]
fn enrolling_twice_keeps_one_progress() {
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
fn an_erased_account_leaves_exact_figures() {
    let t = house();
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
    let t = house();
    let ivy = t.instructor("ivy");
    let path = course(&ivy, json!({}));
    for _ in 0..3 {
        t.visitor().get(&path).ok();
        ivy.get(&path).ok();
    }
    t.block_on(careerd::upkeep::flush(&t.app)).unwrap();
    assert_eq!(t.visitor().get(&path).ok()["views_count"], 2);
}

/// Calls at the same moment, from a runtime with threads of its own; the status of each.
fn at_once(t: &TestApp, calls: Vec<(String, Value, Option<String>)>) -> Vec<u16> {
    let rocket = careerd::router::rocket(t.app.clone()).unwrap();
    let threads = rocket::tokio::runtime::Builder::new_multi_thread().worker_threads(8).enable_all().build().unwrap();
    threads.block_on(async {
        let client = Arc::new(Client::untracked(rocket).await.unwrap());
        let gate = Arc::new(rocket::tokio::sync::Barrier::new(calls.len()));
        let running: Vec<_> = calls
            .into_iter()
            .map(|(path, body, token)| {
                let (client, gate) = (client.clone(), gate.clone());
                rocket::tokio::spawn(async move {
                    gate.wait().await;
                    let bearer = Header::new("Authorization", format!("Bearer {}", token.unwrap_or_default()));
                    let call = client.post(path).header(bearer).header(ContentType::JSON).body(body.to_string());
                    call.dispatch().await.status().code
                })
            })
            .collect();
        let mut statuses = vec![];
        for call in running {
            statuses.push(call.await.unwrap());
        }
        statuses
    })
}

#[test]
fn fifty_learners_at_once_are_all_counted() {
    let t = house();
    let path = course(&t.instructor("ivy"), json!({}));
    let people: Vec<_> = (0..50).map(|nth| t.user(&format!("user{nth}"))).collect();
    let calls = |what: &str, body: &dyn Fn(usize) -> Value| {
        let call = |(nth, it): (usize, &Member<'_>)| (format!("{path}{what}/"), body(nth), it.token.clone());
        people.iter().enumerate().map(call).collect::<Vec<_>>()
    };
    assert_eq!(at_once(&t, calls("enroll", &|_| json!({}))), [201; 50]);
    assert_eq!(t.visitor().get(&path).ok()["total_students"], 50);
    assert_eq!(at_once(&t, calls("ratings", &|nth| json!({"rating": nth % 5 + 1}))), [201; 50]);
    let shown = t.visitor().get(&path).ok();
    assert_eq!((&shown["rating"], &shown["total_ratings"]), (&json!(3.0), &json!(50)));
    assert_eq!(at_once(&t, calls("ratings", &|_| json!({"rating": 5}))), [200; 50]);
    assert_eq!(t.visitor().get(&path).ok()["rating"], 5.0);
    assert_eq!(t.write(courses::store::recount), 0);
}

#[test]
fn fifty_enrolments_of_one_person_at_once_are_one() {
    let t = house();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = course(&ivy, json!({}));
    let id = modules(&ivy, &path, 1)[0];
    let statuses = at_once(&t, vec![(format!("{path}enroll/"), json!({}), ann.token.clone()); 50]);
    assert_eq!(statuses.iter().filter(|it| **it == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|it| **it == 200).count(), 49);
    assert_eq!(t.visitor().get(&path).ok()["total_students"], 1);
    let done = at_once(&t, vec![(format!("/api/modules/{id}/complete/"), json!({}), ann.token.clone()); 50]);
    assert_eq!(done, [200; 50]);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM events WHERE kind = 'courses.completed'"), 1);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM events WHERE kind = 'courses.module_completed'"), 1);
}

#[test]
fn a_repeat_with_the_same_key_makes_one_course() {
    let t = house();
    let ivy = t.instructor("ivy");
    let call = || ivy.call(Method::Post, "/api/courses/", Some(rust_course()), &[("Idempotency-Key", "k1")]);
    let (first, second) = (call(), call());
    assert_eq!(first.created(), second.created());
    assert_eq!(second.header("Idempotent-Replay"), Some("true"));
    assert_eq!(t.visitor().get("/api/courses/").ok()["count"], 1);
}

#[test]
fn a_course_has_at_most_thirty_skills_and_two_hundred_modules() {
    let t = house();
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
    let t = house();
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
