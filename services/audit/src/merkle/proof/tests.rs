//! Every proof over small trees, and a sample over larger ones, against an independent implementation.

use std::collections::HashMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;

use super::*;
use crate::merkle::{Frontier, leaf_hash};

/// A tree of numbered leaves, as we keep it and as the oracle does.
struct Both {
    nodes: HashMap<NodeId, Hash>,
    roots: Vec<Hash>,
    oracles: Vec<MemoryBackedTree<Sha256, Vec<u8>>>,
}

fn leaf(index: u64) -> Vec<u8> {
    index.to_be_bytes().to_vec()
}

impl Both {
    fn grown(size: u64) -> Self {
        let mut tree = Frontier::new();
        let mut oracle = MemoryBackedTree::new();
        let mut both = Self { nodes: HashMap::new(), roots: vec![tree.root()], oracles: vec![oracle.clone()] };
        for index in 0..size {
            let hash = leaf_hash(&leaf(index));
            both.nodes.insert(NodeId { level: 0, index }, hash);
            both.nodes.extend(tree.push(hash));
            oracle.push(leaf(index));
            both.roots.push(tree.root());
            both.oracles.push(oracle.clone());
        }
        both
    }

    fn hashes(&self, spans: &[Span]) -> Vec<Hash> {
        let of = |span: &Span| span.nodes().iter().map(|node| self.nodes[node]).collect::<Vec<_>>();
        spans.iter().map(|span| Span::root(&of(span)).unwrap()).collect()
    }
}

fn oracle_root(root: &Hash, size: u64) -> RootHash<Sha256> {
    RootHash::new((*root).into(), size)
}

#[test]
fn roots_and_inclusion_agree_with_the_oracle_for_every_leaf_of_every_size_to_300() {
    let both = Both::grown(300);
    for size in 0..=300 {
        let root = &both.roots[size];
        assert_eq!(both.oracles[size].root().as_bytes().as_slice(), root, "root at {size}");
    }
    for size in (1..=80).chain([127, 128, 129, 255, 256, 257, 300]) {
        let root = &both.roots[usize::try_from(size).unwrap()];
        for index in 0..size {
            let proof = both.hashes(&inclusion(index, size).unwrap());
            let theirs = both.oracles[usize::try_from(size).unwrap()].prove_inclusion(usize::try_from(index).unwrap());
            assert_eq!(theirs.as_bytes(), proof.concat(), "inclusion of {index} in {size}");
            let hash = both.nodes[&NodeId { level: 0, index }];
            assert_eq!(verify_inclusion(&hash, index, size, &proof, root), Ok(()));
            let parsed = InclusionProof::try_from_bytes(proof.concat()).unwrap();
            oracle_root(root, size).verify_inclusion(&leaf(index), index, &parsed).unwrap();
        }
        assert_eq!(inclusion(size, size), None);
    }
}

#[test]
fn consistency_agrees_with_the_oracle_for_every_pair_of_sizes_to_70() {
    let both = Both::grown(300);
    for new in (1..=70).chain([127, 128, 255, 256, 257, 300]) {
        for old in 1..=new {
            let proof = both.hashes(&consistency(old, new).unwrap());
            let at = |size: u64| &both.roots[usize::try_from(size).unwrap()];
            assert_eq!(verify_consistency((old, at(old)), (new, at(new)), &proof), Ok(()), "{old} in {new}");
            if old < new {
                let added = usize::try_from(new - old).unwrap();
                let theirs = both.oracles[usize::try_from(new).unwrap()].prove_consistency(added);
                assert_eq!(theirs.as_bytes(), proof.concat(), "{old} in {new}");
                let parsed = ConsistencyProof::try_from_bytes(proof.concat()).unwrap();
                oracle_root(at(new), new).verify_consistency(&oracle_root(at(old), old), &parsed).unwrap();
            }
        }
        assert_eq!(consistency(new + 1, new), None);
    }
    assert_eq!(verify_consistency((0, &both.roots[0]), (5, &both.roots[5]), &[]), Ok(()));
    assert_eq!(verify_consistency((0, &both.roots[1]), (5, &both.roots[5]), &[]), Err(ConsistencyError::OldRoot));
}

proptest! {
    #[test]
    fn a_proof_with_anything_changed_proves_nothing(
        size in 2_u64..200, pick in any::<proptest::sample::Index>(), at in any::<proptest::sample::Index>(),
        bit in 0_u8..8, byte in 0_usize..32,
    ) {
        let both = Both::grown(size);
        let root = both.roots[usize::try_from(size).unwrap()];
        let index = pick.index(usize::try_from(size).unwrap()) as u64;
        let hash = both.nodes[&NodeId { level: 0, index }];
        let good = both.hashes(&inclusion(index, size).unwrap());
        let mut bad = good.clone();
        let place = at.index(bad.len());
        bad[place][byte] ^= 1 << bit;
        prop_assert_eq!(verify_inclusion(&hash, index, size, &bad, &root), Err(InclusionError::Root));
        prop_assert_eq!(verify_inclusion(&hash, index, size, &good[1..], &root), Err(InclusionError::Length));
        prop_assert_eq!(verify_inclusion(&bad[place], index, size, &good, &root), Err(InclusionError::Root));
        let longer: Vec<Hash> = good.iter().copied().chain([root]).collect();
        prop_assert_eq!(verify_inclusion(&hash, index, size, &longer, &root), Err(InclusionError::Length));
        prop_assert_eq!(verify_inclusion(&hash, size, size, &good, &root), Err(InclusionError::OutOfRange));

        let old = index + 1;
        let old_root = both.roots[usize::try_from(old).unwrap()];
        let good = both.hashes(&consistency(old, size).unwrap());
        if !good.is_empty() {
            let mut bad = good.clone();
            let place = at.index(bad.len());
            bad[place][byte] ^= 1 << bit;
            prop_assert!(verify_consistency((old, &old_root), (size, &root), &bad).is_err());
            prop_assert!(verify_consistency((old, &old_root), (size, &root), &good[1..]).is_err());
            prop_assert!(verify_consistency((old, &root), (size, &root), &good).is_err());
        }
    }
}
