//! The copies that may leave: encoded here, from pixels alone.

use domain::photo::{ContentHash, PerceptualHash};
use fast_image_resize::{ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, RgbImage};
use image_hasher::{HashAlg, HasherConfig};
use sha2::{Digest, Sha256};

use crate::Refusal;
use crate::jpeg::without_header;

/// The greatest width and height of the copy for pages.
pub const PAGE_EDGE: u32 = 1_600;

/// The greatest size of the copy for mails, in bytes: a mail that is larger does not get through everywhere.
pub const PREVIEW_BYTES: usize = 100_000;

const PAGE_QUALITY: u8 = 82;

/// What is tried for the preview, best first. The last one fits whatever the picture shows: it has fewer pixels than
/// a third of the bytes.
const PREVIEWS: [(u32, u8); 6] = [(640, 80), (640, 65), (640, 50), (480, 50), (320, 50), (160, 40)];

/// A JPEG without any metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// The file.
    pub jpeg: Vec<u8>,
    /// Its hash.
    pub hash: ContentHash,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// The copy for pages as pixels: small, without transparency, turned as it is looked at.
pub(crate) fn print(pixels: DynamicImage, orientation: Orientation) -> Result<RgbImage, Refusal> {
    let small = shrink(pixels, PAGE_EDGE)?;
    let mut upright = DynamicImage::ImageRgb8(on_white(&small));
    upright.apply_orientation(orientation);
    Ok(upright.into_rgb8())
}

/// The copy for pages.
pub(crate) fn page(print: &RgbImage) -> Result<Rendition, Refusal> {
    encode(print, PAGE_QUALITY)
}

/// The copy for mails.
pub(crate) fn preview(print: &RgbImage) -> Result<Rendition, Refusal> {
    let mut last = Err(Refusal::Damaged);
    for (edge, quality) in PREVIEWS {
        let small = shrink(DynamicImage::ImageRgb8(print.clone()), edge)?.into_rgb8();
        last = encode(&small, quality);
        if last.as_ref().is_ok_and(|preview| preview.jpeg.len() <= PREVIEW_BYTES) {
            break;
        }
    }
    last
}

/// What the picture looks like: whether it grows lighter from each of 64 fields to the next. Scaling, compression and
/// a change of tone leave that as it is.
pub(crate) fn looks(print: &RgbImage) -> PerceptualHash {
    let hasher = HasherConfig::with_bytes_type::<[u8; 8]>().hash_size(8, 8).hash_alg(HashAlg::Gradient);
    PerceptualHash::new(u64::from_be_bytes(hasher.to_hasher().hash_image(print).into_inner()))
}

fn shrink(pixels: DynamicImage, edge: u32) -> Result<DynamicImage, Refusal> {
    let (width, height) = (pixels.width(), pixels.height());
    let longest = width.max(height);
    if longest <= edge {
        return Ok(pixels);
    }
    let scaled = |side: u32| {
        let exact = (u64::from(side) * u64::from(edge)).div_ceil(u64::from(longest));
        u32::try_from(exact).unwrap_or(edge).max(1)
    };
    let mut small = DynamicImage::new(scaled(width), scaled(height), pixels.color());
    Resizer::new().resize(&pixels, &mut small, &ResizeOptions::new()).map_err(|_| Refusal::Damaged)?;
    Ok(small)
}

/// A transparent background becomes white, as on paper; left as it is it would turn black or show what was cut out.
fn on_white(pixels: &DynamicImage) -> RgbImage {
    if !pixels.color().has_alpha() {
        return pixels.to_rgb8();
    }
    let rgba = pixels.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, alpha] = rgba.get_pixel(x, y).0;
        let over = |colour: u8| {
            let mixed = (u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        image::Rgb([over(r), over(g), over(b)])
    })
}

fn encode(pixels: &RgbImage, quality: u8) -> Result<Rendition, Refusal> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality)
        .encode(pixels.as_raw(), pixels.width(), pixels.height(), ExtendedColorType::Rgb8)
        .map_err(|_| Refusal::Damaged)?;
    let jpeg = without_header(jpeg);
    let hash = ContentHash::new(Sha256::digest(&jpeg).into());
    Ok(Rendition { jpeg, hash, width: pixels.width(), height: pixels.height() })
}
