//! Answers a second over loopback: a page of 20 jobs with nested skills, and the same bytes as a constant from a bare Rocket.
//!
//! Both servers run in this process and are asked by the same clients, so the ratio says what the house costs above the
//! framework. `cargo bench --bench pages`
#![allow(clippy::expect_used, reason = "a measurement that cannot begin is of no use")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use careerd::{
    cli::seed,
    platform::{
        app::App,
        config::{Config, Transport},
    },
    reactions, router, upkeep,
};
use rocket::{State, get, http::ContentType, routes};

/// How long each row is measured, and by how many connections.
const TIME: Duration = Duration::from_secs(4);
const CONNECTIONS: usize = 16;

struct Constant(Arc<str>);

#[get("/constant")]
fn constant(constant: &State<Constant>) -> (ContentType, String) {
    (ContentType::JSON, constant.0.to_string())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port()
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    config.mail.transport = Transport::File;
    config.server.port = free_port();
    let house = SocketAddr::from(([127, 0, 0, 1], config.server.port));
    let bare = SocketAddr::from(([127, 0, 0, 1], free_port()));

    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let app = App::open(config, reactions::react).expect("an app");
    runtime.block_on(async {
        upkeep::at_start(&app).await.expect("a catalogue");
        seed::fill(&app, seed::SeedArgs::DEMO).await.expect("jobs");
    });
    runtime.spawn(router::rocket(app.clone()).expect("a server").launch());
    wait_for(house);
    let page = body(house, "/api/jobs/?page_size=20");
    let settings = rocket::Config {
        port: bare.port(),
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::release_default()
    };
    let size = page.len();
    let constant = rocket::custom(settings).manage(Constant(page.into())).mount("/", routes![constant]);
    runtime.spawn(constant.launch());
    wait_for(bare);

    println!(
        "{:40} {:>10} {:>8} {:>9} {:>9}",
        format!("{CONNECTIONS} connections"),
        "answers/s",
        "ratio",
        "p50 ms",
        "p99 ms"
    );
    let (base, waits) = measure(bare, "/constant");
    row(&format!("a constant of {size} bytes, bare Rocket"), base, base, &waits);
    for (name, path) in [
        ("a page of 20 jobs", "/api/jobs/?page_size=20"),
        ("one job", "/api/jobs/1/"),
        ("a search among jobs", "/api/jobs/?search=python"),
        ("a page of 20 skills", "/api/skills/"),
        ("health", "/health"),
    ] {
        let (rate, waits) = measure(house, path);
        row(name, rate, base, &waits);
    }
}

fn row(name: &str, rate: f64, base: f64, waits: &[Duration]) {
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!("{name:40} {rate:>10.0} {:>8.2} {:>9.2} {:>9.2}", rate / base, at(0.5), at(0.99));
}

fn wait_for(server: SocketAddr) {
    while TcpStream::connect(server).is_err() {
        thread::sleep(Duration::from_millis(20));
    }
}

fn body(server: SocketAddr, path: &str) -> String {
    let mut stream = BufReader::new(TcpStream::connect(server).expect("a connection"));
    String::from_utf8(ask(&mut stream, path)).expect("text")
}

/// One request over a kept connection; the body of its answer.
fn ask(stream: &mut BufReader<TcpStream>, path: &str) -> Vec<u8> {
    // One packet: a request in pieces would wait for the other side's acknowledgement.
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes()).expect("a request");
    let (mut length, mut line) = (0, String::new());
    loop {
        line.clear();
        stream.read_line(&mut line).expect("a header");
        let header = line.trim_end().to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        assert!(!header.starts_with("http/1.1 ") || header.starts_with("http/1.1 200"), "{path} answered {header}");
        if header.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a body");
    body
}

/// Answers a second, and every wait in order.
fn measure(server: SocketAddr, path: &str) -> (f64, Vec<Duration>) {
    let begun = Instant::now();
    let mut waits: Vec<Duration> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(move || {
                    let mut stream = BufReader::new(TcpStream::connect(server).expect("a connection"));
                    let mut waits = vec![];
                    while begun.elapsed() < TIME {
                        let sent = Instant::now();
                        ask(&mut stream, path);
                        waits.push(sent.elapsed());
                    }
                    waits
                })
            })
            .collect();
        clients.into_iter().flat_map(|it| it.join().expect("a client")).collect()
    });
    let rate = waits.len() as f64 / begun.elapsed().as_secs_f64();
    waits.sort_unstable();
    (rate, waits)
}
