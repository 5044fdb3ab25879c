//! Checkpoints as signed notes: a root that can be printed in a mail and checked years later.
//!
//! The text forms are those of C2SP: `signed-note` for the signature, `tlog-checkpoint` for what is signed. Any
//! verifier of transparency logs can read them.
//!
//! ```text
//! tocsin.example/ledger
//! 128
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — tocsin.example/ledger Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature as Ed25519, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::merkle::Hash;

/// The signature type of Ed25519 (C2SP signed-note).
const ED25519: u8 = 0x01;

/// The longest note that is read, in bytes: one of ours has about 250.
const MAX_NOTE: usize = 64 * 1024;

/// Why a text is no note, or a note not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a text, a blank line, and signature lines.
    #[error("it is not a signed note")]
    Malformed,
    /// The signed text is not origin, size and root.
    #[error("it is signed, but is not a checkpoint")]
    NotACheckpoint,
    /// Not `name+id+key`.
    #[error("it is not a verifier key such as tocsin.example/ledger+0a1b2c3d+AYoBk..")]
    NotAKey,
    /// The checkpoint is another log's.
    #[error("it is a checkpoint of {0}")]
    OtherOrigin(String),
    /// No signature of this key is on it.
    #[error("it is not signed by {0}")]
    Unsigned(String),
    /// There is no key to check it with.
    #[error("no key was given to check it with")]
    NoKey,
    /// A signature claims to be of this key and is not.
    #[error("its signature is not valid")]
    BadSignature,
}

/// A key's name: not empty, no white space, no plus sign (C2SP signed-note).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fine = !text.is_empty()
            && text.chars().count() <= 200
            && !text.contains(|c: char| c == '+' || c.is_whitespace() || c.is_control());
        fine.then(|| Self(text.to_owned()))
            .ok_or("must have 1 to 200 characters, no white space and no plus sign, such as tocsin.example/ledger")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is signed: the root of the first `size` entries of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub origin: Origin,
    /// How many entries.
    pub size: u64,
    /// Their root.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }
}

impl FromStr for Checkpoint {
    type Err = NoteError;
    fn from_str(text: &str) -> Result<Self, NoteError> {
        // Lines after the third are extensions, which a reader that does not know them passes over.
        let mut lines = text.lines();
        let mut next = || lines.next().ok_or(NoteError::NotACheckpoint);
        let origin = next()?.parse().map_err(|_| NoteError::NotACheckpoint)?;
        let size = next()?;
        let plain = size == "0" || !size.starts_with(['0', '+']);
        let size = size.parse().ok().filter(|_| plain).ok_or(NoteError::NotACheckpoint)?;
        let root = BASE64.decode(next()?).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(Self { origin, size, root: root.ok_or(NoteError::NotACheckpoint)? })
    }
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Whose.
    pub name: Origin,
    /// Which of its keys.
    pub key_id: [u8; 4],
    /// The signature's own bytes.
    pub bytes: Vec<u8>,
}

/// A text with signatures. Parsing checks its form, [`Note::open`] its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    pub(crate) fn signed(text: String, signatures: Vec<Signature>) -> Self {
        Self { text, signatures }
    }

    /// The signed text, up to and with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every signature line.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The checkpoint it carries, if one of these keys signed it: a ledger that changed its key has several.
    pub fn open_any(&self, keys: &[VerifierKey]) -> Result<Checkpoint, NoteError> {
        let mut refused = NoteError::NoKey;
        for key in keys {
            match self.open(key) {
                Err(error @ NoteError::Unsigned(_)) => refused = error,
                decided => return decided,
            }
        }
        Err(refused)
    }

    /// The checkpoint it carries, if `key` signed it. Signatures of others, such as witnesses, are passed over.
    pub fn open(&self, key: &VerifierKey) -> Result<Checkpoint, NoteError> {
        let ours = self.signatures.iter().find(|s| s.name == key.name && s.key_id == key.id);
        let signature = ours.ok_or_else(|| NoteError::Unsigned(key.name.to_string()))?;
        if !key.made(&signature.bytes, self.text.as_bytes()) {
            return Err(NoteError::BadSignature);
        }
        let checkpoint: Checkpoint = self.text.parse()?;
        if checkpoint.origin == key.name {
            Ok(checkpoint)
        } else {
            Err(NoteError::OtherOrigin(checkpoint.origin.to_string()))
        }
    }
}

impl FromStr for Note {
    type Err = NoteError;
    /// Reads a note, also one that came by mail or from a text editor: no signed text of ours holds a carriage
    /// return, and blank lines around it are nobody's.
    fn from_str(text: &str) -> Result<Self, NoteError> {
        if text.len() > MAX_NOTE {
            return Err(NoteError::Malformed);
        }
        let text = text.replace("\r\n", "\n");
        let text = text.trim_matches('\n');
        if text.contains(|c: char| c.is_control() && c != '\n') {
            return Err(NoteError::Malformed);
        }
        let (signed, lines) = text.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let signatures = lines.lines().map(signature).collect::<Option<Vec<_>>>().ok_or(NoteError::Malformed)?;
        Ok(Self { text: format!("{signed}\n"), signatures })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = BASE64.encode([self.key_id.as_slice(), &self.bytes].concat());
        write!(f, "\u{2014} {} {encoded}", self.name)
    }
}

pub(crate) fn signature(line: &str) -> Option<Signature> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let decoded = BASE64.decode(encoded).ok()?;
    let (key_id, bytes) = decoded.split_first_chunk::<4>()?;
    (!bytes.is_empty()).then(|| Some(Signature { name: name.parse().ok()?, key_id: *key_id, bytes: bytes.to_vec() }))?
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            writeln!(f, "{signature}")?;
        }
        Ok(())
    }
}

/// What is needed to check a log's signatures: `name+id+key` (C2SP signed-note). Public; give it to every partner.
pub type VerifierKey = NamedKey<ED25519>;

/// A public key under a name, for one type of signature: `name+id+key` with the type in front of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKey<const TYPE: u8> {
    name: Origin,
    id: [u8; 4],
    key: VerifyingKey,
}

impl<const TYPE: u8> NamedKey<TYPE> {
    pub(crate) fn new(name: Origin, key: VerifyingKey) -> Self {
        let digest: Hash = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([0x0A, TYPE])
            .chain_update(key.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        Self { name, id: [a, b, c, d], key }
    }

    /// Whose it is: a log's or a witness's name.
    pub fn name(&self) -> &Origin {
        &self.name
    }

    /// The key's identifier: four bytes of a hash over the name, the type and the key.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether it made this signature over these bytes.
    pub(crate) fn made(&self, signature: &[u8], over: &[u8]) -> bool {
        Ed25519::from_slice(signature).is_ok_and(|signature| self.key.verify_strict(over, &signature).is_ok())
    }
}

impl<const TYPE: u8> FromStr for NamedKey<TYPE> {
    type Err = NoteError;
    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let mut next = || parts.next().ok_or(NoteError::NotAKey);
        let (name, id, key) = (next()?, next()?, next()?);
        let name = name.parse().map_err(|_| NoteError::NotAKey)?;
        let key = match BASE64.decode(key).ok().and_then(|bytes| <[u8; 33]>::try_from(bytes).ok()) {
            Some([kind, key @ ..]) if kind == TYPE => VerifyingKey::from_bytes(&key).map_err(|_| NoteError::NotAKey)?,
            _ => return Err(NoteError::NotAKey),
        };
        let parsed = Self::new(name, key);
        if hex::encode(parsed.id) == id { Ok(parsed) } else { Err(NoteError::NotAKey) }
    }
}

impl<const TYPE: u8> fmt::Display for NamedKey<TYPE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64.encode([[TYPE].as_slice(), self.key.as_bytes()].concat());
        write!(f, "{}+{}+{key}", self.name, hex::encode(self.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LedgerKey;

    /// The example of Go's golang.org/x/mod/sumdb/note, which the format comes from.
    const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const SAID: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn key() -> LedgerKey {
        LedgerKey::from_seed("tocsin.example/ledger".parse().unwrap(), &[7; 32])
    }

    #[test]
    fn a_note_signed_elsewhere_is_read_and_its_signature_holds() {
        let key: VerifierKey = PETER.parse().unwrap();
        assert_eq!(key.to_string(), PETER);
        let note: Note = SAID.parse().unwrap();
        assert_eq!(note.to_string(), SAID);
        assert_eq!(note.open(&key), Err(NoteError::NotACheckpoint), "valid, and not about a log");
        let forged: Note = SAID.replace("answer", "Answer").parse().unwrap();
        assert_eq!(forged.open(&key), Err(NoteError::BadSignature));
    }

    #[test]
    fn a_checkpoint_round_trips_and_nothing_in_it_can_be_changed() {
        let key = key();
        let checkpoint = Checkpoint { origin: key.verifier().name().clone(), size: 128, root: [9; 32] };
        let text = key.sign(&checkpoint).to_string();
        let open = |text: &str| text.parse::<Note>()?.open(&key.verifier());
        assert_eq!(open(&text), Ok(checkpoint.clone()));
        assert_eq!(open(&text.replace('\n', "\r\n")), Ok(checkpoint), "as a mail program saves it");
        assert_eq!(open(&text.replace("128", "129")), Err(NoteError::BadSignature));
        assert_eq!(open(&text.replace("\n128", "\n0128")), Err(NoteError::BadSignature));
        let other = LedgerKey::from_seed("tocsin.example/ledger".parse().unwrap(), &[8; 32]).verifier();
        assert!(matches!(text.parse::<Note>().unwrap().open(&other), Err(NoteError::Unsigned(_))));
    }

    #[test]
    fn another_logs_checkpoint_is_not_ours_even_under_our_key() {
        let key = key();
        let foreign = Checkpoint { origin: "elsewhere.example".parse().unwrap(), size: 1, root: [0; 32] };
        let note = key.sign(&foreign);
        assert_eq!(note.open(&key.verifier()), Err(NoteError::OtherOrigin("elsewhere.example".to_owned())));
    }

    #[test]
    fn texts_that_are_no_notes_are_refused() {
        for bad in [
            "",
            "a\n",
            "a\n\n",
            "a\n\n\u{2014} b\n",
            "a\n\n\u{2014} b !!\n",
            "a\n\n- b AAAAAAAA\n",
            "a\t\n\n\u{2014} b AAAAAAAA\n",
        ] {
            assert_eq!(bad.parse::<Note>(), Err(NoteError::Malformed), "{bad:?}");
        }
        for bad in ["", "x+y", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "x+00000000+AA=="]
        {
            assert_eq!(bad.parse::<VerifierKey>(), Err(NoteError::NotAKey), "{bad}");
        }
        for bad in ["", "a+b", "a b", "a\nb"] {
            assert!(bad.parse::<Origin>().is_err(), "{bad:?}");
        }
    }
}
