//! SHA-256 as events and pages show it.

use sha2::{Digest, Sha256};

/// SHA-256 over the JSON of plain data, in hexadecimal.
pub(crate) fn of_json<T: serde::Serialize>(value: &T) -> String {
    let json = serde_json::to_vec(value).expect("plain data always has a JSON form");
    hex::encode(Sha256::digest(json))
}

/// SHA-256 of a text, in hexadecimal: commits the ledger to words that do not travel.
pub(crate) fn of_text(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
