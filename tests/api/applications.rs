//! Applications and their rules.

use careerd::{jobs, platform::id::Id};
use rocket::http::Method;
use serde_json::json;

use crate::{
    app::{Member, TestApp},
    jobs::{demand, post},
};

#[test]
fn applying_twice_keeps_one_application() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, json!({}));
    rita.post(&format!("{job}apply/"), json!({})).status(403);
    t.visitor().post(&format!("{job}apply/"), json!({})).status(401);
    let first = ann.post(&format!("{job}apply/"), json!({"cover_letter": "Because."})).created();
    let same = ann.post("/api/job-applications/", json!({"job": first["job"]["id"], "cover_letter": "Other."})).ok();
    assert_eq!(first, same);
    assert_eq!((&first["status"], &first["job_title"]), (&json!("applied"), &json!("Rust developer")));
    assert_eq!(ann.get(&job).ok()["my_application"]["id"], first["id"]);
    assert_eq!(ann.get(&job).ok()["total_applications"], 1);
    assert_eq!(ann.post("/api/job-applications/", json!({"cover_letter": 5})).faults(), ["cover_letter", "job_id"]);
    assert_eq!(ann.post("/api/job-applications/", json!({"job_id": 999})).faults(), ["job_id"]);
    ann.post("/api/jobs/999/apply/", json!({})).status(404);
}

#[test]
fn a_withdrawn_application_can_be_made_again() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, json!({}));
    let first = ann.post(&format!("{job}apply/"), json!({"cover_letter": "Because."})).created();
    let address = format!("/api/job-applications/{}/", first["id"]);
    assert_eq!(ann.post(&format!("{address}withdraw/"), json!({"note": "Moving away."})).ok()["status"], "withdrawn");
    assert_eq!(t.visitor().get(&job).ok()["total_applications"], 0);
    ann.delete(&address).status(409);
    let second = ann.post(&format!("{job}apply/"), json!({"cover_letter": "Again."})).ok();
    assert_eq!((&second["id"], &second["cover_letter"]), (&first["id"], &json!("Again.")));
    assert_eq!(t.visitor().get(&job).ok()["total_applications"], 1);
    ann.delete(&address).empty();
    let history = ann.get(&format!("{address}history/")).ok();
    let steps: Vec<_> =
        history["results"].as_array().unwrap().iter().map(|it| (it["from"].clone(), it["to"].clone())).collect();
    assert_eq!(
        steps,
        [
            (json!(null), json!("applied")),
            (json!("applied"), json!("withdrawn")),
            (json!("withdrawn"), json!("applied")),
            (json!("applied"), json!("withdrawn"))
        ]
    );
    assert_eq!(history["results"][1]["note"], "Moving away.");
    assert_eq!(history["results"][1]["by"]["username"], "ann");
}

#[test]
fn applications_move_only_as_the_state_machine_says() {
    let all = ["applied", "interview", "offered", "accepted", "rejected", "withdrawn"];
    let allowed = [
        ("applied", "interview"),
        ("interview", "offered"),
        ("offered", "accepted"),
        ("interview", "accepted"),
        ("applied", "rejected"),
        ("interview", "rejected"),
        ("offered", "rejected"),
    ];
    let ways: [(&str, &[&str]); 5] = [
        ("applied", &[]),
        ("interview", &["interview"]),
        ("offered", &["interview", "offered"]),
        ("accepted", &["interview", "accepted"]),
        ("rejected", &["rejected"]),
    ];
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    for (from, way) in ways {
        for to in all {
            let job = post(&rita, json!({}));
            let application = ann.post(&format!("{job}apply/"), json!({})).created();
            let address = format!("/api/job-applications/{}/update_status/", application["id"]);
            for step in way {
                rita.post(&address, json!({"status": step})).ok();
            }
            let reply = rita.put(&address, json!({"status": to, "note": "So be it."}));
            if allowed.contains(&(from, to)) {
                assert_eq!(reply.ok()["status"], to);
            } else {
                reply.status(409);
            }
            let withdrawn = ann.post(&format!("/api/job-applications/{}/withdraw/", application["id"]), json!({}));
            let now = if allowed.contains(&(from, to)) { to } else { from };
            assert_eq!(withdrawn.status.code, if matches!(now, "accepted" | "rejected") { 409 } else { 200 }, "{now}");
        }
    }
    let wrong: i64 = t.query(
        "SELECT count(*) FROM job_opportunities j WHERE total_applications <>
             (SELECT count(*) FROM job_applications a WHERE a.job_id = j.id AND a.status <> 'withdrawn')",
    );
    assert_eq!(wrong, 0);
}

#[test]
fn applications_are_private_to_applicant_and_poster() {
    let t = TestApp::stocked();
    let (rita, ann, eve, admin) = (t.recruiter("rita"), t.user("ann"), t.recruiter("eve"), t.admin("root1"));
    let job = post(&rita, json!({}));
    let application = ann.post(&format!("{job}apply/"), json!({})).created();
    let address = format!("/api/job-applications/{}/", application["id"]);
    for call in [
        eve.get(&address),
        eve.get(&format!("{address}history/")),
        eve.delete(&address),
        eve.patch(&address, json!({})),
    ] {
        call.status(404);
    }
    eve.post(&format!("{address}update_status/"), json!({"status": "interview"})).status(404);
    ann.post(&format!("{address}update_status/"), json!({"status": "interview"})).status(403);
    assert_eq!(rita.post(&format!("{address}update_status/"), json!({"status": "hired"})).faults(), ["status"]);
    rita.patch(&address, json!({"cover_letter": "x"})).status(403);
    eve.get(&format!("{job}applicants/")).status(403);
    ann.get(&format!("{job}applicants/")).status(403);
    let applicants = rita.get(&format!("{job}applicants/?search=an&ordering=-match")).ok();
    assert_eq!(applicants["results"][0]["user"]["username"], "ann");
    assert!(applicants["results"][0]["match_percentage"].is_i64());
    admin.get(&format!("{job}applicants/")).ok();
    assert_eq!(admin.get(&address).ok()["history"][0]["to"], "applied");
    assert_eq!(rita.get("/api/job-applications/").ok()["count"], 0);
    assert_eq!(ann.get("/api/job-applications/?status=applied&search=rust").ok()["count"], 1);
    assert_eq!(ann.get("/api/job-applications/?status=rejected").ok()["count"], 0);
}

#[test]
fn an_application_can_be_rewritten_only_until_somebody_moves_it() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, json!({}));
    let application = ann.post(&format!("{job}apply/"), json!({"cover_letter": "Old."})).created();
    let address = format!("/api/job-applications/{}/", application["id"]);
    assert_eq!(ann.patch(&address, json!({"cover_letter": "New.", "status": "accepted"})).ok()["cover_letter"], "New.");
    assert_eq!(ann.put(&address, json!({})).ok()["cover_letter"], "");
    rita.post(&format!("{address}update_status/"), json!({"status": "interview"})).ok();
    ann.patch(&address, json!({"cover_letter": "Newer."})).status(409);
}

#[test]
fn the_match_is_that_of_the_day_of_applying() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, json!({}));
    ann.post("/api/user-skills/", json!({"skill_name": "Rust", "proficiency_level": "expert"})).created();
    let then = ann.get(&job).ok()["match_percentage"].clone();
    ann.post(&format!("{job}apply/"), json!({})).created();
    ann.post("/api/user-skills/", json!({"skill_name": "SQL", "proficiency_level": "expert"})).created();
    assert_ne!(ann.get(&job).ok()["match_percentage"], then);
    assert_eq!(rita.get(&format!("{job}applicants/")).ok()["results"][0]["match_percentage"], then);
}

#[test]
fn history_is_only_added_to() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.post(&format!("{}apply/", post(&rita, json!({}))), json!({})).created();
    let rewritten = t.block_on(t.app.db.write(|tx| Ok(tx.execute("UPDATE application_changes SET note = 'x'", [])?)));
    assert!(rewritten.is_err());
}

#[test]
fn an_erased_account_leaves_exact_counters() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, json!({}));
    ann.post(&format!("{job}apply/"), json!({})).created();
    let (ann, rita_id) = (Id::new(ann.id), Id::new(rita.id));
    t.write(move |tx| jobs::service::forget_user(tx, ann));
    assert_eq!(t.visitor().get(&job).ok()["total_applications"], 0);
    t.write(move |tx| jobs::service::forget_user(tx, rita_id));
    assert_eq!(t.visitor().get(&job).ok()["status"], "closed");
    assert_eq!(demand(&t, "Rust"), 0);
    assert_eq!(t.write(jobs::service::recount), 0);
}

#[test]
fn fifty_people_who_apply_at_once_are_all_counted() {
    let t = TestApp::stocked();
    let job = post(&t.recruiter("rita"), json!({}));
    let people: Vec<_> = (0..50).map(|nth| t.user(&format!("user{nth}"))).collect();
    let apply = |it: &Member<'_>| it.ready(Method::Post, &format!("{job}apply/"));
    assert_eq!(t.at_once(people.iter().map(apply).collect()), [201; 50]);
    assert_eq!(t.visitor().get(&job).ok()["total_applications"], 50);
    let withdraw = |it: &Member<'_>| {
        let mine = it.get("/api/job-applications/").ok()["results"][0]["id"].clone();
        it.ready(Method::Delete, &format!("/api/job-applications/{mine}/"))
    };
    // Each of 25 people withdraws twice at once: one of the two calls finds nothing to take back.
    let twice: Vec<_> = people[..25].iter().flat_map(|it| [withdraw(it), withdraw(it)]).collect();
    let statuses = t.at_once(twice);
    assert_eq!(statuses.iter().filter(|it| **it == 204).count(), 25);
    assert_eq!(statuses.iter().filter(|it| **it == 409).count(), 25);
    assert_eq!(t.visitor().get(&job).ok()["total_applications"], 25);
    assert_eq!(t.write(jobs::service::recount), 0);
}

#[test]
fn only_the_poster_reads_the_resume_that_was_sent_along() {
    let t = TestApp::stocked();
    let (rita, ann, eve, admin) = (t.recruiter("rita"), t.user("ann"), t.recruiter("eve"), t.admin("root1"));
    let job = post(&rita, json!({}));
    let text = "Ann Example\nSkills\nRust, SQL, Docker\nExperience\n2019 - 2024 Backend developer at Acme";
    let resume = ann.upload("/api/resumes/", "cv.txt", text.as_bytes(), &[]).created();
    assert_eq!(eve.post(&format!("{job}apply/"), json!({"resume_id": resume["id"]})).faults(), ["resume_id"]);
    let application = ann.post(&format!("{job}apply/"), json!({"resume_id": resume["id"]})).created();
    assert_eq!(application["resume_id"], resume["id"]);
    let address = format!("/api/job-applications/{}/resume/", application["id"]);
    let sent = rita.get(&address);
    sent.status(200);
    assert_eq!(sent.text(), text);
    assert!(sent.header("Content-Disposition").unwrap().starts_with("attachment"));
    admin.get(&address).status(403);
    ann.get(&address).status(403);
    eve.get(&address).status(404);
    ann.delete(&format!("/api/resumes/{}/", resume["id"])).empty();
    rita.get(&address).status(404);
    assert_eq!(ann.get(&format!("/api/job-applications/{}/", application["id"])).ok()["resume_id"], json!(null));
}
