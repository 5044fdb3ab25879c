//! The ledger: entries, what they commit to, subtree hashes, signed roots. Written by: audit.
//!
//! Rows are handed over as stored, hashes as plain bytes: whoever verifies must see what is there, not what should be.

mod append;
mod compare;
mod erase;
mod read;
mod witnesses;

pub use append::{
    Head, advance, hold, insert_checkpoint, insert_contents, insert_entries, insert_nodes, known, let_go,
};
pub use compare::{Lag, Missing, lag, missing};
pub use erase::erase;
pub use read::{
    checkpoint_within, checkpoints_between, checkpoints_beyond, entries, find, last_of_kind, latest, latest_checkpoint,
    node_count, nodes, of_case, size,
};
pub use witnesses::{
    CosignatureRow, WitnessRow, alarm, cosign, cosignatures, heard, newest_cosigned, trouble, witnesses,
};

use domain::Timestamp;
use domain::case::CaseReference;
use domain::ids::{CaseId, EventId};
use sqlx::FromRow;

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EntryRow {
    /// Its place, from 0 without gaps.
    pub position: i64,
    /// The fact.
    pub event_id: EventId,
    /// The fact's kind, such as `alert.released.v1`.
    pub kind: String,
    /// The case it belongs to.
    pub case_id: Option<CaseId>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// SHA-256 over the salt and the body.
    pub commitment: Vec<u8>,
    /// RFC 6962 hash of the entry's line.
    pub leaf: Vec<u8>,
}

/// What an entry's commitment opens to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ContentRow {
    /// The entry.
    pub position: i64,
    /// Random bytes that keep the body from being guessed.
    pub salt: Vec<u8>,
    /// The fact's envelope as canonical JSON.
    pub body: String,
}

/// An entry and, unless it was erased, its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryAndContent {
    /// The entry.
    pub entry: EntryRow,
    /// The salt and the body; none if they were erased.
    pub content: Option<(Vec<u8>, String)>,
}

/// The hash of a complete subtree. Level n has subtrees of 2^n entries; stored are the levels 8, 16, .., and the
/// entries' own hashes are in their rows.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct NodeRow {
    /// How many times leaves were joined in pairs.
    pub level: i64,
    /// Its place among the subtrees of its level.
    pub position: i64,
    /// The hash.
    pub hash: Vec<u8>,
}

/// A signed root.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CheckpointRow {
    /// How many entries it speaks of.
    pub size: i64,
    /// Their root.
    pub root: Vec<u8>,
    /// The signed note (C2SP).
    pub note: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// An entry for a person to look at.
#[derive(Clone, Debug, FromRow)]
pub struct LatestRow {
    /// Its place.
    pub position: i64,
    /// The fact.
    pub event_id: EventId,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Its case.
    pub case_id: Option<CaseId>,
    /// The case's reference.
    pub reference: Option<CaseReference>,
}
