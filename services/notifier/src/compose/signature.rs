//! Signatures of the sending domain on a mail (DKIM, RFC 6376; Ed25519 by RFC 8463), so that a reader's server can tell our mail
//! from one that only says so.
//!
//! Several keys sign the same mail: RSA for every reader, Ed25519 for those that know it, an old and a new one while keys change.
//! The mail library puts only one signature on a message, so each is made on a copy and all stand above the mail.

use std::fmt;
use std::sync::Arc;

use lettre::Message;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
};
use lettre::message::header::HeaderName;

use crate::config::{DkimAlgorithm, DkimKey};

/// What is signed. `From` twice, so that nobody can add a second one (RFC 6376, 8.15). Not `Content-Type`: the library counts it to
/// the first part and would sign nothing in its place.
const SIGNED: [&str; 10] =
    ["From", "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"];

/// The keys that sign every mail; none signs nothing.
#[derive(Clone, Default)]
pub struct Signers(Arc<[DkimConfig]>);

/// Why a key cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// Its file cannot be read.
    #[error("read the DKIM key of the selector {selector}")]
    Read {
        /// Which key.
        selector: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// It is no key of its algorithm.
    #[error("use the DKIM key of the selector {selector}: must be {wanted}")]
    Key {
        /// Which key.
        selector: String,
        /// What the file must hold.
        wanted: &'static str,
    },
}

impl Signers {
    /// Reads the keys that the settings name.
    pub fn load(keys: &[DkimKey]) -> Result<Self, SignerError> {
        keys.iter().map(signer).collect::<Result<Vec<_>, _>>().map(|all| Self(all.into()))
    }

    /// Whether nothing is signed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The signatures of a finished message, as header lines to stand above it.
    pub(crate) fn headers(&self, message: &Message) -> String {
        let signature = |config: &DkimConfig| {
            let mut copy = message.clone();
            copy.sign(config);
            // One tag a line: a fold is white space, and white space between tags is not part of what is signed (RFC 6376, 3.4.2).
            let value = copy.headers().get_raw("DKIM-Signature").unwrap_or_default();
            format!("DKIM-Signature: {}\r\n", value.replace("; ", ";\r\n "))
        };
        self.0.iter().map(signature).collect()
    }
}

fn signer(key: &DkimKey) -> Result<DkimConfig, SignerError> {
    let selector = || key.selector.clone();
    let text =
        std::fs::read_to_string(&key.key_path).map_err(|source| SignerError::Read { selector: selector(), source })?;
    let (algorithm, wanted) = match key.algorithm {
        DkimAlgorithm::Rsa => {
            (DkimSigningAlgorithm::Rsa, "an RSA key in PKCS #1 PEM, as `openssl genrsa -traditional 2048` makes one")
        }
        DkimAlgorithm::Ed25519 => {
            (DkimSigningAlgorithm::Ed25519, "32 bytes in base64, as `openssl rand -base64 32` makes them")
        }
    };
    let private =
        DkimSigningKey::new(text.trim(), algorithm).map_err(|_| SignerError::Key { selector: selector(), wanted })?;
    let headers = SIGNED.map(HeaderName::new_from_ascii_str).to_vec();
    // With the library's default, `simple` headers, no signature ever verifies: it hashes its own header folded otherwise than it
    // sends it.
    let relaxed =
        DkimCanonicalization { header: DkimCanonicalizationType::Relaxed, body: DkimCanonicalizationType::Relaxed };
    Ok(DkimConfig::new(selector(), key.domain.clone(), private, headers, relaxed))
}

impl fmt::Debug for Signers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signers").field("keys", &self.0.len()).finish()
    }
}
