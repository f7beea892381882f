//! Pictures that people send: known by their content, measured before they are decoded, and made anew from their pixels
//! alone, so that nothing else that came with them is kept or served.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder as _, ImageEncoder as _, ImageError, ImageFormat, ImageReader,
    Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType as Filter,
    metadata::Orientation,
};
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::{
    app::App,
    config::Config,
    error::{Error, Result},
    event::{self, Facts},
    files::{self, Files, Kind},
    upload::{Form, Upload},
    validate::{Content, FileType},
};

/// How long an upload waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);
/// The quality of a JPEG, 1 to 100: beyond it files grow faster than pictures improve.
const QUALITY: u8 = 88;

/// A form with a picture in it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the file is read while it arrives")]
pub struct PictureForm {
    /// PNG, JPEG or WebP.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

impl Form for PictureForm {
    const FILE: &'static [&'static str] = &["file"];

    fn most_bytes(config: &Config) -> u64 {
        config.limits.image.bytes()
    }
}

/// One picture is decoded at a time: the largest needs some 220 MB for a moment.
struct Easel(Arc<Semaphore>);

impl Default for Easel {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

/// A stored picture that no row names yet.
pub struct Picture {
    kind: Kind,
    name: String,
    bytes: Vec<u8>,
    files: Files,
}

impl Picture {
    /// Makes a picture anew and stores it.
    ///
    /// # Errors
    /// 400 for what is no picture, is damaged or has a side of more than `most` pixels; else those of the file system.
    pub fn keep(files: &Files, kind: Kind, sent: &[u8], most: u32) -> Result<Self> {
        let bytes = remake(sent, most, kept_side(kind)).map_err(|sentence| Error::field("file", sentence))?;
        let name = files.put(kind, &bytes).map_err(files::failure)?;
        Ok(Self { kind, name, bytes, files: files.clone() })
    }

    /// Makes sure that its file is there, and gives the address for a row to keep. To be called in the write that keeps it:
    /// files are only removed in writes, so what is there now stays for as long as a row names it.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn settle(&self) -> Result<String> {
        let there = self.files.path(self.kind, &self.name).is_ok_and(|path| path.exists());
        if !there {
            self.files.put(self.kind, &self.bytes).map_err(files::failure)?;
        }
        Ok(format!("/media/{}/{}", self.kind.folder(), self.name))
    }
}

/// The kind and the name of the file that an address of [`Picture::settle`] leads to.
pub fn file_of(address: &str) -> Option<(Kind, &str)> {
    let (folder, name) = address.strip_prefix("/media/")?.split_once('/')?;
    Some((Kind::of_media(folder)?, name))
}

/// The longest side that a picture of this kind keeps, in pixels: twice what a page shows of it.
fn kept_side(kind: Kind) -> u32 {
    match kind {
        Kind::Course | Kind::Project => 1280,
        _ => 512,
    }
}

/// Takes a picture out of its form, makes it anew and stores it.
///
/// # Errors
/// 400 for what is no picture, is damaged or has too many pixels; 503 when many are being made.
pub async fn receive(app: &App, form: Upload<PictureForm>, kind: Kind) -> Result<Picture> {
    let (mut file, ()) = form.read(|_| ())?;
    let easel = app.parts.get::<Easel>();
    let Ok(Ok(place)) = tokio::time::timeout(PATIENCE, easel.0.clone().acquire_owned()).await else {
        return Err(Error::Unavailable("Many pictures are being read right now. Send yours again in a while."));
    };
    let (files, most) = (app.files.clone(), app.config.limits.image_pixels);
    let made = tokio::task::spawn_blocking(move || {
        let sent = file.load().map_err(files::failure)?;
        let picture = Picture::keep(&files, kind, &sent, most);
        drop(place);
        picture
    });
    made.await.map_err(|e| Error::Internal(anyhow::Error::from(e).context("a picture was not read to the end")))?
}

/// The same picture, upright, with no side longer than `kept` pixels, and without anything but its pixels: a JPEG, or a PNG
/// where something shines through or where that is smaller.
///
/// # Errors
/// A sentence for whoever sent it: no picture, damaged, or a side longer than `most` pixels.
pub fn remake(bytes: &[u8], most: u32, kept: u32) -> Result<Vec<u8>, String> {
    let format = match FileType(&[Content::Png, Content::Jpeg, Content::Webp]).check(bytes)? {
        Content::Png => ImageFormat::Png,
        Content::Jpeg => ImageFormat::Jpeg,
        _ => ImageFormat::WebP,
    };
    // A decoder that panics over broken bytes has found out that they are broken.
    catch_unwind(AssertUnwindSafe(|| draw(bytes, format, most, kept))).unwrap_or_else(|_| Err(damaged()))
}

fn damaged() -> String {
    "The picture is damaged and cannot be read.".to_owned()
}

fn too_large(most: u32) -> String {
    format!("Send a picture of at most {most} by {most} pixels.")
}

fn draw(bytes: &[u8], format: ImageFormat, most: u32, kept: u32) -> Result<Vec<u8>, String> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    // Eight bytes a pixel, twice, and what decoders keep beside.
    limits.max_alloc = Some(u64::from(most).pow(2).saturating_mul(16).saturating_add(16 << 20));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        // So large that not even its first row would be made room for.
        ImageError::Limits(_) => too_large(most),
        _ => damaged(),
    })?;
    let (width, height) = decoder.dimensions();
    if width > most || height > most {
        return Err(too_large(most));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let decoded = DynamicImage::from_decoder(decoder).map_err(|_| damaged())?;
    let mut picture = DynamicImage::ImageRgba8(decoded.into_rgba8());
    if width > kept || height > kept {
        picture = picture.resize(kept, kept, Filter::CatmullRom);
    }
    picture.apply_orientation(orientation);
    encode(&picture.into_rgba8(), format).map_err(|_| damaged())
}

fn encode(picture: &image::RgbaImage, from: ImageFormat) -> image::ImageResult<Vec<u8>> {
    let (width, height) = picture.dimensions();
    if picture.pixels().any(|it| it.0[3] < u8::MAX) {
        let mut png = vec![];
        PngEncoder::new(&mut png).write_image(picture, width, height, ExtendedColorType::Rgba8)?;
        return Ok(png);
    }
    let opaque: Vec<u8> = picture.pixels().flat_map(|it| [it.0[0], it.0[1], it.0[2]]).collect();
    let (mut jpeg, mut png) = (vec![], vec![]);
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).write_image(&opaque, width, height, ExtendedColorType::Rgb8)?;
    if from != ImageFormat::Jpeg {
        // Drawings and lettering are smaller so, and stay sharp.
        PngEncoder::new(&mut png).write_image(&opaque, width, height, ExtendedColorType::Rgb8)?;
    }
    Ok(if png.is_empty() || jpeg.len() < png.len() { jpeg } else { png })
}

/// Something shows another picture than before, or none.
#[derive(Debug, Serialize)]
pub struct Changed {
    /// Who changed it.
    #[serde(skip)]
    pub by: i64,
    /// The type and the id of what shows it.
    #[serde(skip)]
    pub subject: (&'static str, i64),
    /// The address of the picture from before, which may now be nobody's.
    pub before: Option<String>,
}

impl event::Event for Changed {
    fn facts(&self) -> Facts {
        Facts { kind: "pictures.changed", actor: Some(self.by), subject: self.subject }
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage, codecs::webp::WebPEncoder};
    use proptest::prelude::*;

    use super::*;

    fn photo(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let byte = |it: u32| u8::try_from(it % 256).unwrap();
            Rgb([byte(x * 7 + y * 13), byte(x * y), byte(x ^ (y * 31))])
        })
    }

    fn jpeg(picture: &RgbImage) -> Vec<u8> {
        let mut bytes = vec![];
        JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(picture).unwrap();
        bytes
    }

    fn png(picture: &RgbImage) -> Vec<u8> {
        let mut bytes = vec![];
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    fn webp(picture: &RgbImage) -> Vec<u8> {
        let mut bytes = vec![];
        let (width, height) = picture.dimensions();
        WebPEncoder::new_lossless(&mut bytes).encode(picture, width, height, ExtendedColorType::Rgb8).unwrap();
        bytes
    }

    fn size(bytes: &[u8]) -> (u32, u32) {
        let picture = image::load_from_memory(bytes).unwrap();
        (picture.width(), picture.height())
    }

    /// An EXIF block that says which way up, and where the picture was taken.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut block = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        block.extend([orientation, 0, 0, 0, 0, 0, 0]);
        block.extend(b"GPS 50.45 30.52");
        block
    }

    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let block = exif(orientation);
        let length = u16::try_from(block.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xFF, 0xE1], &length, &block, &jpeg[2..]].concat()
    }

    #[test]
    fn each_format_is_taken_and_fits_its_box() {
        let picture = photo(90, 40);
        for bytes in [jpeg(&picture), png(&picture), webp(&picture)] {
            assert_eq!(size(&remake(&bytes, 4096, 512).unwrap()), (90, 40));
            let small = remake(&bytes, 4096, 45).unwrap();
            assert_eq!(size(&small), (45, 20));
            assert_eq!(remake(&bytes, 4096, 45).unwrap(), small, "the same picture has the same name");
        }
    }

    #[test]
    fn the_narrowest_picture_keeps_a_pixel() {
        for (picture, kept) in [(photo(1, 600), (1, 512)), (photo(4000, 2), (512, 1))] {
            assert_eq!(size(&remake(&png(&picture), 4096, 512).unwrap()), kept);
        }
    }

    #[test]
    fn drawings_stay_sharp_and_what_shines_through_goes_on_to() {
        let flat = RgbImage::from_pixel(200, 200, Rgb([10, 120, 110]));
        assert_eq!(Content::of(&remake(&png(&flat), 4096, 512).unwrap()), Some(Content::Png));
        assert_eq!(Content::of(&remake(&png(&photo(200, 200)), 4096, 512).unwrap()), Some(Content::Jpeg));
        let mut glass = vec![];
        RgbaImage::from_pixel(9, 9, Rgba([1, 2, 3, 100]))
            .write_to(&mut Cursor::new(&mut glass), ImageFormat::Png)
            .unwrap();
        let made = image::load_from_memory(&remake(&glass, 4096, 512).unwrap()).unwrap();
        assert_eq!(made.into_rgba8().get_pixel(4, 4).0, [1, 2, 3, 100]);
    }

    #[test]
    fn a_picture_is_upright_and_tells_nothing_else() {
        let bytes = with_exif(&jpeg(&photo(64, 32)), 6);
        let made = remake(&bytes, 4096, 512).unwrap();
        assert_eq!(size(&made), (32, 64));
        assert!(bytes.windows(3).any(|it| it == b"GPS"));
        assert!(!made.windows(3).any(|it| it == b"GPS") && !made.windows(4).any(|it| it == b"Exif"));
    }

    #[test]
    fn what_is_no_picture_is_refused_with_a_reason() {
        assert!(remake(b"hello", 4096, 512).unwrap_err().contains("PNG, JPEG, WebP"));
        assert!(remake(b"GIF89a", 4096, 512).unwrap_err().contains("PNG"));
        assert_eq!(remake(b"\x89PNG\r\n\x1a\n", 4096, 512).unwrap_err(), damaged());
    }

    /// The head of a PNG that claims this size, as bombs do.
    fn claim(width: u32, height: u32) -> Vec<u8> {
        let mut head = b"IHDR".to_vec();
        head.extend(width.to_be_bytes());
        head.extend(height.to_be_bytes());
        head.extend([8, 6, 0, 0, 0]);
        let crc = !head.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |it, _| if it & 1 == 1 { it >> 1 ^ 0xEDB8_8320 } else { it >> 1 })
        });
        [b"\x89PNG\r\n\x1a\n\0\0\0\x0d".as_slice(), &head, &crc.to_be_bytes(), b"\0\0\0\0IDAT\x35\xaf\x06\x1e"].concat()
    }

    #[test]
    fn pixels_are_counted_before_they_are_decoded() {
        for (width, height) in [(4097, 1), (1, 4097), (60_000, 60_000), (u32::MAX >> 1, 4)] {
            let refusal = remake(&claim(width, height), 4096, 512).unwrap_err();
            assert_eq!(refusal, too_large(4096), "{width} by {height}");
        }
        assert_eq!(remake(&claim(4096, 4096), 4096, 512).unwrap_err(), damaged());
        assert_eq!(remake(&png(&photo(65, 2)), 64, 512).unwrap_err(), too_large(64));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn damage_is_refused_or_mended_but_never_fatal(
            which in 0_usize..4,
            cut in 0_usize..3000,
            hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        ) {
            let picture = photo(24, 17);
            let mut bytes = match which {
                0 => jpeg(&picture),
                1 => png(&picture),
                2 => webp(&picture),
                _ => with_exif(&jpeg(&picture), 8),
            };
            for (at, byte) in hits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if cut < bytes.len() {
                bytes.truncate(bytes.len() - cut);
            }
            if let Ok(made) = remake(&bytes, 256, 16) {
                let (width, height) = size(&made);
                prop_assert!(width <= 16 && height <= 16);
            }
        }
    }
}
