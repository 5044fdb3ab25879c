//! A part of an archive that ends in an error when it grows beyond what is believed.

use std::io::{self, Read};

/// The longest stretch without a tag. A cell holds 32,767 characters, of up to ten bytes as written; the XML reader
/// keeps such a stretch in memory.
const MAX_STRETCH: usize = 512 * 1024;

/// Reads on until a limit.
pub(super) struct Bounded<R> {
    inner: R,
    left: u64,
    stretch: usize,
}

impl<R> Bounded<R> {
    pub(super) fn new(inner: R, limit: u64) -> Self {
        Self { inner, left: limit, stretch: 0 }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let too_large = || io::Error::other("it is larger than such a part may be when it is unpacked");
        self.left = self.left.checked_sub(count as u64).ok_or_else(too_large)?;
        self.stretch = match buffer[..count].iter().rposition(|byte| *byte == b'<') {
            Some(last) => count - last,
            None => self.stretch + count,
        };
        if self.stretch > MAX_STRETCH {
            return Err(io::Error::other("it has a text or a tag that no cell can hold"));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_where_the_limit_is_and_at_a_text_without_end() {
        let read = |text: &[u8], limit| Bounded::new(text, limit).read_to_end(&mut Vec::new()).map_err(|_| ());
        assert_eq!(read(b"<a>b</a>", 8), Ok(8));
        assert_eq!(read(b"<a>b</a>", 7), Err(()));
        assert_eq!(read(&vec![b'x'; MAX_STRETCH + 1], 1 << 30), Err(()));
        assert_eq!(read("<x>".repeat(MAX_STRETCH).as_bytes(), 1 << 30), Ok(3 * MAX_STRETCH));
    }
}
