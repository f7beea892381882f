//! What the addresses ask of the database: how many statements a page takes, and whether each of them finds its way by an index.
//!
//! The house is invented, as for a demo, and its readers tell every statement that they run.

use std::{
    collections::BTreeSet,
    sync::{Arc, Barrier, Mutex, PoisonError},
};

use careerd::{
    cli::seed::{self, SeedArgs},
    router,
};
use rocket::http::Method;
use rusqlite::{
    Connection,
    trace::{TraceEvent, TraceEventCodes},
};

use crate::app::{Member, TestApp};

/// What the readers of the house of this file ran. SQLite calls a plain function, so there is no other place for it.
static RAN: Mutex<Vec<String>> = Mutex::new(vec![]);
/// As many readers as a pool has.
const READERS: usize = 4;

/// Tables that stay small, and rows that a statement makes by itself.
const SMALL: &[&str] = &[
    "achievements",
    "skills",
    "categories",
    "schedule",
    "Workers",
    "wanted",
    "day",
    "known",
    "met",
    "rare",
    "match_weights",
    "job_market",
    "holders",
    // One row; one a day; ten.
    "mentor_review_totals",
    "daily_snapshots",
    "best",
];
/// Addresses that may scan: searches of admins.
const MAY_SCAN: &[&str] = &["/api/admin/*"];

fn tell(event: TraceEvent<'_>) {
    if let TraceEvent::Stmt(_, sql) = event {
        RAN.lock().unwrap_or_else(PoisonError::into_inner).push(sql.to_owned());
    }
}

/// A house with content whose readers tell what they run. Each of them listens: they are taken out of the pool together.
pub fn house() -> TestApp {
    let mut t = TestApp::new();
    t.expect_empty_queue = false;
    t.write(careerd::skills::service::fill_catalogue);
    t.write(careerd::achievements::service::fill);
    t.block_on(seed::fill(&t.app, SeedArgs::DEMO)).unwrap();
    let together = Arc::new(Barrier::new(READERS));
    let listening = (0..READERS).map(|_| {
        let together = together.clone();
        t.app.db.read(move |conn| {
            together.wait();
            conn.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(tell));
            Ok(())
        })
    });
    t.block_on(futures::future::join_all(listening)).into_iter().for_each(|it| it.unwrap());
    t
}

/// The statements of one call; not those of triggers, which begin with `--`, nor what a text index asks of its own tables.
fn statements(by: &Member<'_>, path: &str) -> Vec<String> {
    let take = || std::mem::take(&mut *RAN.lock().unwrap_or_else(PoisonError::into_inner));
    take();
    by.call(Method::Get, path, None, &[]);
    take().into_iter().filter(|it| !it.starts_with("--") && !it.contains("_fts_")).collect()
}

/// The addresses that are read without a parameter, and those of the first member and the first row of everything.
pub fn reads() -> Vec<String> {
    let mut paths = BTreeSet::new();
    for line in router::address_list() {
        let Some(path) = line.strip_prefix("GET").map(str::trim) else { continue };
        let is_api = path.starts_with("/api/") && !path.starts_with("/api/docs") && !path.contains("openapi");
        if is_api {
            let filled: Vec<_> = path.split('/').map(|it| if it.starts_with('{') { "1" } else { it }).collect();
            paths.insert(filled.join("/"));
        }
    }
    paths.into_iter().collect()
}

#[test]
fn pages_take_as_many_statements_for_fifty_rows_as_for_five_and_each_finds_its_way() {
    let t = house();
    let tokens =
        t.visitor().post("/api/token/", serde_json::json!({"username": "user1", "password": seed::PASSWORD})).ok();
    let admin = t.visitor().holding(&tokens, "access");
    let own = Connection::open(t.app.db.path()).unwrap();
    careerd::platform::sql::register(&own).unwrap();
    let (mut faults, mut seen) = (vec![], 0);
    for path in reads() {
        let few = statements(&admin, &format!("{path}?page_size=5&limit=5"));
        let again = statements(&admin, &format!("{path}?page_size=5&limit=5"));
        let many = statements(&admin, &format!("{path}?page_size=50&limit=20"));
        seen += many.len();
        if many.len() > few.len().max(again.len()) {
            faults.push(format!("{path}: {} statements for few rows, {} for many", few.len(), many.len()));
        }
        if MAY_SCAN.iter().any(|it| it.strip_suffix('*').map_or(path == *it, |under| path.starts_with(under))) {
            continue;
        }
        for sql in few.iter().chain(&many).collect::<BTreeSet<_>>() {
            for table in scanned(&own, sql) {
                faults.push(format!("{path}: scans {table}: {}", sql.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
        }
    }
    assert!(seen > 100, "the readers told of {seen} statements only");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The growing tables that a statement reads from end to end.
fn scanned(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // The plan does not depend on what would be bound.
    let mut rows = statement.raw_query();
    let mut plan: Vec<String> = vec![];
    while let Some(row) = rows.next().unwrap() {
        plan.push(row.get(3).unwrap());
    }
    let words: Vec<&str> = sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|it| !it.is_empty()).collect();
    let mut scanned = vec![];
    for step in plan {
        let Some(rest) = step.strip_prefix("SCAN ") else { continue };
        let (alias, way) = rest.split_once(' ').unwrap_or((rest, ""));
        // An alias stands behind its table.
        let named = words.windows(3).find(|it| ["FROM", "JOIN"].contains(&it[0]) && it[2] == alias);
        let table = named.map_or(alias, |it| it[1]);
        let is_found =
            way.contains("INDEX") || way.contains("VIRTUAL") || rest.starts_with("CONSTANT") || rest.starts_with('(');
        if !is_found && !SMALL.contains(&table) {
            scanned.push(table.to_owned());
        }
    }
    scanned
}
