//! Photographs: bytes of a stranger in, a checked [`Picture`] out.
//!
//! Owns: every decoder of image files. Promises: a [`Picture`] is a JPEG, PNG or WebP by its content, whatever its
//! name says; its copies ([`Rendition`]) were encoded here from pixels alone, so they hold no metadata, no thumbnail
//! and nothing that was hidden behind the picture. What would take too much memory is refused from its header. Must
//! not: store, send, know a case.
//!
//! | File | Guards against |
//! |---|---|
//! | `sniff` | a name or type that lies; formats nobody asked for |
//! | `jpeg` | JPEG: truncation, thousands of scans, memory that only a progressive one needs |
//! | `budget` | bombs: the memory a decoder will take, known from the header |
//! | `decode` | the rest, with the decoder's own limits |
//! | `rendition` | what the original tells besides the picture |
//! | `darkroom` | many at once; a decoder that panics |
//!
//! A picture with something else behind its end (a telephone's moving picture, but also an archive) is a picture: the
//! original is kept as it came, and no copy has the rest.

mod budget;
mod darkroom;
mod decode;
mod exif;
mod jpeg;
mod rendition;
mod sniff;

pub use budget::{LEAST_EDGE, MAX_BYTES, MAX_EDGE, MEMORY};
pub use darkroom::{Darkroom, develop};
pub use rendition::{PAGE_EDGE, PREVIEW_BYTES, Rendition};

use domain::CivilDate;
use domain::codes::PictureFormat;
use domain::photo::{ContentHash, PerceptualHash};

/// A photograph that was looked at, with the copies that may leave.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What the original is.
    pub format: PictureFormat,
    /// The original's hash.
    pub original: ContentHash,
    /// The original's size in bytes.
    pub size_bytes: usize,
    /// As it is looked at, after its orientation was applied.
    pub width: u32,
    /// As it is looked at, after its orientation was applied.
    pub height: u32,
    /// The day the camera says it was taken.
    pub taken_on: Option<CivilDate>,
    /// For pages.
    pub page: Rendition,
    /// Small enough for a mail: at most [`PREVIEW_BYTES`].
    pub preview: Rendition,
    /// What it looks like.
    pub looks: PerceptualHash,
}

/// Why a file is not taken as a photograph. Reads after the field's name: "the file must be …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was sent.
    #[error("must not be empty")]
    Empty,
    /// It is another kind of file.
    #[error("must be a JPEG, PNG or WebP photograph; this is {0}")]
    NotAPicture(&'static str),
    /// It is too large as a file.
    #[error("must be at most {} MB", MAX_BYTES / 1_000_000)]
    TooManyBytes,
    /// It is too small to show anything.
    #[error("must be at least {LEAST_EDGE} pixels wide and high; this is {width} x {height}")]
    TooSmall {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// It is too large to be decoded within the memory that is set apart for it.
    #[error("must be smaller: {width} x {height} pixels of this kind take too much memory to look at")]
    TooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// It moves.
    #[error("must be a still picture")]
    Moving,
    /// It ends before the picture does.
    #[error("must be whole: the file ends before the picture does")]
    Truncated,
    /// It cannot be decoded.
    #[error("must be readable: the picture in it is damaged")]
    Damaged,
}
