//! What a photograph of an object is known by.

use std::fmt;
use std::str::FromStr;

/// The SHA-256 of a file's bytes: where it is stored, and proof of what it was. 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

/// Why a text is not the hash of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a SHA-256 of 64 hexadecimal digits in lower case")]
pub struct ParseHashError;

impl ContentHash {
    /// From a digest.
    pub fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ContentHash {
    type Err = ParseHashError;
    fn from_str(text: &str) -> Result<Self, ParseHashError> {
        // Only lower case: a hash is a file's name too, and one file has one name.
        let digits = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
        if text.len() != 64 || !digits {
            return Err(ParseHashError);
        }
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(|_| ParseHashError)?;
        Ok(Self(digest))
    }
}

crate::text::string_serde!(ContentHash);
#[cfg(feature = "sql")]
crate::sql::text_column!(ContentHash);

/// What a picture looks like, in 64 bits: alike pictures differ in few of them, however they were scaled, compressed
/// or stripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PerceptualHash(u64);

/// How many bits two pictures may differ in and still be proposed as one. Unrelated pictures differ in 32 on average,
/// and fewer than one pair in a million in 7 or less.
pub const ALIKE: u32 = 7;

impl PerceptualHash {
    /// How many bands it is cut into to be found by an index. Two hashes that differ in at most [`ALIKE`] bits leave
    /// at least one of eight bands untouched, so nothing that is alike is missed.
    pub const BANDS: usize = 8;

    /// From its bits.
    pub fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// As a column holds it.
    pub fn to_stored(self) -> i64 {
        self.0.cast_signed()
    }

    /// From a column.
    pub fn from_stored(column: i64) -> Self {
        Self(column.cast_unsigned())
    }

    /// In how many bits the two differ.
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// The bands, in order: each eight bits with the band's number above them, so that one column finds them.
    pub fn bands(self) -> [i64; Self::BANDS] {
        let mut at = 0;
        self.0.to_be_bytes().map(|byte| {
            at += 1;
            (at - 1) * 256 + i64::from(byte)
        })
    }

    /// Whether it says anything: a blank wall and a black frame look like each other, and that proves nothing.
    pub fn is_telling(self) -> bool {
        (8..=56).contains(&self.0.count_ones())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hash_has_one_spelling() {
        let text = "00ff".repeat(16);
        assert_eq!(text.parse::<ContentHash>().map(|hash| hash.to_string()), Ok(text.clone()));
        for bad in [text.to_uppercase(), text[2..].to_owned(), format!("{}/", &text[1..]), format!("+{}", &text[1..])] {
            assert!(bad.parse::<ContentHash>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn alike_pictures_share_a_band(bits: u64, flips in proptest::collection::vec(0..64_u32, 0..=7)) {
            let one = PerceptualHash::new(bits);
            let other = PerceptualHash::new(flips.iter().fold(bits, |bits, at| bits ^ (1 << at)));
            prop_assert!(one.distance(other) <= ALIKE);
            prop_assert_eq!(one.distance(other), other.distance(one));
            prop_assert!(one.bands().iter().any(|band| other.bands().contains(band)));
            prop_assert_eq!(PerceptualHash::from_stored(one.to_stored()), one);
        }
    }
}
