//! Files recognised by what is in them.

use std::fmt;

/// What a file is by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Pdf,
    Docx,
    Odt,
    Txt,
    Png,
    Jpeg,
    Webp,
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pdf => "PDF",
            Self::Docx => "DOCX",
            Self::Odt => "ODT",
            Self::Txt => "text",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
        })
    }
}

impl Content {
    /// Recognises a file by its first bytes, archives also by the names in them. A name never counts.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else if bytes.starts_with(b"PK\x03\x04") {
            archive(bytes)
        } else if is_pdf(bytes) {
            Some(Self::Pdf)
        } else if is_text(bytes) {
            Some(Self::Txt)
        } else {
            None
        }
    }
}

/// The header may follow up to 1024 other bytes, as readers of PDF accept it.
fn is_pdf(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(1024)].windows(6).any(|window| window.starts_with(b"%PDF-") && window[5].is_ascii_digit())
}

/// UTF-8 or one of the Latin alphabets: no control bytes but white space, and no markup of a word processor.
fn is_text(bytes: &[u8]) -> bool {
    let control = |b: &u8| b.is_ascii_control() && !b"\t\n\r\x0c".contains(b);
    !bytes.is_empty() && !bytes.starts_with(b"{\\rtf") && !bytes.iter().any(control)
}

/// OpenDocument begins with its media type, stored plain; Office Open XML is known by the names in the archive.
fn archive(bytes: &[u8]) -> Option<Content> {
    const ODT: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.textPK";
    if bytes.get(30..).is_some_and(|rest| rest.starts_with(ODT)) {
        return Some(Content::Odt);
    }
    let names = archive_names(bytes)?;
    let word = |name: &&[u8]| name.starts_with(b"word/") && name.ends_with(b".xml");
    let types = names.iter().any(|name| *name == b"[Content_Types].xml");
    (types && names.iter().any(word)).then_some(Content::Docx)
}

/// The names in a ZIP archive's directory, at most 10,000; `None` when the directory cannot be followed.
fn archive_names(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let number = |at: usize, size: usize| -> Option<usize> {
        let field = bytes.get(at..at.checked_add(size)?)?;
        Some(field.iter().rev().fold(0, |sum, b| sum << 8 | usize::from(*b)))
    };
    // The directory's end is a record of 22 bytes and a comment of at most 65,535.
    let tail = bytes.len().saturating_sub(22 + 65_535);
    let end = tail + bytes[tail..].windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let (count, mut at) = (number(end + 10, 2)?, number(end + 16, 4)?);
    let mut names = Vec::new();
    for _ in 0..count.min(10_000) {
        if bytes.get(at..at.checked_add(4)?) != Some(b"PK\x01\x02") {
            return None;
        }
        let name = number(at + 28, 2)?;
        names.push(bytes.get(at + 46..at + 46 + name)?);
        at += 46 + name + number(at + 30, 2)? + number(at + 32, 2)?;
    }
    Some(names)
}

/// Content that must be recognised as one of a list.
#[derive(Debug, Clone, Copy)]
pub struct FileType<'a>(pub &'a [Content]);

impl FileType<'_> {
    /// Accepts bytes whose content is of the list, whatever their name.
    pub fn check(&self, bytes: &[u8]) -> Result<Content, String> {
        Content::of(bytes).filter(|content| self.0.contains(content)).ok_or_else(|| {
            let names: Vec<_> = self.0.iter().map(ToString::to_string).collect();
            format!("Send a file of one of these types: {}.", names.join(", "))
        })
    }
}
