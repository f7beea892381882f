//! From placed glyphs to lines. The order is that of the drawing, which keeps columns apart; rows are never put
//! together by their height.
//!
//! Distances are in the direction of writing, so that turned text reads like any other, and in multiples of the font
//! size (em). The figures were measured on résumé templates against a reference reader; the one for spaces is the
//! sensitive one.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::bidi::{in_reading_order, is_right_to_left};
use super::lines::{Line, assemble};

/// Glyphs whose baselines differ by less stand on the same line.
const SAME_LINE: f64 = 0.35;
/// A glyph may start this much before the end of the one before it (kerning, overlap).
const MAX_OVERLAP: f64 = 0.5;
/// From this gap on a new line begins: the next cell or column.
const MAX_GAP: f64 = 1.5;
/// From this gap on there is a space.
const SPACE: f64 = 0.13;
/// From this distance of baselines on there is an empty line between.
const BLANK_LINE: f64 = 1.9;
/// The same glyph nearer than this is drawn twice: fill and stroke, imitated bold, shadow.
const SAME_PLACE: f64 = 0.1;
/// An accent may stand this far above or below the baseline of its letter.
const ACCENT_SHIFT: f64 = 0.6;
/// Share of spread gaps that shows a line set with spaced letters, as headings are.
const SPREAD_SHARE: f64 = 0.85;
/// Fewest gaps to tell spaced letters from a list of single ones.
const SPREAD_GAPS: usize = 4;

/// Gaps that differ by less (in em) from the usual one are the same: kerning.
const ALIKE: f64 = 0.07;
/// Share of gaps alike from which letters are spread on purpose, and do not merely stand in a table.
const ALIKE_SHARE: f64 = 0.5;

/// A glyph on its page.
#[derive(Debug, Clone)]
pub struct Glyph {
    /// What it stands for; more than one character for ligatures and replaced text.
    pub text: String,
    /// Origin, in page units.
    pub x: f64,
    /// Origin, in page units.
    pub y: f64,
    /// Unit vector of the direction of writing.
    pub direction: (f64, f64),
    /// Font size in page units.
    pub size: f64,
    /// Way to the origin of the next glyph, in page units.
    pub advance: f64,
}

impl Glyph {
    fn is_usable(&self) -> bool {
        let figures = [self.x, self.y, self.advance, self.size];
        figures.iter().all(|figure| figure.is_finite()) && self.size > 0.0 && !self.text.is_empty()
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Where a point of the page lies: along the writing and across it.
    pub(super) fn axes(&self, x: f64, y: f64) -> (f64, f64) {
        let (ux, uy) = self.direction;
        (x * ux + y * uy, y * ux - x * uy)
    }

    fn is_parallel(&self, other: &Glyph) -> bool {
        self.direction.0 * other.direction.0 + self.direction.1 * other.direction.1 > 0.9
    }
}

/// A piece of a line: a glyph's text and its stretch in the direction of writing.
#[derive(Debug, Clone)]
pub struct Piece {
    /// What the glyph stands for.
    pub text: String,
    /// Start and end along the line, in page units.
    pub stretch: (f64, f64),
    /// Font size in page units.
    pub size: f64,
}

impl Piece {
    /// The gap between two pieces in em, whichever comes first on the page; negative where they overlap.
    fn gap(&self, next: &Piece) -> f64 {
        let mean = (self.size + next.size) / 2.0;
        (next.stretch.0 - self.stretch.1).max(self.stretch.0 - next.stretch.1) / mean
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn is_letter(&self) -> bool {
        self.text.chars().all(char::is_alphanumeric)
    }
}

/// Collects the glyphs of one page into lines.
#[derive(Default)]
pub struct Lines {
    lines: Vec<Line>,
    line: Vec<Piece>,
    /// The first glyph of the line in the making.
    first: Option<Glyph>,
    last: Option<Glyph>,
    /// An accent drawn on its own, and the mark it is, until it is known whether its letter follows.
    accent: Option<(Glyph, char)>,
    blank_before: bool,
    seen: HashMap<(u64, i64, i64), (f64, f64)>,
}

impl Lines {
    /// Takes the next drawn glyph.
    pub fn push(&mut self, mut glyph: Glyph) {
        if !glyph.is_usable() || (!glyph.is_blank() && self.drawn_before(&glyph)) {
            return;
        }
        if let Some((accent, mark)) = self.accent.take() {
            match composed(&glyph.text, mark).filter(|_| is_over(&accent, &glyph)) {
                Some(letter) => glyph.text = letter,
                None => self.place(accent),
            }
        }
        match accent_mark(&glyph.text) {
            Some(mark) if !self.accents_last(&glyph, mark) => self.accent = Some((glyph, mark)),
            Some(_) => {}
            None => self.place(glyph),
        }
    }

    /// The text of the page.
    pub fn finish(mut self) -> String {
        if let Some((accent, _)) = self.accent.take() {
            self.place(accent);
        }
        self.end_line();
        assemble(self.lines)
    }

    /// Puts an accent on the letter drawn before it, if it stands there.
    fn accents_last(&mut self, accent: &Glyph, mark: char) -> bool {
        let Some(last) = self.last.as_ref().filter(|last| is_over(accent, last)) else { return false };
        let Some(letter) = composed(&last.text, mark) else { return false };
        match self.line.last_mut() {
            Some(piece) if piece.text == last.text => {
                piece.text = letter;
                true
            }
            _ => false,
        }
    }

    fn place(&mut self, glyph: Glyph) {
        let Some(last) = &self.last else {
            self.begin_line(glyph);
            return;
        };
        let (along, across) = last.axes(glyph.x - last.x, glyph.y - last.y);
        let larger = last.size.max(glyph.size);
        let mean = (last.size + glyph.size) / 2.0;
        let gap = (along - last.advance) / mean;
        // Right-to-left text may be drawn in the order it is read: each glyph to the left of the one before.
        let leftward = -(along + glyph.advance) / mean;
        let follows = |gap: f64| gap > -MAX_OVERLAP && gap < MAX_GAP;
        let backwards = follows(leftward) && (is_right_to_left(&glyph.text) || is_right_to_left(&last.text));
        let parallel = last.is_parallel(&glyph);
        let across = across.abs() / larger;
        if parallel && across < SAME_LINE && (follows(gap) || backwards) {
            self.continue_line(glyph);
        } else if !glyph.is_blank() {
            self.end_line();
            self.blank_before = across > BLANK_LINE || !parallel;
            self.begin_line(glyph);
        }
        // A blank drawn elsewhere begins no line; what follows it decides.
    }

    fn begin_line(&mut self, glyph: Glyph) {
        self.first = Some(glyph.clone());
        self.continue_line(glyph);
    }

    fn continue_line(&mut self, glyph: Glyph) {
        let start = glyph.axes(glyph.x, glyph.y).0;
        self.line.push(Piece { text: glyph.text.clone(), stretch: (start, start + glyph.advance), size: glyph.size });
        self.last = Some(glyph);
    }

    /// Whether the same text was drawn at the same place; remembers it.
    fn drawn_before(&mut self, glyph: &Glyph) -> bool {
        let step = glyph.size * SAME_PLACE;
        let (column, row) = ((glyph.x / step).round() as i64, (glyph.y / step).round() as i64);
        // Places are counted in steps of the size, so glyphs of another size are another grid.
        let size = (glyph.size * 16.0).round() as u64;
        let name = glyph
            .text
            .chars()
            .fold(size, |hash, c| hash.wrapping_mul(0x0100_0000_01b3).wrapping_add(u64::from(u32::from(c)) + 1));
        let near = (-1..=1).any(|i| {
            (-1..=1).any(|j| {
                let there = self.seen.get(&(name, column.saturating_add(i), row.saturating_add(j)));
                there.is_some_and(|(x, y)| (x - glyph.x).hypot(y - glyph.y) < step)
            })
        });
        if !near {
            self.seen.insert((name, column, row), (glyph.x, glyph.y));
        }
        near
    }

    fn end_line(&mut self) {
        let pieces = in_reading_order(std::mem::take(&mut self.line));
        let Some(first) = self.first.take() else { return };
        let limit = space_limit(&pieces);
        let mut text = String::new();
        for (i, piece) in pieces.iter().enumerate() {
            let touches_blank = piece.text.starts_with(char::is_whitespace) || text.ends_with(' ');
            if i > 0 && pieces[i - 1].gap(piece) > limit && !touches_blank {
                text.push(' ');
            }
            text.push_str(&piece.text);
        }
        let start = pieces.iter().map(|piece| piece.stretch.0).fold(f64::INFINITY, f64::min);
        let end = pieces.iter().map(|piece| piece.stretch.1).fold(f64::NEG_INFINITY, f64::max);
        let baseline = first.axes(first.x, first.y).1;
        self.lines.push(Line {
            text,
            stretch: (start, end),
            baseline,
            size: first.size,
            direction: first.direction,
            blank_before: std::mem::take(&mut self.blank_before),
        });
    }
}

/// The combining mark that an accent drawn on its own stands for.
fn accent_mark(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { return None };
    Some(match c {
        '`' | '\u{2cb}' => '\u{300}',
        '\u{b4}' | '\u{2ca}' => '\u{301}',
        '^' | '\u{2c6}' => '\u{302}',
        '~' | '\u{2dc}' => '\u{303}',
        '\u{af}' | '\u{2c9}' => '\u{304}',
        '\u{2d8}' => '\u{306}',
        '\u{2d9}' => '\u{307}',
        '\u{a8}' => '\u{308}',
        '\u{2da}' | '\u{b0}' => '\u{30a}',
        '\u{2dd}' => '\u{30b}',
        '\u{2c7}' => '\u{30c}',
        '\u{b8}' => '\u{327}',
        '\u{2db}' => '\u{328}',
        c if is_combining_mark(c) => c,
        _ => return None,
    })
}

/// A letter with a mark on it, if there is such a letter.
fn composed(letter: &str, mark: char) -> Option<String> {
    let bare = match letter {
        "\u{131}" => "i",
        "\u{237}" => "j",
        letter => letter,
    };
    let both: String = bare.chars().chain([mark]).nfc().collect();
    (bare.chars().count() == 1 && both.chars().count() == 1).then_some(both)
}

/// Whether the middle of an accent stands over (or under) a letter.
fn is_over(accent: &Glyph, letter: &Glyph) -> bool {
    let (along, across) = letter.axes(accent.x - letter.x, accent.y - letter.y);
    let middle = along + accent.advance / 2.0;
    let room = 0.1 * letter.advance;
    accent.is_parallel(letter)
        && across.abs() < ACCENT_SHIFT * letter.size.max(accent.size)
        && middle > room
        && middle < letter.advance - room
}

/// The gap that counts as a space in this line: wider when the letters themselves are spread, all alike.
fn space_limit(pieces: &[Piece]) -> f64 {
    let mut gaps: Vec<f64> = pieces
        .windows(2)
        .filter(|pair| pair[0].is_letter() && pair[1].is_letter())
        .map(|pair| pair[0].gap(&pair[1]))
        .collect();
    let spread = gaps.iter().filter(|gap| **gap > SPACE).count();
    if gaps.len() < SPREAD_GAPS || (spread as f64) < SPREAD_SHARE * gaps.len() as f64 {
        return SPACE;
    }
    gaps.sort_by(f64::total_cmp);
    let median = gaps[gaps.len() / 2];
    let alike = gaps.iter().filter(|gap| (*gap - median).abs() < ALIKE).count();
    if (alike as f64) < ALIKE_SHARE * gaps.len() as f64 {
        return SPACE;
    }
    // Where blanks are drawn they are the spaces; elsewhere a space is clearly wider than the letters' own gap.
    if pieces.iter().any(Piece::is_blank) { median * 3.0 } else { median * 1.6 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws each letter half an em wide at size 10, with a gap in em between letters.
    fn draw(lines: &mut Lines, text: &str, x: f64, y: f64, gap: f64) {
        let mut x = x;
        for c in text.chars() {
            lines.push(Glyph { text: c.to_string(), x, y, direction: (1.0, 0.0), size: 10.0, advance: 5.0 });
            x += 5.0 + gap * 10.0;
        }
    }

    #[test]
    fn gaps_make_spaces_and_lines() {
        let mut lines = Lines::default();
        draw(&mut lines, "Rust", 0.0, 100.0, 0.0);
        draw(&mut lines, "and", 23.0, 100.0, 0.0);
        draw(&mut lines, "2019", 300.0, 100.0, 0.0);
        draw(&mut lines, "next", 0.0, 88.0, 0.0);
        draw(&mut lines, "far", 0.0, 40.0, 0.0);
        assert_eq!(lines.finish(), "Rust and\n2019\nnext\n\nfar\n");
    }

    #[test]
    fn text_drawn_twice_is_read_once() {
        let mut lines = Lines::default();
        draw(&mut lines, "Hello", 0.0, 0.0, 0.0);
        draw(&mut lines, "Hello", 0.3, 0.0, 0.0);
        assert_eq!(lines.finish(), "Hello\n");
    }

    #[test]
    fn narrow_letters_side_by_side_are_two() {
        let mut lines = Lines::default();
        for (i, c) in "all".chars().enumerate() {
            let advance = 2.0;
            lines.push(Glyph {
                text: c.to_string(),
                x: 2.0 * i as f64,
                y: 0.0,
                direction: (1.0, 0.0),
                size: 10.0,
                advance,
            });
        }
        assert_eq!(lines.finish(), "all\n");
    }

    #[test]
    fn accents_drawn_apart_join_their_letter() {
        let at = |text: &str, x: f64, y: f64, advance: f64| Glyph {
            text: text.into(),
            x,
            y,
            direction: (1.0, 0.0),
            size: 10.0,
            advance,
        };
        let mut lines = Lines::default();
        // Before the letter, raised over a capital; after the letter; over a letter without its dot; on its own.
        for glyph in [at("´", 1.0, 2.0, 5.0), at("E", 0.0, 0.0, 7.0), at("c", 7.0, 0.0, 5.0), at("¸", 7.2, 0.0, 4.0)]
        {
            lines.push(glyph);
        }
        for glyph in [at("¨", 11.5, 0.0, 4.0), at("\u{131}", 12.0, 0.0, 3.0), at("~", 15.0, 0.0, 5.0)] {
            lines.push(glyph);
        }
        assert_eq!(lines.finish(), "Éçï~\n");
    }

    #[test]
    fn spread_letters_are_words() {
        let mut lines = Lines::default();
        draw(&mut lines, "WORK", 0.0, 0.0, 0.4);
        draw(&mut lines, "LIFE", 45.0, 0.0, 0.4);
        assert_eq!(lines.finish(), "WORK LIFE\n");
        let mut lines = Lines::default();
        draw(&mut lines, "WORK LIFE", 0.0, 0.0, 0.3);
        assert_eq!(lines.finish(), "WORK LIFE\n");
    }

    #[test]
    fn turned_text_and_nonsense() {
        let mut lines = Lines::default();
        for (i, c) in "up".chars().enumerate() {
            lines.push(Glyph {
                text: c.to_string(),
                x: 0.0,
                y: 5.0 * i as f64,
                direction: (0.0, 1.0),
                size: 10.0,
                advance: 5.0,
            });
        }
        lines.push(Glyph { text: "x".into(), x: f64::NAN, y: 0.0, direction: (1.0, 0.0), size: 1.0, advance: 0.0 });
        lines.push(Glyph { text: "x".into(), x: 1e300, y: -1e300, direction: (1.0, 0.0), size: 1e-300, advance: 1.0 });
        assert!(lines.finish().starts_with("up\n"));
    }
}
