//! Who looked, and how long that is kept.

use audit::verify::Outside;
use contracts::Service;
use contracts::events::CaseReadV1;
use domain::codes::Reading;
use domain::ids::{AccountId, CaseId};

use crate::System;

#[tokio::test]
async fn a_reading_is_a_fact_and_its_erasure_leaves_the_proof() {
    for system in System::both().await {
        system.enter(2).await;
        let reading = CaseReadV1 {
            case_id: CaseId::generate(&system.clock),
            read_by: AccountId::generate(&system.clock),
            what: Reading::Evidence,
            reason: Some("REASON-CANARY".parse().unwrap()),
        };
        store::readings::record(&system.db, Service::Audit, &system.clock, &reading).await.unwrap();
        let mut tx = system.db.read().await.unwrap();
        let newest = store::outbox::newest(&mut tx).await.unwrap().unwrap();
        let facts = store::outbox::unhandled(
            &mut tx,
            System::consumer_name(),
            &[],
            newest,
            newest.plus(std::time::Duration::from_secs(1)),
            9,
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let facts: Vec<_> = facts.into_iter().map(|row| row.into_envelope()).collect();
        assert_eq!(facts[0].kind(), "case.read.v1");
        system.deliver(&facts).await;
        let outside = system.checkpoint().await;
        let mut tx = system.db.begin().await.unwrap();
        let until = newest.plus(std::time::Duration::from_secs(1));
        assert_eq!(store::ledger::erase(&mut tx, &["case.read.v1"], until, 10).await.unwrap(), 1, "{}", system.name);
        tx.commit().await.unwrap();
        let outside = [Outside::Note(outside)];
        let said = audit::verify_ledger(&system.db, system.clock.now(), &[system.verifier()], &outside).await.unwrap();
        assert!(said.holds() && said.walked.erased == 1, "{}: {:?}", system.name, said.sentences());
        let left = crate::search::everything(&system.db, "REASON-CANARY").await;
        assert!(left.is_empty(), "{}: {left:?}", system.name);
    }
}
