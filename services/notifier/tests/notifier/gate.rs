//! The directory changes between plan and wire: removals act, additions wait.

use contracts::Event;
use contracts::events::DeliveryEndedV1;
use domain::Label;
use domain::codes::PartnerKind;
use domain::delivery::DeliveryState;

use crate::world::World;

#[tokio::test]
async fn the_last_gate_removes_and_never_adds() {
    let mut world = World::new().await;
    let addresses = ["stays@one.example", "off@two.example", "moved@three.example", "lowered@four.example"];
    let mut partners = world.partners(PartnerKind::Police, &addresses).await;
    let plan = world.alert(&partners).await;
    partners[1].active = false;
    partners[2].contacts[0].address = "new@three.example".parse().unwrap();
    partners[3].clearance = Label::Green;
    world.put(&partners).await;
    world.partners(PartnerKind::Police, &["added@five.example"]).await;
    assert_eq!(world.send().await, 4);
    let mut states: Vec<_> =
        world.deliveries(plan).await.into_iter().map(|row| (row.address.to_string(), row.state, row.tries)).collect();
    states.sort();
    assert_eq!(
        states,
        [
            ("lowered@four.example".to_owned(), DeliveryState::Held, 0),
            ("moved@three.example".to_owned(), DeliveryState::Held, 0),
            ("off@two.example".to_owned(), DeliveryState::Cancelled, 0),
            ("stays@one.example".to_owned(), DeliveryState::Accepted, 1),
        ]
    );
    let ended = world.facts(&[DeliveryEndedV1::KIND]).await;
    let mut reasons: Vec<_> = ended.iter().map(|fact| fact.open::<DeliveryEndedV1>().unwrap().state).collect();
    reasons.sort();
    assert_eq!(reasons, [DeliveryState::Held, DeliveryState::Held, DeliveryState::Cancelled]);
    let mails = std::fs::read_dir(world.place.path().join("mail/new")).unwrap().count();
    assert_eq!(mails, 1);
}
