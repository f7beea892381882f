//! The never-rules of the house, checked on its source.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A room may use the ones on the lines before it, never those after it, nor its neighbours on the same line.
const TIERS: &[&[&str]] = &[
    &["analysis"],
    &["platform"],
    &["users"],
    &["skills"],
    &["offers"],
    &["resumes", "courses", "projects", "community", "mentors", "connections"],
    &["jobs"],
    &["notifications", "achievements"],
    // Mail says what was told and earned, and asks what is wanted by mail.
    &["mail"],
    &["recommendations", "analytics", "profiles"],
    // The search reads what lists of people leave.
    &["search", "exports", "digests"],
    &["admin"],
    &["operations"],
    &["reactions"],
    &["upkeep", "pages"],
    &["schedule"],
    &["worker"],
    &["router"],
    &["cli"],
];

/// What a file of that name may never mention.
const NEVER: &[(&str, &[&str])] = &[
    ("model.rs", &["super::store", "super::service", "super::routes", "super::tasks", "&Connection"]),
    ("store.rs", &["service", "routes", "tasks::", "rocket", ".emit(", ".enqueue("]),
    ("service.rs", &["routes", "rocket", "SELECT ", "INSERT ", "UPDATE ", "DELETE ", ".enqueue("]),
    (
        "routes.rs",
        &[
            "SELECT ",
            "INSERT ",
            "UPDATE ",
            "DELETE FROM",
            "rusqlite",
            ".emit(",
            ".enqueue(",
            "store::insert",
            "store::update",
            "store::delete",
        ],
    ),
    // Matching is computed in memory, whatever it was read from.
    ("index.rs", &["store", "service", "rusqlite", "rocket", "SELECT "]),
    ("rank.rs", &["store", "service", "rusqlite", "rocket", "SELECT "]),
    ("tasks.rs", &["routes", "rocket::", "SELECT ", "INSERT ", "UPDATE ", "DELETE FROM", ".emit("]),
];

/// Only these say what follows; everybody else only tells what happened.
const MAY_ENQUEUE: &[&str] = &["reactions", "schedule", "upkeep", "worker", "cli", "platform"];

const MAX_LINES: usize = 500;

fn tier(room: &str) -> Option<usize> {
    TIERS.iter().position(|rooms| rooms.contains(&room))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file: no comments, and no tests, which may do what they like.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_house_keeps_its_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![];
    sources(&root.join("src"), &mut files);
    let mut broken = vec![];
    for file in files {
        let shown = file.strip_prefix(root.join("src")).unwrap();
        let room = shown.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let name = shown.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let code = code(&text);
        let mut tell = |what: String| broken.push(format!("{}: {what}", shown.display()));
        if text.lines().count() > MAX_LINES {
            tell(format!("is longer than {MAX_LINES} lines"));
        }
        if let Some(own) = tier(&room) {
            for other in TIERS.iter().skip(own).flat_map(|rooms| rooms.iter()).filter(|it| **it != room) {
                if uses(&code, other) {
                    tell(format!("uses {other}"));
                }
            }
        }
        for word in NEVER.iter().filter(|(of, _)| *of == name).flat_map(|(_, words)| words.iter()) {
            if code.contains(word) {
                tell(format!("mentions `{word}`"));
            }
        }
        if code.contains(".enqueue(") && name != "tasks.rs" && !MAY_ENQUEUE.contains(&room.as_str()) {
            tell("queues a task".into());
        }
        if code.contains(".emit(") && name != "service.rs" && room != "platform" {
            tell("emits an event outside a service".into());
        }
        let test_file = name.contains("test");
        for word in ["todo!(", "unimplemented!(", "dbg!(", ".unwrap()", "static mut", "lazy_static", "thread_local!"] {
            if !test_file && code.contains(word) {
                tell(format!("mentions `{word}`"));
            }
        }
        if !test_file && !["main", "cli"].contains(&room.as_str()) && code.contains("println!(") {
            tell("prints".into());
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// `crate::jobs`, also as a part of `use crate::{jobs, …}`.
fn uses(code: &str, room: &str) -> bool {
    let plain = format!("crate::{room}");
    let named = code.match_indices(&plain).any(|(at, _)| {
        let next = code[at + plain.len()..].chars().next();
        !next.is_some_and(|it| it.is_alphanumeric() || it == '_')
    });
    named
        || code.split("use crate::{").skip(1).any(|rest| {
            let (mut depth, mut word, mut heads) = (0, String::new(), vec![]);
            for c in rest.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => heads.push(std::mem::take(&mut word)),
                    c if depth == 0 => word.push(c),
                    _ => {}
                }
            }
            heads.push(word);
            heads.iter().any(|it| it.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next() == Some(room))
        })
}
