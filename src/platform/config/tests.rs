use super::*;
use std::fs;

const SHOWN: &str = include_str!("../../../careerd.toml");
const SETTINGS: &str = include_str!("settings.rs");

/// Loads with this text as settings file and these variables.
fn load(file: &str, env: &[(&str, &str)], flags: Overrides) -> anyhow::Result<Loaded> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("settings.toml");
    fs::write(&path, file).unwrap();
    let flags = Overrides { config: Some(path), ..flags };
    let env = env.iter().map(|(name, text)| (name.to_string(), text.to_string()));
    Config::load(flags, env)
}

fn from_env(env: &[(&str, &str)]) -> anyhow::Result<Config> {
    load("", env, Overrides::default()).map(|loaded| loaded.config)
}

fn refusal(file: &str, env: &[(&str, &str)]) -> String {
    load(file, env, Overrides::default()).err().map_or_else(String::new, |error| error.to_string())
}

fn setting(loaded: &Loaded, key: &str) -> Setting {
    loaded.settings.iter().find(|setting| setting.key == key).unwrap().clone()
}

#[test]
fn the_shown_file_is_the_default() {
    let shown = load(SHOWN, &[], Overrides::default()).unwrap();
    assert_eq!(shown.config, Config::default());
    assert_eq!(load("", &[], Overrides::default()).unwrap().config, Config::default());
}

#[test]
fn the_shown_file_names_every_setting() {
    let shown = load(SHOWN, &[], Overrides::default()).unwrap();
    for setting in &shown.settings {
        assert!(setting.source.ends_with("settings.toml"), "{} is missing", setting.key);
        assert_eq!(setting.value, setting.default, "{}", setting.key);
    }
}

/// The pairs of (sentence, name) of a file, where comments begin with `mark` and `name` finds the setting in a line.
fn sentences(text: &str, mark: &str, name: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut comment = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(sentence) = line.strip_prefix(mark) {
            comment = sentence.trim().to_owned();
        } else if let Some(name) = name(line) {
            found.push((std::mem::take(&mut comment), name));
        } else {
            comment.clear();
        }
    }
    found
}

#[test]
fn the_shown_file_has_the_sentences_of_the_code() {
    let shown = sentences(SHOWN, "#", |line| line.split_once(" = ").map(|(name, _)| name.to_owned()));
    let mut code = sentences(SETTINGS, "///", |line| {
        let (name, _) = line.strip_prefix("pub ")?.split_once(": ")?;
        Some(name.to_owned())
    });
    // The field of a section carries no sentence, its settings do.
    code.retain(|(sentence, _)| !sentence.is_empty());
    assert_eq!(shown, code);
    for (sentence, name) in shown {
        assert!(sentence.ends_with('.') && !sentence.contains('!'), "{name}");
    }
}

#[test]
fn later_sources_win() {
    let flags = Overrides { port: Some(4), ..Overrides::default() };
    let file = "[server]\nport = 2\n[worker]\nconcurrency = 2\n[resumes]\nmax_mb = 2";
    let env = [("CAREERD_SERVER__PORT", "3"), ("CAREERD_WORKER__CONCURRENCY", "3")];
    let loaded = load(file, &env, flags).unwrap();
    assert_eq!(loaded.config.server.port, 4);
    assert_eq!(loaded.config.worker.concurrency, 3);
    assert_eq!(loaded.config.resumes.max_mb, 2);
    assert_eq!(setting(&loaded, "server.port").source, "--port");
    assert_eq!(setting(&loaded, "worker.concurrency").source, "CAREERD_WORKER__CONCURRENCY");
    assert!(setting(&loaded, "resumes.max_mb").source.ends_with("settings.toml"));
    let untouched = setting(&loaded, "backup.keep");
    assert_eq!((untouched.source.as_str(), &untouched.value), ("default", &untouched.default));
    assert_eq!(setting(&loaded, "resumes.max_mb").default, 5);
}

#[test]
fn variables_take_json_and_plain_text() {
    let config = from_env(&[
        ("CAREERD_RATE_LIMIT__WHITELIST", "[]"),
        ("CAREERD_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"),
        ("CAREERD_CORS__ORIGINS", r#"["https://a.example"]"#),
        ("CAREERD_MAIL__TRANSPORT", "file"),
        ("CAREERD_PUBLIC_URL", "https://careers.example.org/"),
        ("CAREERD_METRICS__ENABLED", "True"),
        ("CAREERD_AUTH__REFRESH_TTL", "3600"),
        ("CAREERD_AUTH__SECRET_KEY", "12345678901234567890123456789012"),
        ("CAREERD_METRICS__TOKEN", r#""quoted""#),
        ("CAREERD_LIMITS__JSON", "512 KB"),
        ("CAREERD_DATA_DIR", "/srv/careerd"),
        ("PATH", "/bin"),
    ])
    .unwrap();
    assert!(config.rate_limit.whitelist.is_empty());
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.cors.origins, ["https://a.example"]);
    assert_eq!(config.mail.transport, Transport::File);
    assert_eq!(config.public_url(), "https://careers.example.org");
    assert!(config.metrics.enabled);
    assert_eq!(config.auth.refresh_ttl, Span::hours(1));
    assert_eq!(config.auth.secret_key.expose().unwrap().len(), 32);
    assert_eq!(config.metrics.token.expose(), Some("quoted"));
    assert_eq!(config.limits.json.bytes(), 512 * 1024);
    assert_eq!(config.database_path(), PathBuf::from("/srv/careerd/careerd.db"));
}

#[test]
fn plain_variables_are_read() {
    let key = "0123456789abcdef0123456789abcdef";
    let env = [
        ("SECRET_KEY", key),
        ("DATABASE_URL", "sqlite:///srv/c.db?mode=rwc"),
        ("ALLOWED_HOSTS", "example.org, .example.net"),
        ("DEBUG", "1"),
        ("REDIS_URL", "redis://localhost"),
    ];
    let loaded = load("[log]\nlevel = \"warn\"", &env, Overrides::default()).unwrap();
    assert_eq!(loaded.config.auth.secret_key.expose(), Some(key));
    assert_eq!(loaded.config.database_path(), PathBuf::from("/srv/c.db"));
    assert_eq!(loaded.config.server.allowed_hosts, ["example.org", ".example.net"]);
    assert_eq!(loaded.config.log.level, LogLevel::Debug);
    assert_eq!(loaded.warnings.len(), 1);
    assert!(loaded.warnings[0].contains("REDIS_URL"));
    assert_eq!(setting(&loaded, "database.path").source, "DATABASE_URL");
    assert_eq!(setting(&loaded, "auth.secret_key").value, "set");
    assert_eq!(setting(&loaded, "auth.secret_key").default, "unset");
    assert!(!format!("{loaded:?}").contains(key));

    let both = from_env(&[("DEBUG", "true"), ("CAREERD_LOG__LEVEL", "error")]).unwrap();
    assert_eq!(both.log.level, LogLevel::Error, "the variable that says more wins");
    let odd = load("", &[("DEBUG", "express:*"), ("DATABASE_URL", "")], Overrides::default()).unwrap();
    assert_eq!(odd.warnings.len(), 1);
}

#[test]
fn only_sqlite_databases_are_taken() {
    for (url, file) in [
        ("sqlite:/a/b.db", "/a/b.db"),
        ("sqlite:///a/b.db", "/a/b.db"),
        ("sqlite:////a/b.db", "/a/b.db"),
        ("/a/b.db", "/a/b.db"),
    ] {
        let path = from_env(&[("DATABASE_URL", url)]).unwrap().database_path();
        assert_eq!(path, PathBuf::from(file), "{url}");
    }
    let relative = from_env(&[("DATABASE_URL", "sqlite:b.db")]).unwrap();
    assert_eq!(relative.database_path(), std::env::current_dir().unwrap().join("b.db"));
    let relative = from_env(&[("DATABASE_URL", "sqlite:///./b.db")]).unwrap();
    assert_eq!(relative.database_path(), std::env::current_dir().unwrap().join("b.db"));
    let message = refusal("", &[("DATABASE_URL", "postgres://u:hunter2@db/x")]);
    assert!(message.contains("postgres") && message.contains("SQLite"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
    for wrong in ["mysql://h/x", "postgresql+asyncpg://h/x", "sqlite::memory:", "sqlite://"] {
        assert!(refusal("", &[("DATABASE_URL", wrong)]).contains("DATABASE_URL"), "{wrong}");
    }
}

#[test]
fn unknown_names_stop_the_start_with_a_suggestion() {
    for (file, suggestion) in [
        ("[rate_limit]\nper_minut = 3", "did you mean rate_limit.per_minute?"),
        ("[ratelimit]\nper_minute = 3", "did you mean rate_limit.per_minute?"),
        ("per_minute = 3", "did you mean rate_limit.per_minute?"),
        ("[mail]\nsmtp_host = 'x'", "did you mean mail.host?"),
        ("[zzzzqqqq]", "unknown setting zzzzqqqq"),
        ("zzzzqqqq = 1", "careerd config show"),
        ("mail = 3", "mail in"),
    ] {
        let message = refusal(file, &[]);
        assert!(message.contains(suggestion), "{file}: {message}");
    }
    let message = refusal("", &[("CAREERD_RATELIMIT__WHITELIST", "[]")]);
    assert!(message.contains("did you mean CAREERD_RATE_LIMIT__WHITELIST?"), "{message}");
    let message = refusal("", &[("CAREERD_MAIL", "x")]);
    assert!(message.contains("CAREERD_MAIL__"), "{message}");
}

#[test]
fn wrong_values_name_key_source_and_expectation() {
    for (file, env, parts) in [
        ("[server]\nport = 'x'", None, ["server.port", "settings.toml", "whole number"]),
        ("[server]\nport = 70000", None, ["server.port", "settings.toml", "65535"]),
        ("", Some(("CAREERD_SERVER__PORT", "-1")), ["server.port", "CAREERD_SERVER__PORT", "whole number"]),
        (
            "",
            Some(("CAREERD_METRICS__ENABLED", "maybe")),
            ["metrics.enabled", "CAREERD_METRICS__ENABLED", "true or false"],
        ),
        ("", Some(("CAREERD_RATE_LIMIT__WHITELIST", "[1")), ["rate_limit.whitelist", "CAREERD_", "list"]),
        (
            "",
            Some(("CAREERD_RATE_LIMIT__WHITELIST", "here")),
            ["rate_limit.whitelist", "CAREERD_", "an address such as"],
        ),
        ("[auth]\naccess_ttl = 'soon'", None, ["auth.access_ttl", "settings.toml", "a duration such as"]),
        ("[mail]\ntransport = 'pigeon'", None, ["mail.transport", "auto, smtp, file, none", "pigeon"]),
        ("[server]\naddress = 'here'", None, ["server.address", "settings.toml", "address"]),
        ("[limits]\njson = -5", None, ["limits.json", "settings.toml", "a size such as"]),
        ("[auth]\nsecret_key = 12345", None, ["auth.secret_key", "settings.toml", "text"]),
    ] {
        let env: Vec<_> = env.into_iter().collect();
        let message = refusal(file, &env);
        for part in parts {
            assert!(message.contains(part), "{file}{env:?}: {message}");
        }
        assert!(!message.contains("12345"), "{message}");
    }
    assert!(refusal("a = = 3", &[]).contains("cannot be read"));
    let missing = Overrides { config: Some("/nowhere/careerd.toml".into()), ..Overrides::default() };
    assert!(Config::load(missing, []).unwrap_err().to_string().contains("/nowhere"));
}

#[test]
fn values_that_do_not_fit_together_are_refused() {
    for (file, name) in [
        ("public_url = 'example.org'", "public_url"),
        ("public_url = 'ftp://example.org'", "public_url"),
        ("public_url = 'http://a.example'\n[server]\nhttps_redirect = true", "https_redirect"),
        ("[cors]\norigins = ['https://a.example/']", "cors.origins"),
        ("[auth]\nsecret_key = 'short'", "SECRET_KEY"),
        ("[auth]\nrefresh_ttl = '40d'", "family_ttl"),
        ("[auth]\naccess_ttl = '2d'", "access_ttl"),
        ("[mail]\ntransport = 'smtp'", "mail.host"),
        ("[mail]\nuser = 'me'", "mail.password"),
        ("[passwords]\nmemory_kib = 1024", "passwords"),
        ("[rate_limit]\nper_minute = 0", "rate_limit.per_minute"),
        ("[worker]\nconcurrency = 0", "worker.concurrency"),
        ("[retention]\nevents = '0s'", "retention.events"),
        ("[limits]\njson = 0", "limits.json"),
    ] {
        assert!(refusal(file, &[]).contains(name), "{file}: {}", refusal(file, &[]));
    }
    let two = refusal("[backup]\nkeep = 0\n[worker]\nconcurrency = 0", &[]);
    assert!(two.contains("backup.keep") && two.contains("worker.concurrency"), "{two}");
    assert!(refusal("", &[("SECRET_KEY", "short")]).contains("32 bytes"));
}

#[test]
fn links_start_at_the_listener_unless_set() {
    let mut config = Config::default();
    assert_eq!(config.public_url(), "http://127.0.0.1:8000");
    config.server.address = "::".parse().unwrap();
    assert_eq!(config.public_url(), "http://localhost:8000");
    config.server.address = "2001:db8::1".parse().unwrap();
    assert_eq!(config.public_url(), "http://[2001:db8::1]:8000");
}

#[test]
fn hosts_are_compared_without_port_and_case() {
    let server =
        |hosts: &[&str]| Server { allowed_hosts: hosts.iter().map(ToString::to_string).collect(), ..Server::default() };
    assert!(server(&[]).allows_host("anything"));
    assert!(server(&["*"]).allows_host("anything"));
    let some = server(&["Example.org", ".example.net", "127.0.0.1", "[::1]"]);
    for host in [
        "example.org",
        "EXAMPLE.org:8000",
        "example.org.",
        "example.net",
        "a.b.example.net",
        "127.0.0.1:8000",
        "[::1]",
        "[::1]:8000",
    ] {
        assert!(some.allows_host(host), "{host}");
    }
    for host in ["", "a.example.org", "badexample.net", "example.org.evil.com", "[::2]"] {
        assert!(!some.allows_host(host), "{host}");
    }
}
