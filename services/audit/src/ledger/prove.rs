//! Proving that an entry is in the ledger, and that one ledger is the beginning of another.

use domain::ids::{CaseId, EventId};
use store::ledger::{CheckpointRow, EntryAndContent, EntryRow};
use store::{Tx, ledger};

use super::{Damaged, Tiles, counted};
use crate::merkle::{self, Hash};

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// What is there proves nothing.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

/// What convinces somebody who has the checkpoint that the entry is in the ledger.
#[derive(Clone, Debug)]
pub struct InclusionProof {
    /// The entry.
    pub entry: EntryRow,
    /// The size of the ledger that the checkpoint speaks of.
    pub size: u64,
    /// The signed root.
    pub checkpoint: String,
    /// The sibling hashes from the leaf to the root (RFC 6962, 2.1.1).
    pub path: Vec<Hash>,
}

/// Proves the entry of a fact against the newest checkpoint; none if the fact has no entry.
pub async fn prove_inclusion(tx: &mut Tx, event_id: EventId) -> Result<Option<InclusionProof>, ProveError> {
    let Some(entry) = ledger::find(tx, event_id).await? else { return Ok(None) };
    let Some(checkpoint) = ledger::latest_checkpoint(tx).await? else { return Ok(None) };
    let size = counted(checkpoint.size);
    let Some(spans) = merkle::inclusion(counted(entry.position), size) else { return Ok(None) };
    let path = Tiles::default().proof(tx, &spans).await??;
    Ok(Some(InclusionProof { entry, size, checkpoint: checkpoint.note, path }))
}

/// An entry, what it opens to, and its path to the root.
#[derive(Clone, Debug)]
pub struct ProvenEntry {
    /// The entry and, unless it was erased, its content.
    pub row: EntryAndContent,
    /// The sibling hashes from the leaf to the root.
    pub path: Vec<Hash>,
}

/// Proves entries of a case, those that are `wanted`, against one checkpoint, the newest; none before the first one.
pub async fn prove_case(
    tx: &mut Tx,
    case_id: CaseId,
    wanted: impl Fn(&EntryAndContent) -> bool,
) -> Result<Option<(CheckpointRow, Vec<ProvenEntry>)>, ProveError> {
    let rows: Vec<_> = ledger::of_case(tx, case_id).await?.into_iter().filter(wanted).collect();
    let Some(checkpoint) = ledger::latest_checkpoint(tx).await? else { return Ok(None) };
    // The paths of a case share most of their tiles: a thousand recipients cost little more than one.
    let mut tiles = Tiles::default();
    let mut proven = Vec::with_capacity(rows.len());
    for row in rows {
        let spans = merkle::inclusion(counted(row.entry.position), counted(checkpoint.size));
        let Some(spans) = spans else { continue };
        let path = tiles.proof(tx, &spans).await??;
        proven.push(ProvenEntry { row, path });
    }
    Ok(Some((checkpoint, proven)))
}

/// What convinces somebody who has both roots that nothing before the old one was changed.
#[derive(Clone, Debug)]
pub struct ConsistencyProof {
    /// The older size.
    pub old: u64,
    /// The newer size.
    pub new: u64,
    /// The hashes (RFC 6962, 2.1.2).
    pub path: Vec<Hash>,
}

/// Proves that the first `old` entries are the beginning of the first `new`; none if there are not that many.
pub async fn prove_consistency(tx: &mut Tx, old: u64, new: u64) -> Result<Option<ConsistencyProof>, ProveError> {
    if new > counted(ledger::size(tx).await?) {
        return Ok(None);
    }
    let Some(spans) = merkle::consistency(old, new) else { return Ok(None) };
    let path = Tiles::default().proof(tx, &spans).await??;
    Ok(Some(ConsistencyProof { old, new, path }))
}
