//! Exports and mirrors: what leaves the database can be checked without it, by us and by a script that shares no code.

use std::path::{Path, PathBuf};
use std::process::Command;

use audit::merkle::{Frontier, leaf_hash};
use audit::verify::{Outside, verify_folder};
use audit::{Checkpoint, Line, Note, SALT_BYTES, commitment};
use domain::Clock;
use domain::ids::EventId;
use store::ledger::{CheckpointRow, ContentRow, EntryRow, NodeRow};

use crate::System;

/// What the script says.
pub fn python(arguments: &[&Path]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/verify/verify.py");
    let done = Command::new("/usr/bin/python3").arg(script).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(matches!(done.status.code(), Some(0 | 1)), "{text}");
    (done.status.success(), text)
}

/// A folder with the ledger as it is now.
pub async fn export(system: &System) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export");
    audit::export_ledger(&system.db, &system.consumer.writer.keys, &path, true).await.unwrap();
    (folder, path)
}

/// What the verifier and the script find in a copy, against what was kept outside.
async fn both_say(system: &System, outside: &Note) -> (bool, bool, String) {
    let (folder, path) = export(system).await;
    let report = verify_folder(&path, &[system.verifier()], &[Outside::Note(outside.clone())]).unwrap();
    let kept = folder.path().join("kept.txt");
    std::fs::write(&kept, outside.to_string()).unwrap();
    let (good, text) = python(&[&path, Path::new("--checkpoint"), &kept]);
    (report.holds(), good, format!("{:?}\n{text}", report.sentences()))
}

#[tokio::test]
async fn honest_copies_of_any_size_pass_both_verifiers() {
    for system in System::both().await {
        let (_folder, path) = export(&system).await;
        assert!(verify_folder(&path, &[system.verifier()], &[]).unwrap().holds(), "{}: empty", system.name);
        assert!(python(&[&path]).0, "{}: empty", system.name);
        let mut first = None;
        for more in [1, 1, 253, 1, 1] {
            system.enter(more).await;
            let first = first.get_or_insert(system.checkpoint().await);
            let (ours, theirs, text) = both_say(&system, first).await;
            assert!(ours && theirs, "{}: {text}", system.name);
        }
    }
}

/// A hundred thousand entries, written set by set.
#[tokio::test]
async fn an_honest_ledger_of_a_hundred_thousand_entries_passes_all_verifiers() {
    let system = System::postgres().await;
    let mut tree = Frontier::new();
    for _ in 0..20 {
        fill(&system, &mut tree, 5_000).await;
    }
    let outside = system.checkpoint().await;
    assert!(system.findings(Some(&outside)).await.iter().all(|finding| {
        // The facts are on no service's record here; everything else must be whole.
        matches!(finding, audit::verify::Finding::Unrecorded { .. })
    }));
    let (ours, theirs, text) = both_say(&system, &outside).await;
    assert!(ours && theirs, "{text}");
}

/// Enters facts past the outbox, as many as wanted at once.
async fn fill(system: &System, tree: &mut Frontier, count: i64) {
    let mut tx = system.db.begin().await.unwrap();
    let size = system.consumer.writer.hold(&mut tx).await.unwrap().unwrap();
    let (mut entries, mut contents, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
    for position in size..size + count {
        let (salt, body) = (vec![1; SALT_BYTES], format!("{{\"at\":{position}}}"));
        let commitment = commitment(&salt, &body).to_vec();
        let entry = EntryRow {
            position,
            event_id: EventId::generate(&Clock::System),
            kind: "x.v1".to_owned(),
            case_id: None,
            occurred_at: system.clock.now(),
            commitment,
            leaf: Vec::new(),
        };
        let leaf = Line::from(&entry).leaf();
        for (node, hash) in tree.push(leaf).into_iter().filter(|(node, _)| node.level % 8 == 0) {
            let position = i64::try_from(node.index).unwrap();
            nodes.push(NodeRow { level: node.level.into(), position, hash: hash.to_vec() });
        }
        entries.push(EntryRow { leaf: leaf.to_vec(), ..entry });
        contents.push(ContentRow { position, salt, body });
    }
    store::ledger::insert_entries(&mut tx, &entries).await.unwrap();
    store::ledger::insert_contents(&mut tx, &contents).await.unwrap();
    store::ledger::insert_nodes(&mut tx, &nodes).await.unwrap();
    let keys = &system.consumer.writer.keys;
    let checkpoint = Checkpoint { origin: keys.origin().clone(), size: tree.size(), root: tree.root() };
    let (root, note) = (checkpoint.root.to_vec(), keys.sign(&checkpoint).to_string());
    let row = CheckpointRow { size: size + count, root, note, signed_at: system.clock.now() };
    store::ledger::insert_checkpoint(&mut tx, &row).await.unwrap();
    store::ledger::advance(&mut tx, size, size + count).await.unwrap();
    tx.commit().await.unwrap();
}

/// Signs whatever the tables hold now, as somebody does who has the key and covers the tracks.
async fn cover_tracks(system: &System) {
    system.sql("DELETE FROM cosignatures; DELETE FROM checkpoints; DELETE FROM ledger_nodes").await.unwrap();
    let mut tx = system.db.begin().await.unwrap();
    let rows = store::ledger::entries(&mut tx, 0, 100_000).await.unwrap();
    let (mut tree, mut nodes) = (Frontier::new(), Vec::new());
    for row in &rows {
        let completed = tree.push(leaf_hash(Line::from(&row.entry).text().as_bytes()));
        for (node, hash) in completed.into_iter().filter(|(node, _)| node.level % 8 == 0) {
            let position = i64::try_from(node.index).unwrap();
            nodes.push(NodeRow { level: node.level.into(), position, hash: hash.to_vec() });
        }
    }
    let keys = &system.consumer.writer.keys;
    let checkpoint = Checkpoint { origin: keys.origin().clone(), size: tree.size(), root: tree.root() };
    let (root, note) = (checkpoint.root.to_vec(), keys.sign(&checkpoint).to_string());
    let size = i64::try_from(tree.size()).unwrap();
    store::ledger::insert_nodes(&mut tx, &nodes).await.unwrap();
    let row = CheckpointRow { size, root, note, signed_at: system.clock.now() };
    store::ledger::insert_checkpoint(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    system.sql(&format!("UPDATE ledger_head SET size = {size}")).await.unwrap();
}

/// Each manipulation, done by a superuser who holds the key and signs the result anew.
#[tokio::test]
async fn seven_of_seven_manipulations_are_found_by_both_verifiers_in_the_database_and_in_copies() {
    let close_up = "UPDATE ledger SET position = position + 100000 WHERE position > 300;
        UPDATE ledger SET position = position - 100001 WHERE position > 100000;
        UPDATE ledger_contents SET position = position + 100000 WHERE position > 300;
        UPDATE ledger_contents SET position = position - 100001 WHERE position > 100000";
    let swap = |table: &str| {
        format!(
            "UPDATE {table} SET position = 100000 WHERE position = 3; UPDATE {table} SET position = 3 WHERE position = 4;
             UPDATE {table} SET position = 4 WHERE position = 100000;"
        )
    };
    let manipulations = [
        ("change", "UPDATE ledger SET kind = 'other.v1' WHERE position = 300".to_owned()),
        (
            "delete the last",
            "DELETE FROM ledger WHERE position = 599; DELETE FROM ledger_contents WHERE position = 599".to_owned(),
        ),
        (
            "delete from the middle",
            format!(
                "DELETE FROM ledger WHERE position = 300; DELETE FROM ledger_contents WHERE position = 300; {close_up}"
            ),
        ),
        ("reorder", swap("ledger") + &swap("ledger_contents")),
        (
            "restore an old copy",
            "DELETE FROM ledger WHERE position >= 256; DELETE FROM ledger_contents WHERE position >= 256".to_owned(),
        ),
        ("rewrite all", "UPDATE ledger SET occurred_at = (SELECT MAX(occurred_at) FROM ledger)".to_owned()),
        ("fork for one reader", "UPDATE ledger SET case_id = event_id WHERE position = 17".to_owned()),
    ];
    let mut found = 0;
    for (what, statements) in &manipulations {
        let system = System::postgres().await;
        system.enter(256).await;
        system.enter(344).await;
        let outside = system.checkpoint().await;
        let (ours, theirs, text) = both_say(&system, &outside).await;
        assert!(ours && theirs, "honest: {text}");
        system.disable_triggers().await;
        system.sql(statements).await.unwrap();
        // What the leaves say is made to fit, too.
        cover_leaves(&system).await;
        cover_tracks(&system).await;
        assert!(!system.findings(Some(&outside)).await.is_empty(), "{what}: in the database");
        let (ours, theirs, text) = both_say(&system, &outside).await;
        assert!(!ours && !theirs, "{what}: {text}");
        found += 1;
    }
    assert_eq!(found, 7);
}

async fn cover_leaves(system: &System) {
    let mut tx = system.db.read().await.unwrap();
    let rows = store::ledger::entries(&mut tx, 0, 100_000).await.unwrap();
    tx.commit().await.unwrap();
    for row in rows {
        let leaf = Line::from(&row.entry).leaf();
        if leaf != *row.entry.leaf {
            let hex = hex::encode(leaf);
            let at = row.entry.position;
            system.sql(&format!("UPDATE ledger SET leaf = '\\x{hex}' WHERE position = {at}")).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_file_that_was_changed_in_a_copy_shows_in_both() {
    let system = System::sqlite().await;
    system.enter(300).await;
    let (_folder, path) = export(&system).await;
    for (name, from, to) in [
        ("tile/entries/000", &b"rule_set"[..], &b"rule_sat"[..]),
        ("contents.jsonl", b"\\\"version\\\":7", b"\\\"version\\\":8"),
        ("checkpoint", b"\n300\n", b"\n301\n"),
    ] {
        let file = path.join(name);
        let bytes = std::fs::read(&file).unwrap();
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        let mut changed = bytes.clone();
        changed[at..at + to.len()].copy_from_slice(to);
        std::fs::write(&file, changed).unwrap();
        assert!(!verify_folder(&path, &[system.verifier()], &[]).unwrap().holds(), "{name}");
        assert!(!python(&[&path]).0, "{name}");
        std::fs::write(&file, bytes).unwrap();
    }
    std::fs::remove_file(path.join("tile/1/000.p/1")).unwrap();
    assert!(!verify_folder(&path, &[system.verifier()], &[]).unwrap().holds());
    assert!(!python(&[&path]).0);
}
