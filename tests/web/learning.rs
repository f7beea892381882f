//! Finding out what to learn, learning it, and being helped.

use crate::house::House;

#[test]
fn somebody_weighs_what_to_learn() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user8");
    page.look(390, "light");
    page.open("/jobs/what-if?threshold=30");
    page.click("button.chip.suggested", "");
    page.see(".lead", "open job");
    // The level is moved by keys, and keeps the focus.
    page.run("document.querySelector('#level').focus()");
    page.press("ArrowRight");
    page.wait("a higher level", "location.search.includes('level=advanced') && document.activeElement.id === 'level'");
    assert_eq!(page.run("document.querySelector('#level').getAttribute('aria-valuetext')"), "advanced");
    page.open("/search?q=data");
    page.see("main section h2", "Courses");
    page.see("main section h2", "Skills");
    page.click("main section a", "See all");
    page.wait("one kind", "location.search.includes('type=')");
    page.see(".news mark", "");
    page.open("/learn/path");
    page.fill("#role", "Data analyst");
    page.click("button", "Show path");
    page.see(".trail h3, .empty", "");
    page.open("/figures");
    page.see("figure .heat", "");
    assert!(page.errors().is_empty());
}

#[test]
fn the_path_of_everybody_with_a_resume_leads_to_its_end() {
    let Some(house) = House::open() else { return };
    for name in ["user4", "user6", "user8"] {
        let page = house.window_of(name);
        page.open("/learn/path");
        page.see(".trail h3", "");
        assert!(!page.text("main").contains("Not taught by any course here"), "{name}");
        assert_eq!(page.run("document.querySelectorAll('main .ring').length"), 2, "the match before and after");
    }
}

#[test]
fn whoever_is_not_there_yet_is_told_how_to_begin() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user13");
    page.open("/learn/path");
    page.see(".empty", "Choose a role");
    assert_eq!(page.run("document.querySelectorAll('main .note').length"), 0, "nothing is wrong yet");
    // A lesson of a course that was not begun says how to see it, and begins the course there.
    let mine = house.get("user13", "/course-progress/?page_size=100");
    let begun: Vec<_> = mine["results"].as_array().unwrap().iter().map(|it| it["course"]["id"].clone()).collect();
    let all = house.get("user13", "/courses/?page_size=100");
    let other = all["results"].as_array().unwrap().iter().find(|it| !begun.contains(&it["id"])).unwrap()["id"].clone();
    let module = house.get("user13", &format!("/courses/{other}/modules/"))["results"][0]["id"].clone();
    page.open(&format!("/courses/{other}/modules/{module}"));
    page.click(".empty button", "Start course");
    page.see("main .card", "");
    page.see("main button.main", "Mark as done");
}

#[test]
fn a_project_is_built_submitted_and_reviewed() {
    let Some(house) = House::open() else { return };
    let member = house.window_of("user9");
    member.open("/projects");
    member.click(".tile h3 a", "A word counter");
    member.click("main button.main", "Start project");
    member.see("main .chip", "in progress");
    let project = member.path();
    member.fill("[name=submission_url]", "no address");
    member.fill("[name=submission_notes]", "Counts letters too.");
    member.click("form button.main", "Submit work");
    member.see("p.fault", "");
    assert_eq!(member.run("document.querySelector('[name=submission_notes]').value"), "Counts letters too.");
    member.fill("[name=submission_url]", "https://example.org/words");
    member.click("form button.main", "Submit work");
    member.see("main .chip", "submitted");

    let teacher = house.window_of("user3");
    teacher.open(&project);
    teacher.click("main a.button", "Submitted work");
    teacher.see("main li", "Counts letters too.");
    let mine =
        "[...document.querySelectorAll('main li.card')].find((it) => it.textContent.includes('Counts letters too.'))";
    // Nobody is led to a rating: none is chosen beforehand.
    assert_eq!(teacher.run(&format!("{mine}.querySelector('[name=rating]').value")), "");
    teacher.run(&format!(
        "(() => {{ const it = {mine}.querySelector('form'); for (const [name, value] of [['rating', '5'], ['feedback', 'Short and clear.']]) {{
            it.elements[name].value = value; it.elements[name].dispatchEvent(new Event(name === 'rating' ? 'change' : 'input', {{ bubbles: true }})); }}
            it.querySelector('button').click(); }})()"
    ));
    teacher.see(".toast", "");
    member.open(&project);
    member.see("main .chip.good", "completed");
    member.see("main", "Short and clear.");
    let unexpected: Vec<_> = member.errors().into_iter().filter(|it| !it.contains("status of 400")).collect();
    assert!(unexpected.is_empty() && teacher.errors().is_empty(), "{unexpected:?}");
}

#[test]
fn people_connect_and_endorse() {
    let Some(house) = House::open() else { return };
    let (one, two) = (house.window_of("user6"), house.window_of("user30"));
    one.open("/people/30");
    one.click("main button", "Connect");
    one.see("main button", "");
    two.open("/connections?status=pending");
    two.click("main li button", "Accept");
    two.see(".toast", "");
    one.open("/people/30");
    one.click("main li button", "Endorse");
    one.see("main li .gold-ink", "endorsed");
    one.open("/connections");
    one.see("main li", "");
    assert!(one.errors().is_empty() && two.errors().is_empty());
}
