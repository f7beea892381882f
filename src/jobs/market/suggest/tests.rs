//! Advertisements as people write them, and what they need and like.

use std::sync::LazyLock;

use super::{by_name, split};
use crate::analysis::Catalogue;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::delivered);

#[test]
fn a_heading_decides_for_the_lines_below_it() {
    let (needed, helps) =
        split("You know Rust.\nDocker is a plus.\nNice to have:\n- Go\n- Kafka\nWe offer:\nLinux laptops");
    assert_eq!(needed, "You know Rust.\n");
    assert_eq!(helps, "Docker is a plus.\nNice to have:\n- Go\n- Kafka\n");
}

/// What an advertisement needs and what helps, as far as it is listed here.
fn asks(advertisement: &str, needed: &[&str], helps: &[&str]) {
    let (must, may) = split(advertisement);
    let (must, may) = (by_name(CATALOGUE.find(&must)), by_name(CATALOGUE.find(&may)));
    for name in needed {
        assert!(must.contains_key(*name), "{name} is needed: {must:?} in\n{advertisement}");
    }
    for name in helps {
        assert!(may.contains_key(*name), "{name} helps: {may:?} in\n{advertisement}");
        assert!(!must.contains_key(*name), "{name} is not needed: {must:?} in\n{advertisement}");
    }
}

#[test]
fn lists_under_headings() {
    asks(
        "We build maps for hikers.\n\nMust have\n- Python and PostgreSQL\n- Docker\n\nNice to have\n- Kubernetes\n- Terraform\n\nBenefits\n- English courses",
        &["Python", "PostgreSQL", "Docker"],
        &["Kubernetes", "Terraform"],
    );
    asks(
        "What you bring:\n• Five years of Java and Spring Boot\n• SQL\nBonus points:\n• Kafka\n• Experience with AWS\nWhat we offer:\n• Yoga classes",
        &["Java", "Spring Boot", "SQL"],
        &["Kafka", "AWS"],
    );
    asks(
        "## Required qualifications\nTypeScript, React, CSS\n## Preferred qualifications\nNext.js, GraphQL\n## About us\nA shop of forty people.",
        &["TypeScript", "React", "CSS"],
        &["Next.js", "GraphQL"],
    );
    asks(
        "**Requirements**\n* Nursing\n* Patient care\n**Desirable**\n* Wound care\n* German",
        &["Nursing", "Patient care"],
        &["Wound care", "German"],
    );
    asks(
        "REQUIREMENTS\nExcel and QuickBooks\nPREFERRED\nSAP, Power BI\nRESPONSIBILITIES\nReports in Tableau",
        &["Excel", "QuickBooks", "Tableau"],
        &["SAP", "Power BI"],
    );
}

#[test]
fn words_within_a_line() {
    asks(
        "You know Python and SQL; Docker is a plus. We take advantage of Linux.",
        &["Python", "SQL", "Linux"],
        &["Docker"],
    );
    asks("Experience with PostgreSQL required, MongoDB preferred.", &["PostgreSQL"], &["MongoDB"]);
    asks("Strong JavaScript, ideally with TypeScript and React.", &["JavaScript"], &["TypeScript", "React"]);
    asks("Python, SQL, Kafka (nice to have)", &["Python", "SQL"], &["Kafka"]);
    asks("You write Java every day. Familiarity with Kubernetes would be an advantage.", &["Java"], &["Kubernetes"]);
    asks("Must have: AutoCAD, Revit. Nice to have: SketchUp, Lumion.", &["AutoCAD", "Revit"], &["SketchUp", "Lumion"]);
    asks("Photoshop and Illustrator; Figma is not required but helpful", &["Photoshop", "Illustrator"], &["Figma"]);
}

#[test]
fn other_languages() {
    asks(
        "Dein Profil:\n- Sehr gute Kenntnisse in Java und Docker\n- Kubernetes von Vorteil\nWünschenswert:\n- Terraform\nWir bieten:\n- Firmenwagen",
        &["Java", "Docker"],
        &["Kubernetes", "Terraform"],
    );
    asks(
        "Profil recherché :\n- Maîtrise de Python et SQL\n- La connaissance de Docker serait un plus\nAtouts :\n- Excel\nNous offrons :\n- Télétravail",
        &["Python", "SQL"],
        &["Docker"],
    );
    asks(
        "Requisitos:\n- Experiencia con React y TypeScript\n- Se valorará Docker\nDeseable:\n- GraphQL\nOfrecemos:\n- Formación",
        &["React", "TypeScript"],
        &["Docker", "GraphQL"],
    );
    asks(
        "Вимоги:\n- Досвід з Python та PostgreSQL\n- Знання Docker буде плюсом\nБуде перевагою:\n- Kubernetes\nМи пропонуємо:\n- Курси",
        &["Python", "PostgreSQL"],
        &["Docker", "Kubernetes"],
    );
}
