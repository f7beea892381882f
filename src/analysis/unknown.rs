//! Terms of skill lists that the catalogue does not know; they may become suggestions.

use std::collections::BTreeSet;

use super::fold::fold;
use super::layout::{Layout, has_bullet, without_bullet};
use super::sections::{Mark, Section};
use super::skills::Mention;
use super::words::{NATURAL_LANGUAGES, contains};

/// Most terms kept.
const MAX_TERMS: usize = 30;
/// Longest and shortest term, in characters, and most words.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=40;
const MAX_WORDS: usize = 3;

/// Words that lists hold beside skills.
const NO_SKILLS: &str = "\
    and; or; etc; other; others; skills; tools; languages; basic; advanced; intermediate; expert; beginner; \
    fluent; native; good; years; year; level; proficient; experience; familiar; with; knowledge; various; \
    more; strong; excellent; working; та; інше; тощо; und; et; soft; hard; technical; conversational; \
    grundkenntnisse; programming; language; limited; native";

/// Items of the skill lists in which no known skill stands, in the order of the text, each once in any case.
pub(super) fn unknown_terms(layout: &Layout, marks: &[Mark], mentions: &[Mention]) -> Vec<String> {
    let mut terms = Vec::new();
    let mut seen = BTreeSet::new();
    for (i, line) in
        layout.lines.iter().enumerate().filter(|(i, _)| marks[*i].section == Section::Skills && !marks[*i].heading)
    {
        if terms.len() >= MAX_TERMS {
            break;
        }
        let known: Vec<&Mention> = {
            let from = mentions.partition_point(|m| m.line < i);
            mentions[from..].iter().take_while(|m| m.line == i).collect()
        };
        if !is_list(&line.text, known.len()) {
            continue;
        }
        for (start, item) in items(&line.text) {
            let from = line.start + start;
            let until = from + item.chars().count();
            let touched = known.iter().any(|m| m.start < until && from < m.end);
            let term = item.trim().trim_end_matches('.');
            if !touched && is_term(term) && seen.insert(fold(term)) {
                terms.push(term.to_string());
            }
        }
    }
    terms.truncate(MAX_TERMS);
    terms
}

/// Prose in a skills section names no terms: a list has separators, bullets, a label, or is a single short item.
fn is_list(text: &str, known: usize) -> bool {
    let separators = text.chars().filter(|c| matches!(c, ',' | ';' | '|' | '•' | '·' | '\t' | '/')).count();
    let words = text.split_whitespace().count();
    words <= MAX_WORDS + 1
        || (separators > 0 && words <= 4 * (separators + 1))
        || known * 2 >= words
        || (has_bullet(text) && words <= 5)
}

/// The items of a line and where they start, a label before a colon left out.
fn items(text: &str) -> Vec<(usize, &str)> {
    let body = without_bullet(text);
    let body = match body.split_once(':') {
        Some((_, rest)) => rest,
        None => body,
    };
    let mut start = text.chars().count() - body.chars().count();
    let mut found = Vec::new();
    for piece in body.split_inclusive([',', ';', '|', '•', '·', '\t', '/', '(', ')', '&']) {
        let item = piece.trim_end_matches([',', ';', '|', '•', '·', '\t', '/', '(', ')', '&']);
        found.push((start, item));
        start += piece.chars().count();
    }
    found
}

fn is_term(term: &str) -> bool {
    let folded = fold(term);
    let words: Vec<&str> = folded.split(' ').collect();
    let letters = term.chars().filter(|c| c.is_alphabetic()).count();
    let plain =
        term.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '+' | '#' | '.' | '-' | '&' | '\'' | '/' | '’'));
    let capital = term.chars().next().is_some_and(|c| !c.is_lowercase()) || words.len() == 1;
    plain
        && capital
        && letters >= 2
        && LENGTH.contains(&term.chars().count())
        && words.len() <= MAX_WORDS
        && !words.iter().any(|word| contains(NO_SKILLS, word) || contains(NATURAL_LANGUAGES, word))
        && letters * 2 > term.chars().count()
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Catalogue;
    use super::super::sections::sections;
    use super::super::skills::mentions;
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let layout = Layout::new(text);
        let marks = sections(&layout);
        let mentions = mentions(&Catalogue::delivered(), &layout, &marks);
        unknown_terms(&layout, &marks, &mentions)
    }

    #[test]
    fn only_list_items_without_a_known_skill() {
        assert_eq!(
            of("Skills\nTools: Git, Zephyrflow, Docker\n• Quuxbase\nEnglish (fluent)"),
            ["Zephyrflow", "Quuxbase"]
        );
        assert_eq!(of("Skills\nI am a person who likes to work with others, and learns fast"), Vec::<String>::new());
        assert_eq!(of("Experience\nZephyrflow, Docker"), Vec::<String>::new());
    }
}
