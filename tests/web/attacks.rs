//! Nothing that somebody wrote runs, wherever it is shown.

use serde_json::{Value, json};

use crate::{house::House, page::Page};

/// Each would set `window.caught` where it ran.
const ATTACKS: &[&str] = &[
    "<script>window.caught = 1</script>",
    "<img src=x onerror=\"window.caught = 1\">",
    "<svg/onload=window.caught=1>",
    "\"><iframe srcdoc=\"<script>parent.caught=1</script>\"></iframe>",
    "[a](javascript:window.caught=1)",
    "[a](JaVa\tScript:window.caught=1)",
    "[a](data:text/html,<script>opener.caught=1</script>)",
    "javascript:window.caught=1//",
    "${window.caught = 1} {{constructor.constructor('window.caught=1')()}}",
    "</textarea><script>window.caught=1</script>",
    "<!--><script>window.caught=1</script>",
    "`<b onmouseover=window.caught=1>**<a href=\"javascript:window.caught=1\">x</a>**`",
];

/// Looks at a screen, and for what would run there.
fn look(page: &Page, path: &str) {
    page.go(path);
    page.see("main h1", "");
    // Whatever can be clicked leads nowhere that runs.
    let unsafe_links = "[...document.querySelectorAll('main [href], main [src]')].filter((it) =>
        /^(javascript|data:text)/i.test((it.getAttribute('href') ?? it.getAttribute('src')).replace(/\\s/g, ''))).length";
    assert_eq!(page.run(unsafe_links), 0, "{path}");
    let made = "main script, main iframe, main [onerror], main [onload], main [onmouseover], main [srcdoc]";
    assert_eq!(page.run(&format!("document.querySelectorAll('{made}').length")), 0, "{path}");
    assert_eq!(page.run("window.caught === undefined"), true, "{path}");
}

#[test]
fn posts_and_comments_stay_words() {
    let Some(house) = House::open() else { return };
    let write = |path: &str, body: Value| house.post("user9", path, &body)["id"].clone();
    let addresses: Vec<String> = ATTACKS
        .iter()
        .map(|attack| {
            let title = format!("Mind {}", attack.replace('\t', " "));
            let content = format!("{attack}\n\n- {attack}\n> {attack}");
            let id = write("/community/posts/", json!({"title": title, "content": content}));
            write(&format!("/community/posts/{id}/comments/"), json!({"content": attack}));
            format!("/community/{id}")
        })
        .collect();
    let page = house.window_of("user8");
    page.errors();
    for path in
        addresses.iter().map(String::as_str).chain(["/community", "/search?q=mind", "/search?q=mind&type=posts"])
    {
        look(&page, path);
    }
    assert!(page.errors().is_empty());
    // As words it is all there.
    page.go(&addresses[0]);
    page.see("h1", ATTACKS[0]);
}

#[test]
fn names_titles_and_letters_stay_words() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user8");
    page.errors();
    for attack in ATTACKS {
        let line = attack.replace('\t', " ");
        let who = json!({"first_name": line, "last_name": line, "title": line, "location": line, "career_goal": attack, "bio": attack});
        house.patch("user9", "/users/me/", &who);
        let job = house.post(
            "user2",
            "/jobs/",
            &json!({"title": line, "company_name": line, "location": line, "job_type": "full-time",
                "description": format!("{attack} {attack} {attack} and fifty letters more, so that it is long enough.")}),
        )["id"]
            .clone();
        house.post("user9", &format!("/jobs/{job}/apply/"), &json!({"cover_letter": attack}));
        for path in ["/people/9".to_owned(), format!("/jobs/{job}"), "/jobs?ordering=-posted_at".to_owned()] {
            look(&page, &path);
        }
    }
    assert!(page.errors().is_empty());
    let (recruiter, admin, own) = (house.window_of("user2"), house.window_of("user1"), house.window_of("user9"));
    let jobs = house.get("user2", "/jobs/?ordering=-posted_at&page_size=1");
    look(&recruiter, "/jobs/mine");
    look(&recruiter, &format!("/jobs/{}/applicants", jobs["results"][0]["id"]));
    look(&admin, "/admin/members");
    look(&admin, "/admin/content");
    for path in ["/applications", "/settings", "/people/me", "/notifications", "/people"] {
        look(&own, path);
    }
}

/// Schemes in every disguise that a browser sees through: none of them passes for a safe address.
#[test]
fn no_address_runs_as_code() {
    let Some(house) = House::open() else { return };
    let page = house.window();
    page.open("/");
    let found = page.run(
        r#"(async () => {
            const main = document.querySelector('script[type=module]').src;
            const { isSafeAddress } = await import(main.replace('main.js', 'core/view.js'));
            // The same numbers each time, so that a failure can be seen again.
            let seed = 20_261_123;
            const random = (n) => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return Math.floor(seed / 2_147_483_648 * n); };
            const schemes = ['javascript:', 'data:text/html,', 'vbscript:', 'data:image/svg+xml,', 'https://example.org/', 'mailto:a@b.c', '/jobs', '?q=1', 'blob:', 'file:///etc/', 'a/b:c', '//evil.example', 'x:javascript:'];
            const noise = ['', ' ', '\t', '\n', '\r', '\u0000', '\u0001', '\u001f', '\u00a0', '\u200b', '\ufeff', '&colon;', '%3a', '\\', '/', ':', '#', '?', '.', 'A'];
            const disguise = (text) => [...text].map((c) => (random(3) ? c : random(2) ? c.toUpperCase() : c) + (random(6) ? '' : noise[random(noise.length)])).join('');
            const wrong = [];
            const link = document.createElement('a');
            for (let n = 0; n < 50_000; n += 1) {
                const text = noise[random(noise.length)] + disguise(schemes[random(schemes.length)]) + 'window.caught=1' + noise[random(noise.length)];
                link.setAttribute('href', text);
                if (isSafeAddress(text) && /^(javascript|vbscript|file|data):$/.test(link.protocol)) wrong.push(text);
            }
            return wrong.slice(0, 5);
        })()"#,
    );
    assert_eq!(found, json!([]));
}
