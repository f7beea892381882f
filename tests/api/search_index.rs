//! The index of the search, in step with the rows that it is made of.

use careerd::{platform::id::Id, users::audit::By};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use rocket::http::Method;
use serde_json::json;

use crate::{
    app::TestApp,
    search::{WORDS, course, fill, find, found, post, some_words},
};

#[test]
fn a_change_is_found_with_the_answer_that_tells_of_it() {
    let t = TestApp::new();
    let (root, rita, ann) = (t.admin("boss"), t.recruiter("rita"), t.user("ann"));
    let skill = root.post("/api/skills/", json!({"name": "Falconry"})).created();
    let job = post(&rita, "Keeper", json!({"required_skill_ids": ["Falconry"]}));
    let held = ann.post("/api/user-skills/", json!({"skill": "Falconry"})).created();
    assert_eq!(find(&t, "falconry", "")["count"], 3);
    root.patch(&format!("/api/skills/{}/", skill["id"]), json!({"name": "Hawking"})).ok();
    assert_eq!((&find(&t, "falconry", "")["count"], &find(&t, "hawking", "")["count"]), (&json!(0), &json!(3)));
    ann.delete(&format!("/api/user-skills/{}/", held["id"])).empty();
    rita.patch(&format!("/api/jobs/{}/", job["id"]), json!({"required_skill_ids": [], "title": "Gardener"})).ok();
    assert_eq!(find(&t, "hawking", "")["count"], 1);
    assert_eq!(found(&find(&t, "gardener", "")), ["jobs Gardener"]);
    ann.patch("/api/users/me/", json!({"username": "anna", "bio": "I keep bees in the garden."})).ok();
    assert_eq!(found(&find(&t, "bees", "")), ["users anna"]);
    assert_eq!(found(&find(&t, "garden", "")).len(), 2);
}

/// Everything that the index holds: entries, and each word with the place where it stands.
fn dump(t: &TestApp) -> (Vec<String>, Vec<String>) {
    t.write(|tx| {
        tx.execute_batch("CREATE VIRTUAL TABLE IF NOT EXISTS temp.held USING fts5vocab ('main', 'search_index', 'instance')")?;
        let all = |sql: &str| {
            let mut statement = tx.prepare(sql)?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        let words = all("SELECT term || ' ' || doc || ' ' || col || ' ' || offset FROM temp.held ORDER BY 1")?;
        let entries = all(
            "SELECT document || ' ' || title || ' ' || at || ' ' || coalesce(until, '-') FROM search_entries ORDER BY document",
        )?;
        Ok((words, entries))
    })
}

#[test]
fn after_any_changes_the_index_is_what_a_rebuild_makes() {
    let t = TestApp::new();
    let mut random = StdRng::seed_from_u64(9);
    fill(&t, &mut random);
    let members: Vec<_> = (0..5).map(|nth| t.user(&format!("member{nth}"))).collect();
    let (root, rita, ines) = (t.admin("root1"), t.recruiter("rosa"), t.instructor("ilse"));
    for round in 0..150 {
        let words = some_words(&mut random, 3);
        let skill = *WORDS.choose(&mut random).unwrap();
        let (job, course) = (random.random_range(1..=20), random.random_range(1..=16));
        let member = members.choose(&mut random).unwrap();
        match random.random_range(0..18) {
            0 => drop(post(&rita, &words, json!({"nice_to_have_skill_ids": [1, 2, 3]}))),
            1 => drop(root.patch(&format!("/api/jobs/{job}/"), json!({"title": words, "required_skill_ids": [4]}))),
            2 => drop(root.post(&format!("/api/jobs/{job}/close/"), json!({}))),
            3 => drop(root.post(&format!("/api/jobs/{job}/reopen/"), json!({}))),
            4 => drop(root.delete(&format!("/api/jobs/{job}/"))),
            5 => drop(root.post(&format!("/api/jobs/{job}/restore/"), json!({}))),
            6 => drop(member.post("/api/user-skills/", json!({"skill_name": skill}))),
            7 => drop(member.patch("/api/users/me/", json!({"title": words, "first_name": skill}))),
            8 => {
                drop(root.patch(&format!("/api/skills/{}/", job % 14 + 1), json!({"name": format!("{skill}{round}")})))
            }
            9 => drop(ines.post("/api/courses/", self::course(&words))),
            10 => {
                drop(root.patch(&format!("/api/courses/{course}/"), json!({"status": "archived", "category": words})))
            }
            11 => drop(
                root.patch(&format!("/api/courses/{course}/"), json!({"status": "active", "taught_skill_ids": [5, 6]})),
            ),
            12 => drop(
                member.post("/api/community/posts/", json!({"title": words, "content": skill, "tags": ["falcon"]})),
            ),
            13 => drop(root.patch(&format!("/api/community/posts/{}/", round % 9 + 1), json!({"content": words}))),
            14 => drop(root.delete(&format!("/api/community/posts/{}/", round % 9 + 1))),
            15 => drop(
                member.post("/api/mentors/", json!({"specializations": [1, 4], "bio": "I help with this and that."})),
            ),
            16 => drop(member.delete("/api/mentors/me/")),
            _ => {
                let (id, active) = (Id::new(member.id), random.random_bool(0.5));
                t.write(move |tx| careerd::users::service::set_active(tx, By::HOUSE, id, active, ""));
            }
        }
    }
    t.write(|tx| careerd::jobs::service::merge_skill(tx, Id::new(8), Id::new(7)));
    assert_eq!(t.query::<i64>("SELECT count(*) FROM search_changes"), 0);
    let before = dump(&t);
    assert!(before.0.len() > 300 && before.1.len() > 30, "{} words, {} entries", before.0.len(), before.1.len());
    t.write(|tx| tx.enqueue(&careerd::search::RebuildSearchIndex {}).map(drop));
    t.drain();
    let after = dump(&t);
    assert_eq!(before.1, after.1);
    assert_eq!(before.0, after.0);
}

#[test]
fn a_change_that_is_undone_leaves_no_trace() {
    let t = TestApp::new();
    let rita = t.recruiter("rita");
    post(&rita, "Falcon keeper", json!({}));
    let before = dump(&t);
    let undone = t.block_on(t.app.db.write(|tx| {
        tx.execute("UPDATE job_opportunities SET title = 'Zebra'", [])?;
        Err::<(), _>(careerd::platform::error::Error::conflict("No."))
    }));
    assert!(undone.is_err());
    assert_eq!(dump(&t), before);
}

#[test]
fn what_is_written_at_once_is_found_at_once() {
    let t = TestApp::new();
    let rita = t.recruiter("rita");
    let body = json!({"title": "Falcon keeper", "description": "Work.", "company_name": "Acme", "location": "Lviv",
        "job_type": "full-time"});
    let call = rita.ready(Method::Post, "/api/jobs/").json(&body);
    let statuses = t.at_once(vec![call; 12]);
    assert_eq!(statuses, vec![201; 12]);
    assert_eq!(find(&t, "falcon", "")["facets"]["jobs"], 12);
}

#[test]
fn an_instance_from_before_gets_its_index_at_the_start() {
    let t = TestApp::stocked();
    let before = dump(&t);
    t.write(careerd::search::store::delete_all);
    assert_eq!(find(&t, "python", "")["count"], 0);
    t.user("ann");
    t.block_on(careerd::upkeep::at_start(&t.app)).unwrap();
    t.drain();
    assert_eq!(dump(&t).1.len(), before.1.len() + 1);
    assert!(dump(&t).1.ends_with(&before.1[before.1.len() - 9..]));
    assert!(t.query::<bool>("SELECT EXISTS (SELECT 1 FROM search_words WHERE word = 'python')"));
}

#[test]
fn what_there_is_much_of_leaves_room_for_the_rest() {
    let t = TestApp::new();
    let rita = t.recruiter("rita");
    post(&rita, "Keeper of falcons", json!({}));
    t.write(|tx| {
        tx.execute_batch(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2010)
             INSERT INTO community_posts (title, content, tags, hot, created_at, updated_at)
             SELECT 'About falcons ' || n, 'Words.', '[]', 0, n, n FROM n",
        )?;
        Ok(())
    });
    let all = find(&t, "falcons", "");
    assert_eq!((&all["facets"]["posts"], &all["facets"]["jobs"]), (&json!(2000), &json!(1)));
}

#[test]
fn what_is_deleted_or_closed_leaves_a_search_that_is_kept() {
    let t = TestApp::new();
    let rita = t.recruiter("rita");
    t.write(|tx| {
        tx.execute_batch(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000)
             INSERT INTO job_opportunities (title, company_name, location, is_remote, job_type, salary_currency, status,
                 posted_at, created_at, updated_at, description)
             SELECT 'Falconer', 'Acme', 'Lviv', 0, 'full-time', 'USD', 'active', n, n, n, 'Work.' FROM n",
        )?;
        Ok(())
    });
    let (gone, closed) = (post(&rita, "Falconer", json!({})), post(&rita, "Falconer", json!({})));
    let first = || rita.get("/api/jobs/?search=falconer").ok()["results"][0]["id"].clone();
    assert_eq!(first(), closed["id"]);
    rita.post(&format!("/api/jobs/{}/close/", closed["id"]), json!({})).ok();
    assert_eq!(first(), gone["id"]);
    rita.post(&format!("/api/jobs/{}/soft_delete/", gone["id"]), json!({})).ok();
    assert_eq!(first(), 1000);
}

#[test]
fn the_work_of_a_search_goes_by_indexes() {
    let t = TestApp::new();
    for sql in [
        "SELECT i.rowid, e.at FROM search_index i CROSS JOIN search_entries e ON e.document = i.rowid
         WHERE search_index MATCH 'a' ORDER BY i.rowid DESC LIMIT 5",
        "SELECT word FROM search_words WHERE length BETWEEN 4 AND 6 LIMIT 5",
        "SELECT kind, id FROM search_changes LIMIT 5",
    ] {
        let explained = format!("EXPLAIN QUERY PLAN {sql}");
        let plan = t
            .block_on(t.app.db.read(move |conn| {
                let mut statement = conn.prepare(&explained)?;
                let lines = statement.query_map([], |row| row.get::<_, String>(3))?;
                Ok(lines.collect::<rusqlite::Result<Vec<_>>>()?.join(" · "))
            }))
            .unwrap();
        assert!(!plan.contains("TEMP B-TREE"), "{sql}: {plan}");
        assert!(plan.contains("SEARCH") || sql.contains("search_changes"), "{sql}: {plan}");
    }
}
