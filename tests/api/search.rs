//! What a stranger finds, and in which order.

use chrono::Duration;
use proptest::{prelude::*, test_runner::TestRunner};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

use crate::app::{Member, TestApp};

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

pub fn find(t: &TestApp, q: &str, more: &str) -> Value {
    t.visitor().get(&format!("/api/search/?q={}&{more}", encoded(q))).ok()
}

/// What is found, as `type title`.
pub fn found(page: &Value) -> Vec<String> {
    let rows = page["results"].as_array().unwrap();
    rows.iter().map(|it| format!("{} {}", it["type"].as_str().unwrap(), it["title"].as_str().unwrap())).collect()
}

fn titles(t: &TestApp, q: &str) -> Vec<String> {
    found(&find(t, q, "")).into_iter().map(|it| it.split_once(' ').unwrap().1.to_owned()).collect()
}

/// A posting with these words.
pub fn post(recruiter: &Member<'_>, title: &str, more: Value) -> Value {
    let mut job = json!({"title": title, "description": "Work.", "company_name": "Acme", "location": "Lviv, Ukraine",
        "job_type": "full-time"});
    for (name, value) in more.as_object().unwrap() {
        job[name] = value.clone();
    }
    recruiter.post("/api/jobs/", job).created()
}

pub fn course(title: &str) -> Value {
    json!({"title": title, "description": "Lessons.", "difficulty": "beginner", "category": "databases", "duration_hours": 4})
}

#[test]
fn every_kind_is_found_by_its_words() {
    let t = TestApp::new();
    let (root, rita, ines, ann) = (t.admin("boss"), t.recruiter("rita"), t.instructor("ines"), t.user("ann"));
    root.post("/api/skills/", json!({"name": "Falconry", "synonyms": ["Hawking"], "description": "Birds of prey."}))
        .created();
    let job = post(&rita, "Falconry keeper", json!({}));
    let lesson = ines.post("/api/courses/", course("Falconry for beginners")).created();
    let mut project = course("A falconry diary");
    project["estimated_hours"] = json!(3);
    ines.post("/api/projects/", project).created();
    ann.patch("/api/users/me/", json!({"first_name": "Ann", "last_name": "Lee", "title": "Falconry teacher"})).ok();
    let words = json!({"title": "My first hawk", "content": "It came to my hand.", "tags": ["falconry"]});
    let talk = ann.post("/api/community/posts/", words).created();
    let helper = json!({"specializations": ["Falconry"], "bio": "I teach how to keep a hawk."});
    let mentor = ann.post("/api/mentors/", helper).created();
    let page = find(&t, "falconry", "");
    let mut all = found(&page);
    all.sort();
    assert_eq!(
        all,
        [
            "courses Falconry for beginners",
            "jobs Falconry keeper",
            "mentors Ann Lee",
            "posts My first hawk",
            "projects A falconry diary",
            "skills Falconry",
            "users Ann Lee"
        ]
    );
    for kind in ["jobs", "courses", "projects", "mentors", "posts", "users", "skills"] {
        assert_eq!(page["facets"][kind], 1, "{kind}");
    }
    assert!(page.get("corrected").is_none());
    let one = |kind: &str| page["results"].as_array().unwrap().iter().find(|it| it["type"] == kind).unwrap().clone();
    assert_eq!((&one("jobs")["id"], &one("jobs")["url"]), (&job["id"], &json!(format!("/jobs/{}", job["id"]))));
    assert_eq!(one("courses")["url"], format!("/courses/{}", lesson["id"]));
    assert_eq!(one("mentors")["url"], format!("/mentors/{}", mentor["id"]));
    assert_eq!(one("posts")["url"], format!("/community/{}", talk["id"]));
    assert_eq!(one("users")["url"], format!("/profile/{}", ann.id));
    assert_eq!(found(&find(&t, "hawking", "")), ["skills Falconry"], "also by a synonym");
    let some = find(&t, "falconry", "type=jobs&type=skill");
    assert_eq!((&some["count"], &some["facets"]), (&json!(2), &page["facets"]));
    let part = find(&t, "falconry", "page_size=2&page=2");
    assert_eq!((found(&part), &part["count"]), (found(&page)[2..4].to_vec(), &json!(7)));
    assert!(part["next"].as_str().unwrap().contains("page=3") && part["next"].as_str().unwrap().contains("q=falconry"));
    let scores: Vec<f64> = page["results"].as_array().unwrap().iter().map(|it| it["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b) && scores[0] == 3.0, "{scores:?}");
}

#[test]
fn what_is_called_so_comes_before_what_is_about_it() {
    let t = TestApp::new();
    let (root, rita) = (t.admin("boss"), t.recruiter("rita"));
    root.post("/api/skills/", json!({"name": "Zinc"})).created();
    post(&rita, "In the text", json!({"description": "zinc and more"}));
    post(&rita, "Among the skills", json!({"description": "much and more", "required_skill_ids": ["Zinc"]}));
    post(&rita, "The company", json!({"description": "much and more", "company_name": "Zinc"}));
    post(&rita, "zinc the title", json!({"description": "much and more"}));
    for nth in 0..20 {
        post(&rita, &format!("Other {nth}"), json!({}));
    }
    let jobs = found(&find(&t, "zinc", "type=jobs"));
    assert_eq!(jobs, ["jobs zinc the title", "jobs The company", "jobs Among the skills", "jobs In the text"]);
}

#[test]
fn exact_comes_before_prefix_before_corrected_and_newer_breaks_ties() {
    let t = TestApp::new();
    let rita = t.recruiter("rita");
    for title in ["Falcon", "Falconer", "Falcn", "Falcon"] {
        post(&rita, title, json!({"company_name": title}));
        t.pass(Duration::seconds(1));
    }
    let page = find(&t, "falcon", "");
    assert_eq!(titles(&t, "falcon"), ["Falcon", "Falcon", "Falconer", "Falcn"]);
    let ids: Vec<i64> = page["results"].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()).collect();
    assert!(ids[0] > ids[1], "the newer of two equal ones comes first");
    let scores: Vec<f64> = page["results"].as_array().unwrap().iter().map(|it| it["score"].as_f64().unwrap()).collect();
    assert_eq!(scores, [3.0, 3.0, 2.0, 1.0]);
    assert!(page.get("corrected").is_none(), "what was typed finds something");
}

#[test]
fn the_last_word_counts_as_a_beginning_and_no_other() {
    let t = TestApp::new();
    let rita = t.recruiter("rita");
    post(&rita, "Senior falcon keeper", json!({}));
    for (q, hits) in
        [("falcon kee", 1), ("fal keeper", 0), ("keeper fal", 1), ("lcon", 0), ("FALCON", 1), ("fálcon", 1)]
    {
        assert_eq!(find(&t, q, "")["count"], hits, "{q}");
    }
}

#[test]
fn one_typo_is_forgiven_from_five_letters_and_two_from_nine() {
    let t = TestApp::new();
    let rita = t.recruiter("rita");
    post(&rita, "Kubernetes keeper", json!({}));
    post(&rita, "Rust and Swift", json!({}));
    for (q, meant) in [
        ("kubernets", "kubernetes"),
        ("kubrenetse", "kubernetes"),
        ("ubernetse", "kubernetes"),
        ("qubernetas keeper", "kubernetes keeper"),
        ("kubernetes keper", "kubernetes keeper"),
        ("kepr", ""),
        ("swfit", "swift"),
        ("sdift", "swift"),
        ("zwift", "swift"),
        ("swf", ""),
        ("rusz", ""),
        ("swxyt", ""),
        ("kubrene", "kubernetes"),
        ("kxbxrnxtes", ""),
    ] {
        let page = find(&t, q, "");
        if meant.is_empty() {
            assert_eq!((&page["count"], page.get("corrected")), (&json!(0), None), "{q}");
        } else {
            assert_eq!((&page["count"], &page["corrected"]), (&json!(1), &json!(meant)), "{q}");
            assert!(page["results"][0]["score"].as_f64().unwrap() <= 1.0);
        }
    }
    assert_eq!(find(&t, "kubernets", "page_size=1")["corrected"], "kubernetes");
    post(&rita, "Swift by another", json!({}));
    let second = find(&t, "swfit", "page_size=1&page=2");
    assert_eq!((&second["corrected"], &second["count"]), (&json!("swift"), &json!(2)));
}

#[test]
fn a_snippet_is_escaped_and_marks_what_was_found() {
    let t = TestApp::new();
    let rita = t.recruiter("rita");
    let text = format!("{} <script>alert(\"Žebra\")</script> & so on. {}", "word ".repeat(100), "more ".repeat(100));
    post(&rita, "Keeper", json!({"description": text}));
    let page = find(&t, "zebra", "");
    let snippet = page["results"][0]["snippet"].as_str().unwrap();
    assert!(
        snippet.contains("&lt;script&gt;alert(&quot;<mark>Žebra</mark>&quot;)&lt;/script&gt; &amp; so on."),
        "{snippet}"
    );
    assert!(snippet.starts_with('…') && snippet.ends_with('…') && snippet.len() < 400, "{snippet}");
    let by_title = find(&t, "keeper", "");
    assert!(by_title["results"][0]["snippet"].as_str().unwrap().starts_with("Lviv, Ukraine word"));
}

#[test]
fn only_what_a_stranger_may_see_is_found() {
    let t = TestApp::new();
    let (root, rita, ines, ann) = (t.admin("boss"), t.recruiter("rita"), t.instructor("ines"), t.user("ann"));
    let skill = root.post("/api/skills/", json!({"name": "Falconry"})).created();
    ann.post("/api/user-skills/", json!({"skill": "Falconry"})).created();
    let soon = (t.app.clock.now().plus(Duration::days(2))).to_string();
    let jobs = ["Open", "Closing", "Deleted", "Ending"].map(|title| {
        let deadline = if title == "Ending" { json!(soon) } else { Value::Null };
        let job = post(&rita, &format!("Falconry {title}"), json!({"deadline": deadline}));
        format!("/api/jobs/{}/", job["id"])
    });
    let lesson = ines.post("/api/courses/", course("Falconry lesson")).created();
    let lesson = format!("/api/courses/{}/", lesson["id"]);
    let mut draft = course("Falconry draft");
    draft["status"] = json!("inactive");
    ines.post("/api/courses/", draft).created();
    let all = |t: &TestApp| {
        let mut all = found(&find(t, "falconry", ""));
        all.sort();
        all.join(", ")
    };
    let people = "skills Falconry, users ann";
    assert_eq!(
        all(&t),
        format!(
            "courses Falconry lesson, jobs Falconry Closing, jobs Falconry Deleted, jobs Falconry Ending, jobs Falconry Open, {people}"
        )
    );
    rita.post(&format!("{}close/", jobs[1]), json!({})).ok();
    rita.delete(&jobs[2]).empty();
    ines.patch(&lesson, json!({"status": "archived"})).ok();
    assert_eq!(all(&t), format!("jobs Falconry Ending, jobs Falconry Open, {people}"));
    assert_eq!(found(&find(&t, "falconry", "type=jobs&mine=true&status=closed")), Vec::<String>::new());
    assert_eq!(found(&find(&t, "falconry", "type=courses&status=inactive")), Vec::<String>::new());
    rita.post(&format!("{}reopen/", jobs[1]), json!({})).ok();
    rita.post(&format!("{}restore/", jobs[2]), json!({})).ok();
    ines.patch(&lesson, json!({"status": "active"})).ok();
    assert!(all(&t).starts_with("courses Falconry lesson, jobs Falconry Closing, jobs Falconry Deleted, jobs"));
    ann.delete("/api/users/me/").empty();
    t.pass(Duration::days(3));
    assert_eq!(
        all(&t),
        "courses Falconry lesson, jobs Falconry Closing, jobs Falconry Deleted, jobs Falconry Open, skills Falconry"
    );
    t.sign_in_again(&root).patch(&format!("/api/skills/{}/", skill["id"]), json!({"name": "Hawking"})).ok();
    assert_eq!(find(&t, "hawking", "")["count"], 1);
    assert!(!all(&t).contains("skills"));
    t.drain();
}

#[test]
fn the_filters_of_a_chosen_type_are_those_of_its_list() {
    let t = TestApp::new();
    let (root, rita, ines, ann) = (t.admin("boss"), t.recruiter("rita"), t.instructor("ines"), t.user("ann"));
    root.post("/api/skills/", json!({"name": "Rust", "category": "backend"})).created();
    post(&rita, "Rust one", json!({"job_type": "contract", "salary_min": 1000, "required_skill_ids": ["Rust"]}));
    post(&rita, "Rust two", json!({"location": "Kyiv"}));
    ines.post("/api/courses/", course("Rust lesson")).created();
    ann.patch("/api/users/me/", json!({"title": "Rust developer", "location": "Kyiv"})).ok();
    for (query, hits) in [
        ("type=jobs", vec!["jobs Rust two", "jobs Rust one"]),
        ("type=jobs&job_type=contract", vec!["jobs Rust one"]),
        ("type=jobs&location=kyiv", vec!["jobs Rust two"]),
        ("type=jobs&skill=rust", vec!["jobs Rust one"]),
        ("type=jobs&salary_min=2000", vec![]),
        ("type=courses&difficulty=advanced", vec![]),
        ("type=courses&difficulty=beginner", vec!["courses Rust lesson"]),
        ("type=users&location=kyiv", vec!["users ann"]),
        ("type=users&is_mentor=true", vec![]),
        ("type=skills&category=frontend", vec![]),
        ("type=skills&category=backend", vec!["skills Rust"]),
    ] {
        let mut all = found(&find(&t, "rust", query));
        all.sort();
        let mut hits: Vec<_> = hits.into_iter().map(str::to_owned).collect();
        hits.sort();
        assert_eq!(all, hits, "{query}");
    }
    assert_eq!(find(&t, "rust", "job_type=contract")["count"], 5, "without its type a filter is no filter");
    let faults = |query: &str| t.visitor().get(&format!("/api/search/?{query}")).faults();
    assert_eq!(faults("q=rust&type=jobs&job_type=x&skill=nope"), ["job_type"]);
    assert_eq!(faults("q=rust&type=jobs&skill=nope"), ["skill"]);
    assert_eq!(faults("q=rust&type=cats"), ["type"]);
    assert_eq!(faults(""), ["q"]);
    assert_eq!(faults("q=a"), ["q"]);
    assert_eq!(faults("q=++"), ["q"]);
    assert_eq!(faults(&format!("q={}", "a".repeat(201))), ["q"]);
    assert_eq!(faults("q=rust&q=go"), ["q"]);
    assert_eq!(faults("q=rust&page_size=x"), ["page_size"]);
    assert_eq!(faults("q=rust&cursor="), ["cursor"]);
    t.visitor().get("/api/search/?q=rust&page=2").status(404);
    t.visitor().get("/api/search/?q=rust&page=x").status(404);
    t.visitor().post("/api/search/", json!({"q": "rust"})).status(405);
}

#[test]
fn signs_are_searched_as_people_mean_them() {
    let t = TestApp::new();
    let (root, rita) = (t.admin("boss"), t.recruiter("rita"));
    for (name, synonyms) in
        [("C++", json!([])), ("C#", json!([])), ("C", json!([])), (".NET", json!(["dotnet"])), ("CI/CD", json!([]))]
    {
        root.post("/api/skills/", json!({"name": name, "synonyms": synonyms})).created();
    }
    post(&rita, "Quoted \"near\" work", json!({"description": "a AND b OR c NEAR d"}));
    for (q, first) in
        [("c++", "C++"), ("C#", "C#"), (".net", ".NET"), ("ci/cd", "CI/CD"), ("CI", "CI/CD"), ("net", ".NET")]
    {
        assert_eq!(titles(&t, q).first().map(String::as_str), Some(first), "{q}");
    }
    assert_eq!(titles(&t, "c++"), ["C++"]);
    for q in ["\"quoted\"", "\"near\"", "NEAR", "quoted*", "AND OR", "-quoted", "quoted OR", "^quoted", "(quoted)"] {
        assert_eq!(find(&t, q, "type=jobs")["count"], 1, "{q}");
    }
    for q in ["**", "\"\"", "--", "{title}:", "()", "''", "%%", "\\\\", "title:", "+ +", "{title names}"] {
        find(&t, q, "");
    }
}

pub const WORDS: [&str; 14] = [
    "falcon",
    "falconer",
    "hawk",
    "garden",
    "gardener",
    "kyiv",
    "rust",
    "rusty",
    "database",
    "c++",
    "žebra",
    "пошта",
    "teacher",
    "ci/cd",
];

pub fn some_words(random: &mut StdRng, most: usize) -> String {
    (0..random.random_range(1..=most)).map(|_| *WORDS.choose(random).unwrap()).collect::<Vec<_>>().join(" ")
}

pub fn fill(t: &TestApp, random: &mut StdRng) {
    let (root, rita, ines) = (t.admin("boss"), t.recruiter("rita"), t.instructor("ines"));
    for word in WORDS {
        root.post("/api/skills/", json!({"name": word, "description": some_words(random, 5)})).created();
    }
    for _ in 0..12 {
        let skills: Vec<_> = WORDS.choose_multiple(random, 2).collect();
        let more = json!({"description": some_words(random, 20), "required_skill_ids": skills});
        post(&rita, &some_words(random, 3), more);
        let mut course = course(&some_words(random, 3));
        course["description"] = json!(some_words(random, 20));
        ines.post("/api/courses/", course).created();
    }
}

/// Whether a document's words hold a word, as the rule says it.
fn holds(text: &str, word: &str, begins: bool) -> bool {
    let fold = careerd::platform::sql::fold;
    let of_word = |c: char| c.is_alphanumeric() || matches!(c, '+' | '#');
    let split =
        |it: &str| fold(it).split(|c| !of_word(c)).filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (held, wanted) = (split(text), split(word));
    wanted.iter().enumerate().all(|(nth, it)| {
        held.iter().any(|held| held == it || (begins && nth + 1 == wanted.len() && held.starts_with(it.as_str())))
    })
}

#[test]
fn every_result_holds_every_word_or_what_it_was_corrected_to() {
    let t = TestApp::new();
    let mut random = StdRng::seed_from_u64(7);
    fill(&t, &mut random);
    let mut hits = 0;
    for _ in 0..120 {
        let mut q = some_words(&mut random, 3);
        if random.random_bool(0.3) {
            let keep = random.random_range(2..=q.chars().count());
            q = q.chars().take(keep).collect::<String>().trim().to_owned();
        }
        let page = find(&t, &q, "page_size=100");
        let said = page["corrected"].as_str().unwrap_or(&q).to_owned();
        let terms: Vec<_> = said.split_whitespace().collect();
        for it in page["results"].as_array().unwrap() {
            // Below 1 stands what was found by taking a word for another.
            if it["score"].as_f64().unwrap() <= 1.0 && page.get("corrected").is_none() {
                continue;
            }
            let path = format!("/api/{}/{}/", it["type"].as_str().unwrap(), it["id"]);
            let whole = t.visitor().get(&path).ok().to_string();
            for (nth, term) in terms.iter().enumerate() {
                let variants = it["score"].as_f64().unwrap() <= 1.0 && nth > 0;
                assert!(variants || holds(&whole, term, nth + 1 == terms.len()), "{q} ({said}): {term} in {whole}");
            }
            hits += 1;
        }
    }
    assert!(hits > 200, "{hits}");
}

#[test]
fn no_text_answers_with_an_error_of_ours() {
    let t = TestApp::new();
    let mut random = StdRng::seed_from_u64(8);
    fill(&t, &mut random);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() });
    let any = prop_oneof!["\\PC{0,40}", "[\"*():^{}+#. a-cž-]{2,30}", "(AND|OR|NOT|NEAR|\"|\\*|a|falcn| ){2,12}"];
    runner
        .run(&any, |q| {
            let path = format!("/api/search/?q={}", encoded(&q));
            let reply = t.visitor().get(&path);
            prop_assert!(matches!(reply.status.code, 200 | 400), "{} {}", q, reply.text());
            let reply = t.visitor().get(&format!("/api/search/suggest/?q={}", encoded(&q)));
            prop_assert!(matches!(reply.status.code, 200 | 400), "{} {}", q, reply.text());
            Ok(())
        })
        .unwrap();
    for raw in ["%00", "%ff%fe", "a%00b", "%F0%9F%A6%80%F0%9F%A6%80", "%E2%80%8D%E2%80%8D", "a%0Ab"] {
        let status = t.visitor().get(&format!("/api/search/?q={raw}")).status.code;
        assert!(matches!(status, 200 | 400), "{raw}: {status}");
    }
}

fn suggested(t: &TestApp, query: &str) -> Vec<String> {
    let list = t.visitor().get(&format!("/api/search/suggest/?{query}")).ok();
    let all = list.as_array().unwrap().iter();
    all.map(|it| format!("{} {}", it["type"].as_str().unwrap(), it["text"].as_str().unwrap())).collect()
}

#[test]
fn a_beginning_becomes_what_is_called_so() {
    let t = TestApp::new();
    let (root, rita, ann) = (t.admin("boss"), t.recruiter("rita"), t.user("ann"));
    for name in ["Rust", "Ruby", "React"] {
        root.post("/api/skills/", json!({"name": name, "description": "Rusty words about it."})).created();
    }
    for title in ["Senior Rust developer", "Rust developer", "Rust developer"] {
        post(&rita, title, json!({"description": "Ruby."}));
    }
    ann.patch("/api/users/me/", json!({"first_name": "Ruth", "title": "Rust teacher"})).ok();
    let mut all = suggested(&t, "q=ru");
    all.sort();
    assert_eq!(all, ["jobs Rust developer", "jobs Senior Rust developer", "skills Ruby", "skills Rust", "users Ruth"]);
    assert_eq!(suggested(&t, "q=rust+d"), ["jobs Rust developer", "jobs Senior Rust developer"]);
    assert_eq!(suggested(&t, "q=r&limit=2").len(), 2);
    assert_eq!(suggested(&t, "q=rut"), ["users Ruth"]);
    assert_eq!(suggested(&t, "q=raect"), ["skills React"]);
    assert_eq!(suggested(&t, "q=**"), Vec::<String>::new());
    let faults = |query: &str| t.visitor().get(&format!("/api/search/suggest/?{query}")).faults();
    assert_eq!(faults(""), ["q"]);
    assert_eq!(faults("q="), ["q"]);
    assert_eq!(faults(&format!("q={}", "a".repeat(51))), ["q"]);
    assert_eq!(faults("q=a&limit=21"), ["limit"]);
    assert_eq!(faults("q=a&limit=0"), ["limit"]);
}
