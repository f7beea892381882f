//! The addresses: the golden list, and the description that must equal what is mounted.

use std::{collections::BTreeSet, fs, path::Path};

use careerd::router;
use serde_json::Value;

use crate::app::TestApp;

#[test]
fn the_addresses_are_those_of_the_golden_list() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/routes.txt");
    let mounted = router::address_list().join("\n") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &mounted).unwrap();
    }
    let listed = fs::read_to_string(&golden).unwrap();
    assert!(listed == mounted, "run the tests with UPDATE_GOLDEN=1 and review the change of tests/api/routes.txt");
}

/// A release carries the kept one, so it must say what this program does.
#[test]
fn the_kept_description_is_the_one_that_is_made() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/openapi.json");
    let made = router::description_text().unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &made).unwrap();
    }
    let kept = fs::read_to_string(&golden).unwrap();
    assert!(kept == made, "run the tests with UPDATE_GOLDEN=1 and review the change of data/openapi.json");
}

#[test]
fn the_description_equals_the_mounted_addresses() {
    let described: Value = serde_json::from_str(&serde_json::to_string(&router::description()).unwrap()).unwrap();
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    let described: BTreeSet<String> = described["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .keys()
                .filter(|it| ["get", "post", "put", "patch", "delete"].contains(&it.as_str()))
                .map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let mounted: BTreeSet<String> = router::address_list()
        .iter()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        // The golden list writes the kinds of pictures out.
        .map(|line| if line.contains(" /media/") { "GET /media/{kind}/{name}".to_owned() } else { line })
        .collect();
    let missing: Vec<_> = mounted.difference(&described).collect();
    let invented: Vec<_> = described.difference(&mounted).collect();
    assert!(missing.is_empty() && invented.is_empty(), "not described: {missing:?}, not mounted: {invented:?}");
}

#[test]
fn the_description_and_its_page_are_served_without_a_token() {
    let t = TestApp::new();
    let described = t.visitor().get("/api/openapi.json").ok();
    assert_eq!(described["info"]["title"], "careerd");
    for page in ["/api/docs", "/api/docs/", "/"] {
        t.visitor().get(page).status(200);
    }
    assert_eq!(t.visitor().get("/health").ok()["status"], "ok");
    assert_eq!(t.visitor().get("/health/ready/").ok()["checks"]["writable"], "ok");
}

#[test]
fn pages_of_a_browser_answer_and_unknown_addresses_of_the_api_stay_json() {
    let t = TestApp::new();
    for page in [
        "/jobs/17",
        "/verify/abc",
        "/unsubscribe/abc",
        "/reset-password/abc",
        "/reset-password",
        "/restore/abc",
        "/assets/live/main.js",
        "/community/posts/3",
    ] {
        let reply = t.visitor().get(page);
        reply.status(200);
        assert!(!reply.text().is_empty());
    }
    for address in ["/api/nothing/", "/health/nothing", "/media/avatars/none.png", "/nothing.php"] {
        assert_eq!(t.visitor().get(address).status(404)["error"], "Not Found", "{address}");
    }
}

#[test]
fn the_description_is_whole() {
    let described: Value = serde_json::from_str(&serde_json::to_string(&router::description()).unwrap()).unwrap();
    let schemas = described["components"]["schemas"].as_object().unwrap();
    let mut wrong = vec![];
    for reference in references(&described) {
        let name = reference.trim_start_matches("#/components/schemas/");
        if !schemas.contains_key(name) {
            wrong.push(format!("{reference} leads nowhere"));
        }
    }
    let mut ids = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if !ids.insert(operation["operationId"].as_str().unwrap().to_owned()) {
                wrong.push(format!("{method} {path} has the id of another"));
            }
            let empty = vec![];
            let parameters = operation["parameters"].as_array().unwrap_or(&empty);
            for name in path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}')) {
                if !parameters.iter().any(|it| it["name"] == name && it["in"] == "path" && it["required"] == true) {
                    wrong.push(format!("{method} {path} does not say what {name} is"));
                }
            }
            if operation["summary"].as_str().is_none_or(str::is_empty) {
                wrong.push(format!("{method} {path} says nothing of itself"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Who may call an address is described by its guards; this table is what they do.
#[test]
fn who_may_call_is_described_as_it_is() {
    let described: Value = serde_json::from_str(&serde_json::to_string(&router::description()).unwrap()).unwrap();
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/access.txt")).unwrap();
    let mut wrong = vec![];
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [method, path, nobody, member, .., admin, owner, _, writes] = cells[..] else { panic!("{line}") };
        let ways = described["paths"][path][method.to_lowercase()]["security"].as_array().unwrap();
        let way = |name: &str| ways.iter().find_map(|it| it.get(name));
        let open = ways.is_empty() || ways.iter().any(|it| it == &serde_json::json!({}));
        let mut check = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{method} {path}: {what}, described as {ways:?}"));
            }
        };
        if way("cookie").is_some() {
            check(nobody == "403", "without the header of our own page");
            continue;
        }
        check(open == (nobody != "401"), "what nobody gets");
        if let Some(role) = way("bearer").and_then(|it| it[0].as_str()) {
            check(member == "403", "what a member gets who lacks the role");
            check(admin != "403", "what an admin gets");
            check(role.starts_with("is_"), "the role");
        }
        if !open && way("api_token").is_none() {
            check(writes == "403", "what comes by an API token");
        }
        if way("api_token").is_some() && owner == writes {
            check(writes != "401", "what comes by an API token");
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_bad_token_is_refused_wherever_a_token_is_described() {
    let mut t = TestApp::new();
    t.expect_empty_queue = false;
    let described = t.visitor().get("/api/openapi.json").ok();
    let mut stranger = t.visitor();
    stranger.token = Some("rubbish".into());
    for line in router::address_list() {
        let (method, path) = line.split_once(' ').map(|(method, path)| (method.trim(), path.trim())).unwrap();
        let path = if path.starts_with("/media/") { "/media/{kind}/{name}" } else { path };
        if path == "/metrics" {
            continue;
        }
        let ways = described["paths"][path][method.to_lowercase()]["security"].as_array().unwrap();
        let described = ways.iter().any(|it| it.get("bearer").is_some());
        let filled = path.split('/').map(|it| if it.starts_with('{') { "1" } else { it }).collect::<Vec<_>>().join("/");
        let body = (method != "GET" && method != "DELETE").then(|| serde_json::json!({}));
        let status = stranger.call(method.parse().unwrap(), &filled, body, &[]).status.code;
        assert_eq!(described, status == 401, "{method} {path} answers {status}");
    }
}

/// The bounds that the description tells are those of the readers: just within is taken, just beyond is refused.
#[test]
fn bodies_and_queries_are_described_with_the_bounds_that_they_are_held_to() {
    let described: Value = serde_json::from_str(&serde_json::to_string(&router::description()).unwrap()).unwrap();
    let job = &described["components"]["schemas"]["JobDraft"]["properties"];
    assert_eq!((&job["title"]["minLength"], &job["title"]["maxLength"]), (&1.into(), &200.into()));
    assert_eq!((&job["salary_min"]["minimum"], &job["salary_min"]["maximum"]), (&0.into(), &1_000_000_000.into()));
    assert_eq!(job["application_url"]["format"], "uri");
    let account = &described["components"]["schemas"]["NewAccount"]["properties"];
    assert_eq!((&account["email"]["format"], &account["username"]["maxLength"]), (&"email".into(), &30.into()));
    assert_eq!((&account["password"]["minLength"], &account["password"]["maxLength"]), (&10.into(), &200.into()));
    let query = |path: &str, name: &str| {
        let all = described["paths"][path]["get"]["parameters"].as_array().unwrap();
        all.iter().find(|it| it["name"] == name).unwrap()["schema"].clone()
    };
    assert_eq!(query("/api/search/", "q")["maxLength"], 200);
    assert_eq!(query("/api/jobs/", "page_size")["minimum"], 1);
    assert_eq!(query("/api/jobs/", "created_after")["format"], "date-time");
    assert!(query("/api/admin/audit/", "action")["items"]["enum"].as_array().unwrap().len() > 20);

    let t = TestApp::new();
    let ann = t.recruiter("ann");
    let with = |title: String| {
        let job = serde_json::json!({"title": title, "description": "B", "company_name": "C", "location": "D", "job_type": "contract"});
        ann.post("/api/jobs/", job)
    };
    with("x".repeat(200)).created();
    with("x".repeat(201)).status(400);
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value.as_str() {
                Some(target) if name == "$ref" => vec![target.to_owned()],
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => vec![],
    }
}
