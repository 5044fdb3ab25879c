//! Proving that an entry is in the ledger.

use domain::ids::EventId;
use store::ledger::EntryRow;
use store::{Tx, ledger};

use super::{Damaged, counted, hashes};
use crate::merkle::{self, Hash, Span};

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
    let mut path = Vec::with_capacity(spans.len());
    let nodes: Vec<Vec<_>> = spans.iter().map(|span| span.nodes()).collect();
    let all = hashes(tx, &nodes.concat()).await??;
    let mut rest = all.as_slice();
    for of_span in &nodes {
        let (now, later) = rest.split_at(of_span.len());
        path.extend(Span::root(now));
        rest = later;
    }
    Ok(Some(InclusionProof { entry, size, checkpoint: checkpoint.note, path }))
}
