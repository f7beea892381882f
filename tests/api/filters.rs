//! What filters and texts have in common, whatever they filter and say.

use careerd::cli::seed;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    backups::backup,
    courses::course,
    jobs::post,
    statements::{house, reads},
};

#[test]
fn a_filter_that_names_a_person_knows_me() {
    let t = TestApp::stocked();
    let (ann, ben) = (t.instructor("ann"), t.user("ben"));
    for member in [&ann, &ben] {
        member.post("/api/community/posts/", json!({"title": "Alpha", "content": "B"})).created();
    }
    course(&ann, json!({}));
    let all = |path: &str| ann.get(path).ok()["results"].as_array().unwrap().clone();
    let mine = all("/api/community/posts/?author=me");
    assert_eq!((mine.len(), &mine[0]["author"]["username"]), (1, &"ann".into()));
    assert_eq!(all("/api/courses/?instructor=me").len(), 1);
    assert_eq!(all("/api/community/comments/?author=me").len(), 0);
    assert_eq!(all("/api/user-achievements/?user=me"), all(&format!("/api/user-achievements/?user={}", ann.id)));
    let found = |member: &crate::app::Member<'_>| {
        member.get("/api/search/?q=Alpha&type=posts&author=me").ok()["results"][0]["id"].clone()
    };
    assert_ne!(found(&ann), found(&ben), "an answer that is kept ready is not another person's");
    let nobody = t.visitor().get("/api/community/posts/?author=me").status(400);
    assert!(nobody["field_errors"]["author"][0].as_str().unwrap().contains("Sign in"));
    ann.get("/api/community/posts/?author=you").status(400);
    let root = t.admin("boss");
    assert_eq!(root.get("/api/admin/audit/?actor=me").ok()["count"], 0);
    assert!(root.get("/api/analytics/engagement/?user=me").ok().get("profile").is_some());
}

#[test]
fn a_filter_by_words_names_them_when_it_does_not_know_one() {
    let t = TestApp::new();
    let root = t.admin("boss");
    for (path, field, known) in [
        ("/api/admin/tasks/?kind=nosuch", "kind", "recount"),
        ("/api/admin/audit/?action=nosuch", "action", "users.changed"),
        ("/api/admin/audit/?target_type=nosuch", "target_type", "user_skill"),
    ] {
        let told = root.get(path).status(400);
        let sentence = told["field_errors"][field][0].as_str().unwrap();
        assert!(sentence.contains(known), "{sentence}");
    }
    root.get("/api/admin/tasks/?kind=recount").ok();
}

#[test]
fn a_text_of_which_nothing_shows_is_empty() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let say = |title: &str| ann.post("/api/community/posts/", json!({"title": title, "content": "B"}));
    for nothing in ["\u{200b}", " \u{200d}\u{feff} ", "\u{2060}\u{ad}", "\u{3164}", "\u{202e}\u{e0041}"] {
        let told = say(nothing).status(400);
        assert_eq!(told["field_errors"]["title"][0], "This must not be empty.");
    }
    for something in ["❤\u{fe0f}", "👩\u{200d}💻", "a\u{200c}b"] {
        assert_eq!(say(something).created()["title"], something);
    }
}

#[test]
fn a_file_without_a_status_has_every_one() {
    let t = TestApp::stocked();
    let ann = t.recruiter("ann");
    let path = post(&ann, json!({}));
    ann.post(&format!("{path}close/"), json!({})).ok();
    post(&ann, json!({}));
    let teacher = t.instructor("teacher");
    course(&teacher, json!({"status": "inactive"}));
    course(&teacher, json!({}));
    let root = t.admin("boss");
    let rows = |path: &str| serde_json::from_slice::<Value>(&root.get(path).bytes).unwrap().as_array().unwrap().len();
    assert_eq!(rows("/api/admin/jobs/export/?as=json"), 2);
    assert_eq!(rows("/api/admin/jobs/export/?as=json&status=closed"), 1);
    assert_eq!(rows("/api/admin/courses/export/?as=json"), 2);
    assert_eq!(rows("/api/admin/courses/export/?as=json&status=active"), 1);
}

#[test]
fn arguments_of_a_task_are_refused_in_our_own_words() {
    let t = TestApp::new();
    let root = t.admin("boss");
    let told = |args: Value| {
        let body = json!({"kind": "check_user_achievements", "args": args});
        root.post("/api/admin/tasks/run/", body).status(400).to_string()
    };
    assert!(told(json!({})).contains("the argument user is missing"), "{}", told(json!({})));
    let wrong = told(json!({"user": "x"}));
    assert!(wrong.contains("the argument user has the wrong form"), "{wrong}");
    let shape = told(json!({"user": {"a": [1]}}));
    assert!(!shape.contains("invalid type") && !shape.contains("expected"), "{shape}");
}

#[test]
fn what_a_task_took_is_told_finer_than_in_seconds() {
    let t = TestApp::new();
    let root = t.admin("boss");
    let task = root.post("/api/admin/tasks/run/", json!({"kind": "recount"})).created();
    t.drain();
    let done = root.get(&format!("/api/admin/tasks/{}/", task["id"].as_str().unwrap())).ok();
    assert_eq!(
        (&done["started_at"], &done["finished_at"]),
        (&done["runs"][0]["started_at"], &done["runs"][0]["finished_at"])
    );
    let listed = root.get("/api/admin/tasks/?kind=recount").ok();
    assert_eq!(listed["results"][0]["finished_at"], done["finished_at"]);
}

#[test]
fn own_things_can_be_liked_and_reported_and_neither_earns_anything() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let post = ann.post("/api/community/posts/", json!({"title": "A", "content": "B"})).created();
    let path = format!("/api/community/posts/{}/", post["id"]);
    assert_eq!(ann.post(&format!("{path}like/"), json!({})).ok()["likes_count"], 1);
    ann.post(&format!("{path}flag/"), json!({"reason": "other"})).created();
    t.drain();
    let told = ann.get("/api/notifications/?type=like").ok();
    assert_eq!(told["count"], 0);
}

#[test]
fn every_list_of_dated_things_is_cut_by_dates() {
    let t = house();
    let tokens = t.visitor().post("/api/token/", json!({"username": "user1", "password": seed::PASSWORD})).ok();
    let admin = t.visitor().holding(&tokens, "access");
    backup(&t, None).unwrap();
    let mut cut = 0;
    for path in reads() {
        let list = |query: &str| admin.get(&format!("{path}?{query}"));
        let first = serde_json::from_slice::<Value>(&list("").bytes).unwrap_or_default();
        if !first["results"][0]["created_at"].is_string() {
            continue;
        }
        for none in ["created_after=2999-01-01", "created_before=1999-01-01"] {
            assert_eq!(list(none).ok()["count"], 0, "{path}?{none}");
        }
        assert_eq!(list("created_before=2999-01-01").ok()["count"], first["count"], "{path}");
        cut += 1;
    }
    assert!(cut > 20, "{cut}");
}

#[test]
fn each_collection_stands_under_a_name_of_its_own() {
    let t = TestApp::new();
    let told = t.visitor().get("/api/").ok();
    for (name, address) in told.as_object().unwrap() {
        assert!(address.as_str().unwrap().ends_with(&format!("/api/{name}/")), "{name} is {address}");
    }
    assert!(told.get("user-achievements").is_some() && told.get("user/achievements").is_some());
}

/// Every list in every of its orders, from its beginning and by its first mark.
#[test]
fn every_list_can_be_read_by_marks_in_every_order() {
    let mut t = TestApp::stocked();
    t.expect_empty_queue = false;
    let root = t.admin("boss");
    let teacher = t.instructor("teacher");
    for _ in 0..2 {
        let path = course(&teacher, json!({}));
        root.post(&format!("{path}enroll/"), json!({})).created();
    }
    for name in ["mia", "max"] {
        let profile = json!({"specializations": ["Rust"], "bio": "I help with Rust."});
        t.user(name).post("/api/mentors/", profile).created();
    }
    let described = t.visitor().get("/api/openapi.json").ok();
    let mut orders = 0;
    for (path, item) in described["paths"].as_object().unwrap() {
        let takes_cursor =
            item["get"]["parameters"].as_array().is_some_and(|all| all.iter().any(|it| it["name"] == "cursor"));
        if !takes_cursor || path.contains('{') {
            continue;
        }
        let q = if path.contains("search") { "q=rust&" } else { "" };
        let told = root.get(&format!("{path}?{q}ordering=nosuch"));
        let told: Value = serde_json::from_slice(&told.bytes).unwrap();
        let sentence = told["field_errors"]["ordering"][0].as_str().unwrap_or("Order by created_at.").to_owned();
        for order in sentence.trim_start_matches("Order by ").trim_end_matches('.').split(", ") {
            let first = root.get(&format!("{path}?{q}cursor=&page_size=1&ordering=-{order}"));
            assert!(first.status.code < 500, "{path} by {order}");
            orders += 1;
            let page: Value = serde_json::from_slice(&first.bytes).unwrap();
            if let Some(next) = page["next"].as_str() {
                let next = root.get(&next[next.find("/api/").unwrap()..]);
                assert!(next.status.code < 500, "{path} by {order}, further on");
            }
        }
    }
    assert!(orders > 60, "{orders}");
}
