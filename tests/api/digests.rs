//! Regular mail and mail about jobs that fit: when it comes, what it tells, and that it comes once.

use careerd::{
    digests::{SendDailyDigest, SendWeeklyReport},
    notifications::{Kind, Notice, service},
    platform::id::Id,
    recommendations::tasks::BatchRecommendJobs,
    upkeep,
};
use chrono::Duration;
use serde_json::json;

use crate::{
    app::{Member, TestApp},
    mail::plain,
};

fn house() -> TestApp {
    let t = TestApp::with(|config| config.public_url = "https://careers.example".into());
    t.write(careerd::skills::service::fill_catalogue);
    t
}

fn post(recruiter: &Member<'_>, title: &str, needs: &[&str]) -> i64 {
    let job = json!({
        "title": title, "description": "Work.", "company_name": "Acme & Sons", "location": "Kyiv, Ukraine",
        "job_type": "full-time", "experience_level": "mid", "required_skill_ids": needs,
    });
    recruiter.post("/api/jobs/", job).created()["id"].as_i64().unwrap()
}

/// Somebody in Kyiv who knows Rust and SQL.
fn seeker<'t>(t: &'t TestApp, name: &str) -> Member<'t> {
    let ann = t.user(name);
    ann.patch("/api/users/me/", json!({"location": "Kyiv, Ukraine", "experience_level": "mid", "first_name": "Ann"}))
        .ok();
    for skill in ["Rust", "SQL"] {
        ann.post("/api/user-skills/", json!({"skill_name": skill, "proficiency_level": "expert"})).created();
    }
    ann
}

/// Whom activity has been noted for gets regular mail.
fn note_activity(t: &TestApp) {
    t.block_on(upkeep::flush(&t.app)).unwrap();
}

/// The mails to this person whose text has this mark.
fn mails(t: &TestApp, to: &str, mark: &str) -> Vec<String> {
    let to = format!("To: {to}@example.org");
    t.mails().iter().map(|it| plain(it)).filter(|it| it.contains(&to) && it.contains(mark)).collect()
}

const DIGEST: &str = "You get this digest";
const REPORT: &str = "You get this report";

/// Queues everybody's digests twice, as two processes may, and lets a day pass.
fn a_day_of_digests(t: &TestApp, round: &str) {
    note_activity(t);
    let round = round.to_owned();
    t.write(move |tx| {
        tx.enqueue(&SendDailyDigest::of(round.clone()))?;
        tx.enqueue(&SendDailyDigest::of(round))?;
        tx.enqueue(&SendDailyDigest::default())
    });
    t.drain();
    t.pass(Duration::hours(25));
    t.drain();
}

#[test]
fn the_digest_tells_what_is_new_once_a_day() {
    let t = house();
    let (rita, ann, ben) = (t.recruiter("rita"), seeker(&t, "ann"), seeker(&t, "ben"));
    ben.patch("/api/notifications/preferences/", json!({"digest": "off"})).ok();
    let job = post(&rita, "Rust developer", &["Rust", "SQL", "Docker"]);
    post(&rita, "Cook", &["Python"]);
    let notice = Notice::new(Id::new(ann.id), Kind::Comment, "a".into(), "Eve <answered> you".into(), String::new());
    t.write(move |tx| service::tell(tx, notice.link("/community/7".into())));
    a_day_of_digests(&t, "one");
    let mails = mails(&t, "ann", DIGEST);
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    for line in [
        "Good morning, Ann".to_owned(),
        "- Rust developer, Acme & Sons, Kyiv, Ukraine".to_owned(),
        "You know ".to_owned(),
        "Missing: Docker.".to_owned(),
        format!("https://careers.example/jobs/{job}"),
        "- Eve <answered> you".to_owned(),
        "Eve &lt;answered&gt; you".to_owned(),
        "https://careers.example/community/7".to_owned(),
        "0 points, place 1".to_owned(),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned(),
        "Open your dashboard:\nhttps://careers.example/dashboard".to_owned(),
    ] {
        assert!(mail.contains(&line), "{line} is missing in {mail}");
    }
    assert!(mail.contains("Subject: 1 new job fits you, "), "{mail}");
    assert!(!mail.contains("Cook"), "what does not fit is not told");
    assert!(self::mails(&t, "ben", DIGEST).is_empty(), "it was turned off");
    assert!(self::mails(&t, "rita", DIGEST).is_empty(), "nothing new, no mail");
    // The day after, all of that is old.
    let ann = t.sign_in_again(&ann);
    ann.get("/api/users/me/").ok();
    a_day_of_digests(&t, "two");
    assert_eq!(self::mails(&t, "ann", DIGEST).len(), 1, "nothing new, no mail");
}

#[test]
fn who_was_not_here_for_a_week_gets_no_digest() {
    let t = house();
    let (rita, ann) = (t.recruiter("rita"), seeker(&t, "ann"));
    note_activity(&t);
    t.pass(Duration::days(8));
    post(&t.sign_in_again(&rita), "Rust developer", &["Rust", "SQL"]);
    t.write(|tx| tx.enqueue(&SendDailyDigest::default()));
    t.drain();
    t.pass(Duration::hours(25));
    t.drain();
    assert!(mails(&t, &ann.name, DIGEST).is_empty());
}

#[test]
fn the_weekly_report_tells_what_a_week_brought() {
    let t = house();
    let (ann, ben, cat) = (seeker(&t, "ann"), t.user("ben"), seeker(&t, "cat"));
    cat.patch("/api/notifications/preferences/", json!({"weekly_report": false})).ok();
    let skill = ann.get("/api/user-skills/").ok()["results"][0]["id"].clone();
    ben.post(&format!("/api/user-skills/{skill}/endorse/"), json!({})).ok();
    ann.post("/api/community/posts/", json!({"title": "Hello", "content": "World"})).created();
    note_activity(&t);
    t.write(|tx| {
        tx.enqueue(&SendWeeklyReport::of("one".into()))?;
        tx.enqueue(&SendWeeklyReport::default())
    });
    t.drain();
    t.pass(Duration::hours(25));
    t.drain();
    let mails = mails(&t, "ann", REPORT);
    assert_eq!(mails.len(), 1);
    for line in [
        "Subject: Your week: points: 5, skills added: 2",
        "- Points: 5 The week before: 0.",
        "- Skills added: 2",
        "- Endorsements by others: 1",
        "- Posts and comments: 1",
        "5 points, place 1",
    ] {
        assert!(mails[0].contains(line), "{line} is missing in {}", mails[0]);
    }
    assert!(self::mails(&t, "ben", REPORT).is_empty(), "his week brought nothing");
    assert!(self::mails(&t, "cat", REPORT).is_empty(), "she does not want it");
}

#[test]
fn a_job_that_fits_is_told_and_mailed_once_at_most_five_a_day() {
    let t = house();
    let (rita, ann, ben) = (t.recruiter("rita"), seeker(&t, "ann"), seeker(&t, "ben"));
    ben.patch("/api/notifications/preferences/", json!({"types": {"job_match": {"email": false}}, "language": "uk"}))
        .ok();
    for nth in 0..7 {
        post(&rita, &format!("Rust developer {nth}"), &["Rust", "SQL"]);
    }
    post(&rita, "Cook", &["Python"]);
    for round in ["one", "two"] {
        t.write(move |tx| tx.enqueue(&BatchRecommendJobs::of(round.into())));
        t.drain();
    }
    let told = |who: &Member<'_>| who.get("/api/notifications/?type=job_match").ok()["count"].clone();
    assert_eq!((told(&ann), told(&ben)), (json!(5), json!(5)));
    let mails = mails(&t, "ann", "the job fits your skills");
    assert_eq!(mails.len(), 5);
    assert!(mails[0].contains("You know: ") && mails[0].contains("See the job:\nhttps://careers.example/jobs/"));
    assert!(self::mails(&t, "ben", "Rust developer").is_empty(), "not wanted by mail");
}

#[test]
fn regular_mail_speaks_ukrainian() {
    let t = house();
    let (rita, ann) = (t.recruiter("rita"), seeker(&t, "ann"));
    ann.patch("/api/notifications/preferences/", json!({"language": "uk", "timezone": "Europe/Kyiv"})).ok();
    post(&rita, "Rust developer", &["Rust", "SQL", "Docker"]);
    t.drain();
    let before = t.mails().len();
    a_day_of_digests(&t, "one");
    let new = t.mails().split_off(before);
    assert!(new.iter().any(|it| it.contains("lang=3D\"uk\"") && it.contains("To: ann@example.org")), "{new:?}");
}
