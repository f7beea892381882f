//! Who may call what: every address × everybody, held against one table that a person can read.
//!
//! `access.txt` has a line for each address and a column for each caller. A number is the answer to a call with an empty body:
//! 401, 403 and 404 keep the caller out; 400 and 409 mean that the caller may, and that the call lacked something.
//! `UPDATE_GOLDEN=1 cargo test --test api who_may` writes it anew, to be read before it is committed.

use std::{collections::BTreeMap, env, fs, path::Path, sync::OnceLock};

use careerd::router;
use rocket::http::Method;
use serde_json::json;

use crate::app::TestApp;

/// The callers: nobody; members without a row of their own, with each role; the owner of every row, who has the roles that
/// making them takes; and the owner by an API token that reads, and one that writes.
const CALLERS: [&str; 9] =
    ["nobody", "member", "instructor", "recruiter", "moderator", "admin", "owner", "reads", "writes"];

/// A house with one row of everything, as it lies on the disk.
struct World {
    folder: tempfile::TempDir,
    tokens: BTreeMap<&'static str, String>,
    /// The path up to a parameter → what stands there.
    ids: BTreeMap<&'static str, String>,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut t = TestApp::new();
        t.expect_empty_queue = false;
        let mut ids = BTreeMap::new();
        let tokens = inhabit(&t, &mut ids);
        t.drain();
        let folder = t.keep();
        World { folder, tokens, ids }
    })
}

/// Makes the people and, for the owner, one row of everything; their tokens.
fn inhabit(t: &TestApp, ids: &mut BTreeMap<&'static str, String>) -> BTreeMap<&'static str, String> {
    t.write(careerd::skills::service::fill_catalogue);
    t.write(careerd::achievements::service::fill);
    let owner = t.instructor("owner");
    let (user, house) = (careerd::platform::id::Id::new(owner.id), t);
    house.write(move |tx| {
        careerd::users::service::set_role(tx, careerd::users::audit::By::HOUSE, user, "is_recruiter", true)
    });
    let boss = t.recruiter("boss");
    let mut made = |name: &'static str, row: serde_json::Value| {
        ids.insert(name, row["id"].to_string());
        row["id"].as_i64().unwrap_or_default()
    };

    made("/api/users/", json!({"id": owner.id}));
    made("/api/skills/", json!({"id": 1}));
    let text = b"Ann Owner\n\nExperience\nEngineer, 2018 - 2022\nPython and Docker\n\nSkills\nPython, Docker, Git\n";
    let resume = made("/api/resumes/", owner.upload("/api/resumes/", "cv.txt", text, &[]).created());
    made("/api/admin/users/", json!({"id": owner.id}));
    made("/api/admin/skills/", json!({"id": 1}));
    let suggested = owner.post("/api/skills/suggestions/", json!({"name": "Falconry"})).created();
    made("/api/admin/skill-suggestions/", suggested);
    made("/api/user-skills/", owner.post("/api/user-skills/", json!({"skill_name": "Rust"})).created());

    let offer =
        json!({"title": "A", "description": "B", "difficulty": "beginner", "category": "C", "duration_hours": 1});
    let course = made("/api/courses/", owner.post("/api/courses/", offer.clone()).created());
    let module = json!({"course_id": course, "title": "One", "content_type": "text"});
    let module = made("/api/course-modules/", owner.post("/api/course-modules/", module).created());
    made("/api/modules/", json!({"id": module}));
    made("/api/course-progress/", owner.post("/api/course-progress/", json!({"course_id": course})).created());
    let project = made("/api/projects/", owner.post("/api/projects/", offer).created());
    made("/api/project-progress/", owner.post("/api/project-progress/", json!({"project_id": project})).created());

    let job = json!({"title": "A", "description": "B", "company_name": "C", "location": "D", "job_type": "contract"});
    made("/api/jobs/", owner.post("/api/jobs/", job.clone()).created());
    let deleted = owner.post("/api/jobs/", job.clone()).created();
    owner.delete(&format!("/api/jobs/{}/", deleted["id"])).empty();
    made("/api/admin/deleted/jobs/", deleted);
    let other = boss.post("/api/jobs/", job).created()["id"].clone();
    let application = json!({"job_id": other, "resume_id": resume});
    made("/api/job-applications/", owner.post("/api/job-applications/", application).created());
    let profile = json!({"specializations": ["Rust"], "bio": "I help with Rust."});
    let mentor = made("/api/mentors/", owner.post("/api/mentors/", profile).created());
    made("/api/mentor-profile/", json!({"id": mentor}));
    made("/api/admin/mentors/", json!({"id": mentor}));
    let session = json!({"mentor_id": mentor, "title": "A"});
    let session = made("/api/mentor-sessions/", boss.post("/api/mentor-sessions/", session).created());
    made("/api/mentee-sessions/", json!({"id": session}));
    t.drain();

    made("/api/connections/", boss.post("/api/connections/", json!({"user_id": owner.id})).created());
    let post = made(
        "/api/community/posts/",
        owner.post("/api/community/posts/", json!({"title": "A", "content": "B"})).created(),
    );
    let said = json!({"post_id": post, "content": "C"});
    made("/api/community/comments/", owner.post("/api/community/comments/", said).created());
    boss.post(&format!("/api/community/posts/{post}/flag/"), json!({"reason": "other"})).created();
    made("/api/admin/moderation/", json!({"id": 1}));

    ids.insert("/api/admin/", "jobs".into());
    ids.insert("/api/admin/deleted/", "jobs".into());
    let mut made = |name: &'static str, row: serde_json::Value| ids.insert(name, row["id"].to_string());
    made("/api/notifications/", owner.get("/api/notifications/").ok()["results"][0].clone());
    made("/api/achievements/", t.visitor().get("/api/achievements/").ok()["results"][0].clone());
    made("/api/user-achievements/", owner.get("/api/user-achievements/").ok()["results"][0].clone());
    made("/api/auth/sessions/", owner.get("/api/auth/sessions/").ok()["results"][0].clone());
    let reads = owner.post("/api/auth/tokens/", json!({"name": "r", "scope": "read"})).created();
    made("/api/auth/tokens/", reads.clone());
    let writes = owner.post("/api/auth/tokens/", json!({"name": "w", "scope": "write"})).created();

    made("/api/analytics/users/", json!({"id": owner.id}));
    let today = t.app.clock.now().date();
    t.block_on(careerd::analytics::service::keep_snapshot(&t.app, today)).unwrap();
    ids.insert("/api/analytics/snapshots/", today.to_string());
    ids.insert("/api/analytics/", "platform".into());

    let text = |it: &serde_json::Value| it.as_str().unwrap().to_owned();
    let boss_of_all = t.admin("boss-of-all");
    let task = boss_of_all.get("/api/admin/tasks/?state=done").ok()["results"][0]["id"].clone();
    ids.insert("/api/admin/tasks/", text(&task));
    ids.insert("/api/admin/tasks/kinds/", "recount".into());
    ids.insert("/api/admin/schedule/", "purge_expired".into());
    BTreeMap::from([
        ("member", t.user("member").token.unwrap()),
        ("instructor", t.instructor("instructor").token.unwrap()),
        ("recruiter", t.recruiter("recruiter").token.unwrap()),
        ("moderator", t.with_role("moderator", "is_moderator").token.unwrap()),
        ("admin", boss_of_all.token.unwrap()),
        ("owner", owner.token.clone().unwrap()),
        ("reads", text(&reads["token"])),
        ("writes", text(&writes["token"])),
    ])
}

/// The address with ids of the world in it.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for step in path.split_inclusive('/') {
        if step.starts_with('{') {
            let id =
                world().ids.get(filled.as_str()).unwrap_or_else(|| panic!("the world has no row for {filled}{step}"));
            filled.push_str(id);
            filled.push('/');
        } else {
            filled.push_str(step);
        }
    }
    filled
}

#[test]
fn who_may_call_what_is_what_the_table_says() {
    let world = world();
    let mut table = format!("{:6} {:58}", "", "");
    table.push_str(&CALLERS.map(|it| format!("{it:>11}")).concat());
    table.push('\n');
    let reading = TestApp::over(world.folder.path());
    for line in router::address_list() {
        let (method, path) = line.split_once(' ').map(|(method, path)| (method.trim(), path.trim())).unwrap();
        if !path.starts_with("/api/") || path.starts_with("/api/docs") {
            continue;
        }
        let method: Method = method.parse().unwrap();
        let mut fresh = None;
        let mut row = format!("{method:6} {path:58}");
        for caller in CALLERS {
            // What a caller changed is not there for the next one.
            let house = match method {
                Method::Get => &reading,
                _ => &*fresh.get_or_insert_with(|| TestApp::over(world.folder.path())),
            };
            let mut member = house.visitor();
            member.token = world.tokens.get(caller).cloned();
            let body = matches!(method, Method::Post | Method::Put | Method::Patch).then(|| json!({}));
            let status = member.call(method, &filled(path), body, &[]).status.code;
            row.push_str(&format!("{status:>11}"));
            if status < 300 {
                fresh = None;
            }
        }
        table.push_str(row.trim_end());
        table.push('\n');
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/access.txt");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &table).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    for (is, should) in table.lines().zip(expected.lines()) {
        assert_eq!(is, should, "UPDATE_GOLDEN=1 writes the table anew");
    }
    assert_eq!(
        table.lines().count(),
        expected.lines().count(),
        "addresses came or went; UPDATE_GOLDEN=1 writes the table anew"
    );
}
