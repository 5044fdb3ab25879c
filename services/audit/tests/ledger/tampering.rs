//! What a superuser of the database does to the ledger, and that it shows against a checkpoint kept elsewhere.

use audit::LedgerKey;
use audit::verify::{Finding, Outside};

use crate::System;

/// Whether a finding is the one that must be made.
type Shows = fn(&Finding) -> bool;

async fn tampered(name: &str, statements: &str, shows: Shows) {
    for system in System::both().await {
        system.enter(9).await;
        system.enter(8).await;
        let outside = system.checkpoint().await;
        assert!(system.findings(Some(&outside)).await.is_empty(), "{}: honest", system.name);
        system.disable_triggers().await;
        system.sql(statements).await.unwrap();
        let found = system.findings(Some(&outside)).await;
        assert!(found.iter().any(shows), "{name} on {}: {found:?}", system.name);
    }
}

#[tokio::test]
async fn the_triggers_refuse_whoever_forgets_that_the_ledger_is_append_only() {
    for system in System::both().await {
        system.enter(3).await;
        for statement in [
            "UPDATE ledger SET kind = 'x' WHERE position = 1",
            "DELETE FROM ledger WHERE position = 2",
            "UPDATE checkpoints SET note = 'x'",
            "DELETE FROM checkpoints",
        ] {
            let error = system.sql(statement).await.unwrap_err().to_string();
            assert!(error.contains("append-only"), "{} on {}: {error}", statement, system.name);
        }
        if system.name == "PostgreSQL" {
            assert!(system.sql("TRUNCATE ledger").await.is_err());
        }
        assert!(system.findings(None).await.is_empty(), "{}", system.name);
    }
}

#[tokio::test]
async fn a_changed_entry_shows() {
    tampered("change", "UPDATE ledger SET kind = 'x' WHERE position = 5", |f| *f == Finding::Entry { position: 5 })
        .await;
    tampered(
        "change",
        "UPDATE ledger SET occurred_at = (SELECT occurred_at FROM ledger WHERE position = 9) WHERE position = 5",
        |f| *f == Finding::OutsideRoot { size: 17 },
    )
    .await;
}

#[tokio::test]
async fn a_changed_content_or_record_shows() {
    tampered("content", "UPDATE ledger_contents SET body = '{}' WHERE position = 5", |f| {
        *f == Finding::Content { position: 5 }
    })
    .await;
    tampered(
        "record",
        "UPDATE outbox SET subject = '99' WHERE id = (SELECT event_id FROM ledger WHERE position = 4)",
        |f| matches!(f, Finding::Record { position: 4, .. }),
    )
    .await;
}

#[tokio::test]
async fn a_deleted_entry_shows() {
    tampered("delete last", "DELETE FROM ledger WHERE position = 16", |f| {
        *f == Finding::OutsideCut { entries: 16, signed: 17 }
    })
    .await;
    tampered("delete middle", "DELETE FROM ledger WHERE position = 7", |f| *f == Finding::Gap { from: 7, to: 7 }).await;
    tampered("delete middle and close up", "DELETE FROM ledger WHERE position = 7; UPDATE ledger SET position = position + 1000 WHERE position > 7; UPDATE ledger SET position = position - 1001 WHERE position > 1000", |f| {
        *f == Finding::OutsideCut { entries: 16, signed: 17 }
    })
    .await;
}

#[tokio::test]
async fn two_swapped_entries_show() {
    let swap = "UPDATE ledger SET position = 1000 WHERE position = 3;
        UPDATE ledger SET position = 3 WHERE position = 4;
        UPDATE ledger SET position = 4 WHERE position = 1000;
        UPDATE ledger_contents SET position = 1000 WHERE position = 3;
        UPDATE ledger_contents SET position = 3 WHERE position = 4;
        UPDATE ledger_contents SET position = 4 WHERE position = 1000";
    tampered("reorder", swap, |f| *f == Finding::OutsideRoot { size: 17 }).await;
}

#[tokio::test]
async fn a_truncated_ledger_shows() {
    tampered("truncate", "DELETE FROM ledger", |f| *f == Finding::OutsideCut { entries: 0, signed: 17 }).await;
    // With every trace of the last eight facts removed, only the checkpoint kept elsewhere tells.
    let traceless = "DELETE FROM outbox WHERE id IN (SELECT event_id FROM ledger WHERE position >= 9);
        DELETE FROM inbox WHERE event_id IN (SELECT event_id FROM ledger WHERE position >= 9);
        DELETE FROM ledger WHERE position >= 9; DELETE FROM ledger_contents WHERE position >= 9;
        DELETE FROM checkpoints WHERE size > 9; UPDATE ledger_head SET size = 9;
        DELETE FROM ledger_nodes";
    tampered("cut off", traceless, |f| *f == Finding::OutsideCut { entries: 9, signed: 17 }).await;
    for system in System::both().await {
        system.enter(9).await;
        system.enter(8).await;
        system.disable_triggers().await;
        system.sql(traceless).await.unwrap();
        assert_eq!(system.findings(None).await, [], "{}: alone, the database agrees with itself", system.name);
    }
}

#[tokio::test]
async fn without_a_checkpoint_from_outside_careless_hands_show_all_the_same() {
    let cases: [(&str, Shows); 5] = [
        ("DELETE FROM ledger WHERE position = 16", |f| matches!(f, Finding::Vanished { .. })),
        ("DELETE FROM ledger WHERE position = 16", |f| *f == Finding::Cut { entries: 16, signed: 17 }),
        ("DELETE FROM ledger WHERE position = 16", |f| *f == Finding::Head { entries: 16, head: 17 }),
        ("DELETE FROM checkpoints WHERE size = 17", |f| *f == Finding::Unsigned { from: 9 }),
        ("DELETE FROM outbox WHERE id = (SELECT event_id FROM ledger WHERE position = 2)", |f| {
            matches!(f, Finding::Unrecorded { position: 2, .. })
        }),
    ];
    for (statement, shows) in cases {
        for system in System::both().await {
            system.enter(9).await;
            system.enter(8).await;
            system.disable_triggers().await;
            system.sql(statement).await.unwrap();
            let found = system.findings(None).await;
            assert!(found.iter().any(shows), "{statement} on {}: {found:?}", system.name);
        }
    }
}

#[tokio::test]
async fn an_older_copy_put_back_shows_also_after_it_has_grown_again() {
    const TABLES: [&str; 7] =
        ["ledger", "ledger_contents", "ledger_nodes", "ledger_head", "checkpoints", "outbox", "inbox"];
    for system in System::both().await {
        system.enter(9).await;
        for table in TABLES {
            system.sql(&format!("CREATE TABLE old_{table} AS SELECT * FROM {table}")).await.unwrap();
        }
        system.enter(8).await;
        let outside = system.checkpoint().await;
        system.disable_triggers().await;
        for table in TABLES {
            system.sql(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM old_{table}")).await.unwrap();
        }
        assert_eq!(system.findings(None).await, [], "{}: the copy is whole in itself", system.name);
        assert_eq!(system.findings(Some(&outside)).await, [Finding::OutsideCut { entries: 9, signed: 17 }]);
        system.enter(20).await;
        assert_eq!(system.findings(Some(&outside)).await, [Finding::OutsideRoot { size: 17 }], "{}", system.name);
    }
}

#[tokio::test]
async fn a_history_rewritten_with_the_key_itself_shows() {
    for system in System::both().await {
        system.enter(17).await;
        let outside = system.checkpoint().await;
        system.disable_triggers().await;
        let wipe = "DELETE FROM ledger; DELETE FROM ledger_contents; DELETE FROM ledger_nodes; DELETE FROM checkpoints;
            DELETE FROM outbox; DELETE FROM inbox; UPDATE ledger_head SET size = 0";
        system.sql(wipe).await.unwrap();
        system.enter(17).await;
        assert_eq!(system.findings(None).await, [], "{}", system.name);
        assert_eq!(system.findings(Some(&outside)).await, [Finding::OutsideRoot { size: 17 }], "{}", system.name);
    }
}

#[tokio::test]
async fn a_root_signed_with_another_key_shows() {
    for mut system in System::both().await {
        system.enter(4).await;
        let outside = system.checkpoint().await;
        let (origin, verifier) = (system.consumer.writer.keys.origin().clone(), system.verifier());
        system.consumer.writer.keys = LedgerKey::from_seed(origin, &[8; 32]).into();
        system.enter(4).await;
        let said = audit::verify_ledger(
            &system.db,
            system.clock.now(),
            std::slice::from_ref(&verifier),
            &[Outside::Note(outside)],
        )
        .await
        .unwrap();
        let found = &said.walked.findings;
        assert!(matches!(found[0].first, Finding::Signature { size: 8, .. }), "{}: {found:?}", system.name);
        let foreign = system.checkpoint().await;
        let said =
            audit::verify_ledger(&system.db, system.clock.now(), &[verifier], &[Outside::Note(foreign)]).await.unwrap();
        assert!(matches!(said.walked.findings[0].first, Finding::OutsideSignature { .. }), "{}", system.name);
    }
}

#[tokio::test]
async fn a_changed_hash_of_a_subtree_shows() {
    for system in System::both().await {
        system.enter(300).await;
        system.sql("UPDATE ledger_nodes SET hash = (SELECT leaf FROM ledger WHERE position = 0)").await.unwrap();
        assert_eq!(system.findings(None).await, [Finding::Subtree { level: 8, index: 0 }], "{}", system.name);
    }
}

#[tokio::test]
async fn a_damaged_ledger_is_not_built_on_and_no_fact_is_set_aside_for_it() {
    for system in System::both().await {
        system.enter(300).await;
        system.sql("DELETE FROM ledger_nodes WHERE level = 8").await.unwrap();
        let facts = system.record(1).await;
        let refused = bus::deliver(&system.db, &system.clock, &system.consumer, &facts).await.unwrap_err();
        assert!(refused.to_string().contains("the ledger is damaged"), "{}: {refused}", system.name);
        assert_eq!(system.findings(None).await, [Finding::Subtree { level: 8, index: 0 }], "{}", system.name);
    }
}
