//! Figures: who sees them, that they equal the world, what is withheld, what is kept ready.

use careerd::{platform::id::Id, upkeep, worker};
use chrono::Duration;
use serde_json::{Value, json};

use crate::{
    app::{Member, TestApp},
    jobs::post,
    mentors,
};

/// Eight people: an admin, an instructor with a course of two modules, a recruiter with two postings, and five who learn and
/// apply.
struct World<'t> {
    root: Member<'t>,
    ivy: Member<'t>,
    rita: Member<'t>,
    five: Vec<Member<'t>>,
}

fn world(t: &TestApp) -> World<'_> {
    let (root, ivy, rita) = (t.admin("ruth"), t.instructor("ivy"), t.recruiter("rita"));
    let five: Vec<_> = ["ann", "ben", "cid", "dan", "eve"].into_iter().map(|name| t.user(name)).collect();
    let mut held = vec![];
    for (nth, one) in five.iter().enumerate() {
        let level = if nth < 2 { "expert" } else { "beginner" };
        held.push(one.post("/api/user-skills/", json!({"skill_name": "Rust", "proficiency_level": level})).created());
    }
    five[0].post("/api/user-skills/", json!({"skill_name": "SQL"})).created();
    for one in &five[1..3] {
        one.post(&format!("/api/user-skills/{}/endorse/", held[0]["id"]), json!({})).ok();
    }

    let course = json!({"title": "=2+3", "description": "Sums.", "difficulty": "beginner", "category": "Maths", "duration_hours": 2});
    let course = ivy.post("/api/courses/", course).created();
    let course = format!("/api/courses/{}/", course["id"]);
    let module = |title: &str| {
        let module = json!({"title": title, "content_type": "text", "content": "Words."});
        ivy.post(&format!("{course}modules/"), module).created()["id"].clone()
    };
    let modules = [module("First"), module("Second")];
    for ((nth, one), rating) in five.iter().enumerate().zip([5, 4, 4, 3, 5]) {
        let progress = one.post(&format!("{course}enroll/"), json!({})).created();
        one.post(&format!("{course}ratings/"), json!({"rating": rating})).created();
        for module in modules.iter().take(2_usize.saturating_sub(nth)) {
            let mark = format!("/api/course-progress/{}/mark_module_complete/", progress["id"]);
            one.post(&mark, json!({"module_id": module})).ok();
        }
    }

    five[0].post("/api/community/posts/", json!({"title": "Hello", "content": "I am new."})).created();
    let job = post(&rita, json!({}));
    let closed = post(&rita, json!({"job_type": "contract"}));
    rita.post(&format!("{closed}close/"), json!({})).ok();
    let applied: Vec<Value> = five.iter().map(|one| one.post(&format!("{job}apply/"), json!({})).created()).collect();
    let step = |nth: usize, status: &str| {
        let path = format!("/api/job-applications/{}/update_status/", applied[nth]["id"]);
        rita.post(&path, json!({"status": status})).ok();
    };
    step(0, "interview");
    step(0, "offered");
    step(1, "interview");
    step(2, "rejected");
    five[3].post(&format!("/api/job-applications/{}/withdraw/", applied[3]["id"]), json!({})).ok();
    root.get("/api/users/me/").ok();
    t.block_on(upkeep::flush(&t.app)).unwrap();
    World { root, ivy, rita, five }
}

/// These figures without the moment of their counting.
fn timeless(mut figures: Value) -> Value {
    assert!(figures["generated_at"].is_string(), "{figures}");
    figures.as_object_mut().unwrap().remove("generated_at");
    figures
}

pub fn run(t: &TestApp, kind: &'static str, args: Value) {
    t.write(move |tx| tx.enqueue_named(&worker::registry(), kind, args).map(drop));
    t.drain();
}

#[test]
fn each_figure_is_for_those_who_may_see_it() {
    let t = TestApp::new();
    let who = [t.visitor(), t.user("ann"), t.instructor("ivy"), t.recruiter("rita"), t.admin("ruth")];
    let (all, admin) = ([401, 200, 200, 200, 200], [401, 403, 403, 403, 200]);
    for (path, codes) in [
        ("me/", all),
        ("me/heatmap/", all),
        ("me/export/", all),
        ("skills/", all),
        ("skills/export/", all),
        ("users/me/", admin),
        ("platform/", admin),
        ("platform/export/", admin),
        ("heatmap/", admin),
        ("heatmap/export/", admin),
        ("courses/", [401, 403, 200, 403, 200]),
        ("courses/export/", [401, 403, 200, 403, 200]),
        ("jobs/", [401, 403, 403, 200, 200]),
        ("jobs/export/", [401, 403, 403, 200, 200]),
        ("mentoring/", admin),
        ("mentoring/export/", admin),
        ("growth/", admin),
        ("growth/export/", admin),
        ("engagement/", admin),
        ("engagement/export/", admin),
        ("snapshots/", admin),
        ("snapshots/export/", admin),
        ("recommendations/", admin),
        ("recommendations/export/", admin),
        ("api-usage/", admin),
        ("api-usage/export/", admin),
        ("nothing/export/", [401, 404, 404, 404, 404]),
    ] {
        for (one, code) in who.iter().zip(codes) {
            one.get(&format!("/api/analytics/{path}")).status(code);
        }
    }
    for (path, code) in [("users/999/", 404), ("users/x/", 404), ("snapshots/x/", 404), ("snapshots/2020-01-01/", 404)]
    {
        who[4].get(&format!("/api/analytics/{path}")).status(code);
    }
    for (path, field) in [
        ("heatmap/?days=0", "days"),
        ("me/heatmap/?days=366", "days"),
        ("me/heatmap/?days=many", "days"),
        ("me/heatmap/?tz=Mars/Olympus", "tz"),
        ("engagement/?user=999", "user"),
        ("engagement/?user=ann", "user"),
        ("api-usage/?hours=169", "hours"),
        ("recommendations/?days=0", "days"),
        ("platform/export/?as=pdf", "as"),
        ("heatmap/export/?days=0", "days"),
    ] {
        assert_eq!(who[4].get(&format!("/api/analytics/{path}")).faults(), [field], "{path}");
    }
}

#[test]
fn group_figures_equal_the_world() {
    let t = TestApp::stocked();
    let World { root, ivy, rita, .. } = world(&t);
    let platform = timeless(root.get("/api/analytics/platform/").ok());
    assert_eq!(
        platform,
        json!({
            "users": {"total": 8, "active": 8, "mentors": 0, "premium": 0},
            "content": {"posts": 1, "posts_this_month": 1, "resumes": 0, "courses": 1, "enrolments": 5},
            "engagement": {"mean_points": 1.25, "achievements_earned": 0, "endorsed_skills": 1, "withheld": false},
            "jobs": {"total": 2, "open": 1, "applications": 4, "this_month": 2},
        })
    );

    let skills = timeless(root.get("/api/analytics/skills/").ok());
    let told = |list: &str| {
        let rows = skills[list].as_array().unwrap().iter();
        rows.map(|it| (it["skill"]["name"].as_str().unwrap(), it["count"].as_i64().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(told("most_endorsed"), [("Rust", 2)]);
    assert_eq!(told("most_common"), [("Rust", 5), ("SQL", 1)]);
    assert_eq!(told("expert_count"), [("Rust", 2)]);

    let courses = timeless(ivy.get("/api/analytics/courses/").ok());
    assert_eq!(courses, timeless(root.get("/api/analytics/courses/").ok()), "it is the only course");
    let totals =
        json!({"enrolments": 5, "completions": 1, "completion_rate": 20.0, "mean_rating": 4.2, "withheld": false});
    for (figure, value) in totals.as_object().unwrap() {
        assert_eq!((&courses[figure], &courses["most_enrolled"][0][figure]), (value, value), "{figure}");
    }
    let drop_off = |nth: usize| {
        let it = &courses["drop_off"][nth];
        (it["title"].clone(), it["order"].clone(), it["reached"].clone(), it["stopped"].clone(), it["drop_off"].clone())
    };
    assert_eq!(drop_off(0), (json!("First"), json!(1), json!(5), json!(3), json!(60.0)));
    assert_eq!(drop_off(1), (json!("Second"), json!(2), json!(2), json!(1), json!(50.0)));

    let jobs = timeless(rita.get("/api/analytics/jobs/").ok());
    assert_eq!(jobs, timeless(root.get("/api/analytics/jobs/").ok()), "nobody else posts");
    assert_eq!(
        jobs,
        json!({
            "total": 2,
            "by_status": {"active": 1, "closed": 1},
            "by_job_type": {"full-time": 1, "part-time": 0, "contract": 1, "internship": 0, "freelance": 0},
            "top_locations": [{"location": "Kyiv, Ukraine", "jobs": 2}],
            "funnel": {
                "applied": 5, "interview": 2, "offered": 1, "accepted": 0, "rejected": 1, "withdrawn": 1, "withheld": false,
            },
            "median_days_per_step": {
                "interview": null, "offered": null, "accepted": null, "rejected": null, "withheld": true,
            },
        })
    );

    let report = root.get("/api/analytics/engagement/").ok();
    assert_eq!(timeless(report["platform"].clone()), platform);
    for group in ["skills", "courses", "jobs", "mentoring", "growth"] {
        assert!(report[group].is_object(), "{group}");
    }
    let growth = root.get("/api/analytics/growth/").ok();
    let month = t.app.clock.now().datetime().format("%Y-%m").to_string();
    assert_eq!((growth["sign_ups"].as_object().unwrap().len(), &growth["sign_ups"][&month]), (12, &json!(8)));
    assert_eq!(growth["active"][&month], 8);
    assert_eq!((&growth["retained"][&month], &growth["withheld"]), (&json!(null), &json!(true)));
    let mentoring = root.get("/api/analytics/mentoring/").ok();
    assert_eq!((&mentoring["total"], &mentoring["mean_rating"]), (&json!(0), &json!(null)));
}

#[test]
fn others_courses_and_jobs_are_not_ones_own() {
    let t = TestApp::stocked();
    world(&t);
    let (iva, rolf) = (t.instructor("iva"), t.recruiter("rolf"));
    let courses = iva.get("/api/analytics/courses/").ok();
    assert_eq!((&courses["enrolments"], &courses["most_enrolled"]), (&json!(0), &json!([])));
    let jobs = rolf.get("/api/analytics/jobs/").ok();
    assert_eq!(
        (&jobs["total"], &jobs["top_locations"], &jobs["funnel"]["applied"]),
        (&json!(0), &json!([]), &json!(null))
    );
}

#[test]
fn figures_about_fewer_than_five_people_are_withheld_in_files_too() {
    let t = TestApp::stocked();
    let (root, ivy, rita) = (t.admin("ruth"), t.instructor("ivy"), t.recruiter("rita"));
    let course = json!({"title": "Sums", "description": "Sums.", "difficulty": "beginner", "category": "Maths", "duration_hours": 2});
    let course = format!("/api/courses/{}/", ivy.post("/api/courses/", course).created()["id"]);
    ivy.post(&format!("{course}modules/"), json!({"title": "First", "content_type": "text", "content": "Words."}))
        .created();
    let job = post(&rita, json!({}));
    let platform = root.get("/api/analytics/platform/").ok();
    assert_eq!((&platform["users"]["total"], &platform["engagement"]["mean_points"]), (&json!(3), &json!(null)));
    let heatmap = root.get("/api/analytics/heatmap/").ok();
    assert_eq!(
        (&heatmap["days"], &heatmap["weekday_hour"], &heatmap["withheld"]),
        (&json!(null), &json!(null), &json!(true))
    );
    let join = |name: &str| {
        let one = t.user(name);
        one.post(&format!("{course}enroll/"), json!({})).created();
        one.post(&format!("{course}ratings/"), json!({"rating": 4})).created();
        one.post(&format!("{job}apply/"), json!({})).created();
    };
    ["ann", "ben", "cid", "dan"].into_iter().for_each(join);
    let courses = ivy.get("/api/analytics/courses/").ok();
    for figures in [&courses, &courses["most_enrolled"][0]] {
        assert_eq!((&figures["enrolments"], &figures["completions"]), (&json!(4), &json!(0)), "plain counts are told");
        assert_eq!((&figures["completion_rate"], &figures["mean_rating"]), (&json!(null), &json!(null)));
        assert_eq!(figures["withheld"], true);
    }
    assert_eq!((&courses["drop_off"][0]["reached"], &courses["drop_off"][0]["withheld"]), (&json!(null), &json!(true)));
    let funnel = rita.get("/api/analytics/jobs/").ok()["funnel"].clone();
    assert_eq!((&funnel["applied"], &funnel["withheld"]), (&json!(null), &json!(true)));
    let file = ivy.get("/api/analytics/courses/export/").text();
    assert!(file.contains("\r\nmean_rating,\r\n") && file.contains("\r\nwithheld,true\r\n"), "{file}");

    join("eve");
    let courses = ivy.get("/api/analytics/courses/").ok();
    assert_eq!((&courses["mean_rating"], &courses["withheld"]), (&json!(4.0), &json!(false)));
    assert_eq!(courses["drop_off"][0]["reached"], 5);
    assert_eq!(rita.get("/api/analytics/jobs/").ok()["funnel"]["applied"], 5);
    let heatmap = root.get("/api/analytics/heatmap/").ok();
    let days: i64 = heatmap["days"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum();
    assert_eq!((days, &heatmap["withheld"]), (18, &json!(false)), "eight sign-ins, five enrolments, five applications");
}

#[test]
fn the_wait_for_a_step_is_the_median_of_days() {
    let t = TestApp::stocked();
    let rita = t.recruiter("rita");
    let job = post(&rita, json!({}));
    let apply = |name: &str| t.user(name).post(&format!("{job}apply/"), json!({})).created()["id"].clone();
    let applied: Vec<Value> = ["ann", "ben", "cid", "dan", "eve"].into_iter().map(apply).collect();
    for (days, application) in [1, 1, 2, 3, 1].into_iter().zip(applied) {
        t.pass(Duration::days(days));
        let path = format!("/api/job-applications/{application}/update_status/");
        t.sign_in_again(&rita).post(&path, json!({"status": "interview"})).ok();
    }
    // They waited 1, 2, 4, 7 and 8 days.
    let jobs = t.sign_in_again(&rita).get("/api/analytics/jobs/").ok();
    assert_eq!(jobs["median_days_per_step"]["interview"], 4.0);
    assert_eq!(jobs["median_days_per_step"]["rejected"], json!(null));
    t.drain();
}

#[test]
fn mentoring_figures_equal_the_sessions() {
    let t = TestApp::stocked();
    let (root, mia) = (t.admin("ruth"), t.user("mia"));
    let profile = mentors::mentor(&mia, json!({"availability_hours_per_week": null}));
    for (nth, rating) in [5, 4, 4, 3].into_iter().enumerate() {
        let mentee = t.user(&format!("mentee{nth}"));
        mentors::held(profile, &mia, &mentee, &format!("2031-01-0{}T10:00:00Z", nth + 1), Some(rating));
    }
    let mentee = t.user("mentee5");
    let ask = || {
        let asked = mentee.post("/api/mentor-sessions/", json!({"mentor_id": profile, "title": "Rust"})).created();
        format!("/api/mentor-sessions/{}/", asked["id"])
    };
    mia.post(&format!("{}decline/", ask()), json!({})).ok();
    mentee.post(&format!("{}cancel/", ask()), json!({})).ok();
    ask();
    let figures = root.get("/api/analytics/mentoring/").ok();
    let states = ["total", "completed", "pending", "scheduled", "declined", "cancelled", "no_show"];
    assert_eq!(states.map(|it| figures[it].as_i64().unwrap()), [7, 4, 1, 0, 1, 1, 0]);
    assert_eq!((&figures["mean_rating"], &figures["withheld"]), (&json!(null), &json!(true)), "four mentees said so");
    let top = &figures["top_mentors"][0];
    assert_eq!((&top["user"]["username"], &top["sessions"]), (&json!("mia"), &json!(4)));
    assert_eq!((&top["mean_rating"], &top["withheld"]), (&json!(null), &json!(true)));
    mentors::held(profile, &mia, &t.user("mentee6"), "2031-02-01T10:00:00Z", Some(5));
    let figures = root.get("/api/analytics/mentoring/").ok();
    assert_eq!((&figures["mean_rating"], &figures["withheld"]), (&json!(4.2), &json!(false)));
    assert_eq!(
        (&figures["top_mentors"][0]["mean_rating"], &figures["top_mentors"][0]["sessions"]),
        (&json!(4.2), &json!(5))
    );
    run(&t, "export_analytics_snapshot", json!({}));
    let kept: String = t.write(|tx| {
        Ok(tx.query_row("SELECT figures ->> '$.mentoring.top_mentors[0].user' FROM daily_snapshots", [], |row| {
            row.get(0)
        })?)
    });
    assert_eq!(kept, format!(r#"{{"id":{}}}"#, mia.id), "nobody is named for good");
    let snapshot =
        || root.get("/api/analytics/snapshots/").ok()["results"][0]["figures"]["mentoring"]["top_mentors"].clone();
    assert_eq!(snapshot()[0], figures["top_mentors"][0]);
    assert_eq!(
        mia.get("/api/analytics/me/").ok()["mentoring"],
        json!({"is_mentor": true, "sessions": 5, "completed": 5})
    );
    root.post(&format!("/api/admin/users/{}/deactivate/", mia.id), json!({})).ok();
    assert_eq!(snapshot(), json!([]), "who is gone is not listed");
}

#[test]
fn a_person_is_counted_alone() {
    let t = TestApp::stocked();
    let World { root, five, .. } = world(&t);
    let ann = &five[0];
    let mine = ann.get("/api/analytics/me/").ok();
    assert_eq!(mine["skills"], json!({"total": 2, "expert": 1, "endorsed": 1}));
    assert_eq!(mine["learning"], json!({"enrolled": 1, "completed": 1, "in_progress": 0}));
    assert_eq!(mine["jobs"], json!({"applications": 1, "pending": 0}));
    assert_eq!((&mine["profile"]["points"], &mine["profile"]["rank"]), (&json!(10), &json!(1)));
    for group in ["achievements", "community", "mentoring"] {
        assert!(mine[group].is_object(), "{group}");
    }
    assert_eq!(mine.get("job_applications"), None);
    assert_eq!(root.get(&format!("/api/analytics/users/{}/", ann.id)).ok(), mine);
    assert_eq!(root.get(&format!("/api/analytics/engagement/?user={}", ann.id)).ok(), mine);
    let stats = ann.get("/api/users/me/stats/").ok();
    assert!(mine.as_object().unwrap().iter().all(|(group, figures)| &stats[group] == figures));
    let file = root.get(&format!("/api/analytics/engagement/export/?user={}&as=json", ann.id)).ok();
    assert!(file.as_array().unwrap().contains(&json!({"figure": "skills.expert", "value": 1})));
}

#[test]
fn figures_come_as_files_with_a_header_and_without_formulas() {
    let t = TestApp::stocked();
    let World { root, ivy, .. } = world(&t);
    let reply = ivy.get("/api/analytics/courses/export/?as=csv");
    assert_eq!(reply.header("Content-Type"), Some("text/csv; charset=utf-8"));
    assert_eq!(
        reply.header("Content-Disposition"),
        Some("attachment; filename=\"courses.csv\"; filename*=UTF-8''courses.csv")
    );
    let text = reply.text();
    assert!(text.starts_with("figure,value\r\n"), "{text}");
    assert!(text.contains("\r\nmost_enrolled.0.course.title,'=2+3\r\n"), "{text}");
    let file = ivy.get("/api/analytics/courses/export/?as=json&envelope=true").ok();
    assert!(file.as_array().unwrap().contains(&json!({"figure": "most_enrolled.0.course.title", "value": "=2+3"})));
    assert_eq!(file.as_array().unwrap().len(), text.lines().count() - 1, "the same rows");

    t.block_on(upkeep::flush(&t.app)).unwrap();
    let usage = root.get("/api/analytics/api-usage/export/").text();
    assert!(usage.starts_with("route,method,calls,errors,client_errors,server_errors,p50,p90,p99\r\n"), "{usage}");
    assert!(usage.contains("\r\n/api/jobs/<id>/apply,POST,5,0,0,0,"), "{usage}");
    run(&t, "export_analytics_snapshot", json!({}));
    let snapshots = root.get("/api/analytics/snapshots/export/").text();
    assert!(snapshots.starts_with("date,made_at,figures.platform.users.total,"), "{snapshots}");
    assert_eq!(snapshots.lines().count(), 2);
}

#[test]
fn figures_of_all_are_kept_for_an_hour_and_those_of_one_until_they_change() {
    let t = TestApp::stocked();
    t.write(careerd::achievements::service::fill);
    let World { root, five, .. } = world(&t);
    for (kind, args) in [
        ("cache_platform_analytics", json!({})),
        ("generate_activity_heatmap", json!({})),
        ("generate_user_growth_report", json!({})),
        ("generate_daily_report", json!({})),
        ("batch_cache_user_analytics", json!({})),
        ("cache_user_analytics", json!({"user": 999})),
    ] {
        run(&t, kind, args);
    }
    assert_eq!(t.query::<i64>("SELECT count(*) FROM cached WHERE key GLOB 'analytics:user:*'"), 8);
    let total = |root: &Member<'_>| root.get("/api/analytics/platform/").ok()["users"]["total"].clone();
    let sign_ups = |root: &Member<'_>| {
        let growth = root.get("/api/analytics/growth/").ok();
        growth["sign_ups"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum::<i64>()
    };
    t.user("fay");
    assert_eq!((total(&root), sign_ups(&root)), (json!(8), 8));
    t.pass(Duration::minutes(61));
    let root = t.sign_in_again(&root);
    assert_eq!((total(&root), sign_ups(&root)), (json!(9), 8));
    assert_eq!(root.get("/api/analytics/engagement/").ok()["platform"]["users"]["total"], 8);
    t.pass(Duration::hours(24));
    let root = t.sign_in_again(&root);
    assert_eq!((total(&root), sign_ups(&root)), (json!(9), 9));

    let (ann, ben) = (t.sign_in_again(&five[0]), t.sign_in_again(&five[1]));
    for one in [&ann, &ben] {
        run(&t, "cache_user_analytics", json!({"user": one.id}));
    }
    let kept = |one: &Member<'_>| {
        t.query::<i64>(&format!("SELECT count(*) FROM cached WHERE key = 'analytics:user:{}'", one.id))
    };
    assert_eq!((kept(&ann), kept(&ben)), (1, 1));
    ann.post("/api/user-skills/", json!({"skill_name": "Python"})).created();
    assert_eq!((kept(&ann), kept(&ben)), (0, 1), "only what changed is dropped");
    assert_eq!(ann.get("/api/analytics/me/").ok()["skills"]["total"], 3);
    let held = ben.get("/api/user-skills/").ok()["results"][0]["id"].clone();
    ann.post(&format!("/api/user-skills/{held}/endorse/"), json!({})).ok();
    assert_eq!(ben.get("/api/analytics/me/").ok()["skills"]["endorsed"], 1, "others change one's figures too");
    let award = json!({"user_id": ben.id, "key": "legend"});
    run(&t, "cache_user_analytics", json!({"user": ben.id}));
    let before = ben.get("/api/analytics/me/").ok()["achievements"]["total"].as_i64().unwrap();
    let award = root.post("/api/user-achievements/", award).created();
    run(&t, "cache_user_analytics", json!({"user": ben.id}));
    assert_eq!(ben.get("/api/analytics/me/").ok()["achievements"]["total"], before + 1);
    root.delete(&format!("/api/user-achievements/{}/", award["id"])).empty();
    assert_eq!(ben.get("/api/analytics/me/").ok()["achievements"]["total"], before);
    t.drain();
}

#[test]
fn who_is_erased_leaves_what_is_kept() {
    let t = TestApp::stocked();
    let World { five, .. } = world(&t);
    run(&t, "cache_platform_analytics", json!({}));
    let id = five[0].id;
    let erased = careerd::users::Event::Erased { user: Id::new(id) };
    t.write(move |tx| careerd::analytics::drop_stale(tx, &erased));
    assert_eq!(t.query::<i64>("SELECT count(*) FROM cached WHERE key GLOB 'analytics:*'"), 0);
}

#[test]
fn a_snapshot_is_kept_for_each_day_and_replaced_for_the_same() {
    let t = TestApp::stocked();
    let World { root, .. } = world(&t);
    let today = t.app.clock.now().date();
    run(&t, "export_analytics_snapshot", json!({}));
    run(&t, "export_analytics_snapshot", json!({"date": today.pred_opt().unwrap()}));
    let path = format!("/api/analytics/snapshots/{today}/");
    let first = root.get(&path).ok();
    assert_eq!((&first["date"], &first["figures"]["platform"]["users"]["total"]), (&json!(today), &json!(8)));
    for group in ["platform", "skills", "courses", "jobs", "mentoring"] {
        assert!(first["figures"][group].is_object(), "{group}");
    }
    t.user("fay");
    run(&t, "export_analytics_snapshot", json!({"date": today}));
    let second = root.get(&path).ok();
    assert_eq!(second["figures"]["platform"]["users"]["total"], 9);
    let all = root.get("/api/analytics/snapshots/").ok();
    assert_eq!(all["count"], 2);
    assert_eq!(all["results"][0], second);
    assert_eq!(root.get("/api/analytics/snapshots/?ordering=date").ok()["results"][1], second);
    assert_eq!(root.get("/api/analytics/snapshots/?ordering=size").faults(), ["ordering"]);
    let next = root.get("/api/analytics/snapshots/?cursor=&page_size=1").ok()["next"].as_str().unwrap().to_owned();
    let next = next.split_once("/api/").unwrap().1;
    assert_eq!(root.get(&format!("/api/{next}")).ok()["results"], json!([all["results"][1]]));
    for date in [today + chrono::Days::new(1), today - chrono::Days::new(2)] {
        let outcome = t.block_on(careerd::analytics::service::keep_snapshot(&t.app, date));
        assert!(outcome.is_err(), "{date} is over, or not yet");
    }
}
