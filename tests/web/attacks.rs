//! Nothing that somebody wrote runs, wherever it is shown.

use serde_json::json;

use crate::house::House;

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

#[test]
fn what_somebody_wrote_stays_words() {
    let Some(house) = House::open() else { return };
    let posts = ATTACKS.iter().map(|attack| {
        let title = format!("Mind {}", attack.replace('\t', " "));
        let body = json!({"title": title, "content": format!("{attack}\n\n- {attack}\n> {attack}")});
        house.post("user9", "/community/posts/", &body)["id"].clone()
    });
    let addresses: Vec<String> = posts.map(|id| format!("/community/{id}")).collect();
    let page = house.window_of("user8");
    page.errors();
    for path in addresses.iter().map(String::as_str).chain(["/community", "/search?q=mind"]) {
        page.go(path);
        page.see("main h1", "");
        // Whatever can be clicked leads nowhere that runs.
        let unsafe_links = "[...document.querySelectorAll('main [href], main [src]')].filter((it) =>
            /^(javascript|data:text)/i.test((it.getAttribute('href') ?? it.getAttribute('src')).replace(/\\s/g, ''))).length";
        assert_eq!(page.run(unsafe_links), 0, "{path}");
        assert_eq!(
            page.run("document.querySelectorAll('main script, main iframe, main [onerror], main [onload]').length"),
            0,
            "{path}"
        );
    }
    assert_eq!(page.run("window.caught === undefined"), true);
    assert!(page.errors().is_empty());
    // As words it is all there.
    page.go(&addresses[0]);
    page.see("h1", ATTACKS[0]);
}
