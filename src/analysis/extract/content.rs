//! The drawing instructions of a page with what no reader can be expected to understand taken out: brackets that close
//! nothing, and letters in hexadecimal strings. The interpreter would stop there and lose the rest of the page.

use std::borrow::Cow;

/// The instructions without strays; borrowed when there are none.
pub fn mended(content: &[u8]) -> Cow<'_, [u8]> {
    let mut strays: Vec<usize> = Vec::new();
    let (mut arrays, mut dicts) = (0usize, 0usize);
    let mut at = 0;
    while let Some(&byte) = content.get(at) {
        let doubled = content.get(at + 1) == Some(&byte);
        at += match byte {
            b'%' => line(&content[at..]),
            b'(' => string(&content[at..]),
            b'<' if doubled => {
                dicts += 1;
                2
            }
            b'<' => {
                let length = content[at..].iter().position(|b| *b == b'>').unwrap_or(content.len() - at);
                let digits = content[at..at + length].iter().enumerate().skip(1);
                let odd = digits.filter(|(_, b)| !b.is_ascii_hexdigit() && !b.is_ascii_whitespace() && **b != 0);
                strays.extend(odd.map(|(i, _)| at + i));
                length + 1
            }
            b'>' if doubled && dicts > 0 => {
                dicts -= 1;
                2
            }
            b'[' => {
                arrays += 1;
                1
            }
            b']' if arrays > 0 => {
                arrays -= 1;
                1
            }
            b'>' | b']' | b')' | b'{' | b'}' => {
                strays.push(at);
                1
            }
            b'/' => 1 + word(&content[at + 1..]),
            _ if is_regular(byte) => {
                let length = word(&content[at..]);
                if &content[at..at + length] == b"BI" { picture(&content[at..]) } else { length }
            }
            _ => 1,
        };
    }
    if strays.is_empty() {
        return Cow::Borrowed(content);
    }
    let mut mended = content.to_vec();
    for stray in strays {
        mended[stray] = b' ';
    }
    Cow::Owned(mended)
}

fn is_regular(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && byte != 0 && !b"()<>[]{}/%".contains(&byte)
}

fn word(content: &[u8]) -> usize {
    content.iter().position(|b| !is_regular(*b)).unwrap_or(content.len())
}

fn line(content: &[u8]) -> usize {
    content.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(content.len())
}

/// The length of a string in parentheses, which may nest and be escaped.
fn string(content: &[u8]) -> usize {
    let (mut depth, mut escaped) = (0usize, false);
    for (i, byte) in content.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i + 1;
        }
    }
    content.len()
}

/// The length of a picture among the instructions: any bytes between its `ID` and an `EI` that stands alone.
fn picture(content: &[u8]) -> usize {
    let blank = |at: usize| content.get(at).is_none_or(|b| b.is_ascii_whitespace());
    let alone = |word: &[u8], from: usize| {
        let words = content[from..].windows(2).enumerate();
        let at = words.filter(|(_, two)| *two == word).map(|(i, _)| from + i);
        at.into_iter().find(|at| *at > 0 && blank(at - 1) && blank(at + 2))
    };
    alone(b"ID", 2).and_then(|data| alone(b"EI", data + 2)).map_or(2, |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strays_are_taken_out() {
        let mend = |content: &str| String::from_utf8(mended(content.as_bytes()).into_owned()).unwrap();
        assert_eq!(mend(") ] >> } (a) Tj"), "         (a) Tj");
        assert_eq!(mend("<4z1> Tj [(a)] TJ ]"), "<4 1> Tj [(a)] TJ  ");
        assert_eq!(mend("> q"), "  q");
    }

    #[test]
    fn what_is_sound_stays() {
        let sound = "/P <</A [1 (x\\)]) <aB>]>> BDC % ) comment\n(a(b)c)' BI /W 1 ID \x00)}]> EI Q (open";
        assert!(matches!(mended(sound.as_bytes()), Cow::Borrowed(_)));
        assert!(matches!(mended(b"BI (a) Tj <41"), Cow::Borrowed(_)));
    }
}
