//! The modules of courses: their order, their content and their files.

use rocket::http::Method;
use serde_json::json;

use crate::{
    app::{Member, TestApp, number, titles, with},
    courses::{course, modules},
};

#[test]
fn modules_stand_in_order_and_have_a_place_each() {
    let t = TestApp::stocked();
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
    let t = TestApp::stocked();
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
    let t = TestApp::stocked();
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
    let t = TestApp::stocked();
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
fn a_course_holds_two_hundred_modules() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let (path, other) = (course(&ivy, json!({})), course(&ivy, json!({"title": "Another one"})));
    let id = number(&path);
    t.write(move |tx| {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
            INSERT INTO course_modules
                (course_id, title, description, content_type, content, duration_minutes, position, created_at, updated_at)
            SELECT ?1, 'Part ' || i, '', 'text', '', 0, i, ?2, ?2 FROM n";
        Ok(tx.execute(sql, (id, tx.now()))?)
    });
    let text = json!({"title": "One more", "content_type": "text"});
    let last = ivy.post(&format!("{path}modules/"), text.clone()).created();
    assert_eq!(last["order"], 200);
    ivy.post(&format!("{path}modules/"), text.clone()).status(409);
    ivy.post("/api/course-modules/", with(text.clone(), json!({"course_id": id}))).status(409);
    assert_eq!(ivy.get(&format!("{path}modules/")).ok()["count"], 200);
    ivy.post(&format!("{other}modules/"), text.clone()).created();
    // Where one has gone there is room for another.
    ivy.delete(&format!("/api/course-modules/{}/", last["id"])).empty();
    ivy.post(&format!("{path}modules/"), text).created();
}
