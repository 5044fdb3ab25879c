//! SHA-256 as events and pages show it.

use sha2::{Digest, Sha256};

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every text");
        text
    })
}

/// SHA-256 over the JSON of plain data, in hexadecimal.
pub(crate) fn of_json<T: serde::Serialize>(value: &T) -> String {
    let json = serde_json::to_vec(value).expect("plain data always has a JSON form");
    hex(&Sha256::digest(json))
}

/// SHA-256 of a text, in hexadecimal: commits the ledger to words that do not travel.
pub(crate) fn of_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
