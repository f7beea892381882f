//! A drawing surface that paints nothing and keeps the text: what is drawn, where, and what it stands for.

use std::panic::resume_unwind;
use std::time::Instant;

use hayro_interpret::font::{Glyph as FontGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Rect as Box4, String as PdfString};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};

use super::fonts::{FontMaps, tex_ligature};
use super::glyphs::{Glyph, Lines};

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
/// Most annotations of a page that are asked for a text.
const MAX_ANNOTATIONS: usize = 1_000;
/// Annotation flags (ISO 32000-1, table 165): hidden, not shown.
const UNSEEN: i32 = 0b10_0010;

/// A stretch of glyphs that the document says to read as another text.
struct Replaced {
    text: String,
    /// How many marked stretches are open around it.
    depth: usize,
    first: Option<Glyph>,
}

/// A drawing surface that keeps the text.
pub struct Collector<'f> {
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
    /// A surface for a page; the page ends at the deadline with what was drawn until then.
    pub fn new(fonts: &'f mut FontMaps, page: &Page<'_>, deadline: Instant) -> Self {
        Collector {
            fonts,
            lines: Lines::default(),
            deadline,
            steps: 0,
            drawn: 0,
            glyphs: 0,
            unreadable: 0,
            stretched: false,
            shown: shown(page),
            open_marks: 0,
            replaced: None,
        }
    }

    /// How many glyphs were drawn that are no blanks, how many of them mean nothing, and the text.
    pub fn finish(self) -> (usize, usize, String) {
        (self.glyphs, self.unreadable, self.lines.finish())
    }

    /// Takes the texts of annotations and form fields for which the document has no drawing.
    pub fn annotations(&mut self, page: &Page<'_>) {
        let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else { return };
        for annotation in annotations.iter::<Dict<'_>>().take(MAX_ANNOTATIONS) {
            let unseen = annotation.get::<i32>("F").unwrap_or(0) & UNSEEN != 0;
            let drawn = annotation.get::<Dict<'_>>("AP").is_some_and(|drawings| drawings.contains_key("N"));
            if unseen || drawn {
                continue;
            }
            if let (Some(text), Some(place)) = (own_text(&annotation), annotation.get::<Box4>("Rect")) {
                let text: String = text.chars().take(MAX_REPLACEMENT).filter_map(drawn_char).collect();
                let size = (place.y1 - place.y0).abs().max(1.0);
                self.glyphs += text.chars().filter(|c| !c.is_whitespace()).count();
                self.lines.push(Glyph { text, x: place.x0, y: place.y0, direction: (1.0, 0.0), size, advance: 0.0 });
            }
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

    /// Puts a glyph on the page; glyph space has 1000 units to the em. The outlines of a font that stands in for a
    /// missing one are stretched to the widths of that one, which the advance has already.
    fn place(&self, transform: Affine, advance: f64, (vertical, alone): (bool, bool), text: String) -> Glyph {
        let origin = transform * Point::ZERO;
        let along = transform * Point::new(1000.0, 0.0) - origin;
        let up = transform * Point::new(0.0, 1000.0) - origin;
        let size = if up.hypot() > 0.0 { up.hypot() } else { along.hypot() };
        let em = if self.stretched { size } else { along.hypot() };
        let advance = if vertical { size } else { em * advance / 1000.0 };
        // A mirrored letter in a logo stands upright and is drawn to the left of its origin.
        let mirrored = alone && !vertical && along.cross(up) < 0.0 && up.y > 0.5 * up.hypot();
        let (origin, along) =
            if mirrored { (origin + along * (advance / along.hypot()), -along) } else { (origin, along) };
        let writing = if vertical { -up } else { along };
        let length = writing.hypot();
        let direction = if length > 0.0 { (writing.x / length, writing.y / length) } else { (1.0, 0.0) };
        Glyph { text, x: origin.x, y: origin.y, direction, size, advance }
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
        let alone = run.glyphs().len() == 1;
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
            let advance = f64::from(advance.unwrap_or(0.0));
            let text = self.meaning(glyph);
            placed.push(self.place(transform, advance, (vertical, alone), text));
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

/// What an annotation says: free text, or the value of a text or choice field.
fn own_text(annotation: &Dict<'_>) -> Option<String> {
    let text = |dict: &Dict<'_>, key: &str| dict.get::<PdfString<'_>>(key).map(|text| text_string(text.as_bytes()));
    match annotation.get::<Name<'_>>("Subtype")?.as_str() {
        "FreeText" => text(annotation, "Contents"),
        "Widget" => {
            let parent = annotation.get::<Dict<'_>>("Parent").unwrap_or_default();
            let kind = annotation.get::<Name<'_>>("FT").or_else(|| parent.get::<Name<'_>>("FT"))?;
            matches!(kind.as_str(), "Tx" | "Ch").then(|| text(annotation, "V").or_else(|| text(&parent, "V")))?
        }
        _ => None,
    }
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

/// Characters a font may name that say nothing to a reader: controls and private use.
pub fn is_meaningless(c: char) -> bool {
    c.is_control() || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}
