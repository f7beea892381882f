//! Plain text of any encoding: UTF-8, UTF-16 and UTF-32 with or without a byte order mark, else the one whose letters
//! make the best words.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::MACINTOSH;

use super::super::document::{Document, FileType, Unreadable};
use super::TextBuffer;

/// Share of control characters from which content counts as binary.
const BINARY_SHARE: f64 = 0.01;

/// How many times more of the usual accented letters show that another encoding is the right one.
const CLEARLY_MORE: usize = 2;

/// Whether content is text at all: characters of some encoding, hardly any of them controls.
pub fn is_text(bytes: &[u8]) -> bool {
    let text = decode(bytes);
    let odd = text.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\x0b' | '\x0c' | '\r' | '\x1b'));
    let (mut all, mut letters, mut unknown) = (0usize, 0usize, 0usize);
    for c in text.chars() {
        all += 1;
        letters += usize::from(c.is_alphanumeric() || c.is_whitespace());
        unknown += usize::from(c == '\u{fffd}');
    }
    odd.count() as f64 <= all as f64 * BINARY_SHARE && !text.contains('\0') && 3 * letters >= all && 10 * unknown <= all
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

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(text) = utf32(bytes).or_else(|| utf16(bytes)) {
        return text.into();
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let escaped = bytes.windows(2).any(|two| two == b"\x1b$");
    match std::str::from_utf8(bytes) {
        Ok(text) if !escaped => text.into(),
        Err(_) if mostly_utf8(bytes) => String::from_utf8_lossy(bytes),
        _ => legacy(bytes),
    }
}

/// One of the encodings from before Unicode; the detector of Firefox knows them but for that of old Macintoshes.
fn legacy(bytes: &[u8]) -> Cow<'_, str> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    let (text, _) = guessed.decode_without_bom_handling(bytes);
    if !guessed.is_single_byte() {
        return text;
    }
    let (old, _) = MACINTOSH.decode_without_bom_handling(bytes);
    if accented(&old) > CLEARLY_MORE * accented(&text) { old } else { text }
}

/// Small letters with accents that are usual in languages written with Latin letters, inside words.
fn accented(text: &str) -> usize {
    let letters = text.chars().zip(text.chars().skip(1));
    letters
        .filter(|(before, c)| before.is_ascii_lowercase() && "àâäáãåçéèêëíîïñóôöõßúûüąćęłńśźżčďěňřšťůžőű".contains(*c))
        .count()
}

/// UTF-16 by its mark, or because blanks and line ends have their empty byte always on the same side.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (rest, little) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        _ => {
            let empty = |side: usize| bytes.iter().skip(side).step_by(2).filter(|b| **b == 0).count();
            let (even, odd) = (empty(0), empty(1));
            let most = even.max(odd);
            let enough = most > 1 && most * 50 > bytes.len() && even.min(odd) == 0 && bytes.len().is_multiple_of(2);
            return if enough { utf16_units(bytes, odd > even) } else { None };
        }
    };
    utf16_units(rest, little)
}

fn utf16_units(bytes: &[u8], little: bool) -> Option<String> {
    let unit = |pair: &[u8]| {
        if little { u16::from_le_bytes([pair[0], pair[1]]) } else { u16::from_be_bytes([pair[0], pair[1]]) }
    };
    Some(char::decode_utf16(bytes.chunks_exact(2).map(unit)).map(|c| c.unwrap_or('\u{fffd}')).collect())
}

/// UTF-32: every four bytes are a character, which other content never is for long.
fn utf32(bytes: &[u8]) -> Option<String> {
    if bytes.len() < 8 || !bytes.len().is_multiple_of(4) {
        return None;
    }
    let read = |unit: fn([u8; 4]) -> u32| {
        let chars = bytes.chunks_exact(4).map(|four| char::from_u32(unit([four[0], four[1], four[2], four[3]])));
        chars.collect::<Option<String>>().filter(|text| !text.contains('\0'))
    };
    let text = read(u32::from_le_bytes).or_else(|| read(u32::from_be_bytes))?;
    Some(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_string))
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

#[cfg(test)]
mod tests {
    use encoding_rs::Encoding;

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
    fn encodings_without_a_mark_are_told_by_their_words() {
        let ukrainian = "Олексій Ткаченко\nІнженер, Київ, їжак, досвід роботи з 2015\nНавички: бухгалтерія, Python\n";
        let polish = "Łukasz Wójcik\nInżynier w Łodzi, doświadczenie, źródło\nUmiejętności: programowanie, język\n";
        let german = "Jürgen Müller\nÜbersetzer für Straßenbau in Köln, Größe, Prüfung\nFähigkeiten: Gebäudetechnik\n";
        for (text, names) in [
            (ukrainian, ["windows-1251", "koi8-u"]),
            (polish, ["windows-1250", "iso-8859-2"]),
            (german, ["windows-1252", "macintosh"]),
        ] {
            for name in names {
                let (bytes, _, unknown) = Encoding::for_label(name.as_bytes()).unwrap().encode(text);
                assert!(!unknown && is_text(&bytes));
                assert_eq!(read(&bytes).unwrap().text, text.trim_end(), "{name}");
            }
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let utf32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
            for bytes in [utf16, utf32] {
                assert!(is_text(&bytes));
                assert_eq!(read(&bytes).unwrap().text, text.trim_end());
            }
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
