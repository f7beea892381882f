//! What was deleted, what goes for good, and bulk steps.

use careerd::{
    admin::{EraseAccounts, PurgeDeleted},
    platform::task::Task,
};
use chrono::Duration;
use serde_json::{Value, json};

use crate::{
    app::{Member, TestApp},
    audit::entries,
    courses::course,
    jobs::{demand, post},
};

fn run(t: &TestApp, task: impl Task) {
    t.block_on(task.run(t.app.clone())).unwrap();
}

fn id(address: &str) -> i64 {
    address.trim_end_matches('/').rsplit('/').next().unwrap().parse().unwrap()
}

fn project(by: &Member<'_>) -> String {
    let body = json!({"title": "Kite", "description": "Build one.", "difficulty": "beginner", "category": "Air"});
    format!("/api/projects/{}/", by.post("/api/projects/", body).created()["id"])
}

fn deleted(root: &Member<'_>, filters: &str) -> Vec<(String, Value)> {
    let page = root.get(&format!("/api/admin/deleted/?{filters}")).ok();
    let rows = page["results"].as_array().unwrap();
    rows.iter().map(|it| (it["type"].as_str().unwrap().to_owned(), it["title"].clone())).collect()
}

#[test]
fn what_was_deleted_is_listed_restored_and_removed_for_good() {
    let t = TestApp::stocked();
    let (root, ivy, rita, ann) = (t.admin("boss"), t.instructor("ivy"), t.recruiter("rita"), t.user("ann"));
    let (job, lesson, kite) = (post(&rita, json!({})), course(&ivy, json!({"title": "Air"})), project(&ivy));
    for (by, address) in [(&rita, &job), (&ivy, &lesson), (&ivy, &kite)] {
        t.pass(Duration::seconds(1));
        by.delete(address).empty();
    }
    t.pass(Duration::seconds(1));
    ann.delete("/api/users/me/").empty();
    ivy.get("/api/admin/deleted/").status(403);
    t.visitor().get("/api/admin/deleted/").status(401);
    let kinds: Vec<_> = deleted(&root, "").into_iter().map(|it| it.0).collect();
    assert_eq!(kinds, ["users", "projects", "courses", "jobs"]);
    assert_eq!(deleted(&root, "type=jobs&type=courses").len(), 2);
    assert_eq!(deleted(&root, "search=kite"), [("projects".to_owned(), json!("Kite"))]);
    assert_eq!(root.get("/api/admin/deleted/?type=dreams").faults(), ["type"]);
    let row = &root.get("/api/admin/deleted/?type=jobs").ok()["results"][0];
    assert_eq!((&row["id"], &row["owner"]["username"]), (&json!(id(&job)), &json!("rita")));
    assert!(row["purge_at"].as_str() > row["deleted_at"].as_str());

    t.pass(Duration::days(40));
    let (root, ivy, rita) = (t.sign_in_again(&root), t.sign_in_again(&ivy), t.sign_in_again(&rita));
    let of = |kind: &str, address: &str| format!("/api/admin/deleted/{kind}/{}/", id(address));
    rita.post(&format!("{}restore/", of("jobs", &job)), json!({})).status(403);
    rita.delete(&of("jobs", &job)).status(403);
    let back = root.post(&format!("{}restore/", of("jobs", &job)), json!({})).ok();
    assert_eq!((&back["is_deleted"], &back["title"]), (&json!(false), &json!("Rust developer")));
    t.visitor().get(&job).ok();
    root.post(&format!("{}restore/", of("jobs", &job)), json!({})).status(404);
    root.delete(&of("jobs", &job)).status(404);
    root.post(&format!("{}restore/", of("dreams", &job)), json!({})).status(404);
    assert_eq!(root.post(&format!("{}restore/", of("courses", &lesson)), json!({})).ok()["title"], "Air");
    ivy.delete(&lesson).empty();
    root.delete(&of("courses", &lesson)).empty();
    root.delete(&of("projects", &kite)).empty();
    root.delete(&of("projects", &kite)).status(404);
    assert_eq!(t.query::<i64>("SELECT (SELECT count(*) FROM courses) + (SELECT count(*) FROM projects)"), 0);
    let actions: Vec<_> = entries(&root, "actor=1").iter().map(|it| it["action"].clone()).collect();
    assert_eq!(actions, ["projects.erased", "courses.erased", "courses.restored", "jobs.restored"]);
    assert_eq!(entries(&root, "action=projects.erased")[0]["changes"], json!({"title": ["Kite", null]}));
}

#[test]
fn what_was_deleted_90_days_ago_goes_with_its_files() {
    let t = TestApp::stocked();
    let (ivy, rita) = (t.instructor("ivy"), t.recruiter("rita"));
    let (job, lesson, kite) = (post(&rita, json!({})), course(&ivy, json!({})), project(&ivy));
    let applied = t.user("ann").post(&format!("{job}apply/"), json!({})).created();
    let module = json!({"course_id": id(&lesson), "title": "Handout", "content_type": "resource"});
    let module = ivy.post("/api/course-modules/", module).created();
    let address = format!("/api/course-modules/{}/file/", module["id"]);
    let put = ivy.upload_by(rocket::http::Method::Put, &address, "a.txt", b"How to build a kite.\n", &[]);
    assert!(put.status.code < 300, "{}", put.text());
    let files = || std::fs::read_dir(t.folder().join("files/course_files")).map(Iterator::count).unwrap_or(0);
    let had = files();
    assert!(had > 0);
    for (by, address) in [(&rita, &job), (&ivy, &lesson), (&ivy, &kite)] {
        by.delete(address).empty();
    }
    t.pass(Duration::days(89));
    run(&t, PurgeDeleted {});
    assert_eq!(t.query::<i64>("SELECT count(*) FROM courses"), 1);
    t.pass(Duration::days(2));
    run(&t, PurgeDeleted {});
    for table in ["courses", "course_modules", "projects", "job_opportunities"] {
        assert_eq!(t.query::<i64>(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    assert_eq!(files(), had - 1);
    // The applicant still reads what they applied for.
    let ann = t.visitor().post("/api/token/", json!({"username": "ann", "password": crate::app::PASSWORD})).ok();
    let kept = t.visitor().holding(&ann, "access").get(&format!("/api/job-applications/{}/", applied["id"])).ok();
    assert_eq!((&kept["job"], &kept["job_title"]), (&json!(null), &json!("Rust developer")));
    run(&t, PurgeDeleted {});
}

#[test]
fn bulk_steps_pass_over_what_they_cannot_do() {
    let t = TestApp::stocked();
    let (root, ivy, rita) = (t.admin("boss"), t.instructor("ivy"), t.recruiter("rita"));
    let lessons: Vec<i64> = (0..3).map(|_| id(&course(&ivy, json!({})))).collect();
    let (job, kite) = (id(&post(&rita, json!({}))), id(&project(&ivy)));
    let status = |kind: &str, ids: Value, status: &str| {
        let body = json!({"ids": ids, "status": status});
        root.post(&format!("/api/admin/{kind}/bulk_update_status/"), body)
    };
    assert_eq!(status("courses", json!([lessons[0], lessons[1], 999]), "archived").ok()["updated_count"], 2);
    assert_eq!(status("courses", json!(lessons), "archived").ok()["updated_count"], 1);
    assert_eq!(status("projects", json!([kite]), "inactive").ok()["updated_count"], 1);
    let before = demand(&t, "Rust");
    assert_eq!(status("jobs", json!([job]), "closed").ok()["updated_count"], 1);
    assert_eq!(demand(&t, "Rust"), before - 1);
    assert_eq!(status("jobs", json!([job]), "archived").faults(), ["status"]);
    assert_eq!(status("courses", json!("x"), "closed").faults(), ["ids", "status"]);
    status("dreams", json!([1]), "active").status(404);
    let remove = |kind: &str, ids: Value| root.post(&format!("/api/admin/{kind}/bulk_delete/"), json!({"ids": ids}));
    assert_eq!(
        remove("courses", json!([lessons[0], lessons[0], 999])).ok(),
        json!({"status": "deleted", "deleted_count": 1})
    );
    assert_eq!(remove("jobs", json!([job])).ok()["deleted_count"], 1);
    assert_eq!(remove("projects", json!([kite])).ok()["deleted_count"], 1);
    assert_eq!(remove("projects", json!([])).ok()["deleted_count"], 0);
    root.post("/api/admin/jobs/bulk_delete/", json!({})).status(400);
    remove("jobs", json!((1..=501).collect::<Vec<i64>>())).status(400);
    for who in [&ivy, &rita] {
        who.post("/api/admin/jobs/bulk_delete/", json!({"ids": [job]})).status(403);
        who.post("/api/admin/jobs/bulk_update_status/", json!({"ids": [job], "status": "active"})).status(403);
    }
    assert_eq!(entries(&root, "actor=1").len(), 3 + 1 + 1 + 3, "each row has its entry");
}

#[test]
fn an_admin_erases_an_account_at_once_or_brings_it_back() {
    let t = TestApp::new();
    let (root, ann, ben, cid) = (t.admin("boss"), t.user("ann"), t.user("ben"), t.user("cid"));
    let of = |who: &Member<'_>| format!("/api/admin/deleted/users/{}/", who.id);
    root.delete(&of(&ann)).status(404);
    root.delete(&of(&root)).status(404);
    ann.delete("/api/users/me/").empty();
    ben.delete("/api/users/me/").empty();
    t.drain();
    assert_eq!(root.post(&format!("{}restore/", of(&ben)), json!({})).ok()["is_active"], true);
    t.sign_in_again(&ben).get("/api/users/me/").ok();
    root.delete(&of(&ann)).empty();
    root.delete(&of(&ann)).status(404);
    root.post(&format!("{}restore/", of(&ann)), json!({})).status(404);
    root.post(&format!("/api/admin/users/{}/activate/", ann.id), json!({})).status(409);
    // Also one that an admin deactivated.
    root.post(&format!("/api/admin/users/{}/deactivate/", cid.id), json!({})).ok();
    root.post(&format!("{}restore/", of(&cid)), json!({})).status(404);
    root.delete(&of(&cid)).empty();
    for who in [&ann, &cid] {
        let name: String = t.query(&format!("SELECT username || email FROM users WHERE id = {}", who.id));
        assert_eq!(name, format!("deleted user {0}deleted-{0}@invalid", who.id));
    }
    let erased = entries(&root, "action=users.erased");
    assert!(erased.iter().all(|it| it["actor"]["username"] == "boss") && erased.len() == 2);
    assert_eq!(crate::accounts::count(&t, "ann@example.org", "Your account was erased"), 1);
    t.pass(Duration::days(30));
    run(&t, EraseAccounts {});
    ben.get("/api/users/me/").status(401);
    t.sign_in_again(&ben).get("/api/users/me/").ok();
}

#[test]
fn the_postings_of_a_leaving_account_are_hidden_until_it_is_back() {
    let t = TestApp::stocked();
    let (root, rita, ann) = (t.admin("boss"), t.recruiter("rita"), t.user("ann"));
    let (open, closed) = (post(&rita, json!({})), post(&rita, json!({})));
    rita.post(&format!("{closed}close/"), json!({})).ok();
    let before = demand(&t, "Rust");
    ann.post(&format!("{open}apply/"), json!({})).created();
    rita.delete("/api/users/me/").empty();
    for who in [&ann, &root, &t.visitor()] {
        who.get(&open).status(404);
        assert_eq!(who.get("/api/jobs/").ok()["count"], 0);
        assert_eq!(who.get("/api/jobs/?search=rust").ok()["count"], 0);
        assert_eq!(who.get("/api/jobs/?status=closed").ok()["count"], 0);
    }
    root.post(&format!("{open}apply/"), json!({})).status(404);
    assert_eq!(demand(&t, "Rust"), before - 1, "closed ones never counted");
    assert_eq!(t.write(careerd::jobs::service::recount), 0, "the counter is exact meanwhile");
    assert_eq!(ann.get("/api/job-applications/").ok()["count"], 1);
    root.post(&format!("/api/admin/deleted/users/{}/restore/", rita.id), json!({})).ok();
    assert_eq!(t.visitor().get(&open).ok()["is_open"], true);
    assert_eq!(demand(&t, "Rust"), before);
    t.sign_in_again(&rita).delete("/api/users/me/").empty();
    t.pass(Duration::days(15));
    run(&t, EraseAccounts {});
    assert_eq!(t.visitor().get(&open).ok()["status"], "closed");
    assert_eq!(demand(&t, "Rust"), before - 1);
    assert_eq!(t.write(careerd::jobs::service::recount), 0);
}

#[test]
fn what_members_wrote_is_deleted_hidden_restored_and_removed_like_all_else() {
    let t = TestApp::new();
    let (root, ann, ben) = (t.admin("boss"), t.user("ann"), t.user("ben"));
    let said = json!({"title": "Kites", "content": "They fly.", "tags": ["air"]});
    let note = ann.post("/api/community/posts/", said.clone()).created()["id"].as_i64().unwrap();
    let other = ann.post("/api/community/posts/", said).created()["id"].as_i64().unwrap();
    let answer =
        ben.post(&format!("/api/community/posts/{note}/comments/"), json!({"content": "So they do."})).created();
    let answer = answer["id"].as_i64().unwrap();
    let reply = json!({"content": "Higher than birds.", "parent_id": answer});
    ann.post(&format!("/api/community/posts/{note}/comments/"), reply).created();
    let tags = || t.query::<i64>("SELECT posts FROM tags WHERE name = 'air'");
    let bulk = |kind: &str, step: &str, body: Value| root.post(&format!("/api/admin/{kind}/bulk_{step}/"), body);
    assert_eq!(
        bulk("posts", "update_status", json!({"ids": [note, other], "status": "hidden"})).ok()["updated_count"],
        2
    );
    assert_eq!(tags(), 0);
    ben.get(&format!("/api/community/posts/{note}/")).status(404);
    assert_eq!(
        bulk("posts", "update_status", json!({"ids": [note, other], "status": "visible"})).ok()["updated_count"],
        2
    );
    assert_eq!(bulk("posts", "update_status", json!({"ids": [note], "status": "visible"})).ok()["updated_count"], 0);
    assert_eq!(bulk("posts", "update_status", json!({"ids": [note], "status": "archived"})).faults(), ["status"]);
    assert_eq!(tags(), 2);
    assert_eq!(bulk("posts", "delete", json!({"ids": [other, 999]})).ok()["deleted_count"], 1);
    assert_eq!(bulk("comments", "delete", json!({"ids": [answer]})).ok()["deleted_count"], 1);
    assert_eq!(tags(), 1);
    let kinds: Vec<_> = deleted(&root, "ordering=type").into_iter().collect();
    assert_eq!(kinds, [("comments".to_owned(), json!("So they do.")), ("posts".to_owned(), json!("Kites"))]);
    let restored = root.post(&format!("/api/admin/deleted/posts/{other}/restore/"), json!({})).ok();
    assert_eq!((&restored["is_deleted"], tags()), (&json!(false), 2));
    root.post(&format!("/api/admin/deleted/comments/{answer}/restore/"), json!({})).ok();
    bulk("comments", "delete", json!({"ids": [answer]})).ok();
    root.delete(&format!("/api/admin/deleted/comments/{answer}/")).empty();
    root.delete(&format!("/api/admin/deleted/comments/{answer}/")).status(404);
    let left = root.get(&format!("/api/community/posts/{note}/comments/")).ok();
    assert_eq!(left["results"][0]["content"], "[deleted]", "it stays for its reply");
    bulk("posts", "delete", json!({"ids": [other]})).ok();
    root.delete(&format!("/api/admin/deleted/posts/{other}/")).empty();
    assert_eq!(t.write(careerd::community::service::recount), 0, "every counter is exact");
    assert_eq!(entries(&root, "action=posts.erased&action=comments.erased").len(), 2);
    // What is reported is decided about in bulk as well.
    ben.post(&format!("/api/community/posts/{note}/flag/"), json!({"reason": "other"})).created();
    let case = root.get("/api/admin/moderation/?status=open").ok()["results"][0]["id"].clone();
    assert_eq!(
        bulk("flags", "update_status", json!({"ids": [case, 999], "status": "upheld"})).ok()["updated_count"],
        1
    );
    ben.get(&format!("/api/community/posts/{note}/")).status(404);
    assert_eq!(bulk("flags", "update_status", json!({"ids": [case], "status": "upheld"})).ok()["updated_count"], 0);
    assert_eq!(bulk("flags", "update_status", json!({"ids": [case], "status": "dismissed"})).ok()["updated_count"], 1);
    ben.get(&format!("/api/community/posts/{note}/")).ok();
    assert_eq!(bulk("flags", "delete", json!({"ids": [case]})).ok()["deleted_count"], 1);
    ben.get(&format!("/api/community/posts/{note}/")).ok();
    ann.delete(&format!("/api/community/posts/{note}/")).empty();
    t.pass(Duration::days(91));
    run(&t, PurgeDeleted {});
    assert_eq!(t.query::<i64>("SELECT (SELECT count(*) FROM community_posts) + (SELECT count(*) FROM comments)"), 0);
}
