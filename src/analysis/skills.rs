//! From places to findings: how sure a skill is, and how much of it the text shows.
//!
//! Each mention has a weight between 0 and 1 by where it stands, how it is named and what is said about it. The
//! weights of a skill combine like independent evidence, `1 − Π(1 − w)`: many weak mentions approach certainty, none
//! exceeds it. The first mention in each section counts fully, further ones in the same section little. The result
//! thus tells a skill that is only listed from one that was used in jobs and named again in projects and the summary.
//! The weights are ours, set so that "listed" is intermediate, "listed and used" advanced, "used again and again"
//! expert.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::aside::Aside;
use super::catalogue::{Catalogue, Kind, Naming};
use super::context::{ENOUGH, Weighed, is_headless, weigh};
use super::find::{Candidate, candidates};
use super::fold::fold;
use super::layout::Layout;
use super::sections::{Mark, Section, sections};
use super::words::entries;

/// The model's probabilities from which a name is meant: an everyday word whose signs speak for it, a field of several
/// words, a field of one word or a manner of working, an everyday word that lacks one sign, one that lacks two, one that lacks
/// more.
const HARDLY: f64 = 0.1;
const LIKELY: f64 = 0.12;
const EVEN: f64 = 0.5;
const FIRM: f64 = 0.7;
const CERTAIN: f64 = 0.85;
const BEYOND_DOUBT: f64 = 0.93;
/// What weighs less is no finding: a word of a title, or one that firms use of themselves.
const LEAST: f64 = 0.05;
/// What a name weighs that stands alone in prose, of one among other names or behind words that introduce tools.
const ALONE: f64 = 0.48;
/// The probability from which on doubt takes nothing off a weight, and what it leaves of that of a tool, whose name
/// hardly means anything else.
const SURE: f64 = 0.9;
const TOOL_TRUST: f64 = 0.7;
/// Most places kept of one skill.
const MAX_PLACES: usize = 20;
/// Longest line shown whole as evidence, and what is shown on either side of a name in a longer one, in characters.
const MAX_LINE: usize = 400;
const AROUND: usize = 120;
/// What a further mention in the same section weighs of a first one.
const AGAIN: f64 = 0.3;
/// Most further mentions that count in one section.
const MOST_AGAIN: usize = 4;
/// No amount of mentions makes a text certain.
const MOST: f64 = 0.99;

/// Where a skill stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// 1-based.
    pub page: u32,
    /// 1-based within its page.
    pub line: u32,
    /// First character within `text`, from 0.
    pub start: usize,
    /// One past its last character within `text`; a name that runs over the line end stops here.
    pub end: usize,
    /// The whole line; of one longer than 400 characters the part around the name.
    pub text: String,
    /// The section it stands in.
    pub section: Section,
    /// What showed it.
    pub why: Why,
}

/// What showed a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// The name of the catalogue.
    Name,
    /// A synonym.
    Synonym,
    /// A trained model.
    Model,
    /// An everyday word whose surroundings show that the skill is meant.
    Context,
}

/// A skill of the catalogue found in a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Its name in the catalogue.
    pub skill: String,
    /// 0–1, two decimals.
    pub confidence: f64,
    /// The level a confidence stands for; absent below the lowest.
    pub proficiency: Option<String>,
    /// The places, at most 20, in the order of the text.
    pub found: Vec<Place>,
}

/// The level that a confidence stands for (rules §6, Sync); `None` is not synced.
pub fn proficiency(confidence: f64) -> Option<&'static str> {
    match confidence {
        c if c >= 0.9 => Some("expert"),
        c if c >= 0.7 => Some("advanced"),
        c if c >= 0.5 => Some("intermediate"),
        c if c >= 0.3 => Some("beginner"),
        _ => None,
    }
}

/// A counted mention.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub skill: usize,
    pub start: usize,
    pub end: usize,
    pub line: usize,
    pub section: Section,
    pub why: Why,
    pub weight: f64,
}

impl Catalogue {
    /// The skills of a text, résumé or job advertisement, by name.
    pub fn find(&self, text: &str) -> Vec<Finding> {
        let layout = Layout::new(text);
        let marks = sections(&layout);
        findings(self, &layout, &mentions(self, &layout, &marks))
    }
}

/// Every mention that counts, in the order of the text.
pub(super) fn mentions(catalogue: &Catalogue, layout: &Layout, marks: &[Mark]) -> Vec<Mention> {
    let candidates = candidates(catalogue, layout);
    let weighed = weigh(catalogue, layout, marks, &candidates);
    let headless = is_headless(marks);
    let aside = Aside::new(catalogue, layout, marks, &candidates);
    let judged = candidates.iter().zip(&weighed).enumerate().filter(|(nth, _)| !aside.holds(*nth, headless));
    judged
        .filter_map(|(_, (candidate, weighed))| mention(catalogue, layout, marks, headless, candidate, weighed))
        .collect()
}

fn mention(
    catalogue: &Catalogue,
    layout: &Layout,
    marks: &[Mark],
    headless: bool,
    candidate: &Candidate,
    weighed: &Weighed,
) -> Option<Mention> {
    let line = layout.line_at(candidate.start);
    let mark = marks[line];
    let sure = f64::from(catalogue.model().probability(&weighed.features));
    let kind = catalogue.kind(candidate.skill);
    let several = catalogue.skills()[candidate.skill].name.contains(' ');
    let meant = match kind {
        // The signs decide, unless the model is all but sure of the contrary.
        _ if candidate.ambiguous && weighed.points >= ENOUGH => sure >= HARDLY,
        _ if candidate.ambiguous => {
            sure >= match ENOUGH - weighed.points {
                1 => FIRM,
                2 => CERTAIN,
                _ => BEYOND_DOUBT,
            }
        }
        Kind::Tool | Kind::Method => true,
        // `BSc Accounting and finance` names a degree.
        Kind::Field if several && mark.section != Section::Education => sure >= LIKELY,
        Kind::Soft if weighed.company < 1.0 => sure >= FIRM,
        Kind::Field | Kind::Soft => sure >= EVEN,
    };
    if !meant {
        return None;
    }
    let standing = match mark.section {
        Section::Skills => 0.6,
        Section::Experience | Section::Projects | Section::Languages => 0.56,
        Section::Contact if headless => 0.56,
        Section::Certificates => 0.52,
        Section::Summary => 0.54,
        Section::Education | Section::Contact | Section::Other => 0.44,
    };
    let (why, naming) = match (candidate.ambiguous, candidate.naming) {
        (true, _) => (Why::Context, 1.0),
        (false, Naming::Name) => (Why::Name, 1.0),
        (false, Naming::Synonym) => (Why::Synonym, 0.98),
    };
    let share = (sure / SURE).min(1.0);
    let certain = matches!(kind, Kind::Tool | Kind::Method) && !candidate.ambiguous;
    let trust = if certain { TOOL_TRUST + (1.0 - TOOL_TRUST) * share } else { share };
    let trust = trust * concrete(kind) * (ALONE + (1.0 - ALONE) * f64::from(weighed.company));
    let said = what_is_said(layout, candidate)?;
    let weight = (standing * naming * said * trust).min(0.85);
    (weight >= LEAST).then_some(Mention {
        skill: candidate.skill,
        start: candidate.start,
        end: candidate.end,
        line,
        section: mark.section,
        why,
        weight,
    })
}

/// How much of a skill a name says by itself: a tool is known or not, a field or a manner is claimed sooner.
fn concrete(kind: Kind) -> f64 {
    match kind {
        Kind::Tool => 1.0,
        Kind::Method => 0.85,
        Kind::Field => 0.7,
        Kind::Soft => 0.4,
    }
}

/// Denials right before a name: the skill is named, not claimed.
const DENIALS: &str = "\
    no experience; no knowledge; not familiar; no prior experience; little experience; do not; does not; did \
    not; don't; doesn't; didn't; never used; never worked; have not; haven't; no longer; without any; не \
    володію; без досвіду; не працював; не працювала; keine erfahrung; keine kenntnisse";
/// Words after which a denial no longer holds.
const TURNS: &str = "but; however; although; але; проте; aber; mais; pero";
/// Words that say little is known.
const WEAK: &str = "basic; basics; beginner; elementary; familiar; familiarity; exposure; introductory; novice; some; \
    learning; fundamental; fundamentals; entry-level; limited; базовий; базові; основи; grundkenntnisse; \
    notions; basico; podstawy; interested; conversational";
/// Words that say much is known.
const STRONG: &str = "\
    expert; advanced; proficient; expertise; strong; extensive; deep; fluent; mastery; senior; experienced; \
    solid; excellent; in-depth; native; lead; specialist; profound; глибокі; експерт; відмінно; sehr gute; \
    fundierte; courant; avanzado; excellente";

/// A factor from what the words around a name say; `None` when they deny it.
fn what_is_said(layout: &Layout, candidate: &Candidate) -> Option<f64> {
    let line = &layout.lines[layout.line_at(candidate.start)];
    let from = line.start.max(candidate.start.saturating_sub(60));
    let before = layout.slice(from, candidate.start);
    let sentence = before.rsplit(['.', ';', '!', '?', '•']).next().unwrap_or_default();
    let before = fold(sentence);
    let claim = entries(TURNS)
        .filter_map(|turn| before.rfind(&format!(" {turn} ")).map(|at| at + turn.len()))
        .max()
        .map_or(before.as_str(), |at| &before[at..]);
    if entries(DENIALS).any(|denial| claim.contains(denial)) && !claim.contains("not only") {
        return None;
    }
    let after = fold(&layout.slice(candidate.end, line.end.min(candidate.end + 30)));
    let near_after: String = after.split([',', ';', '|', '•']).next().unwrap_or_default().to_string();
    let last_words: Vec<&str> = before.split([' ', ',', ':', '(']).rev().filter(|w| !w.is_empty()).take(4).collect();
    let next_words: Vec<&str> = near_after.split(|c: char| !(c.is_alphanumeric() || c == '-')).collect();
    let says = |list: &'static str| entries(list).any(|word| last_words.contains(&word) || next_words.contains(&word));
    let years =
        stated_years(&near_after).max(stated_years(&last_words.iter().rev().copied().collect::<Vec<_>>().join(" ")));
    Some(if years >= 3.0 {
        1.3
    } else if says(WEAK) {
        0.6
    } else if says(STRONG) {
        1.25
    } else {
        1.0
    })
}

/// The figure of `5 years` or `5+ years`, else 0.
fn stated_years(text: &str) -> f64 {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '+' | ':'))
        .filter(|w| !w.is_empty())
        .collect();
    let figures = words.windows(2).filter(|pair| {
        matches!(pair[1], "years" | "year" | "yrs" | "yr" | "jahre" | "роки" | "років" | "ans" | "anos" | "lat")
    });
    figures.filter_map(|pair| pair[0].parse::<f64>().ok()).filter(|n| n.is_finite()).fold(0.0, f64::max)
}

/// Combines the mentions of each skill, by name of the skill.
pub(super) fn findings(catalogue: &Catalogue, layout: &Layout, mentions: &[Mention]) -> Vec<Finding> {
    let mut by_skill: BTreeMap<&str, Vec<&Mention>> = BTreeMap::new();
    for mention in mentions {
        by_skill.entry(&catalogue.skills()[mention.skill].name).or_default().push(mention);
    }
    let finding = |(skill, mentions): (&str, Vec<&Mention>)| {
        let confidence = round2(combined(&mentions));
        let found = mentions.iter().take(MAX_PLACES).map(|mention| place(layout, mention)).collect();
        Finding {
            skill: skill.to_string(),
            confidence,
            proficiency: proficiency(confidence).map(str::to_string),
            found,
        }
    };
    by_skill.into_iter().map(finding).collect()
}

/// `1 − Π(1 − w)` over the mentions, repetitions on one line once.
fn combined(mentions: &[&Mention]) -> f64 {
    let mut by_line: HashMap<usize, f64> = HashMap::new();
    let mut sections: BTreeMap<Section, Vec<f64>> = BTreeMap::new();
    for mention in mentions {
        let best = by_line.entry(mention.line).or_insert(0.0);
        *best = best.max(mention.weight);
    }
    let mut counted = BTreeSet::new();
    for mention in mentions {
        if counted.insert(mention.line) {
            sections.entry(mention.section).or_default().push(by_line[&mention.line]);
        }
    }
    let mut doubt = 1.0;
    for weights in sections.values_mut() {
        weights.sort_by(|a, b| b.total_cmp(a));
        for (i, weight) in weights.iter().take(1 + MOST_AGAIN).enumerate() {
            doubt *= 1.0 - weight * if i == 0 { 1.0 } else { AGAIN };
        }
    }
    (1.0 - doubt).min(MOST)
}

fn place(layout: &Layout, mention: &Mention) -> Place {
    let line = &layout.lines[mention.line];
    let end = mention.end.min(line.end);
    let whole = line.end - line.start <= MAX_LINE;
    let (from, until) = if whole {
        (line.start, line.end)
    } else {
        (line.start.max(mention.start.saturating_sub(AROUND)), line.end.min(end + AROUND))
    };
    Place {
        page: line.page,
        line: line.number,
        start: mention.start - from,
        end: end - from,
        text: layout.slice(from, until),
        section: mention.section,
        why: mention.why,
    }
}

pub(super) fn round2(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
