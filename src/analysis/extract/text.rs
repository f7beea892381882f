//! Plain text: UTF-8, UTF-16 with a byte order mark, else Latin-1 as browsers read it (Windows-1252).

use super::super::document::{Document, FileType, Unreadable};
use super::TextBuffer;

/// What Windows-1252 has in place of the control characters 0x80–0x9F; the holes stay replacement characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// Share of control bytes from which content counts as binary.
const BINARY_SHARE: f64 = 0.01;

/// Whether content is text at all: no NUL bytes outside UTF-16 and hardly any control characters.
pub fn is_text(bytes: &[u8]) -> bool {
    if let Some(units) = utf16_units(bytes) {
        let (mut all, mut odd) = (0usize, 0usize);
        for c in char::decode_utf16(units) {
            all += 1;
            odd += usize::from(c.map_or(true, |c| c.is_control() && !c.is_whitespace()));
        }
        return (odd as f64) <= all as f64 * BINARY_SHARE;
    }
    let controls = bytes
        .iter()
        .filter(|&&b| (b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0b | 0x0c | 0x1b)) || b == 0x7f)
        .count();
    !bytes.contains(&0) && (controls as f64) <= bytes.len() as f64 * BINARY_SHARE && !mostly_undefined(bytes)
}

/// Reads a text file. Form feeds separate pages.
pub fn read(bytes: &[u8]) -> Result<Document, Unreadable> {
    let text = decode(bytes);
    let mut buffer = TextBuffer::new();
    buffer.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
    let (text, warnings) = buffer.finish();
    if text.trim().is_empty() {
        return Err(Unreadable::Failed("The file holds no text.".into()));
    }
    let pages = text.matches('\x0c').count() as u32 + 1;
    Ok(Document { file_type: FileType::Txt, pages, text, warnings })
}

fn decode(bytes: &[u8]) -> String {
    if let Some(units) = utf16_units(bytes) {
        return char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) if mostly_utf8(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => bytes.iter().map(|&b| latin1(b)).collect(),
    }
}

fn latin1(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// The code units after a UTF-16 byte order mark; `None` without one (or for UTF-32, which nobody writes).
fn utf16_units(bytes: &[u8]) -> Option<Vec<u16>> {
    let (rest, little) = match bytes {
        [0xff, 0xfe, 0, 0, ..] => return None,
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        _ => return None,
    };
    let unit = |pair: &[u8]| {
        if little { u16::from_le_bytes([pair[0], pair[1]]) } else { u16::from_be_bytes([pair[0], pair[1]]) }
    };
    Some(rest.chunks_exact(2).map(unit).collect())
}

/// A UTF-8 file with a few damaged bytes is still UTF-8: read as Latin-1 every accent would become two wrong letters.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 3 * bad
}

/// Random bytes hit the many high values evenly; Latin-1 text uses few of them per letter.
fn mostly_undefined(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() || mostly_utf8(bytes) {
        return false;
    }
    let high = bytes.iter().filter(|&&b| b >= 0x80).count();
    let undefined = bytes.iter().filter(|&&b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)).count();
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic() || b.is_ascii_whitespace()).count();
    undefined * 20 > high || (high > letters && undefined > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_give_the_same_text() {
        let text = "Zoë – Müller €5\nline two";
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let utf16_be: Vec<u8> =
            [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let latin1 = b"Zo\xeb \x96 M\xfcller \x805\r\nline two".to_vec();
        let bom: Vec<u8> = b"\xef\xbb\xbf".iter().copied().chain(text.bytes()).collect();
        for bytes in [text.as_bytes().to_vec(), utf16, utf16_be, latin1, bom] {
            assert!(is_text(&bytes));
            assert_eq!(read(&bytes).unwrap().text, text);
        }
    }

    #[test]
    fn form_feeds_are_pages_and_nothing_is_failed() {
        assert_eq!(read(b"one\n\x0ctwo").unwrap().pages, 2);
        assert!(matches!(read(b" \n \n"), Err(Unreadable::Failed(_))));
    }

    #[test]
    fn binary_is_not_text() {
        assert!(!is_text(&[1, 2, 3, 4, 5, 6, 7, 8]));
        assert!(!is_text(b"text with \0 inside"));
        assert!(!is_text(b"\xff\xfe\x00\xd8\x01\x00\x02\x00\x00\xdc"));
        let noise: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(!is_text(&noise));
    }
}
