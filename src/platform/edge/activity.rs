//! What calls leave behind: use of each route, who was seen, what was looked at. Gathered in memory and written in batches,
//! so that reading stays reading; it is not among the promises of the house, and a crash may lose the last seconds of it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rocket::http::{Method, Status};

use crate::platform::{clock::Timestamp, db::Tx, error::Result};

/// Buckets of the histogram: bucket n counts calls of less than 2^n microseconds, the last one all above.
const BUCKETS: usize = 32;
/// How many lookers of one day are kept apart; beyond that each look counts, which bounds the memory.
const LOOKERS: usize = 200_000;

/// A thing that was looked at: the name of its collection and its id.
pub type Viewed = (&'static str, i64);

#[derive(Clone, Default)]
struct Calls {
    calls: i64,
    client_errors: i64,
    server_errors: i64,
    histogram: [i64; BUCKETS],
    took: Duration,
}

impl Calls {
    fn add(&mut self, status: Status, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = (64 - micros.leading_zeros() as usize).min(BUCKETS - 1);
        self.calls += 1;
        self.client_errors += i64::from((400..500).contains(&status.code));
        self.server_errors += i64::from(status.code >= 500);
        self.histogram[bucket] += 1;
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
    /// How many took less than 2^n microseconds, but no less than half of that.
    pub histogram: [i64; BUCKETS],
    /// How long they took together, in seconds.
    pub seconds: f64,
}

#[derive(Default)]
struct Gathered {
    routes: HashMap<(String, Method, i64), Calls>,
    seen: HashMap<i64, Timestamp>,
    tokens: HashMap<i64, Timestamp>,
    views: HashMap<Viewed, i64>,
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
    /// How often each thing was looked at.
    pub views: Vec<(Viewed, i64)>,
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

    /// Takes what was gathered; none when there is nothing.
    pub fn take(&self) -> Option<Batch> {
        let Gathered { routes, seen, tokens, views } = self.with(|state| std::mem::take(&mut state.gathered));
        let nothing = routes.is_empty() && seen.is_empty() && tokens.is_empty() && views.is_empty();
        (!nothing).then(|| Batch {
            routes,
            seen: seen.into_iter().collect(),
            tokens: tokens.into_iter().collect(),
            views: views.into_iter().collect(),
        })
    }
}

impl Batch {
    /// Adds the calls to their hours.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write_route_usage(&self, tx: &Tx<'_>) -> Result<()> {
        let mut read =
            tx.prepare_cached("SELECT histogram FROM route_usage WHERE route = ?1 AND method = ?2 AND hour = ?3")?;
        let mut write = tx.prepare_cached(
            "INSERT INTO route_usage (route, method, hour, calls, client_errors, server_errors, histogram)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (route, method, hour) DO UPDATE SET calls = calls + ?4, client_errors = client_errors + ?5,
                 server_errors = server_errors + ?6, histogram = ?7",
        )?;
        for ((route, method, hour), calls) in &self.routes {
            let stored: Vec<String> =
                read.query_map((route, method.as_str(), hour), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let mut histogram = calls.histogram.to_vec();
            if let Some(stored) = stored.first() {
                let stored: Vec<i64> = serde_json::from_str(stored)?;
                histogram.iter_mut().zip(stored).for_each(|(sum, more)| *sum += more);
            }
            write.execute((
                route,
                method.as_str(),
                hour,
                calls.calls,
                calls.client_errors,
                calls.server_errors,
                serde_json::to_string(&histogram)?,
            ))?;
        }
        Ok(())
    }
}
