//! Secrets that a browser or a program shows us: 256 random bits, of which we keep only a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use sha2::{Digest, Sha256};

/// What every token starts with, so that scanners of source code and logs can tell a leaked one.
pub(crate) const PREFIX: &str = "tocsin_";

/// What is stored of a token. A plain hash is enough for 256 random bits: there is nothing to guess.
pub type Hash = [u8; 32];

/// A new token, `tocsin_` and 43 characters of base64url, and its hash. The token is shown once and kept nowhere.
pub fn generate() -> (String, Hash) {
    let mut bytes = [0; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).expect("without the system's randomness nothing is safe to do");
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let hash = hash(&token);
    (token, hash)
}

/// The hash of a token.
pub fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_are_safe_in_headers_and_are_found_by_their_hash() {
        let (one, other) = (generate(), generate());
        assert_ne!(one.0, other.0);
        assert_eq!(one.0.len(), PREFIX.len() + 43);
        assert!(one.0.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
        assert_eq!(hash(&one.0), one.1);
    }
}
