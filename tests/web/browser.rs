//! Chromium, spoken to over a pipe in its own protocol (<https://chromedevtools.github.io/devtools-protocol/>).

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::process::CommandExt as _,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::page::Page;

/// How long the browser may take for one answer on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// One browser with a profile of its own, which ends with it.
pub struct Browser {
    process: Child,
    _profile: tempfile::TempDir,
    wire: Arc<Wire>,
}

/// What was said by the browser, and the way to speak to it.
pub struct Wire {
    out: Mutex<(ChildStdin, u64)>,
    heard: Mutex<Heard>,
    news: Condvar,
}

#[derive(Default)]
struct Heard {
    answers: HashMap<u64, Value>,
    /// What happened, by the page it happened on.
    events: HashMap<String, Vec<Value>>,
    ended: bool,
}

/// The program, where it is installed.
fn program() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok_and(|it| it.status.success()))
}

/// Whether the browser's absence is a failure.
pub fn is_required() -> bool {
    std::env::var("BROWSER_TESTS").is_ok_and(|it| it == "required")
}

impl Browser {
    /// Starts the browser; nothing where there is none and none is required.
    pub fn start() -> Option<Self> {
        let Some(program) = program() else {
            assert!(!is_required(), "chromium is not installed");
            let test = thread::current().name().unwrap_or("a test").to_owned();
            // Written past the test harness, which shows nothing of a test that passes.
            let _ = writeln!(std::io::stderr(), "{test} was not run: chromium is not installed");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        // The pipe's ends are to be 3 and 4 in the browser.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", program])
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio"])
            .args(["--disable-dev-shm-usage", "--hide-scrollbars", "--font-render-hinting=none", "--lang=en-GB"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let wire = Arc::new(Wire {
            out: Mutex::new((process.stdin.take().unwrap(), 0)),
            heard: Mutex::default(),
            news: Condvar::new(),
        });
        let (listening, from) = (wire.clone(), process.stdout.take().unwrap());
        thread::spawn(move || listening.listen(BufReader::new(from)));
        Some(Self { process, _profile: profile, wire })
    }

    /// A page in a window of its own, without cookies or anything else of the others.
    pub fn page(&self, base: &str) -> Page {
        let context = self.wire.call(None, "Target.createBrowserContext", json!({}));
        let target = self.wire.call(
            None,
            "Target.createTarget",
            json!({"url": "about:blank", "browserContextId": context["browserContextId"]}),
        );
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.wire.call(None, "Target.attachToTarget", attach);
        Page::new(self.wire.clone(), session["sessionId"].as_str().unwrap().to_owned(), base.to_owned())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.wire.say(None, "Browser.close", json!({}));
        let asked = Instant::now();
        while asked.elapsed() < Duration::from_secs(5) {
            if let Ok(Some(_)) = self.process.try_wait() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Wire {
    fn listen(&self, mut from: BufReader<impl std::io::Read>) {
        let mut bytes = vec![];
        while from.read_until(0, &mut bytes).is_ok_and(|it| it > 0) {
            bytes.pop();
            let message: Value = serde_json::from_slice(&bytes).unwrap();
            bytes.clear();
            let mut heard = self.heard.lock().unwrap();
            if let Some(id) = message["id"].as_u64() {
                heard.answers.insert(id, message);
            } else if let Some(page) = message["sessionId"].as_str() {
                heard.events.entry(page.to_owned()).or_default().push(message);
            }
            self.news.notify_all();
        }
        self.heard.lock().unwrap().ended = true;
        self.news.notify_all();
    }

    fn say(&self, page: Option<&str>, method: &str, params: Value) -> u64 {
        let mut out = self.out.lock().unwrap();
        out.1 += 1;
        let mut message = json!({"id": out.1, "method": method, "params": params});
        if let Some(page) = page {
            message["sessionId"] = json!(page);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        // A browser that has ended is noticed by whoever waits for its answer.
        let _ = out.0.write_all(&bytes);
        out.1
    }

    /// Asks for something and waits for the answer.
    pub fn call(&self, page: Option<&str>, method: &str, params: Value) -> Value {
        self.try_call(page, method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// As [`Wire::call`]; what the browser refuses is told.
    pub fn try_call(&self, page: Option<&str>, method: &str, params: Value) -> Result<Value, String> {
        let id = self.say(page, method, params);
        let heard = self.heard.lock().unwrap();
        let (mut heard, _) =
            self.news.wait_timeout_while(heard, PATIENCE, |it| !it.ended && !it.answers.contains_key(&id)).unwrap();
        match heard.answers.remove(&id) {
            Some(answer) if answer["error"].is_null() => Ok(answer["result"].clone()),
            Some(answer) => Err(answer["error"]["message"].to_string()),
            None if heard.ended => panic!("{method}: the browser has ended"),
            None => panic!("{method}: the browser did not answer"),
        }
    }

    /// What happened on a page since this was asked the last time.
    pub fn events(&self, page: &str) -> Vec<Value> {
        self.heard.lock().unwrap().events.get_mut(page).map(std::mem::take).unwrap_or_default()
    }
}
