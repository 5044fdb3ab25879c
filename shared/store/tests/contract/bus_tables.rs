//! Outbox and inbox.

use std::time::Duration;

use contracts::Service;
use contracts::events::RuleSetReleasedV1;
use domain::{Clock, Timestamp};
use store::{Db, DbOptions, inbox, outbox};
use testkit::servers::shared_postgres;

use crate::engines;

fn event(version: i64) -> RuleSetReleasedV1 {
    RuleSetReleasedV1 { version, sha256: "00".to_owned(), drafted_by: None, released_by: None }
}

#[tokio::test]
async fn a_fact_leaves_once_confirmed_and_stays_as_the_record() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let mut tx = engine.db.begin().await.unwrap();
        let first = outbox::record(&mut tx, Service::Routing, &clock, &event(1)).await.unwrap();
        hand.advance(Duration::from_secs(1));
        let second = outbox::record(&mut tx, Service::Routing, &clock, &event(2)).await.unwrap();
        tx.commit().await.unwrap();

        let lease = Duration::from_secs(10);
        let mut tx = engine.db.begin().await.unwrap();
        let other = outbox::claim_unpublished(&mut tx, Service::Intake, clock.now(), lease, 10).await.unwrap();
        assert!(other.is_empty(), "{}: a service relays only its own facts", engine.name);
        let claimed = outbox::claim_unpublished(&mut tx, Service::Routing, clock.now(), lease, 10).await.unwrap();
        assert_eq!(claimed.iter().map(|row| row.id).collect::<Vec<_>>(), [first, second], "{}", engine.name);
        let again = outbox::claim_unpublished(&mut tx, Service::Routing, clock.now(), lease, 10).await.unwrap();
        assert!(again.is_empty(), "{}: a claim keeps a second relay away", engine.name);
        outbox::mark_published(&mut tx, Service::Routing, &[first]).await.unwrap();
        hand.advance(Duration::from_secs(11));
        let late = outbox::claim_unpublished(&mut tx, Service::Routing, clock.now(), lease, 10).await.unwrap();
        assert_eq!(late.iter().map(|row| row.id).collect::<Vec<_>>(), [second], "{}: a claim runs out", engine.name);
        assert_eq!(outbox::backlog(&mut tx).await.unwrap().depth, 1);
        let envelope = outbox::find(&mut tx, first).await.unwrap().unwrap().into_envelope();
        assert_eq!(envelope.open::<RuleSetReleasedV1>().unwrap(), event(1));
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_sweep_finds_what_was_published_and_never_handled() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let start = clock.now();
        let mut tx = engine.db.begin().await.unwrap();
        let id = outbox::record(&mut tx, Service::Routing, &clock, &event(1)).await.unwrap();
        outbox::mark_published(&mut tx, Service::Routing, &[id]).await.unwrap();
        hand.advance(Duration::from_secs(60));
        let now = clock.now();
        let kinds = ["rule_set.released.v1"];
        let found = outbox::unhandled(&mut tx, "audit.ledger", &kinds, start, now, 10).await.unwrap();
        assert_eq!(found.len(), 1, "{}", engine.name);
        assert!(outbox::unhandled(&mut tx, "x", &["other.v1"], start, now, 10).await.unwrap().is_empty());
        let fresh = inbox::claim(&mut tx, "audit.ledger", &[id, id], now).await.unwrap();
        assert_eq!(fresh.len(), 1);
        assert!(inbox::claim(&mut tx, "audit.ledger", &[id], now).await.unwrap().is_empty(), "{}", engine.name);
        assert!(outbox::unhandled(&mut tx, "audit.ledger", &[], start, now, 10).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_parked_fact_is_left_alone_until_it_is_replayed() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let mut tx = engine.db.begin().await.unwrap();
        let id = outbox::record(&mut tx, Service::Routing, &clock, &event(1)).await.unwrap();
        for expected in 1..=3 {
            let count = inbox::count_failure(&mut tx, "c", id, "boom", clock.now()).await.unwrap();
            assert_eq!(count, expected, "{}", engine.name);
        }
        inbox::park(&mut tx, "c", id, "rule_set.released.v1", "boom", clock.now()).await.unwrap();
        assert!(inbox::claim(&mut tx, "c", &[id], clock.now()).await.unwrap().is_empty());
        assert_eq!(inbox::parked(&mut tx, 10).await.unwrap().len(), 1);
        assert!(inbox::replay(&mut tx, "c", id).await.unwrap());
        assert!(!inbox::replay(&mut tx, "c", id).await.unwrap());
        assert_eq!(inbox::claim(&mut tx, "c", &[id], clock.now()).await.unwrap().len(), 1);
        inbox::set_swept_to(&mut tx, "c", clock.now()).await.unwrap();
        assert_eq!(inbox::swept_to(&mut tx, "c").await.unwrap(), clock.now());
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_rolled_back_never_happened() {
    for engine in engines().await {
        let clock = Clock::System;
        let mut tx = engine.db.begin().await.unwrap();
        let id = outbox::record(&mut tx, Service::Routing, &clock, &event(1)).await.unwrap();
        tx.rollback().await.unwrap();
        let mut tx = engine.db.read().await.unwrap();
        assert!(outbox::find(&mut tx, id).await.unwrap().is_none(), "{}", engine.name);
        assert_eq!(outbox::backlog(&mut tx).await.unwrap().depth, 0, "{}", engine.name);
    }
}

#[tokio::test]
async fn a_claim_from_before_the_clock_was_set_back_keeps_no_relay_away() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let lease = Duration::from_secs(10);
        let mut tx = engine.db.begin().await.unwrap();
        outbox::record(&mut tx, Service::Routing, &clock, &event(1)).await.unwrap();
        for (back, found) in [(0, 1), (5, 0), (3600, 1)] {
            hand.set_back(Duration::from_secs(back));
            let rows = outbox::claim_unpublished(&mut tx, Service::Routing, clock.now(), lease, 10).await.unwrap();
            assert_eq!(rows.len(), found, "{} {back}", engine.name);
        }
        tx.commit().await.unwrap();
    }
}

/// A plan that was made while nothing waited is kept by the services, and must not claim more than was asked for.
#[tokio::test]
async fn a_plan_for_an_empty_table_claims_no_more_than_its_limit() {
    let engine = engines().await.remove(1);
    let url = engine.url.as_deref().unwrap();
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap();
    let options = DbOptions { max_connections: 1, steady_plans: true, ..DbOptions::default() };
    let db = Db::connect(url, &options).await.unwrap();
    shared_postgres().await.unwrap().sql(name, "VACUUM ANALYZE unpublished").await.unwrap();
    let (clock, lease) = (Clock::System, Duration::from_secs(10));
    for waiting in [0, 30] {
        let mut tx = db.begin().await.unwrap();
        for version in 0..waiting {
            outbox::record(&mut tx, Service::Routing, &clock, &event(version)).await.unwrap();
        }
        tx.commit().await.unwrap();
        for _ in 0..3 {
            let mut tx = db.begin().await.unwrap();
            let rows = outbox::claim_unpublished(&mut tx, Service::Routing, clock.now(), lease, 10).await.unwrap();
            assert_eq!(rows.len(), usize::try_from(waiting.min(10)).unwrap());
            tx.commit().await.unwrap();
        }
    }
}
