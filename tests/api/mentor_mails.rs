//! What people hear of their sessions: calendar files, notifications, mails and reminders.

use careerd::{mentors::sessions::SendSessionReminders, platform::task::Task as _};
use chrono::Duration;
use serde_json::json;

use crate::{
    app::{TestApp, titles},
    mentor_sessions::{ask, time},
    mentors::mentor,
};

#[test]
fn a_calendar_file_follows_the_session() {
    let t = TestApp::with(|config| config.public_url = "https://careers.example".into());
    t.write(careerd::skills::service::fill_catalogue);
    let (mia, ben, eve) = (t.user("mia"), t.user("ben"), t.user("eve"));
    let id = mentor(&mia, json!({}));
    let fields = json!({"title": "Ключі; індекси, \\ та запити: ".repeat(5), "description": "One\nEND:VCALENDAR", "duration_minutes": 45});
    let session = ask(&ben, id, fields);
    let file = format!("{session}calendar.ics");
    ben.get(&file).status(404);
    time(&mia, &session, "2030-01-07T12:00:00+02:00").ok();
    eve.get(&file).status(404);
    t.visitor().get(&file).status(401);
    let reply = ben.get(&file);
    reply.status(200);
    assert!(reply.header("Content-Type").unwrap().starts_with("text/calendar"));
    let text = reply.text();
    assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains('\n'), "{text}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let whole = text.replace("\r\n ", "");
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "STATUS:CONFIRMED",
        "SEQUENCE:0",
        "DTSTART:20300107T100000Z",
        "DURATION:PT45M",
        "DESCRIPTION:One\\nEND:VCALENDAR",
        "ORGANIZER;CN=\"mia\":https://careers.example/profile/1",
    ] {
        assert!(whole.split("\r\n").any(|it| it == line), "{line} is missing in {whole}");
    }
    let number = session.trim_end_matches('/').rsplit('/').next().unwrap();
    assert!(whole.contains(&format!("UID:mentor-session-{number}@careers.example")));
    assert!(whole.contains("SUMMARY:Ключі\\; індекси\\, \\\\ та"), "{whole}");
    time(&mia, &session, "2030-01-08T10:00:00Z").ok();
    assert!(mia.get(&file).text().contains("SEQUENCE:1\r\n"));
    ben.post(&format!("{session}cancel/"), json!({"reason": "Ill, sorry."})).ok();
    let text = ben.get(&file).text();
    for line in [
        "METHOD:CANCEL\r\n",
        "STATUS:CANCELLED\r\n",
        "SEQUENCE:2\r\n",
        "COMMENT:Ill\\, sorry.\r\n",
        "DTSTART:20300108T100000Z",
    ] {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
}

#[test]
fn a_session_that_one_side_missed_is_no_appointment_any_more() {
    let t = TestApp::new();
    t.write(careerd::skills::service::fill_catalogue);
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let session = ask(&ben, mentor(&mia, json!({})), json!({}));
    let at = t.app.clock.now().plus(chrono::Duration::hours(1)).to_string();
    time(&mia, &session, &at).ok();
    t.pass(chrono::Duration::hours(2));
    let ben = t.sign_in_again(&ben);
    ben.post(&format!("{session}no_show/"), json!({"who": "mentor"})).ok();
    let text = ben.get(&format!("{session}calendar.ics")).text();
    assert!(text.contains("STATUS:CANCELLED\r\n") && !text.contains("CONFIRMED"), "{text}");
}

#[test]
fn both_sides_are_told_and_mailed() {
    let t = TestApp::with(|config| config.public_url = "https://careers.example".into());
    t.write(careerd::skills::service::fill_catalogue);
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let id = mentor(&mia, json!({}));
    ben.patch("/api/notifications/preferences/", json!({"timezone": "Europe/Kyiv"})).ok();
    mia.patch("/api/notifications/preferences/", json!({"language": "uk"})).ok();
    t.drain();
    let before = t.mails().len();
    let new_mails = |from: usize| t.mails().split_off(from);
    let session = ask(&ben, id, json!({"preferred_date": "2030-01-07T10:00:00Z"}));
    t.drain();
    let mails = new_mails(before);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: mia@example.org") && mails[0].contains("List-Unsubscribe: "), "{}", mails[0]);
    assert_eq!(
        titles(&mia.get("/api/notifications/?type=mentor_request").ok()),
        ["ben asks you for a session: Indexes"]
    );
    time(&mia, &session, "2030-01-07T10:00:00Z").ok();
    t.drain();
    let mails = new_mails(before + 1);
    assert_eq!(mails.len(), 2);
    assert!(
        mails.iter().all(|it| it.contains("text/calendar") && it.contains("filename=\"session-1.ics\"")),
        "{mails:?}"
    );
    let bens = mails.iter().find(|it| it.contains("To: ben@")).unwrap().replace("=\r\n", "");
    assert!(bens.contains("2030-01-07 12:00 (Europe/Kyiv)"), "{bens}");
    for (who, title) in [(&mia, "\"Indexes\" with ben was scheduled"), (&ben, "\"Indexes\" with mia was scheduled")] {
        assert_eq!(titles(&who.get("/api/notifications/?type=session").ok()), [title]);
    }
    // What is wanted by nobody is mailed to nobody.
    let none = json!({"types": {"session": {"in_app": true, "email": false}}});
    mia.patch("/api/notifications/preferences/", none).ok();
    ben.post(&format!("{session}cancel/"), json!({"reason": "Ill."})).ok();
    t.drain();
    let mails = new_mails(before + 3);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("method=CANCEL") || mails[0].contains("method=\"CANCEL\""), "{}", mails[0]);
    assert_eq!(titles(&mia.get("/api/notifications/?type=session").ok())[0], "\"Indexes\" with ben was cancelled");
}

#[test]
fn both_sides_are_reminded_a_day_and_an_hour_before_once_each() {
    let t = TestApp::stocked();
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let id = mentor(&mia, json!({"availability_hours_per_week": null}));
    let (near, far) = (ask(&ben, id, json!({"title": "Near"})), ask(&ben, id, json!({"title": "Far"})));
    let now = t.app.clock.now();
    time(&mia, &near, &now.plus(Duration::hours(25)).to_string()).ok();
    time(&mia, &far, &now.plus(Duration::days(9)).to_string()).ok();
    t.drain();
    let remind = || {
        for _ in 0..2 {
            t.block_on(SendSessionReminders {}.run(t.app.clone())).unwrap();
        }
        t.drain();
        let told = t.query::<i64>("SELECT count(*) FROM notifications WHERE title LIKE '%begins within%'");
        let mailed = t.query::<i64>("SELECT count(*) FROM outgoing_mails WHERE template = 'session_reminder'");
        (told, mailed)
    };
    assert_eq!(remind(), (0, 0));
    t.pass(Duration::minutes(61));
    assert_eq!(remind(), (2, 2));
    t.pass(Duration::hours(23));
    assert_eq!(remind(), (4, 4));
    // Moved, it is reminded of anew.
    let mia = t.sign_in_again(&mia);
    time(&mia, &near, &t.app.clock.now().plus(Duration::minutes(30)).to_string()).ok();
    assert_eq!(remind(), (6, 6), "within an hour there is one reminder, not two");
    mia.post(&format!("{near}cancel/"), json!({})).ok();
    t.pass(Duration::minutes(20));
    assert_eq!(remind(), (6, 6));
}
