//! PDF: the drawing of each page is interpreted and the glyphs are collected, with what they stand for, instead of
//! being painted.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use super::super::document::{Document, FileType, Limits, Unreadable};
use super::TextBuffer;
use super::archive::{damaged, encrypted};
use super::fonts::{FontMaps, tex_ligature};
use super::glyphs::{Glyph, Lines};
use hayro_interpret::font::{Glyph as FontGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::object::{Dict, String as PdfString};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, RenderContent, SoftMask, interpret, interpret_page,
};

/// Most bytes of drawing instructions of one page that are followed.
const MAX_CONTENT_BYTES: usize = 8 * 1024 * 1024;
/// Most glyphs of one page that are read.
const MAX_GLYPHS: usize = 200_000;
/// Most drawing steps of one page that are followed; pages that draw themselves again and again have no end.
const MAX_STEPS: usize = 2_000_000;
/// Steps between looks at the clock.
const STEPS_A_LOOK: usize = 4096;
/// Most characters one glyph or one replacement text may stand for.
const MAX_REPLACEMENT: usize = 2_000;
/// So many letters show whether each is stretched in its own way.
const MANY: usize = 3;
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
        for own_tree in [false, true] {
            let again = super::repair::rebuilt(bytes, own_tree).map(|anew| attempt(&anew, limits, deadline(0.7)));
            // A document that opened as it stands is not refused for what its ruins look like.
            if let Some(Ok(Some((reading, mut warnings)))) = again
                && best.as_ref().is_none_or(|(known, _)| reading.readable() > known.readable())
            {
                warnings.push("The file is damaged; what could be found in it was read.".into());
                best = Some((reading, warnings));
            }
            if best.as_ref().is_some_and(|(reading, _)| reading.readable() > 0) {
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

    /// Whether a file may hold more than was read of it.
    fn misses(&self, bytes: &[u8]) -> bool {
        self.broken
            || self.glyphs == 0
            || self.unreadable_share() > UNREADABLE
            || self.objects < super::repair::object_count(bytes)
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
        let mut collector = Collector::new(&mut fonts, shown(page), deadline);
        match catch_unwind(AssertUnwindSafe(|| draw(page, pdf, &cache, &mut collector))) {
            Ok(true) => {}
            Ok(false) => warnings.push(incomplete(number)),
            Err(_) => {
                warnings.push(incomplete(number));
                // What was left behind half-made may be in any state.
                cache = InterpreterCache::new();
            }
        }
        reading.glyphs += collector.glyphs;
        reading.unreadable += collector.unreadable;
        let text = collector.lines.finish();
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
    let mut settings = InterpreterSettings::default();
    let content = page.page_stream().unwrap_or_default();
    let complete = content.len() <= MAX_CONTENT_BYTES;
    if !complete {
        settings.render_content = RenderContent::ANNOTATIONS;
    }
    let mut context = Context::new(Affine::IDENTITY, Rect::new(0.0, 0.0, 1.0, 1.0), cache, pdf.xref(), settings);
    if !complete {
        interpret(TypedIter::new(&content[..MAX_CONTENT_BYTES]), page.resources(), &mut context, collector);
    }
    interpret_page(page, &mut context, collector);
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

/// Characters a font may name that say nothing to a reader: controls and private use.
pub(super) fn is_meaningless(c: char) -> bool {
    c.is_control() || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// A stretch of glyphs that the document says to read as another text.
struct Replaced {
    text: String,
    /// How many marked stretches are open around it.
    depth: usize,
    first: Option<Glyph>,
}

/// A drawing surface that keeps the text.
struct Collector<'f> {
    fonts: &'f mut FontMaps,
    lines: Lines,
    deadline: Instant,
    steps: usize,
    drawn: usize,
    glyphs: usize,
    unreadable: usize,
    /// Whether the letters were stretched one by one when several were last seen.
    stretched: bool,
    /// What of the plane is shown; text outside it is seen by nobody.
    shown: Rect,
    /// Marked stretches that are open.
    open_marks: usize,
    replaced: Option<Replaced>,
}

/// Thrown through the interpreter to end a page; it offers no other way to stop.
struct EndOfPage;

impl<'f> Collector<'f> {
    fn new(fonts: &'f mut FontMaps, shown: Rect, deadline: Instant) -> Self {
        Collector {
            fonts,
            lines: Lines::default(),
            deadline,
            steps: 0,
            drawn: 0,
            glyphs: 0,
            unreadable: 0,
            stretched: false,
            shown,
            open_marks: 0,
            replaced: None,
        }
    }

    /// Counts a step of drawing and ends the page when it has had enough of them.
    fn step(&mut self) {
        self.steps += 1;
        let late = self.steps.is_multiple_of(STEPS_A_LOOK) && Instant::now() > self.deadline;
        if late || self.steps > MAX_STEPS || self.drawn > MAX_GLYPHS {
            resume_unwind(Box::new(EndOfPage));
        }
    }

    /// What a glyph stands for; counts those that stand for nothing.
    fn meaning(&mut self, glyph: &FontGlyph<'_>) -> String {
        let named = glyph.as_unicode();
        let mut text = match (tex_ligature(glyph, named.as_ref()), named) {
            (Some(ligature), _) => ligature.to_string(),
            (None, Some(BfString::Char(c))) => c.to_string(),
            (None, Some(BfString::String(s))) => s.chars().take(MAX_REPLACEMENT).collect(),
            (None, None) => String::new(),
        };
        if (text.is_empty() || text.chars().all(is_meaningless))
            && let FontGlyph::Outline(outline) = glyph
            && let Some(c) = self.fonts.lookup(outline)
        {
            text = c.to_string();
        }
        if text.is_empty() {
            text.push('\u{fffd}');
        }
        let text: String = text.chars().filter_map(drawn_char).collect();
        if !text.trim().is_empty() || text.is_empty() {
            self.glyphs += 1;
            self.unreadable += usize::from(text.is_empty() || text.contains('\u{fffd}'));
        }
        text
    }
}

/// Symbol fonts draw bullets with private characters; a drawn soft hyphen is a hyphen; other private characters are
/// pictures, which part words.
fn drawn_char(c: char) -> Option<char> {
    match c {
        '\u{ad}' => Some('\u{2010}'),
        '\u{f0b7}' | '\u{f0a7}' | '\u{f076}' | '\u{f0d8}' | '\u{f0fc}' | '\u{f06c}' | '\u{f06e}' | '\u{f0a8}' => {
            Some('•')
        }
        '\t' | '\n' | '\r' | '\x0c' => Some(' '),
        c if is_meaningless(c) => None,
        c => Some(c),
    }
}

impl<'a> Device<'a> for Collector<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        self.step();
        let vertical = run.writing_mode() == WritingMode::Vertical;
        let scales = run.glyphs().iter().take(MAX_GLYPHS).map(|glyph| proportion(glyph.transform()));
        let (least, most) = scales.fold((f64::MAX, 0.0f64), |(least, most), it| (least.min(it), most.max(it)));
        if run.glyphs().len() >= MANY {
            self.stretched = most > 1.02 * least;
        }
        let mut placed: Vec<Glyph> = Vec::with_capacity(run.glyphs().len().min(1024));
        for glyph in run.glyphs() {
            self.drawn += 1;
            if self.drawn > MAX_GLYPHS {
                break;
            }
            let transform = props.transform * glyph.transform();
            let advance = match &**glyph {
                FontGlyph::Outline(outline) => outline.advance_width(),
                FontGlyph::Type3(drawn) => drawn.advance_width(),
            };
            let advance = f64::from(advance.unwrap_or(500.0));
            let text = self.meaning(glyph);
            placed.push(place(transform, self.stretched, advance, vertical, text));
        }
        correct_sizes(&mut placed);
        placed.retain(|glyph| is_shown(glyph, self.shown));
        for glyph in placed {
            match &mut self.replaced {
                Some(replaced) => extend(&mut replaced.first, glyph),
                None => self.lines.push(glyph),
            }
        }
    }

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        self.open_marks += 1;
        if self.replaced.is_none()
            && let Some(actual) = properties.and_then(|dict| dict.get::<PdfString<'_>>("ActualText"))
        {
            let text: String =
                text_string(actual.as_bytes()).chars().take(MAX_REPLACEMENT).filter_map(drawn_char).collect();
            self.replaced = Some(Replaced { text, depth: self.open_marks, first: None });
        }
    }

    fn end_marked_content(&mut self) {
        if self.replaced.as_ref().is_some_and(|replaced| replaced.depth == self.open_marks)
            && let Some(Replaced { text, first: Some(glyph), .. }) = self.replaced.take()
        {
            self.lines.push(Glyph { text, ..glyph });
        }
        self.open_marks = self.open_marks.saturating_sub(1);
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.step();
    }
    fn push_clip_path(&mut self, _: &ClipPath) {
        self.step();
    }
    fn push_clip_rect(&mut self, _: &Rect) {
        self.step();
    }
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {}
}

/// The part of the plane that a page shows; everything, if it says nonsense.
fn shown(page: &Page<'_>) -> Rect {
    let sheet = page.media_box();
    let sheet = Rect::new(sheet.x0, sheet.y0, sheet.x1, sheet.y1).abs();
    if sheet.area() > 1.0 { sheet } else { Rect::new(f64::MIN, f64::MIN, f64::MAX, f64::MAX) }
}

/// Whether any of a glyph can be on the page.
fn is_shown(glyph: &Glyph, shown: Rect) -> bool {
    let end = (glyph.x + glyph.direction.0 * glyph.advance, glyph.y + glyph.direction.1 * glyph.advance);
    let stretch = Rect::from_points((glyph.x, glyph.y), end);
    let room = glyph.size;
    stretch.x1 >= shown.x0 - room
        && stretch.x0 <= shown.x1 + room
        && stretch.y1 >= shown.y0 - room
        && stretch.y0 <= shown.y1
}

/// How wide a glyph is drawn for its height, compared with its outline.
fn proportion(transform: Affine) -> f64 {
    let [a, b, c, d, ..] = transform.as_coeffs();
    a.hypot(b) / c.hypot(d)
}

/// Puts a glyph on the page; glyph space has 1000 units to the em. The outlines of a font that stands in for a missing
/// one are stretched to the widths of that one, which the advance has already.
fn place(transform: Affine, stretched: bool, advance: f64, vertical: bool, text: String) -> Glyph {
    let origin = transform * Point::ZERO;
    let along = transform * Point::new(1000.0, 0.0) - origin;
    let up = transform * Point::new(0.0, 1000.0) - origin;
    let size = if up.hypot() > 0.0 { up.hypot() } else { along.hypot() };
    let em = if stretched { size } else { along.hypot() };
    let advance = if vertical { size } else { em * advance / 1000.0 };
    // A mirrored letter stands upright and is drawn to the left of its origin.
    let mirrored = !vertical && along.cross(up) < 0.0 && up.y > 0.5 * up.hypot();
    let (origin, along) = if mirrored { (origin + along * (advance / along.hypot()), -along) } else { (origin, along) };
    let writing = if vertical { -up } else { along };
    let length = writing.hypot();
    let direction = if length > 0.0 { (writing.x / length, writing.y / length) } else { (1.0, 0.0) };
    Glyph { text, x: origin.x, y: origin.y, direction, size, advance }
}

/// Fonts drawn by instructions may hide their true size in a matrix; letters are hardly ever as wide as the font is
/// high.
fn correct_sizes(placed: &mut [Glyph]) {
    let letters = placed.len().max(1) as f64;
    let mean_advance = placed.iter().map(|glyph| glyph.advance).sum::<f64>() / letters;
    for glyph in placed {
        if mean_advance > 1.1 * glyph.size {
            glyph.size = 1.8 * mean_advance;
        }
    }
}

/// Lengthens a replaced stretch by a glyph: it ends where that glyph ends.
fn extend(stretch: &mut Option<Glyph>, glyph: Glyph) {
    match stretch {
        None => *stretch = Some(glyph),
        Some(first) => {
            let (ux, uy) = first.direction;
            let reach = (glyph.x - first.x) * ux + (glyph.y - first.y) * uy + glyph.advance;
            first.advance = first.advance.max(reach);
        }
    }
}

/// A PDF text string (ISO 32000-1, 7.9.2.2): UTF-16 or UTF-8 by its mark, else one byte a character.
fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|&b| char::from(b)).collect(),
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    char::decode_utf16(bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])))
        .map(|c| c.unwrap_or('\u{fffd}'))
        .collect()
}
