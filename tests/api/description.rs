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
        .filter(|line| line.contains(" /api/") && !line.contains("/api/docs"))
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
