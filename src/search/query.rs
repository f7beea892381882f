//! What was typed, as words; and how far a word is from another.

use crate::platform::sql::fold;

/// Letters from which on one typo is forgiven, and two.
const ONE_TYPO_FROM: usize = 5;
const TWO_TYPOS_FROM: usize = 9;

/// The shortest and the longest words that a mistyped one is taken for.
const WORD_LENGTHS: std::ops::RangeInclusive<usize> = ONE_TYPO_FROM - 1..=40;

/// Whether this is a part of words: letters and digits, and the signs of C++ and C#.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '+' | '#')
}

/// The words of a text: where each begins, and itself as it stands there.
pub fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let begin = rest + text[rest..].find(is_of_word)?;
        let length = text[begin..].find(|c| !is_of_word(c)).unwrap_or(text.len() - begin);
        rest = begin + length;
        Some((begin, &text[begin..rest]))
    })
}

/// What a mistyped word may be taken for, among the words of a text.
pub fn vocabulary(text: &str) -> impl Iterator<Item = String> {
    words(text).map(|(_, word)| fold(word)).filter(|word| {
        WORD_LENGTHS.contains(&word.chars().count())
            && word.chars().all(char::is_alphanumeric)
            && word.chars().any(char::is_alphabetic)
    })
}

/// What was typed between two spaces.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// As it was typed.
    pub typed: String,
    /// The folded words in it: one, but for such as CI/CD.
    pub words: Vec<String>,
    /// What it may have been meant to be, nearest first.
    pub variants: Vec<String>,
}

/// What was typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Its terms, of which all must be found.
    pub terms: Vec<Term>,
}

impl Query {
    /// Reads what was typed. Signs alone are no term.
    pub fn read(typed: &str) -> Self {
        let terms = typed.split_whitespace().filter(|it| it.chars().any(char::is_alphanumeric)).map(|typed| Term {
            typed: typed.to_owned(),
            words: words(typed).map(|(_, word)| fold(word)).collect(),
            variants: vec![],
        });
        Self { terms: terms.collect() }
    }

    /// As an FTS5 expression: whole words, or the last one as a beginning. None when nothing is to be found.
    pub fn expression(&self, last_begins: bool) -> Option<String> {
        let of = |nth: usize, term: &Term| phrase(&term.words, last_begins && self.is_last(nth));
        let terms: Vec<_> = self.terms.iter().enumerate().map(|(nth, term)| of(nth, term)).collect();
        (!terms.is_empty()).then(|| terms.join(" AND "))
    }

    /// The same, where each term may be one of its variants. None when no term has any.
    pub fn corrected_expression(&self) -> Option<String> {
        if self.terms.iter().all(|it| it.variants.is_empty()) {
            return None;
        }
        let of = |nth: usize, term: &Term| {
            let is_last = self.is_last(nth);
            let ways: Vec<_> = std::iter::once(phrase(&term.words, is_last))
                .chain(term.variants.iter().map(|it| phrase(std::slice::from_ref(it), is_last)))
                .collect();
            format!("({})", ways.join(" OR "))
        };
        Some(self.terms.iter().enumerate().map(|(nth, term)| of(nth, term)).collect::<Vec<_>>().join(" AND "))
    }

    /// Whether the term in this place is the last, which counts as a beginning.
    pub fn is_last(&self, nth: usize) -> bool {
        nth + 1 == self.terms.len()
    }

    /// What a word of a document must be, or begin with, to be one of those that are looked for.
    pub fn wanted(&self) -> Vec<Wanted> {
        let mut wanted = vec![];
        for (nth, term) in self.terms.iter().enumerate() {
            let is_last = self.is_last(nth);
            for (at, word) in term.words.iter().enumerate() {
                wanted.push(Wanted { word: word.clone(), begins: is_last && at + 1 == term.words.len() });
            }
            wanted.extend(term.variants.iter().map(|it| Wanted { word: it.clone(), begins: is_last }));
        }
        wanted
    }

    /// What was meant, judging by the words of a document that was found.
    pub fn corrected_by(&self, text: &str) -> String {
        let held: std::collections::HashSet<String> = words(text).map(|(_, word)| fold(word)).collect();
        let holds =
            |word: &str, begins: bool| held.contains(word) || (begins && held.iter().any(|it| it.starts_with(word)));
        let meant = |(nth, term): (usize, &Term)| {
            let begins = self.is_last(nth);
            match term.words.as_slice() {
                [word] if !holds(word, begins) => {
                    term.variants.iter().find(|it| holds(it, begins)).unwrap_or(&term.typed).clone()
                }
                _ => term.typed.clone(),
            }
        };
        self.terms.iter().enumerate().map(meant).collect::<Vec<_>>().join(" ")
    }
}

/// Words that stand one behind the other, as FTS5 writes it. They hold no quotes.
fn phrase(words: &[String], last_begins: bool) -> String {
    format!("\"{}\"{}", words.join(" "), if last_begins { "*" } else { "" })
}

/// A word that is looked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Folded.
    pub word: String,
    /// Whether words that begin with it will do.
    pub begins: bool,
}

impl Wanted {
    /// Whether this folded word is one.
    pub fn is(&self, word: &str) -> bool {
        word == self.word || (self.begins && word.starts_with(&self.word))
    }
}

impl Term {
    /// How many typos are forgiven in it: none where it is several words, or holds signs.
    pub fn forgiven(&self) -> usize {
        match self.words.as_slice() {
            [word] if word.chars().all(char::is_alphanumeric) => match word.chars().count() {
                ..ONE_TYPO_FROM => 0,
                ONE_TYPO_FROM..TWO_TYPOS_FROM => 1,
                _ => 2,
            },
            _ => 0,
        }
    }
}

/// How many letters were mistyped: left out, put in, taken for another, or swapped with the next one.
///
/// The first number is between the words, the second between `typed` and the nearest beginning of `word`: the optimal string
/// alignment distance, whose last row holds the distances to all beginnings. None beyond `most`.
pub fn typos(typed: &[char], word: &[char], most: usize) -> (Option<usize>, Option<usize>) {
    let word = &word[..word.len().min(typed.len() + most + 1)];
    let (mut before, mut last, mut row): (Vec<usize>, Vec<usize>, Vec<usize>) =
        (vec![0; word.len() + 1], (0..=word.len()).collect(), vec![0; word.len() + 1]);
    for (i, a) in typed.iter().enumerate() {
        row[0] = i + 1;
        for (j, b) in word.iter().enumerate() {
            let mut least = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && typed[i - 1] == *b && word[j - 1] == *a {
                least = least.min(before[j - 1] + 1);
            }
            row[j + 1] = least;
        }
        if row.iter().min().is_none_or(|least| *least > most) {
            return (None, None);
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    let whole = last[word.len()];
    let beginning = last.iter().copied().min().unwrap_or(whole);
    let within = |it: usize| (it <= most).then_some(it);
    (within(whole), within(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(typed: &str, word: &str, most: usize) -> (Option<usize>, Option<usize>) {
        typos(&typed.chars().collect::<Vec<_>>(), &word.chars().collect::<Vec<_>>(), most)
    }

    #[test]
    fn a_typo_is_a_letter_too_few_too_many_wrong_or_swapped() {
        for typed in ["pyton", "pythhon", "pythun", "pyhton", "ython", "oython", "pytho"] {
            assert_eq!(between(typed, "python", 1).0, Some(1), "{typed}");
        }
        assert_eq!(between("python", "python", 1), (Some(0), Some(0)));
        assert_eq!(between("pzthun", "python", 1), (None, None));
        assert_eq!(between("kubrenets", "kubernetes", 2).0, Some(2));
        assert_eq!(between("kubrene", "kubernetes", 1), (None, Some(1)));
        assert_eq!(between("пітон", "пайтон", 2).0, Some(2));
    }

    #[test]
    fn the_distance_is_that_of_a_known_implementation() {
        use proptest::prelude::*;
        let mut runner = proptest::test_runner::TestRunner::default();
        runner
            .run(&("[abc]{0,9}", "[abc]{0,9}"), |(one, other)| {
                let known = strsim::osa_distance(&one, &other);
                prop_assert_eq!(between(&one, &other, 2).0, (known <= 2).then_some(known));
                let begins = (0..=other.len()).map(|at| strsim::osa_distance(&one, &other[..at])).min().unwrap();
                prop_assert_eq!(between(&one, &other, 2).1, (begins <= 2).then_some(begins));
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn signs_are_read_as_people_mean_them() {
        let query = Query::read("C++ \"quoted\" * NEAR(a) .net CI/CD --");
        let words: Vec<_> = query.terms.iter().map(|it| it.words.join(" ")).collect();
        assert_eq!(words, ["c++", "quoted", "near a", "net", "ci cd"]);
        assert_eq!(query.expression(true).unwrap(), "\"c++\" AND \"quoted\" AND \"near a\" AND \"net\" AND \"ci cd\"*");
        assert_eq!(Query::read("* -- \"").expression(true), None);
    }
}
