//! Bad messages through a real broker: they end somewhere visible and hold nobody up.

use bus::{Bus, BusState, PARK_AFTER, SWEEP_AFTER, consume, sweep_once};
use contracts::events::{Event, RuleSetReleasedV1};
use serde_json::{Value, json};
use testkit::wait_until;
use tokio_util::sync::CancellationToken;

use crate::wire::Wire;
use crate::witness::{Mood, Witness};
use crate::world::{LIMIT, World, amqp, beside, vhost};

/// A willing witness that is subscribed at a broker of its own, and what is done beside it.
async fn subscribed(world: &World, script: impl AsyncFnOnce(&Bus, Wire)) {
    let url = vhost().await;
    let bus = amqp(&url);
    let witness = Witness::<8>::willing(&world.clock);
    beside(consume(&bus, &world.db, &world.clock, witness, CancellationToken::new()), async {
        wait_until("the queue", LIMIT, async || bus.state() == BusState::Connected).await.unwrap();
        script(&bus, Wire::connect(&url).await).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_fact_goes_to_the_dead_letters_and_the_others_flow() {
    let world = World::postgres().await;
    subscribed(&world, async |bus, wire| {
        let facts = world.record(0..20).await;
        let huge = vec![b'['; 2 * 1024 * 1024];
        for (number, fact) in facts.iter().enumerate() {
            if number % 5 == 0 {
                wire.publish(RuleSetReleasedV1::KIND, b"{\"id\": \"no fact\"}").await;
            }
            bus.publish(std::slice::from_ref(fact)).await.remove(0).unwrap();
        }
        wire.publish(RuleSetReleasedV1::KIND, &huge).await;
        world.until_effects(0..20).await;
        wait_until("the dead letters", LIMIT, async || wire.depth("tocsin.dead").await == 5).await.unwrap();
        wait_until("an empty queue", LIMIT, async || wire.depth("tocsin.test.witness").await == 0).await.unwrap();
        let (_, body) = wire.take("tocsin.dead").await.unwrap();
        assert_eq!(body, b"{\"id\": \"no fact\"}");
    })
    .await;
}

#[tokio::test]
async fn an_array_that_is_not_one_of_envelopes_goes_to_the_dead_letters_and_the_sweep_hands_over_its_facts() {
    let world = World::postgres().await;
    subscribed(&world, async |bus, wire| {
        let facts = world.record(0..4).await;
        let wrong = [
            json!([]),
            json!([facts]),
            json!([facts[0], [facts[1]]]),
            json!([facts[0], { "id": "no fact" }, facts[1]]),
            json!([facts[0], null]),
        ];
        for body in &wrong {
            wire.publish(RuleSetReleasedV1::KIND, body.to_string().as_bytes()).await;
        }
        assert!(bus.publish(&facts[2..]).await.iter().all(Result::is_ok));
        world.until_effects(2..4).await;
        wait_until("the dead letters", LIMIT, async || wire.depth("tocsin.dead").await == 5).await.unwrap();
        wait_until("an empty queue", LIMIT, async || wire.depth("tocsin.test.witness").await == 0).await.unwrap();
        for body in &wrong {
            let (_, dead) = wire.take("tocsin.dead").await.unwrap();
            assert_eq!(serde_json::from_slice::<Value>(&dead).unwrap(), *body, "whole, for a person to look at");
        }
    })
    .await;
    assert!(world.parked().await.is_empty(), "no fact is to blame");
    world.hand.advance(SWEEP_AFTER * 2);
    assert_eq!(sweep_once(&world.db, &world.clock, &*Witness::<8>::willing(&world.clock)).await.unwrap(), 2);
    assert_eq!(world.effects().await, [0, 1, 2, 3]);
}

#[tokio::test]
async fn both_forms_are_read_without_a_content_type_and_unwanted_facts_among_others_are_left_out() {
    let world = World::postgres().await;
    subscribed(&world, async |_, wire| {
        let facts = world.record(0..6).await;
        let mut unwanted = facts[1].clone();
        unwanted.event_type = "org.tocsin.rule_set.released.v2".to_owned();
        for body in [json!(facts[0]), json!([unwanted]), json!([facts[2], unwanted, facts[3]]), json!([facts[4]])] {
            wire.publish(RuleSetReleasedV1::KIND, body.to_string().as_bytes()).await;
        }
        world.until_effects([0, 2, 3, 4]).await;
        wait_until("an empty queue", LIMIT, async || wire.depth("tocsin.test.witness").await == 0).await.unwrap();
        assert_eq!(wire.depth("tocsin.dead").await, 0);
        assert!(world.parked().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_fact_of_an_unknown_form_is_parked_and_an_unwanted_one_is_passed_over() {
    let world = World::postgres().await;
    subscribed(&world, async |bus, wire| {
        // Bound by an earlier version of the program.
        wire.listen("tocsin.test.listener", "rule_set.*.v2").await;
        let mut facts = world.record(0..3).await;
        facts[1].data = serde_json::json!({ "version": "one" });
        assert!(bus.publish(&facts).await.iter().all(Result::is_ok));
        world.until_effects([0, 2]).await;
        wait_until("it to be parked", LIMIT, async || world.parked().await == [facts[1].id]).await.unwrap();
        assert_eq!(wire.depth("tocsin.dead").await, 0, "a fact is parked in the database, where it can be replayed");
    })
    .await;
}

#[tokio::test]
async fn one_failing_fact_among_many_is_tried_by_the_sweep_and_parked_in_the_end() {
    let world = World::postgres().await;
    let (bus, stop) = (amqp(&vhost().await), CancellationToken::new());
    let mood = |n| if n == 137 { Mood::Panic } else { Mood::Work };
    let witness = Witness::<16>::new(&world.clock, mood);
    let facts = world.record(0..300).await;
    let others: Vec<i64> = (0..300).filter(|n| *n != 137).collect();
    let consuming = consume(&bus, &world.db, &world.clock, witness.clone(), stop.clone());
    beside(consuming, async {
        wait_until("the queue", LIMIT, async || bus.state() == BusState::Connected).await.unwrap();
        assert!(bus.publish(&facts).await.iter().all(Result::is_ok));
        world.until_effects(others.clone()).await;
    })
    .await;
    assert!(world.parked().await.is_empty(), "one failure is no reason");
    world.hand.advance(SWEEP_AFTER * 2);
    for _ in 1..PARK_AFTER {
        assert_eq!(sweep_once(&world.db, &world.clock, &*witness).await.unwrap(), 0);
    }
    assert_eq!(world.parked().await, [facts[137].id]);
    assert_eq!(world.effects().await, others);
}
