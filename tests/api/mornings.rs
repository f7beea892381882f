//! When regular mail comes: in the morning of its reader, wherever that is.

use careerd::{
    digests::{SendDailyDigest, SendWeeklyReport},
    notifications::{Kind, Notice, service},
    platform::{clock::Timestamp, id::Id},
    upkeep,
};
use chrono::{Datelike as _, Duration, Weekday};
use serde_json::json;

use crate::{
    app::{Member, TestApp},
    mail::plain,
};

/// Members by their place, where clocks never change, and how far it is ahead of UTC, in minutes.
const PLACES: [(&str, &str, i64); 4] =
    [("una", "UTC", 0), ("pia", "America/Phoenix", -420), ("tom", "Asia/Tokyo", 540), ("kim", "Asia/Kolkata", 330)];

const DAY: i64 = 24 * 60;

/// Lets time pass until this moment.
fn until(t: &TestApp, moment: Timestamp) {
    t.pass(moment.since(t.app.clock.now()));
}

/// The next midnight but one of UTC that begins a day of which this is so.
fn midnight(t: &TestApp, is_meant: impl Fn(Weekday) -> bool) -> Timestamp {
    let first = t.app.clock.now().seconds() / 86_400 + 2;
    let mut days = (first..).map(|day| Timestamp::from_seconds(day * 86_400));
    days.find(|it| is_meant(it.date().weekday())).unwrap()
}

/// Those members, each with something to be told, and seen just now.
fn members(t: &TestApp) -> Vec<Member<'_>> {
    let members = PLACES.map(|(name, zone, _)| {
        let member = t.user(name);
        member.patch("/api/notifications/preferences/", json!({"timezone": zone})).ok();
        member.post("/api/community/posts/", json!({"title": "Hello", "content": "World"})).created();
        let notice = Notice::new(Id::new(member.id), Kind::Comment, "a".into(), "Eve answered".into(), String::new());
        t.write(move |tx| service::tell(tx, notice));
        member
    });
    t.block_on(upkeep::flush(&t.app)).unwrap();
    members.into()
}

/// How many mails with this mark have come to somebody.
fn come(t: &TestApp, name: &str, mark: &str) -> usize {
    t.drain();
    let to = format!("To: {name}@example.org");
    t.mails().iter().filter(|it| plain(it).contains(&to) && plain(it).contains(mark)).count()
}

/// Holds that each gets one mail with this mark, at this minute of the day that began at `midnight` and not before.
fn each_at(t: &TestApp, midnight: Timestamp, mark: &str, minutes: impl Fn(i64) -> i64) {
    let mut due = PLACES.map(|(name, zone, ahead)| (minutes(ahead), name, zone));
    due.sort_unstable();
    for (minute, name, zone) in due {
        let moment = midnight.plus(Duration::minutes(minute));
        // Who gets it at once has nothing to wait for.
        if moment.plus(-Duration::minutes(1)) > t.app.clock.now() {
            until(t, moment.plus(-Duration::minutes(1)));
            assert_eq!(come(t, name, mark), 0, "{zone}: it is not yet time");
        }
        until(t, moment.plus(Duration::seconds(50)));
        assert_eq!(come(t, name, mark), 1, "{zone}: it is time");
    }
    t.pass(Duration::days(1));
    for (name, zone, _) in PLACES {
        assert_eq!(come(t, name, mark), 1, "{zone}: once");
    }
}

#[test]
fn the_digest_comes_at_eight_where_its_reader_is_and_not_before() {
    let t = TestApp::new();
    let midnight = midnight(&t, |_| true);
    until(&t, midnight.plus(Duration::hours(8)));
    members(&t);
    t.write(|tx| tx.enqueue(&SendDailyDigest::of("one".into())));
    // Where eight o'clock is over already, it is that of tomorrow.
    each_at(&t, midnight, "You get this digest", |ahead| {
        let eight = 8 * 60 - ahead;
        if eight < 8 * 60 { eight + DAY } else { eight }
    });
}

#[test]
fn the_report_comes_on_monday_in_the_morning_where_its_reader_is() {
    let t = TestApp::new();
    let midnight = midnight(&t, |day| day == Weekday::Mon);
    until(&t, midnight.plus(Duration::hours(7)));
    members(&t);
    t.write(|tx| tx.enqueue(&SendWeeklyReport::of("one".into())));
    // At seven by UTC it is still morning there; elsewhere it waits for eight o'clock.
    each_at(&t, midnight, "You get this report", |ahead| match 8 * 60 - ahead {
        480 => 7 * 60,
        eight if eight < 7 * 60 => eight + DAY,
        eight => eight,
    });
}
