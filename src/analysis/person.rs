//! Where a text names people. `JANE DOE` over a résumé is no design of experiments, and `Robert Java` drives a truck.

use super::catalogue::Catalogue;
use super::find::Candidate;
use super::fold::fold;
use super::layout::Layout;
use super::lint::reaches;
use super::sections::Mark;
use super::words::contains;

/// Lines of a head in which the name is looked for; a line of prose is longer than a name.
const HEAD: usize = 6;
const WORDS: std::ops::RangeInclusive<usize> = 2..=5;

/// What stands over a résumé before the name.
const TITLES_OF_TEXTS: &str = "resume; cv; curriculum vitae; lebenslauf; vita; bewerbung; curriculo; резюме; hoja de vida; \
    personal details; contact; contact details; contact information; personal information; biodata; bio-data";

/// Words of occupations and headlines, beside the last words of the names of roles: no name holds one.
const NO_NAMES: &str = "\
    senior; junior; lead; chief; head; certified; registered; licensed; professional; graduate; student; intern; trainee; \
    freelance; freelancer; independent; full; stack; front; back; end; big; data; machine; learning; software; web; mobile; cloud; \
    backend; frontend; fullstack; business; project; product; sales; marketing; account; customer; service; services; support; \
    systems; system; network; security; quality; test; testing; technical; information; technology; management; manager; \
    developer; engineer; engineering; programmer; architect; analyst; consultant; administrator; specialist; expert; designer; \
    tester; director; officer; executive; assistant; coordinator; supervisor; technician; operator; mechanic; driver; nurse; \
    teacher; scientist; researcher; accountant; clerk; representative; agent; dba; skills; experience; summary; profile; tools; \
    requirements; position; job; company; inc; llc; ltd; gmbh; ag; university; college; school; street; road; avenue; development; \
    programming; languages; databases; and; or; with; in; of; the; for; to; at";

/// Small words inside names.
const PARTICLES: &str =
    "de; da; do; dos; del; della; di; van; von; der; den; la; le; el; al; bin; ibn; ben; zu; y; e; ter; af; st";

/// Labels before the name of somebody.
const LABELS: &str = "name; full name; candidate name; applicant name; name of candidate; first name; last name; surname; father's name; \
    fathers name; father name; mother's name; mothers name; mother name; husband's name; spouse name; nom; prenom; nombre; \
    nombre completo; apellidos; vorname; nachname; ім'я; піб; прізвище; имя; фамилия; фио; nome; imie i nazwisko";

/// What stands before the name of somebody.
/// Not `Sr.`, who is a senior more often than a señor, and not `MS`, who makes SharePoint.
const HONORIFICS: &str = "mr; mrs; miss; dr; prof; professor; herr; frau; mme; sra; пан; пані";

/// The places of a text in which people are named, in the order of the text, in characters.
pub(super) struct People(Vec<(usize, usize)>);

impl People {
    /// Looks for the person that a résumé is of, in its head and wherever the same name stands again, and for names behind a
    /// label.
    pub fn new(catalogue: &Catalogue, layout: &Layout, marks: &[Mark], candidates: &[Candidate]) -> Self {
        let mut places = labelled(layout);
        if let Some(head) = head(catalogue, layout, marks, candidates) {
            places.extend(repeated(&layout.chars, head));
        }
        places.sort_unstable();
        Self(places)
    }

    /// Whether a name of a skill stands within that of a person.
    pub fn hold(&self, layout: &Layout, candidate: &Candidate) -> bool {
        self.0.iter().any(|(start, end)| *start <= candidate.start && candidate.start < *end)
            || follows_honorific(layout, candidate)
    }
}

/// The name in the head of a résumé: what opens the first line that is neither a title of the text nor only a way to reach
/// somebody, where such a way or the title of an occupation follows.
fn head(catalogue: &Catalogue, layout: &Layout, marks: &[Mark], candidates: &[Candidate]) -> Option<(usize, usize)> {
    let lines = layout.lines.iter().zip(marks).take_while(|(_, mark)| !mark.heading);
    let head: Vec<_> = lines.map(|(line, _)| line).filter(|line| !line.text.trim().is_empty()).take(HEAD).collect();
    for (nth, line) in head.iter().enumerate() {
        if contains(TITLES_OF_TEXTS, &fold(&line.text)) {
            continue;
        }
        if let Some((from, until)) = name(catalogue, &line.text) {
            let (start, end) = (line.start + from, line.start + until);
            let known: usize = candidates
                .iter()
                .filter(|c| start <= c.start && c.end <= end)
                .map(|c| layout.slice(c.start, c.end).split_whitespace().count())
                .sum();
            let words = layout.slice(start, end).split_whitespace().count();
            let next = head.get(nth + 1);
            let shown = head.iter().any(|line| reaches(&line.text))
                || next.is_some_and(|line| line.text.split_whitespace().any(|word| is_occupation(catalogue, word)));
            return (shown && known < words).then_some((start, end));
        }
        if !reaches(&line.text) {
            return None;
        }
    }
    None
}

/// Where a line opens with what is written like a name, in characters.
fn name(catalogue: &Catalogue, line: &str) -> Option<(usize, usize)> {
    let (mut words, mut start, mut end, mut at) = (0, None, 0, 0);
    for token in line.split_inclusive(char::is_whitespace) {
        let word = token.trim_end();
        let (from, length) = (at, word.chars().count());
        at += token.chars().count();
        if word.is_empty() {
            // A wide gap parts columns.
            if start.is_some() { break } else { continue }
        }
        let bare = word.trim_end_matches([',', ';', '|', '.']);
        if !is_name_like(bare) {
            break;
        }
        if is_occupation(catalogue, bare) {
            return None;
        }
        (words, start, end) = (words + 1, start.or(Some(from)), from + bare.chars().count());
        if length > bare.chars().count() && !word.ends_with('.') {
            break;
        }
    }
    // What goes on without any sign is a sentence.
    let rest: String = line.chars().skip(end).collect();
    let rest = rest.trim_start();
    let goes_on = rest.starts_with(char::is_lowercase);
    (WORDS.contains(&words) && !goes_on).then_some((start?, end))
}

/// `Jane`, `O'Brien`, `DE`, `R.`
fn is_name_like(word: &str) -> bool {
    let letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.'));
    let inner = word.chars().any(|c| c == '.') && word.chars().count() > 3;
    letters && !inner && (word.starts_with(char::is_uppercase) || contains(PARTICLES, word))
}

fn is_occupation(catalogue: &Catalogue, word: &str) -> bool {
    let word = word.to_lowercase();
    let of_role = |name: &str| {
        let mut words = name.split_whitespace();
        words.next_back().is_some_and(|last| last.chars().flat_map(char::to_lowercase).eq(word.chars()))
    };
    contains(NO_NAMES, &word)
        || catalogue.roles().iter().any(|role| of_role(&role.name) || role.synonyms.iter().any(|name| of_role(name)))
}

/// Every place where the same letters stand as whole words, in any case.
fn repeated(chars: &[char], (start, end): (usize, usize)) -> Vec<(usize, usize)> {
    let same = |a: char, b: char| a == b || a.to_lowercase().eq(b.to_lowercase());
    let name = &chars[start..end];
    let is_there = |at: &usize| {
        chars[*at..*at + name.len()].iter().zip(name).all(|(a, b)| same(*a, *b))
            && !chars.get(at + name.len()).is_some_and(|c| c.is_alphanumeric())
            && !at.checked_sub(1).is_some_and(|before| chars[before].is_alphanumeric())
    };
    (0..=chars.len() - name.len()).filter(is_there).map(|at| (at, at + name.len())).collect()
}

/// What is written like a name behind `Name:`.
fn labelled(layout: &Layout) -> Vec<(usize, usize)> {
    let behind = |line: &super::layout::Line| {
        let (label, rest) = line.text.split_once(':')?;
        if label.len() > 2 * "name of candidate".len() || !contains(LABELS, &fold(label)) {
            return None;
        }
        let start = line.start + label.chars().count() + 1;
        let mut end = start;
        for token in rest.trim_start().split_inclusive(' ').take(*WORDS.end()) {
            let word = token.trim_end();
            // A sign ends the name, but for the point of an initial.
            let bare = if word.chars().count() > 2 { word.trim_end_matches([',', ';', '|', '.']) } else { word };
            if !is_name_like(bare) {
                break;
            }
            end += token.chars().count();
            if bare.len() < word.len() {
                break;
            }
        }
        let gap = rest.chars().take_while(|c| c.is_whitespace()).count();
        (end > start).then_some((start, end + gap))
    };
    layout.lines.iter().filter_map(behind).collect()
}

/// `Dr. Swift`, `Prof. Ada Spring`.
fn follows_honorific(layout: &Layout, candidate: &Candidate) -> bool {
    if !layout.chars[candidate.start].is_uppercase() {
        return false;
    }
    let before = layout.slice(candidate.start.saturating_sub(30), candidate.start);
    let Some(before) = before.strip_suffix(' ') else { return false };
    let mut words = before.rsplit(char::is_whitespace);
    let is_honorific = |word: &str| {
        word.starts_with(char::is_uppercase) && contains(HONORIFICS, &word.trim_end_matches('.').to_lowercase())
    };
    words.next().is_some_and(|last| {
        is_honorific(last)
            || last.starts_with(char::is_uppercase) && is_name_like(last) && words.next().is_some_and(is_honorific)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        Catalogue::delivered().find(text).into_iter().map(|finding| finding.skill).collect()
    }

    #[test]
    fn the_name_over_a_resume_is_no_skill() {
        for head in [
            "JANE DOE\njane@example.org",
            "Robert Java\nTruck driver",
            "CURRICULUM VITAE\nANNA R. GO\nanna@example.org",
            "anna@example.org | +49 30 1234567\nANNA DE SPRING",
            "Chris Word, Leeds, chris@example.org",
            "Chris Word — Painter\nchris@example.org",
            "Name: Ruby Python\nchris@example.org",
        ] {
            assert_eq!(found(&format!("{head}\n\nSKILLS\nGit, SQL")), ["Git", "SQL"], "{head}");
        }
    }

    #[test]
    fn the_same_name_again_is_none_either() {
        let text = "JANE DOE\njane@example.org\n\nSKILLS\nGit, SQL\n\x0cJane Doe, page 2\nReferences: Dr. Swift, Prof. Ada Spring";
        assert_eq!(found(text), ["Git", "SQL"]);
    }

    #[test]
    fn what_goes_on_behind_a_name_is_read() {
        let text = "Name: Ruby B. Spring | Skills: Java, SQL\n";
        assert_eq!(found(text), ["Java", "SQL"]);
        assert_eq!(found("Name: Ruby Spring. I use Docker and Git daily."), ["Docker", "Git"]);
        assert_eq!(found("Projects\nName: Payments API in Spring Boot\n"), ["Spring Boot"]);
        assert_eq!(found("Skills\nGit\nReferences\nName: Swift, Ruby"), ["Git", "Ruby"]);
    }

    #[test]
    fn seniors_and_a_maker_of_software_are_no_honorifics() {
        let text = "Experience\nSr. Java Developer, Acme, 2019–2024\nSr Python Engineer, Beta, 2015–2019\n";
        assert_eq!(found(text), ["Java", "Python"]);
        let text = "Skills\nMS SharePoint, Ms Outlook, MS SSIS, MS Excel VBA";
        let found = found(text);
        for skill in ["SharePoint", "Outlook", "SSIS", "Excel", "VBA"] {
            assert!(found.iter().any(|it| it == skill), "{skill} of {found:?}");
        }
    }

    #[test]
    fn headlines_and_lists_are_no_names() {
        assert_eq!(found("Java Developer\njane@example.org\n\nSKILLS\nGit"), ["Git", "Java"]);
        assert_eq!(found("Machine Learning\njane@example.org\n\nSKILLS\nGit"), ["Git", "Machine learning"]);
        assert_eq!(found("Python, Java, SQL"), ["Java", "Python", "SQL"]);
        assert!(
            found("JANE BELL\njane@example.org\n\nSKILLS\nDOE, Git, SPC")
                .contains(&"Design of experiments".to_string())
        );
    }
}
