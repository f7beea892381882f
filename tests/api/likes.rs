//! Likes: counted exactly however many come at once, told and folded, and what follows from them and from words.

use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::{
    app::{Member, TestApp},
    community::{comment, counters_are_exact, write},
};

fn told(member: &Member<'_>, kind: &str) -> Vec<(String, String)> {
    let page = member.get(&format!("/api/notifications/?type={kind}")).ok();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    page["results"].as_array().unwrap().iter().map(|it| (text(&it["title"]), text(&it["message"]))).collect()
}

fn titles(member: &Member<'_>, kind: &str) -> Vec<String> {
    told(member, kind).into_iter().map(|it| it.0).collect()
}

#[test]
fn a_repeat_changes_nothing() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let post = write(&ann, json!({}));
    let comment = comment(&ann, &post, json!({"content": "x"}));
    for thing in [&post, &comment] {
        let (like, unlike) = (format!("{thing}like/"), format!("{thing}unlike/"));
        t.visitor().post(&like, json!({})).status(401);
        let before = ben.get(thing).ok()["updated_at"].clone();
        for _ in 0..2 {
            assert_eq!(ben.post(&like, json!({})).ok(), json!({"status": "liked", "likes_count": 1}));
        }
        assert_eq!(ann.post(&like, json!({})).ok()["likes_count"], 2);
        assert_eq!((&ben.get(thing).ok()["liked"], &ben.get(thing).ok()["updated_at"]), (&json!(true), &before));
        for _ in 0..2 {
            assert_eq!(ben.post(&unlike, json!({})).ok(), json!({"status": "unliked", "likes_count": 1}));
        }
        assert_eq!(ann.delete(&like).ok(), json!({"status": "unliked", "likes_count": 0}));
        assert_eq!(ben.get(thing).ok()["liked"], false);
    }
    for missing in ["posts/999/like/", "comments/999/unlike/", "posts/x/like/"] {
        ann.post(&format!("/api/community/{missing}"), json!({})).status(404);
    }
    counters_are_exact(&t);
}

#[test]
fn likes_at_once_are_counted_exactly() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let post = write(&ann, json!({}));
    let comment = comment(&ann, &post, json!({"content": "x"}));
    let one = |thing: &str| vec![ann.ready(Method::Post, &format!("{thing}like/")); 50];
    for thing in [&post, &comment] {
        assert!(t.at_once(one(thing)).iter().all(|it| *it == 200));
        assert_eq!(ann.get(thing).ok()["likes_count"], 1);
    }
    let crowd: Vec<_> = (0..50).map(|nth| t.user(&format!("fan{nth}"))).collect();
    for thing in [&post, &comment] {
        let likes = crowd.iter().map(|it| it.ready(Method::Post, &format!("{thing}like/"))).collect();
        assert!(t.at_once(likes).iter().all(|it| *it == 200));
        assert_eq!(ann.get(thing).ok()["likes_count"], 51);
        let mixed = crowd.iter().enumerate().map(|(nth, it)| match nth % 3 {
            0 => it.ready(Method::Delete, &format!("{thing}like/")),
            1 => it.ready(Method::Post, &format!("{thing}like/")),
            _ => it.ready(Method::Post, &format!("{thing}unlike/")),
        });
        t.at_once(mixed.collect());
        assert_eq!(ann.get(thing).ok()["likes_count"], 1 + 17);
    }
    counters_are_exact(&t);
}

#[test]
fn likes_of_one_thing_fold_within_the_hour() {
    let t = TestApp::new();
    let (ann, ben, cid) = (t.user("ann"), t.user("ben"), t.user("cid"));
    let post = write(&ann, json!({"title": "Ownership"}));
    let comment = comment(&ann, &post, json!({"content": "x"}));
    ann.post(&format!("{post}like/"), json!({})).ok();
    ben.post(&format!("{post}like/"), json!({})).ok();
    t.drain();
    assert_eq!(titles(&ann, "like"), ["ben liked your post \"Ownership\""], "own likes tell nobody");
    for _ in 0..2 {
        ben.post(&format!("{post}unlike/"), json!({})).ok();
        ben.post(&format!("{post}like/"), json!({})).ok();
        cid.post(&format!("{post}like/"), json!({})).ok();
        t.drain();
    }
    assert_eq!(titles(&ann, "like"), ["cid and 1 other liked your post \"Ownership\""]);
    cid.post(&format!("{comment}like/"), json!({})).ok();
    t.drain();
    assert_eq!(titles(&ann, "like")[0], "cid liked your comment on \"Ownership\"");
    let dan = t.user("dan");
    dan.post(&format!("{post}like/"), json!({})).ok();
    dan.post(&format!("{post}unlike/"), json!({})).ok();
    t.drain();
    assert_eq!(titles(&ann, "like").len(), 2, "a like that was taken back at once is not told");
}

#[test]
fn authors_hear_of_comments_and_replies_once() {
    let t = TestApp::new();
    let (ann, ben, cid) = (t.user("ann"), t.user("ben"), t.user("cid"));
    let post = write(&ann, json!({"title": "Ownership"}));
    let root = comment(&ben, &post, json!({"content": "Root."}));
    let root_id = ben.get(&root).ok()["id"].clone();
    comment(&cid, &post, json!({"content": "To Ben.", "parent_id": root_id}));
    comment(&ann, &post, json!({"content": "To Ben, too.", "parent_id": root_id}));
    comment(&ben, &post, json!({"content": "To myself.", "parent_id": root_id}));
    t.drain();
    let mine: Vec<_> = titles(&ann, "comment");
    let said = |who: &str| format!("{who} commented on your post \"Ownership\"");
    assert_eq!(mine, [said("ben"), said("cid"), said("ben")]);
    let replied = |who: &str| format!("{who} replied to your comment on \"Ownership\"");
    assert_eq!(titles(&ben, "comment"), [replied("ann"), replied("cid")]);
    assert_eq!(told(&ben, "comment")[0].1, "To Ben, too.");
    let link = ben.get("/api/notifications/?type=comment").ok()["results"][0]["link"].clone();
    assert_eq!(link, json!(post.trim_start_matches("/api").replace("posts/", "").trim_end_matches('/')));
    assert!(titles(&cid, "comment").is_empty());
    let own = write(&ann, json!({}));
    let mine = comment(&ann, &own, json!({"content": "x"}));
    let mine = ann.get(&mine).ok()["id"].clone();
    comment(&ben, &own, json!({"content": "y", "parent_id": mine}));
    t.drain();
    assert_eq!(titles(&ann, "comment").len(), 4, "author of both post and comment hears once");
}

#[test]
fn mentions_reach_members_once_and_edits_tell_new_names_only() {
    let t = TestApp::new();
    let (ann, ben, cid, dan) = (t.user("ann"), t.user("ben"), t.user("cid"), t.user("dan"));
    dan.delete("/api/users/me/").empty();
    let post = write(&ann, json!({"title": "For @Ben", "content": "@ben @ann @dan @nobody mail@cid.example"}));
    t.drain();
    assert_eq!(titles(&ben, "mention"), ["ann mentioned you in \"For @Ben\""]);
    assert!(titles(&ann, "mention").is_empty() && titles(&cid, "mention").is_empty());
    ann.patch(&post, json!({"content": "@ben @cid"})).ok();
    t.drain();
    assert_eq!((titles(&ben, "mention").len(), titles(&cid, "mention").len()), (1, 1));
    let said = comment(&cid, &post, json!({"content": "What does @ben say?"}));
    t.drain();
    assert_eq!(titles(&ben, "mention")[0], "cid mentioned you in a comment on \"For @Ben\"");
    cid.patch(&said, json!({"content": "What do @ben and @ann say?"})).ok();
    t.drain();
    assert_eq!((titles(&ben, "mention").len(), titles(&ann, "mention").len()), (2, 1));
    let crowd: String = (0..25).map(|nth| format!("@none{nth} ")).collect();
    write(&cid, json!({"content": format!("{crowd} @ann")}));
    t.drain();
    assert_eq!(titles(&ann, "mention").len(), 1, "the first 20 names count");
}

#[test]
fn writing_and_being_liked_earn_achievements_and_show_in_figures() {
    let t = TestApp::new();
    t.write(careerd::achievements::service::fill);
    let (ann, ben, boss) = (t.user("ann"), t.user("ben"), t.admin("boss"));
    let rule = |key: &str, metric: &str, target: i64| {
        let body = json!({"key": key, "name": key, "description": "d", "rarity": "common", "points_awarded": 0,
            "metric": metric, "target": target});
        boss.post("/api/achievements/", body).created();
    };
    rule("liked", "likes_received", 1);
    rule("talker", "comments", 2);
    let (post, deleted) = (write(&ann, json!({})), write(&ann, json!({})));
    ann.delete(&deleted).empty();
    for thing in [&post, &comment(&ann, &post, json!({"content": "x"}))] {
        ann.post(&format!("{thing}like/"), json!({})).ok();
    }
    t.drain();
    let earned = |who: &Member<'_>| {
        let page = who.get("/api/user-achievements/").ok();
        let mut keys: Vec<_> =
            page["results"].as_array().unwrap().iter().map(|it| it["achievement"]["key"].to_string()).collect();
        keys.sort();
        keys
    };
    assert_eq!(earned(&ann), ["\"first_post\""], "own likes do not count");
    ben.post(&format!("{post}like/"), json!({})).ok();
    comment(&ann, &post, json!({"content": "y"}));
    t.drain();
    assert_eq!(earned(&ann), ["\"first_post\"", "\"liked\"", "\"talker\""]);
    let stats = ann.get("/api/users/me/stats/").ok();
    assert_eq!(stats["community_posts"], 1);
    assert_eq!(stats["community"], json!({"posts": 1, "likes_received": 1, "recent_posts": 1}));
    t.pass(Duration::days(31));
    let ann = t.sign_in_again(&ann);
    assert_eq!(ann.get("/api/users/me/stats/").ok()["community"]["recent_posts"], 0);
}
