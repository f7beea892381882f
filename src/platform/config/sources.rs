//! Where settings come from: the file, the environment and the flags, each as a layer of figment.

use super::{FILE, LogLevel, Overrides};
use anyhow::{Context, anyhow, bail};
use figment::error::Kind;
use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider, Source};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// Every known setting with its built-in default.
type Known = [(String, Json)];

const PREFIX: &str = "CAREERD_";
const SECRETS: [&str; 3] = ["auth.secret_key", "mail.password", "metrics.token"];

/// One value from one variable or flag.
struct Single {
    source: String,
    key: String,
    value: Value,
}

impl Provider for Single {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(Profile::Default.collect(figment::util::nest(&self.key, self.value.clone()).into_dict().unwrap_or_default()))
    }
}

fn merge(figment: Figment, source: &str, key: &str, value: impl serde::Serialize) -> anyhow::Result<Figment> {
    let value = Value::serialize(value).with_context(|| format!("{key} from {source}"))?;
    Ok(figment.merge(Single { source: source.to_owned(), key: key.to_owned(), value }))
}

/// Adds the settings file: the given one, which must exist, or `careerd.toml` when there is one.
pub fn file(figment: Figment, given: Option<&Path>, known: &Known) -> anyhow::Result<Figment> {
    let path = given.unwrap_or(Path::new(FILE));
    if !path.is_file() {
        if given.is_some() {
            bail!("there is no settings file {}", path.display());
        }
        return Ok(figment);
    }
    let toml = Toml::file_exact(path);
    let data = toml.data().map_err(|error| anyhow!("{} cannot be read: {}", path.display(), error.kind))?;
    let source = path.display().to_string();
    for (name, value) in data.into_values().flatten() {
        match value.into_dict() {
            Some(section) if is_section(&name, known) || !section.is_empty() => {
                for key in section.into_keys() {
                    must_know(&format!("{name}.{key}"), known, &source, str::to_owned)?;
                }
            }
            None if is_section(&name, known) => {
                bail!("{name} in {source} must be a section: write [{name}] and its settings below")
            }
            _ => must_know(&name, known, &source, str::to_owned)?,
        }
    }
    Ok(figment.merge(toml))
}

/// Adds the plain variables that other programs use too, then those of careerd.
pub fn environment(
    mut figment: Figment,
    env: impl IntoIterator<Item = (String, String)>,
    known: &Known,
    warnings: &mut Vec<String>,
) -> anyhow::Result<Figment> {
    let mut own = Vec::new();
    for (name, text) in env {
        match name.as_str() {
            "SECRET_KEY" if text.len() < 32 => bail!("SECRET_KEY must have at least 32 bytes; it has {}", text.len()),
            "SECRET_KEY" => figment = merge(figment, &name, "auth.secret_key", text)?,
            "DATABASE_URL" if !text.is_empty() => {
                figment = merge(figment, &name, "database.path", database_file(&text)?)?
            }
            "ALLOWED_HOSTS" if !text.is_empty() => {
                figment = merge(figment, &name, "server.allowed_hosts", comma_list(&text))?
            }
            "DEBUG" => match boolean(&text) {
                Some(true) => figment = merge(figment, &name, "log.level", LogLevel::Debug)?,
                Some(false) => {}
                None if text.is_empty() => {}
                None => warnings.push(format!("DEBUG is ignored: {text:?} is neither true nor false.")),
            },
            "REDIS_URL" => warnings.push("REDIS_URL is ignored: careerd needs no Redis.".into()),
            _ if name.starts_with(PREFIX) => own.push((name, text)),
            _ => {}
        }
    }
    // The order of an environment is arbitrary, a message about its first fault should not be.
    own.sort();
    for (name, text) in own {
        let key = name[PREFIX.len()..].to_ascii_lowercase().replace("__", ".");
        if is_section(&key, known) {
            bail!("{name} names a section; name a setting in it, such as {name}__{}", first_key(&key, known));
        }
        must_know(&key, known, "the environment", variable)?;
        let like = known.iter().find(|(name, _)| *name == key).map(|(_, default)| default);
        figment = merge(figment, &name, &key, typed(&text, like))?;
    }
    Ok(figment)
}

/// Adds the flags.
pub fn flags(figment: Figment, flags: &Overrides) -> anyhow::Result<Figment> {
    let figment = maybe(figment, "--data-dir", "data_dir", flags.data_dir.as_ref())?;
    let figment = maybe(figment, "--address", "server.address", flags.address)?;
    let figment = maybe(figment, "--port", "server.port", flags.port)?;
    let figment = maybe(figment, "--concurrency", "worker.concurrency", flags.concurrency)?;
    maybe(figment, "-v or -q", "log.level", flags.log_level)
}

fn maybe(figment: Figment, flag: &str, key: &str, value: Option<impl serde::Serialize>) -> anyhow::Result<Figment> {
    match value {
        Some(value) => merge(figment, flag, key, value),
        None => Ok(figment),
    }
}

/// What a user calls the place where this setting was set.
pub fn name(figment: &Figment, key: &str) -> String {
    figment.find_metadata(key).map_or_else(|| "default".to_owned(), describe)
}

fn describe(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(Source::File(path)) => path.display().to_string(),
        _ => metadata.name.to_string(),
    }
}

/// A figment error as a sentence that names the setting, its source and what was expected.
pub fn explain(error: figment::Error) -> anyhow::Error {
    let lines: Vec<String> = error
        .into_iter()
        .map(|error| {
            let key = error.path.join(".");
            let source = error.metadata.as_ref().map_or_else(|| "the settings".to_owned(), describe);
            let secret = SECRETS.contains(&key.as_str());
            let found = |what: &dyn std::fmt::Display| if secret { String::new() } else { format!(", not {what}") };
            match &error.kind {
                Kind::InvalidType(actual, expected) | Kind::InvalidValue(actual, expected) => {
                    format!("{key} in {source} must be {}{}", plain(expected), found(actual))
                }
                Kind::UnknownVariant(word, known) => {
                    format!("{key} in {source} must be one of {}, not {word:?}", known.join(", "))
                }
                _ if secret => format!("{key} in {source} cannot be read"),
                kind => format!("{key} in {source} cannot be read: {kind}"),
            }
        })
        .collect();
    anyhow!(lines.join("\n"))
}

/// Rust's name of a type as a user would say it.
fn plain(expected: &str) -> String {
    match expected {
        "u16" => "a whole number from 0 to 65535".into(),
        "u32" | "u64" => "a whole number".into(),
        "a boolean" => "true or false".into(),
        "a string" | "path string" => "a text in quotes".into(),
        "a sequence" => "a list in brackets".into(),
        "IP address" | "IPv4 address or IPv6 address" => "an IP address".into(),
        other => other.into(),
    }
}

fn is_section(name: &str, known: &Known) -> bool {
    known.iter().any(|(key, _)| key.split_once('.').is_some_and(|(section, _)| section == name))
}

fn first_key(section: &str, known: &Known) -> String {
    known
        .iter()
        .filter_map(|(key, _)| key.split_once('.'))
        .find(|(name, _)| *name == section)
        .map_or_else(String::new, |(_, key)| key.to_ascii_uppercase())
}

/// The variable that sets this setting.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace('.', "__"))
}

/// Refuses an unknown name and suggests the nearest known one, both written as the source writes them.
fn must_know(key: &str, known: &Known, source: &str, write: impl Fn(&str) -> String) -> anyhow::Result<()> {
    if known.iter().any(|(name, _)| name == key) {
        return Ok(());
    }
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let likeness = |name: &str| {
        let whole = strsim::normalized_damerau_levenshtein(key, name);
        // The right word in the wrong section is a likely slip, too.
        whole.max(strsim::normalized_damerau_levenshtein(&last(key), &last(name)) * 0.9)
    };
    let nearest = known
        .iter()
        .map(|(name, _)| (likeness(name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.55);
    match nearest {
        Some((_, name)) => bail!("{source} has an unknown setting {}; did you mean {}?", write(key), write(name)),
        None => bail!("{source} has an unknown setting {}; careerd config show lists all", write(key)),
    }
}

/// The text of a variable as the kind of value that the setting has by default.
fn typed(text: &str, like: Option<&Json>) -> Json {
    let as_json = || serde_json::from_str::<Json>(text).ok();
    let as_text = || Json::String(text.to_owned());
    match like {
        Some(Json::Array(_)) if text.trim_start().starts_with('[') => as_json().unwrap_or_else(as_text),
        Some(Json::Array(_)) => comma_list(text).into(),
        Some(Json::Bool(_)) => boolean(text).map_or_else(as_text, Json::Bool),
        Some(Json::Number(_)) => as_json().unwrap_or_else(as_text),
        // A text in quotes is JSON, too; any other text stands for itself, also when it looks like a number.
        _ => as_json().filter(Json::is_string).unwrap_or_else(as_text),
    }
}

fn comma_list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The file that `DATABASE_URL` names: a path, `sqlite:path`, `sqlite://path` or `sqlite:///absolute/path`.
///
/// A relative path starts at the working directory. The message never repeats the variable, which may hold a password.
fn database_file(text: &str) -> anyhow::Result<PathBuf> {
    let path = match text.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("sqlite") || scheme.eq_ignore_ascii_case("sqlite3") => {
            let rest = rest.strip_prefix("//").unwrap_or(rest);
            // Some libraries write a relative path after the third slash.
            let rest = if rest.starts_with("/./") { &rest[1..] } else { rest };
            rest.split('?').next().unwrap_or_default()
        }
        // One letter before a colon is a drive of Windows.
        Some((scheme, _))
            if scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) =>
        {
            bail!(
                "DATABASE_URL names a {scheme} database; careerd keeps everything in one SQLite file, \
             so set a path or sqlite:path, or leave DATABASE_URL out"
            )
        }
        _ => text,
    };
    if path.is_empty() || path == ":memory:" {
        bail!("DATABASE_URL must name a file, such as sqlite:careerd.db");
    }
    std::path::absolute(path).context("DATABASE_URL")
}
