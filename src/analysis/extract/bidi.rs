//! Right-to-left text. A page shows every line from left to right; reading goes the other way through Hebrew and
//! Arabic words, and numbers and Latin words inside them are turned back.

use super::glyphs::Piece;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Left,
    Right,
}

/// Whether a text holds a letter of a script that runs from right to left.
pub fn is_right_to_left(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
            && c.is_alphabetic()
    })
}

/// The pieces of a line in the order they are read. Lines without right-to-left letters stay as they were drawn.
pub fn in_reading_order(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if !pieces.iter().any(|piece| is_right_to_left(&piece.text)) {
        return pieces;
    }
    pieces.sort_by(|a, b| a.stretch.0.total_cmp(&b.stretch.0));
    let strong: Vec<Option<Way>> = pieces.iter().map(|piece| way(&piece.text)).collect();
    // Names of tools are Latin everywhere: a line is Hebrew or Arabic from a third of its letters on.
    let leftward = strong.iter().filter(|way| **way == Some(Way::Left)).count();
    let rightward = pieces.iter().filter(|piece| piece.text.chars().any(char::is_alphabetic)).count() - leftward;
    let base = if 2 * leftward >= rightward { Way::Left } else { Way::Right };
    let ways = resolved(&strong, base);

    let mut ordered = Vec::with_capacity(pieces.len());
    let mut runs: Vec<Vec<Piece>> = Vec::new();
    let mut before = None;
    for (piece, way) in pieces.into_iter().zip(ways) {
        match runs.last_mut() {
            Some(run) if before == Some(way) => run.push(piece),
            _ => runs.push(vec![piece]),
        }
        before = Some(way);
    }
    if base == Way::Left {
        runs.reverse();
    }
    for mut run in runs {
        if run.iter().any(|piece| is_right_to_left(&piece.text)) {
            run.reverse();
            for piece in &mut run {
                piece.text = piece.text.chars().map(mirrored).collect();
            }
        }
        ordered.append(&mut run);
    }
    ordered
}

/// The way a piece runs by itself; punctuation and blanks have none.
fn way(text: &str) -> Option<Way> {
    if is_right_to_left(text) { Some(Way::Left) } else { text.chars().any(char::is_alphanumeric).then_some(Way::Right) }
}

/// What has no way of its own goes with its neighbours where they agree, else with the line.
fn resolved(strong: &[Option<Way>], base: Way) -> Vec<Way> {
    let mut next: Vec<Option<Way>> = vec![None; strong.len()];
    let mut seen = None;
    for i in (0..strong.len()).rev() {
        seen = strong[i].or(seen);
        next[i] = seen;
    }
    let mut before = None;
    let both = strong.iter().zip(next);
    both.map(|(own, next)| {
        before = own.or(before);
        match own {
            Some(way) => *way,
            None if before.is_some() && before == next => before.unwrap_or(base),
            None => base,
        }
    })
    .collect()
}

/// Brackets look the other way in text that does.
fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(shown: &str) -> String {
        let pieces = shown.chars().enumerate().map(|(i, c)| Piece {
            text: c.to_string(),
            stretch: (i as f64, i as f64 + 1.0),
            size: 2.0,
        });
        in_reading_order(pieces.collect()).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn hebrew_is_turned_and_numbers_are_not() {
        assert_eq!(read("2015 זאמ Python תפשב"), "בשפת Python מאז 2015");
        assert_eq!(read("(םולש) 15"), "15 (שלום)");
    }

    #[test]
    fn words_inside_latin_text_are_turned() {
        assert_eq!(read("Languages: תירבע, English"), "Languages: עברית, English");
        assert_eq!(read("plain (text)"), "plain (text)");
    }
}
