//! The part of a text around what was found, as HTML.

use super::query::{Wanted, words};
use crate::platform::sql::fold;

/// Characters that a snippet has, about.
const LENGTH: usize = 180;
/// Characters of it that stand before the first word that was found.
const BEFORE: usize = 50;

/// Text as HTML.
fn escaped(text: &str, into: &mut String) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            c if c.is_whitespace() => into.push(' '),
            c => into.push(c),
        }
    }
}

/// Whether one of these words stands in the text.
pub fn holds(text: &str, wanted: &[Wanted]) -> bool {
    words(text).any(|(_, word)| is_wanted(word, wanted))
}

fn is_wanted(word: &str, wanted: &[Wanted]) -> bool {
    let word = fold(word);
    wanted.iter().any(|it| it.is(&word))
}

/// The byte at which the character stands that is so many before, or behind, the one at `at`.
fn moved(text: &str, at: usize, by: usize, back: bool) -> usize {
    if back {
        text[..at].char_indices().rev().nth(by.saturating_sub(1)).map_or(0, |(at, _)| at)
    } else {
        text[at..].char_indices().nth(by).map_or(text.len(), |(more, _)| at + more)
    }
}

/// The part of `text` around the first word that is wanted, else its beginning: escaped, wanted words within `<mark>`, cut
/// between words with an ellipsis.
pub fn snippet(text: &str, wanted: &[Wanted]) -> String {
    let text = text.trim();
    let found = words(text).find(|(_, word)| is_wanted(word, wanted));
    let (first, found_end) = found.map_or((0, 0), |(at, word)| (at, at + word.len()));
    let mut begin = moved(text, first, BEFORE, true);
    if begin > 0 {
        // A cut falls behind a space, if there is one before what was found.
        begin = text[begin..first].find(char::is_whitespace).map_or(begin, |space| begin + space);
    }
    let mut end = moved(text, begin, LENGTH, false).max(found_end);
    if end < text.len() {
        // A cut falls before a space, if there is one behind what was found.
        let from = begin.max(found_end);
        end = text[from..end].rfind(char::is_whitespace).map_or(end, |space| from + space);
    }
    let part = text[begin..end].trim();
    let mut html = String::with_capacity(part.len() + 32);
    if begin > 0 {
        html.push('…');
    }
    let mut done = 0;
    for (at, word) in words(part).filter(|(_, word)| is_wanted(word, wanted)) {
        escaped(&part[done..at], &mut html);
        html.push_str("<mark>");
        escaped(word, &mut html);
        html.push_str("</mark>");
        done = at + word.len();
    }
    escaped(&part[done..], &mut html);
    if end < text.len() {
        html.push('…');
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(word: &str) -> Vec<Wanted> {
        vec![Wanted { word: word.into(), begins: true }]
    }

    #[test]
    fn what_was_found_is_marked_and_everything_is_escaped() {
        assert_eq!(
            snippet("<b>Žofia</b> & \"Rust\"", &wanted("zof")),
            "&lt;b&gt;<mark>Žofia</mark>&lt;/b&gt; &amp; &quot;Rust&quot;"
        );
        assert_eq!(snippet("nothing here", &wanted("rust")), "nothing here");
        assert_eq!(snippet("", &wanted("rust")), "");
    }

    #[test]
    fn a_long_text_is_cut_between_words() {
        let text = format!("{}rust {}", "some words ".repeat(50), "more words ".repeat(50));
        let cut = snippet(&text, &wanted("rust"));
        assert!(cut.starts_with('…') && cut.ends_with('…') && cut.contains("<mark>rust</mark>"), "{cut}");
        assert!(cut.chars().count() < 220);
    }

    #[test]
    fn what_was_found_is_not_cut_off_where_the_only_space_stands_before_it() {
        let text = format!("a {}, rust{}", "x".repeat(40), "!".repeat(300));
        assert!(snippet(&text, &wanted("rust")).contains("<mark>rust</mark>"));
    }

    #[test]
    fn any_text_and_any_word_make_a_snippet() {
        use proptest::prelude::*;
        let mut runner = proptest::test_runner::TestRunner::default();
        runner
            .run(&("\\PC{0,400}", "[a-zà-ž0-9]{1,3}"), |(text, word)| {
                let html = snippet(&text, &wanted(&fold(&word)));
                let bare = html.replace("<mark>", "").replace("</mark>", "");
                prop_assert!(!bare.contains('<') && !bare.contains('>'));
                prop_assert_eq!(html.matches("<mark>").count(), html.matches("</mark>").count());
                prop_assert_eq!(holds(text.trim(), &wanted(&fold(&word))), html.contains("<mark>"));
                Ok(())
            })
            .unwrap();
    }
}
