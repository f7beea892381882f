//! The score of a résumé: six terms of whole numbers (rules §6), whose sum it is.

use serde::{Deserialize, Serialize};

use super::fold::fold;
use super::layout::{Layout, without_bullet};
use super::sections::{Mark, Section};
use super::words::{contains, entries};

/// The terms and the most each can be: skills 40, experience 20, and 10 each for backing, results, structure and
/// coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// 0.4 × skill score.
    pub skills: u32,
    /// 2.5 × years.
    pub experience: u32,
    /// Skills seen at work.
    pub backing: u32,
    /// Lines with a measured result.
    pub results: u32,
    /// Sections that a résumé should have.
    pub structure: u32,
    /// How well the best role is covered.
    pub coverage: u32,
}

impl Terms {
    /// The score, 0–100.
    pub fn total(&self) -> u32 {
        self.skills + self.experience + self.backing + self.results + self.structure + self.coverage
    }
}

/// What the terms are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Basis {
    /// Sum of the confidences of all skills.
    pub confidences: f64,
    /// Years of experience.
    pub years: f64,
    /// Skills found in experience or projects.
    pub backed_skills: usize,
    /// Lines with a measured result.
    pub results: usize,
    /// Sections found among contact, summary, experience, education and skills.
    pub sections: usize,
    /// How far the best role is covered, 0–1.
    pub coverage: f64,
}

/// `100 × (1 − e^(−S/8))` with two decimals, S the sum of confidences: a first skill counts for much, a fortieth for
/// little.
pub fn skill_score(confidences: f64) -> f64 {
    super::skills::round2(100.0 * (1.0 - (-confidences.max(0.0) / 8.0).exp()))
}

/// The terms, each rounded for itself.
pub fn terms(basis: &Basis) -> Terms {
    let whole = |value: f64, most: f64| value.clamp(0.0, most).round() as u32;
    Terms {
        skills: whole(0.4 * skill_score(basis.confidences), 40.0),
        experience: whole(2.5 * basis.years, 20.0),
        backing: whole(10.0 * basis.backed_skills as f64 / 8.0, 10.0),
        results: whole(basis.results as f64, 10.0),
        structure: whole(2.0 * basis.sections as f64, 10.0),
        coverage: whole(10.0 * basis.coverage, 10.0),
    }
}

/// Verbs of change; with a number in the same line they report a result.
const CHANGES: &str = "\
    reduc; increas; improv; cut; saved; saving; grew; grow; boost; decreas; accelerat; raised; lowered; \
    doubled; tripled; generated; deliver; achiev; exceed; led; lead; manag; served; serving; handl; process; \
    migrat; automat; launch; built; scal; optimi; mentor; train; moved; used; ran; supervis; coordinat; \
    closed; won; recruit; hired; sold; fell; rose; supported; maintain; wrote; shipped; completed; скороти; \
    збільши; зменши; автоматиз; покращи; зекономи; підвищи; прискори; керува; прода; reduzier; steiger; \
    gesenkt; erhoh";

/// Words that make the number before them a measure.
const MEASURES: &str = "\
    %; percent; per; times; million; billion; thousand; млн; тис; відсотків; prozent; usd; eur; uah; gbp; \
    dollars; euro; euros; hryvnias";

/// Counted things that make a number a measure.
const COUNTED: &str = "\
    user; customer; client; request; engineer; developer; people; employee; student; server; service; team; \
    project; order; transaction; record; row; hour; day; minute; second; ms; download; visitor; visit; \
    subscriber; country; countries; store; site; node; device; test; bug; ticket; lead; sale; member; \
    account; patient; document; event; message; qps; rps; tb; gb; pb; week; month; application; planner; \
    partner; product; feature; report; deal; vehicle; branch; publication; participant; volunteer; \
    candidate; microservice; tps; користувач; клієнт; запит; людей; тест; сервер; kunden; nutzer; \
    mitarbeiter; personen";

/// Lines of experience, projects or summary that report a measured result.
pub fn measured_results(layout: &Layout, marks: &[Mark]) -> usize {
    let counts = |mark: &Mark| matches!(mark.section, Section::Experience | Section::Projects) && !mark.heading;
    layout.lines.iter().zip(marks).filter(|(line, mark)| counts(mark) && is_measured(&line.text)).count()
}

/// Whether a line reports a result with a number: a share, a sum of money, a multiple, or a counted thing together
/// with a verb of doing.
pub fn is_measured(text: &str) -> bool {
    let text = fold(without_bullet(text));
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() < 3 {
        return false;
    }
    let mut change = false;
    let (mut share, mut count) = (false, false);
    for (i, word) in words.iter().enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '$' | '€' | '£' | '%' | '₴' | '+'));
        change |= entries(CHANGES).any(|stem| bare.starts_with(stem));
        let Some(number) = Number::read(bare) else { continue };
        let next =
            words.get(i + 1).map(|w| w.trim_matches(|c: char| !c.is_alphanumeric() && c != '%')).unwrap_or_default();
        share |= number.measure || contains(MEASURES, next);
        let followers = words[i + 1..].iter().take(3).map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()));
        count |= !number.year && followers.into_iter().any(|w| entries(COUNTED).any(|stem| w.starts_with(stem)));
    }
    share || (count && change)
}

struct Number {
    /// It carries its own measure: a percent sign, a currency, `k`, `M`, `x`.
    measure: bool,
    /// It looks like a year.
    year: bool,
}

impl Number {
    fn read(word: &str) -> Option<Number> {
        let currency = word.contains(['$', '€', '£', '₴']);
        let core = word
            .trim_start_matches(['$', '€', '£', '₴', '+', '~', '<', '>'])
            .trim_end_matches(['+', '$', '€', '£', '₴']);
        let digits: String = core.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let unit = &core[digits.len()..];
        let measure = currency || matches!(unit, "%" | "x" | "k" | "m" | "bn" | "mm" | "ms" | "k+" | "m+");
        if !measure && !matches!(unit, "" | "s" | "+" | "h" | "gb" | "tb") {
            return None;
        }
        let plain = unit.is_empty() && digits.len() == 4 && !digits.contains(['.', ',']);
        Some(Number { measure, year: plain && matches!(digits.get(..2), Some("19" | "20")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn results_are_told_from_other_numbers() {
        for line in [
            "• Cut latency by 45%",
            "Saved €1.2M a year",
            "Led 12 engineers in three teams",
            "Moved 80 services to the cloud",
            "3x faster builds than before",
            "Served 4 million requests a day",
            "Скоротила регресію на 60%",
        ] {
            assert!(is_measured(line), "{line}");
        }
        for line in [
            "Jan 2018 – Mar 2019",
            "Used Python 3.11 and Java 17",
            "Won the 2019 award",
            "Wrote services in Go",
            "Room 12",
            "+380 44 000 00 00 call",
        ] {
            assert!(!is_measured(line), "{line}");
        }
    }

    fn basis() -> impl Strategy<Value = Basis> {
        (0.0..80.0f64, 0.0..60.0f64, 0..50usize, 0..50usize, 0..6usize, 0.0..1.0f64).prop_map(
            |(confidences, years, backed_skills, results, sections, coverage)| Basis {
                confidences,
                years,
                backed_skills,
                results,
                sections,
                coverage,
            },
        )
    }

    proptest! {
        #[test]
        fn no_term_exceeds_its_most(basis in basis()) {
            let t = terms(&basis);
            prop_assert!(t.skills <= 40 && t.experience <= 20 && t.backing <= 10 && t.results <= 10 && t.structure <= 10 && t.coverage <= 10);
            prop_assert!(t.total() <= 100);
        }

        #[test]
        fn a_further_skill_never_lowers_the_score(basis in basis(), confidence in 0.0..1.0f64, backed: bool) {
            let more = Basis { confidences: basis.confidences + confidence, backed_skills: basis.backed_skills + usize::from(backed), ..basis };
            prop_assert!(terms(&more).total() >= terms(&basis).total());
        }
    }
}
