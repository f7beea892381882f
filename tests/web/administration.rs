//! What a site's owner and their moderators do.

use serde_json::json;

use crate::house::House;

#[test]
fn an_admin_makes_a_moderator_who_clears_up_on_a_phone() {
    let Some(house) = House::open() else { return };
    let admin = house.window_of("user1");
    admin.open("/admin/members");
    admin.fill("#list-search", "user11@");
    admin.press("Enter");
    admin.wait("the address", "location.search.includes('search=user11')");
    admin.wait("one member", "document.querySelectorAll('main tbody tr').length === 1");
    admin.click("main tbody a.quiet", "");
    admin.click("label.tick", "moderator");
    admin.click("form button.main", "Save changes");
    admin.see(".toast", "");

    let post = house.post("user9", "/community/posts/", &json!({"title": "Cheap pills", "content": "Very cheap."}));
    let flag = format!("/community/posts/{}/flag/", post["id"]);
    house.post("user6", &flag, &json!({"reason": "spam", "note": "Not about work."}));

    let moderator = house.window_of("user11");
    moderator.look(390, "dark");
    moderator.open("/");
    moderator.click(".bottom > button", "");
    moderator.click("#more a", "Administration");
    moderator.see("main li.card", "Not about work.");
    let case = |button: &str| format!("main li.card:has(a[href='/community/{}']) {button}", post["id"]);
    // Only what is theirs is offered and open.
    assert_eq!(
        moderator.run("[...document.querySelectorAll('main .tabs a')].some((it) => it.pathname === '/admin/tasks')"),
        false
    );
    moderator.click(&case("button.danger"), "");
    moderator.see_gone("main li.card", "Cheap pills");
    moderator.click("main .tabs a", "Hidden");
    moderator.click(&case("button"), "Restore");
    moderator.see_gone("main li.card", "Cheap pills");
    moderator.go("/admin/tasks");
    moderator.see(".empty", "");
    assert!(moderator.errors().is_empty() && admin.errors().is_empty());
}

#[test]
fn an_admin_watches_the_queue_and_makes_a_backup() {
    let Some(house) = House::open() else { return };
    let admin = house.window_of("user1");
    // What cannot succeed stands with its error, and can be tried again.
    admin.open("/admin/tasks");
    admin.choose("[name=kind]:not(#list-kind)", "send_achievement_email");
    admin.fill("[name=args]", "not JSON");
    admin.click("form.card.stack button", "");
    admin.see("p.fault", "");
    assert_eq!(admin.run("document.querySelector('[name=args]').value"), "not JSON");
    admin.choose("[name=kind]:not(#list-kind)", "cleanup_old_notifications");
    admin.fill("[name=args]", "");
    admin.click("form.card.stack button", "");
    admin.see(".toast", "");
    admin.open("/admin/tasks?kind=cleanup_old_notifications");
    admin.wait("it is done", "document.querySelector('main tbody .chip.good') !== null || (document.querySelector('main .sort')?.click(), false)");
    admin.click("main tbody button.link", "cleanup_old_notifications");
    admin.see("dialog[open] .well", "");
    admin.press("Escape");
    admin.see_gone("dialog[open]", "");

    admin.open("/admin/storage");
    admin.see("main h2", "Backups");
    let kept = admin.run("document.querySelectorAll('main .chip.good').length").as_u64().unwrap();
    admin.click("button", "Make a backup");
    admin.see(".toast", "");
    // It is there as soon as it is made and read back, without a reload.
    let now = format!("document.querySelectorAll('main .chip.good').length === {}", kept + 1);
    admin.wait("the backup, read back", &now);
    admin.open("/admin/audit");
    admin.see("main tbody tr", "backup");
    assert!(admin.errors().is_empty());
    // A screen that looks again and again, and was left before it came, looks no more.
    admin.connection(false, 400);
    admin.run("document.querySelector('main a[href=\"/admin/tasks\"]').click()");
    admin.go("/jobs");
    admin.calls();
    admin.run("new Promise((then) => setTimeout(then, 6500))");
    assert_eq!(admin.calls().iter().filter(|it| it.contains("/api/jobs/")).count(), 0);
}
