//! The settings: what they are, where each value came from, and whether they make sense together.
//!
//! A value is taken from the last of these that names it: built-in default, `careerd.toml` in the working directory
//! (or the file given with `--config`), plain variables such as `SECRET_KEY`, variables `CAREERD_SECTION__KEY`, flags.

mod settings;
mod sources;
mod units;

pub use settings::*;
pub use units::{Network, Secret, Size, Span};

use anyhow::{Context, bail};
use figment::Figment;
use serde::Serialize;
use serde_json::Value;
use std::net::IpAddr;
use std::path::PathBuf;

/// The file looked for in the working directory when no other is given.
pub const FILE: &str = "careerd.toml";

/// Settings given as flags on the command line.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`: a settings file that must exist.
    pub config: Option<PathBuf>,
    /// `--data-dir`
    pub data_dir: Option<PathBuf>,
    /// `--address`
    pub address: Option<IpAddr>,
    /// `--port`
    pub port: Option<u16>,
    /// `--concurrency`
    pub concurrency: Option<u32>,
    /// `-v` or `-q`
    pub log_level: Option<LogLevel>,
}

/// The settings of this start and where they came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub config: Config,
    /// Every setting, sorted by name.
    pub settings: Vec<Setting>,
    /// Sentences for the log about things that were read but have no effect.
    pub warnings: Vec<String>,
}

/// One setting as `config show` and the administration pages show it; secrets appear as `set` or `unset`.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Setting {
    /// Full name, such as `rate_limit.per_minute`.
    pub key: String,
    pub value: Value,
    /// `default`, the path of the settings file, the name of a variable, or a flag.
    pub source: String,
    pub default: Value,
}

impl Config {
    /// Reads the settings from the settings file, the given environment and the flags, and checks them.
    ///
    /// Errors name the setting, its source and what was expected; an unknown name comes with the nearest known one.
    pub fn load(flags: Overrides, env: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Loaded> {
        let defaults = flatten(&Config::default())?;
        let mut warnings = Vec::new();
        let figment = sources::file(Figment::new(), flags.config.as_deref(), &defaults)?;
        let figment = sources::environment(figment, env, &defaults, &mut warnings)?;
        let figment = sources::flags(figment, &flags)?;

        let mut config: Config = figment.extract().map_err(sources::explain)?;
        config.check()?;
        config.sources.0 = defaults.into_iter().map(|(key, _)| (key.clone(), sources::name(&figment, &key))).collect();
        let settings = config.settings()?;
        Ok(Loaded { config, settings, warnings })
    }

    /// Every setting with its source, sorted by name; secrets appear as `set` or `unset`.
    ///
    /// # Errors
    /// None in practice: settings have a JSON form.
    pub fn settings(&self) -> anyhow::Result<Vec<Setting>> {
        let source = |key: &str| self.sources.0.get(key).map_or("default", String::as_str).to_owned();
        let all = flatten(self)?.into_iter().zip(flatten(&Config::default())?);
        Ok(all.map(|((key, value), (_, default))| Setting { source: source(&key), key, value, default }).collect())
    }

    /// Refuses values that make no sense by themselves or together; the error lists all of them.
    pub fn check(&self) -> anyhow::Result<()> {
        let mut wrong = Vec::new();
        let mut must = |holds: bool, sentence: &str| {
            if !holds {
                wrong.push(sentence.to_owned());
            }
        };
        self.check_addresses(&mut must);
        self.check_sign_in(&mut must);
        self.check_mail(&mut must);
        self.check_numbers(&mut must);
        if wrong.is_empty() {
            return Ok(());
        }
        bail!("the settings do not fit together:\n  {}", wrong.join("\n  "))
    }

    fn check_addresses(&self, must: &mut impl FnMut(bool, &str)) {
        must(
            self.public_url.is_empty() || is_base_url(&self.public_url),
            "public_url must be an http or https address without user, query or fragment",
        );
        must(
            !(self.server.https_redirect && self.public_url.starts_with("http:")),
            "server.https_redirect needs a public_url that starts with https",
        );
        for host in &self.server.allowed_hosts {
            must(
                !host.is_empty() && !host.contains(['/', ' ']),
                &format!("server.allowed_hosts takes host names such as \"example.org\", not {host:?}"),
            );
        }
        for origin in &self.cors.origins {
            must(
                is_origin(origin),
                &format!("cors.origins takes origins such as \"https://example.org\", not {origin:?}"),
            );
        }
        must(!self.data_dir.as_os_str().is_empty(), "data_dir must name a folder");
        must(!self.database.path.as_os_str().is_empty(), "database.path must name a file");
    }

    fn check_sign_in(&self, must: &mut impl FnMut(bool, &str)) {
        let auth = &self.auth;
        must(
            auth.secret_key.expose().is_none_or(|key| key.len() >= 32),
            "auth.secret_key (or the variable SECRET_KEY) must have at least 32 bytes; make one with: openssl rand -base64 48",
        );
        must(
            auth.access_ttl.as_secs() > 0 && auth.access_ttl <= auth.refresh_ttl,
            "auth.access_ttl must be more than nothing and at most auth.refresh_ttl",
        );
        must(auth.refresh_ttl <= auth.family_ttl, "auth.refresh_ttl must be at most auth.family_ttl");
        must(auth.reuse_grace < auth.refresh_ttl, "auth.reuse_grace must be shorter than auth.refresh_ttl");
        let passwords = &self.passwords;
        let least = Passwords::default();
        must(
            (least.memory_kib..=1024 * 1024).contains(&passwords.memory_kib)
                && (least.iterations..=10).contains(&passwords.iterations)
                && (least.parallelism..=4).contains(&passwords.parallelism),
            "passwords: memory_kib must be 19456 to 1048576, iterations 2 to 10, parallelism 1 to 4",
        );
    }

    fn check_mail(&self, must: &mut impl FnMut(bool, &str)) {
        let mail = &self.mail;
        must(mail.transport != Transport::Smtp || !mail.host.is_empty(), "mail.transport = \"smtp\" needs mail.host");
        must(
            mail.user.is_empty() == mail.password.expose().is_none(),
            "mail.user and mail.password must be set together",
        );
        must(
            mail.from.contains('@') && !mail.from.contains(char::is_control),
            "mail.from must be an e-mail address, with or without a name before it",
        );
    }

    fn check_numbers(&self, must: &mut impl FnMut(bool, &str)) {
        let rate = &self.rate_limit;
        for (name, number) in [
            ("rate_limit.anonymous_per_hour", rate.anonymous_per_hour),
            ("rate_limit.user_per_hour", rate.user_per_hour),
            ("rate_limit.per_minute", rate.per_minute),
            ("rate_limit.browser_per_minute", rate.browser_per_minute),
            ("rate_limit.sign_in_per_account_and_address", rate.sign_in_per_account_and_address),
            ("rate_limit.sign_in_per_address", rate.sign_in_per_address),
            ("rate_limit.sign_in_per_account", rate.sign_in_per_account),
            ("auth.registrations_per_hour", self.auth.registrations_per_hour),
            ("resumes.max_pages", self.resumes.max_pages),
            ("resumes.max_per_user", self.resumes.max_per_user),
            ("limits.image_pixels", self.limits.image_pixels),
            ("worker.concurrency", self.worker.concurrency),
            ("backup.keep", self.backup.keep),
        ] {
            must(number > 0, &format!("{name} must be at least 1"));
        }
        must((1..=1024).contains(&self.resumes.max_mb), "resumes.max_mb must be 1 to 1024");
        must(self.accounts.grace_days <= 3660, "accounts.grace_days must be at most 3660");
        let limits = &self.limits;
        must(
            [limits.json, limits.module_file, limits.image].iter().all(|size| size.bytes() >= 1024),
            "limits.json, limits.module_file and limits.image must be at least 1 KB",
        );
        must(
            self.limits.image_pixels <= 16_384,
            "limits.image_pixels must be at most 16384: a picture is decoded in memory",
        );
        let kept = &self.retention;
        for (name, span) in [
            ("rate_limit.sign_in_window", rate.sign_in_window),
            ("rate_limit.sign_in_wait_max", rate.sign_in_wait_max),
            ("worker.run_limit", self.worker.run_limit),
            ("retention.events", kept.events),
            ("retention.audit", kept.audit),
            ("retention.route_usage_by_hour", kept.route_usage_by_hour),
            ("retention.route_usage_by_day", kept.route_usage_by_day),
            ("retention.done_tasks", kept.done_tasks),
            ("retention.dead_tasks", kept.dead_tasks),
            ("retention.exports", kept.exports),
            ("retention.mail_records", kept.mail_records),
            ("retention.idempotency", kept.idempotency),
            ("retention.expired_tokens", kept.expired_tokens),
        ] {
            must(span.as_secs() > 0, &format!("{name} must be more than nothing"));
        }
    }

    /// What links in mails start with, without a slash at the end.
    pub fn public_url(&self) -> String {
        if !self.public_url.is_empty() {
            return self.public_url.trim_end_matches('/').to_owned();
        }
        // Nobody can open a link to "every network", so a listener on all of them is named as this machine.
        let host = match self.server.address {
            address if address.is_unspecified() => "localhost".to_owned(),
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("[{v6}]"),
        };
        format!("http://{host}:{}", self.server.port)
    }

    /// The database file; a relative setting starts at the data folder.
    pub fn database_path(&self) -> PathBuf {
        self.data_dir.join(&self.database.path)
    }
}

impl RateLimit {
    /// Calls an hour and calls within any 60 seconds of somebody signed in.
    pub fn of_user(&self, browser: bool) -> (u32, u32) {
        (self.user_per_hour, if browser { self.browser_per_minute } else { self.per_minute })
    }
}

impl Server {
    /// Whether requests for this `Host` (with or without a port) are answered.
    pub fn allows_host(&self, host: &str) -> bool {
        if self.allowed_hosts.is_empty() {
            return true;
        }
        let host = without_port(host).trim_end_matches('.').to_ascii_lowercase();
        self.allowed_hosts.iter().any(|allowed| {
            let allowed = allowed.to_ascii_lowercase();
            match allowed.strip_prefix('.') {
                Some(parent) => host == parent || host.ends_with(&allowed),
                None => allowed == "*" || host == without_port(&allowed),
            }
        })
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') && !name.ends_with(':') => name,
        _ => host,
    }
}

fn is_base_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

/// Whether the text is an origin exactly as browsers send it.
fn is_origin(text: &str) -> bool {
    url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text)
}

/// Every setting as (full name, value), sorted by name.
fn flatten(config: &Config) -> anyhow::Result<Vec<(String, Value)>> {
    let Value::Object(top) = serde_json::to_value(config).context("settings as JSON")? else {
        bail!("settings are not an object");
    };
    let mut flat = Vec::new();
    for (name, value) in top {
        match value {
            Value::Object(section) => {
                flat.extend(section.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)))
            }
            value => flat.push((name, value)),
        }
    }
    flat.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(flat)
}

#[cfg(test)]
mod tests;
