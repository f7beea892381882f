//! How the API is used: per route, never per address, so that nobody's doings can be read from it.

mod store;

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::withheld::rounded;
use crate::platform::{
    clock::Timestamp,
    error::Result,
    fields::{Fields, integer},
    histogram::Histogram,
    list::Filter,
};

/// What a file of routes has of each.
pub const COLUMNS: &[&str] =
    &["route", "method", "calls", "errors", "client_errors", "server_errors", "p50", "p90", "p99"];

/// The calls of one route.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteCalls {
    /// Its pattern, as `/api/jobs/<id>`; `unknown` where no address was found.
    pub route: String,
    /// GET, POST, PUT, PATCH or DELETE.
    pub method: String,
    /// All calls.
    pub calls: i64,
    /// Those that did not succeed: the next two together.
    pub errors: i64,
    /// Those that the caller got wrong (4xx).
    pub client_errors: i64,
    /// Those that the house got wrong (5xx).
    pub server_errors: i64,
    /// Half of the calls took at most so many milliseconds; exact to 1/16.
    pub p50: Option<f64>,
    /// Nine of ten.
    pub p90: Option<f64>,
    /// Ninety-nine of a hundred.
    pub p99: Option<f64>,
}

/// The calls of every route.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiUsage {
    /// How many hours it is about, the current one included.
    pub hours: i64,
    /// All calls of that time.
    pub calls: i64,
    /// Those that did not succeed.
    pub errors: i64,
    /// By route, most called first.
    pub routes: Vec<RouteCalls>,
    /// When it was counted.
    pub generated_at: Timestamp,
}

/// Of which time.
#[derive(Clone, Copy, Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UsageFilter {
    /// The last so many hours, the current one included: 1 to 168, 24 when left out.
    #[param(default = 24, minimum = 1, maximum = 168)]
    pub hours: i64,
}

impl Filter for UsageFilter {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { hours: 24 };
        query.defaulting_to(24, "hours", &mut it.hours, integer(1..=168));
        it
    }
}

/// What was counted of a route in some hours.
#[derive(Default)]
pub(super) struct Counted {
    calls: i64,
    client_errors: i64,
    server_errors: i64,
    /// Microseconds.
    histogram: Histogram,
}

/// The use of every route.
///
/// # Errors
/// Those of the database.
pub fn api_usage(conn: &Connection, filter: UsageFilter, now: Timestamp) -> Result<ApiUsage> {
    let first_hour = now.seconds() / 3600 - filter.hours + 1;
    let mut routes: BTreeMap<(String, String), Counted> = BTreeMap::new();
    store::each_hour(conn, first_hour, |route, method, hour| {
        let all = routes.entry((route, method)).or_default();
        all.calls += hour.calls;
        all.client_errors += hour.client_errors;
        all.server_errors += hour.server_errors;
        all.histogram.merge(&hour.histogram);
    })?;
    let mut routes: Vec<RouteCalls> =
        routes.into_iter().map(|((route, method), it)| told(route, method, &it)).collect();
    // The order of names stays among routes that are called as often.
    routes.sort_by_key(|it| std::cmp::Reverse(it.calls));
    Ok(ApiUsage {
        hours: filter.hours,
        calls: routes.iter().map(|it| it.calls).sum(),
        errors: routes.iter().map(|it| it.errors).sum(),
        routes,
        generated_at: now,
    })
}

fn told(route: String, method: String, it: &Counted) -> RouteCalls {
    let ms = |share| it.histogram.percentile(share).map(|micros| rounded(micros / 1000.0, 3));
    RouteCalls {
        route,
        method,
        calls: it.calls,
        errors: it.client_errors + it.server_errors,
        client_errors: it.client_errors,
        server_errors: it.server_errors,
        p50: ms(0.5),
        p90: ms(0.9),
        p99: ms(0.99),
    }
}
