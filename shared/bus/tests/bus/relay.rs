//! The relay: a row leaves only when it is confirmed, and none is passed over.

use std::time::{Duration, Instant};

use bus::{Bell, Bus, consume, relay, relay_once};
use contracts::Service;
use store::outbox;
use tokio_util::sync::CancellationToken;

use crate::witness::{Mood, Witness};
use crate::world::{World, beside, nowhere};

/// A local bus with the witness registered.
fn local(world: &World, mood: fn(i64) -> Mood) -> Bus {
    let bus = Bus::local();
    let Bus::Local(inner) = &bus else { unreachable!("it was just made") };
    inner.register(&world.db, &world.clock, &Witness::<4>::new(&world.clock, mood));
    bus
}

#[tokio::test]
async fn in_one_process_a_fact_is_handled_when_publishing_returns() {
    for world in World::both().await {
        let bus = local(&world, |_| Mood::Work);
        world.record(0..1_200).await;
        let mut relayed = 0;
        while let (found @ 1.., taken) = relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap() {
            assert_eq!(found, taken);
            relayed += found;
        }
        assert_eq!((relayed, world.waiting().await), (1_200, 0), "{}", world.db.engine());
        assert_eq!(world.effects().await, (0..1_200).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_handlers_failure_is_the_sweeps_and_not_the_relays() {
    let world = World::sqlite().await;
    let bus = local(&world, |n| if n == 1 { Mood::Retry } else { Mood::Work });
    world.record(0..3).await;
    assert_eq!(relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap(), (3, 3));
    assert_eq!(world.effects().await, [0, 2]);
}

#[tokio::test]
async fn what_the_consumers_database_did_not_take_stays_in_the_outbox() {
    let world = World::sqlite().await;
    let elsewhere = World::sqlite().await;
    let bus = local(&elsewhere, |_| Mood::Work);
    elsewhere.db.close().await;
    world.record([1]).await;
    assert_eq!(relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap(), (1, 0));
    assert_eq!(world.waiting().await, 1);
}

/// Only PostgreSQL: SQLite has one writer at a time.
#[tokio::test]
async fn a_transaction_that_commits_late_is_relayed_all_the_same() {
    let world = World::postgres().await;
    let bus = local(&world, |_| Mood::Work);
    let mut late = world.db.begin().await.unwrap();
    world.record_in(&mut late, 1).await;
    world.record([2]).await;
    assert_eq!(relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap(), (1, 1));
    late.commit().await.unwrap();
    assert_eq!(relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap(), (1, 1));
    assert_eq!(world.effects().await, [1, 2]);
}

#[tokio::test]
async fn a_relay_that_dies_after_publishing_publishes_again_to_no_effect() {
    for world in World::both().await {
        let bus = local(&world, |_| Mood::Work);
        let facts = world.record(0..10).await;
        let mut tx = world.db.begin().await.unwrap();
        let lease = Duration::from_secs(30);
        let rows = outbox::claim_unpublished(&mut tx, Service::Routing, world.clock.now(), lease, 200).await.unwrap();
        tx.commit().await.unwrap();
        assert!(bus.publish(&facts).await.iter().all(Result::is_ok));
        // Here it dies, with its claim.
        assert_eq!((rows.len(), world.waiting().await), (10, 10), "{}", world.db.engine());
        assert_eq!(relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap(), (0, 0));
        world.hand.advance(lease);
        assert_eq!(relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap(), (10, 10));
        assert_eq!(world.waiting().await, 0);
        assert_eq!(world.effects().await, (0..10).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn without_a_broker_publishing_fails_at_once_and_the_rows_wait() {
    for world in World::both().await {
        let bus = nowhere();
        assert_eq!(bus.state(), bus::BusState::Untried);
        world.record(0..600).await;
        let start = Instant::now();
        for _ in 0..5 {
            assert_eq!(relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap(), (500, 0));
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert!(matches!(bus.state(), bus::BusState::Away(_)), "{:?}", bus.state());
        assert!(bus.check().await.is_err());
        assert_eq!(world.waiting().await, 600, "{}", world.db.engine());
        // No claim is left to run out.
        let bus = local(&world, |_| Mood::Work);
        assert_eq!(relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap(), (500, 500));
    }
}

#[tokio::test]
async fn the_loops_run_on_the_bell_and_end_when_told() {
    let world = World::sqlite().await;
    let (bus, bell, stop) = (Bus::local(), Bell::new(), CancellationToken::new());
    let relaying = relay(&bus, &world.db, &world.clock, Service::Routing, &bell, &stop);
    let consuming = consume(&bus, &world.db, &world.clock, Witness::<4>::willing(&world.clock), stop.clone());
    let loops = async {
        tokio::join!(relaying, consuming);
    };
    tokio::pin!(loops);
    beside(loops.as_mut(), async {
        // A full batch is followed at once.
        world.record(0..1_100).await;
        bell.ring();
        world.until_effects(0..1_100).await;
        // For this one nobody rings.
        world.record(1_100..1_101).await;
        world.until_effects(0..1_101).await;
    })
    .await;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), loops).await.expect("loops that are told to end do");
}
