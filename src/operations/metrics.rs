//! Figures for a monitoring system, in the text format of Prometheus.

use std::{
    fmt::{Display, Write as _},
    sync::Arc,
};

use rocket::{
    Request, State, get,
    http::ContentType,
    outcome::Outcome,
    request::{self, FromRequest},
};

use super::health;
use crate::{
    achievements::{self, Holders},
    addresses,
    platform::{
        app::App,
        edge::{Served, refuse},
        error::{Error, Result, Unauthenticated},
        signature::{Access, Argument, Told},
        task::monitor,
        token::same,
    },
};

addresses![metrics];

/// Whoever may read the figures: anybody when the settings say so, or whoever knows the token.
pub struct Monitoring;

impl Argument for Monitoring {
    fn tell(told: &mut Told) {
        told.access = Access::Monitor;
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Monitoring {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let settings = &App::of(req).config.metrics;
        if !settings.enabled {
            return refuse(req, Error::NotFound("address"));
        }
        let Some(token) = settings.token.expose() else { return Outcome::Success(Monitoring) };
        let sent = req.headers().get_one("Authorization").and_then(|it| it.split_once(' '));
        match sent {
            Some((scheme, sent)) if scheme.eq_ignore_ascii_case("bearer") && same(sent.trim(), token) => {
                Outcome::Success(Monitoring)
            }
            Some(_) => refuse(req, Error::Unauthenticated(Unauthenticated::InvalidToken)),
            None => refuse(req, Error::Unauthenticated(Unauthenticated::Required)),
        }
    }
}

/// Figures of this process and its database; 404 unless the settings switch them on.
#[utoipa::path(tag = "Operations", responses(
    (status = 200, body = String, content_type = "text/plain")
))]
#[get("/metrics")]
async fn metrics(app: &State<Arc<App>>, _monitoring: Monitoring) -> Result<(ContentType, String)> {
    let mut text = Text::default();
    text.family("careerd_info", "gauge", "The version of this program.");
    text.sample("careerd_info", &[("version", &env!("CARGO_PKG_VERSION"))], 1);
    text.family("careerd_uptime_seconds", "gauge", "How long this process has run.");
    text.sample("careerd_uptime_seconds", &[], app.clock.now().since(app.started_at).num_seconds());
    calls(&mut text, &app.activity.served());
    queue(&mut text, app).await?;
    disk(&mut text, app).await?;
    holders(&mut text, app).await?;
    let kind = ContentType::new("text", "plain").with_params([("version", "0.0.4"), ("charset", "utf-8")]);
    Ok((kind, text.0))
}

fn calls(text: &mut Text, served: &[Served]) {
    text.family("careerd_http_requests_total", "counter", "Calls since this process was started.");
    for it in served {
        let of = |class| [("route", &it.route as &dyn Display), ("method", &it.method), ("class", class)];
        let good = it.calls - it.client_errors - it.server_errors;
        text.sample("careerd_http_requests_total", &of(&"good"), good);
        text.sample("careerd_http_requests_total", &of(&"client_error"), it.client_errors);
        text.sample("careerd_http_requests_total", &of(&"server_error"), it.server_errors);
    }
    let name = "careerd_http_request_duration_seconds";
    text.family(name, "histogram", "How long calls took.");
    for it in served {
        // From half a millisecond to half a minute, by the powers of two of microseconds.
        for power in 9..=25 {
            let most = (1_u64 << power) as f64 / 1e6;
            let labels = [("route", &it.route as &dyn Display), ("method", &it.method), ("le", &most)];
            text.sample(&format!("{name}_bucket"), &labels, it.histogram.below(power));
        }
        let of = [("route", &it.route as &dyn Display), ("method", &it.method)];
        let labels = [of[0], of[1], ("le", &"+Inf")];
        text.sample(&format!("{name}_bucket"), &labels, it.calls);
        text.sample(&format!("{name}_sum"), &of, it.seconds);
        text.sample(&format!("{name}_count"), &of, it.calls);
    }
}

async fn queue(text: &mut Text, app: &App) -> Result<()> {
    let now = app.clock.now();
    let depth = app.db.read(move |conn| monitor::depth(conn, now)).await?;
    text.family("careerd_tasks", "gauge", "Background tasks by state, without those that are over.");
    let states = [
        ("pending", depth.pending),
        ("held", depth.held),
        ("running", depth.running),
        ("failed", depth.failed),
        ("dead", depth.dead),
    ];
    for (state, count) in states {
        text.sample("careerd_tasks", &[("state", &state)], count);
    }
    text.family("careerd_tasks_oldest_wait_seconds", "gauge", "How long the task that is due longest has waited.");
    text.sample("careerd_tasks_oldest_wait_seconds", &[], depth.oldest_wait_seconds);
    Ok(())
}

async fn disk(text: &mut Text, app: &App) -> Result<()> {
    let storage = health::storage(app).await?;
    text.family("careerd_database_bytes", "gauge", "The size of the database file.");
    text.sample("careerd_database_bytes", &[], storage.database_bytes);
    text.family("careerd_database_wal_bytes", "gauge", "The size of its log of new pages.");
    text.sample("careerd_database_wal_bytes", &[], storage.wal_bytes);
    text.family("careerd_files_bytes", "gauge", "The size of stored files by kind.");
    for it in &storage.files {
        text.sample("careerd_files_bytes", &[("kind", &it.kind)], it.bytes);
    }
    text.family("careerd_disk_free_bytes", "gauge", "Free bytes on the disk of the data folder.");
    text.sample("careerd_disk_free_bytes", &[], storage.free_bytes);
    if let Some(backup) = storage.newest_backup.filter(|it| it.verified) {
        text.family("careerd_backup_timestamp_seconds", "gauge", "When the newest backup was made.");
        text.sample("careerd_backup_timestamp_seconds", &[], backup.created_at.seconds());
    }
    Ok(())
}

/// Kept figures: absent until the schedule has made them.
async fn holders(text: &mut Text, app: &Arc<App>) -> Result<()> {
    #[derive(serde::Deserialize)]
    struct Kept {
        holders: Vec<Holders>,
    }
    let now = app.clock.now();
    let house = app.clone();
    let Some(kept) = app.db.read(move |conn| house.cache.get(conn, achievements::STATS, now)).await? else {
        return Ok(());
    };
    let kept: Kept = serde_json::from_slice(kept.json())?;
    text.family("careerd_achievement_holders", "gauge", "Active people who hold an achievement.");
    for it in kept.holders {
        text.sample("careerd_achievement_holders", &[("key", &it.key)], it.holders);
    }
    Ok(())
}

/// Figures as they are sent.
#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a text does not fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &dyn Display)], value: impl Display) {
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", quoted(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}

fn quoted(value: &dyn Display) -> String {
    value.to_string().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
