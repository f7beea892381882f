//! The web application as a browser gets it.

use std::{
    cmp::Reverse,
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use rocket::http::Method;

use crate::app::{Reply, TestApp};

/// What a page may weigh when it is opened for the first time, pressed, without pictures.
const FIRST_LOAD: usize = 60_000;

fn files() -> Vec<PathBuf> {
    let mut found = vec![];
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("static")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn named(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
    path.strip_prefix(root).unwrap().to_str().unwrap().to_owned()
}

fn pressed(t: &TestApp, path: &str) -> Reply {
    t.visitor().call(Method::Get, path, None, &[("Accept-Encoding", "gzip, deflate, br")])
}

/// What stands between `before` and the next quotation mark, each time.
fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_file_is_served_with_its_type_and_version() {
    let t = TestApp::new();
    for file in files() {
        let name = named(&file);
        let reply = t.visitor().get(&format!("/assets/live/{name}"));
        reply.status(200);
        let kind = reply.header("Content-Type").unwrap_or_default().to_owned();
        let wanted = match name.rsplit('.').next().unwrap() {
            "js" => "text/javascript",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            "html" => "text/html; charset=utf-8",
            other => panic!("{name}: .{other} is served by nobody"),
        };
        assert_eq!(kind, wanted, "{name}");
        assert!(reply.header("ETag").is_some_and(|it| it.len() == 18), "{name}");
    }
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let t = TestApp::new();
    for path in ["/", "/jobs/7", "/assets/live/main.js", "/assets/live/style/tokens.css"] {
        let first = t.visitor().get(path);
        first.status(200);
        assert_eq!(first.header("Cache-Control"), Some("no-cache"), "{path}");
        let tag = first.header("ETag").unwrap().to_owned();
        let again = t.visitor().call(Method::Get, path, None, &[("If-None-Match", &tag)]);
        again.status(304);
        assert!(again.bytes.is_empty());
        t.visitor().call(Method::Get, path, None, &[("If-None-Match", "\"another\"")]).status(200);
    }
}

#[test]
fn files_travel_pressed_where_the_browser_says_so() {
    let t = TestApp::new();
    let path = "/assets/live/parts/pieces.js";
    let plain = t.visitor().get(path);
    assert_eq!(plain.header("Content-Encoding"), None);
    assert_eq!(plain.header("Vary"), Some("Accept-Encoding"));
    let small = pressed(&t, path);
    assert_eq!(small.header("Content-Encoding"), Some("gzip"));
    assert!(small.bytes.len() < plain.bytes.len());
    assert_eq!(small.bytes[..2], [0x1f, 0x8b]);
    for refused in ["gzip;q=0", "identity", "br"] {
        let reply = t.visitor().call(Method::Get, path, None, &[("Accept-Encoding", refused)]);
        assert_eq!(reply.bytes, plain.bytes, "{refused}");
    }
}

#[test]
fn addresses_of_people_answer_the_page_and_those_of_machines_do_not() {
    let t = TestApp::new();
    let page = t.visitor().get("/").text();
    let people =
        ["/jobs/17", "/no/such/place", "/admin/tasks", "/verify/abc", "/reset-password", "/restore/abc", "/dashboard"];
    for path in people {
        let reply = t.visitor().get(path);
        reply.status(200);
        assert_eq!(reply.text(), page, "{path}");
    }
    for path in [
        "/api/nothing",
        "/api/jobs/x/y/z/",
        "/assets/old/main.js",
        "/assets/live/none.js",
        "/nothing.php",
        "/assets/live/..%2f..%2fCargo.toml",
    ] {
        let error = t.visitor().get(path).status(404);
        assert_eq!(error["error"], "Not Found", "{path}");
    }
}

#[test]
fn the_page_allows_nothing_inline_and_nothing_from_elsewhere() {
    let t = TestApp::new();
    let reply = t.visitor().get("/");
    let policy = reply.header("Content-Security-Policy").unwrap();
    assert!(policy.starts_with("default-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    let page = reply.text();
    assert!(!page.contains("<style") && !page.contains(" style="), "{page}");
    for script in page.split("<script").skip(1) {
        assert!(script.contains(" src=\"/assets/") && script.contains("></script>"), "{script}");
    }
}

/// Scripts and styles name nothing outside, and make no markup of text. One place may: the templates of the view layer,
/// whose text is ours.
#[test]
fn the_application_is_whole_and_makes_no_markup_of_what_people_wrote() {
    let mut wrong = vec![];
    for file in files() {
        let (name, text) = (named(&file), fs::read_to_string(&file).unwrap());
        for address in quoted(&text, "\"http://").into_iter().chain(quoted(&text, "\"https://")) {
            // The name of a vocabulary, not an address that is asked.
            if address != "www.w3.org/2000/svg" {
                wrong.push(format!("{name} names http(s)://{address}"));
            }
        }
        for word in [
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "setAttribute(\"style\"",
            "@import",
        ] {
            if text.contains(word) {
                wrong.push(format!("{name} uses {word}"));
            }
        }
        if text.contains("innerHTML") && name != "core/view.js" {
            wrong.push(format!("{name} uses innerHTML"));
        }
        if name.ends_with(".js") && (text.contains(" style=$") || text.contains(" style=\"")) {
            wrong.push(format!("{name} has a style attribute"));
        }
        // Modules that a module names are there.
        let here = file.parent().unwrap();
        for other in quoted(&text, "from \"./")
            .into_iter()
            .map(|it| here.join(it))
            .chain(quoted(&text, "from \"../").into_iter().map(|it| here.join("..").join(it)))
        {
            if !other.exists() {
                wrong.push(format!("{name} names {}", other.display()));
            }
        }
    }
    let screens = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("static/screens/index.js")).unwrap();
    for screen in quoted(&screens, "to(\"") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("static/screens/{screen}.js"));
        if !path.exists() {
            wrong.push(format!("there is no screen {screen}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The keys of the texts of a language.
fn keys(language: &str) -> BTreeSet<String> {
    let of_it = files().into_iter().filter(|it| named(it).starts_with(&format!("texts/{language}/")));
    let text: String = of_it.map(|it| fs::read_to_string(it).unwrap()).collect();
    text.lines().filter_map(|line| Some(line.strip_prefix("  \"")?.split_once("\": ")?.0.to_owned())).collect()
}

#[test]
fn every_text_is_there_in_both_languages() {
    let (english, ukrainian) = (keys("en"), keys("uk"));
    let missing: Vec<_> = english.symmetric_difference(&ukrainian).collect();
    assert!(missing.is_empty(), "only in one language: {missing:?}");
    assert!(english.len() > 500);
    let mut wrong = vec![];
    for file in files().iter().filter(|it| it.extension().is_some_and(|it| it == "js")) {
        let text = fs::read_to_string(file).unwrap();
        for key in text
            .split(|c: char| !(c.is_alphanumeric() || "(\".-_".contains(c)))
            .filter_map(|it| it.strip_prefix("t(\""))
        {
            let key = key.split('"').next().unwrap_or_default();
            if !english.contains(key) {
                wrong.push(format!("{}: {key}", named(file)));
            }
        }
    }
    assert!(wrong.is_empty(), "texts that are not there: {wrong:?}");
}

/// What the API says is said in other languages by its English words: those of each pattern must still stand in the program.
#[test]
fn what_the_api_says_in_ukrainian_is_still_said_in_english() {
    let mut said = String::new();
    let mut folders = ["src", "data"].map(|it| Path::new(env!("CARGO_MANIFEST_DIR")).join(it)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|it| it.to_str()) {
                None => folders.push(path),
                Some("rs" | "jsonl") => said += &fs::read_to_string(path).unwrap().replace("\\\"", "\""),
                Some(_) => {}
            }
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/texts/uk/answers.js");
    let text = fs::read_to_string(file).unwrap();
    let mut gone = vec![];
    for english in text.split("[\"").skip(1).filter_map(|row| row.split("\", ").next()) {
        let english = english.replace("\\\"", "\"");
        // Some run of its words that is at least half of it; the rest may be put together from pieces.
        let pieces: Vec<Vec<&str>> =
            english.split(['{', '}']).step_by(2).map(|it| it.split_whitespace().collect()).collect();
        let half = pieces.iter().flatten().map(|it| it.len()).sum::<usize>() / 2;
        let runs = pieces.iter().flat_map(|words| {
            (0..words.len()).flat_map(move |from| (from + 1..=words.len()).map(move |to| words[from..to].join(" ")))
        });
        let mut runs: Vec<String> = runs.filter(|it| it.len() >= half).collect();
        runs.sort_by_key(|it| Reverse(it.len()));
        let is_said = |run: &String| {
            let bare = run.trim_matches(|c: char| !c.is_alphanumeric());
            let small =
                bare.chars().take(1).flat_map(char::to_lowercase).chain(bare.chars().skip(1)).collect::<String>();
            said.contains(bare) || said.contains(&small)
        };
        if !runs.iter().any(is_said) {
            gone.push(english);
        }
    }
    assert!(gone.is_empty(), "nothing says these any more: {gone:#?}");
}

/// The areas of texts that every screen has.
fn always_there() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("static/core/texts.js")).unwrap();
    let list = text.split("const AREAS = [").nth(1).and_then(|it| it.split(']').next()).unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// A module and all that it names, without those that are loaded later.
fn with_what_it_names(module: &Path) -> BTreeSet<PathBuf> {
    let (mut found, mut wanted) = (BTreeSet::new(), vec![module.to_owned()]);
    while let Some(path) = wanted.pop() {
        let path = path.canonicalize().unwrap();
        if found.insert(path.clone()) {
            let text = fs::read_to_string(&path).unwrap();
            let folder = path.parent().unwrap();
            wanted.extend(quoted(&text, "from \"./").into_iter().map(|it| folder.join(it)));
            wanted.extend(quoted(&text, "from \"../").into_iter().map(|it| folder.join("..").join(it)));
            wanted.extend(quoted(&text, "import(\"./").into_iter().map(|it| folder.join(it)));
        }
    }
    found
}

#[test]
fn a_screen_loads_the_texts_that_it_shows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
    let areas = fs::read_dir(folder.join("texts/en")).unwrap().map(|it| it.unwrap().path());
    let texts: Vec<(String, String)> = areas
        .map(|it| (it.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(it).unwrap()))
        .collect();
    // Areas with this key; with any key that begins so, where the rest is put together.
    let with = |key: &str| -> Vec<&str> {
        let found = texts.iter().filter(|(_, text)| text.contains(&format!("\n  \"{key}")));
        found.map(|(area, _)| area.as_str()).collect()
    };
    let (always, mut wrong) = (always_there(), BTreeSet::new());
    let rows = fs::read_to_string(folder.join("screens/index.js")).unwrap();
    let screens = rows.split("to(\"").skip(1).map(|it| it.split(')').next().unwrap().split('"').step_by(2));
    let screens = screens.map(|mut it| (format!("screens/{}.js", it.next().unwrap()), it.collect::<Vec<_>>()));
    for (screen, own) in screens.chain([("main.js".to_owned(), vec![])]) {
        for file in with_what_it_names(&folder.join(&screen)) {
            let text = fs::read_to_string(&file).unwrap();
            let whole = quoted(&text, "t(\"").into_iter().map(|it| format!("{it}\""));
            let begun = text.split('`').filter_map(|it| it.split_once("${").map(|(it, _)| it.to_owned()));
            let groups = quoted(&text, "word(\"").into_iter().map(|it| format!("{it}."));
            for key in whole.chain(begun.filter(|it| it.ends_with('.'))).chain(groups) {
                let has = with(&key);
                let loaded = |area: &str| always.iter().any(|it| it == area) || own.contains(&area);
                if !has.is_empty() && !has.iter().any(|area| loaded(area)) {
                    wrong.insert(format!("{screen} shows {key} of {has:?} ({})", named(&file)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

/// The bytes of a text as a release sends it.
fn weigh(text: &str) -> usize {
    let mut press = GzEncoder::new(Vec::new(), Compression::best());
    press.write_all(text.as_bytes()).unwrap();
    press.finish().unwrap().len()
}

/// What is loaded before the dashboard stands: the page, its styles, the modules it names and those these name.
#[test]
fn the_first_load_is_light() {
    let t = TestApp::new();
    let text = t.visitor().get("/").text();
    let mut wanted: Vec<String> = quoted(&text, "href=\"/assets/live/")
        .into_iter()
        .chain(quoted(&text, "src=\"/assets/live/"))
        .map(str::to_owned)
        .collect();
    wanted.extend(["screens/home.js", "screens/dashboard.js"].map(str::to_owned));
    // The heavier language, without what other screens bring along.
    wanted.extend(always_there().iter().map(|area| format!("texts/uk/{area}.js")));
    wanted.push("texts/uk/answers.js".to_owned());
    let (mut seen, mut weight) = (BTreeSet::new(), weigh(&text));
    while let Some(name) = wanted.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let path = format!("/assets/live/{name}");
        let source = t.visitor().get(&path).text();
        weight += weigh(&source);
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        for other in quoted(&source, "from \"./") {
            wanted.push(format!("{folder}/{other}").trim_start_matches('/').to_owned());
        }
        wanted.extend(quoted(&source, "from \"../").into_iter().map(str::to_owned));
    }
    assert!(seen.contains("core/view.js") && seen.contains("parts/shell.js"), "{seen:?}");
    assert!(weight < FIRST_LOAD, "{weight} bytes in {} files", seen.len());
}
