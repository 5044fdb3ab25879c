//! What is leased at once is begun and recorded at once, and none of it depends on the others.

use std::time::Duration;

use domain::codes::{AlertKind, PartnerKind};
use domain::delivery::{DeliveryState, Outcome, Stage};
use store::attempts;
use store::deliveries::{self, Standing};
use testkit::sink::{Rule, SmtpSink, Stage as At};

use crate::world::{PATIENCE, World};

const ADDRESSES: [&str; 3] = ["a@one.example", "b@two.example", "c@three.example"];

#[tokio::test]
async fn one_that_cannot_be_begun_keeps_nobody_back() {
    let mut world = World::new().await;
    let told = world.partners(PartnerKind::Police, &ADDRESSES).await;
    let plan = world.alert(&told).await;
    world.damage(&world.delivery(plan, ADDRESSES[1]).await).await;
    assert_eq!(world.send().await, 3);
    let mut tx = world.deps.db.read().await.unwrap();
    let states = deliveries::by_state(&mut tx).await.unwrap();
    assert_eq!(states, [(DeliveryState::Accepted, 2), (DeliveryState::Pending, 1)]);
}

#[tokio::test]
async fn two_versions_that_are_due_at_once_go_one_after_the_other() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &ADDRESSES[..1]).await;
    let alarm = world.alert(&told).await;
    let cancel = world.release(AlertKind::Cancel, &told).await;
    world.hear().await;
    assert_eq!(world.send().await, 2, "both are taken up");
    let states = (world.deliveries(alarm).await[0].state, world.deliveries(cancel).await[0].state);
    assert_eq!(states, (DeliveryState::Accepted, DeliveryState::Pending));
    world.hand.advance(Duration::from_secs(5));
    world.send().await;
    assert_eq!(world.deliveries(cancel).await[0].state, DeliveryState::Accepted);
    assert_eq!(sink.messages().len(), 2);
}

/// Somebody declared one of the tries interrupted: its end comes too late, and the others' ends are recorded all the same.
#[tokio::test]
async fn an_end_that_comes_too_late_takes_no_other_along() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(3).delay(Duration::from_millis(500)));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &ADDRESSES).await;
    let plan = world.alert(&told).await;
    let (sender, now) = (world.sender(), world.deps.clock.now());
    let (done, ()) = tokio::join!(sender.run_once(now), async {
        for address in ADDRESSES {
            sink.wait_for_attempts(address, 1, PATIENCE).await.unwrap();
        }
        let row = world.delivery(plan, ADDRESSES[1]).await;
        let open = world.attempts(row.id).await.remove(0);
        let mut tx = world.deps.db.begin().await.unwrap();
        let (outcome, stage) = (Outcome::Uncertain, Stage::Interrupted);
        assert!(attempts::end(&mut tx, open.id, outcome, stage, None, now).await.unwrap());
        let waits = Standing { state: DeliveryState::Uncertain, due_at: Some(now), reply: None };
        assert!(deliveries::move_on(&mut tx, row.id, &waits, now).await.unwrap());
        tx.commit().await.unwrap();
    });
    done.unwrap();
    let outcomes = async |address: &str| {
        let tries = world.attempts(world.delivery(plan, address).await.id).await;
        tries.iter().map(|attempt| attempt.outcome.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(ADDRESSES[0]).await, [Outcome::Accepted]);
    assert_eq!(outcomes(ADDRESSES[1]).await, [Outcome::Uncertain, Outcome::Accepted], "sent again, and marked");
    assert_eq!(outcomes(ADDRESSES[2]).await, [Outcome::Accepted]);
    assert_eq!(sink.messages().len(), 4);
}
