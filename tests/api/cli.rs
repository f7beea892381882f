//! The command line, as the program that was built.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

/// Runs careerd in an empty working directory, with only these variables.
pub fn careerd(folder: &Path, args: &[&str], input: &str, variables: &[(&str, &str)]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_careerd"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn accounts_are_made_and_managed() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str], input: &str| careerd(folder.path(), args, input, &[]);
    let create = ["user", "create", "--username", "ann", "--email", "ann@example.org", "--admin", "--password-stdin"];
    let weak = run(&create, "1234567890\n");
    assert_eq!(weak.status.code(), Some(1));
    assert!(said(&weak).contains("password:"), "{}", said(&weak));
    assert!(run(&create, "a long walk in May\n").status.success());
    let again = run(&create, "a long walk in May\n");
    assert!(said(&again).contains("This name is taken."), "{}", said(&again));
    let shown: serde_json::Value = serde_json::from_slice(&run(&["user", "show", "ann"], "").stdout).unwrap();
    assert_eq!((&shown["is_staff"], &shown["email"]), (&true.into(), &"ann@example.org".into()));
    let last = run(&["user", "revoke", "ann", "is_staff"], "");
    assert_eq!(last.status.code(), Some(1));
    assert!(said(&last).contains("last admin"));
    assert!(run(&["user", "passwd", "ann", "--password-stdin"], "another walk in June\n").status.success());
    assert_eq!(run(&["user", "show", "nobody"], "").status.code(), Some(1));
    // Without a password on standard input one is made up, and told once.
    let made = run(&["user", "create", "--username", "ben", "--email", "ben@example.org"], "");
    assert!(made.status.success() && said(&made).contains("The password is "), "{}", said(&made));
    let set = run(&["user", "passwd", "ben"], "");
    assert!(set.status.success() && said(&set).contains("The password is "), "{}", said(&set));
    assert_ne!(said(&made).split("is ").nth(1), said(&set).split("is ").nth(1));
}

#[test]
fn wrong_usage_is_two_and_a_wrong_setting_names_itself() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(careerd(folder.path(), &["sing"], "", &[]).status.code(), Some(2));
    let misspelt = careerd(folder.path(), &["config", "check"], "", &[("CAREERD_SERVER__PROT", "80")]);
    assert_eq!(misspelt.status.code(), Some(1));
    assert!(said(&misspelt).contains("CAREERD_SERVER__PORT"), "{}", said(&misspelt));
    let other = careerd(folder.path(), &["config", "check"], "", &[("DATABASE_URL", "postgres://localhost/x")]);
    assert!(!other.status.success() && said(&other).to_lowercase().contains("sqlite"), "{}", said(&other));
    let short = careerd(folder.path(), &["config", "check"], "", &[("SECRET_KEY", "short")]);
    assert!(!short.status.success());
}

#[test]
fn settings_tell_their_source_and_hide_secrets() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("careerd.toml"), "[server]\nport = 9000\n").unwrap();
    let variables =
        [("CAREERD_RATE_LIMIT__WHITELIST", "[]"), ("SECRET_KEY", "0123456789abcdef0123456789abcdef-secret")];
    let shown = careerd(folder.path(), &["config", "show", "--json"], "", &variables);
    let text = said(&shown);
    assert!(!text.contains("-secret"), "{text}");
    let settings: Vec<serde_json::Value> = serde_json::from_slice(&shown.stdout).unwrap();
    let of = |key: &str| settings.iter().find(|it| it["key"] == key).unwrap().clone();
    assert_eq!(of("server.port")["value"], 9000);
    assert_eq!(of("rate_limit.whitelist")["source"], "CAREERD_RATE_LIMIT__WHITELIST");
    assert_eq!(of("auth.secret_key")["value"], "set");
}

#[test]
fn describing_commands_need_no_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    for args in [&["routes"][..], &["openapi"], &["completions", "bash"], &["config", "show"]] {
        let output = careerd(folder.path(), args, "", &[]);
        assert!(output.status.success() && !output.stdout.is_empty(), "{args:?}: {}", said(&output));
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing was made");
    let routes = careerd(folder.path(), &["routes"], "", &[]);
    assert!(said(&routes).contains("POST   /api/token/\n"));
}

#[test]
fn migrations_tell_where_the_file_stands() {
    let folder = tempfile::tempdir().unwrap();
    assert!(said(&careerd(folder.path(), &["migrate", "--status"], "", &[])).contains("waits"));
    assert!(careerd(folder.path(), &["migrate"], "", &[]).status.success());
    assert!(!said(&careerd(folder.path(), &["migrate", "--status"], "", &[])).contains("waits"));
    let told = careerd(folder.path(), &["migrate", "--status", "--json"], "", &[]);
    let told: Vec<serde_json::Value> = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told[0]["name"], "V1__platform");
    let applied: Result<Vec<_>, _> =
        told.iter().map(|it| chrono::DateTime::parse_from_rfc3339(it["applied"].as_str().unwrap())).collect();
    assert!(applied.is_ok(), "{told:?}");
    let other = tempfile::tempdir().unwrap();
    let waiting = careerd(other.path(), &["migrate", "--status", "--json"], "", &[]);
    let waiting: Vec<serde_json::Value> = serde_json::from_slice(&waiting.stdout).unwrap();
    assert_eq!((waiting.len(), &waiting[0]["applied"]), (told.len(), &serde_json::Value::Null));
    std::fs::write(folder.path().join("broken.db"), "this is no database at all, only some text of a certain length")
        .unwrap();
    let broken = careerd(folder.path(), &["migrate"], "", &[("DATABASE_URL", "sqlite:broken.db")]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(said(&broken).contains("broken.db"), "{}", said(&broken));
}

#[test]
fn an_import_is_all_or_nothing_and_names_the_bad_line() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| careerd(folder.path(), args, "", &[]);
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("skills.csv", "name,category,synonyms\nFalconry,other,Hawking;Falcon care\nGo,backend,Golang\n");
    assert!(said(&run(&["import", "skills", "skills.csv", "--dry-run"])).contains("2 rows are good"));
    assert!(run(&["import", "skills", "skills.csv"]).status.success());
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Kb2vU8MlPrjVvfiRkoh8jyRhhBo8kL1rkyXcRCLFYrI";
    let ann = format!(
        r#"{{"username": "ann", "email": "ann@example.org", "title": "Falconer", "points": 40, "is_recruiter": true,
        "password_hash": "{hash}", "created_at": "2024-05-01", "skills": ["hawking", "Golang"]}}"#
    )
    .replace('\n', " ");
    write("people.jsonl", &format!("{ann}\n\n{{\"username\": \"ben\", \"email\": \"ben\", \"skills\": [\"Go\"]}}\n"));
    let bad = run(&["import", "users", "people.jsonl"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(said(&bad).contains("line 3: email:"), "{}", said(&bad));
    assert_eq!(run(&["user", "show", "ann"]).status.code(), Some(1), "nothing was kept");
    write("people.jsonl", &ann);
    assert!(run(&["import", "users", "people.jsonl"]).status.success());
    let shown: serde_json::Value = serde_json::from_slice(&run(&["user", "show", "ann"]).stdout).unwrap();
    assert_eq!(
        (&shown["points"], &shown["is_recruiter"], &shown["title"]),
        (&40.into(), &true.into(), &"Falconer".into())
    );
    assert_eq!(shown["created_at"], "2024-05-01T00:00:00.000000Z");
    write("posts.csv", "title,content,tags,author_id,created_at\nOld,Some words.,rust;web-dev,1,2024-05-02\n");
    assert!(run(&["import", "posts", "posts.csv"]).status.success());
    write(
        "courses.jsonl",
        "{\"title\": \"Hawks\", \"description\": \"A beginning.\", \"difficulty\": \"beginner\", \"category\": \"Birds\", \
         \"duration_hours\": 3, \"taught_skills\": [\"Hawking\"], \"instructor_id\": 1, \"created_at\": \"2024-06-01\"}\n\
         {\"title\": \"More\", \"description\": \"It goes on.\", \"difficulty\": \"advanced\", \"category\": \"Birds\", \
         \"duration_hours\": 3, \"prerequisites\": [1]}\n",
    );
    assert!(run(&["import", "courses", "courses.jsonl"]).status.success());
    let courses: serde_json::Value =
        serde_json::from_slice(&run(&["export", "courses", "--as", "json"]).stdout).unwrap();
    assert_eq!(courses.as_array().unwrap().len(), 2, "a course may build upon one of the same file");
    write("bad.jsonl", "{\"title\": \"Hawks\", \"instructor_id\": 99, \"prerequisites\": [77]}\n");
    let bad = said(&run(&["import", "courses", "bad.jsonl"]));
    assert!(bad.contains("instructor_id:") && bad.contains("prerequisites:") && bad.contains("description:"), "{bad}");
    write("bad.jsonl", "{\"title\": \"New\", \"content\": \"x\", \"author_id\": 99}");
    assert!(said(&run(&["import", "posts", "bad.jsonl"])).contains("line 1: author_id:"));
    write("heavy.jsonl", &ann.replace("m=19456", "m=1000000").replace("ann", "cid"));
    assert!(said(&run(&["import", "users", "heavy.jsonl"])).contains("password_hash"));
}

#[test]
fn a_list_in_a_table_may_have_any_of_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let import = |kind: &str, text: &str| {
        std::fs::write(folder.path().join("rows.csv"), text).unwrap();
        let done = careerd(folder.path(), &["import", kind, "rows.csv"], "", &[]);
        assert!(done.status.success(), "{}", said(&done));
    };
    import("skills", "name\nFalconry\nArchery\nRowing\nSailing\n");
    let job = "title,description,company_name,location,job_type";
    import(
        "jobs",
        &format!("{job},required_skill_ids,nice_to_have_skill_ids\nFalconer,x,Acme,Kyiv,full-time,1;2,3; 4\n"),
    );
    import(
        "jobs",
        &format!("{job},required_skills,nice_to_have_skills\nFalconer,x,Acme,Kyiv,full-time,1;Archery,Rowing;4\n"),
    );
    let course = "title,description,difficulty,category,duration_hours";
    let hawks = "x,beginner,Birds,3";
    import("courses", &format!("{course},required_skill_ids,taught_skill_ids\nOne,{hawks},1;2,3;4\nTwo,{hawks},1,3\n"));
    import("courses", &format!("{course},prerequisite_ids\nThree,{hawks},1;2\n"));
    import("courses", &format!("{course},prerequisites,taught_skills\nFour,{hawks},1;3,Falconry;2\n"));
    let t = crate::app::TestApp::over(&folder.path().join("careerd-data"));
    let ids = |path: &str, field: &str| {
        let row = t.visitor().get(path).ok();
        row[field].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    for job in ["/api/jobs/1/", "/api/jobs/2/"] {
        assert_eq!((ids(job, "required_skills"), ids(job, "nice_to_have_skills")), (vec![1, 2], vec![3, 4]), "{job}");
    }
    let one = "/api/courses/1/";
    assert_eq!((ids(one, "required_skills"), ids(one, "taught_skills")), (vec![1, 2], vec![3, 4]));
    assert_eq!(ids("/api/courses/3/", "prerequisites"), [1, 2]);
    assert_eq!(
        (ids("/api/courses/4/", "prerequisites"), ids("/api/courses/4/", "taught_skills")),
        (vec![1, 3], vec![1, 2])
    );
}

/// Runs careerd over the file `slow`, whose first half comes at once and whose second after three seconds.
fn over_a_slow_file(args: &[&str], first: &str, second: &str) -> (Output, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slow");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.write_all(first.as_bytes()).unwrap();
            std::thread::sleep(std::time::Duration::from_secs(3));
            file.write_all(second.as_bytes()).unwrap();
        });
        careerd(folder.path(), args, "", &[])
    });
    assert!(output.status.success(), "{}", said(&output));
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    (output, told)
}

#[test]
fn what_takes_long_tells_how_far_it_is_in_plain_lines_beside_its_output() {
    let row = |name: &str| format!("{{\"name\": \"{name}\"}}\n");
    let (done, told) = over_a_slow_file(&["import", "skills", "slow"], &row("Falconry"), &row("Archery"));
    assert!(told.lines().any(|it| it == "reading: 1"), "{told}");
    assert!(told.lines().count() < 10 && !told.contains('\u{1b}'), "{told}");
    assert_eq!(String::from_utf8(done.stdout).unwrap(), "2 rows were brought in.\n");
    let (_, told) = over_a_slow_file(&["import", "skills", "slow", "-q"], &row("Falconry"), &row("Archery"));
    assert_eq!(told, "", "whoever wants quiet has it");
    let (done, told) =
        over_a_slow_file(&["analyze", "--json", "slow"], "Skills\nPython, ", "Docker, Git and SQL, for long\n");
    assert!(told.lines().any(|it| it == "analysing: 0 of 1"), "{told}");
    let line: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert!(line["skills"]["Git"].is_number(), "{line}");
}

#[test]
fn what_the_command_line_does_to_accounts_is_audited() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let done = careerd(folder.path(), args, "", &[]);
        assert!(done.status.success(), "{}", said(&done));
        done.stdout
    };
    run(&["user", "create", "--username", "ann", "--email", "ann@example.org", "--admin"]);
    run(&["user", "create", "--username", "ben", "--email", "ben@example.org"]);
    run(&["user", "logout", "ben"]);
    let entries: Vec<serde_json::Value> = serde_json::from_slice(&run(&["export", "audit", "--json"])).unwrap();
    let mut told: Vec<_> = entries
        .iter()
        .map(|it| (it["action"].as_str().unwrap(), it["target_id"].as_i64().unwrap(), &it["actor.id"]))
        .collect();
    told.sort_by_key(|it| (it.1, it.0));
    let house = &serde_json::Value::Null;
    assert_eq!(
        told,
        [
            ("users.changed", 1, house),
            ("users.created", 1, house),
            ("users.created", 2, house),
            ("users.signed_out", 2, house)
        ]
    );
}

#[test]
fn a_demo_instance_has_courses_projects_and_posts_with_exact_figures() {
    let folder = tempfile::tempdir().unwrap();
    let seed = ["seed", "--users", "24", "--jobs", "24", "--courses", "22", "--posts", "26"];
    let output = careerd(folder.path(), &seed, "", &[]);
    assert!(output.status.success(), "{}", said(&output));
    let config = careerd::platform::config::Config {
        data_dir: folder.path().join("careerd-data"),
        ..careerd::platform::config::Config::default()
    };
    let app = careerd::platform::app::App::open(config, careerd::reactions::react).unwrap();
    let runtime = rocket::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let wrong = app.db.write(|tx| {
        let learning = careerd::courses::store::recount(tx)? + careerd::projects::store::recount(tx)?;
        Ok((learning, careerd::community::service::recount(tx)?))
    });
    assert_eq!(runtime.block_on(wrong).unwrap(), (0, 0));
    let made = app.db.read(|conn| {
        let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
        let posts = count("SELECT count(*) FROM community_posts")?;
        for rows in ["comments", "likes", "recommendation_clicks", "user_exports"] {
            assert!(count(&format!("SELECT count(*) FROM {rows}"))? > 0, "{rows}");
        }
        Ok((count("SELECT count(*) FROM courses")?, count("SELECT count(*) FROM projects")?, posts))
    });
    assert_eq!(runtime.block_on(made).unwrap(), (22, 8, 26));
}

#[test]
fn the_model_is_told_fitted_again_and_judged() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| careerd(folder.path(), args, "", &[]);
    let info: serde_json::Value = serde_json::from_slice(&run(&["model", "info", "--json"]).stdout).unwrap();
    assert!(info["bytes"].as_u64().unwrap() < 1000 && info["examples"].as_u64().unwrap() > 1000, "{info}");
    let lines = "{\"text\": \"Skills\\n[[Python]], [[Go]], [[Docker]]\\nI go home.\"}\n{\"text\": \"Skills\\nSQL, Rust\", \"skills\": [\"sql\", \"Rust\"]}\n";
    std::fs::write(folder.path().join("labelled.jsonl"), lines).unwrap();
    let judged = run(&["model", "eval", "--json", "labelled.jsonl"]);
    let judged: serde_json::Value = serde_json::from_slice(&judged.stdout).unwrap();
    assert_eq!((&judged["texts"], &judged["precision"], &judged["recall"]), (&2.into(), &1.0.into(), &1.0.into()));
    std::fs::write(folder.path().join("broken.jsonl"), "{}").unwrap();
    let held_out: serde_json::Value = serde_json::from_slice(&run(&["model", "eval", "--json"]).stdout).unwrap();
    let figure = |part: &str, name: &str| held_out[part][name].as_f64().unwrap();
    for (part, least) in [("made", 0.9), ("written", 0.9), ("unknown_items", 0.7)] {
        assert!(figure(part, "precision") > least && figure(part, "recall") > least, "{part}: {held_out}");
    }
    let broken = run(&["model", "eval", "broken.jsonl"]);
    assert!(broken.status.code() == Some(1) && said(&broken).contains("line 1"), "{}", said(&broken));
}
