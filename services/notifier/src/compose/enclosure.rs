//! What goes along with a mail: small pictures in the text, files beside it.

use bytes::Bytes;
use domain::text::Line;

/// The most bytes of the pictures in a mail: a slow line carries that, and no server refuses it.
pub const PICTURES: usize = 100_000;

/// A picture of an object, without any metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The place of the object it shows among those of the version, from 0.
    pub object: usize,
    /// Its own number among the version's pictures, from 1.
    pub number: usize,
    /// JPEG.
    pub jpeg: Bytes,
    /// In pixels.
    pub width: i64,
    /// In pixels.
    pub height: i64,
    /// What it shows, in words of the report.
    pub shows: Line,
    /// Whom to name beside it.
    pub credit: Option<Line>,
    /// It shows another object that looks like the one that was lost.
    pub look_alike: bool,
}

impl Picture {
    /// Its file's name.
    pub fn name(&self) -> String {
        format!("picture-{}.jpg", self.number)
    }
}

/// The pictures that a mail shows, in their order, while there is room.
pub(super) fn shown(pictures: &[Picture], room: usize) -> &[Picture] {
    let mut bytes = 0;
    let fits = |picture: &&Picture| {
        bytes += picture.jpeg.len();
        bytes <= room
    };
    &pictures[..pictures.iter().take_while(fits).count()]
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// CAP 1.2.
    Cap,
    /// JSON.
    Json,
    /// The Object ID sheet of the object with this number.
    Sheet(i64),
}

impl FileKind {
    /// Its media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Cap => "application/cap+xml",
            Self::Json => "application/json",
            Self::Sheet(_) => "application/pdf",
        }
    }
}

/// A file that goes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosure {
    /// What it is.
    pub kind: FileKind,
    /// Its name: letters, digits, hyphens and dots.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

impl Enclosure {
    /// How much it takes on its way: base64 in lines of 76, and its header.
    fn on_the_wire(&self) -> usize {
        self.bytes.len().div_ceil(57) * 78 + 300
    }
}

/// Which files go along, in their order, while there is room.
pub(super) fn enclosed(files: &[Enclosure], room: usize) -> Vec<bool> {
    let mut taken = 0;
    let fits = |file: &Enclosure| {
        let fits = taken + file.on_the_wire() <= room;
        taken += if fits { file.on_the_wire() } else { 0 };
        fits
    };
    files.iter().map(fits).collect()
}

/// How much of its room a mail takes: of that for pictures, and of that for files.
pub(crate) fn taken(pictures: &[Picture], picture_room: usize, files: &[Enclosure], room: usize) -> (usize, usize) {
    let pictures = shown(pictures, picture_room).iter().map(|picture| picture.jpeg.len()).sum();
    let fit = enclosed(files, room);
    let files = files.iter().zip(fit).filter(|(_, fits)| *fits).map(|(file, _)| file.on_the_wire()).sum();
    (pictures, files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_left_out_and_what_comes_after_it_may_fit() {
        let file = |bytes: usize| Enclosure { kind: FileKind::Cap, name: "x".into(), bytes: vec![0; bytes].into() };
        let files = [file(570), file(57_000), file(570)];
        assert_eq!(enclosed(&files, 10_000), [true, false, true]);
        assert_eq!(enclosed(&files, 1_500), [true, false, false]);
        assert_eq!(enclosed(&files, 0), [false, false, false]);
        assert_eq!(enclosed(&files, 1_000_000), [true, true, true]);
    }
}
