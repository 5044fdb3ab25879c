//! The Merkle tree of RFC 6962, section 2: pure hashing, no storage.
//!
//! Owns: how leaves become a root, which nodes a proof needs, and how a proof is checked. A tree is never held whole:
//! a [`Frontier`] (one hash per bit of the size) is enough to append, and the complete subtrees it gives away on the
//! way, kept in a table, are enough for every proof about every earlier size. Must not: know what a leaf means.

mod proof;

pub use proof::{ConsistencyError, InclusionError, Span, consistency, inclusion, verify_consistency, verify_inclusion};

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash of a leaf. The prefix keeps a leaf from being read as a node (RFC 6962, 2.1: second preimages).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0x00]).chain_update(leaf).finalize().into()
}

/// The hash over two subtrees.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of the tree without leaves.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The name of a complete subtree: the `index`-th group of `2^level` leaves. Level 0 are the leaves themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// How many times leaves were joined in pairs.
    pub level: u32,
    /// Its place among the subtrees of its level, from 0 on the left.
    pub index: u64,
}

/// The right edge of a tree: the roots of its complete subtrees, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The edge of the tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge of a tree of `size` leaves from the hashes of [`Frontier::nodes`]; none if their number is wrong.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// The subtrees that make the edge of a tree of `size` leaves, the largest first.
    pub fn nodes(size: u64) -> Vec<NodeId> {
        (0..u64::BITS)
            .rev()
            .filter(|level| size >> level & 1 == 1)
            .map(|level| NodeId { level, index: (size >> level) - 1 })
            .collect()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf's hash on the right and gives the subtrees of level 1 and above that it completes.
    pub fn push(&mut self, leaf: Hash) -> Vec<(NodeId, Hash)> {
        let mut hash = leaf;
        let mut completed = Vec::new();
        // Like a carry in binary addition: every trailing one bit of the size is a subtree that finds its pair.
        for level in 1..=self.size.trailing_ones() {
            let left = self.peaks.pop().expect("there is one peak for each one bit of the size");
            hash = node_hash(&left, &hash);
            completed.push((NodeId { level, index: self.size >> level }, hash));
        }
        self.peaks.push(hash);
        self.size += 1;
        completed
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        fold(&self.peaks).unwrap_or_else(empty_root)
    }
}

/// The root over complete subtrees given from left to right, each larger than the next; none of none.
fn fold(peaks: &[Hash]) -> Option<Hash> {
    let (last, others) = peaks.split_last()?;
    Some(others.iter().rev().fold(*last, |right, left| node_hash(left, &right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves and roots that the reference implementations of Certificate Transparency publish.
    pub(super) const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn the_published_vectors_hold() {
        let mut tree = Frontier::new();
        assert_eq!(hex::encode(tree.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (leaf, root) in LEAVES.into_iter().zip(ROOTS) {
            tree.push(leaf_hash(&hex::decode(leaf).unwrap()));
            assert_eq!(hex::encode(tree.root()), root, "at size {}", tree.size());
        }
    }

    #[test]
    fn an_edge_is_found_again_among_the_subtrees_given_away() {
        let mut kept = std::collections::HashMap::new();
        let mut tree = Frontier::new();
        for leaf in 0..300_u64 {
            let named: Vec<Hash> = Frontier::nodes(leaf).iter().map(|node| kept[node]).collect();
            assert_eq!(Frontier::from_peaks(leaf, named), Some(tree.clone()));
            let hash = leaf_hash(&leaf.to_be_bytes());
            kept.insert(NodeId { level: 0, index: leaf }, hash);
            kept.extend(tree.push(hash));
        }
        assert_eq!(Frontier::from_peaks(3, vec![[0; 32]]), None);
    }
}
