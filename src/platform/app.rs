//! Everything that outlives a request.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;
use rocket::{
    Request,
    outcome::Outcome,
    request::{self, FromRequest},
};

use super::{
    cache::Cache,
    clock::{Clock, Timestamp},
    config::Config,
    db::Db,
    edge::{Activity, Calls},
    event::React,
    files::Files,
    mailer::Mailer,
    once::Running,
    parts::Parts,
    password::PasswordPool,
    rate::Limiter,
    seal::Seal,
    token::Tokens,
};

/// The house's one object: `serve`, `worker`, every command and each test open their own. Nothing is global.
pub struct App {
    /// The settings of this start.
    pub config: Config,
    /// The time.
    pub clock: Arc<Clock>,
    /// When this process opened it.
    pub started_at: Timestamp,
    /// The database.
    pub db: Db,
    /// Kept computations.
    pub cache: Cache,
    /// Stored files.
    pub files: Files,
    /// The way mail leaves.
    pub mailer: Mailer,
    /// Signs and reads access tokens.
    pub tokens: Tokens,
    /// Seals secrets that must be read again.
    pub seal: Seal,
    /// Hashes and verifies passwords on threads of its own.
    pub passwords: PasswordPool,
    /// Counts calls.
    pub rate: Limiter,
    /// The calls that are being answered.
    pub calls: Calls,
    /// What calls leave behind until it is written.
    pub activity: Activity,
    /// What rooms keep in this process.
    pub parts: Parts,
    /// This program's own file: documents are read in a child of it.
    pub program: PathBuf,
    pub(super) running: Running,
}

impl App {
    /// Opens the data folder, which is filled with what is missing: database, keys, folders.
    ///
    /// `react` is `reactions::react`, handed down so that nothing here names it.
    ///
    /// # Errors
    /// Says which file or folder cannot be used, and why.
    pub fn open(config: Config, react: React) -> anyhow::Result<Arc<App>> {
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        Self::open_as(program, config, react)
    }

    /// The same for a process that is not careerd itself, as a test: `program` is careerd's file.
    ///
    /// # Errors
    /// As [`App::open`].
    pub fn open_as(program: PathBuf, config: Config, react: React) -> anyhow::Result<Arc<App>> {
        // What lies here is about people: nobody else on this machine reads it.
        std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700)
            .create(&config.data_dir)
            .with_context(|| format!("cannot make the data folder {}", config.data_dir.display()))?;
        let clock = Arc::new(Clock::default());
        let path = config.database_path();
        let db = Db::open(&path, clock.clone(), react)?;
        Ok(Arc::new(App {
            cache: Cache::new(&path, 32 << 20),
            files: Files::open(&config.data_dir)?,
            mailer: Mailer::open(&config)?,
            tokens: Tokens::open(&config)?,
            seal: Seal::open(&config)?,
            passwords: PasswordPool::start(&config.passwords)?,
            rate: Limiter::default(),
            calls: Calls::default(),
            activity: Activity::default(),
            parts: Parts::default(),
            program,
            running: Running::default(),
            started_at: clock.now(),
            clock,
            db,
            config,
        }))
    }

    /// The app behind this request.
    ///
    /// # Panics
    /// When no app is managed, which the router always does before the first request.
    #[expect(clippy::expect_used, reason = "a server without its app cannot answer anything")]
    pub fn of<'r>(req: &'r Request<'_>) -> &'r App {
        req.rocket().state::<Arc<App>>().expect("the router manages the app")
    }

    /// What absolute links start with, without a slash at the end: never taken from a request.
    pub fn public_url(&self) -> String {
        self.config.public_url()
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r App {
    type Error = std::convert::Infallible;

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, Self::Error> {
        Outcome::Success(App::of(req))
    }
}
