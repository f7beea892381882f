//! The text of a document as pages and lines, so that every finding can say where it stands.

use super::flat::headings;

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1-based.
    pub page: u32,
    /// 1-based within its page.
    pub number: u32,
    /// Where it starts in the text, in characters.
    pub start: usize,
    /// Where it ends in the text, in characters, the line end not included.
    pub end: usize,
    /// Its text without the line end.
    pub text: String,
}

/// A text with its lines. All positions are in characters of the whole text.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The characters of the text.
    pub chars: Vec<char>,
    /// Its lines in order; never empty.
    pub lines: Vec<Line>,
}

/// A line longer than this with wide gaps in it is several whose ends were lost, as where a whole résumé stands in one
/// field of a table; in characters.
const MAX_LINE: usize = 300;
/// Blanks that make a gap wide.
const WIDE_GAP: usize = 3;

impl Layout {
    /// Splits a text at line ends and page breaks, and very long lines at wide gaps and around headings; such parts
    /// share their number.
    pub fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut lines = Vec::new();
        let (mut page, mut number, mut start) = (1, 1, 0);
        for (i, &c) in chars.iter().enumerate().chain([(chars.len(), &'\n')]) {
            if c != '\n' && c != '\x0c' {
                continue;
            }
            for (start, end) in
                parts(&chars, start, i).into_iter().flat_map(|(from, until)| at_headings(&chars, from, until))
            {
                lines.push(Line { page, number, start, end, text: chars[start..end].iter().collect() });
            }
            start = i + 1;
            (page, number) = if c == '\x0c' { (page + 1, 1) } else { (page, number + 1) };
        }
        Layout { chars, lines }
    }

    /// Index of the line that holds a position.
    pub fn line_at(&self, position: usize) -> usize {
        self.lines.partition_point(|line| line.start <= position).saturating_sub(1)
    }

    /// The text between two positions.
    pub fn slice(&self, start: usize, end: usize) -> String {
        self.chars.get(start..end.min(self.chars.len())).unwrap_or_default().iter().collect()
    }
}

/// Where the parts of a line start and end; most lines are one.
fn parts(chars: &[char], start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let mut from = start;
    let mut i = if end - start > MAX_LINE { start } else { end };
    while i < end {
        let blanks = chars[i..end].iter().take_while(|c| matches!(c, ' ' | '\u{a0}')).count();
        if blanks >= WIDE_GAP && i > from {
            parts.push((from, i));
            from = i + blanks;
        }
        i += blanks.max(1);
    }
    if from < end || parts.is_empty() {
        parts.push((from, end));
    }
    parts
}

/// A part without line ends, taken apart before and after the headings in it. A paragraph may hold one such word by chance,
/// not two.
fn at_headings(chars: &[char], start: usize, end: usize) -> Vec<(usize, usize)> {
    let found = if end - start > MAX_LINE { headings(chars, start, end) } else { Vec::new() };
    if found.len() < 2 {
        return vec![(start, end)];
    }
    let mut parts = Vec::new();
    let mut from = start;
    for (first, past) in found {
        // The blank before a heading ends the part before it.
        if first > from {
            parts.push((from, first - 1));
        }
        parts.push((first, past));
        from = (past + 1).min(end);
    }
    if from < end {
        parts.push((from, end));
    }
    parts
}

/// A line without the mark of a list item.
pub fn without_bullet(text: &str) -> &str {
    let text = text.trim_start();
    let rest = text.trim_start_matches(is_bullet).trim_start();
    match rest.strip_prefix(['-', '–', '—', '*', '+', 'o']) {
        Some(tail) if tail.starts_with(char::is_whitespace) => tail.trim_start(),
        _ => rest,
    }
}

/// Whether a line starts with the mark of a list item.
pub fn has_bullet(text: &str) -> bool {
    without_bullet(text).len() < text.trim_start().len()
}

/// Marks that only ever start list items.
pub fn is_bullet(c: char) -> bool {
    matches!(
        c,
        '•' | '‣'
            | '▪'
            | '▫'
            | '■'
            | '□'
            | '●'
            | '○'
            | '◦'
            | '∙'
            | '·'
            | '►'
            | '▶'
            | '➢'
            | '➤'
            | '✓'
            | '✔'
            | '★'
            | '☆'
            | '◆'
            | '◇'
            | '❖'
            | '⁃'
            | '\u{fffd}'
    )
}

/// Signs that part thoughts or items.
pub fn is_separator(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | ':'
            | '|'
            | '/'
            | '\t'
            | '\n'
            | '\x0c'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '–'
            | '—'
            | '!'
            | '?'
            | '"'
            | '“'
            | '”'
            | '•'
            | '·'
            | '&'
            | '+'
    ) || is_bullet(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_their_page() {
        let layout = Layout::new("a\nbc\x0cd\n");
        let places: Vec<(u32, u32, &str)> = layout.lines.iter().map(|l| (l.page, l.number, l.text.as_str())).collect();
        assert_eq!(places, [(1, 1, "a"), (1, 2, "bc"), (2, 1, "d"), (2, 2, "")]);
        assert_eq!(layout.line_at(0), 0);
        assert_eq!(layout.line_at(3), 1);
        assert_eq!(layout.line_at(5), 2);
        assert_eq!(layout.slice(2, 4), "bc");
    }

    #[test]
    fn wide_gaps_part_what_is_too_long_for_a_line() {
        let words = "word ".repeat(60);
        let text = format!("Skills     {words}   Rust  SQL\nb   c");
        let lines: Vec<(u32, String)> =
            Layout::new(&text).lines.into_iter().map(|line| (line.number, line.text)).collect();
        assert_eq!(lines[0], (1, "Skills".to_string()));
        assert_eq!(lines[2], (1, "Rust  SQL".to_string()));
        assert_eq!(lines[3], (2, "b   c".to_string()));
    }

    #[test]
    fn bullets() {
        assert_eq!(without_bullet(" • Rust"), "Rust");
        assert_eq!(without_bullet("- Rust"), "Rust");
        assert_eq!(without_bullet("-based"), "-based");
        assert!(has_bullet("* x") && !has_bullet("order"));
    }
}
