//! Comparisons and their tasks.

use std::time::Duration;

use domain::codes::DifferenceKind;
use domain::ids::{AccountId, DifferenceId, ReconciliationId};
use domain::{Clock, Timestamp};
use store::reconciliations::{self, Difference, ReconciliationRow};

use crate::engines;

#[tokio::test]
async fn a_difference_is_one_task_and_stays_closed_once_it_is() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let mut tx = engine.db.begin().await.unwrap();
        assert!(reconciliations::newest(&mut tx).await.unwrap().is_none());
        let difference = |detail: &str| Difference {
            kind: DifferenceKind::MailLog,
            subject: "<one@x.example>".to_owned(),
            detail: detail.to_owned(),
        };
        for detail in ["a", "b", "a"] {
            hand.advance(Duration::from_secs(1));
            let id = DifferenceId::generate(&clock);
            reconciliations::report(&mut tx, id, &difference(detail), clock.now()).await.unwrap();
        }
        assert_eq!(reconciliations::open(&mut tx).await.unwrap(), 2, "{}", engine.name);
        let rows = reconciliations::differences(&mut tx, 10).await.unwrap();
        assert_eq!((rows[0].detail.as_str(), rows[0].seen_at), ("a", clock.now()), "{}", engine.name);
        let (by, reason) = (AccountId::generate(&clock), "looked into".parse().unwrap());
        assert!(reconciliations::close(&mut tx, rows[0].id, by, &reason, clock.now()).await.unwrap());
        assert!(!reconciliations::close(&mut tx, rows[0].id, by, &reason, clock.now()).await.unwrap());
        let id = DifferenceId::generate(&clock);
        reconciliations::report(&mut tx, id, &difference("a"), clock.now()).await.unwrap();
        assert_eq!(reconciliations::open(&mut tx).await.unwrap(), 1, "{}: it stays closed", engine.name);
        let rows = reconciliations::differences(&mut tx, 10).await.unwrap();
        assert_eq!(rows[1].reason, Some(reason), "{}", engine.name);
        let row = ReconciliationRow {
            id: ReconciliationId::generate(&clock),
            started_at: clock.now(),
            ended_at: clock.now(),
            asked_by: Some(by),
            plans: 1,
            facts: 2,
            attempts: None,
            found: 2,
        };
        reconciliations::insert(&mut tx, &row).await.unwrap();
        assert_eq!(reconciliations::newest(&mut tx).await.unwrap(), Some(row), "{}", engine.name);
    }
}

#[tokio::test]
async fn the_statements_of_the_comparison_run_on_both_engines() {
    for engine in engines().await {
        let now = Timestamp::from_micros(1_795_000_000_000_000);
        let mut tx = engine.db.read().await.unwrap();
        assert!(reconciliations::torn_plans(&mut tx, now, 10).await.unwrap().is_empty(), "{}", engine.name);
        assert!(reconciliations::unrecorded(&mut tx, 10).await.unwrap().is_empty(), "{}", engine.name);
        assert!(reconciliations::sent(&mut tx, now, now).await.unwrap().is_empty(), "{}", engine.name);
        assert_eq!(reconciliations::counts(&mut tx).await.unwrap(), (0, 0), "{}", engine.name);
    }
}
