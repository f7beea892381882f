//! The whole room against documents whose truth is known, against damaged and hostile ones, and against any text.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::LazyLock;

use chrono::NaiveDate;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::delivered);

#[derive(Deserialize)]
struct Expected {
    as_of: NaiveDate,
    documents: BTreeMap<String, Truth>,
}

#[derive(Deserialize)]
struct Truth {
    refused: Option<String>,
    file_type: Option<FileType>,
    pages: Option<u32>,
    status: Option<AnalysisStatus>,
    language: Option<String>,
    #[serde(default)]
    text: Vec<String>,
    #[serde(default)]
    skills: Vec<String>,
    #[serde(default)]
    not_skills: Vec<String>,
    #[serde(default)]
    unknown_terms: Vec<String>,
    years: Option<f64>,
    level: Option<Level>,
    #[serde(default)]
    sections: Vec<String>,
}

fn document(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name)).unwrap()
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 6, 1).unwrap()
}

fn analyzed(text: &str) -> Analysis {
    let document = Document { file_type: FileType::Txt, pages: 1, text: text.into(), warnings: Vec::new() };
    analyze(&CATALOGUE, &document, day(), &HashMap::new())
}

#[test]
fn nothing_is_found_and_unknown_at_once() {
    let demo = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo.json")).unwrap();
    let demo: serde_json::Value = serde_json::from_str(&demo).unwrap();
    let resumes = demo["resumes"].as_array().unwrap();
    assert!(resumes.len() > 3);
    for resume in resumes {
        let found = analyzed(resume["text"].as_str().unwrap());
        for term in &found.unknown_terms {
            let known = CATALOGUE.skill(term).map(|skill| &skill.name);
            assert_eq!(known, None, "{term} in {}", resume["title"]);
        }
    }
}

#[test]
fn a_line_of_text_is_text_enough() {
    let found = |text: &str| analyzed(text).extracted_skills.into_keys().collect::<Vec<_>>();
    assert_eq!(found("Used Docker and Git daily."), ["Docker", "Git"]);
    assert_eq!(analyzed("  12 - 14\n").analysis_status, AnalysisStatus::Failed);
    let scan = Document { file_type: FileType::Pdf, pages: 1, text: "Docker and Git".into(), warnings: Vec::new() };
    assert_eq!(analyze(&CATALOGUE, &scan, day(), &HashMap::new()).analysis_status, AnalysisStatus::NeedsOcr);
    // A list may begin behind a sentence, and languages that people speak behind jobs.
    assert_eq!(found("Loan processor. Encompass, Excel, payroll."), ["Encompass LOS", "Excel", "Payroll"]);
    let text =
        "Compétences : Git\nExpérience : 2019-2024 Boutique Lumière, refonte du site\nLangues : anglais professionnel";
    assert_eq!(found(text), ["English", "Git"]);
}

#[test]
fn documents_hold_what_is_known_of_them() {
    let expected: Expected = serde_json::from_slice(&document("expected.json")).unwrap();
    for (name, truth) in &expected.documents {
        let read = extract(&document(name), &Limits::default());
        if let Some(reason) = &truth.refused {
            assert!(matches!(&read, Err(Unreadable::Refused(said)) if said.contains(reason)), "{name}: {read:?}");
            continue;
        }
        let read = read.unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((Some(read.file_type), Some(read.pages)), (truth.file_type, truth.pages), "{name}");
        for part in &truth.text {
            assert!(read.text.contains(part), "{name} lacks {part:?}:\n{}", read.text);
        }
        let result = analyze(&CATALOGUE, &read, expected.as_of, &HashMap::new());
        assert_eq!(Some(result.analysis_status), truth.status, "{name}");
        assert_eq!(result.language, truth.language, "{name}");
        let missed: Vec<&String> = truth.skills.iter().filter(|s| !result.extracted_skills.contains_key(*s)).collect();
        assert!(missed.is_empty(), "{name} misses {missed:?}");
        let wrong: Vec<&String> =
            truth.not_skills.iter().filter(|s| result.extracted_skills.contains_key(*s)).collect();
        assert!(wrong.is_empty(), "{name} has {wrong:?}: {:?}", result.evidence);
        for term in &truth.unknown_terms {
            assert!(result.unknown_terms.contains(term), "{name}: {:?}", result.unknown_terms);
        }
        assert_eq!(
            (result.years_of_experience, result.experience_level),
            (truth.years, truth.level),
            "{name}: {:?}",
            result.periods
        );
        for section in &truth.sections {
            assert!(result.sections.contains_key(section), "{name} lacks {section}: {:?}", result.sections);
        }
        assert_consistent(&result);
    }
}

/// What must hold of any result.
fn assert_consistent(result: &Analysis) {
    let Some(terms) = result.terms else {
        assert!(
            result.reason.is_some()
                && result.total_score.is_none()
                && result.extracted_skills.is_empty()
                && result.experience_level.is_none()
        );
        return;
    };
    assert_eq!(result.total_score, Some(terms.total()));
    let score = result.skill_score.unwrap();
    assert_eq!(terms.skills, (0.4 * score).round() as u32);
    let sum: f64 = result.extracted_skills.values().sum();
    assert!((score - 100.0 * (1.0 - (-sum / 8.0).exp())).abs() < 0.02);
    assert_eq!(result.evidence.len(), result.extracted_skills.len());
    for finding in &result.evidence {
        assert_eq!(result.extracted_skills[&finding.skill], finding.confidence);
        assert!((0.0..=1.0).contains(&finding.confidence));
        let spellings = CATALOGUE.spellings(&finding.skill);
        for place in &finding.found {
            assert!(place.start < place.end && place.end <= place.text.chars().count());
            // The evidence is a name of the skill; one that runs over the line end shows how it begins, and an acronym may
            // stand in the plural.
            let shown: String = place.text.chars().skip(place.start).take(place.end - place.start).collect();
            let bare = |text: &str| fold::fold(text).replace([' ', '-', '\u{ad}'], "");
            let (shown, at_line_end) = (bare(&shown), place.end == place.text.chars().count());
            let named = |name: &String| bare(name) == shown || (at_line_end && bare(name).starts_with(&shown));
            assert!(spellings.iter().any(named), "{}: {shown} in {}", finding.skill, place.text);
        }
    }
    assert!(result.gap_details.len() <= 10 && result.roles.len() <= 3);
    assert!(result.gap_details.iter().all(|gap| !result.extracted_skills.contains_key(&gap.skill)));
}

#[test]
fn evidence_points_at_the_words() {
    let result = analyzed(
        "Ann Lee\nann@example.org, a person who writes programs and tests\n\nSkills\nPython, Golang\n\nExperience\nWrote servers in Go and Python\x0cProjects\nA parser in Go",
    );
    let go = result.evidence.iter().find(|finding| finding.skill == "Go").unwrap();
    let places: Vec<(u32, u32, String, Section, Why)> = go
        .found
        .iter()
        .map(|p| (p.page, p.line, p.text.chars().skip(p.start).take(p.end - p.start).collect(), p.section, p.why))
        .collect();
    assert_eq!(
        places,
        [
            (1, 5, "Golang".to_string(), Section::Skills, Why::Synonym),
            (1, 8, "Go".to_string(), Section::Experience, Why::Context),
            (2, 2, "Go".to_string(), Section::Projects, Why::Context)
        ]
    );
}

#[test]
fn everyday_words_are_no_skills() {
    let prose = "Experience\n\
        I go to market early, react quickly, excel at explaining and express ideas in one word.\n\
        Our teams moved to R&D in spring; Series C funding, vitamin C, C-level meetings, American Express.\n\
        Go beyond the plan. Excel in service. Swift delivery. Julia Roberts and Hugo Meyer led it.\n\
        Cooked as head chef with salt, kept the vault, packed a sketch of the storm and rust removal.\n";
    let found: Vec<String> = analyzed(prose).extracted_skills.into_keys().collect();
    for name in [
        "Go", "React", "Excel", "Express", "Word", "R", "C", "Teams", "Spring", "Swift", "Julia", "Hugo", "Chef",
        "Salt", "Vault", "Sketch", "Storm", "Rust",
    ] {
        assert!(!found.contains(&name.to_string()), "{name} in {found:?}");
    }
}

#[test]
fn ambiguous_names_count_where_meant() {
    for (text, name) in [
        ("Skills\nGo, R, C, Swift and many more things that I learned over the years", "Go"),
        ("Skills\nGo, R, C, Swift and many more things that I learned over the years", "R"),
        ("Skills\nGo, R, C, Swift and many more things that I learned over the years", "C"),
        ("Experience\nWrote the billing services in Go for a bank with many branches", "Go"),
        ("Experience\nGo developer in a team that builds payment systems for shops", "Go"),
        ("Experience\nBuilt REST APIs with Express and MongoDB for a chain of shops", "Express"),
        ("Experience\nStatistical models in R and Python for a hospital in the north", "R"),
        ("Experience\nProgrammed sensors and their firmware in C for a maker of pumps", "C"),
        ("Experience\nReports in Microsoft Excel for the board and for all the branches", "Excel"),
        ("Experience\nMobile app in Swift 5 with a small team of people in the north", "Swift"),
        ("Experience\nTechnologies: Rust, Zig, Nim, used every day for several long years", "Zig"),
        ("Experience\nDeployed services by Helm and Kubernetes for the teams of the bank", "Helm"),
    ] {
        let result = analyzed(text);
        assert!(result.extracted_skills.contains_key(name), "{name} in {text}: {:?}", result.extracted_skills);
    }
}

#[test]
fn resumes_of_other_languages_are_understood() {
    for (text, language, years, skills) in [
        (
            "Jonas\nBeruflicher Werdegang\n10/2019 – heute Entwickler, Muster AG\nEntwicklung mit Java und Kafka für die Bank\n\
             Sept. 2016 bis einschl. Sept. 2019 Entwickler, Beispiel GmbH\nPflege der Daten mit der Abteilung und den Kunden\n\
             Studium und Ausbildung\n2012 – 2016 Informatik\nEDV-Kenntnisse\nDocker, SQL\nEhrenamtliche Tätigkeiten\n2010 – 2012 Feuerwehr",
            "de",
            8.8,
            vec!["Docker", "Java", "Kafka", "SQL"],
        ),
        (
            "Claire\nExpériences professionnelles\nComptable, Société Exemple — Depuis mars 2020\nGestion de la paie pour les clients avec SAP\n\
             Assistante, Cabinet Test — de janvier 2017 à février 2020\nFormation\n2014-2016 BTS, Lyon\nCompétences informatiques\nExcel, Power BI",
            "fr",
            8.4,
            vec!["Excel", "Power BI", "SAP"],
        ),
        (
            "Lucía\nExperiencia profesional\nDesarrolladora — Ejemplo S.L. (Enero de 2021 - Actualidad)\nDesarrollo de aplicaciones con React para el banco\n\
             Becaria — Prueba S.A. sept. 2019 a dic. 2020\nFormación académica\n2015 - 2019 Grado\nConocimientos técnicos\nGit, Figma",
            "es",
            5.8,
            vec!["Figma", "Git", "React"],
        ),
        (
            "Олена\nДосвід роботи\nТестувальниця, ТОВ Приклад — з березня 2020 року по теперішній час\nАвтоматизація тестів на Python\n\
             Тестувальник, Банк — вересень 2017 – лютий 2020\nОсвіта\n2013 – 2017 КПІ\nКлючові навички\nSelenium, SQL",
            "uk",
            7.8,
            vec!["Python", "SQL", "Selenium"],
        ),
    ] {
        let result = analyzed(text);
        assert_eq!(result.language.as_deref(), Some(language));
        assert_eq!(result.years_of_experience, Some(years), "{language}: {:?}", result.periods);
        for section in ["experience", "education", "skills"] {
            assert!(result.sections.contains_key(section), "{language} lacks {section}");
        }
        for skill in skills {
            assert!(
                result.extracted_skills.contains_key(skill),
                "{language} lacks {skill}: {:?}",
                result.extracted_skills
            );
        }
    }
}

#[test]
fn accounts_and_headings_are_no_skills() {
    let text = "Ann Lee\nann@example.org | LinkedIn | GitHub: github.com/ann\nSkills\nGit, SQL\nVolunteering\nRed Cross, a house for old people";
    assert_eq!(analyzed(text).extracted_skills.into_keys().collect::<Vec<_>>(), ["Git", "SQL"]);
}

#[test]
fn what_is_implied_is_no_gap() {
    let result = analyzed("Experience\nShops built with Django for a chain of bakeries and their many guests");
    assert!(!result.extracted_skills.contains_key("Python") && !result.skill_gaps.contains(&"Python".to_string()));
}

#[test]
fn denied_skills_do_not_count() {
    let result = analyzed(
        "Summary\nI have no experience with Kubernetes and I do not write PHP, but I know Python and SQL very well indeed.",
    );
    assert_eq!(result.extracted_skills.keys().collect::<Vec<_>>(), ["Python", "SQL"]);
}

#[test]
fn confidence_grows_with_what_is_shown() {
    let listed = analyzed("Skills\nPython, and some words that make this text long enough to be read as one");
    let used = analyzed(
        "Experience\nServices in Python\n\nSkills\nPython, and some words that make this text long enough to be read as one",
    );
    let at = |result: &Analysis| result.extracted_skills["Python"];
    assert!(at(&listed) >= 0.5 && at(&listed) < 0.7, "{}", at(&listed));
    assert!(at(&used) >= at(&listed) + 0.1, "{} after {}", at(&used), at(&listed));
}

#[test]
fn without_text_there_is_no_result() {
    let scan = Document { file_type: FileType::Pdf, pages: 2, text: "Scan 1\x0c".into(), warnings: Vec::new() };
    let result = analyze(&CATALOGUE, &scan, day(), &HashMap::new());
    assert_eq!(result.analysis_status, AnalysisStatus::NeedsOcr);
    assert_consistent(&result);
    assert_eq!(analyzed("Rust").analysis_status, AnalysisStatus::Failed);
}

#[test]
fn results_speak_the_words_of_the_rules() {
    let json = serde_json::to_value(analyzed(
        "Ann\nann@example.org\nSkills\nPython, SQL\nExperience\nDeveloper, 2019 – present, working on a large system",
    ))
    .unwrap();
    for field in [
        "analysis_status",
        "reason",
        "extracted_skills",
        "skill_gaps",
        "experience_level",
        "skill_score",
        "total_score",
        "evidence",
        "gap_details",
        "years_of_experience",
        "periods",
        "sections",
        "best_role",
        "roles",
        "unknown_terms",
        "terms",
        "model_version",
        "language",
        "warnings",
    ] {
        assert!(json.get(field).is_some(), "{field}");
    }
    assert_eq!(json["analysis_status"], "completed");
    assert_eq!(json["experience_level"], "senior");
    let sum: u64 = json["terms"].as_object().unwrap().values().map(|v| v.as_u64().unwrap()).sum();
    assert_eq!(json["total_score"], sum);
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn refused(bytes: &[u8]) -> String {
    match extract(bytes, &Limits::default()) {
        Err(Unreadable::Refused(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; 51 * 1024 * 1024];
    assert!(refused(&archive(&[("word/document.xml", &zeros)])).contains("50 MB"));
    assert!(
        refused(&archive(&[("word/document.xml", b"<w:document/>"), ("word/media/a.bin", &zeros)])).contains("50 MB")
    );
    let entities = b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bb\">]><w:document>&b;</w:document>";
    assert!(refused(&archive(&[("word/document.xml", entities)])).contains("XML type"));
    let deep = format!("<w:document>{}", "<w:p>".repeat(5000));
    assert!(refused(&archive(&[("word/document.xml", deep.as_bytes())])).contains("deep"));
}

#[test]
fn parts_of_a_document_are_all_read() {
    let rels = b"<Relationships><Relationship Type=\"http://x/relationships/officeDocument\" Target=\"/doc/main.xml\"/></Relationships>";
    let main_rels = b"<Relationships><Relationship Type=\"http://x/header\" Target=\"h.xml\"/><Relationship Type=\"http://x/footnotes\" Target=\"/doc/f.xml\"/></Relationships>";
    let paragraph = |text: &str| format!("<w:x><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:x>").into_bytes();
    let bytes = archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", rels),
        ("doc/_rels/main.xml.rels", main_rels),
        ("doc/main.xml", &paragraph("body")),
        ("doc/h.xml", &paragraph("head")),
        ("doc/f.xml", &paragraph("note")),
    ]);
    assert_eq!(extract(&bytes, &Limits::default()).unwrap().text, "head\nbody\n\nnote");
}

#[test]
fn too_many_pages_break_a_limit() {
    let limits = Limits { max_pages: 2, ..Limits::default() };
    assert!(
        matches!(extract(b"one\x0ctwo\x0cthree", &limits), Err(Unreadable::Failed(reason)) if reason.contains("3 pages"))
    );
}

#[test]
fn truncated_documents_end_in_a_sentence_or_a_text() {
    for name in ["chromium-one-column.pdf", "libreoffice-one-column.pdf", "table-and-box.docx", "table-and-box.odt"] {
        let whole = document(name);
        for part in 1..8 {
            match extract(&whole[..whole.len() * part / 8], &Limits::default()) {
                Ok(document) => assert_consistent(&analyze(&CATALOGUE, &document, day(), &HashMap::new())),
                Err(e) => assert!(e.reason().ends_with('.')),
            }
        }
    }
}

#[test]
fn long_monotonous_texts_are_quick() {
    let started = std::time::Instant::now();
    for unit in [
        "go ",
        "Go, ",
        "a.io ",
        "R\n",
        "C++/",
        "2012-2014 ",
        "Jan 2018 – ",
        "Skills: Go\n",
        "((((",
        "React\nNative\n",
        "x-\ny",
        "5 years ",
        "Excel in Go using R ",
    ] {
        assert_consistent(&analyzed(&unit.repeat(20_000 / unit.len())));
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
fn a_sign_that_stands_for_several_holds_no_part_of_a_name() {
    let result = analyzed("Fifty letters are a text that is read at all, and H㍬ no database.");
    assert_consistent(&result);
    assert_eq!(result.evidence.len(), 0, "{:?}", result.evidence);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_sound_result(text in "(?s).{0,400}") {
        let result = analyzed(&text);
        assert_consistent(&result);
        prop_assert_eq!(result, analyzed(&text));
    }

    #[test]
    fn texts_like_resumes_give_a_sound_result(lines in prop::collection::vec(line(), 1..60)) {
        let text = lines.join("\n");
        let result = analyzed(&text);
        assert_consistent(&result);
        prop_assert_eq!(result, analyzed(&text));
    }

    #[test]
    fn a_further_listed_skill_never_lowers_the_score(skills in prop::collection::btree_set(0..1000usize, 1..20), more in 0..1000usize) {
        let name = |i: usize| CATALOGUE.skills()[i % CATALOGUE.skills().len()].name.clone();
        let text = |names: &[String]| format!("Ann\nann@example.org\nA text of more than fifty letters, so that it is read at all.\nSkills\n{}", names.join("\n"));
        let mut names: Vec<String> = skills.iter().map(|i| name(*i)).collect();
        let before = analyzed(&text(&names)).total_score;
        names.push(name(more));
        prop_assert!(analyzed(&text(&names)).total_score >= before);
    }

    #[test]
    fn any_bytes_end_in_a_sentence_or_a_text(mut bytes in prop::collection::vec(any::<u8>(), 0..600), head in 0..5usize) {
        let heads: [&[u8]; 5] = [b"", b"%PDF-1.7\n", b"PK\x03\x04 word/document.xml", b"\xff\xfe", b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.text"];
        bytes.splice(0..0, heads[head].iter().copied());
        if let Err(e) = extract(&bytes, &Limits::default()) {
            prop_assert!(e.reason().ends_with('.'));
        }
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Experience".to_string()),
        Just("SKILLS".to_string()),
        Just("Education:".to_string()),
        Just("\u{c}Projects".to_string()),
        Just(String::new()),
        "(Jan|03/|May |since |)(19|20)[0-9]{2} ?[-–] ?(present|(Dec |11/|)20[0-9]{2})",
        "[-•] (Cut|Led|Used) [0-9]{1,3}(%|k|x| people) (Go|R|React|Java|C#), (Excel|Swift|Rust)",
        "(Python|Go|C|Node\\.js|React\nNative|kuber-\nnetes)[,;/ ]{1,3}(SQL|Express|\\.NET)",
        "\\PC{0,40}",
    ]
}
