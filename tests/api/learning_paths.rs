//! What courses are recommended, which way leads to a job, how learning goes, and the first page.

use serde_json::{Value, json};

use crate::app::{Member, TestApp};

const COURSES: &str = "/api/users/me/recommendations/courses/";
const PATH: &str = "/api/users/me/learning-path/";

fn house() -> TestApp {
    let t = TestApp::stocked();
    t.write(careerd::achievements::service::fill);
    t
}

fn course(by: &Member<'_>, title: &str, hours: f64, teaches: &[&str], before: &[i64]) -> i64 {
    let course = json!({"title": title, "description": "Learn.", "difficulty": "intermediate", "category": "it",
        "duration_hours": hours, "taught_skill_ids": teaches, "prerequisite_ids": before});
    by.post("/api/courses/", course).created()["id"].as_i64().unwrap()
}

fn modules(by: &Member<'_>, course: i64, count: usize) -> Vec<i64> {
    (1..=count)
        .map(|nth| {
            let module = json!({"title": format!("Part {nth}"), "content_type": "text", "duration_minutes": 30});
            by.post(&format!("/api/courses/{course}/modules/"), module).created()["id"].as_i64().unwrap()
        })
        .collect()
}

/// Enrols somebody and lets them complete these modules.
fn learn(who: &Member<'_>, course: i64, modules: &[i64]) -> i64 {
    let progress = who.post(&format!("/api/courses/{course}/enroll/"), json!({})).created()["id"].as_i64().unwrap();
    for module in modules {
        let path = format!("/api/course-progress/{progress}/mark_module_complete/");
        who.post(&path, json!({"module_id": module})).ok();
    }
    progress
}

fn job(by: &Member<'_>, title: &str, needs: &[&str]) -> i64 {
    let job = json!({"title": title, "description": "Work.", "company_name": "Acme", "location": "Kyiv, Ukraine",
        "job_type": "full-time", "experience_level": "mid", "required_skill_ids": needs});
    by.post("/api/jobs/", job).created()["id"].as_i64().unwrap()
}

fn knows(who: &Member<'_>, skills: &[&str]) {
    for skill in skills {
        who.post("/api/user-skills/", json!({"skill_name": skill, "proficiency_level": "expert"})).created();
    }
}

fn titles(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it["course"]["title"].as_str().unwrap()).collect()
}

#[test]
fn courses_that_teach_the_widest_gaps_come_first() {
    let t = house();
    let (ina, rita, ann, ben) = (t.instructor("ina"), t.recruiter("rita"), t.user("ann"), t.user("ben"));
    ann.patch("/api/users/me/", json!({"experience_level": "mid"})).ok();
    knows(&ann, &["Python"]);
    job(&rita, "One", &["Python", "Docker"]);
    job(&rita, "Two", &["Python", "Docker", "SQL"]);
    let sql = course(&ina, "SQL", 5.0, &["SQL"], &[]);
    course(&ina, "Docker", 5.0, &["Docker"], &[]);
    course(&ina, "Both", 9.0, &["Docker", "SQL"], &[]);
    course(&ina, "Pottery", 9.0, &[], &[]);
    let list = ann.get(COURSES).ok();
    assert_eq!(titles(&list), ["Both", "Docker", "SQL", "Pottery"]);
    for it in list.as_array().unwrap() {
        let terms: i64 = it["terms"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum();
        assert_eq!(it["score"], terms);
    }
    assert_eq!(list[0]["terms"], json!({"coverage": 60, "rating": 15, "level": 15, "popularity": 0}));
    assert_eq!(list[0]["skill_coverage"], 100);
    assert_eq!(list[0]["covers_skills"], json!(["Docker", "SQL"]));
    assert_eq!(list[0]["reason"], "It teaches Docker and SQL, which you lack, and it fits your level.");
    assert_eq!(list[2]["skill_coverage"], 50);
    assert_eq!(titles(&ann.get(&format!("{COURSES}?limit=1")).ok()), ["Both"]);
    assert_eq!(ann.get(&format!("{COURSES}?limit=51")).faults(), ["limit"]);
    assert_eq!(ann.get("/api/users/me/recommendations/").ok()["recommended_courses"], list);

    learn(&ann, sql, &[]);
    assert_eq!(titles(&ann.get(COURSES).ok()), ["Both", "Docker", "Pottery"], "what is begun needs no recommending");
    assert_eq!(ann.get(COURSES).ok()[0]["terms"]["popularity"], 0);
    let path = format!("/api/courses/{}/", list[0]["course"]["id"]);
    ina.patch(&path, json!({"status": "archived"})).ok();
    assert_eq!(titles(&ann.get(COURSES).ok()), ["Docker", "Pottery"], "what takes nobody is left out at once");
    knows(&ann, &["Docker"]);
    let list = ann.get(COURSES).ok();
    assert_eq!(list[0]["covers_skills"], json!([]));

    ben.get(&COURSES.replace("/me/", &format!("/{}/", ann.id))).status(404);
    t.admin("boss").get(&COURSES.replace("/me/", &format!("/{}/", ann.id))).ok();
    t.visitor().get(COURSES).status(401);
    assert_eq!(ina.get(COURSES).ok(), json!([]), "nobody is sent to their own courses");
}

#[test]
fn without_gaps_rating_and_popularity_decide() {
    let t = house();
    let (ina, ann, ben) = (t.instructor("ina"), t.user("ann"), t.user("ben"));
    course(&ina, "Plain", 5.0, &["SQL"], &[]);
    let loved = course(&ina, "Loved", 5.0, &["SQL"], &[]);
    learn(&ben, loved, &[]);
    ben.post(&format!("/api/courses/{loved}/ratings/"), json!({"rating": 5})).created();
    let list = ann.get(COURSES).ok();
    assert_eq!(titles(&list), ["Loved", "Plain"]);
    assert_eq!(list[0]["terms"], json!({"coverage": 0, "rating": 16, "level": 0, "popularity": 5}));
    assert_eq!(list[0]["reason"], "Learners rate it 5.0 of 5.");
    assert_eq!(list[0]["score"], 21);
}

#[test]
fn what_builds_upon_something_closed_is_not_recommended() {
    let t = house();
    let (ina, rita, ann) = (t.instructor("ina"), t.recruiter("rita"), t.user("ann"));
    knows(&ann, &["Python"]);
    job(&rita, "One", &["Python", "SQL"]);
    let first = course(&ina, "First", 1.0, &[], &[]);
    let second = course(&ina, "Second", 1.0, &[], &[first]);
    course(&ina, "Third", 1.0, &["SQL"], &[second]);
    assert_eq!(titles(&ann.get(COURSES).ok()).len(), 3);
    let part = modules(&ina, first, 1);
    ina.patch(&format!("/api/courses/{first}/"), json!({"status": "archived"})).ok();
    t.pass(chrono::Duration::hours(2));
    let ann = t.sign_in_again(&ann);
    assert_eq!(titles(&ann.get(COURSES).ok()), Vec::<&str>::new());
    let done = t.sign_in_again(&ina);
    done.patch(&format!("/api/courses/{first}/"), json!({"status": "active"})).ok();
    learn(&ann, first, &part);
    done.patch(&format!("/api/courses/{first}/"), json!({"status": "archived"})).ok();
    t.drain();
    assert_eq!(titles(&ann.get(COURSES).ok()), ["Third", "Second"], "who completed it can go on");
}

#[test]
fn the_path_to_a_job_is_the_shortest_and_in_order() {
    let t = house();
    let (ina, rita, ann) = (t.instructor("ina"), t.recruiter("rita"), t.user("ann"));
    knows(&ann, &["Python"]);
    let target = job(&rita, "Backend developer", &["Python", "SQL", "Docker"]);
    course(&ina, "All in one", 30.0, &["SQL", "Docker"], &[]);
    let basics = course(&ina, "Basics", 2.0, &[], &[]);
    course(&ina, "SQL", 4.0, &["SQL"], &[basics]);
    course(&ina, "Docker", 3.5, &["Docker"], &[]);
    let path = ann.get(&format!("{PATH}?job={target}")).ok();
    assert_eq!(path["target"]["job"]["title"], "Backend developer");
    let steps: Vec<&str> = titles(&path["steps"]);
    assert_eq!(steps.len(), 3, "{path}");
    assert!(steps.iter().position(|it| *it == "Basics") < steps.iter().position(|it| *it == "SQL"));
    assert_eq!(path["total_hours"], 9.5);
    assert_eq!((&path["optimal"], &path["uncovered_skills"]), (&json!(true), &json!([])));
    assert_eq!(path["gaps"].as_array().unwrap().len(), 2);
    assert_eq!(path["steps"][0]["order"], 1);
    let why: Vec<&str> = path["steps"].as_array().unwrap().iter().map(|it| it["why"].as_str().unwrap()).collect();
    // What would do in the place of one step; nothing does for what another one builds upon.
    let instead = |title: &str| -> Vec<(String, f64)> {
        let steps = path["steps"].as_array().unwrap();
        let step = steps.iter().find(|it| it["course"]["title"] == title).unwrap();
        let told = |it: &Value| (it["course"]["title"].as_str().unwrap().to_owned(), it["hours"].as_f64().unwrap());
        step["alternatives"].as_array().unwrap().iter().map(told).collect()
    };
    assert_eq!(instead("Docker"), [("All in one".to_owned(), 30.0)]);
    assert_eq!((instead("SQL"), instead("Basics")), (vec![("All in one".to_owned(), 30.0)], vec![]));
    assert!(why.contains(&"\"SQL\" builds upon it.") && why.contains(&"It teaches Docker."), "{why:?}");
    let (before, after) = (path["match_before"].as_i64().unwrap(), path["match_after"].as_i64().unwrap());
    assert_eq!(ann.get(&format!("/api/jobs/{target}/match/")).ok()["match_percentage"], before);
    assert!(after > before + 20, "{before} {after}");

    let short = ann.get(&format!("{PATH}?job={target}&max_hours=4")).ok();
    assert_eq!(titles(&short["steps"]), ["Docker"]);
    assert_eq!((&short["total_hours"], &short["uncovered_skills"]), (&json!(3.5), &json!(["SQL"])));
    assert_eq!(ann.get(&format!("{PATH}?job={target}&max_hours=0")).ok()["steps"], json!([]));
}

#[test]
fn what_is_done_is_free_and_what_is_half_done_costs_the_rest() {
    let t = house();
    let (ina, rita, ann) = (t.instructor("ina"), t.recruiter("rita"), t.user("ann"));
    knows(&ann, &["Python"]);
    let target = job(&rita, "Backend developer", &["Python", "SQL", "Docker", "Git"]);
    let sql = course(&ina, "SQL", 10.0, &["SQL"], &[]);
    let docker = course(&ina, "Docker", 10.0, &["Docker"], &[]);
    course(&ina, "Quick Docker", 6.0, &["Docker"], &[]);
    let (all, half) = (modules(&ina, sql, 1), modules(&ina, docker, 2));
    learn(&ann, sql, &all);
    learn(&ann, docker, &half[..1]);
    let path = ann.get(&format!("{PATH}?job={target}")).ok();
    assert_eq!(titles(&path["steps"]), ["SQL", "Docker"], "five hours that are left are fewer than six");
    let figures = |nth: usize| (path["steps"][nth]["hours"].clone(), path["steps"][nth]["already_percentage"].clone());
    assert_eq!(figures(0), (json!(0.0), json!(100)));
    assert_eq!(figures(1), (json!(5.0), json!(50)));
    assert_eq!(path["steps"][0]["why"], "You completed it, and it taught SQL; add that to your skills.");
    assert_eq!(path["steps"][1]["why"], "It teaches Docker, and you have done 50 % of it.");
    assert_eq!((&path["total_hours"], &path["uncovered_skills"]), (&json!(5.0), &json!(["Git"])));

    let stats = ann.get("/api/users/me/learning-stats/").ok();
    assert_eq!(
        stats,
        json!({"enrolled": 2, "in_progress": 1, "completed": 1, "dropped": 0, "modules_completed": 2,
            "hours_learned": 15.0, "streak_days": 1, "path_percentage": 75})
    );
    assert_eq!(ann.get("/api/user/learning-stats/").ok(), stats);
    ina.get(&format!("/api/users/{}/learning-stats/", ann.id)).status(404);
    t.admin("boss").get(&format!("/api/users/{}/learning-stats/", ann.id)).ok();
    t.admin("chief").get("/api/users/999/learning-stats/").status(404);
    t.visitor().get("/api/user/learning-stats/").status(401);
}

#[test]
fn the_path_to_a_role_starts_from_what_is_known_of_the_person() {
    let t = house();
    let (ina, ann) = (t.instructor("ina"), t.user("ann"));
    course(&ina, "Books", 5.0, &["Accounting"], &[]);
    assert_eq!(ann.get(PATH).faults(), ["role"]);
    assert_eq!(ann.get(&format!("{PATH}?role=Acountant")).faults(), ["role"]);
    assert_eq!(ann.get(&format!("{PATH}?job=1&role=Accountant")).faults(), ["role"]);
    assert_eq!(ann.get(&format!("{PATH}?job=77")).faults(), ["job"]);
    assert_eq!(ann.get(&format!("{PATH}?max_hours=-1&role=Accountant")).faults(), ["max_hours"]);
    ann.patch("/api/users/me/", json!({"career_goal": "To become a good bookkeeper in two years."})).ok();
    let path = ann.get(PATH).ok();
    assert_eq!(path["target"], json!({"job": null, "role": "Accountant"}));
    assert_eq!(titles(&path["steps"]), ["Books"]);
    assert_eq!(path["gaps"].as_array().unwrap().len(), 10);
    assert_eq!((&path["match_before"], path["uncovered_skills"].as_array().unwrap().len()), (&json!(0), 9));
    assert!(path["match_after"].as_i64().unwrap() > 5);
    assert_eq!(ann.get(&format!("{PATH}?role=bookkeeper")).ok(), path);

    let ben = t.user("ben");
    let text = b"Ben\nSkills\nKotlin, Android development, Android Studio, Jetpack Compose\nExperience\nAndroid developer 2019 - 2024\nKotlin apps\n";
    ben.upload("/api/resumes/", "ben.txt", text, &[]).created();
    t.drain();
    assert_eq!(ben.get(PATH).ok()["target"]["role"], "Android developer");
    ann.get(&PATH.replace("/me/", &format!("/{}/", ben.id))).status(404);
    t.visitor().get(PATH).status(401);
}

#[test]
fn the_first_page_names_one_thing_to_do() {
    let t = house();
    let (ina, rita, ann) = (t.instructor("ina"), t.recruiter("rita"), t.user("ann"));
    let step = |who: &Member<'_>| who.get("/api/users/me/home/").ok()["next_step"].clone();
    t.visitor().get("/api/users/me/home/").status(401);
    assert_eq!(step(&ann)["kind"], "add_skills");
    knows(&ann, &["Python"]);
    assert_eq!(step(&ann)["kind"], "complete_profile");
    let sql = course(&ina, "SQL", 3.0, &["SQL"], &[]);
    let parts = modules(&ina, sql, 2);
    t.pass(chrono::Duration::hours(2));
    let (ann, rita) = (t.sign_in_again(&ann), t.sign_in_again(&rita));
    assert_eq!(step(&ann)["kind"], "learn_course");
    let job = job(&rita, "Backend developer", &["Python"]);
    t.drain();
    t.pass(chrono::Duration::hours(2));
    let ann = t.sign_in_again(&ann);
    let home = ann.get("/api/users/me/home/").ok();
    assert_eq!((&home["next_step"]["kind"], &home["next_step"]["target_id"]), (&json!("apply"), &json!(job)));
    assert_eq!(home["recommended_jobs"].as_array().unwrap().len(), 1);
    assert_eq!(home["sessions"], json!([]));
    assert!(home["nearest_achievement"]["key"].is_string());
    assert_eq!((&home["points"], &home["streak_days"]), (&json!(0), &json!(1)));
    learn(&ann, sql, &parts[..1]);
    let next = step(&ann);
    assert_eq!(next["kind"], "continue_course");
    assert_eq!(next["message"], "Next is \"Part 2\". 30 minutes are left.");
    assert_eq!(next["link"], format!("/courses/{sql}"));
    t.drain();
    assert!(ann.get("/api/users/me/home/").ok()["unread"].as_i64().unwrap() > 0);
}

#[test]
fn second_addresses_answer_as_the_first() {
    let t = house();
    let (ann, root) = (t.user("ann"), t.admin("boss"));
    for (alias, first) in [
        ("/api/user/points/", "/api/users/me/points/"),
        ("/api/user/leaderboard/", "/api/users/leaderboard/"),
        ("/api/user/achievements/", "/api/user-achievements/"),
    ] {
        assert_eq!(ann.get(alias).ok(), ann.get(first).ok(), "{alias}");
    }
    t.visitor().get("/api/user/points/").status(401);
    let award = json!({"user_id": ann.id, "key": "legend"});
    ann.post("/api/user/achievements/", award.clone()).status(403);
    root.post("/api/user/achievements/", award).created();
    assert_eq!(ann.get("/api/user/points/").ok()["points"], 250);
}
