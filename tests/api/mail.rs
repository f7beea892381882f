//! The mail that leaves: what each says, that it leaves once, and how it is ended.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
};

use careerd::{
    achievements,
    mail::{SendMail, SendWelcomeEmail, Template},
    notifications::{Kind, Notice, service},
    platform::{
        config::{Tls, Transport},
        id::Id,
        task::Task,
    },
};
use rocket::http::{ContentType, Method};
use serde_json::json;

use crate::app::TestApp;

/// The text of a mail without the wrapping of its encoding.
pub fn plain(mail: &str) -> String {
    let unfolded = mail.replace("=\r\n", "").replace("\r\n ", "").replace("=3D", "=");
    unfolded.replace("\r\n", "\n")
}

/// What stands between these two marks.
fn between(text: &str, before: &str, after: char) -> String {
    let rest = &text[text.find(before).unwrap_or_else(|| panic!("{before} is not in {text}")) + before.len()..];
    rest[..rest.find(after).unwrap()].to_owned()
}

fn unsubscribing(mail: &str) -> String {
    between(&plain(mail), "/unsubscribe/?token=", '>')
}

#[test]
fn a_new_member_is_welcomed_once_with_a_link_that_proves_the_address() {
    let t = TestApp::with(|config| config.public_url = "https://careers.example".into());
    let ann = t.user("ann");
    t.drain();
    let mails = t.mails();
    assert_eq!(mails.len(), 1);
    let mail = plain(&mails[0]);
    for line in [
        "To: ann@example.org",
        "Subject: Welcome to careerd",
        "List-Unsubscribe: <https://careers.example/api/notifications/unsubscribe/?token=",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Confirm this address:\nhttps://careers.example/verify/",
        "Stop digests and weekly reports:\nhttps://careers.example/unsubscribe/",
    ] {
        assert!(mail.contains(line), "{line} is missing in {mail}");
    }
    let secret = between(&mail, "https://careers.example/verify/", '\n');
    let kept: i64 = t.query(&format!("SELECT count(*) FROM mail_tokens WHERE hash = '{secret}'"));
    assert_eq!(kept, 0, "only the digest is kept");
    t.visitor().post("/api/auth/email/verify/", json!({"token": secret})).empty();
    assert_eq!(ann.get("/api/users/me/").ok()["email_verified"], true);
    t.block_on(SendWelcomeEmail { user: Id::new(ann.id) }.run(t.app.clone())).unwrap();
    assert_eq!(t.mails().len(), 1, "a replay sends nothing");
    let record: String = t.query(
        "SELECT template || ' ' || reference || ' ' || state || ' ' || (sent_at IS NOT NULL) FROM outgoing_mails",
    );
    assert_eq!(record, "welcome account sent 1");
}

#[test]
fn an_achievement_is_mailed_with_its_points() {
    let t = TestApp::with(|config| config.public_url = "https://careers.example".into());
    t.write(achievements::service::fill);
    let (root, ann) = (t.admin("boss"), t.user("ann"));
    t.drain();
    let before = t.mails().len();
    root.post("/api/user-achievements/", json!({"user_id": ann.id, "key": "mentor"})).created();
    t.drain();
    let mails = t.mails().split_off(before);
    assert_eq!(mails.len(), 1);
    let mail = plain(&mails[0]);
    for line in [
        "Subject: You earned \"Mentor\"".to_owned(),
        "It brings you 100 points. You have 100 now.".to_owned(),
        format!("See your achievements:\nhttps://careers.example/profile/{}", ann.id),
    ] {
        assert!(mail.contains(&line), "{line} is missing in {mail}");
    }
    t.visitor().post("/api/notifications/unsubscribe/", json!({"token": unsubscribing(&mails[0])})).empty();
    root.post("/api/user-achievements/", json!({"user_id": ann.id, "key": "legend"})).created();
    t.drain();
    assert_eq!(t.mails().len(), before + 1, "not wanted any more");
    assert_eq!(ann.get("/api/notifications/").ok()["count"], 2, "here it still is");
}

#[test]
fn a_notification_is_mailed_as_it_is_with_every_value_escaped() {
    let t = TestApp::with(|config| config.public_url = "https://careers.example".into());
    let ann = t.user("ann");
    t.drain();
    let title = "Eve <b>commented</b> on \"a & b\"".to_owned();
    let notice = Notice::new(Id::new(ann.id), Kind::Comment, "a".into(), title, "<script>alert(1)</script>".into());
    t.write(move |tx| service::tell(tx, notice.link("/community/7".into())));
    t.drain();
    let mail = plain(&t.mails()[1]);
    assert!(mail.contains("Open it in careerd:\nhttps://careers.example/community/7\n"), "{mail}");
    assert!(mail.contains("Eve <b>commented</b>"), "the text part is plain");
    assert!(mail.contains("Eve &lt;b&gt;commented&lt;/b&gt; on &quot;a &amp; b&quot;"), "{mail}");
    assert!(mail.contains("&lt;script&gt;"));
    let id: i64 = t.query("SELECT id FROM notifications");
    let again = SendMail { template: Template::Comment, user: Id::new(ann.id), reference: id.to_string() };
    t.block_on(again.run(t.app.clone())).unwrap();
    assert_eq!(t.mails().len(), 2);
}

#[test]
fn mail_speaks_the_language_of_its_reader() {
    let t = TestApp::new();
    let ann = t.user("ann");
    ann.patch("/api/notifications/preferences/", json!({"language": "uk"})).ok();
    t.drain();
    let mail = &t.mails()[0];
    assert!(mail.contains("lang=3D\"uk\"") || mail.contains("Subject: =?utf-8?"), "{mail}");
}

#[test]
fn one_click_ends_what_the_mail_was_about() {
    let t = TestApp::new();
    let ann = t.user("ann");
    t.drain();
    let token = unsubscribing(&t.mails()[0]);
    let form = |path: String, body: &str| {
        t.visitor().send(Method::Post, &path, Some((ContentType::Form, body.as_bytes().to_vec())), &[])
    };
    form(format!("/api/notifications/unsubscribe/?token={token}"), "List-Unsubscribe=One-Click").empty();
    let chosen = ann.get("/api/notifications/preferences/").ok();
    assert_eq!((&chosen["digest"], &chosen["weekly_report"]), (&json!("off"), &json!(false)));
    assert_eq!(chosen["types"]["comment"]["email"], true, "the rest stays");
    form("/api/notifications/unsubscribe/".into(), &format!("token={token}")).empty();
    t.visitor().post("/api/notifications/unsubscribe/", json!({"token": token})).empty();
    let multipart = ContentType::new("multipart", "form-data").with_params(("boundary", "x"));
    let body =
        b"--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n".to_vec();
    let path = format!("/api/notifications/unsubscribe/?token={token}");
    t.visitor().send(Method::Post, &path, Some((multipart, body)), &[]).empty();
    assert_eq!(form("/api/notifications/unsubscribe/?token=forged".into(), "").faults(), ["token"]);
    assert_eq!(form("/api/notifications/unsubscribe/".into(), "").faults(), ["token"]);
    assert_eq!(t.visitor().post("/api/notifications/unsubscribe/", json!({})).faults(), ["token"]);
    t.pass(chrono::Duration::days(366));
    assert_eq!(form(path, "").faults(), ["token"], "a link does not live for ever");
}

/// A mail server that takes one mail; gives what it heard.
fn mail_server() -> (u16, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let talk = move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let (mut heard, mut in_data) = (vec![], false);
        stream.write_all(b"220 test\r\n").unwrap();
        for line in lines.map_while(Result::ok) {
            let answer = match line.split(' ').next().unwrap_or_default() {
                "." if in_data => {
                    in_data = false;
                    "250 taken\r\n"
                }
                _ if in_data => "",
                "EHLO" => "250 8BITMIME\r\n",
                "DATA" => {
                    in_data = true;
                    "354 go on\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 fine\r\n",
            };
            heard.push(line);
            let taken = answer.starts_with("250 taken");
            if stream.write_all(answer.as_bytes()).is_err() || taken {
                break;
            }
        }
        heard
    };
    (port, thread::spawn(talk))
}

#[test]
fn mail_leaves_through_a_mail_server() {
    let (port, heard) = mail_server();
    let t = TestApp::with(|config| {
        config.mail.transport = Transport::Smtp;
        config.mail.host = "127.0.0.1".into();
        config.mail.port = port;
        config.mail.tls = Tls::None;
    });
    t.user("ann");
    t.drain();
    let heard = heard.join().unwrap();
    assert!(heard.iter().any(|line| line.starts_with("RCPT TO:<ann@example.org>")), "{heard:?}");
    assert!(heard.iter().any(|line| line == "Subject: Welcome to careerd"), "{heard:?}");
    assert!(heard.iter().any(|line| line.starts_with("List-Unsubscribe: <")), "{heard:?}");
    assert_eq!(t.query::<String>("SELECT state FROM outgoing_mails"), "sent");
}

#[test]
fn a_mail_that_was_refused_is_kept_as_failed_and_sent_later() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut t = TestApp::with(|config| {
        config.mail.transport = Transport::Smtp;
        config.mail.host = "127.0.0.1".into();
        config.mail.port = closed;
        config.mail.tls = Tls::None;
    });
    t.expect_empty_queue = false;
    let ann = t.user("ann");
    let task = SendWelcomeEmail { user: Id::new(ann.id) };
    assert!(t.block_on(task.run(t.app.clone())).is_err(), "the queue must hear of it");
    assert_eq!(t.query::<String>("SELECT state FROM outgoing_mails"), "failed");
    assert!(
        !t.query::<String>("SELECT error FROM outgoing_mails").contains("ann@"),
        "no address in what operators read"
    );
}

#[test]
fn nobody_writes_to_accounts_out_of_use() {
    let t = TestApp::new();
    let ann = Id::new(t.user("ann").id);
    t.write(move |tx| careerd::users::service::set_active(tx, careerd::users::audit::By::HOUSE, ann, false, ""));
    t.drain();
    let mails = t.mails();
    assert!(mails.len() == 1 && mails[0].contains("Your account was deactivated"), "but of that it is told");
}
