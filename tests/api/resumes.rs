//! Résumés: private documents, read in a child, analysed in the background.

use std::{fs, io::Write as _, path::Path, sync::Arc, time::Duration};

use careerd::{
    platform::{files::Kind, id::Id},
    resumes::tasks::{AnalyzeResume, BatchAnalyzeResumes, CleanupOldResumes},
    router, skills, worker,
};
use proptest::prelude::*;
use rocket::http::{ContentType, Header, Method};
use serde_json::{Value, json};

use crate::{
    app::{Member, PASSWORD, Reply, TestApp},
    cli::careerd,
};

const BACKEND: &str = "Marta Kovalenko\nBackend engineer\nmarta@example.org, Lviv\n\nSummary\nBackend engineer who likes \
    quiet services.\n\nExperience\nBackend Engineer, Example Ltd, 01/2018 - 12/2022\n- Wrote services in Python and Django \
    over PostgreSQL, cut latency by 40 %\n- Moved them to Docker and Kubernetes\n\nEducation\nLviv Polytechnic, 2014 - \
    2018\n\nSkills\nPython, Django, PostgreSQL, Docker, Kubernetes, Redis, Git\n";
const FRONTEND: &str = "Ivan Frontendenko\nFrontend developer\nivan@example.org\n\nExperience\nFrontend developer, \
    Sample GmbH, 03/2020 - 02/2022\n- Built pages in React and TypeScript with CSS, used by 2000 people\n\nSkills\nReact, \
    TypeScript, JavaScript, CSS, HTML, Git\n";

/// A house whose catalogue is filled, as at a first start.
fn house() -> TestApp {
    let t = TestApp::new();
    t.write(skills::service::fill_catalogue);
    t
}

fn document(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name)).unwrap()
}

/// A form with one file under this field.
fn form(field: &str, name: &str, bytes: &[u8], texts: &[(&str, &str)]) -> (ContentType, Vec<u8>) {
    let mut body = vec![];
    for (text, value) in texts {
        write!(body, "--edge\r\nContent-Disposition: form-data; name=\"{text}\"\r\n\r\n{value}\r\n").unwrap();
    }
    write!(body, "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n").unwrap();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    (ContentType::new("multipart", "form-data").with_params(("boundary", "edge")), body)
}

fn send(member: &Member<'_>, name: &str, bytes: &[u8]) -> Reply {
    member.upload("/api/resumes/", name, bytes, &[])
}

fn at(resume: &Value, rest: &str) -> String {
    format!("/api/resumes/{}/{rest}", resume["id"])
}

/// The proficiency of each held skill.
fn held(member: &Member<'_>) -> Vec<(String, String)> {
    let rows = member.get("/api/user-skills/?page_size=100&ordering=skill").ok();
    let word = |it: &Value| it.as_str().unwrap().to_owned();
    rows["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (word(&it["skill"]["name"]), word(&it["proficiency_level"])))
        .collect()
}

/// Somebody who signs in again, because time has passed.
fn back<'t>(t: &'t TestApp, member: &Member<'t>) -> Member<'t> {
    let tokens = t.visitor().post("/api/token/", json!({"username": member.name, "password": PASSWORD})).ok();
    let mut back = member.clone();
    back.token = tokens["access"].as_str().map(str::to_owned);
    back
}

/// Files kept for résumés.
fn stored(t: &TestApp) -> usize {
    // What follows a commit is over before the next begins.
    t.write(|_| Ok(()));
    t.app.files.list(Kind::Resume).unwrap().len()
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_resume_is_analysed_and_its_owner_then_holds_the_skills() {
    let t = house();
    let ann = t.user("ann");
    let sent = ann.upload(
        "/api/resumes/",
        "C:\\docs\\My \"CV\".txt",
        BACKEND.as_bytes(),
        &[("label", "Work"), ("file_type", "exe")],
    );
    let resume = sent.created();
    assert_eq!(sent.header("Location"), Some(at(&resume, "").as_str()));
    assert_eq!((&resume["analysis_status"], &resume["file_type"]), (&json!("pending"), &json!("txt")));
    assert_eq!((&resume["label"], &resume["is_primary"]), (&json!("Work"), &json!(true)));
    assert_eq!(resume["file_size"], BACKEND.len());
    assert_eq!(resume["file"], at(&resume, "download/"));
    assert!(resume.get("sha256").is_none() && resume.get("extracted_text").is_none());

    // Before the analysis every address answers already.
    let waiting = ann.get(&at(&resume, "analysis/"));
    assert_eq!(waiting.header("Retry-After"), Some("2"));
    let waiting = waiting.ok();
    assert_eq!(waiting["analysis_status"], "pending");
    assert_eq!((&waiting["extracted_skills"], &waiting["total_score"]), (&json!({}), &Value::Null));
    assert_eq!(waiting["evidence"], json!([]));
    assert!(ann.get(&at(&resume, "text/")).ok()["extracted_text"].as_str().unwrap().contains("quiet services"));
    assert_eq!(ann.get(&at(&resume, "")).ok()["result"], Value::Null);
    ann.post(&at(&resume, "reanalyze/"), json!({})).status(409);

    assert!(t.drain() > 0);
    let analysis = ann.get(&at(&resume, "analysis/"));
    assert_eq!(analysis.header("Retry-After"), None);
    let analysis = analysis.ok();
    assert_eq!(analysis["analysis_status"], "completed");
    assert_eq!(analysis["resume_id"], resume["id"]);
    assert_eq!(analysis["years_of_experience"], 5.0);
    assert!(analysis["extracted_skills"]["Python"].as_f64().unwrap() > 0.3);
    let terms: i64 = analysis["terms"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum();
    assert_eq!(analysis["total_score"], terms);
    let whole = ann.get(&at(&resume, "")).ok();
    assert_eq!(whole["result"], analysis);
    for figure in ["total_score", "skill_score", "experience_level", "skill_gaps", "extracted_skills", "model_version"]
    {
        assert_eq!(whole[figure], analysis[figure], "{figure}");
    }
    let listed = ann.get("/api/resumes/").ok();
    assert_eq!(listed["count"], 1);
    assert!(listed["results"][0].get("result").is_none());

    // The level of a held skill follows from how sure the finding is.
    for (name, level) in held(&ann) {
        let sure = analysis["extracted_skills"][&name].as_f64().unwrap();
        let expected = match sure {
            it if it >= 0.9 => "expert",
            it if it >= 0.7 => "advanced",
            it if it >= 0.5 => "intermediate",
            _ => "beginner",
        };
        assert_eq!(level, expected, "{name}");
    }
    assert!(held(&ann).iter().any(|(name, _)| name == "Python"));

    let undone = ann.post(&at(&resume, "undo-sync/"), json!({})).ok();
    assert!(undone["removed"].as_i64().unwrap() >= 5);
    assert_eq!(held(&ann), []);
    assert_eq!(ann.post(&at(&resume, "undo-sync/"), json!({})).ok()["removed"], 0);
}

#[test]
fn undoing_puts_back_what_was_not_edited_since() {
    let t = house();
    let ann = t.user("ann");
    ann.post("/api/user-skills/", json!({"skill": "Python", "years_of_experience": 3})).created();
    let docker = ann.post("/api/user-skills/", json!({"skill": "Docker"})).created();
    let resume = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    t.drain();
    let raised = held(&ann);
    assert!(raised.iter().any(|(name, level)| name == "Python" && level != "beginner"), "{raised:?}");
    ann.patch(&format!("/api/user-skills/{}/", docker["id"]), json!({"proficiency_level": "expert"})).ok();
    let undone = ann.post(&at(&resume, "undo-sync/"), json!({})).ok();
    assert_eq!(undone["restored"][0]["skill"]["name"], "Python");
    assert_eq!(undone["restored"][0]["years_of_experience"], 3.0);
    assert_eq!(held(&ann), [("Docker".to_owned(), "expert".to_owned()), ("Python".to_owned(), "beginner".to_owned())]);
}

#[test]
fn unknown_names_become_suggestions() {
    let t = house();
    let ann = t.user("ann");
    send(&ann, "cv.txt", BACKEND.replace("Redis", "Zorbaflux").as_bytes()).created();
    t.drain();
    let suggested: i64 =
        t.query("SELECT count(*) FROM skill_suggestions WHERE name = 'Zorbaflux' AND status = 'pending'");
    assert_eq!(suggested, 1);
}

#[test]
fn the_same_bytes_again_find_the_first() {
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
        ("half an archive", &docx[..docx.len() / 2]),
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
    let t = house();
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
    let t = house();
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
fn pages_of_pictures_need_ocr() {
    let t = house();
    let ann = t.user("ann");
    let resume = send(&ann, "scan.pdf", &document("scan.pdf")).created();
    t.drain();
    let analysis = ann.get(&at(&resume, "analysis/")).ok();
    assert_eq!(analysis["analysis_status"], "needs_ocr");
    assert!(analysis["reason"].as_str().unwrap().contains("OCR"));
    assert_eq!((&analysis["extracted_skills"], &analysis["total_score"]), (&json!({}), &Value::Null));
    assert_eq!(ann.get(&at(&resume, "")).ok()["reason"], analysis["reason"]);
    let few = send(&ann, "few.txt", b"Hello there").created();
    t.drain();
    assert_eq!(ann.get(&at(&few, "")).ok()["analysis_status"], "failed");
}

#[test]
fn more_pages_than_allowed_are_taken_and_fail_with_the_reason() {
    let t = TestApp::with(|config| config.resumes.max_pages = 2);
    let ann = t.user("ann");
    let resume = send(&ann, "cv.txt", format!("{BACKEND}\x0c{BACKEND}\x0c{BACKEND}").as_bytes()).created();
    t.drain();
    let resume = ann.get(&at(&resume, "")).ok();
    assert_eq!(resume["analysis_status"], "failed");
    assert!(resume["reason"].as_str().unwrap().contains("at most 2"), "{resume}");
}

#[test]
fn resumes_of_others_are_not_there() {
    let t = house();
    let (ann, ben, admin) = (t.user("ann"), t.user("ben"), t.admin("root1"));
    let resume = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    let own = send(&ben, "cv.txt", FRONTEND.as_bytes()).created();
    t.drain();
    for other in [&ben, &admin] {
        for rest in ["", "analysis/", "text/", "download/"] {
            other.get(&at(&resume, rest)).status(404);
        }
        for rest in ["reanalyze/", "undo-sync/"] {
            other.post(&at(&resume, rest), json!({})).status(404);
        }
        other.patch(&at(&resume, ""), json!({"label": "mine"})).status(404);
        other.put(&at(&resume, ""), json!({"label": "mine"})).status(404);
        other.delete(&at(&resume, "")).status(404);
        other.get(&format!("/api/resumes/compare/?resume1={}&resume2={}", own["id"], resume["id"])).status(409);
    }
    assert_eq!(admin.get("/api/resumes/").ok()["count"], 0);
    ann.get("/api/resumes/x/").status(404);
    ann.get("/api/resumes/999/").status(404);
    t.visitor().get(&at(&resume, "")).status(401);
}

#[test]
fn one_of_a_person_is_primary() {
    let t = house();
    let ann = t.user("ann");
    let first = send(&ann, "a.txt", BACKEND.as_bytes()).created();
    let second = send(&ann, "b.txt", FRONTEND.as_bytes()).created();
    assert_eq!((&first["is_primary"], &second["is_primary"]), (&json!(true), &json!(false)));
    assert_eq!(ann.patch(&at(&second, ""), json!({"is_primary": true})).ok()["label"], "");
    assert_eq!(ann.get(&at(&first, "")).ok()["is_primary"], false);
    assert_eq!(ann.get("/api/onboarding/cv/").ok()["id"], second["id"]);
    let put = ann.put(&at(&second, ""), json!({"label": " Web "})).ok();
    assert_eq!((&put["label"], &put["is_primary"]), (&json!("Web"), &json!(false)));
    ann.get("/api/onboarding/cv/").status(404);
    assert_eq!(ann.patch(&at(&second, ""), json!({"label": 3, "is_primary": "x"})).faults(), ["is_primary", "label"]);

    let third = ann.send(
        Method::Post,
        "/api/onboarding/cv/",
        Some(form("cv", "c.odt", &document("table-and-box.odt"), &[])),
        &[],
    );
    let third = third.created();
    assert_eq!(third["is_primary"], true);
    assert_eq!(
        ann.send(Method::Post, "/api/onboarding/cv/", Some(form("x", "c", b"words", &[])), &[]).faults(),
        ["cv"]
    );
    ann.delete("/api/onboarding/cv/").empty();
    ann.get(&at(&third, "")).status(404);
    ann.delete("/api/onboarding/cv/").status(404);

    let old = ann.get(&at(&first, ""));
    let tag = old.header("ETag").unwrap().to_owned();
    ann.patch(&at(&first, ""), json!({"label": "changed"})).ok();
    ann.call(Method::Patch, &at(&first, ""), Some(json!({"label": "late"})), &[("If-Match", &tag)]).status(412);
    ann.call(Method::Delete, &at(&first, ""), None, &[("If-Match", &tag)]).status(412);
}

#[test]
fn a_deleted_one_leaves_nothing_but_the_skills() {
    let t = house();
    let ann = t.user("ann");
    let resume = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    t.drain();
    let skills = held(&ann);
    ann.delete(&at(&resume, "")).empty();
    ann.get(&at(&resume, "")).status(404);
    assert_eq!((stored(&t), t.query::<i64>("SELECT count(*) FROM resume_contents")), (0, 0));
    assert_eq!(held(&ann), skills);
    // Also while it waits: the task that finds nothing does nothing.
    let resume = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    ann.delete(&at(&resume, "")).empty();
    t.drain();
}

#[test]
fn a_download_keeps_its_name_and_stays_in_its_sandbox() {
    let t = house();
    let ann = t.user("ann");
    let (kind, body) = form("file", "Zoë; résumé.txt", BACKEND.as_bytes(), &[]);
    let resume = ann.send(Method::Post, "/api/resumes/", Some((kind, body)), &[]).created();
    let file = ann.get(resume["file"].as_str().unwrap());
    assert_eq!(file.bytes, BACKEND.as_bytes());
    assert_eq!(file.header("Content-Security-Policy"), Some("sandbox"));
    assert_eq!(file.header("X-Content-Type-Options"), Some("nosniff"));
    let name = file.header("Content-Disposition").unwrap();
    assert_eq!(name, "attachment; filename=\"Zo__ r_sum_.txt\"; filename*=UTF-8''Zo%C3%AB%3B%20r%C3%A9sum%C3%A9.txt");
}

#[test]
fn two_of_ones_own_can_be_compared() {
    let t = house();
    let ann = t.user("ann");
    let one = send(&ann, "a.txt", BACKEND.as_bytes()).created();
    let two = send(&ann, "b.txt", FRONTEND.as_bytes()).created();
    let path = format!("/api/resumes/compare/?resume1={}&resume2={}", one["id"], two["id"]);
    ann.get(&path).status(409);
    t.drain();
    let compared = ann.get(&path).ok();
    let has = |field: &str, name: &str| compared[field].as_array().unwrap().contains(&json!(name));
    assert!(
        has("resume1_unique_skills", "Django") && has("resume2_unique_skills", "React") && has("common_skills", "Git")
    );
    let (a, b) = (compared["resume1_score"].as_i64().unwrap(), compared["resume2_score"].as_i64().unwrap());
    assert_eq!(compared["score_difference"], a - b);
    let terms = compared["terms"].as_object().unwrap();
    assert_eq!(terms.len(), 6);
    assert_eq!(terms.values().map(|it| it[0].as_i64().unwrap()).sum::<i64>(), a);
    assert_eq!(terms.values().map(|it| it[1].as_i64().unwrap()).sum::<i64>(), b);
    assert_eq!(ann.get("/api/resumes/compare/?resume1=x").faults(), ["resume1", "resume2"]);
    ann.get(&format!("/api/resumes/compare/?resume1={}&resume2=999", one["id"])).status(409);
}

#[test]
fn another_analysis_replaces_the_result_only_when_it_is_there() {
    let t = house();
    let ann = t.user("ann");
    let resume = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    t.drain();
    let before = ann.get(&at(&resume, "analysis/")).ok();
    t.pass(chrono::Duration::minutes(1));
    let again = ann.post(&at(&resume, "reanalyze/"), json!({})).status(202);
    assert_eq!(again["analysis_status"], "pending");
    let waiting = ann.get(&at(&resume, "analysis/"));
    assert_eq!(waiting.header("Retry-After"), Some("2"));
    assert_eq!(waiting.ok()["extracted_skills"], before["extracted_skills"]);
    ann.post(&at(&resume, "reanalyze/"), json!({})).status(409);
    t.drain();
    let after = ann.get(&at(&resume, "analysis/")).ok();
    assert_eq!(after["total_score"], before["total_score"]);
    assert_ne!(after["analyzed_at"], before["analyzed_at"]);
}

#[test]
fn twenty_are_kept_and_fifty_analyses_made_a_day() {
    let t = TestApp::with(|config| config.resumes.max_per_user = 2);
    let ann = t.user("ann");
    let first = send(&ann, "a.txt", BACKEND.as_bytes()).created();
    send(&ann, "b.txt", FRONTEND.as_bytes()).created();
    send(&ann, "c.txt", b"A third one.").status(409);
    send(&ann, "a.txt", BACKEND.as_bytes()).ok();
    for _ in 2..50 {
        t.drain();
        ann.post(&at(&first, "reanalyze/"), json!({})).status(202);
    }
    t.drain();
    let refused = ann.post(&at(&first, "reanalyze/"), json!({}));
    assert_eq!(refused.status(429)["limit_type"], "day");
    assert!(refused.header("Retry-After").unwrap().parse::<i64>().unwrap() > 80_000);
    // To delete one makes room, and no further analyses.
    ann.delete(&at(&first, "")).empty();
    send(&ann, "c.txt", b"A third one.").status(429);
    t.pass(chrono::Duration::days(1));
    send(&back(&t, &ann), "c.txt", b"A third one.").created();
}

/// Runs one task here and now, as a worker that is killed would have begun it.
fn run(t: &TestApp, kind: &'static str, args: Value) {
    t.write(move |tx| tx.enqueue_named(&worker::registry(), kind, args).map(drop));
    t.drain();
}

#[test]
fn a_run_that_was_broken_off_anywhere_has_the_effect_of_once() {
    for broken in ["pending", "analyzing", "without text"] {
        let t = house();
        let ann = t.user("ann");
        let resume = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
        match broken {
            "analyzing" => t.write(|tx| Ok(tx.execute("UPDATE resumes SET analysis_status = 'analyzing'", [])?)),
            "without text" => t.write(|tx| Ok(tx.execute("UPDATE resume_contents SET read_run = 0, text = ''", [])?)),
            _ => 0,
        };
        t.drain();
        let after = ann.get(&at(&resume, "analysis/")).ok();
        assert_eq!(after["analysis_status"], "completed", "{broken}");
        // Delivered again, the same run finds that all is done.
        t.write(|tx| Ok(tx.execute("UPDATE Jobs SET status = 'Pending', lock_by = NULL, attempts = 0", [])?));
        t.drain();
        assert_eq!(ann.get(&at(&resume, "analysis/")).ok(), after);
        assert_eq!(
            t.query::<i64>("SELECT count(*) FROM events WHERE kind IN ('resumes.analyzed', 'skills.synced')"),
            2
        );
    }
}

#[test]
fn a_run_that_was_lost_is_found() {
    let t = house();
    let ann = t.user("ann");
    let resume = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    // While its task waits it is left alone, however long that takes.
    t.pass(chrono::Duration::hours(1));
    let tasks = "SELECT count(*) FROM tasks WHERE kind = 'analyze_resume_async'";
    t.write(|tx| tx.enqueue(&BatchAnalyzeResumes::default()));
    t.write(|tx| Ok(tx.execute("UPDATE Jobs SET run_at = run_at + 7200 WHERE kind = 'analyze_resume_async'", [])?));
    t.drain();
    assert_eq!(
        (t.query::<i64>(tasks), back(&t, &ann).get(&at(&resume, "")).ok()["analysis_status"].clone()),
        (1, json!("pending"))
    );
    // Without a task it is queued anew.
    t.write(|tx| Ok(tx.execute("DELETE FROM Jobs", [])?));
    run(&t, "batch_analyze_resumes", json!({}));
    let ann = back(&t, &ann);
    assert_eq!(ann.get(&at(&resume, "")).ok()["analysis_status"], "completed");
    // A task that was given up is the end of it, which is told.
    ann.post(&at(&resume, "reanalyze/"), json!({})).status(202);
    t.write(|tx| Ok(tx.execute("UPDATE Jobs SET status = 'Killed' WHERE status = 'Pending'", [])?));
    t.pass(chrono::Duration::minutes(11));
    run(&t, "batch_analyze_resumes", json!({}));
    let ann = back(&t, &ann);
    let resume = ann.get(&at(&resume, "")).ok();
    assert_eq!(resume["analysis_status"], "failed");
    assert!(resume["reason"].as_str().unwrap().contains("could not be finished"));
    // A newer version of the analysis is asked for by name.
    run(&t, "batch_analyze_resumes", json!({"all": true}));
    t.write(|tx| Ok(tx.execute("UPDATE resumes SET model_version = 'older'", [])?));
    run(&t, "batch_analyze_resumes", json!({"all": true}));
    assert_eq!(ann.get(&at(&resume, "")).ok()["analysis_status"], "completed");
}

#[test]
fn an_operator_can_ask_for_an_analysis_or_the_text() {
    let t = house();
    let ann = t.user("ann");
    let resume = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    t.drain();
    t.write(|tx| Ok(tx.execute("UPDATE resume_contents SET text = ''", [])?));
    run(&t, "extract_resume_text_async", json!({"resume": resume["id"]}));
    assert!(ann.get(&at(&resume, "text/")).ok()["extracted_text"].as_str().unwrap().starts_with("Marta"));
    t.pass(chrono::Duration::minutes(1));
    run(&t, "analyze_resume_async", json!({"resume": resume["id"]}));
    assert_ne!(ann.get(&at(&resume, "")).ok()["analyzed_at"], resume["analyzed_at"]);
    t.write(|tx| tx.enqueue(&AnalyzeResume { resume: Id::new(999), run: None }));
    t.drain();
}

#[test]
fn what_a_crash_and_time_leave_over_is_cleaned() {
    let t = house();
    let ann = t.user("ann");
    let kept = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    let failed = send(&ann, "few.txt", b"Hello there").created();
    let forgotten = send(&ann, "less.txt", b"Hello").created();
    t.drain();
    // A file whose row was never written.
    t.app.files.put_own(Kind::Resume, b"orphan").unwrap().keep();
    let unfinished = t.folder().join("files/resumes/.new-half");
    fs::write(&unfinished, b"half a fi").unwrap();
    assert_eq!(stored(&t), 4);
    let clean = || {
        t.write(|tx| tx.enqueue(&CleanupOldResumes { days: 90 }));
        t.drain();
    };
    clean();
    assert_eq!(stored(&t), 4, "its row may be about to be written");
    assert!(unfinished.exists());
    t.pass(chrono::Duration::days(60));
    clean();
    assert_eq!(stored(&t), 3);
    assert!(!unfinished.exists());
    back(&t, &ann).get(&at(&failed, "")).ok();
    t.pass(chrono::Duration::days(60));
    clean();
    let ann = back(&t, &ann);
    ann.get(&at(&forgotten, "")).status(404);
    ann.get(&at(&failed, "")).ok();
    assert_eq!(ann.get(&at(&kept, "download/")).bytes, BACKEND.as_bytes());
    assert_eq!(stored(&t), 2);
}

#[test]
fn a_refused_write_keeps_no_file() {
    let t = house();
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
    let t = house();
    let ann = t.user("ann");
    let limit = |pages: i64| {
        t.write(
            move |tx| Ok(tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get::<_, i64>(0))?),
        )
    };
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
fn analyses_are_made_at_the_command_line_as_well() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), BACKEND).unwrap();
    fs::write(folder.path().join("b.pdf"), document("chromium-sidebar.pdf")).unwrap();
    fs::write(folder.path().join("c.pdf"), b"%PDF-1.7 broken").unwrap();
    let args = ["analyze", "--json", "--as-of", "2024-01-01", "a.txt", "c.pdf", "b.pdf", "missing.pdf"];
    let told = careerd(folder.path(), &args, "", &[]);
    assert_eq!(told.status.code(), Some(1));
    let lines: Vec<Value> =
        told.stdout.split(|it| *it == b'\n').filter_map(|it| serde_json::from_slice(it).ok()).collect();
    let files: Vec<_> = lines.iter().map(|it| it["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["a.txt", "c.pdf", "b.pdf", "missing.pdf"]);
    assert_eq!(
        (&lines[0]["file_type"], &lines[0]["years_of_experience"], &lines[0]["error"]),
        (&json!("txt"), &json!(5.0), &Value::Null)
    );
    assert!(lines[0]["skills"]["Python"].as_f64().unwrap() > 0.3 && lines[0]["total_score"].as_i64().unwrap() > 0);
    assert!(lines[0]["extracted_text"].as_str().unwrap().ends_with("Redis, Git"), "{}", lines[0]["extracted_text"]);
    assert_eq!((&lines[2]["file_type"], &lines[2]["error"]), (&json!("pdf"), &Value::Null));
    for failed in [&lines[1], &lines[3]] {
        assert!(failed["error"].as_str().unwrap().ends_with('.') && failed["total_score"].is_null());
    }
    let table = careerd(folder.path(), &["analyze", "a.txt"], "", &[]);
    assert!(table.status.success() && String::from_utf8_lossy(&table.stdout).contains("Python"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "no data folder is made");
    assert_eq!(careerd(folder.path(), &["analyze"], "", &[]).status.code(), Some(2));
}

#[test]
fn a_storm_of_uploads_leaves_the_rest_quick() {
    let t = house();
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
