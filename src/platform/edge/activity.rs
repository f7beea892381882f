//! What calls leave behind: use of each route, who was seen, what was looked at. Gathered in memory and written in batches,
//! so that reading stays reading; it is not among the promises of the house, and a crash may lose the last seconds of it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rocket::http::{Method, Status};
use rusqlite::OptionalExtension;

use crate::platform::{clock::Timestamp, db::Tx, error::Result, histogram::Histogram};

/// How many lookers of one day are kept apart; beyond that each look counts, which bounds the memory.
const LOOKERS: usize = 200_000;

/// A thing that was looked at: the name of its collection and its id.
pub type Viewed = (&'static str, i64);

/// A place of a list of recommendations: their kind, the UTC day, and the place from 1.
pub type Shown = (&'static str, i64, i64);

#[derive(Clone, Default)]
struct Calls {
    calls: i64,
    client_errors: i64,
    server_errors: i64,
    /// Microseconds.
    histogram: Histogram,
    took: Duration,
}

impl Calls {
    fn add(&mut self, status: Status, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.calls += 1;
        self.client_errors += i64::from((400..500).contains(&status.code));
        self.server_errors += i64::from(status.code >= 500);
        self.histogram.add(micros);
        self.took += took;
    }
}

/// The calls of one route since this process was started.
pub struct Served {
    /// The pattern of the route; `unknown` for what no route answers.
    pub route: String,
    /// The method.
    pub method: Method,
    /// How many there were.
    pub calls: i64,
    /// Of these, answered by 4xx.
    pub client_errors: i64,
    /// Of these, answered by 5xx.
    pub server_errors: i64,
    /// How many microseconds they took.
    pub histogram: Histogram,
    /// How long they took together, in seconds.
    pub seconds: f64,
}

#[derive(Default)]
struct Gathered {
    routes: HashMap<(String, Method, i64), Calls>,
    seen: HashMap<i64, Timestamp>,
    tokens: HashMap<i64, Timestamp>,
    views: HashMap<Viewed, i64>,
    shown: HashMap<Shown, i64>,
}

#[derive(Default)]
struct State {
    gathered: Gathered,
    served: HashMap<(String, Method), Calls>,
    lookers: HashSet<(Viewed, String)>,
    lookers_of_day: i64,
}

/// What calls leave behind until it is written.
#[derive(Default)]
pub struct Activity(Mutex<State>);

/// What was gathered since the last batch.
#[derive(Default)]
pub struct Batch {
    routes: HashMap<(String, Method, i64), Calls>,
    /// When each user was last seen.
    pub seen: Vec<(i64, Timestamp)>,
    /// When each personal API token was last used.
    pub tokens: Vec<(i64, Timestamp)>,
    views: Vec<(Viewed, i64)>,
    /// How often something was recommended at each place.
    pub shown: Vec<(Shown, i64)>,
}

impl Activity {
    fn with<T>(&self, then: impl FnOnce(&mut State) -> T) -> T {
        then(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A call of a route, or of no known one, ended.
    pub(super) fn called(&self, route: Option<String>, method: Method, at: Timestamp, status: Status, took: Duration) {
        let route = route.unwrap_or_else(|| "unknown".into());
        self.with(|state| {
            state.served.entry((route.clone(), method)).or_default().add(status, took);
            state.gathered.routes.entry((route, method, at.seconds() / 3600)).or_default().add(status, took);
        });
    }

    /// What was called since this process was started, by route and method.
    pub fn served(&self) -> Vec<Served> {
        let served = self.with(|state| state.served.clone());
        let mut served: Vec<_> = served
            .into_iter()
            .map(|((route, method), calls)| Served {
                route,
                method,
                calls: calls.calls,
                client_errors: calls.client_errors,
                server_errors: calls.server_errors,
                histogram: calls.histogram,
                seconds: calls.took.as_secs_f64(),
            })
            .collect();
        served.sort_by(|a, b| (&a.route, a.method.as_str()).cmp(&(&b.route, b.method.as_str())));
        served
    }

    /// A user made a call; noted at most once a minute.
    pub(super) fn seen(&self, user: i64, last: Option<Timestamp>, at: Timestamp) {
        if last.is_none_or(|last| at.since(last) >= chrono::Duration::minutes(1)) {
            self.with(|state| state.gathered.seen.insert(user, at));
        }
    }

    /// A personal API token was used; noted at most once a minute.
    pub(super) fn token_used(&self, token: i64, last: Option<Timestamp>, at: Timestamp) {
        if last.is_none_or(|last| at.since(last) >= chrono::Duration::minutes(1)) {
            self.with(|state| state.gathered.tokens.insert(token, at));
        }
    }

    /// Somebody looked at a thing; counts once per looker (an account or an address) and UTC day.
    pub fn viewed(&self, thing: Viewed, looker: &str, at: Timestamp) {
        self.with(|state| {
            let day = at.seconds() / 86_400;
            if state.lookers_of_day != day || state.lookers.len() >= LOOKERS {
                state.lookers.clear();
                state.lookers_of_day = day;
            }
            if state.lookers.insert((thing, looker.to_owned())) {
                *state.gathered.views.entry(thing).or_default() += 1;
            }
        });
    }

    /// Somebody was shown a list of so many recommendations of a kind.
    pub fn recommended(&self, kind: &'static str, count: usize, at: Timestamp) {
        let (day, count) = (at.seconds() / 86_400, i64::try_from(count).unwrap_or(i64::MAX));
        self.with(|state| {
            for position in 1..=count {
                *state.gathered.shown.entry((kind, day, position)).or_default() += 1;
            }
        });
    }

    /// Takes what was gathered; none when there is nothing.
    pub fn take(&self) -> Option<Batch> {
        let Gathered { routes, seen, tokens, views, shown } = self.with(|state| std::mem::take(&mut state.gathered));
        let nothing = routes.is_empty() && seen.is_empty() && tokens.is_empty() && views.is_empty() && shown.is_empty();
        (!nothing).then(|| Batch {
            routes,
            seen: seen.into_iter().collect(),
            tokens: tokens.into_iter().collect(),
            views: views.into_iter().collect(),
            shown: shown.into_iter().collect(),
        })
    }
}

impl Batch {
    /// Adds the calls to their hours.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write_route_usage(&self, tx: &Tx<'_>) -> Result<()> {
        for ((route, method, hour), calls) in &self.routes {
            add(tx, &HOURS, (route, method.as_str(), *hour), calls)?;
        }
        Ok(())
    }

    /// Adds the looks at this kind of thing to the rows of its table.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write_views(&self, tx: &Tx<'_>, kind: &str, table: &str) -> Result<()> {
        let sql = format!("UPDATE {table} SET views_count = views_count + ?2 WHERE id = ?1");
        let mut update = tx.prepare_cached(&sql)?;
        for ((_, id), count) in self.views.iter().filter(|((of, _), _)| *of == kind) {
            update.execute((id, count))?;
        }
        Ok(())
    }
}

/// Where calls are kept: the statements that read and write the calls of a route, a method and a span of time.
struct Spans {
    read: &'static str,
    write: &'static str,
}

const HOURS: Spans = Spans {
    read: "SELECT histogram FROM route_usage WHERE route = ?1 AND method = ?2 AND hour = ?3",
    write: "INSERT INTO route_usage (route, method, hour, calls, client_errors, server_errors, histogram)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (route, method, hour) DO UPDATE SET calls = calls + ?4, client_errors = client_errors + ?5,
             server_errors = server_errors + ?6, histogram = ?7",
};

const DAYS: Spans = Spans {
    read: "SELECT histogram FROM route_usage_days WHERE route = ?1 AND method = ?2 AND day = ?3",
    write: "INSERT INTO route_usage_days (route, method, day, calls, client_errors, server_errors, histogram)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (route, method, day) DO UPDATE SET calls = calls + ?4, client_errors = client_errors + ?5,
             server_errors = server_errors + ?6, histogram = ?7",
};

/// Adds calls to those of their span.
fn add(tx: &Tx<'_>, spans: &Spans, (route, method, span): (&str, &str, i64), calls: &Calls) -> Result<()> {
    let stored: Option<String> =
        tx.prepare_cached(spans.read)?.query_row((route, method, span), |row| row.get(0)).optional()?;
    let mut histogram = calls.histogram.clone();
    if let Some(stored) = stored {
        histogram.merge(&serde_json::from_str(&stored)?);
    }
    let histogram = serde_json::to_string(&histogram)?;
    tx.prepare_cached(spans.write)?.execute((
        route,
        method,
        span,
        calls.calls,
        calls.client_errors,
        calls.server_errors,
        histogram,
    ))?;
    Ok(())
}

/// Adds the hours before `hours` to their days, which take less room, and drops days before `days`.
///
/// # Errors
/// Those of the database.
pub fn fold_route_usage(tx: &Tx<'_>, hours: Timestamp, days: Timestamp) -> Result<()> {
    let (before, first_day) = (hours.seconds() / 3600, days.seconds() / 86_400);
    let mut folded: HashMap<(String, String, i64), Calls> = HashMap::new();
    let mut old = tx.prepare_cached(
        "SELECT route, method, hour / 24, calls, client_errors, server_errors, histogram FROM route_usage WHERE hour < ?1",
    )?;
    let mut rows = old.query([before])?;
    while let Some(row) = rows.next()? {
        let calls = folded.entry((row.get(0)?, row.get(1)?, row.get(2)?)).or_default();
        calls.calls += row.get::<_, i64>(3)?;
        calls.client_errors += row.get::<_, i64>(4)?;
        calls.server_errors += row.get::<_, i64>(5)?;
        calls.histogram.merge(&serde_json::from_str(&row.get::<_, String>(6)?)?);
    }
    for ((route, method, day), calls) in &folded {
        add(tx, &DAYS, (route, method, *day), calls)?;
    }
    tx.execute("DELETE FROM route_usage WHERE hour < ?1", [before])?;
    tx.execute("DELETE FROM route_usage_days WHERE day < ?1", [first_day])?;
    Ok(())
}
