//! The way somebody takes through the house, from an empty folder to a recommendation and what follows from it.

use std::{fs, path::Path};

use careerd::achievements;
use serde_json::{Value, json};

use crate::app::TestApp;

fn names(list: &Value, of: impl Fn(&Value) -> &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|it| of(it).as_str().unwrap().to_owned()).collect()
}

#[test]
fn from_an_empty_folder_to_a_recommendation_and_what_follows() {
    let t = TestApp::stocked();
    t.write(achievements::service::fill);
    walk(&t);
}

/// The whole way, in a house with its catalogue and without jobs.
pub fn walk(t: &TestApp) {
    // Somebody posts jobs, one of which fits.
    let ann = t.recruiter("ann");
    let fitting = ann
        .post(
            "/api/jobs/",
            json!({"title": "Backend developer", "description": "Services in Python.", "company_name": "Acme",
                "location": "Lviv, Ukraine", "job_type": "full-time", "experience_level": "senior",
                "required_skills": ["Python", "PostgreSQL", "Django"], "nice_to_have_skills": ["Kubernetes", "Erlang"]}),
        )
        .created();
    ann.post(
        "/api/jobs/",
        json!({"title": "Nurse", "description": "A ward.", "company_name": "St Anne", "location": "Oslo, Norway",
            "job_type": "part-time", "required_skills": ["Patient care"]}),
    )
    .created();

    // Somebody registers, says what they can do, and uploads a résumé.
    let dana = t.user("dana");
    dana.post("/api/user-skills/", json!({"skill_name": "SQL", "proficiency_level": "advanced"})).created();
    let pdf = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/chromium-one-column.pdf")).unwrap();
    let resume = dana.upload("/api/resumes/", "marta.pdf", &pdf, &[]).created();
    assert_eq!((&resume["analysis_status"], &resume["file_type"]), (&json!("pending"), &json!("pdf")));
    t.drain();

    // What was found stands in the text, where the evidence says.
    let analysis = dana.get(&format!("/api/resumes/{}/analysis/", resume["id"])).ok();
    assert_eq!(analysis["analysis_status"], "completed");
    let sum: i64 = analysis["terms"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum();
    assert_eq!(analysis["total_score"], sum);
    let text = dana.get(&format!("/api/resumes/{}/text/", resume["id"])).ok();
    for evidence in analysis["evidence"].as_array().unwrap() {
        for place in evidence["found"].as_array().unwrap() {
            assert!(text["extracted_text"].as_str().unwrap().contains(place["text"].as_str().unwrap()), "{place}");
        }
    }

    // The profile has the skills.
    let held = dana.get("/api/users/me/skills/?page_size=100").ok();
    let held = names(&held["results"], |it| &it["skill"]["name"]);
    for skill in ["SQL", "Python", "Django", "PostgreSQL", "Kubernetes"] {
        assert!(held.iter().any(|it| it == skill), "{skill} is not among {held:?}");
    }

    // The fitting job comes first, with its reasons.
    let recommended = dana.get("/api/users/me/recommendations/jobs/").ok();
    let first = &recommended[0];
    assert_eq!(first["job"]["id"], fitting["id"]);
    let matched = names(&first["matched_skills"], |it| it);
    assert!(["Python", "Django", "PostgreSQL"].iter().all(|it| matched.iter().any(|held| held == it)), "{first}");
    assert_eq!(first["missing_skills"], json!(["Erlang"]));
    let terms: i64 = first["terms"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum();
    assert_eq!(first["match_percentage"], terms);
    assert!(first["reason"].as_str().unwrap().ends_with('.'));
    assert_eq!(dana.get("/api/users/me/recommendations/").ok()["recommended_jobs"][0]["job"]["id"], fitting["id"]);

    // Applying is told to the recruiter, and what was done is earned, told and mailed.
    dana.post(&format!("/api/jobs/{}/apply/", fitting["id"]), json!({"resume_id": resume["id"]})).created();
    t.drain();
    assert_eq!(dana.get("/api/users/me/recommendations/jobs/").ok()[0]["job"]["title"], "Nurse");
    let earned = dana.get("/api/users/me/achievements/").ok();
    let earned = names(&earned["results"], |it| &it["achievement"]["key"]);
    assert!(earned.contains(&"first_resume".to_owned()) && earned.contains(&"skill_master".to_owned()), "{earned:?}");
    let points = dana.get("/api/users/me/points/").ok();
    assert_eq!(points["points"], 75);
    assert_eq!(points["rank"], 1);
    let told = names(&dana.get("/api/notifications/").ok()["results"], |it| &it["title"]);
    assert!(told.iter().any(|it| it.contains("Resume Master")), "{told:?}");
    let poster_told = names(&ann.get("/api/notifications/").ok()["results"], |it| &it["title"]);
    assert!(poster_told.iter().any(|it| it.contains("dana applied")), "{poster_told:?}");
    let mails = t.mails();
    let welcome: Vec<_> = mails.iter().filter(|it| it.contains("dana@example.org") && it.contains("Welcome")).collect();
    assert_eq!(welcome.len(), 1, "one welcome mail among {} mails", mails.len());

    // The recruiter moves the application on; each step is kept.
    let applicants = ann.get(&format!("/api/jobs/{}/applicants/", fitting["id"])).ok();
    let application = applicants["results"][0]["id"].clone();
    ann.post(&format!("/api/job-applications/{application}/update_status/"), json!({"status": "interview"})).ok();
    let history = dana.get(&format!("/api/job-applications/{application}/history/")).ok();
    let steps: Vec<_> =
        history["results"].as_array().or(history.as_array()).unwrap().iter().map(|it| it["to"].clone()).collect();
    assert_eq!(steps, [json!("applied"), json!("interview")]);
}
