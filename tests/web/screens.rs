//! Every screen, in light and English on a desk and in dark and Ukrainian on a phone: nothing in the console, nothing against
//! the policy, nothing wider than the window, at most three calls of the API, nothing that axe finds.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    browser::is_required,
    house::{House, left_behind},
    page::Page,
};

/// How many calls of the API a screen may make.
const CALLS: usize = 3;
/// How long a change of the screen may take within the application, in milliseconds. The aim is 100 on a quiet machine with a
/// release; this is a debug build beside other tests.
const CHANGE: f64 = 1000.0;

/// A member with a résumé.
const MEMBER: &str = "user8";
const ADMIN: &str = "user1";
const RECRUITER: &str = "user2";
const INSTRUCTOR: &str = "user3";

/// The rules of WCAG 2.2 AA and what axe recommends beside.
const AXE: &str =
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} ${node.failureSummary.split('\\n')[1] ?? ''}`)))";

/// What of the page reaches beyond the window.
const WIDER: &str = "(() => { const most = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth <= most ? '' : [...document.querySelectorAll('main *')]
        .filter((it) => it.getBoundingClientRect().right > most + 1).slice(0, 3).map((it) => it.outerHTML.slice(0, 120)).join(' | ') || 'the page'; })()";

/// What is cut off at its side, and cannot be scrolled to.
const CUT: &str = "[...document.querySelectorAll('main *')].filter((it) => /hidden|clip/.test(getComputedStyle(it).overflowX)
    && it.clientWidth > 2 && it.scrollWidth > it.clientWidth + 1 && !it.closest('.hush, svg, input')).map((it) => it.outerHTML.slice(0, 120))";

/// The source of axe-core, where it was fetched.
fn axe() -> Option<String> {
    let path = std::env::var("AXE_CORE").ok();
    assert!(path.is_some() || !is_required(), "AXE_CORE does not lead to axe-core");
    path.map(|it| fs::read_to_string(it).unwrap())
}

/// What axe finds on a page.
fn faults(page: &Page, axe: &Option<String>) -> Vec<String> {
    let Some(axe) = axe else { return vec![] };
    page.run(&format!("(window.axe ?? (() => {{ {axe} }})(), null)"));
    let found = page.run(AXE);
    found.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

struct Look<'a> {
    page: &'a Page,
    name: &'a str,
    axe: &'a Option<String>,
    broken: Vec<String>,
    measured: Vec<String>,
}

impl Look<'_> {
    /// Looks at one screen; `who` has signed in.
    fn at(&mut self, who: &str, path: &str) {
        let page = self.page;
        // The first visit brings the modules; the second one is how the screen changes from then on.
        page.go(path);
        page.calls();
        let mut took = page.go(path);
        page.see("main h1", "");
        let calls = page.calls();
        // A machine may stand still for a moment; a screen that is slow is slow twice.
        if took > CHANGE {
            took = page.go(path);
            page.calls();
        }
        let mut tell = |what: String| self.broken.push(format!("{} {who} {path}: {what}", self.name));
        if calls.len() > CALLS {
            tell(format!("{} calls: {calls:?}", calls.len()));
        }
        if took > CHANGE {
            tell(format!("shown after {took:.0} ms"));
        }
        let wider = page.run(WIDER);
        if wider != "" {
            tell(format!("wider than the window: {wider}"));
        }
        let cut = page.run(CUT);
        for cut in cut.as_array().unwrap() {
            tell(format!("cut off: {cut}"));
        }
        for found in faults(page, self.axe) {
            tell(found);
        }
        for error in page.errors() {
            tell(error);
        }
        let file = format!("{}-{who}{}.jpg", self.name, path.replace(['/', '?', '='], "-"));
        page.photograph(&left_behind("screens").join(file));
        self.measured.push(format!("{took:5.0} ms, {} calls: {who} {path}", calls.len()));
    }
}

/// The id of the first row of a list.
fn first(list: &Value) -> i64 {
    list["results"][0]["id"].as_i64().unwrap_or_else(|| panic!("nothing in {list}"))
}

/// Each screen with somebody who may see it.
fn visits(house: &House) -> Vec<(&'static str, String)> {
    let job = first(&house.get(RECRUITER, "/jobs/?page_size=1"));
    let application = house.post(MEMBER, &format!("/jobs/{job}/apply/"), &json!({"cover_letter": "I can do this."}));
    let resume = first(&house.get(MEMBER, "/resumes/"));
    let course = first(&house.get(MEMBER, "/courses/?page_size=1"));
    house.post(MEMBER, &format!("/courses/{course}/enroll/"), &json!({}));
    let modules = house.get(MEMBER, &format!("/courses/{course}/modules/"));
    let module = modules.as_array().map_or_else(|| first(&modules), |it| it[0]["id"].as_i64().unwrap());
    let projects = house.get(MEMBER, "/projects/");
    let open = projects["results"].as_array().unwrap().iter().find(|it| it["is_locked"] == false);
    let project = open.unwrap_or_else(|| panic!("every project is locked: {projects}"))["id"].as_i64().unwrap();
    house.post(MEMBER, &format!("/projects/{project}/start/"), &json!({}));
    let post = first(&house.get(MEMBER, "/community/posts/?page_size=1"));
    let own = house.post(
        MEMBER,
        "/community/posts/",
        &json!({"title": "A post of mine", "content": "With a #tag and @user5."}),
    );
    let mentors = house.get(MEMBER, "/mentors/");
    let other = mentors["results"].as_array().unwrap().iter().find(|it| it["user"]["username"] != MEMBER);
    let mentor = other.unwrap()["id"].as_i64().unwrap();
    let asked = house.post(MEMBER, "/mentor-sessions/", &json!({"mentor_id": mentor, "title": "A first talk"}));
    let session = asked["id"].as_i64().unwrap();
    let skill = house.get(MEMBER, "/users/me/skills/")["results"][0]["skill"]["id"].clone();
    let text = [
        ("nobody", "/ /sign-in /sign-up /verify/x /restore/x /unsubscribe/x /reset-password /reset-password/x /jobs /learn /projects \
            /community /people /mentors /leaderboard /achievements /search?q=data /jobs/market /no/such".to_owned()),
        ("nobody", format!("/jobs/{job} /courses/{course} /projects/{project} /community/{post} /people/5 /mentors/{mentor} /skills/{skill}")),
        (MEMBER, "/ /dashboard /welcome /welcome?step=2 /welcome?step=3 /resume /resumes /jobs /jobs/what-if /jobs/market /applications /learn \
            /learn/mine /learn/path /projects /projects/mine /community /community/new /people /skills /connections /figures \
            /leaderboard /achievements /points /mentors /mentors/edit /mentoring /search?q=data /notifications /settings \
            /settings/security /settings/notifications /settings/data /admin".to_owned()),
        (MEMBER, format!("/resumes/{resume} /resume/{resume} /resume/compare /jobs/{job} /applications/{} /courses/{course} \
            /courses/{course}/modules/{module} /projects/{project} /community/{post} /community/posts/{} /community/{}/edit \
            /people/5 /people/me /profile/8 /mentors/{mentor} /mentoring/{session} /learn/path?job={job} /skills/{skill}",
            application["id"], own["id"], own["id"])),
        (RECRUITER, format!("/ /jobs/mine /jobs/new /jobs/figures /jobs/{job} /jobs/{job}/edit /jobs/{job}/applicants /applications/{}", application["id"])),
        (INSTRUCTOR, format!("/teach /teach/new /teach/figures /courses/{course} /courses/{course}/edit /courses/{course}/learners \
            /courses/{course}/modules/{module}/edit /projects/new /projects/{project} /projects/{project}/edit /projects/{project}/review")),
        (ADMIN, "/ /admin /admin/members /admin/members/5 /admin/mentors /admin/moderation /admin/content /admin/skills /admin/achievements \
            /admin/deleted /admin/tasks /admin/schedule /admin/audit /admin/usage /admin/settings /admin/storage".to_owned()),
    ];
    text.iter().flat_map(|(who, paths)| paths.split_whitespace().map(|path| (*who, path.to_owned()))).collect()
}

/// What stands in quotation marks after `before`, line by line.
fn named(file: &str, before: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let lines =
        text.lines().filter_map(|it| it.trim_start().strip_prefix(before)?.split('"').next().map(str::to_owned));
    lines.collect()
}

fn fits(pattern: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len()
        && pattern.iter().zip(path).all(|(part, asked)| part.starts_with(':') || *part == "*" || *part == asked)
}

fn look_at_all(name: &str, language: &str, width: u32, scheme: &str) {
    let Some(house) = House::open() else { return };
    let visits = visits(&house);
    let patterns = named("static/screens/index.js", "[\"");
    assert!(patterns.len() > 60, "{patterns:?}");
    for pattern in patterns {
        assert!(visits.iter().any(|(_, path)| fits(&pattern, path)), "nobody looks at {pattern}");
    }
    let axe = axe();
    let (mut broken, mut measured) = (vec![], vec![]);
    let people: BTreeSet<_> = visits.iter().map(|(who, _)| *who).collect();
    for who in people {
        let page = if who == "nobody" { house.window() } else { house.window_of(who) };
        if who == "nobody" {
            page.open("/");
        }
        page.look(width, scheme);
        page.speak(language);
        page.errors();
        let mut look = Look { page: &page, name, axe: &axe, broken: vec![], measured: vec![] };
        for (_, path) in visits.iter().filter(|(it, _)| *it == who) {
            look.at(who, path);
        }
        broken.extend(look.broken);
        measured.extend(look.measured);
    }
    // The readable reference is a page of its own.
    let reference = house.window();
    reference.look(width, scheme);
    reference.open_page("/api/docs/", "!!seen('main h2')");
    broken.extend(reference.errors());
    broken.extend(faults(&reference, &axe));
    reference.photograph(&left_behind("screens").join(format!("{name}-reference.jpg")));
    measured.sort();
    fs::write(left_behind("screens").join(format!("{name}.txt")), measured.join("\n")).unwrap();
    assert!(broken.is_empty(), "{} faults:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn every_screen_on_a_desk_in_light_and_english() {
    look_at_all("desk", "en", 1280, "light");
}

#[test]
fn every_screen_on_a_phone_in_dark_and_ukrainian() {
    look_at_all("phone", "uk", 360, "dark");
}
