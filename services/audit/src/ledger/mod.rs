//! The ledger in the database: appending facts, signing roots, proving entries.

mod append;
mod consumer;
mod prove;

pub use append::{AppendError, append};
pub use consumer::OnEveryEvent;
pub use prove::{InclusionProof, ProveError, prove_inclusion};

use store::ledger::NodeRow;
use store::{Tx, ledger};

use crate::merkle::{Hash, NodeId};

/// A stored subtree that proofs and appending need, and that is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is damaged: the hash of subtree {level}/{index} is missing or unreadable")]
pub struct Damaged {
    level: u32,
    index: u64,
}

/// A position as stored; the tree counts without sign.
fn stored(number: u64) -> i64 {
    i64::try_from(number).expect("a ledger of 2^63 entries cannot be written")
}

/// A stored position, which the schema keeps from being negative.
fn counted(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The hashes of these subtrees, in this order.
async fn hashes(tx: &mut Tx, nodes: &[NodeId]) -> Result<Result<Vec<Hash>, Damaged>, store::Error> {
    let names: Vec<_> = nodes.iter().map(|node| (node.level.into(), stored(node.index))).collect();
    let rows = ledger::nodes(tx, &names).await?;
    let found: std::collections::HashMap<_, Hash> = rows
        .iter()
        .filter_map(|NodeRow { level, position, hash }| Some(((*level, *position), hash.as_slice().try_into().ok()?)))
        .collect();
    let named = nodes.iter().zip(&names);
    Ok(named
        .map(|(node, name)| found.get(name).copied().ok_or(Damaged { level: node.level, index: node.index }))
        .collect())
}
