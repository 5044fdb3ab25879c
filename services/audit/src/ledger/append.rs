//! Appending facts: entries, subtree hashes, the signed root, all in one transaction.

use std::collections::HashSet;

use rand::RngCore as _;
use store::ledger::{CheckpointRow, ContentRow, EntryRow, NodeRow};
use store::outbox::OutboxRow;
use store::{Tx, ledger};

use super::{Damaged, HEIGHT, Tiles, Writer, counted, stored};
use crate::Checkpoint;
use crate::entry::{self, Line, SALT_BYTES};
use crate::merkle::Frontier;

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// What is there cannot be built on. `tocsin ledger verify` says more.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// Another process is the writer; this one was overtaken, or has to wait.
    #[error("append: another process writes the ledger")]
    Fenced,
}

/// Appends recorded facts in the given order and signs the root; gives how many were new.
///
/// A fact that has an entry already is passed over. Nothing is appended unless this process holds the writer's lease
/// in this very transaction.
pub async fn append(tx: &mut Tx, writer: &Writer, facts: Vec<OutboxRow>) -> Result<usize, AppendError> {
    let size = writer.hold(tx).await?.ok_or(AppendError::Fenced)?;
    let ids: Vec<_> = facts.iter().map(|fact| fact.id).collect();
    let mut seen: HashSet<_> = ledger::known(tx, &ids).await?;
    let fresh: Vec<_> = facts.into_iter().filter(|fact| seen.insert(fact.id)).collect();
    if fresh.is_empty() {
        return Ok(0);
    }
    let peaks = Tiles::default().nodes(tx, &Frontier::nodes(counted(size))).await??;
    let tree = Frontier::from_peaks(counted(size), peaks).expect("`nodes` gives one hash for each node asked for");
    let grown = grow(tree, fresh);

    let size_after = stored(grown.tree.size());
    let checkpoint =
        Checkpoint { origin: writer.keys.origin().clone(), size: grown.tree.size(), root: grown.tree.root() };
    ledger::insert_entries(tx, &grown.entries).await?;
    ledger::insert_contents(tx, &grown.contents).await?;
    ledger::insert_nodes(tx, &grown.nodes).await?;
    let row = CheckpointRow {
        size: size_after,
        root: checkpoint.root.to_vec(),
        note: writer.keys.sign(&checkpoint).to_string(),
        signed_at: writer.clock.now(),
    };
    ledger::insert_checkpoint(tx, &row).await?;
    ledger::advance(tx, size, size_after).await?;
    Ok(grown.entries.len())
}

/// What appending adds.
struct Grown {
    tree: Frontier,
    entries: Vec<EntryRow>,
    contents: Vec<ContentRow>,
    nodes: Vec<NodeRow>,
}

fn grow(tree: Frontier, facts: Vec<OutboxRow>) -> Grown {
    let mut grown = Grown { tree, entries: Vec::new(), contents: Vec::new(), nodes: Vec::new() };
    for fact in facts {
        let position = stored(grown.tree.size());
        let mut salt = vec![0; SALT_BYTES];
        rand::rng().fill_bytes(&mut salt);
        let (event_id, kind, case_id, occurred_at) = (fact.id, fact.kind.clone(), fact.case_id, fact.occurred_at);
        let body = entry::body(&fact.into_envelope());
        let commitment = entry::commitment(&salt, &body).to_vec();
        let leaf = Line { event_id, kind: &kind, occurred_at, case_id, commitment: &commitment }.leaf();
        let completed = grown.tree.push(leaf);
        let kept = completed.into_iter().filter(|(node, _)| node.level % HEIGHT == 0);
        grown.nodes.extend(kept.map(|(node, hash)| NodeRow {
            level: node.level.into(),
            position: stored(node.index),
            hash: hash.to_vec(),
        }));
        grown.contents.push(ContentRow { position, salt, body });
        grown.entries.push(EntryRow {
            position,
            event_id,
            kind,
            case_id,
            occurred_at,
            commitment,
            leaf: leaf.to_vec(),
        });
    }
    grown
}
