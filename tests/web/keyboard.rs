//! Everything without a pointer.

use crate::house::House;

/// Tabs until the focus is on something of this selector.
fn tab_to(page: &crate::page::Page, css: &str) {
    for _ in 0..80 {
        page.press("Tab");
        if page.run(&format!("!!document.activeElement?.matches({css:?})")) == true {
            // Whoever uses keys sees where they are.
            let ring = page.run("(() => { const it = getComputedStyle(document.activeElement); return it.outlineStyle !== 'none' || it.boxShadow !== 'none'; })()");
            assert_eq!(ring, true, "{css} shows no focus");
            return;
        }
    }
    panic!("{css} is not reached by Tab");
}

#[test]
fn from_the_door_to_an_application_by_keys_alone() {
    let Some(house) = House::open() else { return };
    let page = house.window();
    page.open("/sign-in");
    tab_to(&page, "[name=username]");
    page.write("user8");
    tab_to(&page, "[name=password]");
    page.write(crate::house::PASSWORD);
    page.press("Enter");
    page.see(".nextstep", "");
    // The first key leads past the places to what the screen says.
    page.open("/jobs");
    page.press("Tab");
    assert_eq!(page.run("document.activeElement.className"), "skip");
    page.press("Enter");
    assert_eq!(page.run("document.activeElement.id"), "main");
    tab_to(&page, ".joblist a");
    page.press("Enter");
    page.wait("the job", r"/^\/jobs\/\d+$/.test(location.pathname) && !!seen('main button.main', 'Apply')");
    // A new screen is read from its heading.
    page.wait("the focus on the heading", "document.activeElement.tagName === 'H1'");
    tab_to(&page, "main button.main");
    page.press("Enter");
    page.see("dialog[open]", "");
    // A dialog keeps the focus, and Escape leaves it.
    for _ in 0..12 {
        page.press("Tab");
        assert_eq!(
            page.run("document.activeElement === document.body || !!document.activeElement.closest('dialog')"),
            true
        );
    }
    page.press("Escape");
    page.see_gone("dialog[open]", "");
    assert_eq!(page.run("document.activeElement.matches('main button.main')"), true);
    page.press("Enter");
    // It asks for the résumés first, so that the keys after this one would still go to the screen.
    page.see("dialog[open]", "");
    tab_to(&page, "dialog[open] textarea");
    page.write("By keys alone.");
    tab_to(&page, "dialog[open] button.main");
    page.press("Enter");
    page.see("main a.button", "See application");
}

#[test]
fn search_menu_and_board_by_keys() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user8");
    page.open("/jobs");
    page.press("/");
    assert_eq!(page.run("document.activeElement.id"), "q");
    page.write("data");
    page.press("Enter");
    page.arrive("/search");
    page.see("main mark", "");
    page.run("document.querySelector('[popovertarget=account]').focus()");
    page.press("Enter");
    page.see("#account a", "Settings");
    page.press("Escape");
    page.see_gone("#account", "");
    // A filter stands in the address and outlives a reload.
    page.open("/jobs");
    page.fill("#job-search", "data");
    page.press("Enter");
    page.wait("the address", "location.search.includes('search=data')");
    page.open("/jobs?search=data");
    assert_eq!(page.run("document.querySelector('#job-search').value"), "data");
}

#[test]
fn the_focus_stays_where_something_was_removed() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user8");
    let focused = "document.activeElement.closest('main li, main .chips') !== null";
    page.open("/notifications");
    page.see(".news li", "");
    page.run("(window.gone = document.querySelector('.news li')).querySelector('button').focus()");
    page.press("Enter");
    page.wait("it is gone", "!gone.isConnected");
    page.wait("the focus in the list", focused);
    page.open("/jobs/what-if?skill=Git&skill=Docker");
    page.run("seen('button.chip', 'Git').focus()");
    page.press("Enter");
    page.wait("one skill less", "document.querySelectorAll('button.chip:not(.suggested)').length === 1");
    page.wait("the focus among the skills", focused);
}
