//! Words, numbers and signs of a text, and the questions that reading dates asks of them.

use crate::analysis::fold::fold;
use crate::analysis::words::contains;

/// Longest run of letters or digits that can matter.
const MAX_TOKEN: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Word(String),
    Number(u32, usize),
    Sign(char),
}

#[derive(Debug, Clone)]
pub struct Token {
    pub kind: Kind,
    pub from: usize,
    pub until: usize,
}

pub fn tokens(chars: &[char]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let run = |test: fn(&char) -> bool| chars[i..].iter().take_while(|c| test(c)).count();
        let (kind, length) = if c.is_ascii_digit() {
            let length = run(char::is_ascii_digit);
            let value = chars[i..i + length.min(8)].iter().filter_map(|c| c.to_digit(10)).fold(0, |n, d| n * 10 + d);
            (Some(Kind::Number(value, length)), length)
        } else if c.is_alphabetic() {
            // An apostrophe belongs to a word (`aujourd'hui`), but not to the year after it (`Aug'19`).
            let mut length = run(|c| c.is_alphabetic() || *c == '\'' || *c == '’');
            while length > 1 && !chars[i + length - 1].is_alphabetic() {
                length -= 1;
            }
            let word: String = chars[i..i + length.min(MAX_TOKEN)].iter().collect();
            (Some(Kind::Word(fold(&word))), length)
        } else if c.is_whitespace() && !matches!(c, '\n' | '\x0c') {
            (None, 1)
        } else {
            (Some(Kind::Sign(if c == '\x0c' { '\n' } else { c })), 1)
        };
        if let Some(kind) = kind {
            tokens.push(Token { kind, from: i, until: i + length });
        }
        i += length.max(1);
    }
    tokens
}

pub struct Reader {
    pub tokens: Vec<Token>,
    pub latest_year: i32,
    /// Whether days stand after their months in figures: `03/31/2015`.
    pub month_first: bool,
}

impl Reader {
    pub fn sign(&self, i: usize) -> Option<char> {
        match self.tokens.get(i)?.kind {
            Kind::Sign(c) => Some(c),
            _ => None,
        }
    }

    pub fn word(&self, i: usize) -> Option<&str> {
        match &self.tokens.get(i)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// A number and its count of digits.
    pub fn number(&self, i: usize) -> Option<(u32, usize)> {
        match self.tokens.get(i)?.kind {
            Kind::Number(value, digits) => Some((value, digits)),
            _ => None,
        }
    }

    pub fn year(&self, i: usize) -> Option<i32> {
        let (value, digits) = self.number(i)?;
        let year = i32::try_from(value).ok()?;
        (digits == 4 && (1950..=self.latest_year + 1).contains(&year)).then_some(year)
    }

    pub fn is_word(&self, i: usize, words: &'static str) -> bool {
        self.word(i).is_some_and(|word| contains(words, word))
    }

    pub fn is_dash(&self, i: usize) -> bool {
        self.sign(i).is_some_and(is_dash)
    }

    pub fn ends_line(&self, i: usize) -> bool {
        i >= self.tokens.len() || self.sign(i) == Some('\n')
    }

    pub fn starts_line(&self, i: usize) -> bool {
        i.checked_sub(1).is_none_or(|before| self.sign(before) == Some('\n'))
    }

    pub fn skip(&self, mut i: usize, test: impl Fn(&Reader, usize) -> bool) -> usize {
        while test(self, i) {
            i += 1;
        }
        i
    }

    /// Skips at most `most` tokens that pass a test.
    pub fn skip_some(&self, from: usize, most: usize, test: impl Fn(&Reader, usize) -> bool) -> usize {
        self.skip(from, |r, k| k < from + most && test(r, k))
    }

    /// Whether tokens stand without blanks between them.
    pub fn touches(&self, i: usize, count: usize) -> bool {
        self.tokens.get(i..i + count).is_some_and(|tokens| tokens.windows(2).all(|pair| pair[0].until == pair[1].from))
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '−' | '‒' | '―' | '\u{2010}' | '\u{2011}' | '~' | '→' | '－' | '～')
}
