//! What people come for, from its beginning to its end.

use std::path::Path;

use serde_json::json;

use crate::house::House;

fn document(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name)
}

#[test]
fn somebody_new_brings_a_resume_and_applies_for_a_job() {
    let Some(house) = House::open() else { return };
    let page = house.window();
    page.look(390, "light");
    page.open("/");
    page.click("main a", "Create an account");
    page.arrive("/sign-up");
    // What is wrong is said beside each field, and what was typed stays.
    page.fill("[name=username]", "a");
    page.fill("[name=email]", "nowhere");
    page.click("form.card button.main", "");
    page.see("#sign-up-username-fault", "");
    page.see("#sign-up-email-fault", "");
    assert_eq!(page.run("document.querySelector('[name=email]').value"), "nowhere");
    page.fill("[name=username]", "hanna");
    page.fill("[name=email]", "hanna@example.org");
    page.fill("[name=password]", "a long walk in May");
    page.fill("[name=first_name]", "<img src=x onerror=alert(1)>");
    page.click("form.card button.main", "");
    page.arrive("/welcome");
    page.give("input[type=file]", &document("chromium-one-column.pdf"));
    page.wait("what was found", "location.search === '?step=2' && !!seen('li b')");
    let found = page.run("document.querySelectorAll('li.row.top').length").as_u64().unwrap();
    assert!(found > 3, "{found} skills were found");
    page.click("li.row.top button.danger", "");
    page.wait("one skill less", &format!("document.querySelectorAll('li.row.top').length === {}", found - 1));
    page.click("main a.button.main", "");
    page.fill("[name=career_goal]", "Work as a Data analyst.");
    page.click("form.card button.main", "");
    page.see(".nextstep", "");
    page.see("main h1", "<img src=x onerror=alert(1)>");
    page.click(".joblist h3 a", "");
    page.click("main button.main", "Apply");
    page.fill("dialog[open] textarea", "I have built what you describe.");
    page.click("dialog[open] button.main", "Send application");
    page.click("main a.button", "See application");
    page.see(".trail", "");
    page.click("main button", "Withdraw application");
    page.click("dialog[open] button.danger", "");
    page.see("p.strong", "Withdrawn");
    let unexpected: Vec<_> = page.errors().into_iter().filter(|it| !it.contains("status of 400")).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
}

#[test]
fn a_recruiter_posts_a_job_and_moves_an_applicant_who_hears_of_it() {
    let Some(house) = House::open() else { return };
    let recruiter = house.window_of("user2");
    recruiter.open("/jobs/new");
    recruiter.fill("[name=title]", "Engineer of quiet machines");
    recruiter.fill("[name=company_name]", "Acme");
    recruiter.fill("[name=location]", "Lviv, Ukraine");
    recruiter.fill("[name=description]", "We write services in Rust with PostgreSQL and Docker. You know Linux well.");
    recruiter.click("button", "Suggest skills");
    recruiter.click(".well .chip", "");
    recruiter.fill("#must", "pyth");
    recruiter.see("#must-list li", "Python");
    recruiter.press("Enter");
    recruiter.see("button.chip", "Python");
    recruiter.fill("[name=salary_min]", "5000");
    recruiter.fill("[name=salary_max]", "100");
    recruiter.click("form button.main", "Publish job");
    recruiter.see("p.fault", "");
    recruiter.fill("[name=salary_max]", "9000");
    recruiter.click("form button.main", "Publish job");
    recruiter.wait("the job", r"/^\/jobs\/\d+$/.test(location.pathname)");
    let job = recruiter.path();

    let member = house.window_of("user7");
    member.open(&job);
    member.click("main button.main", "Apply");
    member.click("dialog[open] button.main", "Send application");
    member.see("main a.button", "See application");
    member.open("/applications");
    member.see(".lane", "Engineer of quiet machines");
    let before = member.text(".topbar .bell");

    recruiter.open(&format!("{job}/applicants"));
    recruiter.click(".lane .card button", "Move");
    recruiter.fill("dialog[open] textarea", "See you on Monday.");
    recruiter.click("dialog[open] form button.main", "");
    recruiter.see(".lane:nth-child(2) .card", "");
    // The bell of the open page moves by itself.
    member.wait("the bell", &format!("document.querySelector('.topbar .bell').textContent.trim() !== {before:?}"));
    member.see(".toast", "");
    member.open("/applications");
    member.click(".lane:nth-child(2) .card a", "");
    member.see("main", "See you on Monday.");

    recruiter.open(&job);
    recruiter.click("button", "Close job");
    recruiter.click("dialog[open] button.danger", "");
    recruiter.see("button", "Reopen job");
}

#[test]
fn an_instructor_writes_a_course_and_somebody_completes_it() {
    let Some(house) = House::open() else { return };
    let teacher = house.window_of("user3");
    teacher.open("/teach/new");
    teacher.fill("[name=title]", "Bread from nothing");
    teacher.fill("[name=description]", "Flour, water, salt and time.");
    teacher.fill("[name=category]", "Data");
    teacher.fill("[name=duration_hours]", "3");
    teacher.choose("[name=status]", "active");
    teacher.click("form button.main", "Save changes");
    teacher.wait("the course", r"/^\/courses\/\d+\/edit$/.test(location.pathname)");
    let course = teacher.path().trim_end_matches("/edit").to_owned();
    for title in ["One", "Two"] {
        teacher.fill("form.row [name=title]", title);
        teacher.click("button", "Add module");
        teacher.see(".lines a", title);
    }
    teacher.click(".lines a", "One");
    teacher.fill(
        "[name=content]",
        "Hello **bold** <script>alert(1)</script>\n\n- one\n- two\n\n[x](javascript:alert(1)) <b>no</b>",
    );
    teacher.click("form button.main", "Save changes");
    teacher.see(".rich strong", "bold");
    assert_eq!(teacher.run("document.querySelectorAll('.rich script, .rich b, .rich [href^=javascript]').length"), 0);

    let learner = house.window_of("user9");
    learner.look(390, "dark");
    learner.open(&course);
    learner.click("main button.main", "Start course");
    learner.click("main a.button", "Continue");
    learner.click("button", "Mark as done");
    learner.see("h1", "Two");
    learner.click("button", "Mark as done");
    learner.see("main", "You completed this course.");
    learner.choose("[name=rating]", "4");
    learner.click("button", "Rate course");
    learner.see("section li .stars", "");
    assert!(learner.errors().is_empty() && teacher.errors().is_empty());
}

#[test]
fn a_post_is_flagged_and_the_admin_takes_it_away() {
    let Some(house) = House::open() else { return };
    let post =
        house.post("user9", "/community/posts/", &json!({"title": "Buy my pills", "content": "They are cheap."}));
    let address = format!("/community/{}", post["id"]);
    let member = house.window_of("user6");
    member.open(&address);
    member.click("main button[title='Tell moderators']", "");
    member.click("dialog[open] form button.main", "");
    member.see(".toast", "");

    let admin = house.window_of("user1");
    admin.open("/admin/moderation");
    admin.see("main", "Buy my pills");
    admin.click(&format!("main li:has([href='{address}']) button.danger"), "");
    admin.see_gone("main li", "Buy my pills");
    member.open(&address);
    member.see(".empty", "");
    admin.open("/admin/audit");
    admin.see("main tbody tr", "");
}

#[test]
fn signing_in_and_out() {
    let Some(house) = House::open() else { return };
    let page = house.window();
    page.open("/settings");
    page.arrive("/sign-in");
    page.fill("[name=username]", "user5");
    page.fill("[name=password]", "not this one");
    page.click("form.card button.main", "");
    page.see(".fault.note", "");
    assert_eq!(page.run("document.querySelector('[name=username]').value"), "user5");
    page.sign_in("user5", crate::house::PASSWORD);
    // Where one wanted to go.
    page.arrive("/settings");
    page.open("/settings");
    page.see("[name=bio]", "");
    // The token lies in memory only.
    assert_eq!(page.run("JSON.stringify(localStorage).includes('eyJ') || document.cookie.length > 0"), false);
    page.click("[popovertarget=account]", "");
    page.click("#account button", "Sign out");
    page.see(".hero", "");
    page.open("/settings");
    page.arrive("/sign-in");
}

#[test]
fn somebody_becomes_a_mentor_and_is_asked_scheduled_and_reviewed() {
    let Some(house) = House::open() else { return };
    let mentor = house.window_of("user12");
    mentor.open("/mentors/edit");
    mentor.fill("#knows", "pyth");
    mentor.see("#knows-list li", "Python");
    mentor.press("Enter");
    mentor.see("button.chip", "Python");
    mentor.fill("[name=bio]", "I have taught beginners for ten years.");
    mentor.fill("[name=years_of_experience]", "10");
    mentor.click("form button.main", "Become a mentor");
    mentor.wait("the profile", r"/^\/mentors\/\d+$/.test(location.pathname)");
    let profile = mentor.path();

    // Whoever asks on a telephone sees the times of their own zone.
    let mentee = house.window_of("user9");
    mentee.look(390, "light");
    mentee.open(&profile);
    mentee.fill("[name=title]", "The first job");
    mentee.choose("[name=preferred_date]", "2030-05-06T10:30");
    mentee.click("form button.main", "Ask mentor");
    mentee.wait("the session", r"/^\/mentoring\/\d+$/.test(location.pathname)");
    let session = mentee.path();

    mentor.open("/mentoring");
    mentor.click("main a", "The first job");
    mentor.see("[name=scheduled_date]", "");
    assert_eq!(mentor.run("document.querySelector('[name=scheduled_date]').value"), "2030-05-06T10:30");
    mentor.click("aside button.main", "Schedule session");
    mentor.see("main .chip", "scheduled");
    mentor.click("main button", "It took place");
    mentor.see("main .chip", "completed");

    mentee.open(&session);
    // Nobody is led to a rating, and what is over goes into no calendar.
    mentee.see("[name=rating]", "");
    assert_eq!(mentee.run("document.querySelector('[name=rating]').value"), "");
    mentee.see_gone("main button", "Calendar file");
    mentee.choose("[name=rating]", "4");
    mentee.fill("[name=feedback]", "Clear and patient.");
    mentee.click("main form button.main", "Send review");
    mentee.see("main section .stars", "");
    mentee.open(&profile);
    mentee.see("main li", "Clear and patient.");
    // There is no profile of one's own before there is one.
    let unexpected: Vec<_> = mentor.errors().into_iter().filter(|it| !it.contains("/mentors/me/")).collect();
    assert!(unexpected.is_empty() && mentee.errors().is_empty(), "{unexpected:?}");
}
