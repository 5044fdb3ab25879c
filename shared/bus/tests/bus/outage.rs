//! One broker of our own, hurt in every way in turn: each start costs ten seconds, so this is one story.

use std::time::{Duration, Instant};

use bus::{Bell, Bus, BusState, SWEEP_AFTER, consume, relay, relay_once};
use contracts::Service;
use testkit::servers::RabbitMq;
use testkit::wait_until;
use tokio_util::sync::CancellationToken;

use crate::wire::Wire;
use crate::witness::Witness;
use crate::world::{LIMIT, World, amqp, beside};

/// A world, its bus and its bell.
struct Story {
    world: World,
    bus: Bus,
    bell: Bell,
    stop: CancellationToken,
}

impl Story {
    async fn loops(&self) {
        let (world, bus) = (&self.world, &self.bus);
        tokio::join!(
            relay(bus, &world.db, &world.clock, Service::Routing, &self.bell, &self.stop),
            consume(bus, &world.db, &world.clock, Witness::<16>::willing(&world.clock), self.stop.clone()),
        );
    }

    async fn record(&self, numbers: std::ops::Range<i64>) {
        self.world.record(numbers).await;
        self.bell.ring();
    }

    async fn until(&self, what: &str, condition: impl Fn(&BusState) -> bool) {
        wait_until(what, LIMIT, async || condition(&self.bus.state())).await.unwrap();
    }

    async fn connected(&self) {
        self.until("the bus to be connected", |state| *state == BusState::Connected).await;
    }

    async fn away(&self) {
        self.until("the bus to be away", |state| matches!(state, BusState::Away(_))).await;
    }
}

#[tokio::test]
async fn a_broker_that_is_killed_frozen_blocked_and_wiped_delays_and_loses_nothing() {
    let mut broker = RabbitMq::start().await.unwrap();
    let url = broker.url("/");
    let story =
        Story { world: World::postgres().await, bus: amqp(&url), bell: Bell::new(), stop: CancellationToken::new() };
    let world = &story.world;

    beside(story.loops(), async {
        story.connected().await;
        story.record(0..100).await;
        world.until_effects(0..100).await;

        // RabbitMQ 3.10 writes the list of its quorum queues with a delay: one that is killed within a second of its
        // first declaration comes back without a leader, and only the sweep would go on.
        broker.ctl(&["eval", "[dets:sync(Table) || Table <- dets:all()]."]).await.unwrap();

        // Killed under load.
        story.record(100..1_000).await;
        broker.kill9().await.unwrap();
        story.away().await;
        story.record(1_000..1_100).await;
        broker.start_again().await.unwrap();
        // The clock stands still, so no sweep helps: every one came by message.
        world.until_effects(0..1_100).await;
        wait_until("an empty outbox", LIMIT, async || world.waiting().await == 0).await.unwrap();
        story.connected().await;

        // Frozen: connections stay, nothing answers.
        broker.sigstop().unwrap();
        story.record(1_100..1_150).await;
        let frozen = Instant::now();
        story.away().await;
        // The heartbeat's ten seconds, or the confirmation's five; the rest is this machine's.
        assert!(frozen.elapsed() < Duration::from_secs(15), "{:?}", frozen.elapsed());
        broker.sigcont().unwrap();
        world.until_effects(0..1_150).await;
        story.connected().await;

        // Blocked by its memory alarm: publishing waits, consuming goes on.
        broker.ctl(&["set_vm_memory_high_watermark", "0.00001"]).await.unwrap();
        story.record(1_150..1_200).await;
        story.until("the alarm", |state| *state == BusState::Blocked).await;
        let blocked = Instant::now();
        assert_eq!(relay_once(&story.bus, &world.db, &world.clock, Service::Routing).await.unwrap().1, 0);
        assert!(blocked.elapsed() < Duration::from_secs(2), "a blocked bus says so at once");
        broker.ctl(&["set_vm_memory_high_watermark", "0.4"]).await.unwrap();
        world.until_effects(0..1_200).await;
        wait_until("an empty outbox", LIMIT, async || world.waiting().await == 0).await.unwrap();
        story.connected().await;
    })
    .await;

    // Confirmed and not consumed, then wiped: the messages are gone, the facts are not.
    story.world.record(1_200..1_400).await;
    wait_until("the broker", LIMIT, async || story.bus.check().await.is_ok()).await.unwrap();
    while relay_once(&story.bus, &world.db, &world.clock, Service::Routing).await.unwrap().0 > 0 {}
    assert_eq!(world.waiting().await, 0);
    assert_eq!(Wire::connect(&url).await.depth("tocsin.test.witness").await, 2, "two batches of a hundred");
    broker.wipe_and_restart().await.unwrap();
    beside(story.loops(), async {
        story.connected().await;
        assert_eq!(world.effects().await.len(), 1_200, "nobody brought them");
        world.hand.advance(SWEEP_AFTER * 2);
        world.until_effects(0..1_400).await;
        // And the new broker has everything it needs.
        story.record(1_400..1_500).await;
        world.until_effects(0..1_500).await;
    })
    .await;
}
