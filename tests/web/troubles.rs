//! What goes wrong on the way, said kindly, with nothing lost.

use serde_json::json;

use crate::house::House;

#[test]
fn the_connection_goes_and_comes_back() {
    let Some(mut house) = House::open() else { return };
    let page = house.window_of("user6");
    page.connection(true, 0);
    page.click(".side a", "Learn");
    page.see(".empty", "");
    // It comes by itself once there is a connection, and nothing says any more that there is none.
    page.connection(false, 0);
    page.see(".tile", "");
    page.see(".toast", "back online");
    page.see_gone(".toast", "There is no connection");
    // What was typed is there after a detour.
    page.open("/settings");
    page.fill("[name=bio]", "Half a sentence");
    page.click(".side a", "Jobs");
    page.see(".joblist", "");
    page.run("history.back()");
    page.wait("what was typed", "document.querySelector('[name=bio]')?.value === 'Half a sentence'");
    // The program itself is gone.
    house.go_dark();
    page.click("form button.main", "Save changes");
    page.see(".fault.note", "");
    assert_eq!(page.run("document.querySelector('[name=bio]').value"), "Half a sentence");
    page.click(".side a", "Projects");
    page.see(".empty", "");
}

#[test]
fn a_slow_connection_shows_that_something_is_on_its_way() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user6");
    page.go("/no/such/page");
    page.go("/projects");
    page.go("/");
    page.connection(false, 400);
    page.click(".side a", "Projects");
    page.wait("the sign of waiting", "document.documentElement.classList.contains('loading')");
    page.see(".tile", "");
    page.wait("its end", "!document.documentElement.classList.contains('loading')");
    // A screen that was left before it came is not waited for.
    page.run("document.querySelector('.side a[href=\"/community\"]').click()");
    page.go("/no/such/page");
    page.run("new Promise((then) => setTimeout(then, 300))");
    assert_eq!(page.run("document.documentElement.classList.contains('loading')"), false);
    // What is pointed at comes before it is clicked on.
    let came = "performance.getEntriesByType('resource').some((it) => it.name.endsWith('/screens/mentors.js'))";
    assert_eq!(page.run(came), false);
    page.run("document.querySelector('.side a[href=\"/mentors\"]').dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))");
    page.wait("the module", came);
    // Two impatient clicks send once.
    page.go("/community/new");
    page.fill("[name=title]", "Sent once");
    page.fill("[name=content]", "However often one clicks.");
    page.run("document.querySelectorAll('main form button.main').forEach((it) => { it.click(); it.click(); })");
    page.wait("the post", r"/^\/community\/\d+$/.test(location.pathname)");
    let list = house.get("user6", "/community/posts/?search=Sent%20once");
    assert_eq!(list["count"], 1, "{list}");
}

#[test]
fn a_sign_in_that_ended_leads_back_to_where_one_was() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user6");
    let stale = "(async () => { const main = document.querySelector('script[type=module]').src;
        (await import(main.replace('main.js', 'core/session.js'))).session.access = 'stale'; })()";
    // A token that is too old is renewed without a word.
    page.run(stale);
    page.click(".side a", "Jobs");
    page.see(".joblist", "");
    // Without the cookie there is nothing to renew it by.
    page.forget_cookies();
    page.run(stale);
    page.click(".side a", "Résumé");
    page.arrive("/sign-in");
    page.sign_in("user6", crate::house::PASSWORD);
    page.arrive("/resume");
    page.go("/no/such/page");
    page.see(".empty a", "");
    page.go("/jobs/999999");
    page.see(".empty", "");
    // In the middle of a form: what was typed is there after signing in again, and after a reload.
    page.open("/community/new");
    page.fill("[name=title]", "Half a thought");
    page.fill("[name=content]", "And the other half.");
    page.forget_cookies();
    page.run(stale);
    page.click("form button.main", "Publish post");
    page.arrive("/sign-in");
    page.sign_in("user6", crate::house::PASSWORD);
    page.arrive("/community/new");
    page.see("[name=title]", "");
    assert_eq!(page.run("document.querySelector('[name=title]').value"), "Half a thought");
    page.open("/community/new");
    assert_eq!(page.run("document.querySelector('[name=content]').value"), "And the other half.");
    // Nobody else sees it.
    page.click("[popovertarget=account]", "");
    page.click("#account button", "Sign out");
    page.see(".hero", "");
    page.open("/sign-in");
    page.sign_in("user7", crate::house::PASSWORD);
    page.go("/community/new");
    assert_eq!(page.run("document.querySelector('[name=title]').value"), "");
}

/// Each refusal says what happened and what to do; what was typed stays.
#[test]
fn every_refusal_is_told_kindly() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user6");
    let answer = |status: u16, body: serde_json::Value, wait: &str| {
        page.run(&format!(
            "(() => {{ window.real ??= window.fetch; window.fetch = (path, init) => /community\\/posts\\/($|\\?)/.test(path)
                ? Promise.resolve(new Response({:?}, {{ status: {status}, headers: {{ 'Retry-After': '{wait}', 'X-Request-Id': 'r-77' }} }})) : real(path, init); }})()",
            body.to_string()
        ));
    };
    for (status, body, wait, told) in [
        (403, json!({"error": "Forbidden", "detail": "You may not write here."}), "", "You may not write here."),
        (409, json!({"error": "Conflict", "detail": "It was already sent."}), "", "It was already sent."),
        (412, json!({"error": "Precondition Failed", "detail": "x"}), "", "changed meanwhile"),
        (429, json!({"error": "Too Many Requests", "detail": "x"}), "37", "37 seconds"),
        (500, json!({"error": "Internal Server Error", "detail": "x", "request_id": "r-77"}), "", "r-77"),
        (503, json!({"error": "Service Unavailable", "detail": "The disk is full."}), "2", "The disk is full."),
    ] {
        page.go("/community/new");
        page.fill("[name=title]", "Never lost");
        page.fill("[name=content]", "Whatever happens.");
        answer(status, body, wait);
        page.click("form button.main", "Publish post");
        page.see(".fault.note", told);
        page.wait("the focus on what is wrong", "document.activeElement.matches('.fault')");
        assert_eq!(page.run("document.querySelector('[name=title]').value"), "Never lost");
        // A whole screen says it too, under a heading that has the focus.
        page.go("/community");
        page.see(".empty", if status == 403 { "another role" } else { told });
        assert_eq!(page.run("document.activeElement.tagName"), "H1");
        page.run("window.fetch = real");
    }
    // The last one said how long to wait.
    page.see("main article", "");
}

#[test]
fn two_windows_do_not_overwrite_each_other() {
    let Some(house) = House::open() else { return };
    let (one, two) = (house.window_of("user6"), house.window_of("user6"));
    one.open("/settings");
    two.open("/settings");
    one.fill("[name=title]", "First");
    one.click("form button.main", "Save changes");
    one.see(".toast", "");
    two.fill("[name=title]", "Second");
    two.click("form button.main", "Save changes");
    two.see(".fault.note", "");
    assert_eq!(two.run("document.querySelector('[name=title]').value"), "Second");
    assert_eq!(house.get("user6", "/users/me/")["title"], "First");
}
