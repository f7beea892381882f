//! From bytes to text. Every reader keeps what it could read and says in a warning what it could not.

pub mod archive;
mod bidi;
pub mod child;
mod collector;
mod content;
pub mod docx;
mod fonts;
mod glyphs;
mod lines;
pub mod odt;
pub mod pdf;
mod repair;
mod salvage;
#[cfg(test)]
mod tests_damage;
#[cfg(test)]
mod tests_pdf;
pub mod text;
mod xml;

use unicode_normalization::UnicodeNormalization;

use super::detect::detect;
use super::document::{Document, FileType, Limits, MAX_TEXT_CHARS, Unreadable};

/// Reads a document in this process. Hostile input may use memory and time without bound or overflow the stack here:
/// uploads go through [`child::extract_in_child`].
pub fn extract(bytes: &[u8], limits: &Limits) -> Result<Document, Unreadable> {
    let document = match detect(bytes)? {
        FileType::Pdf => pdf::read(bytes, limits)?,
        FileType::Docx => docx::read(bytes, limits)?,
        FileType::Odt => odt::read(bytes, limits)?,
        FileType::Txt => text::read(bytes)?,
    };
    if document.pages > limits.max_pages {
        return Err(too_many_pages(document.pages, limits));
    }
    Ok(document)
}

fn too_many_pages(pages: u32, limits: &Limits) -> Unreadable {
    Unreadable::Failed(format!("The document has {pages} pages; at most {} are read.", limits.max_pages))
}

/// Collects text up to [`MAX_TEXT_CHARS`] and cleans it on the way: composed letters, ligatures as letters, no
/// control characters, no trailing blanks, at most one empty line in a row.
struct TextBuffer {
    text: String,
    chars: usize,
    full: bool,
    /// Blanks and line ends wait here until something follows them.
    pending: String,
}

impl TextBuffer {
    fn new() -> Self {
        TextBuffer { text: String::new(), chars: 0, full: false, pending: String::new() }
    }

    fn push_str(&mut self, text: &str) {
        for c in text.nfc() {
            self.push(c);
        }
    }

    /// Ends a page; an empty page keeps its place.
    fn end_page(&mut self) {
        self.pending.clear();
        self.keep('\x0c');
    }

    fn push(&mut self, c: char) {
        match c {
            '\x0c' => self.end_page(),
            '\n' | '\u{2028}' | '\u{2029}' | '\x0b' | '\u{85}' => {
                while self.pending.ends_with([' ', '\t']) {
                    self.pending.pop();
                }
                if self.pending.len() < 2 && !(self.text.is_empty() || self.text.ends_with('\x0c')) {
                    self.pending.push('\n');
                }
            }
            '\t' => self.blank('\t'),
            ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => self.blank(' '),
            // Soft hyphens, zero-width marks and direction marks carry no text.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {}
            c if c.is_control() => {}
            '\u{fb00}' => self.push_letters("ff"),
            '\u{fb01}' => self.push_letters("fi"),
            '\u{fb02}' => self.push_letters("fl"),
            '\u{fb03}' => self.push_letters("ffi"),
            '\u{fb04}' => self.push_letters("ffl"),
            '\u{fb05}' | '\u{fb06}' => self.push_letters("st"),
            c => {
                self.settle();
                self.keep(c);
            }
        }
    }

    fn push_letters(&mut self, letters: &str) {
        self.settle();
        letters.chars().for_each(|c| self.keep(c));
    }

    /// Runs of blanks become one; a tab wins, because it separates cells.
    fn blank(&mut self, blank: char) {
        if self.pending.ends_with(' ') && blank == '\t' {
            self.pending.pop();
        }
        if !self.pending.ends_with([' ', '\t']) && !self.pending.ends_with('\n') && !self.at_line_start() {
            self.pending.push(blank);
        }
    }

    fn at_line_start(&self) -> bool {
        self.pending.is_empty() && (self.text.is_empty() || self.text.ends_with(['\n', '\x0c']))
    }

    fn settle(&mut self) {
        for c in std::mem::take(&mut self.pending).chars() {
            self.keep(c);
        }
    }

    fn keep(&mut self, c: char) {
        if self.chars >= MAX_TEXT_CHARS {
            self.full = true;
            return;
        }
        self.text.push(c);
        self.chars += 1;
    }

    fn finish(self) -> (String, Vec<String>) {
        let warnings =
            if self.full { vec![format!("Only the first {MAX_TEXT_CHARS} characters were kept.")] } else { Vec::new() };
        (self.text, warnings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        let mut buffer = TextBuffer::new();
        buffer.push_str(text);
        buffer.finish().0
    }

    #[test]
    fn text_is_cleaned() {
        assert_eq!(cleaned("  a  b \t c\u{a0}\n\n\n\nd\u{ad}e\u{fb01}x \n"), "a b\tc\n\ndefix");
        assert_eq!(cleaned("e\u{301}\u{200b}\x07!"), "\u{e9}!");
        assert_eq!(cleaned("one\n\n\x0c\n two\x0c"), "one\x0ctwo\x0c");
    }

    #[test]
    fn text_is_cut_at_the_limit() {
        let mut buffer = TextBuffer::new();
        buffer.push_str(&"ж".repeat(MAX_TEXT_CHARS + 5));
        let (text, warnings) = buffer.finish();
        assert_eq!(text.chars().count(), MAX_TEXT_CHARS);
        assert_eq!(warnings.len(), 1);
    }
}
