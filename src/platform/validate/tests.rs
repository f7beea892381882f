use super::*;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn text_is_trimmed_composed_and_free_of_controls() {
    assert_eq!(text("  a\tb\u{0} \u{85}"), "a b");
    assert_eq!(text("one\r\ntwo\rthree\n"), "one\ntwo\nthree");
    assert_eq!(text("e\u{301}"), "é");
}

#[test]
fn urls_are_absolute_with_a_host() {
    let url = Url::default();
    for good in [
        "",
        "https://example.org",
        "http://example.org:8080/a?b=c#d",
        "HTTPS://example.org/@name",
        "https://bücher.example/ü",
        "http://[::1]/",
    ] {
        assert_eq!(url.check(good), Ok(good.to_owned()));
    }
    assert_eq!(url.check(" https://example.org "), Ok("https://example.org".into()));
    let long = format!("https://example.org/{}", "a".repeat(200));
    for bad in [
        "example.org",
        "//example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "https:example.org",
        "https:///path",
        "https://",
        "https://user@example.org",
        "https://user:pass@example.org",
        "https://@example.org",
        "https://example.org\\@evil.example",
        "https://exa mple.org",
        "https://example.org/a b",
        "https://example.org/\u{7}",
        long.as_str(),
    ] {
        assert!(url.check(bad).is_err(), "{bad}");
    }
    let ftp = Url { protocols: &["ftp"] };
    assert!(ftp.check("ftp://example.org").is_ok() && ftp.check("http://example.org").is_err());
}

#[test]
fn skill_names_are_words_with_the_usual_signs() {
    for good in [
        "C++",
        "C#",
        ".NET",
        "Node.js",
        "CI/CD",
        "R",
        "R&D",
        "Objective-C",
        "Qt (5)",
        "L'Oréal",
        "Дизайн",
        "हिन्दी",
        "3D",
        "a",
    ] {
        assert_eq!(skill_name(good), Ok(good.to_owned()));
    }
    assert_eq!(skill_name("  Machine \t  learning\n"), Ok("Machine learning".into()));
    assert_eq!(skill_name(&"a".repeat(100)).map(|s| s.len()), Ok(100));
    for bad in ["", "  ", "+", "++", ".", "./", "#a", "(a)", "-a", "a!", "a,b", "a<b>", "a_b", "\u{301}a", "😀"] {
        assert!(skill_name(bad).is_err(), "{bad}");
    }
    assert!(skill_name(&"a".repeat(101)).is_err());
}

#[test]
fn usernames_are_plain_and_not_reserved() {
    for good in ["ann", "Ann-Lee_2", "a-b", "123", &"a".repeat(30)] {
        assert_eq!(username(good), Ok(good.to_owned()));
    }
    for bad in ["", "ab", "me", "Admin", "API", "root", "SYSTEM", "a b c", "ann@x", "änn", "ann.lee", &"a".repeat(31)]
    {
        assert!(username(bad).is_err(), "{bad}");
    }
}

#[test]
fn levels_are_the_four_words() {
    assert_eq!(proficiency_level(" Expert "), Ok("expert"));
    assert_eq!(proficiency_level("beginner"), Ok("beginner"));
    for bad in ["", "master", "expert!"] {
        assert!(proficiency_level(bad).is_err(), "{bad}");
    }
}

#[test]
fn scores_have_bounds() {
    assert_eq!(minimum_score(1.0, 1.0), Ok(1.0));
    assert_eq!(maximum_score(5.0, 5.0), Ok(5.0));
    assert!(minimum_score(1.0, 0.99).is_err() && maximum_score(5.0, 5.01).is_err());
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(minimum_score(0.0, odd).is_err() && maximum_score(0.0, odd).is_err());
    }
}

/// An archive without compression that has these files.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let at = body.len() as u32;
        let [name_len, size] = [name.len() as u16, content.len() as u16];
        body.extend(b"PK\x03\x04");
        body.extend([0; 22]);
        body.extend(name_len.to_le_bytes());
        body.extend([0; 2]);
        body.extend(name.as_bytes());
        body.extend(content.as_bytes());
        directory.extend(b"PK\x01\x02");
        directory.extend([0; 16]);
        directory.extend(u32::from(size).to_le_bytes());
        directory.extend(u32::from(size).to_le_bytes());
        directory.extend(name_len.to_le_bytes());
        directory.extend([0; 12]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (count, at, size) = (files.len() as u16, body.len() as u32, directory.len() as u32);
    body.extend(directory);
    body.extend(b"PK\x05\x06\0\0\0\0");
    body.extend(count.to_le_bytes());
    body.extend(count.to_le_bytes());
    body.extend(size.to_le_bytes());
    body.extend(at.to_le_bytes());
    body.extend([0; 2]);
    body
}

#[test]
fn content_is_recognised_whatever_the_name() {
    let docx = zip(&[("[Content_Types].xml", ""), ("_rels/.rels", ""), ("word/document.xml", "")]);
    let odt = zip(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "")]);
    for (bytes, content) in [
        (b"%PDF-1.7\n\xff\xfe".as_slice(), Content::Pdf),
        (b"junk\0%PDF-2.0\n", Content::Pdf),
        (&docx, Content::Docx),
        (&odt, Content::Odt),
        ("Résumé\r\n\tAnn".as_bytes(), Content::Txt),
        (b"R\xe9sum\xe9 \x93Ann\x94", Content::Txt),
        (b"\x89PNG\r\n\x1a\n\0", Content::Png),
        (b"\xff\xd8\xff\xe0", Content::Jpeg),
        (b"RIFF\0\0\0\0WEBPVP8 ", Content::Webp),
    ] {
        assert_eq!(Content::of(bytes), Some(content));
        assert_eq!(FileType(&[content]).check(bytes), Ok(content));
        assert!(FileType(&[]).check(bytes).is_err());
    }
    let spreadsheet = zip(&[("[Content_Types].xml", ""), ("xl/workbook.xml", "word/document.xml")]);
    let ods = zip(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet")]);
    let plain = zip(&[("word/document.xml", "")]);
    for bytes in [
        b"".as_slice(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
        b"{\\rtf1 text}",
        b"text with \0",
        b"RIFF\0\0\0\0WAVE",
        b"PK\x03\x04",
        &spreadsheet,
        &ods,
        &plain,
        &docx[..docx.len() - 30],
    ] {
        assert_eq!(Content::of(bytes), None);
    }
    let message = FileType(&[Content::Pdf, Content::Docx]).check(b"text").unwrap_err();
    assert_eq!(message, "Send a file of one of these types: PDF, DOCX.");
}

#[test]
fn file_sizes_have_bounds() {
    assert_eq!(file_size(1, 1), Ok(1));
    assert_eq!(file_size(1, 1024 * 1024), Ok(1024 * 1024));
    assert!(file_size(1, 0).is_err() && file_size(1, 1024 * 1024 + 1).is_err());
}

#[test]
fn ranges_run_forward() {
    assert_eq!(date_range(Some(1), Some(2)), Ok((Some(1), Some(2))));
    assert_eq!(date_range(Some(3), None), Ok((Some(3), None)));
    assert!(date_range::<i32>(None, None).is_ok());
    assert!(date_range(Some(2), Some(2)).is_err() && date_range(Some(3), Some(2)).is_err());
    assert!(date_range(Some(f64::NAN), Some(1.0)).is_err());
}

#[test]
fn bios_are_empty_or_long_enough() {
    let bio = BioLength::default();
    assert_eq!(bio.check("   "), Ok(String::new()));
    assert_eq!(bio.check("  ten chars. "), Ok("ten chars.".into()));
    assert!(bio.check("too short").is_err() && bio.check("   short   ").is_err());
    assert!(bio.check(&"ж".repeat(500)).is_ok() && bio.check(&"ж".repeat(501)).is_err());
}

#[test]
fn email_addresses_have_one_at_and_an_allowed_domain() {
    let any = EmailDomain::default();
    for (input, stored) in [
        ("ann@example.org", "ann@example.org"),
        (" Ann.Lee+jobs@EXAMPLE.Org ", "Ann.Lee+jobs@example.org"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
    ] {
        assert_eq!(any.check(input), Ok(stored.to_owned()));
    }
    let long = format!(
        "{}@{}.example",
        "a".repeat(64),
        "b".repeat(63).to_string() + "." + &"c".repeat(63) + "." + &"d".repeat(60)
    );
    for bad in [
        "",
        "ann",
        "@example.org",
        "ann@",
        "ann@localhost",
        "a@b@example.org",
        "ann@example..org",
        "ann@.example.org",
        "ann@example.org.",
        "ann@-a.example",
        "an n@example.org",
        "ann@exam ple.org",
        ".ann@example.org",
        "ann.@example.org",
        "a..b@example.org",
        "\"a\"@example.org",
        "ann@127.0.0.1",
        "ann@[::1]",
        "ann\n@example.org",
        "a,b@example.org",
        "<ann@example.org>",
        "ann@example.org\nBcc: x@y.z",
        &long,
    ] {
        assert!(any.check(bad).is_err(), "{bad}");
    }
    let block = ["Bad.example".to_owned()];
    let blocked = EmailDomain { block: &block, ..any };
    assert!(blocked.check("a@bad.example").is_err() && blocked.check("a@very.BAD.example").is_err());
    assert!(blocked.check("a@notbad.example").is_ok());
    let allow = ["good.example".to_owned()];
    let allowed = EmailDomain { allow: &allow, block: &[] };
    assert!(allowed.check("a@Good.example").is_ok());
    assert!(allowed.check("a@sub.good.example").is_err() && allowed.check("a@else.example").is_err());
}

#[test]
fn slugs_are_lowered() {
    assert_eq!(slug(" Rust-Lang_1 "), Ok("rust-lang_1".into()));
    assert!(slug(&"a".repeat(50)).is_ok());
    for bad in ["", " ", "a b", "ä", "a.b", &"a".repeat(51)] {
        assert!(slug(bad).is_err(), "{bad}");
    }
}

#[test]
fn json_objects_have_their_shape() {
    let shape = Json {
        required: &[("name", Kind::Text)],
        optional: &[
            ("age", Kind::Integer),
            ("tags", Kind::List),
            ("ratio", Kind::Number),
            ("on", Kind::Boolean),
            ("at", Kind::Object),
        ],
    };
    for good in [
        json!({"name": "a"}),
        json!({"name": "a", "age": 3, "other": null}),
        json!({"name": "", "tags": [], "ratio": 1, "on": true, "at": {}}),
    ] {
        assert!(shape.check(&good).is_ok(), "{good}");
    }
    for bad in [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({"name": null}),
        json!({"name": 1}),
        json!({"name": "a", "age": 1.5}),
        json!({"name": "a", "tags": {}}),
    ] {
        assert!(shape.check(&bad).is_err(), "{bad}");
    }
    assert_eq!(shape.check(&json!({})), Err("name is missing.".into()));
}

/// Whether a value that was accepted is accepted again and stays as it is.
fn stays<E>(check: impl Fn(&str) -> Result<String, E>, input: &str) -> bool {
    match check(input) {
        Ok(value) => check(&value).is_ok_and(|again| again == value),
        Err(_) => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_text_is_safe(input in "\\PC*|[\\x00-\\x20a-z\\u{300}-\\u{310}é]*") {
        let once = text(&input);
        prop_assert_eq!(&text(&once), &once);
        prop_assert!(!once.contains(|c: char| c.is_control() && c != '\n'));
        prop_assert!(stays(|s| Url::default().check(s), &input));
        prop_assert!(stays(skill_name, &input));
        prop_assert!(stays(username, &input));
        prop_assert!(stays(|s| proficiency_level(s).map(str::to_owned), &input));
        prop_assert!(stays(|s| BioLength::default().check(s), &input));
        prop_assert!(stays(|s| EmailDomain::default().check(s), &input));
        prop_assert!(stays(slug, &input));
    }

    #[test]
    fn near_misses_are_safe(
        url in "(?i)https?://[a-z0-9.@:/?#\\[\\]ßİ\\\\ -]{0,30}",
        email in "[a-zA-Z.+]{1,8}@[a-zA-Z0-9.ßİü-]{1,20}",
        skill in "[A-Za-zÀ-ÿа-я .+#/()&'-]{0,30}",
    ) {
        prop_assert!(stays(|s| Url::default().check(s), &url));
        prop_assert!(stays(|s| EmailDomain::default().check(s), &email));
        prop_assert!(stays(skill_name, &skill));
    }

    #[test]
    fn any_bytes_are_safe(mut bytes: Vec<u8>, cut in 0..200usize, at in 0..200usize, byte: u8) {
        let _ = Content::of(&bytes);
        bytes.splice(0..0, *b"PK\x03\x04");
        let _ = Content::of(&bytes);
        let mut archive = zip(&[("[Content_Types].xml", ""), ("word/document.xml", "")]);
        if let Some(place) = archive.get_mut(at) { *place = byte; }
        archive.truncate(archive.len().saturating_sub(cut));
        let _ = Content::of(&archive);
    }

    #[test]
    fn numbers_are_safe(bound: f64, score: f64, mb: u64, bytes: u64) {
        prop_assert_eq!(minimum_score(bound, score).is_ok(), score.is_finite() && score >= bound);
        prop_assert_eq!(maximum_score(bound, score).is_ok(), score.is_finite() && score <= bound);
        prop_assert!(file_size(mb, bytes).is_ok() || bytes == 0 || bytes > mb);
    }
}
