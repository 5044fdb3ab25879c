//! The desk's own keys: what signs inside of every encrypted mail.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use domain::codes::KeyFormat;

use crate::{Recipient, SealError, Sealed};

/// Where the desk's keys are; each may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskConfig {
    /// An armoured OpenPGP private key.
    pub openpgp_key: Option<PathBuf>,
    /// Its passphrase.
    pub openpgp_passphrase: Option<String>,
    /// The desk's certificate in PEM, its authorities after it.
    pub smime_certificate: Option<PathBuf>,
    /// The certificate's private key in PEM.
    pub smime_key: Option<PathBuf>,
    /// Its passphrase.
    pub smime_passphrase: Option<String>,
}

/// Why the desk's keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// This build does not know the format.
    #[error("use {field}: this build knows no {}", .format.label())]
    NotBuilt {
        /// The setting.
        field: &'static str,
        /// The format.
        format: KeyFormat,
    },
    /// Only one of two settings that go together.
    #[error("use mail.smime_certificate and mail.smime_key: one is of no use without the other")]
    Half,
    /// A file cannot be read.
    #[error("read the file that {field} names")]
    Read {
        /// The setting.
        field: &'static str,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file holds no key of its kind, or the passphrase is wrong.
    #[error("use {field}: {why}")]
    Key {
        /// The setting.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// The desk's keys; cheap to clone.
#[derive(Clone, Default)]
pub struct Desk(
    #[cfg_attr(
        not(any(feature = "openpgp", feature = "smime")),
        expect(dead_code, reason = "this build knows no keys")
    )]
    Arc<Keys>,
);

#[derive(Default)]
struct Keys {
    #[cfg(feature = "openpgp")]
    openpgp: Option<crate::openpgp::Signer>,
    #[cfg(feature = "smime")]
    smime: Option<crate::smime::Signer>,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desk")
    }
}

impl Desk {
    /// Reads the keys that the settings name.
    pub fn load(config: &DeskConfig) -> Result<Self, DeskError> {
        #[cfg(not(feature = "openpgp"))]
        if config.openpgp_key.is_some() {
            return Err(DeskError::NotBuilt { field: "mail.openpgp_key", format: KeyFormat::OpenPgp });
        }
        #[cfg(not(feature = "smime"))]
        if config.smime_certificate.is_some() {
            return Err(DeskError::NotBuilt { field: "mail.smime_certificate", format: KeyFormat::X509 });
        }
        if config.smime_certificate.is_some() != config.smime_key.is_some() {
            return Err(DeskError::Half);
        }
        Ok(Self(Arc::new(Keys {
            #[cfg(feature = "openpgp")]
            openpgp: crate::openpgp::Signer::load(config)?,
            #[cfg(feature = "smime")]
            smime: crate::smime::Signer::load(config)?,
        })))
    }

    /// Whether it can sign in a format.
    pub fn signs(&self, format: KeyFormat) -> bool {
        match format {
            #[cfg(feature = "openpgp")]
            KeyFormat::OpenPgp => self.0.openpgp.is_some(),
            #[cfg(feature = "smime")]
            KeyFormat::X509 => self.0.smime.is_some(),
            #[cfg(not(all(feature = "openpgp", feature = "smime")))]
            _ => false,
        }
    }

    /// Signs a MIME entity and encrypts both for one reader, and for the desk's own key so that it can read what it sent.
    pub fn seal(&self, entity: &[u8], reader: &Recipient) -> Result<Sealed, SealError> {
        let _ = entity;
        match reader.kind {
            #[cfg(feature = "openpgp")]
            crate::Kind::OpenPgp(ref key) => {
                let signer = self.0.openpgp.as_ref().ok_or(SealError::NoDeskKey(KeyFormat::OpenPgp))?;
                signer.seal(entity, key).map(Sealed::OpenPgp)
            }
            #[cfg(feature = "smime")]
            crate::Kind::Smime(ref certificate) => {
                let signer = self.0.smime.as_ref().ok_or(SealError::NoDeskKey(KeyFormat::X509))?;
                signer.seal(entity, certificate).map(Sealed::Smime)
            }
        }
    }
}

/// The file that a setting names.
#[cfg(any(feature = "openpgp", feature = "smime"))]
pub(crate) fn read(field: &'static str, path: &std::path::Path) -> Result<Vec<u8>, DeskError> {
    std::fs::read(path).map_err(|source| DeskError::Read { field, source })
}
