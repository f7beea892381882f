//! Lists as files, over HTTP and at the command line.

use std::process::Command;

use serde_json::{Value, json};

use crate::{
    app::{Reply, TestApp},
    courses::course,
    jobs::post,
};

const KINDS: [&str; 11] = [
    "users",
    "posts",
    "comments",
    "flags",
    "courses",
    "projects",
    "jobs",
    "applications",
    "sessions",
    "points",
    "audit",
];

fn rows(reply: &Reply) -> Vec<Value> {
    let rows: Value = serde_json::from_slice(&reply.bytes).unwrap();
    rows.as_array().unwrap().clone()
}

#[test]
fn every_list_is_a_file_for_admins_only() {
    let t = TestApp::stocked();
    let (root, ann, rita) = (t.admin("boss"), t.user("ann"), t.recruiter("rita"));
    for kind in KINDS {
        let address = format!("/api/admin/{kind}/export/");
        t.visitor().get(&address).status(401);
        ann.get(&address).status(403);
        rita.get(&address).status(403);
        let csv = root.get(&address);
        assert_eq!(csv.status.code, 200, "{kind}: {}", csv.text());
        let name = format!("attachment; filename=\"{kind}.csv\"");
        assert!(csv.header("Content-Disposition").unwrap().starts_with(&name), "{kind}");
        assert!(csv.text().lines().next().unwrap().starts_with("id,"), "{kind} has a header row");
        assert!(
            root.get(&format!("{address}?as=json")).header("Content-Type").unwrap().starts_with("application/json")
        );
        assert_eq!(root.get(&format!("{address}?as=xml")).faults(), ["as"]);
        assert_eq!(root.get(&format!("{address}?ordering=nonsense")).faults(), ["ordering"]);
    }
    root.get("/api/admin/dreams/export/").status(404);
}

#[test]
fn a_file_has_the_rows_that_the_filters_leave_and_no_more_columns_than_it_names() {
    let t = TestApp::stocked();
    let (root, ivy, rita, ann) = (t.admin("boss"), t.instructor("ivy"), t.recruiter("rita"), t.user("ann"));
    course(&ivy, json!({"title": "Open"}));
    course(&ivy, json!({"title": "Draft", "status": "inactive"}));
    let job = post(&rita, json!({"title": "=cmd()"}));
    ann.post(&format!("{job}apply/"), json!({"cover_letter": "Dear all,"})).created();
    root.post(&format!("/api/admin/users/{}/points/", ann.id), json!({"amount": 7, "reason": "Well done."})).created();
    let of = |kind: &str, filters: &str| rows(&root.get(&format!("/api/admin/{kind}/export/?as=json&{filters}")));
    assert_eq!(of("users", "is_recruiter=true")[0]["email"], "rita@example.org");
    assert_eq!(of("users", "").len(), 4);
    assert_eq!((of("courses", "").len(), of("courses", "status=inactive").len()), (2, 1));
    assert_eq!(of("jobs", "search=cmd")[0]["posted_by.username"], "rita");
    assert!(root.get("/api/admin/jobs/export/").text().contains("'=cmd()"), "no formula");
    let applied = &of("applications", "status=applied")[0];
    assert_eq!((&applied["user.username"], &applied["job_title"]), (&json!("ann"), &json!("=cmd()")));
    assert!(applied.get("cover_letter").is_none());
    assert!(of("applications", "status=offered").is_empty());
    let given = &of("points", "reason=admin_adjustment")[0];
    assert_eq!(
        (&given["user.username"], &given["amount"], &given["note"]),
        (&json!("ann"), &json!(7), &json!("Well done."))
    );
    assert_eq!(of("audit", "action=users.points_adjusted")[0]["actor.username"], "boss");
    let all = t.query::<String>("SELECT group_concat(password) FROM users");
    let hash = all.split(',').next().unwrap().to_owned();
    assert!(!root.get("/api/admin/users/export/").text().contains(&hash[..20]));
    // More than a page, in one file.
    t.write(|tx| {
        tx.execute(
            "INSERT INTO audit_entries (at, action, target_type, target_id, changes)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
             SELECT 1, 'jobs.deleted', 'x', i, '{}' FROM n",
            [],
        )?;
        Ok(())
    });
    assert_eq!(of("audit", "action=jobs.deleted").len(), 250);
    t.write(|tx| {
        tx.execute(
            "INSERT INTO audit_entries (at, action, target_type, target_id, changes)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             SELECT 1, 'jobs.deleted', 'x', i, '{}' FROM n",
            [],
        )?;
        Ok(())
    });
    root.get("/api/admin/audit/export/?action=jobs.deleted").status(400);
}

#[test]
fn the_command_line_takes_out_everything() {
    let t = TestApp::stocked();
    let (ivy, rita) = (t.instructor("ivy"), t.recruiter("rita"));
    course(&ivy, json!({"title": "Draft", "status": "inactive"}));
    let job = post(&rita, json!({}));
    rita.post(&format!("{job}close/"), json!({})).ok();
    let careerd = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_careerd"));
        command.arg("--data-dir").arg(t.folder()).args(args).output().unwrap()
    };
    for kind in KINDS {
        let out = careerd(&["export", kind]);
        assert!(out.status.success(), "{kind}: {}", String::from_utf8_lossy(&out.stderr));
        assert!(out.stdout.starts_with(b"id,"), "{kind}");
    }
    for kind in ["courses", "jobs"] {
        let out = careerd(&["export", kind, "--json"]);
        let rows: Vec<Value> = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(rows.len(), 1, "{kind}");
    }
    assert_eq!(careerd(&["export", "dreams"]).status.code(), Some(2));
}
