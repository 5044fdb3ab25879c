//! Through a real broker.

use bus::{Bell, PublishError, consume, relay, relay_once, topology_json};
use contracts::Service;
use contracts::events::{DirectoryChangedV1, Event, RuleSetReleasedV1};
use testkit::proxy::{Direction, TcpProxy};
use testkit::servers::shared_rabbitmq;
use testkit::wait_until;
use tokio_util::sync::CancellationToken;

use crate::wire::Wire;
use crate::witness::{Mood, Witness};
use crate::world::{LIMIT, World, amqp, beside, vhost};

const QUEUE: &str = "tocsin.test.witness";

#[tokio::test]
async fn facts_travel_once_and_a_second_copy_has_no_effect() {
    for world in World::both().await {
        let (bus, bell, stop) = (amqp(&vhost().await), Bell::new(), CancellationToken::new());
        let loops = async {
            tokio::join!(
                relay(&bus, &world.db, &world.clock, Service::Routing, &bell, &stop),
                consume(&bus, &world.db, &world.clock, Witness::<16>::willing(&world.clock), stop.clone()),
            );
        };
        beside(loops, async {
            // Whatever is published before the queue is there is the sweep's, and the clock stands still.
            wait_until("the subscription", LIMIT, async || bus.state() == bus::BusState::Connected).await.unwrap();
            let facts = world.record(0..500).await;
            bell.ring();
            world.until_effects(0..500).await;
            // The same messages once more, and one new one behind them that says when they have been seen.
            assert!(bus.publish(&facts).await.iter().all(Result::is_ok));
            world.record([500]).await;
            bell.ring();
            world.until_effects(0..=500).await;
            wait_until("the outbox to be empty", LIMIT, async || world.waiting().await == 0).await.unwrap();
            assert_eq!(bus.state(), bus::BusState::Connected);
        })
        .await;
    }
}

#[tokio::test]
async fn a_relay_with_nothing_to_do_connects_all_the_same() {
    let world = World::sqlite().await;
    let (bus, bell, stop) = (amqp(&vhost().await), Bell::new(), CancellationToken::new());
    beside(relay(&bus, &world.db, &world.clock, Service::Identity, &bell, &stop), async {
        wait_until("readiness", LIMIT, async || bus.state() == bus::BusState::Connected).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn two_processes_share_one_queue() {
    let world = World::postgres().await;
    let (url, stop) = (vhost().await, CancellationToken::new());
    let (one, two) = (amqp(&url), amqp(&url));
    let loops = async {
        tokio::join!(
            consume(&one, &world.db, &world.clock, Witness::<4>::willing(&world.clock), stop.clone()),
            consume(&two, &world.db, &world.clock, Witness::<4>::willing(&world.clock), stop.clone()),
        );
    };
    beside(loops, async {
        wait_until("both", LIMIT, async || {
            one.state() == bus::BusState::Connected && two.state() == bus::BusState::Connected
        })
        .await
        .unwrap();
        for ten in world.record(0..200).await.chunks(10) {
            assert!(one.publish(ten).await.iter().all(Result::is_ok));
        }
        world.until_effects(0..200).await;
    })
    .await;
}

#[tokio::test]
async fn a_process_that_dies_before_its_commit_leaves_the_messages_to_the_next() {
    let world = World::postgres().await;
    let (bus, stop) = (amqp(&vhost().await), CancellationToken::new());
    let dying = Witness::<4>::new(&world.clock, |n| if n == 2 { Mood::Hang } else { Mood::Work });
    let consuming = consume(&bus, &world.db, &world.clock, dying.clone(), stop.clone());
    let facts = world.record(0..40).await;
    beside(consuming, async {
        wait_until("the queue", LIMIT, async || bus.state() == bus::BusState::Connected).await.unwrap();
        assert!(bus.publish(&facts).await.iter().all(Result::is_ok));
        dying.hanging.notified().await;
    })
    .await;
    assert!(world.effects().await.len() < 4, "what it had not committed is undone");
    let consuming = consume(&bus, &world.db, &world.clock, Witness::<4>::willing(&world.clock), stop.clone());
    beside(consuming, world.until_effects(0..40)).await;
}

#[tokio::test]
async fn a_message_carries_what_other_programs_need() {
    let world = World::sqlite().await;
    let url = vhost().await;
    let bus = amqp(&url);
    bus.check().await.unwrap();
    let wire = Wire::connect(&url).await;
    wire.listen("test.listener", "rule_set.*.v1").await;
    let cause = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let facts = store::trace::scope(cause.parse().unwrap(), world.record([1])).await;
    bus.publish(&facts).await.remove(0).unwrap();
    let (properties, body) = wire.take("test.listener").await.unwrap();
    let text = |value: &Option<lapin::types::ShortString>| value.as_ref().map(ToString::to_string);
    assert_eq!(text(properties.message_id()), Some(facts[0].id.to_string()));
    assert_eq!(text(properties.content_type()).as_deref(), Some("application/cloudevents+json"));
    assert_eq!(text(properties.kind()).as_deref(), Some("org.tocsin.rule_set.released.v1"));
    assert_eq!(*properties.delivery_mode(), Some(2), "kept over a restart of the broker");
    let header = properties.headers().as_ref().and_then(|headers| headers.inner().get("traceparent")).cloned();
    assert_eq!(header, Some(lapin::types::AMQPValue::LongString(cause.into())));
    assert_eq!(serde_json::from_slice::<contracts::Envelope>(&body).unwrap(), facts[0]);
}

#[tokio::test]
async fn facts_of_one_kind_travel_as_one_batch_with_what_other_programs_need() {
    let world = World::sqlite().await;
    let url = vhost().await;
    let bus = amqp(&url);
    bus.check().await.unwrap();
    let wire = Wire::connect(&url).await;
    wire.listen("test.listener", "#").await;
    let cause = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let mut facts = store::trace::scope(cause.parse().unwrap(), world.record(0..5)).await;
    facts[1].event_type = format!("org.tocsin.{}", DirectoryChangedV1::KIND);
    assert!(bus.publish(&facts).await.iter().all(Result::is_ok));
    assert_eq!(wire.depth("test.listener").await, 2);

    let text = |value: &Option<lapin::types::ShortString>| value.as_ref().map(ToString::to_string);
    let cause_of = |properties: &lapin::BasicProperties| {
        properties.headers().as_ref().and_then(|headers| headers.inner().get("traceparent")).cloned()
    };
    let (properties, body) = wire.take("test.listener").await.unwrap();
    assert_eq!(text(properties.message_id()), Some(facts[0].id.to_string()), "that of the first");
    assert_eq!(text(properties.content_type()).as_deref(), Some("application/cloudevents-batch+json"));
    assert_eq!(text(properties.kind()).as_deref(), Some("org.tocsin.rule_set.released.v1"));
    assert_eq!(*properties.delivery_mode(), Some(2), "kept over a restart of the broker");
    assert_eq!(cause_of(&properties), None, "several facts have no cause in common, though each may have the same");
    let array: Vec<contracts::Envelope> = serde_json::from_slice(&body).unwrap();
    assert_eq!(array, [&facts[0], &facts[2], &facts[3], &facts[4]].map(Clone::clone));

    let (properties, body) = wire.take("test.listener").await.unwrap();
    assert_eq!(text(properties.message_id()), Some(facts[1].id.to_string()));
    assert_eq!(text(properties.content_type()).as_deref(), Some("application/cloudevents+json"));
    assert_eq!(cause_of(&properties), Some(lapin::types::AMQPValue::LongString(cause.into())));
    assert_eq!(serde_json::from_slice::<contracts::Envelope>(&body).unwrap(), facts[1]);
}

#[tokio::test]
async fn facts_of_any_size_and_number_arrive_in_batches_or_alone() {
    let world = World::postgres().await;
    let url = vhost().await;
    let (bus, stop) = (amqp(&url), CancellationToken::new());
    let consuming = consume(&bus, &world.db, &world.clock, Witness::<16>::willing(&world.clock), stop.clone());
    beside(consuming, async {
        wait_until("the queue", LIMIT, async || bus.state() == bus::BusState::Connected).await.unwrap();
        let wire = Wire::connect(&url).await;
        wire.listen("test.listener", RuleSetReleasedV1::KIND).await;
        let mut facts = world.record(0..310).await;
        // One larger than a batch, and six of which only two go together.
        for (number, kib) in [(100, 300), (200, 100), (201, 100), (202, 100), (203, 100), (204, 100), (205, 100)] {
            facts[number].data["sha256"] = "0".repeat(kib * 1024).into();
        }
        assert!(bus.publish(&facts).await.iter().all(Result::is_ok));
        world.until_effects(0..310).await;
        let (mut sizes, mut arrived) = (Vec::new(), Vec::new());
        while let Some((properties, body)) = wire.take("test.listener").await {
            let contracts::Batch(held) = serde_json::from_slice(&body).unwrap();
            assert_eq!(*properties.message_id(), Some(held[0].id.to_string().into()));
            sizes.push(held.len());
            arrived.extend(held);
        }
        assert_eq!(sizes, [100, 1, 100, 2, 2, 100, 5]);
        assert!(arrived == facts, "in the order in which they were given");
        assert_eq!(wire.depth("tocsin.dead").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_process_that_dies_between_two_parts_of_a_batch_leaves_the_rest_to_the_next() {
    let world = World::postgres().await;
    let url = vhost().await;
    let (bus, stop) = (amqp(&url), CancellationToken::new());
    let dying = Witness::<4>::new(&world.clock, |n| if n == 9 { Mood::Hang } else { Mood::Work });
    let consuming = consume(&bus, &world.db, &world.clock, dying.clone(), stop.clone());
    let facts = world.record(0..40).await;
    let wire = Wire::connect(&url).await;
    beside(consuming, async {
        wait_until("the queue", LIMIT, async || bus.state() == bus::BusState::Connected).await.unwrap();
        assert!(bus.publish(&facts).await.iter().all(Result::is_ok));
        dying.hanging.notified().await;
    })
    .await;
    assert_eq!(world.effects().await, (0..8).collect::<Vec<_>>(), "two parts were committed, the third is undone");
    wait_until("the message to come back", LIMIT, async || wire.depth(QUEUE).await == 1).await.unwrap();
    let consuming = consume(&bus, &world.db, &world.clock, Witness::<4>::willing(&world.clock), stop.clone());
    beside(consuming, async {
        world.until_effects(0..40).await;
        // Another one behind it says when the first was dealt with to its end.
        assert!(bus.publish(&world.record([40]).await).await.iter().all(Result::is_ok));
        world.until_effects(0..=40).await;
    })
    .await;
}

#[tokio::test]
async fn a_process_that_is_told_to_stop_leaves_the_rest_of_a_batch_to_the_next() {
    let world = World::postgres().await;
    let url = vhost().await;
    let bus = amqp(&url);
    let leaving = Witness::<1>::new(&world.clock, |n| if n == 2 { Mood::Leave } else { Mood::Work });
    let consuming = consume(&bus, &world.db, &world.clock, leaving.clone(), leaving.stop.clone());
    let facts = world.record(0..40).await;
    let publishing = async {
        wait_until("the queue", LIMIT, async || bus.state() == bus::BusState::Connected).await.unwrap();
        assert!(bus.publish(&facts).await.iter().all(Result::is_ok));
    };
    tokio::join!(consuming, publishing);
    assert_eq!(world.effects().await, [0, 1, 2], "what it had in hand, and not all of the message");
    let wire = Wire::connect(&url).await;
    wait_until("the message to come back", LIMIT, async || wire.depth(QUEUE).await == 1).await.unwrap();
    let stop = CancellationToken::new();
    let consuming = consume(&bus, &world.db, &world.clock, Witness::<1>::willing(&world.clock), stop.clone());
    beside(consuming, world.until_effects(0..40)).await;
}

#[tokio::test]
async fn a_batch_that_comes_again_whole_or_in_part_has_no_second_effect() {
    for world in World::both().await {
        let url = vhost().await;
        let (bus, stop) = (amqp(&url), CancellationToken::new());
        let consuming = consume(&bus, &world.db, &world.clock, Witness::<16>::willing(&world.clock), stop.clone());
        beside(consuming, async {
            wait_until("the queue", LIMIT, async || bus.state() == bus::BusState::Connected).await.unwrap();
            let facts = world.record(0..80).await;
            let twice: Vec<_> = facts[..10].iter().chain(&facts[..10]).cloned().collect();
            for again in [&twice, &facts[..50], &facts[..50], &facts[30..], &facts[79..]] {
                assert!(bus.publish(again).await.iter().all(Result::is_ok));
            }
            world.until_effects(0..80).await;
            let wire = Wire::connect(&url).await;
            assert!(bus.publish(&world.record([80]).await).await.iter().all(Result::is_ok));
            world.until_effects(0..=80).await;
            wait_until("every acknowledgement", LIMIT, async || wire.depth(QUEUE).await == 0).await.unwrap();
        })
        .await;
    }
}

#[tokio::test]
async fn a_queue_that_is_full_refuses_every_fact_of_a_batch() {
    let world = World::sqlite().await;
    let url = vhost().await;
    let bus = amqp(&url);
    bus.check().await.unwrap();
    let wire = Wire::connect(&url).await;
    wire.listen("test.full", RuleSetReleasedV1::KIND).await;
    wire.listen("test.listener", DirectoryChangedV1::KIND).await;
    let full = r#"{ "max-length": 1, "overflow": "reject-publish" }"#;
    let broker = shared_rabbitmq().await.unwrap();
    let name = url.rsplit('/').next().unwrap();
    broker.ctl(&["set_policy", "-p", name, "full", r"^test\.full$", full]).await.unwrap();
    let mut facts = world.record(0..5).await;
    facts[2].event_type = format!("org.tocsin.{}", DirectoryChangedV1::KIND);
    // The limit works with a delay.
    let refused = async || {
        let results = bus.publish(&facts).await;
        assert!(results[2].is_ok(), "of another kind, in another message: {results:?}");
        let others = [0, 1, 3, 4].map(|index| matches!(results[index], Err(PublishError::Unconfirmed)));
        assert!(others == [true; 4] || others == [false; 4], "{results:?}");
        others[0]
    };
    wait_until("a refusal", LIMIT, refused).await.unwrap();
    assert_eq!(bus.state(), bus::BusState::Connected, "the link itself is well");
}

#[tokio::test]
async fn what_no_queue_wants_is_caught_and_without_the_catcher_returned() {
    let world = World::sqlite().await;
    let url = vhost().await;
    let bus = amqp(&url);
    let facts = world.record([1, 2, 3]).await;
    assert!(bus.publish(&facts).await.iter().all(Result::is_ok), "nobody reads, but it is not dropped");
    let wire = Wire::connect(&url).await;
    assert_eq!(wire.depth("tocsin.unrouted").await, 1, "one message for all three");

    wire.delete("tocsin.unrouted").await;
    wire.listen("test.listener", DirectoryChangedV1::KIND).await;
    let mut mixed = facts.clone();
    mixed[1].event_type = format!("org.tocsin.{}", DirectoryChangedV1::KIND);
    let results = bus.publish(&mixed).await;
    assert!(matches!(results[0], Err(PublishError::Unroutable)), "{results:?}");
    assert!(results[1].is_ok(), "the one between two returned ones was stored: {results:?}");
    assert!(matches!(results[2], Err(PublishError::Unroutable)), "returned with the first: {results:?}");
    assert_eq!(bus.state(), bus::BusState::Connected, "the link itself is well");
    assert_eq!(relay_once(&bus, &world.db, &world.clock, Service::Routing).await.unwrap(), (3, 0));
    assert_eq!(world.waiting().await, 3, "they wait for a queue");
}

#[tokio::test]
async fn a_lost_confirmation_publishes_twice_and_has_one_effect() {
    let world = World::postgres().await;
    let url = vhost().await;
    let broker: u16 = shared_rabbitmq().await.unwrap().server().rsplit(':').next().unwrap().parse().unwrap();
    let proxy = TcpProxy::to_port(broker).await.unwrap();
    let through = amqp(&url.replace(&format!(":{broker}/"), &format!(":{}/", proxy.port())));
    let direct = amqp(&url);
    let stop = CancellationToken::new();
    let consuming = consume(&direct, &world.db, &world.clock, Witness::<16>::willing(&world.clock), stop.clone());
    beside(consuming, async {
        wait_until("the queue", LIMIT, async || direct.state() == bus::BusState::Connected).await.unwrap();
        through.check().await.unwrap();
        world.record(0..50).await;
        proxy.drop_direction(Direction::ToClient, true);
        let lost = relay_once(&through, &world.db, &world.clock, Service::Routing).await.unwrap();
        assert_eq!(lost, (50, 0), "what is not confirmed was not published, as far as the outbox knows");
        world.until_effects(0..50).await;
        proxy.heal().await.unwrap();
        wait_until("the broker behind the healed proxy", LIMIT, async || through.check().await.is_ok()).await.unwrap();
        let again = relay_once(&through, &world.db, &world.clock, Service::Routing).await.unwrap();
        assert_eq!(again, (50, 50));
        world.record([50]).await;
        relay_once(&through, &world.db, &world.clock, Service::Routing).await.unwrap();
        world.until_effects(0..=50).await;
    })
    .await;
}

#[tokio::test]
async fn a_consumer_whose_queue_or_link_is_taken_away_comes_back() {
    let world = World::postgres().await;
    let url = vhost().await;
    let broker: u16 = shared_rabbitmq().await.unwrap().server().rsplit(':').next().unwrap().parse().unwrap();
    let proxy = TcpProxy::to_port(broker).await.unwrap();
    let through = amqp(&url.replace(&format!(":{broker}/"), &format!(":{}/", proxy.port())));
    let direct = amqp(&url);
    let stop = CancellationToken::new();
    let consuming = consume(&through, &world.db, &world.clock, Witness::<4>::willing(&world.clock), stop.clone());
    beside(consuming, async {
        let wire = Wire::connect(&url).await;
        let connected = async || through.state() == bus::BusState::Connected;
        wait_until("the subscription", LIMIT, connected).await.unwrap();
        assert!(direct.publish(&world.record(0..5).await).await.iter().all(Result::is_ok));
        world.until_effects(0..5).await;

        // The broker ends the subscription and leaves the channel open.
        wire.delete(QUEUE).await;
        wait_until("the end of the subscription", LIMIT, async || !connected().await).await.unwrap();
        wait_until("a new subscription", LIMIT, connected).await.unwrap();
        assert!(direct.publish(&world.record(5..10).await).await.iter().all(Result::is_ok));
        world.until_effects(0..10).await;

        proxy.cut().await;
        wait_until("the end of the link", LIMIT, async || !connected().await).await.unwrap();
        assert!(direct.publish(&world.record(10..60).await).await.iter().all(Result::is_ok));
        proxy.heal().await.unwrap();
        world.until_effects(0..60).await;
        wait_until("every acknowledgement", LIMIT, async || wire.depth(QUEUE).await == 0).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_definitions_file_and_the_declarations_agree() {
    let world = World::sqlite().await;
    let url = vhost().await;
    let name = url.rsplit('/').next().unwrap();
    let consumers: [(&str, &[&str]); 2] = [("test.witness", &[RuleSetReleasedV1::KIND]), ("audit.ledger", &[])];
    let definitions = topology_json(name, &consumers);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("definitions.json");
    std::fs::write(&file, serde_json::to_vec_pretty(&definitions).unwrap()).unwrap();
    // The broker may run under another account.
    for path in [folder.path(), &file] {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let broker = shared_rabbitmq().await.unwrap();
    broker.ctl(&["import_definitions", &file.display().to_string()]).await.unwrap();

    // Declaring what the file made with another argument would be refused with 406.
    let (bus, stop) = (amqp(&url), CancellationToken::new());
    let consuming = consume(&bus, &world.db, &world.clock, Witness::<1>::willing(&world.clock), stop.clone());
    beside(consuming, async {
        for fact in world.record(0..3).await {
            assert!(bus.publish(&[fact]).await.iter().all(Result::is_ok));
        }
        world.until_effects(0..3).await;
        let wire = Wire::connect(&url).await;
        assert_eq!(wire.depth("tocsin.audit.ledger").await, 3);
        assert_eq!(wire.depth("tocsin.unrouted").await, 0);
    })
    .await;
}
