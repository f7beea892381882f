//! Résumés as their owners keep them: private, compared, downloaded, deleted.

use std::{fs, io::Write as _, path::Path};

use careerd::{platform::files::Kind, resumes::tasks::CleanupOldResumes};
use rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::app::{Member, Reply, TestApp};

pub const BACKEND: &str = "Marta Kovalenko\nBackend engineer\nmarta@example.org, Lviv\n\nSummary\nBackend engineer who likes \
    quiet services.\n\nExperience\nBackend Engineer, Example Ltd, 01/2018 - 12/2022\n- Wrote services in Python and Django \
    over PostgreSQL, cut latency by 40 %\n- Moved them to Docker and Kubernetes\n\nEducation\nLviv Polytechnic, 2014 - \
    2018\n\nSkills\nPython, Django, PostgreSQL, Docker, Kubernetes, Redis, Git\n";
pub const FRONTEND: &str = "Ivan Frontendenko\nFrontend developer\nivan@example.org\n\nExperience\nFrontend developer, \
    Sample GmbH, 03/2020 - 02/2022\n- Built pages in React and TypeScript with CSS, used by 2000 people\n\nSkills\nReact, \
    TypeScript, JavaScript, CSS, HTML, Git\n";

pub fn document(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name)).unwrap()
}

/// A form with one file under this field.
pub fn form(field: &str, name: &str, bytes: &[u8], texts: &[(&str, &str)]) -> (ContentType, Vec<u8>) {
    let mut body = vec![];
    for (text, value) in texts {
        write!(body, "--edge\r\nContent-Disposition: form-data; name=\"{text}\"\r\n\r\n{value}\r\n").unwrap();
    }
    write!(body, "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n").unwrap();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    (ContentType::new("multipart", "form-data").with_params(("boundary", "edge")), body)
}

pub fn send(member: &Member<'_>, name: &str, bytes: &[u8]) -> Reply {
    member.upload("/api/resumes/", name, bytes, &[])
}

pub fn at(resume: &Value, rest: &str) -> String {
    format!("/api/resumes/{}/{rest}", resume["id"])
}

/// The proficiency of each held skill.
pub fn held(member: &Member<'_>) -> Vec<(String, String)> {
    let rows = member.get("/api/user-skills/?page_size=100&ordering=skill").ok();
    let word = |it: &Value| it.as_str().unwrap().to_owned();
    rows["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (word(&it["skill"]["name"]), word(&it["proficiency_level"])))
        .collect()
}

/// Files kept for résumés.
pub fn stored(t: &TestApp) -> usize {
    // What follows a commit is over before the next begins.
    t.write(|_| Ok(()));
    t.app.files.list(Kind::Resume).unwrap().len()
}

#[test]
fn resumes_of_others_are_not_there() {
    let t = TestApp::stocked();
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
    let t = TestApp::stocked();
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
    let t = TestApp::stocked();
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
    let t = TestApp::stocked();
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
    let t = TestApp::stocked();
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
fn what_a_crash_and_time_leave_over_is_cleaned() {
    let t = TestApp::stocked();
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
    t.sign_in_again(&ann).get(&at(&failed, "")).ok();
    t.pass(chrono::Duration::days(60));
    clean();
    let ann = t.sign_in_again(&ann);
    ann.get(&at(&forgotten, "")).status(404);
    ann.get(&at(&failed, "")).ok();
    assert_eq!(ann.get(&at(&kept, "download/")).bytes, BACKEND.as_bytes());
    assert_eq!(stored(&t), 2);
}
