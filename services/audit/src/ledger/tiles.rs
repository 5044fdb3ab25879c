//! The tree as tiles of 256 hashes (C2SP tlog-tiles): what is stored, served, and enough for every proof.
//!
//! A tile of level L and number N holds the roots of 256 neighbouring subtrees of 256^L entries. Everything between
//! two levels is hashed when needed: at most 255 hashes, which costs less than a row for each of them would.

use std::collections::HashMap;

use store::{Tx, ledger};

use super::{Damaged, stored};
use crate::merkle::{Hash, NodeId, Span, node_hash};

/// How many hashes a full tile has.
pub const WIDTH: u64 = 256;
/// How many levels of the tree a tile spans.
pub const HEIGHT: u32 = 8;

/// Tiles of one moment, each fetched once.
#[derive(Debug, Default)]
pub struct Tiles(HashMap<(u32, u64), Pyramid>);

/// A tile and everything between it and the next level: row n has the roots over 2^n neighbours, as far as they are
/// there. Hashed once for each tile, so that a thousand proofs through it cost no more than one.
type Pyramid = Vec<Vec<Option<Hash>>>;

fn pyramid(tile: Vec<Option<Hash>>) -> Pyramid {
    let mut rows = vec![tile];
    while let Some(below) = rows.last().filter(|row| row.len() > 2) {
        let joined = below.chunks_exact(2).map(|pair| Some(node_hash(&pair[0]?, &pair[1]?))).collect();
        rows.push(joined);
    }
    rows
}

/// The tile that a subtree's hash follows from: its level and number; and the row and the place there.
fn home(node: NodeId) -> (u32, u64, usize, usize) {
    let (level, within) = (node.level / HEIGHT, node.level % HEIGHT);
    let first = node.index << within;
    let at = usize::try_from(first % WIDTH).expect("below 256");
    (level, first / WIDTH, usize::try_from(within).expect("below 8"), at >> within)
}

impl Tiles {
    /// Fetches the tiles that these subtrees follow from.
    pub async fn load(&mut self, tx: &mut Tx, nodes: &[NodeId]) -> Result<(), store::Error> {
        for node in nodes {
            let (level, number, ..) = home(*node);
            if self.0.contains_key(&(level, number)) {
                continue;
            }
            let from = stored(number * WIDTH);
            let rows = ledger::nodes(tx, (level * HEIGHT).into(), from, from + stored(WIDTH)).await?;
            let mut tile = vec![None; 256];
            for row in rows {
                let at = usize::try_from(row.position - from).expect("asked for from there on");
                tile[at] = row.hash.as_slice().try_into().ok();
            }
            self.0.insert((level, number), pyramid(tile));
        }
        Ok(())
    }

    /// The hash of a subtree whose tile was loaded.
    fn node(&self, node: NodeId) -> Result<Hash, Damaged> {
        let (level, number, row, at) = home(node);
        let damaged = Damaged { level: node.level, index: node.index };
        let tile = self.0.get(&(level, number)).ok_or(damaged)?;
        tile[row][at].ok_or(damaged)
    }

    /// The hashes of these subtrees, in this order.
    pub async fn nodes(&mut self, tx: &mut Tx, nodes: &[NodeId]) -> Result<Result<Vec<Hash>, Damaged>, store::Error> {
        self.load(tx, nodes).await?;
        Ok(nodes.iter().map(|node| self.node(*node)).collect())
    }

    /// A proof: the root of each span, in this order.
    pub async fn proof(&mut self, tx: &mut Tx, spans: &[Span]) -> Result<Result<Vec<Hash>, Damaged>, store::Error> {
        let mut proof = Vec::with_capacity(spans.len());
        for span in spans {
            match self.nodes(tx, &span.nodes()).await? {
                Ok(hashes) => proof.extend(Span::root(&hashes)),
                Err(damaged) => return Ok(Err(damaged)),
            }
        }
        Ok(Ok(proof))
    }
}
