//! The processes over one data folder: two that serve and three that work, killed and started again.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::trouble;

/// A library that gives the processes below it another time, where it is installed (on Debian: the package `faketime`).
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
/// How long a stop may take.
const STOP: Duration = Duration::from_secs(30);

/// What a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `careerd serve`, with a worker in it.
    Serve(u16),
    /// `careerd worker`.
    Work,
    /// A worker that also knows the kinds of [`trouble`], with its clock so many minutes ahead.
    Trouble(i32),
}

impl Role {
    pub fn serves(self) -> bool {
        matches!(self, Role::Serve(_))
    }
}

/// One place for a process.
struct Place {
    role: Role,
    process: Child,
}

/// The data folder, its processes, and what was done to them.
pub struct House {
    folder: PathBuf,
    mail_port: u16,
    /// What time it is for the processes, as the library reads it; none without the library.
    time: Option<PathBuf>,
    places: Vec<Place>,
    /// When which role was killed.
    pub kills: Vec<(Instant, Role)>,
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl House {
    /// An empty data folder in which nothing runs yet.
    pub fn new(folder: &Path, mail_port: u16) -> Self {
        let time = Path::new(FAKETIME).exists().then(|| folder.join("time"));
        if let Some(file) = &time {
            fs::write(file, "+0").unwrap();
        }
        Self { folder: folder.to_owned(), mail_port, time, places: vec![], kills: vec![] }
    }

    /// Starts two that serve and three that work.
    pub fn open(&mut self) {
        for role in [Role::Serve(free_port()), Role::Serve(free_port()), Role::Work, Role::Work, Role::Work] {
            let process = self.start(role);
            self.places.push(Place { role, process });
            // The first makes the database.
            if role.serves() && self.places.len() == 1 {
                self.wait_for_first_answer();
            }
        }
    }

    fn wait_for_first_answer(&self) {
        let begun = Instant::now();
        while ureq::get(format!("{}/", self.servers()[0])).call().is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the first server does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Where the API is found.
    pub fn servers(&self) -> Vec<String> {
        let address = |it: &Place| match it.role {
            Role::Serve(port) => Some(format!("http://127.0.0.1:{port}/api")),
            _ => None,
        };
        self.places.iter().filter_map(address).collect()
    }

    pub fn database(&self) -> PathBuf {
        self.folder.join("careerd-data/careerd.db")
    }

    /// The settings of every process.
    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("CAREERD_MAIL__TRANSPORT", "smtp".to_owned()),
            ("CAREERD_MAIL__HOST", "127.0.0.1".into()),
            ("CAREERD_MAIL__PORT", self.mail_port.to_string()),
            ("CAREERD_MAIL__TLS", "none".into()),
            ("CAREERD_MAIL__PER_MINUTE", "0".into()),
            ("CAREERD_WORKER__RUN_LIMIT", format!("{}s", trouble::RUN_LIMIT)),
            ("CAREERD_AUTH__ACCESS_TTL", "15m".into()),
        ];
        if let Some(file) = &self.time {
            settings.push(("LD_PRELOAD", FAKETIME.into()));
            settings.push(("FAKETIME_TIMESTAMP_FILE", file.to_str().unwrap().into()));
            settings.push(("FAKETIME_NO_CACHE", "1".into()));
            settings.push(("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()));
        }
        settings
    }

    /// Runs a command of the program to its end.
    pub fn command(&self, args: &[&str]) -> std::process::Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_careerd"));
        command.args(args).current_dir(&self.folder).env_clear().envs(self.settings()).output().unwrap()
    }

    fn start(&self, role: Role) -> Child {
        // A write beyond the limit of a file is to be an error, as on a full disk, and not the end of the process.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
        command.env_clear().envs(self.settings());
        match role {
            Role::Serve(port) => {
                command.args([env!("CARGO_BIN_EXE_careerd"), "serve", "--quiet", "--port", &port.to_string()]);
            }
            Role::Work => {
                command.args([env!("CARGO_BIN_EXE_careerd"), "worker", "--quiet"]);
            }
            Role::Trouble(ahead) => {
                command.arg(std::env::current_exe().unwrap());
                command.args(["--exact", trouble::PROCESS, "--ignored", "--nocapture"]);
                command.env(trouble::FOLDER, self.folder.join("careerd-data"));
                command.env(trouble::MAIL_PORT, self.mail_port.to_string());
                command.env(trouble::AHEAD, ahead.to_string());
            }
        }
        let log = File::options().create(true).append(true).open(self.folder.join("processes.log")).unwrap();
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn role(&self, place: usize) -> Role {
        self.places[place].role
    }

    /// Ends the process at once, as a power cut would, and starts another in its place.
    pub fn kill(&mut self, place: usize) {
        let it = &mut self.places[place];
        it.process.kill().unwrap();
        it.process.wait().unwrap();
        self.kills.push((Instant::now(), it.role));
        let role = it.role;
        self.places[place].process = self.start(role);
    }

    /// Kills whoever works, and starts workers of this role instead.
    pub fn replace_workers(&mut self, roles: [Role; 3]) {
        for (place, role) in (2..).zip(roles) {
            self.places[place].role = role;
            self.kill(place);
        }
    }

    /// Processes that ended by themselves, which none may do.
    pub fn ended(&mut self) -> Vec<Role> {
        self.places.iter_mut().filter_map(|it| it.process.try_wait().unwrap().map(|_| it.role)).collect()
    }

    /// From now on no process can write a byte into a file.
    pub fn fill_disk(&self) {
        self.limit_files(Some(0));
    }

    /// There is room again.
    pub fn empty_disk(&self) {
        self.limit_files(None);
    }

    fn limit_files(&self, bytes: Option<u64>) {
        for it in &self.places {
            let pid = Pid::from_child(&it.process);
            // One that was killed in this moment needs no limit.
            let _ = prlimit(Some(pid), Resource::Fsize, Rlimit { current: bytes, maximum: None });
        }
    }

    /// Sets the clock of the machine, as the processes see it, so many minutes ahead; false where that cannot be done.
    pub fn set_clock(&self, minutes: i32) -> bool {
        let Some(file) = &self.time else { return false };
        let beside = file.with_extension("new");
        fs::write(&beside, format!("{minutes:+}m")).unwrap();
        fs::rename(beside, file).unwrap();
        true
    }

    /// Asks every process to stop, and waits until it has. How long that took.
    pub fn stop(&mut self) -> Duration {
        let begun = Instant::now();
        for it in &self.places {
            let _ = rustix::process::kill_process(Pid::from_child(&it.process), rustix::process::Signal::TERM);
        }
        for it in &mut self.places {
            while it.process.try_wait().unwrap().is_none() {
                assert!(begun.elapsed() < STOP, "{:?} does not stop", it.role);
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        begun.elapsed()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        for it in &mut self.places {
            // It may have ended already.
            let _ = it.process.kill();
            let _ = it.process.wait();
        }
    }
}
