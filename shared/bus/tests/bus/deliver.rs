//! The driver: once, whatever happens.

use std::time::Duration;

use bus::{Delivered, PARK_AFTER, SWEEP_AFTER, deliver, sweep_once};
use contracts::events::DirectoryChangedV1;
use domain::Timestamp;
use store::{inbox, trace};

use crate::witness::{LOCKED, Mood, Witness};
use crate::world::World;

#[tokio::test]
async fn a_fact_has_one_effect_however_often_it_comes() {
    for world in World::both().await {
        let (alone, batched) = (Witness::<1>::willing(&world.clock), Witness::<8>::willing(&world.clock));
        let facts = world.record(0..5).await;
        let twice: Vec<_> = facts.iter().chain(&facts).cloned().collect();
        let first = deliver(&world.db, &world.clock, &*batched, &twice).await.unwrap();
        assert_eq!(first, Delivered { handled: 5, repeated: 5, parked: 0, left: 0 }, "{}", world.db.engine());
        let second = deliver(&world.db, &world.clock, &*alone, &facts).await.unwrap();
        assert_eq!(second, Delivered { handled: 0, repeated: 5, parked: 0, left: 0 });
        assert_eq!(world.effects().await, [0, 1, 2, 3, 4]);
    }
}

#[tokio::test]
async fn two_workers_with_the_same_fact_at_the_same_moment_have_one_effect() {
    let world = World::postgres().await;
    let facts = world.record(0..20).await;
    let backwards: Vec<_> = facts.iter().rev().cloned().collect();
    let witness = Witness::<8>::willing(&world.clock);
    let one = deliver(&world.db, &world.clock, &*witness, &facts);
    let two = deliver(&world.db, &world.clock, &*witness, &backwards);
    let (one, two) = tokio::try_join!(one, two).unwrap();
    assert_eq!(one.handled + two.handled, 20);
    assert_eq!(world.effects().await, (0..20).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_bad_fact_does_not_hold_up_its_batch() {
    for mood in [|n| if n == 3 { Mood::Poison } else { Mood::Work }, |n| if n == 3 { Mood::Panic } else { Mood::Work }]
    {
        for world in World::both().await {
            let witness = Witness::<8>::new(&world.clock, mood);
            let facts = world.record(0..8).await;
            let done = deliver(&world.db, &world.clock, &*witness, &facts).await.unwrap();
            assert_eq!((done.handled, done.parked + done.left), (7, 1), "{}", world.db.engine());
            assert_eq!(world.effects().await, [0, 1, 2, 4, 5, 6, 7], "a failed handler leaves no effect behind");
        }
    }
}

#[tokio::test]
async fn what_fails_is_counted_parked_in_the_end_and_replayed_on_request() {
    for world in World::both().await {
        let unwilling = Witness::<1>::new(&world.clock, |_| Mood::Retry);
        let facts = world.record([7]).await;
        for try_number in 1..=PARK_AFTER {
            assert!(world.parked().await.is_empty(), "before try {try_number}");
            deliver(&world.db, &world.clock, &*unwilling, &facts).await.unwrap();
        }
        assert_eq!(world.parked().await, [facts[0].id], "{}", world.db.engine());
        let willing = Witness::<1>::willing(&world.clock);
        world.hand.advance(SWEEP_AFTER * 2);
        assert_eq!(sweep_once(&world.db, &world.clock, &*willing).await.unwrap(), 0, "parked is parked");

        let mut tx = world.db.begin().await.unwrap();
        assert!(inbox::replay(&mut tx, "test.witness", facts[0].id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(sweep_once(&world.db, &world.clock, &*willing).await.unwrap(), 1);
        assert_eq!(world.effects().await, [7]);
    }
}

#[tokio::test]
async fn what_waits_for_another_fact_is_not_counted_and_found_again() {
    for world in World::both().await {
        let early = Witness::<1>::new(&world.clock, |_| Mood::Early);
        let facts = world.record([7]).await;
        for _ in 0..2 * PARK_AFTER {
            assert_eq!(deliver(&world.db, &world.clock, &*early, &facts).await.unwrap().left, 1);
        }
        assert!(world.parked().await.is_empty(), "{}", world.db.engine());
        world.hand.advance(SWEEP_AFTER * 2);
        let willing = Witness::<1>::willing(&world.clock);
        assert_eq!(sweep_once(&world.db, &world.clock, &*willing).await.unwrap(), 1);
        assert_eq!(world.effects().await, [7]);
    }
}

#[tokio::test]
async fn a_process_that_dies_in_a_handler_leaves_the_fact_to_the_next() {
    for world in World::both().await {
        let dying = Witness::<1>::new(&world.clock, |_| Mood::Hang);
        let facts = world.record([1]).await;
        tokio::select! {
            _ = deliver(&world.db, &world.clock, &*dying, &facts) => panic!("it hangs"),
            () = dying.hanging.notified() => {}
        }
        assert!(world.effects().await.is_empty(), "{}", world.db.engine());
        let next = Witness::<1>::willing(&world.clock);
        assert_eq!(deliver(&world.db, &world.clock, &*next, &facts).await.unwrap().handled, 1);
        assert_eq!(world.effects().await, [1]);
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_not_held_against_the_fact() {
    let postgres = testkit::servers::shared_postgres().await.unwrap();
    let url = postgres.create_database().await.unwrap();
    let world = World::at(&url).await;
    let closed = World::at(&url).await;
    closed.db.close().await;
    let witness = Witness::<1>::willing(&world.clock);
    let facts = world.record([1]).await;
    for _ in 0..=PARK_AFTER {
        assert!(deliver(&closed.db, &world.clock, &*witness, &facts).await.is_err());
    }
    assert!(world.parked().await.is_empty());
    assert_eq!(deliver(&world.db, &world.clock, &*witness, &facts).await.unwrap().handled, 1);
}

/// Only PostgreSQL cuts statements off. The second is for the migrations of a loaded machine.
#[tokio::test]
async fn a_fact_whose_statement_never_ends_in_time_is_parked_and_the_others_flow() {
    let world = World::impatient(Duration::from_secs(1)).await;
    let mut other = world.db.begin().await.unwrap();
    inbox::set_swept_to(&mut other, LOCKED, world.clock.now()).await.unwrap();
    let witness = Witness::<8>::new(&world.clock, |n| if n == 3 { Mood::Wait } else { Mood::Work });
    let facts = world.record(0..8).await;
    let done = deliver(&world.db, &world.clock, &*witness, &facts).await.unwrap();
    assert_eq!(done, Delivered { handled: 7, repeated: 0, parked: 0, left: 1 });
    assert_eq!(world.effects().await, [0, 1, 2, 4, 5, 6, 7]);
    world.hand.advance(SWEEP_AFTER * 2);
    for _ in 1..PARK_AFTER {
        assert!(world.parked().await.is_empty());
        sweep_once(&world.db, &world.clock, &*witness).await.unwrap();
    }
    assert_eq!(world.parked().await, [facts[3].id]);

    other.rollback().await.unwrap();
    let mut tx = world.db.begin().await.unwrap();
    assert!(inbox::replay(&mut tx, "test.witness", facts[3].id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(sweep_once(&world.db, &world.clock, &*witness).await.unwrap(), 1);
}

#[tokio::test]
async fn an_effect_names_the_request_that_caused_it() {
    for world in World::both().await {
        let cause = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let facts = trace::scope(cause.parse().unwrap(), world.record([1])).await;
        assert_eq!(facts[0].traceparent.as_deref(), Some(cause));
        let witness = Witness::<1>::willing(&world.clock);
        deliver(&world.db, &world.clock, &*witness, &facts).await.unwrap();
        let effects = world.stored::<DirectoryChangedV1>().await;
        // The consumer's own span within the trace of the request.
        let effect = effects[0].traceparent.as_deref().unwrap_or_default();
        assert_eq!(effect.split('-').nth(1), cause.split('-').nth(1), "{}", world.db.engine());
        assert!(effects[0].time >= Timestamp::from_micros(1_795_000_000_000_000));
    }
}
