//! What was held waits for an officer, who decides once and opens no gate.

use std::time::Duration;

use axum::http::StatusCode;
use contracts::Event;
use contracts::events::DeliveryDecidedV1;
use domain::Label;
use domain::Timestamp;
use domain::codes::{PartnerKind, Role};
use domain::delivery::{DeliveryState, HeldDecision};
use domain::ids::{AccountId, PlanId};
use domain::partner::Partner;
use notifier::{Decide, DecideError, Decided, decide_held};
use testkit::sink::{Rule, SmtpSink, Stage as At};

use crate::browser::Browser;
use crate::world::World;

/// A delivery that the gate holds because the partner's clearance was lowered.
async fn held() -> (World, PlanId, Vec<Partner>) {
    let mut world = World::new().await;
    let mut partners = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&partners).await;
    partners[0].clearance = Label::Green;
    world.put(&partners).await;
    world.send().await;
    (world, plan, partners)
}

async fn decide(
    world: &World,
    plan: PlanId,
    held_at: Timestamp,
    decision: HeldDecision,
) -> Result<Decided, DecideError> {
    let id = world.deliveries(plan).await[0].id;
    let reason = "the clearance was lowered by mistake".parse().unwrap();
    decide_held(&world.deps, AccountId::generate(&world.deps.clock), Decide { id, held_at, decision, reason }).await
}

async fn state(world: &World, plan: PlanId) -> DeliveryState {
    world.deliveries(plan).await[0].state
}

async fn decided(world: &World) -> Vec<HeldDecision> {
    let facts = world.facts(&[DeliveryDecidedV1::KIND]).await;
    assert!(facts.iter().all(|fact| !fact.data.to_string().contains("mistake")), "the reason's words stay here");
    facts.iter().map(|fact| fact.open::<DeliveryDecidedV1>().unwrap().decision).collect()
}

#[tokio::test]
async fn a_release_opens_no_gate_and_is_one_however_often_it_is_asked_for() {
    let (world, plan, mut partners) = held().await;
    let first = world.deps.clock.now();
    world.hand.advance(Duration::from_secs(60));
    assert_eq!(decide(&world, plan, first, HeldDecision::Release).await.unwrap(), Decided::Now);
    assert_eq!(state(&world, plan).await, DeliveryState::Pending);
    // Nothing was put right, so the gate holds it anew; a click on the page of before does nothing to that.
    world.hand.advance(Duration::from_secs(60));
    assert_eq!(world.send().await, 1);
    assert_eq!(state(&world, plan).await, DeliveryState::Held);
    assert_eq!(decide(&world, plan, first, HeldDecision::Release).await.unwrap(), Decided::Before);
    let otherwise = decide(&world, plan, first, HeldDecision::Cancel).await;
    assert!(matches!(otherwise, Err(DecideError::DecidedOtherwise)), "{otherwise:?}");
    assert_eq!(state(&world, plan).await, DeliveryState::Held);

    partners[0].clearance = Label::AmberStrict;
    world.put(&partners).await;
    let second = world.deps.clock.now();
    world.hand.advance(Duration::from_secs(60));
    assert_eq!(decide(&world, plan, second, HeldDecision::Release).await.unwrap(), Decided::Now);
    world.send().await;
    assert_eq!(state(&world, plan).await, DeliveryState::Accepted);
    assert_eq!(decided(&world).await, [HeldDecision::Release, HeldDecision::Release]);
    let late = decide(&world, plan, world.deps.clock.now(), HeldDecision::Cancel).await;
    assert!(matches!(late, Err(DecideError::NotHeld)), "{late:?}");
    let mails = std::fs::read_dir(world.place.path().join("mail/new")).unwrap().count();
    assert_eq!(mails, 1);
}

#[tokio::test]
async fn what_was_in_doubt_goes_out_as_a_possible_repeat() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).taking().close());
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    let sender = world.sender();
    while world.due().await.is_some() {
        world.wait_until_due().await;
        sender.run_once(world.deps.clock.now()).await.unwrap();
    }
    assert_eq!(state(&world, plan).await, DeliveryState::Held);
    sink.clear_rules();
    assert_eq!(decide(&world, plan, world.deps.clock.now(), HeldDecision::Release).await.unwrap(), Decided::Now);
    assert_eq!(state(&world, plan).await, DeliveryState::Uncertain);
    world.send().await;
    assert_eq!(state(&world, plan).await, DeliveryState::Accepted);
    assert!(world.recorded().await.last().unwrap().4, "marked as a possible repeat");
}

#[tokio::test]
async fn an_officer_decides_on_the_page_and_an_auditor_looks() {
    let (world, plan, _) = held().await;
    let path = format!("/deliveries/{}", world.deliveries(plan).await[0].id);
    let (officer, auditor) =
        (Browser::signed_in(&world, Role::Officer).await, Browser::signed_in(&world, Role::Auditor).await);
    assert!(officer.get("/deliveries").await.body.contains(&format!("href=\"{path}\">Decide")));
    let page = officer.get(&path).await.body;
    assert!(page.contains("Your decision") && page.contains("clearance was lowered"), "{page}");
    assert!(!auditor.get(&path).await.body.contains("<form method=\"post\" action=\"/deliveries"));
    assert_eq!(auditor.post(&format!("{path}/decide"), "").await.status, StatusCode::FORBIDDEN);

    let held_at = page.split("name=\"held_at\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = |reason: &str| format!("held_at={held_at}&decision=cancel&reason={reason}");
    let missing = officer.post(&format!("{path}/decide"), &form("+")).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(missing.body.contains("Reason is required"), "{}", missing.body);
    world.hand.advance(Duration::from_secs(5));
    let done = officer.post(&format!("{path}/decide"), &form("told+by+telephone")).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, format!("{path}?done=cancel").as_str()));
    let again = officer.post(&format!("{path}/decide"), &form("told+by+telephone")).await;
    assert_eq!(again.location(), format!("{path}?done=before"));
    assert_eq!(state(&world, plan).await, DeliveryState::Cancelled);
    assert_eq!(decided(&world).await, [HeldDecision::Cancel]);
    let page = auditor.get(&path).await.body;
    assert!(page.contains("told by telephone") && page.contains("Somebody"), "{page}");
    assert_eq!(world.send().await, 0);
}
