//! Backups that can be read back, and what is told of the instance.

use std::{cell::RefCell, fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use careerd::operations::backup::{Folder, make, restore};
use serde_json::{Value, json};

use crate::{
    app::{SetAtEnd, TestApp},
    cli::careerd,
};

/// A house with somebody, a résumé and its file.
fn inhabited() -> TestApp {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    ann.upload("/api/resumes/", "cv.txt", b"Ann\n\nSkills\nPython, Docker, Git, and much more besides\n", &[])
        .created();
    t.drain();
    t
}

pub fn backup(t: &TestApp, keep: Option<usize>) -> anyhow::Result<careerd::operations::backup::Backup> {
    t.pass(chrono::Duration::seconds(1));
    make(&t.app.config, &Folder::of(&t.app.config), t.app.clock.now(), keep, &|_, _, _| {})
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).map(|it| it.map(|it| it.unwrap().file_name().into_string().unwrap()).collect());
    let mut names: Vec<String> = entries.unwrap_or_default();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_backup_tells_how_far_it_is() {
    let t = inhabited();
    let heard: RefCell<Vec<(&str, u64, u64)>> = RefCell::default();
    let place = tempfile::tempdir().unwrap();
    let hear = |what, done, of| {
        let mut heard = heard.borrow_mut();
        if heard.last().is_none_or(|(last, ..)| *last != what) {
            assert_eq!(done, 0, "{what} begins with nothing done");
            heard.push((what, 0, of));
        }
        let (_, before, _) = heard.pop().unwrap();
        assert!(before <= done && done <= of, "{what}: {done} after {before} of {of}");
        heard.push((what, done, of));
    };
    // Nobody knows beforehand how long these take.
    let open = ["copying the database", "counting rows", "checking"];
    let steps = || {
        let heard = heard.take();
        assert!(heard.iter().all(|(what, done, of)| done == of && (*of == 0) == open.contains(what)), "{heard:?}");
        heard.into_iter().map(|it| it.0).collect::<Vec<_>>()
    };
    let folder = Folder::of(&t.app.config);
    let made = make(&t.app.config, &folder, t.app.clock.now(), None, &hear).unwrap();
    assert_eq!(
        steps(),
        ["packing files", "copying the database", "packing the database", "counting rows", "unpacking", "checking"]
    );
    restore(&folder.path(&made.name), &place.path().join("a"), true, &hear).unwrap();
    assert_eq!(steps(), ["reading"]);
    restore(&folder.path(&made.name), &place.path().join("a"), false, &hear).unwrap();
    assert_eq!(steps(), ["unpacking", "checking"]);
}

#[test]
fn a_backup_becomes_the_same_house_again() {
    let t = inhabited();
    let made = backup(&t, Some(14)).unwrap();
    assert!(made.verified && made.bytes > 0);
    let (folder, place) = (t.folder().join("backups"), tempfile::tempdir().unwrap());
    assert_eq!((mode(&folder), mode(&folder.join(&made.name))), (0o700, 0o600));
    assert!(names(&folder).iter().all(|it| !it.starts_with(".new-")), "nothing half-made is left");

    let to = place.path().join("restored");
    let receipt = restore(&folder.join(&made.name), &to, false, &|_, _, _| {}).unwrap();
    assert_eq!((receipt.tables["users"], receipt.tables["resumes"]), (1, 1));
    assert!(receipt.tables["skills"] >= 400);
    assert_eq!((mode(&to), mode(&to.join("careerd.db")), mode(&to.join("keys/jwt.key"))), (0o700, 0o600, 0o600));
    let files = |folder: &Path| names(&folder.join("files/resumes"));
    assert_eq!(files(&to), files(t.folder()));

    // It serves: the same account signs in, and the old tokens are good, as the keys came along.
    let config = careerd::platform::config::Config { data_dir: to, ..t.app.config.clone() };
    let app = careerd::platform::app::App::open(config, careerd::reactions::react).unwrap();
    let found = t.block_on(
        app.db.read(|conn| Ok(conn.query_row("SELECT username FROM users", [], |row| row.get::<_, String>(0))?)),
    );
    assert_eq!(found.unwrap(), "ann");
    let key = |folder: &Path| fs::read(folder.join("keys/jwt.key")).unwrap();
    assert_eq!(key(&app.config.data_dir), key(t.folder()));
    app.db.close();
}

#[test]
fn a_restore_wants_an_empty_folder_and_a_whole_backup() {
    let t = inhabited();
    let made = backup(&t, None).unwrap();
    let archive = t.folder().join("backups").join(&made.name);
    let place = tempfile::tempdir().unwrap();
    let receipt = restore(&archive, &place.path().join("a"), true, &|_, _, _| {}).unwrap();
    assert_eq!((receipt.tables["users"], receipt.restored_to), (1, None));
    assert!(!place.path().join("a").exists(), "a dry run writes nothing");

    fs::write(place.path().join("mine"), "x").unwrap();
    let refused = restore(&archive, place.path(), false, &|_, _, _| {}).unwrap_err();
    assert!(refused.to_string().contains("not empty"), "{refused:#}");
    assert_eq!(names(place.path()), ["mine"]);

    let whole = fs::read(&archive).unwrap();
    let broken = place.path().join("broken.zip");
    let to = place.path().join("to");
    for (nth, what) in
        [("cut", whole[..whole.len() / 2].to_vec()), ("text", b"not a backup".to_vec()), ("empty", vec![])]
    {
        fs::write(&broken, what).unwrap();
        assert!(restore(&broken, &to, false, &|_, _, _| {}).is_err(), "{nth}");
        assert!(!to.exists(), "{nth}: nothing is left");
    }
    // Bits that turned, all over the file: each is seen, or lies where nothing is.
    let mut seen = 0;
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut turned = whole.clone();
        turned[at] ^= 0x10;
        fs::write(&broken, turned).unwrap();
        match restore(&broken, &to, false, &|_, _, _| {}) {
            Ok(receipt) => {
                assert_eq!(receipt.tables["users"], 1);
                fs::remove_dir_all(&to).unwrap();
            }
            Err(_) => seen += 1,
        }
        assert!(!to.exists());
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn only_so_many_are_kept_and_never_a_broken_one_instead_of_a_whole_one() {
    let t = inhabited();
    let first = backup(&t, Some(2)).unwrap();
    let second = backup(&t, Some(2)).unwrap();
    let third = backup(&t, Some(2)).unwrap();
    let listed = Folder::of(&t.app.config).list().unwrap();
    assert_eq!(listed.iter().map(|it| &it.name).collect::<Vec<_>>(), [&third.name, &second.name]);
    assert!(!t.folder().join("backups").join(first.name.replace(".zip", ".json")).exists());
    // What a crash in the middle left goes with the next one.
    fs::write(t.folder().join("backups/.new-lost"), "half").unwrap();
    fs::create_dir(t.folder().join("backups/.new-drill")).unwrap();
    backup(&t, Some(2)).unwrap();
    assert!(names(&t.folder().join("backups")).iter().all(|it| !it.starts_with(".new-")));
}

#[test]
fn a_backup_while_others_write_is_one_moment() {
    let t = inhabited();
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|threads| {
        let (app, over) = (&t.app, &over);
        threads.spawn(move || {
            let runtime = rocket::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let mut nth = 0;
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                nth += 1;
                // Two rows in one commit: a backup has both or neither.
                let both = app.db.write(move |tx| {
                    for half in ["a", "b"] {
                        tx.cache(&format!("{half}{nth}"), &1, chrono::Duration::days(1))?;
                    }
                    Ok(())
                });
                runtime.block_on(both).unwrap();
            }
        });
        let _over = SetAtEnd(over);
        for _ in 0..3 {
            let made = backup(&t, None).unwrap();
            let place = tempfile::tempdir().unwrap();
            let to = place.path().join("x");
            restore(&t.folder().join("backups").join(made.name), &to, false, &|_, _, _| {}).unwrap();
            let of = |half| format!("SELECT count(*) FROM cached WHERE key GLOB '{half}[0-9]*'");
            let restored = rusqlite::Connection::open(to.join("careerd.db")).unwrap();
            let count = |half| restored.query_row(&of(half), [], |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(count("a"), count("b"));
        }
    });
}

#[test]
fn a_disk_that_takes_no_more_in_the_middle_leaves_a_clear_state() {
    let t = inhabited();
    // Nothing of it can be compressed away.
    let noise: Vec<u8> = (0..12_u64 << 20)
        .scan(1_u64, |it, _| {
            *it = it.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Some((*it >> 56) as u8)
        })
        .collect();
    t.app.files.put(careerd::platform::files::Kind::Export, &noise).unwrap();
    let data = t.folder().to_str().unwrap().to_owned();
    let to = tempfile::tempdir().unwrap();
    // No file of this process may grow beyond 8 MB; a signal that is ignored makes the write fail, as a full disk does.
    let script = format!(
        "trap '' XFSZ; ulimit -f 16384; exec {} backup --data-dir {data} --to {}",
        env!("CARGO_BIN_EXE_careerd"),
        to.path().display()
    );
    let failed = Command::new("sh").args(["-c", &script]).env_clear().output().unwrap();
    let said = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert_eq!(failed.status.code(), Some(1), "{said}");
    assert!(said.contains("nothing of it was left"), "{said}");
    assert_eq!(names(to.path()), [".lock"]);
    let again =
        careerd(t.folder(), &["backup", "--data-dir", &data, "--to", to.path().to_str().unwrap(), "--json"], "", &[]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let made: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(made["verified"], true);
}

#[test]
fn admins_ask_for_backups_and_see_them() {
    let t = inhabited();
    let ann = t.admin("boss");
    assert_eq!(ann.get("/api/admin/backups/").ok()["results"], json!([]));
    let task = ann.post("/api/admin/backups/", json!({})).status(202);
    assert_eq!((&task["kind"], &task["state"]), (&"backup_database".into(), &"pending".into()));
    assert_eq!(ann.post("/api/admin/backups/", json!({})).status(202)["id"], task["id"], "one that waits is enough");
    t.drain();
    let page = ann.get("/api/admin/backups/").ok();
    let list = &page["results"];
    assert_eq!((list.as_array().unwrap().len(), &list[0]["verified"]), (1, &true.into()));
    let storage = ann.get("/api/admin/storage/").ok();
    assert_eq!(storage["newest_backup"]["name"], list[0]["name"]);
    assert!(storage["database_bytes"].as_i64().unwrap() > 0 && storage["free_bytes"].as_i64().unwrap() > 0);
    let resumes = storage["files"].as_array().unwrap().iter().find(|it| it["kind"] == "resumes").unwrap().clone();
    assert_eq!((&resumes["files"], &resumes["public"]), (&1.into(), &false.into()));
    let health = ann.get("/api/admin/health/").ok();
    assert_eq!(health["status"], "ok", "{health}");
    assert_eq!(health["checks"].as_array().unwrap().len(), 5);
    assert!(health["uptime_seconds"].as_i64().unwrap() >= 0);
}

#[test]
fn counters_are_rebuilt_on_demand() {
    let t = inhabited();
    let ann = t.admin("boss");
    t.write(|tx| Ok(tx.execute("UPDATE skills SET users = users + 7", [])?));
    let task = ann.post("/api/admin/recount/", json!({})).status(202);
    assert_eq!(task["kind"], "recount");
    t.drain();
    assert_eq!(t.write(careerd::skills::store::recount), 0);
}

#[test]
fn settings_tell_value_source_and_default_and_no_secret() {
    let t = TestApp::with(|config| {
        config.backup.keep = 3;
        config.metrics.token = "a-token-that-nobody-sees".to_owned().into();
    });
    let ann = t.admin("ann");
    let text = ann.get("/api/admin/settings/?page_size=100").text();
    assert!(!text.contains("nobody-sees"));
    let page: Value = serde_json::from_str(&text).unwrap();
    let all = page["results"].as_array().unwrap();
    assert_eq!(page["count"], all.len());
    let of = |key: &str| all.iter().find(|it| it["key"] == key).unwrap().clone();
    assert_eq!((&of("backup.keep")["value"], &of("backup.keep")["default"]), (&3.into(), &14.into()));
    assert_eq!((&of("metrics.token")["value"], &of("metrics.token")["default"]), (&"set".into(), &"unset".into()));
    assert_eq!(of("server.port")["source"], "default");
}

#[test]
fn figures_for_a_monitor_are_there_when_asked_for() {
    let off = TestApp::new();
    off.visitor().get("/metrics").status(404);
    let open = TestApp::with(|config| config.metrics.enabled = true);
    open.visitor().get("/api/skills/").ok();
    open.visitor().get("/api/nothing/").status(404);
    let reply = open.visitor().get("/metrics");
    assert!(reply.header("Content-Type").unwrap().starts_with("text/plain"), "{:?}", reply.headers);
    let text = reply.text();
    assert_eq!(reply.status.code, 200, "{text}");
    for line in [
        "careerd_http_requests_total{route=\"/api/skills\",method=\"GET\",class=\"good\"} 1\n",
        "careerd_http_request_duration_seconds_count{route=\"/api/skills\",method=\"GET\"} 1\n",
        "careerd_tasks{state=\"pending\"} 0\n",
        "# TYPE careerd_http_request_duration_seconds histogram\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for line in text.lines().filter(|it| !it.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("careerd_") && value.parse::<f64>().is_ok(), "{line}");
    }
    let closed = TestApp::with(|config| {
        config.metrics.enabled = true;
        config.metrics.token = "0123456789".to_owned().into();
    });
    let with = |token: &str| {
        let header = format!("Bearer {token}");
        closed.visitor().call(rocket::http::Method::Get, "/metrics", None, &[("Authorization", &header)]).status.code
    };
    assert_eq!((closed.visitor().get("/metrics").status.code, with("012345678"), with("0123456789")), (401, 401, 200));
}

#[test]
fn the_doctor_finds_what_is_wrong_and_changes_nothing() {
    let t = inhabited();
    let data = t.folder().to_str().unwrap().to_owned();
    let look = || {
        let output = careerd(t.folder(), &["doctor", "--data-dir", &data, "--json"], "", &[]);
        let findings: Vec<Value> = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let bad: Vec<String> =
            findings.iter().filter(|it| it["ok"] == false).map(|it| it["part"].as_str().unwrap().to_owned()).collect();
        (output.status.code(), bad)
    };
    fs::set_permissions(t.folder(), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(look(), (Some(0), vec![]));
    t.write(|tx| Ok(tx.execute("UPDATE skills SET users = users + 7 WHERE id <= 2", [])?));
    let stored = names(&t.folder().join("files/resumes")).remove(0);
    fs::rename(t.folder().join("files/resumes").join(&stored), t.folder().join("taken")).unwrap();
    fs::set_permissions(t.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(t.folder().join("keys/jwt.key"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(look(), (Some(1), vec!["counters".into(), "resumes".into(), "permissions".into()]));
    assert_eq!(t.write(careerd::skills::store::recount), 2, "the look mended nothing");
    let empty = tempfile::tempdir().unwrap();
    let none = careerd(empty.path(), &["doctor"], "", &[]);
    assert_eq!(none.status.code(), Some(1));
    assert!(names(empty.path()).is_empty(), "it makes no instance");
}

#[test]
fn the_command_line_backs_up_restores_and_runs_the_schedule() {
    let t = inhabited();
    let data = t.folder().to_str().unwrap().to_owned();
    let run = |args: &[&str]| careerd(t.folder(), &[args, &["--data-dir", &data]].concat(), "", &[]);
    let made = run(&["backup"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let backup = Folder::of(&t.app.config).list().unwrap().remove(0);
    let archive = t.folder().join("backups").join(&backup.name);
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("new");
    let args = ["restore", archive.to_str().unwrap(), "--to", to.to_str().unwrap(), "--json"];
    let dry: Value =
        serde_json::from_slice(&careerd(t.folder(), &[&args[..], &["--dry-run"]].concat(), "", &[]).stdout).unwrap();
    let real: Value = serde_json::from_slice(&careerd(t.folder(), &args, "", &[]).stdout).unwrap();
    assert_eq!(dry["tables"], real["tables"]);
    assert_eq!(careerd(t.folder(), &args, "", &[]).status.code(), Some(1), "it is not empty now");
    let shown = careerd(t.folder(), &["user", "show", "ann", "--data-dir", to.to_str().unwrap()], "", &[]);
    assert!(shown.status.success());

    let list: Vec<Value> = serde_json::from_slice(&run(&["schedule", "list", "--json"]).stdout).unwrap();
    assert!(list.iter().any(|it| it["name"] == "backup_database"));
    assert!(String::from_utf8_lossy(&run(&["schedule", "run", "recount"]).stderr).contains("no such entry"));
    assert!(run(&["schedule", "run", "purge_expired"]).status.success());
    assert!(String::from_utf8_lossy(&run(&["task", "pause", "purge_expired"]).stdout).contains("1 tasks of it wait"));
    assert!(String::from_utf8_lossy(&run(&["task", "top"]).stdout).contains("paused"));
    assert!(run(&["task", "resume", "purge_expired"]).status.success());
    assert_eq!(run(&["task", "pause", "nonesuch"]).status.code(), Some(1));
}
