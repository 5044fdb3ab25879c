//! The ledger in the database: one writer, appending facts, signing roots, proving entries.

mod append;
mod consumer;
mod prove;
mod tiles;
mod writer;

pub use append::{AppendError, append};
pub use consumer::OnEveryEvent;
pub use prove::{
    ConsistencyProof, InclusionProof, ProveError, ProvenEntry, prove_case, prove_consistency, prove_inclusion,
};
pub use tiles::{HEIGHT, Tiles, WIDTH};
pub use writer::{LEASE, RENEW, WATCH, Writer};

/// A stored subtree that proofs and appending need, and that is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is damaged: the hash of subtree {level}/{index} is missing or unreadable")]
pub struct Damaged {
    /// How many times entries were joined in pairs.
    pub level: u32,
    /// Its place in the level.
    pub index: u64,
}

/// A position as stored; the tree counts without sign.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).expect("a ledger of 2^63 entries cannot be written")
}

/// A stored position, which the schema keeps from being negative.
pub(crate) fn counted(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
