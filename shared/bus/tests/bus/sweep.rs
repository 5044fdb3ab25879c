//! The sweep: finishes all work, whatever became of the messages.

use std::time::Duration;

use bus::{SWEEP_AFTER, sweep_once};

use crate::witness::{Mood, Witness};
use crate::world::World;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn facts_that_no_message_brought_are_handled_and_young_ones_are_left_alone() {
    for world in World::both().await {
        let witness = Witness::<64>::willing(&world.clock);
        // More than one page.
        world.record(0..1_203).await;
        assert_eq!(sweep_once(&world.db, &world.clock, &*witness).await.unwrap(), 0, "they are on their way");
        world.hand.advance(SWEEP_AFTER * 2);
        world.record([9_999]).await;
        assert_eq!(sweep_once(&world.db, &world.clock, &*witness).await.unwrap(), 1_203, "{}", world.db.engine());
        assert_eq!(sweep_once(&world.db, &world.clock, &*witness).await.unwrap(), 0);
        assert_eq!(world.effects().await, (0..1_203).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_page_full_of_failures_does_not_hide_what_lies_behind() {
    let world = World::sqlite().await;
    let witness = Witness::<64>::new(&world.clock, |n| if n < 600 { Mood::Retry } else { Mood::Work });
    // All at one instant, which is the hardest place to go on from.
    world.record(0..610).await;
    world.hand.advance(Duration::from_secs(1));
    world.record(610..620).await;
    world.hand.advance(SWEEP_AFTER * 2);
    sweep_once(&world.db, &world.clock, &*witness).await.unwrap();
    let effects = world.effects().await;
    assert!((610..620).all(|number| effects.contains(&number)), "what follows is not held up: {effects:?}");
    // Each sweep tries a page of them; when that page is parked, the rest of the instant has its turn.
    for _ in 0..2 * bus::PARK_AFTER {
        sweep_once(&world.db, &world.clock, &*witness).await.unwrap();
    }
    assert_eq!(world.effects().await, (600..620).collect::<Vec<_>>());
    assert_eq!(world.parked().await.len(), 600);
}

#[tokio::test]
async fn a_failure_keeps_the_mark_in_front_of_it() {
    for world in World::both().await {
        let unwilling = Witness::<1>::new(&world.clock, |_| Mood::Retry);
        world.record([1]).await;
        for _ in 0..3 {
            world.hand.advance(20 * MINUTE);
            assert_eq!(sweep_once(&world.db, &world.clock, &*unwilling).await.unwrap(), 0);
        }
        let willing = Witness::<1>::willing(&world.clock);
        assert_eq!(sweep_once(&world.db, &world.clock, &*willing).await.unwrap(), 1, "{}", world.db.engine());
    }
}

#[tokio::test]
async fn the_mark_moves_and_a_replay_takes_it_back() {
    for world in World::both().await {
        let picky = Witness::<1>::new(&world.clock, |n| if n == 1 { Mood::Poison } else { Mood::Work });
        let facts = world.record([0, 1, 2]).await;
        // The first sweep makes the mark, the next moves it behind the facts.
        for _ in 0..3 {
            world.hand.advance(20 * MINUTE);
            sweep_once(&world.db, &world.clock, &*picky).await.unwrap();
        }
        let mut tx = world.db.begin().await.unwrap();
        let mark = store::inbox::swept_to(&mut tx, "test.witness").await.unwrap();
        assert!(mark > facts[2].time, "{}", world.db.engine());
        assert!(store::inbox::replay(&mut tx, "test.witness", facts[1].id).await.unwrap());
        tx.commit().await.unwrap();
        let willing = Witness::<1>::willing(&world.clock);
        assert_eq!(sweep_once(&world.db, &world.clock, &*willing).await.unwrap(), 1);
        assert_eq!(world.effects().await, [0, 1, 2]);
    }
}

/// Only PostgreSQL: SQLite has one writer at a time, so nothing commits in the meantime.
#[tokio::test]
async fn a_transaction_that_commits_late_is_not_passed_over() {
    let world = World::postgres().await;
    let witness = Witness::<1>::willing(&world.clock);
    let mut late = world.db.begin().await.unwrap();
    world.record_in(&mut late, 1).await;
    for number in 2..8 {
        world.hand.advance(MINUTE);
        world.record([number]).await;
        sweep_once(&world.db, &world.clock, &*witness).await.unwrap();
    }
    late.commit().await.unwrap();
    world.hand.advance(MINUTE);
    sweep_once(&world.db, &world.clock, &*witness).await.unwrap();
    assert_eq!(world.effects().await, (1..8).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_clock_that_ran_ahead_hides_nothing_from_the_sweep() {
    for world in World::both().await {
        let witness = Witness::<1>::willing(&world.clock);
        world.record([0]).await;
        let (ahead, hand) = domain::Clock::fixed(world.clock.now().plus(1440 * MINUTE));
        for _ in 0..3 {
            hand.advance(20 * MINUTE);
            sweep_once(&world.db, &ahead, &*witness).await.unwrap();
        }
        world.record([1]).await;
        world.hand.advance(SWEEP_AFTER * 2);
        assert_eq!(sweep_once(&world.db, &world.clock, &*witness).await.unwrap(), 1, "{}", world.db.engine());

        // Nor does a mark that an older program left in the future.
        let mut tx = world.db.begin().await.unwrap();
        store::inbox::set_swept_to(&mut tx, "test.witness", ahead.now()).await.unwrap();
        tx.commit().await.unwrap();
        world.record([2]).await;
        world.hand.advance(SWEEP_AFTER * 2);
        assert_eq!(sweep_once(&world.db, &world.clock, &*witness).await.unwrap(), 1, "{}", world.db.engine());
        let mut tx = world.db.read().await.unwrap();
        assert!(store::inbox::swept_to(&mut tx, "test.witness").await.unwrap() <= world.clock.now());
    }
}

#[tokio::test]
async fn facts_from_before_the_clock_was_set_back_do_not_wait_until_it_comes_there_again() {
    for world in World::both().await {
        let witness = Witness::<64>::new(&world.clock, |n| if n == 1 { Mood::Retry } else { Mood::Work });
        world.hand.advance(60 * MINUTE);
        world.record([0, 1, 2]).await;
        world.hand.set_back(60 * MINUTE);
        world.record([3]).await;
        assert_eq!(sweep_once(&world.db, &world.clock, &*witness).await.unwrap(), 2, "{}", world.db.engine());
        world.hand.advance(SWEEP_AFTER * 2);
        assert_eq!(sweep_once(&world.db, &world.clock, &*witness).await.unwrap(), 1, "{}", world.db.engine());
        assert_eq!(world.effects().await, [0, 2, 3]);
        let willing = Witness::<1>::willing(&world.clock);
        assert_eq!(sweep_once(&world.db, &world.clock, &*willing).await.unwrap(), 1, "and the failure is tried again");
    }
}
