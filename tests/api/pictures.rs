//! Pictures of people, courses, projects and companies.

use std::io::Cursor;

use careerd::{admin::RemoveUnusedFiles, platform::task::Task as _};
use chrono::Duration;
use image::{ImageFormat, Rgb, RgbImage};
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{Member, Reply, TestApp};

/// A drawing of this colour.
pub fn png(side: u32, colour: u8) -> Vec<u8> {
    let mut bytes = vec![];
    let picture = RgbImage::from_pixel(side, side, Rgb([colour, 90, 60]));
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

fn send(who: &Member<'_>, path: &str, bytes: &[u8]) -> Reply {
    who.upload_by(Method::Put, path, "me.png", bytes, &[])
}

fn address(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap().to_owned()
}

fn stored(t: &TestApp, folder: &str) -> usize {
    std::fs::read_dir(t.folder().join("media").join(folder)).unwrap().count()
}

#[test]
fn a_picture_is_shown_to_everybody_for_good() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let me = send(&ann, "/api/users/me/avatar/", &png(600, 10)).ok();
    assert_eq!(me["username"], "ann");
    assert_eq!(me["email"], "ann@example.org");
    let at = address(&me, "profile_picture");
    assert!(at.starts_with("/media/avatars/") && at.len() == 15 + 64, "{at}");
    let shown = t.visitor().get(&at);
    assert_eq!(shown.status.code, 200);
    assert_eq!(shown.header("Content-Type"), Some("image/png"));
    assert_eq!(shown.header("Cache-Control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(shown.header("Content-Security-Policy"), Some("sandbox"));
    assert_eq!(shown.header("X-Content-Type-Options"), Some("nosniff"));
    let picture = image::load_from_memory(&shown.bytes).unwrap();
    assert_eq!((picture.width(), picture.height()), (512, 512));
    assert_eq!(t.visitor().get(&format!("/api/users/{}/", ann.id)).ok()["profile_picture"], at.as_str());
    for nothing in ["/media/avatars/x", "/media/resumes/x", "/media/avatars/", "/media"] {
        t.visitor().get(nothing).status(404);
    }
    t.visitor().get(&at.replace("avatars", "courses")).status(404);
}

#[test]
fn a_file_goes_with_the_last_row_that_names_it() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let first = address(&send(&ann, "/api/users/me/avatar/", &png(40, 10)).ok(), "profile_picture");
    assert_eq!(address(&send(&ben, "/api/users/me/avatar/", &png(40, 10)).ok(), "profile_picture"), first);
    let second = address(&send(&ann, "/api/users/me/avatar/", &png(40, 20)).ok(), "profile_picture");
    assert_ne!(first, second);
    t.drain();
    assert_eq!(t.visitor().get(&first).status.code, 200, "ben shows it still");
    ben.delete("/api/users/me/avatar/").empty();
    t.drain();
    t.visitor().get(&first).status(404);
    assert_eq!(t.visitor().get(&second).status.code, 200);
    assert_eq!(ben.get("/api/users/me/").ok()["profile_picture"], Value::Null);
    ben.delete("/api/users/me/avatar/").empty();
    assert_eq!(stored(&t, "avatars"), 1);
    let again = address(&send(&ben, "/api/users/me/avatar/", &png(40, 10)).ok(), "profile_picture");
    assert_eq!(again, first);
    assert_eq!(t.visitor().get(&first).status.code, 200);
}

#[test]
fn what_a_crash_left_is_found_a_day_later_and_nothing_else() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let kept = address(&send(&ann, "/api/users/me/avatar/", &png(40, 10)).ok(), "profile_picture");
    t.app.files.put(careerd::platform::files::Kind::Avatar, b"nobody's").unwrap();
    let sweep = || t.block_on(RemoveUnusedFiles { address: None }.run(t.app.clone())).unwrap();
    sweep();
    assert_eq!(stored(&t, "avatars"), 2, "its row may be about to be written");
    t.pass(Duration::hours(25));
    sweep();
    assert_eq!(stored(&t, "avatars"), 1);
    assert_eq!(t.visitor().get(&kept).status.code, 200);
}

#[test]
fn what_is_no_picture_is_refused() {
    let t = TestApp::with(|it| it.limits.image_pixels = 700);
    let ann = t.user("ann");
    for bad in [b"hello".as_slice(), b"", b"%PDF-1.7 no picture", &png(40, 1)[..40], &png(701, 1)] {
        assert_eq!(send(&ann, "/api/users/me/avatar/", bad).faults(), ["file"]);
    }
    send(&ann, "/api/users/me/avatar/", &png(700, 1)).ok();
    let heavy = [png(40, 1), vec![0; 2 << 20]].concat();
    send(&ann, "/api/users/me/avatar/", &heavy).status(413);
    ann.put("/api/users/me/avatar/", json!({"file": "x"})).status(415);
    send(&t.visitor(), "/api/users/me/avatar/", &png(40, 1)).status(401);
    t.visitor().delete("/api/users/me/avatar/").status(401);
    let small = TestApp::with(|it| it.limits.image = "1 KB".parse().unwrap());
    send(&small.user("ann"), "/api/users/me/avatar/", &[0; 2000]).status(413);
}

#[test]
fn courses_projects_and_postings_have_pictures_of_their_owners() {
    let t = TestApp::new();
    let (ina, rita, eve, root) = (t.instructor("ina"), t.recruiter("rita"), t.instructor("eve"), t.admin("boss"));
    let course = json!({"title": "SQL", "description": "Tables.", "difficulty": "beginner", "category": "data",
        "duration_hours": 3});
    let course = ina.post("/api/courses/", course).created()["id"].clone();
    let project = json!({"title": "A shop", "description": "Sell.", "difficulty": "beginner", "category": "web"});
    let project = ina.post("/api/projects/", project).created()["id"].clone();
    let job = json!({"title": "Falconer", "description": "Birds.", "company_name": "Sky", "location": "Lviv",
        "job_type": "full-time"});
    let job = rita.post("/api/jobs/", job).created()["id"].clone();
    for (owner, object, path, field, folder) in [
        (&ina, format!("/api/courses/{course}/"), "thumbnail/", "thumbnail", "courses"),
        (&ina, format!("/api/projects/{project}/"), "thumbnail/", "thumbnail", "projects"),
        (&rita, format!("/api/jobs/{job}/"), "company-logo/", "company_logo", "company_logos"),
    ] {
        let path = format!("{object}{path}");
        send(&eve, &path, &png(40, 1)).status(403);
        send(&eve, &path, b"not even a picture").status(403);
        eve.delete(&path).status(403);
        send(&t.visitor(), &path, &png(40, 1)).status(401);
        let shown = send(owner, &path, &png(40, 1)).ok();
        let first = address(&shown, field);
        assert!(first.starts_with(&format!("/media/{folder}/")), "{first}");
        assert_eq!(t.visitor().get(&first).status.code, 200);
        assert_eq!(t.visitor().get(&object).ok()[field], first.as_str());
        let version = owner.get(&object).header("ETag").unwrap().to_owned();
        let second = address(&send(&root, &path, &png(40, 2)).ok(), field);
        owner.call(Method::Delete, &path, None, &[("If-Match", &version)]).status(412);
        owner.patch(&object, json!({"title": "Another title"})).ok();
        assert_eq!(owner.get(&object).ok()[field], second.as_str(), "a change of the words keeps the picture");
        owner.delete(&path).empty();
        assert_eq!(owner.get(&object).ok()[field], Value::Null);
        t.drain();
        assert_eq!(stored(&t, folder), 0);
        let unknown = path.replace(|it: char| it.is_ascii_digit(), "999");
        send(owner, &unknown, &png(40, 1)).status(404);
    }
}

#[test]
fn many_at_once_leave_one_picture_whose_file_is_there() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let calls = (0..8)
        .map(|nth| {
            let edge = "edge";
            let mut body = format!("--{edge}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n")
                .into_bytes();
            body.extend(png(30, nth % 2));
            body.extend(format!("\r\n--{edge}--\r\n").bytes());
            let kind = rocket::http::ContentType::new("multipart", "form-data").with_params(("boundary", edge));
            ann.ready(Method::Put, "/api/users/me/avatar/").carrying(kind, body)
        })
        .collect();
    assert_eq!(t.at_once(calls), [200; 8]);
    t.drain();
    assert_eq!(stored(&t, "avatars"), 1);
    let shown = address(&ann.get("/api/users/me/").ok(), "profile_picture");
    assert_eq!(t.visitor().get(&shown).status.code, 200);
}

#[test]
fn the_picture_of_an_erased_account_is_gone() {
    let t = TestApp::new();
    let ann = t.user("ann");
    send(&ann, "/api/users/me/avatar/", &png(40, 1)).ok();
    ann.delete("/api/users/me/").empty();
    t.drain();
    t.pass(Duration::days(15));
    t.block_on(careerd::admin::EraseAccounts {}.run(t.app.clone())).unwrap();
    t.drain();
    assert_eq!(stored(&t, "avatars"), 0);
}
