//! The real program, killed in the middle: what was answered is there, each task runs to its end, its effects stand once.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// How long a start, or the end of what is queued, may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server of its own process over a data folder.
struct Server {
    process: Child,
    base: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(env!("CARGO_BIN_EXE_careerd"))
            .args(["serve", "--quiet", "--port", &port.to_string()])
            .current_dir(folder)
            .env_clear()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Server { process, base: format!("http://127.0.0.1:{port}/api") };
        wait_until("the server answers", || ureq::get(format!("{}/", server.base)).call().is_ok());
        server
    }

    /// Ends the process at once, as a power cut would.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks the process to stop.
    fn ask_to_stop(&self) {
        let process = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    }

    /// Sends this over a connection that is kept open.
    fn connect(&self, words: &str) -> BufReader<TcpStream> {
        let address = self.base.trim_start_matches("http://").trim_end_matches("/api");
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.write_all(words.as_bytes()).unwrap();
        BufReader::new(socket)
    }

    fn post(&self, path: &str, token: &str, body: &Value) -> Option<Value> {
        let answer = ureq::post(format!("{}{path}", self.base)).header("Authorization", bearer(token)).send_json(body);
        answer.ok()?.body_mut().read_json().ok()
    }

    fn get(&self, path: &str, token: &str) -> Value {
        let mut answer =
            ureq::get(format!("{}{path}", self.base)).header("Authorization", bearer(token)).call().unwrap();
        answer.body_mut().read_json().unwrap()
    }

    fn upload(&self, token: &str, name: &str, bytes: &[u8]) -> Option<Value> {
        let mut body =
            format!("--e\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--e--\r\n");
        let answer = ureq::post(format!("{}/resumes/", self.base))
            .header("Authorization", bearer(token))
            .header("Content-Type", "multipart/form-data; boundary=e")
            .send(&body[..]);
        answer.ok()?.body_mut().read_json().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {} s", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_killed_server_loses_nothing_that_was_answered_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let mut server = Server::start(folder.path());
    let mut people = vec![];
    let mut uploads = vec![];
    // Each round is killed while the tasks of its last answers have just been queued.
    for round in 0..3 {
        let name = format!("person{round}");
        let account =
            json!({"username": name, "email": format!("{name}@example.org"), "password": "a long walk in May"});
        let answer = ureq::post(format!("{}/auth/register/", server.base)).send_json(&account);
        let answer: Value = answer.unwrap().body_mut().read_json().unwrap();
        let token = answer["access"].as_str().unwrap().to_owned();
        for file in ["chromium-one-column.pdf", "table-and-box.docx", "table-and-box.odt", "plain-utf8.txt"] {
            if let Some(resume) = server.upload(&token, file, &fs::read(documents.join(file)).unwrap()) {
                uploads.push((token.clone(), resume["id"].clone()));
            }
        }
        let skill = json!({"skill_name": "Falconry in no catalogue"});
        assert!(server.post("/user-skills/", &token, &skill).is_none(), "an unknown skill is refused");
        assert!(server.post("/user-skills/", &token, &json!({"skill_name": "SQL"})).is_some());
        people.push((name, token));
        server.kill();
        server = Server::start(folder.path());
    }
    assert_eq!(uploads.len(), 12);
    for (token, id) in &uploads {
        wait_until("the analysis of what was uploaded", || {
            server.get(&format!("/resumes/{id}/"), token)["analysis_status"] == "completed"
        });
    }
    for (_, token) in &people {
        wait_until("the achievements", || server.get("/users/me/achievements/", token)["count"].as_i64() >= Some(1));
        let earned = server.get("/users/me/achievements/", token);
        let keys: Vec<&Value> =
            earned["results"].as_array().unwrap().iter().map(|it| &it["achievement"]["key"]).collect();
        assert_eq!(keys.iter().filter(|it| **it == "first_resume").count(), 1, "earned once");
        let points = server.get("/users/me/points/", token);
        let sum: i64 =
            points["entries"]["results"].as_array().unwrap().iter().map(|it| it["amount"].as_i64().unwrap()).sum();
        assert_eq!(points["points"], sum);
    }
    wait_until("the welcome mails", || welcome_mails(folder.path()) >= people.len());
    wait_until("the end of the queue", || queue_is_done(folder.path()));
    assert_eq!(welcome_mails(folder.path()), people.len(), "each welcome was mailed once");
    for (_, token) in &people {
        let told = server.get("/notifications/?page_size=100", token);
        let links: Vec<String> = told["results"].as_array().unwrap().iter().map(|it| it["title"].to_string()).collect();
        let mut apart = links.clone();
        apart.sort();
        apart.dedup();
        assert_eq!(apart.len(), links.len(), "nothing was told twice: {links:?}");
    }
}

fn welcome_mails(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder.join("careerd-data/mail")) else { return 0 };
    entries
        .filter(|it| fs::read_to_string(it.as_ref().unwrap().path()).unwrap_or_default().contains("Subject: Welcome"))
        .count()
}

fn queue_is_done(folder: &Path) -> bool {
    let database = folder.join("careerd-data/careerd.db");
    let conn = rusqlite::Connection::open_with_flags(database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let left = "SELECT count(*) FROM tasks WHERE state IN ('pending', 'running', 'failed')";
    let dead = "SELECT count(*) FROM tasks WHERE state = 'dead'";
    assert_eq!(conn.query_row(dead, [], |row| row.get::<_, i64>(0)).unwrap(), 0, "no task died");
    conn.query_row(left, [], |row| row.get::<_, i64>(0)).unwrap() == 0
}

#[test]
fn a_stop_finishes_what_is_being_answered_and_waits_for_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path());
    let mut idle = server.connect("GET /health/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut line = String::new();
    idle.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    // The other half of this body comes after the stop was asked for.
    let body = json!({"username": "nobody", "password": "a long walk in May"}).to_string();
    let (first, second) = body.split_at(20);
    let mut half = server.connect(&format!(
        "POST /api/token/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}",
        body.len()
    ));
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    server.ask_to_stop();
    std::thread::sleep(Duration::from_millis(1000));
    assert!(server.process.try_wait().unwrap().is_none(), "it did not wait for the call");
    half.get_mut().write_all(second.as_bytes()).unwrap();
    let mut answer = String::new();
    half.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("\"status\":401"), "{answer}");
    assert!(server.process.wait().unwrap().success());
    assert!(begun.elapsed() < Duration::from_secs(5), "it took {:?}", begun.elapsed());
    let mut rest = vec![];
    idle.read_to_end(&mut rest).unwrap();
}

/// The memory in KiB that only this process has and no file holds.
#[cfg(target_os = "linux")]
fn anonymous_memory(process: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn passwords_that_were_checked_leave_no_memory_behind() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let before = anonymous_memory(&server.process);
    // Each takes 19 MiB while it is hashed, known or not.
    std::thread::scope(|scope| {
        for caller in 0..4 {
            let base = &server.base;
            scope.spawn(move || {
                for call in 0..4 {
                    let body = json!({"username": format!("nobody{caller}{call}"), "password": "a long walk in May"});
                    assert!(ureq::post(format!("{base}/token/")).send_json(&body).is_err());
                }
            });
        }
    });
    wait_until("the memory is given back", || anonymous_memory(&server.process) < before + 16 * 1024);
}
