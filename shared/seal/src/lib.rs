//! Mail for one reader's eyes: OpenPGP (RFC 9580, RFC 3156) and S/MIME (RFC 8551), signed by the desk.
//!
//! Owns: what a partner's key says of itself, and what is done with it. Promises: nothing is encrypted for a key that
//! is expired, revoked, damaged or not made for it, and nothing is encrypted without the desk's signature inside; there
//! is no way to get the text back in the clear by mistake, because a failure is an error. Must not: decide who is
//! written to, or whether in the clear; know what a mail says.
//!
//! Each format is a feature. Without it, its keys can be kept and cannot be used ([`KeyError::NotBuilt`]).

mod desk;
#[cfg(feature = "openpgp")]
mod openpgp;
#[cfg(feature = "smime")]
mod smime;

use std::fmt;

use domain::codes::KeyFormat;
use domain::partner::{Fingerprint, KeyText};
use domain::{CivilDate, Timestamp};

pub use desk::{Desk, DeskConfig, DeskError};

/// Why a partner's key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// This build does not know the format.
    #[error("cannot be read: this build knows no {}", .0.label())]
    NotBuilt(KeyFormat),
    /// It is no key.
    #[error("is not a whole key or certificate")]
    Damaged,
    /// Its owner took it back.
    #[error("was revoked by its owner")]
    Revoked,
    /// Its time is over.
    #[error("expired after {0}")]
    Expired(CivilDate),
    /// Its time has not come.
    #[error("is not valid yet")]
    TooEarly,
    /// It was made for something else.
    #[error("is not made for encryption")]
    NotForEncryption,
}

/// A key that mail can be encrypted for now.
pub struct Recipient {
    kind: Kind,
    fingerprints: Vec<String>,
    expires_on: Option<CivilDate>,
}

/// A closed set of formats, as far as they are built.
enum Kind {
    #[cfg(feature = "openpgp")]
    OpenPgp(Box<openpgp::EncryptionKey>),
    #[cfg(feature = "smime")]
    Smime(openssl::x509::X509),
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient").field("fingerprints", &self.fingerprints).finish_non_exhaustive()
    }
}

impl Recipient {
    /// Reads a key and sees whether it can be used at `now`.
    pub fn read(text: &KeyText, now: Timestamp) -> Result<Self, KeyError> {
        match text.format() {
            #[cfg(feature = "openpgp")]
            KeyFormat::OpenPgp => openpgp::read(text.as_str(), now),
            #[cfg(feature = "smime")]
            KeyFormat::X509 => smime::read(text.as_str(), now),
            #[cfg(not(all(feature = "openpgp", feature = "smime")))]
            format => {
                let _ = now;
                Err(KeyError::NotBuilt(format))
            }
        }
    }

    /// Whether it is the key whose fingerprint somebody read out on the telephone.
    pub fn has(&self, fingerprint: &Fingerprint) -> bool {
        let wanted = fingerprint.to_string();
        self.fingerprints.contains(&wanted)
    }

    /// The last whole day on which it can be used; none if it does not expire.
    pub fn expires_on(&self) -> Option<CivilDate> {
        self.expires_on
    }

    /// Its format.
    pub fn format(&self) -> KeyFormat {
        match self.kind {
            #[cfg(feature = "openpgp")]
            Kind::OpenPgp(_) => KeyFormat::OpenPgp,
            #[cfg(feature = "smime")]
            Kind::Smime(_) => KeyFormat::X509,
        }
    }
}

/// An encrypted MIME entity, without the headers that say what it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Sealed {
    /// An armoured OpenPGP message: the second part of `multipart/encrypted`.
    OpenPgp(String),
    /// DER of CMS EnvelopedData: the body of `application/pkcs7-mime`.
    Smime(Vec<u8>),
}

/// Without its thousand lines.
impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenPgp(text) => write!(f, "OpenPgp({} bytes)", text.len()),
            Self::Smime(der) => write!(f, "Smime({} bytes)", der.len()),
        }
    }
}

/// Why a text was not encrypted. There is nothing half done.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The desk has no key to sign with.
    #[error("sign by {}: the desk has no key for it", .0.label())]
    NoDeskKey(KeyFormat),
    /// The library failed.
    #[error("encrypt the mail: {0}")]
    Failed(String),
}

/// The last whole day before an instant, in UTC.
#[cfg(any(feature = "openpgp", feature = "smime"))]
fn last_day_before(seconds: i64) -> Option<CivilDate> {
    let instant = jiff::Timestamp::from_second(seconds).ok()?;
    instant.to_zoned(jiff::tz::TimeZone::UTC).date().yesterday().ok().map(CivilDate::new)
}
