//! The desk stops all sending: nothing begins after that, and nothing is lost.

use std::time::Duration;

use domain::codes::{AlertKind, PartnerKind, Urgency};
use domain::delivery::DeliveryState;
use domain::ids::AccountId;
use store::sending;
use testkit::sink::SmtpSink;

use crate::fixture;

use crate::world::World;

pub async fn switch(world: &World, stopped: bool) {
    let mut tx = world.deps.db.begin().await.unwrap();
    let by = AccountId::generate(&world.deps.clock);
    assert!(sending::switch(&mut tx, stopped, "A test.", by, world.deps.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn no_try_begins_after_sending_is_stopped_and_everything_leaves_when_it_is_taken_up_again() {
    let mut world = World::new().await;
    let addresses: Vec<String> = (0..20).map(|n| format!("a{n}@d{n}.example")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let partners = world.partners(PartnerKind::Police, &addresses).await;
    let plan = world.alert(&partners).await;
    switch(&world, true).await;
    assert_eq!(world.send().await, 0, "the very next look takes nothing");
    world.hand.advance(Duration::from_secs(3600));
    assert_eq!(world.send().await, 0);
    assert!(world.deliveries(plan).await.iter().all(|row| row.state == DeliveryState::Pending && row.tries == 0));
    switch(&world, false).await;
    assert_eq!(world.send().await, 20);
    assert!(world.deliveries(plan).await.iter().all(|row| row.state == DeliveryState::Accepted && row.tries == 1));
}

/// Counted by the clock in hand, with a new sender at each look, as after a restart.
#[tokio::test]
async fn mail_leaves_at_the_chosen_rate_and_no_faster_and_what_cannot_wait_first() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::smtp(&sink).await;
    let addresses = |of: &str, count: usize| (0..count).map(|n| format!("{of}{n}@d{n}.example")).collect::<Vec<_>>();
    let (can_wait, urgent) = (addresses("a", 20), addresses("u", 10));
    let made = world.partners(PartnerKind::Police, &can_wait.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.release_to(AlertKind::Alert, Urgency::Past, made.iter().map(fixture::told).collect()).await;
    world.hear().await;
    world.hand.advance(Duration::from_secs(60));
    world.next_case().await;
    let made = world.partners(PartnerKind::Police, &urgent.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.alert(&made).await;
    switch(&world, true).await;
    assert_eq!(world.send().await, 0);
    // Six a minute.
    let pace = async |per_hour: Option<i64>| {
        let mut tx = world.deps.db.begin().await.unwrap();
        let by = AccountId::generate(&world.deps.clock);
        assert!(sending::pace(&mut tx, per_hour, "Slowly.", by, world.deps.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
    };
    pace(Some(360)).await;
    for seconds in 0..=120_u64 {
        let sent = sink.messages().len();
        world.send().await;
        let now = sink.messages().len();
        assert!(now - sent <= 1, "after {seconds} seconds {} at once", now - sent);
        // A second early, because a look may come a second late.
        let most = usize::try_from((seconds + 1) / 10 + 1).unwrap();
        assert!(now <= most && now + 1 >= most, "after {seconds} seconds {now}");
        world.hand.advance(Duration::from_secs(1));
    }
    let mails = sink.messages();
    assert!(mails[..10].iter().all(|mail| mail.recipients[0].starts_with('u')), "what cannot wait goes first");
    assert!(mails[10..].iter().all(|mail| mail.recipients[0].starts_with('a')));
    let mut tx = world.deps.db.read().await.unwrap();
    let (now, since) = (world.deps.clock.now(), world.deps.clock.now().minus(Duration::from_secs(600)));
    let backlog = sending::backlog(&mut tx, since, now).await.unwrap();
    assert_eq!(usize::try_from(backlog.gone).unwrap(), mails.len());
    assert_eq!(usize::try_from(backlog.waiting).unwrap(), 30 - mails.len());
    assert_eq!(sending::drained(&mut world.deps.db.begin().await.unwrap(), now).await.unwrap(), None, "some wait");
    tx.commit().await.unwrap();
    // A rate above what a look can see goes out in looks of a second.
    pace(Some(3_600 * 5)).await;
    world.hand.advance(Duration::from_secs(30));
    let before = sink.messages().len();
    world.send().await;
    let burst = sink.messages().len() - before;
    assert!((1..=6).contains(&burst), "{burst}: the time without a look is not made up for");
    // And any rate lets the rest go.
    pace(None).await;
    world.send().await;
    assert_eq!(sink.messages().len(), 30);
}
