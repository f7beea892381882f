//! The committed documents, damaged: what can still be read is read, and nothing else happens.

use std::collections::HashMap;
use std::path::Path;

use proptest::prelude::*;

use super::super::document::Limits;
use super::extract;

const PDFS: [&str; 3] = ["chromium-one-column.pdf", "chromium-sidebar.pdf", "libreoffice-one-column.pdf"];
const ARCHIVES: [&str; 3] = ["table-and-box.docx", "table-and-box.odt", "student.docx"];

fn document(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name)).unwrap()
}

fn words(bytes: &[u8]) -> HashMap<String, usize> {
    let text = extract(bytes, &Limits::default()).map(|document| document.text).unwrap_or_default();
    let mut words = HashMap::new();
    for word in text.split_whitespace() {
        *words.entry(word.to_string()).or_default() += 1;
    }
    words
}

/// Replaces every occurrence of a word by one of the same length or any other.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

fn until_last(bytes: &[u8], word: &[u8]) -> Vec<u8> {
    let end = bytes.windows(word.len()).rposition(|window| window == word).unwrap();
    bytes[..end].to_vec()
}

#[test]
fn a_pdf_without_its_tables_and_marks_is_read_whole() {
    for name in PDFS {
        let whole = document(name);
        let known = words(&whole);
        assert!(known.len() > 50, "{name}");
        let damages: [(&str, Vec<u8>); 7] = [
            ("ends of streams", replaced(&whole, b"endstream", b"")),
            ("lengths", replaced(&whole, b"/Length", b"/Width")),
            ("ends of objects", replaced(&whole, b"endobj", b"")),
            ("table", until_last(&whole, b"startxref")),
            ("entries of the table", replaced(&whole, b" 00000 n", b" 00000 f")),
            ("header", whole[9..].to_vec()),
            ("beginning", [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &whole].concat()),
        ];
        for (lost, damaged) in damages {
            assert_eq!(words(&damaged), known, "{name} without {lost}");
        }
    }
}

#[test]
fn a_pdf_without_its_catalogue_still_has_its_pages() {
    for name in PDFS {
        let whole = document(name);
        let damaged = replaced(&replaced(&whole, b"/Catalog", b"/Katalog"), b"/Root ", b"/Rood ");
        assert_eq!(words(&damaged), words(&whole), "{name}");
    }
}

#[test]
fn a_pdf_with_spoilt_fonts_keeps_its_letters() {
    for name in PDFS {
        let whole = document(name);
        let mut spoilt = whole.clone();
        // A font program is a stream that says how long it is unpacked.
        for dict in (0..whole.len()).filter(|at| whole[*at..].starts_with(b"/Length1")) {
            let stream = whole[dict..].windows(7).position(|seven| seven == b"stream\n").unwrap();
            spoilt[dict + stream + 7..][..64].fill(0xff);
        }
        assert_ne!(spoilt, whole, "{name}");
        let (left, known) = (words(&spoilt), words(&whole));
        let kept = known.keys().filter(|word| left.contains_key(*word)).count();
        assert!(kept * 100 >= known.len() * 95, "{name}: {kept} of {}", known.len());
    }
}

#[test]
fn a_pdf_with_a_damaged_number_in_each_font_is_read_whole() {
    for name in PDFS {
        let whole = document(name);
        let damaged = replaced(&whole, b"/Ascent ", b"/Ascent ;");
        assert_ne!(damaged, whole, "{name}");
        assert_eq!(words(&damaged), words(&whole), "{name}");
    }
}

#[test]
fn an_archive_without_its_directory_is_read_whole() {
    for name in ARCHIVES {
        let whole = document(name);
        let known = words(&whole);
        assert!(known.len() > 10, "{name}");
        let directory = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        let mut checksums = whole.clone();
        for at in 0..whole.len() - 4 {
            match &whole[at..at + 4] {
                b"PK\x03\x04" => checksums[at + 14] ^= 0xff,
                b"PK\x01\x02" => checksums[at + 16] ^= 0xff,
                _ => {}
            }
        }
        let damages: [(&str, Vec<u8>); 4] = [
            ("directory", whole[..directory].to_vec()),
            ("end of the directory", whole[..whole.len() - 22].to_vec()),
            ("beginning", [b"\x00\x01\x02junk".as_slice(), &whole].concat()),
            ("checksums", checksums),
        ];
        let warned = extract(&damages[0].1, &Limits::default()).unwrap().warnings;
        assert!(warned.iter().any(|warning| warning.contains("damaged")), "{warned:?}");
        for (lost, damaged) in damages {
            assert_eq!(words(&damaged), known, "{name} without {lost}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_end_in_a_sentence_or_a_text(
        nth in 0..PDFS.len() + ARCHIVES.len(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = document(PDFS.iter().chain(&ARCHIVES).nth(nth).unwrap());
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Err(reason) = extract(&bytes, &Limits::default()) {
            prop_assert!(reason.reason().ends_with('.'));
        }
    }
}
