//! Tokens: drawn at random, shown once, kept as a hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest as _, Sha256};

/// What every API token begins with, so that scanners for leaked secrets can know one.
pub(crate) const API_TOKEN_PREFIX: &str = "tocsin_";

/// SHA-256, the form in which tokens and tried addresses are kept. A slow hash would add nothing: the tokens have
/// 256 random bits.
pub(crate) fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// A new secret of 256 random bits, in the alphabet of URLs.
fn draw() -> String {
    let mut bytes = [0_u8; 32];
    OsRng.try_fill_bytes(&mut bytes).expect("an operating system that gives no random numbers cannot run sign-in");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A new session token.
pub(crate) fn session_token() -> String {
    draw()
}

/// A new API token.
pub(crate) fn api_token() -> String {
    format!("{API_TOKEN_PREFIX}{}", draw())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_tokens_are_alike_and_each_has_256_bits() {
        let (a, b) = (api_token(), api_token());
        assert_ne!(a, b);
        assert_eq!(a.len(), API_TOKEN_PREFIX.len() + 43);
        assert_eq!(session_token().len(), 43);
    }
}
