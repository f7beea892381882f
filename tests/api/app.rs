//! The house under test: each test has its own data folder, database and server, and speaks HTTP to it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use careerd::{
    platform::{
        app::App,
        config::{Config, Transport},
    },
    reactions, router, worker,
};
use rocket::{
    http::{ContentType, Header, Method, Status, uri::Host},
    local::blocking::{Client, LocalResponse},
};
use serde_json::{Value, json};

/// A good password, of which the tests need no other.
pub const PASSWORD: &str = "a long walk in May";

/// One careerd with a data folder of its own.
pub struct TestApp {
    pub app: Arc<App>,
    client: Client,
    folder: tempfile::TempDir,
    /// Whether what stays in the queue at the end is a fault.
    pub expect_empty_queue: bool,
}

/// The migrated, empty database: made once per run and copied for each test.
fn template() -> &'static Vec<u8> {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(config(folder.path().to_owned()), reactions::react).unwrap();
        let path = app.db.path().to_owned();
        app.db.close();
        drop(app);
        fs::read(path).unwrap()
    })
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let copy = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&copy).unwrap();
            copy_folder(&entry.path(), &copy);
        } else {
            fs::copy(entry.path(), copy).unwrap();
        }
    }
}

fn config(data_dir: PathBuf) -> Config {
    let mut config = Config { data_dir, ..Config::default() };
    config.mail.transport = Transport::File;
    config.log.requests_file = false;
    config
}

impl TestApp {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A house whose catalogue of skills is filled, as at a first start.
    pub fn stocked() -> Self {
        let t = Self::new();
        t.write(careerd::skills::service::fill_catalogue);
        t
    }

    /// A house with other settings.
    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path().to_owned());
        change(&mut config);
        fs::write(config.database_path(), template()).unwrap();
        let app = App::open_as(env!("CARGO_BIN_EXE_careerd").into(), config, reactions::react).unwrap();
        let client = Client::untracked(router::rocket(app.clone()).unwrap()).unwrap();
        TestApp { app, client, folder, expect_empty_queue: true }
    }

    /// A house over a copy of this data folder.
    pub fn over(original: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(original, folder.path());
        let config = config(folder.path().to_owned());
        let app = App::open_as(env!("CARGO_BIN_EXE_careerd").into(), config, reactions::react).unwrap();
        let client = Client::untracked(router::rocket(app.clone()).unwrap()).unwrap();
        TestApp { app, client, folder, expect_empty_queue: false }
    }

    /// Closes the house; its data folder remains.
    pub fn keep(mut self) -> tempfile::TempDir {
        self.expect_empty_queue = false;
        self.app.db.close();
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    /// Where this house keeps its data.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Nobody in particular.
    pub fn visitor(&self) -> Member<'_> {
        Member { house: self, token: None, id: 0, name: String::new() }
    }

    /// Somebody who has just registered.
    pub fn user(&self, name: &str) -> Member<'_> {
        let answer = self
            .visitor()
            .post(
                "/api/auth/register/",
                json!({"username": name, "email": format!("{name}@example.org"), "password": PASSWORD}),
            )
            .created();
        Member {
            house: self,
            token: answer["access"].as_str().map(str::to_owned),
            id: answer["id"].as_i64().unwrap(),
            name: name.into(),
        }
    }

    /// The same person with a fresh access token, for when time has passed.
    pub fn sign_in_again(&self, who: &Member<'_>) -> Member<'_> {
        let tokens = self.visitor().post("/api/token/", json!({"username": who.name, "password": PASSWORD})).ok();
        Member { house: self, token: tokens["access"].as_str().map(str::to_owned), id: who.id, name: who.name.clone() }
    }

    pub fn admin(&self, name: &str) -> Member<'_> {
        self.with_role(name, "is_staff")
    }

    pub fn recruiter(&self, name: &str) -> Member<'_> {
        self.with_role(name, "is_recruiter")
    }

    pub fn instructor(&self, name: &str) -> Member<'_> {
        self.with_role(name, "is_instructor")
    }

    pub fn with_role(&self, name: &str, role: &'static str) -> Member<'_> {
        let member = self.user(name);
        let id = careerd::platform::id::Id::new(member.id);
        self.write(move |tx| careerd::users::service::set_role(tx, careerd::users::audit::By::HOUSE, id, role, true));
        member
    }

    /// Writes past HTTP, for what only the system does.
    pub fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&careerd::platform::db::Tx<'_>) -> careerd::platform::error::Result<T> + Send + 'static,
    ) -> T {
        self.block_on(self.app.db.write(write)).unwrap()
    }

    /// One value of a query, for what no address tells.
    pub fn query<T: rusqlite::types::FromSql + Send + 'static>(&self, sql: &str) -> T {
        let sql = sql.to_owned();
        self.block_on(self.app.db.read(move |conn| Ok(conn.query_row(&sql, [], |row| row.get(0))?))).unwrap()
    }

    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        rocket::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    /// Runs every task that is due, and whatever those queue; a failed one fails the test.
    pub fn drain(&self) -> usize {
        let drained = self.block_on(worker::drain(self.app.clone(), Arc::new(worker::registry()))).unwrap();
        assert!(drained.failed.is_empty(), "tasks failed: {:?}", drained.failed);
        drained.ran
    }

    /// Makes these calls at the same moment, on threads of their own; the status of each.
    pub fn at_once(&self, calls: Vec<ReadyCall>) -> Vec<u16> {
        let rocket = router::rocket(self.app.clone()).unwrap();
        let threads =
            rocket::tokio::runtime::Builder::new_multi_thread().worker_threads(8).enable_all().build().unwrap();
        threads.block_on(async {
            let client = Arc::new(rocket::local::asynchronous::Client::untracked(rocket).await.unwrap());
            let gate = Arc::new(rocket::tokio::sync::Barrier::new(calls.len()));
            let running: Vec<_> = calls
                .into_iter()
                .map(|call| {
                    let (client, gate) = (client.clone(), gate.clone());
                    rocket::tokio::spawn(async move {
                        gate.wait().await;
                        let mut request = client.req(call.method, call.path);
                        for (name, value) in call.headers {
                            request = request.header(Header::new(name, value));
                        }
                        request.body(call.body).dispatch().await.status().code
                    })
                })
                .collect();
            let mut statuses = vec![];
            for call in running {
                statuses.push(call.await.unwrap());
            }
            statuses
        })
    }

    /// Lets time pass.
    pub fn pass(&self, time: chrono::Duration) {
        self.app.clock.advance(time);
    }

    /// The mails that were written, oldest first.
    pub fn mails(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.folder().join("mail")) else { return vec![] };
        let mut paths: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if self.expect_empty_queue && !std::thread::panicking() {
            self.drain();
            // Whatever a test did, what is kept for figures is what a recount counts.
            let wrong = self.write(|tx| tx.undone(careerd::analytics::recount));
            assert_eq!(wrong, 0, "figures that are kept are wrong");
        }
    }
}

/// This body with these fields in the place of its own.
pub fn with(mut body: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// The titles on a page of a list.
pub fn titles(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect()
}

/// The id at the end of an address.
pub fn number(address: &str) -> i64 {
    address.trim_end_matches('/').rsplit('/').next().unwrap().parse().unwrap()
}

/// Somebody who calls.
#[derive(Clone)]
pub struct Member<'t> {
    house: &'t TestApp,
    pub token: Option<String>,
    pub id: i64,
    pub name: String,
}

impl<'t> Member<'t> {
    /// The same person with the token under this name of an answer.
    pub fn holding(&self, answer: &Value, name: &str) -> Member<'t> {
        Member { token: answer[name].as_str().map(str::to_owned), ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.call(Method::Get, path, None, &[])
    }

    pub fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::Post, path, Some(body), &[])
    }

    pub fn put(&self, path: &str, body: Value) -> Reply {
        self.call(Method::Put, path, Some(body), &[])
    }

    pub fn patch(&self, path: &str, body: Value) -> Reply {
        self.call(Method::Patch, path, Some(body), &[])
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.call(Method::Delete, path, None, &[])
    }

    /// A call of this member, to be made later.
    pub fn ready(&self, method: Method, path: &str) -> ReadyCall {
        let call = ReadyCall { method, path: path.into(), headers: vec![], body: vec![] };
        match &self.token {
            Some(token) => call.with("Authorization", &format!("Bearer {token}")),
            None => call,
        }
    }

    /// Sends a file as the field `file` of a form, with further fields.
    pub fn upload(&self, path: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Reply {
        self.upload_by(Method::Post, path, name, bytes, fields)
    }

    /// The same by another method.
    pub fn upload_by(&self, method: Method, path: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Reply {
        let edge = "careerd-test-boundary";
        let mut body = vec![];
        for (field, value) in fields {
            body.extend(
                format!("--{edge}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        body.extend(
            format!("--{edge}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend(format!("\r\n--{edge}--\r\n").bytes());
        let kind = ContentType::new("multipart", "form-data").with_params(("boundary", edge));
        self.send(method, path, Some((kind, body)), &[])
    }

    /// Any call, with these headers.
    pub fn call(&self, method: Method, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Reply {
        let body = body.map(|it| (ContentType::JSON, it.to_string().into_bytes()));
        self.send(method, path, body, headers)
    }

    /// Any call, with any body.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<(ContentType, Vec<u8>)>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = self.house.client.req(method, path.to_owned());
        if let Some(token) = &self.token {
            request = request.header(Header::new("Authorization", format!("Bearer {token}")));
        }
        for (name, value) in headers {
            // Only what comes over a socket has its host read from its header.
            if *name == "Host" {
                request.inner_mut().set_host(Host::parse_owned((*value).to_owned()).unwrap());
            }
            // The client of the tests reads no cookie from a header.
            request = match value.split_once('=').filter(|_| *name == "Cookie") {
                Some((name, value)) => request.cookie((name.to_owned(), value.to_owned())),
                None => request.header(Header::new((*name).to_owned(), (*value).to_owned())),
            };
        }
        if let Some((kind, bytes)) = body {
            request = request.header(kind).body(bytes);
        }
        Reply::of(format!("{method} {path}"), request.dispatch())
    }
}

/// A call that is made later, with others at once.
#[derive(Clone)]
pub struct ReadyCall {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl ReadyCall {
    /// The same call with one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same call with a body.
    pub fn carrying(self, kind: ContentType, body: Vec<u8>) -> Self {
        Self { body, ..self.with("Content-Type", &kind.to_string()) }
    }

    /// The same call with a body of JSON.
    pub fn json(self, body: &Value) -> Self {
        self.carrying(ContentType::JSON, body.to_string().into_bytes())
    }
}

/// What came back.
pub struct Reply {
    call: String,
    pub status: Status,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Reply {
    fn of(call: String, response: LocalResponse<'_>) -> Self {
        let status = response.status();
        let headers =
            response.headers().iter().map(|it| (it.name().to_string(), it.value().to_string())).collect::<Vec<_>>();
        // A stream has no end to wait for.
        let endless = response.content_type() == Some(ContentType::EventStream);
        let bytes = if endless { vec![] } else { response.into_bytes().unwrap_or_default() };
        assert!(
            status.code < 500 || status.code == 503,
            "{call} answered {status}: {}",
            String::from_utf8_lossy(&bytes)
        );
        Reply { call, status, headers, bytes }
    }

    /// The JSON of an answer with this status.
    #[track_caller]
    pub fn status(&self, code: u16) -> Value {
        assert_eq!(self.status.code, code, "{}: {}", self.call, self.text());
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    #[track_caller]
    pub fn ok(&self) -> Value {
        self.status(200)
    }

    #[track_caller]
    pub fn created(&self) -> Value {
        self.status(201)
    }

    #[track_caller]
    pub fn empty(&self) {
        self.status(204);
        assert!(self.bytes.is_empty(), "{}: {}", self.call, self.text());
    }

    /// The faults by field of a 400.
    #[track_caller]
    pub fn faults(&self) -> Vec<String> {
        let fields = self.status(400)["field_errors"].clone();
        fields.as_object().map(|it| it.keys().cloned().collect()).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Sets the flag when it goes, by a panic too: whoever works until then is never waited for in vain.
pub struct SetAtEnd<'a>(pub &'a std::sync::atomic::AtomicBool);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}
