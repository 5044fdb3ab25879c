//! A cosignature: the time, and a signature over it and the checkpoint.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::Timestamp;
use ed25519_dalek::{Signature as Ed25519, Signer as _, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::LedgerKey;
use crate::key::KeyError;
use crate::merkle::Hash;
use crate::note::{Note, NoteError, Origin, Signature};

/// The signature type of a cosignature with Ed25519 (C2SP tlog-cosignature).
const COSIGNATURE: u8 = 0x04;

/// What is needed to check a witness's signatures: `name+id+key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigner {
    name: Origin,
    id: [u8; 4],
    key: VerifyingKey,
}

impl Cosigner {
    fn new(name: Origin, key: VerifyingKey) -> Self {
        let digest: Hash = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([0x0A, COSIGNATURE])
            .chain_update(key.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        Self { name, id: [a, b, c, d], key }
    }

    /// The witness's name.
    pub fn name(&self) -> &Origin {
        &self.name
    }
}

impl FromStr for Cosigner {
    type Err = NoteError;
    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let mut next = || parts.next().ok_or(NoteError::NotAKey);
        let (name, id, key) = (next()?, next()?, next()?);
        let name = name.parse().map_err(|_| NoteError::NotAKey)?;
        let key = match BASE64.decode(key).ok().and_then(|bytes| <[u8; 33]>::try_from(bytes).ok()) {
            Some([COSIGNATURE, key @ ..]) => VerifyingKey::from_bytes(&key).map_err(|_| NoteError::NotAKey)?,
            _ => return Err(NoteError::NotAKey),
        };
        let parsed = Self::new(name, key);
        if crate::hex(&parsed.id) == id { Ok(parsed) } else { Err(NoteError::NotAKey) }
    }
}

impl fmt::Display for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64.encode([[COSIGNATURE].as_slice(), self.key.as_bytes()].concat());
        write!(f, "{}+{}+{key}", self.name, crate::hex(&self.id))
    }
}

fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// When this witness signed the note, if it did and the signature is valid.
pub fn cosigned(note: &Note, by: &Cosigner) -> Option<Timestamp> {
    note.signatures().iter().filter(|line| line.name == by.name && line.key_id == by.id).find_map(|line| {
        let (time, bytes) = line.bytes.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        let bytes = Ed25519::from_slice(bytes).ok()?;
        by.key.verify_strict(message(time, note.text()).as_bytes(), &bytes).ok()?;
        Some(Timestamp::from_micros(0).plus(Duration::from_secs(time)))
    })
}

/// A witness's own key. For cosignatures and for nothing else.
#[derive(Clone, Debug)]
pub struct WitnessKey(LedgerKey);

impl WitnessKey {
    /// The key in a file, made on the first start.
    pub fn load_or_create(path: &Path, name: Origin) -> Result<Self, KeyError> {
        LedgerKey::load_or_create(path, name).map(Self)
    }

    /// What others check its signatures with.
    pub fn cosigner(&self) -> Cosigner {
        Cosigner::new(self.0.origin().clone(), self.0.signing().verifying_key())
    }

    /// Signs a checkpoint as seen now.
    pub fn cosign(&self, note: &Note, now: Timestamp) -> Signature {
        let time = now.since(Timestamp::from_micros(0)).as_secs();
        let signed = self.0.signing().sign(message(time, note.text()).as_bytes());
        let bytes = [time.to_be_bytes().as_slice(), &signed.to_bytes()].concat();
        let Cosigner { name, id, .. } = self.cosigner();
        Signature { name, key_id: id, bytes }
    }
}
