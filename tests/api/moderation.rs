//! Reports, what moderators do about them, and content of accounts that end.

use careerd::{admin::EraseAccounts, platform::task::Task as _};
use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::{
    accounts::secret,
    app::{Member, TestApp},
    community::{comment, counters_are_exact, write},
};

const CASES: &str = "/api/admin/moderation/";

fn flag(member: &Member<'_>, thing: &str) -> Value {
    member.post(&format!("{thing}flag/"), json!({"reason": "spam", "note": "Look."})).created()
}

fn crowd<'t>(t: &'t TestApp, count: usize) -> Vec<Member<'t>> {
    (0..count).map(|nth| t.user(&format!("fan{nth}"))).collect()
}

fn first_case(moderator: &Member<'_>) -> Value {
    moderator.get(CASES).ok()["results"][0].clone()
}

fn notices(member: &Member<'_>) -> Vec<String> {
    let page = member.get("/api/notifications/?type=system").ok();
    page["results"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_thing_is_reported_once_per_person() {
    let t = TestApp::new();
    let (ann, ben, mo) = (t.user("ann"), t.user("ben"), t.with_role("mod", "is_moderator"));
    let post = write(&ann, json!({"title": "Offer"}));
    let said = comment(&ann, &post, json!({"content": "Buy it."}));
    for thing in [&post, &said] {
        let address = format!("{thing}flag/");
        t.visitor().post(&address, json!({"reason": "spam"})).status(401);
        assert_eq!(ben.post(&address, json!({"note": "x".repeat(501)})).faults(), ["note", "reason"]);
        assert_eq!(ben.post(&address, json!({"reason": "ugly"})).faults(), ["reason"]);
        let first = ben.post(&address, json!({"reason": "Off_Topic", "note": "Not ours."})).created();
        assert_eq!(first["user"]["username"], "ben");
        assert_eq!((&first["reason"], &first["status"]), (&json!("off-topic"), &json!("open")));
        let again = ben.post(&address, json!({"reason": "abuse"})).ok();
        assert_eq!((&again["id"], &again["reason"]), (&first["id"], &json!("off-topic")));
    }
    ben.post("/api/community/posts/999/flag/", json!({"reason": "spam"})).status(404);
    flag(&mo, &said);
    let cases = mo.get(CASES).ok();
    assert_eq!(cases["count"], 2);
    let case = &cases["results"][0];
    assert_eq!((&case["flags"], &case["open_flags"], &case["status"]), (&json!(2), &json!(2), &json!("open")));
    assert_eq!(case["target"]["type"], "comment");
    assert_eq!((&case["target"]["content"], &case["target"]["title"]), (&json!("Buy it."), &json!("Offer")));
    assert_eq!(
        (&case["reasons"], &case["notes"]),
        (&json!({"spam": 1, "off-topic": 1}), &json!(["Not ours.", "Look."]))
    );
    let count = |query: &str| mo.get(&format!("{CASES}?{query}")).ok()["count"].clone();
    assert_eq!(
        (count("type=post"), count("type=comment"), count("type=posts&type=comment")),
        (json!(1), json!(1), json!(2))
    );
    assert_eq!((count("status=open"), count("status=hidden"), count("search=buy")), (json!(2), json!(0), json!(1)));
    assert_eq!(mo.get(&format!("{CASES}?ordering=first_at")).ok()["results"][0]["target"]["type"], "post");
    assert_eq!(mo.get(&format!("{CASES}?status=x&type=y")).faults(), ["status", "type"]);
    counters_are_exact(&t);
}

#[test]
fn the_fifth_open_report_hides_and_the_author_is_told() {
    let t = TestApp::new();
    let (ann, mo) = (t.user("ann"), t.with_role("mod", "is_moderator"));
    let post = write(&ann, json!({"title": "Offer", "tags": "sale"}));
    let crowd = crowd(&t, 7);
    for member in &crowd[..4] {
        flag(member, &post);
    }
    crowd[4].get(&post).ok();
    t.at_once(vec![crowd[4].ready(Method::Post, &format!("{post}flag/")).json(&json!({"reason": "spam"})); 8]);
    t.drain();
    for stranger in [&crowd[5], &t.visitor()] {
        stranger.get(&post).status(404);
        assert_eq!(stranger.get("/api/community/posts/").ok()["count"], 0);
        assert_eq!(stranger.get(&format!("/api/community/posts/?author={}", ann.id)).ok()["count"], 0);
        assert_eq!(stranger.get("/api/community/tags/").ok()["count"], 0);
    }
    crowd[5].post(&format!("{post}like/"), json!({})).status(404);
    crowd[5].post(&format!("{post}flag/"), json!({"reason": "spam"})).status(404);
    for insider in [&ann, &mo] {
        assert_eq!(insider.get(&post).ok()["is_hidden"], true);
        assert_eq!(insider.get(&format!("/api/community/posts/?author={}", ann.id)).ok()["count"], 1);
    }
    assert_eq!(notices(&ann), ["Your post \"Offer\" was hidden"]);
    let case = first_case(&mo);
    assert_eq!((&case["flags"], &case["open_flags"], &case["status"]), (&json!(5), &json!(5), &json!("hidden")));
    ann.patch(&post, json!({"content": "Mended."})).ok();
    crowd[5].get(&post).status(404);
    let address = format!("{CASES}{}/", case["id"]);
    mo.post(&format!("{address}dismiss/"), json!({})).status(409);
    let restored = mo.post(&format!("{address}restore/"), json!({"note": "Fine."})).ok();
    assert_eq!((&restored["status"], &restored["open_flags"]), (&json!("dismissed"), &json!(0)));
    mo.post(&format!("{address}restore/"), json!({})).status(409);
    mo.post(&format!("{address}dismiss/"), json!({})).status(409);
    t.drain();
    assert_eq!(notices(&ann)[0], "Your post \"Offer\" is shown again");
    crowd[5].get(&post).ok();
    assert_eq!(crowd[0].post(&format!("{post}flag/"), json!({"reason": "abuse"})).ok()["status"], "dismissed");
    for member in &crowd[5..] {
        flag(member, &post);
    }
    crowd[0].get(&post).ok();
    assert_eq!(first_case(&mo)["open_flags"], 2, "dismissed reports do not hide again");
    counters_are_exact(&t);
}

#[test]
fn moderators_hide_comments_confirm_and_dismiss() {
    let t = TestApp::new();
    let (ann, ben, mo) = (t.user("ann"), t.user("ben"), t.with_role("mod", "is_moderator"));
    let post = write(&ben, json!({}));
    let said = comment(&ann, &post, json!({"content": "Rude."}));
    let id = ann.get(&said).ok()["id"].clone();
    comment(&ben, &post, json!({"content": "Indeed.", "parent_id": id}));
    flag(&ben, &said);
    let address = format!("{CASES}{}/", first_case(&mo)["id"]);
    for step in ["hide", "restore", "dismiss"] {
        ann.post(&format!("{address}{step}/"), json!({})).status(403);
        t.visitor().post(&format!("{address}{step}/"), json!({})).status(401);
        mo.post(&format!("{CASES}999/{step}/"), json!({})).status(404);
        assert_eq!(mo.post(&format!("{address}{step}/"), json!({"note": 7})).faults(), ["note"]);
    }
    ann.get(CASES).status(403);
    mo.post(&format!("{address}restore/"), json!({})).status(409);
    let hidden = mo.post(&format!("{address}hide/"), json!({"note": "Be kind."})).ok();
    assert_eq!((&hidden["status"], &hidden["target"]["is_hidden"]), (&json!("hidden"), &json!(true)));
    mo.post(&format!("{address}hide/"), json!({})).status(409);
    ben.get(&said).status(404);
    let seen = |who: &Member<'_>| {
        let page = who.get(&format!("{post}comments/")).ok();
        (page["results"][0]["content"].as_str().unwrap().to_owned(), page["results"][0]["author"].is_null())
    };
    assert_eq!(seen(&t.visitor()), ("[hidden]".into(), true));
    assert_eq!(seen(&ben), ("[hidden]".into(), true));
    assert_eq!(seen(&ann), ("Rude.".into(), false));
    assert_eq!(seen(&mo), ("Rude.".into(), false));
    assert_eq!(t.visitor().get(&post).ok()["comments_count"], 1);
    assert_eq!(ben.post(&format!("{said}restore/"), json!({})).status(404)["error"], "Not Found");
    t.drain();
    let notice = ann.get("/api/notifications/?type=system").ok()["results"][0].clone();
    assert_eq!(notice["title"], "Your comment on \"Hello\" was hidden");
    assert_eq!(notice["message"], "A moderator has looked at it and says: Be kind.");
    assert_eq!(
        t.query::<i64>("SELECT count(*) FROM audit_entries WHERE action = 'community.hidden' AND note = 'Be kind.'"),
        1
    );
    let boss = t.admin("boss");
    boss.post(&format!("{address}restore/"), json!({})).ok();
    assert_eq!(seen(&t.visitor()), ("Rude.".into(), false));
    flag(&boss, &said);
    mo.post(&format!("{address}dismiss/"), json!({})).ok();
    t.drain();
    assert_eq!(notices(&ann)[0], "Your comment on \"Hello\" was reported and stays as it is");
    assert_eq!(mo.get(&format!("{CASES}?status=dismissed")).ok()["count"], 1);
    counters_are_exact(&t);
}

fn erase(t: &TestApp) {
    t.block_on(EraseAccounts {}.run(t.app.clone())).unwrap();
}

#[test]
fn what_a_leaving_member_wrote_is_hidden_and_comes_back_with_them() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let (mine, his) = (write(&ann, json!({"tags": "rust"})), write(&ben, json!({"tags": "rust"})));
    comment(&ben, &mine, json!({"content": "Under Ann's."}));
    let root = comment(&ann, &his, json!({"content": "Ann's."}));
    let root_id = ben.get(&root).ok()["id"].clone();
    comment(&ben, &his, json!({"content": "Reply.", "parent_id": root_id}));
    ann.post(&format!("{his}like/"), json!({})).ok();
    t.drain();
    let hot = ben.get(&his).ok()["hot"].as_f64().unwrap();
    ann.delete("/api/users/me/").empty();
    for who in [&ben, &t.visitor()] {
        who.get(&mine).status(404);
        who.get(&root).status(404);
        assert_eq!(who.get("/api/community/posts/").ok()["count"], 1);
        assert_eq!(who.get("/api/community/comments/?search=under").ok()["count"], 0);
        assert_eq!(who.get("/api/community/tags/").ok()["results"][0]["posts"], 1);
        let shown = who.get(&his).ok();
        assert_eq!((&shown["comments_count"], &shown["comments"][0]["content"]), (&json!(1), &json!("[hidden]")));
        assert!(shown["hot"].as_f64().unwrap() < hot);
    }
    counters_are_exact(&t);
    let token = secret(&t, "ann@example.org", "/restore/");
    t.visitor().post("/api/auth/account/restore/", json!({"token": token})).empty();
    assert_eq!(t.visitor().get("/api/community/posts/").ok()["count"], 2);
    assert_eq!(ben.get(&his).ok()["comments_count"], 2);
    assert!((ben.get(&his).ok()["hot"].as_f64().unwrap() - hot).abs() < 1e-9);
    counters_are_exact(&t);
}

#[test]
fn what_an_erased_member_wrote_stays_without_their_name_and_their_likes_go() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let (mine, his) = (write(&ann, json!({"tags": "rust"})), write(&ben, json!({})));
    let said = comment(&ann, &his, json!({"content": "Ann's."}));
    let reply = comment(&ben, &his, json!({"content": "Ben's."}));
    for thing in [&his, &reply, &mine] {
        ann.post(&format!("{thing}like/"), json!({})).ok();
    }
    ann.post(&format!("{his}flag/"), json!({"reason": "other", "note": "I, Ann, dislike it."})).created();
    ann.delete("/api/users/me/").empty();
    t.drain();
    t.pass(Duration::days(15));
    erase(&t);
    t.drain();
    let visitor = t.visitor();
    for thing in [&mine, &said] {
        let shown = visitor.get(thing).ok();
        assert_eq!(shown["author"]["username"], format!("deleted user {}", ann.id));
    }
    for thing in [&mine, &his, &reply] {
        assert_eq!(visitor.get(thing).ok()["likes_count"], 0, "{thing}");
    }
    assert_eq!(visitor.get(&his).ok()["comments_count"], 2);
    assert_eq!(visitor.get("/api/community/tags/").ok()["results"][0]["posts"], 1);
    assert_eq!(t.query::<i64>(&format!("SELECT count(*) FROM likes WHERE user_id = {}", ann.id)), 0);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM flags WHERE note <> ''"), 0);
    counters_are_exact(&t);
}
