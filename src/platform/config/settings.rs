//! Every setting with its built-in default.
//!
//! `careerd.toml` shows the same keys in the same order with the same sentences; a test compares the two.

use super::units::{Network, Secret, Size, Span};
use crate::platform::validate::EmailDomain;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

/// All settings of one installation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Address that links in mails start with; empty means the listener's own address.
    pub public_url: String,
    /// Addresses or networks of reverse proxies whose X-Forwarded headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// Folder that holds the database, keys, files, mails, logs and backups.
    pub data_dir: PathBuf,
    pub server: Server,
    pub cors: Cors,
    pub rate_limit: RateLimit,
    pub auth: Auth,
    pub passwords: Passwords,
    pub accounts: Accounts,
    pub mentors: Mentors,
    pub resumes: Resumes,
    pub limits: Limits,
    pub mail: Mail,
    pub retention: Retention,
    pub worker: Worker,
    pub log: Log,
    pub metrics: Metrics,
    pub backup: Backup,
    pub database: Database,
    /// Where each value came from; what is not named has its default.
    #[serde(skip)]
    pub sources: Sources,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            data_dir: "careerd-data".into(),
            server: Server::default(),
            cors: Cors::default(),
            rate_limit: RateLimit::default(),
            auth: Auth::default(),
            passwords: Passwords::default(),
            accounts: Accounts::default(),
            mentors: Mentors::default(),
            resumes: Resumes::default(),
            limits: Limits::default(),
            mail: Mail::default(),
            retention: Retention::default(),
            worker: Worker::default(),
            log: Log::default(),
            metrics: Metrics::default(),
            backup: Backup::default(),
            database: Database::default(),
            sources: Sources::default(),
        }
    }
}

/// The source of each setting by its full name. Equal settings are equal wherever they came from.
#[derive(Debug, Clone, Default)]
pub struct Sources(pub(super) BTreeMap<String, String>);

impl PartialEq for Sources {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The HTTP listener.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Address to listen on; 0.0.0.0 means every network of the machine.
    pub address: IpAddr,
    /// Port to listen on.
    pub port: u16,
    /// Host names that requests may name; a leading dot includes subdomains, an empty list accepts every host.
    pub allowed_hosts: Vec<String>,
    /// Send plain HTTP requests on to HTTPS and tell browsers to stay there for a year.
    pub https_redirect: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 8000, allowed_hosts: Vec::new(), https_redirect: false }
    }
}

/// Other sites whose pages may call the interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cors {
    /// Origins whose pages may call the interface from a browser.
    pub origins: Vec<String>,
}

impl Default for Cors {
    fn default() -> Self {
        Self { origins: vec!["http://localhost:3000".into(), "http://127.0.0.1:3000".into()] }
    }
}

/// How often a caller may call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RateLimit {
    /// Calls an hour from one address without a valid token.
    pub anonymous_per_hour: u32,
    /// Calls an hour of one signed-in user.
    pub user_per_hour: u32,
    /// Calls within any 60 seconds, signed in or not.
    pub per_minute: u32,
    /// Calls within any 60 seconds of a browser session of the web application.
    pub browser_per_minute: u32,
    /// Addresses or networks that are never limited; an empty list exempts nobody.
    pub whitelist: Vec<Network>,
    /// Time over which failed checks of a password or code are counted.
    pub sign_in_window: Span,
    /// Failed checks of one account from one address before it must wait.
    pub sign_in_per_account_and_address: u32,
    /// Failed checks from one address before it must wait.
    pub sign_in_per_address: u32,
    /// Failed checks of one account from all addresses before new addresses must wait.
    pub sign_in_per_account: u32,
    /// Longest wait after failed checks; waits double up to it.
    pub sign_in_wait_max: Span,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            anonymous_per_hour: 100,
            user_per_hour: 1000,
            per_minute: 20,
            browser_per_minute: 120,
            whitelist: vec![
                Network::single(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                Network::single(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            ],
            sign_in_window: Span::minutes(15),
            sign_in_per_account_and_address: 5,
            sign_in_per_address: 20,
            sign_in_per_account: 50,
            sign_in_wait_max: Span::hours(1),
        }
    }
}

/// Signing in and registering.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Auth {
    /// Key that signs access tokens, at least 32 bytes; empty means the file keys/jwt.key, made at first start.
    pub secret_key: Secret,
    /// Whether people may register by themselves: open or closed.
    pub registration: Registration,
    /// Successful registrations an hour from one address.
    pub registrations_per_hour: u32,
    /// Whether accounts with an unverified e-mail address may only read and manage themselves.
    pub require_verified_email: bool,
    /// How long an access token is good for.
    pub access_ttl: Span,
    /// How long a refresh token is good for.
    pub refresh_ttl: Span,
    /// How long one sign-in may be kept alive by refreshing.
    pub family_ttl: Span,
    /// How long a used refresh token may be sent again before it counts as stolen.
    pub reuse_grace: Span,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            secret_key: Secret::default(),
            registration: Registration::Open,
            registrations_per_hour: 20,
            require_verified_email: false,
            access_ttl: Span::minutes(5),
            refresh_ttl: Span::days(1),
            family_ttl: Span::days(30),
            reuse_grace: Span::seconds(10),
        }
    }
}

/// Whether people may make their own accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    Open,
    Closed,
}

/// Cost of a stored password (argon2id). Smaller values than the defaults are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Passwords {
    /// Memory of one hash in KiB; a larger value rehashes each password at its next sign-in.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub iterations: u32,
    /// Lanes of one hash.
    pub parallelism: u32,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

/// Accounts and their e-mail addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Accounts {
    /// Days in which a deleted account can be restored before it is erased.
    pub grace_days: u32,
    /// E-mail domains that may register; an empty list allows all.
    pub email_domains_allowed: Vec<String>,
    /// E-mail domains that may not register, their subdomains included.
    pub email_domains_blocked: Vec<String>,
}

impl Accounts {
    /// Which addresses may be used here.
    pub fn email_domains(&self) -> EmailDomain<'_> {
        EmailDomain { allow: &self.email_domains_allowed, block: &self.email_domains_blocked }
    }
}

impl Default for Accounts {
    fn default() -> Self {
        Self { grace_days: 14, email_domains_allowed: Vec::new(), email_domains_blocked: Vec::new() }
    }
}

/// Mentor profiles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mentors {
    /// Whether an administrator must approve a mentor profile before it is shown.
    pub require_approval: bool,
}

/// Uploaded résumés.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Resumes {
    /// Largest résumé file in megabytes.
    pub max_mb: u32,
    /// Most pages of a résumé.
    pub max_pages: u32,
    /// Most résumés a user may keep.
    pub max_per_user: u32,
}

impl Default for Resumes {
    fn default() -> Self {
        Self { max_mb: 5, max_pages: 200, max_per_user: 20 }
    }
}

/// Largest request bodies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Largest JSON body.
    pub json: Size,
    /// Largest file of a course module.
    pub module_file: Size,
    /// Largest uploaded image.
    pub image: Size,
    /// Longest side of an uploaded image in pixels.
    pub image_pixels: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json: Size::megabytes(1),
            module_file: Size::megabytes(20),
            image: Size::megabytes(2),
            image_pixels: 4096,
        }
    }
}

/// Outgoing mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mail {
    /// Where mail goes: auto (smtp when a host is set, else file), smtp, file (one .eml a mail in the data folder) or none.
    pub transport: Transport,
    /// Host name of the mail server.
    pub host: String,
    /// Port of the mail server.
    pub port: u16,
    /// User name at the mail server; empty means without signing in.
    pub user: String,
    /// Password at the mail server.
    pub password: Secret,
    /// Encryption of the connection: starttls, tls (from the first byte, usually port 465) or none.
    pub tls: Tls,
    /// File with certificates (PEM) that vouch for the mail server besides the usual ones, for a server of your own.
    pub ca_file: PathBuf,
    /// Sender of all mail.
    pub from: String,
    /// Most mails handed to the mail server in a minute; 0 means no limit.
    pub per_minute: u32,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            transport: Transport::Auto,
            host: String::new(),
            port: 587,
            user: String::new(),
            password: Secret::default(),
            tls: Tls::Starttls,
            ca_file: PathBuf::new(),
            from: "careerd <careerd@localhost>".into(),
            per_minute: 60,
        }
    }
}

/// Where mail goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    Auto,
    Smtp,
    File,
    None,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    Starttls,
    Tls,
    None,
}

/// How long records are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// Events, the source of activity figures.
    pub events: Span,
    /// Records of administrators' changes.
    pub audit: Span,
    /// Use of each address by hour.
    pub route_usage_by_hour: Span,
    /// Use of each address by day.
    pub route_usage_by_day: Span,
    /// Finished tasks.
    pub done_tasks: Span,
    /// Tasks given up after their last retry.
    pub dead_tasks: Span,
    /// Finished exports of a user's own data.
    pub exports: Span,
    /// Records of mails sent.
    pub mail_records: Span,
    /// Answers kept for repeated requests with the same Idempotency-Key.
    pub idempotency: Span,
    /// Tokens after they expired.
    pub expired_tokens: Span,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            events: Span::days(400),
            audit: Span::days(730),
            route_usage_by_hour: Span::days(7),
            route_usage_by_day: Span::days(365),
            done_tasks: Span::days(7),
            dead_tasks: Span::days(90),
            exports: Span::days(7),
            mail_records: Span::days(90),
            idempotency: Span::hours(24),
            expired_tokens: Span::days(7),
        }
    }
}

/// Background tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Worker {
    /// Tasks that run at the same time in one process.
    pub concurrency: u32,
    /// Longest run of one task before it is stopped and counted as failed.
    pub run_limit: Span,
}

impl Default for Worker {
    fn default() -> Self {
        Self { concurrency: 4, run_limit: Span::minutes(30) }
    }
}

/// What is written about the running program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Log {
    /// Least important messages to show: error, warn, info, debug or trace.
    pub level: LogLevel,
    /// Whether requests and errors are also written to files in the data folder's logs, 5 files of 10 MB each.
    pub requests_file: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: LogLevel::Info, requests_file: true }
    }
}

/// Importance of a message, most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Figures for a monitoring system.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metrics {
    /// Whether /metrics answers with figures for Prometheus.
    pub enabled: bool,
    /// Bearer token that /metrics asks for; empty means none.
    pub token: Secret,
}

/// Copies of the data folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Backup {
    /// How many backups are kept; older ones are removed.
    pub keep: u32,
}

impl Default for Backup {
    fn default() -> Self {
        Self { keep: 14 }
    }
}

/// The database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Database {
    /// File of the SQLite database; a relative path starts at the data folder.
    pub path: PathBuf,
}

impl Default for Database {
    fn default() -> Self {
        Self { path: "careerd.db".into() }
    }
}
