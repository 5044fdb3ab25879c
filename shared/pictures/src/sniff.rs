//! What a file is, by its first bytes. Neither its name nor the type that its sender gives it is asked.

use domain::codes::PictureFormat;

use crate::Refusal;

/// Signatures of what people send instead, so that they hear what they sent.
const OTHERS: [(&[u8], &str); 16] = [
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "an archive or an office document"),
    (b"PK\x05\x06", "an archive"),
    (b"II*\0", "a TIFF or a camera's raw file"),
    (b"MM\0*", "a TIFF or a camera's raw file"),
    (b"BM", "a BMP"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML document"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"\0\0\x01\0", "an icon"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
];

/// The format of `bytes`.
pub(crate) fn sniff(bytes: &[u8]) -> Result<PictureFormat, Refusal> {
    match bytes {
        [] => Err(Refusal::Empty),
        [0xff, 0xd8, 0xff, ..] => Ok(PictureFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(PictureFormat::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', rest @ ..] => still(rest),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Err(Refusal::NotAPicture(boxed(brand))),
        _ => {
            let found = OTHERS.iter().find(|(signature, _)| bytes.starts_with(signature));
            Err(Refusal::NotAPicture(found.map_or("something else", |(_, name)| name)))
        }
    }
}

/// Files of the ISO base format: what telephones write unless told otherwise.
fn boxed(brand: &[u8]) -> &'static str {
    match brand.get(..4) {
        Some(b"heic" | b"heix" | b"mif1" | b"msf1" | b"hevc") => "a HEIC; have the telephone or camera write JPEG",
        Some(b"avif" | b"avis") => "an AVIF",
        _ => "a film or another recording",
    }
}

/// A WebP whose header says that it moves is not a photograph.
fn still(chunks: &[u8]) -> Result<PictureFormat, Refusal> {
    const ANIMATION: u8 = 0b10;
    match chunks {
        [b'V', b'P', b'8', b'X', _, _, _, _, flags, ..] if flags & ANIMATION != 0 => Err(Refusal::Moving),
        _ => Ok(PictureFormat::WebP),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_formats_are_taken_and_others_are_named() {
        assert_eq!(sniff(b"\xff\xd8\xff\xe0...."), Ok(PictureFormat::Jpeg));
        assert_eq!(sniff(b"RIFF\x10\0\0\0WEBPVP8 "), Ok(PictureFormat::WebP));
        assert_eq!(sniff(b"RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0\x02"), Err(Refusal::Moving));
        assert_eq!(sniff(b"GIF89a"), Err(Refusal::NotAPicture("a GIF")));
        let heic = Refusal::NotAPicture("a HEIC; have the telephone or camera write JPEG");
        assert_eq!(sniff(b"\0\0\0\x18ftypheic"), Err(heic));
        assert_eq!(sniff(b"hello"), Err(Refusal::NotAPicture("something else")));
        assert_eq!(sniff(b""), Err(Refusal::Empty));
    }
}
