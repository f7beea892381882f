//! Pictures of invented people, courses, projects and companies, drawn from a few round shapes; the same seed draws the same ones.

use std::sync::Arc;

use image::{
    ExtendedColorType, ImageEncoder as _, Rgb, RgbImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use crate::platform::{
    app::App,
    error::{Error, Result},
    files::Kind,
    picture::Picture,
};

/// The side of a picture of somebody, in pixels: twice what a list shows.
const SIDE: u32 = 96;
/// The width and the height of the picture of a course.
const COVER: (u32, u32) = (480, 108);

type Colour = [u8; 3];

const WALLS: &[Colour] =
    &[[223, 241, 238], [251, 239, 213], [227, 242, 228], [225, 233, 246], [241, 237, 229], [251, 230, 234]];
const SKINS: &[Colour] = &[[247, 215, 190], [232, 186, 150], [205, 150, 108], [150, 100, 68], [104, 66, 46]];
const HAIRS: &[Colour] = &[[38, 30, 28], [84, 56, 38], [140, 92, 52], [206, 164, 92], [150, 150, 152], [120, 48, 32]];
const CLOTHES: &[Colour] = &[[11, 110, 102], [36, 89, 168], [143, 90, 0], [180, 60, 80], [60, 70, 90], [110, 84, 140]];
const TONES: &[(Colour, Colour)] = &[
    ([11, 110, 102], [120, 190, 170]),
    ([36, 89, 168], [140, 180, 235]),
    ([143, 90, 0], [235, 185, 95]),
    ([37, 107, 53], [150, 205, 140]),
    ([96, 64, 130], [190, 160, 215]),
    ([150, 50, 76], [235, 160, 165]),
];

/// Shapes upon a ground, each laid over those before it.
struct Canvas(RgbImage);

impl Canvas {
    /// A ground that goes from one colour at the left to another one at the right.
    fn new((width, height): (u32, u32), from: Colour, to: Colour) -> Self {
        let row: Vec<_> = (0..width).map(|x| Rgb(blend(from, to, x as f32 / width as f32))).collect();
        Self(RgbImage::from_fn(width, height, |x, _| row[x as usize]))
    }

    /// An ellipse around `(x, y)`; `strength` from 0 to 1 says how little shines through it.
    fn ellipse(&mut self, (x, y): (f32, f32), (across, down): (f32, f32), colour: Colour, strength: f32) {
        let (width, height) = self.0.dimensions();
        let within = |middle: f32, radius: f32, most: u32| {
            let clamped = |it: f32| it.clamp(0.0, most as f32) as u32;
            clamped((middle - radius - 1.0).floor())..clamped((middle + radius + 1.0).ceil())
        };
        for py in within(y, down, height) {
            for px in within(x, across, width) {
                let (dx, dy) = ((px as f32 + 0.5 - x) / across, (py as f32 + 0.5 - y) / down);
                // How far within the edge the pixel's middle lies, in pixels: its edge is half covered.
                let inside = (1.0 - dx.hypot(dy)) * across.min(down);
                let covered = (inside + 0.5).clamp(0.0, 1.0) * strength;
                if covered > 0.0 {
                    let pixel = self.0.get_pixel_mut(px, py);
                    pixel.0 = blend(pixel.0, colour, covered);
                }
            }
        }
    }

    /// The same way that a picture goes which somebody sends.
    fn keep(&self, app: &App, kind: Kind) -> Result<Arc<Picture>> {
        let (width, height) = self.0.dimensions();
        let mut png = vec![];
        PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Sub)
            .write_image(&self.0, width, height, ExtendedColorType::Rgb8)
            .map_err(|error| Error::Internal(error.into()))?;
        Picture::keep(&app.files, kind, &png, app.config.limits.image_pixels).map(Arc::new)
    }
}

fn blend(under: Colour, over: Colour, share: f32) -> Colour {
    std::array::from_fn(|at| (f32::from(under[at]) * (1.0 - share) + f32::from(over[at]) * share + 0.5) as u8)
}

fn any(random: &mut StdRng, colours: &[Colour]) -> Colour {
    colours.choose(random).copied().unwrap_or_default()
}

/// Somebody's picture: a head before a wall.
pub(super) fn portrait(app: &App, random: &mut StdRng) -> Result<Arc<Picture>> {
    let side = SIDE as f32;
    let at = |x: f32, y: f32| (x * side, y * side);
    let (wall, skin, hair) = (any(random, WALLS), any(random, SKINS), any(random, HAIRS));
    let mut canvas = Canvas::new((SIDE, SIDE), wall, wall);
    let (wide, long) = (random.random_range(0.165..0.19), random.random_range(0.21..0.235));
    let is_long = random.random_bool(0.5);
    if is_long {
        canvas.ellipse(at(0.5, 0.52), at(wide + 0.07, random.random_range(0.28..0.36)), hair, 1.0);
    }
    canvas.ellipse(at(0.5, 1.08), at(0.36, 0.34), any(random, CLOTHES), 1.0);
    let neck = blend(skin, [40, 20, 10], 0.16);
    canvas.ellipse(at(0.5, 0.7), at(0.085, 0.13), neck, 1.0);
    // The hair is what of a larger head the face leaves.
    canvas.ellipse(at(0.5, 0.4), at(wide + 0.025, long - 0.01), hair, 1.0);
    let parting = random.random_range(0.46..0.54);
    canvas.ellipse(at(parting, 0.485), at(wide - 0.01, long - 0.03), skin, 1.0);
    for x in [0.44, 0.56] {
        canvas.ellipse(at(x + (parting - 0.5) / 2.0, 0.48), at(0.014, 0.018), [40, 32, 30], 1.0);
    }
    let mouth = blend(skin, [150, 40, 40], 0.45);
    canvas.ellipse(at(parting, 0.585), at(0.045, 0.012), mouth, 1.0);
    canvas.keep(app, Kind::Avatar)
}

/// The mark of a company: two round shapes in its colours.
pub(super) fn logo(app: &App, random: &mut StdRng) -> Result<Arc<Picture>> {
    let side = SIDE as f32;
    let (deep, light) = TONES.choose(random).copied().unwrap_or_default();
    let mut canvas = Canvas::new((SIDE, SIDE), deep, deep);
    let mut round = |colour, strength, most: f32| {
        let size = random.random_range(most - 0.1..most) * side;
        let at = (random.random_range(0.4..0.6) * side, random.random_range(0.4..0.6) * side);
        canvas.ellipse(at, (size, size), colour, strength);
    };
    round(light, 0.9, 0.36);
    round([255, 255, 255], 0.85, 0.22);
    canvas.keep(app, Kind::CompanyLogo)
}

/// The picture of a course or project: a few hills in two tones.
pub(super) fn cover(app: &App, kind: Kind, random: &mut StdRng) -> Result<Arc<Picture>> {
    let (deep, light) = TONES.choose(random).copied().unwrap_or_default();
    let (width, height) = (COVER.0 as f32, COVER.1 as f32);
    let mut canvas = Canvas::new(COVER, blend(light, [255, 255, 255], 0.55), light);
    let sun = (random.random_range(0.15..0.85) * width, random.random_range(0.15..0.45) * height);
    let size = random.random_range(0.14..0.24) * height;
    canvas.ellipse(sun, (size, size), [255, 255, 255], 0.75);
    for nth in 0_u8..4 {
        let x = random.random_range(0.0..1.0) * width;
        let high = height * random.random_range(0.35..0.8) * (1.0 - f32::from(nth) * 0.13);
        let colour = blend(light, deep, 0.3 + f32::from(nth) * 0.2);
        canvas.ellipse((x, height * 1.05), (width * random.random_range(0.22..0.45), high), colour, 0.9);
    }
    canvas.keep(app, kind)
}
