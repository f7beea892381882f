//! From placed glyphs to lines. The order is that of the drawing, which keeps columns apart; rows are never put
//! together by their height.
//!
//! Distances are in the direction of writing, so that turned text reads like any other, and in multiples of the font
//! size (em). The figures were measured on résumé templates against a reference reader; the one for spaces is the
//! sensitive one.

use std::collections::HashSet;

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
const SAME_PLACE: f64 = 0.12;
/// Share of spread gaps that shows a line set with spaced letters, as headings are.
const SPREAD_SHARE: f64 = 0.7;
/// Fewest gaps to tell spaced letters from a list of single ones.
const SPREAD_GAPS: usize = 4;

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

/// A piece of the line in the making and the gap before it, in em.
struct Piece {
    text: String,
    gap: f64,
}

/// Collects the glyphs of one page into lines.
#[derive(Default)]
pub struct Lines {
    text: String,
    line: Vec<Piece>,
    last: Option<Glyph>,
    seen: HashSet<(u64, i64, i64)>,
}

impl Lines {
    /// Takes the next drawn glyph.
    pub fn push(&mut self, glyph: Glyph) {
        let usable = glyph.x.is_finite()
            && glyph.y.is_finite()
            && glyph.advance.is_finite()
            && glyph.size.is_finite()
            && glyph.size > 0.0;
        if !usable || glyph.text.is_empty() || (!glyph.text.trim().is_empty() && self.drawn_before(&glyph)) {
            return;
        }
        let Some(last) = &self.last else {
            self.line.push(Piece { text: glyph.text.clone(), gap: 0.0 });
            self.last = Some(glyph);
            return;
        };
        let (ux, uy) = last.direction;
        let (dx, dy) = (glyph.x - last.x, glyph.y - last.y);
        let larger = last.size.max(glyph.size);
        let mean = (last.size + glyph.size) / 2.0;
        let across = (dx * uy - dy * ux).abs() / larger;
        let gap = (dx * ux + dy * uy - last.advance) / mean;
        let parallel = ux * glyph.direction.0 + uy * glyph.direction.1 > 0.9;
        if parallel && across < SAME_LINE && gap > -MAX_OVERLAP && gap < MAX_GAP {
            self.line.push(Piece { text: glyph.text.clone(), gap });
        } else if glyph.text.trim().is_empty() {
            // A blank drawn elsewhere begins no line; what follows it decides.
            return;
        } else {
            self.end_line();
            if across > BLANK_LINE || !parallel {
                self.text.push('\n');
            }
            self.line.push(Piece { text: glyph.text.clone(), gap: 0.0 });
        }
        self.last = Some(glyph);
    }

    /// The text of the page.
    pub fn finish(mut self) -> String {
        self.end_line();
        self.text
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
        let near = (-1..=1)
            .any(|i| (-1..=1).any(|j| self.seen.contains(&(name, column.saturating_add(i), row.saturating_add(j)))));
        near || !self.seen.insert((name, column, row))
    }

    fn end_line(&mut self) {
        let pieces = std::mem::take(&mut self.line);
        let limit = space_limit(&pieces);
        for (i, piece) in pieces.iter().enumerate() {
            let touches_blank = piece.text.starts_with(char::is_whitespace) || self.text.ends_with([' ', '\n']);
            if i > 0 && piece.gap > limit && !touches_blank {
                self.text.push(' ');
            }
            self.text.push_str(&piece.text);
        }
        if !pieces.is_empty() {
            self.text.push('\n');
        }
    }
}

/// The gap that counts as a space in this line: wider when the letters themselves are spread.
fn space_limit(pieces: &[Piece]) -> f64 {
    let blank = |piece: &Piece| piece.text.trim().is_empty();
    let mut gaps: Vec<f64> =
        pieces.windows(2).filter(|pair| !blank(&pair[0]) && !blank(&pair[1])).map(|pair| pair[1].gap).collect();
    let spread = gaps.iter().filter(|gap| **gap > SPACE).count();
    if gaps.len() < SPREAD_GAPS || (spread as f64) < SPREAD_SHARE * gaps.len() as f64 {
        return SPACE;
    }
    gaps.sort_by(f64::total_cmp);
    let median = gaps[gaps.len() / 2];
    // Where blanks are drawn they are the spaces; elsewhere a space is clearly wider than the letters' own gap.
    if pieces.iter().any(blank) { median * 3.0 } else { median * 1.6 }
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
