//! The audit: what admins did and what touched the safety of an account, written with the change itself.

use careerd::users::{self, audit::By};
use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::{
    accounts::secret,
    app::{Member, PASSWORD, TestApp},
    jobs::post,
};

/// The entries of these filters, newest first.
pub fn entries(admin: &Member<'_>, filters: &str) -> Vec<Value> {
    admin.get(&format!("/api/admin/audit/?{filters}")).ok()["results"].as_array().unwrap().clone()
}

#[test]
fn only_admins_read_it() {
    let t = TestApp::new();
    let (root, ann, rita) = (t.admin("boss"), t.user("ann"), t.recruiter("rita"));
    t.visitor().get("/api/admin/audit/").status(401);
    ann.get("/api/admin/audit/").status(403);
    rita.get("/api/admin/audit/").status(403);
    let token = root.post("/api/auth/tokens/", json!({"name": "a", "scope": "read"})).created();
    root.holding(&token, "token").get("/api/admin/audit/").status(403);
    root.get("/api/admin/audit/").ok();
}

#[test]
fn an_entry_tells_who_what_to_whom_and_by_which_call() {
    let t = TestApp::new();
    let root = t.admin("boss");
    let body = json!({"name": "Falconry", "description": "Birds."});
    let skill = root.call(Method::Post, "/api/skills/", Some(body), &[("X-Request-Id", "call-1")]).created();
    let path = format!("/api/skills/{}/", skill["id"]);
    root.patch(&path, json!({"description": "Hawks and falcons."})).ok();
    root.patch(&path, json!({"description": "Hawks and falcons."})).ok();
    root.patch(&path, json!({"description": ["no"]})).status(400);
    root.delete(&path).empty();
    let found = entries(&root, &format!("target_type=skill&target_id={}", skill["id"]));
    let actions: Vec<_> = found.iter().map(|it| it["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        ["skills.removed", "skills.changed", "skills.created"],
        "a change that fails or alters nothing is none"
    );
    assert_eq!(found[1]["changes"], json!({"description": ["Birds.", "Hawks and falcons."]}));
    let made = &found[2];
    assert_eq!((&made["actor"]["username"], &made["target_id"]), (&json!("boss"), &skill["id"]));
    assert_eq!((&made["ip"], &made["request_id"]), (&json!("127.0.0.1"), &json!("call-1")));
    assert_eq!(made["changes"]["name"], json!([null, "Falconry"]));
}

#[test]
fn roles_of_the_command_line_have_no_actor() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    let id = careerd::platform::id::Id::new(ann.id);
    for granted in [true, true, false] {
        t.write(move |tx| users::service::set_role(tx, By::HOUSE, id, "is_instructor", granted));
    }
    let found = entries(&root, &format!("target_type=user&target_id={}", ann.id));
    let changes: Vec<_> = found.iter().map(|it| it["changes"].clone()).collect();
    assert_eq!(changes, [json!({"is_instructor": [true, false]}), json!({"is_instructor": [false, true]})]);
    assert_eq!((&found[0]["actor"], &found[0]["ip"]), (&json!(null), &json!(null)));
}

#[test]
fn what_an_admin_does_to_anothers_things_is_audited_and_what_people_do_to_their_own_is_not() {
    let t = TestApp::stocked();
    let (root, rita) = (t.admin("boss"), t.recruiter("rita"));
    let job = post(&rita, json!({}));
    rita.patch(&job, json!({"title": "Other title"})).ok();
    rita.delete(&job).empty();
    rita.post(&format!("{job}restore/"), json!({})).ok();
    assert!(entries(&root, "target_type=job").is_empty());
    root.patch(&job, json!({"title": "Third title"})).ok();
    root.post(&format!("{job}close/"), json!({})).ok();
    root.post(&format!("{job}reopen/"), json!({})).ok();
    root.delete(&job).empty();
    root.post(&format!("{job}restore/"), json!({})).ok();
    let found = entries(&root, "target_type=job");
    let actions: Vec<_> = found.iter().map(|it| it["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["jobs.restored", "jobs.deleted", "jobs.reopened", "jobs.closed", "jobs.changed"]);
    assert_eq!(found[4]["changes"], json!({"title": ["Other title", "Third title"]}));
    root.patch(&format!("/api/users/{}/", rita.id), json!({"location": "Lviv"})).ok();
    rita.patch("/api/users/me/", json!({"location": "Kyiv"})).ok();
    assert_eq!(entries(&root, "action=users.changed&target_type=user").len(), 3, "two grants of the test, one change");
}

#[test]
fn what_touches_the_safety_of_an_account_is_audited_without_secrets() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    let kept = t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).ok();
    t.visitor().post("/api/token/refresh/", json!({"refresh": kept["refresh"]})).ok();
    t.pass(Duration::seconds(20));
    t.visitor().post("/api/token/refresh/", json!({"refresh": kept["refresh"]})).status(401);
    let changed = json!({"current_password": PASSWORD, "new_password": "another walk in June"});
    let fresh = ann.post("/api/auth/password/change/", changed).ok();
    let ann = ann.holding(&fresh, "access");
    ann.post("/api/auth/email/change/", json!({"email": "new@example.org", "password": "another walk in June"}))
        .status(202);
    t.drain();
    let link = secret(&t, "new@example.org", "/verify/");
    t.visitor().post("/api/auth/email/verify/", json!({"token": link})).empty();
    ann.delete("/api/users/me/").empty();
    let found = entries(&root, &format!("target_type=user&target_id={}", ann.id));
    let told: Vec<_> =
        found.iter().map(|it| (it["action"].as_str().unwrap(), it["actor"]["username"].as_str())).collect();
    assert_eq!(
        told,
        [
            ("users.leaving", Some("ann")),
            ("users.email_changed", Some("ann")),
            ("users.password_changed", Some("ann")),
            ("users.token_reused", None),
        ]
    );
    assert_eq!(found[1]["changes"], json!({"email": ["ann@example.org", "new@example.org"]}));
    let all = serde_json::to_string(&found).unwrap();
    for secret in [PASSWORD, "another walk in June", &link, "argon2"] {
        assert!(!all.contains(secret));
    }
    assert!(found.iter().all(|it| it["ip"] == "127.0.0.1" && it["request_id"].is_string()));
}

#[test]
fn it_is_filtered_searched_and_paged() {
    let t = TestApp::new();
    let root = t.admin("boss");
    for name in ["One", "Two", "Three"] {
        root.post("/api/skills/", json!({"name": name})).created();
        t.pass(Duration::minutes(1));
    }
    assert_eq!(entries(&root, "action=skills.created").len(), 3);
    assert_eq!(entries(&root, "action=skills.created&action=users.changed").len(), 4);
    assert_eq!(entries(&root, &format!("actor={}", root.id)).len(), 3);
    assert_eq!(entries(&root, "actor=999").len(), 0);
    let second = entries(&root, "action=skills.created")[1]["at"].as_str().unwrap().to_owned();
    assert_eq!(entries(&root, &format!("action=skills.created&after={second}")).len(), 2);
    assert_eq!(entries(&root, &format!("action=skills.created&before={second}")).len(), 2);
    assert_eq!(entries(&root, "search=nothing").len(), 0);
    let first = root.get("/api/admin/audit/?cursor=&page_size=2&action=skills.created").ok();
    assert_eq!((&first["count"], first["results"].as_array().unwrap().len()), (&json!(null), 2));
    let next = first["next"].as_str().unwrap().split_once("/api").unwrap().1.to_owned();
    assert_eq!(root.get(&format!("/api{next}")).ok()["results"][0]["changes"]["name"], json!([null, "One"]));
    for (bad, field) in [
        ("actor=x", "actor"),
        ("after=yesterday", "after"),
        ("after=2030-01-02&before=2030-01-01", "after"),
        ("ordering=note", "ordering"),
    ] {
        assert_eq!(root.get(&format!("/api/admin/audit/?{bad}")).faults(), [field]);
    }
}

#[test]
fn an_erased_account_leaves_its_number_only_and_entries_go_after_two_years() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    root.patch(&format!("/api/users/{}/", ann.id), json!({"first_name": "Annabel"})).ok();
    ann.delete("/api/users/me/").empty();
    t.drain();
    t.pass(Duration::days(15));
    t.block_on(careerd::platform::task::Task::run(careerd::admin::EraseAccounts {}, t.app.clone())).unwrap();
    let root = t.sign_in_again(&root);
    let about = entries(&root, &format!("target_type=user&target_id={}", ann.id));
    assert_eq!(about[0]["action"], "users.erased");
    let all = serde_json::to_string(&about).unwrap();
    assert!(!all.contains("Annabel") && !all.contains("\"ann\""), "{all}");
    assert!(about.iter().all(|it| it["target_id"] == ann.id));
    t.pass(Duration::days(731));
    t.block_on(careerd::platform::task::Task::run(careerd::upkeep::PurgeExpired {}, t.app.clone())).unwrap();
    assert_eq!(t.query::<i64>("SELECT count(*) FROM audit_entries"), 0);
}
