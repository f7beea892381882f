//! Terms of skill lists that the catalogue does not know; they may become suggestions.
//!
//! The items of lists in which no known skill stands are judged by a linear model of their own: what they look like, and
//! whether known skills stand around them.

use std::collections::BTreeSet;

use super::catalogue::Catalogue;
use super::context::is_labelled;
use super::fold::fold;
use super::layout::{Layout, has_bullet, without_bullet};
use super::model::TermFeatures;
use super::sections::{Mark, Section};
use super::skills::Mention;
use super::words::{NATURAL_LANGUAGES, contains};

/// Most terms kept.
const MAX_TERMS: usize = 30;
/// Longest and shortest term, in characters, and most words.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=40;
const MAX_WORDS: usize = 4;
/// The probability from which a term is kept.
const EVEN: f32 = 0.5;
/// Items that many are a list by themselves.
const MANY: f32 = 8.0;

/// Words that lists hold beside skills.
const NO_SKILLS: &str = "\
    and; or; etc; other; others; skills; tools; languages; basic; advanced; intermediate; expert; beginner; \
    fluent; native; good; years; year; level; proficient; experience; familiar; with; knowledge; various; \
    more; strong; excellent; working; та; інше; тощо; und; et; soft; hard; technical; conversational; \
    grundkenntnisse; programming; language; limited; native; i; my; we; our; able; ability; able; references; upon; request; \
    please; available";

/// Small words inside phrases.
const SMALL_WORDS: &str =
    "a; an; the; of; in; on; to; for; at; by; from; as; is; are; be; my; our; who; that; this; all; any; very; not";

/// Endings of names of tools.
const TOOL_ENDINGS: &[&str] = &[
    "js", "db", "sql", "ml", "ui", "os", "soft", "ware", "hub", "kit", "lab", "ly", "io", "api", "cad", "pro", "flow",
    "base",
];

/// Endings of words that name doings and qualities.
const WORD_ENDINGS: &[&str] =
    &["ing", "ed", "ly", "ness", "ful", "able", "er", "or", "ship", "ity", "tion", "ment", "ive", "ous"];

/// An item of a list, with what describes it.
pub(super) struct Term {
    /// As it stands there.
    pub text: String,
    /// First character in the text.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// What the model judges by.
    pub features: TermFeatures,
}

/// Items of the skill lists in which no known skill stands and that the model takes for skills, in the order of the text,
/// each once in any case. What the catalogue knows is none, also where it was not taken for a skill.
pub(super) fn unknown_terms(
    catalogue: &Catalogue,
    layout: &Layout,
    marks: &[Mark],
    mentions: &[Mention],
) -> Vec<String> {
    let model = &catalogue.model().terms;
    let mut seen = BTreeSet::new();
    terms(layout, marks, mentions)
        .into_iter()
        .filter(|term| model.probability(&term.features) >= EVEN && !catalogue.knows(&term.text))
        .filter(|term| seen.insert(fold(&term.text)))
        .map(|term| term.text)
        .take(MAX_TERMS)
        .collect()
}

/// Every item of the skill lists in which no known skill stands.
pub(super) fn terms(layout: &Layout, marks: &[Mark], mentions: &[Mention]) -> Vec<Term> {
    let mut terms = Vec::new();
    for (i, line) in layout.lines.iter().enumerate() {
        let labelled = is_labelled(&line.text);
        if marks[i].heading || !(marks[i].section == Section::Skills || labelled) {
            continue;
        }
        let known: Vec<&Mention> = {
            let from = mentions.partition_point(|m| m.line < i);
            mentions[from..].iter().take_while(|m| m.line == i).collect()
        };
        if !is_list(&line.text, known.len()) {
            continue;
        }
        let items = items(&line.text);
        let touched: Vec<bool> = items
            .iter()
            .map(|(start, item)| {
                let (from, until) = (line.start + start, line.start + start + item.chars().count());
                known.iter().any(|m| m.start < until && from < m.end)
            })
            .collect();
        for (nth, (start, item)) in items.iter().enumerate().filter(|(nth, _)| !touched[*nth]) {
            let text = item.trim().trim_end_matches('.');
            // A small word alone on its line is more often a quality than a name.
            let lonely = items.len() == 1 && !text.chars().any(char::is_uppercase);
            if lonely || !is_term(text) {
                continue;
            }
            let start = line.start + start + item.chars().take_while(|c| c.is_whitespace()).count();
            let beside = [nth.checked_sub(1), Some(nth + 1)].into_iter().flatten();
            let around = Around {
                items: items.len(),
                known: touched.iter().filter(|touched| **touched).count(),
                beside: beside.filter(|i| touched.get(*i) == Some(&true)).count(),
                labelled,
            };
            let end = start + text.chars().count();
            terms.push(Term { text: text.to_string(), start, end, features: features(text, &around) });
        }
    }
    terms
}

/// What stands around an item.
struct Around {
    items: usize,
    known: usize,
    beside: usize,
    labelled: bool,
}

fn features(text: &str, around: &Around) -> TermFeatures {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    let is = |yes: bool| if yes { 1.0 } else { 0.0 };
    let share = |part: usize, all: usize| part as f32 / all.max(1) as f32;
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let capitals = text.split(' ').filter(|word| capital(word)).count();
    let inner = text.split(' ').any(|word| word.chars().skip(1).any(char::is_uppercase));
    let loud = text.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    let last = words.last().copied().unwrap_or_default();
    let ends = |endings: &[&str]| endings.iter().any(|end| last.len() > end.len() && last.ends_with(end));
    [
        is(words.len() == 1),
        is(words.len() == 2),
        is(words.len() > 2),
        is(capitals == words.len()),
        is(capitals == 0),
        is(inner && !loud),
        is(loud),
        is(text.chars().any(|c| c.is_ascii_digit())),
        is(text.contains(['+', '#', '.', '/'])),
        is(ends(TOOL_ENDINGS)),
        is(ends(WORD_ENDINGS)),
        is(words.iter().any(|word| contains(SMALL_WORDS, word))),
        (text.chars().count() as f32 / 20.0).min(2.0),
        share(around.known, around.items),
        is(around.known == 0),
        around.beside as f32 / 2.0,
        (around.items as f32 / MANY).min(1.0),
        is(around.items == 1),
        is(around.labelled),
        is(words.len() == 1 && capitals == 0 && around.known == 0),
    ]
}

/// Prose in a skills section names no terms: a list has separators, bullets, a label, or is a single short item.
fn is_list(text: &str, known: usize) -> bool {
    let separators = text.chars().filter(|c| matches!(c, ',' | ';' | '|' | '•' | '·' | '\t' | '/')).count();
    let words = text.split_whitespace().count();
    words <= MAX_WORDS
        || (separators > 0 && words <= 4 * (separators + 1))
        || known * 2 >= words
        || (has_bullet(text) && words <= 5)
}

/// The items of a line and where they start, a label before a colon left out.
fn items(text: &str) -> Vec<(usize, &str)> {
    const PARTS: [char; 11] = [',', ';', '|', '•', '·', '\t', '/', '(', ')', '&', '▪'];
    let body = without_bullet(text);
    let body = match body.split_once(':') {
        Some((_, rest)) => rest,
        None => body,
    };
    let mut start = text.chars().count() - body.chars().count();
    let mut found = Vec::new();
    for piece in body.split_inclusive(PARTS) {
        let item = piece.trim_end_matches(PARTS);
        if !item.trim().is_empty() {
            found.push((start, item));
        }
        start += piece.chars().count();
    }
    found
}

/// Whether an item can be a name at all.
fn is_term(term: &str) -> bool {
    let folded = fold(term);
    let words: Vec<&str> = folded.split(' ').collect();
    let letters = term.chars().filter(|c| c.is_alphabetic()).count();
    let plain =
        term.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '+' | '#' | '.' | '-' | '&' | '\'' | '/' | '’'));
    plain
        && letters >= 2
        && LENGTH.contains(&term.chars().count())
        && words.len() <= MAX_WORDS
        && !words.iter().any(|word| contains(NO_SKILLS, word) || contains(NATURAL_LANGUAGES, word))
        && letters * 2 > term.chars().count()
}

#[cfg(test)]
mod tests {
    use super::super::sections::sections;
    use super::super::skills::mentions;
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let catalogue = Catalogue::delivered();
        let layout = Layout::new(text);
        let marks = sections(&layout);
        let mentions = mentions(&catalogue, &layout, &marks);
        unknown_terms(&catalogue, &layout, &marks, &mentions)
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

    #[test]
    fn what_the_catalogue_knows_is_not_unknown() {
        // None of these names is taken for a skill where it stands; the catalogue knows them all the same.
        for item in ["Accounting", "Go", "DOE", "Unit tests", "Kanban boards", "Prior authorization"] {
            assert!(Catalogue::delivered().knows(item), "{item}");
        }
        assert!(!Catalogue::delivered().knows("Zephyrflow") && !Catalogue::delivered().knows("Git Zephyrflow"));
        let text =
            "Skills\nZephyrflow, Docker, Git\nTools: accounting: Docker\nAccounting: bookkeeping, Docker, Quuxbase";
        assert_eq!(of(text), ["Zephyrflow", "Quuxbase"]);
    }

    #[test]
    fn labelled_lists_anywhere() {
        assert_eq!(of("Experience\nAcme, 2019\nTechnologies: Zephyrflow, Docker, Git"), ["Zephyrflow"]);
    }

    #[test]
    fn phrases_of_people_are_no_terms() {
        let text = "Skills\nGit, SQL, Zephyrflow, Docker\n• hard on time\n• eager to help people\n• punctual\nlikes to travel, honest";
        assert_eq!(of(text), ["Zephyrflow"]);
    }
}
