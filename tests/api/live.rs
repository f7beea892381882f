//! Streams of notifications, over real sockets to the real server.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use careerd::{
    notifications::{Fold, Kind, Notice, SendNotification, service},
    platform::id::Id,
    router,
};
use rocket::http::Method;
use serde_json::{Value, json};

use crate::app::{Member, TestApp};

/// A house whose addresses also answer on a port, until this is dropped.
struct Served {
    t: TestApp,
    port: u16,
    stop: Option<(rocket::Shutdown, thread::JoinHandle<()>)>,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Served {
    fn new() -> Self {
        let port = free_port();
        let t = TestApp::with(|config| config.server.port = port);
        let app = t.app.clone();
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || {
            let threads = rocket::tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            threads.block_on(async {
                let rocket = router::rocket(app).unwrap().ignite().await.unwrap();
                sender.send(rocket.shutdown()).unwrap();
                drop(rocket.launch().await.unwrap());
            });
        });
        let shutdown = receiver.recv().unwrap();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the server did not start");
            thread::sleep(Duration::from_millis(20));
        }
        Self { t, port, stop: Some((shutdown, thread)) }
    }

    fn call(&self, path: &str, headers: &[(&str, &str)]) -> Stream {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").as_bytes()).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut stream = Stream { socket: BufReader::new(socket), head: String::new(), body: String::new() };
        loop {
            let line = stream.raw_line().expect("an answer");
            if line.is_empty() {
                return stream;
            }
            stream.head.push_str(&line);
            stream.head.push('\n');
        }
    }

    fn listen(&self, who: &Member<'_>, query: &str) -> Stream {
        let bearer = format!("Bearer {}", who.token.as_deref().unwrap());
        self.call(&format!("/api/notifications/stream/{query}"), &[("Authorization", &bearer)])
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some((shutdown, thread)) = self.stop.take() {
            shutdown.notify();
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the server failed");
        }
    }
}

/// A stream as a browser reads it.
struct Stream {
    socket: BufReader<TcpStream>,
    head: String,
    /// What came and was not read yet.
    body: String,
}

#[derive(Debug, PartialEq)]
struct Told {
    event: String,
    id: Option<i64>,
    data: Value,
}

impl Stream {
    fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn raw_line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.socket.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => None,
            Err(error) => panic!("nothing came: {error}"),
        }
    }

    /// The next line of the body, which comes in pieces with their length before each; none at its end.
    fn line(&mut self) -> Option<String> {
        loop {
            if let Some((line, rest)) = self.body.split_once('\n') {
                let (line, rest) = (line.to_owned(), rest.to_owned());
                self.body = rest;
                return Some(line);
            }
            let length = usize::from_str_radix(&self.raw_line()?, 16).unwrap();
            let mut piece = vec![0; length];
            self.socket.read_exact(&mut piece).unwrap();
            self.raw_line();
            if length == 0 {
                return None;
            }
            self.body.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// The next event; none at the end of the stream.
    fn next(&mut self) -> Option<Told> {
        let (mut event, mut id, mut data) = (String::new(), None, String::new());
        loop {
            let line = self.line()?;
            if let Some(rest) = line.strip_prefix("event:") {
                event = rest.trim().to_owned();
            } else if let Some(rest) = line.strip_prefix("id:") {
                id = rest.trim().parse().ok();
            } else if let Some(rest) = line.strip_prefix("data:") {
                data = rest.trim().to_owned();
            } else if line.is_empty() && !data.is_empty() {
                return Some(Told { event, id, data: serde_json::from_str(&data).unwrap() });
            }
        }
    }

    #[track_caller]
    fn unread(&mut self, count: i64) {
        assert_eq!(self.next(), Some(Told { event: "unread".into(), id: None, data: json!({"unread": count}) }));
    }

    #[track_caller]
    fn notification(&mut self, title: &str) -> i64 {
        let told = self.next().expect("an event");
        assert_eq!((told.event.as_str(), &told.data["title"]), ("notification", &json!(title)), "{told:?}");
        assert_eq!(told.id, told.data["id"].as_i64(), "the id of the event is that of the notification");
        told.id.unwrap()
    }
}

fn tell(t: &TestApp, to: &Member<'_>, key: &str) {
    let notice = Notice::new(Id::new(to.id), Kind::System, key.into(), format!("About {key}"), "Words.".into());
    t.write(move |tx| service::tell(tx, notice));
}

#[test]
fn what_is_told_reaches_an_open_stream_at_once_and_nobody_elses() {
    let house = Served::new();
    let t = &house.t;
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let (mut hers, mut his) = (house.listen(&ann, ""), house.listen(&ben, ""));
    assert_eq!(hers.status(), 200);
    assert!(hers.head.to_lowercase().contains("content-type: text/event-stream"), "{}", hers.head);
    hers.unread(0);
    his.unread(0);
    let begun = Instant::now();
    tell(t, &ann, "a");
    hers.notification("About a");
    assert!(begun.elapsed() < Duration::from_millis(500), "it took {:?}", begun.elapsed());
    hers.unread(1);
    tell(t, &ben, "b");
    his.notification("About b");
    // Reading and deleting elsewhere changes the count here.
    ann.post("/api/notifications/read-all/", json!({})).ok();
    hers.unread(0);
    tell(t, &ann, "c");
    let id = hers.notification("About c");
    hers.unread(1);
    ann.delete(&format!("/api/notifications/{id}/")).empty();
    hers.unread(0);
}

#[test]
fn a_like_that_folds_comes_again() {
    let house = Served::new();
    let t = &house.t;
    let ann = t.user("ann");
    let likers = [t.user("ben"), t.user("cat"), t.user("dan"), t.user("eve")];
    let mut stream = house.listen(&ann, "");
    stream.unread(0);
    let mut last = 0;
    for (nth, who) in likers.iter().enumerate() {
        let did = "liked your post \"Hello\"".to_owned();
        let fold = Fold { thing: "post:1".into(), who: who.name.clone(), did };
        let notice = Notice::new(Id::new(ann.id), Kind::Like, format!("like:{nth}"), fold.title(0), String::new());
        let notice = notice.by(Id::new(who.id)).folding(fold);
        t.write(move |tx| service::tell(tx, notice));
        let title = match nth {
            0 => "ben liked your post \"Hello\"".to_owned(),
            1 => "cat and 1 other liked your post \"Hello\"".to_owned(),
            _ => format!("{} and {nth} others liked your post \"Hello\"", who.name),
        };
        let id = stream.notification(&title);
        assert!(nth == 0 || id == last, "it is the same one");
        last = id;
        if nth == 0 {
            stream.unread(1);
        }
    }
    // Whoever was away since the first like hears of the others.
    let mut back = house.listen(&ann, &format!("?last_event_id={last}"));
    back.notification("eve and 3 others liked your post \"Hello\"");
    back.unread(1);
}

#[test]
fn a_stream_goes_on_where_the_last_one_ended() {
    let house = Served::new();
    let t = &house.t;
    let ann = t.user("ann");
    for key in ["a", "b", "c"] {
        tell(t, &ann, key);
    }
    let first: i64 = t.query("SELECT min(id) FROM notifications");
    let bearer = format!("Bearer {}", ann.token.as_deref().unwrap());
    let mut stream = house.call(
        "/api/notifications/stream/?last_event_id=0",
        &[("Authorization", &bearer), ("Last-Event-ID", &first.to_string())],
    );
    stream.notification("About b");
    stream.notification("About c");
    stream.unread(3);
    let mut from_the_first = house.listen(&ann, "?last_event_id=0");
    from_the_first.notification("About a");
    // A number that was never given, as after a restored backup.
    let mut lost = house.listen(&ann, "?last_event_id=999999");
    assert_eq!(lost.next().unwrap(), Told { event: "resync".into(), id: Some(first + 2), data: json!({"unread": 3}) });
    for key in 0..101 {
        tell(t, &ann, &key.to_string());
    }
    let mut far = house.listen(&ann, &format!("?last_event_id={first}"));
    let told = far.next().unwrap();
    assert_eq!((told.event.as_str(), told.id), ("resync", Some(first + 103)), "too much was missed");
    tell(t, &ann, "new");
    far.notification("About new");
    assert_eq!(ann.get("/api/notifications/stream/?last_event_id=soon").faults(), ["last_event_id"]);
}

#[test]
fn a_ticket_opens_one_stream_for_half_a_minute() {
    let house = Served::new();
    let t = &house.t;
    let ann = t.user("ann");
    let ticket = || {
        let answer = ann.post("/api/notifications/stream/ticket/", json!({})).ok();
        answer["ticket"].as_str().unwrap().to_owned()
    };
    let one = ticket();
    let kept: i64 = t.query(&format!("SELECT count(*) FROM stream_tickets WHERE hash = '{one}'"));
    assert_eq!(kept, 0, "only the digest is kept");
    let path = format!("/api/notifications/stream/?ticket={one}");
    let mut stream = house.call(&path, &[]);
    stream.unread(0);
    tell(t, &ann, "a");
    stream.notification("About a");
    t.visitor().get(&path).status(401);
    let late = ticket();
    t.pass(chrono::Duration::seconds(31));
    t.visitor().get(&format!("/api/notifications/stream/?ticket={late}")).status(401);
    t.visitor().get("/api/notifications/stream/?ticket=forged").status(401);
    t.visitor().get("/api/notifications/stream/").status(401);
    t.visitor().post("/api/notifications/stream/ticket/", json!({})).status(401);
    let ended = ticket();
    t.write(|tx| {
        tx.execute("UPDATE sign_ins SET revoked_at = 1", [])?;
        Ok(())
    });
    t.visitor().get(&format!("/api/notifications/stream/?ticket={ended}")).status(401);
}

#[test]
fn a_stream_opened_by_a_ticket_is_counted_once_for_its_user() {
    let t = TestApp::with(|config| config.rate_limit.whitelist = vec![]);
    let ann = t.user("ann");
    let ticket = ann.post("/api/notifications/stream/ticket/", json!({})).ok()["ticket"].as_str().unwrap().to_owned();
    let before = t.visitor().get("/api/skills/");
    let left =
        |reply: &crate::app::Reply| -> i64 { reply.header("X-RateLimit-Remaining-Burst").unwrap().parse().unwrap() };
    let opened = t.visitor().get(&format!("/api/notifications/stream/?ticket={ticket}"));
    assert_eq!((opened.status.code, left(&opened)), (200, left(&before)));
    assert_eq!(left(&t.visitor().get("/api/skills/")), left(&before) - 1);
}

#[test]
fn a_stream_ends_with_its_sign_in_and_its_account() {
    let house = Served::new();
    let t = &house.t;
    let (ann, ben, cat) = (t.user("ann"), t.user("ben"), t.user("cat"));
    let elsewhere = t.sign_in_again(&ann);
    let token = cat.post("/api/auth/tokens/", json!({"name": "reader", "scope": "read"})).created();
    let by_token = cat.holding(&token, "token");
    let mut streams = [
        house.listen(&ann, ""),
        house.listen(&elsewhere, ""),
        house.listen(&ben, ""),
        house.listen(&by_token, ""),
        house.listen(&cat, ""),
    ];
    streams.iter_mut().for_each(|it| it.unread(0));
    t.write(|tx| {
        tx.execute(
            "UPDATE sign_ins SET revoked_at = 1 WHERE id = (SELECT min(id) FROM sign_ins WHERE user_id = 1)",
            [],
        )?;
        Ok(())
    });
    cat.delete(&format!("/api/auth/tokens/{}/", token["id"])).empty();
    let user = Id::new(ben.id);
    t.write(move |tx| careerd::users::service::set_active(tx, careerd::users::audit::By::HOUSE, user, false, ""));
    let begun = Instant::now();
    for nth in [0, 2, 3] {
        assert_eq!(streams[nth].next(), None, "stream {nth} ends");
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "it took {:?}", begun.elapsed());
    tell(t, &ann, "a");
    streams[1].notification("About a");
    tell(t, &cat, "b");
    streams[4].notification("About b");
}

#[test]
fn a_sixth_stream_ends_the_oldest_which_does_not_come_back_at_once() {
    let house = Served::new();
    let t = &house.t;
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let mut his = house.listen(&ben, "");
    his.unread(0);
    let mut open: Vec<Stream> = (0..6).map(|_| house.listen(&ann, "")).collect();
    open.iter_mut().for_each(|it| it.unread(0));
    let mut oldest = open.remove(0);
    let mut rest = vec![];
    while let Some(line) = oldest.line() {
        rest.push(line);
    }
    assert!(rest.contains(&"retry:60000".to_owned()), "{rest:?}");
    tell(t, &ann, "a");
    tell(t, &ben, "b");
    for stream in &mut open {
        stream.notification("About a");
    }
    his.notification("About b");
}

#[test]
fn a_client_that_reads_nothing_holds_nobody_up() {
    let house = Served::new();
    let t = &house.t;
    let ann = t.user("ann");
    let (mut lazy, mut quick) = (house.listen(&ann, ""), house.listen(&ann, ""));
    quick.unread(0);
    for key in 0..300 {
        let long = "x".repeat(900);
        let notice = Notice::new(Id::new(ann.id), Kind::System, key.to_string(), format!("About {key}"), long);
        t.write(move |tx| service::tell(tx, notice));
    }
    let last: i64 = t.query("SELECT max(id) FROM notifications");
    let mut seen = 0;
    while seen < last {
        seen = quick.next().unwrap().id.unwrap_or(seen);
    }
    // What the lazy one missed is not lost: it reads on where it stopped, or is told to begin anew.
    let mut seen = 0;
    while seen < last {
        seen = lazy.next().unwrap().id.unwrap_or(seen);
    }
}

#[test]
fn what_another_process_tells_arrives_as_well() {
    let mut house = Served::new();
    house.t.expect_empty_queue = false;
    let t = &house.t;
    let ann = t.user("ann");
    t.drain();
    let mut stream = house.listen(&ann, "");
    stream.unread(0);
    let mut worker = std::process::Command::new(env!("CARGO_BIN_EXE_careerd"))
        .args(["worker", "--data-dir"])
        .arg(t.folder())
        .env("CAREERD_MAIL__TRANSPORT", "none")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(worker.stdout.take().unwrap());
    said.read_line(&mut String::new()).unwrap();
    let mut slowest = Duration::ZERO;
    for nth in 0..5 {
        let notice = Notice::new(Id::new(ann.id), Kind::System, nth.to_string(), format!("Far {nth}"), String::new());
        t.write(move |tx| tx.enqueue(&SendNotification(notice)));
        let queued = Instant::now();
        stream.notification(&format!("Far {nth}"));
        // The first one waits for the worker to begin.
        if nth > 0 {
            slowest = slowest.max(queued.elapsed());
        }
        stream.unread(nth + 1);
    }
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert!(slowest < Duration::from_secs(5), "it took {slowest:?}");
    println!("across processes: {slowest:?}");
}

#[test]
fn a_stop_of_the_server_ends_its_streams() {
    let mut house = Served::new();
    let ann = house.t.user("ann");
    let mut stream = house.listen(&ann, "");
    stream.unread(0);
    let (shutdown, thread) = house.stop.take().unwrap();
    let begun = Instant::now();
    shutdown.notify();
    assert_eq!(stream.next(), None);
    assert!(begun.elapsed() < Duration::from_secs(2), "it took {:?}", begun.elapsed());
    drop(stream);
    thread.join().unwrap();
}

/// How quickly, `cargo bench --bench streams` tells.
#[test]
fn of_many_streams_those_of_one_person_are_told() {
    let streams = 20;
    let house = Served::new();
    let t = &house.t;
    let people: Vec<Member<'_>> = (0..=streams / 5).map(|nth| t.user(&format!("user{nth}"))).collect();
    let mut open: Vec<Stream> = (0..streams).map(|nth| house.listen(&people[nth / 5], "")).collect();
    open.iter_mut().for_each(|it| it.unread(0));
    for nth in 0..40 {
        let who = nth * 7 % streams / 5;
        tell(t, &people[who], &nth.to_string());
        for stream in open[who * 5..].iter_mut().take(5) {
            stream.notification(&format!("About {nth}"));
            assert_eq!(stream.next().unwrap().event, "unread");
        }
    }
    let reading = t.visitor().call(Method::Get, "/health", None, &[]);
    reading.ok();
}

#[test]
fn a_method_that_nobody_knows_is_refused_like_any_other_fault() {
    let house = Served::new();
    let mut socket = TcpStream::connect(("127.0.0.1", house.port)).unwrap();
    socket
        .write_all(b"BREW /api/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Request-Id: tea\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(
        head.contains("x-request-id: tea") && head.contains("allow: get") && head.contains("x-frame-options: deny"),
        "{head}"
    );
    assert!(body.contains("\"error\":\"Method Not Allowed\"") && body.contains("\"request_id\":\"tea\""), "{body}");
}
