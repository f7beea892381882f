//! How soon a like reaches the open stream of whoever wrote what was liked, while many streams are open, and what the open
//! ones cost. `STREAMS` says how many, `LIKES` how many likes are timed.
//!
//! Everything is as in production: a server on a port, a worker beside it, streams and calls over sockets.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use careerd::{
    platform::{
        app::App,
        config::{Config, Transport},
    },
    reactions, router, worker,
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// How many streams one person may have open.
const PER_PERSON: usize = 5;
/// The longest that a like may take.
const PATIENCE: Duration = Duration::from_secs(20);

fn setting(name: &str, default: usize) -> usize {
    env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(default)
}

/// Kilobytes of memory of this process.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?.trim().split(' ').next()?.parse().ok()
}

struct Api {
    base: String,
    port: u16,
}

impl Api {
    fn post(&self, path: &str, token: &str, body: &Value) -> anyhow::Result<Value> {
        let call = ureq::post(format!("{}{path}", self.base)).header("Authorization", format!("Bearer {token}"));
        Ok(call.send_json(body).with_context(|| path.to_owned())?.body_mut().read_json()?)
    }

    /// Registers somebody; the token.
    fn register(&self, name: &str) -> anyhow::Result<String> {
        let account =
            json!({"username": name, "email": format!("{name}@example.org"), "password": "a long walk in May"});
        let answer: Value =
            ureq::post(format!("{}/auth/register/", self.base)).send_json(&account)?.body_mut().read_json()?;
        Ok(answer["access"].as_str().context("a token")?.to_owned())
    }

    /// Opens a stream; from then on it tells of each notification about a like when it comes.
    fn listen(&self, token: &str, told: Sender<Instant>) -> anyhow::Result<()> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port))?;
        let head = format!(
            "GET /api/notifications/stream/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        socket.write_all(head.as_bytes())?;
        let mut lines = BufReader::new(socket).lines();
        ensure!(lines.next().context("an answer")??.contains(" 200 "), "the stream was refused");
        thread::Builder::new().stack_size(64 << 10).spawn(move || {
            for line in lines.map_while(Result::ok) {
                if line.starts_with("data:") && line.contains("liked") && told.send(Instant::now()).is_err() {
                    return;
                }
            }
        })?;
        Ok(())
    }
}

fn wait(told: &Receiver<Instant>, begun: Instant) -> anyhow::Result<Duration> {
    Ok(told.recv_timeout(PATIENCE).context("a like did not arrive")?.duration_since(begun))
}

/// Runs in a process whose server and worker run beside it; prints the figures.
fn measure(api: &Api, streams: usize, likes: usize) -> anyhow::Result<()> {
    let people = streams.div_ceil(PER_PERSON).max(1);
    let tokens = (0..people).map(|nth| api.register(&format!("person{nth}"))).collect::<anyhow::Result<Vec<_>>>()?;
    let fan = api.register("fan")?;
    let before = resident();
    let (tell, told): (Vec<_>, Vec<_>) = (0..people).map(|_| channel()).unzip();
    for nth in 0..streams {
        api.listen(&tokens[nth % people], tell[nth % people].clone())?;
    }
    thread::sleep(Duration::from_secs(2));
    if let (Some(before), Some(after)) = (before, resident()) {
        println!(
            "{streams} idle streams: {:.1} MB more, both ends of each together",
            (after.saturating_sub(before)) as f64 / 1024.0
        );
    }
    let mut waits = vec![];
    for nth in 0..likes {
        let who = nth * 7 % people;
        let post = json!({"title": format!("Post {nth}"), "content": "Some words."});
        let post = api.post("/community/posts/", &tokens[who], &post)?["id"].clone();
        // What the post itself has queued is over.
        thread::sleep(Duration::from_millis(20));
        let begun = Instant::now();
        api.post(&format!("/community/posts/{post}/like/"), &fan, &json!({}))?;
        // Each stream of this person is told; the last of them counts.
        let open = (0..streams).filter(|it| it % people == who).count();
        let mut longest = Duration::ZERO;
        for _ in 0..open {
            longest = longest.max(wait(&told[who], begun)?);
        }
        waits.push(longest);
    }
    waits.sort();
    let at = |share: usize| waits.get((waits.len() * share / 100).min(waits.len() - 1)).copied().unwrap_or_default();
    println!(
        "{likes} likes with {streams} streams open: from the call to the last stream p50 {:.1?}, p99 {:.1?}",
        at(50),
        at(99)
    );
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let (streams, likes) = (setting("STREAMS", 500), setting("LIKES", 300).max(1));
    let dir = tempfile::tempdir()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut config = Config { data_dir: dir.path().to_owned(), ..Config::default() };
    config.server.port = port;
    config.mail.transport = Transport::None;
    config.log.requests_file = false;
    config.auth.access_ttl = careerd::platform::config::Span::minutes(60);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let app = App::open(config, reactions::react)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let working = runtime.spawn(worker::run(app.clone(), Arc::new(worker::registry()), 4, async {
        drop(stopped.await);
    }));
    let rocket = runtime.block_on(router::rocket(app.clone())?.ignite()).map_err(|error| anyhow::anyhow!("{error}"))?;
    let shutdown = rocket.shutdown();
    let serving = runtime.spawn(rocket.launch());
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        thread::sleep(Duration::from_millis(20));
    }
    let measured = measure(&Api { base: format!("http://127.0.0.1:{port}/api"), port }, streams, likes);
    shutdown.notify();
    drop(stop);
    runtime.block_on(async {
        drop(serving.await?);
        working.await?
    })?;
    app.db.close();
    measured
}
