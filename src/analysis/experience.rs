//! Years of work and the level they stand for.
//!
//! Dated periods of work are united, so that what overlaps counts once; internships count, while education, volunteering,
//! military service, certificates and projects stand apart. Where nothing is dated, the largest statement of experience
//! counts ("over ten years of experience"), else that of work ("15 years in IT"), else the sum of the durations beside
//! jobs. A statement also shows when the dates are incomplete: who states more years of experience than the dates show has
//! left out some, and is believed.

mod stated;

use std::collections::BTreeSet;

use stated::{MONTHS, YEARS, stated};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::dates::{Date, End, Span, spans};
use super::fold::fold;
use super::layout::{Layout, has_bullet, without_bullet};
use super::sections::{Mark, Section};
use super::words::{contains, entries};

/// Longest period that is believed, in months.
const LONGEST: i32 = 50 * 12;
/// More periods than any career has; the rest of a longer list is left out.
const MAX_PERIODS: usize = 200;
/// Years of work from which a leading title makes a lead, and how many years back the title may lie (rules §6).
const LEAD_YEARS: f64 = 8.0;
const LEAD_WITHIN_YEARS: i32 = 5;
/// From this day on the running month counts.
const HALF_MONTH: u32 = 15;
/// Longest line that can be a title.
const MAX_TITLE: usize = 100;
/// Most words of a line that dates a job by "since".
const MAX_ENTRY_WORDS: usize = 14;

/// Words that make a title a leading one.
const LEADING: &str = "\
    lead; leader; head; director; principal; chief; cto; ceo; cio; coo; cfo; ciso; cpo; cmo; vp; svp; evp; \
    president; керівник; керівниця; директор; директорка; начальник; начальниця; тимлід; тімлід; лід; \
    leiter; leiterin; teamleiter; teamleiterin; geschaftsfuhrer; directeur; directrice; directora; jefe; \
    jefa; diretor; diretora; kierownik; dyrektor";
/// Leading titles of several words.
const LEADING_PHRASES: &str = "engineering manager; development manager; general manager; delivery manager; senior manager; team \
    manager; software manager; it manager; vice president; managing director; teamlead; head of; \
    руководитель";
/// Phrases in which such a word leads nobody.
const NOT_LEADING: &str = "\
    lead generation; leads generation; lead gen; head office; head start; lead time; lead to; reporting to; \
    assistant to; report to; reports to; principal component; \
    lead the; lead a; lead an";

/// Words of schooling, as parts of a text.
const SCHOOL: &str = "\
    university; college; school; master's; institute of technology; університет; інститут; школа; universitat; universite; \
    hochschule; universidad; uniwersytet; born; birth";
/// Degrees.
const DEGREES: &str = "\
    bachelor; bachelors; bachelor's; bsc; b.sc; msc; m.sc; b.tech; btech; m.tech; mtech; b.e; b.com; bba; mba; phd; ph.d; diploma; \
    degree; gpa; ged; coursework; graduated; бакалавр; магістр; diplom; abitur; licence; licenciatura; grado; bacharelado; laurea; \
    licencjat; magister";
/// Words of those who work, at a school or with a degree.
const STAFF: &str = "\
    teacher; lecturer; professor; tutor; instructor; researcher; assistant; coach; principal; dean; librarian; registrar; \
    postdoc; postdoctoral; fellow; faculty; викладач; вчитель; вчителька; lehrer; lehrerin; dozent; professeur; enseignant; \
    enseignante; profesor; profesora; docente; nauczyciel; intern; internship; trainee; engineer; \
    developer; manager; consultant; analyst; officer; specialist; director";

/// A dated period of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First month as `YYYY-MM`, or the year alone when nothing else is written.
    pub start: String,
    /// Last month or year in the same form; absent while the work goes on.
    pub end: Option<String>,
    /// Its length in months.
    pub months: u32,
    /// What stands beside the dates: title, employer.
    pub title: String,
    /// Where the dates stand, 1-based.
    pub page: u32,
    /// 1-based within its page.
    pub line: u32,
}

/// What the text says about work.
#[derive(Debug, Clone, PartialEq)]
pub struct Experience {
    /// Years with one decimal.
    pub years: f64,
    /// What the dated periods make together; 0 where there are none.
    pub dated: f64,
    /// What is stated; 0 where nothing is.
    pub stated: f64,
    /// The level they stand for.
    pub level: Level,
    /// The periods in the order of the text.
    pub periods: Vec<Period>,
}

/// Levels of experience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Less than one year.
    Entry,
    /// Less than three years.
    Junior,
    /// Less than six years.
    Mid,
    /// Six years and more.
    Senior,
    /// Eight years and more, and a leading title in the last five.
    Lead,
}

impl Level {
    /// The word used in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Entry => "entry",
            Level::Junior => "junior",
            Level::Mid => "mid",
            Level::Senior => "senior",
            Level::Lead => "lead",
        }
    }

    /// The table of rules §6.
    pub fn of(years: f64, recently_leading: bool) -> Level {
        match years {
            y if y < 1.0 => Level::Entry,
            y if y < 3.0 => Level::Junior,
            y if y < 6.0 => Level::Mid,
            y if y >= LEAD_YEARS && recently_leading => Level::Lead,
            _ => Level::Senior,
        }
    }
}

/// A period as months counted from year 0, the last one not included.
struct Dated {
    first: i32,
    past: i32,
    leading: bool,
    period: Period,
}

/// Years, level and periods of a text; "present" is `as_of`.
pub fn experience(layout: &Layout, marks: &[Mark], as_of: NaiveDate) -> Experience {
    let dated = dated_periods(layout, marks, as_of);
    let rounded = |years: f64| (years * 10.0).round() / 10.0;
    let in_dates = rounded(f64::from(union(dated.iter().map(|d| (d.first, d.past)).collect())) / 12.0);
    let stated = stated(layout, marks);
    // Nobody dates more than there was: who states more years of experience than the dates show left some out.
    let years = rounded(if dated.is_empty() { stated.years() } else { stated.experience.max(in_dates) });
    let recent = month_index(as_of.year(), as_of.month()) - LEAD_WITHIN_YEARS * 12;
    let leading = dated.iter().any(|d| d.leading && d.past > recent);
    Experience {
        years,
        dated: in_dates,
        stated: rounded(stated.experience),
        level: Level::of(years, leading),
        periods: dated.into_iter().map(|d| d.period).collect(),
    }
}

fn month_index(year: i32, month: u32) -> i32 {
    year * 12 + i32::try_from(month).unwrap_or(1) - 1
}

fn written(date: Date) -> String {
    date.month.map_or_else(|| format!("{:04}", date.year), |month| format!("{:04}-{month:02}", date.year))
}

/// Months covered by at least one period.
fn union(mut periods: Vec<(i32, i32)>) -> i32 {
    periods.sort_unstable();
    let (mut total, mut reached) = (0, i32::MIN);
    for (first, past) in periods {
        total += (past - first.max(reached)).max(0);
        reached = reached.max(past);
    }
    total
}

/// The periods of the experience section. Where it has none, its heading is missing, unknown or torn from what it heads:
/// then those of the parts that have no dates of their own.
fn dated_periods(layout: &Layout, marks: &[Mark], as_of: NaiveDate) -> Vec<Dated> {
    let experience = |section: Section| section == Section::Experience;
    let found = periods_in(layout, marks, as_of, experience);
    if !found.is_empty() {
        return found;
    }
    let headed = marks.iter().any(|mark| experience(mark.section) && mark.heading);
    let filled = layout
        .lines
        .iter()
        .zip(marks)
        .any(|(line, mark)| experience(mark.section) && !mark.heading && !line.text.trim().is_empty());
    let torn = headed && !filled;
    periods_in(layout, marks, as_of, |section| match section {
        Section::Contact | Section::Summary | Section::Skills => true,
        Section::Education => torn,
        _ => false,
    })
}

fn periods_in(layout: &Layout, marks: &[Mark], as_of: NaiveDate, counts: impl Fn(Section) -> bool) -> Vec<Dated> {
    let at_work = counts(Section::Experience);
    let mut periods = Vec::new();
    let mut seen = BTreeSet::new();
    for (first_line, last_line) in stretches(marks, counts) {
        let base = layout.lines[first_line].start;
        let chars = &layout.chars[base..layout.lines[last_line].end];
        let spans = spans(chars, as_of.year());
        let run = Run::new(layout, marks, first_line, base, &spans);
        // Where jobs are dated outside of lists, the dates in lists are about what was done in them.
        let in_list = |span: &Span| has_bullet(&layout.lines[layout.line_at(base + span.from)].text);
        let details = !spans.iter().all(in_list);
        for span in spans {
            if periods.len() >= MAX_PERIODS {
                break;
            }
            let line = layout.line_at(base + span.from);
            if details && in_list(&span) {
                continue;
            }
            let told_of_others = span.since && !opens_entry(&layout.lines[line].text);
            if told_of_others || is_schooling(layout, line, base + span.from, at_work) {
                continue;
            }
            let titles = run.titles(base + span.from, base + span.until, line);
            if let Some(dated) = dated(span, &titles, layout, line, as_of)
                && seen.insert((dated.first, dated.past, line))
            {
                periods.push(dated);
            }
        }
    }
    periods
}

/// Runs of lines in sections that count.
fn stretches(marks: &[Mark], counts: impl Fn(Section) -> bool) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (i, _) in marks.iter().enumerate().filter(|(_, mark)| counts(mark.section)) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == i => *last = i,
            _ => runs.push((i, i)),
        }
    }
    runs
}

/// Whether `since 2020` in this line dates a job; in a sentence it tells how old a firm is.
fn opens_entry(text: &str) -> bool {
    !has_bullet(text) && text.split_whitespace().count() <= MAX_ENTRY_WORDS
}

/// Dates beside a degree are those of an education, and so are those beside a school where no section tells work from
/// schooling; but people also work at schools.
fn is_schooling(layout: &Layout, line: usize, at: usize, at_work: bool) -> bool {
    let alone = !at_work && !names_something(&layout.lines[line].text);
    let above = if alone { line.saturating_sub(1) } else { line };
    let from = layout.lines[above].start.max(at.saturating_sub(2 * MAX_TITLE));
    let until = layout.lines[line].end.min(at + 2 * MAX_TITLE);
    let near = fold(&layout.slice(from, until));
    let words: Vec<&str> = near.split(|c: char| !c.is_alphanumeric() && c != '.').collect();
    let names = |list: &'static str| words.iter().any(|word| contains(list, word.trim_end_matches('.')));
    let degree = names(DEGREES) || near.contains("master of");
    (degree || !at_work && entries(SCHOOL).any(|word| near.contains(word))) && !names(STAFF)
}

/// One run of lines with periods in it.
struct Run<'a> {
    layout: &'a Layout,
    marks: &'a [Mark],
    dated_lines: BTreeSet<usize>,
    /// The dates stand above what they date: nothing precedes the first ones.
    dates_first: bool,
}

impl<'a> Run<'a> {
    fn new(layout: &'a Layout, marks: &'a [Mark], first_line: usize, base: usize, spans: &[Span]) -> Self {
        let dated_lines: BTreeSet<usize> = spans.iter().map(|span| layout.line_at(base + span.from)).collect();
        let mut run = Run { layout, marks, dated_lines, dates_first: false };
        if let Some(first) = spans.first() {
            let line = layout.line_at(base + first.from);
            let empty = |i: usize| marks[i].heading || layout.lines[i].text.trim().is_empty();
            let alone = !names_something(&run.beside_dates(base + first.from, base + first.until, line));
            run.dates_first = alone && (first_line..line).all(empty);
        }
        run
    }

    /// The rest of a dated line.
    fn beside_dates(&self, from: usize, until: usize, line: usize) -> String {
        let own = &self.layout.lines[line];
        let (from, until) = (from.clamp(own.start, own.end), until.clamp(own.start, own.end));
        let before = self.layout.slice(own.start.max(from.saturating_sub(MAX_TITLE)), from);
        let after = self.layout.slice(until, own.end.min(until + MAX_TITLE));
        format!("{before} {after}")
    }

    /// What can name a title, the likeliest first: the rest of the dated line, the line above and the one below.
    fn titles(&self, from: usize, until: usize, line: usize) -> Vec<String> {
        let mut titles = vec![self.beside_dates(from, until, line)];
        // Where dates come first, the line above closes the job before.
        if !self.dates_first {
            titles.extend(line.checked_sub(1).and_then(|above| self.beside(above, line)));
        }
        titles.extend(self.beside(line + 1, line));
        titles.iter().map(|title| clean_title(title)).filter(|title| names_something(title)).collect()
    }

    /// A line next to a dated one, unless it is a list item, a sentence or another date.
    fn beside(&self, index: usize, dated: usize) -> Option<String> {
        let text = &self.layout.lines.get(index)?.text;
        let plain = !self.marks[index].heading
            && self.marks[index].section == self.marks[dated].section
            && !self.dated_lines.contains(&index)
            && !has_bullet(text)
            && !text.trim_end().ends_with(['.', ';']);
        (plain && text.chars().count() <= MAX_TITLE).then(|| text.clone())
    }
}

/// Words that say how somebody was employed, which names no position.
const EMPLOYMENT: &[&str] = &[
    "part",
    "full",
    "time",
    "contract",
    "freelance",
    "temporary",
    "permanent",
    "remote",
    "hybrid",
    "onsite",
    "internship",
];

/// Whether a text says more than how long something lasted: `(3 years 6 months)` is no title.
fn names_something(title: &str) -> bool {
    let folded = fold(title);
    let mut words = folded.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.any(|word| !contains(YEARS, word) && !contains(MONTHS, word) && !EMPLOYMENT.contains(&word))
}

fn clean_title(text: &str) -> String {
    let trimmed = without_bullet(text).trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '(' | ')' | '|' | ',' | '-' | '–' | '—' | ':' | ';' | '·')
    });
    trimmed.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_TITLE).collect()
}

fn dated(span: Span, titles: &[String], layout: &Layout, line: usize, as_of: NaiveDate) -> Option<Dated> {
    // The running month counts from its middle on, so that an open period is never half a month off on average.
    let today = month_index(as_of.year(), as_of.month()) + i32::from(as_of.day() >= HALF_MONTH);
    let start = match span.end {
        End::On(end) if span.start.year == 0 => {
            let earlier = span.start.month > end.month;
            Date { year: end.year - i32::from(earlier), ..span.start }
        }
        _ => span.start,
    };
    let first = month_index(start.year, start.month.unwrap_or(1));
    let past = match span.end {
        End::Open => today,
        // A month at the end is worked; a year alone ends where the next job of that year may begin, but lasts when
        // it is also the first.
        End::On(Date { year, month: Some(month) }) => month_index(year, month) + 1,
        // Of `May 2012 – 2014` the same holds: two years.
        End::On(Date { year, month: None }) if year > start.year => month_index(year, start.month.unwrap_or(1)),
        End::On(Date { year, month: None }) => month_index(year, 12) + 1,
    };
    let past = past.min(today.max(first));
    if first > today || past < first || past - first > LONGEST || start.year == 0 {
        return None;
    }
    let period = Period {
        start: written(start),
        end: match span.end {
            End::On(end) => Some(written(end)),
            End::Open => None,
        },
        months: u32::try_from(past - first).unwrap_or_default(),
        title: titles.first().cloned().unwrap_or_default(),
        page: layout.lines[line].page,
        line: layout.lines[line].number,
    };
    Some(Dated { first, past, leading: titles.iter().any(|title| is_leading(title)), period })
}

/// Whether a title says that its holder leads.
pub fn is_leading(title: &str) -> bool {
    let folded = fold(title);
    if entries(NOT_LEADING).any(|phrase| folded.contains(phrase)) {
        return false;
    }
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).collect();
    words.iter().any(|word| contains(LEADING, word)) || entries(LEADING_PHRASES).any(|phrase| folded.contains(phrase))
}

#[cfg(test)]
mod tests;
