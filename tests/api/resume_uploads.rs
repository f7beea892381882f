//! How résumés come in: which files and forms are taken, what is refused, and that nothing refused is kept.

use std::{io::Write as _, sync::Arc, time::Duration};

use careerd::router;
use proptest::prelude::*;
use rocket::http::{ContentType, Header, Method};
use serde_json::json;

use crate::{
    app::TestApp,
    resumes::{BACKEND, FRONTEND, at, document, form, send, stored},
};

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn the_same_bytes_again_find_the_first() {
    let t = TestApp::stocked();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let first = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    let again = ann.upload("/api/resumes/upload/", "other.txt", BACKEND.as_bytes(), &[("label", "x")]).ok();
    assert_eq!((&again["id"], &again["original_filename"]), (&first["id"], &json!("cv.txt")));
    // Another person's is another one, in a file of its own.
    let other = send(&ben, "cv.txt", BACKEND.as_bytes()).created();
    assert_ne!(other["id"], first["id"]);
    assert_eq!(stored(&t), 2);
    ben.delete(&at(&other, "")).empty();
    assert_eq!(stored(&t), 1);
    assert_eq!(ann.get(&at(&first, "download/")).bytes, BACKEND.as_bytes());
}

#[test]
fn eight_at_once_with_the_same_file_make_one_row() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    let (kind, body) = form("file", "cv.txt", BACKEND.as_bytes(), &[]);
    let call = ann.ready(Method::Post, "/api/resumes/").carrying(kind, body);
    let codes = t.at_once(vec![call; 8]);
    assert_eq!(codes.iter().filter(|it| **it == 201).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|it| **it == 200).count(), 7, "{codes:?}");
    assert_eq!(ann.get("/api/resumes/").ok()["count"], 1);
    assert_eq!(stored(&t), 1);
    t.drain();
    assert_eq!(t.query::<i64>("SELECT count(*) FROM events WHERE kind = 'resumes.analyzed'"), 1);
}

#[test]
fn a_repeat_with_the_same_key_answers_as_the_first() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    let key = [("Idempotency-Key", "once")];
    let call =
        |text: &str| ann.send(Method::Post, "/api/resumes/", Some(form("file", "cv.txt", text.as_bytes(), &[])), &key);
    let first = call(BACKEND).created();
    let again = call(BACKEND);
    assert_eq!(again.header("Idempotent-Replay"), Some("true"));
    assert_eq!(again.created(), first);
    call(FRONTEND).status(422);
    assert_eq!((ann.get("/api/resumes/").ok()["count"].clone(), stored(&t)), (json!(1), 1));
}

#[test]
fn what_does_not_open_is_refused_with_the_reason_and_not_kept() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    let pdf = document("chromium-one-column.pdf");
    let docx = document("table-and-box.docx");
    let bomb = zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", &vec![b' '; 60 << 20])]);
    assert!(bomb.len() < 1 << 20);
    let bad: &[(&str, &[u8])] = &[
        ("empty", b""),
        ("encrypted", &document("encrypted.pdf")),
        ("a text that says it is PDF", b"%PDF-1.7\nJust words, and no objects at all in this file."),
        ("half a PDF", &pdf[..200]),
        ("the beginning of an archive", &docx[..200]),
        ("a bomb", &bomb),
        ("another archive", &zipped(&[("holiday.jpg", b"...")])),
        ("a picture", b"\x89PNG\r\n\x1a\n0000000000000000"),
        ("an old document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\0o\0r\0d\0"),
        ("a page", b"<!DOCTYPE html><html><body>Hello</body></html>"),
        ("noise", &[0, 159, 146, 150, 0, 1, 2, 3]),
    ];
    for (what, bytes) in bad {
        let reply = send(&ann, "cv.pdf", bytes);
        assert_eq!(reply.faults(), ["file"], "{what}");
        assert!(reply.status(400)["field_errors"]["file"][0].as_str().unwrap().ends_with('.'), "{what}");
    }
    assert_eq!(ann.get("/api/resumes/").ok()["count"], 0);
    assert_eq!(stored(&t), 0);
}

#[test]
fn the_type_comes_from_the_content_and_not_from_the_name() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    for (file, name, kind) in [
        ("chromium-one-column.pdf", "cv.docx", "pdf"),
        ("table-and-box.docx", "cv.exe", "docx"),
        ("table-and-box.odt", "cv", "odt"),
        ("plain-latin1.txt", "cv.pdf", "txt"),
    ] {
        let resume = send(&ann, name, &document(file)).created();
        assert_eq!((&resume["file_type"], &resume["original_filename"]), (&json!(kind), &json!(name)), "{file}");
        assert!(resume["pages"].as_i64().unwrap() >= 1, "{file}");
    }
    t.drain();
    assert_eq!(ann.get("/api/resumes/?analysis_status=completed").ok()["count"], 4);
    assert_eq!(ann.get("/api/resumes/?analysis_status=failed&analysis_status=pending").ok()["count"], 0);
    assert_eq!(ann.get("/api/resumes/?analysis_status=good").faults(), ["analysis_status"]);
    assert_eq!(ann.get("/api/resumes/?search=exe").ok()["count"], 1);
    let scores: Vec<_> = ann.get("/api/resumes/?ordering=-total_score").ok()["results"].as_array().unwrap().clone();
    assert!(scores.is_sorted_by_key(|it| -it["total_score"].as_i64().unwrap()));
}

#[test]
fn what_is_too_large_is_413() {
    let t = TestApp::with(|config| config.resumes.max_mb = 1);
    let ann = t.user("ann");
    let megabyte = "words and more words. ".repeat(50_000).into_bytes();
    send(&ann, "cv.txt", &megabyte[..1 << 20]).created();
    assert_eq!(send(&ann, "cv.txt", &megabyte[..(1 << 20) + 1]).status(413)["error"], "Payload Too Large");
    let texts = "x".repeat(70_000);
    ann.upload("/api/resumes/", "cv.txt", b"some words", &[("label", &texts)]).status(413);
    ann.upload("/api/resumes/", "cv.txt", &megabyte.repeat(3), &[]).status(413);
}

#[test]
fn the_form_must_be_one() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    let send = |body| ann.send(Method::Post, "/api/resumes/", Some(body), &[]);
    send((ContentType::JSON, b"{}".to_vec())).status(415);
    send((ContentType::new("multipart", "form-data"), b"--edge--".to_vec())).status(415);
    let (kind, body) = form("file", "cv.txt", BACKEND.as_bytes(), &[]);
    assert_eq!(send((kind.clone(), body[..body.len() / 2].to_vec())).status(400)["error"], "Bad Request");
    assert_eq!(send(form("document", "cv.txt", BACKEND.as_bytes(), &[])).faults(), ["file"]);
    let text = b"--edge\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nwords\r\n--edge--\r\n".to_vec();
    assert_eq!(send((kind, text)).faults(), ["file"]);
    let label = "x".repeat(101);
    let both = send(form("document", "cv.txt", b"", &[("label", &label), ("is_primary", "perhaps")]));
    assert_eq!(both.faults(), ["file", "is_primary", "label"]);
    t.visitor().upload("/api/resumes/", "cv.txt", BACKEND.as_bytes(), &[]).status(401);
}

#[test]
fn a_refused_write_keeps_no_file() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    t.write(|tx| {
        Ok(tx.execute_batch("CREATE TRIGGER full BEFORE INSERT ON resumes BEGIN SELECT raise(ABORT, 'no'); END")?)
    });
    let runtime = rocket::tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (kind, body) = form("file", "cv.txt", BACKEND.as_bytes(), &[]);
    let code = runtime.block_on(async {
        let client =
            rocket::local::asynchronous::Client::untracked(router::rocket(t.app.clone()).unwrap()).await.unwrap();
        let call = client.post("/api/resumes/").header(kind);
        let call = call.header(Header::new("Authorization", format!("Bearer {}", ann.token.clone().unwrap())));
        call.body(body).dispatch().await.status().code
    });
    assert_eq!((code, stored(&t)), (500, 0));
}

#[test]
fn a_full_disk_keeps_nothing() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    let limit = |pages: i64| {
        t.write(
            move |tx| Ok(tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get::<_, i64>(0))?),
        )
    };
    // What the file has to spare would take the upload.
    let spare: i64 = t.query("PRAGMA freelist_count");
    t.write(move |tx| Ok(tx.execute_batch(&format!("CREATE TABLE full AS SELECT zeroblob({})", (spare + 1) * 4096))?));
    limit(1);
    let many_words = BACKEND.repeat(400);
    let refused = send(&ann, "cv.txt", many_words.as_bytes());
    assert_eq!(refused.status(503)["error"], "Service Unavailable");
    assert!(refused.header("Retry-After").is_some());
    assert_eq!((ann.get("/api/resumes/").ok()["count"].clone(), stored(&t)), (json!(0), 0));
    limit(1 << 30);
    send(&ann, "cv.txt", many_words.as_bytes()).created();
}

#[test]
fn a_storm_of_uploads_leaves_the_rest_quick() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    let token = format!("Bearer {}", ann.token.clone().unwrap());
    let runtime = rocket::tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let slowest = runtime.block_on(async {
        let client = Arc::new(
            rocket::local::asynchronous::Client::untracked(router::rocket(t.app.clone()).unwrap()).await.unwrap(),
        );
        let calls: Vec<_> = (0..16)
            .map(|nth| {
                let (client, token) = (client.clone(), token.clone());
                let (kind, body) = form("file", "cv.txt", format!("{BACKEND}\n{nth}").as_bytes(), &[]);
                rocket::tokio::spawn(async move {
                    let call = client.post("/api/resumes/").header(kind).header(Header::new("Authorization", token));
                    call.body(body).dispatch().await.status().code
                })
            })
            .collect();
        let mut slowest = Duration::ZERO;
        while calls.iter().any(|it| !it.is_finished()) {
            let started = std::time::Instant::now();
            let call = client.get("/api/resumes/").header(Header::new("Authorization", token.clone()));
            assert_eq!(call.dispatch().await.status().code, 200);
            slowest = slowest.max(started.elapsed());
            rocket::tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for call in calls {
            assert_eq!(call.await.unwrap(), 201);
        }
        slowest
    });
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
}

/// Whatever is sent, the answer is one of those that are described, and nothing refused is kept.
#[test]
fn no_bytes_break_the_upload() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let tails = proptest::collection::vec(any::<u8>(), 0..400);
    proptest!(ProptestConfig::with_cases(48), |(head in "(%PDF-1.7|PK\u{3}\u{4}|)", tail in tails)| {
        let reply = send(&ann, "cv.pdf", &[head.as_bytes(), &tail].concat());
        let code = reply.status.code;
        prop_assert!(matches!(code, 201 | 400), "{code}");
        prop_assert_eq!(stored(&t), usize::from(code == 201));
        if code == 201 {
            t.drain();
            ann.delete(&at(&reply.created(), "")).empty();
        }
    });
}

/// However a form is torn, it is read or refused.
#[test]
fn no_form_breaks_its_reader() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let part = prop_oneof![
        Just("--edge\r\n".to_owned()),
        Just("--edge--\r\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\r\n\r\n".to_owned()),
        Just("Content-Disposition: form-data; name=\"file\"; filename=\"a\"".to_owned()),
        Just("Content-Disposition: form-data; name=\"label\"".to_owned()),
        "\\PC{0,20}",
    ];
    proptest!(ProptestConfig::with_cases(96), |(parts in proptest::collection::vec(part, 0..12))| {
        let kind = ContentType::new("multipart", "form-data").with_params(("boundary", "edge"));
        let body = Some((kind, parts.concat().into_bytes()));
        let code = ann.send(Method::Post, "/api/resumes/", body, &[]).status.code;
        prop_assert!(matches!(code, 200 | 201 | 400), "{code}");
    });
}
