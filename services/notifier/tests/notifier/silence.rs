//! An authority asks for silence: nothing about the case leaves until an officer takes the case up again, or, under an
//! embargo, until it ends.

use std::time::Duration;

use contracts::events::{CaseMovedV1, DeliveryEndedV1};
use contracts::{Envelope, Event, Service};
use domain::codes::{AlertKind, CaseState, CaseStep, PartnerKind};
use domain::delivery::DeliveryState;
use domain::ids::AccountId;
use notifier::OnHoldReleased;
use store::embargoes::{self, EmbargoRow};
use store::{cases, outbox};
use testkit::sink::{Rule, SmtpSink, Stage as At};

use crate::world::World;

/// The case takes a step, as intake records it; the fact of it.
async fn moved(world: &World, step: CaseStep, from: CaseState, to: CaseState) -> Envelope {
    let clock = &world.deps.clock;
    let mut tx = world.deps.db.begin().await.unwrap();
    cases::set_state(&mut tx, world.case.id, to, clock.now()).await.unwrap();
    let fact = CaseMovedV1 { case_id: world.case.id, step, from, to, moved_by: AccountId::generate(clock) };
    let id = outbox::record(&mut tx, Service::Intake, clock, &fact).await.unwrap();
    let envelope = outbox::find(&mut tx, id).await.unwrap().unwrap().into_envelope();
    tx.commit().await.unwrap();
    envelope
}

async fn hear(world: &World, fact: Envelope) {
    let consumer = OnHoldReleased::new(&world.deps);
    let told = bus::deliver(&world.deps.db, &world.deps.clock, &consumer, &[fact]).await.unwrap();
    assert_eq!(told.handled, 1);
}

#[tokio::test]
async fn a_suspended_case_mails_nobody_and_goes_on_where_it_was_when_it_is_taken_up_again() {
    use CaseState::{Active, Suspended};
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).recipient("doubt@two.example").times(1).close());
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example", "doubt@two.example"]).await;
    let first = world.alert(&told[1..]).await;
    world.send().await;
    assert_eq!(world.deliveries(first).await[0].state, DeliveryState::Uncertain);
    let second = world.alert(&told[..1]).await;
    let fact = moved(&world, CaseStep::Suspend, Active, Suspended).await;
    hear(&world, fact).await;
    world.hand.advance(Duration::from_secs(3600));
    assert_eq!(world.send().await, 2);
    assert_eq!(world.sender().put_right(world.deps.clock.now()).await.unwrap(), 0, "no sweep lets it go");
    assert_eq!((world.send().await, world.due().await), (0, None));
    for plan in [first, second] {
        let row = world.deliveries(plan).await.remove(0);
        assert_eq!(row.state, DeliveryState::Held);
        assert!(row.last_reply.unwrap().contains("suspended"));
    }
    assert_eq!(world.facts(&[DeliveryEndedV1::KIND]).await.len(), 2, "the ledger knows");
    assert!(sink.messages().is_empty());

    // A plan that is frozen while the case is silent says nothing either.
    let third = world.alert(&told[..1]).await;
    world.send().await;
    assert_eq!(world.deliveries(third).await[0].state, DeliveryState::Held);

    let fact = moved(&world, CaseStep::Resume, Suspended, Active).await;
    hear(&world, fact).await;
    assert_eq!(world.deliveries(first).await[0].state, DeliveryState::Uncertain, "still in doubt");
    world.send().await;
    world.hand.advance(Duration::from_secs(10));
    world.send().await;
    assert_eq!(world.deliveries(first).await[0].state, DeliveryState::Accepted);
    assert!(world.recorded().await.iter().any(|(number, .., repeat)| (*number, *repeat) == (2, true)));
    assert_eq!(world.deliveries(third).await[0].state, DeliveryState::Accepted);
}

#[tokio::test]
async fn without_any_message_the_sweep_takes_a_case_up_again() {
    use CaseState::{Active, Suspended};
    let mut world = World::new().await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    moved(&world, CaseStep::Suspend, Active, Suspended).await;
    world.send().await;
    moved(&world, CaseStep::Resume, Suspended, Active).await;
    assert_eq!(world.send().await, 0);
    assert_eq!(world.sender().put_right(world.deps.clock.now()).await.unwrap(), 1);
    assert_eq!(world.send().await, 1);
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
}

async fn embargo(world: &World, length: Duration) {
    let now = world.deps.clock.now();
    let row = EmbargoRow {
        until_at: now.plus(length),
        reason: "An arrest is prepared.".parse().unwrap(),
        set_by: AccountId::generate(&world.deps.clock),
        set_at: now,
    };
    let mut tx = world.deps.db.begin().await.unwrap();
    embargoes::set(&mut tx, world.case.id, &row).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_embargo_keeps_what_has_not_left_and_lets_it_go_when_it_ends_or_is_lifted() {
    for lifted in [false, true] {
        let mut world = World::new().await;
        let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
        let plan = world.alert(&told).await;
        embargo(&world, Duration::from_secs(7200)).await;
        assert_eq!(world.send().await, 1);
        let row = world.deliveries(plan).await.remove(0);
        assert_eq!(row.state, DeliveryState::Held);
        assert!(row.last_reply.unwrap().contains("embargo"));
        world.hand.advance(Duration::from_secs(3600));
        assert_eq!(world.sender().put_right(world.deps.clock.now()).await.unwrap(), 0, "it lasts");
        if lifted {
            let mut tx = world.deps.db.begin().await.unwrap();
            embargoes::lift(&mut tx, world.case.id).await.unwrap();
            tx.commit().await.unwrap();
        } else {
            world.hand.advance(Duration::from_secs(3600));
        }
        assert_eq!(world.sender().put_right(world.deps.clock.now()).await.unwrap(), 1);
        assert_eq!(world.send().await, 1);
        assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
        // Calling off the alarm does not wait.
        embargo(&world, Duration::from_secs(7200)).await;
        let cancel = world.release(AlertKind::Cancel, &told).await;
        world.hear().await;
        world.send().await;
        assert_eq!(world.deliveries(cancel).await[0].state, DeliveryState::Accepted);
    }
}
