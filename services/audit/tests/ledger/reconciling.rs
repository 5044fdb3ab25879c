//! What does not agree is found and becomes a task.

use std::time::Duration;

use domain::codes::DifferenceKind;

use crate::System;

#[tokio::test]
async fn a_fact_without_an_entry_and_an_entry_without_a_fact_are_tasks() {
    for system in System::both().await {
        system.enter(3).await;
        let (row, found) = audit::reconcile(&system.deps(), None).await.unwrap();
        assert!(found.is_empty() && row.facts == 3, "{}: {found:?}", system.name);
        system.record(1).await;
        let (_, found) = audit::reconcile(&system.deps(), None).await.unwrap();
        assert!(found.is_empty(), "{}: it is on its way", system.name);
        system.hand.advance(Duration::from_secs(400));
        system.sql("DELETE FROM outbox WHERE id = (SELECT event_id FROM ledger WHERE position = 1)").await.unwrap();
        for _ in 0..2 {
            let (row, found) = audit::reconcile(&system.deps(), None).await.unwrap();
            assert_eq!((row.found, row.attempts), (2, None), "{}: {found:?}", system.name);
            assert!(found.iter().all(|one| one.kind == DifferenceKind::Ledger));
            assert!(found.iter().any(|one| one.detail.contains("has no entry")), "{found:?}");
            assert!(found.iter().any(|one| one.detail.contains("entry 1 is about a fact")), "{found:?}");
        }
        let mut tx = system.db.read().await.unwrap();
        assert_eq!(store::reconciliations::open(&mut tx).await.unwrap(), 2, "{}: found twice, one task", system.name);
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_a_difference_and_not_a_silence() {
    let system = System::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let deps = audit::Deps { mail_log: Some(folder.path().join("mail.log")), ..system.deps() };
    let (row, found) = audit::reconcile(&deps, None).await.unwrap();
    assert_eq!((row.attempts, found[0].kind), (None, DifferenceKind::MailLog));
    std::fs::write(folder.path().join("mail.log"), "").unwrap();
    let (row, found) = audit::reconcile(&deps, None).await.unwrap();
    assert_eq!((row.attempts, found.len()), (Some(0), 0));
}
