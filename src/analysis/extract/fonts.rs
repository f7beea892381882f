//! What glyphs stand for when the document does not say it: the embedded font is asked.

use std::collections::HashMap;

use hayro_interpret::font::{Glyph, OutlineGlyph};
use hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, load_embedded};
use skrifa::MetadataProvider;
use skrifa::raw::FontRead;
use skrifa::raw::ps::cff::CffFontRef;
use skrifa::raw::ps::cff::v1::Cff;

use super::collector::is_meaningless;

/// The first ligature of TeX's text fonts in the encodings T1 and the order they have there.
const TEX_LIGATURES: (u32, [&str; 5]) = (0x1b, ["ff", "fi", "fl", "ffi", "ffl"]);

/// What is known of one embedded font.
#[derive(Default)]
struct FontMap {
    by_glyph: HashMap<u32, char>,
    /// The characters of the collection its glyphs are numbered by, and those numbers.
    collection: Option<(CMap, HashMap<u32, u32>)>,
}

/// Characters by glyph number of each embedded font, made when a font is asked for the first time.
#[derive(Default)]
pub struct FontMaps {
    by_font: HashMap<u128, FontMap>,
}

impl FontMaps {
    /// The character of a glyph for which the document names none.
    pub fn lookup(&mut self, glyph: &OutlineGlyph) -> Option<char> {
        let font = glyph.font_data()?;
        let map = self.by_font.entry(font.cache_key).or_insert_with(|| FontMap::read(font.data.as_ref().as_ref()));
        let id = glyph.glyph_id().to_u32();
        map.by_glyph.get(&id).copied().or_else(|| {
            let (characters, numbers) = map.collection.as_ref()?;
            match characters.lookup_bf_string(*numbers.get(&id)?)? {
                BfString::Char(c) => Some(c).filter(|c| !is_meaningless(*c)),
                BfString::String(_) => None,
            }
        })
    }
}

impl FontMap {
    fn read(data: &[u8]) -> Self {
        let mut map = FontMap::default();
        if let Ok(face) = skrifa::FontRef::from_index(data, 0) {
            for (code, id) in face.charmap().mappings() {
                if let Some(c) = char::from_u32(code).filter(|c| !is_meaningless(*c)) {
                    map.by_glyph.entry(id.to_u32()).and_modify(|known: &mut char| *known = c.min(*known)).or_insert(c);
                }
            }
        }
        map.collection = collection(data);
        map
    }
}

/// Chinese, Japanese and Korean fonts number their glyphs by a collection of Adobe's, whose characters are known.
fn collection(data: &[u8]) -> Option<(CMap, HashMap<u32, u32>)> {
    let font = CffFontRef::new(data, 0, None).ok()?;
    let strings = Cff::read(data.into()).ok()?.strings();
    let name = (0..strings.count() as usize).filter_map(|i| strings.get(i)).find_map(|string| match string {
        b"Japan1" => Some(CMapName::AdobeJapan1Ucs2),
        b"GB1" => Some(CMapName::AdobeGb1Ucs2),
        b"CNS1" => Some(CMapName::AdobeCns1Ucs2),
        b"Korea1" => Some(CMapName::AdobeKorea1Ucs2),
        _ => None,
    })?;
    let characters = CMap::parse(load_embedded(name)?, load_embedded)?;
    let numbers = font.charset()?.iter().map(|(glyph, number)| (glyph.to_u32(), u32::from(number.to_u16()))).collect();
    Some((characters, numbers))
}

/// TeX's bitmap fonts name no characters; their ligatures stand where other fonts have accents of their own.
pub fn tex_ligature(glyph: &Glyph<'_>, named: Option<&BfString>) -> Option<&'static str> {
    let Glyph::Type3(drawn) = glyph else { return None };
    let unnamed = match named {
        None => true,
        Some(BfString::Char(c)) => is_meaningless(*c) || matches!(c, '\u{2d8}'..='\u{2dd}' | '\u{2c6}' | '\u{2c7}'),
        Some(BfString::String(_)) => false,
    };
    let nth = drawn.char_code().checked_sub(TEX_LIGATURES.0)? as usize;
    TEX_LIGATURES.1.get(nth).copied().filter(|_| unnamed)
}
