//! Deliveries that are sent once more, and addresses of a plan that nothing was sent to.

use domain::codes::ContactRole;
use domain::delivery::DeskStep;
use store::desk_steps::{self, DeskStepRow};

use super::*;

#[tokio::test]
async fn a_delivery_is_made_due_once_more_only_as_it_was_seen() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, vec![many(&clock, "one.example", 1)]).await;
        let mut tx = engine.db.begin().await.unwrap();
        let id = deliveries::of_plan(&mut tx, plan_id).await.unwrap()[0];
        let first = clock.now();
        hand.advance(Duration::from_secs(60));
        let now = clock.now();
        let to = |state| Standing { state, due_at: Some(now), reply: None };
        // It waits: sooner, and how long it is tried counts on.
        assert!(deliveries::send_again(&mut tx, id, 0, &to(DeliveryState::Pending)).await.unwrap(), "{}", engine.name);
        let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(row.first_due_at, Some(first), "{}", engine.name);
        assert!(!deliveries::send_again(&mut tx, id, 1, &to(DeliveryState::Pending)).await.unwrap(), "{}", engine.name);
        // On the wire it is left alone.
        let attempt = AttemptId::generate(&clock);
        attempts::begin(&mut tx, attempt, id, 1, false, now).await.unwrap();
        assert!(!deliveries::send_again(&mut tx, id, 0, &to(DeliveryState::Pending)).await.unwrap(), "{}", engine.name);
        assert!(attempts::end(&mut tx, attempt, Outcome::Refused, Stage::Rcpt, None, now).await.unwrap());
        let refused = Standing { state: DeliveryState::Refused, due_at: None, reply: Some("550") };
        assert!(deliveries::move_on(&mut tx, id, &refused, now).await.unwrap(), "{}", engine.name);
        assert!(
            deliveries::send_again(&mut tx, id, 0, &to(DeliveryState::Uncertain)).await.unwrap(),
            "{}",
            engine.name
        );
        let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((row.state, row.first_due_at), (DeliveryState::Uncertain, Some(now)), "{}", engine.name);
        assert_eq!(row.last_reply.as_deref(), Some("550"), "{}", engine.name);
        for state in [DeliveryState::Accepted, DeliveryState::Cancelled, DeliveryState::Held] {
            let ended = Standing { state, due_at: None, reply: None };
            assert!(deliveries::move_on(&mut tx, id, &ended, now).await.unwrap(), "{}", engine.name);
            let again = to(DeliveryState::Pending);
            assert!(!deliveries::send_again(&mut tx, id, 0, &again).await.unwrap(), "{} {state}", engine.name);
            on_tx!(&mut tx, c => sqlx::query("UPDATE deliveries SET state = 'pending', ended_at = NULL, due_at = $1")
                .bind(now).execute(c).await.map(drop))
            .unwrap();
        }
        let step = DeskStepRow {
            delivery_id: id,
            step: DeskStep::Resent,
            seen_tries: 1,
            notification_id: row.notification_id,
            addresses: 1,
            reason: "they asked".parse().unwrap(),
            taken_by: AccountId::generate(&clock),
            taken_at: now,
        };
        assert_eq!(desk_steps::resent_at(&mut tx, id).await.unwrap(), None, "{}", engine.name);
        assert!(desk_steps::insert(&mut tx, &step).await.unwrap(), "{}", engine.name);
        assert!(!desk_steps::insert(&mut tx, &step).await.unwrap(), "{}: once", engine.name);
        assert_eq!(desk_steps::resent_at(&mut tx, id).await.unwrap(), Some(now), "{}", engine.name);
        assert_eq!(desk_steps::of_delivery(&mut tx, id).await.unwrap(), [step], "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn an_address_of_the_plan_that_nothing_was_sent_to_is_found_and_made_alone() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let mut told = many(&clock, "one.example", 3);
        told.addressees[1].role = ContactRole::Second;
        told.addressees[2].role = ContactRole::OutOfHours;
        let contact = told.addressees[1].contact_id;
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, vec![told]).await;
        let mut tx = engine.db.begin().await.unwrap();
        let ids = deliveries::of_plan(&mut tx, plan_id).await.unwrap();
        let row = deliveries::find(&mut tx, ids[0]).await.unwrap().unwrap();
        let notification = row.notification_id;
        assert!(!deliveries::waits_in_its_plan(&mut tx, notification).await.unwrap(), "{}", engine.name);
        let left = deliveries::unwritten(&mut tx, notification).await.unwrap();
        let roles: Vec<_> = left.iter().map(|one| (one.address.as_str(), one.role)).collect();
        let expected = [("desk1@one.example", ContactRole::Second), ("desk2@one.example", ContactRole::OutOfHours)];
        assert_eq!((ids.len(), roles.as_slice()), (1, expected.as_slice()), "{}", engine.name);
        assert_eq!(left[0].contact_clearance, None, "{}: it is not in the directory", engine.name);
        let found = deliveries::contact(&mut tx, notification, &left[0].address).await.unwrap();
        assert_eq!(found, Some(contact), "{}", engine.name);
        let only = [left[0].address.clone()];
        for made in [1, 0] {
            let now = deliveries::create_for_addresses(&mut tx, notification, &only, &clock).await.unwrap();
            assert_eq!(now, made, "{}", engine.name);
        }
        assert_eq!(deliveries::unwritten(&mut tx, notification).await.unwrap().len(), 1, "{}", engine.name);
        assert!(deliveries::to_address(&mut tx, notification, &only[0]).await.unwrap().is_some(), "{}", engine.name);
        let other = deliveries::to_address(&mut tx, notification, &left[1].address).await.unwrap();
        assert_eq!(other, None, "{}", engine.name);
        tx.commit().await.unwrap();
    }
}
