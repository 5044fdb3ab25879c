//! What may be kept as a document: a PDF, or a picture that decodes. Told by its content; its name is never read.
//!
//! A PDF is not opened here: what is in it cannot be made safe by looking, so it is kept as it came, and leaves only to be
//! saved, never to be shown by a browser on this site.

use bytes::Bytes;
use domain::codes::DocumentFormat;
use pictures::Darkroom;

/// The greatest file in bytes; of a larger one the fingerprint is recorded.
pub(crate) const MAX_FILE: usize = pictures::MAX_BYTES;

/// How far from its end a PDF may say that it ends: readers look that far (ISO 32000-1, annex H.3.18).
const TAIL: usize = 1_024;

/// Why a file is not taken. Reads after the field's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is too large.
    #[error("must be at most {} MB; of a larger one record the fingerprint", MAX_FILE / 1_000_000)]
    TooLarge,
    /// A PDF that does not end.
    #[error("must be whole: the PDF ends before it says so")]
    Cut,
    /// It is neither.
    #[error("must be a PDF, or a picture: {0}")]
    Picture(String),
}

/// What the file is.
pub(crate) async fn look(darkroom: &Darkroom, file: &Bytes) -> Result<DocumentFormat, Refusal> {
    if file.len() > MAX_FILE {
        return Err(Refusal::TooLarge);
    }
    if file.starts_with(b"%PDF-1.") || file.starts_with(b"%PDF-2.") {
        let tail = &file[file.len().saturating_sub(TAIL)..];
        let ends = tail.windows(5).any(|window| window == b"%%EOF");
        return if ends { Ok(DocumentFormat::Pdf) } else { Err(Refusal::Cut) };
    }
    match darkroom.develop(file.clone()).await {
        Ok(picture) => Ok(picture.format.into()),
        Err(refusal) => Err(Refusal::Picture(refusal.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_document_is_what_its_content_is() {
        let look = async |bytes: &'static [u8]| look(&Darkroom::default(), &Bytes::from_static(bytes)).await;
        assert_eq!(look(b"%PDF-1.7\n1 0 obj\n%%EOF\n").await, Ok(DocumentFormat::Pdf));
        assert_eq!(look(b"%PDF-1.7\n1 0 obj").await, Err(Refusal::Cut));
        for other in [&b""[..], b"PK\x03\x04 an archive", b"<html><script>", b"\x7fELF", b"\n%PDF-1.7 %%EOF"] {
            assert!(matches!(look(other).await, Err(Refusal::Picture(_))), "{other:?}");
        }
    }
}
