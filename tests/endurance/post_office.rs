//! A mail server with moods.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What begins the addresses of those whose mails this server never answers, until it is calm.
pub const ENDLESS: &str = "endless";

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    pub subject: String,
    pub at: Instant,
}

/// What it has taken, by Message-ID.
type Letters = BTreeMap<String, Vec<Taken>>;

/// A mail server.
#[derive(Clone, Default)]
pub struct PostOffice {
    taken: Arc<Mutex<Letters>>,
    calm: Arc<AtomicBool>,
}

impl PostOffice {
    /// Serves on a port of its own.
    pub fn open() -> (Self, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let office = Self::default();
        let serving = office.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let office = serving.clone();
                // A client that goes away ends its talk, not the server.
                thread::spawn(move || drop(office.talk(stream)));
            }
        });
        (office, port)
    }

    /// From now on it takes whatever comes.
    pub fn calm_down(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    pub fn taken(&self) -> MutexGuard<'_, Letters> {
        self.taken.lock().unwrap()
    }

    fn is_moody(&self, one_in: u32) -> bool {
        !self.calm.load(Ordering::SeqCst) && rand::random_range(0..one_in) == 0
    }

    fn talk(&self, mut stream: TcpStream) -> std::io::Result<()> {
        if self.is_moody(40) {
            return stream.write_all(b"421 too busy\r\n");
        }
        let (breaks_off, is_slow) = (self.is_moody(40), self.is_moody(10));
        let lines = BufReader::new(stream.try_clone()?).lines();
        let (mut to, mut id, mut subject, mut in_data) = (String::new(), String::new(), String::new(), false);
        stream.write_all(b"220 test\r\n")?;
        for line in lines {
            let line = line?;
            if in_data {
                if let Some(rest) = line.strip_prefix("Message-ID: ") {
                    id = rest.to_owned();
                } else if let Some(rest) = line.strip_prefix("Subject: ") {
                    subject = rest.to_owned();
                } else if line.is_empty() && breaks_off {
                    return Ok(());
                } else if line == "." {
                    in_data = false;
                    let taken = Taken { to: to.clone(), subject: subject.clone(), at: Instant::now() };
                    self.taken().entry(id.clone()).or_default().push(taken);
                    stream.write_all(b"250 taken\r\n")?;
                }
                continue;
            }
            if is_slow {
                thread::sleep(Duration::from_millis(50));
            }
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250-test\r\n250 8BITMIME\r\n",
                "RCPT" => {
                    to = line.trim_start_matches("RCPT TO:<").split('>').next().unwrap_or_default().to_owned();
                    while to.starts_with(ENDLESS) && !self.calm.load(Ordering::SeqCst) {
                        thread::sleep(Duration::from_millis(50));
                    }
                    "250 fine\r\n"
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
}
