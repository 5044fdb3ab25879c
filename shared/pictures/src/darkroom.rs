//! The place where strangers' files are decoded: one at a time, away from the threads that answer requests, and a
//! decoder that panics costs one upload.

use std::sync::Arc;

use bytes::Bytes;
use domain::photo::ContentHash;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::{Picture, Refusal, decode, exif, rendition};

/// Develops pictures one at a time; clones are the same room.
#[derive(Clone, Debug)]
pub struct Darkroom {
    seat: Arc<Semaphore>,
}

impl Default for Darkroom {
    fn default() -> Self {
        Self { seat: Arc::new(Semaphore::new(1)) }
    }
}

impl Darkroom {
    /// Looks at a file and makes its copies.
    pub async fn develop(&self, bytes: Bytes) -> Result<Picture, Refusal> {
        let seat = Arc::clone(&self.seat).acquire_owned().await.expect("the room is never closed");
        // The seat goes with the work: a request that is given up leaves no second decoder beside a running one.
        let work = tokio::task::spawn_blocking(move || {
            let picture = develop(&bytes);
            drop(seat);
            picture
        });
        work.await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a decoder panicked; the file was refused");
            Err(Refusal::Damaged)
        })
    }
}

/// Looks at a file and makes its copies, on this thread.
pub fn develop(bytes: &[u8]) -> Result<Picture, Refusal> {
    let decode::Decoded { format, pixels, orientation, exif } = decode::decode(bytes)?;
    let (width, height) = (pixels.width(), pixels.height());
    let print = rendition::print(pixels, orientation)?;
    // A quarter turn shows in the copy's shape, never in the original's.
    let turned = (print.width() < print.height()) != (width < height) && width != height;
    let (width, height) = if turned { (height, width) } else { (width, height) };
    Ok(Picture {
        format,
        original: ContentHash::new(Sha256::digest(bytes).into()),
        size_bytes: bytes.len(),
        width,
        height,
        taken_on: exif::taken_on(exif),
        page: rendition::page(&print)?,
        preview: rendition::preview(&print)?,
        looks: rendition::looks(&print),
    })
}
