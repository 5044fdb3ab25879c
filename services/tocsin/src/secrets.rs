//! Secret files: made once, readable by their owner only.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::TryRngCore;

/// A secret of no use to anybody else.
pub fn random() -> Result<[u8; 32]> {
    let mut secret = [0; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut secret).context("the system gives no random numbers")?;
    Ok(secret)
}

/// The 32 bytes of a file, which is made if it is not there.
pub fn file(path: &Path) -> Result<[u8; 32]> {
    let found = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let made = runtime::secret::create(path, &STANDARD.encode(random()?));
            made.with_context(|| format!("cannot make {}", path.display()))?;
            // Another process may have made it first.
            std::fs::read_to_string(path)
        }
        found => found,
    };
    let text = found.with_context(|| format!("cannot read {}", path.display()))?;
    let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| anyhow!("{} must hold 32 bytes in base64", path.display()))
}
