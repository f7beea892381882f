//! What people take away of all that is kept of them.

use std::io::{Cursor, Read as _};

use careerd::{
    exports::{BuildUserExport, ENTITIES},
    platform::{id::Id, task::Task as _},
};
use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Member, Reply, TestApp};

const EXPORT: &str = "/api/users/me/export/";
const DOWNLOAD: &str = "/api/users/me/export/download/";

/// The archive, unpacked: each name with its bytes.
fn unpacked(reply: &Reply) -> Vec<(String, Vec<u8>)> {
    assert_eq!(reply.status.code, 200, "{}", reply.text());
    let mut archive = zip::ZipArchive::new(Cursor::new(&reply.bytes)).unwrap();
    (0..archive.len())
        .map(|nth| {
            let mut entry = archive.by_index(nth).unwrap();
            let mut bytes = vec![];
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn entity(archive: &[(String, Vec<u8>)], name: &str) -> Value {
    let (_, bytes) = archive.iter().find(|it| it.0 == name).unwrap_or_else(|| panic!("{name} is missing"));
    serde_json::from_slice(bytes).unwrap()
}

fn stored(t: &TestApp) -> usize {
    std::fs::read_dir(t.folder().join("files/exports")).unwrap().count()
}

fn busy<'t>(t: &'t TestApp) -> Member<'t> {
    t.write(careerd::skills::service::fill_catalogue);
    let (ann, rita, ben) = (t.user("ann"), t.recruiter("rita"), t.user("ben"));
    ann.patch("/api/users/me/", json!({"first_name": "Ann", "bio": "I keep hawks and falcons."})).ok();
    let mine = ann.post("/api/user-skills/", json!({"skill": "Rust"})).created();
    ben.post(&format!("/api/user-skills/{}/endorse/", mine["id"]), json!({})).ok();
    let text = b"Ann\nRust since 2019 at Sky Ltd, with many hawks.\n";
    ann.upload("/api/resumes/", "../ann's r\u{e9}sum\u{e9}.txt", text, &[]).created();
    let job = json!({"title": "Falconer", "description": "Birds.", "company_name": "Sky", "location": "Lviv",
        "job_type": "full-time"});
    let job = rita.post("/api/jobs/", job).created();
    ann.post(&format!("/api/jobs/{}/apply/", job["id"]), json!({"cover_letter": "I whisper to hawks."})).created();
    ann.post("/api/auth/tokens/", json!({"name": "script", "scope": "read"})).created();
    t.drain();
    ann
}

#[test]
fn the_first_call_has_the_archive_made_and_tells_when_it_is_ready() {
    let t = TestApp::new();
    let ann = busy(&t);
    ann.get(DOWNLOAD).status(404);
    let asked = ann.get(EXPORT).status(202);
    assert_eq!(asked["status"], "pending");
    assert!(asked.get("download_url").is_none());
    assert_eq!(ann.get(EXPORT).status(202), asked);
    assert_eq!(ann.post(EXPORT, json!({})).status(202), asked, "one at a time");
    ann.get(DOWNLOAD).status(404);
    t.drain();
    let ready = ann.get(EXPORT).ok();
    assert_eq!((&ready["status"], &ready["download_url"]), (&json!("ready"), &json!(DOWNLOAD)));
    assert!(ready["expires_at"].is_string() && ready["bytes"].as_i64().unwrap() > 500);
    let told = ann.get("/api/notifications/?type=system").ok();
    assert_eq!(told["results"][0]["title"], "The archive of your data is ready");
    let mails = t.mails();
    assert_eq!(mails.iter().filter(|it| it.contains("Your data is ready")).count(), 1);
    let reply = ann.get(DOWNLOAD);
    assert_eq!(reply.header("Content-Type"), Some("application/zip"));
    assert!(reply.header("Content-Disposition").unwrap().contains("careerd-ann-"));
}

#[test]
fn everything_of_the_person_is_in_it_and_nothing_secret() {
    let t = TestApp::new();
    let ann = busy(&t);
    ann.get(EXPORT).status(202);
    t.drain();
    let archive = unpacked(&ann.get(DOWNLOAD));
    for (name, _) in ENTITIES {
        entity(&archive, &format!("{name}.json"));
    }
    let profile = &entity(&archive, "profile.json")[0];
    assert_eq!((&profile["email"], &profile["open_to_remote"]), (&json!("ann@example.org"), &json!(true)));
    assert!(profile["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(entity(&archive, "skills.json")[0]["skill"], "Rust");
    assert_eq!(entity(&archive, "endorsements_received.json")[0]["by"], "ben");
    let application = entity(&archive, "job_applications.json");
    assert_eq!(application[0]["cover_letter"], "I whisper to hawks.");
    assert_eq!(entity(&archive, "job_application_steps.json")[0]["to_status"], "applied");
    let resume = &entity(&archive, "resumes.json")[0];
    assert!(resume["extracted_text"].as_str().unwrap().contains("many hawks"));
    assert!(resume["result"].is_object(), "JSON stays JSON");
    let file = archive.iter().find(|it| it.0.starts_with("files/resumes/1-")).unwrap();
    assert_eq!(file.1, b"Ann\nRust since 2019 at Sky Ltd, with many hawks.\n");
    assert!(!file.0.contains(".."), "{}", file.0);
    let index = entity(&archive, "index.json");
    assert_eq!(
        (&index["rows"]["skills"], &index["files"], &index["missing_files"]),
        (&json!(1), &json!(1), &json!([]))
    );
    let (hash, password): (String, String) =
        (t.query("SELECT hash FROM api_tokens"), t.query("SELECT password FROM users WHERE username = 'ann'"));
    for (name, bytes) in &archive {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains(&hash) && !text.contains(&password) && !text.contains("argon2"), "{name}");
        assert!(!text.contains("ben@example.org") && !text.contains("rita@example.org"), "{name}");
    }
}

#[test]
fn every_table_that_speaks_of_people_is_in_the_archive() {
    // Secrets, what is kept for minutes, and the archives themselves.
    const NOT: &[&str] = &[
        "refresh_tokens",
        "mail_tokens",
        "second_factors",
        "recovery_codes",
        "idempotency",
        "user_exports",
        "stream_tickets",
    ];
    let t = TestApp::new();
    let list: String = t.query(
        "SELECT json_group_array(DISTINCT m.name) FROM sqlite_schema m, pragma_foreign_key_list(m.name) f
         WHERE m.type = 'table' AND lower(f.\"table\") = 'users'",
    );
    let tables: Vec<String> = serde_json::from_str(&list).unwrap();
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables.iter().filter(|it| !NOT.contains(&it.as_str())) {
        let named = ENTITIES
            .iter()
            .any(|(_, sql)| sql.split(|it: char| !it.is_alphanumeric() && it != '_').any(|word| word == table));
        assert!(named, "add a line for {table} to ENTITIES in src/exports/content/store.rs, or name it here");
    }
}

#[test]
fn an_archive_is_replaced_kept_for_a_week_and_gone_with_the_account() {
    let t = TestApp::new();
    let ann = busy(&t);
    ann.get(EXPORT).status(202);
    t.drain();
    let first = ann.get(EXPORT).ok();
    t.pass(Duration::minutes(1));
    assert_eq!(ann.post(EXPORT, json!({})).status(202)["status"], "pending");
    ann.get(DOWNLOAD).status(404);
    t.drain();
    assert_ne!(ann.get(EXPORT).ok()["requested_at"], first["requested_at"]);
    assert_eq!(stored(&t), 1, "the one before is gone");

    t.pass(Duration::days(7));
    let ann = t.sign_in_again(&ann);
    ann.get(DOWNLOAD).status(404);
    t.block_on(careerd::upkeep::PurgeExpired {}.run(t.app.clone())).unwrap();
    assert_eq!(stored(&t), 0);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM user_exports"), 0);
    assert_eq!(ann.get(EXPORT).status(202)["status"], "pending", "a new one begins");
    t.drain();
    assert_eq!(stored(&t), 1);
    ann.delete("/api/users/me/").empty();
    t.drain();
    t.pass(Duration::days(15));
    t.block_on(careerd::admin::EraseAccounts {}.run(t.app.clone())).unwrap();
    assert_eq!(stored(&t), 0);
}

#[test]
fn a_lost_archive_says_so_and_can_be_asked_for_again() {
    let t = TestApp::new();
    let ann = busy(&t);
    ann.get(EXPORT).status(202);
    t.write(|tx| {
        tx.execute("UPDATE Jobs SET status = 'Killed' WHERE idempotency_key LIKE 'build_user_export:%'", [])?;
        Ok(())
    });
    assert_eq!(ann.get(EXPORT).ok()["status"], "failed");
    assert_eq!(ann.post(EXPORT, json!({})).status(202)["status"], "pending");
    t.drain();
    assert_eq!(ann.get(EXPORT).ok()["status"], "ready");
    // A task that comes twice, and one for an archive that was replaced, do nothing.
    for export in [1, 2] {
        let task = BuildUserExport { user: Id::new(ann.id), export: Some(Id::new(export)) };
        t.block_on(task.run(t.app.clone())).unwrap();
    }
    assert_eq!(stored(&t), 1);
    let by_hand = BuildUserExport { user: Id::new(ann.id), export: None };
    t.block_on(by_hand.run(t.app.clone())).unwrap();
    t.drain();
    assert_eq!((ann.get(EXPORT).ok()["status"].as_str(), stored(&t)), (Some("ready"), 1));
}

#[test]
fn only_the_person_in_person_has_it() {
    let t = TestApp::new();
    let (ann, ben) = (busy(&t), t.admin("boss"));
    let answer = ann.post("/api/auth/tokens/", json!({"name": "all", "scope": "write"})).created();
    let by_token = ann.holding(&answer, "token");
    for path in [EXPORT, DOWNLOAD] {
        by_token.get(path).status(403);
        t.visitor().get(path).status(401);
    }
    by_token.post(EXPORT, json!({})).status(403);
    ben.get(&format!("/api/users/{}/export/", ann.id)).status(404);
    let calls = (0..6).map(|_| ann.ready(rocket::http::Method::Get, EXPORT)).collect();
    assert_eq!(t.at_once(calls), [202; 6]);
    assert_eq!(t.query::<i64>("SELECT count(*) FROM events WHERE kind = 'exports.asked'"), 1);
    ben.get(EXPORT).status(202);
    t.drain();
    assert!(!unpacked(&ben.get(DOWNLOAD)).iter().any(|it| String::from_utf8_lossy(&it.1).contains("hawks")));
}
