//! The addresses: the golden list, and the description that must equal what is mounted.

use std::{collections::BTreeSet, fs, path::Path};

use careerd::router;
use serde_json::Value;

use crate::app::TestApp;

#[test]
fn the_addresses_are_those_of_the_golden_list() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/routes.txt");
    let mounted = router::addresses().join("\n") + "\n";
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
    let mounted: BTreeSet<String> = router::addresses()
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
    for page in ["/api/docs", "/api/docs/", "/", "/api/docs/swagger-ui.css"] {
        t.visitor().get(page).status(200);
    }
    assert_eq!(t.visitor().get("/health").ok()["status"], "ok");
    assert_eq!(t.visitor().get("/health/ready/").ok()["checks"]["writable"], "ok");
}

#[test]
fn pages_of_a_browser_answer_and_unknown_addresses_of_the_api_stay_json() {
    let t = TestApp::new();
    for page in ["/jobs/17", "/verify/abc", "/unsubscribe/abc", "/link.js", "/start.css"] {
        let reply = t.visitor().get(page);
        reply.status(200);
        assert!(!reply.text().is_empty());
    }
    for address in ["/api/nothing/", "/health/nothing", "/media/avatars/none.png", "/nothing.php"] {
        assert_eq!(t.visitor().get(address).status(404)["error"], "Not Found", "{address}");
    }
}
