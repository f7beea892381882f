//! Being told things: once each, as far as wanted, and only to whom they are for.

use careerd::{
    notifications::{CleanupOldNotifications, Fold, Kind, Notice, service},
    platform::{id::Id, task::Task},
};
use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Member, TestApp, titles};

fn notice(to: &Member<'_>, kind: Kind, key: &str) -> Notice {
    Notice::new(Id::new(to.id), kind, key.into(), format!("About {key}"), "Something happened.".into())
}

fn tell(t: &TestApp, notice: Notice) {
    t.write(move |tx| service::tell(tx, notice));
}

#[test]
fn a_cause_is_told_once_even_after_its_notification_is_deleted() {
    let t = TestApp::new();
    let ann = t.user("ann");
    tell(&t, notice(&ann, Kind::System, "a").link("/dashboard".into()));
    tell(&t, notice(&ann, Kind::System, "a"));
    let page = ann.get("/api/notifications/").ok();
    assert_eq!(titles(&page), ["About a"]);
    let row = &page["results"][0];
    assert_eq!((&row["link"], &row["is_read"], &row["read_at"]), (&json!("/dashboard"), &json!(false), &json!(null)));
    ann.delete(&format!("/api/notifications/{}/", row["id"])).empty();
    tell(&t, notice(&ann, Kind::System, "a"));
    assert_eq!(ann.get("/api/notifications/").ok()["count"], 0);
}

#[test]
fn what_is_told_to_others_is_not_there() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.admin("ben"));
    tell(&t, notice(&ann, Kind::System, "a"));
    let id = ann.get("/api/notifications/").ok()["results"][0]["id"].clone();
    let path = format!("/api/notifications/{id}/");
    ben.get(&path).status(404);
    ben.patch(&path, json!({"is_read": true})).status(404);
    ben.delete(&path).status(404);
    ben.post(&format!("{path}read/"), json!({})).status(404);
    assert_eq!(ben.post("/api/notifications/bulk_delete/", json!({"ids": [id]})).ok()["deleted_count"], 0);
    let marked = ben.post("/api/notifications/bulk_update_status/", json!({"ids": [id], "status": "read"})).ok();
    assert_eq!(marked["updated_count"], 0);
    t.visitor().get("/api/notifications/").status(401);
    assert_eq!(ann.get("/api/notifications/unread-count/").ok()["unread"], 1);
}

#[test]
fn reading_is_counted() {
    let t = TestApp::new();
    let ann = t.user("ann");
    for key in ["a", "b", "c", "d"] {
        tell(&t, notice(&ann, if key == "d" { Kind::Course } else { Kind::System }, key));
        t.pass(Duration::minutes(1));
    }
    let page = ann.get("/api/notifications/").ok();
    assert_eq!(titles(&page), ["About d", "About c", "About b", "About a"], "newest first");
    let ids: Vec<Value> = page["results"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    let unread = || ann.get("/api/notifications/unread-count/").ok()["unread"].clone();
    let path = format!("/api/notifications/{}/", ids[3]);
    let read = ann.post(&format!("{path}read/"), json!({})).ok();
    assert!(read["is_read"] == true && read["read_at"].is_string());
    assert_eq!(
        ann.post(&format!("{path}read/"), json!({})).ok()["read_at"],
        read["read_at"],
        "the first reading counts"
    );
    assert_eq!(unread(), 3);
    assert_eq!(ann.patch(&path, json!({"is_read": false})).ok()["read_at"], json!(null));
    assert_eq!(unread(), 4);
    assert_eq!(ann.patch(&path, json!({"is_read": "yes"})).faults(), ["is_read"]);
    let marked =
        ann.post("/api/notifications/bulk_update_status/", json!({"ids": [ids[3], 999], "status": "read"})).ok();
    assert_eq!((&marked["status"], &marked["updated_count"]), (&json!("updated"), &json!(1)));
    assert_eq!(ann.post("/api/notifications/read-all/", json!({"type": "course"})).ok()["updated_count"], 1);
    assert_eq!(ann.get("/api/notifications/?is_read=false").ok()["count"], 2);
    let before = ann.get(&format!("/api/notifications/{}/", ids[2])).ok()["created_at"].clone();
    assert_eq!(ann.post("/api/notifications/read-all/", json!({"before": before})).ok()["updated_count"], 1);
    assert_eq!(
        ann.post("/api/notifications/read-all/", json!({})).ok(),
        json!({"status": "updated", "updated_count": 1})
    );
    assert_eq!(unread(), 0);
    assert_eq!(ann.get("/api/notifications/?type=course&type=like&search=abou").ok()["count"], 1);
    assert_eq!(ann.get("/api/notifications/?type=gossip&is_read=maybe").faults(), ["is_read", "type"]);
    assert_eq!(ann.post("/api/notifications/bulk_delete/", json!({})).faults(), ["ids"]);
    assert_eq!(
        ann.post("/api/notifications/bulk_update_status/", json!({"status": "new"})).faults(),
        ["ids", "status"]
    );
    assert_eq!(ann.post("/api/notifications/bulk_delete/", json!({"ids": ids})).ok()["deleted_count"], 4);
}

#[test]
fn the_list_goes_on_behind_a_mark() {
    let t = TestApp::new();
    let ann = t.user("ann");
    for nth in 0..5 {
        tell(&t, notice(&ann, Kind::System, &nth.to_string()));
    }
    let first = ann.get("/api/notifications/?cursor=&page_size=2").ok();
    assert_eq!((&first["count"], titles(&first)), (&json!(null), vec!["About 4", "About 3"]));
    tell(&t, notice(&ann, Kind::System, "new"));
    let next = first["next"].as_str().unwrap().split_once("/api").unwrap().1.to_owned();
    assert_eq!(titles(&ann.get(&format!("/api{next}")).ok()), ["About 2", "About 1"]);
}

#[test]
fn causes_of_one_thing_fold_for_an_hour_while_unread() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let others: Vec<Member<'_>> = ["Ben", "Cat", "Dan", "Eve"].iter().map(|name| t.user(name)).collect();
    let like = |who: &Member<'_>, key: &str| {
        let did = "liked your post \"Hello\"".to_owned();
        let title = format!("{} {did}", who.name);
        let notice = Notice::new(Id::new(ann.id), Kind::Like, key.into(), title, String::new());
        tell(&t, notice.by(Id::new(who.id)).folding(Fold { thing: "post:1".into(), who: who.name.clone(), did }));
    };
    let shown = || ann.get("/api/notifications/").ok();
    like(&others[0], "1");
    assert_eq!(titles(&shown()), ["Ben liked your post \"Hello\""]);
    like(&others[1], "2");
    assert_eq!(titles(&shown()), ["Cat and 1 other liked your post \"Hello\""]);
    like(&others[2], "3");
    like(&others[2], "3");
    like(&others[0], "4");
    assert_eq!(titles(&shown()), ["Ben and 2 others liked your post \"Hello\""], "each person counts once");
    assert_eq!(shown()["results"][0]["related_user"]["username"], "Ben");
    let id = shown()["results"][0]["id"].clone();
    ann.post(&format!("/api/notifications/{id}/read/"), json!({})).ok();
    like(&others[3], "5");
    assert_eq!(titles(&shown())[0], "Eve liked your post \"Hello\"", "a read one starts anew");
    t.pass(Duration::minutes(61));
    let ann = t.sign_in_again(&ann);
    like(&others[0], "6");
    assert_eq!(ann.get("/api/notifications/").ok()["count"], 3, "so does an old one");
}

#[test]
fn preferences_start_from_the_defaults_and_are_laid_over() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let path = "/api/notifications/preferences/";
    let first = ann.get(path).ok();
    assert_eq!(first["types"].as_object().unwrap().len(), 11);
    for (kind, email) in [("like", false), ("system", false), ("comment", true), ("application", true)] {
        assert_eq!(first["types"][kind], json!({"in_app": true, "email": email}), "{kind}");
    }
    assert_eq!(
        (&first["digest"], &first["weekly_report"], &first["timezone"], &first["language"]),
        (&json!("daily"), &json!(true), &json!("UTC"), &json!("en"))
    );
    let changed =
        ann.patch(path, json!({"types": {"like": {"email": true}}, "timezone": "Europe/Kyiv", "language": "uk"})).ok();
    assert_eq!(changed["types"]["like"], json!({"in_app": true, "email": true}));
    assert_eq!(changed["types"]["comment"], first["types"]["comment"]);
    assert_eq!(ann.get(path).ok(), changed);
    let replaced = ann.put(path, json!({"digest": "off"})).ok();
    assert_eq!(
        (&replaced["types"], &replaced["language"], &replaced["digest"]),
        (&first["types"], &json!("en"), &json!("off"))
    );
    for (body, field) in [
        (json!({"types": {"security": {"email": false}}}), "types"),
        (json!({"types": {"gossip": {"email": false}}}), "types"),
        (json!({"types": {"like": {"email": "no"}}}), "types"),
        (json!({"types": []}), "types"),
        (json!({"digest": "hourly"}), "digest"),
        (json!({"timezone": "Mars/Olympus"}), "timezone"),
        (json!({"language": "fr"}), "language"),
    ] {
        assert_eq!(ann.patch(path, body.clone()).faults(), [field], "{body}");
    }
}

#[test]
fn what_is_not_wanted_is_not_told_and_what_is_wanted_by_mail_alone_is_mailed() {
    let t = TestApp::new();
    let ann = t.user("ann");
    t.drain();
    let mails = t.mails().len();
    let choose = |in_app: bool, email: bool| {
        ann.patch("/api/notifications/preferences/", json!({"types": {"comment": {"in_app": in_app, "email": email}}}))
            .ok();
    };
    choose(false, false);
    tell(&t, notice(&ann, Kind::Comment, "a"));
    choose(false, true);
    tell(&t, notice(&ann, Kind::Comment, "b"));
    choose(true, true);
    tell(&t, notice(&ann, Kind::Comment, "c"));
    t.drain();
    choose(true, false);
    tell(&t, notice(&ann, Kind::Comment, "d"));
    t.drain();
    choose(true, true);
    tell(&t, notice(&ann, Kind::Comment, "e"));
    choose(true, false);
    t.drain(); // Taken back before the mail left.
    let page = ann.get("/api/notifications/").ok();
    assert_eq!((titles(&page), &page["count"]), (vec!["About e", "About d", "About c"], &json!(3)));
    assert_eq!(ann.get("/api/notifications/unread-count/").ok()["unread"], 3);
    let mails = t.mails().split_off(mails);
    assert_eq!(mails.len(), 2);
    assert!(mails[0].contains("Subject: About b") && mails[1].contains("Subject: About c"));
}

#[test]
fn long_titles_are_cut() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let long = Notice::new(Id::new(ann.id), Kind::System, "a".into(), "ж".repeat(300), "x".repeat(2000));
    tell(&t, long);
    let row = ann.get("/api/notifications/").ok()["results"][0].clone();
    assert_eq!(row["title"].as_str().unwrap().chars().count(), 200);
    assert_eq!(row["message"].as_str().unwrap().chars().count(), 1000);
    assert!(row["title"].as_str().unwrap().ends_with("ж…"));
}

#[test]
fn nobody_is_told_of_what_they_did_themselves() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let me = Id::new(ann.id);
    for (key, kind) in [("a", Kind::Like), ("b", Kind::Comment), ("c", Kind::Mention), ("d", Kind::System)] {
        tell(&t, notice(&ann, kind, key).by(me));
    }
    assert_eq!(titles(&ann.get("/api/notifications/").ok()), ["About d"]);
}

#[test]
fn old_ones_go() {
    let t = TestApp::new();
    let ann = t.user("ann");
    tell(&t, notice(&ann, Kind::System, "a"));
    tell(&t, notice(&ann, Kind::System, "b"));
    let last = ann.get("/api/notifications/").ok()["results"][1]["id"].clone();
    ann.post(&format!("/api/notifications/{last}/read/"), json!({})).ok();
    let clean = || {
        t.block_on(CleanupOldNotifications { days: 30 }.run(t.app.clone())).unwrap();
        t.query::<i64>("SELECT count(*) FROM notifications")
    };
    assert_eq!(clean(), 2);
    t.pass(Duration::days(31));
    assert_eq!(clean(), 1, "read for a month");
    tell(&t, notice(&ann, Kind::System, "a"));
    assert_eq!(clean(), 1, "what was told stays told");
    t.pass(Duration::days(150));
    assert_eq!(clean(), 0, "unread for half a year");
}

#[test]
fn a_batch_is_told_to_each_or_refused_as_a_whole() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let registry = careerd::worker::registry();
    let whole = json!({"list": [notice(&ann, Kind::System, "a"), notice(&ben, Kind::System, "a")]});
    t.block_on(t.app.db.write(move |tx| tx.enqueue_named(&registry, "send_batch_notifications", whole))).unwrap();
    t.drain();
    assert_eq!(ben.get("/api/notifications/").ok()["count"], 1);
    let read = json!({"user": ben.id});
    let registry = careerd::worker::registry();
    t.block_on(t.app.db.write(move |tx| tx.enqueue_named(&registry, "mark_notifications_read_batch", read))).unwrap();
    t.drain();
    assert_eq!(ben.get("/api/notifications/unread-count/").ok()["unread"], 0);
    for bad in [
        json!({"list": [notice(&ann, Kind::System, "b"), {"user": 1}]}),
        json!({"list": vec![notice(&ann, Kind::System, "b"); 1001]}),
    ] {
        let registry = careerd::worker::registry();
        let refused =
            t.block_on(t.app.db.write(move |tx| tx.enqueue_named(&registry, "send_batch_notifications", bad)));
        assert!(refused.is_err());
    }
    assert_eq!(ann.get("/api/notifications/").ok()["count"], 1);
}
