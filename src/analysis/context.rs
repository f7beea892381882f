//! Names that are also everyday words or single letters (`Go`, `R`, `Swift`, `Excel`) count only when something
//! around them says that a skill is meant.
//!
//! Each sign gives points; the sum decides and later weighs in the confidence. The points were set by hand and
//! checked on labelled job advertisements.

mod features;

use super::catalogue::{Catalogue, Kind};
use super::context_words::{
    COMMON_NOUNS, CONNECTORS, CUES_AFTER, CUES_BEFORE, JOINING, LIST_LABELS, NAMED_BEFORE, OTHERS_AFTER, PAIRS_BEFORE,
    RARE_NAMES, RARE_WORDS, SET_PHRASES, TITLES,
};
use super::find::Candidate;
use super::fold::fold;
use super::layout::{Layout, is_bullet, is_separator, without_bullet};
use super::model::Features;
use super::sections::{Mark, Section};
use super::words::{contains, entries};

/// Points from which an ambiguous name counts.
pub const ENOUGH: i32 = 3;

/// Characters looked at on either side.
const REACH: usize = 48;

/// Letters by which job titles name the sexes: `(m/f/d)`.
const SEXES: &[char] = &['m', 'f', 'w', 'h', 'x', 'd', 'v', 'k', 'i', 'n', 'g'];

/// What the surroundings of each candidate say.
pub fn weigh(catalogue: &Catalogue, layout: &Layout, marks: &[Mark], candidates: &[Candidate]) -> Vec<Weighed> {
    let mut accepted: Vec<Option<i32>> = candidates.iter().map(|c| (!c.ambiguous).then_some(ENOUGH)).collect();
    let mut lines: Vec<LineFacts> = layout
        .lines
        .iter()
        .map(|line| LineFacts {
            labelled: is_labelled(&line.text),
            letters: line.text.chars().filter(|c| c.is_alphanumeric()).count(),
            ..LineFacts::default()
        })
        .collect();
    for candidate in candidates {
        let facts = &mut lines[layout.line_at(candidate.start)];
        facts.sure |= !candidate.ambiguous;
        facts.names += 1;
        facts.named += candidate.end - candidate.start;
    }
    for facts in lines.iter_mut().filter(|facts| facts.names >= 3 && facts.sure) {
        facts.only_names = facts.named * 10 >= 9 * facts.letters;
    }
    let headless = is_headless(marks);
    // Each accepted name supports its neighbours, so the list is gone through again; three rounds reach far enough.
    for _ in 0..3 {
        let before = accepted.clone();
        let strong = strong(catalogue, candidates, &before);
        let round =
            Round { catalogue, layout, marks, candidates, accepted: &before, lines: &lines, strong: &strong, headless };
        for (i, _) in candidates.iter().enumerate().filter(|(_, c)| c.ambiguous) {
            let view = round.view(i);
            let points = view.points(&view.signs());
            if points >= ENOUGH {
                accepted[i] = Some(points);
            }
        }
        if accepted == before {
            break;
        }
    }
    let strong = strong(catalogue, candidates, &accepted);
    let round =
        Round { catalogue, layout, marks, candidates, accepted: &accepted, lines: &lines, strong: &strong, headless };
    let judged = |i: usize| {
        let view = round.view(i);
        let signs = view.signs();
        let points = view.points(&signs);
        let company = view.company(&signs);
        Weighed { points: accepted[i].unwrap_or(points), company, features: view.features(&signs, points, company) }
    };
    (0..candidates.len()).map(judged).collect()
}

/// Whether no line of a text opens a section: a sentence, or a résumé that is told as prose.
pub fn is_headless(marks: &[Mark]) -> bool {
    marks.iter().all(|mark| !mark.heading && matches!(mark.section, Section::Contact | Section::Summary))
}

/// What the surroundings of a candidate say.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// The sum of the signs; unambiguous names have [`ENOUGH`].
    pub points: i32,
    /// How much stands around it that names of tools stand among, 0–1.
    pub company: f32,
    /// What the model judges by.
    pub features: Features,
}

/// By skill, how often it is beyond doubt.
fn strong(catalogue: &Catalogue, candidates: &[Candidate], accepted: &[Option<i32>]) -> Vec<u32> {
    let mut strong = vec![0u32; catalogue.skills().len()];
    for (candidate, points) in candidates.iter().zip(accepted) {
        strong[candidate.skill] += u32::from(is_strong(candidate, *points));
    }
    strong
}

/// What all views of one round share.
#[derive(Clone, Copy)]
struct Round<'a> {
    catalogue: &'a Catalogue,
    layout: &'a Layout,
    marks: &'a [Mark],
    candidates: &'a [Candidate],
    accepted: &'a [Option<i32>],
    lines: &'a [LineFacts],
    /// By skill, how often it is beyond doubt.
    strong: &'a [u32],
    /// Whether no line of the text opens a section.
    headless: bool,
}

impl<'a> Round<'a> {
    fn view(self, index: usize) -> View<'a> {
        View { round: self, index, candidate: &self.candidates[index] }
    }
}

/// What is asked of a line again and again.
#[derive(Default)]
struct LineFacts {
    /// How many names it holds, and how many characters of names.
    names: usize,
    named: usize,
    /// Letters and digits of the line.
    letters: usize,
    /// It consists of three names or more and hardly anything else.
    only_names: bool,
    /// It opens with a label such as `Technologies:`.
    labelled: bool,
    /// It holds a name that is beyond doubt.
    sure: bool,
}

/// Whether an accepted name can vouch for the same name elsewhere.
fn is_strong(candidate: &Candidate, points: Option<i32>) -> bool {
    points.is_some_and(|points| points > ENOUGH || !candidate.ambiguous)
}

/// One candidate and everything around it.
struct View<'a> {
    round: Round<'a>,
    index: usize,
    candidate: &'a Candidate,
}

impl<'a> std::ops::Deref for View<'a> {
    type Target = Round<'a>;

    fn deref(&self) -> &Round<'a> {
        &self.round
    }
}

/// How a neighbouring name supports.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    None,
    Ambiguous,
    Sure,
}

/// What the surroundings of a name show.
struct Signs {
    /// A set phrase or an abbreviation in which the name means something else.
    otherwise: bool,
    /// The name is a word for a method or field, with cues of its own.
    noun: bool,
    /// It stands as an item of a list.
    item: bool,
    /// It stands where skills are listed.
    listed: bool,
    /// A name beyond doubt stands beside it.
    sure: bool,
    /// Ambiguous names beside it.
    unsure: i32,
    /// What follows says that a skill is meant.
    cue: bool,
    /// Points for what precedes.
    before: i32,
    /// Another name on the line is beyond doubt.
    line_sure: bool,
    /// It is written as in the catalogue.
    written_so: bool,
    /// It has a capital that no beginning of a sentence explains.
    capital: bool,
    /// It opens a line or sentence.
    opens: bool,
    /// A proper name goes on after it.
    goes_on: bool,
    /// It is beyond doubt in another place.
    confirmed: bool,
    /// It is a tool, whose name people write with its capitals.
    small_means: bool,
    /// Its name is an everyday word that people hardly use in résumés but for the skill.
    rare: bool,
    /// A word right before it joins doings to what they are done with: `in`, `with`, `using`.
    joined: bool,
    /// A word for somebody who does the work follows: `developer`.
    title: bool,
}

impl View<'_> {
    fn signs(&self) -> Signs {
        let (start, end) = (self.candidate.start, self.candidate.end);
        let line = self.layout.line_at(start);
        let before = self.words_before();
        let after = self.words_after();
        let found: String = self.layout.chars[start..end].iter().collect();
        let noun = COMMON_NOUNS.iter().find(|(name, _)| *name == fold(&found));
        let neighbours = [self.neighbour_before(), self.neighbour_after()];
        let sure = neighbours.contains(&Neighbour::Sure);
        let section = self.section();
        let cue = after
            .first()
            .is_some_and(|word| contains(CUES_AFTER, word) || noun.is_some_and(|(_, cues)| contains(cues, word)));
        let others = entries(OTHERS_AFTER).any(|phrase| {
            phrase.split(' ').zip(&after).all(|(a, b)| a == b) && after.len() >= phrase.split(' ').count()
        });
        let written_so = found == self.catalogue.pattern(self.candidate.pattern).written;
        let opens = self.opens_sentence();
        Signs {
            otherwise: self.in_set_phrase(&before, &after, sure) || self.is_abbreviation() || self.is_mere_word(&found),
            noun: noun.is_some(),
            item: self.is_item(line),
            listed: matches!(section, Section::Skills | Section::Languages) || self.lines[line].labelled,
            sure,
            unsure: neighbours.iter().filter(|n| **n == Neighbour::Ambiguous).count() as i32,
            cue: cue || others,
            before: self.points_before(&before),
            line_sure: !sure && self.lines[line].sure,
            written_so,
            capital: !opens && found.chars().any(char::is_uppercase),
            opens,
            goes_on: self.proper_name_goes_on(),
            confirmed: written_so && self.confirmed_elsewhere(),
            small_means: self.catalogue.kind(self.candidate.skill) == Kind::Tool,
            rare: contains(RARE_WORDS, &fold(&found)) || contains(RARE_NAMES, &found),
            joined: before.last().is_some_and(|word| contains(JOINING, word)),
            title: after.first().is_some_and(|word| contains(TITLES, word)),
        }
    }

    /// The sum of the signs; 0 when the name means something else.
    fn points(&self, signs: &Signs) -> i32 {
        if signs.otherwise {
            return 0;
        }
        let mut points = signs.before + signs.unsure;
        points += 3 * i32::from(signs.item && signs.listed) + 2 * i32::from(signs.item && signs.sure);
        points += 2 * i32::from(signs.sure) + 3 * i32::from(self.candidate.versioned) + 3 * i32::from(signs.cue);
        points += i32::from(signs.line_sure) + i32::from(signs.written_so && signs.capital);
        if signs.rare {
            points += 3;
        } else if signs.small_means && !signs.noun && !signs.written_so && !(signs.item && (signs.listed || signs.sure))
        {
            points -= 3;
        }
        // `Julia Meyer`, `Salt Lake`: a proper name goes on.
        if !signs.item && !signs.sure && !signs.cue && signs.goes_on {
            points -= 2;
        }
        // Names of people and streets stand in the head.
        if signs.rare && self.section() == Section::Contact && !signs.sure {
            points -= 2;
        }
        points + 2 * i32::from(signs.confirmed)
    }

    fn points_before(&self, before: &[String]) -> i32 {
        let last = before.last().map(String::as_str).unwrap_or_default();
        let pair = match before {
            [.., first, second] => format!("{first} {second}"),
            _ => String::new(),
        };
        if contains(CUES_BEFORE, last) || contains(PAIRS_BEFORE, &pair) {
            return 2;
        }
        match last {
            "in" if self.catalogue.is_language(self.candidate.skill) => 2,
            "in" | "with" | "on" | "of" | "con" | "mit" | "avec" | "на" | "з" | "sous" | "unter" | "sur" | "auf"
            | "bajo" => 1,
            _ => 0,
        }
    }

    fn in_set_phrase(&self, before: &[String], after: &[String], sure: bool) -> bool {
        let name: String = self.layout.chars[self.candidate.start..self.candidate.end].iter().collect();
        let name = fold(&name);
        let ends = |phrases: &'static str| {
            entries(phrases)
                .any(|p| before.join(" ").split(' ').rev().take(p.split(' ').count()).eq(p.split(' ').rev()))
        };
        let starts = |phrases: &'static str| {
            entries(phrases).any(|p| after.iter().take(p.split(' ').count()).map(String::as_str).eq(p.split(' ')))
        };
        // `Spring 2011` is a season.
        if name == "spring" && after.first().is_some_and(|word| word.len() == 4 && word.starts_with(['1', '2'])) {
            return true;
        }
        SET_PHRASES.iter().filter(|(word, _, _)| *word == name).any(|(_, left, right)| {
            // Capitals inside a sentence outweigh what stands before (`the Go team`), not what follows (`Go to
            // market`).
            let capital = !self.opens_sentence() && self.layout.chars[self.candidate.start].is_uppercase();
            (ends(left) && (!capital || ends(NAMED_BEFORE))) || (starts(right) && !(capital && sure))
        })
    }

    /// Single letters that belong to `R&D` or to `(m/f/d)`.
    fn is_abbreviation(&self) -> bool {
        let (start, end) = (self.candidate.start, self.candidate.end);
        if end - start > 1 {
            return false;
        }
        let chars = &self.layout.chars;
        let beside = |c: Option<&char>, farther: Option<&char>| {
            if c == Some(&' ') { farther == Some(&'&') } else { c == Some(&'&') }
        };
        let before = |n: usize| start.checked_sub(n).and_then(|i| chars.get(i));
        if beside(before(1), before(2)) || beside(chars.get(end), chars.get(end + 1)) {
            return true;
        }
        let part = |c: &&char| c.is_alphanumeric() || **c == '/' || **c == '|';
        let left: Vec<&char> = chars[..start].iter().rev().take_while(part).take(8).collect();
        let right: Vec<&char> = chars[end..].iter().take_while(part).take(8).collect();
        let letters = left
            .iter()
            .chain(&right)
            .filter(|c| c.is_alphanumeric())
            .map(|c| c.to_ascii_lowercase())
            .collect::<Vec<_>>();
        !letters.is_empty()
            && letters.len() <= 3
            && letters.iter().all(|c| SEXES.contains(c))
            && left.len() + right.len() == 2 * letters.len()
    }

    /// Words before the name within its thought, folded; nothing when a separator stands between.
    fn words_before(&self) -> Vec<String> {
        let from = self.candidate.start.saturating_sub(REACH);
        let text = self.layout.slice(from, self.candidate.start);
        let thought = text.rsplit(is_separator).next().unwrap_or_default();
        let mut words: Vec<String> =
            fold(thought).split([' ', '-']).filter(|w| !w.is_empty()).map(str::to_string).collect();
        if thought.len() == text.len() && from > 0 && !words.is_empty() {
            words.remove(0);
        }
        words
    }

    /// Words after the name within its thought, folded.
    fn words_after(&self) -> Vec<String> {
        let text = self.layout.slice(self.candidate.end, self.candidate.end + REACH);
        let thought = text.split(is_separator).next().unwrap_or_default();
        fold(thought).split([' ', '-']).filter(|w| !w.is_empty()).map(|w| w.trim_end_matches('.').to_string()).collect()
    }

    /// Whether nothing but connectors stands between the name and the separators or names around it.
    fn is_item(&self, index: usize) -> bool {
        let line = &self.layout.lines[index];
        let from = self.previous().map_or(line.start, |c| c.end.max(line.start));
        let until = self.next().map_or(line.end, |c| c.start.min(line.end));
        let left = self.layout.slice(from, self.candidate.start);
        let right = self.layout.slice(self.candidate.end, until);
        // Two names with a mere blank between them are one expression (`scrum teams`), not two items.
        let only_names = self.lines[index].only_names || self.is_in_row();
        let glued = |text: &str, at_line_end: bool| {
            !only_names && !at_line_end && !text.is_empty() && text.trim().is_empty() && !text.contains(['\t', '\n'])
        };
        if glued(&left, from == line.start) || glued(&right, until == line.end) {
            return false;
        }
        let idle = |text: &str| {
            fold(text).split(' ').all(|w| {
                w.is_empty()
                    || contains(CONNECTORS, w)
                    || w.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'x' | '+' | '*' | '-'))
            })
        };
        // `Loan processor. Encompass, Excel`: what ends a sentence parts items too.
        let after = left.rsplit(". ").next().unwrap_or_default();
        let until = right.split(". ").next().unwrap_or_default();
        idle(after.rsplit(is_separator).next().unwrap_or_default())
            && idle(until.split(is_separator).next().unwrap_or_default())
    }

    /// The section it stands in; a text without any heading has no head either, it is a piece of prose.
    fn section(&self) -> Section {
        let section = self.marks[self.layout.line_at(self.candidate.start)].section;
        if section == Section::Contact && self.headless { Section::Experience } else { section }
    }

    fn previous(&self) -> Option<&Candidate> {
        self.index.checked_sub(1).and_then(|i| self.candidates.get(i))
    }

    fn next(&self) -> Option<&Candidate> {
        self.candidates.get(self.index + 1)
    }

    fn neighbour_before(&self) -> Neighbour {
        match self.previous() {
            Some(previous) => self.neighbour(self.index - 1, previous.end, self.candidate.start),
            None => Neighbour::None,
        }
    }

    fn neighbour_after(&self) -> Neighbour {
        match self.next() {
            Some(next) => self.neighbour(self.index + 1, self.candidate.end, next.start),
            None => Neighbour::None,
        }
    }

    /// A name is a neighbour when only separators and connectors stand between.
    fn neighbour(&self, index: usize, from: usize, until: usize) -> Neighbour {
        if until - from > 24 {
            return Neighbour::None;
        }
        // Names in a row without any sign between them support each other only when written as names.
        let only_names = self.lines[self.layout.line_at(self.candidate.start)].only_names;
        let small = self.layout.chars[self.candidate.start].is_lowercase() && !only_names;
        if small && is_glued(self.layout, from, until) && !self.is_in_row() {
            return Neighbour::None;
        }
        let text = self.layout.slice(from, until);
        let between = fold(&text.replace(is_separator, " "));
        let versions = |w: &str| w.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
        let bullet = |w: &str| text.contains('\n') && matches!(w, "*" | "-" | "–" | "o");
        if !between.split(' ').all(|w| w.is_empty() || contains(CONNECTORS, w) || versions(w) || bullet(w))
            || text.contains("\n\n")
        {
            return Neighbour::None;
        }
        if self.accepted[index].is_some() { Neighbour::Sure } else { Neighbour::Ambiguous }
    }

    /// Whether it stands in a row of four names or more with nothing but blanks between them, most of them beyond doubt.
    fn is_in_row(&self) -> bool {
        let glued = |i: usize| {
            let pair = self.candidates.get(i).zip(self.candidates.get(i + 1));
            pair.is_some_and(|(one, next)| next.start > one.end && is_glued(self.layout, one.end, next.start))
        };
        let mut from = self.index;
        while from > 0 && self.index - from < 8 && glued(from - 1) {
            from -= 1;
        }
        let mut until = self.index;
        while until - self.index < 8 && glued(until) {
            until += 1;
        }
        let row = self.candidates.get(from..=until).unwrap_or_default();
        let plain = |c: &&Candidate| !c.ambiguous && self.catalogue.kind(c.skill) == Kind::Tool;
        row.len() >= 4 && row.iter().filter(plain).count() * 2 >= row.len()
    }

    /// Whether the name opens a line or sentence, where a capital means nothing.
    fn opens_sentence(&self) -> bool {
        let before = self.layout.chars[..self.candidate.start].iter().rev().find(|c| **c == '\n' || !c.is_whitespace());
        before.is_none_or(|c| matches!(c, '\n' | '\x0c' | '.' | '!' | '?' | '-' | '–' | '*') || is_bullet(*c))
    }

    fn proper_name_goes_on(&self) -> bool {
        let chars = &self.layout.chars;
        let capital = chars.get(self.candidate.end + 1).is_some_and(|c| c.is_uppercase())
            && chars.get(self.candidate.end) == Some(&' ');
        let small_follows = chars.get(self.candidate.end + 2).is_some_and(|c| c.is_lowercase());
        let another = self.next().is_some_and(|next| next.start == self.candidate.end + 1);
        capital && small_follows && !another
    }

    /// Whether the same name is beyond doubt in another place.
    fn confirmed_elsewhere(&self) -> bool {
        let own = u32::from(is_strong(self.candidate, self.accepted[self.index]));
        self.strong[self.candidate.skill] > own
    }
}

/// Whether nothing but a blank stands between two places.
fn is_glued(layout: &Layout, from: usize, until: usize) -> bool {
    until - from == 1 && layout.chars[from] == ' '
}

/// Whether a line opens with a label such as `Technologies:`.
pub(super) fn is_labelled(text: &str) -> bool {
    let text = without_bullet(text);
    let label: String = text.chars().take(40).take_while(|c| *c != ':').collect();
    text[label.len()..].starts_with(':') && contains(LIST_LABELS, &fold(&label))
}
