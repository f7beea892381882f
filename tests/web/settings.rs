//! What somebody keeps safe, and how their own things look to them.

use totp_rs::{Algorithm, Secret, TOTP};

use crate::house::{House, PASSWORD};

/// The code that an app shows now for what stands on the page.
fn code(secret: &str) -> String {
    let bytes = Secret::Encoded(secret.replace(' ', "")).to_bytes().unwrap();
    TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes, None, String::new()).unwrap().generate_current().unwrap()
}

#[test]
fn a_second_factor_is_set_up_and_its_recovery_codes_are_shown_once() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user6");
    page.go("/settings/security");
    page.run("[...document.querySelectorAll('main section')].find((it) => it.textContent.includes('Second factor')).id = 'factor'");
    page.fill("#factor [name=password]", PASSWORD);
    page.press("Enter");
    page.wait("the picture", "document.querySelector('img.qr')?.naturalWidth > 0");
    page.wait("the focus on the code", "document.activeElement.name === 'otp'");
    assert!(page.run("seen('#factor a').href").as_str().unwrap().starts_with("otpauth://totp/"));
    page.write("000000");
    page.press("Enter");
    page.see("#factor .fault", "");
    page.fill("[name=otp]", &code(&page.text("code.secret")));
    page.press("Enter");
    page.see(".toast", "The second factor is on.");
    let codes = page.run("[...document.querySelectorAll('.codes li')].map((it) => it.textContent)");
    let codes: Vec<_> = codes.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    // An impatient second press does not put them away.
    page.press("Enter");
    page.see("#factor button", "I have kept them");
    page.click("#factor button", "I have kept them");
    page.see_gone(".codes", "");
    page.see("#factor .good-ink", "10 recovery codes are left");
    // New ones take their place, and are gone once the screen is left.
    page.fill("#factor [name=password]", PASSWORD);
    page.fill("#factor [name=otp]", &codes[0]);
    page.click("#factor button", "New recovery codes");
    page.see(".codes", "");
    let newer = page.text(".codes li");
    assert!(!codes.contains(&newer), "{newer}");
    // A token that is made meanwhile is told once as well; neither goes when the screen is loaded anew.
    page.fill("[name=name]", "A script");
    page.press("Enter");
    page.see(".note.good code", "");
    let token = page.text(".note.good code");
    let answer = "fetch('/api/users/me/', { headers: { Authorization: 'Bearer TOKEN' } }).then((it) => it.status)";
    let answer = answer.replace("TOKEN", &token);
    assert_eq!(page.run(&answer), 200);
    page.click("button[aria-label='Delete: A script']", "");
    page.see_gone("main", "A script");
    assert_eq!(page.run(&answer), 401);
    assert_eq!((page.text(".note.good code"), page.text(".codes li")), (token, newer.clone()));
    page.go("/settings");
    page.go("/settings/security");
    page.see_gone(".codes, .note.good code", "");

    let elsewhere = house.window();
    elsewhere.open("/sign-in");
    elsewhere.fill("[name=username]", "user6");
    elsewhere.fill("[name=password]", PASSWORD);
    elsewhere.click("form.card button.main", "");
    elsewhere.wait("the focus on the code", "document.activeElement.name === 'otp'");
    elsewhere.write(&newer);
    elsewhere.press("Enter");
    elsewhere.see(".topbar .bell", "");
}

#[test]
fn what_is_ones_own_is_shown_as_such() {
    let Some(house) = House::open() else { return };
    let recruiter = house.window_of("user2");
    let job = house.get("user2", "/jobs/?page_size=1")["results"][0]["id"].clone();
    // Whoever seeks people is not told how well they would fit themselves.
    recruiter.open(&format!("/jobs/{job}"));
    recruiter.see("main a", "Edit");
    assert_eq!(recruiter.run("document.querySelectorAll('main .ring').length"), 0);
    house.patch("user2", "/users/me/", &serde_json::json!({"title": ""}));
    recruiter.open("/people/me");
    assert_eq!(
        recruiter.run("document.querySelector('main').innerText.split('@user2').length"),
        2,
        "a name said twice"
    );
}

#[test]
fn what_stands_in_a_row_or_a_column_lines_up() {
    let Some(house) = House::open() else { return };
    let page = house.window_of("user3");
    let places = |css: &str, what: &str| {
        let spread = page.run(&format!(
            "(() => {{ const places = [...document.querySelectorAll({css:?})].map((it) => it.getBoundingClientRect()).map((it) => {what});
                return places.length > 1 ? Math.max(...places) - Math.min(...places) : 'too few'; }})()"
        ));
        assert!(spread.as_f64().is_some_and(|it| it < 0.6), "{css}: {spread}");
    };
    let middles = ".topbar .brand svg, .topbar .top-search, .topbar .bell .icon, .topbar .avatar";
    places(middles, "it.top + it.height / 2");
    let courses = house.get("user3", "/courses/?page_size=50");
    let most = courses["results"].as_array().unwrap().iter().max_by_key(|it| it["total_students"].as_i64()).cloned();
    page.open(&format!("/courses/{}/learners", most.unwrap()["id"]));
    places(".learners .bar", "it.left");
    let resume = house.get("user3", "/resumes/")["results"][0]["id"].clone();
    page.open(&format!("/resume/{resume}"));
    places(".terms-list summary > span:nth-last-child(1), .terms-list .sum > span:nth-last-child(1)", "it.right");
}
