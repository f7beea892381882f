//! From the lines of a page to its text: lines that were drawn out of turn go where they stand, and words divided at
//! a line end are joined.

use std::collections::HashSet;

/// Baselines nearer than this (in em) are one row.
const SAME_ROW: f64 = 0.35;
/// A line whose neighbours in the drawing are farther away than this (in em) was drawn out of turn.
const FAR: f64 = 4.0;
/// Most lines of a page that are put in order; the work grows with the square of them.
const MAX_LINES: usize = 2_000;

/// First parts of compounds that keep their hyphen when a line ends after it.
const COMPOUNDS: &[&str] = &[
    "all", "award", "back", "best", "client", "cloud", "cost", "cross", "customer", "data", "day", "decision", "deep",
    "detail", "end", "energy", "event", "ever", "fast", "first", "five", "four", "front", "full", "goal", "half",
    "hand", "hands", "hard", "high", "job", "key", "large", "last", "life", "light", "long", "low", "mid", "model",
    "month", "multi", "new", "object", "off", "one", "open", "part", "problem", "quick", "real", "result", "results",
    "second", "self", "server", "service", "short", "six", "small", "solution", "state", "team", "ten", "test",
    "third", "three", "time", "top", "two", "up", "user", "well", "work", "world", "year",
];

/// A line of a page.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its text.
    pub text: String,
    /// Start and end in the direction of writing, in page units.
    pub stretch: (f64, f64),
    /// Place across the direction of writing, in page units.
    pub baseline: f64,
    /// Font size of its beginning, in page units.
    pub size: f64,
    /// Unit vector of the direction of writing.
    pub direction: (f64, f64),
    /// Whether it stands apart from the line drawn before it.
    pub blank_before: bool,
}

impl Line {
    fn is_parallel(&self, other: &Line) -> bool {
        self.direction.0 * other.direction.0 + self.direction.1 * other.direction.1 > 0.9
    }

    /// Distance of baselines in em; turned lines are far from each other.
    fn away(&self, other: &Line) -> f64 {
        if self.is_parallel(other) {
            (self.baseline - other.baseline).abs() / self.size.max(other.size)
        } else {
            f64::INFINITY
        }
    }

    /// The blank between two lines of a row; `None` where they overlap.
    fn blank(&self, other: &Line) -> Option<f64> {
        let blank = (other.stretch.0 - self.stretch.1).max(self.stretch.0 - other.stretch.1);
        (blank > -0.5 * self.size.min(other.size)).then_some(blank)
    }

    fn is_bullet(&self) -> bool {
        let mut chars = self.text.trim().chars();
        chars.next().is_some_and(|c| !c.is_alphanumeric()) && chars.next().is_none()
    }
}

/// The text of a page.
pub fn assemble(lines: Vec<Line>) -> String {
    let lines = if lines.len() <= MAX_LINES { in_turn(lines) } else { lines };
    let compounds = hyphenated(&lines);
    let mut text = String::new();
    for line in &lines {
        let rest = joined(&mut text, &line.text, &compounds);
        if line.blank_before && !text.is_empty() && rest.len() == line.text.len() {
            text.push('\n');
        }
        if !rest.is_empty() {
            text.push_str(rest);
            text.push('\n');
        }
    }
    text
}

/// Floats, bullets and the like are drawn before or after the text they belong to. A line that has no neighbour in
/// the drawing goes to the line it shares a row with.
fn in_turn(mut lines: Vec<Line>) -> Vec<Line> {
    let mut moves: Vec<(usize, usize)> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let far = |other: Option<&Line>| other.is_none_or(|other| line.away(other) > FAR);
        let alone = far(i.checked_sub(1).and_then(|before| lines.get(before))) && far(lines.get(i + 1));
        if !alone && !line.is_bullet() {
            continue;
        }
        let in_row = lines.iter().enumerate().filter(|(j, other)| {
            *j != i
                && line.away(other) < SAME_ROW
                && !other.is_bullet()
                && (!line.is_bullet() || line.stretch.0 < other.stretch.0)
        });
        let nearest = in_row
            .filter_map(|(j, other)| Some((j, line.blank(other)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(j, _)| j);
        if let Some(j) = nearest
            && j != i + 1
            && j + 1 != i
            && !moves.iter().any(|(moved, _)| *moved == j)
        {
            moves.push((i, j));
        }
    }
    if moves.is_empty() {
        return lines;
    }
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); lines.len()];
    let mut after = before.clone();
    for (i, j) in &moves {
        let side = if lines[*i].stretch.0 < lines[*j].stretch.0 { &mut before } else { &mut after };
        side[*j].push(*i);
    }
    let mut order = Vec::with_capacity(lines.len());
    for j in 0..lines.len() {
        if !moves.iter().any(|(moved, _)| *moved == j) {
            order.extend(before[j].iter().copied());
            order.push(j);
            order.extend(after[j].iter().copied());
        }
    }
    for (i, j) in moves {
        // What goes before a line takes over its distance from the one above.
        let moved_before = lines[i].stretch.0 < lines[j].stretch.0;
        lines[i].blank_before = moved_before && std::mem::take(&mut lines[j].blank_before);
    }
    let mut slots: Vec<Option<Line>> = lines.into_iter().map(Some).collect();
    order.into_iter().filter_map(|i| slots[i].take()).collect()
}

/// The words with a hyphen inside that a page holds.
fn hyphenated(lines: &[Line]) -> HashSet<String> {
    let words = lines.iter().flat_map(|line| line.text.split_whitespace());
    let bare = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    bare.filter(|word| word.contains('-')).map(str::to_lowercase).collect()
}

/// Joins a word divided at the end of the text so far with its rest at the start of the next line, and returns what
/// is left of that line. Hyphens of compounds stay.
fn joined<'l>(text: &mut String, line: &'l str, compounds: &HashSet<String>) -> &'l str {
    let Some(stem) = text.strip_suffix("-\n") else { return line };
    if !stem.ends_with(char::is_alphabetic) || !line.starts_with(char::is_lowercase) {
        return line;
    }
    let first = stem.rsplit(|c: char| c.is_whitespace() || c == '/' || c == '(').next().unwrap_or_default();
    let (rest, line) = line.split_once(' ').unwrap_or((line, ""));
    let keeps_hyphen = keeps_hyphen(first, rest, compounds);
    text.pop();
    if !keeps_hyphen {
        text.pop();
    }
    text.push_str(rest);
    text.push('\n');
    line
}

fn keeps_hyphen(first: &str, rest: &str, compounds: &HashSet<String>) -> bool {
    let lower = first.to_lowercase();
    let letters = first.chars().count();
    let end = rest.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    letters == 1
        || first.chars().all(|c| !c.is_lowercase())
        || first.contains(['-', '.', '@'])
        || rest.contains('-')
        || COMPOUNDS.contains(&lower.as_str())
        || compounds.contains(&format!("{lower}-{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, x: f64, y: f64) -> Line {
        let stretch = (x, x + 5.0 * text.chars().count() as f64);
        Line { text: text.into(), stretch, baseline: y, size: 10.0, direction: (1.0, 0.0), blank_before: false }
    }

    #[test]
    fn divided_words_are_joined_and_compounds_keep_their_hyphen() {
        let page = |a: &str, b: &str| assemble(vec![line(a, 0.0, 20.0), line(b, 0.0, 8.0)]);
        assert_eq!(page("by introduc-", "ing Helm"), "by introducing\nHelm\n");
        assert_eq!(page("a full-", "stack team"), "a full-stack\nteam\n");
        assert_eq!(page("state-of-", "the-art"), "state-of-the-art\n");
        assert_eq!(page("offline-first and offline-", "first"), "offline-first and offline-first\n");
        assert_eq!(page("2012 -", "present"), "2012 -\npresent\n");
        assert_eq!(page("SQL-", "based"), "SQL-based\n");
        assert_eq!(page("Jean-", "Paul"), "Jean-\nPaul\n");
    }

    #[test]
    fn floats_go_to_their_row() {
        let lines = vec![
            line("2021", 400.0, 600.0),
            line("2017", 400.0, 500.0),
            line("Name", 0.0, 700.0),
            line("Engineer", 0.0, 600.0),
            line("built things", 0.0, 588.0),
            line("Nurse", 0.0, 500.0),
            line("cared", 0.0, 488.0),
        ];
        assert_eq!(assemble(lines), "Name\nEngineer\n2021\nbuilt things\nNurse\n2017\ncared\n");
    }

    #[test]
    fn columns_stay_apart() {
        let left = (0..5).map(|i| line("left", 0.0, 700.0 - 12.0 * f64::from(i)));
        let right = (0..5).map(|i| line("right", 300.0, 700.0 - 12.0 * f64::from(i)));
        assert_eq!(assemble(left.chain(right).collect()), format!("{}{}", "left\n".repeat(5), "right\n".repeat(5)));
    }
}
