//! The real program, serving a copy of the demo's data to a browser.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::{browser::Browser, page::Page};

/// The password of everybody in the demo.
pub const PASSWORD: &str = "demo-password-1";

const PATIENCE: Duration = Duration::from_secs(90);

/// A house with its browser.
pub struct House {
    // Ends before the program that it looks at.
    browser: Browser,
    server: Server,
}

/// The program over a data folder.
struct Server {
    process: Option<Child>,
    base: String,
    _folder: Option<tempfile::TempDir>,
}

/// Where these tests leave files for people to look at.
pub fn left_behind(folder: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&path).unwrap();
    path
}

/// The demo with its background work done: made once a run and copied for each test.
fn demo() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = left_behind("demo");
        fs::remove_dir_all(&folder).unwrap();
        let mut server = Server::start(&folder, &["--demo"], None);
        let admin = server.sign_in("user1");
        wait_until("the demo's tasks are done", || {
            let unfinished = ["pending", "running"].into_iter().map(|state| {
                let list = server.get(&format!("/admin/tasks/?state={state}&page_size=1"), &admin);
                list["results"].as_array().unwrap().len()
            });
            unfinished.sum::<usize>() == 0
        });
        server.stop();
        folder
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &there);
        } else {
            fs::copy(entry.path(), there).unwrap();
        }
    }
}

pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "in vain: {what}");
        thread::sleep(Duration::from_millis(30));
    }
}

impl Server {
    fn start(folder: &Path, more: &[&str], rest: Option<tempfile::TempDir>) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(env!("CARGO_BIN_EXE_careerd"))
            .args(["serve", "--quiet", "--port", &port.to_string(), "--data-dir"])
            .arg(folder)
            .args(more)
            .current_dir(std::env::temp_dir())
            .env_clear()
            .env("CAREERD_MAIL__TRANSPORT", "file")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process: Some(process), base: format!("http://127.0.0.1:{port}"), _folder: rest };
        wait_until("the server answers", || ureq::get(format!("{}/health/ready/", server.base)).call().is_ok());
        server
    }

    /// Asks the program to end, and waits until it has.
    fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = kill_process(Pid::from_child(&process), Signal::TERM);
            let _ = process.wait();
        }
    }

    fn sign_in(&self, name: &str) -> String {
        let body = json!({"username": name, "password": PASSWORD});
        let answer = self.post("/token/", None, &body);
        answer["access"].as_str().unwrap_or_else(|| panic!("{name} cannot sign in: {answer}")).to_owned()
    }

    fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Value {
        let mut call = ureq::post(format!("{}/api{path}", self.base));
        if let Some(token) = token {
            call = call.header("Authorization", format!("Bearer {token}"));
        }
        call.send_json(body).unwrap_or_else(|error| panic!("{path}: {error}")).body_mut().read_json().unwrap()
    }

    fn patch(&self, path: &str, token: &str, body: &Value) -> Value {
        let call = ureq::patch(format!("{}/api{path}", self.base)).header("Authorization", format!("Bearer {token}"));
        call.send_json(body).unwrap_or_else(|error| panic!("{path}: {error}")).body_mut().read_json().unwrap()
    }

    fn get(&self, path: &str, token: &str) -> Value {
        let call = ureq::get(format!("{}/api{path}", self.base)).header("Authorization", format!("Bearer {token}"));
        call.call().unwrap_or_else(|error| panic!("{path}: {error}")).body_mut().read_json().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl House {
    /// A house of one's own; nothing where there is no browser to look at it.
    pub fn open() -> Option<Self> {
        let browser = Browser::start()?;
        let folder = tempfile::tempdir().unwrap();
        copy(demo(), folder.path());
        let path = folder.path().to_owned();
        Some(Self { browser, server: Server::start(&path, &[], Some(folder)) })
    }

    /// A window with nobody signed in.
    pub fn window(&self) -> Page {
        self.browser.page(&self.server.base)
    }

    /// A window in which this person has signed in by the form.
    pub fn window_of(&self, name: &str) -> Page {
        let page = self.window();
        page.open("/sign-in");
        page.sign_in(name, PASSWORD);
        page
    }

    /// What the API answers this person.
    pub fn get(&self, name: &str, path: &str) -> Value {
        self.server.get(path, &self.server.sign_in(name))
    }

    /// Does something in somebody's name, without a browser.
    pub fn post(&self, name: &str, path: &str, body: &Value) -> Value {
        self.server.post(path, Some(&self.server.sign_in(name)), body)
    }

    /// Changes something in somebody's name.
    pub fn patch(&self, name: &str, path: &str, body: &Value) -> Value {
        self.server.patch(path, &self.server.sign_in(name), body)
    }

    /// Ends the program, as a power cut would.
    pub fn go_dark(&mut self) {
        if let Some(mut process) = self.server.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}
