//! Secrets that a browser or a program shows us: 256 random bits, of which we keep only a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use sha2::{Digest, Sha256};

/// What is stored of a token. A plain hash is enough for 256 random bits: there is nothing to guess.
pub type Hash = [u8; 32];

/// A new token and its hash. The token is shown once and kept nowhere.
pub fn generate() -> (String, Hash) {
    let mut bytes = [0; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).expect("without the system's randomness nothing is safe to do");
    let token = format!("tocsin_{}", URL_SAFE_NO_PAD.encode(bytes));
    let hash = hash(&token);
    (token, hash)
}

/// The hash of a token.
pub fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}
