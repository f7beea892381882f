//! Earning: once each, with its points, until nothing new comes of it.

use careerd::{
    achievements::{
        CheckAllUserAchievements, CheckUserAchievements, DetectMilestoneAchievements, UnlockAchievement, service,
    },
    platform::{id::Id, task::Task},
    users::{User, points},
    worker,
};
use serde_json::{Value, json};

use crate::app::{Member, TestApp};

/// A house with the ten achievements that careerd comes with.
fn house() -> TestApp {
    let t = TestApp::new();
    t.write(service::fill);
    t
}

/// Points by an admin's hand.
fn give_points(t: &TestApp, user: &Member<'_>, amount: i64, reference: &'static str) {
    let id = Id::<User>::new(user.id);
    t.write(move |tx| points::book(tx, id, amount, points::Reason::AdminAdjustment, reference, None));
}

fn check(t: &TestApp, user: &Member<'_>) -> usize {
    let id = Id::<User>::new(user.id);
    t.write(move |tx| service::check(tx, id))
}

fn keys(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|it| it["achievement"]["key"].as_str().unwrap()).collect()
}

fn rule(key: &str, metric: &str, target: i64, points: i64) -> Value {
    json!({"key": key, "name": key.to_uppercase(), "description": "A rule of our own.", "metric": metric,
        "target": target, "points_awarded": points, "rarity": "rare", "icon": "medal"})
}

#[test]
fn ten_come_with_careerd_and_are_filled_in_once() {
    let t = house();
    assert_eq!(t.write(service::fill), 0);
    let page = t.visitor().get("/api/achievements/").ok();
    assert_eq!(page["count"], 10);
    let first = &page["results"][0];
    assert_eq!((&first["key"], &first["points_awarded"]), (&json!("first_post"), &json!(10)));
    assert!(first.get("earned").is_none() && first["built_in"] == true);
    assert_eq!(t.visitor().get("/api/achievements/?rarity=epic&rarity=legendary").ok()["count"], 4);
    assert_eq!(t.visitor().get("/api/achievements/?search=mast").ok()["count"], 2);
    assert_eq!(t.visitor().get("/api/achievements/?rarity=golden").faults(), ["rarity"]);
    let legend = t.visitor().get("/api/achievements/legend/").ok();
    assert_eq!(legend["holders"], 0);
    assert_eq!(t.visitor().get(&format!("/api/achievements/{}/", legend["id"])).ok(), legend);
    t.visitor().get("/api/achievements/nothing/").status(404);
}

#[test]
fn reaching_the_target_earns_once_with_points_a_notification_and_a_mail() {
    let t = house();
    let ann = t.user("ann");
    t.drain();
    give_points(&t, &ann, 999, "a");
    assert_eq!(check(&t, &ann), 0);
    let legend = ann.get("/api/achievements/legend/").ok();
    assert_eq!((&legend["earned"], &legend["progress_percentage"]), (&json!(false), &json!(99)));
    give_points(&t, &ann, 1, "b");
    assert_eq!(check(&t, &ann), 1);
    assert_eq!(check(&t, &ann), 0);
    t.drain();
    assert_eq!(ann.get("/api/users/me/points/").ok()["points"], 1250);
    assert_eq!(ann.get("/api/achievements/legend/").ok()["earned"], true);
    assert_eq!(t.visitor().get("/api/achievements/legend/").ok()["holders"], 1);
    let told = ann.get("/api/notifications/").ok();
    assert_eq!((&told["count"], &told["results"][0]["type"]), (&json!(1), &json!("achievement")));
    assert_eq!(told["results"][0]["title"], "You earned \"Legend\"");
    assert_eq!(t.mails().len(), 2, "the welcome and the achievement");
    give_points(&t, &ann, -900, "c");
    assert_eq!(check(&t, &ann), 0);
    assert_eq!(ann.get("/api/achievements/legend/").ok()["earned"], true, "earned stays earned");
}

#[test]
fn points_earned_count_at_once_towards_what_points_earn() {
    let t = house();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    for (key, target, points) in [("ten", 10, 15), ("twenty", 20, 25), ("fifty", 50, 0)] {
        root.post("/api/achievements/", rule(key, "points", target, points)).created();
    }
    t.drain();
    give_points(&t, &ann, 10, "a");
    assert_eq!(check(&t, &ann), 3, "10 earn 15 more, 25 earn 25 more, 50 earn the last");
    assert_eq!(ann.get("/api/users/me/points/").ok()["points"], 50);
    assert_eq!(ann.get("/api/users/me/points/").ok()["entries"]["count"], 3, "no entry for no points");
}

#[test]
fn sixteen_threads_earn_each_achievement_once() {
    let t = house();
    let root = t.admin("boss");
    for nth in 0..20 {
        root.post("/api/achievements/", rule(&format!("rule-{nth}"), "points", 1, 7)).created();
    }
    let ann = t.user("ann");
    t.drain();
    give_points(&t, &ann, 1, "a");
    let id = Id::new(ann.id);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            let app = t.app.clone();
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                for _ in 0..5 {
                    let unlock = UnlockAchievement { user: id, key: "mentor".into() };
                    runtime.block_on(CheckUserAchievements { user: id }.run(app.clone())).unwrap();
                    runtime.block_on(unlock.run(app.clone())).unwrap();
                }
            });
        }
    });
    t.drain();
    assert_eq!(ann.get("/api/user-achievements/").ok()["count"], 21);
    assert_eq!(ann.get("/api/users/me/points/").ok()["points"], 1 + 20 * 7 + 100);
    assert_eq!(ann.get("/api/notifications/").ok()["count"], 21);
    let booked: i64 = t.query("SELECT sum(amount) FROM points_entries");
    let kept: i64 = t.query("SELECT sum(points) FROM users");
    assert_eq!(booked, kept);
}

#[test]
fn skills_and_endorsements_are_counted() {
    let t = house();
    let (root, ann, ben) = (t.admin("boss"), t.user("ann"), t.user("ben"));
    let mut held = vec![];
    for nth in 0..10 {
        let skill = root.post("/api/skills/", json!({"name": format!("Skill {nth}")})).created();
        held.push(ann.post("/api/user-skills/", json!({"skill_id": skill["id"]})).created()["id"].clone());
    }
    t.drain();
    assert_eq!(keys(&t.visitor().get(&format!("/api/users/{}/achievements/", ann.id)).ok()), ["skill_master"]);
    for id in &held[..5] {
        ben.post(&format!("/api/user-skills/{id}/endorse/"), json!({})).ok();
    }
    t.drain();
    assert_eq!(keys(&ben.get("/api/user-achievements/").ok()), ["skill_endorser"]);
    assert_eq!(ann.get("/api/users/me/points/").ok()["points"], 60 + 25);
    assert_eq!(ann.get("/api/notifications/?type=system").ok()["count"], 5);
    let stats = ann.get("/api/users/me/stats/").ok();
    assert_eq!((&stats["total_skills"], &stats["total_achievements"]), (&json!(10), &json!(1)));
    assert_eq!((&stats["skills"]["endorsed"], &stats["streak_days"]), (&json!(5), &json!(1)));
}

#[test]
fn progress_is_told_nearest_first() {
    let t = house();
    let ann = t.user("ann");
    give_points(&t, &ann, 500, "a");
    let all = ann.get("/api/achievements/progress/").ok();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 10);
    assert_eq!(
        (&all[0]["key"], &all[0]["current"], &all[0]["progress_percentage"]),
        (&json!("legend"), &json!(500), &json!(50))
    );
    assert_eq!(all[1]["key"], "first_post", "among those at 0 the one with the least to do");
    t.visitor().get("/api/achievements/progress/").status(401);
}

#[test]
fn an_award_by_hand_can_be_taken_back_and_comes_back_only_by_hand() {
    let t = house();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    let by_hand = json!({"user_id": ann.id, "key": "legend"});
    let award = root.post("/api/user-achievements/", by_hand.clone()).created();
    assert_eq!((&award["awarded_by"]["id"], &award["points"]), (&json!(root.id), &json!(250)));
    let again = root
        .post("/api/user-achievements/", json!({"user_id": ann.id, "achievement_id": award["achievement"]["id"]}))
        .ok();
    assert_eq!(again["id"], award["id"]);
    give_points(&t, &ann, 1000, "a");
    let path = format!("/api/user-achievements/{}/", award["id"]);
    assert_eq!(ann.get(&path).ok()["achievement"]["key"], "legend");
    ann.delete(&path).status(403);
    root.delete(&path).empty();
    root.delete(&path).status(404);
    assert_eq!(ann.get("/api/users/me/points/").ok()["points"], 1000);
    assert_eq!(check(&t, &ann), 0, "a revoked one is not earned again");
    assert_eq!(ann.get("/api/user-achievements/").ok()["count"], 0);
    assert_ne!(root.post("/api/user-achievements/", by_hand).created()["id"], award["id"]);
    assert_eq!(ann.get("/api/users/me/points/").ok()["points"], 1250);
    assert_eq!(
        root.post("/api/user-achievements/", json!({"user_id": 999, "key": "nothing"})).faults(),
        ["key", "user_id"]
    );
    assert_eq!(root.post("/api/user-achievements/", json!({})).faults(), ["key", "user_id"]);
    ann.post("/api/user-achievements/", json!({"user_id": ann.id, "key": "mentor"})).status(403);
}

#[test]
fn admins_write_rules_and_everybody_is_checked_against_a_new_one() {
    let t = house();
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    t.drain();
    t.pass(chrono::Duration::days(3));
    let root = t.sign_in_again(&root);
    ann_is_refused(&t, &ann);
    let made = root.post("/api/achievements/", rule("regular", "days_as_member", 2, 5)).created();
    t.drain();
    assert_eq!(t.visitor().get("/api/achievements/regular/").ok()["holders"], 2);
    assert_eq!(root.post("/api/achievements/", rule("regular", "points", 2, 5)).faults(), ["key"]);
    assert_eq!(
        root.post("/api/achievements/", rule("7", "luck", 0, 1001)).faults(),
        ["key", "metric", "points_awarded", "target"]
    );
    assert_eq!(root.post("/api/achievements/", json!({})).faults().len(), 7);
    let path = format!("/api/achievements/{}/", made["id"]);
    assert_eq!(root.patch(&path, json!({"name": "Regular"})).ok()["name"], "Regular");
    root.delete(&path).status(409);
    let free = root.post("/api/achievements/", rule("free", "posts", 5, 5)).created();
    root.delete(&format!("/api/achievements/{}/", free["id"])).empty();
    let kept = root
        .patch("/api/achievements/legend/", json!({"name": "A legend", "target": 1, "key": "x", "icon": "star"}))
        .ok();
    assert_eq!((&kept["name"], &kept["target"], &kept["key"]), (&json!("A legend"), &json!(1000), &json!("legend")));
    root.delete("/api/achievements/legend/").status(409);
}

fn ann_is_refused(t: &TestApp, ann: &Member<'_>) {
    let ann = t.sign_in_again(ann);
    ann.post("/api/achievements/", rule("x", "posts", 1, 1)).status(403);
    ann.patch("/api/achievements/legend/", json!({"name": "x"})).status(403);
    t.visitor().post("/api/achievements/", rule("x", "posts", 1, 1)).status(401);
}

#[test]
fn equal_points_share_a_rank() {
    let t = house();
    let people: Vec<Member<'_>> = ["ann", "ben", "cat", "dan"].iter().map(|name| t.user(name)).collect();
    for (person, amount) in people.iter().zip([50, 90, 50, 10]) {
        give_points(&t, person, amount, "a");
    }
    let places = |query: &str| -> Vec<(i64, String, i64)> {
        let board = t.visitor().get(&format!("/api/users/leaderboard/{query}")).ok();
        let place = |it: &Value| {
            assert_eq!((&it["user"]["id"], &it["user"]["username"]), (&it["user_id"], &it["username"]));
            (it["rank"].as_i64().unwrap(), it["username"].as_str().unwrap().into(), it["points"].as_i64().unwrap())
        };
        board.as_array().unwrap().iter().map(place).collect()
    };
    let expected = [(1, "ben".into(), 90), (2, "ann".into(), 50), (2, "cat".into(), 50), (4, "dan".into(), 10)];
    assert_eq!(places(""), expected);
    assert_eq!(places("?limit=2").len(), 2);
    assert_eq!(places("?period=week"), expected);
    t.pass(chrono::Duration::days(8));
    give_points(&t, &people[3], 5, "b");
    assert_eq!(places("?period=week"), [(1, "dan".into(), 5)]);
    assert_eq!(places("?period=month")[3], (4, "dan".into(), 15));
    assert_eq!(t.visitor().get("/api/users/leaderboard/?limit=101&period=year").faults(), ["limit", "period"]);
}

#[test]
fn milestones_are_told_once_each() {
    let t = house();
    let ann = t.user("ann");
    give_points(&t, &ann, 600, "a");
    let look = || t.block_on(DetectMilestoneAchievements {}.run(t.app.clone())).unwrap();
    look();
    look();
    t.drain();
    let told = ann.get("/api/notifications/?type=system").ok();
    let titles: Vec<&str> =
        told["results"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["You have 500 points", "You have 250 points"]);
    assert_eq!(ann.get("/api/users/me/points/").ok()["points"], 600, "they bring no points");
    give_points(&t, &ann, -400, "b");
    give_points(&t, &ann, 400, "c");
    look();
    t.drain();
    assert_eq!(ann.get("/api/notifications/?type=system").ok()["count"], 2);
}

#[test]
fn unlocking_what_does_not_exist_is_given_up_at_once() {
    let t = house();
    let ann = Id::new(t.user("ann").id);
    t.drain();
    let queued = t.write(move |tx| tx.enqueue(&UnlockAchievement { user: ann, key: "nothing".into() }));
    assert!(queued);
    let drained = t.block_on(worker::drain(t.app.clone(), std::sync::Arc::new(worker::registry()))).unwrap();
    assert_eq!(drained.failed[0].1, "there is no achievement with the key \"nothing\"");
    assert_eq!(t.query::<String>("SELECT state FROM tasks WHERE kind = 'unlock_achievement_async'"), "dead");
}

/// A round through so many people, who all have points enough for an achievement.
fn round_over(t: &TestApp, people: usize) {
    t.write(move |tx| {
        let mut add = tx.prepare(
            "INSERT INTO users (username, email, points, created_at, updated_at) VALUES (?1, ?1 || '@example.org', 2000, 0, 0)",
        )?;
        (0..people).try_for_each(|nth| add.execute([format!("member-{nth}")]).map(drop))?;
        tx.enqueue(&CheckAllUserAchievements { all: true, after: 0, round: "test".into() })
    });
}

#[test]
fn a_part_of_a_round_that_breaks_keeps_nobody_behind_it_waiting() {
    let t = house();
    round_over(&t, 600);
    t.write(|tx| {
        Ok(tx.execute_batch(
            "CREATE TRIGGER broken BEFORE INSERT ON user_achievements WHEN new.user_id = (SELECT min(id) FROM users)
             BEGIN SELECT RAISE(ABORT, 'broken'); END",
        )?)
    });
    let drained = t.block_on(worker::drain(t.app.clone(), std::sync::Arc::new(worker::registry()))).unwrap();
    assert_eq!(drained.failed.len(), 1);
    assert_eq!(t.visitor().get("/api/achievements/legend/").ok()["holders"], 100);
}

#[test]
fn a_round_over_everybody_goes_on_behind_the_first_500() {
    let t = house();
    round_over(&t, 1100);
    t.drain();
    assert_eq!(t.visitor().get("/api/achievements/legend/").ok()["holders"], 1100);
    let runs: i64 = t.query("SELECT count(*) FROM tasks WHERE kind = 'check_all_user_achievements'");
    assert_eq!(runs, 3);
}

#[test]
fn a_resume_earns_its_achievement() {
    let t = house();
    let ann = t.user("ann");
    let text = "Ann Lee\nann@example.org\nExperience\n2019 - 2024 Backend developer at Acme, wrote services in Rust and SQL.\n";
    ann.upload("/api/resumes/", "cv.txt", text.as_bytes(), &[]).created();
    t.drain();
    assert_eq!(ann.get("/api/achievements/first_resume/").ok()["earned"], true);
}

#[test]
fn ten_applications_earn_and_the_poster_is_told_of_them_as_one() {
    let t = house();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    for nth in 0..10 {
        let job = json!({"title": format!("Job {nth}"), "description": "Work.", "company_name": "Acme", "location": "Lviv", "job_type": "contract"});
        let id = rita.post("/api/jobs/", job).created()["id"].clone();
        ann.post(&format!("/api/jobs/{id}/apply/"), json!({})).created();
        if nth == 9 {
            for name in ["ben", "cat", "dan"] {
                t.user(name).post(&format!("/api/jobs/{id}/apply/"), json!({})).created();
            }
        }
    }
    t.drain();
    assert_eq!(ann.get("/api/achievements/job_seeker/").ok()["earned"], true);
    let told = rita.get("/api/notifications/?type=application").ok();
    assert_eq!(
        (&told["count"], &told["results"][0]["title"]),
        (&json!(10), &json!("dan and 3 others applied for \"Job 9\""))
    );
    let stats = ann.get("/api/users/me/stats/").ok();
    assert_eq!((&stats["job_applications"], &stats["jobs"]), (&json!(10), &json!({"applications": 10, "pending": 10})));
}
