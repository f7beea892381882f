//! A mail server that refuses, breaks off, is slow and goes away: every mail arrives once.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use careerd::{
    platform::config::{Tls, Transport},
    worker,
};

use crate::{app::TestApp, cli::careerd};

/// What the server does to a connection.
#[derive(Clone, Copy, Debug)]
enum Mood {
    /// Takes the mail.
    Kind,
    /// Takes it, with a pause before each answer.
    Slow,
    /// Says at once that it is too busy.
    Busy,
    /// Breaks off after half of the mail.
    BreaksOff,
    /// Asks for patience with this recipient, as servers do with senders they do not know.
    Patience,
}

/// Mails that were taken: to whom, and their Message-IDs.
type Taken = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

/// Serves connections in these moods, one after the other, and kindly from then on; refuses one recipient for good.
fn server(moods: Vec<Mood>) -> (u16, Taken) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Taken::default();
    let kept = taken.clone();
    thread::spawn(move || {
        let mut moods = moods.into_iter();
        for stream in listener.incoming() {
            let mood = moods.next().unwrap_or(Mood::Kind);
            // A client that goes away ends its talk, not the server.
            let _ = talk(stream.unwrap(), mood, &kept);
        }
    });
    (port, taken)
}

fn talk(mut stream: TcpStream, mood: Mood, taken: &Taken) -> std::io::Result<()> {
    if matches!(mood, Mood::Busy) {
        return stream.write_all(b"421 too busy\r\n");
    }
    let lines = BufReader::new(stream.try_clone()?).lines();
    let (mut to, mut id, mut in_data) = (String::new(), String::new(), false);
    stream.write_all(b"220 test\r\n")?;
    for line in lines {
        let line = line?;
        if in_data {
            if let Some(rest) = line.strip_prefix("Message-ID: ") {
                id = rest.to_owned();
            }
            if matches!(mood, Mood::BreaksOff) && line.is_empty() {
                return Ok(());
            }
            if line == "." {
                in_data = false;
                taken.lock().unwrap().entry(to.clone()).or_default().push(id.clone());
                stream.write_all(b"250 taken\r\n")?;
            }
            continue;
        }
        if matches!(mood, Mood::Slow) {
            thread::sleep(Duration::from_millis(100));
        }
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-test\r\n250 8BITMIME\r\n",
            "RCPT" => {
                to = line.clone();
                match mood {
                    _ if line.contains("nobody@") => "550 no such user\r\n",
                    Mood::Patience => "450 try again later\r\n",
                    _ => "250 fine\r\n",
                }
            }
            "DATA" => {
                in_data = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 fine\r\n",
        };
        stream.write_all(answer.as_bytes())?;
    }
    Ok(())
}

fn house(port: u16) -> TestApp {
    let mut t = TestApp::with(|config| {
        config.mail.transport = Transport::Smtp;
        config.mail.host = "127.0.0.1".into();
        config.mail.port = port;
        config.mail.tls = Tls::None;
        config.mail.per_minute = 0;
    });
    t.expect_empty_queue = false;
    t
}

/// Runs what is due, again and again while time passes, until no mail waits any more.
fn work_until_settled(t: &TestApp) {
    let begun = Instant::now();
    loop {
        t.block_on(worker::drain(t.app.clone(), Arc::new(worker::registry()))).unwrap();
        let waiting: i64 =
            t.query("SELECT count(*) FROM Jobs WHERE status IN ('Pending', 'Failed') AND attempts < max_attempts");
        if waiting == 0 {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{waiting} tasks still wait");
        thread::sleep(Duration::from_millis(300));
        t.pass(chrono::Duration::minutes(1));
    }
}

#[test]
fn every_mail_arrives_once_whatever_the_server_does() {
    use Mood::{BreaksOff, Busy, Kind, Patience, Slow};
    let (port, taken) = server(vec![Kind, BreaksOff, Busy, Slow, Patience, Kind, BreaksOff, Slow, Kind, Patience]);
    let t = house(port);
    for nth in 0..8 {
        t.user(&format!("user{nth}"));
    }
    t.user("nobody");
    work_until_settled(&t);
    let taken = taken.lock().unwrap();
    assert_eq!(taken.len(), 8, "{taken:?}");
    assert!(taken.values().all(|ids| ids.len() == 1), "{taken:?}");
    assert_eq!(t.query::<i64>("SELECT count(*) FROM outgoing_mails WHERE state = 'sent'"), 8);
    let dead: String = t.query("SELECT last_result FROM Jobs WHERE status = 'Killed'");
    assert!(dead.contains("no such user"), "{dead}");
    let tries: i64 = t.query(
        "SELECT count(*) FROM task_attempts a JOIN Jobs j ON j.id = a.task_id WHERE j.status = 'Killed' AND a.outcome = 'dead'",
    );
    assert_eq!(tries, 1, "a refusal for good is not repeated");
}

#[test]
fn mail_outlasts_a_server_that_is_away_for_a_day() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let t = house(port);
    t.user("ann");
    for _ in 0..30 {
        t.block_on(worker::drain(t.app.clone(), Arc::new(worker::registry()))).unwrap();
        t.pass(chrono::Duration::hours(1));
    }
    let state: String = t.query("SELECT status FROM Jobs WHERE CAST(job AS TEXT) LIKE '%send_welcome_email%'");
    assert_eq!(state, "Failed", "it still waits");
    // Two days are enough: then it counts as a failure like any other, and in the end is given up.
    for _ in 0..60 {
        thread::sleep(Duration::from_millis(1));
        t.block_on(worker::drain(t.app.clone(), Arc::new(worker::registry()))).unwrap();
        t.pass(chrono::Duration::hours(2));
    }
    let state: String = t.query("SELECT status FROM Jobs WHERE CAST(job AS TEXT) LIKE '%send_welcome_email%'");
    assert_eq!(state, "Killed");
}

#[test]
fn no_more_mails_leave_in_a_minute_than_are_allowed_and_other_tasks_do_not_wait_for_them() {
    let (port, taken) = server(vec![]);
    let mut t = TestApp::with(|config| {
        config.mail.transport = Transport::Smtp;
        config.mail.host = "127.0.0.1".into();
        config.mail.port = port;
        config.mail.tls = Tls::None;
        config.mail.per_minute = 20;
    });
    t.expect_empty_queue = false;
    for nth in 0..5 {
        t.user(&format!("user{nth}"));
    }
    let begun = Instant::now();
    t.block_on(worker::drain(t.app.clone(), Arc::new(worker::registry()))).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(3), "the others were put off: {:?}", begun.elapsed());
    assert_eq!(taken.lock().unwrap().len(), 1);
    let checked: i64 = t.query("SELECT count(*) FROM Jobs WHERE status = 'Done'");
    assert!(checked >= 5, "what has nothing to do with mail is done: {checked}");
    t.pass(chrono::Duration::minutes(1));
    let waiting: i64 = t.query("SELECT count(*) FROM outgoing_mails");
    assert_eq!(waiting, 1, "those put off were not even written");
}

#[test]
fn mail_test_shows_what_is_said() {
    let (port, taken) = server(vec![]);
    let folder = tempfile::tempdir().unwrap();
    let port = port.to_string();
    let settings = [
        ("CAREERD_MAIL__TRANSPORT", "smtp"),
        ("CAREERD_MAIL__HOST", "127.0.0.1"),
        ("CAREERD_MAIL__PORT", port.as_str()),
        ("CAREERD_MAIL__TLS", "none"),
    ];
    let shown = careerd(folder.path(), &["mail", "test", "ann@example.org"], "", &settings);
    let said = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.status.success(), "{said}{}", String::from_utf8_lossy(&shown.stderr));
    for line in
        ["C: EHLO ", "C: RCPT TO:<ann@example.org>", "C: DATA", "S: 250 taken", "NOT encrypted", "took the mail"]
    {
        assert!(said.contains(line), "{line} is missing in {said}");
    }
    assert_eq!(taken.lock().unwrap().len(), 1);
    let refused = careerd(folder.path(), &["mail", "test", "nobody@example.org"], "", &settings);
    assert_eq!(refused.status.code(), Some(1));
    let said = format!("{}{}", String::from_utf8_lossy(&refused.stdout), String::from_utf8_lossy(&refused.stderr));
    assert!(said.contains("550") && said.contains("no such user"), "{said}");
    let secret =
        [settings[0], settings[1], settings[2], ("CAREERD_MAIL__PASSWORD", "hunter2"), ("CAREERD_MAIL__USER", "me")];
    let unprotected = careerd(folder.path(), &["mail", "test", "ann@example.org"], "", &secret);
    let said =
        format!("{}{}", String::from_utf8_lossy(&unprotected.stdout), String::from_utf8_lossy(&unprotected.stderr));
    assert_eq!(unprotected.status.code(), Some(1), "without STARTTLS no password leaves");
    assert!(!said.contains("hunter2") && !said.contains("AUTH"), "{said}");
    let to_file = careerd(folder.path(), &["mail", "test", "ann@example.org"], "", &[]);
    assert!(to_file.status.success() && String::from_utf8_lossy(&to_file.stdout).contains("into files"));
}
