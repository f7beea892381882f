//! What fits somebody, and why.

use std::time::Instant;

use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Member, TestApp};

/// A posting that needs these skills.
fn post(recruiter: &Member<'_>, title: &str, needs: &[&str], more: Value) -> Value {
    let mut job = json!({
        "title": title, "description": "Work.", "company_name": "Acme", "location": "Kyiv, Ukraine", "job_type": "full-time",
        "experience_level": "mid", "required_skill_ids": needs,
    });
    for (name, value) in more.as_object().unwrap() {
        job[name] = value.clone();
    }
    recruiter.post("/api/jobs/", job).created()
}

fn knows(member: &Member<'_>, skills: &[&str]) {
    for skill in skills {
        member.post("/api/user-skills/", json!({"skill_name": skill, "proficiency_level": "expert"})).created();
    }
}

fn titles(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it["job"]["title"].as_str().unwrap()).collect()
}

const JOBS: &str = "/api/users/me/recommendations/jobs/";
const DASHBOARD: &str = "/api/users/me/recommendations/";

#[test]
fn jobs_that_share_a_skill_come_first_and_the_newest_follow() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.patch("/api/users/me/", json!({"location": "Kyiv, Ukraine", "experience_level": "mid"})).ok();
    knows(&ann, &["Rust", "SQL"]);
    post(&rita, "Half", &["Rust", "Python"], json!({}));
    post(&rita, "Whole", &["Rust", "SQL"], json!({}));
    post(&rita, "Older", &["Python"], json!({}));
    post(&rita, "Newer", &[], json!({}));
    let closed = post(&rita, "Closed", &["Rust"], json!({}));
    rita.post(&format!("/api/jobs/{}/close/", closed["id"]), json!({})).ok();
    let list = ann.get(JOBS).ok();
    assert_eq!(titles(&list), ["Whole", "Half", "Newer", "Older"]);
    for it in list.as_array().unwrap() {
        let terms: i64 = it["terms"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum();
        assert_eq!(it["match_percentage"], terms);
        let alone = ann.get(&format!("/api/jobs/{}/match/", it["job"]["id"])).ok();
        assert_eq!(&alone, it);
    }
    assert_eq!((&list[0]["match_percentage"], &list[0]["matched_skills"]), (&json!(100), &json!(["SQL", "Rust"])));
    assert_eq!(list[1]["missing_skills"], json!(["Python"]));
    assert_eq!(list[1]["reason"], "You hold 1 of 2 skills asked for, the level fits and the place fits.");
    assert_eq!((&list[2]["terms"]["skills"], &list[2]["terms"]["must_have"]), (&json!(0), &json!(0)));
    assert_eq!(titles(&ann.get(&format!("{JOBS}?limit=1")).ok()), ["Whole"]);
    assert_eq!(ann.get(&format!("{JOBS}?limit=51")).faults(), ["limit"]);
    assert_eq!(titles(&ann.get("/api/jobs/matching/?min_match=90").ok()), ["Whole"]);
    assert_eq!(titles(&ann.get("/api/jobs/matching/").ok()).len(), 4);
    assert_eq!(ann.get(&format!("/api/jobs/{}/match/", closed["id"])).ok()["job"]["status"], "closed");
    ann.get("/api/jobs/999/match/").status(404);
    assert_eq!(rita.get(JOBS).ok(), json!([]));
}

#[test]
fn without_skills_the_newest_come_and_say_so() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    post(&rita, "Older", &["Rust"], json!({}));
    post(&rita, "Newer", &["SQL"], json!({}));
    let list = ann.get(JOBS).ok();
    assert_eq!(titles(&list), ["Newer", "Older"]);
    assert_eq!(list[0]["match_percentage"], 0);
    assert!(list[0]["reason"].as_str().unwrap().contains("no skills"));
    assert_eq!(ann.get("/api/jobs/matching/").ok(), json!([]));
}

#[test]
fn recommendations_are_private() {
    let t = TestApp::stocked();
    let (ann, eve, admin) = (t.user("ann"), t.user("eve"), t.admin("root1"));
    for rest in ["", "jobs/", "skills/", "what-if/?skill=Rust"] {
        let address = format!("/api/users/{}/recommendations/{rest}", ann.id);
        eve.get(&address).status(404);
        t.visitor().get(&address).status(401);
        admin.get(&address).ok();
        ann.get(&address).ok();
    }
    eve.post(&format!("/api/users/{}/recommendations/click/", ann.id), json!({"kind": "job", "target_id": 1}))
        .status(404);
}

#[test]
fn a_kept_list_never_shows_what_is_closed_or_applied_to() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    knows(&ann, &["Rust"]);
    let jobs: Vec<Value> =
        ["One", "Two", "Three", "Four"].iter().map(|it| post(&rita, it, &["Rust"], json!({}))).collect();
    t.drain();
    for address in [JOBS, DASHBOARD] {
        ann.get(address).ok();
    }
    assert_eq!(t.query::<i64>("SELECT count(*) FROM cached WHERE key LIKE 'recommendations:%'"), 4);
    rita.post(&format!("/api/jobs/{}/close/", jobs[0]["id"]), json!({})).ok();
    rita.delete(&format!("/api/jobs/{}/", jobs[1]["id"])).empty();
    assert_eq!(titles(&ann.get(JOBS).ok()), ["Four", "Three"]);
    ann.post(&format!("/api/jobs/{}/apply/", jobs[2]["id"]), json!({})).created();
    assert_eq!(titles(&ann.get(JOBS).ok()), ["Four"]);
    assert_eq!(titles(&ann.get(DASHBOARD).ok()["recommended_jobs"]), ["Four"]);
}

#[test]
fn a_new_skill_place_or_level_makes_the_kept_lists_anew() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    knows(&ann, &["Rust"]);
    post(&rita, "Rust", &["Rust"], json!({}));
    post(&rita, "Python", &["Python"], json!({}));
    assert_eq!(titles(&ann.get(JOBS).ok()), ["Rust", "Python"]);
    let before = ann.get(DASHBOARD).ok();
    assert_eq!(ann.get(DASHBOARD).ok()["generated_at"], before["generated_at"]);
    assert_ne!(ann.get(&format!("{DASHBOARD}?refresh=true")).ok()["generated_at"], before["generated_at"]);
    knows(&ann, &["Python"]);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM cached WHERE key LIKE 'recommendations:%'"), 0);
    let list = ann.get(JOBS).ok();
    assert_eq!((list[0]["terms"]["skills"].clone(), list[1]["terms"]["skills"].clone()), (json!(60), json!(60)));
    assert_ne!(ann.get(DASHBOARD).ok()["generated_at"], before["generated_at"]);
    ann.patch("/api/users/me/", json!({"location": "Kyiv, Ukraine"})).ok();
    assert_eq!(t.query::<i64>("SELECT count(*) FROM cached WHERE key LIKE 'recommendations:%'"), 0);
    assert_eq!(ann.get(JOBS).ok()[0]["terms"]["location"], 10);
}

#[test]
fn the_kept_list_is_renewed_after_an_hour() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    knows(&ann, &["Rust"]);
    t.drain();
    assert_eq!(ann.get(JOBS).ok(), json!([]));
    post(&rita, "Rust", &["Rust"], json!({}));
    assert_eq!(ann.get(JOBS).ok(), json!([]));
    t.pass(Duration::minutes(61));
    let answer = t.visitor().post("/api/token/", json!({"username": "ann", "password": crate::app::PASSWORD})).ok();
    let mut ann = t.visitor();
    ann.token = answer["access"].as_str().map(str::to_owned);
    assert_eq!(titles(&ann.get(JOBS).ok()), ["Rust"]);
}

#[test]
fn the_dashboard_is_of_its_sizes() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    knows(&ann, &["Rust"]);
    for nth in 0..7 {
        post(&rita, &format!("Job {nth}"), &["Rust", "SQL", "Docker", "Python", "Git", "Linux", "Kafka"], json!({}));
    }
    let dashboard = ann.get(DASHBOARD).ok();
    let count = |name: &str| dashboard[name].as_array().unwrap().len();
    assert_eq!((count("recommended_jobs"), count("recommended_skills")), (5, 5));
    assert_eq!(
        (count("recommended_courses"), count("recommended_mentors"), count("recommended_connections")),
        (0, 0, 0)
    );
}

#[test]
fn skills_are_weighed_by_holders_and_open_jobs() {
    let t = TestApp::stocked();
    let (rita, ann, ben) = (t.recruiter("rita"), t.user("ann"), t.user("ben"));
    knows(&ann, &["Rust"]);
    knows(&ben, &["Rust", "SQL", "Docker"]);
    post(&rita, "One", &["Rust", "SQL"], json!({}));
    post(&rita, "Two", &["SQL", "Python"], json!({}));
    let list = ann.get("/api/users/me/recommendations/skills/?limit=3").ok();
    let named: Vec<_> = list.as_array().unwrap().iter().map(|it| it["skill"]["name"].as_str().unwrap()).collect();
    assert_eq!(named, ["SQL", "Python", "Docker"]);
    assert_eq!((&list[0]["demand_score"], &list[0]["terms"]), (&json!(5), &json!({"users": 1, "open_jobs": 4})));
    assert_eq!(list[0]["reason"], "2 open jobs ask for it and one person here holds it.");
}

#[test]
fn what_if_tells_what_would_come_within_reach() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.patch("/api/users/me/", json!({"location": "Kyiv, Ukraine", "experience_level": "mid"})).ok();
    knows(&ann, &["Rust"]);
    post(&rita, "Rust", &["Rust"], json!({}));
    post(&rita, "Both", &["Rust", "SQL"], json!({"salary_min": 1000, "salary_max": 2000}));
    post(&rita, "SQL", &["SQL"], json!({"salary_min": 3000}));
    post(&rita, "Neither", &["Python", "Docker"], json!({}));
    let answer = ann.get("/api/users/me/recommendations/what-if/?skill=sql&level=expert").ok();
    assert_eq!((&answer["threshold"], &answer["now_above"], &answer["then_above"]), (&json!(70), &json!(1), &json!(3)));
    let crossing: Vec<_> =
        answer["crossing"].as_array().unwrap().iter().map(|it| it["job"]["title"].as_str().unwrap()).collect();
    assert_eq!(crossing, ["SQL", "Both"]);
    for it in answer["crossing"].as_array().unwrap() {
        assert_eq!(it["gain"].as_i64(), Some(it["after"].as_i64().unwrap() - it["before"].as_i64().unwrap()));
    }
    assert_eq!((&answer["unlocked_salary_median"], &answer["skills"][0]["name"]), (&json!(2250), &json!("SQL")));
    assert_eq!(answer["summary"], "Add SQL: 2 more jobs at 70 % or above.");
    let nothing = ann.get("/api/users/me/recommendations/what-if/?skill=Rust&level=beginner").ok();
    assert_eq!((&nothing["crossing"], &nothing["now_above"]), (&json!([]), &nothing["then_above"]));
    for (bad, field) in [
        ("", "skill"),
        ("?skill=Juggling", "skill"),
        ("?skill=Rust&level=god", "level"),
        ("?skill=Rust&threshold=0", "threshold"),
        ("?skill=a&skill=b&skill=c&skill=d&skill=e&skill=f", "skill"),
    ] {
        assert_eq!(ann.get(&format!("/api/users/me/recommendations/what-if/{bad}")).faults(), [field], "{bad}");
    }
}

#[test]
fn gaps_are_what_fitting_work_asks_for() {
    let t = TestApp::stocked();
    let (rita, ann, ben) = (t.recruiter("rita"), t.user("ann"), t.user("ben"));
    ann.patch("/api/users/me/", json!({"location": "Kyiv, Ukraine", "experience_level": "mid"})).ok();
    knows(&ann, &["Rust"]);
    knows(&ben, &["Go"]);
    ben.upload(
        "/api/resumes/",
        "cv.txt",
        b"Ben Example. I have worked for many years with many people, and I like it.",
        &[],
    )
    .created();
    post(&rita, "Data engineer", &["Rust", "SQL"], json!({"nice_to_have_skill_ids": ["Docker"]}));
    post(&rita, "Backend", &["Rust", "SQL"], json!({}));
    let far = post(&rita, "Far", &["Python"], json!({"location": "Oslo, Norway", "experience_level": "entry"}));
    let gaps = ann.get("/api/user-skills/gaps/").ok();
    let named = |gaps: &Value| -> Vec<String> {
        gaps.as_array().unwrap().iter().map(|it| it["skill_name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(named(&gaps), ["SQL", "Docker", "Python", "Go"]);
    assert_eq!((&gaps[0]["job_count"], &gaps[0]["priority"]), (&json!(2), &json!("critical")));
    assert_eq!(gaps[0]["reason"], "2 open jobs need it.");
    assert_eq!((&gaps[3]["job_count"], &gaps[3]["priority"]), (&json!(0), &json!("nice")));
    assert_eq!(named(&ann.get("/api/user-skills/gaps/?limit=1").ok()), ["SQL"]);
    assert_eq!(named(&ann.get(&format!("/api/user-skills/gaps/?job={}", far["id"])).ok()), ["Python"]);
    let role = named(&ann.get("/api/user-skills/gaps/?role=data%20engineer").ok());
    assert_eq!(role[0], "SQL", "{role:?}");
    assert!(!role.contains(&"Go".to_owned()));
    assert_eq!(ann.get("/api/user-skills/gaps/?role=Astronaut").faults(), ["role"]);
    assert_eq!(ann.get("/api/user-skills/gaps/?job=999").faults(), ["job"]);
    assert_eq!(ann.get("/api/user-skills/gaps/?limit=11").faults(), ["limit"]);
}

#[test]
fn clicks_are_noted() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    let address = "/api/users/me/recommendations/click/";
    let job = post(&rita, "Rust", &["Rust"], json!({}))["id"].clone();
    ann.post(address, json!({"kind": "job", "target_id": job, "position": 2})).empty();
    assert_eq!(ann.post(address, json!({"kind": "job", "target_id": 99, "position": 2})).faults(), ["target_id"]);
    assert_eq!(
        ann.post(address, json!({"kind": "weather", "position": 0})).faults(),
        ["kind", "position", "target_id"]
    );
    assert_eq!(
        t.query::<i64>(
            "SELECT count(*) FROM recommendation_clicks WHERE kind = 'job' AND target_id = 1 AND position = 2"
        ),
        1
    );
}

#[test]
fn a_task_prepares_the_list() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    post(&rita, "Rust", &["Rust"], json!({}));
    knows(&ann, &["Rust", "SQL"]);
    assert_eq!(
        t.query::<i64>("SELECT count(*) FROM tasks WHERE kind = 'recommend_jobs_async' AND state = 'pending'"),
        1
    );
    t.drain();
    let key = format!("recommendations:{}:jobs", ann.id);
    assert_eq!(t.query::<i64>(&format!("SELECT count(*) FROM cached WHERE key = '{key}'")), 1);
    assert_eq!(titles(&ann.get(JOBS).ok()), ["Rust"]);
}

/// Runs a kind of task by hand.
fn run(t: &TestApp, kind: &'static str) {
    t.write(move |tx| tx.enqueue_named(&careerd::worker::registry(), kind, json!({})).map(drop));
    t.drain();
}

fn told(t: &TestApp, member: &Member<'_>) -> i64 {
    t.query(&format!("SELECT count(*) FROM notifications WHERE type = 'job_match' AND user_id = {}", member.id))
}

#[test]
fn people_are_told_of_what_fits_well_once_and_five_times_a_day() {
    let t = TestApp::stocked();
    let (rita, ann, ben) = (t.recruiter("rita"), t.user("ann"), t.user("ben"));
    for who in [&ann, &rita] {
        who.patch("/api/users/me/", json!({"location": "Kyiv, Ukraine", "experience_level": "mid"})).ok();
        knows(who, &["Rust"]);
    }
    knows(&ben, &["Python"]);
    for nth in 0..7 {
        post(&rita, &format!("Job {nth}"), &["Rust"], json!({}));
    }
    run(&t, "batch_recommend_jobs");
    assert_eq!((told(&t, &ann), told(&t, &ben), told(&t, &rita)), (5, 0, 0));
    run(&t, "batch_recommend_jobs");
    run(&t, "generate_daily_recommendations");
    assert_eq!(told(&t, &ann), 5);
    t.pass(Duration::days(1));
    run(&t, "generate_daily_recommendations");
    assert_eq!(told(&t, &ann), 7);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM cached WHERE key LIKE 'recommendations:%:dashboard'"), 3);
}

/// Not a promise, but what would make a page slow shows here first.
#[test]
fn thousands_of_jobs_are_ranked_quickly() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    knows(&ann, &["Rust", "SQL", "Docker"]);
    post(&rita, "First", &["Rust"], json!({}));
    t.write(|tx| {
        tx.execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             INSERT INTO job_opportunities (posted_by, title, description, company_name, location, is_remote, job_type,
                 salary_currency, status, posted_at, created_at, updated_at)
             SELECT posted_by, 'Job ' || i, description, company_name, location, 0, job_type, 'USD', 'active', posted_at - i,
                 created_at, updated_at FROM n, job_opportunities WHERE id = 1;
             INSERT INTO job_skills (job_id, skill_id, must, position)
             SELECT j.id, s.id, s.id % 2, s.id FROM job_opportunities j JOIN skills s ON s.id % 170 = j.id % 170 WHERE j.id > 1;",
        )?;
        careerd::jobs::service::recount(tx)
    });
    for address in [
        "/api/jobs/",
        "/api/jobs/?ordering=-match",
        "/api/jobs/?search=work",
        "/api/jobs/?skill=rust",
        JOBS,
        DASHBOARD,
        "/api/user-skills/gaps/",
        "/api/users/me/recommendations/what-if/?skill=python",
    ] {
        ann.get(address).ok();
        let started = Instant::now();
        ann.get(address).ok();
        let took = started.elapsed();
        println!("{address} took {took:?}");
        assert!(took.as_millis() < 3000, "{address} took {took:?}");
    }
}
