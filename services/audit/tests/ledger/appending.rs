//! However facts arrive, the ledger is the same tree.

use audit::Note;
use audit::verify::Outside;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;
use store::{inbox, ledger};

use crate::System;

/// What an independent implementation makes of the lines.
fn oracle(lines: &[String]) -> Vec<u8> {
    let mut tree = MemoryBackedTree::<Sha256, String>::new();
    for line in lines {
        tree.push(line.clone());
    }
    tree.root().as_bytes().to_vec()
}

/// Sizes of batches, different for each seed.
fn batches(total: usize, seed: usize) -> Vec<usize> {
    let (mut left, mut sizes, mut at) = (total, Vec::new(), seed);
    while left > 0 {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let size = (1 + (at >> 33) % 97).min(left);
        sizes.push(size);
        left -= size;
    }
    sizes
}

#[tokio::test]
async fn any_number_of_facts_in_any_batches_gives_the_root_of_the_oracle() {
    for system in System::both().await {
        assert!(system.findings(None).await.is_empty(), "{}: an empty ledger holds", system.name);
        let mut total = 0;
        // Sizes reached: 1, 2, 255, 256, 257, 1000.
        for (seed, more) in [1, 1, 253, 1, 1, 743].into_iter().enumerate() {
            let facts = system.record(more).await;
            let mut rest = facts.as_slice();
            for size in batches(facts.len(), seed) {
                let (now, later) = rest.split_at(size);
                assert_eq!(system.deliver(now).await.handled, size);
                rest = later;
            }
            total += facts.len();
            let lines = system.lines().await;
            assert_eq!(lines.len(), total);
            let checkpoint = system.checkpoint().await.open(&system.verifier()).unwrap();
            assert_eq!(usize::try_from(checkpoint.size).unwrap(), total);
            assert_eq!(checkpoint.root.to_vec(), oracle(&lines), "{} at {total}", system.name);
        }
        assert!(system.findings(Some(&system.checkpoint().await)).await.is_empty(), "{}", system.name);
    }
}

#[tokio::test]
async fn a_fact_that_comes_twice_is_entered_once() {
    for system in System::both().await {
        let facts = system.record(20).await;
        system.deliver(&facts).await;
        let (lines, checkpoint) = (system.lines().await, system.checkpoint().await);
        assert_eq!(system.deliver(&facts).await.repeated, 20);
        // Even if the inbox is lost.
        system.sql("DELETE FROM inbox").await.unwrap();
        assert_eq!(system.deliver(&facts).await.handled, 20);
        assert_eq!(system.lines().await, lines, "{}", system.name);
        assert_eq!(system.checkpoint().await, checkpoint, "{}", system.name);
        assert!(system.findings(Some(&checkpoint)).await.is_empty(), "{}", system.name);
    }
}

#[tokio::test]
async fn a_forged_message_is_set_aside_and_a_changed_one_changes_nothing() {
    for system in System::both().await {
        let mut facts = system.record(3).await;
        facts[1].id = domain::ids::EventId::generate(&system.clock);
        facts[2].data = serde_json::json!({ "version": 99 });
        facts[2].event_type = "org.tocsin.never.heard.of.v9".to_owned();
        let delivered = system.deliver(&facts).await;
        assert_eq!((delivered.handled, delivered.parked), (2, 1), "{}", system.name);
        let lines = system.lines().await;
        assert!(lines.iter().all(|line| line.contains("\nrule_set.released.v1\n")), "{}: {lines:?}", system.name);
        let mut tx = system.db.read().await.unwrap();
        let parked = inbox::parked(&mut tx, 10).await.unwrap();
        assert!(parked[0].error.contains("no service recorded this fact"), "{:?}", parked[0]);
    }
}

#[tokio::test]
async fn a_kind_nobody_knows_is_entered_like_any_other() {
    for system in System::both().await {
        let facts = system.record(1).await;
        system.sql("UPDATE outbox SET kind = 'weather.changed.v7'").await.unwrap();
        assert_eq!(system.deliver(&facts).await.handled, 1);
        assert!(system.lines().await[0].contains("\nweather.changed.v7\n"), "{}", system.name);
        assert!(system.findings(None).await.is_empty(), "{}", system.name);
    }
}

#[tokio::test]
async fn an_entry_is_proven_against_the_newest_checkpoint() {
    for system in System::both().await {
        system.enter(37).await;
        let facts = system.record(1).await;
        system.deliver(&facts).await;
        system.enter(5).await;
        let mut tx = system.db.read().await.unwrap();
        let proof = audit::prove_inclusion(&mut tx, facts[0].id).await.unwrap().unwrap();
        let note: Note = proof.checkpoint.parse().unwrap();
        let signed = note.open(&system.verifier()).unwrap();
        let leaf = proof.entry.leaf.as_slice().try_into().unwrap();
        assert_eq!((proof.entry.position, proof.size, signed.size), (37, 43, 43));
        assert_eq!(audit::merkle::verify_inclusion(&leaf, 37, signed.size, &proof.path, &signed.root), Ok(()));
        let unknown = domain::ids::EventId::generate(&system.clock);
        assert!(audit::prove_inclusion(&mut tx, unknown).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn erasing_a_content_leaves_every_proof_valid() {
    for system in System::both().await {
        system.enter(10).await;
        let outside = system.checkpoint().await;
        system.sql("DELETE FROM ledger_contents WHERE position IN (3, 4)").await.unwrap();
        let said = audit::verify_ledger(
            &system.db,
            system.clock.now(),
            &[system.verifier()],
            &[Outside::Note(outside.clone())],
        )
        .await
        .unwrap();
        assert!(said.holds(), "{}: {:?}", system.name, said.sentences());
        assert_eq!(said.walked.erased, 2);
    }
}

#[tokio::test]
async fn facts_on_their_way_are_no_damage_and_are_counted() {
    for system in System::both().await {
        system.enter(3).await;
        system.record(2).await;
        let later = system.clock.now().plus(std::time::Duration::from_secs(61));
        let said = audit::verify_ledger(&system.db, later, &[system.verifier()], &[]).await.unwrap();
        assert!(said.holds() && said.behind == 2, "{}: {:?}", system.name, said.sentences());
        let mut tx = system.db.read().await.unwrap();
        assert_eq!(ledger::lag(&mut tx, System::consumer_name()).await.unwrap().count, 2);
    }
}
