//! Labelled texts, for training and for judging.
//!
//! A file holds one JSON object a line: `text`, and either marks in the text, `[[…]]` around each skill that is meant,
//! or `skills`, the list of skills it shows, as they stand in the text or by a name of the catalogue. Unknown members
//! are ignored.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::catalogue::Catalogue;
use super::fold::fold;

/// A text and the skills that are meant in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labelled {
    /// Without the marks.
    pub text: String,
    /// Where skills stand, in characters, when places are known.
    pub places: Option<Vec<(usize, usize)>>,
    /// Their names, when only names are known.
    pub skills: Vec<String>,
}

/// As a line of a file gives it.
#[derive(Deserialize)]
struct Line {
    text: String,
    skills: Option<Vec<String>>,
}

impl Labelled {
    /// Reads a text with marks.
    pub fn marked(text: &str) -> Self {
        let (mut plain, mut places, mut length, mut open) = (String::new(), Vec::new(), 0, None);
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(tail) = rest.strip_prefix("[[") {
                (open, rest) = (Some(length), tail);
            } else if let (Some(start), Some(tail)) = (open, rest.strip_prefix("]]")) {
                places.push((start, length));
                (open, rest) = (None, tail);
            } else {
                plain.push(c);
                length += 1;
                rest = &rest[c.len_utf8()..];
            }
        }
        Self { text: plain, places: Some(places), skills: Vec::new() }
    }

    /// Reads one line of a file.
    ///
    /// # Errors
    /// It is no such object.
    pub fn from_json(line: &str) -> Result<Self, serde_json::Error> {
        let line: Line = serde_json::from_str(line)?;
        Ok(match line.skills {
            Some(skills) => Self { text: line.text, places: None, skills },
            None => Self::marked(&line.text),
        })
    }

    /// The labels in a form in which a found skill is compared.
    pub fn truth<'a>(&'a self, catalogue: &Catalogue) -> Truth<'a> {
        let names = self.skills.iter().map(|name| match catalogue.skill(name) {
            Some(skill) => fold(&skill.name),
            None => fold(name),
        });
        Truth { places: self.places.as_deref(), names: names.collect() }
    }
}

/// The labels of one text.
pub struct Truth<'a> {
    places: Option<&'a [(usize, usize)]>,
    names: BTreeSet<String>,
}

impl Truth<'_> {
    /// Whether a skill found at a place is labelled there, or named where only names are known. `written` is how the
    /// text writes it.
    pub fn holds(&self, start: usize, end: usize, name: &str, written: &str) -> bool {
        match self.places {
            Some(places) => places.iter().any(|(from, until)| *from < end && start < *until),
            None => self.names.contains(&fold(name)) || self.names.contains(&fold(written)),
        }
    }

    /// How many labels there are, and how many of them the found ones cover: places, or names.
    pub fn covered(&self, found: &[(usize, usize, String, String)]) -> (usize, usize) {
        match self.places {
            Some(places) => {
                let hit = |(from, until): &&(usize, usize)| found.iter().any(|(s, e, ..)| s < until && from < e);
                (places.len(), places.iter().filter(hit).count())
            }
            None => {
                let hit = |label: &&String| {
                    found.iter().any(|(_, _, name, written)| fold(name) == **label || fold(written) == **label)
                };
                (self.names.len(), self.names.iter().filter(hit).count())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_places() {
        let labelled = Labelled::marked("I know [[Go]] and ü [[R]].");
        assert_eq!(labelled.text, "I know Go and ü R.");
        assert_eq!(labelled.places, Some(vec![(7, 9), (16, 17)]));
    }

    #[test]
    fn lines_have_marks_or_names() {
        let catalogue = Catalogue::delivered();
        let named =
            Labelled::from_json(r#"{"text": "Golang and Zephyrflow", "skills": ["go", "Zephyrflow"], "id": 1}"#);
        let named = named.unwrap();
        let truth = named.truth(&catalogue);
        assert!(truth.holds(0, 6, "Go", "Golang") && !truth.holds(0, 3, "R", "and"));
        assert_eq!(truth.covered(&[(0, 6, "Go".into(), "Golang".into())]), (2, 1));
        assert!(Labelled::from_json("{}").is_err());
    }
}
