//! The request to add a checkpoint: the old size, a consistency proof, the new checkpoint.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::merkle::Hash;
use crate::note::Note;

/// The most lines a proof may have.
const MOST_LINES: usize = 63;

/// `add-checkpoint` of C2SP tlog-witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness has.
    pub old: u64,
    /// That the tree of this size is the beginning of the one in the note.
    pub proof: Vec<Hash>,
    /// The new checkpoint.
    pub note: Note,
}

/// Not such a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an old size, a consistency proof, an empty line and a checkpoint")]
pub struct BadRequest;

impl FromStr for AddCheckpoint {
    type Err = BadRequest;
    fn from_str(text: &str) -> Result<Self, BadRequest> {
        let (head, note) = text.split_once("\n\n").ok_or(BadRequest)?;
        let mut lines = head.lines();
        let digits = lines.next().and_then(|line| line.strip_prefix("old ")).ok_or(BadRequest)?;
        let old: u64 = digits.parse().map_err(|_| BadRequest)?;
        let proof = lines.map(|line| BASE64.decode(line).ok()?.try_into().ok()).collect::<Option<Vec<Hash>>>();
        let proof = proof.filter(|proof| proof.len() <= MOST_LINES).ok_or(BadRequest)?;
        if old.to_string() != digits {
            return Err(BadRequest);
        }
        Ok(Self { old, proof, note: note.parse().map_err(|_| BadRequest)? })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", BASE64.encode(hash))?;
        }
        write!(f, "\n{}", self.note)
    }
}
