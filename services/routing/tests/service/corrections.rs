//! A wrong address of a notification: the directory's own rule of two persons, then the notification goes to the right one.

use std::time::Duration;

use contracts::events::{AddressCorrectedV1, AddressCorrectionAskedV1};
use domain::codes::{AlertKind, Role};
use domain::ids::{CaseId, ContactId, NotificationId};
use domain::{Clock, Mailbox};
use http::StatusCode;
use routing::{CorrectAddressError, Corrected, Correction, OnAlertReleased, apply_due, approve_change, cancel_change};
use routing::{correct_address, import_sample, install_default};
use store::{corrections, on_tx};

use crate::browser::Browser;
use crate::changes::account;
use crate::planning::{facts, released};
use crate::{World, facts_of, world};

/// A told partner's address.
async fn told(world: &World) -> (NotificationId, ContactId, Mailbox) {
    let deps = &world.deps;
    import_sample(deps).await.expect("imported");
    install_default(deps).await.expect("installed");
    let message = released(deps, &facts(AlertKind::Alert, CaseId::generate(&Clock::System), 1)).await;
    bus::deliver(&deps.db, &deps.clock, &OnAlertReleased::new(deps), &[message]).await.expect("delivered");
    let mut tx = deps.db.read().await.expect("a transaction");
    on_tx!(&mut tx, c => sqlx::query_as(
        "SELECT notification_id, contact_id, address FROM notification_addresses ORDER BY address LIMIT 1",
    ).fetch_one(c).await)
    .expect("somebody is told")
}

async fn correct(
    world: &World,
    (notification, contact): (NotificationId, ContactId),
    address: &str,
    by: domain::ids::AccountId,
) -> Result<Corrected, CorrectAddressError> {
    let ask = Correction { notification, contact, address: Some(address), reason: Some("They said so CANARY.") };
    correct_address(&world.deps, &ask, by).await
}

async fn addresses(world: &World, id: NotificationId) -> Vec<String> {
    let mut tx = world.deps.db.read().await.expect("a transaction");
    on_tx!(&mut tx, c => sqlx::query_scalar(
        "SELECT address FROM notification_addresses WHERE notification_id = $1 ORDER BY address",
    ).bind(id).fetch_all(c).await)
    .expect("read")
}

#[tokio::test]
async fn a_corrected_address_waits_for_a_second_person_and_then_joins_the_notification() {
    let world = world().await;
    let deps = &world.deps;
    let (id, contact, wrong) = told(&world).await;
    let before = addresses(&world, id).await;
    let officer = account(&world, None).await;
    for (address, field) in [("", "/address"), ("not an address", "/address"), (wrong.as_str(), "/address")] {
        match correct(&world, (id, contact), address, officer).await {
            Err(CorrectAddressError::Fields(errors)) => assert!(errors.at(field).next().is_some(), "{address}"),
            other => panic!("{address}: {other:?}"),
        }
    }
    let unknown = ContactId::generate(&Clock::System);
    assert!(matches!(
        correct(&world, (id, unknown), "right@unit.example", officer).await,
        Err(CorrectAddressError::NotFound)
    ));
    let Corrected::Waits(change) = correct(&world, (id, contact), "right@unit.example", officer).await.expect("asked")
    else {
        panic!("it must wait");
    };
    // Asked for twice, it is one change and one fact.
    let again = correct(&world, (id, contact), "right@unit.example", officer).await.expect("asked");
    assert_eq!(again, Corrected::Waits(change));
    assert_eq!(facts_of::<AddressCorrectionAskedV1>(deps).await.len(), 1);
    assert!(matches!(approve_change(deps, change, officer).await, Err(routing::ApproveError::Proposer)));
    assert_eq!(addresses(&world, id).await, before, "nothing goes anywhere yet");
    // Refused by the other one, it comes to nothing; asked for anew, it is made.
    let second = account(&world, None).await;
    cancel_change(deps, change, second, "They said no such thing.".parse().expect("a line")).await.expect("cancelled");
    let Corrected::Waits(change) = correct(&world, (id, contact), "right@unit.example", officer).await.expect("asked")
    else {
        panic!("it must wait");
    };
    approve_change(deps, change, second).await.expect("agreed");
    assert_eq!(addresses(&world, id).await, before, "one other person: it waits a day");
    world.hand.advance(Duration::from_secs(24 * 3600));
    assert_eq!(apply_due(deps).await.expect("looked"), 1);
    let after = addresses(&world, id).await;
    assert!(after.contains(&"right@unit.example".to_owned()) && after.contains(&wrong.to_string()), "{after:?}");
    let done: Vec<AddressCorrectedV1> = facts_of(deps).await;
    assert_eq!((done.len(), done[0].notification_id, done[0].change_id), (1, id, Some(change)));
    assert!(!serde_json::to_string(&done[0]).expect("JSON").contains("CANARY"));
    let mut tx = deps.db.read().await.expect("a transaction");
    let planned = corrections::planned(&mut tx, id, contact).await.expect("read").expect("there");
    assert_eq!(planned.address.as_str(), "right@unit.example", "the next correction is of this one");
    assert!(corrections::of_change(&mut tx, change).await.expect("read").is_empty());
    let kept = corrections::of_notification(&mut tx, id).await.expect("read");
    assert_eq!((kept.len(), kept[0].done_at), (1, Some(deps.clock.now())));
}

#[tokio::test]
async fn what_the_directory_has_already_waits_for_nobody() {
    let world = world().await;
    let (id, contact, wrong) = told(&world).await;
    let officer = account(&world, None).await;
    let other = {
        // Another notification of the same partner is corrected first.
        let deps = &world.deps;
        let message = released(deps, &facts(AlertKind::Alert, CaseId::generate(&Clock::System), 1)).await;
        bus::deliver(&deps.db, &deps.clock, &OnAlertReleased::new(deps), &[message]).await.expect("delivered");
        let mut tx = deps.db.read().await.expect("a transaction");
        let found: NotificationId = on_tx!(&mut tx, c => sqlx::query_scalar(
            "SELECT notification_id FROM notification_addresses WHERE address = $1 AND notification_id <> $2",
        ).bind(&wrong).bind(id).fetch_one(c).await)
        .expect("told again");
        found
    };
    let Corrected::Waits(change) =
        correct(&world, (other, contact), "right@unit.example", officer).await.expect("asked")
    else {
        panic!("it must wait");
    };
    for _ in 0..2 {
        let by = account(&world, None).await;
        approve_change(&world.deps, change, by).await.expect("agreed");
    }
    assert_eq!(correct(&world, (id, contact), "right@unit.example", officer).await.expect("asked"), Corrected::Done);
    assert!(addresses(&world, id).await.contains(&"right@unit.example".to_owned()));
    assert_eq!(facts_of::<AddressCorrectedV1>(&world.deps).await.len(), 2);
    // What was called off is not written to again, and nobody is made to believe so.
    let back = correct(&world, (id, contact), wrong.as_str(), officer).await;
    assert!(matches!(back, Err(CorrectAddressError::Fields(_))), "{back:?}");
}

#[tokio::test]
async fn the_page_and_the_api_correct_an_address_for_officers_alone() {
    let world = world().await;
    let (id, contact, wrong) = told(&world).await;
    let officer = Browser::of(&world, Role::Officer).await;
    let auditor = Browser::of(&world, Role::Auditor).await;
    let page = format!("/notifications/{id}/contacts/{contact}");
    assert_eq!(auditor.get(&page).await.status, StatusCode::FORBIDDEN);
    let shown = officer.get(&page).await;
    assert!(shown.status == StatusCode::OK && shown.body.contains(wrong.as_str()), "{}", shown.body);
    let empty = officer.post(&page, &[("address", "right@unit.example")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("right@unit.example") && empty.body.contains("is required"), "{}", empty.body);
    let done = officer.post(&page, &[("address", "right@unit.example"), ("reason", "They telephoned.")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert!(done.location.starts_with("/partners/changes/"), "{}", done.location);
    let api = format!("/api/v1/notifications/{id}/contacts/{contact}/correct");
    let body = r#"{"address":"right@unit.example","reason":"They telephoned."}"#;
    let asked = officer.send(http::Method::POST, &api, "application/json", body.to_owned()).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    let asked: serde_json::Value = serde_json::from_str(&asked.body).expect("JSON");
    assert_eq!(asked["done"], false);
    assert!(done.location.ends_with(asked["waiting"].as_str().expect("a change")), "the same change");
    let refused = auditor.send(http::Method::POST, &api, "application/json", body.to_owned()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
