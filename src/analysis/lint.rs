//! What a machine reads of a résumé, and what it misses: sentences for its writer. Each names one thing that can be mended.

use super::document::{Document, FileType};
use super::experience::Experience;
use super::layout::Layout;
use super::sections::{Mark, Section, is_spread_heading};

/// Letters from which a text is long enough that it should have headings.
const LONG: usize = 800;
/// Letters that a page of text has at least; with fewer, most of it stands in pictures.
const FEW: usize = 150;
/// By how many years a statement may go beyond the dates.
const DIFFER: f64 = 2.0;

/// The sentences about a text, besides those that its reading left.
pub fn warnings(document: &Document, layout: &Layout, marks: &[Mark], work: &Experience) -> Vec<String> {
    let mut found = Vec::new();
    let letters = document.letters();
    if !layout.lines.iter().any(|line| reaches(&line.text)) {
        found.push("No e-mail address, telephone number or link was found in the text.".into());
    }
    if letters >= LONG && !marks.iter().any(|mark| mark.heading) {
        found.push("No headings were recognised; Experience, Education and Skills help.".into());
    }
    if has_undated_work(layout, marks, work) {
        found.push("No job shows its dates, such as Jan 2020 – Mar 2023.".into());
    }
    if work.dated > 0.0 && work.stated - work.dated >= DIFFER {
        found.push(format!(
            "The text speaks of {} years of experience, while its dated jobs add up to {}.",
            work.stated, work.dated
        ));
    }
    if let Some((upper, lower)) = torn_headings(layout, marks) {
        found.push(format!(
            "Nothing stands between the headings {upper} and {lower}: columns may be read out of order."
        ));
    }
    if layout.lines.iter().any(|line| is_spread_heading(&line.text)) {
        found.push("Headings with blanks between letters are read by some machines as single letters.".into());
    }
    let few = document.file_type == FileType::Pdf && letters < FEW * document.pages as usize;
    match empty_page(layout).filter(|_| document.file_type == FileType::Pdf) {
        Some(page) => found.push(format!("Page {page} holds no text that a machine can read.")),
        None if few => found.push("There is little text for so many pages; pictures are not read.".into()),
        None => {}
    }
    found
}

/// Whether there is work without any date.
fn has_undated_work(layout: &Layout, marks: &[Mark], work: &Experience) -> bool {
    let told = layout
        .lines
        .iter()
        .zip(marks)
        .any(|(line, mark)| mark.section == Section::Experience && !mark.heading && !line.text.trim().is_empty());
    told && work.periods.is_empty()
}

/// Two headings of different sections, one right below the other, as columns leave them when their heads are read first.
fn torn_headings<'a>(layout: &'a Layout, marks: &[Mark]) -> Option<(&'a str, &'a str)> {
    let mut before: Option<usize> = None;
    for (i, mark) in marks.iter().enumerate().filter(|(i, _)| !layout.lines[*i].text.trim().is_empty()) {
        if let Some(upper) = before.filter(|upper| mark.heading && marks[*upper].section != mark.section) {
            return Some((layout.lines[upper].text.trim(), layout.lines[i].text.trim()));
        }
        before = mark.heading.then_some(i);
    }
    None
}

/// A page without letters that has another one after it.
fn empty_page(layout: &Layout) -> Option<u32> {
    let last =
        layout.lines.iter().filter(|line| line.text.chars().any(char::is_alphabetic)).map(|line| line.page).max()?;
    let has_text =
        |page: u32| layout.lines.iter().any(|line| line.page == page && line.text.chars().any(char::is_alphabetic));
    (1..last).find(|page| !has_text(*page))
}

/// Whether a line holds an e-mail address, a telephone number or a link to a profile.
pub fn reaches(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mail = lower
        .split(|c: char| c.is_whitespace() || matches!(c, '|' | ',' | ';' | '(' | ')'))
        .any(|word| word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.')));
    let link =
        ["linkedin", "github.com", "gitlab.com", "t.me/", "https://", "www."].iter().any(|part| lower.contains(part));
    // A telephone number: nine digits or more with nothing but its own signs between them.
    let (mut digits, mut phone) = (0, false);
    for c in lower.chars() {
        match c {
            '0'..='9' => digits += 1,
            '+' | '-' | ' ' | '(' | ')' | '.' | '\u{a0}' | '/' => {}
            _ => digits = 0,
        }
        phone |= digits >= 9;
    }
    mail || link || phone
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::experience::experience;
    use super::super::sections::sections;
    use super::*;

    const GOOD: &str = "Ann Lee\nann@example.org\nSummary\nA cook who likes soups, guests and kitchens of every size and every place\n\
        Experience\nCook, Inn, Jan 2015 – Dec 2017\nSoups for guests of the inn and of the hotel beside it\nEducation\nA school of cooks";

    fn of(text: &str, file_type: FileType, pages: u32) -> Vec<String> {
        let document = Document { file_type, pages, text: text.into(), warnings: Vec::new() };
        let layout = Layout::new(text);
        let marks = sections(&layout);
        let work = experience(&layout, &marks, NaiveDate::from_ymd_opt(2024, 1, 10).unwrap());
        warnings(&document, &layout, &marks, &work)
    }

    /// The one warning that a change of the good text brings.
    fn tells(from: &str, to: &str, sentence: &str) {
        let text = GOOD.replace(from, to);
        assert_ne!(text, GOOD);
        let told = of(&text, FileType::Pdf, 1);
        assert!(told.len() == 1 && told[0].starts_with(sentence), "{told:?}");
    }

    #[test]
    fn a_good_text_needs_no_words() {
        assert_eq!(of(GOOD, FileType::Pdf, 1), Vec::<String>::new());
    }

    #[test]
    fn each_fault_is_named() {
        tells("ann@example.org", "Riga", "No e-mail address");
        tells("Jan 2015 – Dec 2017", "long ago", "No job shows its dates");
        tells(
            "Summary\n",
            "Summary\nOver 15 years of experience\n",
            "The text speaks of 15 years of experience, while its dated jobs add up to 3.",
        );
        tells(
            "Experience\n",
            "Experience\nSkills\nExperience\n",
            "Nothing stands between the headings Experience and Skills:",
        );
        tells("Education", "E D U C A T I O N", "Headings with blanks");
        tells("Education", "\x0c\x0cEducation", "Page 2 holds no text");
        assert!(of(GOOD, FileType::Pdf, 3)[0].starts_with("There is little text"));
        let prose = "A text that goes on about soups and guests without any heading at all. ".repeat(20);
        assert!(
            of(&format!("ann@example.org\n{prose}"), FileType::Txt, 1)[0].starts_with("No headings were recognised")
        );
    }
}
