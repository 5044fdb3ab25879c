//! Proofs: which hashes they consist of (RFC 6962, 2.1.1 and 2.1.2), and how they are checked (RFC 9162, 2.1.3.2 and
//! 2.1.4.2).

use super::{Hash, NodeId, fold, node_hash};

/// Leaves side by side whose common root is one hash of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: u64,
    end: u64,
}

impl Span {
    /// The complete subtrees it consists of, from left to right.
    pub fn nodes(self) -> Vec<NodeId> {
        let mut nodes = Vec::new();
        let mut at = self.start;
        while at < self.end {
            let level = at.trailing_zeros().min((self.end - at).ilog2());
            nodes.push(NodeId { level, index: at >> level });
            at += 1 << level;
        }
        nodes
    }

    /// Its root, from the hashes of [`Span::nodes`]; none of none.
    pub fn root(hashes: &[Hash]) -> Option<Hash> {
        fold(hashes)
    }
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// What proves that leaf `index` is in the tree of `size` leaves, in the order of the proof; none if it is not there.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Span>> {
    if index >= size {
        return None;
    }
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(Span { start: middle, end });
            end = middle;
        } else {
            path.push(Span { start, end: middle });
            start = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// What proves that the tree of `old` leaves is the beginning of the tree of `new` leaves, in the order of the proof;
/// none if it cannot be. Nothing needs proving of the empty tree, or of a tree and itself.
pub fn consistency(old: u64, new: u64) -> Option<Vec<Span>> {
    if old > new {
        return None;
    }
    if old == 0 || old == new {
        return Some(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut path = Vec::new();
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(Span { start: middle, end });
            end = middle;
        } else {
            path.push(Span { start, end: middle });
            start = middle;
        }
    }
    // Whoever checks knows the old root, so it is left out where it is a subtree of the new tree.
    if start > 0 {
        path.push(Span { start, end });
    }
    path.reverse();
    Some(path)
}

/// Why an inclusion proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InclusionError {
    /// The tree has no such leaf.
    #[error("the tree has no leaf at this position")]
    OutOfRange,
    /// The proof is too short or too long for this position and size.
    #[error("the proof has the wrong length")]
    Length,
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Checks that `leaf` (a leaf's hash) is at `index` in the tree of `size` leaves with this root.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), InclusionError> {
    if index >= size {
        return Err(InclusionError::OutOfRange);
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(InclusionError::Length);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(InclusionError::Length);
    }
    if hash == *root { Ok(()) } else { Err(InclusionError::Root) }
}

/// Why a consistency proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsistencyError {
    /// The old tree is larger than the new one.
    #[error("the old tree is larger than the new one")]
    Shrunk,
    /// The proof is too short or too long for these sizes.
    #[error("the proof has the wrong length")]
    Length,
    /// The proof leads to another root of the old tree.
    #[error("the proof leads to another root of the old tree")]
    OldRoot,
    /// The proof leads to another root of the new tree.
    #[error("the proof leads to another root of the new tree")]
    NewRoot,
}

/// Checks that the tree of `old` leaves is the beginning of the tree of `new` leaves.
pub fn verify_consistency(
    (old, old_root): (u64, &Hash),
    (new, new_root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), ConsistencyError> {
    if old > new {
        return Err(ConsistencyError::Shrunk);
    }
    if old == 0 || old == new {
        return match () {
            () if !proof.is_empty() => Err(ConsistencyError::Length),
            () if old == new && old_root != new_root => Err(ConsistencyError::NewRoot),
            () if old == 0 && *old_root != super::empty_root() => Err(ConsistencyError::OldRoot),
            () => Ok(()),
        };
    }
    let complete = old.is_power_of_two();
    let mut hashes = complete.then_some(old_root).into_iter().chain(proof);
    let first = *hashes.next().ok_or(ConsistencyError::Length)?;
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut of_old, mut of_new) = (first, first);
    for hash in hashes {
        if last == 0 {
            return Err(ConsistencyError::Length);
        }
        if at & 1 == 1 || at == last {
            of_old = node_hash(hash, &of_old);
            of_new = node_hash(hash, &of_new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            of_new = node_hash(&of_new, hash);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ConsistencyError::Length);
    }
    if of_old != *old_root {
        return Err(ConsistencyError::OldRoot);
    }
    if of_new == *new_root { Ok(()) } else { Err(ConsistencyError::NewRoot) }
}

#[cfg(test)]
mod tests;
