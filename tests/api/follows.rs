//! What follows what: what is queued with each thing that happens, and nothing else.

use careerd::{
    achievements,
    platform::id::Id,
    users::{audit::By, service::set_active},
};
use chrono::Duration;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::{
    app::{Member, PASSWORD, TestApp},
    community::{comment, write},
    courses::course,
    mentor_sessions::{ask, time},
    mentors::{mentor, profile},
};

/// What this queues, as `kind whom what`, in order. Whatever was queued before has been run.
fn queued(t: &TestApp, act: impl FnOnce()) -> Vec<String> {
    t.drain();
    let last: String = t.query("SELECT coalesce(max(id), '') FROM Jobs");
    act();
    after(t, &last)
}

/// The same with all that follows from what follows, to the end of the chain.
fn all_that_follows(t: &TestApp, act: impl FnOnce()) -> Vec<String> {
    t.drain();
    let last: String = t.query("SELECT coalesce(max(id), '') FROM Jobs");
    act();
    t.drain();
    after(t, &last)
}

fn after(t: &TestApp, last: &str) -> Vec<String> {
    let lines: Option<String> = t.query(&format!(
        "SELECT group_concat(line, ';') FROM (SELECT trim(kind || ' ' || coalesce(
             (SELECT username FROM users WHERE id = coalesce(args ->> '$.user', args ->> '$.owner')),
             (SELECT group_concat(username, '+') FROM users WHERE id IN
                 (SELECT value FROM json_each(coalesce(args -> '$.users', '[]')))), '')
             || ' ' || CASE kind WHEN 'send_mail' THEN args ->> '$.template' WHEN 'send_notification' THEN args ->> '$.type' ELSE '' END) AS line
         FROM tasks WHERE id > '{last}' ORDER BY line)"
    ));
    lines.unwrap_or_default().split(';').filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn count(t: &TestApp, table: &str) -> i64 {
    t.query(&format!("SELECT count(*) FROM {table}"))
}

fn number(address: &str) -> i64 {
    address.trim_end_matches('/').rsplit('/').next().unwrap().parse().unwrap()
}

fn hold(who: &Member<'_>, skill: &str) -> String {
    let held = who.post("/api/user-skills/", json!({"skill_name": skill})).created();
    format!("/api/user-skills/{}/", held["id"])
}

#[test]
fn registration() {
    let t = TestApp::new();
    let follows = queued(&t, || drop(t.user("ann")));
    assert_eq!(follows, ["check_user_achievements ann", "send_welcome_email ann"]);
}

#[test]
fn a_skill_added_raised_or_removed() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    let again = ["check_user_achievements ann", "recommend_jobs_async ann"];
    let mut skill = String::new();
    assert_eq!(queued(&t, || skill = hold(&ann, "SQL")), again);
    assert_eq!(queued(&t, || drop(ann.patch(&skill, json!({"proficiency_level": "expert"})).ok())), again);
    assert_eq!(queued(&t, || ann.delete(&skill).empty()), again);
    let batch = json!({"skills": [{"skill_name": "SQL"}, {"skill_name": "Rust"}]});
    assert_eq!(queued(&t, || drop(ann.post("/api/user-skills/batch/", batch).created())), again);
    // What was kept for her is dropped in the same commit.
    let kept = "SELECT count(*) FROM cached WHERE key LIKE 'recommend%:1%'";
    t.drain();
    assert!(t.query::<i64>(kept) > 0);
    hold(&ann, "Git");
    assert_eq!(t.query::<i64>(kept), 0);
}

#[test]
fn an_endorsement_given_or_withdrawn() {
    let t = TestApp::stocked();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let skill = hold(&ann, "SQL");
    let state = || {
        (
            t.query::<i64>("SELECT coalesce(sum(amount), 0) FROM points_entries"),
            t.query::<i64>("SELECT points FROM users WHERE username = 'ann'"),
            ann.get(&skill).ok()["endorsements_count"].clone(),
        )
    };
    let given = queued(&t, || drop(ben.post(&format!("{skill}endorse/"), json!({})).ok()));
    assert_eq!(given, ["check_user_achievements ann", "check_user_achievements ben", "send_notification ann system"]);
    assert_eq!(state(), (5, 5, json!(1)), "before any task has run");
    assert!(queued(&t, || drop(ben.post(&format!("{skill}unendorse/"), json!({})).ok())).is_empty());
    assert_eq!(state(), (0, 0, json!(0)));
}

#[test]
fn a_resume_uploaded_and_analysed() {
    let t = TestApp::stocked();
    let ann = t.user("ann");
    let upload = |text: &str| drop(ann.upload("/api/resumes/", "cv.txt", text.as_bytes(), &[]).created());
    let resume =
        |skills: &str| format!("Ann\n\nExperience\n2019 - 2024 Engineer at Acme, with {skills}\n\nSkills\n{skills}\n");
    let text = resume("Python, Docker, SQL, Git");
    assert_eq!(queued(&t, || upload(&text)), ["analyze_resume_async", "check_user_achievements ann"]);
    let synced = || t.query::<i64>("SELECT count(*) FROM user_skills WHERE source = 'resume'");
    assert_eq!(synced(), 0);
    let analysed = all_that_follows(&t, || {
        let again = ann.post("/api/resumes/1/reanalyze/", json!({}));
        assert!(again.status.code < 300, "{}", again.text());
    });
    assert!(synced() > 0);
    for task in ["check_user_achievements ann", "send_notification ann system"] {
        assert!(analysed.iter().any(|it| it == task), "{task} is not among {analysed:?}");
    }
    let title = || t.query::<String>("SELECT title || ' ' || message FROM notifications ORDER BY id DESC LIMIT 1");
    assert!(title().contains("was analysed"), "{}", title());
    // What fits is computed anew by each analysis, once, whether the skills are new or not.
    let recommended = |follows: &[String]| follows.iter().filter(|it| *it == "recommend_jobs_async ann").count();
    assert_eq!(recommended(&analysed), 1, "{analysed:?}");
    let other = resume("Rust, Kubernetes, PostgreSQL, Terraform");
    assert_eq!(recommended(&all_that_follows(&t, || upload(&other))), 1);
    let none = all_that_follows(&t, || upload("- - - - - - - - - - - -"));
    assert!(none.contains(&"send_notification ann system".to_owned()), "{none:?}");
    assert_eq!(recommended(&none), 0, "nothing was found that could change what fits: {none:?}");
    assert!(title().contains("could not be analysed ") && title().ends_with('.'), "with the reason: {}", title());
}

#[test]
fn an_enrolment_and_the_modules_of_a_course() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let path = course(&ivy, json!({}));
    let module = |title: &str| {
        let body = json!({"title": title, "content_type": "text", "content": "Words."});
        ivy.post(&format!("{path}modules/"), body).created()["id"].as_i64().unwrap()
    };
    let (one, two) = (module("One"), module("Two"));
    let mut progress = Value::Null;
    assert_eq!(
        queued(&t, || progress = ann.post(&format!("{path}enroll/"), json!({})).created()),
        ["check_user_achievements ann", "send_course_enrollment_email ann", "send_notification ann course"]
    );
    let mark = |module: i64| {
        let path = format!("/api/course-progress/{}/mark_module_complete/", progress["id"]);
        ann.post(&path, json!({"module_id": module})).ok();
    };
    assert_eq!(queued(&t, || mark(one)), ["check_user_achievements ann"]);
    assert_eq!(
        queued(&t, || {
            module("Three");
        }),
        ["send_batch_notifications"]
    );
    assert_eq!(queued(&t, || mark(two)), ["check_user_achievements ann"]);
    let last: i64 = t.query("SELECT max(id) FROM course_modules");
    assert_eq!(
        queued(&t, || mark(last)),
        ["check_user_achievements ann", "recommend_courses_async ann", "send_notification ann course"]
    );
}

#[test]
fn work_on_a_project() {
    let t = TestApp::stocked();
    let (ivy, ann) = (t.instructor("ivy"), t.user("ann"));
    let project = json!({"title": "Counter", "description": "Counts.", "difficulty": "beginner", "category": "Code"});
    let project = format!("/api/projects/{}/", ivy.post("/api/projects/", project).created()["id"]);
    let mut work = String::new();
    let start = || {
        work = format!("/api/project-progress/{}/", ann.post(&format!("{project}start/"), json!({})).created()["id"]);
    };
    assert!(queued(&t, start).is_empty());
    let submit = || drop(ann.post(&format!("{work}submit/"), json!({"submission_url": "https://example.org/w"})).ok());
    assert_eq!(queued(&t, submit), ["send_notification ivy system"]);
    let review = json!({"rating": 5, "feedback": "Good.", "accepted": true});
    let review = || drop(ivy.post(&format!("{work}review/"), review).ok());
    assert_eq!(queued(&t, review), ["check_user_achievements ann", "send_notification ann system"]);
}

#[test]
fn a_job_posted_and_an_application() {
    let t = TestApp::stocked();
    let (rita, ann) = (t.recruiter("rita"), t.user("ann"));
    ann.patch("/api/users/me/", json!({"location": "Kyiv, Ukraine", "experience_level": "mid"})).ok();
    ann.post("/api/user-skills/", json!({"skill_name": "SQL", "proficiency_level": "expert"})).created();
    t.block_on(careerd::schedule::settle(&t.app)).unwrap();
    let mut job = String::new();
    let post = || job = crate::jobs::post(&rita, json!({"required_skill_ids": ["SQL"], "nice_to_have_skill_ids": []}));
    assert!(queued(&t, post).is_empty(), "within the hour, not at once");
    let hour = all_that_follows(&t, || {
        t.pass(Duration::hours(1));
        t.block_on(careerd::schedule::settle(&t.app)).unwrap();
    });
    assert!(hour.contains(&"batch_recommend_jobs".to_owned()), "{hour:?}");
    assert_eq!(t.query::<i64>("SELECT count(*) FROM notifications WHERE type = 'job_match'"), 1);

    let (rita, ann) = (t.sign_in_again(&rita), t.sign_in_again(&ann));
    let mut application = Value::Null;
    assert_eq!(
        queued(&t, || application = ann.post(&format!("{job}apply/"), json!({})).created()),
        ["check_user_achievements ann", "recommend_jobs_async ann", "send_notification rita application"]
    );
    let step = format!("/api/job-applications/{}/update_status/", application["id"]);
    let history = count(&t, "application_changes");
    let moved = queued(&t, || drop(rita.post(&step, json!({"status": "interview"})).ok()));
    assert_eq!(moved, ["send_notification ann application"]);
    assert_eq!(count(&t, "application_changes"), history + 1);
    let offered = all_that_follows(&t, || drop(rita.post(&step, json!({"status": "offered"})).ok()));
    assert_eq!(offered, ["send_mail ann application", "send_notification ann application"], "told and mailed");
}

#[test]
fn posts_comments_and_likes() {
    let t = TestApp::new();
    let (ann, ben, cat) = (t.user("ann"), t.user("ben"), t.user("cat"));
    let mut post = String::new();
    assert_eq!(
        queued(&t, || post = write(&ann, json!({"content": "Look, @ben."}))),
        ["check_user_achievements ann", "send_mention_notifications ben"]
    );
    assert_eq!(
        queued(&t, || drop(ann.patch(&post, json!({"content": "Look, @ben and @cat."})).ok())),
        ["check_user_achievements ann", "send_mention_notifications cat"],
        "only names that are new"
    );
    let mut first = String::new();
    assert_eq!(
        queued(&t, || first = comment(&ben, &post, json!({"content": "I see, @cat."}))),
        ["check_user_achievements ben", "send_comment_notifications ann", "send_mention_notifications cat"]
    );
    let reply = json!({"content": "So do I.", "parent": number(&first)});
    assert_eq!(
        queued(&t, || drop(comment(&cat, &post, reply))),
        ["check_user_achievements cat", "send_comment_notifications ann", "send_comment_notifications ben"]
    );
    for (thing, author) in [(&post, "ann"), (&first, "ben")] {
        let like = || drop(cat.post(&format!("{thing}like/"), json!({})).ok());
        let follows = [format!("check_user_achievements {author}"), format!("send_like_notifications {author}")];
        assert_eq!(queued(&t, like), follows);
        assert!(queued(&t, like).is_empty(), "a repeat is no like");
    }
    assert!(queued(&t, || drop(ann.post(&format!("{post}like/"), json!({})).ok())).is_empty(), "nor is one's own");
}

#[test]
fn a_mentor_profile_that_needs_approval() {
    let t = TestApp::with(|config| config.mentors.require_approval = true);
    t.write(careerd::skills::service::fill_catalogue);
    let (root, mia) = (t.admin("root1"), t.user("mia"));
    let mut id = Value::Null;
    let apply = || id = mia.post("/api/mentors/", profile()).created()["id"].clone();
    assert_eq!(all_that_follows(&t, apply), ["send_batch_notifications", "send_notification root1 system"]);
    let kept = "SELECT count(*) FROM cached WHERE key = 'probe'";
    assert_eq!(t.query::<i64>(kept), 0);
    let approve = || drop(root.post(&format!("/api/admin/mentors/{id}/approve/"), json!({})).ok());
    assert_eq!(queued(&t, approve), ["send_notification mia system"]);
}

#[test]
fn a_session_from_the_request_to_the_review() {
    let t = TestApp::stocked();
    let (mia, ben) = (t.user("mia"), t.user("ben"));
    let id = mentor(&mia, json!({"availability_hours_per_week": null}));
    let mut session = String::new();
    assert_eq!(
        queued(&t, || session = ask(&ben, id, json!({}))),
        ["send_mentor_request_email", "send_notification mia mentor_request"]
    );
    let both = |template: &str| {
        let mut lines = vec![];
        for who in ["ben", "mia"] {
            lines.push(format!("send_mail {who} {template}"));
            lines.push(format!("send_notification {who} session"));
        }
        lines.sort();
        lines
    };
    assert_eq!(queued(&t, || drop(time(&mia, &session, "2030-01-07T10:00:00Z").ok())), both("session_scheduled"));
    assert_eq!(queued(&t, || drop(time(&mia, &session, "2030-01-08T10:00:00Z").ok())), both("session_changed"));
    let done = queued(&t, || drop(mia.post(&format!("{session}complete/"), json!({})).ok()));
    assert_eq!(done[..2], ["check_user_achievements ben", "check_user_achievements mia"]);
    assert_eq!(done[2..], both("session_changed"));
    let rated = queued(&t, || {
        ben.post(&format!("{session}review/"), json!({"rating": 5, "feedback": "Good."})).ok();
        let row: String = t.query("SELECT rating_sum || ' ' || reviews_count FROM mentors");
        assert_eq!(row, "5 1", "in the same commit");
    });
    assert_eq!(rated, ["send_notification mia session"]);

    let declined = ask(&ben, id, json!({"title": "No"}));
    assert_eq!(
        queued(&t, || drop(mia.post(&format!("{declined}decline/"), json!({"reason": "Full."})).ok())),
        both("session_changed")
    );
    let cancelled = ask(&ben, id, json!({"title": "Never"}));
    assert_eq!(queued(&t, || drop(ben.post(&format!("{cancelled}cancel/"), json!({})).ok())), both("session_changed"));
    let missed = ask(&ben, id, json!({"title": "Missed"}));
    time(&mia, &missed, &t.app.clock.now().plus(Duration::hours(1)).to_string()).ok();
    t.drain();
    t.pass(Duration::hours(2));
    let mia = t.sign_in_again(&mia);
    assert_eq!(
        queued(&t, || drop(mia.post(&format!("{missed}no_show/"), json!({"who": "mentee"})).ok())),
        both("session_changed")
    );
}

#[test]
fn a_connection_asked_and_accepted() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let mut asked = Value::Null;
    let ask = || asked = ann.post("/api/connections/", json!({"user_id": ben.id})).created();
    assert_eq!(queued(&t, ask), ["send_notification ben connection"]);
    let accept = || drop(ben.post(&format!("/api/connections/{}/accept/", asked["id"]), json!({})).ok());
    assert_eq!(
        queued(&t, accept),
        [
            "check_user_achievements ann",
            "check_user_achievements ben",
            "recommend_connections_async ann",
            "recommend_connections_async ben",
            "send_notification ann connection",
        ]
    );
}

#[test]
fn an_achievement_earned() {
    let t = TestApp::new();
    t.write(achievements::service::fill);
    let (root, ann) = (t.admin("root1"), t.user("ann"));
    let first = || ann.get("/api/users/leaderboard/").ok()[0]["points"].clone();
    let before = first();
    let award = || {
        root.post("/api/user-achievements/", json!({"user_id": ann.id, "key": "mentor"})).created();
        let points: i64 = t.query("SELECT points FROM users WHERE username = 'ann'");
        assert_eq!(points, 100, "in the same commit");
    };
    assert_eq!(
        queued(&t, award),
        ["check_user_achievements ann", "send_achievement_email ann", "send_notification ann achievement"]
    );
    assert_ne!(first(), before, "the leaderboard is computed anew");
    assert_eq!(first(), 100);
}

#[test]
fn a_notification_stored() {
    let t = TestApp::new();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let post = write(&ann, json!({}));
    let told = |act: &dyn Fn()| {
        all_that_follows(&t, act).into_iter().filter(|it| it.starts_with("send_mail")).collect::<Vec<_>>()
    };
    assert_eq!(told(&|| drop(comment(&ben, &post, json!({"content": "Yes."})))), ["send_mail ann comment"]);
    assert!(told(&|| drop(ben.post(&format!("{post}like/"), json!({})).ok())).is_empty(), "not wanted by mail");
    let more = json!({"types": {"like": {"in_app": true, "email": true}, "comment": {"in_app": true, "email": false}}});
    ann.patch("/api/notifications/preferences/", more).ok();
    assert!(told(&|| drop(comment(&ben, &post, json!({"content": "No."})))).is_empty());
    let second = write(&ann, json!({"title": "Second"}));
    assert_eq!(told(&|| drop(ben.post(&format!("{second}like/"), json!({})).ok())), ["send_mail ann like"]);
}

#[test]
fn what_concerns_the_safety_of_an_account() {
    let t = TestApp::new();
    let ann = t.user("ann");
    let change = json!({"current_password": PASSWORD, "new_password": "another walk in June"});
    let mut fresh = Value::Null;
    let follows = queued(&t, || fresh = ann.post("/api/auth/password/change/", change).ok());
    assert_eq!(follows, ["send_mail ann password_changed"]);
    ann.get("/api/users/me/").status(401);
    let ann = ann.holding(&fresh, "access");
    let email = json!({"email": "new@example.org", "password": "another walk in June"});
    let follows = queued(&t, || drop(ann.post("/api/auth/email/change/", email)));
    assert_eq!(follows, ["send_mail ann email_change_asked", "send_mail ann email_changed"]);

    let (ben, root) = (t.user("ben"), t.admin("boss"));
    let moved = json!({"email": "benny@example.org"});
    let follows = queued(&t, || drop(root.patch(&format!("/api/admin/users/{}/", ben.id), moved).ok()));
    assert_eq!(follows, ["send_mail ben email_replaced", "send_mail ben verify_email"]);
    let follows = queued(&t, || {
        let id = Id::new(ben.id);
        t.write(move |tx| set_active(tx, By::HOUSE, id, false, ""));
    });
    assert_eq!(follows, ["send_mail ben account_deactivated"]);
    ben.get("/api/users/me/").status(401);

    let cat = t.user("cat");
    let post = write(&cat, json!({}));
    let follows = queued(&t, || cat.delete("/api/users/me/").empty());
    assert_eq!(follows, ["send_mail cat account_deletion"]);
    cat.get("/api/users/me/").status(401);
    t.visitor().get(&post).status(404);

    let dan = t.user("dan");
    let setup = dan.post("/api/auth/totp/", json!({"password": PASSWORD})).ok();
    let code = crate::second_factor::code(&t, setup["secret"].as_str().unwrap(), 0);
    let follows = queued(&t, || drop(dan.post("/api/auth/totp/confirm/", json!({"otp": code})).ok()));
    assert_eq!(follows, ["send_mail dan second_factor_changed"]);

    t.user("eve");
    let first = t.visitor().post("/api/token/", json!({"username": "eve", "password": PASSWORD})).ok();
    let renew = || t.visitor().post("/api/auth/refresh/", json!({"refresh": first["refresh"]}));
    let second = renew().ok();
    t.pass(Duration::seconds(11));
    assert_eq!(queued(&t, || drop(renew().status(401))), ["send_mail eve token_reuse"]);
    t.visitor().post("/api/auth/refresh/", json!({"refresh": second["refresh"]})).status(401);
}

#[test]
fn a_change_by_an_admin() {
    let t = TestApp::new();
    let (root, ann) = (t.admin("root1"), t.user("ann"));
    let before = count(&t, "audit_entries");
    let path = format!("/api/admin/users/{}/", ann.id);
    root.call(Method::Patch, &path, Some(json!({"is_recruiter": "perhaps"})), &[]).status(400);
    assert_eq!(count(&t, "audit_entries"), before, "what was refused did not happen");
    root.patch(&path, json!({"is_recruiter": true})).ok();
    assert_eq!(count(&t, "audit_entries"), before + 1);
    let entry: String = t.query("SELECT action || ' ' || target_id FROM audit_entries ORDER BY id DESC LIMIT 1");
    assert!(entry.ends_with(&format!(" {}", ann.id)), "{entry}");
}
