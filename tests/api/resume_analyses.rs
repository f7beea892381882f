//! What an analysis finds, what it does to the skills of its owner, and that it is made once whatever breaks.

use std::fs;

use careerd::{
    platform::id::Id,
    resumes::tasks::{AnalyzeResume, BatchAnalyzeResumes},
    worker,
};
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    cli::careerd,
    resumes::{BACKEND, FRONTEND, at, document, held, send},
};

#[test]
fn a_resume_is_analysed_and_its_owner_then_holds_the_skills() {
    let t = TestApp::stocked();
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
    let t = TestApp::stocked();
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
    let t = TestApp::stocked();
    let ann = t.user("ann");
    send(&ann, "cv.txt", BACKEND.replace("Redis", "Zorbaflux").as_bytes()).created();
    t.drain();
    let suggested: i64 =
        t.query("SELECT count(*) FROM skill_suggestions WHERE name = 'Zorbaflux' AND status = 'pending'");
    assert_eq!(suggested, 1);
}

#[test]
fn pages_of_pictures_need_ocr() {
    let t = TestApp::stocked();
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
fn another_analysis_replaces_the_result_only_when_it_is_there() {
    let t = TestApp::stocked();
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
    send(&t.sign_in_again(&ann), "c.txt", b"A third one.").created();
}

/// Runs one task here and now, as a worker that is killed would have begun it.
fn run(t: &TestApp, kind: &'static str, args: Value) {
    t.write(move |tx| tx.enqueue_named(&worker::registry(), kind, args).map(drop));
    t.drain();
}

#[test]
fn a_run_that_was_broken_off_anywhere_has_the_effect_of_once() {
    for broken in ["pending", "analyzing", "without text"] {
        let t = TestApp::stocked();
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
    let t = TestApp::stocked();
    let ann = t.user("ann");
    let resume = send(&ann, "cv.txt", BACKEND.as_bytes()).created();
    // While its task waits it is left alone, however long that takes.
    t.pass(chrono::Duration::hours(1));
    let tasks = "SELECT count(*) FROM tasks WHERE kind = 'analyze_resume_async'";
    t.write(|tx| tx.enqueue(&BatchAnalyzeResumes::default()));
    t.write(|tx| Ok(tx.execute("UPDATE Jobs SET run_at = run_at + 7200 WHERE kind = 'analyze_resume_async'", [])?));
    t.drain();
    assert_eq!(
        (t.query::<i64>(tasks), t.sign_in_again(&ann).get(&at(&resume, "")).ok()["analysis_status"].clone()),
        (1, json!("pending"))
    );
    // Without a task it is queued anew.
    t.write(|tx| Ok(tx.execute("DELETE FROM Jobs", [])?));
    run(&t, "batch_analyze_resumes", json!({}));
    let ann = t.sign_in_again(&ann);
    assert_eq!(ann.get(&at(&resume, "")).ok()["analysis_status"], "completed");
    // A task that was given up is the end of it, which is told.
    ann.post(&at(&resume, "reanalyze/"), json!({})).status(202);
    t.write(|tx| Ok(tx.execute("UPDATE Jobs SET status = 'Killed' WHERE status = 'Pending'", [])?));
    t.pass(chrono::Duration::minutes(11));
    run(&t, "batch_analyze_resumes", json!({}));
    let ann = t.sign_in_again(&ann);
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
    let t = TestApp::stocked();
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
