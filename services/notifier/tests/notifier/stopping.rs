//! The desk stops all sending: nothing begins after that, and nothing is lost.

use std::time::Duration;

use domain::codes::PartnerKind;
use domain::delivery::DeliveryState;
use domain::ids::AccountId;
use store::sending;

use crate::world::World;

async fn switch(world: &World, stopped: bool) {
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
