//! What is left of a damaged object of a PDF: dictionaries in which every word is one that readers know, and data whose
//! letters stood for bytes.

/// What closes each open bracket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Array,
    Dict,
}

impl Open {
    fn close(self) -> &'static [u8] {
        match self {
            Open::Array => b"]",
            Open::Dict => b">>",
        }
    }
}

/// An object without what is no word: a reader gives up a whole dictionary for one damaged number in it. What cannot be
/// told is 0 in an array and null elsewhere; brackets are closed where the one around them closes.
pub fn object(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 8);
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        let rest = &body[at..];
        let doubled = body.get(at + 1) == Some(&byte);
        let length = match byte {
            b'%' => rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len()),
            b'(' => string(rest),
            b'<' | b'>' if doubled => 2,
            b'<' => rest.iter().position(|b| *b == b'>').map_or(rest.len(), |end| end + 1),
            b'/' => 1 + word(&rest[1..]),
            _ => word(rest).max(1),
        };
        let token = &rest[..length];
        match byte {
            b'<' if doubled => open.push(Open::Dict),
            b'[' => open.push(Open::Array),
            _ => {}
        }
        match byte {
            b'>' if doubled => close(&mut out, &mut open, Open::Dict),
            b']' => close(&mut out, &mut open, Open::Array),
            b'<' if !doubled => {
                out.push(b'<');
                out.extend(token.iter().filter(|b| b.is_ascii_hexdigit()));
                out.push(b'>');
            }
            b'>' | b')' | b'{' | b'}' => out.push(b' '),
            b'%' | b'(' | b'/' | b'<' | b'[' => out.extend_from_slice(token),
            _ if byte.is_ascii_whitespace() || byte == 0 => out.push(byte),
            _ => out.extend_from_slice(known(token, open.last() == Some(&Open::Array))),
        }
        at += length;
    }
    while let Some(bracket) = open.pop() {
        out.extend_from_slice(bracket.close());
    }
    out
}

/// Closes the innermost bracket of a kind and those inside it; one that closes nothing is left out.
fn close(out: &mut Vec<u8>, open: &mut Vec<Open>, kind: Open) {
    if !open.contains(&kind) {
        return;
    }
    while let Some(bracket) = open.pop() {
        out.extend_from_slice(bracket.close());
        if bracket == kind {
            break;
        }
    }
}

/// A word that readers know, or the number a damaged one begins with.
fn known(token: &[u8], in_array: bool) -> &[u8] {
    if matches!(token, b"true" | b"false" | b"null" | b"R" | b"obj" | b"endobj") {
        return token;
    }
    let sign = usize::from(matches!(token.first(), Some(b'+' | b'-')));
    let mut dots = 0;
    let figures = token[sign..].iter().take_while(|b| {
        dots += usize::from(**b == b'.');
        b.is_ascii_digit() || (**b == b'.' && dots < 2)
    });
    let number = &token[..sign + figures.count()];
    match number.iter().any(u8::is_ascii_digit) {
        true => number,
        false if in_array => b"0",
        false => b"null",
    }
}

/// The length of a string in brackets; to the end when it is not closed.
fn string(bytes: &[u8]) -> usize {
    let mut depth = 0usize;
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' if depth == 1 => return at + 1,
            b')' => depth -= 1,
            _ => {}
        }
    }
    bytes.len()
}

fn word(bytes: &[u8]) -> usize {
    let ends = |b: &u8| {
        b.is_ascii_whitespace() || matches!(b, 0 | b'%' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/')
    };
    bytes.iter().position(ends).unwrap_or(bytes.len())
}

/// The bytes that letters to the base 85 stand for. A letter that stands for nothing keeps its place, so that it spoils
/// four bytes and not all that follow.
pub fn ascii85(letters: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(letters.len() / 5 * 4);
    let mut group: Vec<u32> = Vec::with_capacity(5);
    for byte in letters.iter().take_while(|b| **b != b'~') {
        match byte {
            b'z' if group.is_empty() => out.extend_from_slice(&[0; 4]),
            _ if byte.is_ascii_whitespace() || *byte == 0 => {}
            _ => group.push(u32::from(byte.wrapping_sub(b'!'))),
        }
        if group.len() == 5 {
            out.extend_from_slice(&value(&group));
            group.clear();
        }
    }
    if group.len() > 1 {
        let bytes = group.len() - 1;
        group.resize(5, 84);
        out.extend_from_slice(&value(&group)[..bytes]);
    }
    out
}

fn value(group: &[u32]) -> [u8; 4] {
    group.iter().fold(0u32, |sum, digit| sum.wrapping_mul(85).wrapping_add(*digit)).to_be_bytes()
}

/// A map from codes to characters without the lines that are damaged; `None` when it is none, or has its entries elsewhere
/// than on lines of their own.
pub fn character_map(text: &[u8]) -> Option<Vec<u8>> {
    let marks = [b"begincmap".as_slice(), b"endcmap", b"beginbf", b"endbf", b"codespacerange"];
    if !marks.iter().any(|mark| text.windows(mark.len()).any(|window| window == *mark)) {
        return None;
    }
    let (mut chars, mut ranges, mut widths) = (Vec::new(), Vec::new(), Vec::new());
    for line in text.split(|b| matches!(b, b'\n' | b'\r')) {
        let (codes, array) = codes(line);
        match codes.as_slice() {
            [from, until] if is_whole_space(from, until) => {}
            [from, _] => {
                widths.push(from.len());
                chars.push(codes.join(&b' '));
            }
            [from, until, _] if from.len() == until.len() && !array => {
                widths.push(from.len());
                ranges.push(codes.join(&b' '));
            }
            [from, until, rest @ ..] if array && !rest.is_empty() => {
                widths.push(from.len());
                ranges.push([from, b" ".as_slice(), until, b" [", &rest.join(&b' '), b"]"].concat());
            }
            [_, _, _, ..] => return None,
            _ => {}
        }
    }
    let widest = widths.into_iter().filter(|width| [4, 6].contains(width)).max()?;
    let (low, high) = if widest == 4 { ("00", "FF") } else { ("0000", "FFFF") };
    let head = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /M def\n/CMapType 2 def\n";
    let mut out = format!("{head}1 begincodespacerange\n<{low}> <{high}>\nendcodespacerange\n").into_bytes();
    for (kind, entries) in [("char", &chars), ("range", &ranges)] {
        for part in entries.chunks(100) {
            out.extend_from_slice(format!("{} beginbf{kind}\n", part.len()).as_bytes());
            out.extend_from_slice(&part.join(&b'\n'));
            out.extend_from_slice(format!("\nendbf{kind}\n").as_bytes());
        }
    }
    out.extend_from_slice(b"endcmap\nend\nend\n");
    Some(out)
}

/// The codes of a line with their brackets, and whether some stand in an array; none when anything else stands beside them.
fn codes(line: &[u8]) -> (Vec<&[u8]>, bool) {
    let mut found = Vec::new();
    let mut array = false;
    let mut rest = line.trim_ascii();
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b'<' => {
                let digits = rest[1..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
                if digits == 0 || !digits.is_multiple_of(2) || rest.get(1 + digits) != Some(&b'>') {
                    return (Vec::new(), false);
                }
                found.push(&rest[..digits + 2]);
                digits + 2
            }
            b'[' | b']' => {
                array = true;
                1
            }
            _ if byte.is_ascii_whitespace() => 1,
            _ => return (Vec::new(), false),
        };
        rest = &rest[length..];
    }
    (found, array)
}

/// Whether two codes are the first and the last there are.
fn is_whole_space(from: &[u8], until: &[u8]) -> bool {
    let only = |code: &[u8], digit: u8| code[1..code.len() - 1].iter().all(|b| b.eq_ignore_ascii_case(&digit));
    only(from, b'0') && only(until, b'F')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(body: &str) -> String {
        String::from_utf8(object(body.as_bytes())).unwrap()
    }

    #[test]
    fn what_is_whole_stays() {
        for body in [
            "<</W [1 [2.5 -3 .5] 4 R]/S (a\\)b(c))/H <0aF3>/N true>>",
            " [/A /B 12 0 R null] ",
            "42 % note\n",
            "<</K<</L[]>>>>",
        ] {
            assert_eq!(left(body), body);
        }
    }

    #[test]
    fn what_is_damaged_is_replaced() {
        assert_eq!(left("<</W [1 2G7 #!x 4]/C kaputt/H <0z1>>>"), "<</W [1 2 0 4]/C null/H <01>>>");
        assert_eq!(left("<</W [1 2 /C 3>>"), "<</W [1 2 /C 3]>>");
        assert_eq!(left("<</A 1] }/B [2"), "<</A 1  /B [2]>>");
    }

    #[test]
    fn letters_become_bytes() {
        assert_eq!(ascii85(b"87cURD]i,\"Ebo80~>"), b"Hello World!");
        assert_eq!(ascii85(b"87\ncURD]i,\"Eb\no80"), b"Hello World!");
        assert_eq!(ascii85(b"87c\x80RD]i,\"Ebo80")[4..], b"o World!"[..]);
        assert_eq!(ascii85(b"z87cUR~>"), b"\0\0\0\0Hell");
        assert_eq!(ascii85(b"87cUR!!"), b"Hell\0");
    }

    #[test]
    fn maps_lose_their_damaged_lines_only() {
        let map = "begincmap\nbeg<ncodespacerange\n<0000> <FFFF>\nendcodespacerange\n3 beginbfchar\n<0001> <0041>\n\
                   <0002> <0z42>\n<0003> <0043>\nendbfchar\n2 beg!nbfrange\n<0010> <0012> <0050>\n\
                   <0013> <0014> [<0060> <0061>]\nendbfrange";
        let left = String::from_utf8(character_map(map.as_bytes()).unwrap()).unwrap();
        assert!(left.contains("2 beginbfchar\n<0001> <0041>\n<0003> <0043>\nendbfchar"), "{left}");
        assert!(
            left.contains("2 beginbfrange\n<0010> <0012> <0050>\n<0013> <0014> [<0060> <0061>]\nendbfrange"),
            "{left}"
        );
        assert!(left.contains("1 begincodespacerange\n<0000> <FFFF>"), "{left}");
        let narrow = String::from_utf8(character_map(b"begincmap\n<01> <0041>\n").unwrap()).unwrap();
        assert!(narrow.contains("<00> <FF>"));
        assert!(character_map(b"<01> <0041>").is_none() && character_map(b"begincmap <01> <0041>").is_none());
        assert!(character_map(b"begincmap\n<01> <0041> <02> <0042>\n").is_none());
    }
}
