//! Who is connected with whom, and who might be.

use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{Member, ReadyCall, TestApp, titles};

const ALL: &str = "/api/connections/";

fn ask(from: &Member<'_>, to: &Member<'_>) -> Value {
    from.post(ALL, json!({"user_id": to.id, "message": "We met in Lviv."})).created()
}

fn answer(by: &Member<'_>, connection: &Value, word: &str) -> crate::app::Reply {
    by.post(&format!("{ALL}{}/{word}/", connection["id"]), json!({}))
}

fn connect(one: &Member<'_>, other: &Member<'_>) {
    answer(other, &ask(one, other), "accept").ok();
}

fn others<'v>(page: &'v Value, me: &Member<'_>) -> Vec<&'v str> {
    let rows = page["results"].as_array().unwrap();
    rows.iter()
        .map(|it| {
            let side = if it["requester"]["id"] == me.id { "addressee" } else { "requester" };
            it[side]["username"].as_str().unwrap()
        })
        .collect()
}

fn ready(from: &Member<'_>, path: &str, body: &Value) -> ReadyCall {
    from.ready(Method::Post, path).json(body)
}

fn number(who: &Member<'_>) -> i64 {
    who.get("/api/users/me/stats/").ok()["connections"].as_i64().unwrap()
}

#[test]
fn a_request_is_asked_once_and_accepted_by_who_was_asked() {
    let t = TestApp::new();
    let (ann, ben, eve) = (t.user("ann"), t.user("ben"), t.user("eve"));
    let reply = ann.post(ALL, json!({"user_id": ben.id, "message": "  We met in Lviv. "}));
    let asked = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("{ALL}{}/", asked["id"]).as_str()));
    assert_eq!((&asked["status"], &asked["message"]), (&json!("pending"), &json!("We met in Lviv.")));
    assert_eq!((&asked["requester"]["username"], &asked["addressee"]["username"]), (&json!("ann"), &json!("ben")));
    assert_eq!(asked["answered_at"], Value::Null);
    assert_eq!(ann.post(ALL, json!({"user_id": ben.id, "message": "Again."})).ok(), asked, "it stands as it is");
    answer(&ann, &asked, "accept").status(403);
    answer(&ann, &asked, "decline").status(403);
    answer(&eve, &asked, "accept").status(404);
    t.visitor().post(&format!("{ALL}{}/accept/", asked["id"]), json!({})).status(401);
    let accepted = answer(&ben, &asked, "accept").ok();
    assert_eq!(accepted["status"], "accepted");
    assert!(accepted["answered_at"].is_string());
    answer(&ben, &asked, "accept").status(409);
    answer(&ben, &asked, "decline").status(409);
    assert_eq!(ben.post(ALL, json!({"user_id": ann.id})).ok(), accepted);
    assert_eq!((number(&ann), number(&ben), number(&eve)), (1, 1, 0));
}

#[test]
fn two_crossing_requests_are_an_acceptance() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let asked = ask(&ann, &ben);
    let accepted = ben.post(ALL, json!({"user_id": ann.id, "message": "Me too."})).ok();
    assert_eq!((&accepted["id"], &accepted["status"]), (&asked["id"], &json!("accepted")));
    assert_eq!(accepted["requester"]["username"], "ann");
    t.drain();
    let told = |who: &Member<'_>| {
        let page = who.get("/api/notifications/?type=connection").ok();
        page["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&ben), ["ann wants to connect with you"]);
    assert_eq!(told(&ann), ["ben accepted your request"]);
}

#[test]
fn requests_that_cross_at_the_same_moment_become_one_connection() {
    let t = TestApp::new();
    let people: Vec<_> = (0..8).map(|nth| t.user(&format!("user{nth}"))).collect();
    let mut calls = vec![];
    for (nth, one) in people.iter().enumerate() {
        for other in &people[nth + 1..] {
            calls.push(ready(one, ALL, &json!({"user_id": other.id})));
            calls.push(ready(other, ALL, &json!({"user_id": one.id})));
        }
    }
    let mut statuses = t.at_once(calls);
    statuses.sort_unstable();
    let pairs = 8 * 7 / 2;
    assert_eq!(statuses, [vec![200; pairs], vec![201; pairs]].concat());
    assert_eq!(t.query::<i64>("SELECT count(*) FROM connections WHERE status = 'accepted'"), pairs as i64);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM connections"), pairs as i64);
    for one in &people {
        assert_eq!(number(one), 7);
    }
}

#[test]
fn answers_and_removals_at_the_same_moment_leave_one_outcome() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let asked = ask(&ann, &ben);
    let path = |word: &str| format!("{ALL}{}/{word}/", asked["id"]);
    let calls = (0..6).map(|nth| ready(&ben, &path(["accept", "decline"][nth % 2]), &json!({}))).collect();
    let statuses = t.at_once(calls);
    assert_eq!(statuses.iter().filter(|it| **it == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|it| **it == 409).count(), 5, "{statuses:?}");
    let events: i64 =
        t.query("SELECT count(*) FROM events WHERE kind IN ('connections.accepted', 'connections.declined')");
    assert_eq!(events, 1);
}

#[test]
fn bad_requests_tell_every_fault() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    assert_eq!(ann.post(ALL, json!({})).faults(), ["user_id"]);
    assert_eq!(ann.post(ALL, json!({"user_id": ann.id})).faults(), ["user_id"]);
    assert_eq!(ann.post(ALL, json!({"user_id": 999})).faults(), ["user_id"]);
    assert_eq!(ann.post(ALL, json!({"user_id": "ben", "message": "x".repeat(301)})).faults(), ["message", "user_id"]);
    assert_eq!(ann.post(ALL, json!({"user_id": ben.id, "message": 7})).faults(), ["message"]);
    let made = ann.post(ALL, json!({"user_id": ben.id, "status": "accepted", "requester_id": 1})).created();
    assert_eq!(made["status"], "pending", "nobody accepts for others");
    t.visitor().post(ALL, json!({"user_id": ben.id})).status(401);
    t.visitor().get(ALL).status(401);
    ben.delete("/api/users/me/").empty();
    t.drain();
    assert_eq!(ann.post(ALL, json!({"user_id": ben.id})).faults(), ["user_id"]);
    for path in ["999/", "x/", "0/"] {
        ann.get(&format!("{ALL}{path}")).status(404);
        ann.delete(&format!("{ALL}{path}")).status(404);
    }
}

#[test]
fn whoever_was_declined_asks_again_after_thirty_days() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let asked = ask(&ann, &ben);
    assert_eq!(answer(&ben, &asked, "decline").ok()["status"], "declined");
    ann.post(ALL, json!({"user_id": ben.id})).status(409);
    ann.delete(&format!("{ALL}{}/", asked["id"])).status(409);
    t.pass(Duration::days(29));
    let ann = t.sign_in_again(&ann);
    ann.post(ALL, json!({"user_id": ben.id})).status(409);
    t.pass(Duration::days(1));
    let (ann, ben) = (t.sign_in_again(&ann), t.sign_in_again(&ben));
    let again = ann.post(ALL, json!({"user_id": ben.id, "message": "Once more."})).created();
    assert_eq!((&again["status"], &again["message"]), (&json!("pending"), &json!("Once more.")));
    assert_ne!(again["id"], asked["id"]);
    answer(&ben, &again, "decline").ok();
    let turned = ben.post(ALL, json!({"user_id": ann.id})).created();
    assert_eq!(turned["requester"]["username"], "ben", "who declined may ask at once");
    assert_eq!(t.query::<i64>("SELECT count(*) FROM connections"), 1);
}

#[test]
fn people_are_told_of_by_the_name_that_they_gave() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    ann.patch("/api/users/me/", json!({"first_name": "Ann", "last_name": "Lee"})).ok();
    ask(&ann, &ben);
    t.drain();
    let told = ben.get("/api/notifications/?type=connection").ok();
    assert_eq!(titles(&told), ["Ann Lee wants to connect with you"]);
}

#[test]
fn either_removes_a_connection_and_takes_back_a_request() {
    let t = TestApp::new();
    let (ann, ben, eve) = (t.user("ann"), t.user("ben"), t.user("eve"));
    let asked = ask(&ann, &ben);
    let path = format!("{ALL}{}/", asked["id"]);
    eve.get(&path).status(404);
    eve.delete(&path).status(404);
    assert_eq!(ben.get(&path).ok(), asked);
    ann.delete(&path).empty();
    ann.get(&path).status(404);
    connect(&ann, &ben);
    let connection = &ann.get(ALL).ok()["results"][0];
    ben.delete(&format!("{ALL}{}/", connection["id"])).empty();
    assert_eq!((number(&ann), number(&ben)), (0, 0));
    ask(&ann, &ben);
    t.drain();
    let told: i64 = t.query("SELECT count(*) FROM notifications WHERE title = 'ann wants to connect with you'");
    assert_eq!(told, 1, "asking over and over tells once a day");
}

#[test]
fn a_version_that_is_old_removes_nothing() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let asked = ask(&ann, &ben);
    let path = format!("{ALL}{}/", asked["id"]);
    let tag = ann.get(&path).header("ETag").unwrap().to_owned();
    t.pass(Duration::seconds(1));
    answer(&ben, &asked, "accept").ok();
    ann.call(Method::Delete, &path, None, &[("If-Match", &tag)]).status(412);
    let tag = ann.get(&path).header("ETag").unwrap().to_owned();
    ann.call(Method::Delete, &path, None, &[("If-Match", &tag)]).empty();
}

#[test]
fn the_list_is_of_accepted_ones_unless_another_status_is_asked_for() {
    let t = TestApp::new();
    let (ann, ben, cat, dan) = (t.user("ann"), t.user("ben"), t.user("cat"), t.user("dan"));
    ben.patch("/api/users/me/", json!({"first_name": "Żenia"})).ok();
    connect(&ann, &ben);
    t.pass(Duration::seconds(1));
    connect(&cat, &ann);
    t.pass(Duration::seconds(1));
    ask(&dan, &ann);
    let list = |query: &str| {
        let page = ann.get(&format!("{ALL}?{query}")).ok();
        assert_eq!(page["count"], page["results"].as_array().unwrap().len());
        others(&page, &ann).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(list(""), ["cat", "ben"]);
    assert_eq!(list("ordering=created_at"), ["ben", "cat"]);
    assert_eq!(list("direction=in"), ["cat"]);
    assert_eq!(list("direction=out"), ["ben"]);
    assert_eq!(list("status=pending"), ["dan"]);
    assert_eq!(list("status=pending&direction=out"), Vec::<String>::new());
    assert_eq!(list("status=pending&status=ACCEPTED"), ["dan", "cat", "ben"]);
    assert_eq!(list("search=zen"), ["ben"]);
    assert_eq!(list("search=ann"), Vec::<String>::new(), "one's own name is no hit");
    assert_eq!(ann.get(&format!("{ALL}?status=friends&direction=up&ordering=x")).faults(), ["direction", "status"]);
    assert_eq!(ann.get(&format!("{ALL}?ordering=message")).faults(), ["ordering"]);
    ben.delete("/api/users/me/").empty();
    assert_eq!(list(""), ["cat"], "who has left is not there");
    assert_eq!(number(&ann), 1);
    t.drain();
}

#[test]
fn five_hundred_requests_may_wait() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let first = ask(&ben, &ann);
    let id = ann.id;
    t.write(move |tx| {
        tx.execute_batch(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
             INSERT INTO users (username, email, created_at, updated_at) SELECT 'u' || i, 'u' || i || '@example.org', 0, 0 FROM n;
             INSERT INTO connections (requester_id, addressee_id, message, status, created_at, updated_at)
             SELECT {id}, id, '', 'pending', 0, 0 FROM users WHERE username LIKE 'u%';"
        ))?;
        Ok(())
    });
    let cat = t.user("cat");
    ann.post(ALL, json!({"user_id": cat.id})).status(409);
    answer(&ann, &first, "accept").ok();
    ask(&cat, &ann);
    let one: i64 = t.query(&format!("SELECT max(id) FROM connections WHERE requester_id = {id}"));
    ann.delete(&format!("{ALL}{one}/")).empty();
    let more = t.user("dan");
    ask(&ann, &more);
}

#[test]
fn an_erased_account_leaves_no_connection() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    connect(&ann, &ben);
    ann.delete("/api/users/me/").empty();
    t.drain();
    t.pass(Duration::days(15));
    t.write(|tx| tx.enqueue(&careerd::admin::EraseAccounts {}).map(drop));
    t.drain();
    assert_eq!(t.query::<i64>("SELECT count(*) FROM connections"), 0);
    assert_eq!(number(&t.sign_in_again(&ben)), 0);
}

#[test]
fn a_rule_may_count_connections() {
    let t = TestApp::new();
    let (root, ann, ben) = (t.admin("boss"), t.user("ann"), t.user("ben"));
    let rule = json!({"key": "known", "name": "Known", "description": "Knows one.", "metric": "connections", "target": 1,
        "points_awarded": 5, "rarity": "common"});
    root.post("/api/achievements/", rule).created();
    connect(&ann, &ben);
    t.drain();
    for one in [&ann, &ben] {
        assert_eq!(one.get("/api/users/me/").ok()["points"], 5);
    }
}

const BEST: &str = "/api/users/me/recommendations/connections/";

fn house() -> TestApp {
    let t = TestApp::new();
    let root = t.admin("boss");
    for name in ["Rust", "SQL", "Python", "Figma"] {
        root.post("/api/skills/", json!({"name": name})).created();
    }
    t
}

fn knows(member: &Member<'_>, skills: &[&str]) {
    for skill in skills {
        member.post("/api/user-skills/", json!({"skill_name": skill})).created();
    }
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it["user"]["username"].as_str().unwrap()).collect()
}

#[test]
fn those_with_shared_skills_acquaintances_and_place_are_recommended() {
    let t = house();
    let people: Vec<_> =
        ["ann", "both", "half", "near", "friend", "second", "far"].iter().map(|it| t.user(it)).collect();
    let [ann, both, half, near, friend, second, far] = people.as_slice() else { unreachable!() };
    knows(ann, &["Rust", "SQL"]);
    knows(both, &["Rust", "SQL"]);
    knows(half, &["Rust", "Figma"]);
    knows(far, &["Figma"]);
    knows(second, &["Python"]);
    for one in [ann, near] {
        one.patch("/api/users/me/", json!({"location": "Kyiv, Ukraine"})).ok();
    }
    connect(ann, friend);
    connect(friend, second);
    let list = ann.get(BEST).ok();
    assert_eq!(names(&list), ["both", "half", "near", "second"]);
    let of = |name: &str| list.as_array().unwrap().iter().find(|it| it["user"]["username"] == name).unwrap().clone();
    assert_eq!(of("both")["terms"], json!({"skills": 60, "mutual_connections": 0, "place": 0}));
    assert_eq!(of("both")["shared_skills"], json!(["Rust", "SQL"]));
    assert_eq!((&of("half")["score"], &of("half")["shared_skills"]), (&json!(30), &json!(["Rust"])));
    assert_eq!(of("near")["terms"], json!({"skills": 0, "mutual_connections": 0, "place": 10}));
    assert_eq!((&of("second")["score"], &of("second")["mutual_connections"]), (&json!(6), &json!(1)));
    for it in list.as_array().unwrap() {
        let terms: i64 = it["terms"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum();
        assert_eq!(it["score"], terms);
        assert!(it["reason"].as_str().unwrap().ends_with('.'));
    }
    assert_eq!(of("half")["reason"], "You share 1 skill.");
    assert_eq!(names(&ann.get("/api/connections/suggestions/?limit=2").ok()), ["both", "half"]);
    let dashboard = ann.get("/api/users/me/recommendations/").ok();
    assert_eq!(names(&dashboard["recommended_connections"]), names(&list));
    assert_eq!(ann.get(&format!("{BEST}?limit=51")).faults(), ["limit"]);
    // Whom something stands with is left out at once, whatever is kept.
    let asked = ask(ann, both);
    assert_eq!(names(&ann.get(BEST).ok()), ["half", "near", "second"]);
    answer(both, &asked, "decline").ok();
    assert_eq!(names(&ann.get(BEST).ok()), ["half", "near", "second"]);
    ask(half, ann);
    near.delete("/api/users/me/").empty();
    assert_eq!(names(&ann.get(BEST).ok()), ["second"]);
    t.drain();
}

#[test]
fn without_skills_those_with_most_points_are_recommended() {
    let t = house();
    let (ann, ben, cat) = (t.user("ann"), t.user("ben"), t.user("cat"));
    let id = careerd::platform::id::Id::new(ben.id);
    t.write(move |tx| {
        careerd::users::points::book(tx, id, 10, careerd::users::points::Reason::AdminAdjustment, "a", None)
    });
    let list = ann.get(BEST).ok();
    assert_eq!(names(&list)[..2], ["ben", "cat"]);
    assert_eq!(list[0]["score"], 0);
    assert!(list[0]["reason"].as_str().unwrap().contains("no skills"));
    connect(&ann, &ben);
    assert_eq!(names(&ann.get(BEST).ok())[0], "cat");
    cat.get(&format!("/api/users/{}/recommendations/connections/", ann.id)).status(404);
    t.visitor().get(BEST).status(401);
    t.visitor().get("/api/connections/suggestions/").status(401);
}

#[test]
fn people_are_found_by_index() {
    let t = house();
    let plan = |sql: &str| {
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        t.block_on(t.app.db.read(move |conn| {
            let mut statement = conn.prepare(&sql)?;
            let lines = statement.query_map([], |row| row.get::<_, String>(3))?;
            Ok(lines.collect::<rusqlite::Result<Vec<_>>>()?)
        }))
        .unwrap()
    };
    for sql in [
        "SELECT h.user_id FROM user_skills h WHERE h.skill_id = 1",
        "SELECT id FROM users u WHERE is_active = 1 AND location <> '' AND location = 'x' COLLATE NOCASE ORDER BY points DESC",
        "SELECT addressee_id FROM connections WHERE requester_id = 1 AND status = 'accepted'",
        "SELECT requester_id FROM connections WHERE addressee_id = 1 AND status = 'accepted'",
        "SELECT id FROM connections WHERE min(requester_id, addressee_id) = 1 AND max(requester_id, addressee_id) = 2",
    ] {
        let lines = plan(sql).join(" · ");
        assert!(lines.contains("USING") && !lines.contains("SCAN") && !lines.contains("TEMP B-TREE"), "{sql}: {lines}");
    }
}
