//! A partner's keys, kept as text with what a person needs to compare and to renew them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::codes::KeyFormat;
use crate::date::CivilDate;
use crate::mailbox::Mailbox;

/// A public key or certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// What the text is.
    pub format: KeyFormat,
    /// What the partner reads out on the telephone.
    pub fingerprint: Fingerprint,
    /// The last day on which it may be used; none if it does not expire.
    pub expires_on: Option<CivilDate>,
    /// The address it is for; none for every address of the partner.
    pub address: Option<Mailbox>,
    /// The armoured text.
    pub text: KeyText,
}

/// Why a text is no key or fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseKeyError {
    /// Not the digits of a hash.
    #[error("must be 40 or 64 hexadecimal digits; spaces and colons between them do not matter")]
    Fingerprint,
    /// Too long.
    #[error("must have at most {} characters", KeyText::MAX)]
    TooLong,
    /// Not between the lines that begin and end it.
    #[error("must be a whole public key or certificate, with its lines -----BEGIN … and -----END …")]
    Armour,
    /// A secret was pasted.
    #[error("is a private key: it must never be given to anybody, and is not kept")]
    Private,
}

/// The hash of a key: 40 (SHA-1, OpenPGP version 4) or 64 (SHA-256) hexadecimal digits, upper case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl FromStr for Fingerprint {
    type Err = ParseKeyError;
    fn from_str(text: &str) -> Result<Self, ParseKeyError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
        let fine = matches!(digits.len(), 40 | 64) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        fine.then(|| Self(digits.to_ascii_uppercase())).ok_or(ParseKeyError::Fingerprint)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::text::string_serde!(Fingerprint);

/// An armoured public key (OpenPGP, RFC 9580) or certificate (PEM, RFC 7468); what is inside is read by whoever uses it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText(String);

impl KeyText {
    /// The longest text, in bytes: a key with many signatures.
    pub const MAX: usize = 100_000;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What its first line says it is.
    pub fn format(&self) -> KeyFormat {
        if self.0.starts_with("-----BEGIN PGP") { KeyFormat::OpenPgp } else { KeyFormat::X509 }
    }
}

impl FromStr for KeyText {
    type Err = ParseKeyError;
    fn from_str(text: &str) -> Result<Self, ParseKeyError> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        if text.len() > Self::MAX {
            return Err(ParseKeyError::TooLong);
        }
        if text.contains("PRIVATE KEY") {
            return Err(ParseKeyError::Private);
        }
        let between = |what: &str| {
            text.starts_with(&format!("-----BEGIN {what}-----\n")) && text.ends_with(&format!("\n-----END {what}-----"))
        };
        let whole = between("PGP PUBLIC KEY BLOCK") || between("CERTIFICATE");
        (whole && text.is_ascii()).then(|| Self(text.to_owned())).ok_or(ParseKeyError::Armour)
    }
}

impl fmt::Display for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Without its hundred lines.
impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyText({} bytes)", self.0.len())
    }
}

crate::text::string_serde!(KeyText);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_whole_public_and_has_a_fingerprint() {
        let pgp = "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nAAAA\r\n-----END PGP PUBLIC KEY BLOCK-----\r\n";
        assert_eq!(pgp.parse::<KeyText>().map(|key| key.format()), Ok(KeyFormat::OpenPgp));
        let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
        assert_eq!(certificate.parse::<KeyText>().map(|key| key.format()), Ok(KeyFormat::X509));
        assert_eq!(pgp.replace("PUBLIC", "PRIVATE").parse::<KeyText>(), Err(ParseKeyError::Private));
        assert_eq!(pgp[..60].parse::<KeyText>(), Err(ParseKeyError::Armour));
        assert_eq!("x".repeat(KeyText::MAX + 1).parse::<KeyText>(), Err(ParseKeyError::TooLong));
        let shown = "d4c9 190d 2f4e 3a5b 6c7d  8e9f 0a1b 2c3d 4e5f 6071";
        assert_eq!(
            shown.parse::<Fingerprint>().map(|print| print.to_string()),
            Ok("D4C9190D2F4E3A5B6C7D8E9F0A1B2C3D4E5F6071".to_owned())
        );
        assert_eq!("D4C9".parse::<Fingerprint>(), Err(ParseKeyError::Fingerprint));
    }
}
