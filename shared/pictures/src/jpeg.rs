//! What the markers of a JPEG say (ITU-T T.81), before anything is decoded; and how the copies lose theirs.

/// What was found between the first marker and the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Whether all coefficients must be held until the last scan.
    pub progressive: bool,
    /// How many scans there are. A small file can hold thousands, and each one costs a walk over the whole picture.
    pub scans: usize,
    /// Whether the end marker is there: decoders fill in grey for what is missing, and an institution would not see
    /// that half of its photo was lost on the way.
    pub complete: bool,
    /// Samples held for a hundred pixels: 150 where colour is stored at half the resolution, 300 where it is not.
    pub samples: u64,
}

/// The most scans a picture may have; encoders write about ten.
pub(crate) const MAX_SCANS: usize = 100;

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const TEM: u8 = 0x01;

/// Walks over the markers. Never fails: what makes no sense ends the walk, and the picture is not complete then.
pub(crate) fn survey(bytes: &[u8]) -> Survey {
    let mut survey = Survey { samples: 400, ..Survey::default() };
    let mut at = 0;
    while let Some((marker, after)) = next_marker(bytes, at) {
        at = after;
        match marker {
            EOI => {
                survey.complete = survey.scans > 0;
                return survey;
            }
            // Without a length: restart markers, the start, and one that is reserved.
            SOI | TEM | 0xd0..=0xd7 => continue,
            _ => {}
        }
        let Some(length) = bytes.get(at..at + 2).map(|two| usize::from(u16::from_be_bytes([two[0], two[1]]))) else {
            return survey;
        };
        match marker {
            SOS => survey.scans += 1,
            // Frames, but not the tables that have numbers between them (DHT, JPG, DAC).
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                survey.progressive |= matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce);
                survey.samples = samples(bytes.get(at..at + length).unwrap_or_default()).unwrap_or(400);
            }
            _ => {}
        }
        at += length.max(2);
    }
    survey
}

/// The next marker at or after `at`, and where it ends. Between scans it passes over coded data, in which 0xFF is
/// followed by 0.
fn next_marker(bytes: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match bytes.get(at + 1)? {
            0 => at += 2,
            0xff => at += 1,
            marker => return Some((*marker, at + 2)),
        }
    }
}

/// Samples for a hundred pixels, by the sampling factors of a frame header.
fn samples(frame: &[u8]) -> Option<u64> {
    let components = usize::from(*frame.get(7)?);
    let factors: Vec<u64> = (0..components)
        .map(|number| frame.get(9 + 3 * number).map(|byte| u64::from(byte >> 4) * u64::from(byte & 15)))
        .collect::<Option<_>>()?;
    let greatest = *factors.iter().max()?;
    (greatest > 0).then(|| (factors.iter().sum::<u64>() * 100).div_ceil(greatest))
}

/// Takes the JFIF header out of a JPEG that was written here. It tells a density that nobody measured, and without it
/// a reader finds no tag at all; decoders know by the components' numbers that the colours are YCbCr.
pub(crate) fn without_header(mut jpeg: Vec<u8>) -> Vec<u8> {
    if let [0xff, SOI, 0xff, 0xe0, high, low, ..] = jpeg[..] {
        let end = 4 + usize::from(u16::from_be_bytes([high, low]));
        if end <= jpeg.len() {
            jpeg.drain(2..end);
        }
    }
    jpeg
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &[u8] = &[0xff, 0xc2, 0, 17, 8, 0, 9, 0, 9, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
    const SCAN: &[u8] = &[0xff, 0xda, 0, 2, 1, 2, 0xff, 0, 0xff, 0xd0, 3];

    #[test]
    fn scans_are_counted_and_the_end_is_looked_for_outside_of_thumbnails() {
        let thumbnail = [0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9];
        let mut file = vec![0xff, 0xd8];
        for part in [&thumbnail[..], FRAME, SCAN, SCAN] {
            file.extend_from_slice(part);
        }
        let cut = Survey { progressive: true, scans: 2, complete: false, samples: 150 };
        assert_eq!(survey(&file), cut);
        file.extend_from_slice(&[0xff, 0xd9]);
        assert_eq!(survey(&file), Survey { complete: true, ..cut });
        file.extend_from_slice(b"PK\x03\x04 anything");
        assert_eq!(survey(&file), Survey { complete: true, ..cut });
        for length in 0..file.len() {
            survey(&file[..length]);
        }
    }

    #[test]
    fn the_header_goes_and_the_rest_stays() {
        let file = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 7, 7, 0xff, 0xdb, 1];
        assert_eq!(without_header(file), [0xff, 0xd8, 0xff, 0xdb, 1]);
        assert_eq!(without_header(vec![0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff]), [0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff]);
    }
}
