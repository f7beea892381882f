//! Recognises a document by its content; a file name or a declared type is never asked.

use super::document::{FileType, Unreadable};

/// A PDF header may follow this many bytes of something else (ISO 32000-1, implementation note 13).
const PDF_HEADER_WITHIN: usize = 1024;

/// First bytes of files that people mistake for documents, and what to tell them.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"{\\rtf", "This is an RTF document; save it as PDF, DOCX, ODT or plain text and upload that."),
    (b"%!PS", "This is a PostScript file; save it as PDF and upload that."),
    (b"\x89PNG\r\n", "This is a picture (PNG); upload the document itself as PDF, DOCX, ODT or plain text."),
    (b"\xff\xd8\xff", "This is a picture (JPEG); upload the document itself as PDF, DOCX, ODT or plain text."),
    (b"GIF8", "This is a picture (GIF); upload the document itself as PDF, DOCX, ODT or plain text."),
    (b"II*\0", "This is a picture (TIFF); upload the document itself as PDF, DOCX, ODT or plain text."),
    (b"MM\0*", "This is a picture (TIFF); upload the document itself as PDF, DOCX, ODT or plain text."),
    (b"\x1f\x8b", "This is a compressed archive; upload the document that is inside it."),
    (b"Rar!", "This is a compressed archive; upload the document that is inside it."),
    (b"7z\xbc\xaf", "This is a compressed archive; upload the document that is inside it."),
    (b"\x7fELF", "This is a program, not a document."),
    (b"MZ\x90\0", "This is a program, not a document."),
];

const UNKNOWN: &str = "The file is neither PDF, DOCX, ODT nor plain text.";

/// Recognises the type from the content. Old `.doc` files, encrypted Office files and everything unknown are refused
/// with a sentence for the user; whether a recognised document can really be read is known only after reading it.
pub fn detect(bytes: &[u8]) -> Result<FileType, Unreadable> {
    if bytes.is_empty() {
        return refuse("The file is empty.");
    }
    let head = &bytes[..bytes.len().min(PDF_HEADER_WITHIN)];
    if contains(head, b"%PDF-") || (head.starts_with(b"%!PS-Adobe-") && contains(first_line(head), b" PDF-")) {
        return Ok(FileType::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04")
        || bytes.starts_with(b"PK\x05\x06")
        || contains(bytes, b"PK\x03\x04") && !super::extract::text::is_text(bytes)
    {
        return detect_archive(bytes);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return refuse(compound_file_reason(bytes));
    }
    if let Some((_, reason)) = FOREIGN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return refuse(*reason);
    }
    if contains(bytes, b"endobj")
        && [b"startxref".as_slice(), b"/Catalog", b"/Pages"].iter().all(|word| contains(bytes, word))
    {
        // The header was lost, or stands behind something long.
        return Ok(FileType::Pdf);
    }
    if looks_like_markup(head) {
        return refuse("This is a web page or XML file; save it as PDF, DOCX, ODT or plain text and upload that.");
    }
    if super::extract::text::is_text(bytes) { Ok(FileType::Txt) } else { refuse(UNKNOWN) }
}

fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|b| matches!(b, b'\r' | b'\n')).next().unwrap_or_default()
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Unreadable> {
    Err(Unreadable::Refused(reason.into()))
}

/// Entry names stand uncompressed in an archive, so the kind of package shows without unpacking anything.
fn detect_archive(bytes: &[u8]) -> Result<FileType, Unreadable> {
    let first = &bytes[..bytes.len().min(200)];
    if contains(first, b"mimetypeapplication/vnd.oasis.opendocument.text") {
        return Ok(FileType::Odt);
    }
    if contains(bytes, b"word/document") || (contains(bytes, b"[Content_Types].xml") && contains(bytes, b"word/")) {
        return Ok(FileType::Docx);
    }
    if contains(bytes, b"xl/workbook") || contains(first, b"opendocument.spreadsheet") {
        return refuse("This is a spreadsheet; upload the document as PDF, DOCX, ODT or plain text.");
    }
    if contains(bytes, b"ppt/presentation") || contains(first, b"opendocument.presentation") {
        return refuse("This is a presentation; upload the document as PDF, DOCX, ODT or plain text.");
    }
    let beside = [b"META-INF/manifest.xml".as_slice(), b"styles.xml", b"meta.xml"];
    if contains(bytes, b"content.xml") && beside.iter().any(|name| contains(bytes, name)) {
        return Ok(FileType::Odt);
    }
    if contains(bytes, b"[Content_Types].xml") && contains(bytes, b"_rels/.rels") {
        return Ok(FileType::Docx);
    }
    refuse("This is an archive, not a document; upload the document that is inside it.")
}

/// Old Office files and encrypted new ones share one container; its directory names are UTF-16.
fn compound_file_reason(bytes: &[u8]) -> &'static str {
    let name: Vec<u8> = "EncryptedPackage".bytes().flat_map(|b| [b, 0]).collect();
    if contains(bytes, &name) {
        "The document is protected with a password; save it without one and upload that."
    } else {
        "This is an old Office file (.doc); save it as DOCX or PDF and upload that."
    }
}

fn looks_like_markup(head: &[u8]) -> bool {
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let lower: Vec<u8> = start.iter().take(16).map(u8::to_ascii_lowercase).collect();
    [b"<!doctype".as_slice(), b"<html", b"<?xml", b"<svg"].iter().any(|tag| lower.starts_with(tag))
}

pub(super) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    let Some(&first) = needle.first() else { return true };
    haystack.windows(needle.len()).any(|window| window[0] == first && window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(bytes: &[u8]) -> String {
        detect(bytes).unwrap_err().reason().to_string()
    }

    #[test]
    fn types_come_from_content() {
        assert_eq!(detect(b"%PDF-1.7\n..."), Ok(FileType::Pdf));
        assert_eq!(detect(b"\n\njunk before %PDF-1.4"), Ok(FileType::Pdf));
        assert_eq!(detect(b"%!PS-Adobe-3.0 PDF-1.4\n..."), Ok(FileType::Pdf));
        assert_eq!(detect(b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj startxref 0"), Ok(FileType::Pdf));
        assert_eq!(detect("Zoë Müller\nDéveloppeuse".as_bytes()), Ok(FileType::Txt));
        assert_eq!(detect(b"Zo\xeb M\xfcller\nD\xe9veloppeuse"), Ok(FileType::Txt));
        assert_eq!(detect(b"\xff\xfeH\0i\0"), Ok(FileType::Txt));
        assert_eq!(detect(b"PK\x03\x04..[Content_Types].xml..word/document.xml"), Ok(FileType::Docx));
        assert_eq!(
            detect(b"PK\x03\x04................mimetypeapplication/vnd.oasis.opendocument.text"),
            Ok(FileType::Odt)
        );
    }

    #[test]
    fn what_is_not_read_says_why() {
        assert!(reason(b"").contains("empty"));
        assert!(reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\0o\0r\0d\0").contains(".doc"));
        assert!(
            reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0")
                .contains("password")
        );
        assert!(reason(b"{\\rtf1\\ansi hello}").contains("RTF"));
        assert!(reason(b"PK\x03\x04 holiday.jpg").contains("archive"));
        assert!(reason(b"PK\x03\x04 [Content_Types].xml xl/workbook.xml").contains("spreadsheet"));
        assert!(reason(b"\x89PNG\r\n\x1a\n").contains("picture"));
        assert!(reason(b" <!DOCTYPE html><html>").contains("web page"));
        assert_eq!(reason(&[0u8, 1, 2, 3, 200, 0, 7]), UNKNOWN);
    }
}
