//! A cosignature: the time, and a signature over it and the checkpoint.

use std::path::Path;
use std::time::Duration;

use domain::Timestamp;
use ed25519_dalek::Signer as _;

use crate::LedgerKey;
use crate::key::KeyError;
use crate::note::{NamedKey, Note, Origin, Signature};

/// The signature type of a cosignature with Ed25519 (C2SP tlog-cosignature).
const COSIGNATURE: u8 = 0x04;

/// What is needed to check a witness's signatures: `name+id+key`.
pub type Cosigner = NamedKey<COSIGNATURE>;

fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// When this witness signed the note, if it did and the signature is valid.
pub fn cosigned(note: &Note, by: &Cosigner) -> Option<Timestamp> {
    note.signatures().iter().filter(|line| line.name == *by.name() && line.key_id == by.id()).find_map(|line| {
        let (time, bytes) = line.bytes.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        let made = by.made(bytes, message(time, note.text()).as_bytes());
        made.then(|| Timestamp::from_micros(0).plus(Duration::from_secs(time)))
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
        let cosigner = self.cosigner();
        Signature { name: cosigner.name().clone(), key_id: cosigner.id(), bytes }
    }
}
