//! Posts, comments and tags.

use careerd::{
    community,
    platform::{
        error::Error,
        fields::{Fields, Mode},
    },
};
use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{Member, TestApp, titles};

const POSTS: &str = "/api/community/posts/";

/// The address of a new post.
pub fn write(member: &Member<'_>, fields: Value) -> String {
    let mut body = json!({"title": "Hello", "content": "Some words."});
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    format!("{POSTS}{}/", member.post(POSTS, body).created()["id"])
}

/// The address of a new comment.
pub fn comment(member: &Member<'_>, post: &str, body: Value) -> String {
    format!("/api/community/comments/{}/", member.post(&format!("{post}comments/"), body).created()["id"])
}

fn id(address: &str) -> i64 {
    address.trim_end_matches('/').rsplit('/').next().unwrap().parse().unwrap()
}

fn words(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|it| it["content"].as_str().unwrap()).collect()
}

/// Every counter of the room is what it counts.
pub fn counters_are_exact(t: &TestApp) {
    assert_eq!(t.write(community::service::recount), 0);
}

#[test]
fn everybody_reads_and_members_write() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let body = json!({"title": " On rust ", "content": "Borrow it.", "tags": "Rust, web-dev,,#rust"});
    t.visitor().post(POSTS, body.clone()).status(401);
    let reply = ann.post(POSTS, body);
    let post = reply.created();
    assert_eq!(reply.header("Location"), Some(format!("{POSTS}{}/", post["id"]).as_str()));
    assert_eq!((&post["title"], &post["tags"]), (&json!("On rust"), &json!(["rust", "web-dev"])));
    assert_eq!((&post["author"]["username"], &post["liked"]), (&json!("ann"), &json!(false)));
    assert_eq!(
        (&post["likes_count"], &post["comments_count"], &post["edited_at"]),
        (&json!(0), &json!(0), &json!(null))
    );
    let shown = t.visitor().get(&format!("{POSTS}{}/", post["id"])).ok();
    assert_eq!((&shown["comments"], &shown["liked"]), (&json!([]), &Value::Null));
    assert_eq!(t.visitor().get(POSTS).ok()["results"][0]["content"], "Borrow it.");
    t.visitor().get("/api/community/posts/999/").status(404);
    t.visitor().get("/api/community/posts/x/").status(404);
}

#[test]
fn every_wrong_field_is_told_at_once() {
    let t = TestApp::new();
    let ann = t.user("ann");
    assert_eq!(ann.post(POSTS, json!({})).faults(), ["content", "title"]);
    let bad = json!({"title": "x".repeat(301), "content": "y".repeat(20_001), "tags": ["not a slug"]});
    assert_eq!(ann.post(POSTS, bad).faults(), ["content", "tags", "title"]);
    let eleven: Vec<String> = (0..11).map(|nth| format!("t{nth}")).collect();
    for tags in [json!(eleven), json!(eleven.join(",")), json!(["x".repeat(51)]), json!([7]), json!({"a": 1}), json!(7)]
    {
        assert_eq!(ann.post(POSTS, json!({"title": "a", "content": "b", "tags": tags})).faults(), ["tags"], "{tags}");
    }
    let forged = json!({"title": "a", "content": "b", "likes_count": 9, "author": 7, "hot": 99, "is_hidden": true});
    let post = ann.post(POSTS, forged).created();
    assert_eq!((&post["likes_count"], &post["author"]["username"]), (&json!(0), &json!("ann")));
    assert!(post["hot"].as_f64().unwrap() > 1000.0 && post["is_hidden"] == false);
    assert_eq!(
        t.visitor().get("/api/community/posts/?author=x&liked=maybe&tag=a%20b").faults(),
        ["author", "liked", "tag"]
    );
    t.visitor().get("/api/community/posts/?ordering=views").status(400);
    t.visitor().get("/api/community/posts/?liked=true").status(401);
    assert_eq!(t.visitor().get("/api/community/posts/?ordering=-hot&cursor=").faults(), ["cursor"]);
    assert_eq!(t.visitor().get("/api/community/posts/trending/?limit=21").faults(), ["limit"]);
}

#[test]
fn only_the_author_changes_a_post_and_no_admin_writes_in_their_name() {
    let t = TestApp::new();
    let (ann, ben, boss) = (t.user("ann"), t.user("ben"), t.admin("boss"));
    let post = write(&ann, json!({"tags": ["one", "two"]}));
    for other in [&ben, &boss] {
        other.patch(&post, json!({"title": "Mine"})).status(403);
        other.put(&post, json!({"title": "Mine", "content": "All of it."})).status(403);
    }
    ben.delete(&post).status(403);
    t.visitor().patch(&post, json!({})).status(401);
    let same = ann.patch(&post, json!({})).ok();
    assert_eq!(same["edited_at"], Value::Null);
    let patched = ann.patch(&post, json!({"content": "Other words."})).ok();
    assert_eq!((&patched["title"], &patched["tags"]), (&json!("Hello"), &json!(["one", "two"])));
    assert_eq!(patched["edited_at"], patched["updated_at"]);
    let put = ann.put(&post, json!({"title": "Hello", "content": "Whole."})).ok();
    assert_eq!(put["tags"], json!([]));
    assert_eq!(ann.put(&post, json!({"tags": ["x"]})).faults(), ["content", "title"]);
    let old = [("If-Match", "\"1-a\"")];
    assert_eq!(ann.call(Method::Patch, &post, Some(json!({"title": "y"})), &old).status.code, 412);
    boss.delete(&post).empty();
    assert_eq!(t.query::<i64>("SELECT count(*) FROM audit_entries WHERE action = 'posts.deleted'"), 1);
    counters_are_exact(&t);
}

#[test]
fn lists_filter_search_and_order() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let first = write(&ann, json!({"title": "Ownership", "content": "Moves and borrows in C++ too.", "tags": "rust"}));
    let second = write(&ben, json!({"title": "Žofia's talk", "content": "Slides.", "tags": "talks,web-dev"}));
    let third = write(&ann, json!({"title": "Third", "content": "Nothing.", "tags": "talks"}));
    let list = |who: &Member<'_>, query: &str| {
        let page = who.get(&format!("{POSTS}?{query}")).ok();
        titles(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let visitor = t.visitor();
    assert_eq!(list(&visitor, ""), ["Third", "Žofia's talk", "Ownership"]);
    assert_eq!(list(&visitor, &format!("author={}", ann.id)), ["Third", "Ownership"]);
    assert_eq!(list(&visitor, "tag=Rust"), ["Ownership"]);
    assert_eq!(list(&visitor, "tag=rust&tag=web-dev"), ["Žofia's talk", "Ownership"]);
    assert_eq!(list(&visitor, "tag=unknown"), Vec::<String>::new());
    assert_eq!(list(&visitor, "search=zofia"), ["Žofia's talk"]);
    assert_eq!(list(&visitor, "search=c%2B%2B"), ["Ownership"]);
    assert_eq!(list(&visitor, "search=web-d"), ["Žofia's talk"], "tags are searched, too");
    assert_eq!(list(&visitor, "search=%22%28"), Vec::<String>::new());
    ann.post(&format!("{second}like/"), json!({})).ok();
    assert_eq!(list(&ann, "liked=true"), ["Žofia's talk"]);
    assert_eq!(list(&ann, "liked=false"), ["Third", "Ownership"]);
    assert_eq!(list(&visitor, "ordering=-likes_count"), ["Žofia's talk", "Third", "Ownership"]);
    comment(&ben, &first, json!({"content": "Yes."}));
    comment(&ben, &first, json!({"content": "No."}));
    assert_eq!(list(&visitor, "ordering=-comments_count,-created_at"), ["Ownership", "Third", "Žofia's talk"]);
    assert_eq!(list(&visitor, "ordering=-hot"), ["Ownership", "Žofia's talk", "Third"]);
    let old = t.app.clock.now().plus(-Duration::hours(1)).to_string();
    assert_eq!(list(&visitor, &format!("created_before={old}")), Vec::<String>::new());
    let mine = ann.get(&format!("{POSTS}?ordering=likes_count")).ok();
    assert_eq!(mine["results"][2]["liked"], true);
    let tags = t.visitor().get("/api/community/tags/").ok();
    assert_eq!(tags["results"][0], json!({"name": "talks", "posts": 2, "posts_7_days": 2}));
    ann.delete(&third).empty();
    let tags = t.visitor().get("/api/community/tags/?ordering=name").ok();
    let names: Vec<_> = tags["results"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["rust", "talks", "web-dev"]);
    ann.patch(&first, json!({"tags": ["talks"]})).ok();
    assert_eq!(t.visitor().get("/api/community/tags/?search=ru").ok()["count"], 0);
    t.pass(Duration::days(8));
    let late = t.visitor().get("/api/community/tags/?ordering=-posts_7_days,-posts").ok();
    assert_eq!(late["results"][0], json!({"name": "talks", "posts": 2, "posts_7_days": 0}));
    counters_are_exact(&t);
}

#[test]
fn marks_lead_through_every_post_once() {
    let t = TestApp::new();
    let ann = t.user("ann");
    for nth in 0..7 {
        write(&ann, json!({"title": format!("Post {nth}")}));
    }
    for ordering in ["-created_at", "created_at", "likes_count", "-comments_count"] {
        let mut next = Some(format!("{POSTS}?cursor=&page_size=3&ordering={ordering}"));
        let mut seen = vec![];
        while let Some(address) = next {
            let page = t.visitor().get(&address).ok();
            seen.extend(titles(&page).into_iter().map(str::to_owned));
            next = page["next"].as_str().map(|it| it[it.find("/api").unwrap()..].to_owned());
        }
        seen.sort();
        assert_eq!(seen, (0..7).map(|nth| format!("Post {nth}")).collect::<Vec<_>>(), "{ordering}");
    }
}

#[test]
fn trending_is_the_week_by_votes_and_age() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let old = write(&ann, json!({"title": "Old"}));
    for name in ["cid", "dan", "eve"] {
        t.user(name).post(&format!("{old}like/"), json!({})).ok();
    }
    t.pass(Duration::days(6));
    let (ann, ben) = (t.sign_in_again(&ann), t.sign_in_again(&ben));
    write(&ann, json!({"title": "Quiet"}));
    let loud = write(&ann, json!({"title": "Loud"}));
    ben.post(&format!("{loud}like/"), json!({})).ok();
    let hot = |address: &str| t.visitor().get(address).ok()["hot"].as_f64().unwrap();
    let made: f64 = t.query::<i64>("SELECT created_at FROM community_posts WHERE title = 'Loud'") as f64 / 1e6;
    assert!((hot(&loud) - (3_f64.log10() + made / 45_000.0)).abs() < 1e-6);
    comment(&ben, &loud, json!({"content": "Yes."}));
    assert!((hot(&loud) - (5_f64.log10() + made / 45_000.0)).abs() < 1e-6);
    let trending = |path: &str| {
        let answer = ann.get(path).ok();
        answer.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(trending("/api/community/posts/trending/"), ["Loud", "Quiet", "Old"]);
    assert_eq!(trending("/api/community/trending/?limit=1"), ["Loud"]);
    t.pass(Duration::days(2));
    let answer = t.visitor().get("/api/community/trending/").ok();
    assert_eq!(answer.as_array().unwrap().len(), 2);
    counters_are_exact(&t);
}

#[test]
fn comments_stand_under_their_post_oldest_first_and_replies_have_one_level() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let (post, other) = (write(&ann, json!({})), write(&ann, json!({"title": "Other"})));
    t.visitor().post(&format!("{post}comments/"), json!({"content": "x"})).status(401);
    ben.post("/api/community/posts/999/comments/", json!({"content": "x"})).status(404);
    t.visitor().get("/api/community/posts/999/comments/").status(404);
    let first = comment(&ben, &post, json!({"content": "First."}));
    let reply = ann.post(&format!("{post}comments/"), json!({"content": "Reply.", "parent_id": id(&first)})).created();
    assert_eq!((&reply["parent"], &reply["post"]), (&json!(id(&first)), &json!(id(&post))));
    let deeper = json!({"content": "Deeper.", "parent": reply["id"], "post": id(&post)});
    let deeper = ben.post("/api/community/comments/", deeper).created();
    assert_eq!(deeper["parent"], json!(id(&first)), "a reply to a reply joins its parent");
    let shown = t.visitor().get(&post).ok();
    assert_eq!(shown["comments_count"], 3);
    let said: Vec<_> = shown["comments"].as_array().unwrap().iter().map(|it| it["content"].as_str().unwrap()).collect();
    assert_eq!(said, ["First.", "Reply.", "Deeper."]);
    assert_eq!(words(&t.visitor().get(&format!("{post}comments/")).ok()), ["First.", "Reply.", "Deeper."]);
    assert_eq!(t.visitor().get(&first).ok()["replies_count"], 2);
    let list = |query: &str| t.visitor().get(&format!("/api/community/comments/?{query}")).ok()["count"].clone();
    assert_eq!(list(&format!("parent={}", id(&first))), 2);
    assert_eq!(list(&format!("author={}", ben.id)), 2);
    assert_eq!(list(&format!("post={}", id(&other))), 0);
    assert_eq!(list("search=deep"), 1);
    assert_eq!(list("cursor=&count=true&ordering=-likes_count"), 3);
    assert_eq!(t.visitor().get("/api/community/comments/?post=999").faults(), ["post"]);
    let wrong = json!({"content": "", "parent_id": id(&first)});
    assert_eq!(ben.post(&format!("{other}comments/"), wrong).faults(), ["content", "parent_id"]);
    assert_eq!(ben.post("/api/community/comments/", json!({"post_id": 999})).faults(), ["content", "post_id"]);
    assert_eq!(ben.post("/api/community/comments/", json!({"content": "x"})).faults(), ["post_id"]);
    let long = json!({"content": "x".repeat(5001), "parent_id": "one"});
    assert_eq!(ben.post(&format!("{post}comments/"), long).faults(), ["content", "parent_id"]);
    counters_are_exact(&t);
}

#[test]
fn a_comment_is_its_authors_and_replies_outlive_it() {
    let t = TestApp::new();
    let (ann, ben, boss) = (t.user("ann"), t.user("ben"), t.admin("boss"));
    let post = write(&ann, json!({}));
    let root = comment(&ben, &post, json!({"content": "Root."}));
    let reply = comment(&ann, &post, json!({"content": "Reply.", "parent_id": id(&root)}));
    ann.patch(&root, json!({"content": "Mine."})).status(403);
    boss.put(&root, json!({"content": "Mine."})).status(403);
    ann.delete(&root).status(403);
    let edited = ben.patch(&root, json!({"content": "Root!", "post": 7, "likes_count": 5})).ok();
    assert_eq!((&edited["content"], &edited["likes_count"]), (&json!("Root!"), &json!(0)));
    assert!(edited["edited_at"].is_string());
    assert_eq!(ben.put(&root, json!({})).faults(), ["content"]);
    assert_eq!(ben.post(&format!("{root}soft_delete/"), json!({})).ok(), json!({"status": "deleted"}));
    ben.get(&root).status(404);
    ann.post(&format!("{root}restore/"), json!({})).status(404);
    let page = ben.get(&format!("{post}comments/")).ok();
    assert_eq!(words(&page), ["[deleted]", "Reply."]);
    assert_eq!((&page["results"][0]["author"], &page["results"][0]["is_deleted"]), (&Value::Null, &json!(true)));
    assert_eq!(t.visitor().get(&format!("/api/community/comments/?author={}", ben.id)).ok()["count"], 0);
    assert_eq!(t.visitor().get("/api/community/comments/?search=Root").ok()["count"], 0);
    assert_eq!(t.visitor().get(&post).ok()["comments_count"], 1);
    let again = json!({"content": "x", "parent_id": id(&root)});
    assert_eq!(ann.post(&format!("{post}comments/"), again).faults(), ["parent_id"]);
    ann.delete(&reply).empty();
    assert_eq!(t.visitor().get(&format!("{post}comments/")).ok()["count"], 0, "nothing is left to stand for");
    ann.post(&format!("{reply}restore/"), json!({})).ok();
    ben.post(&format!("{root}restore/"), json!({})).ok();
    ben.post(&format!("{root}restore/"), json!({})).ok();
    assert_eq!(t.visitor().get(&post).ok()["comments_count"], 2);
    ben.delete(&root).empty();
    counters_are_exact(&t);
    t.pass(Duration::days(31));
    t.sign_in_again(&ben).post(&format!("{root}restore/"), json!({})).status(409);
    t.sign_in_again(&boss).post(&format!("{root}restore/"), json!({})).ok();
}

#[test]
fn a_deleted_post_is_gone_with_all_that_hangs_on_it_until_it_is_restored() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let post = write(&ann, json!({"tags": "rust"}));
    let comment = comment(&ben, &post, json!({"content": "Well."}));
    ben.post(&format!("{post}soft_delete/"), json!({})).status(403);
    ann.delete(&post).empty();
    ann.delete(&post).status(404);
    ann.post(&format!("{post}soft_delete/"), json!({})).ok();
    for who in [&ann, &ben, &t.visitor()] {
        who.get(&post).status(404);
        who.get(&comment).status(404);
        for list in [POSTS, "/api/community/comments/", "/api/community/tags/"] {
            assert_eq!(who.get(list).ok()["count"], 0, "{list}");
        }
        assert_eq!(who.get("/api/community/trending/").ok(), json!([]));
    }
    ben.post(&format!("{post}like/"), json!({})).status(404);
    ben.post(&format!("{comment}like/"), json!({})).status(404);
    ben.post(&format!("{post}flag/"), json!({"reason": "spam"})).status(404);
    ben.post(&format!("{post}comments/"), json!({"content": "x"})).status(404);
    ben.post(&format!("{post}restore/"), json!({})).status(404);
    counters_are_exact(&t);
    assert_eq!(ann.post(&format!("{post}restore/"), json!({})).ok(), json!({"status": "restored"}));
    assert_eq!(t.visitor().get(&post).ok()["comments"][0]["content"], "Well.");
    assert_eq!(t.visitor().get("/api/community/comments/").ok()["count"], 1);
    counters_are_exact(&t);
    ann.delete(&post).empty();
    t.pass(Duration::days(31));
    let ann = t.sign_in_again(&ann);
    ann.post(&format!("{post}restore/"), json!({})).status(409);
    t.admin("boss").post(&format!("{post}restore/"), json!({})).ok();
    t.visitor().get(&post).ok();
}

#[test]
fn what_is_deleted_long_ago_is_removed_for_good_and_replies_keep_a_place() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let (kept, gone) = (write(&ann, json!({})), write(&ann, json!({"tags": "rust"})));
    comment(&ben, &gone, json!({"content": "x"}));
    let root = comment(&ben, &kept, json!({"content": "Root."}));
    comment(&ann, &kept, json!({"content": "Reply.", "parent_id": id(&root)}));
    let alone = comment(&ben, &kept, json!({"content": "Alone."}));
    for address in [&root, &alone] {
        ben.delete(address).empty();
    }
    ann.delete(&gone).empty();
    let purge = |t: &TestApp| t.write(|tx| community::service::purge(tx, tx.now().plus(-Duration::days(90))));
    assert_eq!(purge(&t), 0);
    t.pass(Duration::days(91));
    assert_eq!(purge(&t), 3);
    assert_eq!(purge(&t), 0);
    assert_eq!(words(&t.visitor().get(&format!("{kept}comments/")).ok()), ["[deleted]", "Reply."]);
    let left: String = t.query("SELECT group_concat(content, '|') FROM (SELECT content FROM comments ORDER BY id)");
    assert_eq!(left, "|Reply.");
    t.admin("boss").post(&format!("{root}restore/"), json!({})).status(404);
    counters_are_exact(&t);
}

#[test]
fn comments_at_once_are_all_counted() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let post = write(&ann, json!({}));
    let say = |who: &Member<'_>| {
        let call = who.ready(Method::Post, &format!("{post}comments/"));
        call.json(&json!({"content": "Me, too."}))
    };
    let codes = t.at_once((0..40).map(|nth| say(if nth % 2 == 0 { &ann } else { &ben })).collect());
    assert!(codes.iter().all(|it| *it == 201), "{codes:?}");
    assert_eq!(t.visitor().get(&post).ok()["comments_count"], 40);
    let first = t.visitor().get(&post).ok()["comments"][0]["id"].clone();
    let delete = ben.ready(Method::Delete, &format!("/api/community/comments/{first}/"));
    let own = ann.ready(Method::Delete, &format!("/api/community/comments/{first}/"));
    t.at_once([vec![delete; 8], vec![own; 8]].concat());
    assert_eq!(t.visitor().get(&post).ok()["comments_count"], 39);
    counters_are_exact(&t);
}

#[test]
fn looks_are_counted_in_batches() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let post = write(&ann, json!({}));
    for _ in 0..3 {
        t.visitor().get(&post).ok();
        ann.get(&post).ok();
    }
    t.block_on(careerd::upkeep::flush(&t.app)).unwrap();
    assert_eq!(t.visitor().get(&post).ok()["views_count"], 2);
}

#[test]
fn posts_are_brought_in_with_their_day_and_author() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let read = |record: Value| Fields::of_body(record.as_object().unwrap().clone(), Mode::Whole);
    let record = json!({"title": "Old", "content": "Words for @ann.", "tags": ["a", "b"], "created_at": "2024-03-01",
        "author_id": ann.id});
    let mut good = read(record.clone());
    let id = t.write(move |tx| community::service::import(tx, &mut good));
    let post = t.visitor().get(&format!("{POSTS}{id}/")).ok();
    assert_eq!(
        (&post["created_at"], &post["author"]["username"]),
        (&json!("2024-03-01T00:00:00.000000Z"), &json!("ann"))
    );
    let mut bad = read(json!({"title": "Old", "author_id": 999, "created_at": "once"}));
    let refused = t.block_on(t.app.db.write(move |tx| community::service::import(tx, &mut bad)));
    let Err(Error::Invalid(faults)) = refused else { panic!("an unknown author must be refused") };
    assert_eq!(faults.keys().collect::<Vec<_>>(), ["author_id", "content", "created_at"]);
    counters_are_exact(&t);
}
