#![no_main]
//! The whole analysis of a text: what it shows stands in the text, its score is the sum of its terms, and the same text
//! gives the same twice.

use std::collections::HashMap;
use std::sync::OnceLock;

use careerd_fuzz::analysis::{AnalysisStatus, Catalogue, Document, analyze, extract::text};
use careerd_fuzz::watch_panics;
use chrono::NaiveDate;

static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();

fn holds(document: &Document) {
    let catalogue = CATALOGUE.get_or_init(Catalogue::delivered);
    let Some(today) = NaiveDate::from_ymd_opt(2026, 5, 1) else { return };
    let found = analyze(catalogue, document, today, &HashMap::new());
    assert_eq!(found, analyze(catalogue, document, today, &HashMap::new()), "the same twice");
    assert_eq!(found.total_score, found.terms.map(|terms| terms.total()));
    assert_eq!(found.analysis_status == AnalysisStatus::Completed, found.total_score.is_some());
    assert!(found.total_score.is_none_or(|score| score <= 100));
    let pages: Vec<&str> = document.text.split('\x0c').collect();
    for finding in &found.evidence {
        assert!((0.0..=1.0).contains(&finding.confidence) && !finding.found.is_empty());
        assert_eq!(found.extracted_skills.get(&finding.skill), Some(&finding.confidence));
        for place in &finding.found {
            let line: Vec<char> = place.text.chars().collect();
            assert!(place.start < place.end && place.end <= line.len(), "{place:?}");
            let page = pages.get(place.page as usize - 1).unwrap_or(&"");
            assert!(page.contains(place.text.trim()), "{place:?}");
        }
    }
    for term in &found.unknown_terms {
        assert!(document.text.contains(term.as_str()), "{term}");
    }
    assert!(found.years_of_experience.is_none_or(|years| (0.0..=80.0).contains(&years)), "{:?}", found.periods);
}

libfuzzer_sys::fuzz_target!(init: watch_panics(), |bytes: &[u8]| {
    if let Ok(document) = text::read(bytes) {
        holds(&document);
    }
});
