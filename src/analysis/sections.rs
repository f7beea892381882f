//! The parts of a résumé by their headings. Headings stand alone on a line or open one with a colon; the head above
//! the first one is contact.

use serde::{Deserialize, Serialize};

use super::fold::fold;
use super::layout::{Layout, has_bullet, without_bullet};
use super::words::{HEADING_FILLERS, HEADING_WORDS, HEADINGS, NATURAL_LANGUAGES, contains, entries, section_of};

/// A part of a résumé. Headings of anything else (interests, references, volunteering) open `Other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// Name, addresses, links.
    Contact,
    /// Profile or objective.
    Summary,
    /// Employment.
    Experience,
    /// Schools and degrees.
    Education,
    /// Lists of skills.
    Skills,
    /// Projects outside employment.
    Projects,
    /// Certificates, courses, licences.
    Certificates,
    /// Spoken languages.
    Languages,
    /// Everything under another heading.
    Other,
}

impl Section {
    /// The word used in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Section::Contact => "contact",
            Section::Summary => "summary",
            Section::Experience => "experience",
            Section::Education => "education",
            Section::Skills => "skills",
            Section::Projects => "projects",
            Section::Certificates => "certificates",
            Section::Languages => "languages",
            Section::Other => "other",
        }
    }
}

/// Headings that are products as well.
const PRODUCTS: &str = "informatica";
/// Longest heading, in characters.
const MAX_HEADING: usize = 60;
/// Words from which a line above the first heading is prose and opens the summary.
const PROSE_WORDS: usize = 12;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The section it belongs to.
    pub section: Section,
    /// Whether the whole line is a heading.
    pub heading: bool,
}

/// The section of every line of a text, in the order of its lines.
pub fn sections(layout: &Layout) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(layout.lines.len());
    let mut current: Option<Section> = None;
    for (i, line) in layout.lines.iter().enumerate() {
        let after_blank = i == 0 || layout.lines[i - 1].text.trim().is_empty();
        let after_item = i > 0 && has_bullet(&layout.lines[i - 1].text);
        let known = heading(&line.text).filter(|it| !matches!(it, Heading::Alone(_)) || !is_item(layout, i, current));
        let (section, heading) = match known {
            Some(Heading::Alone(Section::Languages)) => (Some(spoken_or_programming(layout, i)), true),
            Some(Heading::Alone(section)) => (Some(section), true),
            Some(Heading::Inline(section)) if opens_inline(current, section, after_blank, after_item, &line.text) => {
                (Some(section), false)
            }
            _ if current.is_none() && is_prose(&line.text) => (Some(Section::Summary), false),
            _ => (current, false),
        };
        current = section;
        marks.push(Mark { section: section.unwrap_or(Section::Contact), heading });
    }
    marks
}

/// Whether a line amid skills that reads like a heading is one of them: `• Special education` behind another item, or the name
/// of a product.
fn is_item(layout: &Layout, nth: usize, current: Option<Section>) -> bool {
    if current != Some(Section::Skills) || nth == 0 {
        return false;
    }
    let (before, text) = (layout.lines[nth - 1].text.trim(), layout.lines[nth].text.trim());
    let goes_on = has_bullet(before) && has_bullet(text) && before.chars().next() == text.chars().next();
    (goes_on && !text.contains(':')) || (!before.is_empty() && contains(PRODUCTS, &fold(text)))
}

enum Heading {
    Alone(Section),
    Inline(Section),
}

/// Recognises a heading: a line of known words only, or such words before a colon.
fn heading(text: &str) -> Option<Heading> {
    // Icons, rules and brackets around a heading are no part of it.
    let text = without_bullet(text).trim_start_matches(|c: char| !c.is_alphanumeric());
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric() && c != ':');
    if let Some((before, after)) = text.split_once(':') {
        let section = phrase(before)?;
        return Some(if after.trim().is_empty() { Heading::Alone(section) } else { Heading::Inline(section) });
    }
    // A wrapped line of prose may consist of such words too; headings start with a capital.
    let capital = text.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_lowercase());
    if capital { phrase(text).map(Heading::Alone) } else { None }
}

/// The section that a heading of these words opens: a known phrase, else known words with nothing but fillers between
/// them.
fn phrase(text: &str) -> Option<Section> {
    if text.is_empty() || text.chars().count() > MAX_HEADING {
        return None;
    }
    let folded = fold(text);
    let numbered = folded.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' ')).trim();
    let joined: String = if is_spread(numbered) { numbered.split(' ').collect() } else { String::new() };
    if let Some(section) = section_of(HEADINGS, numbered) {
        return Some(section);
    }
    if !joined.is_empty() {
        return HEADINGS
            .iter()
            .find(|(_, list)| entries(list).any(|entry| entry.replace(' ', "") == joined))
            .map(|(section, _)| *section);
    }
    let words: Vec<&str> = numbered
        .split(|c: char| c.is_whitespace() || matches!(c, '&' | '/' | ',' | '+' | '(' | ')' | '-'))
        .filter(|w| !w.is_empty())
        .collect();
    if words.is_empty() || words.len() > 6 {
        return None;
    }
    let mut found = None;
    for word in words {
        match section_of(HEADING_WORDS, word) {
            Some(section) => found = found.or(Some(section)),
            None if contains(HEADING_FILLERS, word) => {}
            None => return None,
        }
    }
    found
}

/// Whether a line is a heading whose letters are set apart.
pub fn is_spread_heading(text: &str) -> bool {
    is_spread(&fold(text)) && heading(text).is_some()
}

/// Letters set apart by blanks, as designed headings often are.
fn is_spread(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    words.len() >= 4 && words.iter().filter(|word| word.chars().count() == 1).count() * 4 >= words.len() * 3
}

/// Whether `Skills: a, b` opens a section. Inside a job it belongs to the job, unless it stands apart and names a
/// section that jobs have not.
fn opens_inline(current: Option<Section>, section: Section, after_blank: bool, after_item: bool, text: &str) -> bool {
    match current {
        Some(Section::Experience | Section::Projects) => {
            let label = fold(text.split(':').next().unwrap_or_default());
            let plain = ["skills", "skill", "education", "certificat", "навички", "освіта"]
                .iter()
                .any(|word| label.contains(&fold(word)));
            let spoken = section == Section::Languages && speaks(text);
            // The list of what was done ends where a label without a bullet stands.
            spoken && !has_bullet(text)
                || (after_blank || after_item || section == Section::Education) && plain && !has_bullet(text)
        }
        Some(Section::Skills) => match section {
            Section::Languages => speaks(text.split_once(':').map(|(_, after)| after).unwrap_or_default()),
            Section::Experience | Section::Projects | Section::Summary | Section::Other => {
                after_blank && !has_bullet(text)
            }
            _ => true,
        },
        _ => match section {
            Section::Languages if !speaks(text) => false,
            _ => !has_bullet(text),
        },
    }
}

/// A heading "Languages" over programming languages opens skills.
fn spoken_or_programming(layout: &Layout, heading_line: usize) -> Section {
    let mut spoken = false;
    let mut any = false;
    for line in layout.lines[heading_line + 1..].iter().take(8) {
        if matches!(heading(&line.text), Some(Heading::Alone(_))) {
            break;
        }
        any |= !line.text.trim().is_empty();
        spoken |= speaks(&line.text);
    }
    if any && !spoken { Section::Skills } else { Section::Languages }
}

/// Whether a text names a natural language.
fn speaks(text: &str) -> bool {
    fold(text).split(|c: char| !c.is_alphabetic()).any(|word| contains(NATURAL_LANGUAGES, word))
}

fn is_prose(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1).count() >= PROSE_WORDS
        && !text.contains('@')
}

#[cfg(test)]
mod tests;
