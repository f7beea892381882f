//! People as others find them.

use careerd::{
    platform::id::Id,
    users::{User, points},
};
use serde_json::{Value, json};

use crate::app::{Member, PASSWORD, TestApp};

fn names(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|it| it["username"].as_str().unwrap()).collect()
}

fn give_points(t: &TestApp, user: &Member<'_>, amount: i64) {
    let id = Id::<User>::new(user.id);
    t.write(move |tx| points::book(tx, id, amount, points::Reason::AdminAdjustment, "a", None));
}

fn leave(t: &TestApp, user: &Member<'_>) {
    let id = Id::<User>::new(user.id);
    t.write(move |tx| careerd::users::service::set_active(tx, careerd::users::audit::By::HOUSE, id, false, ""));
}

#[test]
fn people_are_listed_in_their_public_form_without_those_out_of_use() {
    let t = TestApp::new();
    let (ann, ben, cat) = (t.user("ann"), t.user("ben"), t.user("cat"));
    ann.patch("/api/users/me/", json!({"title": "Backend developer", "location": "Kraków, Poland"})).ok();
    give_points(&t, &ben, 10);
    leave(&t, &cat);
    let page = t.visitor().get("/api/users/").ok();
    assert_eq!((names(&page), &page["count"]), (vec!["ben", "ann"], &json!(2)));
    for row in ann.get("/api/users/").ok()["results"].as_array().unwrap() {
        for hidden in ["email", "email_verified", "totp_enabled", "last_login", "deleted_at", "password"] {
            assert!(row.get(hidden).is_none(), "{hidden} in {row}");
        }
    }
    let list = |query: &str| names_of(&t, query);
    assert_eq!(list("ordering=username"), ["ann", "ben"]);
    assert_eq!(list("ordering=-created_at"), ["ben", "ann"]);
    assert_eq!(list("search=back+krak"), ["ann"]);
    assert_eq!(list("location=krakow"), ["ann"]);
    assert_eq!(list("is_mentor=true"), Vec::<String>::new());
    assert_eq!(list("cursor=&page_size=1"), ["ben"]);
    assert_eq!(t.visitor().get("/api/users/?ordering=email&skill=x").faults(), ["skill"]);
    assert_eq!(t.visitor().get("/api/users/?ordering=email").faults(), ["ordering"]);
}

fn names_of(t: &TestApp, query: &str) -> Vec<String> {
    let page = t.visitor().get(&format!("/api/users/?{query}")).ok();
    names(&page).into_iter().map(str::to_owned).collect()
}

#[test]
fn people_are_found_by_a_skill_of_theirs() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    let rust = root.post("/api/skills/", json!({"name": "Rust", "synonyms": ["rustlang"]})).created();
    ann.post("/api/user-skills/", json!({"skill_id": rust["id"]})).created();
    for query in [format!("skill={}", rust["id"]), "skill=RUST".into(), "skill=rustlang".into()] {
        assert_eq!(names_of(&t, &query), ["ann"], "{query}");
    }
    assert_eq!(t.visitor().get("/api/users/?skill=999").faults(), ["skill"]);
}

#[test]
fn a_person_is_shown_with_the_best_of_what_they_can_and_earned() {
    let t = TestApp::new();
    t.write(careerd::achievements::service::fill);
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    for (name, level) in [
        ("A", "beginner"),
        ("B", "expert"),
        ("C", "advanced"),
        ("D", "expert"),
        ("E", "beginner"),
        ("F", "intermediate"),
    ] {
        root.post("/api/skills/", json!({"name": name})).created();
        ann.post("/api/user-skills/", json!({"skill_name": name, "proficiency_level": level})).created();
    }
    for key in ["first_post", "first_resume", "first_course", "mentor", "job_seeker", "legend"] {
        root.post("/api/user-achievements/", json!({"user_id": ann.id, "key": key})).created();
    }
    let shown = t.visitor().get(&format!("/api/users/{}/", ann.id)).ok();
    let skills: Vec<&str> =
        shown["skills"].as_array().unwrap().iter().map(|it| it["skill"]["name"].as_str().unwrap()).collect();
    assert_eq!(skills, ["B", "D", "C", "F", "A"]);
    let earned: Vec<&str> =
        shown["achievements"].as_array().unwrap().iter().map(|it| it["achievement"]["key"].as_str().unwrap()).collect();
    assert_eq!(earned, ["legend", "job_seeker", "mentor", "first_course", "first_resume"]);
}

#[test]
fn what_is_private_is_for_themselves_and_admins() {
    let t = TestApp::new();
    let (root, ann, ben) = (t.admin("boss"), t.user("ann"), t.user("ben"));
    let path = format!("/api/users/{}/", ann.id);
    assert_eq!(ann.get("/api/users/me/").ok()["email"], "ann@example.org");
    assert_eq!(ann.get(&path).ok()["email"], "ann@example.org");
    assert_eq!(root.get(&path).ok()["email"], "ann@example.org");
    assert!(ben.get(&path).ok().get("email").is_none());
    assert!(t.visitor().get(&path).ok().get("email").is_none());
    t.visitor().get("/api/users/me/").status(401);
    leave(&t, &ann);
    ben.get(&path).status(404);
    t.visitor().get(&path).status(404);
    assert_eq!(root.get(&path).ok()["is_active"], false);
    t.visitor().get("/api/users/99/").status(404);
}

#[test]
fn admins_register_people_with_roles() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    let new =
        json!({"username": "cat", "email": "cat@example.org", "password": PASSWORD, "is_recruiter": true, "points": 7});
    ann.post("/api/users/", new.clone()).status(403);
    t.visitor().post("/api/users/", new.clone()).status(401);
    let reply = root.post("/api/users/", new.clone());
    let made = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("/api/users/{}/", made["id"]).as_str()));
    assert_eq!((&made["is_recruiter"], &made["is_staff"], &made["points"]), (&json!(true), &json!(false), &json!(0)));
    t.visitor().post("/api/token/", json!({"username": "cat", "password": PASSWORD})).ok();
    assert_eq!(root.post("/api/users/", new).faults(), ["email", "username"]);
    assert_eq!(root.post("/api/users/", json!({"is_staff": 1})).faults(), ["email", "is_staff", "username"]);
    let weak = json!({"username": "dan", "email": "dan@example.org", "password": ""});
    assert_eq!(root.post("/api/users/", weak).faults(), ["password"]);
}

#[test]
fn whoever_is_registered_without_a_password_sets_one_by_a_mailed_link() {
    let t = TestApp::new();
    t.admin("boss").post("/api/users/", json!({"username": "cat", "email": "cat@example.org"})).created();
    let token = crate::accounts::secret(&t, "cat@example.org", "/reset-password/");
    t.visitor().post("/api/token/", json!({"username": "cat", "password": ""})).status(401);
    let body = json!({"token": token, "new_password": PASSWORD});
    t.visitor().post("/api/auth/password/reset/confirm/", body).empty();
    t.visitor().post("/api/token/", json!({"username": "cat", "password": PASSWORD})).ok();
}

#[test]
fn figures_of_a_person_are_public_in_part() {
    let t = TestApp::new();
    let (root, ann, ben) = (t.admin("boss"), t.user("ann"), t.user("ben"));
    give_points(&t, &ben, 10);
    let path = format!("/api/users/{}/stats/", ann.id);
    let shown = ben.get(&path).ok();
    assert_eq!((&shown["total_points"], &shown["rank"], &shown["is_mentor"]), (&json!(0), &json!(2), &json!(false)));
    for figure in [
        "total_skills",
        "total_achievements",
        "courses_completed",
        "projects_completed",
        "community_posts",
        "connections",
    ] {
        assert_eq!(shown[figure], 0, "{figure}");
    }
    for group in ["job_applications", "profile", "achievements", "skills", "learning", "community", "jobs", "mentoring"]
    {
        assert!(shown.get(group).is_none(), "{group}");
        assert!(ann.get("/api/users/me/stats/").ok().get(group).is_some(), "{group}");
        assert!(root.get(&path).ok().get(group).is_some(), "{group}");
    }
    t.visitor().get(&path).status(401);
    leave(&t, &ann);
    ben.get(&path).status(404);
}

#[test]
fn a_streak_is_days_in_a_row_up_to_today_or_yesterday() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let root = t.admin("boss");
    for name in ["A", "B", "C"] {
        root.post("/api/skills/", json!({"name": name})).created();
    }
    let streak = |ann: &Member<'_>| ann.get("/api/users/me/stats/").ok()["streak_days"].as_i64().unwrap();
    ann.post("/api/user-skills/", json!({"skill_name": "A"})).created();
    assert_eq!(streak(&ann), 1);
    t.pass(chrono::Duration::days(1));
    let ann = t.sign_in_again(&ann);
    assert_eq!(streak(&ann), 1, "today is not over; signing in is no deed");
    ann.post("/api/user-skills/", json!({"skill_name": "B"})).created();
    assert_eq!(streak(&ann), 2);
    t.pass(chrono::Duration::days(2));
    let ann = t.sign_in_again(&ann);
    assert_eq!(streak(&ann), 0);
    ann.post("/api/user-skills/", json!({"skill_name": "C"})).created();
    assert_eq!(streak(&ann), 1);
}
