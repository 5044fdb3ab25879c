//! How much memory a picture will take, known from its header. A few hundred bytes can announce a gigabyte.

use domain::codes::PictureFormat;

use crate::Refusal;
use crate::jpeg::Survey;

/// The greatest file, in bytes.
pub const MAX_BYTES: usize = 20_000_000;

/// The memory one picture may take while it is decoded, in bytes. One is decoded at a time, so a process that is told
/// to decode anything at all stays below 300 MB.
pub const MEMORY: u64 = 160_000_000;

/// The least width and height: less shows nothing.
pub const LEAST_EDGE: u32 = 32;

/// The greatest width and height.
pub const MAX_EDGE: u32 = 20_000;

/// What a header announces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Announced {
    pub width: u32,
    pub height: u32,
    /// Bytes of a decoded pixel.
    pub pixel: u64,
}

impl Announced {
    /// Whether it can be decoded within [`MEMORY`].
    pub(crate) fn fits(self, format: PictureFormat, survey: Option<Survey>) -> Result<(), Refusal> {
        let Self { width, height, pixel } = self;
        if width < LEAST_EDGE || height < LEAST_EDGE {
            return Err(Refusal::TooSmall { width, height });
        }
        let pixels = u64::from(width) * u64::from(height);
        let beside = match (format, survey) {
            // All coefficients, two bytes each, until the last scan.
            (PictureFormat::Jpeg, Some(survey)) if survey.progressive => {
                (pixels * 2).saturating_mul(survey.samples) / 100
            }
            // Row by row.
            (PictureFormat::Jpeg | PictureFormat::Png, _) => 0,
            // A frame of its own: planes or pixels of four bytes.
            (PictureFormat::WebP, _) => pixels * 4,
        };
        let needed = (pixels * pixel).saturating_add(beside);
        if width > MAX_EDGE || height > MAX_EDGE || needed > MEMORY {
            return Err(Refusal::TooLarge { width, height });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_decides_by_what_the_decoder_will_take() {
        let progressive = Survey { progressive: true, samples: 150, scans: 10, complete: true };
        let baseline = Survey { progressive: false, ..progressive };
        for (width, height, pixel, format, survey, fits) in [
            (8_000, 6_000, 3, PictureFormat::Jpeg, Some(baseline), true),
            (8_000, 6_000, 3, PictureFormat::Jpeg, Some(progressive), false),
            (5_000, 5_000, 3, PictureFormat::Jpeg, Some(progressive), true),
            (5_000, 5_000, 4, PictureFormat::Png, None, true),
            (5_000, 5_000, 8, PictureFormat::Png, None, false),
            (5_000, 5_000, 4, PictureFormat::WebP, None, false),
            (22_000, 22_000, 1, PictureFormat::Png, None, false),
            (20_001, 32, 1, PictureFormat::Png, None, false),
            (32, 32, 1, PictureFormat::Png, None, true),
            (31, 400, 1, PictureFormat::Png, None, false),
        ] {
            let found = Announced { width, height, pixel }.fits(format, survey).is_ok();
            assert_eq!(found, fits, "{width} x {height} {format} {survey:?}");
        }
    }
}
