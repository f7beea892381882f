//! Texts whose line ends were lost: headings stand amid everything else and show only by their wording and capitals.

use std::collections::HashSet;

use super::fold::fold;
use super::words::{HEADINGS, contains, entries};

/// Most words of a heading.
const MOST_WORDS: usize = 4;
/// Letters from which capitals are those of a heading and not of a name.
const CAPITALS: usize = 5;

/// Headings of one word that are told by a single capital.
const SINGLE: &str = "\
    experience; education; skills; summary; objective; highlights; accomplishments; profile; certifications; projects; languages; \
    interests; affiliations; references; employment; qualifications; training; publications; awards; berufserfahrung; \
    ausbildung; kenntnisse; sprachen; formation; competences; langues; experiencia; educacion; formacion; habilidades; idiomas; \
    освіта; навички; досвід; мови";
/// Words after which such a word belongs to a sentence.
const JOINING: &str =
    "of; in; and; for; with; the; to; &; a; an; or; und; der; die; im; de; la; des; et; y; en; з; та; і; в; до";

/// Where the headings within a range of a text stand, in order.
pub fn headings(chars: &[char], start: usize, end: usize) -> Vec<(usize, usize)> {
    let known: HashSet<&str> = HEADINGS.iter().flat_map(|(_, list)| entries(list)).collect();
    let words = words(chars, start, end);
    let text = |from: usize, until: usize| -> String { chars[words[from].0..words[until].1].iter().collect() };
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let longest = (1..=MOST_WORDS.min(words.len() - i)).rev().find(|count| {
            let raw = text(i, i + count - 1);
            let phrase = fold(raw.trim_end_matches(':'));
            let before = i.checked_sub(1).map(|before| text(before, before));
            let after = words.get(i + count).map(|(at, _)| chars[*at]);
            known.contains(phrase.as_str()) && is_set_apart(&raw, &phrase, *count, before.as_deref(), after)
        });
        match longest {
            Some(count) => {
                found.push((words[i].0, words[i + count - 1].1));
                i += count;
            }
            None => i += 1,
        }
    }
    found
}

/// Whether words are written as a heading and stand where none of a sentence would.
fn is_set_apart(raw: &str, phrase: &str, count: usize, before: Option<&str>, after: Option<char>) -> bool {
    let letters = raw.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = letters >= CAPITALS && !raw.chars().any(char::is_lowercase);
    let opens = raw.starts_with(char::is_uppercase) && (count > 1 || contains(SINGLE, phrase));
    let joined = before.is_some_and(|word| contains(JOINING, &fold(word)) || word.ends_with([',', '/', '(']));
    // Before a name in capitals, capitals say nothing.
    let amid = before.is_some_and(|word| {
        word.len() > 1 && !word.chars().any(char::is_lowercase) && word.ends_with(char::is_alphabetic)
    });
    let goes_on = after.is_some_and(char::is_lowercase);
    !goes_on && !joined && (opens && !capitals || capitals && (count > 1 || !amid))
}

/// Where words start and end, parted by blanks.
fn words(chars: &[char], start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut from = None;
    for (i, c) in chars[start..end].iter().enumerate() {
        match (c.is_whitespace(), from) {
            (false, None) => from = Some(start + i),
            (true, Some(first)) => {
                words.push((first, start + i));
                from = None;
            }
            _ => {}
        }
    }
    words.extend(from.map(|first| (first, end)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        headings(&chars, 0, chars.len()).into_iter().map(|(from, until)| chars[from..until].iter().collect()).collect()
    }

    #[test]
    fn headings_amid_everything() {
        assert_eq!(
            of(
                "Jane Doe Summary Cook who likes soups. Work Experience Cook Jan 2015 to Dec 2017 Inn Education Diploma 2014 SKILLS: Soups"
            ),
            ["Summary", "Work Experience", "Education", "SKILLS:"]
        );
        assert_eq!(
            of(
                "Years of Experience in the Department of Education, with experience and Skills in soups; Training of staff"
            ),
            Vec::<String>::new()
        );
    }
}
