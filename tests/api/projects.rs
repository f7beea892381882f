//! Projects, the work on them, and its reviews.

use careerd::{platform::id::Id, projects};
use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{Member, TestApp, number, titles, with};

fn word_counter() -> Value {
    json!({
        "title": "Word counter", "description": "Counts the words of a file.", "difficulty": "beginner",
        "category": "Programming", "required_skill_ids": ["rust"], "estimated_hours": 6, "icon_emoji": "🦀",
    })
}

/// The address of a new project.
fn project(by: &Member<'_>, fields: Value) -> String {
    let project = by.post("/api/projects/", with(word_counter(), fields)).created();
    format!("/api/projects/{}/", project["id"])
}

/// The address of work that was begun on this project.
fn start(by: &Member<'_>, project: &str) -> String {
    let work = by.post(&format!("{project}start/"), json!({})).created();
    format!("/api/project-progress/{}/", work["id"])
}

fn submit(by: &Member<'_>, work: &str) -> Value {
    by.post(&format!("{work}submit/"), json!({"submission_url": "https://example.org/work"})).ok()
}

fn review(by: &Member<'_>, work: &str, rating: i64, accepted: bool) -> Value {
    let body = json!({"rating": rating, "feedback": "Read.", "accepted": accepted});
    by.post(&format!("{work}review/"), body).ok()
}

fn mentor<'t>(t: &'t TestApp, name: &str) -> Member<'t> {
    let member = t.user(name);
    let id = member.id;
    t.write(move |tx| Ok(tx.execute("UPDATE users SET is_mentor = 1 WHERE id = ?1", [id])?));
    member
}

#[test]
fn only_instructors_make_projects_and_everybody_reads() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    ann.post("/api/projects/", word_counter()).status(403);
    t.visitor().post("/api/projects/", word_counter()).status(401);
    let reply = ivy.post("/api/projects/", word_counter());
    let made = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("/api/projects/{}/", made["id"]).as_str()));
    assert_eq!(made["created_by"]["username"], "ivy");
    assert_eq!(made["required_skills"][0]["name"], "Rust");
    assert_eq!((&made["is_locked"], &made["average_rating"]), (&json!(false), &json!(null)));
    assert_eq!((&made["total_submissions"], &made["status"]), (&json!(0), &json!("active")));
    assert_eq!(t.visitor().get(&format!("/api/projects/{}/", made["id"])).ok(), made);
    assert_eq!(t.visitor().get("/api/projects/").ok()["results"][0], made);
    t.visitor().get("/api/projects/999/").status(404);
}

#[test]
fn every_wrong_field_is_told_at_once() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let bad = json!({
        "title": "", "difficulty": "wizard", "estimated_hours": 0, "status": "gone", "icon_emoji": "x".repeat(11),
        "requirements": "x".repeat(10_001), "required_skill_ids": ["Juggling flames"], "prerequisite_ids": [999],
    });
    assert_eq!(
        ivy.post("/api/projects/", bad).faults(),
        [
            "category",
            "description",
            "difficulty",
            "estimated_hours",
            "icon_emoji",
            "prerequisite_ids",
            "required_skill_ids",
            "requirements",
            "status",
            "title"
        ]
    );
    let own = json!({"total_submissions": 9, "average_rating": 5, "is_locked": true, "created_by": 99});
    let made = ivy.post("/api/projects/", with(word_counter(), own)).created();
    assert_eq!((&made["total_submissions"], &made["created_by"]["username"]), (&json!(0), &json!("ivy")));
}

#[test]
fn patch_touches_what_it_carries_and_put_resets_the_rest() {
    let t = TestApp::stocked();
    let (ivy, other) = (t.instructor("ivy"), t.instructor("oda"));
    let path = project(&ivy, json!({"requirements": "Tests."}));
    let patched = ivy.patch(&path, json!({"title": "Words", "estimated_hours": null})).ok();
    assert_eq!((&patched["title"], &patched["requirements"]), (&json!("Words"), &json!("Tests.")));
    assert_eq!((&patched["estimated_hours"], &patched["required_skills"][0]["name"]), (&json!(null), &json!("Rust")));
    let put = ivy.put(&path, word_counter()).ok();
    assert_eq!((&put["requirements"], &put["estimated_hours"]), (&json!(""), &json!(6.0)));
    assert_eq!(ivy.put(&path, json!({})).faults().len(), 4);
    other.patch(&path, json!({"title": "x"})).status(403);
    t.visitor().patch(&path, json!({"title": "x"})).status(401);
    t.admin("root1").patch(&path, json!({"title": "By an admin"})).ok();
    let stale = ivy.call(Method::Patch, &path, Some(json!({"title": "y"})), &[("If-Match", "\"1-a\"")]);
    assert_eq!(stale.status.code, 412);
}

#[test]
fn a_project_is_locked_until_what_it_builds_upon_is_completed() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let first = project(&ivy, json!({"title": "First"}));
    let second = project(&ivy, json!({"title": "Second", "prerequisites": [number(&first)]}));
    for circle in [&first, &second] {
        assert_eq!(ivy.patch(&first, json!({"prerequisite_ids": [number(circle)]})).faults(), ["prerequisite_ids"]);
    }
    let is_locked = |who: &Member<'_>| {
        let (one, list) = (who.get(&second).ok(), who.get("/api/projects/").ok());
        assert_eq!(list["results"][0]["is_locked"], one["is_locked"]);
        one["is_locked"].as_bool().unwrap()
    };
    assert!(is_locked(&ann) && is_locked(&t.visitor()));
    ann.post(&format!("{second}start/"), json!({})).status(409);
    let work = start(&ann, &first);
    submit(&ann, &work);
    assert!(is_locked(&ann));
    review(&ivy, &work, 5, true);
    assert!(!is_locked(&ann) && is_locked(&t.visitor()));
    start(&ann, &second);
    // A deleted project locks nothing.
    ivy.delete(&first).empty();
    assert!(!is_locked(&t.visitor()));
}

#[test]
fn a_draft_is_its_creators_own() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let draft = project(&ivy, json!({"title": "Draft", "status": "inactive"}));
    project(&ivy, json!({"title": "Open"}));
    assert_eq!(titles(&ivy.get("/api/projects/").ok()), ["Open", "Draft"]);
    for who in [&ann, &t.visitor()] {
        assert_eq!(titles(&who.get("/api/projects/").ok()), ["Open"]);
        assert_eq!(who.get("/api/projects/?status=inactive").ok()["count"], 0);
        who.get(&draft).status(404);
        who.get(&format!("{draft}leaderboard/")).status(404);
    }
    ann.post(&format!("{draft}start/"), json!({})).status(409);
    t.admin("root1").get(&draft).ok();
}

#[test]
fn filters_leave_what_they_say() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    project(&ivy, json!({"title": "Hard", "difficulty": "advanced", "estimated_hours": 40, "category": "Données"}));
    project(&ivy, json!({"title": "Open end", "estimated_hours": null, "required_skill_ids": ["Python"]}));
    project(&ivy, json!({"title": "Old", "status": "archived"}));
    for (filter, wanted) in [
        ("difficulty=advanced", vec!["Hard"]),
        ("category=donn", vec!["Hard"]),
        ("skill=python", vec!["Open end"]),
        ("status=archived", vec!["Old"]),
        ("search=op", vec!["Open end"]),
        ("search=pen", vec![]),
        ("ordering=estimated_hours", vec!["Hard", "Open end"]),
        ("ordering=-estimated_hours", vec!["Hard", "Open end"]),
        ("ordering=-total_submissions,created_at", vec!["Hard", "Open end"]),
    ] {
        assert_eq!(titles(&t.visitor().get(&format!("/api/projects/?{filter}")).ok()), wanted, "{filter}");
    }
    for (bad, field) in [
        ("difficulty=x", "difficulty"),
        ("skill=Juggling", "skill"),
        ("status=x", "status"),
        ("ordering=x", "ordering"),
    ] {
        assert_eq!(t.visitor().get(&format!("/api/projects/?{bad}")).faults(), [field], "{bad}");
    }
}

#[test]
fn a_deleted_project_is_gone_until_it_is_restored() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = project(&ivy, json!({}));
    let work = start(&ann, &path);
    ann.post(&format!("{path}soft_delete/"), json!({})).status(403);
    assert_eq!(ivy.post(&format!("{path}soft_delete/"), json!({})).ok(), json!({"status": "deleted"}));
    for who in [&ivy, &ann] {
        who.get(&path).status(404);
        assert_eq!(who.get("/api/projects/").ok()["count"], 0);
    }
    ann.post(&format!("{path}restore/"), json!({})).status(404);
    // What somebody worked on stays readable to them, but goes no further.
    ann.get(&work).ok();
    ann.post(&format!("{work}submit/"), json!({"submission_url": "https://example.org/"})).status(409);
    t.pass(Duration::days(31));
    t.sign_in_again(&ivy).post(&format!("{path}restore/"), json!({})).status(409);
    let root = t.admin("root1");
    assert_eq!(root.post(&format!("{path}restore/"), json!({})).ok(), json!({"status": "restored"}));
    t.visitor().get(&path).ok();
}

#[test]
fn starting_twice_keeps_one_piece_of_work() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = project(&ivy, json!({}));
    t.visitor().post(&format!("{path}start/"), json!({})).status(401);
    let reply = ann.post(&format!("{path}start/"), json!({}));
    let first = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("/api/project-progress/{}/", first["id"]).as_str()));
    assert_eq!((&first["status"], &first["project"]["title"]), (&json!("in_progress"), &json!("Word counter")));
    assert_eq!(ann.post("/api/project-progress/", json!({"project": number(&path)})).ok(), first);
    assert_eq!(ann.get(&path).ok()["my_progress"], first);
    assert_eq!(ann.post("/api/project-progress/", json!({})).faults(), ["project_id"]);
    assert_eq!(ann.post("/api/project-progress/", json!({"project_id": 999})).faults(), ["project_id"]);
    ann.post("/api/projects/999/start/", json!({})).status(404);
    let page = ann.get(&format!("/api/project-progress/?project={}&status=in_progress&search=wor", number(&path))).ok();
    assert_eq!((&page["count"], &page["results"][0]), (&json!(1), &first));
    assert_eq!(ann.get("/api/project-progress/?status=lost").faults(), ["status"]);
    assert_eq!(t.user("ben").get("/api/project-progress/").ok()["count"], 0);
}

#[test]
fn work_is_submitted_sent_back_and_accepted() {
    let t = TestApp::stocked();
    let (ivy, ann, ben) = (t.instructor("ivy"), t.user("ann"), t.user("ben"));
    let (mia, root) = (mentor(&t, "mia"), t.admin("root1"));
    let path = project(&ivy, json!({}));
    let work = start(&ann, &path);
    let good = json!({"rating": 3, "feedback": "No tests."});
    ivy.post(&format!("{work}review/"), good.clone()).status(409);
    assert_eq!(ann.post(&format!("{work}submit/"), json!({})).faults(), ["submission_url"]);
    for wrong in ["", "ftp://example.org/", "here"] {
        let body = json!({"submission_url": wrong, "submission_notes": "x".repeat(5001)});
        assert!(ann.post(&format!("{work}submit/"), body).faults().contains(&"submission_notes".to_owned()));
        assert_eq!(ann.post(&format!("{work}submit/"), json!({"submission_url": wrong})).faults(), ["submission_url"]);
    }
    assert_eq!(
        ann.patch(&work, json!({"submission_notes": "Soon.", "status": "completed"})).ok()["status"],
        "in_progress"
    );
    let sent = submit(&ann, &work);
    assert_eq!((&sent["status"], &sent["submission_notes"]), (&json!("submitted"), &json!("Soon.")));
    assert_eq!(submit(&ann, &work)["status"], "submitted");
    assert_eq!(ann.patch(&work, json!({"submission_url": null})).faults(), ["submission_url"]);
    assert_eq!(t.visitor().get(&path).ok()["total_submissions"], 1);
    // Who may look, and who may say what of it.
    for who in [&ivy, &mia, &root] {
        who.get(&work).ok();
        who.patch(&work, json!({"submission_notes": "x"})).status(403);
        who.post(&format!("{work}submit/"), json!({"submission_url": "https://x.org/"})).status(403);
        who.delete(&work).status(403);
        assert_eq!(who.get(&format!("{path}submissions/")).ok()["count"], 1);
    }
    for path in [&work, &format!("{work}review/")] {
        ben.call(if path.ends_with("review/") { Method::Post } else { Method::Get }, path, None, &[]).status(404);
    }
    ben.get(&format!("{path}submissions/")).status(403);
    ann.get(&format!("{path}submissions/")).status(403);
    t.visitor().get(&format!("{path}submissions/")).status(401);
    ann.post(&format!("{work}review/"), good.clone()).status(403);
    assert_eq!(ivy.post(&format!("{work}review/"), json!({"rating": 6})).faults(), ["feedback", "rating"]);
    let back = review(&mia, &work, 2, false);
    assert_eq!(
        (&back["status"], &back["rating"], &back["feedback"]),
        (&json!("in_progress"), &json!(2), &json!("Read."))
    );
    assert_eq!(t.visitor().get(&path).ok()["average_rating"], json!(null));
    mia.post(&format!("{work}review/"), good.clone()).status(409);
    submit(&ann, &work);
    let done = ivy.post(&format!("{work}review/"), with(good.clone(), json!({"rating": 4}))).ok();
    assert_eq!(
        (&done["status"], &done["rating"], &done["reviewed_by"]["id"]),
        (&json!("completed"), &json!(4), &json!(ivy.id))
    );
    let shown = t.visitor().get(&path).ok();
    assert_eq!((&shown["average_rating"], &shown["total_submissions"]), (&json!(4.0), &json!(1)));
    for reply in [
        ann.post(&format!("{work}submit/"), json!({"submission_url": "https://example.org/"})),
        ann.patch(&work, json!({"submission_notes": "x"})),
        ann.delete(&work),
        ivy.post(&format!("{work}review/"), good),
    ] {
        reply.status(409);
    }
    assert_eq!(t.write(projects::store::recount), 0);
}

#[test]
fn nobody_reviews_their_own_work() {
    let t = TestApp::stocked();
    let (ivy, root) = (t.instructor("ivy"), t.admin("root1"));
    let path = project(&ivy, json!({}));
    for who in [&ivy, &root] {
        let work = start(who, &path);
        submit(who, &work);
        who.post(&format!("{work}review/"), json!({"rating": 5, "feedback": "Mine."})).status(403);
    }
}

#[test]
fn work_that_was_taken_back_counts_no_more() {
    let t = TestApp::stocked();
    let (ivy, ann, ben) = (t.instructor("ivy"), t.user("ann"), t.user("ben"));
    let path = project(&ivy, json!({}));
    let (anns, bens) = (start(&ann, &path), start(&ben, &path));
    submit(&ann, &anns);
    submit(&ben, &bens);
    review(&ivy, &bens, 5, true);
    ann.delete(&anns).empty();
    ann.get(&anns).status(404);
    let shown = || t.visitor().get(&path).ok();
    assert_eq!((&shown()["total_submissions"], &shown()["average_rating"]), (&json!(1), &json!(5.0)));
    t.drain();
    let (ben, ivy) = (Id::new(ben.id), Id::new(ivy.id));
    t.write(move |tx| projects::service::forget_user(tx, ben));
    t.write(move |tx| projects::service::forget_user(tx, ivy));
    assert_eq!((&shown()["total_submissions"], &shown()["average_rating"]), (&json!(0), &json!(null)));
    assert_eq!(shown()["created_by"], json!(null));
    assert_eq!(t.write(projects::store::recount), 0);
}

#[test]
fn the_best_work_leads_and_then_the_earliest() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let path = project(&ivy, json!({}));
    for (name, rating) in [("ann", 4), ("ben", 5), ("cid", 5)] {
        let who = t.user(name);
        let work = start(&who, &path);
        submit(&who, &work);
        review(&ivy, &work, rating, true);
    }
    let open = t.user("dan");
    submit(&open, &start(&open, &path));
    let board = t.visitor().get(&format!("{path}leaderboard/")).ok();
    let places: Vec<_> = board.as_array().unwrap().iter().map(|it| (&it["rank"], &it["user"]["username"])).collect();
    assert_eq!(places, [(&json!(1), &json!("ben")), (&json!(2), &json!("cid")), (&json!(3), &json!("ann"))]);
    assert_eq!(t.visitor().get(&format!("{path}leaderboard/?limit=1")).ok().as_array().unwrap().len(), 1);
    for bad in ["0", "51", "x"] {
        assert_eq!(t.visitor().get(&format!("{path}leaderboard/?limit={bad}")).faults(), ["limit"]);
    }
    t.visitor().get("/api/projects/999/leaderboard/").status(404);
}

#[test]
fn submissions_and_reviews_are_told() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = project(&ivy, json!({}));
    let work = start(&ann, &path);
    submit(&ann, &work);
    review(&ivy, &work, 2, false);
    submit(&ann, &work);
    review(&ivy, &work, 5, true);
    t.drain();
    let told = |who: &Member<'_>| who.get("/api/notifications/?type=system").ok();
    assert_eq!(titles(&told(&ivy)), ["ann submitted work on \"Word counter\""; 2]);
    let page = told(&ann);
    let mut heard = titles(&page);
    heard.sort_unstable();
    assert_eq!(heard, ["Your work on \"Word counter\" was accepted", "Your work on \"Word counter\" was sent back"]);
    assert_eq!(ann.get("/api/users/me/stats/").ok()["projects_completed"], 1);
}

#[test]
fn fifty_submissions_and_reviews_at_once_are_all_counted() {
    let t = TestApp::stocked();
    let ivy = t.instructor("ivy");
    let path = project(&ivy, json!({}));
    let people: Vec<_> = (0..50).map(|nth| t.user(&format!("user{nth}"))).collect();
    let works: Vec<_> = people.iter().map(|it| start(it, &path)).collect();
    let sent = json!({"submission_url": "https://example.org/"});
    let submits =
        works.iter().zip(&people).map(|(work, it)| it.ready(Method::Post, &format!("{work}submit/")).json(&sent));
    assert_eq!(t.at_once(submits.collect()), [200; 50]);
    assert_eq!(t.visitor().get(&path).ok()["total_submissions"], 50);
    let review = |nth: usize| json!({"rating": nth % 5 + 1, "feedback": "Read."});
    // Each piece of work is reviewed twice at once: one of the two finds nothing to review.
    let review = |nth: usize| ivy.ready(Method::Post, &format!("{}review/", works[nth])).json(&review(nth));
    let statuses = t.at_once((0..100).map(|nth| review(nth / 2)).collect());
    assert_eq!(statuses.iter().filter(|it| **it == 200).count(), 50);
    assert_eq!(statuses.iter().filter(|it| **it == 409).count(), 50);
    assert_eq!(t.visitor().get(&path).ok()["average_rating"], 3.0);
    assert_eq!(t.write(projects::store::recount), 0);
}
