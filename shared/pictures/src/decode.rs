//! From bytes to pixels, within limits.

use std::io::Cursor;

use domain::codes::PictureFormat;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::Refusal;
use crate::budget::{Announced, MAX_BYTES, MAX_EDGE, MEMORY};
use crate::jpeg::{MAX_SCANS, survey};
use crate::sniff::sniff;

/// A decoded picture, as it lies in the file.
pub(crate) struct Decoded {
    pub format: PictureFormat,
    pub pixels: DynamicImage,
    /// How it must be turned to be looked at.
    pub orientation: Orientation,
    /// Its EXIF block, unread.
    pub exif: Option<Vec<u8>>,
}

/// Decodes a file, if it is a picture that fits.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::TooManyBytes);
    }
    let format = sniff(bytes)?;
    let survey = (format == PictureFormat::Jpeg).then(|| survey(bytes));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), decoder_of(format));
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_EDGE.saturating_mul(64));
    limits.max_image_height = Some(MAX_EDGE.saturating_mul(64));
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    // Reads the header alone.
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let pixel = u64::from(decoder.color_type().bytes_per_pixel());
    Announced { width, height, pixel }.fits(format, survey)?;
    if survey.is_some_and(|survey| !survey.complete) {
        return Err(Refusal::Truncated);
    }
    if survey.is_some_and(|survey| survey.scans > MAX_SCANS) {
        return Err(Refusal::Damaged);
    }
    let exif = decoder.exif_metadata().unwrap_or_default();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let pixels = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    Ok(Decoded { format, pixels, orientation, exif })
}

fn decoder_of(format: PictureFormat) -> ImageFormat {
    match format {
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::WebP => ImageFormat::WebP,
    }
}

/// The decoder's own words are for the log: they are about bytes, and some repeat what is in the file.
fn damaged(error: image::ImageError) -> Refusal {
    tracing::debug!(error = &error as &dyn std::error::Error, "refused a picture that does not decode");
    match error {
        image::ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Refusal::Truncated,
        _ => Refusal::Damaged,
    }
}
