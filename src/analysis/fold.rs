//! Text made comparable: case, accents, kinds of blanks and hyphens folded away, with the way back to the original
//! characters.

use unicode_normalization::char::decompose_compatible;

use super::layout::is_bullet;

/// Folds one text without keeping positions: lower case, no accents, single blanks. For names, headings and words.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
        } else {
            fold_char(c, |f| out.push(f));
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Lower case, compatibility forms and accents of one character.
fn fold_char(c: char, mut emit: impl FnMut(char)) {
    match c {
        '\u{2019}' | '\u{2018}' | '\u{2bc}' => emit('\''),
        '\u{2010}' | '\u{2011}' | '\u{2212}' => emit('-'),
        c if c.is_ascii() => emit(c.to_ascii_lowercase()),
        // Cyrillic letters with a mark are letters of their own, not accented ones.
        '\u{400}'..='\u{52f}' => c.to_lowercase().for_each(emit),
        c => decompose_compatible(c, |part| {
            if !('\u{300}'..='\u{36f}').contains(&part) {
                part.to_lowercase().for_each(&mut emit);
            }
        }),
    }
}

/// What a hyphen at the end of a line is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineHyphen {
    /// The hyphen of a compound: `end-to-` `end`.
    Kept,
    /// A mark of syllables: `Kuber-` `netes`.
    Joined,
}

/// A folded text in which each byte knows its original character.
#[derive(Debug, Clone)]
pub struct Folded {
    /// The folded text. Line ends that end a thought stay `\n`; others are blanks.
    pub text: String,
    /// For each byte of `text`, the index of the character it came from.
    origin: Vec<u32>,
}

impl Folded {
    /// Folds for matching: on top of [`fold`], hyphens inside words and wrapped lines count as blanks, and blanks
    /// around slashes vanish.
    pub fn new(chars: &[char], hyphen: LineHyphen) -> Self {
        let mut folded = Folded { text: String::with_capacity(chars.len()), origin: Vec::with_capacity(chars.len()) };
        let mut i = 0;
        while let Some(&c) = chars.get(i) {
            if hyphen == LineHyphen::Joined && is_line_hyphen(chars, i) {
                i += 2;
                continue;
            }
            match c {
                '\n' => folded.blank(i, ends_thought(chars, i)),
                '\x0c' => folded.blank(i, true),
                c if c.is_whitespace() => folded.blank(i, false),
                '-' | '\u{2010}' | '\u{2011}' if is_inner_hyphen(chars, i) => folded.blank(i, false),
                c => {
                    if c == '/' && folded.text.ends_with(' ') {
                        folded.text.pop();
                        folded.origin.pop();
                    }
                    fold_char(c, |f| folded.push(f, i));
                }
            }
            i += 1;
        }
        folded
    }

    fn push(&mut self, c: char, origin: usize) {
        self.text.push(c);
        self.origin.extend(std::iter::repeat_n(origin as u32, c.len_utf8()));
    }

    fn blank(&mut self, origin: usize, ends_thought: bool) {
        if ends_thought {
            if self.text.ends_with(' ') {
                self.text.pop();
                self.origin.pop();
            }
            if !self.text.ends_with('\n') {
                self.push('\n', origin);
            }
        } else if !self.text.ends_with([' ', '\n', '/']) && !self.text.is_empty() {
            self.push(' ', origin);
        }
    }

    /// The characters, first and one past the last, that a range of bytes came from; nothing when it begins or ends amid
    /// what one character became (`㍬` becomes `20点`), as that does not stand there.
    pub fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let (first, last) = (*self.origin.get(start)?, *self.origin.get(end.checked_sub(1)?)?);
        let begins = start == 0 || self.origin[start - 1] != first;
        let ends = self.origin.get(end) != Some(&last);
        (begins && ends).then_some((first as usize, last as usize + 1))
    }
}

/// Whether a text has hyphens at line ends, so that both readings of them are worth a look.
pub fn has_line_hyphens(chars: &[char]) -> bool {
    (0..chars.len()).any(|i| is_line_hyphen(chars, i))
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

fn is_line_hyphen(chars: &[char], i: usize) -> bool {
    chars.get(i + 1) == Some(&'\n')
        && is_hyphen(chars[i])
        && i > 0
        && chars[i - 1].is_alphabetic()
        && chars.get(i + 2).is_some_and(|c| c.is_lowercase())
}

/// A hyphen between word characters, perhaps with the line end after it.
fn is_inner_hyphen(chars: &[char], i: usize) -> bool {
    let after = if chars.get(i + 1) == Some(&'\n') { i + 2 } else { i + 1 };
    i > 0 && chars[i - 1].is_alphanumeric() && chars.get(after).is_some_and(|c| c.is_alphanumeric())
}

/// Whether a line end separates: before an empty line or a list item. Elsewhere a line may just have been full.
fn ends_thought(chars: &[char], i: usize) -> bool {
    match chars[i + 1..].iter().find(|c| **c == '\n' || !c.is_whitespace()) {
        None | Some('\n' | '\x0c') => true,
        Some(&c) => {
            is_bullet(c)
                || (matches!(c, '-' | '–' | '*')
                    && chars[i + 1..].iter().skip_while(|x| **x != c).nth(1).is_some_and(|x| x.is_whitespace()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str, hyphen: LineHyphen) -> String {
        Folded::new(&text.chars().collect::<Vec<_>>(), hyphen).text
    }

    #[test]
    fn words_are_comparable() {
        assert_eq!(fold("  R\u{e9}sum\u{e9}  \u{fb01}N "), "resume fin");
        assert_eq!(folded("Front\u{2011}end, CI / CD", LineHyphen::Kept), "front end, ci/cd");
        assert_eq!(
            folded("Amazon Web\nServices\n\nNext\n• item", LineHyphen::Kept),
            "amazon web services\nnext\n• item"
        );
        assert_eq!(folded("Kuber-\nnetes", LineHyphen::Joined), "kubernetes");
        assert_eq!(folded("end-to-\nend", LineHyphen::Kept), "end to end");
    }

    #[test]
    fn the_way_back() {
        let chars: Vec<char> = "é  Zoë".chars().collect();
        let folded = Folded::new(&chars, LineHyphen::Kept);
        let at = folded.text.find("zoe").unwrap();
        assert_eq!(folded.original(at, at + 3), Some((3, 6)));
        let chars: Vec<char> = "H㍬ H㎡".chars().collect();
        let folded = Folded::new(&chars, LineHyphen::Kept);
        assert_eq!(folded.text, "h20点 hm2");
        assert_eq!(folded.original(0, 2), None, "an H2 that nobody wrote");
        let at = folded.text.find("hm2").unwrap();
        assert_eq!(folded.original(at, at + 3), Some((3, 5)));
    }
}
