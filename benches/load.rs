//! What a served instance carries: answers a second, waits, memory and processor time, by scenario, over loopback.
//!
//! `careerd serve` runs as a process of its own on a data folder, so that its memory and time are its own; beside it a bare
//! Rocket answers the bytes of a page and of a posting as constants, which is what the framework itself carries on this machine.
//! Ratios are against the constant in the same run: what asks for one posting against one of its size, all else against the page.
//!
//! ```text
//! cargo bench --bench load                                        an instance of 1,000 members and 2,000 jobs, made for it
//! careerd seed --data-dir DIR --members 1000000 --jobs 100000 --events 5000000
//! cargo bench --bench load -- --data DIR [--seconds N] [--connections N] [--only WORD]
//! ```
//!
//! It posts to the instance that it is given: give it one that was made for it.
#![allow(clippy::expect_used, reason = "a measurement that cannot begin is of no use")]

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use careerd::cli::seed::PASSWORD;
use rocket::{State, get, http::ContentType, routes};
use serde_json::Value;

const HOUSE: &str = env!("CARGO_BIN_EXE_careerd");
/// What this program is called with to be the constant.
const CONSTANT: &str = "--constant";
/// What Linux counts processor time in.
const TICKS_PER_SECOND: f64 = 100.0;

struct Constants(Vec<Arc<str>>);

#[get("/<nth>")]
fn constant(nth: usize, constants: &State<Constants>) -> Option<(ContentType, String)> {
    Some((ContentType::JSON, constants.0.get(nth)?.to_string()))
}

/// Serves the constants in these files until it is killed.
fn serve_constants(port: u16, files: &[String]) {
    let bytes = files.iter().map(|it| fs::read_to_string(it).expect("a constant").into()).collect();
    let settings =
        rocket::Config { port, log_level: rocket::config::LogLevel::Off, ..rocket::Config::release_default() };
    let rocket = rocket::custom(settings).manage(Constants(bytes)).mount("/", routes![constant]);
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(rocket.launch()).map(drop).expect("a server");
}

/// A process that is measured, and ended with this one.
struct Server {
    process: Child,
    address: SocketAddr,
    ready: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Server {
    fn start(command: &mut Command, port: u16, path: &str) -> Self {
        let begun = Instant::now();
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a process");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut server = Self { process, address, ready: Duration::ZERO };
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(600), "nobody serves on {address}");
            assert!(server.process.try_wait().expect("a process").is_none(), "the server ended");
            thread::sleep(Duration::from_millis(10));
        }
        let (status, _) = Connection::to(address).ask("GET", path, None, None);
        assert_eq!(status, 200, "{path}");
        server.ready = begun.elapsed();
        server
    }

    /// Memory of its own that is on no disk, in MB.
    fn anonymous_memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|it| it.strip_prefix("RssAnon:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
    }

    /// Seconds that the processor worked for it so far.
    fn processor_time(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        let behind_name = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<f64> = behind_name.split_whitespace().map(|it| it.parse().unwrap_or(0.0)).collect();
        (fields.get(11).unwrap_or(&0.0) + fields.get(12).unwrap_or(&0.0)) / TICKS_PER_SECOND
    }
}

/// A kept connection of a client.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("an option");
        Self(BufReader::new(stream))
    }

    /// One request; the status and the body of its answer.
    fn ask(&mut self, method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> (u16, Vec<u8>) {
        // One packet: a request in pieces would wait for the other side's acknowledgement.
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
        if let Some(token) = token {
            request.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        if let Some(body) = body {
            request.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body.unwrap_or_default());
        self.0.get_mut().write_all(request.as_bytes()).expect("a request");
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            self.0.read_line(&mut line).expect("a header");
            let header = line.trim_end().to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("http/1.1 ") {
                status = value[..3].parse().expect("a status");
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
            if header.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a body");
        (status, body)
    }
}

/// One request of a scenario.
struct Call {
    method: &'static str,
    path: String,
    body: Option<String>,
    /// Whether its wait counts in the percentiles; what goes on beside does not.
    counts: bool,
    /// Whether nobody is signed in.
    is_of_visitor: bool,
}

impl Call {
    fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: None, counts: true, is_of_visitor: false }
    }

    fn post(path: &str, body: String) -> Self {
        Self { method: "POST", path: path.into(), body: Some(body), counts: true, is_of_visitor: false }
    }

    fn beside(self) -> Self {
        Self { counts: false, ..self }
    }

    fn of_visitor(self) -> Self {
        Self { is_of_visitor: true, ..self }
    }
}

/// The n-th request of the connection of this number.
type Plan = Box<dyn Fn(usize, usize) -> Call + Sync>;

struct Measured {
    rate: f64,
    waits: Vec<Duration>,
    memory: f64,
    /// Milliseconds of processor time for a thousand requests.
    cost: f64,
}

fn measure(server: &Server, token: Option<&str>, time: Duration, connections: usize, plan: &Plan) -> Measured {
    let (begun, before, asked) = (Instant::now(), server.processor_time(), AtomicUsize::new(0));
    let mut waits: Vec<Duration> = thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|connection| {
                let asked = &asked;
                scope.spawn(move || {
                    let mut client = Connection::to(server.address);
                    let (mut waits, mut nth) = (vec![], 0);
                    while begun.elapsed() < time {
                        let call = plan(connection, nth);
                        let sent = Instant::now();
                        let token = token.filter(|_| !call.is_of_visitor);
                        let (status, body) = client.ask(call.method, &call.path, token, call.body.as_deref());
                        // Some are out of use.
                        assert!(
                            status < 300 || status == 404,
                            "{} {status}: {}",
                            call.path,
                            String::from_utf8_lossy(&body)
                        );
                        if call.counts {
                            waits.push(sent.elapsed());
                        }
                        nth += 1;
                        asked.fetch_add(1, Ordering::Relaxed);
                    }
                    waits
                })
            })
            .collect();
        clients.into_iter().flat_map(|it| it.join().expect("a client")).collect()
    });
    let (took, asked) = (begun.elapsed().as_secs_f64(), asked.into_inner() as f64);
    waits.sort_unstable();
    Measured {
        rate: waits.len() as f64 / took,
        waits,
        memory: server.anonymous_memory(),
        cost: (server.processor_time() - before) * 1_000_000.0 / asked,
    }
}

fn row(name: &str, it: &Measured, base: f64) {
    let at = |share: f64| {
        let nth = (it.waits.len().saturating_sub(1) as f64 * share) as usize;
        it.waits.get(nth).map_or(0.0, |it| it.as_secs_f64() * 1000.0)
    };
    println!(
        "{name:34} {:>10.0} {:>7.2} {:>9.2} {:>9.2} {:>8.0} {:>10.0}",
        it.rate,
        it.rate / base,
        at(0.5),
        at(0.99),
        it.memory,
        it.cost
    );
}

/// Everything that is measured, with its name; `members` and `jobs` are the highest numbers there are.
fn scenarios(members: usize, jobs: usize, pages: usize) -> Vec<(&'static str, Plan)> {
    // Far apart, so that neighbours in the file are no neighbours in time.
    let any = |of: usize, connection: usize, nth: usize| 1 + (connection * 7_919 + nth * 104_729) % of.max(1);
    let of = |path: &'static str| -> Plan { Box::new(move |_, _| Call::get(path)) };
    let one_job = move |connection, nth| Call::get(format!("/api/jobs/{}/", any(jobs, connection, nth)));
    let write = |connection: usize, nth: usize| {
        let text = format!(
            r#"{{"title": "Measured {connection} {nth}", "content": "A line of a usual length, as many are."}}"#
        );
        Call::post("/api/community/posts/", text)
    };
    let sign_in = |connection: usize| {
        // Others than the one who measures: whoever has signed in often enough loses their first sign-in.
        let body = format!(r#"{{"username": "user{}", "password": "{PASSWORD}"}}"#, 2 + connection % 2);
        Call::post("/api/token/", body).beside()
    };
    const FIGURES: [&str; 7] = ["platform", "skills", "courses", "jobs", "mentoring", "growth", "heatmap"];
    const WORDS: [&str; 8] = ["python", "rust", "design", "data", "cloud", "mobile", "security", "sales"];
    vec![
        ("a page of 20 jobs, for a visitor", Box::new(|_, _| Call::get("/api/jobs/?page_size=20").of_visitor())),
        ("a page of 20 jobs", of("/api/jobs/?page_size=20")),
        ("one job", Box::new(one_job)),
        ("jobs of a type and level", of("/api/jobs/?job_type=full-time&experience_level=mid")),
        (
            "search among jobs, filtered",
            Box::new(move |_, nth| {
                Call::get(format!("/api/jobs/?search={}&experience_level=mid", WORDS[nth % WORDS.len()]))
            }),
        ),
        (
            "search over everything",
            Box::new(move |_, nth| Call::get(format!("/api/search/?q={}", WORDS[nth % WORDS.len()]))),
        ),
        (
            "recommended jobs, cold",
            Box::new(move |connection, nth| {
                Call::get(format!("/api/users/{}/recommendations/jobs/", any(members, connection, nth)))
            }),
        ),
        (
            "a page far behind",
            Box::new(move |_, nth| Call::get(format!("/api/jobs/?page={}", pages - nth % pages.min(20)))),
        ),
        ("a page of posts", of("/api/community/posts/")),
        ("a page of members", of("/api/users/")),
        ("the leaderboard", of("/api/users/leaderboard/")),
        (
            "somebody's figures",
            Box::new(move |connection, nth| Call::get(format!("/api/users/{}/stats/", any(members, connection, nth)))),
        ),
        (
            "figures of all",
            Box::new(move |_, nth| Call::get(format!("/api/analytics/{}/", FIGURES[nth % FIGURES.len()]))),
        ),
        ("writes: a post", Box::new(write)),
        (
            "mixed, 90 reads and 10 writes",
            Box::new(
                move |connection, nth| {
                    if nth % 10 == 9 { write(connection, nth).beside() } else { one_job(connection, nth) }
                },
            ),
        ),
        (
            "one job beside 4 who sign in",
            Box::new(
                move |connection, nth| {
                    if connection < 4 { sign_in(connection) } else { one_job(connection, nth) }
                },
            ),
        ),
    ]
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port()
}

fn sign_in(server: &Server) -> String {
    let body = format!(r#"{{"username": "user1", "password": "{PASSWORD}"}}"#);
    let (status, answer) = Connection::to(server.address).ask("POST", "/api/token/", None, Some(&body));
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
    let answer: Value = serde_json::from_slice(&answer).expect("JSON");
    answer["access"].as_str().expect("a token").to_owned()
}

fn count(server: &Server, token: &str, path: &str) -> usize {
    let (_, answer) = Connection::to(server.address).ask("GET", path, Some(token), None);
    let answer: Value = serde_json::from_slice(&answer).expect("JSON");
    answer["count"].as_u64().and_then(|it| usize::try_from(it).ok()).expect("a count")
}

/// A small instance, made for this.
fn made(folder: &Path) -> PathBuf {
    let status = Command::new(HOUSE)
        .args(["seed", "--members", "1000", "--jobs", "2000", "--events", "10000", "--data-dir"])
        .arg(folder)
        .status();
    assert!(status.expect("a seed").success());
    folder.to_owned()
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [first, port, files @ ..] = &arguments[..]
        && first == CONSTANT
    {
        return serve_constants(port.parse().expect("a port"), files);
    }
    let after = |name: &str| arguments.iter().skip_while(|it| *it != name).nth(1).cloned();
    let number = |name: &str, default| after(name).map_or(default, |it| it.parse().expect("a number"));
    let (time, connections) = (Duration::from_secs(number("--seconds", 4)), number("--connections", 16) as usize);
    let folder = tempfile::tempdir().expect("a folder");
    let data = after("--data").map_or_else(|| made(&folder.path().join("data")), PathBuf::from);

    let port = free_port();
    let mut command = Command::new(HOUSE);
    command.args(["serve", "--no-worker", "--quiet", "--port", &port.to_string(), "--data-dir"]).arg(&data);
    command.env("CAREERD_MAIL__TRANSPORT", "file");
    let house = Server::start(&mut command, port, "/health");
    let token = sign_in(&house);
    let (members, jobs) = (count(&house, &token, "/api/users/"), count(&house, &token, "/api/jobs/"));
    println!(
        "{members} members, {jobs} open jobs: ready in {:.2} s with {:.0} MB of anonymous memory",
        house.ready.as_secs_f64(),
        house.anonymous_memory()
    );
    let read = |path: &str| Connection::to(house.address).ask("GET", path, None, None).1;
    let page = read("/api/jobs/?page_size=20");
    let first = serde_json::from_slice::<Value>(&page).expect("JSON")["results"][0]["id"].to_string();
    let constants = [page, read(&format!("/api/jobs/{first}/"))];
    let port = free_port();
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.arg(CONSTANT).arg(port.to_string());
    for (nth, bytes) in constants.iter().enumerate() {
        let file = folder.path().join(format!("constant-{nth}"));
        fs::write(&file, bytes).expect("a file");
        command.arg(file);
    }
    let bare = Server::start(&mut command, port, "/0");

    println!(
        "{:34} {:>10} {:>7} {:>9} {:>9} {:>8} {:>10}",
        format!("{connections} connections"),
        "requests/s",
        "ratio",
        "p50 ms",
        "p99 ms",
        "RssAnon",
        "ms CPU/1k"
    );
    let rates = [0, 1].map(|nth| {
        let plan: Plan = Box::new(move |_, _| Call::get(format!("/{nth}")));
        let constant = measure(&bare, None, time, connections, &plan);
        row(&format!("a constant of {} bytes", constants[nth].len()), &constant, constant.rate);
        constant.rate
    });
    let only = after("--only").unwrap_or_default();
    let pages = (jobs / 20).clamp(1, 500);
    for (name, plan) in scenarios(members, jobs, pages).into_iter().filter(|it| it.0.contains(&only)) {
        let token = sign_in(&house);
        let rate = rates[usize::from(name.starts_with("one job"))];
        row(name, &measure(&house, Some(&token), time, connections, &plan), rate);
    }
}
