//! What a document is before anything is understood of it: its type, its text, why it cannot be read, and how much
//! work it may cost.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Most characters of text kept of one document (rules §6), page and line marks included.
pub const MAX_TEXT_CHARS: usize = 200_000;

/// Fewer letters than this on pages is no text: a scan, or an empty document (rules §3).
pub const MIN_LETTERS: usize = 50;
/// The same of a text file, which has no pictures that could hold text.
pub const MIN_LETTERS_OF_SENTENCE: usize = 12;

/// The kinds of document that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileType {
    /// Portable Document Format.
    Pdf,
    /// Office Open XML text (Word 2007 and later).
    Docx,
    /// OpenDocument text.
    Odt,
    /// Plain text of any common encoding.
    Txt,
}

impl FileType {
    /// The word used in answers and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            FileType::Pdf => "pdf",
            FileType::Docx => "docx",
            FileType::Odt => "odt",
            FileType::Txt => "txt",
        }
    }
}

/// The whole text of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Recognised from the content.
    pub file_type: FileType,
    /// Pages of the document; text formats without pages count their page breaks.
    pub pages: u32,
    /// At most [`MAX_TEXT_CHARS`] characters in reading order; lines end with `\n`, pages are separated by `\x0c`.
    pub text: String,
    /// Sentences for the owner about what could not be read.
    pub warnings: Vec<String>,
}

impl Document {
    /// Letters of any script in the text; the measure for "is there text at all".
    pub fn letters(&self) -> usize {
        self.text.chars().filter(|c| c.is_alphabetic()).count()
    }
}

/// Why a document gave no text. Both carry one sentence for the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "lowercase")]
pub enum Unreadable {
    /// It does not open: wrong type, encrypted, damaged, a bomb. The upload is refused with this sentence.
    #[error("{0}")]
    Refused(String),
    /// It opened, but broke a limit or yielded nothing.
    #[error("{0}")]
    Failed(String),
}

impl Unreadable {
    /// The sentence for the user.
    pub fn reason(&self) -> &str {
        match self {
            Unreadable::Refused(reason) | Unreadable::Failed(reason) => reason,
        }
    }
}

/// What reading one document may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space of the child, in bytes.
    pub memory_bytes: u64,
    /// Processor time of the child, in whole seconds.
    pub cpu_seconds: u64,
    /// Wall-clock time after which the child is killed.
    pub deadline: Duration,
    /// Pages of a document; more is a broken limit, not a truncated reading.
    pub max_pages: u32,
    /// Bytes an archive may unpack to, all entries together.
    pub max_unpacked_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory_bytes: 512 * 1024 * 1024,
            cpu_seconds: 5,
            deadline: Duration::from_secs(10),
            max_pages: 200,
            max_unpacked_bytes: 50 * 1024 * 1024,
        }
    }
}
