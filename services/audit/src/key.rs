//! The ledger's signing key: an Ed25519 seed in a file that only the service's user can read.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signer as _, SigningKey};
use rand::TryRngCore as _;
use rand::rngs::OsRng;

use crate::note::{Checkpoint, Note, Origin, Signature, VerifierKey};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The name to sign under cannot stand in a note.
    #[error("use the ledger's name: it {0}")]
    Origin(&'static str),
    /// The file cannot be read or written.
    #[error("open the ledger key {0}")]
    File(PathBuf, #[source] std::io::Error),
    /// Others than its owner can read the file.
    #[error("use the ledger key {0}: others can read it (mode {1:o}); set it to 600 and consider the key known")]
    Readable(PathBuf, u32),
    /// The file does not hold a seed.
    #[error("use the ledger key {0}: it must hold 32 bytes in base64")]
    Malformed(PathBuf),
    /// The system has no randomness to give.
    #[error("draw a ledger key")]
    Random(#[source] rand::rand_core::OsError),
}

/// The key that signs checkpoints. One for the ledger and for nothing else.
#[derive(Clone)]
pub struct LedgerKey {
    origin: Origin,
    key: SigningKey,
}

/// Keeps the secret out of logs.
impl fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LedgerKey").field(&self.verifier().to_string()).finish()
    }
}

impl LedgerKey {
    /// The key of a seed.
    pub fn from_seed(origin: Origin, seed: &[u8; 32]) -> Self {
        Self { origin, key: SigningKey::from_bytes(seed) }
    }

    /// The key in a file that exists.
    pub fn load(path: &Path, origin: Origin) -> Result<Self, KeyError> {
        let failed = |error| KeyError::File(path.to_owned(), error);
        let file = OpenOptions::new().read(true).open(path).map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
        // systemd hands a credential out as 440 with an access list that names the unit's user alone.
        if mode & 0o077 != 0 && mode != 0o440 {
            return Err(KeyError::Readable(path.to_owned(), mode));
        }
        let mut text = String::new();
        file.take(1024).read_to_string(&mut text).map_err(failed)?;
        let seed = BASE64.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let seed = seed.ok_or_else(|| KeyError::Malformed(path.to_owned()))?;
        Ok(Self::from_seed(origin, &seed))
    }

    /// The key in a file, made on the first start; of two processes that start at once, one makes it and both use it.
    pub fn load_or_create(path: &Path, origin: Origin) -> Result<Self, KeyError> {
        match Self::load(path, origin.clone()) {
            Err(KeyError::File(_, error)) if error.kind() == ErrorKind::NotFound => {}
            loaded => return loaded,
        }
        let mut seed = [0; 32];
        OsRng.try_fill_bytes(&mut seed).map_err(KeyError::Random)?;
        let made = runtime::secret::create(path, &format!("{}\n", BASE64.encode(seed)));
        made.map_err(|error| KeyError::File(path.to_owned(), error))?;
        Self::load(path, origin)
    }

    /// What others check its signatures with.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::new(self.origin.clone(), self.key.verifying_key())
    }

    /// The name it signs under.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Signs a checkpoint.
    pub fn sign(&self, checkpoint: &Checkpoint) -> Note {
        let text = checkpoint.text();
        let signature = self.signature(&text);
        Note::signed(text, vec![signature])
    }

    fn signature(&self, text: &str) -> Signature {
        let bytes = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        Signature { name: self.origin.clone(), key_id: self.verifier().id(), bytes }
    }

    /// The seed's signing key, for signing other texts than checkpoints.
    pub(crate) fn signing(&self) -> &SigningKey {
        &self.key
    }
}

/// What the ledger signs with: its key and, while a change of keys is under way, the one before. Every note then
/// carries both signatures, so that whoever knows either key can check it.
#[derive(Clone, Debug)]
pub struct LedgerKeys {
    current: LedgerKey,
    previous: Option<LedgerKey>,
    retired: Vec<VerifierKey>,
}

impl LedgerKeys {
    /// One key; `previous` signs too while partners learn the new one, `retired` only reads what it once signed.
    pub fn new(current: LedgerKey, previous: Option<LedgerKey>, retired: Vec<VerifierKey>) -> Self {
        Self { current, previous, retired }
    }

    /// The name everything is signed under.
    pub fn origin(&self) -> &Origin {
        &self.current.origin
    }

    /// The key that others are told.
    pub fn verifier(&self) -> VerifierKey {
        self.current.verifier()
    }

    /// Every key that may have signed a checkpoint of this ledger, the newest first.
    pub fn verifiers(&self) -> Vec<VerifierKey> {
        let signing = [Some(&self.current), self.previous.as_ref()];
        signing.into_iter().flatten().map(LedgerKey::verifier).chain(self.retired.iter().cloned()).collect()
    }

    /// Signs a checkpoint with every key that signs now.
    pub fn sign(&self, checkpoint: &Checkpoint) -> Note {
        let text = checkpoint.text();
        let keys = [Some(&self.current), self.previous.as_ref()];
        let signatures = keys.into_iter().flatten().map(|key| key.signature(&text)).collect();
        Note::signed(text, signatures)
    }
}

impl From<LedgerKey> for LedgerKeys {
    fn from(current: LedgerKey) -> Self {
        Self::new(current, None, Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        "tocsin.example/ledger".parse().unwrap()
    }

    #[test]
    fn a_key_is_made_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys").join("ledger.key");
        let made = LedgerKey::load_or_create(&path, origin()).unwrap();
        let found = LedgerKey::load_or_create(&path, origin()).unwrap();
        assert_eq!(made.verifier(), found.verifier());
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(path.parent().unwrap().read_dir().unwrap().count(), 1, "no draft is left behind");
        assert!(!format!("{made:?}").contains(std::fs::read_to_string(&path).unwrap().trim()));
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.key");
        LedgerKey::load_or_create(&path, origin()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(LedgerKey::load_or_create(&path, origin()), Err(KeyError::Readable(..))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "AAAA\n").unwrap();
        assert!(matches!(LedgerKey::load_or_create(&path, origin()), Err(KeyError::Malformed(_))));
    }
}
