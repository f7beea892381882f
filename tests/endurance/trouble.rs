//! Tasks that make trouble, and a worker that knows them: all that the program's own worker does, with more kinds.

use std::{env, path::PathBuf, sync::Arc};

use careerd::{
    platform::{
        app::App,
        config::{Config, Span, Tls, Transport},
        task::Task,
    },
    reactions, worker,
};
use serde::{Deserialize, Serialize};

/// The longest run of a task, in seconds.
pub const RUN_LIMIT: u32 = 8;

/// The name of the test that is the process of such a worker, and what it is told.
pub const PROCESS: &str = "trouble::a_worker_that_knows_trouble";
pub const FOLDER: &str = "ENDURANCE_FOLDER";
pub const MAIL_PORT: &str = "ENDURANCE_MAIL_PORT";
pub const AHEAD: &str = "ENDURANCE_AHEAD";

/// Payloads that no program can run, and why they are given up.
pub const POISON: [(&str, &str); 6] = [
    (r#"{"kind": "send_notification", "args": {"user": "nobody"}}"#, "argument"),
    (r#"{"kind": "send_mail", "args": {"template": "nonesuch", "user": 1, "reference": ""}}"#, "Choose one of welcome"),
    (r#"{"kind": "nonesuch", "args": {}}"#, "there is no kind of task"),
    (r#"[1, 2, 3]"#, "there is no kind of task"),
    (r#""words""#, "there is no kind of task"),
    (r#"null"#, "there is no kind of task"),
];

/// Payloads of the kinds below. A worker that does not know them says so.
pub const TROUBLE: [&str; 2] =
    [r#"{"kind": "endurance_panics", "args": {}}"#, r#"{"kind": "endurance_endless", "args": {}}"#];

/// Why tasks of the kinds below are given up.
pub const REASONS: [&str; 4] =
    ["It panicked: out of its mind", "It was stopped after", "there is no kind of task", "workers was lost"];

/// Panics each time.
#[derive(Serialize, Deserialize)]
struct Panics {}

impl Task for Panics {
    const KIND: &'static str = "endurance_panics";
    const RETRIES: u32 = 1;

    async fn run(self, _: Arc<App>) -> anyhow::Result<()> {
        panic!("out of its mind");
    }
}

/// Never comes to an end.
#[derive(Serialize, Deserialize)]
struct Endless {}

impl Task for Endless {
    const KIND: &'static str = "endurance_endless";
    const RETRIES: u32 = 1;

    async fn run(self, _: Arc<App>) -> anyhow::Result<()> {
        std::future::pending().await
    }
}

#[test]
#[ignore = "a process of the other test, which starts it"]
fn a_worker_that_knows_trouble() {
    let Ok(folder) = env::var(FOLDER) else { return };
    let number = |name: &str| env::var(name).unwrap().parse::<i64>().unwrap();
    let mut config = Config { data_dir: PathBuf::from(folder), ..Config::default() };
    config.mail.transport = Transport::Smtp;
    config.mail.host = "127.0.0.1".into();
    config.mail.port = u16::try_from(number(MAIL_PORT)).unwrap();
    config.mail.tls = Tls::None;
    config.mail.per_minute = 0;
    config.worker.run_limit = Span::seconds(RUN_LIMIT);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // Documents are read by the program itself.
        let app = App::open_as(env!("CARGO_BIN_EXE_careerd").into(), config, reactions::react).unwrap();
        app.clock.advance(chrono::Duration::minutes(number(AHEAD)));
        let registry = Arc::new(worker::registry().with::<Panics>().with::<Endless>());
        let concurrency = app.config.worker.concurrency as usize;
        worker::run(app, registry, concurrency, std::future::pending()).await.unwrap();
    });
}
