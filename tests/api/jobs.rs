//! Postings, applications and their rules.

use std::sync::Arc;

use careerd::{jobs, platform::id::Id};
use chrono::Duration;
use rocket::{
    http::{Header, Method},
    local::asynchronous::Client,
};
use serde_json::{Value, json};

use crate::app::{Member, TestApp};

/// A house with skills to ask for.
fn house() -> TestApp {
    let t = TestApp::new();
    t.write(careerd::skills::service::fill_catalogue);
    t
}

fn rust_job() -> Value {
    json!({
        "title": "Rust developer", "description": "Builds reliable services.", "company_name": "Ferris & Co",
        "location": "Kyiv, Ukraine", "job_type": "full_time", "experience_level": "mid-level",
        "required_skill_ids": ["rust", "SQL"], "nice_to_have_skill_ids": ["Docker"],
        "salary_min": 3000, "salary_max": 5000, "salary_currency": "eur",
    })
}

fn with(mut body: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn post(recruiter: &Member<'_>, fields: Value) -> String {
    let job = recruiter.post("/api/jobs/", with(rust_job(), fields)).created();
    format!("/api/jobs/{}/", job["id"])
}

fn demand(t: &TestApp, name: &str) -> i64 {
    t.query(&format!("SELECT job_demand FROM skills WHERE name = '{name}'"))
}

fn titles(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect()
}

#[test]
fn only_recruiters_post_and_everybody_reads() {
    let t = house();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.post("/api/jobs/", rust_job()).status(403);
    t.visitor().post("/api/jobs/", rust_job()).status(401);
    let reply = rita.post("/api/jobs/", rust_job());
    let job = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("/api/jobs/{}/", job["id"]).as_str()));
    assert_eq!(job["posted_by"]["username"], "rita");
    assert_eq!((&job["job_type"], &job["experience_level"]), (&json!("full-time"), &json!("mid")));
    assert_eq!(job["required_skills"][0]["name"], "Rust");
    assert_eq!(job["required_skills"][1]["name"], "SQL");
    assert_eq!(job["nice_to_have_skills"][0]["name"], "Docker");
    assert_eq!(
        (&job["salary_currency"], &job["is_open"], &job["status"]),
        (&json!("EUR"), &json!(true), &json!("active"))
    );
    let shown = t.visitor().get(&format!("/api/jobs/{}/", job["id"])).ok();
    assert_eq!(shown, job);
    assert_eq!(t.visitor().get("/api/jobs/").ok()["results"][0], job);
    assert!(ann.get("/api/jobs/").ok()["results"][0]["match_percentage"].is_i64());
}

#[test]
fn every_wrong_field_is_told_at_once() {
    let t = house();
    let rita = t.recruiter("rita");
    let bad = json!({
        "title": "", "job_type": "slavery", "salary_min": 9, "salary_max": 3, "deadline": "2001-01-01",
        "required_skill_ids": ["Rust", "Juggling flames", 999_999], "salary_currency": "XYZ", "application_url": "ftp://x",
        "experience_level": "lead",
    });
    let faults = rita.post("/api/jobs/", bad).faults();
    assert_eq!(
        faults,
        [
            "application_url",
            "company_name",
            "deadline",
            "description",
            "experience_level",
            "job_type",
            "location",
            "required_skill_ids",
            "salary_currency",
            "salary_min",
            "title"
        ]
    );
    let many: Vec<i64> = (1..=31).collect();
    assert_eq!(
        rita.post("/api/jobs/", with(rust_job(), json!({"required_skill_ids": many}))).faults(),
        ["required_skill_ids"]
    );
}

#[test]
fn patch_touches_what_it_carries_and_put_resets_the_rest() {
    let t = house();
    let rita = t.recruiter("rita");
    let job = post(&rita, json!({"is_remote": true}));
    let patched = rita.patch(&job, json!({"title": "Rust engineer", "salary_max": null})).ok();
    assert_eq!(
        (&patched["title"], &patched["salary_max"], &patched["is_remote"]),
        (&json!("Rust engineer"), &json!(null), &json!(true))
    );
    assert_eq!(patched["required_skills"].as_array().unwrap().len(), 2);
    rita.patch(&job, json!({"salary_max": 1})).status(400);
    let mut whole = rust_job();
    whole.as_object_mut().unwrap().remove("nice_to_have_skill_ids");
    let put = rita.put(&job, whole).ok();
    assert_eq!((&put["nice_to_have_skills"], &put["is_remote"]), (&json!([]), &json!(false)));
    assert_eq!(rita.put(&job, json!({})).faults().len(), 5);
    let (ann, admin) = (t.recruiter("ann"), t.admin("root1"));
    ann.patch(&job, json!({"title": "x"})).status(403);
    admin.patch(&job, json!({"title": "Rust engineer"})).ok();
    assert_eq!(
        rita.call(Method::Patch, &job, Some(json!({"title": "y"})), &[("If-Match", "\"1-a\"")]).status.code,
        412
    );
}

#[test]
fn lists_show_open_jobs_and_closed_ones_stay_readable() {
    let t = house();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let open = post(&rita, json!({"title": "Open"}));
    let closed = post(&rita, json!({"title": "Closed"}));
    let soon = post(&rita, json!({"title": "Soon", "deadline": t.app.clock.now().plus(Duration::days(1)).to_string()}));
    rita.post(&format!("{closed}close/"), json!({})).ok();
    assert_eq!(titles(&ann.get("/api/jobs/").ok()), ["Soon", "Open"]);
    t.pass(Duration::days(2));
    let (rita, ann) = (again(&t, "rita"), again(&t, "ann"));
    assert_eq!(titles(&ann.get("/api/jobs/").ok()), ["Open"]);
    assert_eq!(titles(&ann.get("/api/jobs/?status=closed").ok()), ["Soon", "Closed"]);
    assert_eq!(ann.get("/api/jobs/?status=closed&status=active").ok()["count"], 3);
    assert_eq!(ann.get(&closed).ok()["is_open"], false);
    assert_eq!(ann.get(&soon).ok()["is_open"], false);
    assert_eq!(rita.get("/api/jobs/?mine=true").ok()["count"], 3);
    assert_eq!(ann.get("/api/jobs/?mine=true").ok()["count"], 0);
    t.visitor().get("/api/jobs/?mine=true").status(401);
    ann.post(&format!("{open}apply/"), json!({})).created();
    ann.post(&format!("{soon}apply/"), json!({})).status(409);
    ann.post(&format!("{closed}apply/"), json!({})).status(409);
    rita.post(&format!("{soon}reopen/"), json!({})).status(409);
    rita.patch(&soon, json!({"description": "Its deadline has passed, its words may change."})).ok();
    rita.post(&format!("{closed}reopen/"), json!({})).ok();
    ann.post(&format!("{closed}apply/"), json!({})).created();
}

/// The same person with a fresh token, after time has passed.
fn again<'t>(t: &'t TestApp, name: &str) -> Member<'t> {
    let answer = t.visitor().post("/api/token/", json!({"username": name, "password": crate::app::PASSWORD})).ok();
    let mut member = t.visitor();
    member.token = answer["access"].as_str().map(str::to_owned);
    name.clone_into(&mut member.name);
    member
}

#[test]
fn filters_leave_what_they_say() {
    let t = house();
    let rita = t.recruiter("rita");
    let none = json!({"salary_min": null, "salary_max": null});
    post(&rita, with(none.clone(), json!({"title": "None", "location": "Poznań, Poland"})));
    post(&rita, with(none.clone(), json!({"title": "Least", "salary_min": 4000, "company_name": "Acme"})));
    post(&rita, with(none, json!({"title": "Most", "salary_max": 2000, "job_type": "contract"})));
    post(
        &rita,
        json!({"title": "Both", "required_skill_ids": ["Python"], "nice_to_have_skill_ids": [], "experience_level": null}),
    );
    let python: i64 = t.query("SELECT id FROM skills WHERE name = 'Python'");
    let id_filter = format!("skill={python}");
    for (filter, wanted) in [
        ("salary_min=4500", vec!["Both"]),
        ("salary_min=2000", vec!["Both", "Most", "Least"]),
        ("salary_max=3500", vec!["Both"]),
        ("salary_max=4000", vec!["Both", "Least"]),
        ("location=POZNAN", vec!["None"]),
        ("location=pozna%C5%84", vec!["None"]),
        ("location=ukr", vec!["Both", "Most", "Least"]),
        ("company=cme", vec!["Least"]),
        ("job_type=contract", vec!["Most"]),
        ("job_type=contract&job_type=full_time", vec!["Both", "Most", "Least", "None"]),
        ("experience_level=mid", vec!["Most", "Least", "None"]),
        ("skill=pyTHON", vec!["Both"]),
        (&id_filter, vec!["Both"]),
        ("search=ferris", vec!["Both", "Most", "None"]),
        ("search=rust", vec![]),
        ("search=reli%20acm", vec!["Least"]),
        ("search=eliable", vec![]),
        ("posted_after=2100-01-01", vec![]),
        ("ordering=salary_min", vec!["Both", "Least", "None", "Most"]),
        ("ordering=-salary_max", vec!["Both", "Most", "Least", "None"]),
    ] {
        let page = t.visitor().get(&format!("/api/jobs/?{filter}")).ok();
        let found = titles(&page);
        if filter.starts_with("ordering") {
            assert_eq!(found[..2], wanted[..2], "{filter}");
        } else {
            assert_eq!(found, wanted, "{filter}");
        }
    }
    for (bad, field) in [
        ("skill=Juggling", "skill"),
        ("job_type=x", "job_type"),
        ("salary_min=x", "salary_min"),
        ("mine=perhaps", "mine"),
        ("ordering=colour", "ordering"),
        ("ordering=match", "ordering"),
        ("cursor=zzz", "cursor"),
    ] {
        assert_eq!(t.visitor().get(&format!("/api/jobs/?{bad}")).faults(), [field], "{bad}");
    }
}

#[test]
fn a_cursor_goes_through_all_of_them_once() {
    let t = house();
    let rita = t.recruiter("rita");
    for nth in 0..7 {
        post(&rita, json!({"title": format!("Job {nth}")}));
    }
    for ordering in ["", "&ordering=salary_min", "&ordering=deadline,-posted_at"] {
        let (mut next, mut seen) = (Some(format!("/api/jobs/?page_size=3&cursor={ordering}")), vec![]);
        while let Some(address) = next {
            let page = t.visitor().get(&address).ok();
            seen.extend(titles(&page).into_iter().map(str::to_owned));
            next = page["next"].as_str().map(|it| it[it.find("/api").unwrap()..].to_owned());
        }
        seen.sort();
        assert_eq!(seen, (0..7).map(|nth| format!("Job {nth}")).collect::<Vec<_>>(), "{ordering}");
    }
}

#[test]
fn the_best_match_comes_first() {
    let t = house();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.patch(
        "/api/users/me/",
        json!({"location": "Kyiv, Ukraine", "experience_level": "mid", "open_to_remote": false}),
    )
    .ok();
    ann.post("/api/user-skills/", json!({"skill_name": "Rust", "proficiency_level": "expert"})).created();
    ann.post("/api/user-skills/", json!({"skill_name": "SQL", "proficiency_level": "expert"})).created();
    post(&rita, json!({"title": "Good"}));
    post(
        &rita,
        json!({"title": "Poor", "required_skill_ids": ["Python"], "experience_level": "entry", "location": "Oslo"}),
    );
    post(&rita, json!({"title": "Best", "nice_to_have_skill_ids": []}));
    post(&rita, json!({"title": "Other", "required_skill_ids": ["Python"]}));
    let page = ann.get("/api/jobs/?ordering=-match").ok();
    assert_eq!(titles(&page), ["Best", "Good", "Other", "Poor"]);
    assert_eq!(page["results"][0]["match_percentage"], 100);
    let plain = ann.get("/api/jobs/").ok();
    for job in page["results"].as_array().unwrap() {
        let same = plain["results"].as_array().unwrap().iter().find(|it| it["id"] == job["id"]).unwrap();
        assert_eq!(same["match_percentage"], job["match_percentage"]);
    }
    assert_eq!(titles(&ann.get("/api/jobs/?ordering=-match&page=2&page_size=3").ok()), ["Poor"]);
    assert_eq!(titles(&ann.get("/api/jobs/?ordering=match&skill=python").ok()), ["Other", "Poor"]);
    assert_eq!(ann.get("/api/jobs/?ordering=match&cursor=").faults(), ["cursor"]);
    let closed = page["results"][0]["id"].clone();
    rita.post(&format!("/api/jobs/{closed}/close/"), json!({})).ok();
    assert_eq!(titles(&ann.get("/api/jobs/?ordering=match&status=closed").ok()), ["Best"]);
    assert_eq!(rita.get("/api/jobs/?ordering=match&mine=true").ok()["count"], 4);
}

#[test]
fn demand_counts_open_jobs_through_every_change() {
    let t = house();
    let rita = t.recruiter("rita");
    let job = post(&rita, json!({}));
    let late = post(&rita, json!({"deadline": t.app.clock.now().plus(Duration::days(1)).to_string()}));
    assert_eq!((demand(&t, "Rust"), demand(&t, "Docker"), demand(&t, "Python")), (2, 2, 0));
    rita.patch(&job, json!({"required_skill_ids": ["Python", "SQL"]})).ok();
    assert_eq!((demand(&t, "Rust"), demand(&t, "SQL"), demand(&t, "Python")), (1, 2, 1));
    rita.post(&format!("{job}close/"), json!({})).ok();
    rita.post(&format!("{job}close/"), json!({})).status(409);
    assert_eq!((demand(&t, "SQL"), demand(&t, "Python")), (1, 0));
    rita.post(&format!("{job}reopen/"), json!({})).ok();
    rita.post(&format!("{job}reopen/"), json!({})).status(409);
    assert_eq!((demand(&t, "SQL"), demand(&t, "Python")), (2, 1));
    rita.delete(&job).empty();
    assert_eq!((demand(&t, "SQL"), demand(&t, "Python")), (1, 0));
    assert_eq!(rita.post(&format!("{job}restore/"), json!({})).ok(), json!({"status": "restored"}));
    assert_eq!((demand(&t, "SQL"), demand(&t, "Python")), (2, 1));
    rita.patch(&job, json!({"status": "closed"})).ok();
    assert_eq!(demand(&t, "SQL"), 1);
    assert_eq!(t.write(jobs::service::close_expired), 0);
    t.pass(Duration::days(2));
    assert_eq!(t.write(jobs::service::close_expired), 1);
    assert_eq!(demand(&t, "SQL"), 0);
    assert_eq!(t.visitor().get(&late).ok()["status"], "closed");
    assert_eq!(t.write(jobs::service::recount), 0);
}

#[test]
fn a_deleted_job_is_gone_until_it_is_restored() {
    let t = house();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, json!({}));
    let application = ann.post(&format!("{job}apply/"), json!({})).created();
    ann.post(&format!("{job}soft_delete/"), json!({})).status(403);
    assert_eq!(rita.post(&format!("{job}soft_delete/"), json!({})).ok(), json!({"status": "deleted"}));
    rita.post(&format!("{job}soft_delete/"), json!({})).ok();
    for who in [&rita, &ann] {
        who.get(&job).status(404);
        assert_eq!(who.get("/api/jobs/").ok()["count"], 0);
    }
    ann.post(&format!("{job}restore/"), json!({})).status(404);
    ann.get(&format!("/api/job-applications/{}/", application["id"])).ok();
    t.pass(Duration::days(31));
    let rita = again(&t, "rita");
    rita.post(&format!("{job}restore/"), json!({})).status(409);
    t.admin("root1").post(&format!("{job}restore/"), json!({})).ok();
    t.visitor().get(&job).ok();
}

#[test]
fn applying_twice_keeps_one_application() {
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
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
    let t = house();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.post(&format!("{}apply/", post(&rita, json!({}))), json!({})).created();
    let rewritten = t.block_on(t.app.db.write(|tx| Ok(tx.execute("UPDATE application_changes SET note = 'x'", [])?)));
    assert!(rewritten.is_err());
}

#[test]
fn an_erased_account_leaves_exact_counters() {
    let t = house();
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
fn looks_are_added_in_batches() {
    let t = house();
    let rita = t.recruiter("rita");
    let job = post(&rita, json!({}));
    for _ in 0..3 {
        t.visitor().get(&job).ok();
        rita.get(&job).ok();
    }
    let views = t.app.activity.take().unwrap().views;
    let views: Vec<_> = views.into_iter().map(|((_, id), n)| (id, n)).collect();
    t.write(move |tx| jobs::store::add_views(tx, &views));
    assert_eq!(t.visitor().get(&job).ok()["views_count"], 2);
}

/// Calls at the same moment, from a runtime with threads of its own; the status of each.
fn at_once(t: &TestApp, calls: Vec<(Method, String, Option<String>)>) -> Vec<u16> {
    let rocket = careerd::router::rocket(t.app.clone()).unwrap();
    let threads = rocket::tokio::runtime::Builder::new_multi_thread().worker_threads(8).enable_all().build().unwrap();
    threads.block_on(async {
        let client = Arc::new(Client::untracked(rocket).await.unwrap());
        let gate = Arc::new(rocket::tokio::sync::Barrier::new(calls.len()));
        let running: Vec<_> = calls
            .into_iter()
            .map(|(method, path, token)| {
                let (client, gate) = (client.clone(), gate.clone());
                rocket::tokio::spawn(async move {
                    gate.wait().await;
                    let bearer = Header::new("Authorization", format!("Bearer {}", token.unwrap_or_default()));
                    client.req(method, path).header(bearer).dispatch().await.status().code
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
fn fifty_people_who_apply_at_once_are_all_counted() {
    let t = house();
    let job = post(&t.recruiter("rita"), json!({}));
    let people: Vec<_> = (0..50).map(|nth| t.user(&format!("user{nth}"))).collect();
    let apply = |it: &Member<'_>| (Method::Post, format!("{job}apply/"), it.token.clone());
    assert_eq!(at_once(&t, people.iter().map(apply).collect()), [201; 50]);
    assert_eq!(t.visitor().get(&job).ok()["total_applications"], 50);
    let withdraw = |it: &Member<'_>| {
        let mine = it.get("/api/job-applications/").ok()["results"][0]["id"].clone();
        (Method::Delete, format!("/api/job-applications/{mine}/"), it.token.clone())
    };
    // Each of 25 people withdraws twice at once: one of the two calls finds nothing to take back.
    let twice: Vec<_> = people[..25].iter().flat_map(|it| [withdraw(it), withdraw(it)]).collect();
    let statuses = at_once(&t, twice);
    assert_eq!(statuses.iter().filter(|it| **it == 204).count(), 25);
    assert_eq!(statuses.iter().filter(|it| **it == 409).count(), 25);
    assert_eq!(t.visitor().get(&job).ok()["total_applications"], 25);
    assert_eq!(t.write(jobs::service::recount), 0);
}

#[test]
fn fifty_applications_of_one_person_at_once_are_one() {
    let t = house();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let job = post(&rita, json!({}));
    let statuses = at_once(&t, vec![(Method::Post, format!("{job}apply/"), ann.token.clone()); 50]);
    assert_eq!(statuses.iter().filter(|it| **it == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|it| **it == 200).count(), 49);
    assert_eq!(t.visitor().get(&job).ok()["total_applications"], 1);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM job_applications"), 1);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM application_changes"), 1);
}

#[test]
fn a_page_reads_its_skills_in_one_query() {
    let t = house();
    let rita = t.recruiter("rita");
    for nth in 0..20 {
        post(&rita, json!({"title": format!("Job {nth}")}));
    }
    let ids: Vec<Id<jobs::Job>> = (1..=20).map(Id::new).collect();
    let asked = t.block_on(t.app.db.read(move |conn| jobs::store::asked(conn, &ids))).unwrap();
    assert_eq!(asked.len(), 20);
    assert!(asked.values().all(|it| it.len() == 3));
}

#[test]
fn only_the_poster_reads_the_resume_that_was_sent_along() {
    let t = house();
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

#[test]
fn demand_and_roles_speak_of_open_jobs() {
    let t = house();
    let rita = t.recruiter("rita");
    post(&rita, json!({"title": "Senior Data Engineer (f/m/d)", "salary_min": 1000, "salary_max": 3000}));
    let closed = post(&rita, json!({"title": "Data engineer", "required_skill_ids": ["Python"]}));
    post(&rita, json!({"title": "Metadata engineering", "salary_min": null, "salary_max": 4000}));
    rita.post(&format!("{closed}close/"), json!({})).ok();
    let demand = t.visitor().get("/api/skills/demand/?limit=3").ok();
    let rust = demand.as_array().unwrap().iter().find(|it| it["name"] == "Rust").unwrap();
    assert_eq!((&rust["job_demand"], &rust["median_salary"]), (&json!(2), &json!(3000)));
    assert_eq!(demand.as_array().unwrap().len(), 3);
    let roles = t.visitor().get("/api/skills/roles/").ok();
    assert!(roles.as_array().unwrap().len() >= 30);
    let role = roles.as_array().unwrap().iter().find(|it| it["name"] == "Data engineer").unwrap();
    assert_eq!(role["open_jobs"], 1);
}

#[test]
fn skills_are_suggested_from_the_words_of_a_posting() {
    let t = house();
    let words = json!({
        "title": "Rust developer",
        "description": "You build services in Rust and PostgreSQL.\n\nNice to have:\n- Docker\n- Rust\n\nWe offer:\n- tea",
    });
    t.user("ann").post("/api/jobs/suggest-skills/", words.clone()).status(403);
    let suggested = t.recruiter("rita").post("/api/jobs/suggest-skills/", words).ok();
    assert!(suggested["required"]["Rust"].as_f64().unwrap() > 0.3, "{suggested}");
    assert!(suggested["required"]["PostgreSQL"].is_number(), "{suggested}");
    assert_eq!(suggested["nice_to_have"].as_object().unwrap().keys().collect::<Vec<_>>(), ["Docker"]);
}
