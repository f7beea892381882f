//! What admins decide of accounts and of the catalogue.

use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::{
    accounts::{count, plain},
    app::{Member, PASSWORD, TestApp},
    audit::entries,
    jobs::{demand, post},
};

fn path(of: &Member<'_>) -> String {
    format!("/api/admin/users/{}/", of.id)
}

fn names(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|it| it["username"].as_str().unwrap()).collect()
}

#[test]
fn accounts_are_listed_whole_filtered_and_paged_for_admins_only() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    t.pass(Duration::minutes(1));
    let rita = t.recruiter("rita");
    for who in [&ann, &rita] {
        who.get("/api/admin/users/").status(403);
        who.get(&path(&ann)).status(403);
        who.patch(&path(&ann), json!({})).status(403);
    }
    t.visitor().get("/api/admin/users/").status(401);
    ann.post("/api/user-skills/", json!({"skill_name": "Nothing"})).status(400);
    assert_eq!(names(&root.get("/api/admin/users/").ok()), ["rita", "ann", "boss"]);
    let one = root.get(&path(&ann)).ok();
    assert_eq!((&one["email"], &one["counts"]["sign_ins"]), (&json!("ann@example.org"), &json!(1)));
    assert_eq!(root.get("/api/admin/users/?ordering=username").ok()["results"][0], one);
    root.get("/api/admin/users/999/").status(404);
    root.get("/api/admin/users/x/").status(404);
    let found = |filters: &str| names(&root.get(&format!("/api/admin/users/?{filters}")).ok()).join(" ");
    assert_eq!(found("is_recruiter=true"), "rita");
    assert_eq!(found("is_staff=true"), "boss");
    assert_eq!(found("is_staff=false&is_recruiter=false"), "ann");
    assert_eq!(found("verified=true"), "");
    assert_eq!(found("search=ANN"), "ann");
    assert_eq!(found("search=rita@"), "rita");
    let joined = one["created_at"].as_str().unwrap();
    assert_eq!(found(&format!("joined_after={joined}&joined_before={joined}")), "ann");
    assert_eq!(found("last_login_before=2001-01-01"), "");
    root.post(&format!("{}deactivate/", path(&ann)), json!({})).ok();
    assert_eq!(found("is_active=false"), "ann");
    let first = root.get("/api/admin/users/?cursor=&page_size=2&ordering=username").ok();
    assert_eq!(names(&first), ["ann", "boss"]);
    let next = first["next"].as_str().unwrap().split_once("/api").unwrap().1.to_owned();
    assert_eq!(names(&root.get(&format!("/api{next}")).ok()), ["rita"]);
    for (bad, field) in [
        ("is_active=perhaps", "is_active"),
        ("joined_after=2030-01-02&joined_before=2030-01-01", "joined_after"),
        ("last_login_after=x", "last_login_after"),
        ("ordering=email", "ordering"),
    ] {
        assert_eq!(root.get(&format!("/api/admin/users/?{bad}")).faults(), [field]);
    }
}

#[test]
fn names_addresses_and_roles_are_written_and_audited() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    t.user("ben");
    let body = json!({"username": "annie", "first_name": "Ann", "is_recruiter": true, "points": 9, "is_mentor": true});
    let changed = root.patch(&path(&ann), body).ok();
    assert_eq!((&changed["username"], &changed["is_recruiter"]), (&json!("annie"), &json!(true)));
    assert_eq!(
        (&changed["points"], &changed["is_mentor"]),
        (&json!(0), &json!(false)),
        "what nobody writes has no effect"
    );
    let entry = &entries(&root, "action=users.changed")[0];
    assert_eq!(
        entry["changes"],
        json!({"username": ["ann", "annie"], "first_name": ["", "Ann"], "is_recruiter": [false, true]})
    );
    root.patch(&path(&ann), json!({})).ok();
    assert_eq!(entries(&root, &format!("target_id={}", ann.id)).len(), 1, "nothing changed");
    let bad = json!({"username": "BEN", "email": "ben@example.org", "title": "x".repeat(101), "is_staff": "yes"});
    assert_eq!(root.patch(&path(&ann), bad).faults(), ["email", "is_staff", "title", "username"]);
    root.patch(&path(&ann), json!({"username": null})).status(400);
    root.patch("/api/admin/users/999/", json!({})).status(404);
    let tag = root.get(&path(&ann)).header("ETag").unwrap().to_owned();
    root.patch(&path(&ann), json!({"title": "Driver"})).ok();
    root.call(Method::Patch, &path(&ann), Some(json!({"title": "Pilot"})), &[("If-Match", &tag)]).status(412);
    // Another address is not proven, and a link to prove it goes there.
    t.drain();
    let before = count(&t, "annie@example.org", "Confirm your address");
    let moved = root.patch(&path(&ann), json!({"email": "annie@example.org"})).ok();
    assert_eq!((&moved["email"], &moved["email_verified"]), (&json!("annie@example.org"), &json!(false)));
    assert_eq!(count(&t, "annie@example.org", "Confirm your address"), before + 1);
}

#[test]
fn the_address_that_an_admin_replaces_hears_of_it() {
    let t = TestApp::new();
    let (root, ann, ben) = (t.admin("boss"), t.user("ann"), t.user("ben"));
    ben.patch("/api/notifications/preferences/", json!({"language": "uk"})).ok();
    root.patch(&path(&ann), json!({"title": "Driver"})).ok();
    assert_eq!(count(&t, "ann@example.org", "Your address was changed"), 0);
    root.patch(&path(&ann), json!({"email": "annie@example.org"})).ok();
    // Twice before any mail has left: each address that is left hears of it.
    root.patch(&path(&ann), json!({"email": "anna@example.org"})).ok();
    root.patch(&path(&ben), json!({"email": "benny@example.org"})).ok();
    for (left, told) in [("ann", 1), ("annie", 1), ("anna", 0)] {
        assert_eq!(count(&t, &format!("{left}@example.org"), "Your address was changed"), told, "{left}");
    }
    let mail = t.mails().iter().map(|it| plain(it)).find(|it| it.contains("To: ann@") && it.contains("was changed"));
    let mail = mail.unwrap();
    assert!(!mail.contains("anna@") && !mail.contains("annie@"), "the new address is not told to the old: {mail}");
    assert!(!mail.contains("unsubscribe"), "nobody turns security mail off: {mail}");
    let told: i64 = t.query("SELECT count(*) FROM outgoing_mails WHERE template = 'email_replaced' AND state = 'sent'");
    assert_eq!(told, 3);
    let ukrainian = t.mails().iter().filter(|it| it.contains("To: ben@example.org")).count();
    assert_eq!(ukrainian, 2, "the welcome and this");
}

#[test]
fn the_last_admin_and_ones_own_admin_role_stay() {
    let t = TestApp::new();
    let root = t.admin("boss");
    root.patch(&path(&root), json!({"is_staff": false})).status(409);
    root.post(&format!("{}deactivate/", path(&root)), json!({})).status(409);
    let other = t.admin("second");
    root.patch(&path(&root), json!({"is_staff": false})).status(409);
    other.patch(&path(&root), json!({"is_staff": false})).ok();
    root.get("/api/admin/users/").status(403);
    other.post("/api/admin/users/bulk_update_status/", json!({"ids": [other.id], "status": "inactive"})).status(409);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM users WHERE is_staff = 1 AND is_active = 1"), 1);
}

#[test]
fn two_admins_who_dismiss_each_other_at_once_leave_one() {
    let t = TestApp::new();
    let (one, two) = (t.admin("one"), t.admin("two"));
    let call = |by: &Member<'_>, of: &Member<'_>| by.ready(Method::Patch, &path(of)).json(&json!({"is_staff": false}));
    for _ in 0..5 {
        t.at_once(vec![call(&one, &two), call(&two, &one)]);
        assert_eq!(t.query::<i64>("SELECT count(*) FROM users WHERE is_staff = 1"), 1);
        t.write(|tx| Ok(tx.execute("UPDATE users SET is_staff = 1", [])?));
    }
}

#[test]
fn an_account_is_taken_out_of_use_at_once_and_told() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    let step = |name: &str, body: Value| root.post(&format!("{}{name}/", path(&ann)), body);
    assert_eq!(step("deactivate", json!({"reason": "x".repeat(501)})).faults(), ["reason"]);
    let off = step("deactivate", json!({"reason": "Spam."})).ok();
    assert_eq!((&off["is_active"], &off["deleted_at"]), (&json!(false), &json!(null)));
    step("deactivate", json!({})).ok();
    ann.get("/api/users/me/").status(401);
    t.visitor().post("/api/token/", json!({"username": "ann", "password": PASSWORD})).status(401);
    assert_eq!(count(&t, "ann@example.org", "Your account was deactivated"), 1);
    step("password-reset", json!({})).status(409);
    step("activate", json!({})).ok();
    let ann = t.sign_in_again(&ann);
    ann.get("/api/users/me/").ok();
    step("logout", json!({"reason": "Lost laptop."})).ok();
    ann.get("/api/users/me/").status(401);
    step("password-reset", json!({})).ok();
    assert_eq!(count(&t, "ann@example.org", "Set a new password"), 1);
    let told: Vec<_> = entries(&root, "target_type=user&search=")
        .into_iter()
        .filter(|it| it["target_id"] == ann.id)
        .map(|it| (it["action"].clone(), it["note"].clone()))
        .collect();
    assert_eq!(
        told,
        [
            (json!("users.password_reset_sent"), json!("")),
            (json!("users.signed_out"), json!("Lost laptop.")),
            (json!("users.activated"), json!("")),
            (json!("users.deactivated"), json!("Spam.")),
        ]
    );
    assert_eq!(entries(&root, "search=laptop").len(), 1);
    for step in ["deactivate", "activate", "logout", "password-reset"] {
        root.post(&format!("/api/admin/users/999/{step}/"), json!({})).status(404);
        t.user(&format!("member-{step}")).post(&format!("{}{step}/", path(&ann)), json!({})).status(403);
    }
}

#[test]
fn an_account_that_was_left_is_not_taken_out_of_use() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    ann.delete("/api/users/me/").empty();
    root.post(&format!("{}deactivate/", path(&ann)), json!({})).status(409);
    assert_eq!(entries(&root, "action=users.deactivated").len(), 0);
}

#[test]
fn points_are_corrected_with_a_reason() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    let address = format!("{}points/", path(&ann));
    let given = root.post(&address, json!({"amount": 50, "reason": "Helped a lot."})).created();
    assert_eq!((&given["amount"], &given["reason"]), (&json!(50), &json!("admin_adjustment")));
    assert_eq!(given["note"], "Helped a lot.");
    root.post(&address, json!({"amount": -80, "reason": "A mistake."})).created();
    let mine = ann.get("/api/users/me/points/").ok();
    assert_eq!((&mine["points"], &mine["entries"]["count"]), (&json!(0), &json!(2)), "never below 0");
    assert_eq!(entries(&root, "action=users.points_adjusted")[0]["changes"], json!({"points": [50, 0]}));
    for (bad, fields) in [
        (json!({}), vec!["amount", "reason"]),
        (json!({"amount": 0, "reason": "x"}), vec!["amount"]),
        (json!({"amount": "5", "reason": ""}), vec!["amount", "reason"]),
        (json!({"amount": 1.5, "reason": "x"}), vec!["amount"]),
    ] {
        assert_eq!(root.post(&address, bad).faults(), fields);
    }
    ann.post(&address, json!({"amount": 5, "reason": "Me."})).status(403);
    root.post("/api/admin/users/999/points/", json!({"amount": 5, "reason": "x"})).status(404);
    let call = root.ready(Method::Post, &address).json(&json!({"amount": 5, "reason": "At once."}));
    let statuses = t.at_once(vec![call; 8]);
    assert!(statuses.iter().all(|it| *it == 201));
    assert_eq!(t.query::<i64>("SELECT sum(amount) FROM points_entries"), 10, "each correction counts");
    root.post(&address, json!({"amount": 1000, "reason": "Legend."})).created();
}

#[test]
fn several_accounts_are_switched_and_what_cannot_be_is_passed_over() {
    let t = TestApp::new();
    let (root, ann, ben) = (t.admin("boss"), t.user("ann"), t.user("ben"));
    let address = "/api/admin/users/bulk_update_status/";
    let body = json!({"ids": [ann.id, ben.id, 999, ann.id], "status": "inactive"});
    assert_eq!(root.post(address, body.clone()).ok(), json!({"status": "updated", "updated_count": 2}));
    assert_eq!(root.post(address, body).ok()["updated_count"], 0);
    assert_eq!(entries(&root, "action=users.deactivated").len(), 2);
    assert_eq!(root.post(address, json!({"ids": [ben.id], "status": "active"})).ok()["updated_count"], 1);
    assert_eq!(root.post(address, json!({})).faults(), ["ids", "status"]);
    assert_eq!(root.post(address, json!({"ids": ["x"], "status": "asleep"})).faults(), ["ids", "status"]);
    let many: Vec<i64> = (1..=501).collect();
    assert_eq!(root.post(address, json!({"ids": many, "status": "active"})).faults(), ["ids"]);
    t.sign_in_again(&ben).post(address, json!({"ids": [1], "status": "active"})).status(403);
}

#[test]
fn suggestions_are_taken_in_merged_or_turned_down() {
    let t = TestApp::stocked();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    let suggest = |name: &str| ann.post("/api/skills/suggestions/", json!({"name": name})).created()["id"].clone();
    let (hawks, lang, tea) = (suggest("Falconry"), suggest("Rusty language"), suggest("Tea"));
    ann.get("/api/admin/skill-suggestions/").status(403);
    assert_eq!(root.get("/api/admin/skill-suggestions/?status=pending").ok()["count"], 3);
    let decide =
        |id: &Value, how: &str, body: Value| root.post(&format!("/api/admin/skill-suggestions/{id}/{how}/"), body);
    let taken = decide(&hawks, "accept", json!({"name": "Falconers' art", "category": "other"})).ok();
    assert_eq!((&taken["status"], &taken["skill"]["name"]), (&json!("accepted"), &json!("Falconers' art")));
    let merged = decide(&lang, "accept", json!({"merge_into": "rust"})).ok();
    assert_eq!((&merged["status"], &merged["skill"]["name"]), (&json!("merged"), &json!("Rust")));
    assert_eq!(decide(&tea, "reject", json!({})).ok()["status"], "rejected");
    decide(&tea, "reject", json!({})).status(409);
    decide(&hawks, "accept", json!({})).status(409);
    decide(&json!(999), "accept", json!({})).status(404);
    let more = suggest("Kite flying");
    assert_eq!(decide(&more, "accept", json!({"name": "rust", "category": "air"})).faults(), ["category"]);
    assert_eq!(decide(&more, "accept", json!({"merge_into": "no such skill"})).faults(), ["merge_into"]);
    assert_eq!(entries(&root, "action=skill_suggestions.settled").len(), 3);
    ann.post(&format!("/api/admin/skill-suggestions/{more}/accept/"), json!({})).status(403);
}

#[test]
fn a_merged_skill_takes_everything_along() {
    let t = TestApp::stocked();
    let (root, ann, rita) = (t.admin("boss"), t.user("ann"), t.recruiter("rita"));
    let id = |name: &str| t.query::<i64>(&format!("SELECT id FROM skills WHERE name = '{name}'"));
    let old = root.post("/api/skills/", json!({"name": "Rusty", "synonyms": ["Oxide"]})).created()["id"].clone();
    let held = ann.post("/api/user-skills/", json!({"skill": "Rusty"})).created();
    rita.post(&format!("/api/user-skills/{}/endorse/", held["id"]), json!({}));
    let job = post(&rita, json!({"required_skill_ids": ["Rusty"], "nice_to_have_skill_ids": []}));
    let before = demand(&t, "Rust");
    let address = format!("/api/admin/skills/{old}/merge/");
    ann.post(&address, json!({"into_id": id("Rust")})).status(403);
    assert_eq!(root.post(&address, json!({})).faults(), ["into_id"]);
    assert_eq!(root.post(&address, json!({"into_id": 999_999})).faults(), ["into_id"]);
    assert_eq!(root.post(&address, json!({"into_id": old})).faults(), ["into_id"]);
    let merged = root.post(&address, json!({"into_id": id("Rust")})).ok();
    let synonyms = merged["synonyms"].as_array().unwrap();
    assert!(synonyms.contains(&json!("Rusty")) && synonyms.contains(&json!("Oxide")));
    assert_eq!(demand(&t, "Rust"), before + 1);
    assert_eq!(t.visitor().get(&job).ok()["required_skills"][0]["name"], "Rust");
    let mine = ann.get("/api/user-skills/").ok();
    assert_eq!(
        (&mine["results"][0]["skill"]["name"], &mine["results"][0]["endorsements_count"]),
        (&json!("Rust"), &json!(1))
    );
    root.post(&address, json!({"into_id": id("Rust")})).status(404);
    assert_eq!(entries(&root, "action=skills.merged")[0]["changes"]["merged"], json!(["Rusty", "Rust"]));
}
