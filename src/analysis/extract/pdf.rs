//! PDF: the drawing of each page is interpreted and the glyphs are collected, with what they stand for, instead of
//! being painted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, Rect};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, RenderContent, interpret, interpret_page};

use super::super::document::{Document, FileType, Limits, Unreadable};
use super::TextBuffer;
use super::archive::{DAMAGED, damaged, encrypted};
use super::collector::{Collector, is_meaningless};
use super::content::mended;
use super::fonts::FontMaps;
use super::repair::{Way, object_count, rebuilt};

/// Most bytes of drawing instructions of one page that are followed.
const MAX_CONTENT_BYTES: usize = 8 * 1024 * 1024;
/// From this share of glyphs without meaning on the text layer counts as unreadable.
const UNREADABLE: f64 = 0.3;

/// Reads a PDF document. A document that needs a password is refused; one that merely forbids printing or copying is
/// read. What is damaged is written anew from the objects in it and read again; the reading with more letters counts.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Document, Unreadable> {
    let started = Instant::now();
    let deadline = |share: f64| started + Duration::from_secs(limits.cpu_seconds).mul_f64(share);
    let first = attempt(bytes, limits, deadline(0.5))?;
    let mut best = first.filter(|(reading, _)| !reading.pages.is_empty());
    if best.as_ref().is_none_or(|(reading, _)| reading.misses(bytes)) && Instant::now() < deadline(0.4) {
        for way in [Way::Catalogue, Way::OwnTree, Way::WithoutFonts] {
            let again = rebuilt(bytes, way).map(|anew| attempt(&anew, limits, deadline(0.7)));
            // A document that opened as it stands is not refused for what its ruins look like.
            if let Some(Ok(Some((reading, mut warnings)))) = again
                && best.as_ref().is_none_or(|(known, _)| reading.readable() > known.readable())
            {
                warnings.push(DAMAGED.into());
                best = Some((reading, warnings));
            }
            if best.as_ref().is_some_and(|(reading, _)| reading.is_readable()) || Instant::now() > deadline(0.5) {
                break;
            }
        }
    }
    let Some((reading, mut warnings)) = best else {
        return second_reading(bytes).map(|reading| reading.document(Vec::new())).ok_or_else(damaged);
    };
    if reading.unreadable_share() <= UNREADABLE {
        return Ok(reading.document(warnings));
    }
    warnings.push("Parts of the text layer carry no readable letters.".into());
    match second_reading(bytes) {
        Some(second) if second.unreadable_share() < reading.unreadable_share() => Ok(second.document(warnings)),
        _ => Ok(reading.document(warnings)),
    }
}

/// Opens and reads a file; `None` when it does not open.
fn attempt(bytes: &[u8], limits: &Limits, deadline: Instant) -> Result<Option<(Reading, Vec<String>)>, Unreadable> {
    let pdf = match Pdf::new(bytes.to_vec()) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(_)) => return Err(encrypted()),
        Err(LoadPdfError::Invalid) => return Ok(None),
    };
    let count = u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX);
    if count > limits.max_pages {
        return Err(super::too_many_pages(count, limits));
    }
    Ok(Some(first_reading(&pdf, deadline)))
}

/// The pages of a document as one reader saw them.
struct Reading {
    pages: Vec<String>,
    /// Glyphs that are no blanks, and those among them without meaning.
    glyphs: usize,
    unreadable: usize,
    /// Objects the reader knows of, and whether a page has instructions that cannot be unpacked.
    objects: usize,
    broken: bool,
}

impl Reading {
    fn unreadable_share(&self) -> f64 {
        if self.glyphs == 0 { 0.0 } else { self.unreadable as f64 / self.glyphs as f64 }
    }

    fn readable(&self) -> usize {
        self.glyphs - self.unreadable
    }

    fn is_readable(&self) -> bool {
        self.glyphs > 0 && self.unreadable_share() <= UNREADABLE
    }

    /// Whether a file may hold more than was read of it.
    fn misses(&self, bytes: &[u8]) -> bool {
        self.broken || !self.is_readable() || self.objects < object_count(bytes)
    }

    fn document(&self, mut warnings: Vec<String>) -> Document {
        let mut buffer = TextBuffer::new();
        for (i, page) in self.pages.iter().enumerate() {
            if i > 0 {
                buffer.end_page();
            }
            for line in page
                .lines()
                .filter(|line| line.is_empty() || !line.chars().all(|c| c == '\u{fffd}' || c.is_whitespace()))
            {
                buffer.push_str(line);
                buffer.push_str("\n");
            }
        }
        let (text, more) = buffer.finish();
        warnings.extend(more);
        Document { file_type: FileType::Pdf, pages: self.pages.len() as u32, text, warnings }
    }
}

/// Interprets every page. Pages that cannot be finished, or are not reached in time, keep their place with what was
/// read.
fn first_reading(pdf: &Pdf, deadline: Instant) -> (Reading, Vec<String>) {
    let mut cache = InterpreterCache::new();
    let mut fonts = FontMaps::default();
    let mut reading = Reading { pages: Vec::new(), glyphs: 0, unreadable: 0, objects: pdf.len(), broken: false };
    let mut warnings = Vec::new();
    let mut chars = 0usize;
    for (number, page) in (1u32..).zip(pdf.pages().iter()) {
        let late = Instant::now() > deadline;
        if late || chars > super::MAX_TEXT_CHARS {
            reading.pages.push(String::new());
            if late && !warnings.iter().any(|w: &String| w.starts_with("Reading stopped")) {
                warnings.push(format!("Reading stopped before page {number}: the document is too complex."));
            }
            continue;
        }
        reading.broken |= page.raw().contains_key(b"Contents") && page.page_stream().is_none();
        let mut collector = Collector::new(&mut fonts, page, deadline);
        match catch_unwind(AssertUnwindSafe(|| draw(page, pdf, &cache, &mut collector))) {
            Ok(true) => {}
            Ok(false) => warnings.push(incomplete(number)),
            Err(_) => {
                warnings.push(incomplete(number));
                // What was left behind half-made may be in any state.
                cache = InterpreterCache::new();
            }
        }
        let (glyphs, unreadable, text) = collector.finish();
        reading.glyphs += glyphs;
        reading.unreadable += unreadable;
        chars += text.chars().count();
        reading.pages.push(text);
    }
    (reading, warnings)
}

fn incomplete(page: u32) -> String {
    format!("Page {page} could not be read completely.")
}

/// Draws a page into the collector; `false` when its instructions had to be cut.
fn draw<'a>(page: &Page<'a>, pdf: &'a Pdf, cache: &InterpreterCache<'a>, collector: &mut Collector<'_>) -> bool {
    let content = page.page_stream().unwrap_or_default();
    let complete = content.len() <= MAX_CONTENT_BYTES;
    let content = mended(&content[..content.len().min(MAX_CONTENT_BYTES)]);
    let settings = InterpreterSettings { render_content: RenderContent::ANNOTATIONS, ..InterpreterSettings::default() };
    let mut context = Context::new(Affine::IDENTITY, Rect::new(0.0, 0.0, 1.0, 1.0), cache, pdf.xref(), settings);
    interpret(TypedIter::new(&content), page.resources(), &mut context, collector);
    interpret_page(page, &mut context, collector);
    collector.annotations(page);
    complete
}

/// A reader that survives fewer files but finds letters in some where the first finds none.
fn second_reading(bytes: &[u8]) -> Option<Reading> {
    let pages = catch_unwind(AssertUnwindSafe(|| pdf_extract::extract_text_from_mem_by_pages(bytes).ok())).ok()??;
    let (mut glyphs, mut unreadable) = (0, 0);
    for c in pages.iter().flat_map(|page| page.chars()).filter(|c| !c.is_whitespace()) {
        glyphs += 1;
        unreadable += usize::from(c == '\u{fffd}' || is_meaningless(c));
    }
    (glyphs > 0).then_some(Reading { pages, glyphs, unreadable, objects: 0, broken: false })
}
